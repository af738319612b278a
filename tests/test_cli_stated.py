"""What the user states beside the exhibits: `--first-party`, `--consent-at`, `--clock-within`, `--geo`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mingcha import catalogue
from mingcha.cli import cli
from mingcha.errors import BadInput, Exit, MingchaError
from mingcha.extract.traffic import seeds
from tests.extract.traffic import make


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    file, har = tmp_path / "seeds.yml", tmp_path / "a.har"
    CliRunner().invoke(cli, ["seeds", "new", "-o", str(file)])
    value = next(s.value for s in seeds.load(file, catalogue.load().items).seeds if s.id == "oaid")
    har.write_bytes(make.har([make.Request("GET", host="api.lab.example", target=f"/?x={value}")]))
    return str(har), str(file)


def facts(files: tuple[str, str], kind: str, *options: str) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(cli, ["facts", files[0], "--seeds", files[1], "--kind", kind, *options])
    assert ran.exit_code == 0, ran.exception
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_facts_by_what_is_stated(files: tuple[str, str], tmp_path: Path) -> None:
    (fact,) = facts(files, "transmit")
    assert (fact["party"], fact["state"], fact["ip"]) == ("unknown", None, "203.0.113.7")
    (fact,) = facts(files, "transmit", "--first-party", "https://www.lab.example/", "--consent-at", "2026-11-27T14:30:00+08:00", "--clock-within", "2.5")
    assert (fact["party"], fact["state"]) == ("first", "pre-consent")
    (stated,) = facts(files, "stated-time", "--consent-at", "2026-11-27T14:30:00+08:00", "--clock-within", "2.5")
    assert (stated["at"], stated["within"]) == ("2026-11-27T06:30:00+00:00", 2.5)
    (tmp_path / "t.csv").write_text("203.0.113.0/24,SG\n")
    (row,) = facts(files, "ip-registration", "--geo", str(tmp_path / "t.csv"))
    assert (row["country"], row["items"], row["table"]) == ("SG", ["oaid"], "t.csv")


def test_scan_and_judge_take_the_same(files: tuple[str, str], tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["scan", files[0], "--seeds", files[1], "--store", str(tmp_path / "s"), "--format", "json", "--first-party", "lab.example"])
    assert ran.exit_code in (Exit.OK, Exit.FINDINGS), ran.exception
    (folder,) = (tmp_path / "s" / "runs").iterdir()

    def rule(*options: str, name: str = "third-party-before-consent") -> str:
        ran = CliRunner().invoke(cli, ["judge", str(folder), "--format", "json", *options])
        assert ran.exit_code in (Exit.OK, Exit.FINDINGS), ran.exception
        return str(next(f["outcome"] for f in json.loads(ran.stdout)["findings"] if f["rule"] == name))

    assert rule() == "passed"  # all of it went to the operator's own host
    (tmp_path / "t.csv").write_text("203.0.113.0/24,SG\n")
    assert rule("--geo", str(tmp_path / "t.csv"), name="overseas-hosts") == "cantTell"
    assert rule("--consent-at", "2026-11-27T14:30:00+08:00") == "passed"


@pytest.mark.parametrize(
    "options",
    [("--first-party", "com.cn"), ("--first-party", "a b"), ("--consent-at", "2026-11-27"), ("--consent-at", "2026-11-27T14:30:00"), ("--consent-at", "soon"),
     ("--consent-at", "0001-01-01T00:00:00+14:00"), ("--consent-at", "9999-12-31T23:59:59-14:00")],
)  # fmt: skip
def test_wrong_values_are_wrong_use(files: tuple[str, str], options: tuple[str, str]) -> None:
    ran = CliRunner().invoke(cli, ["facts", files[0], *options])
    assert isinstance(ran.exception, MingchaError) and ran.exception.exit == Exit.USAGE
    assert ran.exception.text["zh"] and ran.exception.hint["zh"] and ran.exception.hint["en"]


@pytest.mark.parametrize("value", ["-1", "x", "100000"])
def test_a_wrong_bound_is_wrong_use(files: tuple[str, str], value: str) -> None:
    assert CliRunner().invoke(cli, ["facts", files[0], "--clock-within", value]).exit_code == Exit.USAGE


def test_a_wrong_table_is_3(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("no table\n")
    ran = CliRunner().invoke(cli, ["scan", files[0], "--geo", str(tmp_path / "t.csv")])
    assert isinstance(ran.exception, BadInput) and ran.exception.code == "bad-geo" and ran.exception.exit == Exit.INPUT
