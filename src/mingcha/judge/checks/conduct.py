"""What code of SDKs with a given purpose does: facts joined with the SDK entry of their owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingcha.catalogue import Catalogue, tree
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.match import FactIndex, Matcher, value_of
from mingcha.model import Subject


@check("owned-by-purpose")
def owned_by_purpose(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """Facts whose owner is an SDK of one of the purposes: a lead.

    `purposes`: purpose ids of the SDK list. `facts`: a node of the match tree, all of whose
    kinds have an owner. Raises ValueError for parameters that could never match: the engine
    shows it, and the rule's own tests fail.
    """
    node, purposes = params["facts"], frozenset(params["purposes"])
    wrong = [en for _, _, en in tree.check(node, catalogue.facts, "facts")]
    wrong += [f"{leaf['fact']} has no owner" for leaf in ([] if wrong else tree.leaves(node, negated=False))
              if "owner" not in catalogue.facts[leaf["fact"]].fields]  # fmt: skip
    wrong += [
        f"no SDK has purpose {p}" for p in sorted(purposes - {s.purpose for s in catalogue.sdks.values()})
    ]
    if wrong:
        raise ValueError("; ".join(wrong))
    owners = {sdk.id for sdk in catalogue.sdks.values() if sdk.purpose in purposes}
    found = [
        f for f in Matcher(facts).run(node).facts
        if value_of(f, "owner.kind") == "sdk" and value_of(f, "owner.id") in owners
    ]  # fmt: skip
    return CheckResult(suspect=bool(found), evidence=found)
