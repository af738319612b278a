"""The same tests on PostgreSQL, from Debian's packages, in a cluster of their own in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("psycopg")
BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
HERE = Path(__file__).parent


def _as_server(command: list[str]) -> subprocess.CompletedProcess[str]:
    """The server refuses to run as root: it is given to its own account there."""
    user: dict[str, str] = {"user": "postgres"} if os.geteuid() == 0 else {}
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, cwd="/", **user)  # type: ignore[call-overload, no-any-return]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of an empty database."""
    if not BIN:
        pytest.skip("PostgreSQL is not installed")
    if int(BIN[-1].parts[-3]) < 15:
        pytest.skip("PostgreSQL is older than 15")
    tools = BIN[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="mingcha-pg-"))
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = str(folder / "data")
        _as_server([str(tools / "initdb"), "-D", data, "-U", "office", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        start = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        _as_server([str(tools / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", start, "start"])
        try:
            _as_server([str(tools / "createdb"), "-h", str(folder), "-U", "office", "office"])
            yield f"postgresql://office@{str(folder).replace('/', '%2F')}/office"
        finally:
            _as_server([str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif("MINGCHA_DATABASE" in os.environ, reason="this is the run on PostgreSQL")
def test_everything_holds_on_postgresql(server: str) -> None:
    others = [str(HERE / f"test_{name}.py") for name in ("acts", "api", "app_types", "batches", "campaigns", "credit", "documents", "entry", "evaluations", "evaluation_badges", "evaluation_pages", "events", "figures", "inbox", "inspections", "leads", "oidc", "outbox", "pages", "process", "records", "rows", "search", "seed_scale", "staff", "sequence", "together")]
    env = {**os.environ, "MINGCHA_DATABASE": server, "MINGCHA_WALKS": "10", "MINGCHA_ALONE": "1", "PYTEST_ADDOPTS": ""}
    env.pop("PYTEST_XDIST_WORKER", None)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *others],
        env=env, cwd=HERE.parents[1], capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]
    assert "100%" in ran.stdout
