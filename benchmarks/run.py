"""Benchmarks against named peers, in the same run on the same files.

    python benchmarks/run.py [equality] [speed] [scan] [sdk] [startup] [complete] [cache] [versions] [--manifest CSV] [--limit N] [--repeat N]

Ratios are what counts: machines are shared and noisy. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "inputs")]
import fetch  # noqa: E402

import peers  # noqa: E402
import startup  # noqa: E402

PARTS = ["equality", "speed", "scan", "sdk", "startup", "complete", "cache"]


def measure(what: str, path: Path, repeat: int = 1) -> dict[str, Any]:
    """Run measure.py; the run with the median CPU time."""
    runs = []
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join((str(HERE), os.environ.get("PYTHONPATH", "")))}
    for _ in range(repeat):
        done = subprocess.run(
            [sys.executable, str(HERE / "measure.py"), what, str(path)],
            env=env, capture_output=True, check=False, timeout=3600,
        )  # fmt: skip
        if done.returncode:
            return {"error": done.stderr.decode()[-300:]}
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return sorted(runs, key=lambda r: r["cpu"])[len(runs) // 2]


def apks(manifest: Path, limit: int) -> list[tuple[str, Path]]:
    """(name, file) of the APKs at hand, smallest first, each digest once."""
    seen: dict[str, tuple[str, Path]] = {}
    for row in fetch.rows(manifest):
        path = fetch.cached(row)
        if row["kind"] == "apk" and path.exists():
            seen[row["sha256"]] = (f"{row['package']}/{Path(row['path']).name}", path)
    found = sorted(seen.values(), key=lambda p: p[1].stat().st_size)
    return found[-limit:] if limit else found


def equality(files: list[tuple[str, Path]], androguard: bool) -> int:
    """Counts and sensitive callers against dexdump and androguard. Returns the differences."""
    print(
        f"\n== equality: dexdump {peers.dexdump_version()}, androguard {importlib.metadata.version('androguard')} =="
    )
    differences = compared = refused = 0
    ratios = []
    for name, path in files:
        try:
            ours = peers.our_counts(path)
        except Exception as e:
            refused += 1
            print(f"  {name}: not read by mingcha: {e}")
            continue
        theirs = peers.dexdump_totals(path)
        wrong = {k: (ours[k], theirs[k]) for k in peers.KEYS if ours[k] != theirs[k]}
        differences += len(wrong)
        compared += 1
        line = f"  {name}: dexdump {wrong if wrong else 'equal'}"
        if androguard:
            guard = measure("androguard", path)
            if "error" in guard:
                line += f"; androguard failed: {guard['error'].strip().splitlines()[-1][:90]}"
            else:
                keys = [k for k, n in guard["counts"].items() if n or k in ("instructions", "invokes")]
                keys = [k for k in keys if k not in ("types", "protos", "fields")]
                wrong = {k: (ours[k], guard["counts"][k]) for k in keys if ours[k] != guard["counts"][k]}
                callers = set(peers.our_callers(path)) ^ set(guard["callers"])
                differences += len(wrong) + len(callers)
                own = measure("tables", path)
                ratios.append(guard["cpu"] / max(own["cpu"], 1e-4))
                line += f"; androguard {wrong if wrong else 'equal'}, callers {len(guard['callers'])} "
                line += f"({'same' if not callers else f'{len(callers)} differ: {sorted(callers)[:2]}'}), {ratios[-1]:.0f}x"
        print(line, flush=True)
    print(f"  {compared} files compared, {refused} not readable, {differences} differences")
    if ratios:
        print(
            f"  AnalyzeAPK / tables and edges, CPU: median {statistics.median(ratios):.0f}x, min {min(ratios):.0f}x"
        )
    return differences


def speed(files: list[tuple[str, Path]], repeat: int) -> None:
    """Tables and edges against the physical floor and androguard; memory."""
    print(
        f"\n== speed: CPU ms, median of {repeat}; androguard {importlib.metadata.version('androguard')} once =="
    )
    print(
        f"  {'file':<58}{'dex MB':>7}{'floor':>8}{'ours':>8}{'x floor':>8}{'AnalyzeAPK':>12}{'ratio':>7}{'RSS/dex':>8}"
    )
    for name, path in files:
        low, ours = measure("floor", path, repeat), measure("tables", path, repeat)
        if "error" in low or "error" in ours or not ours["dex"]:
            continue
        guard = measure("androguard", path)
        ratio = f"{guard['cpu'] / ours['cpu']:.0f}x" if "cpu" in guard else "failed"
        print(
            f"  {name[:57]:<58}{ours['dex'] / 1e6:7.1f}{low['cpu'] * 1e3:8.1f}{ours['cpu'] * 1e3:8.1f}"
            f"{ours['cpu'] / low['cpu']:8.1f}{guard.get('cpu', 0) * 1e3:12.0f}{ratio:>7}{ours['rss'] / ours['dex']:8.1f}",
            flush=True,
        )


def _children(command: list[str]) -> tuple[float, float, int]:
    """(CPU, wall, exit) of a command with its children."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, done.returncode


def scan(files: list[tuple[str, Path]], repeat: int) -> None:
    """Whole commands as a user starts them: CPU seconds with the reading child."""
    print(f"\n== whole commands: CPU s and wall s, median of {repeat} ==")
    command = [str(Path(sys.executable).with_name("mingcha"))]
    cases = [("--help", [*command, "--help"])]
    cases += [(f"scan {name}", [*command, "scan", str(p), "--format", "json"]) for name, p in files]
    for name, line in cases:
        _children(line)
        runs = sorted(_children(line) for _ in range(repeat))
        cpu, wall, code = runs[len(runs) // 2]
        print(f"  {name[:70]:<72}{cpu:7.2f}{wall:7.2f}  exit {code}", flush=True)
    for name, path in files:
        got = measure("manifest", path, repeat)
        print(f"  manifest and certificates {name[:44]:<46}{got.get('cpu', -1):7.3f}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS)
    parser.add_argument("--manifest", type=Path, default=fetch.MANIFEST)
    parser.add_argument("--limit", type=int, default=0, help="only the N largest files")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--no-androguard", action="store_true")
    args = parser.parse_args()
    files = apks(args.manifest, args.limit)
    print(f"{len(files)} packages of {args.manifest.name}; Python {sys.version.split()[0]}")
    differences = 0
    if "equality" in args.parts:
        differences = equality(files, not args.no_androguard)
    if "speed" in args.parts:
        speed(files[-12:], args.repeat)
    if "scan" in args.parts:
        scan(files[-6:], args.repeat)
    if "startup" in args.parts:
        startup.truth()
    if "complete" in args.parts:
        startup.complete([f for f in files if f[1].stat().st_size > 1_000_000][-12:], measure, args.repeat)
    if "cache" in args.parts:
        startup.cached([f for f in files if f[1].stat().st_size > 1_000_000][-12:], args.repeat)
    if "sdk" in args.parts:
        import sdk_recall

        sdk_recall.main(args.manifest)
    if "versions" in args.parts:
        import sdk_versions

        sdk_versions.main(args.manifest)
    if "mega" in args.parts:
        import mega

        mega.main(args.manifest, repeat=args.repeat)
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
