"""Learning from archives; a real one is found again after R8 has shrunk, renamed and moved it."""

from __future__ import annotations

import importlib.util
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.errors import BadInput
from mingcha.extract.package import reader
from mingcha.extract.package.fingerprint import learn, prints
from tests.extract.package.dexbuild import Cls, build
from tests.extract.package.fingerprint.test_anchors import cls
from tests.inputs import fetch

SDKS = catalogue.load().sdks
BENCHMARKS = Path(__file__).parents[4] / "benchmarks"
FAMILY = ("jcore-android-1.1.7.jar", "jcore-android-2.2.6.jar", "jcore-android-3.2.2.jar")


def sdk(name: str = "cn/jpush/android") -> list[Cls]:
    return [cls(n, name) for n in range(12)]


def put(path: Path, classes: list[Cls]) -> Path:
    path.write_bytes(build(classes))
    return path


def test_id_version_and_part_come_from_the_archive(tmp_path: Path) -> None:
    entry, features = learn.lesson(put(tmp_path / "jpush-android-3.5.4.dex", sdk()), SDKS)
    assert (entry.id, entry.version, entry.part, entry.classes) == ("jpush", "3.5.4", "jpush-android", 12)
    assert entry.count == len(features) > learn._LEAST


def test_what_is_given_wins(tmp_path: Path) -> None:
    file = put(tmp_path / "jpush-android-3.5.4.dex", sdk("com/nobody/here"))
    entry, _ = learn.lesson(file, SDKS, "jiguang-jcore", "9.9", name="other.dex")
    assert (entry.id, entry.version, entry.part) == ("jiguang-jcore", "9.9", "other")


def test_what_others_own_is_not_learnt(tmp_path: Path) -> None:
    alone = learn.lesson(put(tmp_path / "a.dex", sdk()), SDKS)[1]
    others = [cls(n, "com/umeng/analytics") for n in range(20, 24)] + [cls(n, "com/app/code") for n in range(30, 34)]
    both = learn.lesson(put(tmp_path / "b.dex", [*sdk(), *others]), SDKS)[1]
    assert both.tolist() == alone.tolist()


@pytest.mark.parametrize(
    ("classes", "code"),
    [(sdk("com/nobody/here"), "unknown-sdk"), ([cls(1, "cn/jpush/android")], "few-features"), ([], "unknown-sdk")],
)
def test_what_teaches_nothing_is_refused(tmp_path: Path, classes: list[Cls], code: str) -> None:
    with pytest.raises(BadInput) as e:
        learn.lesson(put(tmp_path / "a.dex", classes), SDKS)
    assert e.value.code == code


def test_an_unknown_id_and_a_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        learn.lesson(put(tmp_path / "a.dex", sdk()), SDKS, "no-such-sdk")
    (tmp_path / "b.jar").write_bytes(b"no archive")
    with pytest.raises(BadInput) as e:
        learn.lesson(tmp_path / "b.jar", SDKS)
    assert e.value.code == "unknown-kind"


@pytest.fixture(scope="module")
def archives() -> dict[str, Path]:
    rows = {Path(r["path"]).name: fetch.cached(r) for r in fetch.rows() if r["kind"] == "sdk"}
    found = {name: rows[name] for name in FAMILY if rows[name].exists()}
    if len(found) < len(FAMILY):
        pytest.skip("JCore archives are not at hand (make inputs)")
    return found


@pytest.fixture(scope="module")
def shrunk(archives: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JCore 2.2.6 after R8."""
    spec = importlib.util.spec_from_file_location("sdk_versions", BENCHMARKS / "sdk_versions.py")
    assert spec and spec.loader
    bench: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    tools = {Path(r["path"]).name.partition("-")[0].partition(".")[0]: fetch.cached(r)
             for r in fetch.rows(BENCHMARKS.parent / "samples" / "inputs.csv")}  # fmt: skip
    folder, file = tmp_path_factory.mktemp("r8"), archives["jcore-android-2.2.6.jar"]
    archive = bench.Archive(file, "jcore-android-2.2.6.jar", "jiguang-jcore", bench.classes(file))
    try:
        bench.build([archive], folder, tools)
    except (OSError, subprocess.TimeoutExpired) as e:
        pytest.skip(f"no Java: {e}")
    made = folder / f"{file.stem}.r8.zip"
    if not made.exists():
        pytest.skip("R8 is not at hand (make inputs)")
    with zipfile.ZipFile(made) as z:
        out = folder / "app.dex"
        out.write_bytes(z.read("classes.dex"))
    return out


def test_a_real_sdk_is_found_after_r8(archives: dict[str, Path], shrunk: Path, tmp_path: Path) -> None:
    learnt = [learn.lesson(path, SDKS, name=name) for name, path in archives.items()]
    file = tmp_path / "sdks.mcfp"
    file.write_bytes(prints.dump(prints.make(learnt)))

    def sdks(book: Path | None) -> dict[str, dict[str, Any]]:
        facts: list[dict[str, Any]] = []
        reader.read(shrunk, facts.extend, catalogue.load(), prints=book)
        return {f["id"]: f for f in facts if f["kind"] == "sdk"}

    assert "jiguang-jcore" not in sdks(None), "its names are gone"
    found = sdks(file)
    assert set(found) - set(sdks(None)) == {"jiguang-jcore"}
    jcore = found["jiguang-jcore"]
    assert (jcore["version"], jcore["version_by"]) == ("2.2.6", "fingerprint")
    assert "fingerprint" in jcore["by"]
    assert "package" not in jcore["by"]
    assert jcore["classes"] > 5
    assert jcore["confidence"] == "high"
