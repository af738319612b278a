"""Why a rule came out as it did: which node of its trees matched which facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mingcha.catalogue import Catalogue, tree
from mingcha.judge.engine import decide
from mingcha.judge.evidence import Asked, asked_by, line
from mingcha.judge.match import FactIndex, Result
from mingcha.model import Fact, Inspection

SHOWN = 5  # facts told per node; the total stands beside them
STATES = {True: "matched", False: "not-matched", None: "unknown"}


def explain(
    inspection: Inspection, rule_id: str, facts: Iterable[Fact], catalogue: Catalogue
) -> dict[str, Any]:
    """Decide one rule again on the facts of a finished inspection and tell how.

    Returns builtin values: `rule`, `version`, `outcome`, `confidence`, `reasons`, `decided_by`,
    `observed`, `error`, and `trees` (applies, match, suspect, recorded as far as they were asked), each a
    node of `node`, `state`, `facts`, `total`, `nodes`. Raises KeyError for an unknown rule.
    """
    rule = catalogue.rules[rule_id]
    index = FactIndex(facts, catalogue, inspection.summary.observed)
    decision = decide(rule, index, inspection.subject)
    return {
        "rule": rule.id,
        "version": rule.version,
        "outcome": decision.outcome,
        "confidence": decision.confidence,
        "reasons": list(decision.reasons),
        "decided_by": list(decision.decided_by),
        "observed": sorted(index.observed),
        "error": decision.error,
        "trees": {name: _node(result, asked_by(rule)) for name, result in decision.traces.items()},
    }


def _node(result: Result, asked: Asked) -> dict[str, Any]:
    told: dict[str, Any] = {
        "node": _label(result),
        "state": STATES[result.state],
        "facts": [f"{fact['kind']}: {line(fact, asked)}" for fact in result.facts[:SHOWN]],
        "total": len(result.facts),
        "nodes": [_node(child, asked) for child in result.children],
    }
    return told


def _label(result: Result) -> str:
    node = result.node
    if "fact" in node:
        where = " ".join(f"{name}: {condition!r}" for name, condition in node.get("where", {}).items())
        extra = " ".join(f"{name}={node[name]}" for name in ("at_least", "within") if name in node)
        sides = " ".join(name for name in ("before", "after") if name in node)
        return " ".join(part for part in (node["fact"], where, extra, sides) if part)
    branch = next(name for name in tree.BRANCHES if name in node)
    same = f" same {node['same']}" if "same" in node else ""
    return branch + same + (f" [{result.bound}]" if result.bound else "")
