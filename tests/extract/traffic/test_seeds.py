"""The identity sheet: what is accepted, what is made, how it is named."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mingcha.errors import BadInput
from mingcha.extract.traffic import canary, checks, seeds
from tests.extract.traffic.support import LOADED, SHEET


def parse(rows: str) -> seeds.Sheet:
    return seeds.parse(f"mingcha-seeds: 1\nseeds:\n{rows}", LOADED.items)


@pytest.mark.parametrize("number", range(30))
def test_a_made_sheet_is_valid_and_differs_from_every_other(number: int) -> None:
    sheet = seeds.parse(canary.sheet(random.Random(number)), LOADED.items)
    assert len(sheet.seeds) == 24
    other = seeds.parse(canary.sheet(random.Random(number + 100)), LOADED.items)
    assert not {s.value for s in sheet.seeds} & {s.value for s in other.seeds}


def test_check_digits_of_a_made_sheet() -> None:
    values = {s.id: s.value for s in seeds.parse(SHEET, LOADED.items).seeds}
    assert checks.is_imei(values["imei-1"]) and checks.is_imei(values["imei-2"])
    assert checks.is_id_card(values["id-card"]) and values["id-card"][6:8] == "19" and values["id-card"][8] == "0"
    assert checks.is_bank_card(values["bank-card"]) and checks.is_iccid(values["iccid"]) and checks.is_imsi(values["imsi"])
    assert checks.is_mac(values["mac"]) and checks.is_phone(values["phone"]) and checks.is_uuid(values["oaid"])


@pytest.mark.parametrize("row", [
    "  - {id: a, item: no-such-item, value: '12345678901'}",
    "  - {id: a, item: phone-number, value: '19967926203'}\n  - {id: a, item: phone-number, value: '19967926204'}",
    "  - {id: a, item: imei, value: '866349350086745'}",
    "  - {id: a, item: imei, value: '86634935008674'}",
    "  - {id: a, item: id-card-number, value: '110101190901046312'}",
    "  - {id: a, item: mac-address, value: a45046000001}",
    "  - {id: a, item: precise-location, value: '30.69,113.70'}",
    "  - {id: a, item: precise-location, value: '130.692566,113.701279'}",
    "  - {id: a, item: name, value: 张三}",
    "  - {id: a, item: user-id, value: '12345678'}",
    "  - {id: a, item: user-id, value: ' padded value '}",
    "  - {id: A b, item: phone-number, value: '19967926203'}",
    "  - {id: a, item: phone-number, value: '19967926203', more: 1}",
    "  []",
])  # fmt: skip
def test_what_is_wrong_ends_the_call(row: str) -> None:
    with pytest.raises(BadInput) as e:
        parse(row)
    assert e.value.code == "bad-seeds" and e.value.hint["zh"]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a: [", b"mingcha-seeds: 2\nseeds: []", b"x" * (2 << 20)])
def test_a_file_that_is_no_sheet(tmp_path: Path, data: bytes) -> None:
    (file := tmp_path / "s.yml").write_bytes(data)
    with pytest.raises(BadInput):
        seeds.load(file, LOADED.items)
    with pytest.raises(BadInput):
        seeds.load(tmp_path / "none.yml", LOADED.items)


def test_how_it_was_recorded() -> None:
    assert seeds.parse(SHEET.replace("# recording", "recording"), LOADED.items).recording.ca == "untrusted"
    assert seeds.parse(SHEET, LOADED.items).recording.ca is None
