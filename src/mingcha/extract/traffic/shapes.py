"""Values that look like an identifier under a key that names one: leads, where nothing was planted.

Both are asked for: in ordinary traffic hundreds of numbers have fifteen digits, and many pass for something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from mingcha.extract.traffic import checks
from mingcha.extract.traffic.unfold import Leaf


class Shape(NamedTuple):
    """A lead: item, how the value is written, index of the leaf."""

    item: str
    form: str
    leaf: int


_VALUES: dict[str, Callable[[str], bool]] = {
    "imei": checks.is_imei,
    "imsi": checks.is_imsi,
    "iccid": checks.is_iccid,
    "id-card-number": checks.is_id_card,
    "phone-number": checks.is_phone,
    "bank-card-number": checks.is_bank_card,
    "mac-address": checks.is_mac,
    "wifi-bssid": checks.is_mac,
    "bluetooth-mac": checks.is_mac,
    "android-id": lambda v: checks.is_hex_id(v, (16,)),
    "oaid": lambda v: checks.is_uuid(v) or checks.is_hex_id(v, (16, 32, 64)),
    "gaid": checks.is_uuid,
    "idfa": checks.is_uuid,
    "email": lambda v: bool(re.fullmatch(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,24}", v)),
}
_DIGESTS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_DIGESTED = ("imei", "imsi", "mac-address", "android-id", "oaid", "phone-number", "id-card-number")
_LAT = re.compile(r"^(?:.*[^a-z])?lat(?:i|itude)?(?:[^a-z].*)?$", re.I)
_PAIR = re.compile(r"(-?\d{1,3}\.\d{4,17})[,;| ]{1,2}(-?\d{1,3}\.\d{4,17})")


class Lexicon:
    """Key of a field → item, for the items that have a shape; case and separators do not count."""

    def __init__(self, items: Mapping[str, Any]) -> None:
        self._keys: dict[str, str] = {}
        for name in (*_VALUES, "precise-location"):
            for key in items[name].traffic_keys if name in items else ():
                self._keys.setdefault(_bare(key), name)
        self.item = lru_cache(maxsize=20_000)(self._item)

    def _item(self, key: str) -> str | None:
        return self._keys.get(_bare(key)) if len(key) <= 60 else None


def _bare(key: str) -> str:
    return "".join(c for c in key.lower() if c.isalnum())


def find(leaves: Sequence[Leaf], lexicon: Lexicon, taken: Iterable[int]) -> list[Shape]:
    """Leads among the leaves; `taken`: indices of leaves in which a planted value was found already."""
    out: list[Shape] = []
    done = set(taken)
    lats: list[tuple[float, int]] = []
    lons: list[tuple[float, int]] = []
    for n, leaf in enumerate(leaves):
        key = leaf.key
        if not key or (item := lexicon.item(key)) is None:
            continue
        text = leaf.text
        if not 5 <= len(text) <= 128 or n in done:
            continue
        if item == "precise-location":
            if pair := _PAIR.fullmatch(text):
                a, b = float(pair[1]), float(pair[2])
                if checks.in_china(a, b) or checks.in_china(b, a):
                    out.append(Shape(item, _form(leaf), n))
            elif (value := checks.coordinate(text)) is not None:
                (lats if _LAT.match(key) else lons).append((value, n))
        elif _VALUES[item](text):
            out.append(Shape(item, _form(leaf), n))
        elif item in _DIGESTED and (form := _DIGESTS.get(len(text))) and checks.is_hex_id(text, (len(text),)):
            out.append(Shape(item, form, n))
    for lat, n in lats:
        if any(checks.in_china(lat, lon) for lon, _ in lons):
            out.append(Shape("precise-location", _form(leaves[n]), n))
            break
    return out


def _form(leaf: Leaf) -> str:
    return leaf.layers[0] if leaf.layers else "plain"
