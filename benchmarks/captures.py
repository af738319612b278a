"""Our reader of captures beside tshark, over a folder of real ones.

    python benchmarks/captures.py FOLDER

Compares names in TLS handshakes over TCP, HTTP/1 requests in the clear and the number of QUIC flows, names every file
in which they differ, and prints the CPU time of both. The captures of nDPI's source package (tests/pcap; `apt-get source
ndpi`) are what the figures of docs/traffic.md were taken on; none is part of this project.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from mingcha.extract.limits import DEFAULT
from mingcha.extract.traffic import pcap, sniff
from mingcha.extract.traffic.message import Connection, Message

ITEM = "\x1f"


class Seen(NamedTuple):
    """names: of handshakes; requests: (method, host, target without scheme and host); quic: flows."""

    names: set[str]
    requests: Counter[tuple[str, str, str]]
    quic: int


def ours(path: Path) -> Seen:
    """What our reader sees."""
    names, found, quic = set(), Counter[tuple[str, str, str]](), 0
    for r in pcap.records(path, DEFAULT):
        if isinstance(r, Message) and r.scheme == "http":
            found[request(r.method, r.header("host"), r.target)] += 1
        elif isinstance(r, Connection):
            quic += r.tls == "quic"
            if r.host and r.proto == "tcp":
                names.add(r.host)
    return Seen(names, found, quic)


def theirs(path: Path) -> Seen:
    """What tshark sees."""
    names = {n.lower() for (cell,) in fields(path, "tls.handshake.type==1 && tcp && !quic", "tls.handshake.extensions_server_name") for n in cell.split(ITEM) if n}
    found = Counter[tuple[str, str, str]]()
    for cells in fields(path, "http.request && tcp && !ssdp", "http.request.method", "http.host", "http.request.uri"):
        methods, hosts, targets = (c.split(ITEM) for c in cells)
        for n, method in enumerate(methods):
            found[request(method, hosts[n] if n < len(hosts) else "", targets[n] if n < len(targets) else "")] += 1
    return Seen(names, found, len(set(map(tuple, fields(path, "(quic || gquic) && udp", "udp.stream")))))


def request(method: str, host: str, target: str) -> tuple[str, str, str]:
    return method, host, re.sub(r"^https?://[^/]*", "", target)


def fields(path: Path, wanted: str, *names: str) -> list[list[str]]:
    """Rows of tshark."""
    asked = [part for name in names for part in ("-e", name)]
    command = ["tshark", "-n", "-r", str(path), "-Y", wanted, "-T", "fields", "-E", "separator=/t", "-E", f"aggregator={ITEM}", *asked]
    out = subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace")
    return [line.split("\t") for line in out.split("\n") if line]


def main() -> int:
    """Compare; the status is 0 where nothing ended in an exception."""
    if len(sys.argv) != 2 or not shutil.which("tshark"):
        print(__doc__ if len(sys.argv) != 2 else "tshark is not installed")
        return 2
    total, crashed = Counter[str](), 0
    for path in sorted(p for p in Path(sys.argv[1]).rglob("*") if p.is_file()):
        with path.open("rb") as f:
            if sniff.format_of(f.read(4096)) not in ("pcap", "pcapng"):
                continue
        started = time.process_time()
        try:
            mine = ours(path)
        except Exception as e:  # what this benchmark is there to find
            print(f"{path.name}: {type(e).__name__}: {e}")
            crashed += 1
            continue
        cpu = time.process_time() - started
        other = theirs(path)
        lost, missed, more = other.names - mine.names, other.requests - mine.requests, mine.requests - other.requests
        total.update({
            "captures": 1, "ms": round(cpu * 1000), "names": len(other.names), "names missed": len(lost), "requests": other.requests.total(),
            "requests missed": missed.total(), "requests beyond": more.total(), "QUIC flows": other.quic, "QUIC flows of ours": mine.quic,
        })  # fmt: skip
        if lost or missed or more or other.quic != mine.quic:
            print(f"{path.name}: names missed {sorted(lost)}, requests missed {list(missed)}, beyond {list(more)}, QUIC {other.quic} and {mine.quic}")
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(", ".join(f"{k} {v}" for k, v in total.items()))
    print(f"crashes {crashed}; CPU: ours {total['ms'] / 1000:.1f} s, tshark {child.ru_utime + child.ru_stime:.1f} s")
    return 1 if crashed else 0


if __name__ == "__main__":
    raise SystemExit(main())
