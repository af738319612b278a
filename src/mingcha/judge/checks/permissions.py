"""Permissions against use and against what the app type needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge import inventory
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex
from mingcha.model import Fact, Subject


def _of_level(facts: FactIndex, catalogue: Catalogue, levels: list[str]) -> list[Fact]:
    known = catalogue.permissions
    return [f for f in facts.of("permission") if f["name"] in known and known[f["name"]].level in levels]


@check("permission-unused")
def permission_unused(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """A declared permission that no code was seen to use.

    Only permissions that some API of the catalogue maps to can be missed. Says that it cannot
    tell where code could not be seen. `levels`: permission levels looked at, default dangerous.
    """
    declared = _of_level(facts, catalogue, params.get("levels", ["dangerous"]))
    mapped = inventory.mapped_permissions(catalogue)
    used = inventory.callers_by_permission(facts.of("api-call"))
    idle = [f for f in declared if f["name"] in mapped and f["name"] not in used]
    if idle and facts.unseen("api-call", inventory.CODE_UNSEEN):
        return CheckResult(failed=None, reasons=["code-unseen"])
    return CheckResult(suspect=bool(idle), evidence=idle)


@check("permission-beyond-type")
def permission_beyond_type(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """A dangerous permission that the basic function of the app type does not need.

    Suspects only: an app may offer more than the basic function. Cannot tell without an app type.
    """
    app_type = catalogue.app_types.get(subject.app_type or 0)
    if app_type is None:
        return CheckResult(failed=None, reasons=["app-type"])
    beyond = [f for f in _of_level(facts, catalogue, ["dangerous"]) if f["name"] not in app_type.permissions]
    return CheckResult(suspect=bool(beyond), evidence=beyond)
