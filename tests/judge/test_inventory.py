"""Tables of what is in the subject."""

from __future__ import annotations

from typing import Any

from mingcha.judge.inventory import build
from mingcha.model import Subject

from .make import APP, CATALOGUE, T, fact

UMENG = {"kind": "sdk", "id": "umeng", "name": "Umeng"}


def call(item: str, caller: str, owner: Any = None, **more: Any) -> dict[str, Any]:
    return fact("api-call", item=item, caller=caller, api=f"A.{item}", group="item", owner=owner, **more)


def rows(name: str, *facts: dict[str, Any], subject: Subject = APP) -> Any:
    return build(facts, CATALOGUE, subject).get(name)


def test_nothing_seen_nothing_said() -> None:
    assert build([], CATALOGUE, APP) == {}


def test_sdks_with_what_their_own_code_reaches() -> None:
    facts = [
        fact("sdk", id="zeta", name="Z"),
        fact("sdk", id="umeng", name="友盟", name_en="Umeng", vendor="V", personal=True, by=["package"]),
        fact("permission", name="p.STATE"),
        call("imei", "c1", UMENG, permission="p.STATE|p.NEVER_ASKED"),
        call("imei", "c1", UMENG),
        call("imei", "c2", UMENG),
        call("location", "c3", {"kind": "app", "id": ""}, permission="p.LOCATION"),
        fact("api-call", item="dynamic-code", caller="c4", group="capability", owner=UMENG),
    ]
    umeng, zeta = rows("sdks", *facts)
    assert umeng["items"] == [{"id": "imei", "name": T, "sensitive": False, "callers": 2}]
    assert umeng["permissions"] == ["p.STATE"]
    component = rows("sdks", *facts, subject=Subject(kind="sdk"))[0]
    assert component["permissions"] == ["p.NEVER_ASKED", "p.STATE"], "the host asks"
    assert (umeng["name_en"], umeng["personal"], umeng["by"]) == ("Umeng", True, ["package"])
    assert (zeta["id"], zeta["items"], zeta["version"]) == ("zeta", [], None)


def test_permissions_against_use() -> None:
    declared = [fact("permission", name=n) for n in ("p.LOCATION", "p.CAMERA", "p.INTERNET", "x.OWN")]
    found = rows("permissions", *declared, call("location", "c", UMENG, permission="p.LOCATION"))
    assert [r["name"] for r in found] == ["p.CAMERA", "p.INTERNET", "p.LOCATION", "x.OWN"]
    by = {r["name"]: r for r in found}
    assert by["p.LOCATION"]["used"] == "yes"
    assert by["p.LOCATION"]["used_by"] == [UMENG]
    assert by["p.LOCATION"]["items"] == ["location"]
    assert by["p.CAMERA"]["used"] == "no"
    assert by["p.INTERNET"]["used"] == "unknown"  # no API maps to it: its use cannot be seen
    assert (by["x.OWN"]["title"], by["x.OWN"]["level"]) == ({"zh": "x.OWN", "en": "x.OWN"}, None)
    assert {r["needed"] for r in found} == {None}


def test_unseen_code_may_use_what_seen_code_does_not() -> None:
    declared = fact("permission", name="p.CAMERA")
    assert rows("permissions", declared, fact("limitation", code="packed"))[0]["used"] == "unknown"
    assert rows("permissions", declared, fact("limitation", code="unreadable-certificate"))[0]["used"] == "no"


def test_permissions_against_the_app_type() -> None:
    declared = [fact("permission", name=n) for n in ("p.LOCATION", "p.CAMERA", "p.INTERNET", "x.OWN")]
    found = rows("permissions", *declared, subject=Subject(kind="app", app_type=5))
    assert {r["name"]: r["needed"] for r in found} == {
        "p.LOCATION": True, "p.CAMERA": False, "p.INTERNET": None, "x.OWN": None,
    }  # fmt: skip
    unknown = rows("permissions", *declared, subject=Subject(kind="app", app_type=99))
    assert {r["needed"] for r in unknown} == {None}


def test_the_first_of_two_declarations_counts() -> None:
    twice = [fact("permission", name="p.CAMERA", declared_max_sdk=m) for m in (28, None)]
    assert [r["declared_max_sdk"] for r in rows("permissions", *twice)] == [28]


def test_items_by_owner() -> None:
    found = rows(
        "items", call("location", "a", UMENG), call("location", "b"), call("unheard", "c"), fact("api-call")
    )
    location, unheard = found
    assert (location["sensitive"], location["callers"], location["apis"]) == (True, 2, ["A.location"])
    assert location["owners"] == [UMENG, {"kind": "unknown", "id": "", "name": ""}]
    assert (unheard["name"], unheard["sensitive"]) == ({"zh": "unheard", "en": "unheard"}, False)


def test_components_and_hosts() -> None:
    parts = [fact("component", type="activity", exported=e) for e in (True, False)]
    parts.append(fact("component", type="service", exported=False))
    assert rows("components", *parts) == {
        "activity": {"total": 2, "exported": 1}, "service": {"total": 1, "exported": 0},
    }  # fmt: skip
    urls = [
        fact("url", host="b", cleartext=False, vendor="V", owner=UMENG),
        fact("url", host="b", cleartext=True),
    ]
    assert rows("hosts", *urls, fact("url", host="a", cleartext=False)) == [
        {
            "host": "a",
            "cleartext": False,
            "owner": {"kind": "unknown", "id": "", "name": ""},
            "vendor": None,
            "count": 1,
        },
        {"host": "b", "cleartext": True, "owner": UMENG, "vendor": "V", "count": 2},
    ]


def test_the_rest_is_told_as_seen() -> None:
    assert rows("package", fact("package", format="apk")) == {"where": "w", "format": "apk"}
    assert rows("signing", fact("signing", scheme="v2")) == [{"where": "w", "scheme": "v2"}]
    for name, kind in (
        ("packers", "packer"),
        ("deviations", "deviation"),
        ("native", "native-lib"),
        ("embedded", "embedded"),
    ):
        assert len(rows(name, fact(kind))) == 1
    known, other = rows(
        "limitations", *[fact("limitation", code=c, detail="d") for c in ("strange", "packed", "packed")]
    )
    assert (known["code"], known["detail"], known["name"], known["hint"]) == ("packed", "d", T, T)
    assert (other["name"], other["hint"]) == ({"zh": "strange", "en": "strange"}, {})
