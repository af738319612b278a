"""Packages that differ in a byte, and a fleet over them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mingcha import settings
from mingcha.fleet import run
from mingcha.fleet.engine import Outcome
from mingcha.fleet.lane import Setup
from mingcha.fleet.supervisor import Supervisor
from tests.extract.package.build import File
from tests.support import apk, put

Fleet = Callable[..., list[Outcome]]


@pytest.fixture
def packages(place: Path) -> Path:
    """Six packages of different content."""
    folder = place / "packages"
    folder.mkdir()
    for n in range(6):
        put(folder / f"{n}.apk", apk(extra=[File("assets/n", str(n).encode())]))
    return folder


@pytest.fixture
def fleet(place: Path) -> Fleet:
    """A fleet without the layers of a sandbox, as on the poorest host; `last` of it is its progress."""

    def start(source: Path, root: Path, jobs: int = 2, layers: tuple[str, ...] = (), **limits: int) -> list[Outcome]:
        wanted = settings.Settings(home=str(settings.load().root), cache_mb=0, **limits)  # type: ignore[arg-type]
        setup = Setup(store=str(root), settings=wanted, options=run.options(wanted), roots=(str(source),), layers=layers)
        progress = run.Progress()
        found = list(run.run(source, root, lambda s: Supervisor(s, jobs), setup, progress))
        assert progress.done + progress.had == len(found)
        return found

    return start


def verb(place: Path, *args: object) -> subprocess.Popen[bytes]:
    """`mingcha ARGS` as a process of its own."""
    env = {**os.environ, "MINGCHA_LANG": "en", "MINGCHA_CACHE_MB": "0"}
    return subprocess.Popen(
        [sys.executable, "-m", "mingcha", *map(str, args)], cwd=place, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
