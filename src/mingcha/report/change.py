"""Two inspections of one subject compared: what is fixed, what remains, what is new.

A finding is the same when its rule is the same; a rule that failed before and can no longer
be decided is not fixed, it is `undecided`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from mingcha.model import Finding, Inspection, Lang
from mingcha.plain import plain


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in both inspections."""

    rule: str
    scenario: str
    severity: str
    title: Mapping[str, str]
    before: str
    after: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison, in the order of rule ids."""

    old: str
    new: str
    fixed: tuple[Line, ...]
    remaining: tuple[Line, ...]
    undecided: tuple[Line, ...]
    appeared: tuple[Line, ...]


Group = Literal["fixed", "remaining", "undecided", "appeared"]
HEADS: dict[Group, dict[Lang, str]] = {
    "appeared": {"zh": "新增", "en": "New"},
    "remaining": {"zh": "未整改", "en": "Remaining"},
    "undecided": {
        "zh": "本次未能判定（不能视为已整改）",
        "en": "Could not be decided this time (not to be taken as fixed)",
    },
    "fixed": {"zh": "已整改", "en": "Fixed"},
}


def compare(old: Inspection, new: Inspection) -> Change:
    """Compare by rule."""
    before, after = ({f.rule: f for f in i.findings} for i in (old, new))
    groups: dict[Group, list[Line]] = {k: [] for k in HEADS}
    for rule in sorted({*before, *after}):
        was, now = before.get(rule), after.get(rule)
        group = _group(was.outcome if was else "untested", now.outcome if now else "untested")
        if group:
            groups[group].append(_line(was, now))
    return Change(old=_name(old), new=_name(new), **{k: tuple(v) for k, v in groups.items()})


def _group(was: str, now: str) -> Group | None:
    if now == "failed":
        return "remaining" if was == "failed" else "appeared"
    if was != "failed":
        return None
    return "fixed" if now in ("passed", "inapplicable") else "undecided"


def _line(was: Finding | None, now: Finding | None) -> Line:
    finding = now or was
    assert finding
    return Line(
        rule=finding.rule, scenario=finding.scenario, severity=finding.severity, title=finding.title,
        before=was.outcome if was else "untested", after=now.outcome if now else "untested",
    )  # fmt: skip


def _name(inspection: Inspection) -> str:
    s = inspection.subject
    return f"{s.id or s.name or ''} {s.version or ''} {s.sha256[:12]}".strip()


def _table(change: Change, lang: Lang) -> str:
    from mingcha.report.text import flat

    def shown(text: str) -> str:  # a result may come from anybody, and goes to a terminal
        return plain(flat(text))

    lines = [f"{shown(change.old)} → {shown(change.new)}"]
    for group, head in HEADS.items():
        rows: tuple[Line, ...] = getattr(change, group)
        lines.append(f"{head[lang]}: {len(rows)}")
        lines += [
            f"  {shown(r.scenario)}  {r.severity:<9} {shown(r.rule)}  {shown(r.title.get(lang, r.rule))}"
            for r in rows
        ]
    return "\n".join(lines) + "\n"


def _json(change: Change, lang: Lang) -> str:
    return msgspec.json.format(msgspec.json.encode(change), indent=2).decode() + "\n"


FORMATS: dict[str, Callable[[Change, Lang], str]] = {"table": _table, "json": _json}
