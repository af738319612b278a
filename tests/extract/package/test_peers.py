"""Tables and edges against dexdump and androguard on the real packages of tests/inputs.

Both peers are run on the same bytes; the counts of every DEX file and the callers of every
sensitive API must be the same. What a peer cannot read is skipped with its error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mingcha.extract.package.dex import tables
from tests.inputs import fetch

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import peers  # noqa: E402

APKS = [r for r in fetch.rows() if r["kind"] == "apk"]
# Parsed by androguard into more than a gigabyte of objects: left to `make bench`.
HEAVY = 12_000_000


def path_of(row: dict[str, str]) -> Path:
    path = fetch.cached(row)
    if not path.exists():
        pytest.skip("not fetched: run python tests/inputs/fetch.py")
    return path


def name(row: dict[str, str]) -> str:
    return f"{row['package']}/{Path(row['path']).name}"


@pytest.mark.real
@pytest.mark.parametrize("row", APKS, ids=name)
def test_counts_equal_dexdump(row: dict[str, str]) -> None:
    if peers.dexdump_version() is None:
        pytest.skip("dexdump is not installed")
    for member, data in peers.dex_members(path_of(row)):
        ours = tables.read(member, data).counts
        assert {k: getattr(ours, k) for k in peers.KEYS} == peers.dexdump_counts(data), member


@pytest.mark.real
@pytest.mark.parametrize("row", [r for r in APKS if int(r["bytes"]) < HEAVY], ids=name)
def test_counts_and_sensitive_callers_equal_androguard(row: dict[str, str]) -> None:
    path = path_of(row)
    if not list(peers.dex_members(path)):
        pytest.skip("no DEX file")
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "measure.py"), "androguard", str(path)],
        capture_output=True, check=False, timeout=900, env={"PYTHONPATH": str(BENCHMARKS), "PATH": "/usr/bin"},
    )  # fmt: skip
    if done.returncode:
        pytest.skip("androguard cannot read it: " + done.stderr.decode().strip().splitlines()[-1][:120])
    theirs: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    ours = peers.our_counts(path)
    keys = [k for k in peers.KEYS if k not in ("types", "protos", "fields")]
    assert {k: ours[k] for k in keys} == {k: theirs["counts"][k] for k in keys}
    assert peers.our_callers(path) == theirs["callers"]
