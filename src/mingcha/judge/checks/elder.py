"""Screens of an elder version joined with what was sent meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex, value_of
from mingcha.model import Subject


@check("elder-ad-traffic")
def elder_ad_traffic(facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject) -> CheckResult:
    """Traffic to an advertising service in a walk of which every screen is of a stand-alone elder app: a lead (MIIT-67
    annex 2, 5.1.1). Where only some screens are elder ones, the recordings do not say which screen a connection belongs to,
    and the check cannot tell."""
    screens = facts.of("ui-screen")
    ads = {s.id for s in catalogue.sdks.values() if s.purpose == "ads"}
    found = [f for f in facts.of("net-flow") if value_of(f, "sdk") in ads]
    modes = {str(value_of(s, "mode")) for s in screens}
    if modes == {"elder-app"}:
        return CheckResult(suspect=bool(found), evidence=found)
    if found and modes & {"elder", "elder-app"}:
        return CheckResult(failed=None, evidence=found, reasons=["mixed-screens"])
    return CheckResult()
