"""What was observed against what the privacy policy states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex
from mingcha.model import Fact, Subject


def _result(undisclosed: list[Fact], params: Mapping[str, Any]) -> CheckResult:
    """`prove: true` in the rule makes it a proof, otherwise a lead: a reader of policies may miss a
    sentence."""
    if params.get("prove") is True:
        return CheckResult(failed=bool(undisclosed), evidence=undisclosed)
    return CheckResult(suspect=bool(undisclosed), evidence=undisclosed)


def _stated(facts: FactIndex) -> list[Fact]:
    return [f for f in facts.of("statement") if f.get("polarity") is not False]


@check("sdk-undisclosed")
def sdk_undisclosed(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """An SDK that processes personal information and is named nowhere in the policy or its lists, neither by id
    nor by its name or vendor. SDKs recognised by a weak sign are left out."""
    if facts.unseen("statement"):
        return CheckResult(failed=None, reasons=["no-policy"])
    listed = facts.of("sdk-listing")
    ids = {f.get("sdk") for f in (*_stated(facts), *listed)}
    texts = [f"{f.get('receiver') or ''}\n{f.get('quote') or ''}" for f in _stated(facts)]
    texts += [f"{f.get('name') or ''}\n{f.get('vendor') or ''}" for f in listed]
    said = "\n".join(texts).casefold()
    undisclosed = [
        f
        for f in facts.of("sdk")
        if f.get("personal") and f.get("confidence") == "high" and f["id"] not in ids and not _named(f, said)
    ]
    return _result(undisclosed, params)


def _named(sdk: Fact, said: str) -> bool:
    names = (str(sdk.get(n) or "").casefold() for n in ("name", "name_en", "vendor", "vendor_en"))
    return any(name and name in said for name in names)


@check("item-undisclosed")
def item_undisclosed(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """A data item that was collected or sent and that no statement covers. A statement covers an
    item when it names it or something it belongs to. `kinds`: default transmit and behaviour."""
    if facts.unseen("statement"):
        return CheckResult(failed=None, reasons=["no-policy"])
    covered = {item for f in _stated(facts) for item in f.get("items") or ()}
    seen = (f for kind in params.get("kinds", ["transmit", "behaviour"]) for f in facts.of(kind))
    return _result(list(_uncovered(seen, covered, catalogue)), params)


def _uncovered(facts: Iterable[Fact], covered: set[str], catalogue: Catalogue) -> Iterable[Fact]:
    for fact in facts:
        item = str(fact.get("item") or "")
        if item in catalogue.items and covered.isdisjoint(catalogue.ancestors(item)):
            yield fact


@check("denied-yet-done")
def denied_yet_done(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """An item that the policy says is not collected, without any condition and without saying the opposite elsewhere,
    and that the app's own code obtained or sent to its own or an unknown host. An SDK's doings contradict no
    statement about the operator, a denial of a wider kind speaks of no item, and what is not shared, kept or used for
    a purpose may be collected all the same."""
    if facts.unseen("statement"):
        return CheckResult(failed=None, reasons=["no-policy"])
    stated = {item for f in _stated(facts) for item in f.get("items") or ()}
    denials: dict[str, Fact] = {}
    for f in facts.of("statement"):
        own = f.get("polarity") is False and not f.get("condition") and not f.get("sdk") and f.get("actor") not in ("sdk", "third")
        own = own and f.get("denies") in (None, "collect")
        for item in (f.get("items") or ()) if own else ():
            if item not in stated:
                denials.setdefault(item, f)
    done = [f for f in facts.of("behaviour") if f.get("result") == "ok" and (f.get("owner") or {}).get("kind") == "app"]
    done += [f for f in facts.of("transmit") if f.get("by") == "seed" and f.get("party") != "third"]
    found: list[Fact] = []
    for item, denial in denials.items():
        mine = [f for f in done if f.get("item") == item]
        found += [denial, *mine] if mine else []
    return _result(found, params)
