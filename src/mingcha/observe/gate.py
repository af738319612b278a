"""The gate: a local HTTP proxy through which alone a browser reaches the network during a visit.

Checking addresses in the page's events would miss redirects, sockets and workers and would resolve a name a second time.
The gate makes the connection itself, to the pinned address, so what was checked is what is reached (RFC 9110 §9.3.6 for
CONNECT, RFC 9112 §3.2.2 for the absolute form).
"""

from __future__ import annotations

import select
import socket
import socketserver
import time
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock, Thread
from types import TracebackType
from urllib.parse import urlsplit

from mingcha.observe.addresses import AddressRefused, Pins

_HEAD = 64 * 1024  # bytes of a request's head
_BLOCK = 64 * 1024
_RECORDED = 1000  # refusals kept; a page may try for ever
_HOP = (b"connection:", b"proxy-connection:", b"keep-alive:")
_TEXT = {
    400: b"Bad Request",
    403: b"Forbidden",
    501: b"Not Implemented",
    502: b"Bad Gateway",
    503: b"Unavailable",
}


@dataclass(frozen=True)
class GateLimits:
    """bytes: received in the whole visit; connections: open at once; idle, seconds: of one connection."""

    bytes: int = 200 * 1024 * 1024
    connections: int = 64
    idle: float = 15.0
    seconds: float = 120.0


@dataclass(frozen=True)
class Refusal:
    """A connection that was not made or was cut: where to, and why (a reason of AddressRefused, or too-many-bytes,
    too-many-connections, malformed, unreachable)."""

    host: str
    reason: str


@dataclass
class _Count:
    received: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


class Gate:
    """Context manager: `with Gate(pins) as gate:` serves at `gate.url` until the block ends."""

    def __init__(self, pins: Pins, limits: GateLimits | None = None) -> None:
        self.limits = limits or GateLimits()
        self.pins = pins
        self.closing = False
        self._count = _Count()
        self.slots = BoundedSemaphore(self.limits.connections)
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Address to give the browser as its proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What was refused so far, in order, at most 1,000."""
        with self._count.lock:
            return tuple(self._count.refusals)

    @property
    def received(self) -> int:
        """Bytes received from the network so far."""
        return self._count.received

    def refuse(self, host: str, reason: str) -> None:
        """Write down a refusal."""
        with self._count.lock:
            if len(self._count.refusals) < _RECORDED:
                self._count.refusals.append(Refusal(host[:253], reason))

    def take(self, size: int) -> bool:
        """Count `size` bytes; False when the visit's share is used up."""
        with self._count.lock:
            self._count.received += size
            return self._count.received <= self.limits.bytes

    def __enter__(self) -> Gate:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.closing = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, at: tuple[str, int], gate: Gate) -> None:
        self.gate = gate
        super().__init__(at, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing on stderr: the handler has written down what matters."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        gate = self.server.gate
        if not gate.slots.acquire(blocking=False):
            gate.refuse("", "too-many-connections")
            return self._answer(503)
        try:
            self.request.settimeout(gate.limits.idle)
            self._serve(gate)
        except OSError:  # either side went away
            pass
        finally:
            gate.slots.release()
        return None

    def _answer(self, status: int) -> None:
        head = b"HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % (status, _TEXT[status])
        try:
            self.request.sendall(head)
        except OSError:
            pass

    def _serve(self, gate: Gate) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            block = self.request.recv(_BLOCK)
            if not block:
                return None
            data += block
            if len(data) > _HEAD:
                gate.refuse("", "malformed")
                return self._answer(400)
        head, _, rest = data.partition(b"\r\n\r\n")
        try:
            host, port, first, body = _target(head)
        except _Unsupported:
            gate.refuse("", "malformed")
            return self._answer(501)
        except ValueError:
            gate.refuse("", "malformed")
            return self._answer(400)
        try:
            address = gate.pins.address(host)
        except AddressRefused as refused:
            gate.refuse(host, refused.reason)
            return self._answer(403)
        try:
            far = socket.create_connection((str(address), port), timeout=gate.limits.idle)
        except OSError:
            gate.refuse(host, "unreachable")
            return self._answer(502)
        with far:
            if first is None:
                self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                if rest:
                    far.sendall(rest)
            else:
                far.sendall(first + rest[:body])
            self._relay(gate, far, host, None if first is None else body - len(rest))
        return None

    def _relay(self, gate: Gate, far: socket.socket, host: str, owed: int | None) -> None:
        """Pass bytes both ways until one side ends or a limit is met. `owed`: bytes of the request's body still to
        send; what follows them may be meant for another host and is not passed on. None: a tunnel."""
        ends = time.monotonic() + gate.limits.seconds
        idle_at = time.monotonic() + gate.limits.idle
        while not gate.closing and time.monotonic() < min(ends, idle_at):
            watch = [far] if owed is not None and owed <= 0 else [far, self.request]
            ready, _, _ = select.select(watch, [], [], 0.25)
            for side in ready:
                block = side.recv(_BLOCK)
                if not block:
                    return
                idle_at = time.monotonic() + gate.limits.idle
                if side is far:
                    if not gate.take(len(block)):
                        gate.refuse(host, "too-many-bytes")
                        return
                    self.request.sendall(block)
                elif owed is None:
                    far.sendall(block)
                else:
                    far.sendall(block[:owed])
                    owed -= len(block)


class _Unsupported(ValueError):
    """A request the gate understands and does not serve."""


def _target(head: bytes) -> tuple[str, int, bytes | None, int]:
    """Host, port, head to send on (None for CONNECT) and length of the body. ValueError where it is malformed."""
    line, *fields = head.split(b"\r\n")
    method, target, version = line.decode("ascii").split(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(version)
    if method == "CONNECT":
        parts = urlsplit("//" + target)
        if not parts.hostname or not parts.port:
            raise ValueError(target)
        return parts.hostname, parts.port, None, 0
    parts = urlsplit(target)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(target)
    names = [f.lower() for f in fields]
    if any(n.startswith(b"transfer-encoding:") for n in names):
        raise _Unsupported("body of unknown length")
    lengths = {int(n.partition(b":")[2]) for n in names if n.startswith(b"content-length:")}
    if len(lengths) > 1 or any(n < 0 for n in lengths):
        raise ValueError("lengths disagree")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [
        f for f, n in zip(fields, names, strict=True) if not n.startswith((*_HOP, b"proxy-authorization:"))
    ]
    first = b"\r\n".join([f"{method} {path} {version}".encode(), *kept, b"Connection: close", b"", b""])
    return parts.hostname, parts.port or 80, first, lengths.pop() if lengths else 0
