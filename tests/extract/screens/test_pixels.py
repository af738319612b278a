"""Colours and ink of one box, on pictures drawn here."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from mingcha.extract.screens import pixels
from mingcha.extract.screens.trees import Unread

BOX = (0, 0, 200, 60)


def paper(ground: str = "#ffffff") -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (200, 60), ground)
    return picture, ImageDraw.Draw(picture)


def bars(draw: ImageDraw.ImageDraw, ink: str, edge: str | None = None) -> None:
    """Strokes of three pixels with smoothed edges."""
    for x in range(20, 180, 16):
        if edge:
            draw.rectangle((x - 1, 15, x + 3, 45), fill=edge)
        draw.rectangle((x, 15, x + 2, 45), fill=ink)


def png(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("one", "two", "value"), [((0, 0, 0), (255, 255, 255), 21.0), ((119, 119, 119), (255, 255, 255), 4.48), ((118, 118, 118), (255, 255, 255), 4.54), ((255, 0, 0), (255, 255, 255), 4.0)])
def test_ratios_of_the_recommendation(one: pixels.Colour, two: pixels.Colour, value: float) -> None:
    assert pixels.ratio(one, two) == pytest.approx(value, abs=0.005)
    assert pixels.ratio(two, one) == pixels.ratio(one, two)


def test_mixtures_at_the_edges_are_left_out() -> None:
    picture, draw = paper()
    bars(draw, "#767676", "#c0c0c0")
    found = pixels.contrast(picture, BOX)
    assert (found.ratio, found.ground, found.ink) == (4.54, "#ffffff", "#767676")


def test_border_and_corners_are_left_out() -> None:
    picture, draw = paper("#ffffff")
    draw.rounded_rectangle((0, 0, 199, 59), 30, fill="#0b57d0", outline="#ff0000", width=2)
    bars(draw, "#ffffff")
    found = pixels.contrast(picture, BOX)
    assert (found.ground, found.ink) == ("#0b57d0", "#ffffff")


def test_a_gradient_a_pattern_and_two_inks_give_no_figure() -> None:
    picture, draw = paper()
    for x in range(200):
        draw.line((x, 0, x, 59), fill=(255 - x // 2,) * 3)
    bars(draw, "#000000")
    assert pixels.contrast(picture, BOX) == pixels.Contrast(None, "ground")
    picture, draw = paper()
    bars(draw, "#c00000")
    for x in range(28, 180, 16):
        draw.rectangle((x, 15, x + 2, 45), fill="#0000c0")
    assert pixels.contrast(picture, BOX).reason == "colours"
    noise = Image.effect_noise((200, 60), 90).convert("RGB")
    assert pixels.contrast(noise, BOX).reason == "ground"


def test_nothing_to_be_seen_gives_no_figure() -> None:
    picture, _ = paper()
    assert pixels.contrast(picture, BOX).reason == "empty"
    for box in ((0, 0, 3, 3), (190, 50, 500, 52), (-50, -50, 0, 0), (300, 300, 400, 400)):
        assert pixels.contrast(picture, box).reason == "small"
        assert pixels.ink_rows(picture, box) is None


def test_rows_of_ink_are_told_in_pixels_of_the_screen() -> None:
    picture, draw = paper()
    draw.rectangle((20, 10, 180, 19), fill="#000000")
    draw.rectangle((20, 30, 180, 39), fill="#000000")
    assert pixels.ink_rows(picture, BOX) == [(10, 20), (30, 40)]
    assert pixels.ink_rows(picture, (0, 5, 200, 60)) == [(10, 20), (30, 40)]
    assert pixels.ink_rows(picture, (0, 25, 200, 60)) == [(30, 40)]


def test_a_picture_is_read_whatever_its_form() -> None:
    for mode in ("RGB", "RGBA", "L", "P", "1", "I;16"):
        out = BytesIO()
        Image.new(mode, (12, 8)).save(out, "PNG")
        assert pixels.load(out.getvalue()).size == (12, 8)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no PNG"), (b"GIF89a" + b"\0" * 60, "no PNG"), (b"\xff\xd8\xff" + b"\0" * 60, "no PNG"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "no PNG"),
        (png(50_000, 50_000, zlib.compress(b"\0" * 1000)), "a picture of 50000"), (png(4_000_000_000, 4_000_000_000), "a picture of"), (png(0, 5), "a picture of 0"),
        (png(100, 100, zlib.compress(b"\0" * 50)), "a broken PNG"), (png(100, 100, b"no deflate"), "a broken PNG"), (png(100, 100)[:60], "a broken PNG"),
    ],
)  # fmt: skip
def test_bombs_and_broken_pictures_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(Unread, match=why):
        pixels.load(data)
