"""Packet captures: connections put together again, their names, what they say in the clear.

Content under TLS is read where the secrets are there (in the file, or beside it as NAME.keylog) and tshark is
installed; everything else under TLS is `opaque`. Nothing is resolved over the network.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import chain
from pathlib import Path

from mingcha.extract.limits import KB, Limits
from mingcha.extract.traffic import tshark, wire
from mingcha.extract.traffic.fragments import Fragments
from mingcha.extract.traffic.message import Begin, Connection, Message, Record, Trouble
from mingcha.extract.traffic.packets import Packet, Segment, packets, segment

_SERVER = 64 * KB  # bytes of a server's side kept: its handshake
_MARK = 64  # bytes between two notes of when data came: segments of one byte must not cost more than they hold
_GAP = 64 * KB  # bytes of a gap that are filled with zeros
_PENDING = 2_000  # segments ahead of a gap
_QUIET = frozenset((53, 67, 68, 123, 137, 138, 546, 547, 1900, 5353, 5355))  # UDP that is no app's own
Key = tuple[str, int, str, int]


@dataclass(slots=True)
class _Side:
    """One direction: bytes in order, the next number expected, what came too early, when each piece came."""

    limit: int
    data: bytearray = field(default_factory=bytearray)
    next: int | None = None
    early: dict[int, bytes] = field(default_factory=dict)
    marks: list[tuple[int, float]] = field(default_factory=list)
    total: int = 0
    full: bool = False
    stuck: bool = False
    gaps: bool = False

    def add(self, seq: int, data: bytes, t: float) -> int:
        """Take a segment; bytes that this added to what is kept."""
        before = len(self.data)
        if self.next is None:
            self.next = seq
        ahead = (seq - self.next) & 0xFFFFFFFF
        if ahead == 0:
            self._append(data, t)
            while self.early and (more := self.early.pop(self.next, None)) is not None:
                self._append(more, t)
        elif ahead < 1 << 31:
            if len(self.early) < _PENDING:
                self.early.setdefault(seq, data)
            else:
                self._jump(t)
        elif (fresh := len(data) - (0x100000000 - ahead)) > 0:
            self._append(data[-fresh:], t)  # partly sent before
        return len(self.data) - before

    def _append(self, data: bytes, t: float) -> None:
        assert self.next is not None
        self.next = (self.next + len(data)) & 0xFFFFFFFF
        self.total += len(data)
        if not self.full:
            if not self.marks or len(self.data) - self.marks[-1][0] >= _MARK:
                self.marks.append((len(self.data), t))
            self.data += data
            self.full = len(self.data) > self.limit

    def _jump(self, t: float) -> None:
        """Go on behind a gap."""
        assert self.next is not None
        base = self.next
        for seq in sorted(self.early, key=lambda s: (s - base) & 0xFFFFFFFF):
            ahead = (seq - self.next) & 0xFFFFFFFF
            piece = self.early[seq]
            if ahead >= 1 << 31:
                piece = piece[0x100000000 - ahead :]
            elif ahead:
                self.gaps = True
                if ahead <= _GAP:
                    self._append(bytes(ahead), t)  # lengths that the protocol states stay right
                self.next = seq
            if piece:
                self._append(piece, t)
        self.early.clear()

    def close(self, t: float) -> None:
        if self.early:
            self._jump(t)

    def time(self, offset: int) -> float:
        """When the byte at `offset` came."""
        n = bisect_right(self.marks, (offset, float("inf"))) - 1
        return self.marks[max(0, n)][1]


@dataclass(slots=True)
class _Stream:
    """A TCP connection; `client` is who opened it, or who was seen first."""

    client: tuple[str, int]
    server: tuple[str, int]
    t: float
    first: int
    out: _Side
    back: _Side
    ended: int = 0


def records(path: Path, limits: Limits) -> Iterator[Record]:
    """What was sent, connection by connection as they end."""
    capture = _Capture(limits)
    source = packets(path, limits)
    first = next(source, None)
    if isinstance(first, Packet):
        yield Begin(first.t)
    capture.opened = yield from tshark.records(path, limits)
    for item in chain([first] if first else [], source):
        if isinstance(item, Trouble):
            yield item
        elif isinstance(item, Packet):
            yield from capture.take(item)
    yield from capture.finish()


class _Capture:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.opened: set[Key] = set()
        self.names: dict[str, str] = {}
        self.streams: OrderedDict[Key, _Stream] = OrderedDict()
        self.datagrams: OrderedDict[Key, tuple[int, float, bytearray, list[int]]] = OrderedDict()
        self.fragments = Fragments()
        self.kept = self.cut = self.broken = 0

    def take(self, packet: Packet) -> Iterator[Record]:
        """One packet."""
        self.cut += packet.cut
        s = segment(packet, self.fragments)
        if isinstance(s, str):
            self.broken += 1
        elif s and s.proto == "udp":
            self._udp(s, packet)
        elif s:
            yield from self._tcp(s, packet)

    def _tcp(self, s: Segment, packet: Packet) -> Iterator[Record]:
        there: Key = (s.src, s.sport, s.dst, s.dport)
        back: Key = (s.dst, s.dport, s.src, s.sport)
        key = there if there in self.streams else back
        stream = self.streams.get(key)
        opens = s.flags & 0x12 == 0x02
        if stream and opens and stream.ended:  # the same ports again
            yield from self._end(key)
            stream = None
        if stream is None:
            if not s.data and not opens:
                return
            # Without the opening packet the side with the well-known port is taken for the server.
            mine = opens or (s.flags & 0x12 != 0x12 and (s.dport < s.sport))
            key = there if mine else back
            stream = _Stream((key[0], key[1]), (key[2], key[3]), packet.t, packet.number, _Side(self.limits.stream), _Side(_SERVER))
            self.streams[key] = stream
            if len(self.streams) > self.limits.streams:
                yield from self._end(next(iter(self.streams)))
        side = stream.out if (s.src, s.sport) == stream.client else stream.back
        if s.flags & 0x02:
            side.next = (s.seq + 1) & 0xFFFFFFFF
        elif s.data:
            self.kept += side.add(s.seq, s.data, packet.t)
            if side is stream.out and side.full and not side.stuck:
                yield from self._drain(stream)
        if s.flags & 0x05:
            stream.ended += 1
            if s.flags & 0x04 or stream.ended >= 2:
                yield from self._end(key)
        while self.kept > self.limits.reassembly and self.streams:
            yield from self._end(next(iter(self.streams)))

    def _drain(self, stream: _Stream) -> Iterator[Record]:
        """A direction beyond its limit: whole requests are taken out, else the rest of it is only counted."""
        side = stream.out
        data = bytes(side.data)
        done = [r for r in wire.requests(data) if r.whole] if wire.is_http(data) else []
        if not done:
            side.stuck = True  # looked at once, not with every packet that follows
            return
        yield from self._http(stream, done)
        used = done[-1].end
        self.kept -= used
        side.data = bytearray(data[used:])
        side.marks = [(max(0, at - used), t) for at, t in side.marks if at >= used] or [(0, side.marks[-1][1])]
        side.full = len(side.data) > side.limit

    def _end(self, key: Key) -> Iterator[Record]:
        stream = self.streams.pop(key)
        self.kept -= len(stream.out.data) + len(stream.back.data)
        stream.out.close(stream.t)
        stream.back.close(stream.t)
        where = f"packet {stream.first}"
        if stream.out.gaps:
            yield Trouble("truncated", "packets are missing in a connection", where)
        data, (ip, port) = bytes(stream.out.data), stream.server
        if not data:
            return
        if stream.out.full:
            yield Trouble("too-large", "a connection", where)
        if wire.is_http(data):
            found = wire.requests(data)
            if found and found[-1].method == "CONNECT" and wire.is_tls(inner := data[found[-1].end :]):
                host, _, asked = found[-1].target.rpartition(":")
                answer = bytes(stream.back.data).partition(b"\r\n\r\n")[2]
                yield self._tls(stream, inner, answer, where, host, int(asked) if asked.isdigit() and len(asked) < 6 else port)
                return
            yield from self._http(stream, found)
        elif wire.is_tls(data):
            yield self._tls(stream, data, bytes(stream.back.data), where, "", port)
        else:
            yield Message(where, stream.t, "TCP", "tcp", self.names.get(ip, ""), port, "", [], data, True, ip, stream.out.total, stream.back.total)

    def _http(self, stream: _Stream, found: list[wire.Request]) -> Iterator[Record]:
        ip, port = stream.server
        for n, r in enumerate(found):
            where = f"packet {stream.first} request {n}"
            if r.method == "CONNECT":
                continue
            m = Message(where, stream.out.time(r.begin), r.method, "http", "", port, r.target, r.headers, r.body, True, ip, r.end - r.begin)
            if r.target.startswith(("http://", "https://")):
                m.to(r.target)
                m.clear = True
            else:
                m.host = m.header("host").lower().rsplit(":", 1)[0] if ":" in m.header("host") else m.header("host").lower()
                m.host = m.host or self.names.get(ip, "")
            m.bytes_in = stream.back.total // max(1, len(found))
            if not r.whole:
                yield Trouble("truncated", "a request is cut", where)
            yield m

    def _tls(self, stream: _Stream, data: bytes, answer: bytes, where: str, host: str, port: int) -> Connection:
        ip = stream.server[0]
        hello = wire.hello(data, answer)
        c = Connection(where, stream.t, "tcp", hello.sni or host or self.names.get(ip, ""), ip, port, hello.version or "tls",
                       wire.WEAK.get(hello.cipher, ""), stream.out.total, stream.back.total)  # fmt: skip
        key = (*stream.client, *stream.server)
        if key not in self.opened:
            c.opaque = "pinned" if hello.refused else "encrypted"
        else:
            c.bytes_out = 0  # its messages are counted
        return c

    def _udp(self, s: Segment, packet: Packet) -> None:
        if 53 in (s.sport, s.dport):
            for name, address in wire.dns_answers(s.data):
                if len(self.names) < 100_000:
                    self.names[str(ip_address(address))] = name
            return
        if s.sport in _QUIET or s.dport in _QUIET:
            return
        there: Key = (s.src, s.sport, s.dst, s.dport)
        back: Key = (s.dst, s.dport, s.src, s.sport)
        if back in self.datagrams:
            self.datagrams[back][3][1] += len(s.data)
            return
        if there not in self.datagrams:
            if len(self.datagrams) >= self.limits.streams:
                self.broken += 1
                return
            self.datagrams[there] = (packet.number, packet.t, bytearray(), [0, 0])
        _, _, data, sizes = self.datagrams[there]
        sizes[0] += len(s.data)
        if len(data) < _SERVER and self.kept < self.limits.reassembly:
            data += s.data
            self.kept += len(s.data)

    def finish(self) -> Iterator[Record]:
        """Connections that were still open, datagrams, and what of the packets could not be read."""
        for key in list(self.streams):
            yield from self._end(key)
        for (_, _, ip, port), (number, t, data, (out, back)) in self.datagrams.items():
            where, host = f"packet {number}", self.names.get(ip, "")
            if wire.is_quic(bytes(data[:64])):
                yield Connection(where, t, "udp", host, ip, port, "quic", "", out, back, "quic")
            elif wire.is_dtls(bytes(data[:16])):
                yield Connection(where, t, "udp", host, ip, port, "tls", "", out, back, "encrypted")
            elif port == 443 and data and data[0] & 0xC0 == 0x40:
                # Most likely HTTP/3 that was there before the recording; a short header proves nothing.
                yield Connection(where, t, "udp", host, ip, port, "", "", out, back, "custom")
            else:
                yield Message(where, t, "UDP", "udp", host, port, "", [], bytes(data), True, ip, out, back)
        if self.cut:
            yield Trouble("truncated", f"{self.cut} packets were cut while recording")
        if self.broken:
            yield Trouble("reader-limit", f"{self.broken} damaged packets or datagrams beyond the limit were left out")
        if lost := self.fragments.finish():
            yield Trouble("truncated", f"{lost} IP fragments are of datagrams that are not in the recording as a whole")
