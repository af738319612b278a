"""DEX code items → `Body` (Android "Dalvik bytecode", "Dex instruction formats", "code_item").

Class files of archives are not decoded here: what is asked of bodies concerns applications.
Nothing raises, whatever the bytes are; what does not fit is cut off and said.
"""

from __future__ import annotations

import struct

from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.columns import Code
from mingcha.extract.package.dex import opcodes
from mingcha.extract.package.dex.tables import DexBodies

MOST = 20_000  # instructions of one body; the longest of real packages have some thousand
TRIES = 2_000
_STATIC = 0x8
_WIDE_TYPES = ("J", "D")


def decode(code: Code, definition: int, limit: int = MOST) -> Body | None:
    """The body of a definition; None where it has none (abstract, native, class file)."""
    bodies = code.bodies
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
    body = Body(code, definition, [], registers, _params(code, definition, registers, ins))
    _instructions(body, words, end - first, first, limit, units)
    _flow(body, first)
    body.handlers = _handlers(body, code.data, first, size, tries) if tries else [()] * len(body.insns)
    return body


def _params(code: Code, definition: int, registers: int, ins: int) -> tuple[int, ...]:
    at = max(registers - ins, 0)
    out = []
    if not int(code.def_flags[definition]) & _STATIC:
        out.append(at)
        at += 1
    method = int(code.def_method[definition])
    proto = int(code.method_proto[method]) if method >= 0 else -1
    if 0 <= proto < len(code.proto_return):
        for t in code.proto_args[proto]:
            out.append(at)
            at += 2 if code.type(t) in _WIDE_TYPES else 1
    return tuple(r for r in out if r < registers)


def _wide(code: Code, method: int, registers: tuple[int, ...], static: bool) -> tuple[int, ...]:
    """Argument registers with each wide value once, by its first register."""
    proto = int(code.method_proto[method]) if 0 <= method < len(code.method_proto) else -1
    if not 0 <= proto < len(code.proto_return):
        return registers
    args = code.proto_args[proto]
    if len(registers) == len(args) + (not static):
        return registers
    out = list(registers[: 0 if static else 1])
    at = len(out)
    for t in args:
        out += registers[at : at + 1]
        at += 2 if code.type(t) in _WIDE_TYPES else 1
    return tuple(out)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


_IF = range(0x32, 0x38)
_IFZ = range(0x38, 0x3E)
_RANGE_INVOKES = range(0x74, 0x79)


def _instructions(body: Body, words: list[int], size: int, first: int, limit: int, units: object) -> None:
    """Decode in order; branch targets are kept as positions until all are known."""
    code, out = body.code, body.insns
    width = opcodes.WIDTH
    p = 0
    total = len(words)
    while p < size:
        if len(out) >= limit:
            body.cut = True
            return
        word = words[p]
        op, high = word & 0xFF, word >> 8
        n = int(width[word])
        if n == 0:  # a payload: data between the instructions
            n = _payload(words, p)
            out.append(Insn(first + p, "nop"))
            p += n
            continue
        if p + n > total:
            body.cut = True
            return
        b = words[p + 1] if n > 1 else 0
        c = words[p + 2] if n > 2 else 0
        out.append(_one(code, op, high, n, b, c, words, p, first))
        p += n


def _payload(words: list[int], p: int) -> int:
    if p + 4 > len(words):
        return 1
    kind, size = words[p], words[p + 1]
    if kind == opcodes.PACKED:
        return 2 * size + 4
    if kind == opcodes.SPARSE:
        return 4 * size + 2
    return ((words[p + 2] | words[p + 3] << 16) * size + 1) // 2 + 4


def _one(
    code: Code, op: int, high: int, n: int, b: int, c: int, words: list[int], p: int, first: int
) -> Insn:  # fmt: skip
    pos = first + p
    a4, b4 = high & 0xF, high >> 4
    if 0x6E <= op <= 0x72 or op in _RANGE_INVOKES or 0xFA <= op <= 0xFD:
        return _invoke(code, op, high, b, c, pos)
    if 0x52 <= op <= 0x58:
        return Insn(pos, "get", a4, (b4,), ref=b if b < len(code.field_class) else -1)
    if 0x59 <= op <= 0x5F:
        return Insn(pos, "put", src=(a4, b4), ref=b if b < len(code.field_class) else -1)
    if 0x60 <= op <= 0x66:
        return Insn(pos, "sget", high, ref=b if b < len(code.field_class) else -1)
    if 0x67 <= op <= 0x6D:
        return Insn(pos, "sput", src=(high,), ref=b if b < len(code.field_class) else -1)
    if 0x0A <= op <= 0x0C:
        return Insn(pos, "result", high)
    if op in (0x1A, 0x1B):
        string = b | c << 16 if op == 0x1B else b
        return Insn(pos, "string", high, ref=string if string < len(code.string_start) else -1)
    if op == 0x12:
        return Insn(pos, "const", a4, value=_signed(b4, 4))
    if op in (0x13, 0x16):
        return Insn(pos, "const", high, value=_signed(b, 16))
    if op in (0x14, 0x17):
        return Insn(pos, "const", high, value=_signed(b | c << 16, 32))
    if op == 0x15:
        return Insn(pos, "const", high, value=_signed(b << 16, 32))
    if op == 0x18:
        raw = b | c << 16 | words[p + 3] << 32 | words[p + 4] << 48
        return Insn(pos, "const", high, value=_signed(raw, 64))
    if op == 0x19:
        return Insn(pos, "const", high, value=_signed(b << 48, 64))
    if op in _IF:
        return Insn(pos, "if", src=(a4, b4), value=op - 0x32, targets=(pos + _signed(b, 16),))
    if op in _IFZ:
        return Insn(pos, "if", src=(high,), value=op - 0x38, targets=(pos + _signed(b, 16),))
    if op == 0x28:
        return Insn(pos, "goto", targets=(pos + _signed(high, 8),))
    if op in (0x29, 0x2A):
        away = _signed(b, 16) if op == 0x29 else _signed(b | c << 16, 32)
        return Insn(pos, "goto", targets=(pos + away,))
    if op in (0x2B, 0x2C):
        keys, targets = _switch(words, p, p + _signed(b | c << 16, 32))
        return Insn(pos, "switch", src=(high,), targets=tuple(pos + t for t in targets), keys=keys)
    if op in (0x01, 0x04, 0x07):
        return Insn(pos, "move", a4, (b4,))
    if op in (0x02, 0x05, 0x08):
        return Insn(pos, "move", high, (b,))
    if op in (0x03, 0x06, 0x09):
        return Insn(pos, "move", b, (c,))
    if op == 0x0E:
        return Insn(pos, "return")
    if 0x0F <= op <= 0x11:
        return Insn(pos, "return", src=(high,))
    if op == 0x0D:
        return Insn(pos, "exception", high)
    if op == 0x27:
        return Insn(pos, "throw", src=(high,))
    if op in (0x1C, 0x22):
        return Insn(pos, "class" if op == 0x1C else "new", high, ref=b if b < len(code.type_string) else -1)
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
        return Insn(pos, "cmp", high, (b & 0xFF, b >> 8))
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


def _flow(body: Body, first: int) -> None:
    """Targets from positions to instructions, and the successors."""
    count = len(body.insns)
    for i, insn in enumerate(body.insns):
        if insn.targets:
            found = [body.index(t) for t in insn.targets]
            if -1 in found:
                body.cut = True
                keep = [k for k, t in enumerate(found) if t >= 0]
                insn.keys = tuple(insn.keys[k] for k in keep if k < len(insn.keys))
                found = [found[k] for k in keep]
            insn.targets = tuple(found)
        ends = insn.op in ("return", "throw", "goto")
        following = () if ends or i + 1 >= count else (i + 1,)
        body.succ.append((*following, *insn.targets))


def _handlers(body: Body, data: bytes, first: int, size: int, tries: int) -> list[tuple[int, ...]]:
    """Exception successors by instruction (try_item, encoded_catch_handler_list)."""
    out: list[tuple[int, ...]] = [()] * len(body.insns)
    at = 2 * (first + size + (size & 1))
    base = at + 8 * min(tries, TRIES)
    known: dict[int, tuple[int, ...]] = {}
    try:
        for k in range(min(tries, TRIES)):
            start, count, offset = struct.unpack_from("<IHH", data, at + 8 * k)
            if offset not in known:
                known[offset] = tuple(
                    i for a in _catches(data, base + offset) if (i := body.index(first + a)) >= 0
                )
            begin = body.index(first + start)
            if begin < 0:
                body.cut = True
                continue
            i = begin
            while i < len(out) and body.insns[i].pos < first + start + count:
                out[i] = known[offset]
                i += 1
    except (struct.error, IndexError):
        body.cut = True
    return out


def _catches(data: bytes, at: int) -> list[int]:
    """Addresses of one encoded_catch_handler."""
    size, at = _leb(data, at, True)
    out = []
    for _ in range(min(abs(size), TRIES)):
        _, at = _leb(data, at, False)
        address, at = _leb(data, at, False)
        out.append(address)
    if size <= 0:
        address, at = _leb(data, at, False)
        out.append(address)
    return out


def _leb(data: bytes, at: int, signed: bool) -> tuple[int, int]:
    value = shift = 0
    while shift < 35:
        b = data[at]
        at += 1
        value |= (b & 0x7F) << shift
        shift += 7
        if b < 0x80:
            if signed and b & 0x40:
                value -= 1 << shift
            break
    return value, at
