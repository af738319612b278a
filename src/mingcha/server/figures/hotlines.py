"""Hotlines: test calls of a month by operator, against what notices ask for.

Mean answer within 30 seconds and more than 85 % answered by a person: notice 292 of 2020 encourages operators that can; it
binds nobody, and pages say so. Every share stands beside the number of calls.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from mingcha.server.figures.models import DialTest
from mingcha.server.ledger import events
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.registry.models import Operator

SECONDS, SHARE = 30.0, 0.85
ROWS, BYTES = 5000, 2_000_000
FIELDS = ("credit_code", "month", "calls", "answered", "seconds", "elder_line")


class Done(NamedTuple):
    """What an import did; wrong rows by their number with both languages."""

    entered: int
    wrong: list[tuple[int, str, str]]


def take(who: Who, raw: bytes, now: datetime | None = None) -> Done:
    """Enter a CSV of test calls; the same month of an operator again replaces what was there. A wrong row stops no other."""
    if not table().others["import-dial-tests"].allows(who.kind, who.role):
        raise Refused("not-yours")
    if len(raw) > BYTES:
        raise Refused("file-too-large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError as e:
            raise Refused("bad-encoding") from e
    rows = csv.DictReader(io.StringIO(text.replace("\0", "")))
    if not {*FIELDS[:5]} <= {*(rows.fieldnames or ())}:
        raise Refused("no-dial-header")
    wrong: list[tuple[int, str, str]] = []
    found: dict[tuple[int, date], dict[str, Any]] = {}
    try:
        for n, row in enumerate(rows, 2):
            if n > ROWS + 1:
                raise Refused("too-many-rows")
            told = _row(row)
            if isinstance(told, str):
                wrong.append((n, *_WHY[told]))
            else:
                operator, month, values = told
                found[operator, month] = values
    except csv.Error as e:
        raise Refused("bad-file") from e
    with transaction.atomic():
        for (operator, month), values in found.items():
            DialTest.objects.update_or_create(operator_id=operator, month=month, defaults=values)
        if found:
            told_ = {"entered": len(found), "wrong": len(wrong)}
            events.write("import-dial-tests", who, now or timezone.now(), told_, about=f"organisation:{who.organisation.pk}")
    return Done(len(found), wrong)


_WHY = {
    "operator": ("登记中没有这个统一社会信用代码", "the register has no such credit code"),
    "month": ("月份应为 2026-03 的形式", "the month has to be written as 2026-03"),
    "numbers": ("次数或者秒数有误", "the counts or seconds are wrong"),
}


def _row(row: dict[str, Any]) -> str | tuple[int, date, dict[str, Any]]:
    operator = Operator.objects.filter(credit_code=str(row.get("credit_code") or "").strip().upper()).values_list("pk", flat=True).first()
    if operator is None:
        return "operator"
    try:
        month = date.fromisoformat(f"{str(row.get('month') or '').strip()}-01")
    except ValueError:
        return "month"
    try:
        calls, answered, seconds = int(row["calls"]), int(row["answered"]), float(row["seconds"])
    except (TypeError, ValueError):
        return "numbers"
    if not (0 < calls < 1_000_000 and 0 <= answered <= calls and 0 <= seconds < 36_000):
        return "numbers"
    elder = {"1": True, "0": False}.get(str(row.get("elder_line") or "").strip())
    return operator, month, {"calls": calls, "answered": answered, "seconds": seconds, "elder_line": elder}


class Line(NamedTuple):
    """One operator in a month."""

    test: DialTest
    share: float
    slow: bool
    few: bool


def month(day: date, province: str = "") -> list[Line]:
    """The operators of a month, those with the fewest answers first."""
    rows = DialTest.objects.filter(month=day.replace(day=1)).select_related("operator")
    rows = rows.filter(operator__province=province) if province else rows
    found = [Line(t, t.answered / t.calls, t.answered == 0 or t.seconds > SECONDS, t.answered / t.calls <= SHARE) for t in rows]
    return sorted(found, key=lambda x: (x.share, x.test.operator.name))
