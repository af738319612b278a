"""Start-up reachability: the ground truth of samples/startup, the cost of a complete inspection, the cache.

    python benchmarks/run.py startup complete cache
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

HOME = Path(__file__).parents[1] / "samples" / "startup"
Measure = Callable[..., dict[str, Any]]


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.S)


def truth() -> None:
    """What the engine says of every planted call, against what is true."""
    from mingcha import catalogue
    from mingcha.extract.package import reader

    loaded = catalogue.load()
    tally: Counter[str] = Counter()
    start = time.process_time()
    for file in sorted(HOME.glob("expected*.yml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            facts: list[dict[str, Any]] = []
            for name in case["files"]:
                reader.read(HOME / name, facts.extend, loaded)
            paths = [f for f in facts if f["kind"] == "startup-path"]
            for want in case["paths"]:
                caller = _glob(want["caller"])
                got = {f["verdict"] for f in paths if f["item"] == want["item"] and caller.fullmatch(f["caller"])}
                right = bool(got) and got <= {want["verdict"], *want.get("accept", [])}
                tally["all"] += 1
                tally["all right"] += right
                tally[want["verdict"]] += 1
                tally[f"{want['verdict']} right"] += right
                if not right:
                    print(f"  {name}: {want['caller']} {want['item']} is {want['verdict']}, said {sorted(got)}")
                if want.get("cha_only") or want.get("click_only"):
                    tally["never"] += 1
                    tally["never said reachable"] += "reachable" in got
                if case.get("preset"):
                    tally["preset"] += 1
                    tally["preset said guarded"] += "guarded" in got
    print(f"\n== start-up: {tally['all']} planted calls, {time.process_time() - start:.1f} CPU-s ==")
    for verdict in ("reachable", "guarded", "not-reachable", "needs-run"):
        print(f"  {verdict:<14} {tally[f'{verdict} right']} of {tally[verdict]} right ({tally[f'{verdict} right'] / max(tally[verdict], 1):.1%})")
    print(f"  planted CHA-only and click-only calls said reachable: {tally['never said reachable']} of {tally['never']}")
    print(f"  flags set before the dialog said guarded: {tally['preset said guarded']} of {tally['preset']}")


def complete(files: list[tuple[str, Path]], measure: Measure, repeat: int) -> None:
    """Everything the reader does, start-up reach included, against the floor and androguard with its graph; and
    what compares with the peer's work alone: digest, manifest, tables, edges, sensitive calls, reach, a path each."""
    print(f"\n== complete inspection in one process: CPU ms, median of {repeat}; androguard with call graph once ==")
    print(f"  {'file':<46}{'dex MB':>7}{'floor':>7}{'reach':>7}{'x floor':>8}{'plain':>8}{'x floor':>8}{'fast':>8}{'x floor':>8}{'androguard':>12}{'/reach':>8}{'/plain':>8}{'/fast':>7}{'RSS MB':>8}")
    plain, fast, alike = [], [], []
    for name, path in files:
        low = measure("floor", path, repeat)
        ours, quick = measure("engine", path, repeat), measure("fast-engine", path, repeat)
        same = measure("reach", path, repeat)
        if "error" in low or "error" in ours or not low.get("dex"):
            continue
        guard = measure("androguard-graph", path)
        peer = guard.get("cpu", 0.0)
        line = f"  {name[:45]:<46}{low['dex'] / 1e6:7.1f}{low['cpu'] * 1e3:7.0f}"
        line += f"{same['cpu'] * 1e3:7.0f}{same['cpu'] / low['cpu']:8.1f}" if "cpu" in same else f"{'-':>7}{'-':>8}"
        line += f"{ours['cpu'] * 1e3:8.0f}{ours['cpu'] / low['cpu']:8.1f}"
        line += f"{quick['cpu'] * 1e3:8.0f}{quick['cpu'] / low['cpu']:8.1f}" if "cpu" in quick else f"{'-':>8}{'-':>8}"
        if peer:
            plain.append(peer / ours["cpu"])
            line += f"{peer * 1e3:12.0f}"
            if "cpu" in same:
                alike.append(peer / same["cpu"])
                line += f"{alike[-1]:7.0f}x"
            line += f"{plain[-1]:7.0f}x"
            if "cpu" in quick:
                fast.append(peer / quick["cpu"])
                line += f"{fast[-1]:6.0f}x"
        else:
            line += f"{'failed':>12}{'':>15}"
        print(f"{line}{ours['rss'] / 1e6:8.0f}", flush=True)
    if alike:
        print(f"  androguard / reach: median {statistics.median(alike):.0f}x, min {min(alike):.0f}x")
    if plain:
        print(f"  androguard / plain: median {statistics.median(plain):.0f}x, min {min(plain):.0f}x")
    if fast:
        print(f"  androguard / fast: median {statistics.median(fast):.0f}x, min {min(fast):.0f}x")
    print(f"  dexpp needs Python 3.14 or later; this is {sys.version.split()[0]}")


def cached(files: list[tuple[str, Path]], repeat: int) -> None:
    """A second inspection of the same code."""
    from mingcha import catalogue
    from mingcha.extract.cache import Cache, store
    from mingcha.extract.package import reader

    loaded = catalogue.load()
    reader.reference(loaded)
    print("\n== cache: first and second inspection in one process, CPU ms ==")
    shares = []
    for name, path in files:
        with tempfile.TemporaryDirectory() as d:
            folder = Path(d)
            cache = Cache(folder, lambda key, data, to=folder: store(to, key, data, 10**9))  # type: ignore[misc]
            runs = []
            for _ in range(1 + repeat):
                start = time.process_time()
                reader.read(path, [].extend, loaded, cache)
                runs.append(time.process_time() - start)
        shares.append(statistics.median(runs[1:]) / runs[0])
        print(f"  {name[:60]:<62}{runs[0] * 1e3:8.0f}{statistics.median(runs[1:]) * 1e3:8.0f}{shares[-1]:8.0%}", flush=True)
    if shares:
        print(f"  second / first: median {statistics.median(shares):.0%}, most {max(shares):.0%}")
