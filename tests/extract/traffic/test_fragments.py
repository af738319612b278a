"""IP in pieces and IP in IP: put together where all is there, said where it is not; what stays closed is named."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.traffic import fragments, packets, wire
from mingcha.extract.traffic.fragments import Fragments
from tests.extract.traffic import make
from tests.extract.traffic.make import ANSWER, CLIENT, SERVER, Request
from tests.extract.traffic.support import VALUES, codes, facts, of, sent

PHONE = VALUES["phone"]
POST = Request(scheme="http", body=json.dumps({"tel": PHONE}).encode(), headers=(("Content-Type", "application/json"),))
PLACE = {("phone-number", "plain", "body.tel")}
STREAM = make.connection([(True, POST.http()), (False, ANSWER)])
SIX = bytes(15) + b"\x01", bytes(15) + b"\x02"


def four(packet: bytes, number: int, size: int) -> list[bytes]:
    """An IPv4 packet in fragments of `size` bytes."""
    body = packet[20:]
    out = []
    for at in range(0, len(body), size):
        piece = body[at : at + size]
        place = at // 8 | (0x2000 if at + size < len(body) else 0)
        out.append(struct.pack(">BBHHH", 0x45, 0, 20 + len(piece), number, place) + packet[8:20] + piece)
    return out


def six(packet: bytes, number: int, size: int, hop: bool = False) -> list[bytes]:
    """The same payload over IPv6 with fragment headers; `hop` puts another extension before them."""
    body, proto = packet[20:], packet[9]
    src, dst = SIX if packet[12:16] == CLIENT else SIX[::-1]
    out = []
    for at in range(0, len(body), size):
        piece = struct.pack(">BBHI", proto, 0, at | (at + size < len(body)), number) + body[at : at + size]
        first, kind = (bytes((44, 0)) + bytes(6), 0) if hop else (b"", 44)
        out.append(struct.pack(">IHBB", 6 << 28, len(first + piece), kind, 64) + src + dst + first + piece)
    return out


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([four, six]))
def test_order_size_and_repeats_of_fragments_do_not_matter(tmp_path_factory: pytest.TempPathFactory, seed: int, eighths: int, cut: object) -> None:
    assert callable(cut)
    rng = random.Random(seed)
    out = []
    for number, packet in enumerate(STREAM):
        pieces = cut(packet, number, 8 * eighths)
        pieces += rng.choices(pieces, k=1) if len(pieces) > 2 else []
        rng.shuffle(pieces)
        out += pieces
    # A piece of a whole datagram that comes once more begins another one, which is never whole.
    got = facts(tmp_path_factory.mktemp("p"), make.pcap(out))
    assert sent(got) == PLACE and codes(got) <= {"truncated"}


def test_a_missing_fragment_is_said_and_nothing_is_made_up(tmp_path: Path) -> None:
    out = [p for number, packet in enumerate(STREAM) for p in four(packet, number, 24)]
    whole = facts(tmp_path, make.pcap(out))
    assert sent(whole) == PLACE and codes(whole) == set()
    long = [n for n, p in enumerate(out) if p[20:].find(PHONE.encode()[:8]) >= 0 or b"tel" in p]
    got = facts(tmp_path, make.pcap([p for n, p in enumerate(out) if n not in long]))
    assert sent(got) == set() and "truncated" in codes(got)


def test_atomic_fragments_and_other_extensions(tmp_path: Path) -> None:
    out = [p for number, packet in enumerate(STREAM) for p in six(packet, number, 4000, hop=True)]
    got = facts(tmp_path, make.pcap(out))
    assert sent(got) == PLACE and codes(got) == set()


def test_overlaps_are_dropped_as_a_whole() -> None:
    for second in (b"x" * 16, b"y" * 8):
        pieces = Fragments()
        assert pieces.add((b"a", b"b", 6, 1), 0.0, 0, True, b"x" * 8) is None
        assert pieces.add((b"a", b"b", 6, 1), 0.0, 0, True, second) is None
        assert pieces.add((b"a", b"b", 6, 1), 0.0, 8, False, b"z") is None
        assert pieces.finish() > 0
    shifted = Fragments()
    for offset, more, data in ((0, True, bytes(16)), (8, True, bytes(16)), (24, False, bytes(8))):
        assert shifted.add((b"a", b"b", 6, 1), 0.0, offset, more, data) is None


def test_floods_of_fragments_are_bounded() -> None:
    pieces = Fragments()
    for n in range(20_000):
        pieces.add((b"a", b"b", 17, n), n / 1000, 0, True, bytes(1400))
    assert len(pieces._open) <= fragments.OPEN and pieces._held <= fragments.HELD
    assert pieces.finish() == 20_000 and pieces._held == 0
    many = Fragments()
    for n in range(2_000):
        many.add((b"a", b"b", 17, 1), 0.0, 8 * n, True, bytes(8))
    assert many._held <= 8 * fragments.PIECES
    # The number comes again long after: another datagram.
    late = Fragments()
    assert late.add((b"a", b"b", 17, 1), 0.0, 0, True, b"old" + bytes(5)) is None
    assert late.add((b"a", b"b", 17, 1), 100.0, 8, False, b"end") is None
    assert late.add((b"a", b"b", 17, 1), 100.0, 0, True, b"new" + bytes(5)) == b"new" + bytes(5) + b"end"


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 70_000), st.booleans(), st.binary(max_size=40)), max_size=40))
def test_fragments_of_any_kind_do_no_harm(rows: list[tuple[int, int, bool, bytes]]) -> None:
    pieces = Fragments()
    for number, offset, more, data in rows:
        whole = pieces.add((b"a", b"b", 6, number), 0.0, offset, more, data)
        assert whole is None or len(whole) <= fragments.WHOLE
    pieces.finish()
    assert pieces._held == 0


def tunnel(outer: str, packet: bytes) -> bytes:
    if outer == "4in6":
        return struct.pack(">IHBB", 6 << 28, len(packet), 4, 64) + SIX[0] + SIX[1] + packet
    return make.ip4(CLIENT, SERVER, 41 if outer == "6in4" else 4, packet)


@pytest.mark.parametrize("outer", ["4in6", "4in4", "6in4"])
def test_ip_in_ip(tmp_path: Path, outer: str) -> None:
    inner = [six(p, 0, 4000)[0] for p in STREAM] if outer == "6in4" else STREAM
    assert sent(facts(tmp_path, make.pcap([tunnel(outer, p) for p in inner]))) == PLACE
    deep = STREAM[3]
    for _ in range(6):
        deep = tunnel("4in4", deep)
    assert packets.segment(packets.Packet(1, 0.0, 101, deep, False), Fragments()) is None


@pytest.mark.parametrize(("link", "head"), [
    (9, b"\xff\x03\x00\x21"), (9, b"\x21"), (50, b"\xff\x03\x00\x21"), (1, bytes(12) + b"\x88\x64\x11\x00\x00\x01\x00\x00\x00\x21"),
])  # fmt: skip
def test_ppp(tmp_path: Path, link: int, head: bytes) -> None:
    assert sent(facts(tmp_path, make.pcap([head + p for p in STREAM], link))) == PLACE


QUIC = [
    b"\xc3\x00\x00\x00\x01", b"\xd3\x6b\x33\x43\xcf", b"\xcb\xff\x00\x00\x1d", b"\xc9\xfa\xce\xb0\x01", b"\xc5Q046", b"\xc0\x1a\x2a\x3a\x4a",
    b"\x0d\x01\x02\x03\x04\x05\x06\x07\x08Q043",
]  # fmt: skip


@pytest.mark.parametrize(("start", "port", "reason"), [
    *((q, 443, "quic") for q in QUIC), (QUIC[0], 8443, "quic"), (b"\x4a\x12\x99", 443, "custom"),
    (b"\x16\xfe\xfd" + bytes(8) + b"\x00\x64", 5000, "encrypted"),
])  # fmt: skip
def test_what_stays_closed_is_named(tmp_path: Path, start: bytes, port: int, reason: str) -> None:
    data = start + random.Random(3).randbytes(300)
    out = [make.ip4(CLIENT, SERVER, 17, make.udp(50000, port, data))]
    got = facts(tmp_path, make.pcap(out))
    assert [f["reason"] for f in of(got, "opaque")] == [reason] and "undecoded" in codes(got)
    assert of(got, "capture")[0]["decoded_share"] == 0.0


def test_datagrams_that_only_resemble_quic_are_read(tmp_path: Path) -> None:
    for start in (b"\xff\xff\x00\x00\xa0", b"\x00\x00\x00\x00\x01", b"\x80\x01\x02\x03\x04"):
        assert not wire.is_quic(start + bytes(60))
    own = make.ip4(CLIENT, SERVER, 17, make.udp(50001, 9000, b"\xff\xff\x00\x00\xa0 id=" + PHONE.encode()))
    assert len(of(facts(tmp_path, make.pcap([own])), "transmit")) == 1


def test_request_lines_as_servers_read_them(tmp_path: Path) -> None:
    lines = f"GET    /a?tel={PHONE} HTTP/1.1\r\nHost: a.lab.example\r\n\r\nGET /b;cat x?tel={PHONE}  HTTP/1.0\r\nHost: b.lab.example\r\n\r\n"
    got = facts(tmp_path, make.pcap(make.connection([(True, lines.encode())])))
    assert [f["host"] for f in of(got, "transmit")] == ["a.lab.example", "b.lab.example"]
    wire.requests(b"GET " + b"A " * 2_000_000)  # minutes, were it tried from every blank
