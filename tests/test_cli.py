"""The command line as its users meet it: what each verb prints, where, and its exit status."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from mingcha import __version__, catalogue, cli, pipeline, report, store
from mingcha.catalogue import lint, lock
from mingcha.catalogue.problem import Problem
from mingcha.errors import Exit, ToolMissing
from mingcha.model import SEVERITIES
from tests.support import ERROR, Ran, put, run

pytestmark = pytest.mark.usefixtures("place")
MINGCHA = Path(sys.executable).with_name("mingcha")
RULE = "debuggable-release"


def verbs(group: click.Group = cli.cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))


# ---- help and language ---------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [(), *verbs()], ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_verb_explains_itself_in_both_languages(verb: tuple[str, ...], flag: str) -> None:
    ran = run(*verb, flag)
    assert ran.code == Exit.OK
    assert ran.err == ""
    assert ran.out.startswith(f"Usage: {' '.join(('mingcha', *verb))}")
    description = ran.out.split("Options:")[0]
    assert re.search(r"[\u4e00-\u9fff]{4}", description), "no Chinese summary"
    assert re.search(r"[A-Z][a-z]+,? [a-z]+", description.partition("\n")[2]), "no English summary"


@pytest.mark.parametrize("verb", [v for v in verbs() if v != ("rules",)], ids=" ".join)
def test_every_option_has_a_help_text_in_both_languages(verb: tuple[str, ...]) -> None:
    command: Any = cli.cli
    for name in verb:
        command = command.commands[name]
    for option in command.params:
        if isinstance(option, click.Option) and option.name != "help":
            assert option.help, option.name
            assert re.search(r"[\u4e00-\u9fff]", option.help), option.name
            assert re.search(r"[a-z]{3}", option.help), option.name


def test_version() -> None:
    assert run("--version") == (0, f"mingcha, version {__version__}\n", "")


def test_no_verb_at_all_shows_the_help_and_is_wrong_use() -> None:
    ran = run()
    assert ran.code == Exit.USAGE
    assert "Commands:" in ran.out + ran.err


@pytest.mark.parametrize(
    ("args", "environment", "settings", "head"),
    [
        ((), None, "", "检测结果"),
        (("--lang", "en"), None, "", "Inspection result"),
        ((), "en", "", "Inspection result"),
        (("--lang", "zh"), "en", "", "检测结果"),
        ((), None, "lang = 'en'", "Inspection result"),
        ((), "zh", "lang = 'en'", "检测结果"),
    ],
)
def test_the_language_is_that_of_option_environment_settings_in_this_order(
    good: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], environment: str | None, settings: str, head: str
) -> None:  # fmt: skip
    if environment:
        monkeypatch.setenv("MINGCHA_LANG", environment)
    Path("mingcha.toml").write_text(settings)
    for placed in ((*args, "scan", good), ("scan", good, *args)):
        assert run(*placed, "--fail-on", "never").out.startswith(head)


@pytest.mark.parametrize(
    ("args", "environment", "settings", "text"),
    [
        ((), None, "", "找不到"),
        (("--lang", "en"), None, "", "does not exist"),
        (("--lang=en",), "zh", "", "does not exist"),
        ((), "en", "", "does not exist"),
        ((), None, "lang = 'en'", "does not exist"),
        (("--lang", "zh"), "en", "", "找不到"),
    ],
)
def test_errors_speak_the_same_language(
    monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], environment: str | None, settings: str, text: str
) -> None:
    if environment:
        monkeypatch.setenv("MINGCHA_LANG", environment)
    Path("mingcha.toml").write_text(settings)
    for placed in ((*args, "scan", "nowhere.apk"), ("scan", "nowhere.apk", *args)):
        ran = run(*placed)
        assert ran.code == Exit.INPUT
        assert text in ran.error


# ---- exit status -----------------------------------------------------------------------------------


def test_nothing_found_is_0_and_findings_are_1(good: Path, bad: Path) -> None:
    clean = run("scan", good, "--format", "json", "--fail-on", "critical")
    failed = [f["severity"] for f in clean.document["findings"] if f["outcome"] == "failed"]
    assert clean.code == ("critical" in failed)
    found = run("scan", bad, "--format", "json")
    assert RULE in {f["rule"] for f in found.document["findings"] if f["outcome"] == "failed"}
    assert found.code == Exit.FINDINGS


@pytest.mark.parametrize("threshold", [*SEVERITIES, "never"])
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("outcome", ["failed", "cantTell"])
def test_fail_on(saved: Callable[..., Path], severity: str, threshold: str, outcome: str) -> None:
    path = saved("result.json", some_rule=(outcome, severity))
    reached = threshold != "never" and SEVERITIES.index(severity) <= SEVERITIES.index(threshold)  # type: ignore[arg-type]
    assert run("report", path, "--fail-on", threshold).code == (outcome == "failed" and reached)


def test_fail_on_comes_from_the_settings_too(saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved("result.json", some_rule=("failed", "minor"))
    assert run("report", path).code == Exit.FINDINGS
    monkeypatch.setenv("MINGCHA_FAIL_ON", "serious")
    assert run("report", path).code == Exit.OK
    assert run("report", path, "--fail-on", "minor").code == Exit.FINDINGS


def test_reading_only_in_part_is_4_where_strict(partly: Path, good: Path) -> None:
    loose = run("scan", partly, "--format", "json", "--fail-on", "never")
    assert loose.code == Exit.OK
    (exhibit,) = loose.document["exhibits"]
    assert exhibit["status"] == "partly"
    assert [lim["code"] for lim in exhibit["limitations"]] == ["malformed-dex"]
    assert run("scan", partly, "--strict", "--fail-on", "never").code == Exit.PARTLY
    assert run("scan", partly, "--strict", "--fail-on", "minor").code == Exit.PARTLY
    assert run("scan", good, "--strict", "--fail-on", "never").code == Exit.OK
    Path("partly.json").write_text(loose.out)
    assert run("report", "partly.json", "--strict", "--fail-on", "never").code == Exit.PARTLY


WRONG = [
    (("nope",), "没有命令", "No such command"),
    (("rules", "nope"), "没有命令", "No such command"),
    (("scan",), "缺少", "Missing"),
    (("scan", "good.apk", "--nope"), "没有选项", "No such option"),
    (("scan", "good.apk", "--at"), "选项 --at", "--at"),
    (("scan", "good.apk", "--at", "yesterday"), "不是日期", "no date"),
    (("scan", "good.apk", "--at", "2026-02-30"), "不是日期", "no date"),
    (("scan", "good.apk", "--app-type", "40"), "1 至 39", "40"),
    (("scan", "good.apk", "--fail-on", "bad"), "可选 critical、serious", "critical"),
    (("scan", "good.apk", "--format", "pdfx"), "没有这种格式", "no such format"),
    (("scan", "good.apk", "--format", "json", "--format", "html"), "多种格式", "several formats"),
    (("facts", "good.apk", "--kind", "facts"), "没有这类事实", "no such kind"),
    (("rules", "show", "nope"), "没有规则", "no rule"),
    (("rules", "test", "nope"), "没有规则", "no rule"),
    (("doctor", "x"), "多余的参数", "unexpected extra"),
    (("diff", "one.json"), "缺少", "Missing"),
]


@pytest.mark.parametrize(("args", "zh", "en"), WRONG, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_wrong_use_is_2_in_one_line(good: Path, args: tuple[str, ...], zh: str, en: str) -> None:
    for lang, text in (("zh", zh), ("en", en)):
        ran = run("--lang", lang, *args)
        assert ran.code == Exit.USAGE
        assert ran.error_code == "usage"
        assert text in ran.error
        assert " — " in ran.error, "no hint"


def test_wrong_use_is_told_before_anything_is_read(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("was read")

    monkeypatch.setattr(pipeline, "read", fail)
    for more in (("--format", "nope"), ("--format", "json", "--format", "html"),
                 ("--format", "json", "--format", "html", "-o", str(good))):  # fmt: skip
        assert run("scan", good, *more).code == Exit.USAGE


def test_wrong_settings_are_2_and_named(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_LANG", "en")
    monkeypatch.setenv("MINGCHA_WALL_SECONDS", "soon")
    ran = run("scan", good)
    assert ran.code == Exit.USAGE
    assert ran.error_code == "bad-settings"
    assert "wall_seconds" in ran.error
    assert "docs/settings.md" in ran.error


def test_a_missing_tool_is_6(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ToolMissing("没有浏览器", "no browser", {"zh": "请安装 Chromium", "en": "install Chromium"})

    monkeypatch.setattr(pipeline, "read", missing)
    ran = run("scan", good)
    assert (ran.code, ran.error) == (Exit.MISSING, "[tool-missing] 没有浏览器 — 请安装 Chromium")


def test_a_fault_of_ours_is_5_without_a_traceback(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\nzero\x1b[31m")

    monkeypatch.setattr(pipeline, "read", broken)
    for lang, text in (("zh", "内部错误"), ("en", "internal error")):
        ran = run("--lang", lang, "scan", good)
        assert ran.code == Exit.INTERNAL
        assert ran.error_code == "internal"
        assert f"{text}" in ran.error
        assert "ZeroDivisionError: by zero\\x1b[31m" in ran.error
        assert "--debug" in ran.error
    ran = run("--debug", "scan", good)
    assert ran.code == Exit.INTERNAL
    assert "Traceback (most recent call last)" in ran.err
    assert ran.err.splitlines()[-1].startswith("[internal] ")


def test_debug_shows_the_traceback_of_an_error_too() -> None:
    found = subprocess.run(
        [MINGCHA, "--debug", "scan", "nowhere.apk"], capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback (most recent call last)" in found.stderr
    assert found.stderr.splitlines()[-1].startswith("[not-found] ")
    assert found.returncode == Exit.INPUT


def test_interrupting_is_130_in_one_line(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "read", stop)
    ran = run("scan", good)
    assert ran.code == 130
    assert [line for line in ran.err.splitlines() if line] == ["[interrupted] 已中断 / interrupted"]


# ---- scan ------------------------------------------------------------------------------------------


def is_format(fmt: str, data: bytes) -> bool:
    match fmt:
        case "table":
            return "SHA-256" in data.decode()
        case "json":
            return json.loads(data)["schema"] == "mingcha.inspection/1"
        case "html":
            return data.lstrip().lower().startswith(b"<!doctype html>")
        case "sarif":
            return json.loads(data)["version"] == "2.1.0"
    raise AssertionError(f"say here how {fmt} is told")


@pytest.mark.parametrize("fmt", list(report.FORMATS))
def test_every_format_goes_to_stdout_to_a_file_and_into_a_folder(good: Path, place: Path, fmt: str) -> None:
    suffix = report.FORMATS[fmt].suffix
    ran = run("scan", good, "--format", fmt, "--fail-on", "never")
    assert is_format(fmt, ran.out.encode())
    assert ran.err == ""
    for output in (place / "deep/er/named", place / f"by-suffix{suffix}"):
        more = ["--format", fmt] if output.suffix != suffix else []
        ran = run("scan", good, *more, "-o", output, "--fail-on", "never")
        assert (ran.code, ran.out, ran.err) == (0, "", f"{output}\n")
        assert is_format(fmt, output.read_bytes())
    (place / "folder").mkdir()
    ran = run("scan", good, "--format", fmt, "-o", place / "folder", "--fail-on", "never")
    assert ran.err == f"{place / 'folder' / f'report{suffix}'}\n"
    assert not list(place.rglob(".part-*"))


def test_several_formats_go_into_one_folder(good: Path, place: Path) -> None:
    chosen = [a for fmt in ("json", "html", "sarif", "json") for a in ("--format", fmt)]
    ran = run("scan", good, *chosen, "-o", place / "out", "--fail-on", "never")
    assert ran.code == Exit.OK
    assert sorted(p.name for p in (place / "out").iterdir()) == ["report.html", "report.json", "report.sarif"]
    assert len(ran.err.splitlines()) == 3


def test_a_place_that_cannot_be_written_is_told(good: Path, place: Path) -> None:
    put(place / "file", b"")
    ran = run("scan", good, "-o", place / "file" / "x.json", "--fail-on", "never")
    assert (ran.code, ran.error_code) == (Exit.USAGE, "unwritable")
    ran = run("scan", good, "--store", place / "file", "--fail-on", "never")
    assert (ran.code, ran.error_code) == (Exit.USAGE, "unwritable")


def test_an_existing_report_is_replaced_whole(good: Path, place: Path) -> None:
    target = put(place / "r.json", b"x" * 10_000_000)
    assert run("scan", good, "-o", target, "--fail-on", "never").code == Exit.OK
    assert is_format("json", target.read_bytes())
    assert target.stat().st_mode & 0o777 == 0o666 & ~store._umask()


def test_the_app_type_and_the_date_reach_the_result(good: Path) -> None:
    ran = run("scan", good, "--app-type", 1, "--at", "2024-03-01", "--format", "json", "--fail-on", "never")
    assert ran.document["subject"]["app_type"] == 1
    assert ran.document["tool"]["catalogue"]["at"] == "2024-03-01"


def test_a_check_sheet_answers_beside_the_package_in_any_order(good: Path, place: Path) -> None:
    loaded = catalogue.load()
    rule = next(r.id for r in loaded.rules_at() if r.sheet and "app" in r.subjects and r.applies is None)
    text = f"mingcha-answers: 1\nanswers:\n- {{rule: {rule}, outcome: failed, by: 张三, confirmed_by: 李四}}\n"
    sheet = put(place / "answers.yml", text.encode())
    seen = []
    for order in ((good, sheet), (sheet, good)):
        ran = run("scan", *order, "--format", "json", "--fail-on", "never")
        assert ran.document["subject"]["id"] == "com.example.app"
        seen.append(next(f["outcome"] for f in ran.document["findings"] if f["rule"] == rule))
    assert seen == ["failed", "failed"]


def test_scanning_twice_gives_the_same_result(bad: Path) -> None:
    first, second = (run("scan", bad, "--format", "json").document for _ in range(2))
    del first["timing"], second["timing"]
    assert first == second


# ---- facts, rules, doctor ---------------------------------------------------------------------------


def test_facts_are_json_lines_and_can_be_chosen(good: Path) -> None:
    every = run("facts", good)
    assert (every.code, every.err) == (Exit.OK, "")
    assert {"package", "url"} <= {f["kind"] for f in every.lines}
    assert all({"kind", "exhibit", "where"} <= set(f) for f in every.lines)
    for kinds in (("url",), ("url", "package"), ("permission",)):
        chosen = run("facts", good, *(a for k in kinds for a in ("--kind", k)))
        assert chosen.lines == [f for f in every.lines if f["kind"] in kinds]


def test_rules_are_listed_and_shown() -> None:
    loaded = catalogue.load()
    rows = [line.split("\t") for line in run("rules", "list").out.splitlines()]
    assert {r[0] for r in rows} == set(loaded.rules)
    assert all(len(r) == 6 for r in rows)
    for status in ("draft", "trial", "stable", "retired"):
        chosen = run("rules", "list", "--status", status, "--lang", "en").out.splitlines()
        assert {c.split("\t")[0] for c in chosen} == {r.id for r in loaded.rules.values() if r.status == status}
    rule = loaded.rules[RULE]
    assert rule.title.zh in run("rules", "show", RULE).out
    assert rule.title.en in run("rules", "show", RULE, "--lang", "en").out


def test_rules_lint_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "lint", lambda: [Problem("rules/C/x.yml", "title", "缺少英文", "no English")])
    ran = run("rules", "lint")
    assert (ran.code, ran.out, ran.err) == (Exit.FINDINGS, "", "rules/C/x.yml: title: 缺少英文\n")
    assert run("rules", "lint", "--lang", "en").err == "rules/C/x.yml: title: no English\n"
    monkeypatch.setattr(lint, "lint", list)
    assert run("rules", "lint") == (Exit.OK, "规则库无问题\n", "")
    assert run("--lang", "en", "rules", "lint").out == "the catalogue has no problems\n"


def test_rules_test_runs_the_tests_that_rules_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    n = len(catalogue.load().rules[RULE].tests)
    assert run("rules", "test", RULE) == (Exit.OK, f"{n} passed, 0 failed\n", "")
    from mingcha.judge import testing

    real = testing.run_tests
    monkeypatch.setattr(testing, "run_tests", lambda *a: [t._replace(outcome="untested") for t in real(*a)])
    ran = run("rules", "test", RULE)
    assert (ran.code, ran.out) == (Exit.FINDINGS, f"0 passed, {n} failed\n")
    assert len(ran.err.splitlines()) == n
    assert all(line.startswith(f"{RULE}: ") for line in ran.err.splitlines())


def test_rules_lock_and_pages_write_where_they_say(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setattr(lock, "ROOT", place)
    assert run("rules", "lock") == (Exit.OK, f"{place / 'lock.json'}\n", "")
    assert set(json.loads((place / "lock.json").read_bytes())) == {
        r.id for r in catalogue.load().rules.values() if r.status != "draft"
    }
    entry = next(iter(json.loads((place / "lock.json").read_bytes())))
    changed = json.loads((place / "lock.json").read_bytes())
    changed[entry]["digest"] = "0" * 64
    (place / "lock.json").write_text(json.dumps(changed))
    ran = run("rules", "lock")
    assert (ran.code, ran.error_code) == (Exit.USAGE, "bad-rule")
    written = run("rules", "pages", "--docs", place / "docs").out.splitlines()
    assert str(place / "docs/fact-kinds.md") in written
    assert all(Path(p).is_file() for p in written)
    assert run("rules", "pages", "--docs", place / "docs").out == ""


def test_doctor_speaks_both_languages() -> None:
    zh, en = run("doctor"), run("doctor", "--lang", "en")
    assert zh.code == en.code == Exit.OK
    assert "核心依赖" in zh.out
    assert "core dependency" in en.out
    assert len(zh.out.splitlines()) == len(en.out.splitlines())


# ---- a real shell -------------------------------------------------------------------------------------


def shell(command: str, **environment: str) -> Ran:
    found = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PATH": f"{MINGCHA.parent}:{os.environ['PATH']}", **environment},
    )  # fmt: skip
    return Ran(found.returncode, found.stdout, found.stderr)


def test_a_closed_pipe_ends_quietly_and_does_not_change_what_was_found(good: Path, bad: Path) -> None:
    for command, code in (
        ("mingcha facts good.apk | true", Exit.OK),
        ("mingcha rules list | true", Exit.OK),
        ("mingcha scan good.apk --format json --fail-on never | true", Exit.OK),
        ("mingcha scan bad.apk --format json | true", Exit.FINDINGS),
        ("mingcha scan bad.apk | true", Exit.FINDINGS),
    ):
        ran = shell(command)
        assert (ran.code, ran.err) == (code, ""), command
    ran = shell("mingcha facts good.apk | head -1")
    assert (ran.code, ran.err, len(ran.lines)) == (Exit.OK, "", 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told(good: Path) -> None:
    ran = shell("mingcha --lang en scan good.apk --fail-on never > /dev/full")
    assert (ran.code, ran.error_code) == (Exit.USAGE, "unwritable")


def test_through_the_child_process_the_result_is_the_same(bad: Path) -> None:
    here = run("scan", bad, "--format", "json").document
    there = shell("mingcha scan bad.apk --format json", MINGCHA_ISOLATE="true")
    assert (there.code, there.err) == (Exit.FINDINGS, "")
    for key in ("tool", "subject", "exhibits", "findings", "summary", "inventory"):
        assert there.document[key] == here[key], key


def test_progress_goes_to_a_terminal_and_never_to_stdout(good: Path) -> None:
    main, terminal = pty.openpty()
    found = subprocess.run(
        [MINGCHA, "scan", good, "--format", "json", "--fail-on", "never"], stdout=subprocess.PIPE, stderr=terminal,
        timeout=60, check=False,
    )  # fmt: skip
    os.close(terminal)
    said = os.read(main, 10_000).decode()
    os.close(main)
    assert "正在读取 'good.apk'" in said
    assert is_format("json", found.stdout)


def test_python_m_is_the_same_program() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "mingcha", "scan", "nowhere.apk"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (found.returncode, found.stdout) == (Exit.INPUT, "")
    assert ERROR.fullmatch(found.stderr.rstrip("\n"))
