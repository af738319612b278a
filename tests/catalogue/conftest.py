"""A small catalogue on disk that tests may break in one place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.inputs import fetch
from tools import framework_hierarchy

from mingcha.catalogue import loader
from mingcha.catalogue.loader import ROOT

RULE = """
id: cleartext
version: 1
status: trial
scenario: C5-13
title: {zh: 允许明文, en: Cleartext allowed}
what: {zh: 允许明文传输。, en: Cleartext is allowed.}
why: {zh: 可被窃听。, en: Others can listen.}
fix: {zh: 关闭明文传输。, en: Forbid cleartext.}
limits: {zh: 只看配置。, en: Configuration only.}
shows_not: {zh: 不说明已经传输。, en: Does not show that anything was sent.}
basis:
  - {law: LAW, article: '1'}
in_force: {from: '2021-11-01'}
subjects: [app]
severity: moderate
confidence: proved
needs: [package]
blocked_by: [packed]
match: {fact: package, where: {cleartext: true}}
evidence:
  suspect: {zh: 清单条目, en: Manifest entry}
  confirm: {zh: 抓包记录, en: Traffic capture}
tests:
  - {name: bad, outcome: failed, facts: [{kind: package, cleartext: true}]}
  - {name: good, outcome: passed, facts: [{kind: package, cleartext: false}]}
  - {name: unseen, outcome: cantTell}
"""
FILES = {
    "rules/C/cleartext.yml": RULE,
    "aspects.yml": """
- code: C
  name: {zh: 数据安全, en: Data security}
  types:
    - n: 5
      name: {zh: 传输, en: Transmission}
      mark: official
      scenarios:
        - code: C5-13
          name: {zh: 未加密, en: Not encrypted}
          status: seed
          basis: {zh: 依据, en: Basis}
          evidence: {zh: 证据, en: Evidence}
""",
    "laws/law.yml": """
id: LAW
name: {zh: 某法, en: A law}
issuer: {zh: 某机关, en: An authority}
kind: law
in_force: {from: '2021-11-01'}
mark: official
articles:
  - {id: '1', text: {zh: 应当加密。, en: Encrypt it.}, mark: official}
""",
    "lists/limitations.yml": """
- {code: packed, name: {zh: 已加固, en: Packed}, hint: {zh: 请脱壳。, en: Ask for the unpacked one.}}
""",
    "lists/items/a.yml": """
- {id: location, name: {zh: 位置, en: Location}}
- {id: precise-location, parent: location, name: {zh: 精准定位, en: Precise location}}
""",
    "lists/words/rivals.yml": """
- id: rivals
  name: {zh: 竞品, en: Rivals}
  doc: {zh: 竞品包名, en: Packages of rivals}
  entries: [{id: one, name: {zh: 一号, en: One}, words: [com.rival]}]
""",
}

Write = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and nothing remembered."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MINGCHA_HOME", str(folder))
    loader._memory.cache_clear()
    return folder


@pytest.fixture
def write(tmp_path: Path, home: Path) -> Write:
    """Write the small catalogue; `changes`: path → whole text, or None to leave the file out."""

    def make(changes: dict[str, str | None] | None = None) -> Path:
        root = tmp_path / "catalogue"
        shutil.rmtree(root, ignore_errors=True)
        texts: dict[str, str | None] = {**FILES, **(changes or {})}
        for name, text in texts.items():
            if text is not None:
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        if "facts.yml" not in texts:
            for path in ROOT.glob("facts*.yml"):
                shutil.copy(path, root / path.name)
        return root

    return make


@pytest.fixture
def rule_text() -> str:
    """The rule of the small catalogue."""
    return RULE


@pytest.fixture(scope="session")
def stubs() -> dict[str, framework_hierarchy.Declared]:
    """What the stubs say of the platform's classes."""
    rows = fetch.rows(Path(fetch.__file__).with_name("stubs.csv"))
    missing = [r["package"] for r in rows if not fetch.cached(r).exists()]
    if missing:
        pytest.skip(f"not fetched: run make inputs ({', '.join(missing)})")
    return framework_hierarchy.merge(fetch.cached(r) for r in rows)
