"""Part of the bench of websites, with one bad site for most criteria; `make bench-web` runs the whole of it."""

from __future__ import annotations

import pytest

from mingcha.observe.browser.supervise import lacking
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


def test_each_site_is_told_for_what_it_lacks_and_for_nothing_else() -> None:
    cases = [c for c in SITES if c.name in CHOSEN]
    told, counts = bench.faults(cases, bench.run(cases, workers=3))
    assert told == []
    assert all(wrong == missed == 0 for _, wrong, missed in counts.values())
