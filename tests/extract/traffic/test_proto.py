"""Protocol Buffers: what is written is read, and nothing is read that is not there."""

from __future__ import annotations

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.traffic import proto


def varint(n: int) -> bytes:
    out = b""
    while n > 127:
        out, n = out + bytes((n & 127 | 128,)), n >> 7
    return out + bytes((n,))


def write(fields: list[tuple[int, int | bytes]]) -> bytes:
    return b"".join(varint(k << 3 | (2 if isinstance(v, bytes) else 0)) + (varint(len(v)) + v if isinstance(v, bytes) else varint(v)) for k, v in fields)


FIELDS = st.lists(st.tuples(st.integers(1, 1 << 20), st.integers(0, 2**63) | st.binary(max_size=50)), min_size=1, max_size=20)


@settings(deadline=None)
@given(FIELDS)
def test_round_trip(fields: list[tuple[int, int | bytes]]) -> None:
    assert proto.fields(write(fields)) == fields


@settings(deadline=None)
@given(FIELDS, st.integers(1, 10))
def test_a_cut_message_is_none_or_shorter(fields: list[tuple[int, int | bytes]], cut: int) -> None:
    got = proto.fields(write(fields)[:-cut])
    assert got is None or len(got) < len(fields) or got != fields


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_anything(data: bytes) -> None:
    proto.fields(data)
    proto.grpc(data)


def test_numbers() -> None:
    data = b"\x09" + struct.pack("<d", 30.692566) + b"\x15" + struct.pack("<i", 7) + b"\x19" + struct.pack("<q", 866349350086744)
    assert proto.fields(data) == [(1, 30.692566), (2, 7), (3, 866349350086744)]
    assert proto.fields(b"\x00\x01") is None and proto.fields(b"") is None and proto.fields(b"\xff" * 30) is None


def test_grpc() -> None:
    assert proto.grpc(b"\0\0\0\0\x02ab\0\0\0\0\x01c") == [b"ab", b"c"]
    assert proto.grpc(b"\0\0\0\0\x09ab") is None
