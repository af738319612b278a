"""DEX code items → `Body` (Android "Dalvik bytecode", "Dex instruction formats", "code_item").

Class files come to the same form in `jvm.py`. Nothing raises, whatever the bytes are; what does not fit is cut off and said.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import overload

from mingcha.extract.package.body import jvm
from mingcha.extract.package.body.form import DOUBLE, FLOAT, LONG, Body, Insn
from mingcha.extract.package.classfile import ClassBodies
from mingcha.extract.package.columns import Code
from mingcha.extract.package.dex import opcodes
from mingcha.extract.package.dex.leb import sleb, uleb
from mingcha.extract.package.dex.tables import DexBodies

MOST = 20_000  # instructions of one body; the longest of real packages have some thousand
TRIES = 2_000
CATCHES = 100  # handlers of one try; more are made to fill memory
OVERLAP = 4  # the format has none, and a crafted file may say all of it again and again
_STATIC = 0x8
_WIDTH: list[int] = opcodes.WIDTH.tolist()


def decode(code: Code, definition: int, limit: int = MOST) -> Body | None:
    """The body of a definition; None where it has none (abstract, native)."""
    bodies = code.bodies
    if isinstance(bodies, ClassBodies):
        return jvm.decode(code, definition, bodies, limit)
    if not isinstance(bodies, DexBodies):
        return None
    first = int(bodies.first[definition])
    if first < 8 or int(code.def_size[definition]) <= 0:
        return None
    units = bodies.units
    registers, ins = int(units[first - 8]), int(units[first - 7])
    tries = int(units[first - 5])
    size = int(units[first - 2]) | int(units[first - 1]) << 16
    end = min(first + size, len(units))
    words: list[int] = units[first : min(end + 4, len(units))].tolist()
    starts, cut = _starts(words, end - first, limit)
    firsts = [words[p] for p in starts]
    insns = _Insns(code, words, first, starts)
    body = Body(code, definition, insns, registers, _params(code, definition, registers, ins), [_OP[w] for w in firsts], [_DST[w] for w in firsts])
    body.cut = cut
    body.positions = [first + p for p in starts]
    for i in [i for i, dst in enumerate(body.dsts) if dst == _ASK]:
        body.dsts[i] = insns[i].dst
    _flow(body)
    body.handlers = _handlers(body, code.data, first, size, tries) if tries else [()] * len(starts)
    return body


def _params(code: Code, definition: int, registers: int, ins: int) -> tuple[int, ...]:
    at = max(registers - ins, 0)
    out: list[int] = []
    if not int(code.def_flags[definition]) & _STATIC:
        out.append(at)
        at += 1
    method = int(code.def_method[definition])
    proto = int(code.method_proto[method]) if method >= 0 else -1
    if 0 <= proto < len(code.proto_return):
        for span in code.spans(proto):
            out.append(at)
            at += span
    return tuple(r for r in out if r < registers)


def _wide(code: Code, method: int, registers: tuple[int, ...], static: bool) -> tuple[int, ...]:
    """Argument registers with each wide value once, by its first register."""
    spans = code.spans(int(code.method_proto[method]))
    if len(registers) == len(spans) + (not static):
        return registers
    out = list(registers[: 0 if static else 1])
    at = len(out)
    for span in spans:
        out += registers[at : at + 1]
        at += span
    return tuple(out)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


_RANGE_INVOKES = range(0x74, 0x79)


def _starts(words: list[int], size: int, limit: int) -> tuple[list[int], bool]:
    """Where the instructions begin, and whether something was cut off."""
    width, total = _WIDTH, len(words)
    starts: list[int] = []
    append = starts.append
    p = 0
    while p < size:
        n = width[words[p]]
        if n == 0:  # a payload: data between the instructions
            n = _payload(words, p)
        elif p + n > total:
            break
        append(p)
        p += n
        if len(starts) >= limit:
            break
    return starts, p < size


class _Insns(Sequence[Insn]):
    """The instructions of a body, each made when it is asked for: most questions concern a few of them."""

    __slots__ = ("_code", "_first", "_known", "_starts", "_words")

    def __init__(self, code: Code, words: list[int], first: int, starts: list[int]) -> None:
        self._code, self._words, self._first, self._starts = code, words, first, starts
        self._known: list[Insn | None] = [None] * len(starts)

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def __getitem__(self, i: int) -> Insn: ...
    @overload
    def __getitem__(self, i: slice) -> list[Insn]: ...
    def __getitem__(self, i: int | slice) -> Insn | list[Insn]:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        insn = self._known[i]
        if insn is None:
            insn = self._known[i] = _insn(self._code, self._words, self._starts[i], self._first)
        return insn


def _insn(code: Code, words: list[int], p: int, first: int) -> Insn:
    word = words[p]
    n, case, high, pos = _WIDTH[word], _CASE[word & 0xFF], word >> 8, first + p
    if n == 0:
        return Insn(pos, "nop")
    if case == _INVOKE:
        op, method, c = word & 0xFF, words[p + 1], words[p + 2]
        if op < 0x73 and method < len(code.narrow) and code.narrow[method]:
            count = high >> 4
            if count == 1:
                src: tuple[int, ...] = (c & 0xF,)
            elif count == 2:
                src = c & 0xF, c >> 4 & 0xF
            else:
                src = (c & 0xF, c >> 4 & 0xF, c >> 8 & 0xF, c >> 12, high & 0xF)[:count]
            return Insn(pos, "invoke", -1, src, None, method, op in (0x6E, 0x72), op == 0x71)
        return _invoke(code, op, high, method, c, pos)
    b = words[p + 1] if n > 1 else 0
    c = words[p + 2] if n > 2 else 0
    return _one(code, word & 0xFF, high, n, b, c, words, p, first)


def _payload(words: list[int], p: int) -> int:
    if p + 4 > len(words):
        return 1
    kind, size = words[p], words[p + 1]
    if kind == opcodes.PACKED:
        return 2 * size + 4
    if kind == opcodes.SPARSE:
        return 4 * size + 2
    return ((words[p + 2] | words[p + 3] << 16) * size + 1) // 2 + 4


# What an instruction is, by opcode.
(
    _NOP, _INVOKE, _GET, _PUT, _SGET, _SPUT, _RESULT, _STRING, _CONST, _CONST4, _IF2, _IF1, _GOTO, _MOVE, _MOVE1, _RETURN, _TYPED,
    _ENDS, _REST,
) = range(19)  # fmt: skip


def _cases() -> list[int]:
    out = [_REST] * 256
    out[0x00] = _NOP
    for case, ops in (
        (_INVOKE, (*range(0x6E, 0x73), *range(0x74, 0x79), *range(0xFA, 0xFE))), (_GET, range(0x52, 0x59)),
        (_PUT, range(0x59, 0x60)), (_SGET, range(0x60, 0x67)), (_SPUT, range(0x67, 0x6E)), (_RESULT, range(0x0A, 0x0D)),
        (_STRING, (0x1A, 0x1B)), (_CONST, range(0x12, 0x1A)), (_IF2, range(0x32, 0x38)), (_IF1, range(0x38, 0x3E)),
        (_GOTO, range(0x28, 0x2B)), (_MOVE, range(0x01, 0x0A)), (_RETURN, range(0x0E, 0x12)), (_TYPED, (0x1C, 0x22)),
        (_CONST4, (0x12,)), (_MOVE1, (0x01, 0x04, 0x07)), (_ENDS, (0x27, 0x2B, 0x2C)),
    ):  # fmt: skip
        for op in ops:
            out[op] = case
    return out


_CASE = _cases()
_TURNS = frozenset({"if", "goto", "return", "throw", "switch"})
_ASK = -2  # the register is not in the first unit


def _forms() -> tuple[list[str], list[int]]:
    """[65536] kind of an instruction, and the register that it writes, by its first unit."""
    names, wide = ["nop"] * 256, [0] * 256  # 1: register in four bits, 2: in eight, 3: in the next unit
    for name, size, ops in (
        ("move", 1, (0x01, 0x04, 0x07)), ("move", 2, (0x02, 0x05, 0x08)), ("move", 3, (0x03, 0x06, 0x09)), ("result", 2, range(0x0A, 0x0D)),
        ("exception", 2, (0x0D,)), ("return", 0, range(0x0E, 0x12)), ("const", 1, (0x12,)), ("const", 2, range(0x13, 0x1A)),
        ("string", 2, (0x1A, 0x1B)), ("class", 2, (0x1C,)), ("cast", 2, (0x1F,)), ("instanceof", 1, (0x20,)), ("length", 1, (0x21,)),
        ("new", 2, (0x22,)), ("array", 1, (0x23,)), ("array", 0, (0x24, 0x25)), ("fill", 0, (0x26,)), ("throw", 0, (0x27,)),
        ("goto", 0, range(0x28, 0x2B)), ("switch", 0, (0x2B, 0x2C)), ("cmp", 2, range(0x2D, 0x32)), ("if", 0, range(0x32, 0x3E)),
        ("aget", 2, range(0x44, 0x4B)), ("aput", 0, range(0x4B, 0x52)), ("get", 1, range(0x52, 0x59)), ("put", 0, range(0x59, 0x60)),
        ("sget", 2, range(0x60, 0x67)), ("sput", 0, range(0x67, 0x6E)), ("invoke", 0, (*range(0x6E, 0x73), *range(0x74, 0x79), *range(0xFA, 0xFE))),
        ("arith", 1, range(0x7B, 0x90)), ("arith", 2, range(0x90, 0xB0)), ("arith", 1, range(0xB0, 0xD8)), ("arith", 2, range(0xD8, 0xE3)),
    ):  # fmt: skip
        for op in ops:
            names[op], wide[op] = name, size
    ops_, dsts = names * 256, [-1] * 65536
    for unit in range(65536):
        if wide[unit & 0xFF]:
            dsts[unit] = (unit >> 8 & 0xF, unit >> 8, _ASK)[wide[unit & 0xFF] - 1]
    for payload in (opcodes.PACKED, opcodes.SPARSE, opcodes.ARRAY):
        ops_[payload] = "nop"
    return ops_, dsts


_OP, _DST = _forms()


def _one(
    code: Code, op: int, high: int, n: int, b: int, c: int, words: list[int], p: int, first: int
) -> Insn:  # fmt: skip
    pos = first + p
    case = _CASE[op]
    if case == _RESULT:
        return Insn(pos, "result", high)
    if case == _GET:
        return Insn(pos, "get", high & 0xF, (high >> 4,), None, b if b < len(code.field_class) else -1)
    if case == _CONST4:
        value = high >> 4
        return Insn(pos, "const", high & 0xF, (), value - 16 if value > 7 else value)
    if case == _STRING:
        string = b | c << 16 if n == 3 else b
        return Insn(pos, "string", high, (), None, string if string < len(code.string_start) else -1)
    if case == _IF1:
        return Insn(pos, "if", -1, (high,), op - 0x38, targets=(pos + (b - 0x10000 if b > 0x7FFF else b),))
    if case == _MOVE1:
        return Insn(pos, "move", high & 0xF, (high >> 4,))
    if case == _PUT:
        return Insn(pos, "put", -1, (high & 0xF, high >> 4), None, b if b < len(code.field_class) else -1)
    if case == _SGET:
        return Insn(pos, "sget", high, (), None, b if b < len(code.field_class) else -1)
    if case == _SPUT:
        return Insn(pos, "sput", -1, (high,), None, b if b < len(code.field_class) else -1)
    if case == _CONST:
        return _const(op, high, b, c, words, p, pos)
    if case == _IF2:
        return Insn(pos, "if", -1, (high & 0xF, high >> 4), op - 0x32, targets=(pos + _signed(b, 16),))
    if case == _GOTO:
        away = _signed(high, 8) if op == 0x28 else _signed(b, 16) if op == 0x29 else _signed(b | c << 16, 32)
        return Insn(pos, "goto", targets=(pos + away,))
    if case == _MOVE:
        return Insn(pos, "move", high, (b,)) if n == 2 else Insn(pos, "move", b, (c,))
    if case == _RETURN:
        return Insn(pos, "return", -1, () if op == 0x0E else (high,))
    if case == _TYPED:
        return Insn(pos, "class" if op == 0x1C else "new", high, (), None, b if b < len(code.type_string) else -1)
    return Insn(pos, "nop") if case == _NOP else _rest(code, op, high, b, c, words, p, pos)


def _const(op: int, high: int, b: int, c: int, words: list[int], p: int, pos: int) -> Insn:
    if op in (0x13, 0x16):
        value = _signed(b, 16)
    elif op in (0x14, 0x17):
        value = _signed(b | c << 16, 32)
    elif op == 0x15:
        value = _signed(b << 16, 32)
    elif op == 0x18:
        value = _signed(b | c << 16 | words[p + 3] << 32 | words[p + 4] << 48, 64)
    else:
        value = _signed(b << 48, 64)
    return Insn(pos, "const", high, (), value)


def _rest(code: Code, op: int, high: int, b: int, c: int, words: list[int], p: int, pos: int) -> Insn:
    """The less frequent instructions."""
    a4, b4 = high & 0xF, high >> 4
    if op in (0x2B, 0x2C):
        keys, targets = _switch(words, p, p + _signed(b | c << 16, 32))
        return Insn(pos, "switch", src=(high,), targets=tuple(pos + t for t in targets), keys=keys)
    if op == 0x0D:
        return Insn(pos, "exception", high)
    if op == 0x27:
        return Insn(pos, "throw", src=(high,))
    if op == 0x1F:
        return Insn(pos, "cast", high, (high,), ref=b if b < len(code.type_string) else -1)
    if op == 0x20:
        return Insn(pos, "instanceof", a4, (b4,), ref=b if b < len(code.type_string) else -1)
    if op == 0x21:
        return Insn(pos, "length", a4, (b4,))
    if op == 0x23:
        return Insn(pos, "array", a4, (b4,), ref=b if b < len(code.type_string) else -1)
    if op == 0x24:
        every = (c & 0xF, c >> 4 & 0xF, c >> 8 & 0xF, c >> 12, high & 0xF)
        return Insn(pos, "array", src=every[: high >> 4], ref=b if b < len(code.type_string) else -1)
    if op == 0x25:
        return Insn(pos, "array", src=tuple(range(c, c + high)), ref=b if b < len(code.type_string) else -1)
    if op == 0x26:
        return Insn(pos, "fill", src=(high,), value=pos + _signed(b | c << 16, 32))
    if 0x2D <= op <= 0x31:
        return Insn(pos, "cmp", high, (b & 0xFF, b >> 8), operator=(FLOAT, FLOAT, DOUBLE, DOUBLE, LONG)[op - 0x2D])
    if 0x44 <= op <= 0x4A:
        return Insn(pos, "aget", high, (b & 0xFF, b >> 8))
    if 0x4B <= op <= 0x51:
        return Insn(pos, "aput", src=(high, b & 0xFF, b >> 8))
    if 0x7B <= op <= 0x8F:
        return Insn(pos, "arith", a4, (b4,), operator=20)
    if 0x90 <= op <= 0xAF:
        return Insn(pos, "arith", high, (b & 0xFF, b >> 8), operator=_operator(op - 0x90))
    if 0xB0 <= op <= 0xCF:
        return Insn(pos, "arith", a4, (a4, b4), operator=_operator(op - 0xB0))
    if 0xD0 <= op <= 0xD7:
        return Insn(pos, "arith", a4, (b4,), value=_signed(b, 16), operator=_literal(op - 0xD0))
    if 0xD8 <= op <= 0xE2:
        return Insn(pos, "arith", high, (b & 0xFF,), value=_signed(b >> 8, 8), operator=_literal(op - 0xD8))
    return Insn(pos, "nop")


def _operator(k: int) -> int:
    """int 0 to 10, long 11 to 21, float and double five each."""
    return k if k < 11 else k - 11 if k < 22 else (k - 22) % 5


def _literal(k: int) -> int:
    """rsub (1) is a subtraction with its sides exchanged; told apart as -2."""
    return -2 if k == 1 else k


def _invoke(code: Code, op: int, high: int, b: int, c: int, pos: int) -> Insn:
    if op in (0xFC, 0xFD):
        return Insn(pos, "invoke", static=True)
    if op in _RANGE_INVOKES or op == 0xFB:
        registers = tuple(range(c, c + high))
    else:
        registers = (c & 0xF, c >> 4 & 0xF, c >> 8 & 0xF, c >> 12, high & 0xF)[: high >> 4]
    static = op in (0x71, 0x77)
    method = b if b < len(code.method_class) else -1
    virtual = op in (0x6E, 0x72, 0x74, 0x78, 0xFA, 0xFB)
    src = registers if method < 0 else _wide(code, method, registers, static)
    return Insn(pos, "invoke", src=src, ref=method, virtual=virtual, static=static)


def _switch(words: list[int], p: int, at: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(keys, targets relative to the switch) of the payload at word `at`."""
    if not 0 <= at < len(words) - 1:
        return (), ()
    size = words[at + 1]

    def ints(begin: int, n: int) -> tuple[int, ...]:
        if begin + 2 * n > len(words):
            return ()
        return tuple(_signed(words[k] | words[k + 1] << 16, 32) for k in range(begin, begin + 2 * n, 2))

    if words[at] == opcodes.PACKED:
        lowest = ints(at + 2, 1)
        targets = ints(at + 4, size)
        return tuple(range(lowest[0], lowest[0] + len(targets))) if lowest else (), targets
    if words[at] == opcodes.SPARSE:
        return ints(at + 2, size), ints(at + 2 + 2 * size, size)
    return (), ()


_NEXT = [(i + 1,) for i in range(MOST)]


def _flow(body: Body) -> None:
    """Targets from positions to instructions, and the successors."""
    count = len(body.ops)
    body.succ = [*_NEXT[:count], *((i + 1,) for i in range(MOST, count))]
    body.turns = [i for i, op in enumerate(body.ops) if op in _TURNS]
    if count:
        body.succ[-1] = ()
        if not body.turns or body.turns[-1] != count - 1:  # runs over the end: no path goes on from there
            body.turns.append(count - 1)
    for i in body.turns:
        insn = body.insns[i]
        if insn.targets:
            found = [body.index(t) for t in insn.targets]
            if -1 in found:
                body.cut = True
                keep = [k for k, t in enumerate(found) if t >= 0]
                insn.keys = tuple(insn.keys[k] for k in keep if k < len(insn.keys))
                found = [found[k] for k in keep]
            insn.targets = tuple(found)
        if insn.op in ("return", "throw", "goto"):
            body.succ[i] = insn.targets
        else:
            body.succ[i] += insn.targets


def _handlers(body: Body, data: bytes, first: int, size: int, tries: int) -> list[tuple[int, ...]]:
    """Exception successors by instruction (try_item, encoded_catch_handler_list)."""
    out: list[tuple[int, ...]] = [()] * len(body.ops)
    places = body.positions
    at = 2 * (first + size + (size & 1))
    base = at + 8 * min(tries, TRIES)
    known: dict[int, tuple[int, ...]] = {}
    left = OVERLAP * len(out)
    try:
        for k in range(min(tries, TRIES)):
            start, count, offset = struct.unpack_from("<IHH", data, at + 8 * k)
            if offset not in known:
                every = {i: None for a in _catches(data, base + offset) if (i := body.index(first + a)) >= 0}
                known[offset] = tuple(every)[:CATCHES]
                body.cut = body.cut or len(every) > CATCHES
            begin = body.index(first + start)
            if begin < 0:
                body.cut = True
                continue
            i = begin
            while i < len(out) and places[i] < first + start + count and left > 0:
                out[i] = known[offset]
                i, left = i + 1, left - 1
    except (struct.error, IndexError):
        body.cut = True
    return out


def _catches(data: bytes, at: int) -> list[int]:
    """Addresses of one encoded_catch_handler."""
    size, at = sleb(data, at)
    out = []
    for _ in range(min(abs(size), TRIES)):
        _, at = uleb(data, at)
        address, at = uleb(data, at)
        out.append(address)
    if size <= 0:
        address, at = uleb(data, at)
        out.append(address)
    return out
