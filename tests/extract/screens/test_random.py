"""Walks with random sizes, colours and places; what must come out follows from the numbers that they were drawn with."""

from __future__ import annotations

import random

import pytest

from mingcha.extract.screens.pixels import ratio

from . import bench, parts
from .cases import Case
from .parts import CROSS, article, floating, home, icon, text
from .render import renderer
from .test_bench import LEAST, lacking

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking())
WALKS = 40
# Where the control of a window of 280 × 300 may lie, and whether clause 2.4 allows it.
PLACES = {"top-left": (4, 4, True), "top-right": (-4, 4, True), "bottom": (0, -4, True), "left": (4, 0, False), "bottom-left": (4, -4, False), "bottom-right": (-4, -4, False)}


def place(at: int, span: int, side: int) -> float:
    """From a distance to the near edge (positive), the far edge (negative) or the middle (0)."""
    return at if at > 0 else span + at - side if at < 0 else (span - side) / 2


def drawn(choose: random.Random, number: int) -> Case:
    size, height = choose.choice((14, 15, 16, 17, 18, 19, 20, 22)), choose.choice((52, 56, 58, 60, 62, 64, 72))
    line = choose.choice((1.0, 1.1, 1.2, 1.4, 1.5, 1.6, 1.8))
    letters = choose.choice((18, 20, 22))
    apart = choose.choice((1.0, 1.15, 1.4, 1.6))
    gap = (apart - 1) * line * letters
    while True:
        ink, paper = ((choose.randrange(256), choose.randrange(256), choose.randrange(256)) for _ in range(2))
        if choose.random() < 0.5:
            paper = (255, 255, 255)
        true = ratio(ink, paper)
        if true > 1.5 and min(abs(true - 3), abs(true - 4.5)) > 0.2:
            break
    where = choose.choice(list(PLACES))
    x, y, allowed = PLACES[where]
    side = choose.choice((36, 40, 44, 48, 56))
    named = choose.random() < 0.7
    wrong = {
        "text-size": size < 18, "touch-size": height < 60, "line-spacing": line < 1.3 or apart < 1.3,
        "contrast": true < (3 if letters > 18 else 4.5), "floating-close": not allowed or side < 44, "names": not named,
    }  # fmt: skip
    close = icon(place(x, 280, side), place(y, 300, side), side, "关闭", "#333333", CROSS)
    return Case(
        f"walk {number}: {size=} {height=} {line=} {letters=} {apart=} {ink=} {paper=} {where=} {side=} {named=}", {k: "failed" for k, v in wrong.items() if v},
        {
            "elder": home(size, h=height, title=text("常用服务大全", 24), scan=icon(280, 20, name="扫一扫" if named else "")),
            "read": article(line, gap, letters, f"color:rgb{ink};background:rgb{paper};padding:0 0 0 0"),
            "window": floating(close),
        },
        walk={"scale": choose.choice((2, 2.625, 2.75, 3))},
    )  # fmt: skip


def test_outcomes_follow_from_the_numbers(tmp_path_factory: pytest.TempPathFactory) -> None:
    choose = random.Random(67)
    with renderer() as draw:
        figures = bench.run(tmp_path_factory.mktemp("random"), draw, [drawn(choose, n) for n in range(WALKS)])
    for rule in parts.PASSED:
        assert figures.precision(rule) >= LEAST, figures.wrong
        assert figures.recall(rule) >= LEAST, figures.wrong
    assert len(figures.wrong) <= (1 - LEAST) * sum(figures.judged.values()), figures.wrong
    assert min(figures.true[rule] for rule in ("text-size", "touch-size", "line-spacing", "contrast", "floating-close", "names")) >= 5
