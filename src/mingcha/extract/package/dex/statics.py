"""Initial values of static fields as a class states them (DEX format, "class_def_item",
"encoded_array_item"): compilers move `static boolean x = true` there from the initialiser."""

from __future__ import annotations

import struct

from mingcha.extract.package.columns import Code
from mingcha.extract.package.dex.leb import uleb

_FIELDS = 20_000  # static fields of one class that are walked


def stated(code: Code, row: int, name: str) -> int | str | None:
    """What class row `row` states for its static field `name`: 1 or 0 of a boolean, a text. None where it
    states nothing of the kind."""
    try:
        return _stated(code, row, name)
    except (struct.error, IndexError, ValueError):
        return None


def _stated(code: Code, row: int, name: str) -> int | str | None:
    data = code.data
    if data[:4] != b"dex\n":
        return None
    size, base = struct.unpack_from("<II", data, 0x60)
    if row >= size:
        return None
    class_data, values = struct.unpack_from("<II", data, base + 32 * row + 24)
    if not class_data or not values:
        return None
    count, at = uleb(data, class_data)
    for _ in range(3):
        _, at = uleb(data, at)
    field, wanted = 0, -1
    for k in range(min(count, _FIELDS)):
        step, at = uleb(data, at)
        _, at = uleb(data, at)
        field += step
        if field < len(code.field_name) and code.label(int(code.field_name[field])) == name:
            wanted = k
            break
    if wanted < 0:
        return None
    n, at = uleb(data, values)
    for k in range(min(n, wanted + 1)):
        head = data[at]
        kind, size = head & 0x1F, (head >> 5) + 1
        if kind == 0x1F:  # boolean: the value is in the head
            if k == wanted:
                return head >> 5
            size = 0
        elif kind == 0x1E:
            size = 0
        elif kind in (0x1C, 0x1D):
            return None
        elif kind == 0x17 and k == wanted:
            string = int.from_bytes(data[at + 1 : at + 1 + size], "little")
            return code.text(string) if string < len(code.string_start) else None
        at += 1 + size
    return None
