"""The bench as a test: every criterion is told apart by its cue alone, and order, colours and density change nothing."""

from __future__ import annotations

import pytest

from . import bench, parts
from .cases import cases
from .render import CHROMIUM, renderer

LEAST = 0.98


def lacking() -> str:
    """What is missing to run, or nothing."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "no playwright"
    return "" if CHROMIUM else "no Chromium"


pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking())


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> bench.Figures:
    with renderer() as draw:
        return bench.run(tmp_path_factory.mktemp("bench"), draw)


def test_there_are_enough_screens_and_each_criterion_has_good_and_bad_ones(figures: bench.Figures) -> None:
    assert figures.screens >= 60
    touched = {rule for case in cases() for rule in case.differs}
    assert touched == set(parts.PASSED)
    assert figures.seconds < 120, "the machine may be shared, but not as much as that"


@pytest.mark.parametrize("rule", parts.PASSED)
def test_precision_and_recall(figures: bench.Figures, rule: str) -> None:
    assert figures.precision(rule) >= LEAST, figures.wrong
    assert figures.recall(rule) >= LEAST, figures.wrong
    assert figures.right[rule] >= LEAST * figures.judged[rule], figures.wrong


def test_order_colours_and_density_change_no_outcome(figures: bench.Figures) -> None:
    same = {c.name for c in cases() if not c.differs and not c.todo}
    assert [w for w in figures.wrong if w[0] in same] == []


def test_known_misses_are_still_missed(figures: bench.Figures) -> None:
    assert [name for name, met in figures.todo if met] == [], "no longer a miss: take its todo away"
