"""Ways of self-start: from the manifest, from code, and what is none of either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mingcha.catalogue import load
from mingcha.extract import read_here
from mingcha.extract.package import schedules, selfstart
from mingcha.extract.package.dex import tables
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.owners import Owner, Owners, from_catalogue
from tests.extract.package.body.test_decode import containers
from tests.extract.package.dexbuild import Cls, Mth, build

SAMPLES = Path(__file__).parents[3] / "samples"
VOID = ("return-void",)
OWN = "com.example.app"
APP = {"kind": "app", "id": OWN, "name": OWN}
PUSHER = {"kind": "sdk", "id": "jpush", "name": "极光推送"}
INTENT = "Landroid/content/Intent;"
START = f"La/S;->startService({INTENT})Landroid/content/ComponentName;"
PACKAGE = f"{INTENT}->setPackage(Ljava/lang/String;){INTENT}"


def component(kind: str, name: str, **more: Any) -> dict[str, Any]:
    base = {
        "type": kind, "name": name, "where": "AndroidManifest.xml:/manifest/application", "enabled": True,
        "exported": False, "permission": None, "permission_protection": None, "process": None, "actions": [],
        "authorities": [], "launcher": False, "owner": APP,
    }  # fmt: skip
    return base | more


def of(*components: dict[str, Any], codes: Any = (), **more: Any) -> list[dict[str, Any]]:
    owners = Owners({"cn.jpush": Owner("sdk", "jpush", "极光推送")}, OWN)
    return selfstart.read(components, {"id": OWN}, codes, owners, "e", notes=Notes(), push={"jpush"}, **more)


def code(*bodies: list[tuple], cls: str = "La/A;") -> Any:
    methods = [Mth(f"f{n}", "()V", [*body, VOID]) for n, body in enumerate(bodies)]
    return tables.read("classes.dex", build([Cls(cls, methods)]))


def call(kind: str, ref: str, *regs: int) -> tuple:
    return (f"invoke-{kind}", list(regs or (0,)), ref)


def briefly(facts: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(f["cause"], f["direction"], f["action"], f["target"]) for f in facts]


@pytest.mark.parametrize(
    ("action", "cause"),
    [
        ("android.intent.action.BOOT_COMPLETED", "boot"),
        ("android.intent.action.USER_PRESENT", "unlock"),
        ("android.net.conn.CONNECTIVITY_CHANGE", "connectivity"),
        ("android.intent.action.ACTION_POWER_CONNECTED", "power"),
        ("android.intent.action.PACKAGE_ADDED", "package"),
        ("android.intent.action.TIMEZONE_CHANGED", "time"),
        ("android.intent.action.MEDIA_MOUNTED", "media"),
        ("android.provider.Telephony.SMS_RECEIVED", "other-broadcast"),
    ],
)
def test_broadcasts_of_the_manifest(action: str, cause: str) -> None:
    found = of(component("receiver", "a.R", actions=[action, "com.example.OWN_EVENT"]))
    assert briefly(found) == [(cause, "self", action, None)]
    assert found[0]["by"] == "manifest" and found[0]["component"] == "a.R" and found[0]["owner"] == APP


def test_what_is_switched_off_or_waits_for_the_app_itself_is_none() -> None:
    boot = ["android.intent.action.BOOT_COMPLETED"]
    assert of(component("receiver", "a.R", actions=boot, enabled=False)) == []
    assert of(component("receiver", "a.R", actions=["com.example.OWN_EVENT"])) == []
    assert of(component("service", "a.S", actions=boot)) == []  # no service hears broadcasts


def test_services_that_the_system_runs() -> None:
    found = of(
        component("service", "a.J", permission="android.permission.BIND_JOB_SERVICE", exported=True),
        component("service", "a.Y", actions=["android.content.SyncAdapter"]),
        component("service", "a.C", actions=["android.accounts.AccountAuthenticator"]),
    )
    assert [f["cause"] for f in found] == ["job", "sync", "account"]


def test_push_by_event_and_by_owner() -> None:
    found = of(
        component("service", "a.M", actions=["com.huawei.push.action.MESSAGING_EVENT"]),
        component("receiver", "cn.jpush.R", owner=PUSHER, exported=True),
        component("activity", "cn.jpush.A", owner=PUSHER),
    )
    assert [(f["cause"], f["direction"], f["component"]) for f in found] == [
        ("push", "self", "a.M"), ("push", "woken", "cn.jpush.R"),
    ]  # fmt: skip


def test_open_components_can_be_woken() -> None:
    found = of(
        component("service", "a.S", exported=True, actions=["a.WAKE"]),
        component("provider", "a.P", exported=True),
        component("activity", "a.V", exported=True),
        component("activity-alias", "a.L", exported=True, launcher=True),
        component("service", "a.G", exported=True, permission="a.p", permission_protection="signature"),
        component("service", "a.N", exported=True, permission="a.n", permission_protection="normal"),
        component("receiver", "a.R", exported=True),
    )
    assert [(f["cause"], f["component"]) for f in found] == [
        ("exported-service", "a.S"), ("exported-provider", "a.P"), ("exported-activity", "a.V"),
        ("exported-service", "a.N"),
    ]  # fmt: skip
    assert {f["direction"] for f in found} == {"woken"}


def test_keep_alive_by_name_and_by_pair_of_processes() -> None:
    named = of(component("activity", "a.OnePixelActivity"), component("service", "a.PlayerService"))
    assert [(f["cause"], f["component"]) for f in named] == [("keep-alive", "a.OnePixelActivity")]
    pair = [component("service", f"a.{n}", process=f"{OWN}:{n}") for n in ("x", "y")]
    boot = component("receiver", "a.B", actions=["android.intent.action.BOOT_COMPLETED"])
    assert [f["component"] for f in of(*pair, boot) if f["cause"] == "keep-alive"] == ["a.x", "a.y"]
    assert of(*pair) == []  # two processes alone are no sign
    assert not [f for f in of(pair[0], boot) if f["cause"] == "keep-alive"]


def test_alarm_with_its_interval_and_its_reach() -> None:
    repeat = "Landroid/app/AlarmManager;->setRepeating(IJJLandroid/app/PendingIntent;)V"
    plain = Mth("g", "()V", [call("virtual", repeat, 0), VOID])

    def container(method: int) -> Any:
        # const-wide/16 v4, 30000; invoke-virtual/range {v0 .. v6}: receiver, type, two longs, intent
        wide = [("raw", (0x16 | 4 << 8, 30_000)), ("raw", (0x74 | 7 << 8, method, 0))]
        return tables.read("classes.dex", build([Cls("La/A;", [Mth("f0", "()V", [*wide, VOID]), plain])]))

    blank = container(0)
    method = next(m for m in range(len(blank.method_class)) if "setRepeating" in blank.method(m))
    first, second = of(codes=[container(method)], reached=lambda m: "f0" in m)
    assert first["cause"] == "alarm" and first["action"] == "AlarmManager.setRepeating"
    assert first["interval"] == 30.0 and first["reached"] is True
    assert second["interval"] is None and second["reached"] is False
    assert first["method"] == "La/A;->f0()V" and first["by"] == "code"


def test_receivers_registered_by_code() -> None:
    register = "(Landroid/content/BroadcastReceiver;Landroid/content/IntentFilter;)Landroid/content/Intent;"
    known = ("const-string", 1, "android.intent.action.USER_PRESENT")
    other = ("const-string", 1, "com.example.OWN_EVENT")
    container = code(
        [known, other, call("virtual", f"Lcom/x/Own;->registerReceiver{register}", 0, 1, 2)],
        [known],  # the text alone registers nothing
        [known, call("virtual", "La/B;->registerReceiver(I)V", 0, 1)],  # nor does a method of that name
    )
    assert briefly(of(codes=[container])) == [("unlock", "self", "android.intent.action.USER_PRESENT", None)]


def test_services_of_other_apps() -> None:
    def waking(target: str) -> list[tuple]:
        return [("const-string", 1, target), call("virtual", PACKAGE, 0, 1), call("virtual", START, 0, 1)]

    found = of(codes=[code(waking("com.rival.app"), waking(OWN), waking("com.android.systemui"))])
    assert briefly(found) == [("wakes-other", "wakes", "startService", "com.rival.app")]
    assert of(codes=[code(waking("com.rival.app")[:2])]) == []  # named, but nothing started


def test_a_target_that_two_ways_set_is_not_guessed() -> None:
    both = [
        ("const-string", 1, "com.rival.app"), ("raw", (0x38, 4)), ("const-string", 1, "com.other.app"),
        call("virtual", PACKAGE, 2, 1), call("virtual", START, 0, 2),
    ]  # fmt: skip
    assert of(codes=[code(both)]) == []


def test_providers_of_other_apps_but_not_of_the_system_or_its_own() -> None:
    parse = "Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;"
    ask = "Landroid/content/ContentResolver;->call(Landroid/net/Uri;Ljava/lang/String;Ljava/lang/String;Landroid/os/Bundle;)Landroid/os/Bundle;"

    def asking(uri: str) -> list[tuple]:
        return [("const-string", 1, uri), call("static", parse, 1), call("virtual", ask, 0, 1, 2, 3, 4)]

    uris = [
        "content://com.rival.wake/x",
        "content://com.android.contacts/x",
        "content://settings/x",
        "content://my.own/x",
    ]
    found = of(component("provider", "a.P", authorities=["my.own"]), codes=[code(*map(asking, uris))])
    assert briefly(found) == [("wakes-other", "wakes", "ContentResolver.call", "com.rival.wake")]


def test_wrappers_and_second_definitions_are_passed_over() -> None:
    alarm = [
        call("virtual", "Landroid/app/AlarmManager;->set(IJLandroid/app/PendingIntent;)V", 0, 1, 2, 3, 4)
    ]
    assert of(codes=[code(alarm, cls="Landroidx/core/app/AlarmManagerCompat;")]) == []
    twice = of(codes=[code(alarm), code(alarm)])
    assert len(twice) == 1 and twice[0]["cause"] == "alarm"


def test_jobs_that_are_told_not_to_last() -> None:
    persist = "Landroid/app/job/JobInfo$Builder;->setPersisted(Z)Landroid/app/job/JobInfo$Builder;"
    off = [("const/4", 1, 0), call("virtual", persist, 0, 1)]
    on = [("const/4", 1, 1), call("virtual", persist, 0, 1)]
    assert of(codes=[code(off)]) == []
    assert briefly(of(codes=[code(on)])) == [("job", "self", "JobInfo.Builder.setPersisted", None)]


def test_a_flood_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfstart, "MOST", 3)
    notes = Notes()
    boots = [
        component("receiver", f"a.R{n}", actions=["android.intent.action.BOOT_COMPLETED"]) for n in range(5)
    ]
    found = selfstart.read(boots, {"id": OWN}, (), Owners({}, OWN), "e", notes=notes)
    assert len(found) == 3 and notes.limitations[0][0] == "reader-limit"
    monkeypatch.setattr(schedules, "METHODS", 1)
    alarm = [
        call("virtual", "Landroid/app/AlarmManager;->set(IJLandroid/app/PendingIntent;)V", 0, 1, 2, 3, 4)
    ]
    notes = Notes()
    found = selfstart.read((), {"id": OWN}, [code(alarm, alarm)], Owners({}, OWN), "e", notes=notes)
    assert len(found) == 1 and notes.limitations == [("reader-limit", "self-start: methods not looked at")]


def test_the_violator_starts_itself_in_every_way() -> None:
    path = SAMPLES / "violator" / "violator.apk"
    known: list[dict[str, Any]] = []
    read_here(path, known.extend)
    package = next(f for f in known if f["kind"] == "package")
    sdks = load().sdks.values()
    owners = Owners(from_catalogue(sdks), package["id"])
    found = selfstart.read(
        [f for f in known if f["kind"] == "component"], package, containers(path), owners, "e", notes=Notes(),
        push={s.id for s in sdks if s.purpose == "push"},
    )  # fmt: skip
    told = {(f["cause"], f["by"]) for f in found}
    assert told >= {
        ("boot", "manifest"), ("unlock", "manifest"), ("package", "manifest"), ("job", "manifest"), ("job", "code"),
        ("sync", "manifest"), ("sync", "code"), ("account", "code"), ("alarm", "code"),
        ("exported-service", "manifest"), ("exported-provider", "manifest"), ("exported-activity", "manifest"),
    }  # fmt: skip
    intervals = {f["action"]: f["interval"] for f in found if f["interval"]}
    assert intervals["AlarmManager.setRepeating"] == 60.0
    assert intervals["JobInfo.Builder.setPeriodic"] == 900.0
    assert intervals["ContentResolver.addPeriodicSync"] == 3600.0


def test_one_body_may_not_ask_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "EACH", 3)
    many = [call("virtual", PACKAGE, 0, 1)] * 9
    notes = Notes()
    waking = [
        *many,
        ("const-string", 1, "com.rival.app"),
        call("virtual", PACKAGE, 0, 1),
        call("virtual", START, 0, 1),
    ]
    found = selfstart.read((), {"id": OWN}, [code(waking)], Owners({}, OWN), "e", notes=notes)
    assert found == [] and notes.limitations[0][0] == "reader-limit"


def test_methods_are_taken_apart_up_to_a_sum_of_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    waking = [
        ("const-string", 1, "com.rival.app"),
        call("virtual", PACKAGE, 0, 1),
        call("virtual", START, 0, 1),
    ]
    monkeypatch.setattr(schedules, "INSTRUCTIONS", 5)
    notes = Notes()
    found = selfstart.read((), {"id": OWN}, [code(waking, waking)], Owners({}, OWN), "e", notes=notes)
    assert len(found) == 1 and notes.limitations == [("reader-limit", "self-start: methods not looked at")]
