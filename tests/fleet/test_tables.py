"""Export, questions, answers and re-judging, over runs made by hand and by a fleet."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from mingcha import catalogue, packed, pipeline, store
from mingcha.errors import BadInput, MingchaError, Usage
from mingcha.fleet import answers, capacity, commit, query, rejudge, rows, table
from mingcha.fleet.commit import Index
from mingcha.fleet.journal import Entry, Journal
from mingcha.fleet.query import Answer
from mingcha.model import Exhibit, Signer, Subject
from mingcha.report import json_
from tests.support import put, run

AT = date(2026, 11, 1)


def fact(kind: str, exhibit: str, **fields: Any) -> dict[str, Any]:
    form = catalogue.load().facts[kind].fields
    blank = {"str": "", "int": 0, "float": 0.0, "bool": False, "strs": [], "owner": {"kind": "app", "id": "", "name": ""}}
    return {"kind": kind, "exhibit": exhibit, "where": "w", **{n: None if f.type.endswith("?") else blank[f.base] for n, f in form.items()}, **fields}


def made(root: Path, n: int, *, name: str = "app", id_: str = "cn.example.a", signer: str = "1", sdk: dict[str, Any] | None = None,
         seen: str | None = None, debuggable: bool = False, month: str = "202611", shop: str = "") -> store.Run:  # fmt: skip
    """A stored run of an app with an SDK and a call of it."""
    sha = f"{n:064x}"
    facts = [fact("package", sha, format="apk", id=id_, name=name, debuggable=debuggable)]
    if sdk is not None:
        facts.append(fact("sdk", sha, name="友盟", confidence="high", **{"id": "umeng-common", **sdk}))
    if seen:
        facts.append(fact("startup-path", sha, api="android.telephony.TelephonyManager.getDeviceId", item="imei", verdict=seen, group="item",
                          owner={"kind": "sdk", "id": "umeng-common", "name": "友盟"}))  # fmt: skip
    subject = Subject(kind="app", name=name, id=id_, version=f"{n}", sha256=sha, size=n, signers=(Signer(sha256=signer * 64, sha1="", md5=""),))
    exhibits = (Exhibit(kind="package", name="a.apk", sha256=sha, size=n),)
    read = pipeline.Read(subject=subject, exhibits=exhibits, facts=list(facts), timing={})
    kept = store.Run(
        id=f"{month}27T000000-{sha[-12:]}-{n:012x}", at=f"{month[:4]}-{month[4:]}-27T00:00:00+00:00", subject=subject, exhibits=exhibits,
        observed=("package",), key=sha, ended="read", sandbox="rlimits", engine="1", labels={"store": shop} if shop else {},
    )  # fmt: skip
    Index(root).commit(kept, list(facts), json_.render(pipeline.judge(read, AT)))
    return kept


@pytest.fixture
def filled(place: Path) -> Path:
    root = place / "store"
    made(root, 1, id_="cn.a", sdk={"version": "9.3.8"}, seen="reachable", debuggable=True, shop="s1")
    made(root, 2, id_="cn.b", sdk={"version": "9.10.0"}, seen="reachable", debuggable=True, shop="s2")
    made(root, 3, id_="cn.c", sdk={"version": "9.4"}, seen="guarded", month="202610", signer="2")
    made(root, 4, id_="cn.d", sdk={"versions": ["9.3.0", "9.6.1"]}, seen="reachable", signer="2")
    made(root, 5, id_="cn.a", sdk={}, signer="3")
    made(root, 6, id_="cn.f", name="=cmd|' /C calc'!A0", signer="3")
    table.export(root)
    return root


def column(answer: Answer, name: str) -> list[Any]:
    at = answer.columns.index(name)
    return [r[at] for r in answer.rows]


@pytest.mark.parametrize(("low", "high"), [
    ("9.3.8", "9.10.0"), ("9.4-beta", "9.4"), ("1.2", "1.2.1"), ("9", "10"), ("1.0.0-rc2", "1"), ("2.0", "2.0.0.1"), ("1.2.3-SNAPSHOT", "1.2.3"),
])  # fmt: skip
def test_versions_sort_as_versions(low: str, high: str) -> None:
    assert (rows.comparable(low) or "") < (rows.comparable(high) or "")


def test_equal_versions_and_none() -> None:
    assert rows.comparable("1.2") == rows.comparable("1.2.0")
    assert [rows.comparable(v) for v in (None, "", "latest", "-")] == [None] * 4
    assert len(rows.comparable("9" * 500 + ".1" * 500) or "") < 200


def test_the_blast_radius_of_an_sdk_says_how_sure_it_is(filled: Path) -> None:
    found = query.ask(filled, "sdk", {"sdk": "umeng-common", "version": "9.5"})
    assert sorted(zip(column(found, "sha256"), column(found, "affected"), strict=True)) == [
        (f"{1:064x}", "yes"), (f"{3:064x}", "yes"), (f"{4:064x}", "perhaps"), (f"{5:064x}", "version-unknown"),
    ]  # fmt: skip
    called = query.ask(filled, "sdk", {"sdk": "umeng-common", "version": "9.5", "item": "imei", "before": True, "own": True})
    assert sorted(column(called, "sha256")) == [f"{1:064x}", f"{4:064x}"]
    assert set(column(called, "before_consent")) == {"static-lead"}
    assert query.ask(filled, "sdk", {"sdk": "umeng-common", "item": "oaid"}).rows == []
    reach = query.ask(filled, "sdk-reach", {"sdk": "umeng-common"})
    assert sum(column(reach, "packages")) == 5


def test_other_questions(filled: Path) -> None:
    prevalence = query.ask(filled, "prevalence", {"rule": "debuggable-release"})
    assert column(prevalence, "failed") == [2]
    assert column(prevalence, "passed") == [4]
    by = query.ask(filled, "prevalence", {"rule": "debuggable-release"}, ["month", "store"])
    assert {tuple(r[:3]) for r in by.rows} == {("2026-11", "s1", 1), ("2026-11", "s2", 1), ("2026-11", "", None), ("2026-10", "", None)}
    assert [r[:3] for r in query.ask(filled, "duplicates", {}).rows] == [("cn.a", 2, 2)]
    offenders = query.ask(filled, "offenders", {"rule": "debuggable-release"})
    assert [(r[0][0], r[2]) for r in offenders.rows] == [("1", 2)]
    journal = Journal(filled)
    for n, shop in enumerate(("s1", "s2")):
        journal.add(Entry(stamp=bytes([n]) * 16, path=f"/{shop}/a.apk", store=shop, key="k", run="r"))
    journal.close()
    assert query.ask(filled, "same-file", {}).rows == [("k", 2, 2, "/s1/a.apk", "r")]
    assert query.ask(filled, "ended", {}).rows[0][:3] == ("read", "rlimits", 6)
    with pytest.raises(Usage):
        query.ask(filled, "sdk", {})
    with pytest.raises(Usage):
        query.ask(filled, "sdk", {"sdk": "x", "version": "newest"})


@pytest.mark.parametrize("text", [
    "select * from read_text('/etc/passwd')", "copy inspections to '/tmp/x.csv'", "select 1; select 2", "attach 'x.db'", "nonsense",
    "set enable_external_access = true", "create table x as select 1", "select * from read_csv('https://example.cn/')", "", "install httpfs",
    "select * from 'facts.jsonl'", "drop view inspections", "pragma database_list", "select getenv('HOME') from nothing",
])  # fmt: skip
def test_sql_reads_the_tables_and_nothing_else(filled: Path, text: str) -> None:
    with pytest.raises(Usage):
        query.sql(filled, text, 10)


def test_sql_answers(filled: Path) -> None:
    assert query.sql(filled, "select count(*), max(version) from inspections", 10) == Answer(["count_star()", 'max("version")'], [(6, "6")])
    assert len(query.sql(filled, "select * from findings", 1).rows) == 1


def test_an_export_adds_what_is_new_and_puts_small_files_together(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert table.export(filled).runs == 0
    monkeypatch.setattr(table, "MANY", 2)
    for n in range(10, 16):
        made(filled, n, debuggable=True)
        assert table.export(filled).runs == 1
    assert len([n for n in table.manifest(filled).files["inspections"] if "/202611-" in n]) <= 2
    assert query.sql(filled, "select count(*), count(distinct run) from inspections", 10).rows == [(12, 12)]
    assert query.ask(filled, "prevalence", {"rule": "debuggable-release"}).rows[0][1] == 8
    on_disk = {p.relative_to(filled / "parquet").as_posix() for p in (filled / "parquet").glob("*/*.parquet")}
    assert on_disk == {n for names in table.manifest(filled).files.values() for n in names}


def test_an_export_that_was_killed_leaves_no_rows_behind(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(filled, 20)

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as m:
        m.setattr(store, "write_atomic", killed)
        with pytest.raises(Killed):
            table.export(filled)
    assert query.sql(filled, "select count(*) from inspections", 10).rows == [(6,)]
    assert table.export(filled).runs == 1
    assert query.sql(filled, "select count(*), count(distinct run) from inspections", 10).rows == [(7, 7)]


def test_a_damaged_run_is_counted_and_passed_over(filled: Path) -> None:
    kept = made(filled, 30)
    (Index(filled).store.folder(kept.id) / "facts.jsonl.gz").write_bytes(b"\x1f\x8b nonsense")
    made(filled, 31)
    done = table.export(filled)
    assert (done.runs, done.damaged) == (1, 1)


def test_a_damaged_manifest_and_an_empty_store_are_told(place: Path) -> None:
    (place / "store" / "parquet").mkdir(parents=True)
    with pytest.raises(BadInput):
        query.connect(place / "store")
    put(place / "store" / "parquet" / "manifest.json", b"{")
    with pytest.raises(BadInput):
        table.manifest(place / "store")


def test_cells_that_a_spreadsheet_would_run_are_text(filled: Path) -> None:
    evil = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a\x00b", "\ud800", "长" * 40_000, 10**30, None, True, 1.5, ["=a", "b"]]
    answer = Answer(["=c", *map(str, range(len(evil) - 1))], [tuple(evil)])
    (line,) = list(csv.reader(io.StringIO(answers.as_csv(answer).decode("utf-8-sig"))))[1:]
    assert not any(c.startswith(("=", "+", "-", "@", "\t", "\r")) for c in line)
    sheet = openpyxl.load_workbook(io.BytesIO(answers.as_xlsx(answer))).active
    assert sheet is not None
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n", "b"}
    assert answers.as_table(answer).decode().count("\n") == 3
    found = query.ask(filled, "duplicates", {"limit": 5})
    assert answers.as_parquet(found)[:4] == answers.as_parquet(Answer(['a"b'], []))[:4] == b"PAR1"


def test_judging_again_by_the_same_rules_changes_nothing_and_by_others_says_what(filled: Path, place: Path) -> None:
    same = rejudge.trial(filled, AT, jobs=2)
    assert (same.runs, same.damaged, same.changes) == (6, 0, ())
    assert same.failed["debuggable-release"] == 2
    one = rejudge.trial(filled, AT, jobs=1, rules=["debuggable-release"])
    assert one.failed == {"debuggable-release": 2}
    # A result of other times: what it says of a rule is not what the rule says now.
    folder = next(commit.runs(filled, "202611"))
    result = json_.load(packed.document(folder))
    other = [msgspec.structs.replace(f, outcome="passed") if f.rule == "debuggable-release" else f for f in result.findings if f.rule != "all-permissions-at-install"]
    (run_, facts) = store.load(folder)
    packed.save(store.Store(filled), run_, list(facts), json_.render(msgspec.structs.replace(result, findings=tuple(other))))
    changed = rejudge.trial(filled, AT, jobs=3, output=place / "changes.jsonl")
    assert [(c.rule, c.new, c.gone) for c in changed.changes if c.new or c.gone] == [("debuggable-release", 1, 0)]
    assert {c.rule for c in changed.changes} == {"debuggable-release", "all-permissions-at-install"}
    (line,) = (place / "changes.jsonl").read_text().splitlines()
    assert run_.id in line
    with pytest.raises(Usage):
        rejudge.trial(filled, AT, jobs=1, rules=["nothing"])


def test_short_judging_says_what_whole_judging_says(filled: Path) -> None:
    loaded = catalogue.load(at=AT)
    for folder in commit.runs(filled):
        whole = {f.rule: (f.outcome, f.severity, f.confidence) for f in json_.load(packed.document(folder)).findings}
        run_ = msgspec.json.decode((folder / "run.json").read_bytes(), type=store.Run)
        everything = rejudge.Judge(loaded, AT)
        assert everything.outcomes(run_, everything.facts(folder)) == whole
        for rule, known in whole.items():
            single = rejudge.Judge(rejudge.selected(loaded, [rule]), AT)
            assert single.outcomes(run_, single.facts(folder)) == {rule: known}


def test_half_a_trial_is_no_trial(place: Path) -> None:
    put(place / "0.jsonl", b'{"run": "r", "changes": []}\n')
    with pytest.raises(MingchaError):
        rejudge._gather([place / "0.jsonl"], None)


def test_a_plan_rests_on_what_was_measured(place: Path) -> None:
    root = place / "store"
    journal = Journal(root)
    for n in range(40):
        journal.add(Entry(stamp=n.to_bytes(16, "big"), path="p", bytes=n * 1_000_000, cpu=0.2 + 0.01 * n))
    journal.close()
    cost = capacity.measured(root)
    assert (round(cost.item, 6), round(cost.mb, 6), cost.measured) == (0.2, 0.01, 39 + 1)
    plan = capacity.plan(cost, apps=1_000_000, mb=50, days=10, mbit=1000, cores=2)
    assert round(plan.cpu_hours) == round(0.7 * 1e6 / 3600)
    assert (plan.packages_tb, round(plan.transfer_hours), plan.machines, plan.line_keeps_deadline) == (50, 111, 1, True)
    assert capacity.plan(cost, apps=1_000_000, mb=50, days=1, mbit=100, cores=2).machines == 6
    assert capacity.fit([(1, 5), (2, 3), (3, 1)]) == (3, 0.0)
    with pytest.raises(BadInput):
        capacity.measured(place / "other")


def test_verbs(filled: Path, place: Path) -> None:
    assert "prevalence" in run("fleet", "query", "--store", filled).out
    assert run("fleet", "query", "sdk", "--store", filled, "--sdk", "umeng-common", "--format", "csv").out.count("\n") == 6
    assert run("fleet", "query", "prevalence", "--store", filled, "-o", place / "p.xlsx").code == 0
    assert (place / "p.xlsx").read_bytes()[:2] == b"PK"
    assert run("fleet", "query", "none", "--store", filled).error_code == "usage"
    assert run("fleet", "query", "--store", filled, "--sql", "drop view inspections").error_code == "bad-query"
    assert run("fleet", "query", "sdk", "--store", place / "nowhere", "--sdk", "x").error_code == "bad-store"
    assert run("fleet", "judge", "--store", filled, "--at", AT, "--jobs", 1).code == 0
    assert run("fleet", "judge", "--store", filled, "--at", "2016-01-01", "--jobs", 1).code == 1
    assert run("fleet", "export", "--store", filled, "--lang", "en").out == "0 inspections and 0 findings added, 0 damaged\n"
    assert run("fleet", "plan", "--store", filled, "--apps", 5).error_code == "not-measured"
    ran = run("fleet", "status", "--store", filled, "--repair", "--lang", "en")
    assert ran.out == "in the index 6, entered 0, removed 0, to be inspected again 0, damaged 0\n"
    assert run("fleet", "run", place / "nowhere", "--store", place / "s").error_code == "not-found"
    assert not (place / "s").exists()
    assert run("fleet", "run", place, "--store", place / "s", "--at", "soon").error_code == "usage"
