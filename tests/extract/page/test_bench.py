"""Part of the bench of websites, with one bad site for most criteria; `make bench-web` runs the whole of it."""

from __future__ import annotations

import pytest

from mingcha import catalogue
from mingcha.observe.browser.record import axe_source
from mingcha.observe.browser.supervise import browser, lacking
from tests.extract.page import bench
from tests.extract.page.sites import SITES, files

pytestmark = pytest.mark.skipif(lacking() is not None, reason=(lacking() or {}).get("en", ""))

CHOSEN = (
    "good", "reordered", "dark", "no-entry", "entry-is-a-span", "elder-17", "large-type-lost", "clipped-at-200", "grey-text", "focus-unseen", "no-voice", "captcha", "ad-in-elder",
    "window-returns", "mouse-only", "trap", "picture-unnamed", "no-lang",
)  # fmt: skip


def test_sites_are_pairs_that_differ_and_cover_the_criteria() -> None:
    names = [c.name for c in SITES]
    assert len(names) == len(set(names)) >= 40
    pages = {tuple(files(c).values()) for c in SITES}
    assert len(pages) == len(SITES)
    assert len({r for c in SITES for r in c.bad}) >= 33
    assert sum(1 for c in SITES if not c.bad) >= 12


def test_every_rule_of_the_engine_has_words_and_its_level_is_ours_to_tell() -> None:
    """The engine as it is installed: a newer one may have rules that nobody explained yet."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page()
        page.evaluate(axe_source())
        rules = page.evaluate("() => axe.getRules().map(r => [r.ruleId, r.tags])")
        chromium.close()
    known = {c.id: c for c in catalogue.load().web_checks.values() if c.engine == "axe"}
    assert {r for r, _ in rules} == set(known)
    criteria = {r: {f"{t[4]}.{t[5]}.{t[6:]}" for t in tags if t.startswith("wcag") and t[4:].isdigit() and len(t) > 6} for r, tags in rules}
    assert {r: set(known[r].wcag) for r in criteria} == criteria


def test_each_site_is_told_for_what_it_lacks_and_for_nothing_else() -> None:
    cases = [c for c in SITES if c.name in CHOSEN]
    told, counts = bench.faults(cases, bench.run(cases, workers=3))
    assert told == []
    assert all(wrong == missed == 0 for _, wrong, missed in counts.values())
