"""Events: the database refuses to change them, and their JSON is the same for the same data."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction

from mingcha.server.ledger.events import canonical
from mingcha.server.ledger.models import Event
from tests.server.cast import Cast


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
