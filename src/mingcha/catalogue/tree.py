"""The grammar of the match tree: what a rule may ask, checked against facts.yml at load.

A misspelt kind, field or operator would be a rule that silently never fires, so all of them
are refused here. docs/rule-format.md is the description for people; judge.match evaluates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mingcha.catalogue.problem import Problem
from mingcha.catalogue.schema import Node, Rule

if TYPE_CHECKING:
    from mingcha.catalogue.loader import FactKind

Kinds = Mapping[str, "FactKind"]

BRANCHES = ("all", "any", "none")
LEAF_KEYS = {"fact", "where", "at_least", "before", "after", "within"}
TEXT_OPERATORS = {"prefix", "suffix", "like"}
NUMBER_OPERATORS = {"lt", "le", "gt", "ge"}
OPERATORS = {"not", "in", "contains", "present", "past", "is_a", "in_list", *TEXT_OPERATORS, *NUMBER_OPERATORS}
COMMON_FIELDS = {"exhibit": "str", "where": "str"}
OWNER_FIELDS = ("kind", "id", "name", "by")
UNIVERSAL = "any"  # the channel of limitations: always observed
MAX_DEPTH = 12
SCALARS = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}


def field_type(kinds: Kinds, kind: str, field: str) -> str | None:
    """Base type of a (dotted) field of a kind, or None when there is no such field."""
    if field in COMMON_FIELDS:
        return COMMON_FIELDS[field]
    name, _, part = field.partition(".")
    known = kinds[kind].fields.get(name)
    if known is None:
        return None
    if part:
        return "str" if known.base == "owner" and part in OWNER_FIELDS else None
    return known.base


def leaves(node: Node, *, negated: bool | None = None) -> Iterator[Node]:
    """Fact nodes of a checked tree, with those under before and after.

    `negated`: True for those inside a `none` only, False for the others, None for all.
    """
    todo: list[tuple[Node, bool]] = [(node, False)]
    while todo:
        current, inside = todo.pop()
        if "fact" in current:
            if negated is None or negated == inside:
                yield current
            todo += [(current[key], inside) for key in ("before", "after") if key in current]
        else:
            for branch in BRANCHES:
                todo += [(child, inside or branch == "none") for child in current.get(branch, ())]


def channels(node: Node, kinds: Kinds, *, negated: bool | None = None) -> set[str]:
    """Channels that a checked tree asks."""
    return {kinds[leaf["fact"]].channel for leaf in leaves(node, negated=negated)} - {UNIVERSAL}


def check_rule(rule: Rule, kinds: Kinds, file: str) -> list[Problem]:
    """Everything that would make this rule judge wrongly or never."""
    found: list[Problem] = []

    def say(where: str, zh: str, en: str) -> None:
        found.append(Problem(file, where, zh, en))

    for name in ("applies", "recorded", "match", "suspect"):
        node = getattr(rule, name)
        if node is None:
            continue
        wrong = list(check(node, kinds, name))
        found += [Problem(file, where, zh, en) for where, zh, en in wrong]
        if wrong or name in ("applies", "recorded"):
            continue
        unseen = sorted(channels(node, kinds, negated=True) - set(rule.needs))
        if unseen:
            listed = ", ".join(unseen)
            say(
                name,
                f"none 所涉渠道须列入 needs：{listed}",
                f"needs must name the channels inside none: {listed}",
            )
    if rule.match is None and rule.check is None and rule.suspect is None and rule.sheet is None:
        say("", "match、check、suspect、sheet 至少需一项", "needs one of match, check, suspect, sheet")
    if rule.match is not None and rule.check is not None:
        say("check", "match 与 check 不得并存", "match and check exclude each other")
    known = {kind.channel for kind in kinds.values()} - {UNIVERSAL}
    for channel in sorted(set(rule.needs) - known):
        say("needs", f"没有此渠道：{channel}", f"unknown channel {channel}")
    if not rule.subjects:
        say("subjects", "至少需一类检测对象", "needs at least one kind of subject")
    if not rule.needs:
        say("needs", "至少需一个渠道", "needs at least one channel")
    for number, test in enumerate(rule.tests):
        for channel in sorted(set(test.observed) - known):
            say(f"tests[{number}]", f"没有此渠道：{channel}", f"unknown channel {channel}")
        for fact in test.facts:
            for zh, en in check_fact(fact, kinds):
                say(f"tests[{number}]", zh, en)
    return found


def check_fact(fact: Mapping[str, Any], kinds: Kinds) -> Iterator[tuple[str, str]]:
    """What is wrong with a fact of a test: kind, field names, types. Fields may be missing."""
    kind = fact.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        yield f"没有此类事实：{kind}", f"unknown kind of fact {kind}"
        return
    for field, value in fact.items():
        if field == "kind":
            continue
        base = field_type(kinds, kind, field) if "." not in field else None
        if base is None:
            yield f"{kind} 没有字段 {field}", f"{kind} has no field {field}"
        elif value is not None and not _fits(value, base):
            yield f"{kind}.{field} 应为 {base}", f"{kind}.{field} must be {base}"


def _fits(value: Any, base: str) -> bool:
    if base == "strs":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if base == "owner":
        return (
            isinstance(value, dict)
            and set(value) <= set(OWNER_FIELDS)
            and all(isinstance(v, str) for v in value.values())
        )
    return _is_scalar(value, base)


def _is_scalar(value: Any, base: str) -> bool:
    return isinstance(value, SCALARS[base]) and (base == "bool" or not isinstance(value, bool))


Wrong = tuple[str, str, str]


def check(node: Any, kinds: Kinds, at: str, depth: int = 1) -> Iterator[Wrong]:
    """Yield (place, zh, en) for everything wrong in a tree."""
    if not isinstance(node, dict):
        yield at, "节点应为映射", "a node must be a mapping"
        return
    if depth > MAX_DEPTH:
        yield at, f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH}"
        return
    heads = [key for key in (*BRANCHES, "fact") if key in node]
    if len(heads) != 1:
        yield at, "节点须且只能有 all、any、none、fact 之一", "a node has exactly one of all, any, none, fact"
        return
    if heads[0] == "fact":
        yield from _check_leaf(node, kinds, at, depth)
    else:
        yield from _check_branch(node, heads[0], kinds, at, depth)


def _check_branch(node: Node, branch: str, kinds: Kinds, at: str, depth: int) -> Iterator[Wrong]:
    allowed = {branch, "same"} if branch == "all" else {branch}
    for key in sorted(set(node) - allowed):
        yield f"{at}.{branch}", f"此处不能有 {key}", f"{key} is not possible here"
    children = node[branch]
    if not isinstance(children, list) or not children:
        yield f"{at}.{branch}", "应为非空列表", "must be a list that is not empty"
        return
    wrong = [w for i, c in enumerate(children) for w in check(c, kinds, f"{at}.{branch}[{i}]", depth + 1)]
    yield from wrong
    if wrong or "same" not in node:
        return
    same = node["same"]
    if not isinstance(same, str):
        yield f"{at}.same", "应为字段名", "must be the name of a field"
        return
    if not any(True for _ in leaves(node, negated=False)):
        yield f"{at}.same", "same 需要至少一个肯定条件", "same needs at least one leaf outside none"
    for leaf in leaves(node):
        if field_type(kinds, leaf["fact"], same) not in SCALARS:
            kind = leaf["fact"]
            yield f"{at}.same", f"{kind} 没有单值字段 {same}", f"{kind} has no single-valued field {same}"


def _check_leaf(node: Node, kinds: Kinds, at: str, depth: int) -> Iterator[Wrong]:
    for key in sorted(set(node) - LEAF_KEYS):
        yield at, f"此处不能有 {key}", f"{key} is not possible here"
    kind = node["fact"]
    if not isinstance(kind, str) or kind not in kinds:
        yield f"{at}.fact", f"没有此类事实：{kind}", f"unknown kind of fact {kind}"
        return
    where = node.get("where", {})
    if not isinstance(where, dict):
        yield f"{at}.where", "应为映射", "must be a mapping"
    else:
        for field, condition in where.items():
            base = field_type(kinds, kind, field)
            if base is None or base == "owner":
                yield f"{at}.where", f"{kind} 没有字段 {field}", f"{kind} has no field {field}"
            else:
                yield from _check_condition(condition, base, f"{at}.where.{field}")
    at_least = node.get("at_least", 1)
    if not _is_scalar(at_least, "int") or at_least < 1:
        yield f"{at}.at_least", "应为正整数", "must be a positive integer"
        at_least = 1
    timed = "before" in node or "after" in node
    for key in ("before", "after"):
        if key in node:
            yield from _check_partner(node[key], kinds, f"{at}.{key}", depth)
    if "within" in node:
        within = node["within"]
        if not _is_scalar(within, "float") or within <= 0:
            yield f"{at}.within", "应为正数（秒）", "must be a positive number of seconds"
        if not timed and at_least < 2:
            yield f"{at}.within", "单用 within 须 at_least 不小于 2", "within alone needs at_least of 2"
    if (timed or "within" in node) and "t" not in kinds[kind].fields:
        yield at, f"{kind} 没有时间", f"{kind} has no time"


def _check_partner(node: Any, kinds: Kinds, at: str, depth: int) -> Iterator[Wrong]:
    wrong = list(check(node, kinds, at, depth + 1))
    yield from wrong
    if wrong:
        return
    simple = "fact" in node or ("any" in node and all("fact" in child for child in node["any"]))
    if not simple:
        yield at, "只能是事实条件，或由事实条件组成的 any", "must be a fact node or any of fact nodes"
    elif any("t" not in kinds[leaf["fact"]].fields for leaf in leaves(node)):
        yield at, "所涉事实没有时间", "its facts have no time"


def _check_condition(condition: Any, base: str, at: str) -> Iterator[Wrong]:
    if isinstance(condition, dict):
        if not condition:
            yield at, "条件为空", "the condition is empty"
        for name, operand in condition.items():
            yield from _check_operator(name, operand, base, at)
    elif base == "strs":
        if condition is not None:
            yield at, "列表字段请用 contains 或 in", "ask a list field by contains or in"
    else:
        values = condition if isinstance(condition, list) else [condition]
        if not values:
            yield at, "列表为空", "the list is empty"
        yield from _check_values(values, base, at)


def _check_values(values: list[Any], base: str, at: str) -> Iterator[Wrong]:
    for value in values:
        if value is not None and not _is_scalar(value, "str" if base == "strs" else base):
            yield at, f"取值类型不符（应为 {base}）：{value}", f"value {value} is no {base}"


def _check_operator(name: Any, operand: Any, base: str, at: str) -> Iterator[Wrong]:
    place = f"{at}.{name}"
    text = base in ("str", "strs")
    many = operand if isinstance(operand, list) else [operand]
    if name not in OPERATORS:
        yield place, "没有此运算", "unknown operator"
    elif name == "not":
        if base == "strs" and not isinstance(operand, dict):
            yield from _check_values(many, base, place)
        else:
            yield from _check_condition(operand, base, place)
    elif name == "in":
        if not isinstance(operand, list) or not operand:
            yield place, "应为非空列表", "must be a list that is not empty"
        else:
            yield from _check_values(operand, base, place)
    elif name == "past" and base not in ("str", "strs"):
        yield place, "字段不是日期文本", "the field is no date text"
    elif name in ("present", "past"):
        if not isinstance(operand, bool):
            yield place, "应为 true 或 false", "must be true or false"
    elif name in NUMBER_OPERATORS:
        if base not in ("int", "float"):
            yield place, "字段不是数字", "the field is no number"
        elif not _is_scalar(operand, "float"):
            yield place, "应为数字", "must be a number"
    elif not text:
        yield place, "字段不是文本", "the field is no text"
    elif not many or not all(isinstance(value, str) and value for value in many):
        yield place, "应为非空文本或其列表", "must be a text or a list of texts, not empty"
