"""Who signed a package: v1 (JAR), v2, v3 and v3.1 (APK Signing Block).

Sources: "APK Signature Scheme v2/v3" (source.android.com), PKCS#7 (RFC 2315). The certificates
are read and digested; whether the digests match the file is not verified here, since a signer's
identity is what an inspection needs, and installation would refuse a broken one.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from mingcha.extract.limits import Limits
from mingcha.extract.package import certificates
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.certificates import tlv
from mingcha.extract.package.notes import Notes

SCHEMES = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}
_MAGIC = b"APK Sig Block 42"
_V1 = re.compile(r"META-INF/[^/]+\.(?:RSA|DSA|EC)", re.IGNORECASE)
_ALGORITHMS = {
    0x0101: "sha256", 0x0102: "sha512", 0x0103: "sha256", 0x0104: "sha512", 0x0201: "sha256",
    0x0202: "sha512", 0x0301: "sha256", 0x0421: "sha256", 0x0423: "sha256", 0x0425: "sha256",
}  # fmt: skip
_DIGESTS = {
    bytes.fromhex("2b0e03021a"): "sha1", bytes.fromhex("2a864886f70d0205"): "md5",
    bytes.fromhex("608648016503040201"): "sha256", bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512", bytes.fromhex("608648016503040204"): "sha224",
}  # fmt: skip


class Signer(NamedTuple):
    """A signing certificate in DER and the digest algorithm it signed with, where told."""

    der: bytes
    digest: str | None


def signing_block(archive: Archive) -> dict[int, bytes]:
    """ID → value of the pairs in the APK Signing Block before the central directory; {} if none.

    Of a repeated id the first counts, as on the platform.
    """
    data, end, notes = archive.data, archive.cd_offset, archive.notes
    if end < 32 or data[end - 16 : end] != _MAGIC:
        return {}
    size = struct.unpack("<Q", data[end - 24 : end - 16])[0]
    start = end - size - 8
    if not 24 <= size <= archive.limits.signing_block or start < 0:
        notes.deviation("signing-block", f"size {size}")
        notes.limitation("malformed-signature", "APK Signing Block of impossible size")
        return {}
    if struct.unpack("<Q", data[start : start + 8])[0] != size:
        notes.deviation("signing-block", "the two sizes differ")
    block: dict[int, bytes] = {}
    pos, stop = start + 8, end - 24
    while pos + 12 <= stop:
        length, key = struct.unpack("<QI", data[pos : pos + 12])
        if not 4 <= length <= stop - pos - 8:
            notes.deviation("signing-block", f"pair of {length} bytes at {pos}")
            break
        if length - 4 <= archive.limits.signature:
            block.setdefault(key, bytes(data[pos + 12 : pos + 8 + length]))
        pos += 8 + length
    return block


def read(archive: Archive, exhibit: str, block: dict[int, bytes] | None = None) -> list[dict[str, Any]]:
    """`signing` facts of one APK or signed bundle: one per signer and scheme.

    `block` is what `signing_block` gave, if it has been read already.
    """
    notes, limits = archive.notes, archive.limits
    facts: list[dict[str, Any]] = []

    def add(scheme: str, where: str, signers: list[Signer]) -> None:
        if not signers:
            notes.limitation("malformed-signature", f"{scheme}: no certificate found in {where}", where)
        for signer in signers[: limits.signers]:
            fields = certificates.read(signer.der, notes, where, limits)
            facts.append({
                "kind": "signing", "exhibit": exhibit, "where": notes.prefix + where,
                "scheme": scheme, **fields, "hash": signer.digest,
            })  # fmt: skip

    for name in archive.entries:
        if _V1.fullmatch(name) and len(facts) < limits.signers:
            data = archive.read(name, limits.signature)
            if data is not None:
                add("v1", name, pkcs7_signers(data, limits))
    for key, value in (signing_block(archive) if block is None else block).items():
        if scheme := SCHEMES.get(key):
            add(scheme, f"APK Signing Block/{scheme}", block_signers(value, notes, limits))
    known = {s: {f["sha256"] for f in facts if f["scheme"] == s} for s in ("v1", "v2")}
    if all(known.values()) and known["v1"] != known["v2"]:
        # The newest scheme a device knows decides; tools that stop at v1 name the wrong signer.
        notes.deviation("signers-differ", "v1 and v2 name different certificates")
    return facts


def _children(data: bytes, start: int, end: int, most: int = 64) -> Iterator[tuple[int, int, int, int]]:
    """(tag, start of the element, start and end of its content) of DER elements in a row."""
    pos = start
    while pos < end and most > 0 and (found := tlv(data, pos, end)) is not None:
        yield found[0], pos, found[1], found[2]
        pos, most = found[2], most - 1


def pkcs7_signers(data: bytes, limits: Limits) -> list[Signer]:
    """Signers of a PKCS#7 SignedData (RFC 2315, 9.1) in the order of its signerInfos.

    The certificate of a signer is found by issuer and serial number; where that fails, the first
    certificate stands. Only offsets are read: digests are made from the very bytes.
    """
    pos, end = 0, len(data)
    for tag in (0x30, 0xA0, 0x30):  # ContentInfo { type, [0] { SignedData
        found = next((c for c in _children(data, pos, end) if c[0] == tag), None)
        if found is None:
            return []
        pos, end = found[2], found[3]
    certs: list[tuple[bytes, bytes]] = []  # DER; issuer and serial as they stand in it
    infos: tuple[int, int] | None = None
    sets = 0
    for tag, _at, start, stop in _children(data, pos, end):
        if tag == 0xA0 and not certs:
            for kind, at, inner, inner_end in _children(data, start, stop, limits.signers):
                if kind == 0x30 and inner_end - at <= limits.certificate:
                    certs.append((data[at:inner_end], _issuer_and_serial(data, inner, inner_end)))
        elif tag == 0x31:
            sets += 1  # digestAlgorithms first, signerInfos last
            infos = (start, stop) if sets > 1 else infos
    signers: list[Signer] = []
    for _tag, _at, start, stop in _children(data, *infos, limits.signers) if infos else ():
        parts = [*_children(data, start, stop, 8)]
        who = [p for p in parts if p[0] == 0x30]
        if not who or not certs:
            continue
        named = data[who[0][2] : who[0][3]]
        der = next((d for d, key in certs if key == named), certs[0][0])
        signers.append(Signer(der, _digest(data, who[1]) if len(who) > 1 else None))
    return signers or [Signer(der, None) for der, _ in certs[:1]]


def _digest(data: bytes, algorithm: tuple[int, int, int, int]) -> str | None:
    oid = next((c for c in _children(data, algorithm[2], algorithm[3], 2) if c[0] == 0x06), None)
    return _DIGESTS.get(data[oid[2] : oid[3]]) if oid else None


def _issuer_and_serial(data: bytes, start: int, end: int) -> bytes:
    """Issuer and serial number of a certificate, encoded as in IssuerAndSerialNumber."""
    body = next(_children(data, start, end, 1), None)
    if body is None:
        return b""
    parts = [*_children(data, body[2], body[3], 8)]
    serial = next((p for p in parts if p[0] == 0x02), None)
    names = [p for p in parts if p[0] == 0x30]  # signature algorithm, issuer, validity, subject, key
    if serial is None or len(names) < 2:
        return b""
    return data[names[1][1] : names[1][3]] + data[serial[1] : serial[3]]


def _sequence(data: bytes, most: int) -> Iterator[bytes]:
    """Members of a sequence, each with a 32-bit length before it."""
    pos = 0
    while pos + 4 <= len(data) and most > 0:
        size = struct.unpack_from("<I", data, pos)[0]
        if size > len(data) - pos - 4:
            return
        yield data[pos + 4 : pos + 4 + size]
        pos += 4 + size
        most -= 1


def block_signers(value: bytes, notes: Notes, limits: Limits) -> list[Signer]:
    """Signers of a v2, v3 or v3.1 block: the first certificate of each is the one that signs."""
    signers: list[Signer] = []
    for signer in _sequence(next(_sequence(value, 1), b""), limits.signers):
        signed = [*_sequence(next(_sequence(signer, 1), b""), 2)]
        if len(signed) < 2:
            notes.deviation("signing-block", "signer without signed data")
            continue
        algorithm = next((a for a in _sequence(signed[0], 1) if len(a) >= 4), b"")
        kind = struct.unpack_from("<I", algorithm)[0] if algorithm else 0
        der = next(_sequence(signed[1], 1), b"")
        if der:
            signers.append(Signer(der, _ALGORITHMS.get(kind)))
    return signers
