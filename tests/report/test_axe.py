"""The page in a browser: axe-core finds nothing, printing unfolds, nothing is requested.

Needs Chromium, node and the packages axe-core and playwright-core in MINGCHA_NODE_MODULES or
.cache/node/node_modules; skips where they are not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mingcha.report import render

from .fixture import clean, inspection

ROOT = Path(__file__).parents[2]
MODULES = Path(os.environ.get("MINGCHA_NODE_MODULES") or ROOT / ".cache/node/node_modules")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def lacking() -> str:
    """What is missing to run, or nothing."""
    if CHROMIUM is None:
        return "no Chromium"
    if shutil.which("node") is None:
        return "no node"
    for name in ("axe-core", "playwright-core"):
        if not (MODULES / name).is_dir():
            return f"no {name} in {MODULES}"
    return ""


pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking())


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("pages")
    files = []
    for name, value in (("rich", inspection()), ("clean", clean())):
        for lang in ("zh", "en"):
            raw = render(value, "html", lang)
            assert isinstance(raw, bytes)
            file = folder / f"{name}-{lang}.html"
            file.write_bytes(raw)
            files.append(str(file))
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("axe.cjs")), *files],
        capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "MINGCHA_NODE_MODULES": str(MODULES), "CHROMIUM": str(CHROMIUM)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_no_accessibility_violation(results: list[dict[str, Any]]) -> None:
    assert len(results) == 8
    assert {f"{r['file']} {r['width']}": r["violations"] for r in results if r["violations"]} == {}


def test_what_is_folded_is_printed_but_for_the_rest_of_the_evidence(results: list[dict[str, Any]]) -> None:
    rich = [r for r in results if "rich" in r["file"]]
    assert all(r["foldedOnScreen"] >= 1 for r in rich)  # rules that do not apply stay off the paper
    assert [r["foldedInPrint"] for r in rich] == [0] * len(rich)


def test_nothing_is_requested_and_nothing_overflows(results: list[dict[str, Any]]) -> None:
    assert all(len(r["requests"]) == 1 for r in results)
    assert [r["overflow"] for r in results] == [0] * len(results)
