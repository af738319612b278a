"""XML of app bundles: aapt.pb.XmlNode (frameworks/base tools/aapt2/Resources.proto).

A bounded reader of just these messages; unknown fields are skipped, groups and overruns end the
message they are in.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.attrids import NAMES
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.stringpool import decode_utf8
from mingcha.extract.package.xmltree import Builder, Element, Ref, Value, key

Field = tuple[int, int, int, int]  # field number, wire type, value or start, end


def fields(data: bytes, pos: int, end: int) -> Iterator[Field]:
    """Fields of a message at `data[pos:end]`: scalars as (n, wire, value, 0), length-delimited
    ones as (n, 2, start, end). Stops at the first thing that does not fit."""
    while pos < end:
        tag, pos = _varint(data, pos, end)
        wire = tag & 7
        if wire == 0:
            value, pos = _varint(data, pos, end)
            if pos > end:
                return
            yield tag >> 3, 0, value, 0
        elif wire == 2:
            size, pos = _varint(data, pos, end)
            if pos + size > end:
                return
            yield tag >> 3, 2, pos, pos + size
            pos += size
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            if pos + size > end:
                return
            yield tag >> 3, wire, int.from_bytes(data[pos : pos + size], "little"), 0
            pos += size
        else:
            return


def _varint(data: bytes, pos: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while pos < end and shift < 64:
        byte = data[pos]
        pos += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, pos
        shift += 7
    return 0, end + 1


def parse(data: bytes, notes: Notes, limits: Limits = DEFAULT) -> Element | None:
    """The document element, or None with `malformed-manifest` noted. Never raises."""
    if len(data) > limits.manifest:
        notes.limitation("too-large", f"protobuf XML of {len(data)} bytes")
        return None
    build = Builder(notes, limits)
    # Work list instead of recursion; None closes the element opened last.
    todo: list[tuple[int, int] | None] = [(0, len(data))]
    while todo and not build.full:
        span = todo.pop()
        if span is None:
            build.end()
            continue
        for number, wire, start, end in fields(data, *span):
            if wire != 2:
                continue
            if number == 1:
                tag, attrs, children = _element(data, start, end, limits)
                build.start(tag, attrs)
                todo.append(None)
                todo.extend(reversed(children))
            elif number == 2:
                build.data(decode_utf8(data[start:end]))
    if build.root is None:
        notes.limitation("malformed-manifest", "no element in the protobuf XML")
    return build.root


def _element(
    data: bytes, pos: int, end: int, limits: Limits
) -> tuple[str, dict[str, Value], list[tuple[int, int] | None]]:
    tag = ""
    attrs: dict[str, Value] = {}
    children: list[tuple[int, int] | None] = []
    for number, wire, start, stop in fields(data, pos, end):
        if wire != 2:
            continue
        if number == 3:
            tag = decode_utf8(data[start:stop])
        elif number == 4 and len(attrs) < limits.xml_attributes:
            name, value = _attribute(data, start, stop)
            attrs.setdefault(name, value)
        elif number == 5 and len(children) < limits.xml_elements:
            children.append((start, stop))
    return tag, attrs, children


def _attribute(data: bytes, pos: int, end: int) -> tuple[str, Value]:
    uri = name = ""
    value: Value = None
    compiled: Value = None
    res_id = 0
    for number, wire, start, stop in fields(data, pos, end):
        if wire == 0 and number == 5:
            res_id = start & 0xFFFFFFFF
        elif wire == 2 and number in (1, 2, 3):
            text = decode_utf8(data[start:stop])
            if number == 1:
                uri = text
            elif number == 2:
                name = text
            else:
                value = text
        elif wire == 2 and number == 6:
            compiled = item(data, start, stop)
    label = "android:" + NAMES[res_id] if res_id in NAMES else key(uri, name)
    return label, compiled if compiled is not None else value


def item(data: bytes, pos: int, end: int) -> Value:
    """An aapt.pb.Item: reference, string, file path or primitive; None for anything else."""
    for number, wire, start, stop in fields(data, pos, end):
        if wire != 2:
            continue
        if number == 1:
            return _reference(data, start, stop)
        if number in (2, 3, 4, 5):  # String, RawString, StyledString, FileReference: field 1 is the text
            for n, w, a, b in fields(data, start, stop):
                if n == 1 and w == 2:
                    return decode_utf8(data[a:b])
            return ""
        if number == 7:
            return _primitive(data, start, stop)
    return None


def _reference(data: bytes, pos: int, end: int) -> Ref:
    res_id, name = 0, ""
    for number, wire, start, stop in fields(data, pos, end):
        if number == 2 and wire == 0:
            res_id = start & 0xFFFFFFFF
        elif number == 3 and wire == 2:
            name = decode_utf8(data[start:stop])
    return Ref(res_id, name)


def _primitive(data: bytes, pos: int, end: int) -> Value:
    for number, wire, value, _stop in fields(data, pos, end):
        if number == 8 and wire == 0:
            return value != 0
        if number == 3 and wire == 5:
            return float(struct.unpack("<f", struct.pack("<I", value))[0])
        if number in (6, 7) and wire == 0:
            value &= 0xFFFFFFFF
            return value - (1 << 32) if value >> 31 and number == 6 else value
        if wire in (0, 5):
            return value
    return None
