"""An office of the campaign's size, here a small part of it: whole, and proved by its log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from mingcha.server.ledger import seed_scale, sequence
from mingcha.server.ledger.bulk import load
from mingcha.server.ledger.models import Case, CaseFinding, Event, Lead
from mingcha.server.ledger.process import table
from mingcha.server.ledger.services import act
from mingcha.server.log.verify import verify
from mingcha.server.registry.models import Finding, Inspection, Operator, Subject
from mingcha.server.staff.credit import valid
from tests.server.cast import START, Cast


def test_a_part_of_the_campaign(cast: Cast, tmp_path: Path) -> None:
    done = seed_scale.seed(0.001, START)
    again = seed_scale.seed(0.0005, START, number=2)
    assert done["inspections"] == 2080 and again["inspections"] == 1040
    assert 9 < done["findings"] / done["inspections"] < 10.5
    codes = list(Operator.objects.filter(subjects__identifier__startswith="com.made").values_list("credit_code", flat=True).distinct())
    assert len(codes) > 100 and all(valid(c or "") for c in codes)
    types = set(Subject.objects.filter(identifier__startswith="com.made").values_list("app_type", flat=True))
    assert types == {None, *range(1, 40)}
    assert done["leads"] == Lead.objects.count() - again["leads"] == 50 and done["cases"] == 20
    made = Case.objects.exclude(subject=cast.subject)
    assert made.count() == 30 and len({c.state for c in made}) > 3
    for case in made:
        state = ""
        for event in case.events.order_by("pk"):
            told = json.loads(event.leaf)
            assert told["case"] == case.number
            assert event.act == "open" or state in table().acts[event.act].from_
            state = table().acts[event.act].to or state
        assert state == case.state and case.version == case.events.count() - 1
    for row in CaseFinding.objects.select_related("case", "finding__inspection"):
        assert row.finding.inspection.subject_id == row.case.subject_id
        assert row.decided_by_id is None or row.decided_by_id != row.proposed_by_id
    sequence.catch_up(tmp_path)
    report = verify(tmp_path, sequence.entries(), None, [])
    assert not report.broken and report.entries == Event.objects.count()


def test_the_services_go_on_where_it_ends(cast: Cast) -> None:
    seed_scale.seed(0.0005, START)
    case = cast.case("verified")
    act(case.pk, "notice", cast.approver, version=case.version, now=START)
    assert Inspection.objects.filter(subject=cast.subject).count() == 1


def test_what_is_entered_in_bulk_obeys_the_tables(cast: Cast) -> None:
    used = Operator.objects.order_by("pk").first()
    assert used is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        load(Operator, ("id", "name", "folded", "credit_code", "province", "registered_name"), [(used.pk, "x", "x", None, "", "")])
    with pytest.raises(DatabaseError), transaction.atomic():
        load(Finding, ("id", "inspection_id", "rule"), [(1, None, "x")])
