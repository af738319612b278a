"""The conditions that the table of the process names: each says whether an act may be done now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import msgspec

from mingcha.server.ledger.clocks import past, running
from mingcha.server.ledger.models import Case, CaseFinding
from mingcha.server.ledger.who import Who
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import Inspection, Operator, Package


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What comes with an act. Numbers are ids of rows, 0 where there is none."""

    reason: str = ""
    inspection: int = 0
    confirm: tuple[int, ...] = ()
    refuse: tuple[int, ...] = ()
    findings: tuple[int, ...] = ()
    package: int = 0
    province: str = ""
    into: int = 0
    operator: int = 0


class Asked(NamedTuple):
    """An act that is asked for."""

    case: Case
    name: str
    who: Who
    given: Given
    today: date
    batch: int = 0
    """Number of the batch that is being issued: two people signed it."""

    def retest(self) -> Inspection | None:
        """The inspection of a re-test: given with the act, or attached before."""
        if self.given.inspection:
            found = Inspection.objects.filter(pk=self.given.inspection, subject=self.case.subject, package__isnull=False)
            return found.exclude(package=self.case.package).first()  # of another version than the one that was found wanting
        last = self.case.inspections.filter(retest=True).order_by("-pk").first()
        return last.inspection if last else None

    def remaining(self) -> list[CaseFinding]:
        """Confirmed findings whose rule the re-test does not decide in the subject's favour: it fails, or was not
        observed. Not observed is never rectified."""
        found = self.retest()
        if found is None:
            return []
        cleared = set(found.cleared) - set(found.findings.values_list("rule", flat=True))
        standing = self.case.findings.filter(status__in=("confirmed", "remains", "fixed"))
        return [f for f in standing.select_related("finding") if f.finding.rule not in cleared]


def _second(a: Asked) -> bool:
    mine = a.case.findings.filter(pk__in=(*a.given.confirm, *a.given.refuse), proposed_by=a.who.person)
    return a.who.person is not None and not mine.exists()


def _confirms(a: Asked) -> bool:
    chosen = set(a.given.confirm)
    return bool(chosen) and a.case.findings.filter(pk__in=chosen).count() == len(chosen)


def _answered(a: Asked) -> bool:
    """What the engine could not tell is confirmed only after a person said so, with evidence; another one confirms."""
    open_ones = a.case.findings.filter(pk__in=a.given.confirm, finding__outcome="cantTell")
    return not open_ones.exclude(answer__breach=True).exists() and not open_ones.filter(answer__by=a.who.person).exists()


def _own(a: Asked) -> bool:
    code = a.who.organisation.credit_code
    return bool(code) and a.case.operator is not None and a.case.operator.credit_code == code


def _new_version(a: Asked) -> bool:
    if a.case.package is None:
        return True
    fresh = Package.objects.filter(pk=a.given.package, subject=a.case.subject).first()
    return fresh is not None and fresh.sha256 != a.case.package.sha256


def _alone(a: Asked) -> bool:
    """No other case names the same rule of the same subject."""
    rules = a.case.findings.filter(status__in=("confirmed", "remains")).values_list("finding__rule", flat=True)
    others = Case.objects.filter(subject=a.case.subject, state__in=("proposed", "named", "removal-ordered", "removed"))
    same = CaseFinding.objects.filter(case__in=others.exclude(pk=a.case.pk), finding__rule__in=list(rules))
    return not same.filter(status__in=("confirmed", "remains")).exists()


def _same_subject(a: Asked) -> bool:
    target = Case.objects.filter(pk=a.given.into).exclude(pk=a.case.pk).first()
    return target is not None and target.subject_id == a.case.subject_id and target.state in ("opened", "inspected", "verified")


def _leaves(a: Asked) -> bool:
    chosen = set(a.given.findings)
    mine = set(a.case.findings.values_list("pk", flat=True))
    return bool(chosen) and chosen < mine


def _relisting(a: Asked) -> bool:
    ends = running("relisting", a.case)
    return ends is None or past(ends, a.today)


def _found(a: Asked) -> bool:
    inspection = Inspection.objects.filter(pk=a.given.inspection, subject=a.case.subject).first()
    return inspection is not None and inspection.findings.exists()


def failing(asked: Asked, guards: tuple[str, ...]) -> list[str]:
    """The guards that do not hold."""
    return [g for g in guards if not GUARDS[g](asked)]


GUARDS: dict[str, Callable[[Asked], bool]] = {
    "has-findings": _found,
    "sheets-answered": _answered,
    "second-person": _second,
    "confirms-some": _confirms,
    "reason-given": lambda a: bool(a.given.reason.strip()),
    "nothing-served": lambda a: a.case.served is None,
    "confirmed-finding": lambda a: a.case.findings.filter(status__in=("confirmed", "remains")).exists(),
    "operator-chosen": lambda a: Operator.objects.filter(pk=a.given.operator).exists(),
    "operator-known": lambda a: a.case.operator is not None,
    "operator-registered": lambda a: a.case.operator is not None and a.case.operator.registered,
    "own-case": _own,
    "new-version": _new_version,
    "deadline-passed": lambda a: a.case.due is not None and past(a.case.due, a.today),
    "retest-attached": lambda a: a.retest() is not None,
    "nothing-remains": lambda a: not a.remaining(),
    "something-remains": lambda a: bool(a.remaining()),
    "notice-served": lambda a: a.case.served is not None,
    "no-open-appeal": lambda a: not a.case.appealed,
    "open-appeal": lambda a: a.case.appealed,
    "no-other-naming": _alone,
    "signed-batch": lambda a: bool(a.batch),
    "relisting-time-passed": _relisting,
    "other-province": lambda a: a.given.province in PROVINCES and a.given.province != a.case.province,
    "same-subject": _same_subject,
    "leaves-some": _leaves,
}
