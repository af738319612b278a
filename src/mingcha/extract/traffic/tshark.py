"""Content under TLS through tshark, where the secrets of the connections are at hand.

The secrets stand in the capture (pcapng decryption secrets) or beside it as NAME.keylog (NSS key log format). tshark
runs as a child of the reading process under the same limits, without the user's configuration and without names
looked up.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import msgspec

from mingcha.extract.limits import Limits
from mingcha.extract.traffic import wire
from mingcha.extract.traffic.message import Message, Record, Trouble
from mingcha.extract.traffic.packets import has_secrets

Key = tuple[str, int, str, int]
_OPEN = 20_000  # HTTP/2 streams followed at a time


def installed() -> str | None:
    """Path of tshark."""
    return shutil.which("tshark")


def keylog(path: Path) -> Path | None:
    """The key log beside a capture."""
    beside = path.with_name(path.name + ".keylog")
    return beside if beside.is_file() else None


def records(path: Path, limits: Limits) -> Generator[Record, None, set[Key]]:
    """Requests under TLS; returns the connections (client, port, server, port) that could be opened."""
    opened: set[Key] = set()
    log = keylog(path)
    if log is None and not has_secrets(path):
        return opened
    tool = installed()
    if tool is None:
        yield Trouble("missing-part", "tshark: the TLS secrets at hand were not used")
        return opened
    # Two passes: secrets may stand behind the packets that they open.
    command = [
        tool, "-n", "-2", "-r", str(path.absolute()), "-Y", "tls && (http.request || http2 || data)",
        "-T", "ek", "-J", "frame ip ipv6 tcp http http2 data", "-x",
        *(["-o", f"tls.keylog_file:{log.absolute()}"] if log else []),
    ]  # fmt: skip
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "WIRESHARK_CONFIG_DIR": "/nonexistent"}
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    except OSError as e:
        yield Trouble("missing-part", f"tshark: {e.strerror}")
        return opened
    try:
        assert child.stdout
        streams = _Streams()
        while line := child.stdout.readline(limits.message * 4):
            try:
                row = msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError, UnicodeError):
                yield Trouble("unreadable-entry", "a line of tshark")
                continue
            layers = row.get("layers") if isinstance(row, dict) else None
            if isinstance(layers, dict):
                yield from _packet(layers, str(row.get("timestamp", "")), streams, opened)
        yield from streams.rest()
        if child.wait() < 0:
            yield Trouble("crash", "tshark")
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()
    return opened


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _one(layer: Any, name: str) -> str:
    values = _many(layer.get(name)) if isinstance(layer, dict) else []
    return str(values[0]) if values and isinstance(values[0], str) else ""


def _hex(text: Any) -> bytes:
    try:
        return bytes.fromhex(str(text).replace(":", ""))
    except ValueError:
        return b""


def _packet(layers: dict[str, Any], stamp: str, streams: _Streams, opened: set[Key]) -> Iterator[Record]:
    ip = next((v for k in ("ip", "ipv6") for v in _many(layers.get(k)) if isinstance(v, dict)), {})
    six = "ipv6_ipv6" if "ipv6" in layers and "ip" not in layers else "ip_ip"
    src, dst = _one(ip, f"{six}_src"), _one(ip, f"{six}_dst")
    tcp = next((v for v in _many(layers.get("tcp")) if isinstance(v, dict)), {})
    sport, dport = _one(tcp, "tcp_tcp_srcport"), _one(tcp, "tcp_tcp_dstport")
    if not (src and dst and sport.isdigit() and dport.isdigit()):
        return
    key: Key = (src, int(sport), dst, int(dport))
    back: Key = (key[2], key[3], key[0], key[1])
    t = int(stamp) / 1000 if stamp.isdigit() else None
    where = f"packet {_one(layers.get('frame'), 'frame_frame_number')}"
    parts = _many(layers.get("http"))
    for n, raw in enumerate(_many(layers.get("http_raw"))):
        # The bytes of the layer end before a body that another dissector took over.
        body = _hex(_one(parts[n], "http_http_file_data_raw")) if n < len(parts) else b""
        for r in wire.requests(_hex(raw))[:1]:
            opened.add(key)
            yield _message(where, t, key, r.method, r.target, r.headers, body or r.body)
    for part in _many(layers.get("http2")):
        if isinstance(part, dict):
            opened.add(back if back in opened else key)
            yield from streams.take(part, where, t, key)
    if "http" not in layers and "http2" not in layers:
        for part in _many(layers.get("data")):
            if data := _hex(_one(part, "data_data_data")):
                mine = back not in opened and (key in opened or key[1] > key[3])
                opened.add(key if mine else back)
                if mine:
                    yield Message(where, t, "TCP", "tls", "", key[3], "", [], data, False, key[2], len(data), tls="tls")


def _message(where: str, t: float | None, key: Key, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> Message:
    m = Message(where, t, method, "https", "", key[3], target, headers, body, False, key[2], tls="tls")
    host = (m.header(":authority") or m.header("host")).lower()
    m.host = host.rsplit(":", 1)[0] if ":" in host else host
    m.bytes_out = len(target) + len(body) + sum(len(k) + len(v) + 4 for k, v in headers)
    return m


class _Streams:
    """Requests of HTTP/2 whose frames come one by one."""

    def __init__(self) -> None:
        self._open: dict[tuple[Key, str], tuple[str, float | None, list[tuple[str, str]], bytearray]] = {}

    def take(self, part: dict[str, Any], where: str, t: float | None, key: Key) -> Iterator[Record]:
        """One frame; a request where it ends one."""
        number = (key, _one(part, "http2_http2_streamid"))
        kind = _one(part, "http2_http2_type")
        if kind == "1":
            names, values = _many(part.get("http2_http2_header_name")), _many(part.get("http2_http2_header_value"))
            raw = _many(part.get("http2_http2_header_value_raw"))  # the shown text escapes what is not ASCII
            if len(raw) == len(values):
                values = [_hex(v).decode("utf-8", "replace") for v in raw]
            headers = [(str(k), str(v)) for k, v in zip(names, values, strict=False)]
            if any(k == ":method" for k, _ in headers) and len(self._open) < _OPEN:
                self._open[number] = (where, t, headers, bytearray())
        found = self._open.get(number)
        if found is None:
            return
        if kind == "0":
            whole = _hex(_one(part, "http2_http2_body_reassembled_data"))
            if whole:
                found[3][:] = whole
            else:
                found[3].extend(_hex(_one(part, "http2_http2_data_data")))
        if part.get("http2_http2_flags_end_stream") in (True, "1", "true"):
            yield self._request(number)

    def rest(self) -> Iterator[Record]:
        """Requests that never ended."""
        for number in list(self._open):
            yield self._request(number)

    def _request(self, number: tuple[Key, str]) -> Message:
        where, t, headers, body = self._open.pop(number)
        fields = dict(headers)
        return _message(where, t, number[0], fields.get(":method", ""), fields.get(":path", "/"), headers, bytes(body))
