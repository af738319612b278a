"""Rules: names that must exist, dates that must agree, tests that must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from mingcha.catalogue import tree
from mingcha.catalogue.loader import Catalogue
from mingcha.catalogue.problem import Problem
from mingcha.catalogue.schema import OTHER, Node, Rule, Span
from mingcha.model import SUBJECT_KINDS

Fault = tuple[str, str, str]


def check(rule: Rule, catalogue: Catalogue, file: str, checks: Collection[str]) -> Iterator[Problem]:
    """Problems of one rule. `checks`: names of the registered checks."""
    for where, zh, en in (
        *_place(rule, file),
        *_names(rule, catalogue, checks),
        *_basis(rule, catalogue),
        *_trees(rule, catalogue),
        *_coverage(rule),
        *_record(rule),
    ):
        yield Problem(file, where, zh, en)


def _place(rule: Rule, file: str) -> Iterator[Fault]:
    path = PurePosixPath(file)
    if path.stem != rule.id:
        yield "id", "编号应与文件名一致", "must equal the file name"
    if path.parent.name != (OTHER if rule.scenario == OTHER else rule.scenario[:1]):
        yield "scenario", "文件夹应为场景首字母", "the folder must be the first letter of the scenario"
    if not rule.id.replace("-", "").isalnum() or rule.id != rule.id.lower() or not rule.id.isascii():
        yield "id", "只用小写字母、数字和连字符", "only small letters, digits and hyphens"
    if rule.version < 1:
        yield "version", "自 1 起", "starts at 1"


def _record(rule: Rule) -> Iterator[Fault]:
    if (rule.recorded is None) != (rule.evidence.record is None):
        yield "evidence.record", "recorded 与 evidence.record 须同时有或者同时无", "recorded and evidence.record go together"


def _names(rule: Rule, catalogue: Catalogue, checks: Collection[str]) -> Iterator[Fault]:
    known: list[tuple[str, Collection[Any], Collection[Any]]] = [
        ("scenario", [rule.scenario], {*catalogue.scenarios, OTHER}),
        ("issue_types", rule.issue_types, catalogue.issue_types),
        ("blocked_by", rule.blocked_by, catalogue.limitations),
        ("subjects", rule.subjects, SUBJECT_KINDS),
    ]
    if rule.check is not None:
        known.append(("check", [rule.check], checks))
    for where, used, allowed in known:
        for name in used:
            if name not in allowed:
                yield where, f"未知：{name}", f"unknown {name}"
        if len(set(used)) != len(used):
            yield where, "有重复项", "lists something twice"
    if rule.params and rule.check is None:
        yield "params", "没有 check 时不得有 params", "params without check"


def _basis(rule: Rule, catalogue: Catalogue) -> Iterator[Fault]:
    if not rule.basis:
        yield "basis", "没有依据", "has no legal basis"
    yield from _span(rule.in_force, "in_force")
    for basis in rule.basis:
        where = f"basis {basis.law} {basis.article}"
        law = catalogue.laws.get(basis.law)
        if law is None:
            yield where, "没有此文件", "unknown law"
            continue
        editions = [article for article in law.articles if article.id == basis.article]
        if not editions:
            yield where, "没有此条款", "unknown article"
        elif law.kind == "draft":
            yield where, "征求意见稿不得作为依据", "a draft is no legal basis"
        elif not _overlap(rule.in_force, law.in_force) or not any(
            a.in_force is None or _overlap(rule.in_force, a.in_force) for a in editions
        ):
            yield where, "规则有效期内该条款未曾有效", "never in force while the rule is"
    starts = [_start(catalogue, b.law, b.article) for b in rule.basis if b.law in catalogue.laws]
    if starts and (rule.in_force.start or "") < min(starts):
        yield "in_force", f"早于全部依据的生效日 {min(starts)}", f"earlier than every basis ({min(starts)})"


def _start(catalogue: Catalogue, law: str, article: str) -> str:
    """First day on which a clause was in force; empty when open."""
    own = [a.in_force.start or "" for a in catalogue.laws[law].articles if a.id == article and a.in_force]
    return max(catalogue.laws[law].in_force.start or "", min(own, default=""))


def _span(span: Span, where: str) -> Iterator[Fault]:
    for day in (span.start, span.end):
        if day is not None and not iso_day(day):
            yield where, f"不是日期：{day}", f"{day} is no ISO date"
    if span.start and span.end and span.start >= span.end:
        yield where, "起止颠倒", "ends before it begins"


def iso_day(text: str) -> bool:
    """Whether a text is a full ISO date such as 2021-11-01."""
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _overlap(one: Span, other: Span) -> bool:
    return (one.start is None or other.end is None or one.start < other.end) and (
        other.start is None or one.end is None or other.start < one.end
    )


def _trees(rule: Rule, catalogue: Catalogue) -> Iterator[Fault]:
    for name in ("applies", "recorded", "match", "suspect"):
        node = getattr(rule, name)
        if node is None or any(True for _ in tree.check(node, catalogue.facts, name)):
            continue  # the loader has told what is wrong with it
        for leaf in tree.leaves(node):
            for zh, en in _leaf(leaf, catalogue):
                yield name, zh, en


def _leaf(leaf: Node, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    kind = leaf["fact"]
    if kind == "behaviour" and leaf.get("at_least", 1) > 1:
        yield "behaviour 一条代表多次调用，at_least 数的是条数；请用 per_minute、count", "a behaviour fact stands for many calls and at_least counts facts: ask per_minute or count"
    for name, condition in leaf.get("where", {}).items():
        values, operators = _operands(condition)
        domain = _domain(kind, name, catalogue)
        for value in sorted(set(values) - set(domain)) if domain is not None else ():
            yield f"{kind}.{name} 未知取值：{value}", f"unknown value {value} of {kind}.{name}"
        for item in operators["is_a"]:
            if item not in catalogue.items and item not in catalogue.capabilities:
                yield f"未知数据项：{item}", f"unknown item {item}"
        for words in operators["in_list"]:
            if words not in catalogue.words:
                yield f"未知词表：{words}", f"unknown word list {words}"


def _operands(condition: Any) -> tuple[list[str], dict[str, list[str]]]:
    """Texts that a condition compares for equality, and the operands of is_a and in_list."""
    values: list[str] = []
    operators: dict[str, list[str]] = {"is_a": [], "in_list": []}
    todo = [condition]
    while todo:
        current = todo.pop()
        if isinstance(current, Mapping):
            for name, operand in current.items():
                many = operand if isinstance(operand, list) else [operand]
                if name in operators:
                    operators[name] += many
                elif name in ("in", "not", "contains"):
                    todo += many
        else:
            many = current if isinstance(current, list) else [current]
            values += [value for value in many if isinstance(value, str)]
    return values, operators


def _domain(kind: str, name: str, catalogue: Catalogue) -> Collection[str] | None:
    """Values that exist for a field; None when it is open (or its list is not there yet)."""
    # `item` holds capabilities too: they come from the same list of APIs
    items = {**catalogue.items, **catalogue.capabilities}
    entries = {entry.id for words in catalogue.words.values() for entry in words.entries}
    domains: dict[tuple[str, str], Collection[str]] = {
        ("api-call", "item"): items,
        ("behaviour", "item"): items,
        ("startup-path", "item"): items,
        ("transmit", "item"): items,
        ("statement", "items"): items,
        ("code-pattern", "pattern"): catalogue.patterns,
        ("limitation", "code"): catalogue.limitations,
        ("text-match", "list"): catalogue.words,
        ("text-match", "entry"): entries,
        ("sdk", "id"): catalogue.sdks,
        ("packer", "id"): catalogue.packers,
    }
    return domains.get((kind, name)) or None


def _coverage(rule: Rule) -> Iterator[Fault]:
    outcomes = {test.outcome for test in rule.tests if not test.todo}
    needed = {"passed", "cantTell"}
    if rule.match or rule.check or rule.sheet:
        needed.add("failed")
    if rule.sheet and not (rule.match or rule.check or rule.suspect):
        needed.add("untested")
    for outcome in sorted(needed - outcomes):
        yield "tests", f"缺少结论为 {outcome} 的测试", f"no test with outcome {outcome}"
    names = [test.name for test in rule.tests]
    if len(set(names)) != len(names):
        yield "tests", "测试重名", "two tests have one name"
