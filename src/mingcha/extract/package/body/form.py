"""The form of a decoded method body."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Body:
    """One method. Indices count instructions. `insns` may be made one by one when asked for: whoever looks for
    some of them asks `ops` and `writes` where they are."""

    code: Code
    definition: int
    insns: Sequence[Insn]
    registers: int
    params: tuple[int, ...]
    """Registers of the parameters, receiver first unless the method is static, wide ones once."""
    ops: list[str] = field(default_factory=list)
    """`Insn.op` of each."""
    dsts: list[int] = field(default_factory=list)
    """`Insn.dst` of each."""
    turns: list[int] = field(default_factory=list)
    """Those that do not simply go on to the next one."""
    succ: list[tuple[int, ...]] = field(default_factory=list)
    """Successors, the next instruction first."""
    handlers: list[tuple[int, ...]] = field(default_factory=list)
    """Where an exception of each instruction may go."""
    cut: bool = False
    """Malformed or too large: only a part was decoded, and nothing may be concluded from an absence."""
    positions: list[int] = field(default_factory=list)
    """`Insn.pos` of each, ascending."""
    dead: frozenset[int] = frozenset()
    """Positions of a class file that no path leads to."""
    _joins: dict[int, list[int]] | None = None
    _begins: list[int] = field(default_factory=list)
    _writes: dict[int, list[int]] = field(default_factory=dict)

    def index(self, pos: int) -> int:
        """Number of the instruction at a position, -1 where none begins, or in class files where none can run."""
        i = bisect_left(self.positions, pos)
        if i >= len(self.positions) or self.positions[i] != pos or pos in self.dead:
            return -1
        # A class file has the exception at the position of what handles it.
        return i + (self.ops[i] == "exception" and self.positions[i + 1 : i + 2] == [pos])

    def joins(self) -> Mapping[int, list[int]]:
        """Predecessors, by exceptions too, of every instruction that does not only follow the one before it. From
        one such to the next is a straight line, and a question walks from line to line."""
        if self._joins is None:
            self._joins = joins = _joins(self)
            self._begins = sorted({0, *joins, *(i + 1 for i in self.turns)})
        return self._joins

    def begin(self, i: int) -> int:
        """First instruction of the straight line that an instruction is on."""
        if self._joins is None:
            self.joins()
        return self._begins[bisect_right(self._begins, i) - 1]

    def writes(self, register: int) -> list[int]:
        """Instructions that write a register, in order."""
        found = self._writes.get(register)
        if found is None:
            found = self._writes[register] = [i for i, dst in enumerate(self.dsts) if dst == register]
            # Of what writes two registers only plain constants are told, which is what matters.
            wide = [i for i, dst in enumerate(self.dsts) if dst == register - 1 and self.ops[i] == "const" and _is_wide(self.insns[i])]
            if wide:
                found += wide
                found.sort()
        return found

    def args(self, insn: Insn) -> tuple[int, ...]:
        """Registers of an invoke's arguments without the receiver."""
        return insn.src if insn.static else insn.src[1:]


def _is_wide(insn: Insn) -> bool:
    return insn.value is not None and not -(1 << 31) <= insn.value < 1 << 31


def _joins(body: Body) -> dict[int, list[int]]:
    succ, out = body.succ, defaultdict[int, list[int]](list)
    for i in body.turns:
        for s in succ[i]:
            out[s].append(i)
    if any(body.handlers):
        for i, caught in enumerate(body.handlers):
            for s in caught:
                out[s].append(i)
    turns = set(body.turns)
    for i in out:
        if i and i - 1 not in turns:
            out[i].append(i - 1)
    return dict(out)
