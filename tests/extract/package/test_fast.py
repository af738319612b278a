"""The compiled engine gives exactly what the plain one gives, on every input."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import extract
from mingcha.extract.package.dex import events, tables
from tests.inputs import fetch

fast = pytest.importorskip("mingcha.extract.package.dex.fast", reason="the extra `fast` (numba) is not installed")
SAMPLES = Path(__file__).parents[3] / "samples"
FILES = sorted(SAMPLES.glob("*/*.apk")) + sorted(SAMPLES.glob("startup/built/*.apk"))[::10]


def same(a: events.Events, b: events.Events) -> None:
    for name, mine, theirs in zip(a._fields, a, b, strict=True):
        assert np.array_equal(mine, theirs), name


def dexes(path: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            if name.endswith(".dex") and "/" not in name:
                yield z.read(name)


def compare(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for data in dexes(path):
        if not tables.is_dex(data[:8]):
            continue
        try:
            monkeypatch.setattr(events, "_find", events.plain)
            plain = tables.read("c", data)
        except tables.NotDex:
            continue
        monkeypatch.setattr(events, "_find", fast.events)
        compiled = tables.read("c", data)
        assert compiled.counts == plain.counts
        assert compiled.malformed == plain.malformed
        for column in ("event_def", "event_op", "event_kind", "event_operand", "event_pos", "def_size"):
            assert np.array_equal(getattr(compiled, column), getattr(plain, column)), column


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_samples(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(path, monkeypatch)


@pytest.mark.real
@pytest.mark.parametrize("row", [r for r in fetch.rows() if r["kind"] == "apk"], ids=lambda r: f"{r['package']}/{Path(r['path']).name}")
def test_real_packages(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = fetch.cached(row)
    if not path.exists():
        pytest.skip("not fetched: run python tests/inputs/fetch.py")
    try:
        compare(path, monkeypatch)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as e:
        pytest.skip(f"Python's zipfile cannot read it: {e}")


@settings(deadline=None)
@given(st.lists(st.integers(0, 0xFFFF), max_size=300), st.integers(1, 8))
def test_any_code_units(stream: list[int], parts: int) -> None:
    units = np.array(stream, np.uint16)
    cuts = sorted({0, len(stream), *(len(stream) * k // parts for k in range(parts))})
    start, end = np.array(cuts[:-1], np.int32), np.array(cuts[1:], np.int32)
    same(fast.events(units, start, end), events.plain(units, start, end))


def test_a_resident_worker_says_what_any_other_says() -> None:
    path = SAMPLES / "violator/violator.apk"
    with extract.Worker(resident=True) as one, extract.Worker() as other:
        assert one.read(path, "package") == other.read(path, "package")
