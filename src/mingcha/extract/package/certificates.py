"""X.509 certificates of signers: digests from the raw bytes, the rest as far as it parses.

`read` never fails on content: a certificate that asn1crypto cannot read still has its digests,
and the limitation `unreadable-certificate` says what is missing.
"""

from __future__ import annotations

import hashlib
from typing import Any

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.notes import Notes, clip

_SHORT = {
    "common_name": "CN", "organization_name": "O", "organizational_unit_name": "OU", "country_name": "C",
    "state_or_province_name": "ST", "locality_name": "L", "email_address": "EMAILADDRESS",
    "serial_number": "SERIALNUMBER", "domain_component": "DC",
}  # fmt: skip
_PARTS = 32


def tlv(data: bytes, pos: int, end: int) -> tuple[int, int, int] | None:
    """One DER or BER element at `pos`: (tag byte, start and end of its content).

    None where it does not fit. High tag numbers are refused; indefinite length (BER, written by
    some signers) is taken as reaching to `end`.
    """
    if pos + 2 > end or data[pos] & 0x1F == 0x1F:
        return None
    tag, length, pos = data[pos], data[pos + 1], pos + 2
    if length == 0x80:
        return tag, pos, end
    if length & 0x80:
        n = length & 0x7F
        if n > 4 or pos + n > end:
            return None
        length = int.from_bytes(data[pos : pos + n], "big")
        pos += n
    return (tag, pos, pos + length) if pos + length <= end else None


def read(der: bytes, notes: Notes, where: str = "", limits: Limits = DEFAULT) -> dict[str, Any]:
    """Fields sha256, sha1, md5, subject, issuer, not_before, not_after, key, key_bits, debug.

    `der`: one certificate. Times are ISO 8601 in UTC. Unread fields are None.
    """
    found: dict[str, Any] = {
        "sha256": hashlib.sha256(der).hexdigest(),
        "sha1": hashlib.sha1(der, usedforsecurity=False).hexdigest(),
        "md5": hashlib.md5(der, usedforsecurity=False).hexdigest(),
        "subject": None, "issuer": None, "not_before": None, "not_after": None,
        "key": None, "key_bits": None, "debug": False,
    }  # fmt: skip
    if len(der) > limits.certificate:
        notes.limitation("unreadable-certificate", f"certificate of {len(der)} bytes", where)
        return found
    from asn1crypto import x509  # 50 ms of import, only where there is a certificate

    # Lazy parsers fail late and in many ways; each field stands alone.
    try:
        certificate = x509.Certificate.load(der)
        body = certificate["tbs_certificate"]
    except Exception as error:
        notes.limitation("unreadable-certificate", f"{type(error).__name__}: {error}", where)
        return found
    trouble: list[str] = []

    def take(name: str, value: Any) -> None:
        try:
            found[name] = value()
        except Exception as error:
            trouble.append(f"{name}: {type(error).__name__}")

    take("subject", lambda: _name(body["subject"], limits))
    take("issuer", lambda: _name(body["issuer"], limits))
    take("not_before", lambda: _time(body["validity"]["not_before"]))
    take("not_after", lambda: _time(body["validity"]["not_after"]))
    take("key_bits", lambda: _bits(certificate.public_key))
    take("key", lambda: _key(certificate.public_key))
    if trouble:
        notes.limitation("unreadable-certificate", ", ".join(trouble), where)
    found["debug"] = is_debug(found["subject"])
    return found


def is_debug(subject: str | None) -> bool:
    """The certificate that Android's build tools generate for debug builds, or one that a framework's
    template ships under the same common name, such as the public one of React Native (O=Unknown)."""
    return "CN=Android Debug" in (subject or "").split(", ")


def _name(name: Any, limits: Limits) -> str:
    """A distinguished name as RFC 4514 writes it (last part of the sequence first), such as
    "CN=x, O=y, C=CN"."""
    parts: list[str] = []
    for rdn in list(name.chosen)[:_PARTS]:
        for pair in list(rdn)[:_PARTS]:
            kind = pair["type"].native
            parts.append(f"{_SHORT.get(kind, kind)}={clip(pair['value'].native, limits)}")
    return clip(", ".join(reversed(parts)), limits)


def _time(value: Any) -> str:
    return str(value.chosen.native.isoformat())


def _bits(key: Any) -> int:
    return int(key.bit_size)


def _key(key: Any) -> str:
    kind = str(key.algorithm)
    if kind == "ec":
        return f"EC-{key.curve[1]}"
    return f"{'RSA' if kind.startswith('rsa') else kind.upper()}-{key.bit_size}"
