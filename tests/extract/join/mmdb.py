"""A small writer of the MaxMind DB format 2.0, for tables of a few rows."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

MARK = b"\xab\xcd\xefMaxMind.com"


def encode(value: Any) -> bytes:
    """A value of the data section: maps, texts, unsigned numbers."""
    if isinstance(value, dict):
        return _head(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, list):
        return _head(11, len(value)) + b"".join(map(encode, value))
    if isinstance(value, str):
        return _head(2, len(value.encode())) + value.encode()
    if isinstance(value, int):
        data = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _head(5 if value < 1 << 16 and len(data) <= 2 else 6 if len(data) <= 4 else 9, len(data)) + data
    raise TypeError(value)


def _head(kind: int, size: int) -> bytes:
    assert size < 285
    low = size if size < 29 else 29
    more = bytes((size - 29,)) if size >= 29 else b""
    return (bytes((kind << 5 | low,)) if kind < 8 else bytes((low, kind - 7))) + more


def write(rows: list[tuple[str, dict[str, Any]]], built: int = 1_793_000_000, version: int = 4) -> bytes:
    """A database of these networks; later rows do not lie within earlier ones."""
    bits = 32 if version == 4 else 128
    nodes: list[list[int | None]] = [[None, None]]
    data, places = b"", {}
    for network, value in rows:
        net = ip_network(network)
        raw = encode(value)
        if raw not in places:
            places[raw] = len(data)
            data += raw
        number, at = int(net.network_address), 0
        length = net.prefixlen + (bits - net.max_prefixlen)
        for n in range(length):
            bit = number >> (bits - 1 - n) & 1
            if n == length - 1:
                nodes[at][bit] = -1 - places[raw]
            else:
                if nodes[at][bit] is None:
                    nodes.append([None, None])
                    nodes[at][bit] = len(nodes) - 1
                found = nodes[at][bit]
                assert found is not None and found >= 0
                at = found
    count = len(nodes)

    def record(value: int | None) -> bytes:
        return (count if value is None else value if value >= 0 else count + 16 + (-1 - value)).to_bytes(4, "big")

    tree = b"".join(record(side) for node in nodes for side in node)
    meta = {
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": built, "database_type": "lab", "description": {"en": "lab"},
        "ip_version": version, "languages": ["en"], "node_count": count, "record_size": 32,
    }  # fmt: skip
    return tree + bytes(16) + data + MARK + encode(meta)
