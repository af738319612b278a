"""A score document as it comes in: read, and made again from its own outcomes by the scheme that the office knows.

What is not exactly what the scheme makes of the outcomes is refused: totals, names and weights cannot be made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec

from mingcha import catalogue
from mingcha.catalogue.loader import in_force
from mingcha.catalogue.schema import Scheme
from mingcha.judge import score
from mingcha.judge.score import Score
from mingcha.server.ledger.refusals import Refused

BYTES = 2_000_000
OUTCOMES = frozenset({"passed", "failed", "inapplicable", "cantTell", "untested"})
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Read(NamedTuple):
    """A document and the scheme that it was made by."""

    score: Score
    scheme: Scheme


def read(raw: bytes) -> Read:
    """Read a document. Refused where it is too large, of another form, of a scheme that is not known, or not what its
    scheme makes of its outcomes."""
    if not raw:
        raise Refused("empty-file")
    if len(raw) > BYTES:
        raise Refused("file-too-large")
    try:
        plain, found = msgspec.json.decode(raw), msgspec.json.decode(raw, type=Score)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as e:
        raise Refused("bad-score") from e
    scheme = catalogue.load().schemes.get(str(found.scheme.get("id")))
    if found.schema != score.SCHEMA or any(_wrong(found)):
        raise Refused("bad-score")
    if scheme is None or found.scheme.get("version") != scheme.version or found.subject.kind not in scheme.subjects or not in_force(scheme.in_force, found.catalogue.at):
        raise Refused("score-scheme")
    if msgspec.json.decode(msgspec.json.encode(_again(found, scheme))) != plain:
        raise Refused("score-differs")
    return Read(found, scheme)


def kept(raw: bytes) -> Score:
    """A document that was read before."""
    return msgspec.json.decode(raw, type=Score)


def _wrong(found: Score) -> Iterator[bool]:
    """What no document of ours has."""
    said = [o for i in found.items for o in i.rules.values()]
    yield not set(said) <= OUTCOMES
    yield len(found.exhibits) > 1000 or any(not _HEX.fullmatch(e) for e in found.exhibits)
    yield not _HEX.fullmatch(found.catalogue.digest) or not _DAY.fullmatch(found.catalogue.at) or len(found.catalogue.version) > 40
    s, survey, own = found.subject, found.survey, found.self_evaluation
    words = [s.name or "", s.id or "", s.platform, s.sha256]
    yield not (s.id or s.sha256).strip() or any("\0" in w or len(w) > 255 for w in words) or len(s.platform) > 16
    if survey:
        yield not 0 <= survey.mean <= 100 or not 0 <= survey.sample <= 10**9 or any(len(w) > 1000 for w in (survey.how, survey.period, survey.source))
    if own:
        yield not 0 <= own.points <= 100 or any(len(w) > 1000 for w in (own.by, own.at, own.source))


def _again(found: Score, scheme: Scheme) -> Score:
    """The score that the scheme makes of a document's outcomes. Of rules that only a veto has, its outcome is taken."""
    outcomes = {r: o for i in found.items for r, o in i.rules.items()}
    seen = {o.id for o in found.observed if o.found}
    outcomes |= {r: "passed" if o.id in seen else "cantTell" for o in scheme.observed for r in o.rules}
    stated = {v.id: v.failed for v in found.vetoes}
    for veto in scheme.vetoes:
        for rule in veto.rules:
            outcomes.setdefault(rule, {True: "failed", False: "passed", None: "untested"}[stated.get(veto.id)])
    inspection: Any = SimpleNamespace(
        findings=[SimpleNamespace(rule=r, outcome=o) for r, o in outcomes.items()], subject=found.subject,
        tool=SimpleNamespace(catalogue=found.catalogue), exhibits=[SimpleNamespace(sha256=e) for e in found.exhibits],
    )  # fmt: skip
    return score.score(inspection, scheme, found.survey, found.self_evaluation)
