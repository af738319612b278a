"""The office as it is run: commands, the server, and its pages in a browser."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mingcha.errors import Exit
from mingcha.server.staff.credit import valid
from tests.report.test_axe import CHROMIUM, MODULES, lacking
from tests.support import apk, flagged, put

PASSWORD = "a-long-enough-password"


def office(home: Path, *arguments: str, code: int = 0) -> str:
    """What a command prints."""
    env = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "MINGCHA_DATABASE")}
    ran = subprocess.run(
        [sys.executable, "-m", "mingcha", *arguments], env={**env, "MINGCHA_HOME": str(home)}, cwd=home, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with made-up cases."""
    folder = tmp_path_factory.mktemp("home")
    assert office(folder, "manage", "seed", "--cases", "24", "--password", PASSWORD).startswith("24 cases")
    return folder


@pytest.fixture(scope="module")
def address(full: Path) -> Iterator[str]:
    """Of a running office."""
    with serving(full) as base:
        yield base


@contextmanager
def serving(full: Path) -> Iterator[str]:
    """An office that runs; its address."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = {**os.environ, "MINGCHA_HOME": str(full)}
    for name in ("DJANGO_SETTINGS_MODULE", "MINGCHA_DATABASE"):
        env.pop(name, None)
    log = (full / "serve.log").open("w")
    server = subprocess.Popen([sys.executable, "-m", "mingcha", "serve", "--port", str(port)], env=env, cwd=full, stderr=log, stdout=log)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(base, timeout=5).read()
                break
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, (full / "serve.log").read_text()
                time.sleep(0.5)
        else:
            pytest.fail((full / "serve.log").read_text())
        yield base
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        log.close()


def test_commands(full: Path) -> None:
    assert "ok: " in office(full, "manage", "verify-ledger")
    with closing(sqlite3.connect(full / "office" / "office.sqlite3")) as made_up:
        codes = [c for (c,) in made_up.execute("SELECT credit_code FROM registry_operator")]
        types = {t for (t,) in made_up.execute("SELECT app_type FROM registry_subject WHERE kind = 'app'")}
    assert len(codes) > 5 and all(valid(c) for c in codes) and len(types) > 5
    made = office(full, "manage", "add-person", "li", "--name", "李某", "--organisation", "另省通信管理局", "--kind", "administration",
                  "--province", "51", "--role", "officer", "--password", PASSWORD)  # fmt: skip
    assert "另省通信管理局" in made
    for wrong in (("--password", "short", "--role", "officer"), ("--password", PASSWORD, "--role", "king"),
                  ("--password", PASSWORD, "--role", "officer", "--organisation", "无此单位")):  # fmt: skip
        office(full, "manage", "add-person", "wang", "--name", "王", "--organisation", "另省通信管理局", *wrong, code=Exit.USAGE)
    package = put(full / "bad.apk", apk(flagged(debuggable=True)))
    office(full, "scan", str(package), "--format", "json", "-o", "result.json", "--fail-on", "never")
    first, again = (office(full, "manage", "take", "result.json") for _ in range(2))
    assert first == again and int(first.split()[-1]) > 0
    office(full, "manage", "take", "bad.apk", code=Exit.INPUT)
    mixed = office(full, "manage", "take", "bad.apk", "result.json", code=Exit.INPUT)
    assert first.strip() in mixed and "bad.apk: [" in mixed, "one bad file stops no other"
    assert "overdue" in office(full, "manage", "tick")
    told = office(full, "manage", "verify-ledger")
    assert ", 0 events not entered yet" in told
    size = full / "office/log/size"
    size.write_text("3")
    assert office(full, "manage", "verify-ledger", code=Exit.FINDINGS).startswith("BROKEN: tile/entries/000.p/3")
    size.write_text(told.split()[1])
    office(full, "manage", "verify-ledger")


def test_the_server_answers_only_to_its_name(address: str) -> None:
    asked = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as e:
        urllib.request.urlopen(asked)
    assert e.value.code == 400
    with urllib.request.urlopen(f"{address}/static/desk/office.css") as style:
        assert style.headers["Content-Type"].startswith("text/css")


@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_pages_in_a_browser(address: str) -> None:
    ran = subprocess.run(
        ["node", str(Path(__file__).with_name("office.cjs")), address, PASSWORD], capture_output=True, text=True, timeout=300,
        check=False, env={**os.environ, "MINGCHA_NODE_MODULES": str(MODULES), "CHROMIUM": str(CHROMIUM)},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    pages = [json.loads(line) for line in ran.stdout.splitlines()]
    seen = [p for p in pages if "found" in p]
    assert len(seen) == 38
    assert {f"{p['name']} {p['lang']}": p["found"] for p in seen if p["found"]} == {}
    assert {f"{p['name']} {p['lang']}": p["overflow"] for p in seen if p["overflow"] > 0} == {}
    assert len({p["title"] for p in seen}) > 12
    assert [p["target"] for p in pages if p["name"] == "skip"] == ["#main", "#main"]
    assert [p["url"].endswith("?done=verify") for p in pages if p["name"] == "done"] == [True, True]
    assert all(p["hosts"] == [address.removeprefix("http://")] for p in pages if p["name"] == "requests")
