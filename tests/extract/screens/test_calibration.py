"""Figures from pixels against what the browser was told: sizes lie within their band, contrast is what the colours give."""

from __future__ import annotations

import json
import random
from io import BytesIO

import pytest
from PIL import Image

from mingcha.extract.screens import pixels, texts, trees
from mingcha.extract.screens.index import Screen

from .parts import box, text
from .render import HEIGHT, WIDTH, Renderer, renderer
from .test_bench import lacking

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking())
WORDS = ("生活缴费", "医保凭证", "挂号就诊服务", "联系人工客服", "国家政务", "二维码", "我的订单", "Wi-Fi 设置", "关闭 12 项", "口罩中心")
FONTS = ("Noto Sans CJK SC", "Noto Serif CJK SC")


@pytest.fixture(scope="module")
def draw() -> object:
    with renderer() as one:
        yield one


def screen(draw: Renderer, body: str, scale: float) -> Screen:
    image, tree = draw.draw(body, "#1a1a1a", "#ffffff", scale)
    root, picture = trees.read(tree.encode()), Image.open(BytesIO(image)).convert("RGB")
    return Screen("s", None, None, None, None, "elder", True, "home", None, None, None, scale * 160, (round(WIDTH * scale), round(HEIGHT * scale)), root, picture)


@pytest.mark.parametrize("scale", [1.5, 2, 2.625, 3])
def test_sizes_from_pixels_hold_the_true_size(draw: Renderer, scale: float) -> None:
    choose, told, wrong = random.Random(7), 0, []
    for font in FONTS:
        for weight in (400, 700):
            sizes = [choose.choice((12, 14, 16, 17, 18, 20, 22, 24, 28, 32)) for _ in WORDS]
            body = "".join(box(10, n * 70, 340, 60, text(w, s, f"font-family:{font};font-weight:{weight}"), "data-nosize") for n, (w, s) in enumerate(zip(WORDS, sizes, strict=True)))
            found = texts.texts(screen(draw, body, scale))
            assert len(found) == len(WORDS)
            for one, size in zip(found, sizes, strict=True):
                if one.low is not None and one.high is not None:
                    told += 1
                    if not one.low <= size * scale <= one.high:
                        wrong.append((font, weight, one.node.text, size, round(one.low / scale, 1), round(one.high / scale, 1)))
    assert told >= 35, "sizes are told for most texts"
    assert wrong == []


def test_contrast_is_what_the_colours_give(draw: Renderer) -> None:
    choose, off, told, nothing = random.Random(11), [], 0, []
    for scale in (2, 2.625, 3):
        for _ in range(4):
            pairs = [tuple(tuple(choose.randrange(256) for _ in range(3)) for _ in range(2)) for _ in WORDS]
            body = "".join(
                box(0, n * 70, 360, 70, text(w, choose.choice((16, 18, 20, 24)), "padding:8px 12px"), "", "background:rgb{};color:rgb{}".format(*pair))
                for n, (w, pair) in enumerate(zip(WORDS, pairs, strict=True))
            )
            one = screen(draw, body, scale)
            assert one.root is not None
            assert one.picture is not None
            nodes = [n for n in one.root.walk() if n.text]
            for node, (ground, ink) in zip(nodes, pairs, strict=True):
                true, found = pixels.ratio(ground, ink), pixels.contrast(one.picture, node.box)  # type: ignore[arg-type]
                if found.ratio is None:
                    nothing.append((round(true, 2), found.reason))
                    continue
                told += 1
                # What matters is the side of 3 and of 4.5 on which it lies.
                if any((found.ratio < limit) != (true < limit) and abs(true - limit) > 0.15 for limit in (3, 4.5)):
                    off.append((round(true, 2), found))
    assert off == []
    assert told >= 100, nothing
    assert json.dumps(nothing)
