"""Real packages for tests: named in manifest.csv, fetched by fetch.py, never committed."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from tests.inputs import fetch


@functools.cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(fetch.rows())


def real(name: str) -> Path:
    """Path of the cached file whose SHA-256 begins with `name`, or whose package/path contains it.

    Skips the calling test, visibly, where the file has not been fetched. An ambiguous or unknown
    name is an error of the test.
    """
    exact = [
        r for r in _rows() if r["sha256"].startswith(name) or f"{r['package']}/{r['path']}".endswith(name)
    ]
    hits = exact or [r for r in _rows() if name in f"{r['package']}/{r['path']}"]
    if len(hits) != 1:
        raise LookupError(f"{name!r} names {len(hits)} files of tests/inputs/manifest.csv")
    path = fetch.cached(hits[0])
    if not path.exists():
        pytest.skip(f"{hits[0]['package']} {hits[0]['path']} not fetched: run python tests/inputs/fetch.py")
    return path


def every(kind: str, least: int = 1) -> list[Path]:
    """Paths of all cached files of a kind (apk, sdk, hap); skips if fewer than `least` are there."""
    paths = [p for r in _rows() if r["kind"] == kind and (p := fetch.cached(r)).exists()]
    if len(paths) < least:
        pytest.skip(f"{len(paths)} files of kind {kind} fetched: run python tests/inputs/fetch.py")
    return paths
