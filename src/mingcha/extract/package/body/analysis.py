"""Questions to one body: which values may a register hold, which instructions can run."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container

from mingcha.extract.package.body.form import Body

STEPS = 4_000  # straight lines walked back for one question; beyond it the answer is "unknown"
DEPTH = 12  # moves followed for one constant
_ASKS = frozenset({"if", "switch", "invoke"})


def sources(body: Body, i: int, register: int) -> tuple[int, ...] | None:
    """Instructions that may have written `register` as it is just before instruction `i`; -1-k stands for
    the k-th parameter. None where that cannot be told."""
    if body.cut:
        return None
    at = body.writes(register)
    if not at:  # nobody writes it: it is what it was at the begin
        return _entry(body, register)
    first = body.begin(i)
    k = bisect_left(at, i) - 1
    if k >= 0 and at[k] >= first:  # the straight line just before: nearly always enough
        return (at[k],)
    joins, begin = body.joins(), body.begin
    found: set[int] = set()
    seen = set()
    todo = [first]
    while todo:
        first = todo.pop()
        if first in seen:
            continue
        seen.add(first)
        if len(seen) > STEPS:
            return None
        if first == 0:
            entry = _entry(body, register)
            if entry is None:
                return None
            found.update(entry)
        for last in joins.get(first, ()):
            k = bisect_right(at, last) - 1
            before = begin(last)
            if k >= 0 and at[k] >= before:
                found.add(at[k])
            else:
                todo.append(before)
    return tuple(sorted(found))


def _entry(body: Body, register: int) -> tuple[int, ...] | None:
    return (-1 - body.params.index(register),) if register in body.params else None


def constant(body: Body, i: int, register: int, depth: int = DEPTH) -> int | str | None:
    """The one constant that `register` holds before instruction `i`, through moves and casts; a string as
    its text. None where it is no constant or more than one."""
    if depth <= 0:
        return None
    found = sources(body, i, register)
    if not found:
        return None
    values: set[int | str] = set()
    for at in found:
        if at < 0:
            return None
        insn = body.insns[at]
        value: int | str | None = None
        if insn.op == "const":
            value = insn.value
        elif insn.op == "string" and insn.ref >= 0:
            value = body.code.text(insn.ref)
        elif insn.op in ("move", "cast"):
            value = constant(body, at, insn.src[0], depth - 1)
        if value is None:
            return None
        values.add(value)
        if len(values) > 1:
            return None
    return values.pop()


def reachable(body: Body, assume: Callable[[int], tuple[int, ...] | None], asks: Container[str] = _ASKS) -> set[int]:
    """Instructions that can run when `assume` narrows the successors of some branches, switches and calls
    (None: all); it is asked about instructions of the kinds in `asks`.

    An exception may come from any instruction that runs."""
    if not body.ops:
        return set()
    ops, succ, handlers = body.ops, body.succ, body.handlers
    seen: set[int] = set()
    todo = [0]
    while todo:
        i = todo.pop()
        while i not in seen:
            seen.add(i)
            if handlers[i]:
                todo += handlers[i]
            following = succ[i]
            if ops[i] in asks:
                narrowed = assume(i)
                if narrowed is not None:
                    following = narrowed
            if len(following) != 1:
                todo += following
                break
            i = following[0]
    return seen
