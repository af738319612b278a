"""`mingcha seeds new` and the option `--seeds`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from mingcha import catalogue
from mingcha.cli import cli
from mingcha.errors import Exit, MingchaError
from mingcha.extract.traffic import seeds
from tests.extract.traffic import make


def test_a_sheet_is_made_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "seeds.yml"
    assert CliRunner().invoke(cli, ["seeds", "new", "-o", str(file)]).exit_code == 0
    before = file.read_bytes()
    again = CliRunner().invoke(cli, ["seeds", "new", "-o", str(file)])
    assert isinstance(again.exception, MingchaError) and again.exception.exit == Exit.USAGE
    assert file.read_bytes() == before
    shown = CliRunner().invoke(cli, ["seeds", "new"]).stdout
    assert seeds.parse(shown, catalogue.load().items).seeds


def test_facts_by_a_sheet(tmp_path: Path, monkeypatch: object) -> None:
    file, har = tmp_path / "seeds.yml", tmp_path / "a.har"
    CliRunner().invoke(cli, ["seeds", "new", "-o", str(file)])
    value = next(s.value for s in seeds.load(file, catalogue.load().items).seeds if s.id == "oaid")
    har.write_bytes(make.har([make.Request("GET", target=f"/?x={value}")]))
    ran = CliRunner().invoke(cli, ["facts", str(har), "--seeds", str(file), "--kind", "transmit"])
    (fact,) = map(json.loads, ran.stdout.splitlines())
    assert (fact["item"], fact["by"], fact["seed"]) == ("oaid", "seed", "oaid")
    assert value not in ran.stdout
