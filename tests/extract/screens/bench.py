"""Outcomes of all cases of the bench, and precision and recall by criterion.

    python -m tests.extract.screens.bench
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from mingcha import catalogue as cat
from mingcha import pipeline
from mingcha.settings import Settings

from . import parts
from .cases import Case, cases
from .render import Renderer, renderer, write

ENTRIES = ("text-size-ordinary", "entry", "entry-settings", "entry-search")  # not asked of a stand-alone elder app


@dataclass(slots=True)
class Figures:
    """What came of the bench. `wrong`: case, rule, expected, found."""

    screens: int = 0
    seconds: float = 0.0
    judged: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, str, str]] = field(default_factory=list)
    todo: list[tuple[str, bool]] = field(default_factory=list)

    def precision(self, rule: str) -> float:
        return self.hit[rule] / self.said[rule] if self.said[rule] else 1.0

    def recall(self, rule: str) -> float:
        return self.hit[rule] / self.true[rule] if self.true[rule] else 1.0


def walk(case: Case) -> parts.Walk:
    """The walk of a case: the one it starts from with its changes."""
    screens = parts.alone() if case.alone else parts.elder()
    for name, change in case.screens.items():
        screens[name] = screens.get(name, {}) | change if isinstance(change, dict) else screens[name] | {"body": change}
    return {"screens": [{"id": k} | v for k, v in screens.items()], "steps": list(case.steps)} | case.walk


def expected(case: Case) -> dict[str, str]:
    base = dict.fromkeys(parts.PASSED, "passed")
    if case.alone:
        base |= dict.fromkeys(ENTRIES, "inapplicable")
    return base | case.differs


def run(home: Path, draw: Renderer, chosen: list[Case] | None = None) -> Figures:
    """Draw, read and judge all cases."""
    begun, figures = time.perf_counter(), Figures()
    settings, loaded = Settings(isolate=False, home=str(home)), cat.load(at=date(2026, 11, 1))
    for number, case in enumerate(chosen or cases()):
        folder = write(home / f"case{number}", walk(case), draw)
        read = pipeline.read([folder], settings)
        found = {f.rule.removeprefix("elder-app-"): f.outcome for f in pipeline.judge(read, date(2026, 11, 1), loaded=loaded).findings if f.rule.startswith("elder-app-")}
        wanted = expected(case)
        wrong = [(case.name, rule, outcome, found[rule]) for rule, outcome in wanted.items() if found[rule] != outcome]
        if case.todo:
            figures.todo.append((case.name, not wrong))
            continue
        figures.wrong += wrong
        for rule, outcome in wanted.items():
            figures.judged[rule] += 1
            figures.true[rule] += outcome == "failed"
            figures.said[rule] += found[rule] == "failed"
            figures.hit[rule] += outcome == found[rule] == "failed"
            figures.right[rule] += outcome == found[rule]
    figures.screens, figures.seconds = draw.drawn, time.perf_counter() - begun
    return figures


def main() -> None:
    with tempfile.TemporaryDirectory() as home, renderer() as draw:
        figures = run(Path(home), draw)
    for rule in parts.PASSED:
        print(f"{rule:20} judged {figures.judged[rule]:3} failed {figures.true[rule]:2} P {figures.precision(rule):.3f} R {figures.recall(rule):.3f} right {figures.right[rule] / figures.judged[rule]:.3f}")
    print(*figures.wrong, sep="\n")
    print("todo", figures.todo, f"{figures.screens} screens, {figures.seconds:.1f} s")


if __name__ == "__main__":
    main()
