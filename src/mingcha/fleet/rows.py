"""A stored run as rows: one of `inspections`, some of `findings`, `sdks` and `calls`, and counts of all outcomes."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mingcha import packed, store

COLUMNS: dict[str, dict[str, str]] = {
    "inspections": {
        "run": "VARCHAR", "month": "VARCHAR", "at": "VARCHAR", "sha256": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR",
        "id": "VARCHAR", "version": "VARCHAR", "version_code": "BIGINT", "app_type": "SMALLINT", "size": "BIGINT",
        "signer": "VARCHAR", "store": "VARCHAR", "ended": "VARCHAR", "sandbox": "VARCHAR", "engine": "VARCHAR",
        "catalogue": "VARCHAR", "judged_at": "VARCHAR", "failed": "SMALLINT", "limitations": "VARCHAR[]",
    },
    "findings": {
        "run": "VARCHAR", "month": "VARCHAR", "rule": "VARCHAR", "rule_version": "SMALLINT", "scenario": "VARCHAR",
        "outcome": "VARCHAR", "confidence": "VARCHAR", "severity": "VARCHAR", "evidence": "INTEGER",
    },
    "sdks": {
        "run": "VARCHAR", "month": "VARCHAR", "sdk": "VARCHAR", "sdk_name": "VARCHAR", "version": "VARCHAR",
        "low": "VARCHAR", "high": "VARCHAR", "state": "VARCHAR", "confidence": "VARCHAR",
    },
    "calls": {
        "run": "VARCHAR", "month": "VARCHAR", "item": "VARCHAR", "api": "VARCHAR", "owner_kind": "VARCHAR", "owner": "VARCHAR",
        "seen": "VARCHAR", "times": "INTEGER",
    },
    "tallies": {
        "month": "VARCHAR", "store": "VARCHAR", "app_type": "SMALLINT", "rule": "VARCHAR", "outcome": "VARCHAR", "inspections": "INTEGER",
    },
}  # fmt: skip
"""Tables and their columns. `seen` of a call: pre-consent or refused (observed while the app ran), reachable (a static
path from start-up that no act of the user guards: a lead, no proof), guarded, needs-run, not-reachable, or another
observed state. `findings` holds what failed or is a lead; what passed or was not seen is counted in `tallies`."""

_WANTED = tuple(f'"kind":"{k}"'.encode() for k in ("sdk", "startup-path", "behaviour"))


_EARLY = ("alpha", "beta", "rc", "snapshot", "pre", "preview", "dev")


def comparable(version: str | None) -> str | None:
    """A version as text that sorts like it: numbers padded, 1.2 before 1.2.1 and after 1.2-beta, 1.2 and 1.2.0 the same.
    None for what is no version."""
    parts = re.findall(r"\d+|[a-z]+", (version or "").lower())[:10]
    if not parts or not parts[0].isdigit():
        return None
    at = next((n for n, p in enumerate(parts) if p in _EARLY), len(parts))
    numbers = [p for p in parts[:at] if p.isdigit()]
    while len(numbers) > 1 and not int(numbers[-1]):
        numbers.pop()
    # "!" sorts before "-", and that before ".".
    return ".".join(map(_padded, numbers)) + ("!" + ".".join(map(_padded, parts[at:])) if at < len(parts) else "-")


def _padded(part: str) -> str:
    return part[:12].zfill(12) if part.isdigit() else part[:12]


def of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows by table. BadInput or OSError where the run is damaged."""
    run = msgspec.json.decode((folder / "run.json").read_bytes(), type=store.Run)
    result = packed.slim(folder)
    month, subject, shop = run.at[:7], run.subject, run.labels.get("store", "")
    findings = [
        {
            "run": run.id, "month": month, "rule": f["rule"], "rule_version": f["version"], "scenario": f["scenario"],
            "outcome": f["outcome"], "confidence": f["confidence"], "severity": f["severity"], "evidence": f["evidence_total"],
        }
        for f in result["findings"] if f["outcome"] == "failed" or (f["outcome"] == "cantTell" and "suspect" in f["reasons"])
    ]  # fmt: skip
    tool = result["tool"]["catalogue"]
    inspection = {
        "run": run.id, "month": month, "at": run.at, "sha256": subject.sha256, "kind": subject.kind, "name": subject.name,
        "id": subject.id, "version": subject.version, "version_code": subject.version_code, "app_type": subject.app_type,
        "size": subject.size, "signer": subject.signers[0].sha256 if subject.signers else None, "store": shop,
        "ended": run.ended, "sandbox": run.sandbox, "engine": run.engine, "catalogue": tool["digest"], "judged_at": tool["at"],
        "failed": sum(f["outcome"] == "failed" for f in findings),
        "limitations": sorted({lim.code for e in run.exhibits for lim in e.limitations}),
    }  # fmt: skip
    sdks, calls = [], Counter[tuple[str, str, str, str, str]]()
    for fact in _facts(folder):
        if fact["kind"] == "sdk":
            versions = [fact["version"]] if fact.get("version") else fact.get("versions") or []
            keys = sorted(k for v in versions if (k := comparable(v)))
            sdks.append({
                "run": run.id, "month": month, "sdk": fact["id"], "sdk_name": fact["name"], "version": fact.get("version"),
                "low": keys[0] if keys else None, "high": keys[-1] if keys else None, "state": fact.get("state"),
                "confidence": fact["confidence"],
            })  # fmt: skip
        else:
            owner = fact.get("owner") or {}
            seen = fact["verdict"] if fact["kind"] == "startup-path" else fact["state"]
            calls[fact.get("item") or "", fact["api"], owner.get("kind", ""), owner.get("id", ""), seen] += 1
    told = [
        {"run": run.id, "month": month, "item": item, "api": api, "owner_kind": kind, "owner": owner, "seen": seen, "times": n}
        for (item, api, kind, owner, seen), n in sorted(calls.items())
    ]
    tallies = [
        {"month": month, "store": shop, "app_type": subject.app_type, "rule": f["rule"], "outcome": f["outcome"], "inspections": 1}
        for f in result["findings"]
    ]
    return {"inspections": [inspection], "findings": findings, "sdks": sdks, "calls": told, "tallies": tallies}


def _facts(folder: Path) -> Iterator[dict[str, Any]]:
    """Facts of the kinds that have a table; the others are not even decoded."""
    with gzip.open(folder / "facts.jsonl.gz") as f:
        for line in f:
            if any(kind in line[:200] for kind in _WANTED):
                fact = msgspec.json.decode(line)
                if fact["kind"] in ("sdk", "startup-path", "behaviour"):
                    yield fact
