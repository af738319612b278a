"""Walks with random damage: facts, limitations or an error of the input, and nothing else."""

from __future__ import annotations

import json
import random
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image, ImageDraw

from mingcha import catalogue
from mingcha.catalogue import tree
from mingcha.errors import BadInput
from tests.support import within

from .make import facts, node, put
from .test_trees import XML

ROUNDS = 250
ODD: tuple[Any, ...] = (None, True, -1, 0, 1e308, 2**70, "", "x" * 5000, "\ud800", "\0", [], {}, [[]], {"a": 1}, "广告", float("nan"))


def picture() -> bytes:
    out = BytesIO()
    image = Image.new("RGB", (360, 720), "#ffffff")
    ImageDraw.Draw(image).rectangle((20, 20, 200, 50), fill="#333333")
    image.save(out, "PNG")
    return out.getvalue()


def damaged(choose: random.Random, data: bytes) -> bytes:
    raw = bytearray(data)
    for _ in range(choose.randrange(1, 12)):
        at = choose.randrange(max(1, len(raw)))
        raw = raw or bytearray(b"x")
        match choose.randrange(4):
            case 0:
                raw[at] = choose.randrange(256)
            case 1:
                del raw[at : at + choose.randrange(1, 40)]
            case 2:
                raw[at:at] = raw[: choose.randrange(1, 40)]
            case _:
                raw = raw[: max(1, at)]
    return bytes(raw or b"x")


def twisted(choose: random.Random, value: Any) -> Any:
    """The same JSON with some values replaced by odd ones."""
    if choose.random() < 0.06:
        return choose.choice(ODD)
    if isinstance(value, dict):
        return {k: twisted(choose, v) for k, v in value.items()}
    return [twisted(choose, v) for v in value] if isinstance(value, list) else value


def test_damage_never_raises(tmp_path: Path) -> None:
    choose, kinds, read = random.Random(20261101), catalogue.load().facts, 0
    good = node((0, 0, 360, 720), node((10, 10, 350, 90), text="长辈版 12", textSize=24, clickable=True, desc="常用", id="a:id/x"), node((10, 100, 350, 160), text="看不清，换一张"))
    steps = [{"from": "s0", "to": "s1", "action": "tap", "x": 20, "y": 20, "t": 1}, {"from": "s0", "to": "s1", "action": "wait", "t": 2}]
    image = picture()
    for number in range(ROUNDS):
        folder = put(tmp_path / f"w{number}", [{"tree": good, "image": "0.png", "t": 0}, {"tree": "1.xml", "mode": "ordinary", "image": "0.png"}, {"tree": good, "role": "dialog"}], steps=steps)
        (folder / "1.xml").write_bytes(XML)
        (folder / "0.png").write_bytes(image)
        index = json.loads((folder / "screens.json").read_text())
        match number % 4:
            case 0:
                (folder / "screens.json").write_text(json.dumps(twisted(choose, index)))
            case 1:
                (folder / "0.json").write_text(json.dumps(twisted(choose, good)))
            case 2:
                (folder / "1.xml").write_bytes(damaged(choose, XML))
            case _:
                (folder / "0.png").write_bytes(damaged(choose, image))
        with within(20):
            try:
                exhibit, found = facts(folder)
            except BadInput:
                continue
        read += 1
        assert [w for f in found for w in tree.check_fact(f, kinds)] == []
        assert msgspec.json.encode(found)
        assert exhibit.status in ("read", "partly", "refused")
    assert read > ROUNDS / 2
