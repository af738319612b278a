"""Start-up reachability against the cases of samples/startup: what is true of each was told from its source."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mingcha import catalogue
from tests.samples.test_samples import AT, SAMPLES, glob, read

HOME = SAMPLES / "startup"
VERDICTS = ("reachable", "guarded", "not-reachable", "needs-run")
KEYS = {
    "caller", "item", "verdict", "entry_kind", "step", "guard", "guard_kind", "accept", "todo", "cha_only", "click_only",
}  # fmt: skip
Row = dict[str, Any]


@functools.cache
def cases() -> tuple[Row, ...]:
    files = sorted(HOME.glob("expected*.yml"))
    return tuple(case for f in files for case in yaml.safe_load(f.read_text(encoding="utf-8")))


def rows() -> Iterator[tuple[Row, Row]]:
    """(case, path) of all cases."""
    for case in cases():
        for row in case["paths"]:
            yield case, row


def name(case: Row) -> str:
    return Path(case["files"][0]).stem


def parameters() -> list[Any]:
    return [
        pytest.param(case, row, id=f"{name(case)}: {row['caller']} {row['item']}") for case, row in rows()
    ]


def facts(case: Row, row: Row) -> list[Row]:
    """The start-up facts that a row is about."""
    return [
        dict(fact)
        for fact in read(HOME / case["files"][0]).facts
        if fact["kind"] == "startup-path"
        and fact["item"] == row["item"]
        and glob(row["caller"]).fullmatch(str(fact["caller"]))
    ]


def faults(row: Row, fact: Row) -> list[str]:
    """Where a fact departs from what is true."""
    out = []
    accepted = row.get("accept") or [row["verdict"]]
    if fact["verdict"] not in accepted:
        out.append(f"verdict {fact['verdict']}, not {' or '.join(accepted)}")
    if fact["verdict"] != row["verdict"]:
        return out
    if "entry_kind" in row and fact["entry_kind"] != row["entry_kind"]:
        out.append(f"entry_kind {fact['entry_kind']}, not {row['entry_kind']}")
    if "step" in row:
        wanted = row["step"] if isinstance(row["step"], list) else [row["step"]]
        if not any(str(s).partition(":")[0] in wanted for s in fact["steps"]):
            out.append(f"steps {fact['steps']} without {' or '.join(wanted)}")
    if "guard" in row and not glob(row["guard"]).fullmatch(str(fact.get("guard"))):
        out.append(f"guard {fact.get('guard')}, not {row['guard']}")
    if "guard_kind" in row and fact.get("guard_kind") != row["guard_kind"]:
        out.append(f"guard_kind {fact.get('guard_kind')}, not {row['guard_kind']}")
    return out


def shown(case: Row, fact: Row) -> str:
    path = "\n".join(f"    {s:24} {m}" for s, m in zip(fact["steps"], fact["path"], strict=False))
    rest = {
        k: fact.get(k)
        for k in ("verdict", "entry", "entry_kind", "guard", "guard_kind", "guard_set", "blind")
    }
    return f"{name(case)}: {case['why']}\n  {rest}\n{path}"


def check(case: Row, row: Row) -> list[str]:
    """What is wrong about a row, in words; nothing if all is right."""
    found = facts(case, row)
    if len(found) != 1:
        return [f"{name(case)}: {len(found)} facts of {row['caller']} {row['item']}, not 1"]
    wrong = faults(row, found[0])
    return [*wrong, shown(case, found[0])] if wrong else []


@pytest.mark.parametrize(("case", "row"), [p for p in parameters() if not p.values[1].get("todo")])
def test_verdict(case: Row, row: Row) -> None:
    wrong = check(case, row)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("case", "row"), [p for p in parameters() if p.values[1].get("todo")])
def test_known_misses_are_still_missed(case: Row, row: Row) -> None:
    assert check(case, row), "right now: take away its todo"


@pytest.mark.parametrize(
    ("case", "row"),
    [
        p
        for p in parameters()
        if (p.values[1].get("cha_only") or p.values[1].get("click_only")) and not p.values[1].get("todo")
    ],
)
def test_what_waits_for_an_act_or_is_never_made_is_not_reported_as_reachable(case: Row, row: Row) -> None:
    assert [f["verdict"] for f in facts(case, row)] != []
    assert all(f["verdict"] != "reachable" for f in facts(case, row))


@pytest.mark.parametrize("case", [c for c in cases() if c.get("preset")], ids=name)
def test_a_flag_that_start_up_sets_guards_nothing(case: Row) -> None:
    verdicts = {str(f["verdict"]) for f in read(HOME / case["files"][0]).facts if f["kind"] == "startup-path"}
    assert "reachable" in verdicts or "needs-run" in verdicts
    assert "guarded" not in verdicts


def test_every_case_is_stated_in_full() -> None:
    built = {f.relative_to(HOME).as_posix() for f in (HOME / "built").glob("*.apk")}
    assert {c["files"][0] for c in cases()} == built
    assert {name(c) for c in cases()} == {d.name for d in HOME.iterdir() if d.name[:3].isdigit()}
    items = catalogue.load(None, AT).items
    for case in cases():
        assert case.keys() <= {"files", "why", "paths", "preset"}
        assert len(case["files"]) == 1
        assert case["why"]
        assert case["paths"]
        for row in case["paths"]:
            assert row.keys() <= KEYS, name(case)
            assert row["verdict"] in VERDICTS, name(case)
            assert row["item"] in items, name(case)
            accepted = row.get("accept", [row["verdict"]])
            assert row["verdict"] in accepted, name(case)
            assert set(accepted) <= set(VERDICTS), name(case)


def test_statements_do_not_contradict_one_another() -> None:
    for case, row in rows():
        accepted = set(row.get("accept", [row["verdict"]]))
        if row.get("cha_only") or row.get("click_only"):
            assert "reachable" not in accepted, name(case)
        if case.get("preset"):
            assert "guarded" not in accepted, name(case)
        if "guard" in row or "guard_kind" in row:
            assert row["verdict"] in ("guarded", "needs-run"), name(case)


def test_every_verdict_is_asked_for_often() -> None:
    counted = Counter(row["verdict"] for _, row in rows())
    assert len(cases()) >= 66
    assert set(counted) == set(VERDICTS)
    assert min(counted.values()) >= 8
    assert sum(len(c["paths"]) > 1 for c in cases()) >= 10
