"""HAR 1.2 (HTTP Archive, W3C draft of 2012), entry by entry: a recording of a million entries never lies in
memory as a whole."""

from __future__ import annotations

import base64
import codecs
import json
import re
from binascii import Error as BadBase64
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from mingcha.extract.limits import Limits
from mingcha.extract.traffic.message import Connection, Message, Record, Trouble

_ENTRIES = re.compile(r'(?<!\\)"entries"\s*:\s*\[')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.S)
_CHUNK = 1 << 18


def records(path: Path, limits: Limits) -> Iterator[Record]:
    """Requests in file order."""
    with path.open("rb") as f:
        yield from _read(_Text(f), limits)


class _Text:
    """The file as text with a window that slides over it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self.text, self.at, self.ended = "", 0, False

    def more(self) -> bool:
        """Read on; twice as much each time, so that a large entry is not tried again too often."""
        if self.ended:
            return False
        data = self._file.read(max(_CHUNK, len(self.text) - self.at))
        self.ended = not data
        self.text = self.text[self.at :] + self._decode.decode(data, final=self.ended)
        self.at = 0
        return not self.ended


def _read(source: _Text, limits: Limits) -> Iterator[Record]:
    if not _find_entries(source, limits):
        yield Trouble("truncated", "no list of entries")
        return
    decoder, number = json.JSONDecoder(), -1
    while True:
        while not (rest := source.text[source.at : source.at + 64].lstrip(" \t\r\n,")):
            if source.at + 64 < len(source.text):
                source.at += 64
            elif not source.more():
                yield Trouble("truncated", f"ends after {number + 1} entries")
                return
        source.at = source.text.index(rest[0], source.at)
        if rest[0] == "]":
            return
        number += 1
        where = f"entries[{number}]"
        try:
            entry, source.at = decoder.raw_decode(source.text, source.at)
        except (ValueError, RecursionError) as e:
            if isinstance(e, RecursionError):
                yield Trouble("unreadable-entry", "nested too deep", where)
                if _skip(source, limits):
                    continue
                yield Trouble("truncated", f"ends after {number} entries")
                return
            # Either the window ends within the entry, or the entry is wrong.
            if len(source.text) - source.at <= limits.message and source.more():
                number -= 1
                continue
            large = len(source.text) - source.at > limits.message
            yield Trouble("too-large" if large else "unreadable-entry", "an entry of the archive", where)
            if source.text[source.at] == "{" and _skip(source, limits):
                continue
            yield Trouble("truncated", f"ends after {number} entries")
            return
        yield from _entry(entry, where)


def _find_entries(source: _Text, limits: Limits) -> bool:
    while not (found := _ENTRIES.search(source.text, source.at)):
        source.at = max(source.at, len(source.text) - 64)
        if not source.more():
            return False
    source.at = found.end()
    return True


def _skip(source: _Text, limits: Limits) -> bool:
    """Go to the end of the object that begins here, however large."""
    depth = 0
    while True:
        done = source.at
        for token in _TOKEN.finditer(source.text, source.at):
            done = token.end()
            if token[0] in "{[":
                depth += 1
            elif token[0] in "}]":
                depth -= 1
                if depth == 0:
                    source.at = done
                    return True
        # A string may be cut by the end of the window: it is begun again with more text.
        quote = source.text.find('"', done)
        source.at = quote if quote >= 0 else len(source.text)
        if len(source.text) - source.at > limits.message * 4 or not source.more():
            return False


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _str(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _size(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1 << 50 else 0


def seconds(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 time; None where it is none or has no zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None


def _pairs(value: Any) -> list[tuple[str, str]]:
    rows = value if isinstance(value, list) else []
    return [(_str(r.get("name")), _str(r.get("value"))) for r in rows[:500] if isinstance(r, dict)]


def _entry(entry: Any, where: str) -> Iterator[Record]:
    request, response = _dict(_dict(entry).get("request")), _dict(_dict(entry).get("response"))
    url = _str(request.get("url"))
    if not url:
        yield Trouble("unreadable-entry", "an entry without request", where)
        return
    if url.startswith(("data:", "blob:", "about:", "chrome-extension:")):
        return  # nothing left the device
    post = _dict(request.get("postData"))
    headers = _pairs(request.get("headers"))
    m = Message(where, seconds(_str(entry.get("startedDateTime"))), _str(request.get("method")), headers=headers).to(url)
    if not any(k.lower() == "cookie" for k, _ in headers) and (cookies := _pairs(request.get("cookies"))):
        headers.append(("cookie", "; ".join(f"{k}={v}" for k, v in cookies)))
    if not m.header("content-type") and (kind := _str(post.get("mimeType"))):
        headers.append(("content-type", kind))
    m.body = _post(post)
    m.ip = _str(entry.get("serverIPAddress")).strip("[]")
    sizes = _size(request.get("headersSize")) + _size(request.get("bodySize"))
    m.bytes_out = sizes or len(m.target) + len(m.body) + sum(len(k) + len(v) + 4 for k, v in headers)
    content = _dict(response.get("content"))
    m.bytes_in = _size(response.get("headersSize")) + (_size(response.get("bodySize")) or _size(content.get("size")))
    details = _dict(entry.get("_securityDetails"))  # as Playwright and Chromium write it
    m.tls = _str(details.get("protocol")).replace(" ", "v") if not m.clear else ""
    if m.body and (coded := m.header("content-encoding")) and not m.body.startswith((b"\x1f\x8b", b"\x78")) and "br" not in coded:
        m.headers = [(k, v) for k, v in headers if k.lower() != "content-encoding"]  # written decoded
    yield m
    for n, frame in enumerate((entry.get("_webSocketMessages") or [])[:10_000] if isinstance(entry.get("_webSocketMessages"), list) else []):
        if _dict(frame).get("type") == "send":
            at = frame.get("time")
            data = _str(frame.get("data"))
            yield Message(f"{where}.ws[{n}]", float(at) if isinstance(at, int | float) else m.t, "WS", m.scheme, m.host, m.port,
                          "", [], _base64(data) if frame.get("opcode") == 2 else data.encode("utf-8", "replace"), m.clear, m.ip, len(data))  # fmt: skip
    if response.get("status") in (0, -1) and _str(entry.get("_failureText") or response.get("_error")).find("CERT") >= 0:
        yield Connection(where, m.t, "tcp", m.host, m.ip, m.port, opaque="pinned")


def _post(post: dict[str, Any]) -> bytes:
    text = _str(post.get("text"))
    if text:
        if _str(post.get("encoding")).lower() == "base64" or post.get("_encoding") == "base64":
            return _base64(text)
        # Binary bodies are written as one character per byte by several recorders.
        try:
            return text.encode("latin-1") if not text.isascii() and any("\x80" <= c < "\xa0" for c in text) else text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")
    from urllib.parse import quote_plus

    return "&".join(f"{quote_plus(k)}={quote_plus(v, errors='replace')}" for k, v in _pairs(post.get("params"))).encode()


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (BadBase64, ValueError):
        return text.encode("utf-8", "replace")
