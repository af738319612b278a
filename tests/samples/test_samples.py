"""The self-built packages: facts planted in them, near misses, and agreement of sources and builds."""

from __future__ import annotations

import fnmatch
import functools
import importlib.util
import io
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from mingcha import catalogue, pipeline
from mingcha.model import Finding
from mingcha.settings import Settings

SAMPLES = Path(__file__).parents[2] / "samples"
AT = date(2026, 11, 22)
Pattern = dict[str, Any]


@functools.cache
def builder() -> ModuleType:
    """samples/build.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("mingcha_samples_build", SAMPLES / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@functools.cache
def cases() -> tuple[tuple[Path, dict[str, Any]], ...]:
    """(file, case) for every file of every case."""
    return tuple(
        (home.parent / file, case)
        for home in sorted(SAMPLES.glob("*/expected*.yml"))
        for case in yaml.safe_load(home.read_text(encoding="utf-8"))
        for file in case["files"]
    )


@functools.cache
def read(path: Path) -> pipeline.Read:
    return pipeline.read([path], Settings())


@functools.cache
def findings(path: Path) -> tuple[Finding, ...]:
    return pipeline.judge(read(path), AT).findings


@functools.cache
def glob(pattern: str) -> re.Pattern[str]:
    """Only `*` is special: descriptors are full of brackets."""
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.S)


def holds(want: Any, have: Any) -> bool:
    if isinstance(want, str) and "*" in want:
        return isinstance(have, str) and glob(want).fullmatch(have) is not None
    if isinstance(want, list):
        return have == [] if not want else all(any(holds(w, h) for h in have or ()) for w in want)
    if isinstance(want, Mapping):
        return isinstance(have, Mapping) and all(holds(w, have.get(k)) for k, w in want.items())
    return type(want) is type(have) and bool(want == have)


def found(pattern: Pattern, path: Path) -> bool:
    return any(holds(pattern, fact) for fact in read(path).facts)


def patterns(*keys: str) -> list[Any]:
    """One test parameter per pattern; `keys` lead to a list inside a case."""
    out = []
    for path, case in cases():
        node: Any = case
        for key in keys:
            node = node.get(key, {})
        for pattern in node or ():
            shown = " ".join(str(v) for k, v in pattern.items() if k != "owner")
            out.append(pytest.param(path, pattern, id=f"{path.name}: {shown}"))
    return out


@pytest.mark.parametrize(("path", "pattern"), patterns("expected"))
def test_planted_facts_are_found(path: Path, pattern: Pattern) -> None:
    assert found(pattern, path)


@pytest.mark.parametrize(("path", "pattern"), patterns("absent"))
def test_near_misses_are_not_reported(path: Path, pattern: Pattern) -> None:
    assert not found(pattern, path)


@pytest.mark.parametrize(("path", "pattern"), patterns("todo", "expected"))
def test_known_misses_are_still_missed(path: Path, pattern: Pattern) -> None:
    assert not found(pattern, path), "found now: move it from todo to expected"


@pytest.mark.parametrize(("path", "pattern"), patterns("todo", "absent"))
def test_known_false_reports_are_still_made(path: Path, pattern: Pattern) -> None:
    assert found(pattern, path), "no longer reported: move it from todo to absent"


@pytest.mark.parametrize(("path", "pattern"), patterns("absent"))
def test_absent_facts_can_occur(path: Path, pattern: Pattern) -> None:
    """A pattern that no sample at all meets would hold for ever, rightly or wrongly."""
    assert any(found(pattern, other) for other, _ in cases() if other != path)


def test_patterns_name_fields_of_the_catalogue() -> None:
    kinds = catalogue.load(None, AT).facts
    for _, case in cases():
        todo = case.get("todo", {})
        lists = (case.get("expected"), case.get("absent"), todo.get("expected"), todo.get("absent"))
        for pattern in (p for entries in lists for p in entries or ()):
            fields = kinds[pattern["kind"]].fields.keys() | {"kind", "where"}
            assert pattern.keys() <= fields, pattern


def outcomes(path: Path) -> dict[str, set[str]]:
    """Rules that failed, and rules that suspect."""
    return {
        "failed": {f.rule for f in findings(path) if f.outcome == "failed"},
        "suspected": {f.rule for f in findings(path) if "suspect" in f.reasons},
    }


@pytest.mark.parametrize("path", [p for p, case in cases() if case.get("quiet")], ids=lambda p: p.name)
def test_no_rule_accuses_the_clean_sample(path: Path) -> None:
    assert outcomes(path) == {"failed": set(), "suspected": set()}


@pytest.mark.parametrize(
    ("path", "want"), [(p, c["findings"]) for p, c in cases() if "findings" in c], ids=lambda v: getattr(v, "name", "")
)  # fmt: skip
def test_rules_find_what_is_planted(path: Path, want: dict[str, list[str]]) -> None:
    have = outcomes(path)
    assert {k: set(rules) - have[k] for k, rules in want.items()} == {k: set() for k in want}


def test_answers_decide_only_when_confirmed() -> None:
    together = pipeline.read([SAMPLES / "violator" / "violator.apk", SAMPLES / "answers.yml"], Settings())
    by_rule = {f.rule: f for f in pipeline.judge(together, AT).findings}
    answers = yaml.safe_load((SAMPLES / "answers.yml").read_text(encoding="utf-8"))["answers"]
    for answer in answers:
        finding = by_rule[answer["rule"]]
        if answer.get("confirmed_by"):
            assert (finding.outcome, finding.reasons) == (answer["outcome"], ("answer:confirmed",))
        else:
            assert finding.outcome == "cantTell"
            assert "answer:unconfirmed" in finding.reasons
    assert {bool(a.get("confirmed_by")) for a in answers} == {True, False}


def test_sums_agree_with_sources_and_outputs() -> None:
    assert builder().SUMS.read_text(encoding="utf-8") == builder().sums(), "run python samples/build.py"


def test_outputs_are_small_and_all_expected() -> None:
    files = builder().outputs()
    assert {p for p, _ in cases()} == set(files)
    assert all(f.stat().st_size < builder().MOST for f in files)
    assert sum(f.stat().st_size for f in files) < builder().MOST_ALL


def members(data: bytes, where: str = "") -> Iterator[tuple[str, bytes]]:
    """Entries of a package and of the packages inside it, but for signatures."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for name in z.namelist():
            content = z.read(name)
            if fnmatch.fnmatch(name, "*.apk") or name == "classes.jar":
                yield from members(content, f"{where}{name}!")
            elif not name.startswith("META-INF/"):
                yield where + name, content


def test_rebuild_gives_the_same_content(tmp_path: Path) -> None:
    build = builder()
    if lacking := build.missing():
        pytest.skip("samples cannot be rebuilt here, missing: " + "; ".join(lacking))
    try:
        build.inputs()
    except LookupError as e:
        pytest.skip(f"samples cannot be rebuilt here: {e}")
    build.build(tmp_path)
    rebuilt = build.outputs(tmp_path)
    assert [f.relative_to(tmp_path) for f in rebuilt] == [f.relative_to(SAMPLES) for f in build.outputs()]
    for file in rebuilt:
        committed = dict(members((SAMPLES / file.relative_to(tmp_path)).read_bytes()))
        fresh = dict(members(file.read_bytes()))
        assert fresh.keys() == committed.keys()
        assert {n for n in fresh if fresh[n] != committed[n]} == set(), file.name
