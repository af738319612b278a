"""ZIP as Android reads it: every liberty that packages take against tools."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.extract.limits import DEFAULT
from mingcha.extract.package.archive import Archive, Budget
from tests.extract.package.build import File, apk, zip_
from tests.inputs import every, real

TEXT = b"the quick brown fox " * 50


def codes(archive: Archive) -> set[str]:
    return {code for code, _ in archive.deviations}


def limits_hit(archive: Archive) -> set[str]:
    return {code for code, _ in archive.limitations}


def test_plain_and_stored() -> None:
    a = Archive(zip_([File("a", TEXT), File("b", TEXT, method=0), File("empty", b"")]))
    assert [a.read(n) for n in ("a", "b", "empty")] == [TEXT, TEXT, b""]
    assert a.read("absent") is None
    assert not a.deviations and not a.limitations


def test_fake_encryption_bit_is_ignored() -> None:
    a = Archive(zip_([File("a", TEXT, flags=1), File("b", TEXT, method=0, flags=0x801)]))
    assert a.read("a") == TEXT and a.read("b") == TEXT
    assert codes(a) == {"encrypted-flag"}


def test_true_encryption_is_a_limitation() -> None:
    a = Archive(zip_([File("a", TEXT, flags=1, raw=b"\xff" * 60)]))
    assert a.read("a") is None
    assert limits_hit(a) == {"encrypted-entry"}


def test_unknown_method_is_stored_with_the_uncompressed_size() -> None:
    a = Archive(zip_([File("AndroidManifest.xml", TEXT, method=30208, packed_size=1), File("b", b"x")]))
    assert a.read("AndroidManifest.xml") == TEXT
    assert a.read("b") == b"x"
    assert codes(a) == {"unknown-method"}


def test_local_header_is_not_believed() -> None:
    a = Archive(zip_([File("a", TEXT, local_name="zz", local_method=99, local_extra=b"x" * 40)]))
    assert a.read("a") == TEXT
    assert a.deviations == [("local-header-differs", "a: name, method")]


def test_wrong_sizes_and_crc() -> None:
    a = Archive(zip_([
        File("small", TEXT, size=10), File("large", TEXT, size=5000), File("short", TEXT, packed_size=3),
        File("crc", TEXT, crc=1),
    ]))  # fmt: skip
    assert [a.read(n) for n in ("small", "large", "short", "crc")] == [TEXT] * 4
    assert codes(a) >= {"wrong-size", "crc-mismatch"}
    assert not a.limitations


def test_broken_stream_gives_its_beginning() -> None:
    stream = zlib.compressobj(6, zlib.DEFLATED, -15)
    raw = (
        stream.compress(TEXT * 200) + stream.flush(zlib.Z_FULL_FLUSH) + b"\x07\xff"
    )  # block type 3 does not exist
    a = Archive(zip_([File("a", TEXT * 300, raw=raw)]))
    data = a.read("a")
    assert data is not None and len(data) > 100_000 and (TEXT * 200).startswith(data)
    assert limits_hit(a) == {"unreadable-entry"}


def test_duplicates_first_wins_and_both_are_reported() -> None:
    a = Archive(zip_([File("classes.dex", b"one"), File("classes.dex", b"two")]))
    assert a.read("classes.dex") == b"one"
    assert [a.read_entry(e) for e in a.duplicates["classes.dex"]] == [b"two"]
    assert ("duplicate-name", "classes.dex") in a.deviations


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "a\\b", "C:/x", "a\nb", "nul\x00x"])
def test_unsafe_names(name: str) -> None:
    a = Archive(zip_([File(name, b"x")]))
    assert a.read(name) == b"x"
    assert "unsafe-name" in codes(a)
    assert all("\n" not in d and "\0" not in d for _, d in a.deviations)


@pytest.mark.parametrize("name", ["classes.dex/", "AndroidManifest.xml/a", "dir/"])
def test_directory_like_names(name: str) -> None:
    a = Archive(zip_([File("classes.dex", b"real"), File(name, b"x")]))
    assert "directory-like-name" in codes(a)
    assert a.read("classes.dex") == b"real"


def test_undecodable_name() -> None:
    a = Archive(zip_([File("a\udcff\udcfe", b"x")]))
    assert list(a.entries) == ["a\\xff\\xfe"]
    assert a.read("a\\xff\\xfe") == b"x" and "name-encoding" in codes(a)


def test_ratio_bomb_stops_at_the_cap() -> None:
    bomb = zip_([File("b", bytes(40_000_000))])
    a = Archive(bomb)
    tracemalloc.start()
    assert a.read("b", 1_000_000) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert limits_hit(a) == {"bomb"}
    assert peak < 4_000_000
    assert Archive(bomb).read("b") is not None


def test_lying_size_cannot_exceed_the_cap() -> None:
    a = Archive(zip_([File("b", bytes(40_000_000), size=10)]))
    assert a.read("b", 1_000_000) is None
    assert limits_hit(a) == {"bomb"}


def test_budget_is_shared() -> None:
    budget = Budget(1500)
    a = Archive(zip_([File("a", TEXT, method=0)]), budget=budget)
    b = Archive(zip_([File("b", TEXT, method=0)]), budget=budget)
    assert a.read("a") == TEXT
    assert b.read("b") is None and limits_hit(b) == {"bomb"}


def test_high_ratio_is_noted_not_refused() -> None:
    a = Archive(zip_([File("zeros", bytes(6_000_000))]))
    assert len(a.read("zeros") or b"") == 6_000_000
    assert codes(a) == {"high-ratio"}


def test_overlap_bomb_same_and_other_names() -> None:
    kernel = bytes(1_000_000)
    for names in (["a"] * 300, [f"n{i}" for i in range(300)]):
        a = Archive(zip_([File(names[0], kernel), *(File(n, kernel, at=0) for n in names[1:])]))
        assert "bomb" in limits_hit(a)
        assert codes(a) & {"overlap", "duplicate-name"}


def test_truncated_and_foreign_files() -> None:
    whole = zip_([File("a", TEXT), File("b", TEXT)])
    assert Archive(whole[:-30]).limitations[0][0] == "truncated"
    assert Archive(b"%PDF-1.7 nothing").limitations[0][0] == "unsupported-format"
    assert not Archive(b"").valid


def test_comment_tricks() -> None:
    fake = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 46, 0, 0)
    a = Archive(zip_([File("a", TEXT)], comment=fake + b"tail"))
    assert a.read("a") == TEXT
    # A fake record that ends exactly at the file's end, but leads nowhere.
    b = Archive(zip_([File("a", TEXT)], comment=b"xx" + fake[:12] + struct.pack("<IIH", 5, 7, 0)))
    assert b.read("a") == TEXT and "several-end-records" in codes(b)
    c = Archive(zip_([File("a", TEXT)]) + b"junk")
    assert c.read("a") == TEXT and "trailing-bytes" in codes(c)


def test_prefix_and_shifted_offsets() -> None:
    a = Archive(zip_([File("a", TEXT)], prefix=b"dex\n035\0" + bytes(100)))
    assert a.read("a") == TEXT and codes(a) == {"polyglot-dex"}
    b = Archive(zip_([File("a", TEXT)], prefix=b"#!/bin/sh\n", shift=True))
    assert b.read("a") == TEXT and codes(b) == {"shifted-offsets", "leading-bytes"}


def test_zip64() -> None:
    a = Archive(zip_([File("a", TEXT), File("b", TEXT, method=0)], zip64=True))
    assert a.read("a") == TEXT and a.read("b") == TEXT
    assert not a.deviations


def test_hidden_and_missing_records() -> None:
    hidden = Archive(zip_([File("a", b"1"), File("b", b"2")], count=1))
    assert list(hidden.entries) == ["a"] and "entry-count" in codes(hidden)
    missing = Archive(zip_([File("a", b"1")], count=5))
    assert list(missing.entries) == ["a"] and "entry-count" in codes(missing)


def test_limits_on_entries_and_file() -> None:
    few = replace(DEFAULT, entries=3)
    a = Archive(zip_([File(f"f{i}") for i in range(9)]), limits=few)
    assert len(a.entries) == 3 and limits_hit(a) == {"too-many-entries"}
    b = Archive(zip_([File("a", TEXT)]), limits=replace(DEFAULT, archive=100))
    assert not b.entries and limits_hit(b) == {"too-large"}


def test_negative_and_absurd_offsets() -> None:
    data = bytearray(zip_([File("a", TEXT), File("b", TEXT)]))
    at = data.rfind(b"PK\1\2")
    struct.pack_into("<I", data, at + 42, 0xFFFFFFF0)
    a = Archive(bytes(data))
    assert a.read("b") is None and a.read("a") == TEXT
    assert "unreadable-entry" in limits_hit(a)
    assert a.peek("b") == b""


def test_peek() -> None:
    a = Archive(zip_([File("a", TEXT), File("b", TEXT, method=0), File("c", b"ab")]))
    assert a.peek("a", 9) == a.peek("b", 9) == TEXT[:9]
    assert Archive(zip_([File("a", b"")], block=b"")).peek("a") == b""
    far = bytearray(zip_([File("a", TEXT, local_extra=bytes(9))]))
    struct.pack_into("<H", far, 28, 60000)  # extra field that reaches past the end of the file
    assert Archive(bytes(far)).peek("a") == b"" and Archive(bytes(far)).read("a") is None
    assert a.peek("c", 9) == b"ab" and a.peek("none") == b""


def test_many_entries_index_quickly() -> None:
    data = zip_([File(f"res/drawable/image_{i}.png", b"", method=0) for i in range(100_000)], zip64=True)
    begin = time.process_time()
    a = Archive(data)
    assert len(a.entries) == 100_000
    assert time.process_time() - begin < 60  # a guard against hanging, no measure of speed


def test_open_maps_and_closes(tmp_path: Path) -> None:
    path = tmp_path / "x.apk"
    path.write_bytes(apk())
    with Archive.open(path) as a:
        assert a.read("classes.dex", 1000) is not None
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    with Archive.open(empty) as e:
        assert not e.valid


SEED = apk(extra=[File("assets/x", TEXT), File("b", TEXT, method=0)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 60),
)
def test_mutations_never_raise(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(SEED)
    for at, value in changes:
        data[at] = value
    a = Archive(bytes(data[: len(data) - cut]), limits=replace(DEFAULT, entry=100_000, inflated=300_000))
    for name in list(a.entries):
        content = a.read(name)
        assert content is None or len(content) <= 100_000
        a.peek(name)
    assert a.budget.left >= 0


@pytest.mark.real
def test_real_packages_read_whole() -> None:
    for path in every("apk", least=10)[:30]:
        with Archive.open(path) as a:
            assert a.valid
            for name in list(a.names(suffix=".xml"))[:40]:
                assert a.read(name) is not None
            assert not a.limitations, path


@pytest.mark.real
def test_janus() -> None:
    with Archive.open(real("tests/janus.apk")) as a:
        assert "polyglot-dex" in codes(a)
        assert a.read("classes.dex", DEFAULT.dex)
