"""Resource tables: values by configuration, references, files, all entry forms."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.limits import DEFAULT
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.arsc import Resources
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.xmltree import Ref
from tests.extract.package.build import arsc, config
from tests.inputs import real

NAME, FILE, INDIRECT, LOOP = 0x7F010000, 0x7F020000, 0x7F010001, 0x7F010002
ENTRIES = {
    (1, 0): {
        config(): "Shop", config("en"): "Shop EN", config("zh"): "商店", config("zh-TW"): "商店台",
        config("zh-CN"): "商城", config("fr"): "Magasin",
    },
    (1, 1): {config(): ("ref", NAME)},
    (1, 2): {config(): ("ref", LOOP)},
    (2, 0): {config("", 160): "res/m/i.png", config("", 480): "res/xx/i.png"},
}  # fmt: skip


@pytest.mark.parametrize("form", ["dense", "sparse", "offset16", "compact"])
@pytest.mark.parametrize("utf8", [True, False])
def test_values_by_locale(form: str, utf8: bool) -> None:
    notes = Notes()
    table = Resources(arsc(ENTRIES, form=form, utf8=utf8), notes)
    assert table.resolve(Ref(NAME)) == "Shop"
    assert table.resolve(Ref(NAME), "zh") == "商城"
    assert table.resolve(Ref(NAME), "en") == "Shop EN"
    assert table.resolve(Ref(INDIRECT), "zh") == "商城"
    assert table.resolve("plain") == "plain"
    assert len(table.values(NAME)) == 6
    assert table.name(NAME) == "string/key0" and table.name(0x7F020000) == "xml/key0"
    assert not notes.deviations and not notes.limitations


def test_chinese_order_of_preference() -> None:
    def chosen(*locales: str) -> object:
        return Resources(arsc({(1, 0): {config(x): x or "default" for x in locales}}), Notes()).resolve(
            Ref(NAME), "zh"
        )

    assert chosen("", "zh-TW") == "zh-TW"
    assert chosen("", "zh-TW", "zh") == "zh"
    assert chosen("zh", "zh-CN") == "zh-CN"
    assert chosen("", "zh-Hant", "zh-Hans") == "zh-Hans"
    assert chosen("", "fr") == "default"


def test_nothing_to_find() -> None:
    table = Resources(arsc(ENTRIES), Notes())
    assert table.resolve(Ref(0x01040000)) is None  # framework
    assert table.resolve(Ref(0x7F01FFFF)) is None
    assert table.resolve(Ref(LOOP)) is None
    assert table.name(0x7F0A0000) == ""


def test_files_best_density_first() -> None:
    table = Resources(arsc(ENTRIES), Notes())
    assert table.files(Ref(FILE)) == ["res/xx/i.png", "res/m/i.png"]
    assert table.files(Ref(LOOP)) == []


def test_all_strings() -> None:
    table = Resources(arsc(ENTRIES), Notes())
    assert {"Shop", "商城", "res/m/i.png"} <= set(table.all_strings())


def test_malformed_and_too_large() -> None:
    for data in (b"", b"\0" * 40, arsc(ENTRIES)[:11]):
        notes = Notes()
        assert Resources(data, notes).resolve(Ref(NAME)) is None
        assert notes.limitations[0][0] == "malformed-resources"
    notes = Notes()
    Resources(arsc(ENTRIES), notes, replace(DEFAULT, resources=64))
    assert notes.limitations[0][0] == "too-large"


def test_chunk_limit() -> None:
    notes = Notes()
    Resources(arsc(ENTRIES), notes, replace(DEFAULT, resource_chunks=3))
    assert notes.limitations[0][0] == "reader-limit"
    notes = Notes()
    table = Resources(arsc(ENTRIES), notes, replace(DEFAULT, resource_values=2))
    assert len(table.values(NAME)) == 2 and notes.limitations[0][0] == "reader-limit"


SEED = arsc(ENTRIES)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=16))
def test_mutations_never_raise(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SEED)
    for at, value in changes:
        data[at] = value
    table = Resources(bytes(data), Notes())
    for res_id in (NAME, FILE, INDIRECT, LOOP, 0x7F030000):
        table.resolve(Ref(res_id), "zh")
        table.files(Ref(res_id))
        table.name(res_id)
    assert len(table.all_strings()) <= len(data)


@pytest.mark.real
def test_large_real_table_opens_in_no_time() -> None:
    with Archive.open(real("apks/Yosemite.apk")) as a:
        data = a.read("resources.arsc")
        assert data is not None
        begin = time.process_time()
        table = Resources(data, a.notes)
        names = [table.resolve(Ref(0x7F000000 | t << 16), "zh") for t in range(1, 30)]
        assert time.process_time() - begin < 60  # a guard against hanging, no measure of speed
        assert any(names) and not a.limitations


def test_config_of_three_letters() -> None:
    raw = bytearray(config())
    raw[8:10] = bytes(
        [0x80 | (ord("l") - 97) << 2 | (ord("i") - 97) >> 3, ((ord("i") - 97) & 7) << 5 | (ord("f") - 97)]
    )
    table = Resources(arsc({(1, 0): {bytes(raw): "x"}}), Notes())
    assert table.values(NAME)[0][0].language == "fil"
