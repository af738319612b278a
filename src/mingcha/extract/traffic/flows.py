"""Flow files of mitmproxy: tagged netstrings, one flow after another (versions 4 and later).

A tnetstring is LENGTH ':' DATA TYPE (tnetstrings.org); mitmproxy adds ';' for text beside ',' for bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mingcha.extract.limits import Limits
from mingcha.extract.traffic.message import Connection, Message, Record, Trouble

_DEPTH = 12


def parse(data: bytes, depth: int = _DEPTH) -> tuple[Any, bytes]:
    """(value, rest). ValueError where it is no tnetstring."""
    head, mark, rest = data[:12].partition(b":")
    if not mark or not head.isdigit():
        raise ValueError("no length")
    size, start = int(head), len(head) + 1
    content, kind = data[start : start + size], data[start + size : start + size + 1]
    if len(content) < size or not kind:
        raise ValueError("cut")
    rest = data[start + size + 1 :]
    if kind == b",":
        return content, rest
    if kind == b";":
        return content.decode("utf-8", "replace"), rest
    if kind == b"#":
        return int(content[:30]), rest
    if kind == b"^":
        return float(content[:60]), rest
    if kind == b"!":
        return content == b"true", rest
    if kind == b"~":
        return None, rest
    if kind in b"]}":
        if depth <= 0:
            raise ValueError("nested too deep")
        items = _items(content, depth)
        if kind == b"]":
            return items, rest
        keys = [k.decode("latin-1") if isinstance(k, bytes) else str(k) for k in items[::2]]
        return dict(zip(keys, items[1::2], strict=False)), rest
    raise ValueError("unknown type")


def _items(content: bytes, depth: int) -> list[Any]:
    out, at = [], 0
    while at < len(content):
        end = content.index(b":", at, at + 12)
        stop = end + 1 + int(content[at:end]) + 1
        value, _ = parse(content[at:stop], depth - 1)
        out.append(value)
        at = stop
    return out


def records(path: Path, limits: Limits) -> Iterator[Record]:
    """Messages of the flows in file order."""
    number = -1
    with path.open("rb") as f:
        while head := f.read(1):
            number += 1
            where = f"flow[{number}]"
            while not head.endswith(b":") and len(head) < 12:
                if not (more := f.read(1)):
                    break
                head += more
            if not re.fullmatch(rb"[0-9]{1,10}:", head):
                yield Trouble("truncated", "no flow where one should begin", where)
                return
            size = int(head[:-1]) + 1
            if size > limits.message:
                yield Trouble("too-large", f"a flow of {size >> 20} MB", where)
                f.seek(size, 1)
                continue
            data = f.read(size)
            if len(data) < size:
                yield Trouble("truncated", "ends within a flow", where)
                return
            try:
                flow, _ = parse(head + data)
            except (ValueError, RecursionError, IndexError):
                yield Trouble("unreadable-entry", "a flow of unknown form", where)
                continue
            yield from _flow(flow if isinstance(flow, dict) else {}, where)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def _sub(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _num(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _peer(server: dict[str, Any]) -> tuple[str, int]:
    """Address that was really spoken to."""
    for key in ("peername", "ip_address", "address"):
        found = server.get(key)
        if isinstance(found, dict):  # versions 4 and 5: {address: [...]}
            found = found.get("address")
        if isinstance(found, list) and len(found) >= 2 and isinstance(found[1], int):
            return _text(found[0]), found[1]
    return "", 0


def _flow(flow: dict[str, Any], where: str) -> Iterator[Record]:
    server, client = _sub(flow, "server_conn"), _sub(flow, "client_conn")
    ip, port = _peer(server)
    name = _text(server.get("sni") or client.get("sni"))
    secure = bool(client.get("tls_established") or client.get("tls"))
    tls, cipher = _text(server.get("tls_version")), _text(server.get("cipher") or server.get("cipher_name"))
    error = _text(_sub(flow, "error").get("msg"))
    request = _sub(flow, "request")
    if request:
        m = _request(request, where)
        m.ip, m.tls = ip, "" if m.clear else tls
        response = _sub(flow, "response")
        m.bytes_in = len(response.get("content") or b"") if response else 0
        yield m
        for n, row in enumerate(_rows(_sub(flow, "websocket").get("messages"))):
            if len(row) >= 4 and row[1] and isinstance(row[2], bytes | str):
                data = row[2] if isinstance(row[2], bytes) else row[2].encode()
                yield Message(f"{where}.ws[{n}]", _num(row[3]), "WS", m.scheme, m.host, m.port, "", [], data, m.clear, ip, len(data), tls=m.tls)
        if tls and cipher:
            yield Connection(where, m.t, "tcp", m.host, ip, m.port, tls, cipher)
        return
    started = _num(client.get("timestamp_start"))
    if "messages" in flow:  # plain TCP or UDP
        for n, row in enumerate(_rows(flow["messages"])):
            if len(row) >= 3 and row[0] and isinstance(row[1], bytes):
                kind = "udp" if _text(flow.get("type")) == "udp" else "tcp"
                yield Message(f"{where}.message[{n}]", _num(row[2]), kind.upper(), kind, name or ip, port, "", [], row[1], not secure, ip, len(row[1]))
        return
    if error:
        yield Connection(where, started, "tcp", name or ip, ip, port, tls, cipher, opaque="pinned" if _refused(error) else "encrypted")


def _refused(error: str) -> bool:
    """Whether the app broke off the handshake because it does not accept the proxy's certificate."""
    lower = error.lower()
    return "certificate" in lower or "does not trust" in lower or "handshake failed" in lower or "alert" in lower


def _rows(value: Any) -> list[list[Any]]:
    return [r for r in value[:100_000] if isinstance(r, list)] if isinstance(value, list) else []


def _request(request: dict[str, Any], where: str) -> Message:
    scheme = _text(request.get("scheme")).lower()
    headers = [(_text(r[0]), _text(r[1])) for r in _rows(request.get("headers")) if len(r) == 2]
    content = request.get("content")
    m = Message(where, _num(request.get("timestamp_start")), _text(request.get("method")), scheme, headers=headers,
                body=content if isinstance(content, bytes) else b"", clear=scheme in ("http", "ws"))  # fmt: skip
    host = m.header("host") or m.header(":authority") or _text(request.get("authority"))
    # In transparent mode the flow's own host is an address; the name that the app meant stands in its header.
    m.host = (host.rsplit(":", 1)[0] if re.search(r":\d+$", host) else host).lower() or _text(request.get("host"))
    found = request.get("port")
    m.port = found if isinstance(found, int) else 0
    m.target = _text(request.get("path")) or "/"
    m.bytes_out = len(m.target) + len(m.body) + sum(len(k) + len(v) + 4 for k, v in headers)
    return m
