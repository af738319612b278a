"""SARIF 2.1.0 (OASIS) for code hosts and editors.

A failed rule gives one result per place, with the level of its severity. A lead is a result
of kind `review`; for any kind but `fail` the specification (3.27.10) wants level `none`, so its
results leave the level out and the rule's default level is `note`, which hosts that do not know
`kind` go by. Check sheets are questions, not results, and stay out.

A package has no lines: the physical location is the exhibit's file (line 1, which hosts insist
on), the place itself is a logical location. Fingerprints are of rule, caller and callee, so
that a finding keeps its identity from build to build.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

from mingcha.model import Evidence, Finding, Inspection
from mingcha.report.findings import Reader, scenario_name
from mingcha.report.groups import group
from mingcha.report.json_ import clean
from mingcha.report.summary import unseen, verdict
from mingcha.report.text import dotted, flat, member, pick, visible
from mingcha.report.words import HTML_LANG, Words, words

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVEL = {"critical": "error", "serious": "error", "moderate": "warning", "minor": "note"}
# Bands that code hosts read as critical (over 9), high (7 to 8.9), medium (4 to 6.9) and low.
SECURITY_SEVERITY = {"critical": "9.5", "serious": "8.0", "moderate": "5.5", "minor": "2.5"}
PRECISION = {"proved": "very-high", "suspected": "medium", "needs-human": "low"}
FLOW = 80  # steps of one code flow
Json = dict[str, Any]


def _message(text: str) -> Json:
    """A message: braces and brackets are placeholders and links there (3.11.5, 3.11.6)."""
    text = visible(text)
    for plain, escaped in (("\\", "\\\\"), ("[", "\\["), ("]", "\\]"), ("{", "{{"), ("}", "}}")):
        text = text.replace(plain, escaped)
    return {"text": text}


def _markdown(text: str) -> str:
    """Text of ours or of a package inside Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#+-!|" else c for c in visible(text))


def _uri(inspection: Inspection, evidence: Evidence | None) -> tuple[str, int | None]:
    """Relative address of the exhibit's file and its index among the artifacts."""
    exhibits = inspection.exhibits
    wanted = evidence.exhibit if evidence else inspection.subject.sha256
    for n, exhibit in enumerate(exhibits):
        if wanted in (exhibit.sha256, exhibit.name):
            return _path(exhibit.name), n
    return _path(inspection.subject.id or inspection.subject.name or "subject"), None


def _path(name: str) -> str:
    """A name as a relative URI reference: no scheme, no leading slash, no way out."""
    parts = [p for p in visible(name).replace("\\", "/").split("/") if p not in ("", ".", "..")]
    return quote("/".join(parts) or "subject", safe="/")


def _descriptors(evidence: Evidence) -> tuple[str, str]:
    """Caller and callee of evidence in code; else its place and its line."""
    fact = evidence.fact
    caller = str(fact.get("caller") or fact.get("method") or fact.get("entry") or "")
    callee = str(fact.get("callee") or fact.get("pattern") or "")
    if not caller and len(evidence.path) > 1:
        caller, callee = evidence.path[0], evidence.path[-1]
    return (caller, callee) if caller else (evidence.where, evidence.text)


def fingerprint(rule: str, first: str, second: str) -> str:
    """Identity of a result over builds."""
    return hashlib.sha256(clean("\0".join((rule, first, second))).encode()).hexdigest()


def _logical(evidence: Evidence, caller: str) -> Json:
    cls, name = member(caller)
    if cls:
        return {"name": visible(name.partition("(")[0]), "fullyQualifiedName": visible(dotted(caller)),
                "decoratedName": visible(caller), "kind": "function"}  # fmt: skip
    kind = str(evidence.fact.get("kind") or "")
    place: Json = {"fullyQualifiedName": visible(f"{evidence.where}: {evidence.text}"[:400])}
    return place | ({"kind": visible(kind)} if kind else {})


def _code_flow(evidence: Evidence, place: Json, w: Words) -> Json | None:
    """A path of more than caller and callee as a code flow (3.36): one thread flow, since what static
    reading takes for a new thread is a step of the same path."""
    path = evidence.path[:FLOW]
    if len(path) <= 2:  # caller and callee stand in the message
        return None
    steps = evidence.fact.get("steps")
    known = steps if isinstance(steps, (list, tuple)) and len(steps) >= len(path) else ()
    locations = []
    for n, hop in enumerate(path):
        location: Json = {"physicalLocation": place, "logicalLocations": [_hop(hop)]}
        code, _, witness = str(known[n]).partition(":") if known else ("", "", "")
        if code:
            word = w.get("step", code)
            location["message"] = _message(f"{word} ({witness})" if witness else word)
        important = "essential" if n in (0, len(path) - 1) else "important"
        locations.append({"location": location, "executionOrder": n + 1, "importance": important})
    return {"threadFlows": [{"locations": locations}]}


def _hop(descriptor: str) -> Json:
    cls, name = member(descriptor)
    if not cls:
        return {"fullyQualifiedName": visible(descriptor, 400)}
    return {"name": visible(name.partition("(")[0]), "fullyQualifiedName": visible(dotted(descriptor)),
            "decoratedName": visible(descriptor), "kind": "function"}  # fmt: skip


class Run:
    """One run: the rules that have results, and the results."""

    def __init__(self, inspection: Inspection, w: Words) -> None:
        self.inspection = inspection
        self.w = w
        self.lang = w.lang
        self.reader = Reader(inspection, w)
        self.rules: list[Json] = []
        self.results: list[Json] = []

    def add(self, findings: Iterable[Finding], kind: str) -> None:
        """Findings of one kind (fail, review) with their rules."""
        for finding in findings:
            index = len(self.rules)
            self.rules.append(self._rule(finding, LEVEL[finding.severity] if kind == "fail" else "note"))
            seen: set[str] = set()
            for evidence in finding.evidence or (None,):
                result = self._result(finding, index, kind, evidence)
                mark = result["partialFingerprints"]["ruleCallerCallee/v1"]
                if mark not in seen:
                    seen.add(mark)
                    self.results.append(result)

    def _rule(self, f: Finding, level: str) -> Json:
        w, lang = self.w, self.lang
        title = flat(pick(f.title, lang)) or f.rule
        what = flat(pick(f.what, lang)) or title
        view = self.reader.view(f, "0", full=False)
        basis = [
            " ".join(part for part in (b.law, b.article, f"({b.mark_word})") if part) for b in view.basis
        ]
        parts = [
            (w("finding.why"), flat(pick(f.why, lang))),
            (w("finding.remedy"), flat(pick(f.remedy, lang))),
            (w("finding.shows_not"), flat(f"{pick(f.shows_not, lang)} {pick(f.limits, lang)}")),
            (w("finding.basis"), "; ".join(basis)),
        ]
        told = [(label, text) for label, text in parts if text]
        return {
            "id": f.rule,
            "name": "".join(word.capitalize() for word in f.rule.split("-")),
            "shortDescription": {"text": visible(title)},
            "fullDescription": {"text": visible(what)},
            "help": {
                "text": visible(what + "".join(f" {label}: {text}" for label, text in told)),
                "markdown": _markdown(what)
                + "".join(f"\n\n**{label}** {_markdown(text)}" for label, text in told),
            },
            "defaultConfiguration": {"level": level},
            "properties": {
                "tags": ["privacy", f.scenario, *f.issue_types],
                "precision": PRECISION[f.confidence],
                "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[level],
                **({"security-severity": SECURITY_SEVERITY[f.severity]} if f.outcome == "failed" else {}),
                "ruleVersion": f.version,
                "ruleStatus": f.status,
            },
        }

    def _result(self, f: Finding, index: int, kind: str, evidence: Evidence | None) -> Json:
        w = self.w
        title = flat(pick(f.title, self.lang)) or f.rule
        uri, artifact = _uri(self.inspection, evidence)
        place: Json = {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}
        if artifact is not None:
            place["artifactLocation"]["index"] = artifact
        location: Json = {"physicalLocation": place}
        if evidence is None:
            first, second = "", ""
            message = title
        else:
            first, second = _descriptors(evidence)
            location["logicalLocations"] = [_logical(evidence, first)]
            if member(first)[0]:
                seen = f"{dotted(first)} → {dotted(second)}"
            else:
                seen = evidence.text
            owner = self.reader.owner(evidence)
            message = f"{title}: {seen}" + (f" ({owner})" if owner else "")
        if kind == "review":
            message = f"{w('tag.lead')} · {message}"
        flow = _code_flow(evidence, place, self.w) if evidence else None
        result: Json = {"ruleId": f.rule, "ruleIndex": index, "kind": kind}
        if kind == "fail":
            result["level"] = LEVEL[f.severity]
        return result | {
            "message": _message(message),
            "locations": [location],
            **({"codeFlows": [flow]} if flow else {}),
            "partialFingerprints": {"ruleCallerCallee/v1": fingerprint(f.rule, first, second)},
            "properties": {
                "outcome": f.outcome,
                "confidence": f.confidence,
                "severity": f.severity,
                "scenario": f.scenario,
                "scenarioName": scenario_name(f.scenario, self.lang),
                **({"owner": visible(evidence.owner.id or evidence.owner.kind)} if evidence else {}),
                **({"decidedBy": list(f.decided_by)} if f.decided_by else {}),
            },
        }


def render(inspection: Inspection, lang: str = "zh") -> bytes:
    """A SARIF log of one run, UTF-8 with a final line end."""
    w = words(lang)
    groups = group(inspection.findings)
    run = Run(inspection, w)
    run.add(groups.failed, "fail")
    run.add(groups.leads, "review")
    subject, tool = inspection.subject, inspection.tool
    notifications = [
        {"level": "warning", "message": _message(": ".join(part for part in (u.name, u.detail) if part))}
        for u in unseen(inspection, w)
    ]
    failed_rules = [
        {"level": "error", "message": _message(f.error or ""), "associatedRule": {"id": f.rule}}
        for f in inspection.findings
        if f.error
    ]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": tool.name,
                        "version": tool.version,
                        "semanticVersion": tool.version,
                        "language": HTML_LANG[lang],
                        "rules": run.rules,
                        "properties": {"catalogue": msgspec.to_builtins(tool.catalogue)},
                    }
                },
                "automationDetails": {"id": f"{tool.name}/{_path(subject.id or subject.name or 'subject')}/"},
                "language": HTML_LANG[lang],
                "columnKind": "utf16CodeUnits",
                "artifacts": [
                    {"location": {"uri": _path(e.name)}, "length": e.size, "roles": ["analysisTarget"],
                     "hashes": {"sha-256": e.sha256}}
                    for e in inspection.exhibits
                ],
                "invocations": [
                    {"executionSuccessful": not failed_rules,
                     "toolExecutionNotifications": [*notifications, *failed_rules]}
                ],
                "results": run.results,
                "properties": {
                    "subject": {
                        "kind": subject.kind,
                        "id": visible(subject.id or ""),
                        "name": visible(subject.name or ""),
                        "version": visible(subject.version or ""),
                        "sha256": subject.sha256,
                    },
                    "verdict": " ".join(verdict(inspection, groups, w)),
                    "completeness": inspection.summary.completeness,
                },
            }
        ],
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(log), indent=2) + b"\n"
