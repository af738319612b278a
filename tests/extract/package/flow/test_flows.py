"""Where values go: the planted cases of the samples, small programs with near misses, and limits."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha import catalogue
from mingcha.extract import read_here
from mingcha.extract.package.columns import Code
from mingcha.extract.package.dex import tables
from mingcha.extract.package.flow import flows as flows_module
from mingcha.extract.package.flow.flows import flows
from mingcha.extract.package.flow.passes import MEMBERS, STATES
from mingcha.extract.package.flow.sinks import Sinks, personal
from mingcha.extract.package.flow.taint import STEPS
from mingcha.extract.package.graph import inspect
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.owners import Owner, Owners
from tests.extract.package.dexbuild import Cls, Mth, build

CATALOGUE = catalogue.load()
REFERENCE = inspect.Reference.build(CATALOGUE)
SAMPLES = Path(__file__).parents[4] / "samples"
APP, ADS = Owner("app", "a", "a"), Owner("sdk", "umeng-common", "umeng")
OWNERS = Owners({"a": APP, "ads": ADS})
STRING = "Ljava/lang/String;"
VOID = ("return-void",)
IMEI = f"Landroid/telephony/TelephonyManager;->getDeviceId(){STRING}"
LOG = f"Landroid/util/Log;->d({STRING}{STRING})I"
READ = [("invoke-virtual", [0], IMEI), ("move-result", 1)]
TAG = ("const-string", 2, "tag")
SHOW = ("invoke-static", [2, 1], LOG)


def method(name: str, *code: tuple, proto: str = "()V", static: bool = True) -> Mth:
    return Mth(name, proto, list(code), flags=9 if static else 1, virtual=not static)


def call(caller: str, callee: str = IMEI, item: str = "imei", **more: Any) -> dict[str, Any]:
    api = callee.partition("(")[0].partition(":")[0][1:].replace("/", ".").replace(";->", "." if "(" in callee else "#")
    return {"kind": "api-call", "caller": caller, "callee": callee, "api": api, "item": item, "group": "item",
            "via": "direct", "constant": None, "owner": APP.fact(), "dex": "classes.dex"} | more  # fmt: skip


def follow(classes: Sequence[Cls], *calls: dict[str, Any]) -> list[dict[str, Any]]:
    codes: list[Code] = [tables.read("classes.dex", build(list(classes)))]
    world = World.of(codes, REFERENCE.framework)
    return list(flows(world, calls, OWNERS, REFERENCE.sinks, "0" * 64))


def kinds(*code: tuple, more: Sequence[Cls] = (), methods: Sequence[Mth] = (), **change: Any) -> list[str]:
    """Kinds of sink that the value read in `La/A;->f()V` reaches."""
    found = follow([Cls("La/A;", [method("f", *code), *methods]), *more], call("La/A;->f()V", **change))
    return sorted(f["sink_kind"] for f in found)


@functools.cache
def violator() -> tuple[dict[str, Any], ...]:
    found: list[dict[str, Any]] = []
    read_here(SAMPLES / "violator" / "violator.apk", found.extend)
    return tuple(f for f in found if f["kind"] == "flow")


@pytest.mark.parametrize(
    ("cls", "item", "kind"),
    [("CopiesPhoneNumber", "phone-number", "clipboard"), ("LogsPersonalData", "imei", "log"),
     ("WritesIdentifierToCard", "imei", "file"), *[("ReadsDeviceIdentifiers", i, "network") for i in
     ("imei", "imsi", "iccid", "phone-number", "android-id", "serial-number")]],
)  # fmt: skip
def test_planted_flows_are_found(cls: str, item: str, kind: str) -> None:
    assert [f for f in violator() if f["caller"].endswith(f"/{cls};->" + f["caller"].partition("->")[2])
            and (f["item"], f["sink_kind"]) == (item, kind)]  # fmt: skip


def test_nothing_else_is_told_of_the_violator() -> None:
    assert len(violator()) == 9
    sent = next(f for f in violator() if f["item"] == "imei" and f["sink_kind"] == "network")
    assert [m.partition(";")[0].rpartition("/")[2] for m in sent["path"]] == ["ReadsDeviceIdentifiers", "SendsOverHttp"]
    assert sent["receiver"]["kind"] == "system"


def test_facts_have_the_declared_fields() -> None:
    declared = CATALOGUE.facts["flow"].fields.keys() | {"kind", "exhibit", "where"}
    assert all(f.keys() == declared for f in violator())


def test_a_constant_logged_beside_the_value_is_no_flow() -> None:
    assert kinds(*READ, TAG, SHOW, VOID) == ["log"]
    assert kinds(*READ, TAG, ("const-string", 3, "done"), ("invoke-static", [2, 3], LOG), VOID) == []


def test_a_value_that_is_overwritten_before_the_sink_is_no_flow() -> None:
    assert kinds(*READ, TAG, ("const-string", 1, "masked"), SHOW, VOID) == []
    assert kinds(*READ, ("move", 3, 1), TAG, ("const-string", 1, "masked"), ("invoke-static", [2, 3], LOG), VOID) == ["log"]


def test_what_only_asks_about_the_value_is_no_flow() -> None:
    length = [("invoke-virtual", [1], f"{STRING}->length()I"), ("move-result", 1),
              ("invoke-static", [1], f"{STRING}->valueOf(I){STRING}"), ("move-result", 1)]  # fmt: skip
    assert kinds(*READ, *length, TAG, SHOW, VOID) == []


BUILDER = "Ljava/lang/StringBuilder;"
JSON = "Lorg/json/JSONObject;"


def test_texts_encoders_and_objects_hand_it_on() -> None:
    text = [("new-instance", 3, BUILDER), ("invoke-direct", [3], f"{BUILDER}-><init>()V"),
            ("invoke-virtual", [3, 1], f"{BUILDER}->append({STRING}){BUILDER}"),
            ("invoke-virtual", [3], f"{BUILDER}->toString(){STRING}"), ("move-result", 1)]  # fmt: skip
    assert kinds(*READ, *text, TAG, SHOW, VOID) == ["log"]
    digest = [("invoke-virtual", [1], f"{STRING}->getBytes()[B"), ("move-result", 4),
              ("invoke-virtual", [5, 4], "Ljava/security/MessageDigest;->digest([B)[B"), ("move-result", 4),
              ("invoke-static", [4, 6], f"Landroid/util/Base64;->encodeToString([BI){STRING}"), ("move-result", 1)]  # fmt: skip
    assert kinds(*READ, *digest, TAG, SHOW, VOID) == ["log"]
    put = [("new-instance", 3, JSON), ("invoke-direct", [3], f"{JSON}-><init>()V"), ("const-string", 4, "id"),
           ("invoke-virtual", [3, 4, 1], f"{JSON}->put({STRING}Ljava/lang/Object;){JSON}")]  # fmt: skip
    whole = [("invoke-virtual", [3], f"{JSON}->toString(){STRING}"), ("move-result", 1)]
    other = [("const-string", 4, "os"), ("invoke-virtual", [3, 4], f"{JSON}->optString({STRING}){STRING}"), ("move-result", 1)]
    assert kinds(*READ, *put, *whole, TAG, SHOW, VOID) == ["log"]
    assert kinds(*READ, *put, *other, TAG, SHOW, VOID) == []


SHOWS = method("show", TAG, ("invoke-static", [2, 15], LOG), VOID, proto=f"({STRING})V")


def test_into_own_methods_and_back_to_callers() -> None:
    given_to = ("invoke-static", [1], f"La/B;->show({STRING})V")
    assert kinds(*READ, given_to, VOID, more=[Cls("La/B;", [SHOWS])]) == ["log"]
    quiet = method("show", TAG, ("invoke-static", [2, 2], LOG), VOID, proto=f"({STRING})V")
    assert kinds(*READ, given_to, VOID, more=[Cls("La/B;", [quiet])]) == []
    back = method("id", *READ, ("return", 1), proto=f"(){STRING}")
    uses = method("use", ("invoke-static", [], f"La/A;->id(){STRING}"), ("move-result", 1), TAG, SHOW, VOID)
    other = method("other", ("invoke-static", [], f"La/A;->id(){STRING}"), TAG, ("const-string", 1, "x"), SHOW, VOID)
    found = follow([Cls("La/A;", [back, uses, other])], call(f"La/A;->id(){STRING}"))
    assert [f["path"] for f in found] == [[f"La/A;->id(){STRING}", "La/A;->use()V"]]


def test_a_call_that_may_run_several_methods_is_not_followed() -> None:
    task = Cls("La/T;", [Mth("go", f"({STRING})V", None, flags=0x401, virtual=True)], flags=0x601)
    logs = method("go", TAG, ("invoke-static", [2, 15], LOG), VOID, proto=f"({STRING})V", static=False)
    handed = ("invoke-interface", [5, 1], f"La/T;->go({STRING})V")
    one = Cls("La/One;", [logs], interfaces=("La/T;",))
    two = Cls("La/Two;", [method("go", VOID, proto=f"({STRING})V", static=False)], interfaces=("La/T;",))
    assert kinds(*READ, handed, VOID, more=[task, one]) == ["log"]
    assert kinds(*READ, handed, VOID, more=[task, one, two]) == []


def test_at_most_three_calls() -> None:
    def chain(n: int) -> list[Mth]:
        steps = [method(f"s{k}", ("invoke-static", [15], f"La/A;->s{k + 1}({STRING})V"), VOID, proto=f"({STRING})V") for k in range(1, n)]
        return [*steps, Mth(f"s{n}", f"({STRING})V", SHOWS.code, flags=9)]

    begin = ("invoke-static", [1], f"La/A;->s1({STRING})V")
    assert kinds(*READ, begin, VOID, methods=chain(3)) == ["log"]
    assert kinds(*READ, begin, VOID, methods=chain(4)) == []


def test_through_a_field_of_the_class_that_reads_it() -> None:
    field = f"La/A;->id:{STRING}"
    reads = method("g", ("sget", 1, field), TAG, SHOW, VOID)
    assert kinds(*READ, ("sput", 1, field), VOID, methods=[reads]) == ["log"]
    assert kinds(*READ, ("sput", 1, field), VOID, methods=[method("g", ("sget", 1, f"La/A;->os:{STRING}"), TAG, SHOW, VOID)]) == []


def test_an_object_that_the_caller_gave_is_followed_there() -> None:
    fill = method("fill", *READ, ("const-string", 4, "id"),
                  ("invoke-virtual", [15, 4, 1], f"{JSON}->put({STRING}Ljava/lang/Object;){JSON}"), VOID, proto=f"({JSON})V")  # fmt: skip
    send = method("send", ("new-instance", 3, JSON), ("invoke-direct", [3], f"{JSON}-><init>()V"),
                  ("invoke-static", [3], f"La/A;->fill({JSON})V"), ("invoke-virtual", [3], f"{JSON}->toString(){STRING}"),
                  ("move-result", 1), ("new-instance", 4, "Ljava/net/URL;"),
                  ("invoke-direct", [4, 1], f"Ljava/net/URL;-><init>({STRING})V"), VOID)  # fmt: skip
    found = follow([Cls("La/A;", [fill, send])], call(f"La/A;->fill({JSON})V"))
    assert [(f["sink_kind"], len(f["path"])) for f in found] == [("network", 2)]


def test_handed_to_an_sdk_but_not_inside_one() -> None:
    take = Cls("Lads/S;", [method("set", VOID, proto=f"({STRING})V")])
    handed = ("invoke-static", [1], f"Lads/S;->set({STRING})V")
    found = follow([Cls("La/A;", [method("f", *READ, handed, VOID)]), take], call("La/A;->f()V"))
    assert [(f["sink_kind"], f["receiver"]["id"]) for f in found] == [("sdk", "umeng-common")]
    inside = Cls("Lads/A;", [method("f", *READ, handed, VOID)])
    assert follow([inside, take], call("Lads/A;->f()V", owner=ADS.fact())) == []


def test_an_argument_of_a_native_method() -> None:
    native = Cls("La/N;", [Mth("go", f"({STRING})V", None, flags=0x109)])
    assert kinds(*READ, ("invoke-static", [1], f"La/N;->go({STRING})V"), VOID, more=[native]) == ["native"]


def stream(*opened: tuple) -> list[str]:
    writer = "Ljava/io/OutputStreamWriter;"
    wrap = [("new-instance", 6, writer), ("invoke-direct", [6, 5], f"{writer}-><init>(Ljava/io/OutputStream;)V"),
            ("invoke-virtual", [6, 1], f"Ljava/io/Writer;->write({STRING})V")]  # fmt: skip
    return kinds(*READ, *opened, *wrap, VOID)


def test_a_stream_is_what_it_was_opened_on() -> None:
    out = "Ljava/io/OutputStream;"
    assert stream(("invoke-virtual", [4], f"Ljava/net/HttpURLConnection;->getOutputStream(){out}"), ("move-result", 5)) == ["network"]
    file = "Ljava/io/FileOutputStream;"
    assert stream(("new-instance", 5, file), ("invoke-direct", [5, 3], f"{file}-><init>({STRING})V")) == ["file"]
    assert stream(("sget", 5, "Ljava/lang/System;->out:Ljava/io/PrintStream;")) == ["log"]
    assert stream(("sget", 5, f"La/Q;->out:{out}")) == []


GET = f"Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;{STRING}){STRING}"


def test_the_call_with_the_constant_is_the_one_that_counts() -> None:
    both = [("const-string", 3, "android_id"), ("const-string", 4, "bluetooth_name"), ("invoke-static", [0, 3], GET),
            ("move-result", 5), ("invoke-static", [0, 4], GET), ("move-result", 6), TAG]  # fmt: skip
    asked = {"callee": GET, "item": "android-id", "via": "settings-key", "constant": "android_id"}
    assert kinds(*both, ("invoke-static", [2, 5], LOG), VOID, **asked) == ["log"]
    assert kinds(*both, ("invoke-static", [2, 6], LOG), VOID, **asked) == []


def test_what_leads_to_a_value_is_not_the_value() -> None:
    uri, cursor = "Landroid/net/Uri;", "Landroid/database/Cursor;"
    field = f"Landroid/provider/ContactsContract$Contacts;->CONTENT_URI:{uri}"
    asked = {"callee": field, "item": "contacts", "via": "provider"}
    text = [("invoke-virtual", [1], f"{uri}->toString(){STRING}"), ("move-result", 1)]
    assert kinds(("sget", 1, field), *text, TAG, SHOW, VOID, **asked) == []
    query = f"Landroid/content/ContentResolver;->query({uri}){cursor}"
    rows = [("invoke-virtual", [3, 1], query), ("move-result", 4), ("invoke-interface", [4, 5], f"{cursor}->getString(I){STRING}"), ("move-result", 1)]
    assert kinds(("sget", 1, field), *rows, TAG, SHOW, VOID, **asked) == ["log"]
    count = [*rows[:2], ("invoke-interface", [4], f"{cursor}->getCount()I"), ("move-result", 1)]
    assert kinds(("sget", 1, field), *count, TAG, SHOW, VOID, **asked) == []
    named = f"Ljava/lang/Class;->getMethod({STRING})Ljava/lang/reflect/Method;"
    reflected = [("const-string", 3, "getImei"), ("invoke-virtual", [4, 3], named), ("move-result", 1)]
    invoke = [("invoke-virtual", [1, 0], "Ljava/lang/reflect/Method;->invoke(Ljava/lang/Object;)Ljava/lang/Object;"), ("move-result", 1)]
    asked = {"callee": named, "via": "reflection", "constant": "getImei"}
    assert kinds(*reflected, TAG, SHOW, VOID, **asked) == []
    assert kinds(*reflected, *invoke, TAG, SHOW, VOID, **asked) == ["log"]


def test_only_personal_items_and_only_values() -> None:
    assert kinds(*READ, TAG, SHOW, VOID, item="os-version") == []
    assert kinds(*READ, TAG, SHOW, VOID, via="intent") == []
    states = kinds(*READ, TAG, SHOW, VOID, api="android.telephony.TelephonyManager.getSimState", item="sim-info")
    assert states == []
    own = ("invoke-static", [], "Landroid/os/Process;->myPid()I")
    assert kinds(own, *READ, TAG, SHOW, VOID, item="running-apps") == []
    given_number = ("iget", 0x34, "Landroid/app/ActivityManager$RunningAppProcessInfo;->pid:I")
    assert kinds(given_number, *READ, TAG, SHOW, VOID, item="running-apps") == []
    assert kinds(*READ, TAG, SHOW, VOID, item="running-apps") == ["log"]


def test_what_only_sets_something_going_gives_no_value() -> None:
    ask = "Landroid/accounts/AccountManager;->newChooseAccountIntent()Landroid/content/Intent;"
    code = [("invoke-static", [], ask), ("move-result", 1), ("invoke-virtual", [0, 1], "Landroid/content/Context;->startActivity(Landroid/content/Intent;)V"), VOID]
    assert kinds(*code, callee=ask, item="device-accounts") == []
    given_back = ask.replace("newChooseAccountIntent", "getIntent")
    assert kinds(*[(*i[:2], given_back) if i[-1] == ask else i for i in code], callee=given_back, item="device-accounts") == ["intent"]


def test_asking_who_can_do_one_thing_is_no_list_of_apps() -> None:
    query = "Landroid/content/pm/PackageManager;->queryIntentActivities(Landroid/content/Intent;I)Ljava/util/List;"
    asked = {"callee": query, "item": "installed-apps"}
    rows = [("invoke-virtual", [0, 1, 2], query), ("move-result", 1), ("invoke-interface", [1, 2], "Ljava/util/List;->get(I)Ljava/lang/Object;"),
            ("move-result", 1), ("invoke-virtual", [1], f"Ljava/lang/Object;->toString(){STRING}"), ("move-result", 1)]  # fmt: skip
    assert kinds(("const-string", 3, "android.intent.category.LAUNCHER"), *rows, TAG, SHOW, VOID, **asked) == ["log"]
    assert kinds(("const-string", 3, "android.intent.action.SEND"), *rows, TAG, SHOW, VOID, **asked) == []


def test_which_items_are_personal() -> None:
    found = personal(CATALOGUE.items)
    assert {"imei", "oaid", "precise-location", "contacts", "sms", "installed-apps", "wifi-ssid", "iccid", "clipboard"} <= found
    assert found.isdisjoint({"os-version", "language", "screen-info", "time-zone", "network-type", "storage-info", "files", "battery-info", "device-model", "sensor-list"})


def test_what_goes_back_to_where_it_came_from_is_no_flow() -> None:
    clip = "Landroid/content/ClipData;"
    read, write = f"Landroid/content/ClipboardManager;->getPrimaryClip(){clip}", f"Landroid/content/ClipboardManager;->setPrimaryClip({clip})V"
    code = [("invoke-virtual", [0], read), ("move-result", 1), ("invoke-virtual", [0, 1], write), VOID]
    assert kinds(*code, callee=read, item="clipboard") == []
    assert kinds(*code, callee=read, item="sms") == ["clipboard"]


def test_lists_of_calls_name_entries_of_the_catalogue() -> None:
    known = {f"{a.cls.rpartition('.')[2]}{'#' + m.field if m.field else '.' + m.name}" for a in CATALOGUE.apis.values() for m in a.members}
    assert known >= STATES | MEMBERS


def test_no_more_facts_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows_module, "FACTS", 3)
    many = [method(f"f{k}", *READ, TAG, SHOW, VOID) for k in range(6)]
    assert len(follow([Cls("La/A;", many)], *[call(f"La/A;->f{k}()V") for k in range(6)])) == 3


def test_methods_that_call_each_other_for_ever_end() -> None:
    a = method("a", ("invoke-static", [15], f"La/A;->b({STRING})V"), VOID, proto=f"({STRING})V")
    b = method("b", ("invoke-static", [15], f"La/A;->a({STRING})V"), TAG, ("invoke-static", [2, 15], LOG), VOID, proto=f"({STRING})V")
    assert kinds(*READ, ("invoke-static", [1], f"La/A;->a({STRING})V"), VOID, methods=[a, b]) == ["log"]


def test_calls_that_name_fewer_registers_than_they_have_arguments() -> None:
    append = f"{BUILDER}->append({STRING}){BUILDER}"
    chain = [("invoke-virtual", [], append), ("move-result", 3), ("invoke-virtual", [3, 1], append),
             ("invoke-virtual", [3], f"{BUILDER}->toString(){STRING}"), ("move-result", 1)]  # fmt: skip
    assert kinds(*READ, *chain, TAG, SHOW, VOID) == ["log"]
    made = "Ljava/io/FileReader;-><init>(Ljava/lang/String;)V"
    assert kinds(("invoke-direct", [], made), TAG, SHOW, VOID, callee=made, via="file") == []


REGISTERS = st.integers(0, 5)
INSNS = st.one_of(
    st.tuples(st.just("move"), REGISTERS, REGISTERS), st.tuples(st.just("const-string"), REGISTERS, st.just("x")),
    st.tuples(st.just("move-result"), REGISTERS), st.tuples(st.just("sput"), REGISTERS, st.just(f"La/A;->x:{STRING}")),
    st.tuples(st.just("sget"), REGISTERS, st.just(f"La/A;->x:{STRING}")),
    st.tuples(st.just("invoke-static"), st.lists(REGISTERS, min_size=2, max_size=2), st.just(LOG)),
    st.tuples(st.just("invoke-static"), st.lists(REGISTERS, min_size=1, max_size=1),
              st.sampled_from([f"La/A;->f{k}({STRING})V" for k in range(3)])),
    st.just(("raw", (0x28 | 0xFD00,))), st.just(("raw", (0x38, 2))), st.sampled_from(READ),
    st.builds(lambda op, args, m: ("raw", (op | args << 12, m, 0x1032)), st.sampled_from([0x6E, 0x70, 0x71]), st.integers(0, 5),
              st.integers(0, 9)),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(INSNS, max_size=12), min_size=3, max_size=3))
def test_any_program_is_followed_to_an_end(bodies: list[list[tuple]]) -> None:
    methods = [method(f"f{k}", *code, VOID, proto=f"({STRING})V") for k, code in enumerate(bodies)]
    found = follow([Cls("La/A;", methods)], *[call(f"La/A;->f{k}({STRING})V") for k in range(3)])
    for fact in found:
        assert 1 <= len(fact["path"]) <= 4
        assert fact["path"][0] == fact["caller"]


def test_sinks_of_the_catalogue_are_looked_up_by_member() -> None:
    assert isinstance(REFERENCE.sinks, Sinks)
    assert REFERENCE.sinks.takes["d"]["Landroid/util/Log;"] == ((None, "log"),)
    assert REFERENCE.sinks.opens["openFileOutput"]["Landroid/content/Context;"] == "file"


def test_a_value_with_more_uses_than_are_followed_is_said() -> None:
    uses = [(*READ, TAG, *[SHOW] * n) for n in (3, STEPS + 1)]
    codes = [tables.read("c", build([Cls("La/A;", [method(f"f{k}", *u, VOID) for k, u in enumerate(uses)])]))]
    world = World.of(codes, REFERENCE.framework)
    cut: set[str] = set()
    calls = [call(f"La/A;->f{k}()V", api=f"api.{k}") for k in range(2)]
    found = list(flows(world, calls, OWNERS, REFERENCE.sinks, "", cut))
    assert [f["api"] for f in found] == ["api.0", "api.1"] and cut == {"api.1"}
