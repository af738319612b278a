"""From a complaint to the statistics, in a browser, as every role in turn. Time is let pass in the database: deadlines are days."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.report.test_axe import CHROMIUM, MODULES, lacking
from tests.server.test_serve import PASSWORD, office, serving
from tests.support import apk, flagged, put

CODE = "91350100M000100Y43"
PASS = """
import django; django.setup()
from datetime import date
from mingcha.server.ledger.models import Case
Case.objects.filter(subject__name__in=("环路示例", "com.demo")).update(due=date(2026, 1, 5))
"""


@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_the_whole_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_SECOND_FACTOR", "none")
    first = put(tmp_path / "one.apk", apk(flagged(debuggable=True)))
    put(tmp_path / "two.apk", apk(flagged(debuggable=True, allowBackup=True)))
    identifier = json.loads(office(tmp_path, "facts", str(first), "--kind", "package").splitlines()[0])["id"]
    (tmp_path / "loop.json").write_text(json.dumps({"identifier": identifier, "code": CODE}))
    office(tmp_path, "manage", "seed", "--cases", "1", "--password", PASSWORD)
    office(tmp_path, "manage", "add-person", "firm", "--name", "企业", "--organisation", "环路公司", "--kind", "company", "--credit-code", CODE,
           "--role", "contact", "--password", PASSWORD)  # fmt: skip
    with serving(tmp_path) as base:

        def send(key: str, path: str, body: Any) -> Any:
            asked = urllib.request.Request(f"{base}/api/v1/{path}", json.dumps(body).encode(), {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return json.load(answer)

        bureau, store = (office(tmp_path, "manage", "add-key", n, "--name", "x").split()[-1] for n in ("示例省通信管理局", "示例应用商店"))
        assert send(bureau, "registers/operators", {"operators": [{"name": "环路公司", "credit_code": CODE, "province": "44"}]})["entered"] == 1

        def walk(phase: str) -> dict[str, Any]:
            ran = subprocess.run(
                ["node", str(Path(__file__).with_name("loop.cjs")), phase, base, PASSWORD, str(tmp_path)], capture_output=True, text=True, timeout=300,
                check=False, env={**os.environ, "MINGCHA_NODE_MODULES": str(MODULES), "CHROMIUM": str(CHROMIUM)},
            )  # fmt: skip
            assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
            said: dict[str, Any] = {}
            for line in ran.stdout.splitlines():
                told = json.loads(line)
                said.setdefault(told["name"], []).append(told["value"])
            return {k: v[0] if len(v) == 1 else v for k, v in said.items()}

        def pass_time() -> None:
            env = {**os.environ, "MINGCHA_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "mingcha.server.conf.settings"}
            env.pop("MINGCHA_DATABASE", None)
            subprocess.run([sys.executable, "-c", PASS], env=env, check=True, cwd=tmp_path)

        told = walk("first")
        assert told["not yet for the company"] == told["not yet for the store"] == told["no lead for the tester"] == 404
        assert told["attach-inspection"] == told["set-operator"] == told["notice"] == told["reply"] == told["retest-failed"] == "done", told
        mine, second = told["verify"]
        assert "提出问题的人" in mine and second == "done", "who proposed a finding does not verify it"
        assert told["the officer serves no notice"] == 0 and told["now for the company"] == told["side by side"] == 200
        assert told["documents of the company"] == 1 and told["the lead of the visitor"] is True
        assert send(store, "registers/listings", {"listings": [{"identifier": identifier, "name": "x"}]})["entered"] == 1
        pass_time()
        for phase in ("second", "third"):
            told = walk(phase)
            assert told["no batch for the company"] == 404 and told["list"] == [200, True]
            assert told["json"] == told["xlsx"] == told["docx"] == 200
            pass_time()
        assert told["now for the store"] == 200 and told["confirm-removal"] == "done" and told["credit"] == 200
        office(tmp_path, "manage", "tick")
        told = walk("last")
        assert "下架 1 款次" in told["press"] and told["statistics"] == 2
        assert told["timeline"][0] == "回报下架" and told["timeline"][-1] == "立案" and len(told["timeline"]) >= 11
    assert "ok: " in office(tmp_path, "manage", "verify-ledger")
