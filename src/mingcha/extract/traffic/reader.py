"""A recording of network traffic → facts: what was sent where, by which value it was known, what stayed closed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingcha.errors import BadInput
from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.notes import Notes, clip
from mingcha.extract.traffic import flows, forms, har, hooks, pcap, seeds, shapes
from mingcha.extract.traffic.message import Begin, Connection, Message, Record, Trouble
from mingcha.extract.traffic.party import Parties
from mingcha.extract.traffic.sniff import format_of
from mingcha.extract.traffic.unfold import Leaf, unfold
from mingcha.model import Exhibit, Limitation
from mingcha.plain import plain
from mingcha.store import sha256

Emit = Callable[[Iterable[dict[str, Any]]], None]
_READERS: dict[str, Callable[[Path, Limits], Iterator[Record]]] = {
    "har": har.records, "flows": flows.records, "hook": hooks.records, "pcap": pcap.records, "pcapng": pcap.records,
}  # fmt: skip
# Below this share of decoded bytes what was not found may well lie in the rest.
DECODED = 0.95
_FLOWS = 50_000  # different connections told
_CLEAN = 100_000  # texts remembered
_SHORT = 7  # characters of the shortest pattern: a degree with four decimals


def read(
    path: Path, emit: Emit, catalogue: Any, *, seeds: Path | None = None, limits: Limits = DEFAULT
) -> Exhibit:  # fmt: skip
    """Read one recording, emitting facts as they are found. BadInput where it is none, or `seeds` is no identity
    sheet. `catalogue` needs `items` and `sdks` only."""
    with path.open("rb") as f:
        kind = format_of(f.read(4096))
    if kind is None:
        raise BadInput(f"{path.name} 不是流量记录", f"{path.name} is no recording of traffic", code="unknown-kind")
    size = path.stat().st_size
    reading = _Reading(sha256(path), emit, catalogue, seeds, limits)
    if size > limits.recording:
        reading.notes.limitation("too-large", f"{size >> 30} GB")
    else:
        for record in _READERS[kind](path, limits):
            reading.take(record)
    reading.finish(kind)
    missing = tuple(Limitation(code=c, detail=d) for c, d in reading.notes.limitations)
    return Exhibit(
        kind="traffic", name=plain(path.name), sha256=reading.digest, size=size, reader="traffic",
        status="partly" if missing else "read", limitations=missing,
    )  # fmt: skip


@lru_cache(maxsize=2)
def _matcher(planted: tuple[seeds.Seed, ...]) -> forms.Matcher:
    """The patterns of a sheet, kept: a resident process reads many recordings of one device."""
    return forms.Matcher(planted)


@dataclass(slots=True)
class _Flow:
    where: str
    t: float
    bytes_out: int = 0
    bytes_in: int = 0
    messages: int = 0


class _Reading:
    """One recording while it is read."""

    def __init__(self, digest: str, emit: Emit, catalogue: Any, sheet: Path | None, limits: Limits) -> None:
        self.digest, self.limits, self.notes = digest, limits, Notes(limits)
        self._emit = emit
        self.parties = Parties(catalogue.sdks)
        self.keys = shapes.Lexicon(catalogue.items)
        self.matcher: forms.Matcher | None = None
        self.ca: str | None = None
        self.planted, self.items = 0, list[str]()
        self._sheet(sheet, catalogue.items)
        self.begin: float | None = None
        self.messages = self.decoded = self.closed = self.told = 0
        self.clean: set[str] = set()
        self.flows: dict[tuple[str, str, str, int, str, str | None], _Flow] = {}
        self.opaque: dict[tuple[str, str], tuple[str, float, int]] = {}
        self.weak: dict[tuple[str, str, str], tuple[str, float]] = {}
        if not self.parties.complete:
            self.notes.limitation("missing-part", "publicsuffixlist: registrable domains")

    def _sheet(self, path: Path | None, items: Any) -> None:
        if path is None:
            self.notes.limitation("no-seeds", "no identity sheet")
            return
        sheet = seeds.load(path, items)
        self.ca, self.planted = sheet.recording.ca, len(sheet.seeds)
        try:
            self.matcher = _matcher(tuple(sheet.seeds))
            self.items = sorted({seed.item for seed in sheet.seeds})
        except ImportError:
            self.planted = 0
            self.notes.limitation("missing-part", "pyahocorasick: planted values were not looked for")
        if "sm3" not in forms.HASHES:
            self.notes.limitation("missing-part", "SM3: digests of that kind were not looked for")

    def emit(self, kind: str, where: str, **fields: Any) -> None:
        """One fact."""
        self._emit([{"kind": kind, "exhibit": self.digest, "where": where} | fields])

    # ---- records -----------------------------------------------------------------------------------

    def take(self, record: Record) -> None:
        """One record of the format's reader."""
        if isinstance(record, Begin):
            self.begin = record.t
        elif isinstance(record, Trouble):
            self.notes.limitation(record.code, record.detail, record.where)
        elif isinstance(record, Message):
            self._message(record)
        else:
            self._connection(record)

    def _time(self, t: float | None) -> float:
        """Seconds since the recording began; its first record sets the beginning."""
        if t is None:
            return 0.0
        if self.begin is None:
            self.begin = t
        return round(max(0.0, t - self.begin), 3)

    def _flow(self, record: Message | Connection, proto: str, tls: str, sdk: str | None) -> _Flow | None:
        key = (proto, record.host or record.ip, record.ip, record.port, tls, sdk)
        flow = self.flows.get(key)
        if flow is None:
            if len(self.flows) >= _FLOWS:
                self.notes.limitation("reader-limit", "connections")
                return None
            flow = self.flows[key] = _Flow(record.where, self._time(record.t))
        flow.bytes_out += record.bytes_out
        flow.bytes_in += record.bytes_in
        flow.messages += isinstance(record, Message)
        return flow

    def _connection(self, c: Connection) -> None:
        t = self._time(c.t)
        before = ("tcp", c.host or c.ip, c.ip, c.port, "tls", None)
        if not c.opaque and c.tls and before in self.flows:  # read before its handshake was
            self.flows[(*before[:4], c.tls, None)] = self.flows.pop(before)
        if c.bytes_out or c.bytes_in or c.opaque:
            self._flow(c, c.proto, c.tls, None)
        if c.opaque:
            self._closed(c.opaque, c.host or c.ip, c.where, t, c.bytes_out)
        for weakness, detail in [*c.weak, *weaknesses(c.tls, c.cipher)]:
            self.weak.setdefault((c.host or c.ip, weakness, detail), (c.where, t))

    def _closed(self, reason: str, host: str, where: str, t: float, size: int) -> None:
        self.closed += size
        first = self.opaque.get((reason, host))
        self.opaque[reason, host] = (first[0], first[1], first[2] + size) if first else (where, t, size)

    def _message(self, m: Message) -> None:
        self.messages += 1
        t = self._time(m.t)
        sdk = self.parties.by_stack(m.stack) if m.stack else None
        tls = "" if m.clear else m.tls or "tls"
        self._flow(m, m.scheme if m.scheme in ("udp", "dns") else "tcp", tls, sdk)
        unfolded = unfold(m, self.limits)
        lost = sum(size for _, size in unfolded.opaque)
        for place, size in unfolded.opaque:
            self._closed("custom", m.host or m.ip, f"{m.where} {clip(place)}", t, size)
        self.decoded += max(0, m.bytes_out - lost)
        for code in sorted(unfolded.trouble):
            self.notes.limitation(code, "a message", m.where)
        for lib in sorted(unfolded.lacks):
            self.notes.limitation("missing-part", f"{lib}: bodies compressed so")
        if self.ca == "untrusted" and not m.clear and m.scheme in ("https", "wss"):
            self.weak.setdefault((m.host, "certificate-not-checked", ""), (m.where, t))
        self._found(m, unfolded.leaves, t, sdk)

    # ---- what was sent -----------------------------------------------------------------------------

    def _found(self, m: Message, leaves: list[Leaf], t: float, sdk: str | None) -> None:
        if not leaves:
            return
        hits = self._planted(leaves) if self.matcher else []
        taken = {n for _, _, n, _ in hits}
        party = None
        rows = [(self._seed(k), form_layers, n, datum) for k, form_layers, n, datum in hits]
        known = any(seed.item == "precise-location" for seed, *_ in rows)
        for seed, layers, n, datum in rows:
            party = party or self.parties.of(m.host or m.ip)
            self._transmit(m, t, leaves[n], party, sdk, seed.item, forms.form_of(layers), "seed", seed=seed.id, layers=list(layers), datum=datum or None)
        for lead in shapes.find(leaves, self.keys, taken):
            if known and lead.item == "precise-location":
                continue
            party = party or self.parties.of(m.host or m.ip)
            leaf = leaves[lead.leaf]
            self._transmit(m, t, leaf, party, sdk, lead.item, lead.form, "shape", seed=None, layers=list(leaf.layers), datum=None)

    def _seed(self, number: int) -> seeds.Seed:
        assert self.matcher
        return self.matcher.seeds[number]

    def _planted(self, leaves: list[Leaf]) -> list[tuple[int, tuple[str, ...], int, str]]:
        """(seed, encodings, leaf, datum) of each planted value: once per field, form and value, at the innermost
        place it was seen at."""
        assert self.matcher
        # Most values of a recording come again and again; what held nothing is not searched twice.
        clean = self.clean
        chosen = [n for n, leaf in enumerate(leaves) if len(leaf.text) >= _SHORT and leaf.text not in clean]
        starts, at = [], 0
        for n in chosen:
            starts.append(at)
            at += len(leaves[n].text) + 1
        hit: set[int] = set()
        text = "\0".join([leaves[n].text for n in chosen])
        found: dict[tuple[int, tuple[str, ...], int], None] = {}
        halves: dict[tuple[int, str, str], dict[tuple[str, ...], int]] = {}
        for begin, end, pattern in self.matcher.find(text):
            k = bisect_right(starts, begin) - 1
            n = chosen[k]
            leaf = leaves[n]
            if end > starts[k] + len(leaf.text):
                continue
            hit.add(n)
            layers = _essential(leaf.layers + pattern.layers)
            if pattern.part:
                halves.setdefault((pattern.seed, pattern.datum, pattern.part), {})[layers] = n
            else:
                found[pattern.seed, layers, n] = None
        if len(clean) < _CLEAN:
            clean.update(leaves[n].text for n in chosen if n not in hit and len(leaves[n].text) <= 200)
        for seed, layers, n in list(found):  # the same value, seen once more before it was decoded
            while (n := leaves[n].parent) >= 0:
                found.pop((seed, layers, n), None)
        out = [(seed, layers, n, "") for seed, layers, n in found]
        for (seed, datum, part), where in halves.items():
            if part == "lat" and (other := halves.get((seed, datum, "lon"))):
                layers = min(where, key=len)
                if not any(s == seed for s, *_ in out) and (layers in other or not datum):
                    out.append((seed, layers, where[layers], datum))
        return out

    def _transmit(self, m: Message, t: float, leaf: Leaf, party: Any, sdk: str | None, item: str, form: str, by: str, **more: Any) -> None:
        if self.told >= self.limits.facts_per_kind:
            self.notes.limitation("reader-limit", "transmissions")
            return
        self.told += 1
        default = {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(m.scheme)
        host = m.host or m.ip
        shown = f"{m.scheme or 'tcp'}://{host}{'' if m.port in (default, 0) else f':{m.port}'}{m.target.partition('?')[0]}"
        self.emit(
            "transmit", m.where, t=t, item=item, form=form, host=clip(host), party=party.party, vendor=party.vendor,
            clear=m.clear, by=by, state=None, at=None if m.t is None else round(m.t, 6), ip=clip(m.ip) or None, place=clip(leaf.place), url=clip(shown), domain=party.domain,
            sdk=sdk or party.sdk, **more,
        )  # fmt: skip

    # ---- the end -----------------------------------------------------------------------------------

    def finish(self, kind: str) -> None:
        """Facts about the recording as a whole."""
        for (proto, host, ip, port, tls, sdk), flow in self.flows.items():
            party = self.parties.of(host)
            self.emit("net-flow", flow.where, t=flow.t, proto=proto, host=clip(host), ip=clip(ip) or None, port=port, tls=tls or None,
                      bytes_out=flow.bytes_out, bytes_in=flow.bytes_in, messages=flow.messages, party=party.party,
                      vendor=party.vendor, domain=party.domain, sdk=sdk or party.sdk)  # fmt: skip
        for (host, weakness, detail), (where, t) in self.weak.items():
            party = self.parties.of(host)
            self.emit("tls-weakness", where, t=t, host=clip(host), weakness=weakness, detail=detail or None, party=party.party, vendor=party.vendor, sdk=party.sdk)
        for (reason, host), (where, t, size) in self.opaque.items():
            party = self.parties.of(host)
            self.emit("opaque", where, t=t, reason=reason, host=clip(host), bytes=size, party=party.party, vendor=party.vendor, sdk=party.sdk)
        total = self.decoded + self.closed
        share = round(self.decoded / total, 4) if total else (0.0 if self.opaque else 1.0)
        if share < DECODED or (self.opaque and not total):
            self.notes.limitation("undecoded", f"{share:.0%} of what was sent could be read")
        begin = datetime.fromtimestamp(self.begin, UTC).isoformat() if self.begin is not None and 0 <= self.begin < 1 << 34 else None
        self.emit("capture", "", format=kind, messages=self.messages, bytes=total, decoded_share=share, begin=begin,
                  seeds=self.planted, items=self.items, ca=self.ca)  # fmt: skip
        for code, detail, where in self._limitations():
            self.emit("limitation", where, code=code, detail=detail)

    def _limitations(self) -> list[tuple[str, str, str]]:
        return [(str(f["code"]), str(f["detail"]), str(f["where"])) for f in self.notes.facts(self.digest) if f["kind"] == "limitation"]


def _essential(layers: tuple[str, ...]) -> tuple[str, ...]:
    """Without the way in which a digest is written: hexadecimal, base64 and bytes are the same digest."""
    for n, layer in enumerate(layers):
        if layer in forms.HASHES:
            kept = n
            while kept and layers[kept - 1] in ("hex", "base64", "base64url"):
                kept -= 1
            return layers[:kept] + layers[n:]
    return layers


_OLD = {"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"}
_WEAK = ("RC4", "3DES", "DES-", "DES_", "NULL", "EXPORT", "EXP-", "ANON", "ADH-", "AECDH", "MD5", "IDEA", "SEED")


def weaknesses(version: str, cipher: str) -> list[tuple[str, str]]:
    """(weakness, detail) of what a connection spoke: versions below TLS 1.2 (RFC 8996), suites that RFC 7465 and
    RFC 9325 forbid."""
    out = []
    if version in _OLD:
        out.append(("old-version", version))
    if any(word in cipher.upper() for word in _WEAK):
        out.append(("weak-cipher", cipher))
    return out
