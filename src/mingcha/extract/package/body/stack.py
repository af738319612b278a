"""One instruction of a class file on registers: what it reads, writes and leaves on the stack."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from mingcha.extract.package.body.form import CONCAT, DOUBLE, FLOAT, LONG, Insn
from mingcha.extract.package.classfile import ConstantPool, split_arguments
from mingcha.extract.package.columns import CLASS, STRING, Code

CASES = 20_000  # of one switch


class Raw(NamedTuple):
    """An instruction with its operands: local, constant, branch offset or pool entry, and a second one."""

    pos: int
    op: int
    a: int = 0
    b: int = 0


class Step(NamedTuple):
    """What an instruction becomes. `low` is the lowest stack register it touches, `top` the free one after it."""

    insns: list[Insn]
    low: int
    top: int
    jumps: tuple[int, ...] = ()
    ends: bool = False
    keys: tuple[int, ...] = ()
    comes_back: bool = False
    """A subroutine is entered: what stands next runs when it is done, on the stack as it is now."""
    goes_back: bool = False


class Frame:
    """What the instructions of one body share."""

    def __init__(self, code: Code, definition: int, pool: ConstantPool, text: bytes, locals_: int) -> None:
        low, high = code.body(definition)
        pos = code.event_pos[low:high].tolist()
        self.code, self.pool, self.text, self.locals = code, pool, text, locals_
        self.refs: dict[int, int] = dict(zip(pos, code.event_operand[low:high].tolist(), strict=True))
        self.kinds: dict[int, int] = dict(zip(pos, code.event_kind[low:high].tolist(), strict=True))
        self.copies: set[int] = set()  # stack registers that hold the new object one below

    def type(self, index: int, prefix: str = "") -> int:
        """Type of a class entry of the pool, -1 where nothing else in the container names it."""
        try:
            name = self.pool.name(index).decode("utf-8", "replace")
        except (ValueError, IndexError):
            return -1
        return self.code.type_of(prefix + (name if name[:1] == "[" else f"L{name};"))

    def number(self, index: int) -> int | None:
        """A number of the pool by its bits, which is how DEX states floats as well."""
        if index >= len(self.pool.pool):
            return None
        tag, at, _ = self.pool.pool[index]
        size = {3: 4, 4: 4, 5: 8, 6: 8}.get(tag)
        return int.from_bytes(self.pool.data[at : at + size], "big", signed=True) if size else None


_Case = Callable[[Frame, Raw, int], Step | None]


def step(frame: Frame, raw: Raw, top: int) -> Step | None:
    """What `raw` does where `top` is the first free stack register; None where that cannot be told."""
    case = _CASES[raw.op]
    return case(frame, raw, top) if case is not None else None


def _push(insn: Insn, top: int, slots: int = 1) -> Step:
    return Step([insn], top, top + slots)


def _const(value: int, slots: int) -> _Case:
    return lambda f, raw, top: _push(Insn(raw.pos, "const", top, (), value), top, slots)


def _literal(f: Frame, raw: Raw, top: int) -> Step:
    return _push(Insn(raw.pos, "const", top, (), raw.a), top)


def _ldc(f: Frame, raw: Raw, top: int) -> Step:
    kind = f.kinds.get(raw.pos)
    if kind in (STRING, CLASS):
        op = "string" if kind == STRING else "class"
        return _push(Insn(raw.pos, op, top, (), None, f.refs[raw.pos]), top)
    return _push(Insn(raw.pos, "const", top, (), f.number(raw.a)), top, 2 if raw.op == 0x14 else 1)


def _load(slots: int, n: int = -1) -> _Case:
    def case(f: Frame, raw: Raw, top: int) -> Step | None:
        local = raw.a if n < 0 else n
        return _push(Insn(raw.pos, "move", top, (local,)), top, slots) if local < f.locals else None

    return case


def _store(slots: int, n: int = -1) -> _Case:
    def case(f: Frame, raw: Raw, top: int) -> Step | None:
        local, low = raw.a if n < 0 else n, top - slots
        return Step([Insn(raw.pos, "move", local, (low,))], low, low) if local < f.locals else None

    return case


def _array_load(slots: int) -> _Case:
    return lambda f, raw, top: Step(
        [Insn(raw.pos, "aget", top - 2, (top - 2, top - 1))], top - 2, top - 2 + slots
    )


def _array_store(slots: int) -> _Case:
    def case(f: Frame, raw: Raw, top: int) -> Step:
        low = top - slots - 2
        return Step([Insn(raw.pos, "aput", -1, (low + 2, low, low + 1))], low, low)

    return case


def _drop(slots: int, op: str = "nop") -> _Case:
    return lambda f, raw, top: Step([Insn(raw.pos, op)], top - slots, top - slots)


def _copy(below: int, slots: int) -> _Case:
    """dup and its like: the upper `slots` are put once more below `below` others."""

    def case(f: Frame, raw: Raw, top: int) -> Step:
        low = top - slots - below
        # The topmost first: nothing is written before it has been read. Then what was on top goes below.
        moves = (
            [(r + slots, r) for r in range(top - 1, low - 1, -1)]
            if below
            else [(r + slots, r) for r in range(low, top)]
        )
        if below:
            moves += [(low + k, top + k) for k in range(slots)]
        elif slots == 1:
            f.copies.add(top)
        return Step([Insn(raw.pos, "move", to, (r,)) for to, r in moves], low, top + slots)

    return case


def _swap(f: Frame, raw: Raw, top: int) -> Step:
    moves = ((top, top - 1), (top - 1, top - 2), (top - 2, top))
    return Step([Insn(raw.pos, "move", to, (r,)) for to, r in moves], top - 2, top)


def _binary(operator: int, slots: int, second: int) -> _Case:
    def case(f: Frame, raw: Raw, top: int) -> Step:
        low = top - slots - second
        return Step([Insn(raw.pos, "arith", low, (low, low + slots), operator=operator)], low, low + slots)

    return case


def _unary(before: int, after: int) -> _Case:
    """Negation and conversions."""

    def case(f: Frame, raw: Raw, top: int) -> Step:
        low = top - before
        return Step([Insn(raw.pos, "arith", low, (low,), operator=20)], low, low + after)

    return case


def _iinc(f: Frame, raw: Raw, top: int) -> Step | None:
    insn = Insn(raw.pos, "arith", raw.a, (raw.a,), raw.b, operator=0)
    return Step([insn], top, top) if raw.a < f.locals else None


def _compare(kind: int, slots: int) -> _Case:
    def case(f: Frame, raw: Raw, top: int) -> Step:
        low = top - 2 * slots
        return Step([Insn(raw.pos, "cmp", low, (low, low + slots), operator=kind)], low, low + 1)

    return case


def _if(comparison: int, values: int) -> _Case:
    def case(f: Frame, raw: Raw, top: int) -> Step:
        low = top - values
        return Step(
            [Insn(raw.pos, "if", -1, tuple(range(low, top)), comparison)], low, low, (raw.pos + raw.a,)
        )

    return case


def _goto(f: Frame, raw: Raw, top: int) -> Step:
    return Step([Insn(raw.pos, "goto")], top, top, (raw.pos + raw.a,), True)


def _jsr(f: Frame, raw: Raw, top: int) -> Step:
    """Into a subroutine, with the way back on the stack."""
    push = Insn(raw.pos, "const", top)
    return Step([push, Insn(raw.pos, "goto")], top, top + 1, (raw.pos + raw.a,), True, comes_back=True)


def _ret(f: Frame, raw: Raw, top: int) -> Step:
    return Step([Insn(raw.pos, "goto")], top, top, (), True, goes_back=True)


def _switch(f: Frame, raw: Raw, top: int) -> Step | None:
    at = (raw.pos + 4) & ~3
    if at + 12 > len(f.text):
        return None
    default, first, second = struct.unpack_from(">iii", f.text, at)
    keys: tuple[int, ...]
    if raw.op == 0xAA:
        n = second - first + 1
        if not 0 <= n <= CASES or at + 12 + 4 * n > len(f.text):
            return None
        keys, to = tuple(range(first, second + 1)), struct.unpack_from(f">{n}i", f.text, at + 12)
    else:
        if not 0 <= first <= CASES or at + 8 + 8 * first > len(f.text):
            return None
        pairs = struct.unpack_from(f">{2 * first}i", f.text, at + 8)
        keys, to = pairs[::2], pairs[1::2]
    # The default comes last: it has no key.
    jumps = tuple(raw.pos + t for t in (*to, default))
    return Step([Insn(raw.pos, "switch", -1, (top - 1,))], top - 1, top - 1, jumps, True, keys)


def _return(slots: int) -> _Case:
    def case(f: Frame, raw: Raw, top: int) -> Step:
        low = top - slots
        return Step([Insn(raw.pos, "return", -1, (low,) if slots else ())], low, low, (), True)

    return case


def _throw(f: Frame, raw: Raw, top: int) -> Step:
    return Step([Insn(raw.pos, "throw", -1, (top - 1,))], top - 1, top - 1, (), True)


def _field(f: Frame, raw: Raw, top: int) -> Step | None:
    ref = f.refs.get(raw.pos, -1)
    if ref < 0:
        return None
    slots = 2 if f.code.type(int(f.code.field_type[ref])) in ("J", "D") else 1
    op = ("sget", "sput", "get", "put")[raw.op - 0xB2]
    if op == "sget":
        return _push(Insn(raw.pos, op, top, (), None, ref), top, slots)
    if op == "get":
        return Step([Insn(raw.pos, op, top - 1, (top - 1,), None, ref)], top - 1, top - 1 + slots)
    low = top - slots - (op == "put")
    src = (low + 1, low) if op == "put" else (low,)
    return Step([Insn(raw.pos, op, -1, src, None, ref)], low, low)


def _invoke(f: Frame, raw: Raw, top: int) -> Step | None:
    ref = f.refs.get(raw.pos, -1)
    if ref < 0:
        return None
    proto = int(f.code.method_proto[ref])
    static = raw.op == 0xB8
    returns = f.code.type(int(f.code.proto_return[proto]))
    insn = Insn(raw.pos, "invoke", -1, (), None, ref, raw.op in (0xB6, 0xB9), static)
    done = _call(insn, [*([] if static else [1]), *f.code.spans(proto)], returns, top)
    if raw.op == 0xB7 and insn.src[0] in f.copies and f.code.label(int(f.code.method_name[ref])) == "<init>":
        # `new; dup; <init>`: what is made goes on below its copy, so that one is the receiver here.
        f.copies.discard(insn.src[0])
        insn.src = (insn.src[0] - 1, *insn.src[1:])
    return done


def _dynamic(f: Frame, raw: Raw, top: int) -> Step | None:
    """invokedynamic: no method, but arguments and a result (a lambda, a concatenated text)."""
    try:
        pair = f.pool.number(raw.a, 1)
        descriptor = f.pool.utf8(f.pool.number(pair, 1))
    except (IndexError, ValueError):
        return None
    args, _, returns = descriptor[1:].partition(b")")
    spans = [2 if a in (b"J", b"D") else 1 for a in split_arguments(args)]
    text = returns == b"Ljava/lang/String;"
    insn = Insn(raw.pos, "invoke", -1, (), f.refs.get(raw.pos), static=True, operator=CONCAT if text else -1)
    return _call(insn, spans, returns.decode("utf-8", "replace"), top)


def _call(insn: Insn, spans: list[int], returns: str, top: int) -> Step:
    low = top - sum(spans)
    src, at = [], low
    for span in spans:
        src.append(at)
        at += span
    insn.src = tuple(src)
    if returns == "V":
        return Step([insn], low, low)
    return Step([insn, Insn(insn.pos, "result", low)], low, low + (2 if returns in ("J", "D") else 1))


def _new(f: Frame, raw: Raw, top: int) -> Step:
    f.copies.discard(top)
    return _push(Insn(raw.pos, "new", top, (), None, f.refs.get(raw.pos, -1)), top)


_PRIMITIVE = dict(zip(range(4, 12), "ZCFDBSIJ", strict=True))


def _array(f: Frame, raw: Raw, top: int) -> Step:
    ref = f.code.type_of(f"[{_PRIMITIVE.get(raw.a, '?')}") if raw.op == 0xBC else f.type(raw.a, "[")
    return Step([Insn(raw.pos, "array", top - 1, (top - 1,), None, ref)], top - 1, top)


def _arrays(f: Frame, raw: Raw, top: int) -> Step | None:
    low = top - raw.b
    if raw.b < 1:
        return None
    return Step([Insn(raw.pos, "array", low, tuple(range(low, top)), None, f.type(raw.a))], low, low + 1)


def _typed(op: str) -> _Case:
    return lambda f, raw, top: Step(
        [Insn(raw.pos, op, top - 1, (top - 1,), None, f.type(raw.a))], top - 1, top
    )


def _length(f: Frame, raw: Raw, top: int) -> Step:
    return Step([Insn(raw.pos, "length", top - 1, (top - 1,))], top - 1, top)


def _table() -> list[_Case | None]:
    """Cases by opcode; None where the specification has none."""
    t: list[_Case | None] = [None] * 256
    kinds = (1, 2, 1, 2, 1)  # int, long, float, double, reference
    t[0x00], t[0x01] = _drop(0), _const(0, 1)
    for n in range(-1, 6):
        t[0x03 + n] = _const(n, 1)
    one = (0, struct.unpack(">i", struct.pack(">f", 1))[0], struct.unpack(">i", struct.pack(">f", 2))[0])
    wide = struct.unpack(">q", struct.pack(">d", 1))[0]
    t[0x09:0x10] = [_const(0, 2), _const(1, 2), *(_const(v, 1) for v in one), _const(0, 2), _const(wide, 2)]
    t[0x10], t[0x11], t[0x12], t[0x13], t[0x14] = _literal, _literal, _ldc, _ldc, _ldc
    for k, slots in enumerate(kinds):
        t[0x15 + k], t[0x36 + k] = _load(slots), _store(slots)
        for n in range(4):
            t[0x1A + 4 * k + n], t[0x3B + 4 * k + n] = _load(slots, n), _store(slots, n)
        t[0xAC + k] = _return(slots)
    for k, slots in enumerate((1, 2, 1, 2, 1, 1, 1, 1)):
        t[0x2E + k], t[0x4F + k] = _array_load(slots), _array_store(slots)
    t[0x57], t[0x58], t[0x5F] = _drop(1), _drop(2), _swap
    for k in range(3):
        t[0x59 + k], t[0x5C + k] = _copy(k, 1), _copy(k, 2)
    for k, operator in enumerate((0, 1, 2, 3, 4)):
        for n, slots in enumerate(kinds[:4]):
            t[0x60 + 4 * k + n] = _binary(operator, slots, slots)
    for n, slots in enumerate(kinds[:4]):
        t[0x74 + n] = _unary(slots, slots)
    for k, operator in enumerate((8, 9, 10, 5, 6, 7)):
        for n, slots in enumerate((1, 2)):
            t[0x78 + 2 * k + n] = _binary(operator, slots, 1 if k < 3 else slots)
    t[0x84] = _iinc
    sizes = [(1, 2), (1, 1), (1, 2), (2, 1), (2, 1), (2, 2), (1, 1), (1, 2), (1, 2), (2, 1), (2, 2), (2, 1)]
    t[0x85:0x94] = [_unary(*s) for s in (*sizes, (1, 1), (1, 1), (1, 1))]
    t[0x94:0x99] = [_compare(LONG, 2), *[_compare(FLOAT, 1)] * 2, *[_compare(DOUBLE, 2)] * 2]
    for k in range(6):
        t[0x99 + k], t[0x9F + k] = _if(k, 1), _if(k, 2)
    t[0xA5], t[0xA6], t[0xC6], t[0xC7] = _if(0, 2), _if(1, 2), _if(0, 1), _if(1, 1)
    t[0xA7] = t[0xC8] = _goto
    t[0xA8] = t[0xC9] = _jsr
    t[0xA9] = _ret
    t[0xAA] = t[0xAB] = _switch
    t[0xB1], t[0xBF] = _return(0), _throw
    t[0xB2:0xB6] = [_field] * 4
    t[0xB6:0xBA] = [_invoke] * 4
    t[0xBA], t[0xBB], t[0xBC], t[0xBD], t[0xC5] = _dynamic, _new, _array, _array, _arrays
    t[0xBE], t[0xC0], t[0xC1] = _length, _typed("cast"), _typed("instanceof")
    t[0xC2] = t[0xC3] = _drop(1)
    return t


_CASES = _table()
