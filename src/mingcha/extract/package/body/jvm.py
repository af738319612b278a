"""Class-file bodies → the same `Body` as of DEX (JVM Specification 4.7.3 and 6.5).

The operand stack becomes registers: slot k of the stack is register max_locals + k, and a long or
double goes by its first slot. How deep the stack is at each instruction is followed along the branches;
what does not fit (depths that disagree, lying lengths) is cut off and said. What moves
several slots (dup2, swap) becomes several instructions at one position, and a call that returns something
is followed by its `result`, as in DEX.
"""

from __future__ import annotations

import struct

from mingcha.extract.package.body import stack
from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.body.stack import Frame, Raw, Step
from mingcha.extract.package.classfile import ClassBodies, width
from mingcha.extract.package.columns import Code

TRIES = 2_000
NESTED = 12  # handlers of one instruction, on average
_STATIC = 0x8
_SHORT = frozenset((0x11, *range(0x99, 0xA9), 0xC6, 0xC7))  # a signed operand of 16 bits
Try = tuple[int, int, int]


def decode(code: Code, definition: int, bodies: ClassBodies, limit: int) -> Body | None:
    """The body of a definition of class files; None where it has none."""
    text, begin = bodies.code[definition], bodies.at[definition]
    if not text or not begin:
        return None
    row = int(code.def_class[definition])
    data, pool = bodies.files[row], bodies.constant_pool(row)
    if pool is None:
        return None
    most, locals_ = struct.unpack_from(">HH", data, begin)
    insns: list[Insn] = []
    body = Body(code, definition, insns, locals_ + most + 2, _params(code, definition, locals_))
    raws, body.cut = _split(text, limit)
    tries = _tries(data, begin)
    at = {r.pos: k for k, r in enumerate(raws)}
    handlers = {at[h] for _, _, h in tries if h in at}
    steps = _steps(body, raws, at, handlers, Frame(code, definition, pool, text, locals_), most)
    start = _write(body, insns, raws, steps, handlers, locals_)
    _flow(body, raws, steps, start, at)
    _cover(body, tries, at, start)
    body.ops, body.dsts = [i.op for i in insns], [i.dst for i in insns]
    body.turns = [i for i, following in enumerate(body.succ) if following != (i + 1,)]
    return body


def _params(code: Code, definition: int, registers: int) -> tuple[int, ...]:
    static = int(code.def_flags[definition]) & _STATIC
    out, at = ([], 0) if static else ([0], 1)
    for span in code.spans(int(code.method_proto[int(code.def_method[definition])])):
        out.append(at)
        at += span
    return tuple(r for r in out if r < registers)


def _split(text: bytes, limit: int) -> tuple[list[Raw], bool]:
    """Instructions in order, and whether something was cut off."""
    out: list[Raw] = []
    p, end = 0, len(text)
    while p < end:
        n = width(text, p)
        if len(out) >= limit or n < 1 or p + n > end:
            return out, True
        out.append(_raw(text, p, n))
        p += n
    return out, False


def _raw(text: bytes, p: int, n: int) -> Raw:
    op = text[p]

    def number(low: int, high: int, signed: bool = False) -> int:
        return int.from_bytes(text[p + low : p + high], "big", signed=signed)

    if op == 0xC4:  # wide: the instruction behind it with operands of twice the size
        return Raw(p, text[p + 1] if n > 1 else 0, number(2, 4), number(4, 6, True) if n == 6 else 0)
    if op == 0x84:
        return Raw(p, op, text[p + 1], number(2, 3, True))
    if op in _SHORT:
        return Raw(p, op, number(1, 3, True))
    if op in (0xC8, 0xC9):
        return Raw(p, op, number(1, 5, True))
    if n == 2:
        return Raw(p, op, number(1, 2, op == 0x10))
    return Raw(p, op, number(1, 3), text[p + 3] if n == 4 else 0) if 3 <= n <= 5 else Raw(p, op)


def _tries(data: bytes, begin: int) -> list[Try]:
    """(first, one past the last, handler) of the exception table, as positions."""
    (length,) = struct.unpack_from(">I", data, begin + 4)
    at = begin + 10 + length
    if at > len(data):
        return []
    (count,) = struct.unpack_from(">H", data, at - 2)
    count = min(count, TRIES, (len(data) - at) // 8)
    return [struct.unpack_from(">HHH", data, at + 8 * k) for k in range(count)]


def _steps(
    body: Body, raws: list[Raw], at: dict[int, int], handlers: set[int], frame: Frame, most: int
) -> list[Step | None]:
    """What each instruction does that some path leads to; None for others."""
    steps: list[Step | None] = [None] * len(raws)
    depths = dict.fromkeys(handlers, 1)
    if raws:
        depths.setdefault(0, 0)
    todo = sorted(depths, reverse=True)
    while todo:
        k = todo.pop()
        if steps[k] is not None:
            continue
        top = frame.locals + depths[k]
        step = stack.step(frame, raws[k], top) if depths[k] <= most else None
        if step is None or step.low < frame.locals or step.top > frame.locals + most:
            body.cut = True
            continue
        steps[k] = step
        depth = step.top - frame.locals
        following = [(at.get(p, -1), depth) for p in step.jumps]
        if not step.ends or step.comes_back:
            following.append((k + 1 if k + 1 < len(raws) else -1, depths[k] if step.comes_back else depth))
        for f, deep in following:
            if f < 0 or depths.setdefault(f, deep) != deep:
                body.cut = True
            elif steps[f] is None:
                todo.append(f)
    return steps


def _write(
    body: Body, insns: list[Insn], raws: list[Raw], steps: list[Step | None], handlers: set[int], locals_: int
) -> list[int]:  # fmt: skip
    """Put the instructions into the body; gives where those of each step begin."""
    start: list[int] = []
    for k, (raw, step) in enumerate(zip(raws, steps, strict=True)):
        start.append(len(insns))
        if k in handlers:
            insns.append(Insn(raw.pos, "exception", locals_))
        insns += step.insns if step is not None else [Insn(raw.pos, "nop")]
    start.append(len(insns))
    body.positions = [i.pos for i in insns]
    body.dead = frozenset(raw.pos for raw, step in zip(raws, steps, strict=True) if step is None)
    return start


def _flow(
    body: Body, raws: list[Raw], steps: list[Step | None], start: list[int], at: dict[int, int]
) -> None:
    """Successors, and targets from positions to instructions. A subroutine may go back to wherever one was
    entered: that is more than it does, and all that need be known of code as old as that."""
    returns = tuple(start[k + 1] for k, s in enumerate(steps) if s and s.comes_back and k + 1 < len(raws))
    for k in range(len(raws)):
        step, last = steps[k], start[k + 1] - 1
        body.succ += [(i + 1,) for i in range(start[k], last)]
        ends = step is not None and step.ends
        following: tuple[int, ...] = () if ends or last + 1 >= len(body.insns) else (last + 1,)
        if step is not None and step.jumps:
            insn = body.insns[last]
            kept = [j for j, p in enumerate(step.jumps) if p in at]
            insn.targets = tuple(start[at[step.jumps[j]]] for j in kept)
            insn.keys = tuple(step.keys[j] for j in kept if j < len(step.keys))
            following += insn.targets
        elif step is not None and step.goes_back:
            following = body.insns[last].targets = returns
        body.succ.append(following)


def _cover(body: Body, tries: list[Try], at: dict[int, int], start: list[int]) -> None:
    """Where exceptions go; a handler that no instruction begins at is none."""
    out: list[tuple[int, ...]] = [()] * len(body.insns)
    left = NESTED * len(out)
    for first, end, handler in tries:
        if handler not in at or first not in at:
            body.cut = True
            continue
        to = start[at[handler]]
        for i in range(start[at[first]], len(out)):
            if body.insns[i].pos >= end:
                break
            left -= 1
            if left < 0:
                body.cut = True
                break
            if to not in out[i]:
                out[i] = (*out[i], to)
    body.handlers = out
