"""Signers of all schemes, certificates down to broken ones, channel marks."""

from __future__ import annotations

import functools
import hashlib
import re
import shutil
import struct
import subprocess
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.limits import DEFAULT
from mingcha.extract.package import certificates, channels, signing
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.notes import Notes
from tests.extract.package.build import File, apk, signing_block, v2_value
from tests.inputs import every, real


@functools.cache
def certificate(name: str = "CN=Android Debug, O=Android, C=US") -> bytes:
    """A self-signed certificate in DER, made by keytool."""
    if shutil.which("keytool") is None:
        pytest.skip("keytool is not installed")
    with tempfile.TemporaryDirectory() as d:
        store = ["-keystore", f"{d}/k", "-storepass", "android", "-alias", "a"]
        subprocess.run(
            ["keytool", "-genkeypair", *store, "-keypass", "android", "-keyalg", "EC", "-groupname", "secp256r1",
             "-dname", name, "-validity", "9000"], check=True, capture_output=True,
        )  # fmt: skip
        return subprocess.run(["keytool", "-exportcert", *store], check=True, capture_output=True).stdout


def block(**values: bytes) -> bytes:
    ids = {v: k for k, v in signing.SCHEMES.items()}
    return signing_block({ids[k]: v for k, v in values.items()})


def test_v2_signer_and_its_certificate() -> None:
    der = certificate()
    a = Archive(apk(block=block(v2=v2_value(der))))
    [fact] = signing.read(a, "sha")
    assert fact["scheme"] == "v2" and fact["hash"] == "sha256"
    assert fact["sha256"] == hashlib.sha256(der).hexdigest() and fact["sha1"] == hashlib.sha1(der).hexdigest()
    assert fact["subject"] == fact["issuer"] == "CN=Android Debug, O=Android, C=US"
    assert (fact["key"], fact["key_bits"], fact["debug"]) == ("EC-secp256r1", 256, True)
    assert fact["not_after"] > fact["not_before"] > "2020"
    assert not a.limitations and not a.deviations


def test_a_key_given_out_with_a_template_is_a_debug_key_too() -> None:
    subject = "CN=Android Debug, OU=Android, O=Unknown, L=Unknown, ST=Unknown, C=US"
    assert certificates.is_debug(subject) and not certificates.is_debug("CN=Android Debugger, O=Android")


def test_other_subjects_are_not_debug() -> None:
    fields = certificates.read(certificate("CN=示例, O=Example"), Notes())
    assert fields["subject"] == "CN=示例, O=Example" and fields["debug"] is False


def test_unreadable_certificate_still_has_digests() -> None:
    for der in (b"\x30\x03\x02\x01", b"rubbish", certificate()[:200]):
        notes = Notes()
        fields = certificates.read(der, notes)
        assert fields["sha256"] == hashlib.sha256(der).hexdigest() and fields["subject"] is None
        assert notes.limitations[0][0] == "unreadable-certificate"


def test_v1_and_v2_that_differ() -> None:
    other = certificate("CN=Other")
    info = b"\x30\x00\x30\x00"
    p7 = _der(0x30, _der(0x06, b"\x2a") + _der(0xA0, _der(0x30, _der(0x02, b"\1") + _der(0x31, b"") + _der(0x30, b"")
        + _der(0xA0, other) + _der(0x31, _der(0x30, _der(0x02, b"\1") + info)))))  # fmt: skip
    a = Archive(apk(extra=[File("META-INF/CERT.RSA", p7)], block=block(v2=v2_value(certificate()))))
    facts = signing.read(a, "sha")
    assert [f["scheme"] for f in facts] == ["v1", "v2"]
    assert facts[0]["subject"] == "CN=Other"
    assert ("signers-differ", "v1 and v2 name different certificates") in a.deviations


def _der(tag: int, body: bytes) -> bytes:
    n = len(body)
    size = bytes([n]) if n < 128 else bytes([0x82]) + n.to_bytes(2, "big")
    return bytes([tag]) + size + body


def test_broken_blocks_are_limitations() -> None:
    a = Archive(apk(extra=[File("META-INF/CERT.RSA", b"nothing")], block=block(v2=b"\xff" * 40, v3=b"")))
    assert signing.read(a, "sha") == []
    assert [c for c, _ in a.limitations] == ["malformed-signature"] * 3
    whole = apk(block=block(v2=v2_value(certificate())))
    at = whole.rfind(b"APK Sig Block 42")
    bent = bytearray(whole)
    struct.pack_into("<Q", bent, at - 8, 1 << 40)
    b = Archive(bytes(bent))
    assert signing.signing_block(b) == {} and b.limitations[0][0] == "malformed-signature"


def test_unsigned() -> None:
    a = Archive(apk())
    assert signing.signing_block(a) == {} and signing.read(a, "sha") == [] and not a.limitations


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), min_size=1, max_size=10))
def test_mutated_blocks_never_raise(changes: list[tuple[int, int]]) -> None:
    value = bytearray(v2_value(certificate()))
    for at, byte in changes:
        value[at % len(value)] = byte
    a = Archive(apk(block=block(v2=bytes(value))))
    for fact in signing.read(a, "sha"):
        assert re.fullmatch(r"[0-9a-f]{64}", fact["sha256"])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_rubbish_pkcs7_never_raises(data: bytes) -> None:
    assert len(signing.pkcs7_signers(data, DEFAULT)) <= DEFAULT.signers
    assert len(signing.block_signers(data, Notes(), DEFAULT)) <= DEFAULT.signers


# ---- channels ----------------------------------------------------------------------------------


def marks(a: Archive) -> list[tuple[str, str]]:
    return [(f["by"], f["value"]) for f in channels.read(a, "sha", signing.signing_block(a))]


def test_channels_in_the_signing_block() -> None:
    pairs = {0x71777777: '{"channel":"华为","x":"1"}'.encode(), 0x881155FF: b"xiaomi", 0x7A786B21: b"vivo"}
    assert marks(Archive(apk(block=signing_block(pairs)))) == [
        ("walle", "华为"),
        ("vasdolly", "xiaomi"),
        ("comment", "vivo"),
    ]
    assert marks(Archive(apk(block=signing_block({0x71777777: b"[" * 3000})))) == [("walle", "[" * 300 + "…")]


def test_channels_elsewhere() -> None:
    files = [
        File("META-INF/mtchannel_oppo"),
        File("META-INF/channel.txt", b"baidu\n"),
        File("META-INF/MANIFEST.MF", b"x"),
    ]
    assert marks(Archive(apk(extra=files))) == [("meta-inf", "mtchannel_oppo"), ("meta-inf", "baidu")]


@pytest.mark.parametrize(
    ("comment", "value"),
    [
        (b"meizu" + struct.pack("<H", 5) + b"ltlovezh", "meizu"),
        (b"qq" + struct.pack("<H", 2) + b"!ZXK!", "qq"),
        (b"channel=360", "channel=360"),
        (b"signed by SignApk", None),
        (b"\xff\xfe\x00\x01binary", None),
        (b"", None),
        (b"xx" + struct.pack("<H", 900) + b"!ZXK!", None),
    ],
)
def test_channel_in_the_comment(comment: bytes, value: str | None) -> None:
    assert channels.comment_channel(comment) == value


# ---- real packages -----------------------------------------------------------------------------


@pytest.mark.real
def test_the_signer_is_found_among_several_certificates() -> None:
    for name in ("issue-1128-poc3a.apk", "issue-1128-poc3b.apk"):
        with Archive.open(real(name)) as a:
            [fact] = signing.read(a, "sha")
            assert fact["sha256"].startswith("1dbb8be0")  # as apksigner names it
    with Archive.open(real("issue-1128-poc1.apk")) as a:
        signing.read(a, "sha")
        assert "signers-differ" in {c for c, _ in a.deviations}


@pytest.mark.real
@pytest.mark.skipif(shutil.which("apksigner") is None, reason="apksigner is not installed")
def test_same_certificates_as_apksigner() -> None:
    compared = 0
    for path in every("apk", least=5)[::10]:
        done = subprocess.run(
            ["apksigner", "verify", "--print-certs", "--min-sdk-version", "24", str(path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        theirs = set(re.findall(r"certificate SHA-256 digest: ([0-9a-f]{64})", done.stdout))
        with Archive.open(path) as a:
            ours = {f["sha256"] for f in signing.read(a, "sha")}
        assert theirs <= ours, path
        compared += bool(theirs)
    assert compared >= 2


def test_der_elements() -> None:
    assert certificates.tlv(certificate(), 0, len(certificate())) == (0x30, 4, len(certificate()))
    assert certificates.tlv(b"\x30\x84\x7f\xff\xff\xff", 0, 6) is None
    assert certificates.tlv(b"\x1f\x01\x00", 0, 3) is None
