"""Runs the tests that commit, in a process and a database of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.conftest import ALONE

HERE = Path(__file__).parent


@pytest.mark.skipif("MINGCHA_ALONE" in os.environ, reason="this is that run")
@pytest.mark.parametrize("name", ALONE)
def test_by_itself(name: str) -> None:
    env = {**os.environ, "MINGCHA_ALONE": "1", "PYTEST_ADDOPTS": ""}
    for other in ("PYTEST_XDIST_WORKER", "MINGCHA_DATABASE", "MINGCHA_HOME"):
        env.pop(other, None)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", str(HERE / name)], env=env, cwd=HERE.parents[1], capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout or "." in ran.stdout
