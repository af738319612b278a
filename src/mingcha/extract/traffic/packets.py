"""Packets of pcap and pcapng files, and what stands in their network headers.

Sources: IETF drafts opsawg-pcap and opsawg-pcapng; link types of tcpdump.org; RFC 791, 2003, 4213, 8200, 9293, 768.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mingcha.extract.limits import MB, Limits
from mingcha.extract.traffic.fragments import Fragments
from mingcha.extract.traffic.message import Trouble

_BLOCK = 16 * MB
_TUNNELS = 3  # IP packets inside one another
_SECRETS = 0x544C534B  # decryption secrets of a pcapng file that are a TLS key log


class Packet(NamedTuple):
    """One captured packet. t: seconds since 1970; `cut`: fewer bytes were kept than were sent."""

    number: int
    t: float
    link: int
    data: bytes
    cut: bool


class Secrets(NamedTuple):
    """TLS secrets that stand in the file itself."""

    data: bytes


class Segment(NamedTuple):
    """What one TCP segment or UDP datagram says. `seq` and `flags` are 0 for UDP."""

    proto: str
    src: str
    dst: str
    sport: int
    dport: int
    seq: int
    flags: int
    data: bytes


def packets(path: Path, limits: Limits) -> Iterator[Packet | Secrets | Trouble]:
    """Packets in file order; ends with a Trouble where the file is cut or wrong."""
    with path.open("rb", buffering=1 << 20) as f:
        head = f.read(4)
        f.seek(0)
        source = _pcapng(f) if head == b"\x0a\x0d\x0d\x0a" else _pcap(f)
        for number, item in enumerate(source):
            if number >= limits.packets:
                yield Trouble("reader-limit", f"more than {number} packets")
                return
            yield item


def _pcap(f: BinaryIO) -> Iterator[Packet | Trouble]:
    head = f.read(24)
    order = "<" if head[:1] in (b"\xd4", b"\x4d") else ">"
    if len(head) < 24:
        yield Trouble("truncated", "no header")
        return
    unit = 1e-9 if b"\x3c" in head[:4] else 1e-6
    link = struct.unpack(order + "I", head[20:24])[0] & 0xFFFF
    number = 0
    while row := f.read(16):
        if len(row) < 16:
            yield Trouble("truncated", f"ends after {number} packets")
            return
        sec, frac, size, whole = struct.unpack(order + "IIII", row)
        if size > _BLOCK:
            yield Trouble("truncated", f"no packet after {number}")
            return
        data = f.read(size)
        number += 1
        if len(data) < size:
            yield Trouble("truncated", f"ends within packet {number}")
            return
        yield Packet(number, sec + frac * unit, link, data, size < whole)


def _pcapng(f: BinaryIO) -> Iterator[Packet | Secrets | Trouble]:
    order, number = "<", 0
    links: list[tuple[int, float]] = []
    while head := f.read(8):
        if len(head) < 8:
            yield Trouble("truncated", f"ends after {number} packets")
            return
        if head[:4] == b"\x0a\x0d\x0d\x0a":
            mark = f.read(4)
            f.seek(-4, 1)
            order, links = ("<" if mark == b"\x4d\x3c\x2b\x1a" else ">"), []
        kind, size = struct.unpack(order + "II", head)
        if size < 12 or size > _BLOCK or size % 4:
            yield Trouble("truncated", f"no block after packet {number}")
            return
        body = f.read(size - 8)
        if len(body) < size - 8:
            yield Trouble("truncated", f"ends within a block after packet {number}")
            return
        body = body[:-4]
        try:
            if kind == 1:
                links.append((struct.unpack(order + "H", body[:2])[0], _resolution(body[8:], order)))
            elif kind == 6:
                number += 1
                which, high, low, kept, whole = struct.unpack(order + "IIIII", body[:20])
                link, unit = links[which]
                yield Packet(number, (high << 32 | low) * unit, link, body[20 : 20 + kept], kept < whole)
            elif kind == 3:
                number += 1
                whole = struct.unpack(order + "I", body[:4])[0]
                yield Packet(number, 0.0, links[0][0], body[4 : 4 + whole], whole > len(body) - 4)
            elif kind == 10 and struct.unpack(order + "I", body[:4])[0] == _SECRETS:
                length = struct.unpack(order + "I", body[4:8])[0]
                yield Secrets(body[8 : 8 + length])
        except (struct.error, IndexError):
            yield Trouble("unreadable-entry", f"a block after packet {number}")


def _resolution(options: bytes, order: str) -> float:
    """Seconds of one tick of an interface's clock (option if_tsresol, default microseconds)."""
    while len(options) >= 4:
        code, size = struct.unpack(order + "HH", options[:4])
        if code == 9 and size == 1 and len(options) > 4:
            value: int = options[4]
            return float(2.0 ** -(value & 0x7F) if value & 0x80 else 10.0**-value)
        if code == 0:
            break
        options = options[4 + (size + 3) // 4 * 4 :]
    return 1e-6


@lru_cache(maxsize=4_096)
def _address(data: bytes) -> str:
    return str(ipaddress.ip_address(data))


def segment(packet: Packet, fragments: Fragments) -> Segment | str | None:
    """The TCP or UDP part of a packet, or of the datagram that it completes. None for anything else and for a
    fragment that waits for others; a word where it should be one and is not read."""
    data = _network(packet.link, packet.data)
    for _ in range(_TUNNELS):
        if not data:
            return None
        try:
            found = _inside(data, packet.t, fragments)
        except (IndexError, ValueError):
            return "header"
        if not isinstance(found, bytes):
            return found
        data = found
    return None


def _inside(data: bytes, t: float, fragments: Fragments) -> Segment | bytes | None:
    """The segment in an IP packet; bytes where another IP packet is in it."""
    if data[0] >> 4 == 4:
        size, proto = (data[0] & 15) * 4, data[9]
        total = int.from_bytes(data[2:4], "big") or len(data)  # 0 where the card cuts segments itself
        src, dst, rest = data[12:16], data[16:20], data[size:total]
        place = int.from_bytes(data[6:8], "big")
        if place & 0x3FFF:
            key = (src, dst, proto, int.from_bytes(data[4:6], "big"))
            whole = fragments.add(key, t, (place & 0x1FFF) * 8, bool(place & 0x2000), rest)
            return None if whole is None else _payload(proto, src, dst, whole)
        return _payload(proto, src, dst, rest)
    if data[0] >> 4 == 6:
        src, dst, proto = data[8:24], data[24:40], data[6]
        total = int.from_bytes(data[4:6], "big") + 40
        rest = data[40 : total if total > 40 else None]
        for _ in range(8):
            if proto in (0, 43, 60):
                proto, rest = rest[0], rest[(rest[1] + 1) * 8 :]
            elif proto == 44:
                place = int.from_bytes(rest[2:4], "big")
                key = (src, dst, rest[0], int.from_bytes(rest[4:8], "big"))
                proto = rest[0]
                if place & 0xFFF9:  # an atomic fragment (RFC 6946) is whole by itself
                    whole = fragments.add(key, t, place & 0xFFF8, bool(place & 1), rest[8:])
                    if whole is None:
                        return None
                    rest = whole
                else:
                    rest = rest[8:]
            else:
                break
        return _payload(proto, src, dst, rest)
    return None


def _payload(proto: int, src: bytes, dst: bytes, data: bytes) -> Segment | bytes | None:
    return data if proto in (4, 41) else _transport(proto, _address(src), _address(dst), data)


def _transport(proto: int, src: str, dst: str, data: bytes) -> Segment | None:
    if proto == 6 and len(data) >= 20:
        sport, dport, seq = struct.unpack(">HHI", data[:8])
        return Segment("tcp", src, dst, sport, dport, seq, data[13], data[(data[12] >> 4) * 4 :])
    if proto == 17 and len(data) >= 8:
        sport, dport, size = struct.unpack(">HHH", data[:6])
        return Segment("udp", src, dst, sport, dport, 0, 0, data[8:size] if size else data[8:])
    return None


def _network(link: int, data: bytes) -> bytes:
    """The IP packet in a frame; empty where there is none."""
    if link == 1:
        at, kind = 14, data[12:14]
        while kind in (b"\x81\x00", b"\x88\xa8") and at < 30:
            kind, at = data[at + 2 : at + 4], at + 4
        if kind == b"\x88\x64":  # PPP over Ethernet, session (RFC 2516)
            return _ppp(data[at + 6 :])
        return data[at:] if kind in (b"\x08\x00", b"\x86\xdd") else b""
    if link in (12, 14, 101, 228, 229):
        return data
    if link == 113:
        return data[16:] if data[14:16] in (b"\x08\x00", b"\x86\xdd") else b""
    if link == 276:
        return data[20:] if data[:2] in (b"\x08\x00", b"\x86\xdd") else b""
    if link in (0, 108):
        return data[4:]
    if link in (9, 50):
        return _ppp(data.removeprefix(b"\xff\x03"))
    return b""


def _ppp(data: bytes) -> bytes:
    """The IP packet in a PPP frame (RFC 1661), whose protocol number may be shortened to a byte."""
    for mark in (b"\x00\x21", b"\x00\x57", b"\x21", b"\x57"):
        if data.startswith(mark):
            return data[len(mark) :]
    return b""


def has_secrets(path: Path) -> bool:
    """Whether a pcapng file holds TLS secrets; its blocks are stepped over, not read."""
    with path.open("rb") as f:
        order, count = "<", 0
        while len(head := f.read(12)) == 12 and count < 50_000_000:
            count += 1
            if head[:4] == b"\x0a\x0d\x0d\x0a":
                order = "<" if head[8:] == b"\x4d\x3c\x2b\x1a" else ">"
            elif count == 1:
                return False
            kind, size, first = struct.unpack(order + "III", head)
            if kind == 10 and first == _SECRETS:
                return True
            if size < 12:
                return False
            f.seek(size - 12, 1)
    return False
