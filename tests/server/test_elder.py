"""The version for older users of the office's own pages: chosen by a link, kept by a cookie, without anything from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import mingcha.server

STATIC = Path(mingcha.server.__file__).parent / "desk" / "static" / "desk"


@pytest.mark.parametrize(("lang", "entry", "leave"), [("zh", "长辈版", "退出长辈版"), ("en", "Large type", "Ordinary type")])
def test_it_is_entered_by_a_link_kept_on_other_pages_and_left_again(db: None, lang: str, entry: str, leave: str) -> None:
    browser = Client(SERVER_NAME="localhost")
    home = browser.get(f"/?lang={lang}").content.decode()
    assert entry in home
    assert 'class="elder"' not in home
    inside = browser.get("/?elder=1")
    assert 'class="elder"' in inside.content.decode()
    assert "unsafe" not in inside["Content-Security-Policy"]
    other = browser.get("/complain/").content.decode()
    assert 'class="elder"' in other
    assert leave in other
    assert 'id="read-aloud"' in other
    assert 'id="large-pointer"' in other
    assert 'class="elder"' not in browser.get("/complain/?elder=0").content.decode()
    assert 'class="elder"' not in browser.get("/").content.decode()


def test_a_value_that_is_neither_changes_nothing(db: None) -> None:
    browser = Client(SERVER_NAME="localhost")
    browser.get("/?elder=<script>")
    assert "mingcha-elder" not in browser.cookies
    assert 'class="elder"' not in browser.get("/").content.decode()


def test_every_size_of_text_grows_with_it() -> None:
    css = (STATIC / "office.css").read_text("utf-8")
    assert re.findall(r"font(?:-size)?:[^;}]*?(?<![\w(.])\d+px(?! \*)", css) == []
    smallest = min(float(px) for px in re.findall(r"calc\((\d+(?:\.\d+)?)px \* var\(--k\)\)", css))
    factor = float(re.search(r"\.elder \{ --k: ([\d.]+)", css)[1])  # type: ignore[index]
    assert smallest * factor >= 18  # MIIT-67 annex 1, W3


def test_script_and_pointer_are_the_offices_own() -> None:
    script = (STATIC / "elder.js").read_text("utf-8")
    assert not re.search(r"https?://|import\s|eval\(|innerHTML", script)
    assert "http://www.w3.org/2000/svg" in (STATIC / "pointer.svg").read_text("utf-8")
