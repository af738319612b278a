"""The grammar of match trees: what is refused, and what a checked tree asks."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.catalogue import build, load, tree

KINDS = dict(load().facts)
P: dict[str, Any] = {"fact": "permission"}
S: dict[str, Any] = {"fact": "screen-event"}


def where(kind: str, field: str, condition: Any) -> dict[str, Any]:
    return {"fact": kind, "where": {field: condition}}


@pytest.mark.parametrize(
    "node",
    [
        P,
        {"all": [P, {"none": [P]}], "same": "name"},
        {"any": [P, {"all": [P]}]},
        where("permission", "name", ["a", None]),
        where("permission", "exhibit", "x"),
        where("permission", "where", {"prefix": "res/"}),
        where("api-call", "owner.id", {"not": ["a"]}),
        where("component", "actions", {"contains": ["a"]}),
        where("component", "actions", {"prefix": "a", "not": "b"}),
        where("component", "actions", {"not": {"in": ["a"]}}),
        where("component", "actions", {"present": False}),
        where("component", "actions", None),
        where("package", "target_sdk", {"ge": 28, "lt": 31.5}),
        where("package", "cleartext", {"not": True}),
        where("transmit", "t", 5),
        where("statement", "items", {"is_a": ["location"]}),
        {**S, "before": S, "after": {"any": [S, {"fact": "transmit"}]}, "within": 2.5},
        {**S, "at_least": 3, "within": 60},
        {"all": [{**S, "before": S}], "same": "event"},
    ],
)
def test_accepted(node: Any) -> None:
    assert list(tree.check(node, KINDS, "match")) == []


def deep(levels: int) -> dict[str, Any]:
    node = P
    for _ in range(levels):
        node = {"all": [node]}
    return node


@pytest.mark.parametrize(
    ("node", "place", "told"),
    [
        ("permission", "match", "must be a mapping"),
        ({}, "match", "exactly one of"),
        ({"all": [P], "any": [P]}, "match", "exactly one of"),
        ({"all": []}, "match.all", "not empty"),
        ({"all": P}, "match.all", "must be a list"),
        ({"any": [P], "same": "name"}, "match.any", "same is not possible"),
        ({"all": [P], "at_least": 2}, "match.all", "at_least is not possible"),
        ({"all": [P, {"fact": "nope"}]}, "match.all[1].fact", "unknown kind of fact nope"),
        ({"all": [P], "same": 3}, "match.same", "name of a field"),
        ({"all": [{"none": [P]}], "same": "name"}, "match.same", "outside none"),
        (
            {"all": [P, {"fact": "sdk"}], "same": "classes"},
            "match.same",
            "permission has no single-valued field",
        ),
        ({"all": [{"fact": "component"}], "same": "actions"}, "match.same", "no single-valued field"),
        ({"all": [{"fact": "component"}], "same": "owner"}, "match.same", "no single-valued field"),
        ({"fact": ["permission"]}, "match.fact", "unknown kind"),
        ({**P, "when": {}}, "match", "when is not possible"),
        ({**P, "where": []}, "match.where", "must be a mapping"),
        (where("permission", "nam", "x"), "match.where", "permission has no field nam"),
        (where("api-call", "owner", "x"), "match.where", "no field owner"),
        (where("api-call", "owner.age", "x"), "match.where", "no field owner.age"),
        (where("api-call", "item.id", "x"), "match.where", "no field item.id"),
        (where("permission", "name", 3), "match.where.name", "value 3 is no str"),
        (where("permission", "name", []), "match.where.name", "list is empty"),
        (where("permission", "name", {}), "match.where.name", "condition is empty"),
        (where("permission", "name", {"is": "x"}), "match.where.name.is", "unknown operator"),
        (where("permission", "name", {"in": "x"}), "match.where.name.in", "must be a list"),
        (where("permission", "name", {"in": [True]}), "match.where.name.in", "no str"),
        (where("permission", "name", {"lt": 3}), "match.where.name.lt", "no number"),
        (where("permission", "name", {"prefix": ""}), "match.where.name.prefix", "not empty"),
        (where("permission", "name", {"suffix": []}), "match.where.name.suffix", "not empty"),
        (where("permission", "name", {"present": "yes"}), "match.where.name.present", "true or false"),
        (where("permission", "name", {"not": {"like": 3}}), "match.where.name.not.like", "must be a text"),
        (where("package", "target_sdk", {"ge": "28"}), "match.where.target_sdk.ge", "must be a number"),
        (where("package", "target_sdk", {"ge": True}), "match.where.target_sdk.ge", "must be a number"),
        (where("package", "target_sdk", {"prefix": "2"}), "match.where.target_sdk.prefix", "no text"),
        (where("package", "cleartext", "true"), "match.where.cleartext", "no bool"),
        (where("package", "cleartext", 1), "match.where.cleartext", "no bool"),
        (where("package", "target_sdk", True), "match.where.target_sdk", "no int"),
        (where("component", "actions", "a"), "match.where.actions", "contains or in"),
        (where("component", "actions", ["a"]), "match.where.actions", "contains or in"),
        (where("component", "actions", {"not": 3}), "match.where.actions.not", "no strs"),
        ({**P, "at_least": 0}, "match.at_least", "positive integer"),
        ({**P, "at_least": True}, "match.at_least", "positive integer"),
        ({**S, "within": 5}, "match.within", "at_least of 2"),
        ({**S, "at_least": 2, "within": 0}, "match.within", "positive number"),
        ({**S, "at_least": 2, "within": "5"}, "match.within", "positive number"),
        ({**P, "at_least": 2, "within": 5}, "match", "permission has no time"),
        ({**P, "before": S}, "match", "permission has no time"),
        ({**S, "before": P}, "match.before", "facts have no time"),
        ({**S, "after": {"all": [S]}}, "match.after", "fact node or any"),
        ({**S, "after": {"any": [{"any": [S]}]}}, "match.after", "fact node or any"),
        ({**S, "after": {"fact": "nope"}}, "match.after.fact", "unknown kind"),
    ],
)
def test_refused(node: Any, place: str, told: str) -> None:
    found = list(tree.check(node, KINDS, "match"))
    assert [(w, en) for w, _, en in found if w == place and told in en], found
    assert all(zh for _, zh, _ in found)


def test_depth_is_bounded() -> None:
    assert list(tree.check(deep(tree.MAX_DEPTH - 1), KINDS, "match")) == []
    assert [en for *_, en in tree.check(deep(tree.MAX_DEPTH), KINDS, "match")] == [
        f"nested deeper than {tree.MAX_DEPTH}"
    ]
    assert len(list(tree.check(deep(5000), KINDS, "match"))) == 1


def test_leaves_and_channels() -> None:
    node = {"all": [{**S, "before": {"fact": "transmit"}}, {"none": [P, {"any": [{"fact": "limitation"}]}]}]}
    assert tree.channels(node, KINDS) == {"screens", "traffic", "package"}
    assert tree.channels(node, KINDS, negated=True) == {"package"}
    assert tree.channels(node, KINDS, negated=False) == {"screens", "traffic"}


def problems(write: Any, text: str) -> list[str]:
    return [p.line("en") for p in build.build(write({"rules/C/cleartext.yml": text})).problems]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("needs: [package]", "needs: []", "needs: needs at least one channel"),
        ("needs: [package]", "needs: [package, ether]", "needs: unknown channel ether"),
        (
            "match:",
            "suspect: {none: [{fact: statement}]}\nmatch:",
            "suspect: needs must name the channels inside none: policy",
        ),
        ("match: {fact: package,", "match: {fact: packages,", "match.fact: unknown kind of fact packages"),
        ("match: {fact: package, where: {cleartext: true}}", "", "needs one of match, check, suspect, sheet"),
        ("match:", "check: x\nmatch:", "check: match and check exclude each other"),
        ("outcome: cantTell}", "outcome: cantTell, observed: [ether]}", "tests[2]: unknown channel ether"),
        ("cleartext: false}", "clear: false}", "tests[1]: package has no field clear"),
        ("cleartext: false}", "cleartext: 'false'}", "tests[1]: package.cleartext must be bool"),
        ("{kind: package, cleartext: false}", "{kind: parcel}", "tests[1]: unknown kind of fact parcel"),
        ("{kind: package, cleartext: false}", "{cleartext: false}", "tests[1]: unknown kind of fact None"),
        (
            "{kind: package, cleartext: false}",
            "{kind: component, actions: [1]}",
            "component.actions must be strs",
        ),
        (
            "{kind: package, cleartext: false}",
            "{kind: component, owner: {kind: sdk, age: x}}",
            "component.owner must be owner",
        ),
        (
            "{kind: package, cleartext: false}",
            "{kind: component, owner: {id: 3}}",
            "component.owner must be owner",
        ),
        (
            "{kind: package, cleartext: false}",
            "{kind: component, owner.id: x}",
            "component has no field owner.id",
        ),
    ],
)
def test_rules_are_checked(write: Any, rule_text: str, old: str, new: str, told: str) -> None:
    assert old in rule_text
    found = problems(write, rule_text.replace(old, new, 1))
    assert [line for line in found if told in line], found


def test_facts_of_tests_may_be_null_and_whole(write: Any, rule_text: str) -> None:
    full = "{kind: component, exhibit: e, actions: [a], owner: {kind: sdk, id: x}, permission: null, exported: true}"
    assert problems(write, rule_text.replace("{kind: package, cleartext: false}", full)) == []
    assert problems(write, rule_text) == []
