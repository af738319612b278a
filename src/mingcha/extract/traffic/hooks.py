"""Requests recorded inside the app by hooks, before encryption: JSON lines of type request_result.

    {"type": "request_result", "t": 1732694400.5, "url": "https://…", "method": "POST",
     "headers": {"Content-Type": "application/json"}, "body": "…", "stacks": "…"}

`body_base64` holds bytes. The recorder may call its time `t`, `time` or `timestamp` (seconds or milliseconds since
1970) and may put the request below `data`. What else stands in the file is not ours and is passed over.
"""

from __future__ import annotations

import base64
import re
from binascii import Error as BadBase64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mingcha.extract.limits import Limits
from mingcha.extract.traffic.har import seconds
from mingcha.extract.traffic.message import Message, Record, Trouble

_TYPE = re.compile(rb'"type"\s*:\s*"request_result"')


def records(path: Path, limits: Limits) -> Iterator[Record]:
    """Requests in file order."""
    number = 0
    with path.open("rb") as f:
        while line := f.readline(limits.message):
            number += 1
            where = f"line {number}"
            if len(line) >= limits.message and not line.endswith(b"\n"):
                yield Trouble("too-large", "a line", where)
                while (rest := f.readline(limits.message)) and not rest.endswith(b"\n"):
                    pass
                continue
            if not _TYPE.search(line):
                continue
            try:
                found = msgspec.json.decode(line.lstrip(b"\xef\xbb\xbf"))
            except (msgspec.DecodeError, RecursionError, UnicodeError):
                yield Trouble("truncated" if not line.endswith(b"\n") else "unreadable-entry", "a line that is no JSON", where)
                continue
            row: dict[str, Any] = found if isinstance(found, dict) else {}
            inner = row.get("data")
            m = _message({**row, **inner} if isinstance(inner, dict) else row, where)
            yield m or Trouble("unreadable-entry", "a request without URL", where)


def _time(row: dict[str, Any]) -> float | None:
    for key in ("t", "timestamp", "time"):
        value = row.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value / 1000 if value > 1e11 else float(value)
        if isinstance(value, str) and (at := seconds(value)):
            return at
    return None


def _message(row: dict[str, Any], where: str) -> Message | None:
    url = row.get("url")
    if not isinstance(url, str) or "://" not in url:
        return None
    given = row.get("headers") or row.get("request_headers")
    headers = [(str(k), str(v)) for k, v in list(given.items())[:500]] if isinstance(given, dict) else []
    method = row.get("method")
    m = Message(where, _time(row), method if isinstance(method, str) else "", headers=headers).to(url)
    coded = row.get("body_base64")
    body = row.get("body", row.get("request_body"))
    if isinstance(coded, str):
        try:
            m.body = base64.b64decode(coded)
        except (BadBase64, ValueError):
            m.body = coded.encode("utf-8", "replace")
    elif isinstance(body, str):
        m.body = body.encode("utf-8", "surrogatepass")
    elif body is not None:
        m.body = msgspec.json.encode(body)
    stack = row.get("stacks", row.get("stack"))
    if isinstance(stack, str):
        m.stack = stack.splitlines()[:200]
    elif isinstance(stack, list):
        m.stack = [str(s) for s in stack[:200]]
    m.bytes_out = len(m.target) + len(m.body) + sum(len(k) + len(v) + 4 for k, v in headers)
    return m
