"""Every form of a planted value is found; chains of encodings are undone; neighbours are not hit."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.extract.traffic import forms, reader
from mingcha.extract.traffic.message import Message
from mingcha.extract.traffic.unfold import unfold
from tests.extract.traffic import make
from tests.extract.traffic.support import LOADED, PARSED, SHEET, VALUES, facts, sent

ENCODE: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "hex": lambda d: d.hex().encode(),
    "upper hex": lambda d: d.hex().upper().encode(),
    "url": lambda d: "".join(f"%{b:02X}" for b in d).encode(),
    "gzip": lambda d: gzip.compress(d, mtime=0),
    "zlib": zlib.compress,
    "json": lambda d: json.dumps({"k": [d.decode()]}).encode(),
    "protobuf": lambda d: b"\x08\x01\x12" + (bytes((len(d),)) if len(d) < 128 else bytes((len(d) & 127 | 128, len(d) >> 7))) + d,
}  # fmt: skip


def readable(data: bytes) -> bool:
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return False


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> reader._Reading:
    (file := tmp_path_factory.mktemp("s") / "seeds.yml").write_text(SHEET, "utf-8")
    return reader._Reading("0" * 64, lambda _: None, LOADED, file, reader.DEFAULT)


def found(reading: reader._Reading, body: bytes, kind: str = "") -> set[str]:
    leaves = unfold(Message("x", body=body, headers=[("content-type", kind)])).leaves
    return {PARSED.seeds[k].id for k, *_ in reading._planted(leaves)}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(VALUES)), st.lists(st.sampled_from(sorted(ENCODE)), max_size=3))
def test_what_is_encoded_is_found(reading: reader._Reading, name: str, chain: list[str]) -> None:
    data = VALUES[name].encode()
    for step in chain:
        if step == "json" and not readable(data):
            continue  # bytes have no place in JSON
        data = ENCODE[step](data)
    assert name in found(reading, data)


@pytest.mark.parametrize("name", sorted(VALUES))
@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256", "sha512", "sm3"])
def test_digests(reading: reader._Reading, name: str, digest: str) -> None:
    if digest not in hashlib.algorithms_available:
        pytest.skip(f"no {digest} in this OpenSSL")
    raw = hashlib.new(digest, VALUES[name].encode()).digest()
    for data in (raw.hex().encode(), raw.hex().upper().encode(), base64.b64encode(raw), raw, hashlib.md5(raw.hex().encode()).hexdigest().encode()):
        assert found(reading, b"token=" + data) == {name} or found(reading, data) == {name}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda s: s.encode("utf-8", "surrogatepass")))
def test_nothing_is_found_in_anything(reading: reader._Reading, body: bytes) -> None:
    assert found(reading, body) == set()


def test_digits_are_not_found_inside_longer_numbers(reading: reader._Reading) -> None:
    phone = VALUES["phone"].encode()
    assert found(reading, b"a=" + phone + b"&b=1") == {"phone"}
    assert found(reading, b"a=5" + phone) == set() and found(reading, b"a=" + phone + b"0") == set()
    assert found(reading, b"id=" + VALUES["android-id"].encode() + b"0a") == set()


def test_both_halves_of_a_position_are_needed(reading: reader._Reading) -> None:
    lat, lon = VALUES["position"].split(",")
    assert found(reading, f'{{"lat":{lat},"lng":{lon}}}'.encode()) == {"position"}
    assert found(reading, f'{{"lat":{lat[:-2]},"lng":{lon[:-2]}}}'.encode()) == {"position"}
    assert found(reading, f'{{"lat":{float(lat) * 1e6:.0f},"lng":{float(lon) * 1e6:.0f}}}'.encode()) == {"position"}
    assert found(reading, f'{{"lat":{lat},"lng":1.5}}'.encode()) == set()


def test_reversed_xor_and_middle_of_md5(reading: reader._Reading) -> None:
    value = VALUES["imei-1"]
    assert found(reading, value[::-1].encode()) == {"imei-1"}
    assert found(reading, base64.b64encode(bytes(b ^ 0x5A for b in value.encode()))) == {"imei-1"}
    assert found(reading, hashlib.md5(value.encode()).hexdigest()[8:24].encode()) == {"imei-1"}
    assert found(reading, hashlib.md5(b"86" + VALUES["phone"].encode()).hexdigest().encode()) == {"phone"}


def test_names_in_other_code_pages_and_escapes(reading: reader._Reading) -> None:
    name = VALUES["name"]
    assert found(reading, name.encode("gb18030")) == {"name"}
    assert found(reading, f"n={quote(name.encode('gb18030'))}&x=1".encode(), "application/x-www-form-urlencoded") == {"name"}
    assert found(reading, "".join(f"&#{ord(c)};" for c in name).encode()) == {"name"}
    assert found(reading, json.dumps({"a": json.dumps({"b": json.dumps({"c": name})})}).encode()) == {"name"}


def test_form_is_what_was_done_to_the_value(tmp_path: Path) -> None:
    v = VALUES["imei-1"]
    b64 = base64.b64encode(f"imei={v}&x=1".encode()).decode()
    body = json.dumps({"a": v, "b": b64, "c": base64.b64encode(base64.b64encode(v.encode())).decode(),
                       "d": hashlib.sha256(hashlib.md5(v.encode()).hexdigest().encode()).hexdigest()}).encode()  # fmt: skip
    packed = brotli.compress(body)
    request = make.Request(target=f"/a?i={v}", body=packed, headers=(("Content-Encoding", "br"), ("Content-Type", "application/json")))
    got = facts(tmp_path, make.flows([request]))
    assert sent(got) == {
        ("imei", "plain", "query:i"), ("imei", "plain", "body.a"), ("imei", "base64", "body.b:imei"),
        ("imei", "base64", "body.c"), ("imei", "sha256", "body.d"),
    }  # fmt: skip
    layers = {f["place"]: f["layers"] for f in got if f["kind"] == "transmit"}
    assert layers["body.c"] == ["base64", "base64"] and layers["body.d"] == ["sha256", "md5"]


def test_position_in_the_datums_of_chinese_maps(tmp_path: Path) -> None:
    from mingcha.extract.traffic import datum

    lat, lon = map(float, VALUES["position"].split(","))
    shifted = datum.gcj02(lat, lon)
    body = json.dumps({"lat": round(shifted[0], 6), "lng": round(shifted[1], 6)}).encode()
    (fact,) = [f for f in facts(tmp_path, make.har([make.Request(body=body)])) if f["kind"] == "transmit"]
    assert (fact["item"], fact["by"], fact["datum"]) == ("precise-location", "seed", "gcj02")


def test_one_word_for_a_chain() -> None:
    assert forms.form_of(()) == "plain"
    assert forms.form_of(("base64", "md5")) == "md5"
    assert forms.form_of(("base64", "hex")) == "base64"


@settings(deadline=None)
@given(st.binary(min_size=9, max_size=40), st.binary(max_size=5), st.binary(max_size=5))
def test_base64_of_a_value_anywhere_in_a_text(value: bytes, before: bytes, after: bytes) -> None:
    whole = base64.b64encode(before + value + after).decode()
    assert forms.base64_at(value, len(before) % 3) in whole
