"""Findings in the order in which a person needs them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mingcha.model import SEVERITIES, Finding

_RANK = {severity: n for n, severity in enumerate(SEVERITIES)}
_CERTAINTY = {"proved": 0, "suspected": 1, "needs-human": 2}


class Groups(NamedTuple):
    """Findings by what the reader has to do about them; each list is in reading order."""

    failed: list[Finding]  # to be rectified
    leads: list[Finding]  # something was seen that alone proves nothing: to be looked into
    sheets: list[Finding]  # a question to a person
    undecided: list[Finding]  # nothing seen, and not enough was observed to say so
    passed: list[Finding]
    inapplicable: list[Finding]


def _order(finding: Finding) -> tuple[str, int, int, str]:
    return finding.scenario, _RANK[finding.severity], _CERTAINTY[finding.confidence], finding.rule


def is_lead(finding: Finding) -> bool:
    """Whether something was seen that alone proves nothing.

    What was seen may be an absence, so a lead can be without evidence; and the evidence of an
    answer that does not decide makes no lead.
    """
    if finding.outcome != "cantTell":
        return False
    return "suspect" in finding.reasons or (bool(finding.evidence) and finding.confidence == "suspected")


def group(findings: Iterable[Finding]) -> Groups:
    """Sort findings into the six groups."""
    groups = Groups([], [], [], [], [], [])
    for finding in sorted(findings, key=_order):
        if finding.outcome == "failed":
            groups.failed.append(finding)
        elif finding.outcome == "passed":
            groups.passed.append(finding)
        elif finding.outcome == "inapplicable":
            groups.inapplicable.append(finding)
        elif is_lead(finding):
            groups.leads.append(finding)
        elif finding.sheet:
            groups.sheets.append(finding)
        else:
            groups.undecided.append(finding)
    return groups


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first, then the surest, then in order of scenario."""
    return sorted(findings, key=lambda f: (_RANK[f.severity], _CERTAINTY[f.confidence], f.scenario, f.rule))


def scenario_key(code: str) -> tuple[str, str]:
    """(aspect letter, code)."""
    return code[:1], code
