"""The section on what may run before consent."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from mingcha.model import Evidence, Inspection
from mingcha.report import pathgraph, render, startup
from mingcha.report.words import words

from .fixture import APK, HOSTILE_CLASS, HOSTILE_NAME, IMEI, PUSH, clean, finding, inspection, inventory

ZH, EN = words("zh"), words("en")


def found(**changes: Any) -> startup.Section:
    data = {**inventory()["startup"], **changes}
    section = startup.section({**inventory(), "startup": data}, ZH)
    assert section is not None
    return section


def page(value: Inspection, lang: str = "zh") -> str:
    raw = render(value, "html", lang)
    assert isinstance(raw, bytes)
    return raw.decode()


def part(value: Inspection, lang: str = "zh") -> str:
    match = re.search(r'<section id="startup".*?</section>', page(value, lang), re.S)
    assert match
    return match.group()


def test_rows_stand_worst_first_and_device_parameters_fold() -> None:
    section = found()
    assert [(r.name, r.verdict) for r in section.rows] == [
        ("国际移动设备识别码", "reachable"), ("精准定位信息", "reachable"), ("安卓标识", "reachable"),
        ("已安装应用列表", "needs-run"), ("剪贴板内容", "guarded"),
    ]  # fmt: skip
    assert [(r.name, r.verdict) for r in section.unreached] == [("通讯录", "not-reachable")]
    assert {r.name for r in section.device} == {f"屏幕信息（{n}）" for n in range(4)} and not section.folded
    assert [t.calls for t in section.totals] == [19, 4, 3, 19]
    assert section.rows[0].counts == [4, 1, 0, 7] and section.rows[0].owner == "SDK 极光推送"


def test_paths_are_drawn_or_it_is_said_what_lies_between() -> None:
    section = found()
    first = section.paths[0]
    assert [bool(c.svg) for c in first.calls] == [True, True]
    assert first.more == 3  # five open calls, two told
    between = next(p for p in section.paths if p.verdict == "needs-run").calls[0]
    assert not between.svg and between.blind == ["本地代码", "反射调用"]
    assert ";->" not in between.caller + between.callee
    assert [";->" in f.method for f in between.frames] == [True, True]
    assert [f.step for f in first.calls[0].frames] == [
        "应用创建",
        "调用",
        "调用",
        "虚调用",
        "新线程",
        "敏感接口",
    ]
    assert first.calls[0].frames[-1].method == IMEI
    assert not any("屏幕" in p.item for p in section.paths)


def test_guards_name_flag_and_who_reads_and_sets_it() -> None:
    consent = next(g for g in found().guards if g.kind == ZH("guard_kind.consent"))
    assert (consent.flag, consent.store) == ("agreed_to_privacy", "首选项")
    assert consent.read == "com.lucky.Consent.given()" and consent.more == 2
    assert consent.set == ["com.lucky.ConsentDialog$1.onClick(View)"]


def test_figures_of_reach() -> None:
    assert "6,218" in found().reach and "17%" in found().reach
    assert found(reach={"definitions": 0, "blind": ["packed", "new"]}).blind == ["加固", "new"]
    assert found(reach=None).reach == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_section_tells_verdicts_by_shape_and_word(lang: str) -> None:
    w = words(lang)
    text = part(inspection(), lang)
    for verdict in startup.VERDICTS:
        assert f"{startup.sign(verdict)} {w(f'start_verdict.{verdict}')}" in text
        assert w(f"start_means.{verdict}") in text
    assert len({startup.sign(v) for v in startup.VERDICTS}) == len(set(startup.SIGNS.values())) == 4


def test_where_nothing_was_followed_the_page_says_so() -> None:
    bare = msgspec.structs.replace(inspection(), inventory={})
    assert ZH("startup.none") in part(bare) and ZH("startup.none_sdk") in part(clean())
    nothing = {"rows": [], "counts": {}, "reach": {}, "more": 0}
    quiet = msgspec.structs.replace(inspection(), inventory={"startup": nothing})
    assert ZH("startup.no_calls") in part(quiet) and "<svg" not in part(quiet) and "3.1" not in part(quiet)
    calls = nothing | {"counts": {"not-reachable": 3}}
    assert ZH("startup.paths_none") in part(msgspec.structs.replace(inspection(), inventory={"startup": calls}))


def test_a_hostile_package_changes_nothing_but_text() -> None:
    text = part(inspection())
    assert "<script>" not in text and "<img" not in text and "\u202e" not in text and "<i>" not in text
    assert "[U+202E]" in text
    for svg in re.findall(r"<svg.*?</svg>", text, re.S):
        ElementTree.fromstring(svg)
    # every element of the drawing is one that we write
    assert set(re.findall(r"<([a-z]+)", "".join(c.svg for p in found().paths for c in p.calls))) <= {
        "svg", "title", "desc", "rect", "text", "tspan", "path", "g",
    }  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        None, [], "x", {"rows": None}, {"rows": [None, {}, {"verdict": "new"}]},
        {"rows": [{"verdict": "reachable", "personal": True, "counts": [], "calls": {"a": 1}, "owner": 3, "name": 5}]},
        {"rows": [{"verdict": "reachable", "personal": True, "counts": {"reachable": "9"}, "calls": [{"verdict": "reachable", "path": [1, 2, None], "steps": None, "owners": 7}]}]},
        {"counts": {"reachable": -1.5}, "reach": [], "more": "many", "rows": [{"verdict": "guarded", "personal": True, "calls": [{"verdict": "guarded", "guard": ":", "guard_set": "La/B;->c()V"}]}]},
    ],
)  # fmt: skip
def test_an_inventory_of_another_make_does_not_break_the_page(broken: Any) -> None:
    value = msgspec.structs.replace(inspection(), inventory={"startup": broken})
    for fmt in ("html", "table", "sarif", "json"):
        assert render(value, fmt)


def test_long_paths_show_both_ends_and_lanes_change_with_the_owner() -> None:
    hops = [
        pathgraph.Hop("应用自身" if n < 20 else "SDK 甲", "app" if n < 20 else "sdk", "调用", "", f"A.m{n}()", "a.b", f"La/b/A;->m{n}()V")
        for n in range(40)
    ]  # fmt: skip
    svg = pathgraph.draw("p", "t", hops, lambda n: f"略去 {n} 步")
    assert ">A.m0()<" in svg and ">A.m39()<" in svg and ">A.m20()<" not in svg
    assert "略去 27 步" in svg and svg.count("A.m") < 2 * 40
    assert svg.count("应用自身</text>") == svg.count("SDK 甲</text>") == 1
    assert 'role="img"' in svg and "<desc" in svg


def test_the_terminal_has_it_in_short() -> None:
    text = render(inspection(), "table", "en", width=110, colour=False)
    assert isinstance(text, str)
    part_ = text.partition(EN("startup.terminal"))[2]
    assert "▲ Reachable at start" in part_ and "◆ Needs a run" in part_ and "IMEI ×4" in part_
    assert "4 more in the full report" in part_ and "<script>" in part_  # plain text: nothing to escape
    assert "\u202e" not in text
    quiet = render(msgspec.structs.replace(inspection(), inventory={}), "table", "en", colour=False)
    assert isinstance(quiet, str) and EN("startup.terminal") not in quiet


def lead(**fact: Any) -> Inspection:
    path = ("Lcom/lucky/App;->onCreate()V", "Lcn/jpush/A;->init()V", "Lcn/jpush/B;->run()V", IMEI)
    given = {"kind": "startup-path", "caller": path[2], "callee": IMEI, "entry": path[0], "entry_kind": "application",
             "verdict": "reachable", "steps": ["entry", "call", "thread:Lcn/jpush/B;", "api"],
             "owners": ["app:a", "sdk:jpush", "sdk:jpush", "system:android"], **fact}  # fmt: skip
    evidence = Evidence(exhibit=APK, where="classes.dex", text="x", owner=PUSH, path=path, fact=given)
    return inspection(
        [
            finding(
                "imei-before-consent",
                "C5-15",
                "cantTell",
                "甲",
                "a",
                confidence="suspected",
                evidence=[evidence],
                reasons=("suspect",),
            )
        ]
    )


def test_a_finding_draws_its_start_up_path_with_steps_and_verdict() -> None:
    text = page(lead()).partition('id="leads"')[2].partition('id="startup"')[0]
    assert ">新线程<" in text and "SDK 极光推送" in text and "启动可达" in text


def test_sarif_has_the_path_as_a_code_flow() -> None:
    result = json.loads(render(lead(), "sarif", "en"))["runs"][0]["results"][0]
    (flow,) = result["codeFlows"]
    (thread,) = flow["threadFlows"]
    names = [at["location"]["logicalLocations"][0]["fullyQualifiedName"] for at in thread["locations"]]
    assert names == [
        "com.lucky.App.onCreate",
        "cn.jpush.A.init",
        "cn.jpush.B.run",
        "android.telephony.TelephonyManager.getImei",
    ]
    told = [at["location"]["message"]["text"] for at in thread["locations"]]
    assert told == ["system entry", "call", "thread (Lcn/jpush/B;)", "sensitive call"]
    assert [at["executionOrder"] for at in thread["locations"]] == [1, 2, 3, 4]
    assert all("physicalLocation" in at["location"] for at in thread["locations"])


def test_sarif_without_a_path_has_no_flow() -> None:
    results = json.loads(render(inspection(), "sarif", "en"))["runs"][0]["results"]
    short = [r for r in results if r["ruleId"] == "location-by-ads"]
    assert short and all("codeFlows" not in r for r in short)


def test_sdk_table_has_version_and_state() -> None:
    text = page(inspection(), "en")
    sdks = text.partition('id="sdks"')[2].partition('id="permissions"')[0]
    assert ">active at start</td>" in sdks and ">not seen active at start</td>" in sdks
    assert f">{EN('sdk.version')}<" in sdks and HOSTILE_NAME not in sdks and HOSTILE_CLASS not in text


def test_a_path_with_a_flag_that_others_may_set_says_so() -> None:
    call = {**inventory()["startup"]["rows"][0]["calls"][0], "verdict": "needs-run", "guard": "mmkv:ready"}
    row = {**inventory()["startup"]["rows"][0], "calls": [call]}
    value = msgspec.structs.replace(
        inspection(), inventory={"startup": {"rows": [row], "counts": row["counts"]}}
    )
    assert ZH("startup.unsure", flag="MMKV 键 ready") in part(value)
    assert "MMKV" not in part(inspection())


def test_a_witness_is_named_only_where_the_box_does_not_name_it() -> None:
    call = {
        "path": ["La/E;->on()V", "La/B;->f()V", "La/C;->g()V"],
        "steps": ["entry", "virtual:La/B;", "handler:La/D;"],
        "owners": [],
    }
    assert [h.by for h in startup.hops_of(call, ZH, {})] == ["", "", "D"]


def test_ways_of_self_start_stand_below() -> None:
    text = part(inspection())
    table = text.partition(ZH("selfstart.lede"))[2]
    assert "最短间隔 60 秒" in table and "唤起他人" in table and "com.<wbr>other.<wbr>app" in table and "[U+202E]" in table
    assert "unheard-of" in table and "其余 3 行" in table
    assert table.count(ZH("selfstart.registered")) == 1 and table.count(ZH("fold.others", n=1)) == 2
    bare = msgspec.structs.replace(inspection(), inventory={})
    assert ZH("selfstart.title") not in part(bare)
    for odd in (5, [3], [{"count": "many", "interval": True, "places": 7, "owner": []}]):
        assert render(msgspec.structs.replace(inspection(), inventory={"self_start": odd}), "html")


def test_a_component_is_followed_from_its_initialisation_and_the_page_says_so() -> None:
    full = inspection()
    sdk = msgspec.structs.replace(full, subject=msgspec.structs.replace(full.subject, kind="sdk"))
    assert ZH("startup.lede_sdk") in part(sdk) and ZH("startup.lede_sdk") not in part(full)


@pytest.mark.parametrize(("guard", "said"), [
    ("broadcast:android.intent.action.SCREEN_ON", "android.intent.action.SCREEN_ON"), ("broadcast:*", ZH("startup.some_broadcast")),
])  # fmt: skip
def test_a_path_that_waits_for_a_broadcast_says_for_which(guard: str, said: str) -> None:
    row = inventory()["startup"]["rows"][0]
    row = {**row, "calls": [{**row["calls"][0], "verdict": "needs-run", "guard": guard}]}
    value = msgspec.structs.replace(inspection(), inventory={"startup": {"rows": [row], "counts": row["counts"]}})
    assert ZH("startup.waits", action=said) in part(value)
