"""Evaluating match trees in three values: matched, not matched, unknown.

A node that finds nothing is *unknown* when its facts could not have been seen. That is what
keeps "not observed is never passed" and its twin, "not observed is never failed", true for
trees with `none`. The grammar is checked by catalogue.tree; docs/rule-format.md describes it.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from mingcha.catalogue import Catalogue, tree
from mingcha.catalogue.schema import Node
from mingcha.model import Fact

Binding = tuple[tuple[str, Any], ...]
Condition = Callable[[Any], bool]

# Read from the manifest and the signing block: they are whole even where no code could be read.
MANIFEST_KINDS = frozenset(
    (
        "package", "permission", "permission-definition", "component", "meta-data", "query", "feature",
        "network-config", "signing", "channel-block", "packer", "deviation",
    )
)  # fmt: skip
CODE_LIMITATIONS = frozenset(
    (
        "packed", "malformed-dex", "unsupported-dex", "malformed-class", "malformed-native", "no-code",
        "runtime-code", "script-code",
    )
)  # fmt: skip
# Kinds that an exhibit of their channel may lack altogether, with the limitation that says so.
ABSENT = {"screen-event": "no-screen-events"}
NOBODY = object()  # stands for a value that no fact has: could an unseen one complete the group?


@dataclass(slots=True)
class Result:
    """What became of one node. `state`: True matched, False not, None unknown."""

    node: Node
    state: bool | None
    facts: list[Fact] = field(default_factory=list)
    children: list[Result] = field(default_factory=list)
    bound: str = ""


def value_of(fact: Fact, name: str) -> Any:
    """A field of a fact, dotted for owners; None when absent."""
    if name in fact or "." not in name:
        return fact.get(name)
    outer, _, inner = name.partition(".")
    part = fact.get(outer)
    return part.get(inner) if isinstance(part, dict) else None


def distinct(facts: Iterable[Fact]) -> list[Fact]:
    """The same objects once each, in order of first appearance."""
    return list({id(fact): fact for fact in facts}.values())


class FactIndex:
    """Facts by kind, and by the values of single fields as rules ask for them.

    `observed`: channels of which at least one exhibit was read, wholly or in part.
    """

    def __init__(self, facts: Iterable[Fact], catalogue: Catalogue, observed: Iterable[str] = ()) -> None:
        self.catalogue = catalogue
        self.observed = frozenset(observed)
        self._kinds: dict[str, list[Fact]] = {}
        for fact in facts:
            self._kinds.setdefault(fact["kind"], []).append(fact)
        self._fields: dict[tuple[str, str], dict[Any, list[tuple[int, Fact]]]] = {}
        self.limitations = frozenset(str(fact.get("code")) for fact in self.of("limitation"))

    def of(self, kind: str) -> Sequence[Fact]:
        """All facts of a kind, in the order given."""
        return self._kinds.get(kind, ())

    def by(self, kind: str, name: str) -> Mapping[Any, list[tuple[int, Fact]]]:
        """Facts of a kind grouped by a single-valued field, each with its position in `of(kind)`."""
        key = (kind, name)
        if key not in self._fields:
            groups: dict[Any, list[tuple[int, Fact]]] = {}
            for position, fact in enumerate(self.of(kind)):
                groups.setdefault(value_of(fact, name), []).append((position, fact))
            self._fields[key] = groups
        return self._fields[key]

    def unseen(self, kind: str, limits: Iterable[str] = ()) -> bool:
        """Whether facts of this kind may exist that nobody could see: channel not observed, or one
        of the limitations `limits` stands in the way."""
        channel = self.catalogue.facts[kind].channel
        if channel != tree.UNIVERSAL and channel not in self.observed:
            return True
        if ABSENT.get(kind) in self.limitations and not self.of(kind):
            return True
        hiding = self.limitations.intersection(limits)
        return bool(hiding - CODE_LIMITATIONS if kind in MANIFEST_KINDS else hiding)


class Matcher:
    """Evaluates the trees of one rule. `limits` = its `blocked_by`."""

    def __init__(self, index: FactIndex, limits: Iterable[str] = ()) -> None:
        self.index = index
        self.limits = tuple(limits)
        self._selected: dict[int, list[Fact]] = {}
        self._grouped: dict[tuple[int, str], dict[Any, list[Fact]]] = {}

    def run(self, node: Node, binding: Binding = ()) -> Result:
        """Evaluate a node for the facts that agree with `binding` (field, value pairs)."""
        if "fact" in node:
            return self._leaf(node, binding)
        if "same" in node:
            return self._same(node, binding)
        branch = next(name for name in tree.BRANCHES if name in node)
        return self._branch(node, branch, binding)

    def _branch(self, node: Node, branch: str, binding: Binding) -> Result:
        children = [self.run(child, binding) for child in node[branch]]
        states = {child.state for child in children}
        if branch == "all":
            state = False if False in states else None if None in states else True
        else:
            state = True if True in states else None if None in states else False
        if branch == "none":
            return Result(node, None if state is None else not state, [], children)
        facts = distinct(f for c in children if c.state for f in c.facts) if state else []
        return Result(node, state, facts, children)

    def _same(self, node: Node, binding: Binding) -> Result:
        """One group of facts that agree in a field. All groups that match give evidence."""
        name = node["same"]
        values: dict[Any, None] = {}
        for leaf in tree.leaves(node, negated=False):
            values.update(dict.fromkeys(self._groups(leaf, name)))
        values.pop(None, None)
        plain = {"all": node["all"]}
        matched: list[Result] = []
        unknown: list[Result] = []
        for value in (*values, NOBODY):
            result = self._branch(plain, "all", (*binding, (name, value)))
            result.bound = "" if value is NOBODY else str(value)
            if result.state:
                matched.append(result)
            elif result.state is None:
                unknown.append(result)
        if matched:
            return Result(node, True, distinct(f for r in matched for f in r.facts), matched)
        return Result(node, None if unknown else False, [], unknown)

    def _leaf(self, node: Node, binding: Binding) -> Result:
        kind = node["fact"]
        facts = self._bound(node, binding)
        sides: list[Result] = []
        partners: dict[int, list[Fact]] = {}
        for side in ("before", "after"):
            if side in node:
                inner = self.run(node[side], binding)
                sides.append(inner)
                pairs = _pairs(facts, inner.facts, side, node.get("within"))
                facts = [fact for fact, _ in pairs]
                for fact, partner in pairs:
                    partners.setdefault(id(fact), []).append(partner)
        least = node.get("at_least", 1)
        if "within" in node and not sides:
            facts = _window(facts, least, node["within"])
        if len(facts) < least:
            unsure = self.index.unseen(kind, self.limits) or any(inner.state is None for inner in sides)
            return Result(node, None if unsure else False, [], sides)
        evidence = distinct(one for fact in facts for one in (fact, *partners.get(id(fact), ())))
        return Result(node, True, evidence, sides)

    def _bound(self, node: Node, binding: Binding) -> list[Fact]:
        if not binding:
            return self._select(node)
        (first, wanted), *rest = binding
        facts = self._groups(node, first).get(wanted, [])
        return [f for f in facts if all(value_of(f, name) == value for name, value in rest)]

    def _groups(self, node: Node, name: str) -> dict[Any, list[Fact]]:
        key = (id(node), name)
        if key not in self._grouped:
            groups: dict[Any, list[Fact]] = {}
            for fact in self._select(node):
                groups.setdefault(value_of(fact, name), []).append(fact)
            self._grouped[key] = groups
        return self._grouped[key]

    def _select(self, node: Node) -> list[Fact]:
        if id(node) not in self._selected:
            self._selected[id(node)] = self._search(node["fact"], node.get("where", {}))
        return self._selected[id(node)]

    def _search(self, kind: str, where: Mapping[str, Any]) -> list[Fact]:
        catalogue = self.index.catalogue
        if not self.index.of(kind):
            return []
        first = next(iter(where), "")
        tests = [(name, compiled(condition, catalogue)) for name, condition in where.items() if name != first]
        facts: Iterable[Fact] = self.index.of(kind)
        if first and tree.field_type(catalogue.facts, kind, first) == "str":
            # Few distinct values carry many facts: named ones are looked up, else each is asked once.
            groups, named = self.index.by(kind, first), _named(where[first])
            if named is not None:
                hits = [groups[value] for value in named if value in groups]
            else:
                test = compiled(where[first], catalogue)
                hits = [found for value, found in groups.items() if test(value)]
            if len(hits) == 1:
                facts = (fact for _, fact in hits[0])
            else:
                ordered = sorted((pair for found in hits for pair in found), key=lambda pair: pair[0])
                facts = (fact for _, fact in ordered)
        elif first:
            tests.insert(0, (first, compiled(where[first], catalogue)))
        return [fact for fact in facts if all(test(value_of(fact, name)) for name, test in tests)]


def _named(condition: Any) -> Iterable[str] | None:
    """The values that alone meet a condition on a text; None where that cannot be said."""
    if isinstance(condition, dict):
        if len(condition) != 1 or "in" not in condition:
            return None
        condition = condition["in"]
    many = condition if isinstance(condition, list) else [condition]
    return dict.fromkeys(many) if all(isinstance(value, str) for value in many) else None


def _time(fact: Fact) -> float | None:
    t = fact.get("t")
    return t if isinstance(t, int | float) and math.isfinite(t) else None


def _pairs(facts: list[Fact], others: list[Fact], side: str, within: float | None) -> list[tuple[Fact, Fact]]:
    """Facts that lie strictly before (or after) another one, each with the nearest such other."""
    ordered = sorted((t, n) for n, f in enumerate(others) if (t := _time(f)) is not None)
    times = [t for t, _ in ordered]
    found = []
    for fact in facts:
        t = _time(fact)
        if t is None:
            continue
        at = bisect_right(times, t) if side == "before" else bisect_left(times, t) - 1
        if 0 <= at < len(times) and (within is None or abs(times[at] - t) <= within):
            found.append((fact, others[ordered[at][1]]))
    return found


def _window(facts: list[Fact], least: int, within: float) -> list[Fact]:
    """Facts that belong to some window of `within` seconds with at least `least` of them."""
    ordered = sorted((t, n) for n, f in enumerate(facts) if (t := _time(f)) is not None)
    keep: set[int] = set()
    for start in range(len(ordered) - least + 1):
        if ordered[start + least - 1][0] - ordered[start][0] <= within:
            keep.update(n for _, n in ordered[start : start + least])
    return [fact for n, fact in enumerate(facts) if n in keep]


def compiled(condition: Any, catalogue: Catalogue) -> Condition:
    """A condition of `where` as a function of the field's value."""
    if isinstance(condition, list):
        return _any_element(_one_of(condition))
    if not isinstance(condition, dict):
        return _any_element(_one_of([condition]))
    whole: list[Condition] = []
    each: list[Condition] = []
    for name, operand in condition.items():
        many = operand if isinstance(operand, list) else [operand]
        if name == "not":
            inner = compiled(operand, catalogue)
            whole.append(lambda value, inner=inner: not inner(value))  # type: ignore[misc]
        elif name == "present":
            whole.append(lambda value, wanted=operand: (value not in (None, "", [], ())) is wanted)  # type: ignore[misc]
        elif name == "past":
            each.append(_past(operand, catalogue.at or str(date.today())))
        elif name == "contains":
            whole.append(lambda value, many=many: _contains(value, many))  # type: ignore[misc]
        elif name == "in":
            each.append(_one_of(many))
        elif name in tree.NUMBER_OPERATORS:
            each.append(_compare(name, operand))
        else:
            each.append(_text(name, many, catalogue))
    if each:
        whole.append(_any_element(each[0] if len(each) == 1 else lambda value: all(test(value) for test in each)))
    return whole[0] if len(whole) == 1 else lambda value: all(test(value) for test in whole)


def _past(wanted: bool, day: str) -> Condition:
    """Whether an ISO date (or date and time) lies before the day judged; what is none satisfies neither."""

    def run(value: Any) -> bool:
        try:
            return (date.fromisoformat(value[:10]) < date.fromisoformat(day)) is wanted
        except (TypeError, ValueError):
            return False

    return run


def _any_element(test: Condition) -> Condition:
    def run(value: Any) -> bool:
        return any(test(v) for v in value) if isinstance(value, list | tuple) else test(value)

    return run


def _one_of(values: list[Any]) -> Condition:
    # 1 and true are equal in Python, in a rule they are not
    wanted = {(isinstance(v, bool), v) for v in values}
    return lambda value: (isinstance(value, bool), value) in wanted


def _contains(value: Any, many: list[str]) -> bool:
    return isinstance(value, str | list | tuple) and any(one in value for one in many)


def _compare(name: str, bound: float) -> Condition:
    def run(value: Any) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        match name:
            case "lt":
                return value < bound
            case "le":
                return value <= bound
            case "gt":
                return value > bound
        return value >= bound

    return run


def _like(pattern: str) -> Callable[[str], bool]:
    """A shell pattern. To compile one costs more than to try it, and most have stars at their ends only."""
    inner = pattern.strip("*")
    if any(c in inner for c in "*?["):
        return lambda value: fnmatchcase(value, pattern)
    begins, ends = not pattern.startswith("*"), not pattern.endswith("*")
    if begins and ends:
        return lambda value: value == inner
    if begins:
        return lambda value: value.startswith(inner)
    if ends:
        return lambda value: value.endswith(inner)
    return lambda value: inner in value


def _text(name: str, many: list[str], catalogue: Catalogue) -> Condition:
    some, own = tuple(many), frozenset(many)
    shells = [_like(one) for one in many] if name == "like" else []
    tests: dict[str, Callable[[str], bool]] = {
        "prefix": lambda value: value.startswith(some),
        "suffix": lambda value: value.endswith(some),
        "like": lambda value: any(one(value) for one in shells),
        "is_a": lambda value: not own.isdisjoint(catalogue.ancestors(value)),
        "in_list": lambda value: any(catalogue.in_list(value, one) for one in some),
    }
    test, known = tests[name], dict[str, bool]()

    def run(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        got = known.get(value)  # facts by the thousand share few values
        if got is None:
            got = known[value] = test(value)
        return got

    return run
