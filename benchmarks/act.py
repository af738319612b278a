"""W3C ACT rules: what axe-core alone finds of their examples, and what it finds together with the own checks.

    python benchmarks/act.py [--data DIR] [--keep DIR] [--rules ID...] [--visit DIR] [--list]

The examples are not part of this project: DIR is a copy of w3c/wcag-act-rules (testcases.json, testcases/, test-assets/). They are
served on loopback, visited once, and both engines are read from the same record. An example counts as found when an engine
says `failed` by a check that names its ACT rule.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from mingcha.extract.page import checks, engines
from mingcha.extract.page.load import visit as load
from mingcha.observe.browser import Options, visit

PREFIX = "/WAI/content-assets/wcag-act-rules/"


def record(data: Path, folder: Path, cases: list[dict[str, Any]]) -> None:
    """Visit every example once."""

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            plain = path.partition("?")[0].partition("#")[0]
            return str(data / plain.removeprefix(PREFIX)) if plain.startswith(PREFIX) and ".." not in plain else "/nonexistent"

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}{PREFIX}"
    options = Options(
        url=base, pages=tuple(base + c["relativePath"] for c in cases), profiles=("desktop",), probes=("keyboard", "changes", "keys"), wall=5400, allow=("127.0.0.1/32",), every_rule=True, page_seconds=8,
    )  # fmt: skip
    visit(options, folder, lambda line: sys.stderr.write(f"{line}\n") if "0 page" in line else None)
    server.shutdown()


def main() -> int:
    """Record, compare, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/act"))
    parser.add_argument("--keep", type=Path, help="record into this new folder and keep it")
    parser.add_argument("--visit", type=Path, help="read this recorded visit instead of recording one")
    parser.add_argument("--rules", nargs="*", default=[])
    parser.add_argument("--list", action="store_true", help="name each false positive and what was missed")
    asked = parser.parse_args()
    cases = [c for c in json.loads((asked.data / "testcases.json").read_bytes())["testcases"] if not asked.rules or c["ruleId"] in asked.rules]
    by_path = {c["relativePath"]: c for c in cases}
    with tempfile.TemporaryDirectory() as scratch:
        folder, started = asked.visit or asked.keep or Path(scratch) / "visit", time.perf_counter()
        if not asked.visit:
            record(asked.data, folder, cases)
        took = time.perf_counter() - started
        total: Counter[str] = Counter()
        rules: dict[str, Counter[str]] = defaultdict(Counter)
        for page in load(folder)[1]:
            case = by_path.get(str(page.raw.get("asked", "")).partition(PREFIX)[2].partition("?")[0])
            if case is None:
                continue
            rule, bad = case["ruleId"], case["expected"] == "failed"
            axe = any(f["kind"] == "web-check" and f["result"] == "failed" and rule in f["act"] for f in engines.axe(page))
            own = any(f["kind"] == "web-check" and f["result"] == "failed" and rule in f["act"] for f in checks.run(page))
            for name, says in (("axe", axe), ("both", axe or own)):
                total[f"{name} {'right' if bad else 'wrong'}"] += says
                rules[rule][f"{name} {'right' if bad else 'wrong'}"] += says
            total["examples"] += 1
            total["failed"] += bad
            rules[rule]["failed"] += bad
            if asked.list and bad != (axe or own):
                sys.stdout.write(f"{'missed' if bad else 'wrong '} {rule} {case['testcaseTitle']} ({case['expected']}) {case['ruleName']}\n")
            page.forget()
    names = {c["ruleId"]: c["ruleName"] for c in cases}
    for rule, n in sorted(rules.items(), key=lambda kv: kv[0]):
        sys.stdout.write(f"{rule} failed {n['failed']:2} axe {n['axe right']:2}/{n['axe wrong']} both {n['both right']:2}/{n['both wrong']} {names[rule]}\n")
    for name in ("axe", "both"):
        right, wrong = total[f"{name} right"], total[f"{name} wrong"]
        sys.stdout.write(f"{name:4}: {right} of {total['failed']} failed examples found, {wrong} false positives, precision {right / max(1, right + wrong):.3f}\n")
    sys.stdout.write(f"ratio {total['both right'] / max(1, total['axe right']):.3f}, {total['examples']} examples, {took:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
