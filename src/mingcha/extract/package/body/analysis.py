"""Questions to one body: which values may a register hold, which instructions can run."""

from __future__ import annotations

from collections.abc import Callable

from mingcha.extract.package.body.form import Body

STEPS = 4_000  # instructions walked back for one question; beyond it the answer is "unknown"
DEPTH = 12  # moves followed for one constant


def sources(body: Body, i: int, register: int) -> tuple[int, ...] | None:
    """Instructions that may have written `register` as it is just before instruction `i`; -1-k stands for
    the k-th parameter. None where that cannot be told."""
    if body.cut:
        return None
    before = body.predecessors()
    at = i
    while len(before[at]) == 1:  # the straight line just before: nearly always enough
        at = before[at][0]
        insn = body.insns[at]
        if insn.dst == register or (insn.dst >= 0 and insn.dst + 1 == register and _is_wide(body, at)):
            return (at,)
        if at == i:
            break
    seen: set[int] = set()
    todo = list(before[i])
    found: set[int] = set()
    if i == 0:
        found.add(_entry(body, register))
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        if len(seen) > STEPS:
            return None
        insn = body.insns[at]
        if insn.dst == register or (insn.dst >= 0 and insn.dst + 1 == register and _is_wide(body, at)):
            found.add(at)
            continue
        if at == 0:
            found.add(_entry(body, register))
        todo += before[at]
    return None if _UNSET in found else tuple(sorted(found))


_UNSET = -1_000_000


def _entry(body: Body, register: int) -> int:
    return -1 - body.params.index(register) if register in body.params else _UNSET


def _is_wide(body: Body, i: int) -> bool:
    """Whether an instruction writes two registers; only plain constants are told, which is what matters."""
    insn = body.insns[i]
    return insn.op == "const" and insn.value is not None and not -(1 << 31) <= insn.value < 1 << 31


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


def reachable(body: Body, assume: Callable[[int], tuple[int, ...] | None]) -> set[int]:
    """Instructions that can run when `assume` narrows the successors of some branches, switches and calls
    (None: all).

    An exception may come from any instruction that runs."""
    if not body.insns:
        return set()
    seen = {0}
    todo = [0]
    while todo:
        i = todo.pop()
        narrowed = assume(i) if body.insns[i].op in ("if", "switch", "invoke") else None
        for s in (*(body.succ[i] if narrowed is None else narrowed), *body.handlers[i]):
            if s not in seen:
                seen.add(s)
                todo.append(s)
    return seen
