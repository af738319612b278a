"""The bench of websites: each site of `sites` visited, read and judged; what came out against what it was made for.

    python -m tests.extract.page.bench [NAME...]    prints each difference, and precision and recall by rule
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from mingcha import pipeline
from mingcha.observe.browser import Options, visit
from mingcha.settings import Settings
from tests.extract.page.serving import Answer, serving
from tests.extract.page.sites import SITES, Case, files

AT = date(2026, 11, 27)
Outcomes = dict[str, str]


def run(cases: Iterable[Case], workers: int = 4) -> dict[str, Outcomes]:
    """Outcome of every rule for websites on every site."""
    cases = list(cases)
    pages = {f"/{c.name}/{path}": html.encode() for c in cases for path, html in files(c).items()}

    def answer(path: str) -> Answer:
        found = pages.get(urlsplit(path).path)
        return (200, {}, found) if found is not None else (404, {}, "没有此页面".encode())

    with serving(answer) as base, tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(workers) as pool:

        def one(case: Case) -> Outcomes:
            folder = Path(scratch) / case.name
            visit(Options(url=f"{base}/{case.name}/", allow=("127.0.0.1/32",), most=3, wall=240), folder)
            inspection = pipeline.judge(pipeline.read([folder], Settings(isolate=False)), AT)
            return {f.rule: f.outcome for f in inspection.findings if f.rule.startswith("web-")}

        return dict(zip([c.name for c in cases], pool.map(one, cases), strict=True))


def faults(cases: Iterable[Case], found: dict[str, Outcomes]) -> tuple[list[str], dict[str, list[int]]]:
    """Each difference in words, and for each rule: rightly found, wrongly found, missed."""
    good = found["good"]
    told: list[str] = []
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in cases:
        for rule, outcome in found[case.name].items():
            said = outcome in ("failed", "cantTell")
            if rule in case.bad:
                counts[rule][0 if said else 2] += 1
                if not said:
                    told.append(f"{case.name}: {rule} is {outcome}, should not pass")
            elif rule not in case.also and outcome != good[rule]:
                counts[rule][1] += said
                told.append(f"{case.name}: {rule} is {outcome}, on the good site {good[rule]}")
            elif rule not in case.also and said:
                counts[rule][1] += 1
                told.append(f"{case.name}: {rule} is {outcome} on the good site too")
    return told, counts


def main() -> int:
    """Run the bench on all sites, or on the good one and those named."""
    names = sys.argv[1:]
    cases = [c for c in SITES if not names or c.name in names or c.name == "good"]
    found = run(cases)
    told, counts = faults(cases, found)
    out = sys.stdout.write
    out("".join(f"{line}\n" for line in told))
    for rule, (right, wrong, missed) in sorted(counts.items()):
        out(f"{rule:28} precision {right / max(1, right + wrong):.2f} recall {right / max(1, right + missed):.2f} ({right} right, {wrong} wrong, {missed} missed)\n")
    out(f"{len(cases)} sites, {len(told)} differences\n")
    return bool(told)


if __name__ == "__main__":
    sys.exit(main())
