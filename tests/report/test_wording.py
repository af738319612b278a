"""Sentences of a notice: each kind of fact in both languages, what is left out, and that nothing is guessed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.model import Evidence, Finding, Owner
from mingcha.report.wording import KINDS, LONGEST, MOST, of_finding, sentences

API = "android.telephony.TelephonyManager.getDeviceId"
CALL = {"kind": "behaviour", "item": "imei", "api": API, "owner": {"kind": "sdk", "id": "some-sdk"}, "state": "pre-consent", "result": "ok", "count": 1}
SEND = {"kind": "transmit", "item": "imei", "host": "a.example.com", "clear": True, "form": "md5", "party": "third", "sdk": "some-sdk", "state": "pre-consent"}
ROWS: list[tuple[list[dict[str, Any]], str, str]] = [
    ([CALL, SEND],
     f"在用户同意隐私政策前，应用（由 SDK 某某）调用接口 {API} 获取国际移动设备识别码，并以明文将其（MD5 摘要）发送至 a.example.com（第三方）。",
     f"Before the user agreed to the privacy policy, the app (through the SDK 某某) called {API} and obtained IMEI, and sent it (MD5 digest) in cleartext to a.example.com (a third party)."),
    ([SEND | {"sdk": None, "state": None, "form": "plain", "clear": False, "party": "first"}],
     "应用经加密将国际移动设备识别码发送至 a.example.com。", "The app sent IMEI encrypted to a.example.com."),
    ([SEND | {"clear": None, "form": None}],
     "在用户同意隐私政策前，应用将国际移动设备识别码发送至 a.example.com（涉及 SDK 某某）。",
     "Before the user agreed to the privacy policy, the app sent IMEI to a.example.com (SDK 某某)."),
    ([CALL | {"owner": {"kind": "app", "id": ""}, "state": "background", "result": "denied", "count": 40, "per_minute": 12.0, "period": 5.0}],
     f"在后台运行时，应用调用接口 {API} 请求国际移动设备识别码，被系统拒绝，共 40 次，每分钟最多 12 次，固定间隔 5 秒。",
     f"While in the background, the app called {API} for IMEI, which the system refused, 40 times in all, up to 12 times in a minute, at a fixed interval of 5 s."),
    ([CALL | {"owner": None, "state": "unknown", "result": "unknown"}],
     f"应用调用可取得国际移动设备识别码的接口 {API}。", f"The app called {API}, which yields IMEI."),
    ([{"kind": "api-call", "item": "imei", "api": API, "owner": {"kind": "app"}}],
     f"安装包代码中，应用含有对可取得国际移动设备识别码的接口 {API} 的调用；仅表明代码存在，不表明已经运行。",
     f"The package's code has a call by the app of {API}, which yields IMEI; it shows that the code is there, not that it ran."),
    ([{"kind": "startup-path", "item": "imei", "api": API, "owner": {"kind": "app"}, "verdict": "reachable", "entry_kind": "application"}],
     f"安装包代码中，从启动入口到应用调用接口 {API}（国际移动设备识别码）存在路径，途中未见以用户操作为前提的判断；静态分析，不表明已经运行，场景：启动（应用创建）。",
     (f"In the package's code a path leads from an entry of start-up to a call by the app of {API} (IMEI), and no check on an act of the user stands in the way; "
     "by static reading, which does not show that it ran, scene: start-up (app created).")),
    ([{"kind": "flow", "item": "imei", "sink_kind": "network", "owner": {"kind": "app"}}],
     "安装包代码中，应用取得的国际移动设备识别码流向网络。", "In the package's code IMEI obtained by the app goes to: network."),
    ([{"kind": "permission-ask", "permission": "android.permission.CAMERA", "answer": "denied", "ask": 3, "since_refusal": 2.5, "state": "refused"}],
     "在用户拒绝同意后，应用索取权限 android.permission.CAMERA，第 3 次索取，距上次拒绝 2.5 小时，用户的选择：拒绝。",
     "After the user had refused, the app asked for the permission android.permission.CAMERA, for the time no. 3, 2.5 h after the last refusal, the user's answer: refused."),
    ([{"kind": "screen-event", "event": "close-late", "t": 6.0, "value": 5.0}],
     "界面走查中观察到：关闭按钮延迟出现（5 秒后）。", "Seen in a walk through the screens: the way to close the window came late (after 5 s)."),
    ([{"kind": "screen-event", "event": "full-screen-link", "value": 0.66}],
     "界面走查中观察到：大面积可点击跳转区域（占屏幕 66%）。", "Seen in a walk through the screens: a large part of the screen leads elsewhere (66% of the screen)."),
    ([{"kind": "screen-event", "event": "new-event", "detail": "x"}], "界面走查中观察到： new-event（x）。".replace("： ", "："), "Seen in a walk through the screens: new-event (x)."),
]  # fmt: skip
CALLED = {"some-sdk": "某某"}


@pytest.mark.parametrize(("facts", "zh", "en"), ROWS)
def test_facts_become_sentences(facts: list[dict[str, Any]], zh: str, en: str) -> None:
    assert sentences(facts, "zh", CALLED) == [zh]
    assert sentences(facts, "en", CALLED) == [en]


def test_every_kind_has_a_row_and_is_one_of_the_catalogue() -> None:
    assert {f["kind"] for facts, _, _ in ROWS for f in facts} == set(KINDS) <= set(catalogue.load().facts)
    for verdict in ("guarded", "needs-run"):
        assert len(sentences([{"kind": "startup-path", "item": "imei", "api": API, "verdict": verdict}], "zh")) == 1
    assert sentences([{"kind": "startup-path", "item": "imei", "api": API, "verdict": "not-reachable"}], "zh") == []


@pytest.mark.parametrize("change", [{"item": "oaid"}, {"state": "background"}, {"state": None}, {"sdk": None}, {"sdk": "other-sdk"}, {"host": ""}])
def test_only_what_agrees_is_one_sentence(change: dict[str, Any]) -> None:
    told = sentences([CALL, SEND | change], "zh", CALLED)
    assert not any("并" in s for s in told) and len(told) == (1 if change == {"host": ""} else 2)


@pytest.mark.parametrize("result", ["denied", "error", "unknown", None])
def test_what_was_not_obtained_is_not_said_to_be_sent_by_it(result: str | None) -> None:
    told = sentences([CALL | {"result": result}, SEND], "zh", CALLED)
    assert len(told) == 2 and "获取" not in told[0]


@pytest.mark.parametrize("state", ["unknown", "", None, 7, "lunch"])
def test_a_state_that_is_not_known_is_left_out(state: Any) -> None:
    for fact in (CALL, SEND):
        assert sentences([fact | {"state": state}], "zh", CALLED)[0].startswith("应用")


def test_nothing_is_said_of_what_says_nothing() -> None:
    for kind in (*KINDS, "web-check", "ui-target", "statement", "no-such-kind", None):
        assert sentences([{"kind": kind}], "zh") == [] == sentences([{"kind": kind}], "en")
    capability = next(iter(catalogue.load().capabilities))
    assert "获取" not in sentences([CALL | {"item": capability}], "zh")[0], "what code does is no data that it obtains"


def test_many_are_told_once_and_counted() -> None:
    assert sentences([CALL] * 9, "zh", total=9) == sentences([CALL], "zh")
    many = [SEND | {"host": f"h{n}.example.com"} for n in range(9)]
    told = sentences(many, "zh", total=30)
    assert len(told) == MOST + 1 and "21" in told[-1]


def finding(*facts: dict[str, Any]) -> Finding:
    pieces = tuple(Evidence(exhibit="", where="", text="", fact=f, owner=Owner(kind="sdk", id="some-sdk", name="某某")) for f in facts)
    return Finding(
        rule="r", version=1, status="trial", scenario="C5-15", issue_types=(), outcome="failed", confidence="proved", severity="serious",
        title={"zh": "题", "en": "title"}, what={"zh": "规则说明。", "en": "What the rule says."}, why={}, basis=(), evidence=pieces, evidence_total=len(pieces),
        remedy={}, shows_not={}, limits={},
    )  # fmt: skip


def test_a_finding_whose_facts_have_no_sentence_is_told_by_its_rule() -> None:
    assert of_finding(finding({"kind": "web-check", "check": "x"}), "zh") == ["规则说明。"] and of_finding(finding(), "en") == ["What the rule says."]
    assert "某某" in of_finding(finding(CALL), "zh")[0]


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_nothing_in_a_result_is_trusted(kind: str, data: st.DataObject) -> None:
    odd = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400) | st.lists(st.text(max_size=9), max_size=3) | st.just({"kind": "sdk", "id": ["x"]})
    fields = sorted({f for facts, _, _ in ROWS for row in facts for f in row} - {"kind"})
    fact = {"kind": kind} | data.draw(st.dictionaries(st.sampled_from(fields), odd))
    for lang in ("zh", "en"):
        for told in sentences([fact, SEND], lang):
            assert (len(told) < 10 * LONGEST and not re.search(r"[\n\r]|None|\{", told.replace(str(fact.get("host")), ""))) or any("{" in str(v) or "None" in str(v) for v in fact.values())
