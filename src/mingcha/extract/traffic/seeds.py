"""The identity sheet of a test device: values planted on it, by which traffic is searched (docs/seeds.md).

    mingcha-seeds: 1
    device: test-01
    recording: {ca: untrusted}
    seeds:
      - {id: imei-1, item: imei, value: '860000000000000'}

The sheet is the user's own file: what is wrong in it ends the call, since a value that is not looked for would
look like a value that was not sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from mingcha.catalogue import files
from mingcha.errors import BadInput
from mingcha.extract.traffic import checks

SIZE = 1 << 20
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
MACS = ("mac-address", "bluetooth-mac", "wifi-bssid")


class Seed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value that is on the device and nowhere else; `item` is an id of the item ontology."""

    id: Name
    item: str
    value: Annotated[str, msgspec.Meta(min_length=2, max_length=512)]
    note: str | None = None


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the recording was made, where the file itself cannot say it. `ca`: whether the device trusted the
    certificate of the recording proxy."""

    ca: Literal["trusted", "untrusted"] | None = None


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"version": "mingcha-seeds"}):
    """All values of one device."""

    version: Literal[1]
    seeds: Annotated[list[Seed], msgspec.Meta(min_length=1, max_length=200)]
    device: str | None = None
    made: str | None = None
    recording: Recording = Recording()


def load(path: Path, items: Collection[str]) -> Sheet:
    """Read a sheet; `items` are the ids that exist. BadInput (bad-seeds) where anything in it is wrong."""
    try:
        size = path.stat().st_size
        text = path.read_text("utf-8-sig") if size <= SIZE else ""
    except OSError as e:
        raise _wrong(path, str(e.strerror), str(e.strerror)) from e
    except UnicodeDecodeError as e:
        raise _wrong(path, "不是 UTF-8 文本", "it is no UTF-8 text") from e
    if not text:
        raise _wrong(path, "文件为空或过大", "it is empty or too large")
    return parse(text, items, path)


def parse(text: str, items: Collection[str], path: Path = Path("seeds.yml")) -> Sheet:
    """`load` for a text."""
    try:
        sheet = msgspec.convert(files.parse(text), Sheet)
    except (files.YamlError, msgspec.ValidationError) as e:
        where = " ".join(str(e).split())[:200]
        raise _wrong(path, where, where) from e
    known: set[str] = set()
    for seed in sheet.seeds:
        if seed.id in known:
            raise _wrong(path, f"{seed.id} 出现两次", f"{seed.id} is there twice")
        known.add(seed.id)
        if seed.item not in items:
            raise _wrong(path, f"{seed.id}：没有数据项 {seed.item}", f"{seed.id}: there is no item {seed.item}")
        if fault := _fault(seed):
            raise _wrong(path, f"{seed.id}：{fault[0]}", f"{seed.id}: {fault[1]}")
    return sheet


def position(value: str) -> tuple[str, str] | None:
    """Latitude and longitude of 'lat,lon', as written, each with four decimals or more; else None."""
    found = re.fullmatch(r"(-?[0-9]{1,2}\.[0-9]{4,12}), ?(-?[0-9]{1,3}\.[0-9]{4,12})", value)
    return (found[1], found[2]) if found and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180 else None


def _fault(seed: Seed) -> tuple[str, str] | None:
    value = seed.value
    if value != value.strip() or not value.isprintable():
        return "含首尾空白或不可见字符", "it has blanks around it or characters that cannot be seen"
    if seed.item == "precise-location":
        return None if position(value) else ("须为“纬度,经度”，各至少四位小数", "write it as lat,lon with four decimals or more each")
    if seed.item == "imei" and not (re.fullmatch(r"[0-9]{15}", value) and checks.has_luhn(value)):
        return "不是 15 位或校验位不符", "it has not 15 digits or a wrong check digit"
    if seed.item == "id-card-number" and not checks.is_id_card(value):
        return "号码不合 GB 11643", "the number is none by GB 11643"
    if seed.item in MACS and not re.fullmatch(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", value):
        return "须写成 a4:50:46:00:00:01", "write it as a4:50:46:00:00:01"
    # Shorter ones occur by chance: six bytes are two Chinese characters, eight digits a date.
    if len(value.encode()) < (9 if value.isdigit() else 8):
        return "太短，无法与偶然相同的内容区分", "it is too short to be told from what is there by chance"
    return None


def _wrong(path: Path, zh: str, en: str) -> BadInput:
    return BadInput(
        f"身份信息表 {path.name} 有误：{zh}", f"identity sheet {path.name} is wrong: {en}",
        {"zh": "见 docs/seeds.md，或用 mingcha seeds new 生成", "en": "see docs/seeds.md, or make one with mingcha seeds new"},
        code="bad-seeds",
    )  # fmt: skip
