"""Choices that come from the catalogue, and the search of the ledger."""

from __future__ import annotations

import re
from functools import cache

from django.db.models import Q, QuerySet

from mingcha import catalogue
from mingcha.server.ledger.models import Case
from mingcha.server.registry.models import folded
from mingcha.server.search import names

_NUMBER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{1,12}|[0-9]{4}-[0-9]{2}")


@cache
def _scenarios() -> tuple[tuple[str, str, str], ...]:
    loaded = catalogue.load()
    return tuple((s.code, s.name.zh, s.name.en) for s in loaded.scenarios.values())


def scenarios(lang: str) -> list[tuple[str, str]]:
    """(code, name) of the scenarios of the catalogue."""
    return [(code, zh if lang == "zh" else en) for code, zh, en in _scenarios()]


@cache
def rule_title(rule: str, lang: str) -> str:
    """Title of a rule in force; the id where this catalogue has none by that name."""
    found = catalogue.load().rules.get(rule)
    return (found.title.zh if lang == "zh" else found.title.en) if found else rule


def searched(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases whose subject, operator or number holds the text."""
    wanted = folded(text)
    if not wanted:
        return cases
    if _NUMBER.fullmatch(wanted):
        return cases.filter(number__contains=wanted)
    if len(wanted) == 1:  # so many subjects hold it that looking at the cases themselves is quicker than any index
        return cases.filter(Q(subject__folded__contains=wanted) | Q(subject__identifier__icontains=wanted) | Q(operator__folded__contains=wanted))
    return cases.filter(Q(subject__in=names.subjects(text)) | Q(operator__in=names.operators(text)))
