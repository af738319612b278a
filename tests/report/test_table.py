"""The terminal's table: complete, safe, and readable at any width."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from mingcha.model import Inspection
from mingcha.report import render, table

from .fixture import clean, finding, inspection

ROOT = Path(__file__).parents[2]


def text_of(value: Inspection, lang: str = "zh", **options: Any) -> str:
    result = render(value, "table", lang, **options)
    assert isinstance(result, str)
    return result


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_it_keeps_to_the_width_and_shows_every_failure_and_lead(width: int, lang: str) -> None:
    value = inspection()
    shown = text_of(value, lang, width=width, colour=False)
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    joined = "".join(shown.split())
    for f in value.findings:
        if f.outcome == "failed" or f.evidence:
            assert f.title[lang].replace(" ", "")[:6] in joined
    assert "57" in shown  # places of one finding
    assert "--format html" in shown


def test_rules_can_be_copied_from_a_wide_terminal() -> None:
    shown = text_of(inspection(), width=120, colour=False)
    assert "imei-before-consent-path" in shown
    assert "location-by-ads" in shown
    assert "personalised-push-switch" not in shown  # a question to a person is no lead
    assert shown.index("tls-trust-all") < shown.index("cleartext-traffic-allowed")


@pytest.mark.parametrize("colour", [False, True])
def test_package_text_does_not_drive_the_terminal(colour: bool) -> None:
    shown = text_of(inspection(), width=100, colour=colour)
    for forbidden in ("\x07", "\u202e", "\u200b", "\x1b[31mred"):
        assert forbidden not in shown
    assert "[U+202E]" in shown
    assert ("\x1b[" in shown) is colour


def test_markup_in_a_title_is_text() -> None:
    shown = text_of(
        inspection([finding("r", "C5-13", "failed", "[red]x[/red] :smile:", "x")]), width=100, colour=True
    )
    assert "[red]x[/red] :smile:" in shown


def test_no_color_and_dumb_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" in text_of(inspection(), width=100)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in text_of(inspection(), width=100)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" not in text_of(inspection(), width=100)


def test_nothing_failed_is_not_called_compliant() -> None:
    shown = text_of(clean(), width=100, colour=False)
    assert "这不表示该对象合规" in shown
    assert "（未标明名称）" in shown
    nothing = msgspec.structs.replace(clean(), findings=())
    assert "没有规则得到判定" in text_of(nothing, width=100, colour=False)


def test_a_finding_without_basis_or_owner_has_a_row() -> None:
    bare = inspection([finding("r", "C5-13", "failed", "甲", "a", basis=())])
    for width in (60, 120):
        assert "甲" in text_of(bare, width=width, colour=False)


def test_many_owners_are_shortened() -> None:
    from .fixture import ADS, NOBODY, PUSH, call

    evidence = [call("La/B;->c()V", "Lx/Y;->z()V", owner, "i") for owner in (PUSH, ADS, NOBODY)]
    shown = text_of(
        inspection([finding("r", "C5-13", "failed", "甲", "a", evidence=evidence)]), width=160, colour=False
    )
    assert "极光推送" in shown
    assert "…" in shown


def test_rich_is_not_loaded_before_it_is_needed() -> None:
    code = (
        "import sys; import mingcha.report, mingcha.report.table, mingcha.report.html, mingcha.report.sarif; "
        "print([m for m in ('rich', 'jinja2', 'yaml', 'markupsafe') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                          env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""})  # fmt: skip
    assert done.stdout.strip() == "[]"
    assert table.NARROW == 96
