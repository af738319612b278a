"""What the loader lets pass but nobody should publish: unknown names, missing or sloppy texts,
rules without tests, prefixes that accuse the wrong vendor.

`python -m mingcha.catalogue.lint [files…]` lints everything, or only the given files.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from mingcha.catalogue import build, lint_lists, lint_rules, lint_texts, lock
from mingcha.catalogue.loader import ROOT, Catalogue
from mingcha.catalogue.problem import Problem
from mingcha.catalogue.schema import Rule


@dataclass(frozen=True)
class Judge:
    """What lint needs from the judge, handed in because the catalogue lies below it.

    `run`: rule → (test, outcome, error) of each test. `checks`: names of registered checks.
    """

    run: Callable[[Rule, Catalogue], Sequence[Any]]
    checks: Collection[str] = field(default_factory=tuple)


def lint(
    root: Path | None = None, judge: Judge | None = None, only: Collection[str] | None = None
) -> list[Problem]:
    """All problems under `root`, ordered by file. `only`: files (relative to root) to look at; whole-
    catalogue questions (lock, scenarios without rules) are then left out. `judge`: by default the
    one of this package."""
    judge = judge or shipped_judge()
    built = build.build(root or ROOT)
    catalogue = built.catalogue
    found = list(built.problems)
    found += lint_lists.check(built)
    for name in build.LISTS:
        for key, entry in getattr(catalogue, name).items():
            found += lint_texts.check(entry, built.origin[name, key], str(key))
    broken = {problem.file for problem in built.problems}
    for rule in catalogue.rules.values():
        file = built.origin["rules", rule.id]
        if only is not None and file not in only:
            continue
        found += lint_rules.check(rule, catalogue, file, judge.checks)
        if file not in broken:
            found += _tests(rule, catalogue, file, judge)
    if only is None:
        found += _uncovered(catalogue)
        found += lock.check(catalogue, (root or ROOT) / lock.FILE)
    return sorted({p for p in found if only is None or p.file in only})


def _tests(rule: Rule, catalogue: Catalogue, file: str, judge: Judge) -> Iterator[Problem]:
    for tested in judge.run(rule, catalogue):
        test, where = tested.test, f"tests: {tested.test.name}"
        if tested.holds:
            continue
        if test.todo:
            yield Problem(file, where, "测试已成立，请去掉 todo", "the test is met now: remove todo")
        else:
            got = tested.error or tested.outcome
            zh, en = f"应为 {test.outcome}，实为 {got}", f"expected {test.outcome}, got {got}"
            yield Problem(file, where, zh, en)


def _uncovered(catalogue: Catalogue) -> Iterator[Problem]:
    covered = {rule.scenario for rule in catalogue.rules.values() if rule.status != "retired"}
    for code in sorted(set(catalogue.scenarios) - covered):
        yield Problem("aspects.yml", code, "该场景没有规则", "the scenario has no rule")


def shipped_judge() -> Judge:
    """The judge of this package. Imported by name: the catalogue may not depend on it."""
    testing, checks = import_module("mingcha.judge.testing"), import_module("mingcha.judge.checks")
    return Judge(testing.run_tests, checks.names())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line per problem; 1 when there are any, 2 for a file outside the catalogue."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    only: set[str] | None = None
    if given:
        only = set()
        for name in given:
            path = Path(name).resolve()
            if not path.is_relative_to(ROOT) or not path.is_file():
                print(f"{name}: 不是规则库文件 / no file of the catalogue", file=sys.stderr)  # noqa: T201
                return 2
            only.add(path.relative_to(ROOT).as_posix())
    problems = lint(only=only)
    for problem in problems:
        place = f"{problem.file}: {problem.where}" if problem.where else problem.file
        print(f"{place}: {problem.zh} / {problem.en}")  # noqa: T201
    print(f"问题 {len(problems)} 处 / {len(problems)} problems", file=sys.stderr)  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
