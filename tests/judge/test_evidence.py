"""Facts as evidence lines."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.judge.evidence import LENGTH, LINES, evidence, line, method, owner, piece
from mingcha.model import Owner

from .make import KINDS, fact

CALLER, CALLEE = "Lcom/a/B$C;->go(I)V", "Landroid/X;->getId()Ljava/lang/String;"


@pytest.mark.parametrize(
    ("text", "short"),
    [(CALLER, "com.a.B$C.go"), ("Lcom/a/B;->f:I", "com.a.B.f"), ("plain", "plain"), (None, "")],
)
def test_methods_are_readable(text: Any, short: str) -> None:
    assert method(text) == short


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (fact("api-call", caller=CALLER, callee=CALLEE), "com.a.B$C.go → android.X.getId"),
        (
            fact("api-call", caller=CALLER, callee=CALLEE, constant="android_id", count=3),
            'com.a.B$C.go → android.X.getId "android_id" ×3',
        ),
        (
            fact("component", name="a.B", type="service", exported=True, actions=["x", "y"], owner=None),
            "a.B type=service exported=true actions=x,y",
        ),
        (fact("package", format="apk", id="a.b", cleartext=False, min_sdk=2), "format=apk id=a.b"),
        (fact("permission", name="p", declared_max_sdk=22), "p declared_max_sdk=22"),
        (fact("meta-data", name="KEY", value=None), "KEY="),
        (fact("listing", field="permissions", value="none"), "permissions=none"),
        (fact("code-pattern", method=CALLER, pattern="tls-trust-all"), "com.a.B$C.go pattern=tls-trust-all"),
        (fact("startup-path", entry=CALLER, callee=CALLEE, verdict="reachable"),
         "com.a.B$C.go ⇒ android.X.getId verdict=reachable"),
        (fact("startup-path", entry="", caller=CALLER, callee=CALLEE, verdict="needs-run", item="imei"),
         "com.a.B$C.go → android.X.getId verdict=needs-run item=imei"),
        (fact("self-start", component="a.R", cause="boot", action="BOOT", by="manifest"), "a.R cause=boot action=BOOT"),
        (fact("self-start", method=CALLER, cause="alarm", action="AlarmManager.set", interval=60.0, reached=True),
         "com.a.B$C.go cause=alarm action=AlarmManager.set interval=60.0 reached=true"),
        (fact("flow", caller=CALLER, sink=CALLEE, item="imei", sink_kind="log"),
         "com.a.B$C.go → android.X.getId item=imei sink_kind=log"),
        (fact("embedded", name="assets/x.dex", format="dex", size=4), "name=assets/x.dex format=dex size=4"),
        (fact("answer", outcome="failed", by="a", note=None), "outcome=failed by=a"),
        (fact("query", package=None), ""),
    ],
)  # fmt: skip
def test_lines(one: dict[str, Any], text: str) -> None:
    assert line(one) == text


def test_every_kind_makes_a_line_of_its_own_fields() -> None:
    samples = {
        "str": "s",
        "int": 2,
        "float": 2.0,
        "bool": True,
        "strs": ["a"],
        "owner": {"kind": "sdk", "id": "i"},
    }
    for name, kind in KINDS.items():
        full = fact(name, **{field: samples[entry.base] for field, entry in kind.fields.items()})
        assert line(full).strip(), name
    assert set(LINES) <= set(KINDS)


def test_long_lines_are_cut() -> None:
    text = line(fact("url", url="http://" + "a" * 1000))
    assert len(text) == LENGTH
    assert text.endswith("…")


def test_owner_of_unknown_kind_is_unknown() -> None:
    assert owner({"kind": "sdk", "id": "umeng", "name": None}) == Owner(kind="sdk", id="umeng", name="")
    assert owner({"kind": "martian"}) == Owner()
    assert owner(None) == Owner()


def test_owners_in_lines_are_their_ids() -> None:
    assert line(fact("unheard-of", who={"kind": "sdk", "id": "umeng"})) == "who=umeng"


def test_paths() -> None:
    assert piece(fact("api-call", caller=CALLER, callee=CALLEE)).path == (CALLER, CALLEE)
    assert piece(fact("startup-path", path=["a", "b", "c"])).path == ("a", "b", "c")
    assert piece(fact("startup-path")).path == ()
    one = piece({"kind": "url", "url": "u"})
    assert (one.path, one.exhibit, one.where, one.fact) == ((), "", "", {"kind": "url", "url": "u"})
    assert evidence([]) == ()


def test_paths_that_only_a_run_can_tell_come_last() -> None:
    facts = [
        fact("startup-path", verdict=v, callee=v)
        for v in ("needs-run", "reachable", "needs-run", "reachable")
    ]
    assert [e.fact["verdict"] for e in evidence(facts)] == [
        "reachable",
        "reachable",
        "needs-run",
        "needs-run",
    ]


def test_the_way_of_a_path_and_of_a_flow() -> None:
    start = piece(fact("startup-path", path=["a", CALLER, CALLEE], steps=["entry", "call", "api"]))
    assert start.path == ("a", CALLER, CALLEE)
    assert piece(fact("flow", caller=CALLER, sink=CALLEE, path=[CALLER, "b"])).path == (CALLER, "b", CALLEE)
    assert piece(fact("flow", caller=CALLER, sink=CALLEE)).path == (CALLER, CALLEE)


def test_a_component_tells_its_service_types_and_that_it_hides() -> None:
    one = fact("component", name="com.a.B", type="activity", service_types=[], exclude_from_recents=False)
    assert line(one) == "com.a.B type=activity"
    one = fact("component", name="com.a.B", type="service", service_types=["location", "camera"])
    assert line(one) == "com.a.B type=service service_types=location,camera"
    assert line(fact("component", name="com.a.B", exclude_from_recents=True)) == "com.a.B exclude_from_recents=true"
