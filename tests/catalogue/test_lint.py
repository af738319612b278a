"""Lint: every objection has a catalogue that earns it, and a clean one earns none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mingcha.catalogue import build, lint, lint_texts, lock
from mingcha.catalogue.loader import ROOT
from mingcha.catalogue.schema import Text

R = "rules/C/cleartext.yml"


def lines(root: Path, only: set[str] | None = None) -> list[str]:
    return [p.line("en") for p in lint.lint(root, only=only)]


def test_a_clean_catalogue_only_wants_its_lock(write: Any) -> None:
    root = write()
    assert lines(root) == ["lock.json: cleartext: is not locked yet"]
    lock.write(build.build(root).catalogue, root / lock.FILE)
    assert lines(root) == []
    assert lines(root, {R}) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: cleartext", "id: clear", "id: must equal the file name"),
        ("id: cleartext", "id: Clear_text", "id: only small letters"),
        ("scenario: C5-13", "scenario: A5-13", "scenario: the folder must be"),
        ("scenario: C5-13", "scenario: C5-99", "scenario: unknown C5-99"),
        ("version: 1", "version: 0", "version: starts at 1"),
        ("version: 1", "version: 1\nissue_types: [N99]", "issue_types: unknown N99"),
        ("blocked_by: [packed]", "blocked_by: [packed, gone]", "blocked_by: unknown gone"),
        ("blocked_by: [packed]", "blocked_by: [packed, packed]", "blocked_by: lists something twice"),
        ("subjects: [app]", "subjects: [robot]", "subjects: unknown robot"),
        ("subjects: [app]", "subjects: []", "subjects: needs at least one"),
        ("match: {fact: package, where: {cleartext: true}}", "check: nowhere", "check: unknown nowhere"),
        ("match: {fact: package", "recorded: {fact: gone}\nmatch: {fact: package", "recorded"),
        ("match: {fact: package", "recorded: {fact: package}\nmatch: {fact: package", "evidence.record: recorded and evidence.record go together"),
        ("severity:", "params: {a: 1}\nseverity:", "params: params without check"),
        ("  - {law: LAW, article: '1'}", "  []", "basis: has no legal basis"),
        ("law: LAW", "law: NOWHERE", "basis NOWHERE 1: unknown law"),
        ("article: '1'", "article: '9'", "basis LAW 9: unknown article"),
        ("in_force: {from: '2021-11-01'}", "in_force: {from: '2020-01-01', to: '2020-06-01'}", "never in force while"),
        ("in_force: {from: '2021-11-01'}", "in_force: {from: '2020-01-01'}", "earlier than every basis (2021-11-01)"),
        ("in_force: {from: '2021-11-01'}", "in_force: {from: '2021-11'}", "2021-11 is no ISO date"),
        ("in_force: {from: '2021-11-01'}", "in_force: {from: '2022-01-01', to: '2022-01-01'}", "ends before it begins"),
        ("where: {cleartext: true}", "where: {format: {is_a: nothing}}", "match: unknown item nothing"),
        ("where: {cleartext: true}", "where: {id: {in_list: nothing}}", "match: unknown word list nothing"),
        ("{fact: package, where: {cleartext: true}}", "{fact: behaviour, where: {api: a.B.c}, at_least: 6, within: 60}", "match: a behaviour fact stands for many"),
        ("{fact: package, where: {cleartext: true}}", "{fact: transmit, where: {item: locatoin}}",
         "match: unknown value locatoin of transmit.item"),
        ("{fact: package, where: {cleartext: true}}", "{fact: transmit, where: {item: {not: {in: [locatoin, null]}}}}",
         "match: unknown value locatoin of transmit.item"),
        ("{fact: package, where: {cleartext: true}}", "{fact: limitation, where: {code: [gone]}}",
         "match: unknown value gone of limitation.code"),
        ("{fact: package, where: {cleartext: true}}", "{fact: statement, where: {items: {contains: gone}}}",
         "match: unknown value gone of statement.items"),
        ("  - {name: unseen, outcome: cantTell}", "", "tests: no test with outcome cantTell"),
        ("name: bad, outcome: failed", "name: bad, outcome: failed, todo: true", "no test with outcome failed"),
        ("name: bad, outcome: failed", "name: bad, outcome: failed, todo: true", "bad: the test is met now: remove todo"),
        ("name: good, outcome: passed", "name: good, outcome: failed", "good: expected failed, got passed"),
        ("name: good", "name: bad", "tests: two tests have one name"),
        ("zh: 允许明文,", "zh: Cleartext,", "cleartext.title: zh has no Chinese character"),
        ("en: Cleartext allowed", "en: 明文", "cleartext.title: en holds Chinese"),
        ("zh: 可被窃听。", "zh: '可被窃听,且可被篡改。'", "cleartext.why: zh needs full-width"),
        ("en: Manifest entry", "en: TODO", "cleartext.evidence.suspect: en holds a placeholder"),
    ],
)  # fmt: skip
def test_rules(write: Any, rule_text: str, old: str, new: str, told: str) -> None:
    assert old in rule_text
    found = lines(write({R: rule_text.replace(old, new, 1)}))
    assert [line for line in found if told in line], found


def test_a_check_that_raises_is_told(write: Any, rule_text: str) -> None:
    broken = rule_text.replace("match: {fact: package, where: {cleartext: true}}", "check: nowhere")
    assert any(
        "unseen: expected cantTell, got KeyError: 'nowhere'" in line for line in lines(write({R: broken}))
    )


def test_a_known_miss_may_stay(write: Any, rule_text: str) -> None:
    more = (
        rule_text
        + "  - {name: miss, outcome: failed, facts: [{kind: package, cleartext: false}], todo: true}\n"
    )
    assert lines(write({R: more}), {R}) == []


def test_sheet_only_rules_test_untested(write: Any, rule_text: str) -> None:
    sheet = "sheet: {question: {zh: 有无？, en: Is there one?}, attach: {zh: 截图。, en: A screenshot.}}"
    text = rule_text.replace("match: {fact: package, where: {cleartext: true}}", sheet).replace(
        "[package]", "[sheet]"
    )
    assert any("no test with outcome untested" in line for line in lines(write({R: text})))


def test_a_rule_that_can_only_suspect_needs_no_failed_test(write: Any, rule_text: str) -> None:
    text = rule_text.replace("match:", "suspect:").replace("bad, outcome: failed", "bad, outcome: cantTell")
    assert lines(write({R: text}), {R}) == []


def test_a_broken_file_does_not_hide_the_others(write: Any, rule_text: str) -> None:
    root = write({"rules/C/bad.yml": "a: [", R: rule_text.replace("name: good", "name: bad")})
    found = lines(root)
    assert any(line.startswith("rules/C/bad.yml: not acceptable YAML") for line in found)
    assert any("two tests have one name" in line for line in found)
    assert lines(root, {"rules/C/bad.yml"}) == [line for line in found if line.startswith("rules/C/bad.yml")]


def test_duplicates_and_orphans(write: Any) -> None:
    root = write(
        {
            "lists/items/b.yml": """
- {id: location, name: {zh: 位置, en: Location}}
- {id: lost, parent: nowhere, name: {zh: 遗失, en: Lost}}
- {id: one, parent: two, name: {zh: 一, en: One}}
- {id: two, parent: one, name: {zh: 二, en: Two}}
""",
            "lists/packers.yml": "[{id: 3}]",
            "lists/patterns.yml": "- text",
            "aspects.yml": None,
        }
    )
    found = "\n".join(lines(root))
    assert "lists/items/b.yml: location: duplicate id, also in lists/items/a.yml" in found
    assert "lost: unknown parent nowhere" in found
    assert found.count("its parents form a cycle") == 2
    assert "lists/packers.yml: 3: wrong form" in found
    assert "lists/patterns.yml: [0]: wrong form" in found


def test_no_facts_no_catalogue(write: Any) -> None:
    root = write({"facts.yml": None})
    assert "facts.yml: the file is missing" in lines(root)
    assert any("facts.yml: a: wrong form" in line for line in lines(write({"facts.yml": "a: 1"})))
    assert any("facts.yml: not acceptable" in line for line in lines(write({"facts.yml": "a: ["})))


NAMED = "name: {zh: 甲, en: A}, vendor: {zh: 乙, en: B}"
SOURCE = "sources: [{by: ours, ref: x}]"
D = "doc: {zh: 说明。, en: Doc.}"


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("lists/sdks/a.yml", f"[{{id: a, {NAMED}, purpose: push, sources: []}}]", "a sources: has no source"),
        ("lists/sdks/a.yml", f"[{{id: a, {NAMED}, purpose: magic, {SOURCE}}}]", "a purpose: unknown purpose magic"),
        ("lists/sdks/a.yml", f"[{{id: a, {NAMED}, purpose: push, items: [x], {SOURCE}}}]", "a items: unknown x"),
        ("lists/sdks/a.yml", f"[{{id: a, {NAMED}, purpose: push, prefixes: [com], {SOURCE}}}]", "fewer than two segments"),
        ("lists/sdks/a.yml", f"[{{id: a, {NAMED}, purpose: push, prefixes: [com.tencent.], {SOURCE}}}]", "is too wide"),
        ("lists/sdks/a.yml", (f"[{{id: a, {NAMED}, purpose: push, prefixes: [a.b], {SOURCE}}},"
         f" {{id: b, {NAMED}, purpose: push, prefixes: [a.b.], {SOURCE}}}]"), "b prefixes: prefix a.b. is also of a"),
        ("lists/apis/a.yml", "[{class: A, members: [{name: f}]}]", "exactly one of item and capability"),
        ("lists/apis/a.yml", "[{class: A, members: [{item: location}]}]", "exactly one of name and field"),
        ("lists/apis/a.yml", "[{class: A, members: [{name: f, item: x}]}]", "A f: unknown x"),
        ("lists/apis/a.yml", "[{class: A, members: [{name: f, item: location, since: 5, until: 5}]}]", "since must be below"),
        ("lists/capabilities.yml", f"[{{id: location, name: {{zh: 位, en: L}}, {D}}}]", "also the id of a capability"),
        ("lists/app_types.yml", ("[{n: 1, id: a, name: {zh: 甲, en: A}, function: {zh: 乙, en: B}, necessary: [x],"
         " mark: ours}]"), "1 necessary: unknown x"),
        ("lists/permissions.yml", "[{name: p, title: {zh: 甲, en: A}, level: normal, items: [x]}]", "p items: unknown x"),
        ("lists/items/c.yml", "[{id: c, name: {zh: 甲, en: A}, basis: [{law: NO}]}]", "c basis: unknown NO"),
        ("issue_types.yml", ("[{id: N01, name: {zh: 甲, en: A}, since: '2019', scenarios: [X], proof: {zh: 乙, en: B},"
         " mark: ours}]"), "N01 scenarios: unknown X"),
        ("issue_types.yml", ("[{id: N01, name: {zh: 甲, en: A}, since: '2019', proof: {zh: 乙, en: B}, mark: ours,"
         " aliases: [{text: 丙, from: '2022-01-01', to: '2021-01-01'}]}]"), "aliases 丙: ends before it begins"),
        ("issue_types.yml", ("[{id: N01, name: {zh: 甲, en: A}, since: '2019', proof: {zh: 乙, en: B}, mark: ours,"
         " aliases: [{text: 丙, from: '2022'}]}]"), "2022 is no ISO date"),
        ("lists/words/a.yml", f"[{{id: a, name: {{zh: 甲, en: A}}, {D}, entries: [{{id: x, name: {{zh: 甲, en: A}}}}]}}]",
         "a x: has nothing to look for"),
        ("lists/words/a.yml", (f"[{{id: a, name: {{zh: 甲, en: A}}, {D}, entries: [{{id: x, name: {{zh: 甲, en: A}},"
         " regex: '('}]}]"), "bad regular expression"),
        ("lists/packers.yml", "[{id: a, name: {zh: 甲, en: A}, sources: []}]", "a sources: has no source"),
        ("laws/a.yml", ("[{id: D, name: {zh: 甲, en: A}, issuer: {zh: 乙, en: B}, kind: draft, mark: ours,"
         " in_force: {from: '2021-01-01'}, articles: []}]"), "a draft is never in force"),
        ("laws/a.yml", ("[{id: D, name: {zh: 甲, en: A}, issuer: {zh: 乙, en: B}, kind: law, mark: ours, in_force: {},"
         " articles: [{id: '1', text: {zh: 甲。, en: A.}, mark: ours}, {id: '1', text: {zh: 乙。, en: B.}, mark: ours}]}]"),
         "D 1: the article is listed twice"),
        ("laws/a.yml", ("[{id: D, name: {zh: 甲, en: A}, issuer: {zh: 乙, en: B}, kind: law, mark: ours, in_force: {},"
         " articles: [{id: '1', text: {zh: 甲。, en: A.}, mark: ours, in_force: {to: soon}}]}]"), "soon is no ISO date"),
    ],
)  # fmt: skip
def test_lists(write: Any, file: str, text: str, told: str) -> None:
    found = lines(write({file: text}))
    assert [line for line in found if told in line], found


def test_drafts_are_no_basis(write: Any, rule_text: str) -> None:
    law = (
        "{id: DRAFT, name: {zh: 草案, en: Draft}, issuer: {zh: 机关, en: Office}, kind: draft, in_force: {}, mark: ours,"
        " articles: [{id: '1', text: {zh: 甲。, en: A.}, mark: ours}]}"
    )
    found = lines(write({"laws/draft.yml": law, R: rule_text.replace("law: LAW", "law: DRAFT")}))
    assert any("basis DRAFT 1: a draft is no legal basis" in line for line in found)


def test_editions_have_dates_of_their_own(write: Any, rule_text: str) -> None:
    law = (
        "{id: TAF, name: {zh: 规范, en: Norm}, issuer: {zh: 协会, en: Association}, kind: standard, in_force: {}, mark: ours,"
        " articles: [{id: '7', text: {zh: 旧。, en: Old.}, mark: ours, in_force: {from: '2022-01-01', to: '2023-01-01'}},"
        " {id: '7', text: {zh: 新。, en: New.}, mark: ours, in_force: {from: '2023-01-01'}}]}"
    )
    cite = rule_text.replace("{law: LAW, article: '1'}", "{law: TAF, article: '7'}")
    assert any(
        "earlier than every basis (2022-01-01)" in line for line in lines(write({"laws/t.yml": law, R: cite}))
    )
    later = cite.replace("2021-11-01", "2022-06-01")
    assert lines(write({"laws/t.yml": law, R: later}), {R}) == []


def test_scenarios_without_rules(write: Any, rule_text: str) -> None:
    root = write({R: rule_text.replace("status: trial", "status: retired")})
    assert "aspects.yml: C5-13: the scenario has no rule" in lines(root)


@pytest.mark.parametrize(
    ("zh", "en", "place", "told"),
    [
        ("", "x", ("Rule", "why"), "zh is empty"),
        ("好", " ", ("Rule", "why"), "en is empty"),
        ("好" * 41, "x", ("Rule", "title"), "zh is longer than 40 characters"),
        ("好", "x" * 1201, ("Rule", "why"), "en is longer than 1200"),
        ("好 ", "x", ("Rule", "why"), "zh has stray blanks"),
        ("好", "x\ny", ("Rule", "why"), "en has stray blanks"),
    ],
)
def test_texts(zh: str, en: str, place: tuple[str, str], told: str) -> None:
    assert any(told in fault for _, fault in lint_texts.faults(Text(zh=zh, en=en), place))


def test_products_keep_their_names() -> None:
    assert list(lint_texts.faults(Text(zh="OkHttp", en="OkHttp"), ("Sdk", "name"))) == []
    assert list(lint_texts.faults(Text(zh="版本10:30以后", en="x"), ("Rule", "why"))) == []


def test_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rule = ROOT / "rules/C/cleartext-traffic-allowed.yml"
    assert lint.main([str(rule)]) == 0
    assert "0 problems" in capsys.readouterr().err
    assert lint.main([str(tmp_path / "x.yml")]) == 2
    assert "no file of the catalogue" in capsys.readouterr().err
    assert lint.main([str(ROOT / "rules/C/none.yml")]) == 2
    problem = lint.Problem("a.yml", "", "错误", "wrong")
    monkeypatch.setattr(lint, "lint", lambda only: [problem, problem._replace(where="x")])
    monkeypatch.setattr(lint.sys, "argv", ["lint"])
    assert lint.main() == 1
    assert capsys.readouterr().out == "a.yml: 错误 / wrong\na.yml: x: 错误 / wrong\n"
    assert problem.line() == "a.yml: 错误"


def test_purposes_are_those_of_the_catalogue() -> None:
    used = {sdk.purpose for sdk in build.build(ROOT).catalogue.sdks.values()}
    assert used <= lint.lint_lists.PURPOSES


def test_every_rule_shipped_is_clean() -> None:
    rules = {p.relative_to(ROOT).as_posix() for p in ROOT.glob("rules/*/*.yml")}
    assert len(rules) >= 3
    assert [p.line("en") for p in lint.lint(only=rules)] == []


def test_everything_shipped_is_clean() -> None:
    assert [p.line("en") for p in lint.lint()] == []


def test_meaning_of_structs_survives_plain(write: Any) -> None:
    rule = build.build(write()).catalogue.rules["cleartext"]
    again = msgspec.convert(msgspec.to_builtins(rule), type(rule))
    assert again == rule
