"""Who sees which evaluations, and what keeps an act from being done now. Buttons and services ask the same."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from mingcha.server.evaluations.models import Badge, Evaluation
from mingcha.server.ledger.models import Event
from mingcha.server.ledger.process import table
from mingcha.server.ledger.who import Who

DUE = timedelta(days=90)
"""Before its end, a badge is due for re-evaluation."""
ACTS = ("submit-evaluation", "verify-evaluation", "reject-evaluation", "issue-badge", "spot-check", "name-exemplar", "end-exemplar", "withdraw-badge",
        "appeal-badge", "restore-badge", "uphold-withdrawal")  # fmt: skip
REASONED = ("reject-evaluation", "withdraw-badge", "end-exemplar", "appeal-badge", "restore-badge", "uphold-withdrawal", "spot-check")
"""Acts that need words."""


def visible(who: Who) -> QuerySet[Evaluation]:
    """The evaluations that a role may see at all: an evaluator its own organisation's; a company those of its subjects,
    from their hand-in on; an administration its province's and its own."""
    found, home = Evaluation.objects.all(), who.organisation
    match who.kind:
        case "ministry" | "auditor" | "system":
            return found
        case "administration":
            return found.filter(Q(organisation=home) | Q(subject__operator__province=home.province)) if home.province else found
        case "evaluator":
            return found.filter(organisation=home)
        case "company" | "sdk-vendor" if home.credit_code:
            return found.filter(subject__operator__credit_code=home.credit_code).exclude(state="draft")
    return found.none()


def due(badges: QuerySet[Badge], today: date) -> QuerySet[Badge]:
    """Valid badges that end within ninety days."""
    return badges.filter(state="valid", until__gte=today, until__lte=today + DUE)


def may(name: str, who: Who) -> bool:
    """Whether a role may do it at all."""
    return who.person is not None and table().others[name].allows(who.kind, who.role)


def badge_of(evaluation: Evaluation) -> Badge | None:
    """Its badge, of whatever state."""
    return Badge.objects.filter(evaluation=evaluation).first()


def had_a_hand(evaluation: Evaluation, who: Who) -> bool:
    """Whether somebody did any act on it before."""
    return Event.objects.filter(about=f"evaluation:{evaluation.pk}", person=who.person).exists()


def why_not(name: str, evaluation: Evaluation, who: Who, today: date) -> str:
    """Code of the refusal of an act on what somebody sees; empty where it may be done."""
    badge = badge_of(evaluation)
    if not may(name, who):
        return "not-yours"
    if name == "submit-evaluation":
        if evaluation.organisation_id != who.organisation.pk:
            return "not-yours"
        return _first(("wrong-state", evaluation.state != "draft"), ("no-total", evaluation.total is None))
    if name in ("verify-evaluation", "reject-evaluation"):
        total = name == "verify-evaluation" and evaluation.total is None
        return _first(("wrong-state", evaluation.state != "submitted"), ("evaluation-own", had_a_hand(evaluation, who)), ("no-total", total))
    if name == "issue-badge":
        return _first(("wrong-state", evaluation.state != "verified" or badge is not None)) or _no_badge(evaluation, who, today)
    if badge is None:
        return "wrong-state"
    valid, appealed = badge.state == "valid" and badge.until >= today, badge.state == "withdrawn" and badge.appeal_state == "open"
    right = {
        "withdraw-badge": valid, "spot-check": valid, "name-exemplar": valid and not badge.exemplar and not badge.asked, "end-exemplar": valid and badge.exemplar,
        "appeal-badge": badge.state == "withdrawn" and not badge.appeal_state, "restore-badge": appealed, "uphold-withdrawal": appealed,
    }  # fmt: skip
    own = name in ("restore-badge", "uphold-withdrawal") and who.person is not None and badge.withdrawn_by_id == who.person.pk
    return _first(("wrong-state", not right.get(name, False)), ("badge-own", own))


def _no_badge(evaluation: Evaluation, who: Who, today: date) -> str:
    other = Badge.objects.filter(subject=evaluation.subject, state="valid", until__gt=today + DUE)
    return _first(
        ("no-total", evaluation.total is None), ("veto-failed", evaluation.vetoed), ("not-passed", evaluation.passed is not True),
        ("operator-known", evaluation.subject.operator is None), ("evaluation-own", had_a_hand(evaluation, who)), ("badge-there", other.exists()),
    )  # fmt: skip


def _first(*checks: tuple[str, bool]) -> str:
    return next((code for code, holds in checks if holds), "")


def allowed(evaluation: Evaluation, who: Who, today: date) -> list[str]:
    """The acts that somebody may do on it now."""
    return [name for name in ACTS if not why_not(name, evaluation, who, today)]
