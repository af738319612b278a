"""The table of the process, read and checked: states, acts, and who may do what from where.

`process.yml` is the only place that says how a case moves. Buttons, permissions, deadlines, documents and the
diagram of the documentation all come from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml

from mingcha.errors import MingchaError
from mingcha.server.texts import Words

ORGANISATIONS = ("ministry", "administration", "laboratory", "store", "company", "sdk-vendor", "evaluator", "auditor", "system")
ROLES = ("officer", "approver", "tester", "contact", "evaluator", "auditor", "admin", "clock")
GUARDS = frozenset({
    "has-findings", "second-person", "confirms-some", "reason-given", "nothing-served", "confirmed-finding",
    "operator-known", "operator-registered", "own-case", "new-version", "deadline-passed", "retest-attached",
    "nothing-remains", "something-remains", "notice-served", "no-open-appeal", "open-appeal", "no-other-naming",
    "signed-batch", "operator-chosen", "sheets-answered", "relisting-time-passed", "other-province", "same-subject", "leaves-some",
})  # fmt: skip
BEFORE = "before"  # the state that a suspended case was in


class State(Words, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a case can stand; the text is its name."""

    doc: Words
    final: bool = False


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """One row of the table."""

    text: Words
    from_: tuple[str, ...]
    by: Mapping[str, tuple[str, ...]]
    to: str | None = None
    keep: bool = False
    guards: tuple[str, ...] = ()
    document: str | None = None
    clock: str | None = None
    appealable: bool = False
    appeal: Literal["opens", "ends"] | None = None
    public: bool = False

    def allows(self, organisation: str, role: str) -> bool:
        """Whether a role in an organisation of that kind may do it at all."""
        return role in self.by.get(organisation, ())


class Other(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act on something else than a case."""

    text: Words
    by: Mapping[str, tuple[str, ...]]

    def allows(self, organisation: str, role: str) -> bool:
        """Whether a role in an organisation of that kind may do it."""
        return role in self.by.get(organisation, ())


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    states: dict[str, State]
    acts: dict[str, Act]
    others: dict[str, Other] = {}

    def open_to(self, state: str, organisation: str, role: str) -> Iterator[tuple[str, Act]]:
        """Acts that a role may do from a state, guards apart, in the order of the table."""
        for name, act in self.acts.items():
            if state in act.from_ and act.allows(organisation, role):
                yield name, act

    def after(self, act: Act, state: str, before: str) -> str:
        """The state that an act leads to from `state`; `before` is where a suspended case stood."""
        if act.keep or act.to is None:
            return state
        return before if act.to == BEFORE else act.to


class BadProcess(MingchaError):
    """The table contradicts itself."""

    code = "bad-process"


def parse(text: str) -> Process:
    """Read a table. Raises BadProcess where it names what does not exist, or where a case could get stuck."""
    try:
        table = msgspec.convert(yaml.safe_load(text), Process)
    except (yaml.YAMLError, msgspec.ValidationError) as e:
        raise BadProcess(f"流程表无法读取：{e}", f"the table of the process cannot be read: {e}") from e
    if wrong := [*_unknown(table), *_stuck(table)]:
        raise BadProcess("流程表有误：" + "；".join(wrong), "the table of the process is wrong: " + "; ".join(wrong))
    return table


def _unknown(table: Process) -> Iterator[str]:
    states = table.states.keys()
    for name, other in table.others.items():
        yield from _by(name, other.by)
        if name in table.acts or not other.text.zh.strip() or not other.text.en.strip():
            yield f"{name}: text"
    for name, act in table.acts.items():
        for state in act.from_:
            if state not in states:
                yield f"{name}: from {state}"
        if (act.to is None) != act.keep or (act.to not in (None, BEFORE) and act.to not in states):
            yield f"{name}: to {act.to}"
        yield from _by(name, act.by)
        for guard in act.guards:
            if guard not in GUARDS:
                yield f"{name}: guard {guard}"
        if not act.text.zh.strip() or not act.text.en.strip():
            yield f"{name}: text"


def _by(name: str, by: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for organisation, roles in by.items():
        if organisation not in ORGANISATIONS or not roles or not set(roles) <= set(ROLES):
            yield f"{name}: by {organisation} {list(roles)}"
    if not by:
        yield f"{name}: by nobody"


def _stuck(table: Process) -> Iterator[str]:
    """States that nothing leads to, or that no act of a person ends in a final state."""
    moves = [(f, a.to) for a in table.acts.values() if a.to and not a.keep for f in a.from_]
    reached = {a.to for a in table.acts.values() if a.to and not a.from_}
    ends = {name for name, state in table.states.items() if state.final}
    for _ in table.states:
        reached |= {to for start, to in moves if start in reached}
        ends |= {start for start, to in moves if to in ends or to == BEFORE}
    yield from (f"{name}: never reached" for name in table.states if name not in reached)
    yield from (f"{name}: never ends" for name in table.states if name not in ends)


@cache
def table() -> Process:
    """The table in force."""
    return parse((files(__package__) / "process.yml").read_text("utf-8"))
