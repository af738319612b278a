"""What was found in code before: the same facts, only for the same code, nothing stale or foreign."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue, extract
from mingcha.extract.cache import LARGEST, Cache, key, store
from mingcha.extract.package import program, reader
from mingcha.extract.package.flow import taint

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    folder = tmp_path / "code"
    return Cache(folder, lambda name, data: store(folder, name, data, 10**9))


def facts(path: Path, cache: Cache) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    reader.read(path, out.extend, catalogue.load(), cache)
    return out


def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the containers that are parsed from now on."""
    seen: list[str] = []
    real = program.tables.read
    monkeypatch.setattr(program.tables, "read", lambda name, data: (seen.append(name), real(name, data))[1])
    return seen


@pytest.mark.parametrize("name", ["violator/violator.apk", "multidex/multidex.apk", "startup/built/114-guard-early-return.apk"])
def test_the_second_reading_parses_nothing_and_says_the_same(
    name: str, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = next(SAMPLES.glob(name.replace("114-guard-early-return", "11[0-9]-guard*")))
    first = facts(path, cache)
    seen = parses(monkeypatch)
    assert facts(path, cache) == first
    assert seen == []
    assert facts(path, Cache()) == first


def test_another_channel_shares_the_code(tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    path = SAMPLES / "violator/violator.apk"
    other = tmp_path / "channel.apk"
    shutil.copyfile(path, other)
    with zipfile.ZipFile(other, "a") as z:
        z.writestr("META-INF/channel_store", "")
    first = facts(path, cache)
    seen = parses(monkeypatch)
    second = facts(other, cache)
    assert seen == []
    digest = {f["exhibit"] for f in second}
    assert len(digest) == 1
    assert digest != {f["exhibit"] for f in first}
    for kind in ("api-call", "startup-path", "self-start", "code-pattern"):
        assert [f | {"exhibit": ""} for f in second if f["kind"] == kind] == [
            f | {"exhibit": ""} for f in first if f["kind"] == kind
        ]


def test_other_code_or_another_catalogue_is_another_key() -> None:
    assert key("code", "a", [("classes.dex", "1")]) == key("code", "a", [("classes.dex", "1")])
    assert len({key("code", "a", [("classes.dex", "1")]), key("code", "a", [("classes.dex", "2")]), key("code", "b", [("classes.dex", "1")])}) == 3


def test_damaged_values_are_read_anew(cache: Cache) -> None:
    path = SAMPLES / "violator/violator.apk"
    first = facts(path, cache)
    assert cache.folder
    for value in cache.folder.glob("*.json"):
        value.write_bytes(b'{"half": ')
    assert facts(path, cache) == first


def test_what_was_read_in_part_is_not_kept(tmp_path: Path, cache: Cache) -> None:
    path = tmp_path / "damaged.apk"
    with zipfile.ZipFile(SAMPLES / "violator/violator.apk") as z, zipfile.ZipFile(path, "w") as out:
        for name in z.namelist():
            data = z.read(name)
            out.writestr(name, data[: len(data) // 2] if name == "classes.dex" else data)
    facts(path, cache)
    assert not cache.folder or not list(cache.folder.glob("*.json"))


def test_the_child_hands_values_to_its_parent(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    with extract.Worker(cache=folder, cache_mb=10) as worker:
        first = worker.read(SAMPLES / "violator/violator.apk", "package")
        kept = sorted(p.name for p in folder.glob("*.json"))
        again = worker.read(SAMPLES / "violator/violator.apk", "package")
    assert len(kept) == 2
    assert again == first
    assert not list(folder.glob(".new-*"))
    with extract.Worker() as worker:
        assert worker.read(SAMPLES / "violator/violator.apk", "package") == first


def test_the_oldest_go_first_and_foreign_names_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    names = [f"{n:064x}" for n in range(4)]
    for n, name in enumerate(names):
        store(folder, name, b'{"x":1}' + b" " * 93, 250)
        (folder / f"{name}.json").touch() if n else None
    assert len(list(folder.iterdir())) == 2
    assert json.loads((folder / f"{names[-1]}.json").read_bytes()) == {"x": 1}
    for name in ("../../evil", "A" * 64, "", "0" * 63):
        store(folder, name, b"{}", 10**6)
    store(folder, "f" * 64, b" " * (LARGEST + 1), 10**12)
    assert len(list(folder.iterdir())) == 2
    assert not (tmp_path.parent / "evil.json").exists()


def test_where_values_were_not_followed_to_their_end_is_said_again(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taint, "STEPS", 0)
    path = SAMPLES / "violator/violator.apk"
    first = facts(path, cache)
    assert {f["code"] for f in first if f["kind"] == "limitation"} >= {"flow-limit"}
    seen = parses(monkeypatch)
    assert facts(path, cache) == first and seen == []
