"""The form of a decoded method body."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from mingcha.extract.package.columns import Code

# Comparisons of an `if`: value of the instruction. `if x` alone compares with zero.
EQ, NE, LT, GE, GT, LE = range(6)
NEGATED = (NE, EQ, GE, LT, LE, GT)
LONG, FLOAT, DOUBLE = range(3)  # what a cmp compares
CONCAT = 30


@dataclass(slots=True)
class Insn:
    """One instruction. `op` is one of const, string, class, move, result, invoke, get, put, sget, sput,
    new, if, goto, switch, return, throw, aget, aput, arith, cmp, cast, instanceof, array, fill, length,
    exception, nop."""

    pos: int
    """As `Code.event_pos`: code units from the begin of a DEX file, bytes from the begin of a class file's body."""
    op: str
    dst: int = -1
    """Register written, -1 for none."""
    src: tuple[int, ...] = ()
    """Registers read, in order: invoke, the arguments with the receiver first, wide ones once; put, value
    and object; aput, value, array, index."""
    value: int | None = None
    """Literal of const and of arith with a literal; comparison of an if; of an invoke without a method, where it
    is known, the call site."""
    ref: int = -1
    """Index into the container's methods (invoke), fields (get, put, sget, sput), types or strings."""
    virtual: bool = False
    static: bool = False
    operator: int = -1
    """Of arith: 0 add, 1 sub, 2 mul, 3 div, 4 rem, 5 and, 6 or, 7 xor, 8 shl, 9 shr, 10 ushr; 20 negation and
    conversions, which read one register. CONCAT of an invoke without a method that makes a text. LONG, FLOAT or
    DOUBLE of a cmp."""
    targets: tuple[int, ...] = ()
    """Instructions that a branch or switch may go to, besides the next one."""
    keys: tuple[int, ...] = ()
    """Of a switch: the value for each target. Of class files the last target has none: where all others go."""


class Lines(NamedTuple):
    """Instructions that are only ever run one after another. A question walks from line to line."""

    begin: list[int]
    """By instruction: the first one of its line."""
    joins: dict[int, list[int]]
    """By first instruction of a line: its predecessors, by exceptions too."""
    writes: dict[int, list[int]]
    """By register: the instructions that write it, in order."""


@dataclass(slots=True)
class Body:
    """One method. Indices count instructions."""

    code: Code
    definition: int
    insns: list[Insn]
    registers: int
    params: tuple[int, ...]
    """Registers of the parameters, receiver first unless the method is static, wide ones once."""
    succ: list[tuple[int, ...]] = field(default_factory=list)
    """Successors, the next instruction first."""
    handlers: list[tuple[int, ...]] = field(default_factory=list)
    """Where an exception of each instruction may go."""
    cut: bool = False
    """Malformed or too large: only a part was decoded, and nothing may be concluded from an absence."""
    positions: dict[int, int] | None = None
    """Instruction by position; asked for through `index`."""
    _lines: Lines | None = None

    def index(self, pos: int) -> int:
        """Number of the instruction at a position, -1 where none begins, or in class files where none can run."""
        if self.positions is None:
            self.positions = {insn.pos: i for i, insn in enumerate(self.insns)}
        return self.positions.get(pos, -1)

    def lines(self) -> Lines:
        """The straight lines of the body; worked out when first asked for."""
        if self._lines is None:
            self._lines = _lines(self)
        return self._lines

    def args(self, insn: Insn) -> tuple[int, ...]:
        """Registers of an invoke's arguments without the receiver."""
        return insn.src if insn.static else insn.src[1:]


def _lines(body: Body) -> Lines:
    insns, succ, handlers = body.insns, body.succ, body.handlers
    joins: dict[int, list[int]] = {}
    writes: dict[int, list[int]] = {}
    falls = -1  # the instruction that goes on here
    begin: list[int] = []
    for i, insn in enumerate(insns):
        begin.append(falls)  # for now: what goes on to this one
        following = succ[i]
        if len(following) == 1 and following[0] == i + 1:
            falls = i
        else:
            falls = -1
            for s in following:
                joins.setdefault(s, []).append(i)
        if handlers[i]:
            for s in handlers[i]:
                joins.setdefault(s, []).append(i)
        dst = insn.dst
        if dst >= 0:
            writes.setdefault(dst, []).append(i)
            # Of two registers only plain constants are told, which is what matters.
            if insn.op == "const" and insn.value is not None and not -(1 << 31) <= insn.value < 1 << 31:
                writes.setdefault(dst + 1, []).append(i)
    first = 0
    for i, falls in enumerate(begin):
        if falls < 0 or i in joins:
            first = i
            if falls >= 0:
                joins[i].append(falls)
        begin[i] = first
    return Lines(begin, joins, writes)
