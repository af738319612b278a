"""Mutated packages through the reading child: nothing may crash the parent, hang or leak.

    python benchmarks/fuzz.py [--count 10000] [--seed 1]

Seeds are the built samples. Every mutation is made from (seed, number), so that a case can be
made again with --only NUMBER. Exit 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from mingcha.errors import BadInput
from mingcha.extract import Worker, sniff

ROOT = Path(__file__).parents[1]
FAMILIES = ("dex", "axml", "arsc", "zip", "raw-dex", "class")
CHOICES = ("bytes", "bits", "header", "wipe", "cut", "splice", "insert", "extreme")


def mutate(data: bytes, rng: random.Random, keep: int = 0) -> bytes:
    """One mutation of a file; the first `keep` bytes stay."""
    out = bytearray(data)
    how = rng.choice(CHOICES)
    size = max(len(out), keep + 1)

    def at() -> int:
        return rng.randrange(min(keep, len(out) - 1), len(out))

    if how == "bytes":
        for _ in range(rng.choice((1, 3, 20, 200))):
            out[at()] = rng.randrange(256)
    elif how == "bits":
        for _ in range(rng.choice((1, 5, 50))):
            out[at()] ^= 1 << rng.randrange(8)
    elif how == "header":
        out[rng.randrange(min(keep, len(out) - 1), min(0x70, len(out)))] = rng.randrange(256)
    elif how == "wipe":
        p, n = at(), rng.choice((16, 256, 5000))
        out[p : p + n] = bytes(len(out[p : p + n]))
    elif how == "cut":
        del out[rng.randrange(size // 2, size) :]
    elif how == "splice":
        p, q, n = at(), at(), rng.choice((8, 64, 1024))
        out[p : p + n] = out[q : q + n]
    elif how == "insert":
        p = at()
        out[p:p] = rng.randbytes(rng.choice((1, 4, 64)))
    else:
        p = at() & ~3
        out[p : p + 4] = rng.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\0\0"))
    return bytes(out)


def rebuild(apk: bytes, member: str, data: bytes) -> bytes:
    """The archive with one member replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(apk)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, data if info.filename == member else old.read(info))
    return out.getvalue()


class Seeds:
    """The samples, with their parts."""

    def __init__(self) -> None:
        files = sorted(
            p for p in (ROOT / "samples").rglob("*") if p.suffix in (".apk", ".aar", ".jar", ".apks")
        )
        self.apks = [p.read_bytes() for p in files if p.suffix == ".apk"]
        self.libs = [p.read_bytes() for p in files if p.suffix in (".aar", ".jar")]
        self.every = [p.read_bytes() for p in files]
        if not self.apks:
            raise SystemExit("no samples: make samples")

    def make(self, family: str, rng: random.Random) -> bytes:
        """One mutated input of a family."""
        if family == "zip":
            return mutate(rng.choice(self.every), rng)
        if family == "class" and self.libs:
            lib = rng.choice(self.libs)
            with zipfile.ZipFile(io.BytesIO(lib)) as z:
                inner = [n for n in z.namelist() if n.endswith((".class", ".jar"))]
                member = rng.choice(inner)
                return rebuild(lib, member, mutate(z.read(member), rng, 4))
        apk = rng.choice(self.apks)
        with zipfile.ZipFile(io.BytesIO(apk)) as z:
            names = {
                "dex": [n for n in z.namelist() if n.endswith(".dex")],
                "raw-dex": [n for n in z.namelist() if n.endswith(".dex")],
                "axml": [n for n in z.namelist() if n.endswith(".xml")],
                "arsc": [n for n in z.namelist() if n == "resources.arsc"],
            }.get(family) or z.namelist()
            member = rng.choice(names)
            data = mutate(z.read(member), rng, 8 if "dex" in family else 0)
        return data if family == "raw-dex" else rebuild(apk, member, data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    args = parser.parse_args()
    seeds = Seeds()
    outcomes: Counter[tuple[str, str]] = Counter()
    dex_total = dex_partial = deaths = slow = 0
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    numbers = [args.only] if args.only is not None else range(args.count)
    with Worker(cpu=10, wall=30, memory=2048) as worker, tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "mutated.bin"
        for n in numbers:
            if n == 200:  # imports and the catalogue are in memory by now; what grows after is a leak
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            rng = random.Random(args.seed * 1_000_003 + n)
            family = FAMILIES[n % len(FAMILIES)]
            target.write_bytes(seeds.make(family, rng))
            began = time.perf_counter()
            try:
                kind = sniff(target)
            except BadInput as e:
                outcomes[family, f"refused: {e.code}"] += 1
                continue
            reading = worker.read(target, kind)
            slow = max(slow, time.perf_counter() - began)
            codes = {lim.code for lim in reading.exhibit.limitations} | {
                f["code"] for f in reading.facts if f["kind"] == "limitation"
            }
            died = codes & {"timeout", "memory", "crash"}
            if died:
                deaths += 1
                if deaths <= 20:
                    why = [f"{lim.code}: {lim.detail}" for lim in reading.exhibit.limitations if lim.code in died]
                    print(f"  case {n} ({family}): {'; '.join(why[:2]) or sorted(died)}")
            outcomes[family, "limited: " + sorted(died)[0] if died else reading.exhibit.status] += 1
            if family in ("dex", "raw-dex"):
                dex_total += 1
                package = next((f for f in reading.facts if f["kind"] == "package"), None)
                dex_partial += bool(package and package["strings"])
    wall = time.perf_counter() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    for (family, outcome), count in sorted(outcomes.items()):
        print(f"  {family:<8} {outcome:<28} {count}")
    share = dex_partial / max(dex_total, 1)
    print(
        f"{sum(outcomes.values())} inputs, seed {args.seed}, {wall:.0f} s, longest {slow:.2f} s; reader faults or limits {deaths}; "
        f"mutated DEX with partial facts {share:.1%} of {dex_total}; parent grew by {grown / 1024:.1f} MB after the first 200"
    )
    return 0 if share >= 0.95 and slow < 35 and grown < 64 * 1024 else 1


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
