"""What the page shows of one finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from mingcha.catalogue.schema import OTHER
from mingcha.model import Citation, Evidence, Finding, Inspection, Owner
from mingcha.report import charts, labels, names, pathgraph, seen, startup, tables
from mingcha.report.text import member, pick
from mingcha.report.words import Words

OTHER_NAME = {"zh": "22 个场景之外的问题", "en": "Outside the 22 scenarios"}
OTHER_SHORT = {"zh": "其他", "en": "other"}
FOLD = 8  # rows of a table that stand open; the rest folds
PAPER = 3  # rows of a lead's evidence that are printed
_CODE_KINDS = ("api-call", "startup-path", "code-pattern")


class CodeRow(NamedTuple):
    """Evidence in code: which method of which class reaches which interface."""

    cls: str
    method: str
    api: str
    state: str  # what start-up makes of it
    owner: str
    place: str


class Row(NamedTuple):
    """Any other evidence."""

    text: str
    owner: str
    place: str


class Basis(NamedTuple):
    """A legal basis in words."""

    law: str
    article: str
    text: str
    mark: str
    mark_word: str
    implies: str


class View(NamedTuple):
    """One finding, ready for the template; texts in the language of the page."""

    anchor: str
    number: str
    finding: Finding
    title: str
    what: list[str]
    basis: list[Basis]
    issues: list[str]
    code: list[CodeRow]
    rows: list[Row]
    total: int
    more: int
    path: str
    reasons: list[str]
    waits: str
    question: str
    attach: str


class Section(NamedTuple):
    """Findings of one scenario."""

    code: str
    name: str
    own_wording: bool
    findings: list[View]


def fold_at(rows: Sequence[Any]) -> int:
    """How many rows stand open: a fold that hides one or two is longer than what it hides."""
    return FOLD if len(rows) > FOLD + 2 else len(rows)


def paper_at(rows: Sequence[Any], most: int = PAPER) -> int:
    """How many rows are printed: a note on one that is not takes as much room as the row."""
    return most if len(rows) > most + 1 else len(rows)


def _once(rows: list[CodeRow]) -> list[CodeRow]:
    """A call that start-up was asked about stands once, with the answer, where judge names the call and its
    path as two pieces of evidence."""
    answered = {(r.cls, r.method, r.api) for r in rows if r.state}
    return [r for r in rows if r.state or (r.cls, r.method, r.api) not in answered]


def _owners_first(rows: list[CodeRow]) -> list[CodeRow]:
    """The first row of each owner before the others: what stands open, or is printed, leaves nobody out
    who comes later in a long list."""
    first = {row.owner: n for n, row in reversed(list(enumerate(rows)))}
    places = sorted(first.values())
    return [*(rows[n] for n in places), *(row for n, row in enumerate(rows) if n not in set(places))]


def _by_law(basis: list[Basis]) -> list[Basis]:
    """Clauses of one instrument stand together, instruments in the order of their first clause."""
    order = {law: n for n, law in enumerate(dict.fromkeys(b.law for b in basis))}
    return sorted(basis, key=lambda b: order[b.law])


def startup_path(finding: Finding) -> Evidence | None:
    """The first piece of evidence that is a path from start-up, which is then drawn."""
    return next((e for e in finding.evidence if e.fact.get("kind") == "startup-path" and len(e.path) > 1), None)


def cited(sections: Iterable[Section]) -> list[tuple[Basis, list[str]]]:
    """The clauses that findings cite, each once with the numbers of these findings. On paper they stand in
    one table, since neighbours cite the same ones."""
    found: dict[Basis, list[str]] = {}
    for section in sections:
        for view in section.findings:
            for basis in view.basis:
                if basis.text:
                    found.setdefault(basis._replace(implies=""), []).append(view.number)
    return sorted(found.items(), key=lambda pair: pair[0].law)


def owner_word(owner: Owner, w: Words, sdks: Mapping[str, str]) -> str:
    """Whose code it is: the app itself, an SDK by name, the system, or unknown."""
    name = sdks.get(owner.id) or owner.name or owner.id
    if owner.kind == "sdk":
        return tables.sdk_word(name, w)
    if owner.kind == "unknown" and name:
        return f"{w('owner.unknown')} ({name})"
    return w(f"owner.{owner.kind}")


def article_word(article: str, w: Words, law: str = "") -> str:
    """Where in the instrument: articles of laws, clauses of notices and standards, parts (`.11`) and
    annexes of standards. What is no number is a handle of ours and must not look like a clause."""
    if article in ("", "whole"):
        return w("finding.whole") if article else ""
    if article.startswith("."):
        return w("finding.part", n=article[1:].partition("-")[0])
    if article.isdigit() and names.law_kind(law) in ("law", "regulation", "rule"):
        return w("finding.article", n=article)
    if re.fullmatch(r"[0-9]+([.][0-9]+)*|A[0-9]+-[0-9.]+", article):
        return w("finding.clause", n=article)
    return w("finding.annex" if re.fullmatch("[A-Z]", article) else "finding.point", n=article)


def scenario_code(code: str, lang: str) -> str:
    """The code as shown: rules that fit none of the 22 scenarios have a word instead."""
    return pick(OTHER_SHORT, lang) if code == OTHER else code


def scenario_name(code: str, lang: str) -> str:
    """Name of a scenario, or nothing where the catalogue does not tell."""
    if code == OTHER:
        return pick(OTHER_NAME, lang)
    scenario = names.scenarios().get(code)
    return pick(scenario.name, lang) if scenario else ""


def _told(reason: str, finding: Finding) -> bool:
    """Whether the page says it already: leads have a part of their own, and what still has to be
    observed stands beside the reasons."""
    head, _, channel = reason.partition(":")
    return reason == "suspect" or (head == "channel" and channel in finding.decided_by)


def _bare_format(evidence: Evidence) -> bool:
    """Whether it says of the package nothing but its kind: a condition of the rule, which proves nothing."""
    return evidence.fact.get("kind") == "package" and evidence.text.startswith("format=") and " " not in evidence.text


def _subject(evidence: Evidence) -> str:
    """The name of what the manifest declares, which stands in the text and need not end the place."""
    return evidence.text.partition(" ")[0]


class Reader:
    """Turns findings into views; knows the exhibits, so that evidence can point at them by number."""

    def __init__(self, inspection: Inspection, w: Words) -> None:
        self.w = w
        self.lang = w.lang
        self._exhibits: dict[str, str] = {}
        for n, exhibit in enumerate(inspection.exhibits, 1):
            label = w("exhibit.short", n=n)
            self._exhibits.setdefault(exhibit.sha256, label)
            self._exhibits.setdefault(exhibit.name, label)
        self._several = len(inspection.exhibits) > 1
        self._sdks = tables.sdk_names(inspection.inventory, w.lang)
        self._called = tables.sdk_words(inspection.inventory, w.lang) | self._sdks

    def owner(self, evidence: Evidence) -> str:
        """Whose code it is, in words; nothing for facts that have no owner, such as a permission."""
        owner = evidence.owner
        if owner.kind == "unknown" and not owner.name and evidence.fact and "owner" not in evidence.fact:
            return ""
        return owner_word(owner, self.w, self._sdks)

    def reason(self, code: str) -> str:
        """Why a rule came to its outcome; judge gives codes, some with an argument."""
        head, _, rest = code.partition(":")
        if head == "channel":
            return self.w("reason.channel-of", name=self.w.get("channel.name", rest))
        if head == "limitation":
            return self.w("reason.limitation-of", name=self._limitation(rest))
        return self.w.coded("reason", code)

    def _limitation(self, code: str) -> str:
        entry = names.limitations().get(code)
        return pick(entry.name, self.lang) if entry else code

    def _reasons(self, codes: Sequence[str], rule: str = "") -> list[str]:
        """Reasons in words, all limitations in one sentence; what the rule has to have on record by its own words."""
        limits = [code.partition(":")[2] for code in codes if code.startswith("limitation:")]
        record = names.record(rule)
        others = [
            self.w("reason.unrecorded-of", name=pick(record, self.lang)) if code == "unrecorded" and record else self.reason(code)
            for code in codes if not code.startswith("limitation:")
        ]  # fmt: skip
        if not limits:
            return others
        return [*others, self.w("reason.limitation-of", name=self.w.join([self._limitation(c) for c in limits]))]

    def place(self, evidence: Evidence, shown: str = "") -> str:
        """Where in which exhibit; the exhibit is named only if there are several. `shown`: the method
        that stands beside it and need not be told again."""
        where = seen.place(evidence.fact, self.w) or evidence.where
        if shown and where.endswith(shown):
            where = where.removesuffix(shown).rstrip(":")
        elif shown:
            where = where.removesuffix(f"[{shown}]").replace(":/manifest/", " · ", 1)
        file, colon, method = where.partition(":")
        if colon and method.startswith("L") and all(parts := member(method)):
            where = f"{file} · {'.'.join(parts)}"
        if not self._several:
            return where
        exhibit = self._exhibits.get(evidence.exhibit, evidence.exhibit[:12])
        return f"{exhibit} · {where}" if where else exhibit

    def basis(self, citation: Citation) -> Basis:
        """A citation with its mark in words."""
        w = self.w
        name = pick(citation.name, self.lang) or citation.law
        bare = name.startswith("《") or self.lang == "en" or not citation.name
        return Basis(
            law=name if bare else f"《{name}》",
            article=article_word(citation.article, w, citation.law),
            text=pick(citation.text, self.lang),
            mark=citation.mark,
            mark_word=w.get("mark.name", citation.mark),
            implies=w("finding.further-testing") if citation.failed == "further-testing" else "",
        )

    def _code_row(self, evidence: Evidence) -> CodeRow | None:
        fact = evidence.fact
        kind = fact.get("kind")
        if kind not in _CODE_KINDS and len(evidence.path) < 2:
            return None
        caller = str(fact.get("caller") or fact.get("method") or fact.get("entry") or "")
        api = str(fact.get("callee") or "")
        if not caller and evidence.path:
            caller = evidence.path[0]
        if not api and len(evidence.path) > 1:
            api = evidence.path[-1]
        if not caller:
            return None
        cls, method = member(caller)
        if api:
            target = ".".join(part for part in member(api) if part)
            # What was asked of a general interface, such as the command, tells more than its name.
            if fact.get("constant"):
                target += f' "{fact["constant"]}"'
        else:
            target = self._pattern(evidence)
        state = self.w.get("start_verdict", str(fact["verdict"])) if fact.get("verdict") else ""
        return CodeRow(cls, method, target, state, self.owner(evidence), self.place(evidence, caller))

    def _pattern(self, evidence: Evidence) -> str:
        """What a way of coding is called, with its detail; else the line that judge wrote."""
        entry = names.patterns().get(str(evidence.fact.get("pattern")))
        if entry is None:
            return evidence.text
        parts = [pick(entry.name, self.lang), str(evidence.fact.get("detail") or "")]
        value = evidence.fact.get("value")
        if isinstance(value, int | float):
            seconds = evidence.fact.get("pattern") == "timer-frequent"
            parts.append(self.w("evidence.seconds" if seconds else "evidence.number", n=f"{value:g}"))
        return " · ".join(filter(None, parts))

    def _path(self, uid: str, finding: Finding) -> str:
        """Drawing of the most telling path: a start-up path if there is one, else the longest."""
        start, evidence = startup_path(finding), finding.evidence
        if start is not None and (hops := startup.hops_of({**start.fact, "path": start.path}, self.w, self._sdks)):
            title = f"{self.w('path.title')} · {self.owner(start)}"
            return pathgraph.draw(uid, title, hops, lambda n: self.w("startup.left_out", n=n), pathgraph.BESIDE)
        best = max(evidence, key=lambda e: len(e.path), default=None)
        if best is None or len(best.path) < 2 or not all(best.path):
            return ""
        w = self.w
        stops = [charts.Stop(w("path.owner"), self.owner(best))]
        last = len(best.path) - 1
        for n, hop in enumerate(best.path):
            cls, name = member(hop)
            package, _, simple = cls.rpartition(".")
            role = "path.api" if n == last else "path.caller" if n == 0 else "path.via"
            stops.append(charts.Stop(w(role), f"{simple}.{name}" if simple else name, package))
        return charts.call_path(uid, w("path.title"), stops)

    def view(self, finding: Finding, number: str, full: bool = True) -> View:
        """A finding for the page; `full` with evidence and drawing."""
        w, lang = self.w, self.lang
        anchor = f"f-{number.replace('.', '-')}"
        code: list[CodeRow] = []
        rows: list[Row] = []
        beside = 0
        if full:
            for evidence in finding.evidence:
                code_row = self._code_row(evidence)
                if _bare_format(evidence) and len(finding.evidence) > 1:
                    beside += 1
                elif code_row:
                    code.append(code_row)
                else:
                    text = seen.line(evidence.fact, w, self._called) or labels.readable(evidence.text, w, self._called)
                    rows.append(Row(text, self.owner(evidence), self.place(evidence, _subject(evidence))))
        told = len(code)
        code = _once(code)
        beside += told - len(code)
        issue_types = names.issue_types()
        sheet = finding.sheet or {}
        return View(
            anchor=anchor,
            number=number,
            finding=finding,
            title=pick(finding.title, lang) or finding.rule,
            what=[pick(finding.what, lang)],
            basis=_by_law([self.basis(citation) for citation in finding.basis]),
            issues=[
                f"{code_} {pick(issue_types[code_].name, lang)}" if code_ in issue_types else code_
                for code_ in finding.issue_types
            ],
            code=_owners_first(code),
            rows=rows,
            total=finding.evidence_total - beside,
            more=max(0, finding.evidence_total - len(finding.evidence)),
            path=self._path(anchor, finding) if full else "",
            reasons=self._reasons([reason for reason in finding.reasons if not _told(reason, finding)], finding.rule),
            waits=w.join([w.get("channel.name", channel) for channel in finding.decided_by]),
            question=pick(sheet.get("question"), lang),
            attach=pick(sheet.get("attach"), lang),
        )

    def sections(self, findings: Iterable[Finding], part: str, full: bool = True) -> list[Section]:
        """Findings by scenario. `part` is the first number of their numbering."""
        result = []
        n = 0
        scenarios = names.scenarios()
        for code, members in groupby(findings, key=lambda f: f.scenario):
            views = []
            for finding in members:
                n += 1
                views.append(self.view(finding, f"{part}.{n}", full))
            scenario = scenarios.get(code)
            own = scenario is not None and scenario.status == "ours"
            shown = "" if code == OTHER else code
            result.append(Section(shown, scenario_name(code, self.lang), own, views))
        return result


def overview(groups: Any, lang: str) -> list[tuple[str, str, list[tuple[str, str, str, list[int]]]]]:
    """Aspect by aspect, scenario by scenario: how many findings are in each of the six groups.

    Scenarios that the catalogue does not name but findings do are listed too; where the
    catalogue is unreadable these are all there is.
    """
    counts: dict[str, list[int]] = {}
    for column, findings in enumerate(groups):
        for finding in findings:
            counts.setdefault(finding.scenario, [0] * len(groups))[column] += 1
    result = []
    for aspect in names.aspects():
        rows = [
            (s.code, pick(s.name, lang), s.status, counts.pop(s.code, [0] * len(groups)))
            for kind in aspect.types
            for s in kind.scenarios
        ]
        result.append((aspect.code, pick(aspect.name, lang), rows))
    if other := counts.pop(OTHER, None):
        result.append(("", pick(OTHER_NAME, lang), [("", pick(OTHER_SHORT, lang), "", other)]))
    for code, row in sorted(counts.items()):
        letter = code[:1] or "?"
        if not result or result[-1][0] != letter:
            result.append((letter, "", []))
        result[-1][2].append((code, "", "", row))
    return result
