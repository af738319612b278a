"""What a person reads first: the subject, the verdict, what could not be seen and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mingcha.model import Inspection
from mingcha.report import details, names, startup, tables
from mingcha.report.groups import Groups
from mingcha.report.text import octets, pick
from mingcha.report.words import Words

BRIEF = 4  # lines of a list on the first page


class Unseen(NamedTuple):
    """Something this inspection could not see, and what would help."""

    code: str
    name: str
    detail: str
    hint: str
    where: str


def verdict(inspection: Inspection, groups: Groups, w: Words) -> list[str]:
    """The result in two or three sentences. Never says that the subject complies."""
    failed = len(groups.failed)
    if failed:
        proved = sum(1 for f in groups.failed if f.confidence == "proved")
        grave = sum(1 for f in groups.failed if f.severity in ("critical", "serious"))
        first = w("verdict.failed", failed=w.count("verdict.problem", failed), proved=proved, grave=grave)
    elif groups.passed or groups.leads or groups.undecided or groups.sheets:
        first = w("verdict.none")
    else:
        first = w("verdict.nothing")
    result = [first]
    if groups.leads:
        result.append(w("verdict.leads", leads=w.count("verdict.lead", len(groups.leads))))
    result.append(w("verdict.share", share=w.percent(inspection.summary.completeness)))
    return result


def unseen(inspection: Inspection, w: Words) -> list[Unseen]:
    """Limitations of all exhibits, by name."""
    known = names.limitations()
    result = []
    told = set()
    for n, exhibit in enumerate(inspection.exhibits, 1):
        where = f"{w('exhibit.short', n=n)} {exhibit.name}"
        if exhibit.status == "refused" and not exhibit.limitations:
            result.append(Unseen("", w("limits.refused", name=exhibit.name), "", "", where))
        for limitation in exhibit.limitations:
            told.add(limitation.code)
            entry = known.get(limitation.code)
            name = pick(entry.name, w.lang) if entry else limitation.code
            hint = pick(entry.hint, w.lang) if entry else ""
            result.append(
                Unseen(limitation.code, name, details.shown(limitation.detail, w.lang), hint, where)
            )
    inventory = inspection.inventory if isinstance(inspection.inventory, Mapping) else {}
    for row in tables.dicts(inventory.get("limitations")):
        code = str(row.get("code") or "")
        if code not in told:
            name = pick(row.get("name"), w.lang) or code
            detail = details.shown(str(row.get("detail") or ""), w.lang)
            result.append(Unseen(code, name, detail, pick(row.get("hint"), w.lang), ""))
    return result


def before_consent(found: startup.Section | None) -> tuple[list[startup.Row], int]:
    """What start-up may reach of personal information: the first rows, and how many more there are."""
    rows = found.rows + found.folded if found else []
    rows = [row for row in rows if row.verdict in ("reachable", "needs-run")]
    return rows[:BRIEF], max(0, len(rows) - BRIEF)


def startup_leads(groups: Groups) -> int:
    """How many leads rest on a path from start-up, of whosever code."""
    return sum(
        any(e.fact.get("verdict") in ("reachable", "needs-run") for e in finding.evidence)
        for finding in groups.leads
    )


def unseen_briefly(seen_not: Sequence[Unseen], packed: bool) -> list[str]:
    """Names for the summary, each once; packing is told there in a sentence of its own."""
    return list(dict.fromkeys(u.name for u in seen_not if not (packed and u.code == "packed")))


def missing_briefly(inspection: Inspection, w: Words) -> list[str]:
    """One line for each channel not observed; check sheets are not supplied but answered."""
    rows = sorted(inspection.summary.missing.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        w("summary.sheets", rules=w.count("summary.rule", n))
        if code == "sheet"
        else w("summary.channel", name=w.get("channel.name", code), rules=w.count("summary.rule", n))
        for code, n in rows
    ]


def missing(inspection: Inspection, w: Words) -> list[tuple[str, int, str]]:
    """Channels not observed: name, how many rules wait for it, how to supply it; most waited-for first."""
    rows = sorted(inspection.summary.missing.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(w.get("channel.name", code), n, w.get("channel.supply", code)) for code, n in rows]


def subject(inspection: Inspection, w: Words) -> list[tuple[str, str, str]]:
    """Rows of the subject card: label, value, kind of value (text, code)."""
    s = inspection.subject
    version = s.version or ""
    if s.version_code is not None:
        version = f"{version} ({s.version_code})".strip()
    files = [e.name for e in inspection.exhibits if e.sha256 == s.sha256]
    rows = [
        ("subject.name", s.name or w("subject.unnamed"), "text"),
        ("subject.file", files[0] if files and not (s.name and s.id) else "", "text"),
        ("subject.id", s.id or "", "code"),
        ("subject.version", version, "text"),
        ("subject.levels", _levels(inspection, w), "text"),
        ("subject.kind", f"{w.get('kind', s.kind)} · {w.get('platform', s.platform)}", "text"),
        ("subject.developer", s.developer or "", "text"),
    ]
    if s.app_type is not None:
        entry = names.app_types().get(s.app_type)
        name = pick(entry.name, w.lang) if entry else ""
        rows.append(("subject.app_type", w("subject.app_type_n", n=s.app_type, name=name).strip(), "text"))
    if s.sha256:
        rows.append(("subject.sha256", s.sha256, "code"))
    rows += [("subject.signer", signer.sha256, "code") for signer in s.signers[:2]]
    if s.size:
        rows.append(("subject.size", octets(s.size), "text"))
    return [(w(label), value, kind) for label, value, kind in rows if value]


def _levels(inspection: Inspection, w: Words) -> str:
    """API levels that the package declares, as far as they are numbers."""
    inventory = inspection.inventory if isinstance(inspection.inventory, Mapping) else {}
    package = inventory.get("package")
    given = package if isinstance(package, Mapping) else {}
    told = (("subject.min_sdk", given.get("min_sdk")), ("subject.target_sdk", given.get("target_sdk")))
    return w.join([w(key, n=n) for key, n in told if isinstance(n, int)])


def packers(inventory: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Name and signs of packers."""
    return [
        (
            pick(names.packers().get(str(fact.get("id"))) or fact.get("name"), lang) or str(fact.get("id") or ""),
            ", ".join(tables.strings(fact.get("signals"))),
        )
        for fact in tables.dicts(inventory.get("packers"))
    ]
