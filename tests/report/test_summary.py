"""The first page: what a person reads before anything else."""

from __future__ import annotations

import re

import msgspec
import pytest

from mingcha.model import Finding, Inspection
from mingcha.report import render, summary
from mingcha.report.labels import readable
from mingcha.report.words import table, words

from .fixture import PUSH, call, finding, inspection


def first_page(value: Inspection, lang: str = "zh") -> str:
    raw = render(value, "html", lang)
    assert isinstance(raw, bytes)
    found = re.search(r'<section id="summary".*?</section>', raw.decode(), re.DOTALL)
    assert found
    return found[0]


def lead(n: int, severity: str) -> Finding:
    return finding(f"r{n}", "C5-13", "cantTell", f"线索{n}", f"Lead {n}", severity=severity,
                   confidence="suspected", reasons=("suspect",))  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sections_named_by_number_are_those_sections(lang: str) -> None:
    raw = render(inspection(), "html", lang)
    assert isinstance(raw, bytes)
    text = raw.decode()
    numbers = dict(re.findall(r'<h2 id="([a-z]+)-h"><span class="no">(\d)</span>', text))
    for key, section in (("summary.unseen_more", "limits"), ("reason.error", "limits"),
                         ("summary.startup_note", "startup")):  # fmt: skip
        assert re.findall(r"\d", table()[key][lang]) == [numbers[section]], key


def test_the_gravest_leads_stand_on_the_first_page_as_leads() -> None:
    value = inspection([lead(n, "minor") for n in range(6)] + [lead(9, "critical")])  # type: ignore[list-item]
    page = first_page(value)
    shown = re.findall(r'<span class="tag plain">([^<]+)</span> <a href="#[^"]+">([^<]+)</a>', page)
    assert shown[0] == ("重大", "线索9")
    assert len(shown) == summary.BRIEF
    assert table()["summary.leads"]["zh"] in page
    assert table()["summary.leads_more"]["zh"].format(n=7 - len(shown)) in page


def test_without_leads_there_is_no_heading_for_them() -> None:
    assert table()["summary.leads"]["zh"] not in first_page(
        inspection([finding("r", "C5-13", "failed", "甲", "a")])
    )


def test_what_start_up_reaches_stands_on_the_first_page() -> None:
    value = inspection()
    assert isinstance(value.inventory, dict)
    rows = [
        {"item": f"i{n}", "name": {"zh": f"信息{n}", "en": f"Item {n}"}, "personal": n != 8,
         "owner": {"kind": "app", "id": "", "name": ""}, "verdict": "reachable" if n else "guarded",
         "counts": {"reachable": 1}, "calls": []}
        for n in range(9)
    ]  # fmt: skip
    value.inventory["startup"] = {"counts": {"reachable": 8, "guarded": 1}, "rows": rows}
    page = first_page(value)
    assert re.findall("信息\\d", page) == [f"信息{n}" for n in range(1, summary.BRIEF + 1)]
    assert table()["summary.startup_more"]["zh"].format(n=8 - summary.BRIEF - 1) in page

    value.inventory["startup"]["rows"] = [rows[1] | {"verdict": "needs-run"}]
    assert "信息1" in first_page(value) and table()["start_verdict.needs-run"]["zh"] in first_page(value)

    value.inventory["startup"]["rows"] = rows[:1]
    assert table()["summary.startup_none"]["zh"] in first_page(value)

    del value.inventory["startup"]
    assert table()["summary.startup"]["zh"] not in first_page(value)


def test_a_chart_of_nothing_is_not_drawn() -> None:
    title = table()["chart.severity"]["zh"]
    assert title in first_page(inspection([finding("r", "C5-13", "failed", "甲", "a")]))
    assert title not in first_page(inspection([finding("r", "C5-13", "passed", "甲", "a")]))


def test_the_subject_tells_the_levels_that_are_numbers() -> None:
    def card(package: object) -> str:
        value = msgspec.structs.replace(inspection(), inventory={"package": package})
        return {label: text for label, text, _ in summary.subject(value, words("zh"))}.get("系统版本", "")

    assert card({"min_sdk": 19, "target_sdk": 33}) == "最低 19、目标 33"
    assert card({"min_sdk": None, "target_sdk": 33}) == "目标 33"
    assert card({"min_sdk": "IceCreamSandwich"}) == card(None) == ""


def test_leads_on_start_up_paths_are_counted_beside_an_empty_list() -> None:
    path = call("La/B;->c()V", "Lx/Y;->z()V", PUSH, "i")
    seen = [msgspec.structs.replace(path, fact=path.fact | {"verdict": verdict}) for verdict in ("reachable", "guarded")]
    leads = [
        msgspec.structs.replace(lead(n, "minor"), evidence=(evidence,)) for n, evidence in enumerate((*seen, path))
    ]
    bare = {"startup": {"rows": [], "counts": {"not-reachable": 1}, "reach": {}, "more": 0}}
    text = first_page(msgspec.structs.replace(inspection(leads), inventory=bare))
    assert "另有 1 条涉及启动路径的线索，见第 2.2 节。" in text
    assert "涉及启动路径的线索" not in first_page(msgspec.structs.replace(inspection(leads[1:]), inventory=bare))


@pytest.mark.parametrize(("said", "words_"), [(True, "自身代码中未见"), (None, "取决于"), (False, "不处理个人信息")])
def test_an_sdk_of_which_nothing_is_known_is_not_said_to_be_clean(said: bool | None, words_: str) -> None:
    found = inspection()
    row = {**found.inventory["sdks"][0], "personal": said, "items": [], "name": "桥接框架"}
    raw = render(msgspec.structs.replace(found, inventory={"sdks": [row]}), "html", "zh")
    assert isinstance(raw, bytes)
    page = raw.decode().partition('<section id="sdks"')[2]
    assert words_ in page[page.index("桥接框架") :].partition("</tr>")[0]


def test_a_subject_without_a_name_is_called_by_its_file() -> None:
    found = inspection()
    exhibit = found.exhibits[0]
    bare = msgspec.structs.replace(found.subject, name=None, id=None, sha256=exhibit.sha256)
    rows = summary.subject(msgspec.structs.replace(found, subject=bare), words("zh"))
    assert ("文件", exhibit.name, "text") in rows
    assert not any(label == "文件" for label, _, _ in summary.subject(found, words("zh")))


def test_packers_are_named_in_the_language_of_the_page() -> None:
    inventory = {"packers": [{"id": "unnamed", "name": "未识别的加固产品", "signals": ["hollow"]}, {"id": "qihoo-jiagu", "name": "360加固"}]}
    assert [n for n, _ in summary.packers(inventory, "en")] == ["packer not recognised", "360 Jiagu"]
    assert [n for n, _ in summary.packers(inventory, "zh")] == ["未识别的加固产品", "360加固"]
    assert readable("id=unnamed name=未识别的加固产品 signals=hollow", words("en")).endswith("packer not recognised; signs: hollow")
