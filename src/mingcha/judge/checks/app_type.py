"""What was collected against what the app type's basic function needs (CAC-14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex
from mingcha.model import Fact, Subject


@check("item-beyond-type")
def item_beyond_type(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """A data item that was collected or sent although the basic function of the app type needs it not.

    Suspects only: an app may do more than the basic function and ask consent for it. `items`: nodes
    of the ontology looked at (with everything below them), default all. `kinds`: default transmit
    and behaviour. `no_data: true` looks at the types that need no personal information at all and
    clears the others. Cannot tell without an app type, nor where none of `kinds` was observed.
    """
    app_type = catalogue.app_types.get(subject.app_type or 0)
    if app_type is None:
        return CheckResult(failed=None, reasons=["app-type"])
    allowed = set(app_type.necessary)
    if params.get("no_data") is True and allowed:
        return CheckResult()
    kinds = params.get("kinds", ["transmit", "behaviour"])
    if all(facts.unseen(kind) for kind in kinds):
        return CheckResult(failed=None, reasons=["nothing-observed"])
    wanted = set(params.get("items", ()))
    beyond = [f for kind in kinds for f in facts.of(kind) if _beyond(f, wanted, allowed, catalogue)]
    return CheckResult(suspect=bool(beyond), evidence=beyond)


def _beyond(fact: Fact, wanted: set[str], allowed: set[str], catalogue: Catalogue) -> bool:
    item = str(fact.get("item") or "")
    if item not in catalogue.items or fact.get("result") in ("denied", "error"):
        return False
    line = set(catalogue.ancestors(item))
    # Readers often know only the class of an item ("location"): it is no excess when the type
    # needs something of that class.
    if line & allowed or any(catalogue.is_a(need, item) for need in allowed):
        return False
    return not wanted or bool(line & wanted)
