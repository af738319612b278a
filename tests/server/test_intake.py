"""A result document of `mingcha scan` becomes a subject, a package, its parts and findings, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.report import json_
from mingcha.server.ledger.intake import open_for, take
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.services import act, open_case
from mingcha.server.registry.models import Finding, Inspection
from tests.server.cast import Cast
from tests.support import apk, flagged, put, run


def test_a_result_of_the_engine_is_taken_in_once(cast: Cast, place: Path) -> None:
    ran = run("scan", put(place / "bad.apk", apk(flagged(debuggable=True))), "--format", "json", "--fail-on", "never")
    raw = ran.out.encode()
    document = json_.load(raw)
    first, again = take(raw, document), take(raw, document)
    assert first == again and Inspection.objects.filter(digest=first.digest).count() == 1
    failed = {f.rule for f in document.findings if f.outcome == "failed"}
    assert failed and failed <= set(Finding.objects.filter(inspection=first).values_list("rule", flat=True))
    assert not first.findings.filter(outcome="passed").exists()
    assert first.package is not None and first.package.sha256 == document.subject.sha256
    case = open_case(first.subject, cast.officer)
    act(case.pk, "attach-inspection", cast.officer, {"inspection": first.pk}, version=0)
    case.refresh_from_db()
    assert case.state == "inspected" and case.findings.count() == first.findings.count()


def test_a_case_is_opened_for_a_result_once(cast: Cast) -> None:
    found, officer, store = cast.inspection("rule-a"), cast.officer.person, cast.store.person
    assert officer is not None and store is not None
    case = open_for(found, officer)
    assert (case.state, case.findings.count()) == ("inspected", 1)
    assert open_for(found, officer) == case
    with pytest.raises(Refused):
        open_for(cast.inspection("rule-b"), store)
    with pytest.raises(Refused):
        open_for(cast.inspection(), officer)
    assert cast.subject.cases.count() == 1, "what was refused left nothing"
