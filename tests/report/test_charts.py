"""Drawings are well-formed, tell their content in words, and can be read by eye."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from mingcha.report import charts
from mingcha.report.charts import Part, Stop, Tone

SVG = "{http://www.w3.org/2000/svg}"
TONES = {**charts.SEVERITY, **charts.GROUP}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tone", TONES.values(), ids=list(TONES))
def test_text_on_every_area_can_be_read(tone: Tone) -> None:
    assert contrast(tone.fill, tone.ink) >= 4.5
    assert max(contrast(tone.line, "#ffffff"), contrast(tone.fill, "#ffffff")) >= 3


def test_severities_differ_without_colour() -> None:
    light = [luminance(charts.SEVERITY[s].fill) for s in ("critical", "serious", "moderate", "minor")]
    assert light == sorted(light)
    assert all(b - a > 0.04 for a, b in itertools.pairwise(light))


def bar(*values: int) -> ET.Element:
    parts = [Part(f"p{n}", v, charts.SEVERITY["minor"]) for n, v in enumerate(values)]
    return ET.fromstring(charts.bar("u", "Title", parts, width=300))


def test_a_bar_has_a_share_for_every_count_and_fills_its_width() -> None:
    root = bar(1, 0, 998, 1)
    rects = root.findall(f"{SVG}rect")
    assert len(rects) == 3
    widths = [float(r.get("width", "0")) + 2 for r in rects]
    assert sum(widths) == pytest.approx(300, abs=1)
    assert min(widths) >= 13
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Title"
    assert root.findtext(f"{SVG}desc") == "p0: 1; p1: 0; p2: 998; p3: 1"


def test_an_empty_bar_is_an_outline() -> None:
    root = bar(0, 0)
    assert len(root.findall(f"{SVG}rect")) == 1
    assert root.find(f"{SVG}text") is None


@pytest.mark.parametrize("length", [2, 3, 4, 12, 40])
def test_a_path_is_drawn_whatever_its_length(length: int) -> None:
    stops = [Stop("role", f'<b>"n&ame{n}\u202e' + "x" * n * 20, "a.b" * n) for n in range(length)]
    root = ET.fromstring(charts.call_path("u", "T", stops))
    labels = [t.text or "" for t in root.findall(f"{SVG}text")]
    assert len(labels) <= 3 * 12
    assert all(sum(2 if ord(c) > 0x2E7F else 1 for c in label) <= 92 for label in labels)
    assert "\u202e" not in "".join(root.itertext())
    desc = root.findtext(f"{SVG}desc") or ""
    assert all(f"n&ame{n}[U+202E]" in desc for n in range(length))
    assert re.fullmatch(r"0 0 \d+ \d+", root.get("viewBox", ""))


def test_wide_letters_are_shortened_to_fit() -> None:
    root = ET.fromstring(charts.call_path("u", "T", [Stop("r", "明察" * 60), Stop("r", "b"), Stop("r", "c")]))
    longest = max((t.text or "" for t in root.findall(f"{SVG}text")), key=len)
    assert "…" in longest
    assert len(longest) <= 15


def test_a_swatch_is_decoration() -> None:
    root = ET.fromstring(charts.swatch(charts.GROUP["leads"]))
    assert root.get("aria-hidden") == "true"
