"""`mingcha fleet judge`: stored facts under another catalogue or date, and what changes. No package is opened.

Each process takes every n-th run, so nothing has to be handed out, and writes what it finds to a file of its own:

    {"run": ..., "changes": [[rule, old, new, severity], ...]}    one line a run that changes
    {"seen": n, "damaged": n, "failed": {rule: n}}                    the last line

A killed process leaves a file without its last line, and the trial says so instead of giving half figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import deflate
import msgspec

from mingcha import catalogue, packed, store
from mingcha.catalogue import Catalogue, tree
from mingcha.catalogue.schema import Rule
from mingcha.errors import BadInput, MingchaError, Usage
from mingcha.fleet import commit
from mingcha.judge.engine import decide
from mingcha.judge.match import FactIndex


class Change(msgspec.Struct, frozen=True):
    """What becomes of one rule over all runs: counts of runs."""

    rule: str
    new: int
    """Fails now and did not."""
    gone: int
    """Failed and does not now."""
    changed: int
    """Another outcome without failing before or now, or another severity or confidence."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """Re-judging as a whole. `seconds` of the clock, `cpu` of all processes."""

    runs: int
    damaged: int
    changes: tuple[Change, ...]
    failed: dict[str, int]
    seconds: float
    cpu: float
    digest: str
    at: str


class _Ask(msgspec.Struct, frozen=True, kw_only=True):
    root: str
    at: str
    rules: tuple[str, ...] = ()
    catalogue: str | None = None
    drafts: bool = False
    part: int = 0
    parts: int = 1


def selected(loaded: Catalogue, rules: Sequence[str]) -> Catalogue:
    """The catalogue with these rules only; all where none is named. Usage where one is not there."""
    if wrong := [r for r in rules if r not in loaded.rules]:
        raise Usage(f"没有规则 {wrong[0]}", f"no rule {wrong[0]}", {"zh": "mingcha rules list 列出全部规则", "en": "see mingcha rules list"})
    return msgspec.structs.replace(loaded, rules={r: loaded.rules[r] for r in rules}) if rules else loaded


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """(rule, old outcome, new outcome, severity) of what differs; a rule that is not there has the outcome "-"."""
    out = []
    for rule in sorted(old.keys() | new.keys()):
        was, now = old.get(rule, ("-", "-")), new.get(rule, ("-", "-"))
        if was != now:
            out.append((rule, was[0], now[0], now[1] if rule in new else was[1]))
    return out


def trial(
    root: Path, at: date, *, jobs: int, rules: Sequence[str] = (), rules_folder: Path | None = None, drafts: bool = False,
    output: Path | None = None, tell: Callable[[float], None] | None = None,
) -> Trial:  # fmt: skip
    """Judge all runs of a store again in `jobs` processes; `output` gets one JSON line a run that changes. `tell` hears
    the seconds since the beginning."""
    loaded = selected(catalogue.load(rules_folder, at), rules)
    begun, before = time.monotonic(), os.times()
    with tempfile.TemporaryDirectory(prefix="mingcha-judge-") as folder:
        running = []
        try:
            for part in range(jobs):
                ask = _Ask(
                    root=str(root.absolute()), at=at.isoformat(), rules=tuple(rules), drafts=drafts, part=part, parts=jobs,
                    catalogue=str(rules_folder.absolute()) if rules_folder else None,
                )  # fmt: skip
                with (Path(folder) / f"{part}.jsonl").open("wb") as out:
                    running.append(subprocess.Popen(
                        [sys.executable, "-P", "-m", "mingcha.fleet.rejudge", msgspec.json.encode(ask).decode()], stdout=out,
                    ))  # fmt: skip
            for process in running:
                while process.poll() is None:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(1)
                    if tell:
                        tell(time.monotonic() - begun)
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
                process.wait()
        after = os.times()
        found = _gather([Path(folder) / f"{n}.jsonl" for n in range(jobs)], output)
    return Trial(
        runs=found["seen"], damaged=found["damaged"], changes=found["changes"], failed=found["failed"],
        seconds=round(time.monotonic() - begun, 2), digest=loaded.digest, at=at.isoformat(),
        cpu=round(sum(after[2:4]) - sum(before[2:4]), 2),
    )  # fmt: skip


def _gather(files: Sequence[Path], output: Path | None) -> dict[str, Any]:
    counts: dict[str, list[int]] = {}
    seen = damaged = 0
    failed: Counter[str] = Counter()
    with (output.open("wb") if output else open(os.devnull, "wb")) as out:  # noqa: PTH123
        for path in files:
            whole = False
            for line in path.open("rb"):
                row = msgspec.json.decode(line)
                if "seen" in row:
                    seen, damaged, whole = seen + row["seen"], damaged + row["damaged"], True
                    failed.update(row["failed"])
                    continue
                out.write(line)
                for rule, old, new, _ in row["changes"]:
                    n = 0 if new == "failed" and old != "failed" else 1 if old == "failed" and new != "failed" else 2
                    counts.setdefault(rule, [0, 0, 0])[n] += 1
            if not whole:
                raise MingchaError("重新判定的进程中断", "a process of re-judging broke off", code="judge-broke-off")
    changes = tuple(Change(r, *c) for r, c in sorted(counts.items(), key=lambda x: (-x[1][0], -x[1][1], x[0])))
    return {"seen": seen, "damaged": damaged, "changes": changes, "failed": dict(sorted(failed.items()))}


class Judge:
    """Outcomes of rules without the documents around them: no evidence, texts or inventory is put together, and facts
    of kinds that no rule asks for are not even decoded."""

    def __init__(self, loaded: Catalogue, at: date, drafts: bool = False) -> None:
        self.catalogue = msgspec.structs.replace(loaded, at=at.isoformat())
        self.rules = self.catalogue.rules_at(at, drafts=drafts)
        self.heads = kinds_asked(self.rules)

    def outcomes(self, run: store.Run, facts: list[dict[str, Any]]) -> dict[str, tuple[str, str, str]]:
        """(outcome, severity, confidence) by rule."""
        index = FactIndex(facts, self.catalogue, run.observed)
        out: dict[str, tuple[str, str, str]] = {}
        for rule in self.rules:
            decision = decide(rule, index, run.subject)
            out[rule.id] = (decision.outcome, rule.severity, decision.confidence)
        return out

    def changes(self, folder: Path, only: frozenset[str]) -> tuple[list[tuple[str, str, str, str]], list[str]]:
        """What differs from the stored result, and what fails now. BadInput and the like where the run is damaged."""
        before = {v.rule: (v.outcome, v.severity, v.confidence) for v in packed.verdicts(folder) if not only or v.rule in only}
        run = msgspec.json.decode((folder / "run.json").read_bytes(), type=store.Run)
        after = self.outcomes(run, self.facts(folder))
        return compare(before, after), [rule for rule, now in after.items() if now[0] == "failed"]

    def facts(self, folder: Path) -> list[dict[str, Any]]:
        """Facts of the kinds that are asked for."""
        data = bytes(deflate.gzip_decompress((folder / "facts.jsonl.gz").read_bytes()))
        lines = data.splitlines()
        if self.heads:
            lines = [x for x in lines if x.startswith(self.heads) or not x.startswith(b'{"kind":"')]
        facts: list[dict[str, Any]] = msgspec.json.decode(b"[" + b",".join(lines) + b"]")
        return facts


def kinds_asked(rules: Sequence[Rule]) -> tuple[bytes, ...]:
    """How lines of facts begin that these rules ask for; empty where a rule has a check, which may ask for any."""
    kinds = {"limitation", "answer", "hook-coverage"}
    for rule in rules:
        if rule.check is not None:
            return ()
        for node in (rule.applies, rule.recorded, rule.match, rule.suspect):
            kinds |= {leaf["fact"] for leaf in tree.leaves(node)} if node is not None else set()
    return tuple(f'{{"kind":"{k}"'.encode() for k in sorted(kinds))


def main(argv: Sequence[str]) -> int:
    """One process of a trial."""
    import gc

    ask = msgspec.json.decode(argv[1], type=_Ask)
    loaded = selected(catalogue.load(Path(ask.catalogue) if ask.catalogue else None, date.fromisoformat(ask.at)), ask.rules)
    only, judge = frozenset(ask.rules), Judge(loaded, date.fromisoformat(ask.at), ask.drafts)
    seen = damaged = 0
    failed: Counter[str] = Counter()
    out = sys.stdout.buffer
    gc.freeze()
    for n, folder in enumerate(commit.runs(Path(ask.root))):
        if n % ask.parts != ask.part:
            continue
        try:
            changes, bad = judge.changes(folder, only)
        except (OSError, BadInput, KeyError, TypeError, msgspec.MsgspecError, deflate.DeflateError):
            damaged += 1
            continue
        seen += 1
        failed.update(bad)
        if changes:
            out.write(json.dumps({"run": folder.name, "changes": changes}).encode() + b"\n")
    out.write(msgspec.json.encode({"seen": seen, "damaged": damaged, "failed": dict(failed)}) + b"\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
