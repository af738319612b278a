"""Recall, false hits and cost of the reader of network recordings.

    python benchmarks/traffic.py recall decoys moments speed

recall: 14 items × 16 encodings × 5 places, each in one request, in eight kinds of recording. decoys: 800 made-up
identities that are not the planted one, in every form. moments: 2,000 runs with consent, refusal and withdrawal, the
device's clock up to a day off, readings of both clocks with an error, entries out of order: how many sends are said to be
before or after consent, and how many of these wrongly. speed: CPU time for a HAR of 100,000 requests.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
import shutil
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.extract.traffic import make
from tests.extract.traffic.make import Request

from mingcha import catalogue
from mingcha.extract.behaviour import reader as logs
from mingcha.extract.join import join
from mingcha.extract.traffic import canary, reader

ITEMS = (
    "imei-1", "imsi", "iccid", "serial", "android-id", "oaid", "mac", "bssid", "phone", "id-card", "name", "address",
    "position", "clipboard",
)  # fmt: skip


def _digest(name: str, value: str) -> bytes:
    return hashlib.new(name, value.encode()).digest()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "case": lambda v: v.upper() if v.upper() != v else v.lower(),
    "url": lambda v: quote("".join(f"%{b:02x}" for b in v.encode()), safe=""),
    "unicode": lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
    "hex": lambda v: v.encode().hex(),
    "base64": lambda v: _b64(v.encode()),
    "base64 + 1": lambda v: _b64(b"x" + v.encode() + b"~~"),
    "base64 + 2": lambda v: _b64(b'{"' + v.encode() + b'"}'),
    "base64url": lambda v: base64.urlsafe_b64encode(b"\xfb\xff>" + v.encode()).decode(),
    "gzip": lambda v: _b64(gzip.compress(b'{"k":"' + v.encode() + b'"}', mtime=0)),
    "md5": lambda v: _digest("md5", v).hex(),
    "sha1": lambda v: _digest("sha1", v).hex().upper(),
    "sha256": lambda v: _b64(_digest("sha256", v)),
    "sha512": lambda v: _digest("sha512", v).hex(),
    "sm3": lambda v: _digest("sm3", v).hex(),
    "sha256(md5)": lambda v: hashlib.sha256(_digest("md5", v).hex().encode()).hexdigest(),
}


def _field(number: int, data: bytes) -> bytes:
    size = len(data)
    length = bytes((size,)) if size < 128 else bytes((size & 127 | 128, size >> 7))
    return bytes((number << 3 | 2,)) + length + data


def _json(target: str, v: str) -> Request:
    body = json.dumps({"a": 1, "b": {"c": [{"d": v}]}}, ensure_ascii=False).encode()
    return Request(target=target, body=body, headers=(("Content-Type", "application/json"),))


PLACES: dict[str, Callable[[str, str], Request]] = {
    "query": lambda t, v: Request("GET", target=f"{t}?x=1&k={quote(v, safe='')}"),
    "header": lambda t, v: Request("GET", target=t, headers=(("X-Lab", v),)),
    "json": _json,
    "form": lambda t, v: Request(target=t, body=f"x=1&k={quote(v, safe='')}".encode(), headers=(("Content-Type", "application/x-www-form-urlencoded"),)),
    "protobuf": lambda t, v: Request(target=t, body=b"\x08\x96\x01" + _field(2, _field(3, v.encode())), headers=(("Content-Type", "application/x-protobuf"),)),
}  # fmt: skip


def _requests(values: dict[str, str]) -> Iterator[tuple[str, Request]]:
    for item in ITEMS:
        for e, encode in enumerate(ENCODINGS.values()):
            coded = encode(values[item])
            for p, place in enumerate(PLACES.values()):
                target = f"/c/{item}/{e}/{p}"
                yield target, place(target, coded)


def _packets(requests: list[Request], secure: bool) -> tuple[list[bytes], bytes]:
    packets: list[bytes] = []
    keys = b""
    for n in range(0, len(requests), 40):
        part = [r.http() for r in requests[n : n + 40]]
        if secure:
            turns, log = make.tls(part)
            keys += log
        else:
            turns = [t for data in part for t in ((True, data), (False, make.ANSWER))]
        packets += make.connection(turns, sport=20000 + n, dport=443 if secure else 80)
    return packets, keys


def recordings(requests: list[Request]) -> dict[str, bytes]:
    """The same requests in every kind of recording."""
    plain = [r._replace(scheme="http") for r in requests]
    out = {
        "har": make.har(requests), "flows": make.flows(requests), "hook": make.hooks(requests),
        "http (pcap)": make.pcap(_packets(plain, False)[0]), "http (pcapng)": make.pcapng(_packets(plain, False)[0]),
        "http in fragments (pcap)": make.pcap(_fragments(_packets(plain, False)[0])),
    }  # fmt: skip
    if shutil.which("tshark"):
        packets, keys = _packets(requests, True)
        out["https with secrets (pcapng)"] = make.pcapng(packets, keys)
        out["https, HTTP/2, secrets"] = make.pcapng(*_h2(requests))
    return out


def _fragments(packets: list[bytes], size: int = 104) -> list[bytes]:
    """IPv4 packets in fragments, the last ones first."""
    out: list[bytes] = []
    for number, p in enumerate(packets):
        pieces = [
            struct.pack(">BBHHH", 0x45, 0, 20 + len(p[at : at + size]), number & 0xFFFF, (at - 20) // 8 | (at + size < len(p)) << 13)
            + p[8:20] + p[at : at + size]
            for at in range(20, len(p), size)
        ]  # fmt: skip
        out += reversed(pieces)
    return out


def _h2(requests: list[Request]) -> tuple[list[bytes], bytes]:
    packets: list[bytes] = []
    keys = b""
    for n in range(0, len(requests), 40):
        turns, log = make.tls([make.h2([r]) if k == 0 else make.h2([r], 2 * k + 1) for k, r in enumerate(requests[n : n + 40])])
        keys += log
        packets += make.connection(turns, sport=20000 + n, dport=443)
    return packets, keys


def _facts(data: bytes, sheet: Path, folder: Path) -> list[dict[str, Any]]:
    file = folder / "recording"
    file.write_bytes(data)
    facts: list[dict[str, Any]] = []
    reader.read(file, facts.extend, catalogue.load(), seeds=sheet)
    return facts


def recall(folder: Path) -> None:
    """Share of planted values found, per kind of recording; every miss is named."""
    rng = random.Random(7)
    (sheet := folder / "seeds.yml").write_text(canary.sheet(rng), "utf-8")
    values = {i: v for i, _, v in canary.identity(random.Random(7))}
    items = {i: item for i, item, _ in canary.identity(random.Random(7))}
    cases = list(_requests(values))
    for name, data in recordings([r for _, r in cases]).items():
        start = time.process_time()
        found = {(f["url"].partition("lab.example")[2], f["item"]) for f in _facts(data, sheet, folder) if f["kind"] == "transmit" and f["by"] == "seed"}
        missed = [t for t, _ in cases if (t, items[t.split("/")[2]]) not in found]
        wrong = [(t, i) for t, i in found if items[t.split("/")[2]] != i]
        print(f"recall {name:<28} {1 - len(missed) / len(cases):.4f} of {len(cases)}, {len(wrong)} wrong, {time.process_time() - start:.1f} CPU-s")
        for target in missed[:20]:
            _, _, item, e, p = target.split("/")
            print("  missed", item, list(ENCODINGS)[int(e)], list(PLACES)[int(p)])
        for pair in wrong[:5]:
            print("  wrong", pair)


def decoys(folder: Path, count: int = 800) -> None:
    """Hits on identities that were not planted."""
    (sheet := folder / "seeds.yml").write_text(canary.sheet(random.Random(7)), "utf-8")
    requests = []
    for n in range(count):
        values = {i: v for i, _, v in canary.identity(random.Random(1000 + n))}
        coded = {f"{i}.{e}": encode(v) for i, v in values.items() for e, encode in ENCODINGS.items()}
        requests.append(_json(f"/d/{n}", json.dumps(coded, ensure_ascii=False)))
    facts = _facts(make.har(requests), sheet, folder)
    hits = [f for f in facts if f["kind"] == "transmit" and f["by"] == "seed"]
    leads = sum(f["kind"] == "transmit" and f["by"] == "shape" for f in facts)
    print(f"decoys {count} identities, {count * 24 * 16} values: {len(hits)} hits, {leads} leads by shape")
    for hit in hits[:5]:
        print("  ", hit["item"], hit["form"], hit["place"])


LEGAL = {"consent-accepted": "consented", "consent-refused": "refused", "consent-withdrawn": "refused", "cancel-account": "after-cancel"}


def _truth(events: list[tuple[int, str]], ms: int) -> str:
    return next((LEGAL[name] for t, name in reversed(events) if t <= ms), "pre-consent")


def moments(folder: Path, runs: int = 2_000) -> None:
    """Sends before and after consent, told from a log with another clock."""
    (sheet := folder / "seeds.yml").write_text(canary.sheet(random.Random(7)), "utf-8")
    oaid = {i: v for i, _, v in canary.identity(random.Random(7))}["oaid"]
    loaded, rng, start = catalogue.load(), random.Random(11), time.process_time()
    told, wrong, near, far = Counter[str](), 0, 0, 0
    for _ in range(runs):
        base, skew, within = 1_795_759_200_000 + rng.randrange(10**9), rng.randrange(-86_400_000, 86_400_000), rng.choice((5, 50, 500, 5000))
        events = sorted((t, rng.choice(list(LEGAL))) for t in rng.sample(range(1_000, 110_000), rng.randrange(1, 4)))
        times = [rng.randrange(500, 119_000) for _ in range(6)] + [max(500, events[0][0] + rng.randrange(-2 * within, 2 * within)) for _ in range(4)]
        rng.shuffle(times)
        lines: list[dict[str, Any]] = [{"mingcha-behaviour": 1, "event": "run", "package": "com.lab.app", "consent_at_start": "none"}]
        lines += [{"event": name, "t": t * 10**6} for t, name in events]
        lines += [{"event": "clock-sync", "t": t * 10**6, "wall": base + skew + t, "recorder": base + t + rng.randint(-within, within), "within": within} for t in (0, 120_000)]
        rng.shuffle(lines)
        (folder / "log.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), "utf-8")
        entries = [
            {"startedDateTime": datetime.fromtimestamp((base + t) / 1000, UTC).isoformat(), "request": {"method": "GET", "url": f"https://a.lab.example/{t}?k={oaid}"}}
            for t in times
        ]  # fmt: skip
        (folder / "x.har").write_text(json.dumps({"log": {"entries": entries}}), "utf-8")
        facts: list[dict[str, Any]] = []
        reader.read(folder / "x.har", facts.extend, loaded, seeds=sheet)
        logs.read(folder / "log.jsonl", facts.extend, loaded)
        for f in join(facts):
            if f["kind"] == "transmit":
                t, state = int(f["url"].rpartition("/")[2]), f["state"]
                clear = all(abs(t - at) > 2 * within + 5 for at, _ in events)
                told[state], near, far = told[state] + 1, near + (not clear), far + clear
                wrong += state not in ("unknown", _truth(events, t)) or (clear and state == "unknown")
    shown = ", ".join(f"{k} {v}" for k, v in sorted(told.items()))
    print(f"moments {runs} runs, {near + far} sends ({near} within twice the bound of a change): {wrong} wrong; {shown}; {time.process_time() - start:.1f} CPU-s")


def speed(folder: Path, count: int = 100_000) -> None:
    """CPU time for a large HAR of ordinary reports, one in fifty with a planted value."""
    rng = random.Random(5)
    (sheet := folder / "seeds.yml").write_text(canary.sheet(random.Random(7)), "utf-8")
    values = [v for _, _, v in canary.identity(random.Random(7))]
    file = folder / "large.har"
    with file.open("wb") as f:
        f.write(b'{"log":{"version":"1.2","creator":{"name":"lab"},"entries":[')
        for n in range(count):
            body = {f"field_{k}": rng.choice((rng.random(), rng.randrange(10**9), f"value {rng.random()}", _b64(rng.randbytes(24)))) for k in range(20)}
            body["inner"] = json.dumps({"t": n, "model": "lab phone", "list": [rng.randrange(1000) for _ in range(10)]})
            if n % 50 == 0:
                body["k"] = rng.choice(values)
            entry = make.har([Request(target=f"/r/{n % 50}?sid={rng.randbytes(16).hex()}&v=1.2.3", headers=(("Content-Type", "application/json"), ("User-Agent", "lab/1.0")))])
            text = json.loads(entry)["log"]["entries"][0]
            text["request"]["postData"] = {"mimeType": "application/json", "text": json.dumps(body)}
            f.write((b"," if n else b"") + json.dumps(text).encode())
        f.write(b"]}}")
    loaded = catalogue.load()
    facts: list[dict[str, Any]] = []
    start = time.process_time()
    reader.read(file, facts.extend, loaded, seeds=sheet)
    spent = time.process_time() - start
    hits = sum(f["kind"] == "transmit" and f["by"] == "seed" for f in facts)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"speed {count} requests, {file.stat().st_size / 1e6:.0f} MB: {spent:.1f} CPU-s, {hits} hits of {-(-count // 50)}, peak {peak:.0f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for chosen in sys.argv[1:] or ("recall", "decoys", "moments", "speed"):
            {"recall": recall, "decoys": decoys, "moments": moments, "speed": speed}[chosen](Path(name))
