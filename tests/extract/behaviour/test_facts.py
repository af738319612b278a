"""What becomes of calls and events: interface, item, owner, rates, dialogs, starts, coverage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.catalogue import tree
from mingcha.extract.behaviour import rates, record, stacks
from mingcha.extract.behaviour.apis import build
from tests.extract.behaviour.build import (
    APP,
    IMEI,
    NS,
    OWN,
    SDK,
    SETTING,
    call,
    codes,
    event,
    head,
    jsonl,
    log,
    of,
    read,
)

ROOT = Path(__file__).parents[3]
LOADED = catalogue.load()


def test_one_fact_in_full(tmp_path: Path) -> None:
    exhibit, facts = read(tmp_path / "a.jsonl", jsonl([head(hooks=[IMEI]), event("consent-accepted", 10), call(3, stack=SDK, told=False), call(4, stack=SDK, told=False)]))
    (fact,) = of(facts, "behaviour")
    assert fact == {
        "kind": "behaviour", "exhibit": exhibit.sha256, "where": "line 3", "t": 3.0, "api": IMEI, "item": "imei",
        "owner": fact["owner"], "state": "pre-consent", "result": "ok", "stack": SDK, "told": False, "per_second": 1, "per_half_minute": 2,
        "per_minute": 2.0, "per_day": 2, "count": 2, "last": 4.0, "period": None,
        "owners": [f"sdk:{fact['owner']['id']}", f"app:{APP}"], "owner_by": "stack", "own_share": 0.5,
    }  # fmt: skip
    assert (fact["owner"]["kind"], exhibit.status, exhibit.reader) == ("sdk", "read", "behaviour/canonical")


def test_the_run_as_a_whole(tmp_path: Path) -> None:
    facts = log(tmp_path, head(device="model, Android 14", tool="recorder 1"), call(2), call(5), call(9, process="com.other.app"), event("foreground", 1))
    (run,) = of(facts, "behaviour-run")
    assert {k: v for k, v in run.items() if k not in ("kind", "exhibit", "where")} == {
        "package": APP, "form": "canonical", "tool": "recorder 1", "device": "model, Android 14", "calls": 3, "events": 1, "seconds": 5.0,
        "consent": False, "screen": True, "consent_at_start": None, "resolution": 0.0,
        "begin": None, "begin_within": None, "recorder_begin": None, "recorder_within": None,
    }  # fmt: skip


def test_every_field_is_as_declared(tmp_path: Path) -> None:
    facts = log(
        tmp_path, head(hooks=[IMEI, "x.Y.z"]), event("foreground", 0, package=APP), call(1), event("permission", 2, permission="android.permission.CAMERA"),
        event("process-start", 3, process=APP, cause="job", by="com.other.app"), {"nothing": 1},
    )  # fmt: skip
    assert {f["kind"] for f in facts} == {"behaviour", "behaviour-run", "app-state", "permission-ask", "process-start", "wake", "hook-coverage", "limitation"}
    assert [w for f in facts for w in tree.check_fact(f, LOADED.facts)] == []


@pytest.mark.parametrize(
    ("api", "more", "name", "item"),
    [
        ("Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;", {}, IMEI, "imei"),
        ("android.telephony.TelephonyManager.getImei(int)", {}, IMEI, "imei"),
        (SETTING, {"key": "android_id"}, SETTING, "android-id"),
        (SETTING, {"key": "bluetooth_address"}, SETTING, "bluetooth-mac"),
        (SETTING, {"item": "android-id"}, SETTING, "android-id"),
        ("android.app.ApplicationPackageManager.getInstalledPackages", {}, "android.content.pm.PackageManager.getInstalledPackages", "installed-apps"),
        ("com.vendor.Secret.id", {"item": "oaid"}, "com.vendor.Secret.id", "oaid"),
    ],
)
def test_names_of_interfaces(tmp_path: Path, api: str, more: dict[str, Any], name: str, item: str) -> None:
    assert [(f["api"], f["item"]) for f in of(log(tmp_path, head(), call(1, api=api, **more)), "behaviour")] == [(name, item)]


@pytest.mark.parametrize("api", ["com.vendor.Secret.id", SETTING, "", "....", "Landroid/telephony/TelephonyManager;->"])
def test_what_the_catalogue_does_not_know_is_told_and_is_no_fact(tmp_path: Path, api: str) -> None:
    facts = log(tmp_path, head(), call(1, api=api, item="no-such-item"))
    assert of(facts, "behaviour") == []
    assert "unmapped-call" in codes(facts)


@pytest.mark.parametrize(
    ("frames", "kind"),
    [
        (OWN, "app"),
        (SDK, "sdk"),
        ([OWN[0], "okhttp3.internal.X.a(X.java:1)", *OWN[1:]], "app"),  # a carrier passes on
        ([OWN[0], "okhttp3.internal.X.a(X.java:1)"], "sdk"),
        ([OWN[0], "a.b.c.d(Unknown Source:1)", *OWN[1:]], "unknown"),  # obfuscated: never the app's
        ([OWN[0], "com.nobody.here.Thing.run(T.java:1)", *OWN[1:]], "unknown"),
        ([OWN[0], "de.robv.android.xposed.XposedBridge.x(X.java:1)", "LSPHooker_.y(Unknown Source)", *OWN[1:]], "app"),
        ([OWN[0], "android.os.Looper.loop(L.java:1)", "com.android.internal.os.ZygoteInit.main(Z.java:1)"], "unknown"),
        ([OWN[0], "com.android.webview.chromium.A.b(A.java:1)", "android.os.Looper.loop(L.java:1)"], "system"),
        ([f"Lcom/shipin/bofang/A;->b()V"], "app"),  # noqa: F541
        (["\tat com.shipin.bofang.A.b(A.java:1)"], "app"),
        ([], "unknown"),
        (["", "(((", "...", "nonsense"], "unknown"),
    ],
)
def test_owners(tmp_path: Path, frames: list[str], kind: str) -> None:
    (fact,) = of(log(tmp_path, head(), call(1, stack=frames)), "behaviour")
    assert fact["owner"]["kind"] == kind


def test_without_a_header_that_names_the_app_nothing_is_its_own() -> None:
    assert stacks.Attributor(LOADED, None).of(tuple(OWN)).owner.kind == "unknown"


def test_caller_and_the_recorders_word_where_there_is_no_stack(tmp_path: Path) -> None:
    facts = log(tmp_path, head(), call(1, stack=None, caller=f"{APP}.A"), call(2, stack=None, sdk="umeng-none"), call(3, stack=None, sdk=sdk_id()))
    assert [(f["owner"]["kind"], f["owner_by"]) for f in of(facts, "behaviour")] == [("app", "caller"), ("unknown", "none"), ("sdk", "recorder")]


def sdk_id() -> str:
    return next(iter(LOADED.sdks))


@pytest.mark.parametrize(("result", "word"), [("value", "ok"), ("void", "ok"), ("null", "error"), ("denied", "denied"), ("error", "error"), (None, "unknown"), ("odd", "unknown")])
def test_results(tmp_path: Path, result: str | None, word: str) -> None:
    assert [f["result"] for f in of(log(tmp_path, head(), call(1, result=result)), "behaviour")] == [word]


def test_attempts_are_counted_apart_from_successes(tmp_path: Path) -> None:
    facts = log(tmp_path, head(), *(call(t, result="denied" if t % 2 else "value") for t in range(10)))
    assert [(f["result"], f["count"], f["per_minute"]) for f in of(facts, "behaviour")] == [("ok", 5, 5.0), ("denied", 5, 5.0)]


def test_reading_one_item_by_two_interfaces_is_as_frequent_as_by_one(tmp_path: Path) -> None:
    other = "android.telephony.TelephonyManager.getDeviceId"
    facts = log(tmp_path, head(), *(call(t, api=other if t % 2 else IMEI) for t in range(8)))
    assert [(f["api"], f["count"], f["per_minute"]) for f in of(facts, "behaviour")] == [(IMEI, 4, 8.0), (other, 4, 8.0)]


@pytest.mark.parametrize(("gap", "rate"), [(12.0, 5.0), (11.999, 6.0), (12.001, 5.0)])
def test_rates_around_a_threshold(tmp_path: Path, gap: float, rate: float) -> None:
    assert {f["per_minute"] for f in of(log(tmp_path, head(), *(call(5 + n * gap) for n in range(20))), "behaviour")} == {rate}


@given(st.lists(st.integers(0, 400 * NS), min_size=1, max_size=60), st.sampled_from([1, 30, 60]))
@settings(max_examples=80, deadline=None)
def test_highest_is_the_plain_count(times: list[int], seconds: int) -> None:
    assert rates.highest(np.array(sorted(times), np.int64), seconds) == max(sum(1 for b in times if a <= b < a + seconds * NS) for a in times)


def test_a_period_is_found_through_bursts_and_none_in_noise() -> None:
    steady = np.array([n * 30 * NS + k for n in range(10) for k in (0, 1000)], np.int64)
    assert rates.period(steady) == pytest.approx(30.0, abs=0.001)
    assert rates.period(np.array([0, 1, 5, 30, 31, 200, 201, 500], np.int64) * NS) is None
    assert rates.period(np.zeros(50, np.int64)) is None


@pytest.mark.parametrize(("hours", "interval"), [(47, 47.0), (48, 48.0), (49, 49.0)])
def test_permission_asked_again(tmp_path: Path, hours: float, interval: float) -> None:
    name = "android.permission.READ_CONTACTS"
    facts = of(log(tmp_path, head(), event("permission", 5 + hours * 3600, permission=name, answer="granted"), event("permission", 5, permission=name, answer="denied")), "permission-ask")
    assert [(f["answer"], f["ask"], f["interval"], f["since_refusal"]) for f in facts] == [("denied", 1, None, None), ("granted", 2, interval, interval)]


@pytest.mark.parametrize(
    ("t", "events", "state"),
    [
        (2, [event("consent-accepted", 7)], "pre-consent"),
        (9, [event("consent-accepted", 7)], "foreground"),
        (9, [event("consent-refused", 7)], "refused"),
        (9, [event("consent-accepted", 7), event("background", 8)], "background"),
        (7, [event("consent-accepted", 7, scope="location")], "foreground"),  # a narrower consent changes nothing
    ],
)
def test_a_dialog_knows_the_state_of_the_app(tmp_path: Path, t: float, events: list[dict], state: str) -> None:
    start = "given" if any("scope" in e for e in events) else "none"
    facts = of(log(tmp_path, head(consent_at_start=start), event("foreground", 0), *events, event("permission", t, permission="p", answer="denied")), "permission-ask")
    assert [f["state"] for f in facts] == [state]


def test_starts_and_chains(tmp_path: Path) -> None:
    facts = log(
        tmp_path, head(), event("process-start", 1, process=APP, cause="activity", by="com.vendor.launcher"),
        event("process-start", 100, process=f"{APP}:push", pid=9, cause="service", by="com.other.app"),
        event("process-start", 101, process=f"{APP}:push", pid=9, cause="service"),  # a second log tells it too
        event("process-start", 200, process="com.third.app", cause="provider", by=APP), event("process-start", 300, process="com.third.app", cause="provider", by=APP),
        event("process-start", 400, process="com.third.app", cause="provider", by="com.other.app"), event("process-start", 500, process=APP, cause="boot", by="android"),
    )  # fmt: skip
    assert [(f["t"], f["cause"], f["user"], f["chain"]) for f in of(facts, "process-start")] == [(1, "activity", True, False), (100, "service", None, True), (500, "boot", None, False)]
    assert [(f["source"], f["target"], f["direction"], f["count"], f["per_hour"]) for f in of(facts, "wake")] == [("com.other.app", APP, "woken", 1, 1.0), (APP, "com.third.app", "wakes", 2, 2.0)]


def test_coverage_by_item_and_hooks_that_failed(tmp_path: Path) -> None:
    tests = [event("hook-test", 0, api=IMEI, result="ok"), event("hook-test", 0, api="android.content.ClipboardManager.getPrimaryClip", result="error")]
    facts = log(tmp_path, head(hooks=[IMEI, "android.content.pm.PackageManager.getInstalledPackages"]), *tests)
    found = {f["item"]: f for f in of(facts, "hook-coverage")}
    assert (found["imei"]["tested"], found["imei"]["apis"], found["installed-apps"]["tested"]) == (True, [IMEI], False)
    assert found["imei"]["known"] > 1
    assert "clipboard" not in found
    assert codes(facts) == {"hook-failed", "no-consent-mark", "no-state-mark"}


def test_other_apps_and_other_runs_are_left_out(tmp_path: Path) -> None:
    facts = log(
        tmp_path, head(run="r", uid=10123), call(1), call(2, process="com.other.app"), call(3, package="com.other.app"), call(4, run="x"),
        call(5, process="any.name", uid=10123), call(6, process="any.name", uid=10999), event("permission", 1, package="com.other.app", permission="p"),
    )  # fmt: skip
    assert [(f["t"], f["count"], f["last"]) for f in of(facts, "behaviour")] == [(1, 2, 5)]
    assert of(facts, "permission-ask") == []


def test_several_apps_and_no_header_give_no_fact(tmp_path: Path) -> None:
    facts = log(tmp_path, call(1), call(2, process="com.other.app"))
    assert (of(facts, "behaviour"), "mixed-log" in codes(facts)) == ([], True)
    facts = log(tmp_path, call(1), call(2, process=f"{APP}:push"))
    assert [(f["count"], f["owner"]["kind"]) for f in of(facts, "behaviour")] == [(2, "app")]


def test_the_shipped_schema_is_current() -> None:
    assert (ROOT / record.PATH).read_text("utf-8") == record.schema(), "run: python -m mingcha.extract.behaviour.record"


def test_all_items_of_other_tools_are_in_the_catalogue() -> None:
    from mingcha.extract.behaviour.device import OPERATIONS
    from mingcha.extract.behaviour.importers import SAID

    assert {*OPERATIONS.values(), *SAID.values()} - build(LOADED).known == set()
