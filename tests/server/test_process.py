"""The table of the process, and random walks over it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction

from mingcha.server.batches import services as batches
from mingcha.server.batches.models import ACTS, Batch
from mingcha.server.ledger import services
from mingcha.server.ledger.guards import GUARDS
from mingcha.server.ledger.pages import process_page
from mingcha.server.ledger.process import GUARDS as NAMED
from mingcha.server.ledger.process import BadProcess, parse, table
from mingcha.server.ledger.process import __file__ as _home
from mingcha.server.ledger.refusals import CODES, Refused
from mingcha.server.ledger.services import act, open_case
from tests.server.cast import START, make

BY_BATCH = {act: kind for kind, act in ACTS.items()}
WALKS = int(os.environ.get("MINGCHA_WALKS", "50"))
DOCUMENTED = 50
FIRST = int(os.environ.get("MINGCHA_FIRST_WALK", "0"))  # seeds from here on: many walks can be shared among processes


def _text() -> str:
    from pathlib import Path

    return (Path(_home).parent / "process.yml").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("acts", "verify", "from"), ["nowhere"], "from nowhere"),
        (("acts", "verify", "to"), "nowhere", "to nowhere"),
        (("acts", "verify", "by"), {"ministry": ["king"]}, "king"),
        (("acts", "verify", "by"), {}, "by nobody"),
        (("acts", "verify", "guards"), ["hope"], "guard hope"),
        (("acts", "verify", "text"), {"zh": "核查", "en": " "}, "verify: text"),
        (("acts", "verify", "keep"), True, "to verified"),
        (("acts", "conclude", "from"), ["removed", "relisted"], "penalty-proposed"),
        (("acts", "relist", "to"), "closed", "relisted: never reached"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(path: tuple[str, ...], value: Any, says: str) -> None:
    data = yaml.safe_load(_text())
    node = data
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    if path == ("acts", "conclude", "from"):  # the state's only other way out as well
        del data["acts"]["withdraw-penalty"]
    with pytest.raises(BadProcess) as e:
        parse(yaml.safe_dump(data, allow_unicode=True))
    assert says in str(e.value)


def test_unknown_fields_and_broken_yaml_are_refused() -> None:
    with pytest.raises(BadProcess):
        parse(_text().replace("guards:", "guard:", 1))
    with pytest.raises(BadProcess):
        parse("states: [")


def test_every_guard_of_the_table_exists_and_can_be_told_in_both_languages(home: object) -> None:
    assert set(GUARDS) == NAMED
    used = {g for act in table().acts.values() for g in act.guards}
    assert used == NAMED, "a guard that no act uses"
    assert used <= CODES
    for code in CODES:
        told = Refused(code)
        assert told.text["zh"] != told.text["en"] and told.status in (403, 404, 409, 410, 413, 422, 429, 502)


def _data(rng: random.Random, cast: Any, case: Any, name: str) -> dict[str, Any]:
    """Something that often fits the act."""
    ids = list(case.findings.values_list("pk", flat=True))
    some = [i for i in ids if rng.random() < 0.7]
    match name:
        case "attach-inspection":
            return {"inspection": cast.inspection(*rng.sample(["a", "b", "c"], rng.randint(0, 3))).pk}
        case "verify":
            return {"confirm": some, "refuse": [i for i in ids if i not in some]}
        case "reply":
            return {"package": cast.inspection(version="2").package.pk}
        case "retest-passed" | "retest-failed" | "rectified-after-naming" | "relist":
            return {"inspection": cast.inspection(*rng.sample(["a", "b", "c"], rng.randint(0, 2))).pk}
        case "transfer":
            return {"province": rng.choice(["44", "51", ""]), "reason": "属地"}
        case "split":
            return {"findings": some}
        case "set-operator":
            return {"operator": cast.subject.operator.pk if rng.random() < 0.8 else 0}
    return {"reason": rng.choice(["理由", "理由", ""])}


def _batch(rng: random.Random, cast: Any, case: Any, kind: str, now: datetime) -> None:
    """A batch of this one case, by people who sometimes may not."""
    people = [cast.officer, cast.second, cast.approver, cast.other_approver, cast.ministry]
    maker = rng.choice([cast.officer, cast.second, rng.choice(people)])
    corrects = Batch.objects.filter(items__case=case, state="issued").order_by("-pk").first() if kind == "correction" else None
    batch = batches.make(maker, kind, corrects=corrects, reason="更正" if corrects else "", now=now)
    batches.fill(batch.pk, maker, add=[case.pk], version=0, now=now)
    for who in rng.sample([cast.approver, cast.other_approver, cast.approver, rng.choice(people)], 3):
        try:
            batches.sign(batch.pk, who, version=1, now=now)
        except Refused:
            continue
    try:
        batches.issue(batch.pk, rng.choice([cast.approver, rng.choice(people)]), version=1, now=now)
    finally:
        if Batch.objects.get(pk=batch.pk).state == "draft":
            batches.drop(batch.pk, maker, version=Batch.objects.get(pk=batch.pk).version, now=now)


def _walk(seed: int) -> Iterator[Any]:
    """A case after each step of a random walk; whatever is refused is refused by a named reason."""
    rng = random.Random(seed)
    cast = make()
    case = open_case(cast.subject, cast.officer, now=START)
    now: datetime = START
    for _ in range(28):
        now += timedelta(days=rng.choice([0, 0, 1, 5, 30]))
        fitting = [n for n, a in table().acts.items() if case.state in a.from_]
        # Ways that end or lead aside are taken less often: else no walk comes to a naming.
        aside = {"set-operator", "dismiss", "merge", "suspend", "withdraw-notice", "transfer", "split", "withdraw-naming", "retest-passed", "appeal"}
        name = rng.choice([n for n in fitting if n not in aside or rng.random() < 0.15] or fitting)
        if "name" in fitting and rng.random() < 0.6:  # few walks come so far
            name = "name"
        if rng.random() < 0.05:
            name = rng.choice(list(table().acts))
        row = table().acts[name]
        fit = [w for w in cast.everybody() if row.allows(w.kind, w.role)]
        who = rng.choice(fit if fit and rng.random() < 0.95 else cast.everybody())
        try:
            if name in BY_BATCH and rng.random() < 0.8:
                _batch(rng, cast, case, BY_BATCH[name], now)
                case.refresh_from_db()
                yield case
                continue
            act(case.pk, name, who, _data(rng, cast, case, name), version=case.version, now=now)
        except Refused as e:
            assert e.text["zh"]
        case.refresh_from_db()
        yield case


def _holds(case: Any) -> None:
    events = [e.act for e in case.events.order_by("pk")]
    since = events[max((i for i, a in enumerate(events) if a in ("open", "reopen")), default=0) :]
    if case.state in ("named", "removal-ordered", "removed", "relisted"):
        assert "notice" in since, "named without notice"
        assert {"lapse", "retest-failed"} & set(since), "named without a missed time or a failed re-test"
        named = case.events.filter(act="name").order_by("-pk").first()
        batch = case.in_batches.get(batch__kind="naming", batch__state="issued", batch__issued=named.at).batch
        signers = set(batch.signatures.filter(version=batch.version).values_list("person", flat=True))
        proposer = case.events.filter(act="propose-naming").order_by("-pk").first().person_id
        assert len(signers - {batch.made_by_id, proposer}) >= 2, "named without two signatures"
    for f in case.findings.all():
        if f.status in ("confirmed", "refused", "fixed", "remains"):
            assert f.decided_by_id not in (None, f.proposed_by_id), "verified by the one who proposed it"
    state, before = "", ""
    for name in events:
        row = table().acts.get(name)
        if row is None:
            continue  # a signature moves nothing
        before = state if name == "suspend" else before
        state = table().after(row, state, before) or state
    assert state == case.state, "the events do not give the state"
    assert case.version == sum(name in table().acts and name != "open" for name in events)


def test_random_walks_keep_the_rules(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its documents for the first fifty; they say what was done and change nothing of it, and cost most of a walk."""
    met: set[str] = set()
    for seed in range(FIRST, FIRST + WALKS):
        if seed == max(FIRST, DOCUMENTED):
            monkeypatch.setattr(services.documents, "for_case", lambda *_: None)
        with transaction.atomic():
            for case in _walk(seed):
                _holds(case)
                met.add(case.state)
            transaction.set_rollback(True)
    assert WALKS < 50 or {"named", "replied", "unrectified", "closed"} <= met, f"the walks came only to {sorted(met)}"
    if WALKS >= 1000:
        assert met == set(table().states) - {"merged"}


def test_the_page_of_the_process_is_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "office-process.md"
    assert page.read_text("utf-8") == process_page(), "python tools/office_pages.py"
