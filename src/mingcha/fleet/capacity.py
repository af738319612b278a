"""`mingcha fleet plan`: from counts, sizes, deadline and line to hours, bytes and machines.

The cost of an item comes from what this host has inspected: seconds of CPU = a + b × MB of package, by least squares
over the journal of a store. Without such a journal there is no plan: a figure from another machine would be a guess.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import msgspec

from mingcha.errors import BadInput
from mingcha.fleet.journal import Journal

LEAST = 20  # inspections that a cost is measured from
SHARE = 0.7  # of a machine's time that goes into inspecting
DAY = 86_400


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of an item: `item` + `mb` for each MB (10^6 bytes) of its package. `measured` items."""

    item: float
    mb: float
    measured: int
    store_bytes: float
    """Bytes that an inspection takes in the store."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a fleet of that size takes. `machines` keep the deadline with both processors and line; hours are of one."""

    apps: int
    cpu_hours: float
    one_machine_hours: float
    packages_tb: float
    transfer_hours: float
    store_gb: float
    machines: int
    line_keeps_deadline: bool
    bound_by: str


def fit(points: list[tuple[float, float]]) -> tuple[float, float]:
    """(a, b) of cpu = a + b × MB, neither below zero."""
    n, sx, sy = len(points), sum(x for x, _ in points), sum(y for _, y in points)
    sxx, sxy = sum(x * x for x, _ in points), sum(x * y for x, y in points)
    spread = n * sxx - sx * sx
    b = (n * sxy - sx * sy) / spread if spread > 1e-9 else 0.0
    a = (sy - b * sx) / n
    if a < 0 and sxx:
        return 0.0, sxy / sxx
    return (a, b) if b >= 0 else (sy / n, 0.0)


def measured(root: Path) -> Cost:
    """The cost that this store's journal shows. BadInput where it shows too little."""
    points: list[tuple[float, float]] = []
    if (root / "fleet" / "journal.sqlite").is_file():
        journal = Journal(root)
        points = [(b / 1e6, c) for b, c in journal.rows("select bytes, cpu from done where cpu > 0 order by at desc limit 100000")]
        journal.close()
    if len(points) < LEAST:
        raise BadInput(
            f"{root} 的检测不足 {LEAST} 个，无法估算", f"fewer than {LEAST} inspections in {root}: nothing to estimate from",
            {"zh": "先用 mingcha fleet run 在本机检测一批样本", "en": "run mingcha fleet run over a sample on this machine first"}, code="not-measured",
        )  # fmt: skip
    a, b = fit(points)
    return Cost(item=a, mb=b, measured=len(points), store_bytes=_store_bytes(root))


def _store_bytes(root: Path, most: int = 200) -> float:
    from mingcha.fleet import commit

    total = seen = 0
    for folder in commit.runs(root):
        total += sum(e.stat().st_size for e in os.scandir(folder))
        seen += 1
        if seen >= most:
            break
    return total / seen if seen else 0.0


def plan(cost: Cost, *, apps: int, mb: float, days: float, mbit: float, cores: int) -> Plan:
    """What `apps` packages of `mb` MB each take on machines of `cores` processors, over a line of `mbit` Mbit/s, within
    `days`."""
    cpu = apps * (cost.item + cost.mb * mb)
    one = cpu / (cores * SHARE)
    transfer = apps * mb * 8 / mbit
    deadline = days * DAY
    return Plan(
        apps=apps, cpu_hours=cpu / 3600, one_machine_hours=one / 3600, packages_tb=apps * mb / 1e6, transfer_hours=transfer / 3600,
        store_gb=apps * cost.store_bytes / 1e9, machines=max(1, math.ceil(one / deadline)), line_keeps_deadline=transfer <= deadline,
        bound_by="line" if transfer > one / max(1, math.ceil(one / deadline)) else "processors",
    )  # fmt: skip
