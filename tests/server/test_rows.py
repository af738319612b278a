"""Lists with htmx: the rows alone where it asks for them, the whole page to everybody else, the same rows in both."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders

from mingcha.server.desk.front import POLICY
from mingcha.server.inbox.lists import PAGE
from mingcha.server.ledger.leads import receive
from mingcha.server.ledger.services import open_case
from mingcha.server.ledger.who import public
from mingcha.server.registry.models import Subject
from tests.server.cast import START, Cast
from tests.server.test_pages import browser

HTMX = {"HX-Request": "true"}
LISTS = ("/desk/cases/", "/desk/leads/")


@pytest.fixture
def full(cast: Cast) -> Cast:
    """More than a page of cases and leads."""
    for n in range(PAGE + 3):
        subject = Subject.objects.create(kind="app", identifier=f"com.row{n}", name=f"行{n}", folded=f"行{n}")
        open_case(subject, cast.officer, now=START)
        receive(public(), "complaint", f"名{n}<i>", "内容", province="44", now=START + timedelta(days=n))
    return cast


def rows(text: str) -> list[str]:
    return re.findall(r'href="(/desk/(?:cases|leads)/[0-9-]+/)"', text)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_fragment_has_the_rows_of_the_page_and_no_more(full: Cast, path: str, lang: str) -> None:
    client = browser(full.officer, lang)
    whole, part = client.get(path), client.get(path, headers=HTMX)
    page, fragment = whole.content.decode(), part.content.decode()
    assert rows(page) == rows(fragment) and len(rows(page)) >= PAGE
    assert page.startswith("<!doctype") and "<html" not in fragment and "<main" not in fragment and "<h1" not in fragment and "role=\"search\"" not in fragment
    for answer in (whole, part):
        assert answer["Content-Security-Policy"] == POLICY and "HX-Request" in answer["Vary"] and answer["Cache-Control"] == "no-store"
    assert 'aria-live="polite"' in page and 'hx-swap-oob="innerHTML:#count"' in fragment and "hx-swap-oob" not in page
    assert str(PAGE) in page.partition('id="count"')[2][:200] and "<i>" not in page + fragment
    assert page.count('id="rows"') == page.count('id="count"') == page.count('id="languages"') == 1 and 'id="rows"' not in fragment
    more = re.search(r'<a id="more" href="([^"]+)" hx-get="([^"]+)"', fragment)
    assert more
    address = more[2].replace("&amp;", "&")
    assert more[1].replace("&amp;", "&") in (address, address.removeprefix(path)), "the link without scripts leads to the same"
    second = client.get(address, headers={**HTMX, "HX-Trigger": "more"}).content.decode()
    assert rows(second) == rows(client.get(address).content.decode()) and not set(rows(second)) & set(rows(page))
    assert second.count(" autofocus") == 1 and 'id="first"' in second and " autofocus" not in page + fragment
    assert "after=" in second.partition('innerHTML:#languages')[2], "the other language stays on this page"


@pytest.mark.parametrize("path", LISTS)
def test_filters_swap_the_rows_and_what_is_saved_of_them(full: Cast, path: str) -> None:
    client = browser(full.officer)
    fragment = client.get(f"{path}?q=7&state=", headers=HTMX).content.decode()
    assert rows(fragment) == rows(client.get(f"{path}?q=7&state=").content.decode()) != [] and len(set(rows(fragment))) < 10
    assert 'name="query" value="q=7&amp;state="' in fragment
    none = client.get(f"{path}?q=nothing-is-called-so", headers=HTMX).content.decode()
    assert rows(none) == [] and "<table" not in none and "hx-swap-oob" in none


@pytest.mark.parametrize("path", LISTS)
def test_what_is_no_list_is_never_put_into_one(full: Cast, path: str) -> None:
    outside = browser().get(f"{path}?q=x", headers=HTMX)
    assert outside["HX-Redirect"].startswith("/sign-in/") and "Location" not in outside and outside.status_code == 200 and not outside.content
    bad = browser(full.officer).get(f"{path}?q=%00", headers=HTMX)
    assert bad.status_code == 422 and bad["HX-Redirect"] == f"{path}?q=%00"
    back = browser(full.officer).get(path, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert back.content.decode().startswith("<!doctype")
    assert "HX-Redirect" not in browser().get(path) and browser().get(path).status_code == 302
    assert browser(full.officer).post("/desk/leads/triage/", {}, headers=HTMX).content.decode().count("<html") <= 1


def test_the_script_is_ours_to_serve_and_may_do_little(full: Cast) -> None:
    page = browser(full.officer).get("/desk/cases/").content.decode()
    (source,) = re.findall(r'<script src="/static/([^"]+)" defer></script>', page)
    assert page.count("<script") == 1 and finders.find(source) and "style=" not in page and " on" not in re.sub(r">[^<]*<", "><", page)
    for off in ('"includeIndicatorStyles": false', '"allowEval": false', '"allowScriptTags": false', '"historyCacheSize": 0'):
        assert off in page
    assert "<script" not in browser(full.officer).get("/desk/").content.decode() and "<script" not in browser().get("/complain/").content.decode()
