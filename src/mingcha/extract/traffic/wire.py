"""Protocols as they stand in the bytes of a connection: HTTP/1, handshakes of TLS, names of DNS, QUIC.

Sources: RFC 9112, RFC 8446 section 4 and 5, RFC 5246 section 7, RFC 1035 section 4, RFC 9000 section 17.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_REQUEST = re.compile(rb"(?:^|(?<=\n)|(?<=[^A-Z]))([A-Z]{3,12}) ([^ \r\n]{1,65536}) HTTP/1\.[01]\r?\n")
# Where a request must begin, its line is read as servers do (RFC 9112 section 3): several blanks, and blanks within
# the target. Elsewhere that would cost the square of the length.
_LINE = re.compile(rb"([A-Z]{3,12}) +([^\r\n]{1,65536}?) +HTTP/1\.[01]\r?\n")
_METHODS = (b"GET", b"POST", b"PUT", b"HEAD", b"DELETE", b"OPTIONS", b"PATCH", b"CONNECT", b"TRACE")
VERSIONS = {0x0300: "SSLv3", 0x0301: "TLSv1.0", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}
# Cipher suites that are weak, by number (IANA registry): NULL, export, RC4, DES, 3DES, anonymous.
WEAK = {
    0x0001: "RSA_WITH_NULL_MD5", 0x0002: "RSA_WITH_NULL_SHA", 0x0003: "RSA_EXPORT_WITH_RC4_40_MD5",
    0x0004: "RSA_WITH_RC4_128_MD5", 0x0005: "RSA_WITH_RC4_128_SHA", 0x0009: "RSA_WITH_DES_CBC_SHA",
    0x000A: "RSA_WITH_3DES_EDE_CBC_SHA", 0x0016: "DHE_RSA_WITH_3DES_EDE_CBC_SHA", 0x0018: "DH_anon_WITH_RC4_128_MD5",
    0x001B: "DH_anon_WITH_3DES_EDE_CBC_SHA", 0x0034: "DH_anon_WITH_AES_128_CBC_SHA", 0x003A: "DH_anon_WITH_AES_256_CBC_SHA",
    0x003B: "RSA_WITH_NULL_SHA256", 0xC007: "ECDHE_ECDSA_WITH_RC4_128_SHA", 0xC008: "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
    0xC011: "ECDHE_RSA_WITH_RC4_128_SHA", 0xC012: "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
}  # fmt: skip
_REFUSALS = (42, 43, 44, 45, 46, 48)  # alerts that speak of the certificate


class Request(NamedTuple):
    """One HTTP/1 request and where it begins and ends in the stream; `whole` is False where it is cut."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    begin: int
    end: int
    whole: bool


def is_http(data: bytes) -> bool:
    """Whether a stream begins with an HTTP/1 request."""
    return data[:16].split(b" ", 1)[0] in _METHODS


def requests(data: bytes) -> list[Request]:
    """All requests of one direction. After a gap reading goes on at the next request line."""
    out: list[Request] = []
    at = 0
    while found := _LINE.match(data, at) or _REQUEST.search(data, at):
        head_end = data.find(b"\r\n\r\n", found.end() - 2)
        stop, gap = (head_end, 4) if head_end >= 0 else (data.find(b"\n\n", found.end() - 1), 2)
        whole = stop >= 0
        if not whole:
            stop, gap = len(data), 0
        hole = data.find(b"\0", found.end(), stop)
        if hole >= 0:  # lost packets: what follows them may be another request's
            whole, stop, gap = False, hole, 0
        headers = []
        for line in data[found.end() : stop].split(b"\n")[:500]:
            name, mark, value = line.partition(b":")
            if mark:
                headers.append((name.strip().decode("latin-1"), _text(value.strip())))
        begin = min(len(data), stop + gap)
        fields = {k.lower(): v for k, v in headers}
        if not whole:
            body, end, complete = b"", stop, False
        elif "chunked" in fields.get("transfer-encoding", "").lower():
            body, end, complete = _chunks(data, begin)
        else:
            length = fields.get("content-length", "0")
            size = int(length[:12]) if length[:12].isdigit() and length.isascii() else 0
            body, end, complete = data[begin : begin + size], begin + size, begin + size <= len(data)
        method = found[1].decode()
        out.append(Request(method, _text(found[2]), headers, body, found.start(), min(end, len(data)), whole and complete))
        at = max(end, found.end())
        if method == "CONNECT":
            break
    return out


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _chunks(data: bytes, at: int) -> tuple[bytes, int, bool]:
    out: list[bytes] = []
    while True:
        end = data.find(b"\r\n", at, at + 40)
        size = data[at:end].split(b";")[0].strip() if end >= 0 else b""
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size):
            return b"".join(out), at, False
        length = int(size, 16)
        out.append(data[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
        if length == 0:
            return b"".join(out), at, True
        if at > len(data):
            return b"".join(out), len(data), False


class Hello(NamedTuple):
    """What the beginning of a TLS connection says; empty where it does not say it. `refused`: the client broke off
    over the certificate."""

    sni: str
    version: str
    cipher: int
    refused: bool


def is_tls(data: bytes) -> bool:
    """Whether a stream begins with a handshake record."""
    return len(data) > 5 and data[0] == 22 and data[1] == 3 and data[5] == 1


def _records(data: bytes) -> list[tuple[int, bytes]]:
    out: list[tuple[int, bytes]] = []
    at = 0
    while at + 5 <= len(data) and len(out) < 400:
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if data[at] not in (20, 21, 22, 23) or data[at + 1] != 3:
            break
        out.append((data[at], data[at + 5 : at + 5 + size]))
        at += 5 + size
    return out


def hello(client: bytes, server: bytes) -> Hello:
    """Read the handshake from both directions of a stream."""
    sent, got = _records(client), _records(server)
    first = b"".join(data for kind, data in sent if kind == 22)
    answer = b"".join(data for kind, data in got if kind == 22)
    sni = ""
    try:
        sni = _server_name(first)
    except IndexError:
        pass
    version, cipher = "", 0
    try:
        version, cipher = _server_hello(answer)
    except IndexError:
        pass
    refused = any(kind == 21 and len(data) == 2 and data[1] in _REFUSALS for kind, data in sent)
    if version == "TLSv1.3" and got:
        # The alert is encrypted: after the server's part the client says one thing of an alert's length, no more.
        said = [len(data) for kind, data in sent if kind == 23]
        refused = refused or said == [19]
    return Hello(sni, version, cipher, refused)


def _extensions(data: bytes, at: int) -> dict[int, bytes]:
    end = min(len(data), at + 2 + int.from_bytes(data[at : at + 2], "big"))
    out: dict[int, bytes] = {}
    at += 2
    while at + 4 <= end:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        out[int.from_bytes(data[at : at + 2], "big")] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return out


def _server_name(data: bytes) -> str:
    at = 4 + 2 + 32
    at += 1 + data[at]
    at += 2 + int.from_bytes(data[at : at + 2], "big")
    at += 1 + data[at]
    found = _extensions(data, at).get(0, b"")
    name = found[5 : 5 + int.from_bytes(found[3:5], "big")]
    return name.decode("latin-1").lower() if re.fullmatch(rb"[\w.-]{1,253}", name) else ""


def _server_hello(data: bytes) -> tuple[str, int]:
    if not data or data[0] != 2:
        return "", 0
    version, at = int.from_bytes(data[4:6], "big"), 4 + 2 + 32
    at += 1 + data[at]
    cipher = data[at] << 8 | data[at + 1]
    chosen = _extensions(data, at + 3).get(43) if len(data) > at + 5 else None
    if chosen:
        version = int.from_bytes(chosen[:2], "big")
    return VERSIONS.get(version, ""), cipher


_QUIC = re.compile(
    rb"[\xc0-\xff](?:\0\0\0\x01|\x6b\x33\x43\xcf|\x70\x9a\x50\xc4|\xff\0\0[\0-\x40]|\xfa\xce\xb0.|\xab\xcd\0.|[QT][0-9]{3}|(?:[\x0a\x1a\x2a\x3a\x4a\x5a\x6a\x7a\x8a\x9a\xaa\xba\xca\xda\xea\xfa]){4})"
    rb"|[\x09\x0d].{8}Q0[0-9]{2}",
    re.S,
)
"""Long headers by version: 1, 2 and its draft, IETF drafts, other makers' versions, Google's, those reserved for
negotiation (RFC 9000 section 15); and the public header of Google's older versions."""


def is_quic(data: bytes) -> bool:
    """Whether a UDP flow begins with a long header of QUIC. A short one looks like anything."""
    return len(data) > 20 and bool(_QUIC.match(data))


def is_dtls(data: bytes) -> bool:
    """Whether a datagram begins with a record of DTLS (RFC 6347, 9147)."""
    return len(data) > 13 and 20 <= data[0] <= 25 and data[1:3] in (b"\xfe\xff", b"\xfe\xfd")


def dns_answers(data: bytes) -> list[tuple[str, bytes]]:
    """(name asked for, address) of each A and AAAA record of an answer."""
    out: list[tuple[str, bytes]] = []
    try:
        if len(data) < 12 or not data[2] & 0x80 or int.from_bytes(data[4:6], "big") != 1:
            return out
        name, at = _name(data, 12)
        at += 4
        for _ in range(min(64, int.from_bytes(data[6:8], "big"))):
            _, at = _name(data, at)
            kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 8 : at + 10], "big")
            at += 10
            if (kind, size) in ((1, 4), (28, 16)) and at + size <= len(data):
                out.append((name, data[at : at + size]))
            at += size
    except (IndexError, ValueError):
        pass
    return out


def _name(data: bytes, at: int) -> tuple[str, int]:
    """A name and the place behind it; pointers are followed for the text only, and not in circles."""
    parts: list[str] = []
    after, hops = 0, 0
    while size := data[at]:
        if size & 0xC0 == 0xC0:
            after = after or at + 2
            at, hops = (size & 0x3F) << 8 | data[at + 1], hops + 1
            if hops > 16:
                raise ValueError("pointers without end")
            continue
        parts.append(data[at + 1 : at + 1 + size].decode("latin-1").lower())
        at += size + 1
        if len(parts) > 64:
            raise ValueError("a name of too many labels")
    return ".".join(parts), after or at + 1
