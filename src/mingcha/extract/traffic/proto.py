"""Protocol Buffers without a schema: the wire format walked field by field.

Source: protobuf.dev, "Encoding". A buffer counts as a message only if its fields fill it exactly.
"""

from __future__ import annotations

import struct

Value = int | float | bytes
FIELDS = 2_000


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a varint of more than ten bytes")


def fields(data: bytes) -> list[tuple[int, Value]] | None:
    """(number, value) of each field in order; None where `data` is no message. Groups are not read."""
    out: list[tuple[int, Value]] = []
    at, size = 0, len(data)
    try:
        while at < size:
            tag, at = _varint(data, at)
            number, wire = tag >> 3, tag & 7
            if not 0 < number < 1 << 29 or len(out) >= FIELDS:
                return None
            value: Value
            if wire == 0:
                value, at = _varint(data, at)
            elif wire == 2:
                length, at = _varint(data, at)
                if at + length > size:
                    return None
                value, at = data[at : at + length], at + length
            elif wire == 1:
                value, at = _fixed(data[at : at + 8], "<d", "<q"), at + 8
            elif wire == 5:
                value, at = _fixed(data[at : at + 4], "<f", "<i"), at + 4
            else:
                return None
            out.append((number, value))
    except (IndexError, ValueError, struct.error):
        return None
    return out or None


def _fixed(data: bytes, real: str, whole: str) -> Value:
    """A number that may be either: as a fraction where that is of ordinary size, else as an integer."""
    value: float = struct.unpack(real, data)[0]
    if 1e-6 < abs(value) < 1e15:
        return value
    number: int = struct.unpack(whole, data)[0]
    return number


def grpc(data: bytes) -> list[bytes] | None:
    """The messages of a gRPC body (compressed flag, four bytes of length, message); None where it is none."""
    out: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at + 1 : at + 5], "big")
        if data[at] > 1 or at + 5 + length > len(data) or len(out) >= 1_000:
            return None
        out.append(data[at + 5 : at + 5 + length])
        at += 5 + length
    return out or None
