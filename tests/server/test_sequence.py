"""From events to the log, and back: crashes between the two, changes behind the office's back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection, transaction

from mingcha.server.ledger import sequence
from mingcha.server.ledger.models import Event, Sequenced
from mingcha.server.log.tiles import Log
from mingcha.server.log.verify import verify
from tests.server.cast import Cast, make
from tests.server.test_together import at_once


def broken(folder: Path) -> str:
    return verify(folder, sequence.entries(), None, ()).broken


def test_events_are_entered_once_and_in_order(cast: Cast, tmp_path: Path) -> None:
    cast.case("named")
    before = Event.objects.count()
    assert sequence.catch_up(tmp_path) == (before, before)
    assert sequence.catch_up(tmp_path) == (0, before)
    cast.case("noticed", "rule-x")
    assert sequence.catch_up(tmp_path).size == Event.objects.count()
    log = Log(tmp_path)
    assert [json.loads(log.entry(i))["uid"] for i in range(log.size)] == [str(u) for u in Event.objects.order_by("pk").values_list("uid", flat=True)]
    assert broken(tmp_path) == ""


def test_a_crash_between_log_and_database_enters_nothing_twice(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.case("verified")

    class Power(Exception):
        pass

    def fails(*_: object, **__: object) -> None:
        raise Power

    with monkeypatch.context() as patch, pytest.raises(Power), transaction.atomic():
        patch.setattr(Sequenced.objects, "bulk_create", fails)
        sequence.catch_up(tmp_path)
    assert Log(tmp_path).size > 0 and not Sequenced.objects.exists()
    cast.case("inspected", "rule-x")
    sequence.catch_up(tmp_path)
    assert Log(tmp_path).size == Event.objects.count() == Sequenced.objects.count()
    assert broken(tmp_path) == ""


def test_what_is_changed_behind_the_office_is_found(cast: Cast, tmp_path: Path) -> None:
    """By somebody who can switch the triggers off."""
    cast.case("named")
    sequence.catch_up(tmp_path)
    table = "ledger_event"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute(f"DROP TRIGGER {table}_no_UPDATE")
        cursor.execute(f"UPDATE {table} SET leaf = replace(leaf, '\"notice\"', '\"nothing\"')")
    assert "the database has another" in broken(tmp_path)


def test_several_runs_at_once_enter_each_event_once(home: Path, tmp_path: Path) -> None:
    make().case("named")
    waiting = Event.objects.filter(sequenced=None).count()
    got = at_once(lambda _: sequence.catch_up(tmp_path / "log"))
    assert set(got) <= {"done"} and Log(tmp_path / "log").size == Sequenced.objects.count() >= waiting
    assert verify(tmp_path / "log", sequence.entries(), None, ()).broken == ""
