"""Recordings made for tests: messages written as HAR, flows, hook lines and packets, with TLS where asked for."""

from __future__ import annotations

import base64
import json
import ssl
import struct
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent


class Request(NamedTuple):
    """One request as an app makes it."""

    method: str = "POST"
    scheme: str = "https"
    host: str = "api.lab.example"
    target: str = "/v1/report"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def http(self) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {self.host}", *(f"{k}: {v}" for k, v in self.headers)]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


# ---- HAR, flows, hooks -----------------------------------------------------------------------------------


def har(requests: Iterable[Request]) -> bytes:
    entries = []
    for n, r in enumerate(requests):
        post: dict[str, Any] = {}
        if r.body:
            kind = next((v for k, v in r.headers if k.lower() == "content-type"), "")
            post = {"postData": {"mimeType": kind, "text": base64.b64encode(r.body).decode(), "encoding": "base64"}}
        entries.append({
            "startedDateTime": f"2026-11-27T06:00:{n % 60:02}.000Z", "serverIPAddress": "203.0.113.7",
            "request": {"method": r.method, "url": f"{r.scheme}://{r.host}{r.target}",
                        "headers": [{"name": k, "value": v} for k, v in r.headers], **post},
            "response": {"status": 200, "bodySize": 2},
        })  # fmt: skip
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "lab"}, "entries": entries}}).encode()


def netstring(value: Any) -> bytes:
    """A value as mitmproxy writes it."""
    if isinstance(value, bool):
        data, kind = str(value).lower().encode(), b"!"
    elif value is None:
        data, kind = b"", b"~"
    elif isinstance(value, int):
        data, kind = str(value).encode(), b"#"
    elif isinstance(value, float):
        data, kind = repr(value).encode(), b"^"
    elif isinstance(value, str):
        data, kind = value.encode(), b";"
    elif isinstance(value, bytes):
        data, kind = value, b","
    elif isinstance(value, dict):
        data, kind = b"".join(netstring(k) + netstring(v) for k, v in value.items()), b"}"
    else:
        data, kind = b"".join(netstring(v) for v in value), b"]"
    return str(len(data)).encode() + b":" + data + kind


def flow(r: Request, n: int = 0, **more: Any) -> dict[str, Any]:
    secure = r.scheme == "https"
    return {
        "version": 21, "type": "http", "id": f"f{n}", "error": None,
        "client_conn": {"tls_established": secure, "sni": r.host if secure else None, "timestamp_start": 1795759200.0 + n},
        "server_conn": {"peername": ["203.0.113.7", 443 if secure else 80], "sni": r.host if secure else None,
                        "tls_version": "TLSv1.3" if secure else None, "cipher": "TLS_AES_256_GCM_SHA384" if secure else None},
        "request": {
            "method": r.method.encode(), "scheme": r.scheme.encode(), "host": r.host, "port": 443 if secure else 80,
            "authority": b"", "path": r.target.encode(), "http_version": b"HTTP/1.1",
            "headers": [[b"Host", r.host.encode()], *([k.encode(), v.encode()] for k, v in r.headers)],
            "content": r.body, "timestamp_start": 1795759200.0 + n,
        },
        "response": {"status_code": 200, "content": b"ok"},
        **more,
    }  # fmt: skip


def flows(requests: Iterable[Request]) -> bytes:
    return b"".join(netstring(flow(r, n)) for n, r in enumerate(requests))


def hooks(requests: Iterable[Request]) -> bytes:
    rows = [
        {"type": "request_result", "t": 1795759200.0 + n, "url": f"{r.scheme}://{r.host}{r.target}", "method": r.method,
         "headers": dict(r.headers), "body_base64": base64.b64encode(r.body).decode()}
        for n, r in enumerate(requests)
    ]  # fmt: skip
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


# ---- packets ---------------------------------------------------------------------------------------------

CLIENT, SERVER = bytes((10, 0, 0, 2)), bytes((203, 0, 113, 7))


def ip4(src: bytes, dst: bytes, proto: int, data: bytes) -> bytes:
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(data), 1, 0, 64, proto, 0) + src + dst + data


def tcp(sport: int, dport: int, seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    return struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0) + data


def udp(sport: int, dport: int, data: bytes) -> bytes:
    return struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data


def connection(turns: Sequence[tuple[bool, bytes]], sport: int = 40000, dport: int = 80, size: int = 1200) -> list[bytes]:
    """Packets (raw IP) of one TCP connection; a turn is (from the client, data)."""
    mine, theirs = 1000, 5000
    out = [
        ip4(CLIENT, SERVER, 6, tcp(sport, dport, mine, 0, 2)),
        ip4(SERVER, CLIENT, 6, tcp(dport, sport, theirs, mine + 1, 18)),
        ip4(CLIENT, SERVER, 6, tcp(sport, dport, mine + 1, theirs + 1, 16)),
    ]
    mine, theirs = mine + 1, theirs + 1
    for from_client, data in turns:
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            if from_client:
                out.append(ip4(CLIENT, SERVER, 6, tcp(sport, dport, mine, theirs, 24, piece)))
                mine += len(piece)
            else:
                out.append(ip4(SERVER, CLIENT, 6, tcp(dport, sport, theirs, mine, 24, piece)))
                theirs += len(piece)
    out.append(ip4(CLIENT, SERVER, 6, tcp(sport, dport, mine, theirs, 17)))
    out.append(ip4(SERVER, CLIENT, 6, tcp(dport, sport, theirs, mine + 1, 17)))
    out.append(ip4(CLIENT, SERVER, 6, tcp(sport, dport, mine + 1, theirs + 1, 16)))
    return out


def pcap(packets: Iterable[bytes], link: int = 101) -> bytes:
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    return head + b"".join(struct.pack("<IIII", 1795759200, n, len(p), len(p)) + p for n, p in enumerate(packets))


def block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng(packets: Iterable[bytes], secrets: bytes = b"", link: int = 101) -> bytes:
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", link, 0, 0))
    if secrets:
        out += block(10, struct.pack("<II", 0x544C534B, len(secrets)) + secrets)
    for n, p in enumerate(packets):
        at = 1795759200_000000 + n
        out += block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(p), len(p)) + p)
    return out


def tls(messages: Sequence[bytes], host: str = "api.lab.example", version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, trust: bool = True) -> tuple[list[tuple[bool, bytes]], bytes]:
    """(turns, key log) of a TLS connection over memory in which the client sends `messages`; with `trust` off
    it refuses the certificate."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "keys"
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        client.verify_mode = ssl.CERT_NONE if trust else ssl.CERT_REQUIRED
        client.maximum_version = client.minimum_version = version
        client.keylog_filename = str(log)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(HERE / "lab-cert.pem")
        cin, cout, sin, sout = (ssl.MemoryBIO() for _ in range(4))
        a = client.wrap_bio(cin, cout, server_hostname=host)
        b = server.wrap_bio(sin, sout, server_side=True)
        turns: list[tuple[bool, bytes]] = []

        def move() -> None:
            if data := cout.read():
                turns.append((True, data))
                sin.write(data)
            if data := sout.read():
                turns.append((False, data))
                cin.write(data)

        done = [False, False]
        for _ in range(10):
            for n, side in enumerate((a, b)):
                if not done[n]:
                    try:
                        side.do_handshake()
                        done[n] = True
                    except ssl.SSLWantReadError:
                        pass
                    except ssl.SSLError:
                        move()
                        return turns, b""
                move()
        for message in messages:
            a.write(message)
            move()
            b.read(1 << 20)
            b.write(ANSWER)
            move()
            a.read(1 << 20)
        return turns, log.read_bytes()


def h2(requests: Iterable[Request], first: int = 1) -> bytes:
    """The client's side of an HTTP/2 connection, or a later part of it: header fields as literals (RFC 7541 6.2.2), one data frame each."""

    def frame(kind: int, flags: int, stream: int, data: bytes) -> bytes:
        return len(data).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + data

    def text(value: str) -> bytes:
        data = value.encode()
        size = bytes((len(data),)) if len(data) < 127 else bytes((127, (len(data) - 127) & 127 | 128, (len(data) - 127) >> 7))
        return size + data

    out = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") if first == 1 else b""
    for n, r in enumerate(requests, first // 2):
        fields = [(":method", r.method), (":scheme", r.scheme), (":authority", r.host), (":path", r.target), *((k.lower(), v) for k, v in r.headers)]
        block = b"".join(b"\x00" + text(k) + text(v) for k, v in fields)
        out += frame(1, 4 if r.body else 5, 2 * n + 1, block)
        if r.body:
            half = len(r.body) // 2
            out += frame(0, 0, 2 * n + 1, r.body[:half]) + frame(0, 1, 2 * n + 1, r.body[half:])
    return out
