"""From a recording to facts: leads, parties, what stays closed, limits, hostile input, the child process."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
import shutil
import zlib
from pathlib import Path

import brotli
import pytest

from mingcha import pipeline
from mingcha.errors import BadInput
from mingcha.extract.traffic import party, reader
from mingcha.extract.traffic.sniff import format_of
from mingcha.settings import Settings
from tests.extract.traffic import make
from tests.extract.traffic.make import Request
from tests.extract.traffic.support import LOADED, SHEET, VALUES, codes, facts, of, sent

JSON = (("Content-Type", "application/json"),)


def post(value: object, **more: object) -> Request:
    return Request(body=json.dumps(value).encode(), headers=JSON)._replace(**more)  # type: ignore[arg-type]


# ---- leads by shape --------------------------------------------------------------------------------------


def test_leads_need_key_and_shape(tmp_path: Path) -> None:
    body = {
        "imei": "351234567890123", "IMEI_MD5": hashlib.md5(b"x").hexdigest(), "imsi": "460012345678901", "idCard": "11010519491231002X",
        "wifiMac": "02:00:00:00:00:00", "mac": "a4:50:46:11:22:33", "phone": "13912345678", "android_id": "9774d56d682e549c",
        "lat": 39.908722, "lng": 116.397496, "oaid": "00000000-0000-0000-0000-000000000000",
        "session": "866349350086744", "seq": "13912345678", "serial": "866349350086744",
    }  # fmt: skip
    got = facts(tmp_path, make.har([post(body)]))
    places = {p for _, _, p in sent(got, "shape")}
    assert places == {"body.IMEI_MD5", "body.imsi", "body.idCard", "body.mac", "body.phone", "body.android_id", "body.lat"}
    assert ("imei", "md5", "body.IMEI_MD5") in sent(got, "shape") and sent(got) == set()


def test_coordinates_abroad_or_coarse_are_no_leads(tmp_path: Path) -> None:
    for lat, lng in ((48.8583, 2.2945), (39.9, 116.39), (39.90872, "x")):
        assert sent(facts(tmp_path, make.har([post({"lat": lat, "lng": lng})])), "shape") == set()
    assert sent(facts(tmp_path, make.har([post({"lnglat": "116.397496,39.908722"})])), "shape")


def test_without_a_sheet_only_leads_and_a_limitation(tmp_path: Path) -> None:
    got = facts(tmp_path, make.har([post({"imei": VALUES["imei-1"]})]), sheet=None)
    assert sent(got) == set() and sent(got, "shape") == {("imei", "plain", "body.imei")}
    assert codes(got) == {"no-seeds"} and of(got, "capture")[0]["seeds"] == 0 and of(got, "capture")[0]["items"] == []


def test_without_the_extra_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    reader._matcher.cache_clear()
    monkeypatch.setattr(party, "suffixes", party.suffixes.__wrapped__)  # kept otherwise
    for name in ("ahocorasick", "publicsuffixlist", "brotli"):
        monkeypatch.setitem(sys.modules, name, None)
    request = Request(body=brotli.compress(b"x" * 100), headers=(("Content-Encoding", "br"),))
    got = facts(tmp_path, make.flows([request, post({"imei": VALUES["imei-1"]})]))
    assert codes(got) >= {"missing-part"} and sent(got) == set()
    assert {f["detail"].partition(":")[0] for f in of(got, "limitation") if f["code"] == "missing-part"} == {"pyahocorasick", "publicsuffixlist", "brotli"}


# ---- what stays closed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "opaque"), [
    (random.Random(1).randbytes(300), True),
    (json.dumps({"data": base64.b64encode(random.Random(2).randbytes(160)).decode()}).encode(), True),
    (json.dumps({"data": random.Random(3).randbytes(160).hex()}).encode(), True),
    (json.dumps({"d": base64.b64encode(b"\xfb\xff\xbf" + random.Random(4).randbytes(29)).decode()}).encode(), True),
    (json.dumps({"sign": base64.b64encode(random.Random(5).randbytes(256)).decode(), "sid": random.Random(6).randbytes(16).hex()}).encode(), False),
    (b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(300), False),
    ("纯文本也可以很长，用国标编码发送".encode("gb18030"), False),
    (gzip.compress(b"plain enough " * 30, mtime=0), False),
])  # fmt: skip
def test_ciphertext_is_opaque_and_pictures_and_signatures_are_not(tmp_path: Path, body: bytes, opaque: bool) -> None:
    got = facts(tmp_path, make.flows([Request(body=body)]))
    assert bool(of(got, "opaque")) is opaque
    assert all(f["reason"] == "custom" and f["bytes"] for f in of(got, "opaque"))


def test_a_proxy_that_was_not_trusted_proves_that_nobody_checks(tmp_path: Path) -> None:
    sheet = SHEET.replace("# recording", "recording")
    requests = [post({"a": 1}), Request("GET", "http", "b.lab.example")]
    got = facts(tmp_path, make.flows(requests), sheet=sheet)
    assert [(f["weakness"], f["host"]) for f in of(got, "tls-weakness")] == [("certificate-not-checked", "api.lab.example")]
    (capture,) = of(got, "capture")
    assert capture["ca"] == "untrusted" and capture["items"] == sorted(set(capture["items"])) and {"imei", "android-id"} <= set(capture["items"])
    assert of(facts(tmp_path, make.flows(requests)), "tls-weakness") == []


# ---- parties ---------------------------------------------------------------------------------------------


def test_parties() -> None:
    parties = party.Parties(LOADED.sdks)
    assert parties.of("s.jpush.cn").sdk == "jpush" and parties.of("a.b.s.jpush.cn.").party == "third"
    assert parties.of("notjpush.cn") == party.Party("unknown", None, None, "notjpush.cn")
    assert parties.of("www.shop.com.cn").domain == "shop.com.cn"
    assert parties.of("203.0.113.9") == parties.of("") == party.Party("unknown", None, None, None)
    assert parties.by_stack(["at com.lab.A.b(A.java:1)", "com.lab.C"]) is None


# ---- limits and hostile input ----------------------------------------------------------------------------


def test_bombs(tmp_path: Path) -> None:
    huge = bytes(50_000_000)
    bodies = [(gzip.compress(huge), "gzip"), (zlib.compress(huge), "deflate"), (brotli.compress(huge, quality=5), "br")]
    for body, coding in bodies:
        got = facts(tmp_path, make.flows([Request(body=body, headers=(("Content-Encoding", coding),))]), message_expanded=1_000_000)
        assert "bomb" in codes(got), coding
    nested = gzip.compress(huge)
    for _ in range(10):
        nested = gzip.compress(base64.b64encode(nested))
    assert codes(facts(tmp_path, make.flows([Request(body=nested)]))) & {"reader-limit", "bomb"}


@pytest.mark.parametrize("body", [
    b"[" * 200_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, json.dumps([0.5] * 50_000).encode(), b"a=1&" * 50_000, b"%25" * 50_000,
    b"\\u005c" * 20_000, b"\x0a\x02" * 60_000, b"{" + b'"k":{' * 100 + b"}" * 101, base64.b64encode(b"YWFh" * 40_000), b"--x\r\n\r\n" * 20_000, b"&#48;" * 20_000,
])  # fmt: skip
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/grpc"])
def test_bodies_made_to_hurt(tmp_path: Path, body: bytes, kind: str) -> None:
    got = facts(tmp_path, make.flows([Request(body=body, headers=(("Content-Type", kind),)), post({"t": VALUES["phone"]})]))
    assert ("phone-number", "plain", "body.t") in sent(got)


def test_the_number_of_facts_is_bounded(tmp_path: Path) -> None:
    got = facts(tmp_path, make.har([post({"t": VALUES["phone"]})] * 30), facts_per_kind=10)
    assert len(of(got, "transmit")) == 10 and "reader-limit" in codes(got)


@pytest.mark.parametrize("seed", range(150))
def test_mutated_recordings(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    requests = [post({"imei": VALUES["imei-1"], "x": base64.b64encode(gzip.compress(b'{"a":1}')).decode()}), Request("GET", target="/a?b=%25e5")]
    turns, _keys = make.tls([requests[0].http()])
    kinds = [make.har(requests), make.flows(requests), make.hooks(requests), make.pcap(make.connection([(True, r.http()) for r in requests], size=50)),
             make.pcapng(make.connection(turns, dport=443))]  # fmt: skip
    data = bytearray(kinds[seed % len(kinds)])
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(data))
        what = rng.randrange(4)
        if what == 0:
            data[at] = rng.randrange(256)
        elif what == 1:
            del data[at : at + rng.randrange(1, 30)]
        elif what == 2:
            data[at:at] = data[: rng.randrange(1, 60)]
        else:
            data[at : at + 4] = rng.randbytes(4)
    if format_of(bytes(data[:4096])):
        facts(tmp_path, bytes(data))


@pytest.mark.parametrize("data", [b"\x00" * 100, b"{}", b'{"log": 1}', b"12:abc", b"PK\x03\x04", b"\x0a\x0d\x0d\x0a" + bytes(20), b"mingcha-answers: 1", b'{"type":"method_result"}\n'])
def test_what_is_no_recording(tmp_path: Path, data: bytes) -> None:
    assert format_of(data) is None
    with pytest.raises(BadInput):
        facts(tmp_path, data)


# ---- through the child -----------------------------------------------------------------------------------


def test_through_the_pipeline(tmp_path: Path) -> None:
    turns, keys = make.tls([post({"t": VALUES["phone"]}).http()])
    (har := tmp_path / "a.har").write_bytes(make.har([post({"imei": VALUES["imei-1"]})]))
    (cap := tmp_path / "b.pcapng").write_bytes(make.pcapng(make.connection(turns, dport=443), keys))
    (sheet := tmp_path / "seeds.yml").write_text(SHEET, "utf-8")
    for isolate in (True, False):
        read = pipeline.read([har, cap], Settings(seeds=str(sheet), isolate=isolate, home=str(tmp_path / "home")))
        assert read.observed == {"traffic"} and all(e.status != "refused" for e in read.exhibits)
        assert ("imei", "plain", "body.imei") in sent(read.facts)
        if shutil.which("tshark"):
            assert ("phone-number", "plain", "body.t") in sent(read.facts)


def test_a_wrong_sheet_ends_the_call_before_anything_is_read(tmp_path: Path) -> None:
    (file := tmp_path / "a.har").write_bytes(make.har([post({})]))
    (sheet := tmp_path / "seeds.yml").write_text("mingcha-seeds: 1\nseeds: []", "utf-8")
    with pytest.raises(BadInput) as e:
        pipeline.read([file], Settings(seeds=str(sheet), home=str(tmp_path / "home")))
    assert e.value.code == "bad-seeds"
