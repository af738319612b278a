"""Events: the database refuses to change them, and their JSON is the same for the same data."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction

from mingcha.server.ledger import seals
from mingcha.server.ledger.events import canonical
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.services import act
from mingcha.server.ledger.who import told
from tests.server.cast import START, Cast


@pytest.mark.parametrize("way", ["save", "delete", "update", "raw update", "raw delete"])
def test_events_are_never_changed(cast: Cast, way: str) -> None:
    event = cast.case("noticed").events.order_by("pk").last()
    assert event is not None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        match way:
            case "save":
                event.act = "other"
                event.save()
            case "delete":
                event.delete()
            case "update":
                Event.objects.filter(pk=event.pk).update(leaf="{}")
            case _:
                with connection.cursor() as cursor:
                    text = "DELETE FROM ledger_event" if "delete" in way else "UPDATE ledger_event SET leaf = '{}'"
                    cursor.execute(f"{text} WHERE id = %s", [event.pk])
    assert Event.objects.get(pk=event.pk).leaf == event.leaf


def test_a_leaf_holds_numbers_and_no_names(cast: Cast) -> None:
    case = cast.case("named")
    for event in case.events.all():
        leaf = json.loads(event.leaf)
        assert leaf["case"] == case.number and leaf["act"] == event.act and leaf["uid"] == str(event.uid)
        for who in cast.everybody():
            assert who.person is None or who.person.login not in event.leaf
        assert cast.company.organisation.name not in event.leaf
    assert canonical({"b": "中", "a": [1, None]}) == '{"a":[1,null],"b":"中"}'


def test_a_reason_is_sealed_and_read_by_few(cast: Cast) -> None:
    case = cast.case("noticed")
    act(case.pk, "appeal", cast.company, {"reason": "张三称并非其开发"}, version=case.version, now=START)
    act(case.pk, "suspend", cast.approver, {"reason": "核实李四身份"}, version=case.version + 1, now=START)
    for event in case.events.filter(act__in=("appeal", "suspend")):
        said = json.loads(event.leaf)["data"]["reason"]
        assert event.remark.text not in event.leaf and said == seals.digest(event.remark.salt, event.remark.text)
    read = {who: [reason for _, reason in told(case.events.all(), who) if reason] for who in (cast.officer, cast.company, cast.tester)}
    assert read == {
        cast.officer: ["核实李四身份", "张三称并非其开发"], cast.company: ["张三称并非其开发"], cast.tester: ["张三称并非其开发"],
    }  # fmt: skip


@pytest.mark.skipif(connection.vendor != "sqlite", reason="another engine has no REPLACE")
@pytest.mark.parametrize("same", ["id", "uid", "person_id, key"])
@pytest.mark.parametrize("recursive", [True, False])
def test_a_replacement_does_not_pass_for_an_insertion(cast: Cast, same: str, recursive: bool) -> None:
    case = cast.case("verified")
    event = act(case.pk, "notice", cast.approver, version=case.version, key="k", now=START)
    names = [f.column for f in Event._meta.concrete_fields]
    taken = {"id": {"id"}, "uid": {"uid"}, "person_id, key": {"person_id", "key"}}[same]
    values = [n if n in taken or n not in ("id", "uid", "key", "leaf") else
              {"id": "id + 1000", "uid": "'f' || substr(uid, 2)", "key": "'other'", "leaf": "'{}'"}[n] for n in names]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={int(recursive)}")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(
                f"INSERT OR REPLACE INTO ledger_event ({', '.join(names)}) SELECT {', '.join(values)} FROM ledger_event WHERE id = %s",
                [event.pk],
            )
        cursor.execute("PRAGMA recursive_triggers=1")
    assert Event.objects.get(pk=event.pk).leaf == event.leaf
