"""Packets: connections put together, names, handshakes, what is cut, doubled, lost or out of order."""

from __future__ import annotations

import json
import random
import shutil
import ssl
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.traffic import packets, tshark, wire
from mingcha.extract.traffic.fragments import Fragments
from tests.extract.traffic import make
from tests.extract.traffic.make import ANSWER, CLIENT, SERVER, Request
from tests.extract.traffic.support import VALUES, codes, facts, of, sent

PHONE = VALUES["phone"]
POST = Request(scheme="http", body=json.dumps({"tel": PHONE}).encode(), headers=(("Content-Type", "application/json"),))
PLACE = {("phone-number", "plain", "body.tel")}
needs_tshark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")


def talk(*requests: Request) -> list[tuple[bool, bytes]]:
    return [turn for r in requests for turn in ((True, r.http()), (False, ANSWER))]


@pytest.mark.parametrize("write", [make.pcap, make.pcapng])
def test_http_in_the_clear(tmp_path: Path, write: object) -> None:
    assert callable(write)
    got = facts(tmp_path, write(make.connection(talk(POST, Request("GET", "http", target=f"/q?tel={PHONE}"), POST), size=60)))
    assert sent(got) == PLACE | {("phone-number", "plain", "query:tel")} and len(of(got, "transmit")) == 3
    assert all(f["clear"] and f["host"] == "api.lab.example" for f in of(got, "transmit"))
    (flow,) = of(got, "net-flow")
    assert (flow["ip"], flow["port"], flow["tls"], flow["messages"]) == ("203.0.113.7", 80, None, 3)
    assert codes(got) == set()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_order_and_repeats_of_packets_do_not_matter(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    stream = make.connection(talk(POST, POST), size=30)
    middle = stream[3:-3] + rng.choices(stream[3:-3], k=5)
    rng.shuffle(middle)
    got = facts(tmp_path_factory.mktemp("p"), make.pcap(stream[:3] + middle + stream[-3:]))
    assert sent(got) == PLACE and len(of(got, "transmit")) == 2


def test_a_lost_packet_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    stream = make.connection(talk(POST, Request("GET", "http", target=f"/q?tel={PHONE}")), size=40)
    got = facts(tmp_path, make.pcap(stream[:5] + stream[6:]))
    assert codes(got) == {"truncated"} and ("phone-number", "plain", "query:tel") in sent(got)


def test_a_connection_that_began_before_the_recording(tmp_path: Path) -> None:
    got = facts(tmp_path, make.pcap(make.connection(talk(POST, POST))[3:-3]))
    assert len(of(got, "transmit")) == 2


def test_chunked_and_compressed_bodies(tmp_path: Path) -> None:
    import gzip

    packed = gzip.compress(POST.body)
    chunked = b"POST /c HTTP/1.1\r\nHost: c.lab.example:8080\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\n\r\n"
    chunked += b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in (packed[:10], packed[10:])) + b"0\r\n\r\n"
    got = facts(tmp_path, make.pcap(make.connection([(True, chunked + POST.http()), (False, ANSWER)], dport=8080)))
    assert sent(got) == PLACE and {f["host"] for f in of(got, "transmit")} == {"c.lab.example", "api.lab.example"}


def frame(link: int, packet: bytes) -> bytes:
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return {1: bytes(12) + b"\x81\x00\x00\x05" + kind, 113: bytes(14) + kind, 276: kind + bytes(18), 0: b"\x02\0\0\0", 101: b""}[link] + packet


@pytest.mark.parametrize("link", [0, 1, 101, 113, 276])
def test_link_types(tmp_path: Path, link: int) -> None:
    got = facts(tmp_path, make.pcap([frame(link, p) for p in make.connection(talk(POST))], link))
    assert sent(got) == PLACE


def test_ip_version_6(tmp_path: Path) -> None:
    ends = bytes(15) + b"\x01", bytes(15) + b"\x02"

    def six(p: bytes) -> bytes:
        src, dst = (ends if p[12:16] == CLIENT else ends[::-1])
        return struct.pack(">IHBB", 6 << 28, len(p) - 20, 6, 64) + src + dst + p[20:]

    got = facts(tmp_path, make.pcap([six(p) for p in make.connection(talk(POST))]))
    assert sent(got) == PLACE and of(got, "net-flow")[0]["ip"] == "::2"


def test_names_come_from_dns_and_quic_stays_closed(tmp_path: Path) -> None:
    question = b"\x03api\x03lab\x07example\x00\x00\x01\x00\x01"
    answer = b"\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + question + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04" + SERVER
    dns = make.ip4(b"\x08\x08\x08\x08", CLIENT, 17, make.udp(53, 5000, answer))
    quic = make.ip4(CLIENT, SERVER, 17, make.udp(50000, 443, b"\xc3\x00\x00\x00\x01" + bytes(200)))
    own = make.ip4(CLIENT, SERVER, 17, make.udp(50001, 9000, b"id:" + PHONE.encode()))
    got = facts(tmp_path, make.pcap([dns, quic, own]))
    assert [(f["reason"], f["host"]) for f in of(got, "opaque")] == [("quic", "api.lab.example")]
    (fact,) = of(got, "transmit")
    assert (fact["host"], fact["clear"], fact["url"]) == ("api.lab.example", True, "udp://api.lab.example:9000")
    assert "undecoded" in codes(got)


def test_tls_without_secrets_is_opaque(tmp_path: Path) -> None:
    turns, _ = make.tls([POST.http()])
    got = facts(tmp_path, make.pcap(make.connection(turns, dport=443)))
    assert sent(got) == set()
    (opaque,) = of(got, "opaque")
    assert (opaque["reason"], opaque["host"]) == ("encrypted", "api.lab.example") and opaque["bytes"] > 300
    assert of(got, "net-flow")[0]["tls"] == "TLSv1.3" and of(got, "capture")[0]["decoded_share"] == 0
    assert codes(got) == {"undecoded"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_certificate_refused_is_pinning(tmp_path: Path, version: ssl.TLSVersion) -> None:
    turns, _ = make.tls([], trust=False, version=version)
    assert [f["reason"] for f in of(facts(tmp_path, make.pcap(make.connection(turns, dport=443))), "opaque")] == ["pinned"]


def test_old_versions_and_weak_suites(tmp_path: Path) -> None:
    hello = b"\x01\x00\x00\x2b\x03\x01" + bytes(32) + b"\x00\x00\x02\x00\x0a\x01\x00\x00\x00"
    answer = b"\x02\x00\x00\x26\x03\x01" + bytes(32) + b"\x00\x00\x0a\x00"
    turns = [(True, b"\x16\x03\x01" + struct.pack(">H", len(hello)) + hello), (False, b"\x16\x03\x01" + struct.pack(">H", len(answer)) + answer)]
    got = facts(tmp_path, make.pcap(make.connection(turns, dport=443)))
    assert {(f["weakness"], f["detail"]) for f in of(got, "tls-weakness")} == {("old-version", "TLSv1.0"), ("weak-cipher", "RSA_WITH_3DES_EDE_CBC_SHA")}


@needs_tshark
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("beside", [False, True])
def test_tls_with_secrets(tmp_path: Path, version: ssl.TLSVersion, beside: bool) -> None:
    secure = POST._replace(scheme="https")
    turns, keys = make.tls([secure.http(), Request("GET", target=f"/q?tel={PHONE}").http()], version=version)
    stream = make.connection(turns, dport=443)
    if beside:
        (tmp_path / "recording.keylog").write_bytes(keys)
    got = facts(tmp_path, make.pcap(stream) if beside else make.pcapng(stream, keys))
    assert sent(got) == PLACE | {("phone-number", "plain", "query:tel")}
    assert all(not f["clear"] and f["host"] == "api.lab.example" for f in of(got, "transmit"))
    assert of(got, "opaque") == [] and codes(got) == set()
    (flow,) = of(got, "net-flow")
    assert flow["tls"] == version.name.replace("_", ".", 1).replace("TLSv1.", "TLSv1.") and flow["messages"] == 2


@needs_tshark
def test_http_2_with_secrets(tmp_path: Path) -> None:
    name = VALUES["name"]
    requests = [POST._replace(scheme="https"), Request(target=f"/b?tel={PHONE}", headers=(("x-n", name),), body=b"")]
    turns, keys = make.tls([make.h2(requests)])
    got = facts(tmp_path, make.pcapng(make.connection(turns, dport=443), keys))
    assert sent(got) == PLACE | {("phone-number", "plain", "query:tel"), ("name", "plain", "header:x-n")}


@needs_tshark
def test_one_connection_without_its_secrets_stays_opaque(tmp_path: Path) -> None:
    one, keys = make.tls([POST.http()])
    two, _ = make.tls([POST.http()], host="b.lab.example")
    got = facts(tmp_path, make.pcapng(make.connection(one, dport=443) + make.connection(two, sport=40001, dport=443), keys))
    assert len(of(got, "transmit")) == 1 and [f["host"] for f in of(got, "opaque")] == ["b.lab.example"]


def test_secrets_without_tshark_are_a_limitation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tshark, "installed", lambda: None)
    turns, keys = make.tls([POST.http()])
    got = facts(tmp_path, make.pcapng(make.connection(turns, dport=443), keys))
    assert codes(got) == {"missing-part", "undecoded"} and len(of(got, "opaque")) == 1


def test_limits_on_connections(tmp_path: Path) -> None:
    many = [p for n in range(30) for p in make.connection(talk(POST), sport=30000 + n)[:-3]]
    assert len(of(facts(tmp_path, make.pcap(many), streams=5), "transmit")) == 30
    long = make.connection([(True, POST.http() * 200)])
    assert len(of(facts(tmp_path, make.pcap(long), stream=2_000), "transmit")) == 200
    assert len(of(facts(tmp_path, make.pcap(many), reassembly=1_000), "transmit")) == 30
    endless = make.connection([(True, b"POST / HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 50_000)])
    assert codes(facts(tmp_path, make.pcap(endless), stream=2_000)) >= {"too-large"}
    upload = make.connection([(True, b"POST / HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 20_000_000)])
    assert codes(facts(tmp_path, make.pcap(upload))) >= {"too-large"}  # minutes, were it parsed with every packet
    assert codes(facts(tmp_path, make.pcap(many), packets=10)) >= {"reader-limit"}


def test_packets_cut_while_recording(tmp_path: Path) -> None:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 60, 101)
    for p in make.connection(talk(POST)):
        out += struct.pack("<IIII", 1, 0, len(p[:60]), len(p)) + p[:60]
    assert "truncated" in codes(facts(tmp_path, out))


@pytest.mark.parametrize("write", [make.pcap, make.pcapng])
def test_cut_anywhere(tmp_path: Path, write: object) -> None:
    assert callable(write)
    data = write(make.connection(talk(POST)))
    for size in range(28, len(data) - 1, 41):
        got = facts(tmp_path, data[:size])
        assert sent(got) <= PLACE and len(of(got, "capture")) == 1


def test_pcapng_clocks_and_odd_blocks(tmp_path: Path) -> None:
    nano = make.block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    nano += make.block(1, struct.pack("<HHI", 101, 0, 0) + struct.pack("<HHB3x", 9, 1, 9) + bytes(4)) + make.block(0xBAD, b"?")
    for p in make.connection(talk(POST)):
        at = 1795759200 * 10**9
        nano += make.block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(p), len(p)) + p)
    nano += make.block(6, struct.pack("<IIIII", 7, 0, 0, 4, 4) + b"abcd")
    got = facts(tmp_path, nano)
    assert of(got, "capture")[0]["begin"] == "2026-11-27T06:00:00+00:00"
    assert sent(got) == PLACE and codes(got) == {"unreadable-entry"}


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_parsers_of_the_wire_take_anything(data: bytes) -> None:
    wire.requests(data)
    wire.requests(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + data)
    wire.hello(b"\x16\x03\x01\x01\x00\x01" + data, b"\x16\x03\x03\x01\x00\x02" + data)
    wire.dns_answers(b"\0\0\x80\0\0\x01\0\x05" + data)
    wire.is_quic(data)
    wire.is_dtls(data)
    for link in (0, 1, 9, 50, 101, 113, 276):
        packets.segment(packets.Packet(1, 0.0, link, data, False), Fragments())


def test_a_name_that_points_at_itself() -> None:
    assert wire.dns_answers(b"\0\0\x80\0\0\x01\0\x05\0\0\0\0\xc0\x0c") == []
