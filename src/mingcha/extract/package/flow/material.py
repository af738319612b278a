"""Keys and initialisation vectors whose bytes stand in the code, beyond the one-line form that
`patterns.py` sees: arrays with their contents, static fields, a constant that a caller hands over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mingcha.extract.package.body.analysis import constant, sources
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.dex.statics import stated
from mingcha.extract.package.flow.taint import Tracer
from mingcha.extract.package.graph.world import PROTO, World

SITES = 300  # places of one package that make a key or a vector
DEPTH = 6  # moves, fields and texts followed one after another
ASKS = 6_000  # registers of one package that are asked whether they hold an array
NAMES = 4  # rounds in which other registers are found that hold one array
WRITES = 3  # of a field; one that is written more often is no constant
_MAKES = (
    ("Ljavax/crypto/spec/SecretKeySpec;", "crypto-fixed-key"), ("Ljavax/crypto/spec/DESKeySpec;", "crypto-fixed-key"),
    ("Ljavax/crypto/spec/DESedeKeySpec;", "crypto-fixed-key"), ("Ljavax/crypto/spec/IvParameterSpec;", "crypto-fixed-iv"),
)  # fmt: skip
# (class, member) that only write a text or bytes in another way: what goes in as a constant comes out as one.
_SAME = frozenset(
    {("Ljava/lang/String;", "getBytes"), ("Ljava/lang/String;", "toCharArray"), ("Ljava/lang/String;", "substring"),
     ("Ljava/lang/String;", "trim"), ("Landroid/util/Base64;", "decode"), ("Ljava/util/Base64$Decoder;", "decode"),
     ("Ljava/util/Arrays;", "copyOf"), ("Ljava/util/Arrays;", "copyOfRange")}
)  # fmt: skip


class Made(NamedTuple):
    """A key or vector of constant bytes."""

    pattern: str
    d: int
    detail: str


def find(tracer: Tracer) -> Iterator[Made]:
    """All of a program."""
    w = tracer.world
    material = _Material(tracer)
    for cls, pattern in _MAKES:
        events = w.callers(references(w, cls, b"<init>"), SITES)
        tracer.cut = tracer.cut or len(events) > SITES
        for event in events[:SITES]:
            d = int(w.event_def[event])
            body = tracer.body(d) if int(w.def_class[d]) >= 0 else None
            code, local = w.event_place(event)
            i = body.index(int(code.event_pos[local])) if body else -1
            if body is None or i < 0 or body.cut or len(body.insns[i].src) < 2:
                continue
            detail = material.of(d, body, i, body.insns[i].src[1], DEPTH) or material.given(d, body, i, body.insns[i].src[1])
            if detail:
                yield Made(pattern, d, detail)


def references(world: World, cls: str, name: bytes) -> list[int]:
    """Method references of a class by name."""
    t, n = world.type_id.get(cls), world.name_id.get(name)
    if t is None or n is None:
        return []
    return [int(r) for r in ((world.ref_class == t) & (world.ref_sig >> PROTO == n)).nonzero()[0]]


@dataclass(slots=True)
class _Material:
    """Where the bytes in a register come from; every answer is a short text, empty for what is no constant."""

    tracer: Tracer
    asks: int = ASKS

    def of(self, d: int, body: Body, i: int, register: int, depth: int, used: int = -1) -> str:
        """Of a register before an instruction: one text where all of its sources are constants. `used`: the
        instruction that takes it in the end, where that is another."""
        found = sources(body, i, register) if depth > 0 else None
        details = [self._source(d, body, at, i if used < 0 else used, depth) for at in found or ()]
        return details[0] if details and all(details) else ""

    def given(self, d: int, body: Body, i: int, register: int) -> str:
        """Where it is a parameter: what a caller gives for it."""
        found = sources(body, i, register)
        if not found or len(found) != 1:
            return ""
        at = found[0]
        if at >= 0:  # a text that is turned into bytes here
            call = body.insns[at - 1] if body.insns[at].op == "result" and at else None
            if call is None or call.op != "invoke" or call.static or not call.src or _name(body, call.ref) not in _SAME:
                return ""
            found = sources(body, at - 1, call.src[0])
            if not found or len(found) != 1 or found[0] >= 0:
                return ""
            at = found[0]
        for caller, k in self.tracer.callers(d):
            above = self.tracer.body(caller)
            if above is None or above.cut or -1 - at >= len(above.insns[k].src):
                continue
            detail = self.of(caller, above, k, above.insns[k].src[-1 - at], DEPTH)
            if detail:
                return f"{detail} ← {self.tracer.world.method(caller)}"[:300]
        return ""

    def _source(self, d: int, body: Body, at: int, used: int, depth: int) -> str:
        if at < 0:
            return ""
        insn = body.insns[at]
        match insn.op:
            case "string":
                text = body.code.text(insn.ref)
                return f"{text[:2]}…({len(text)})" if text else ""
            case "move" | "cast":
                return self.of(d, body, at, insn.src[0], depth - 1, used)
            case "array" if insn.dst >= 0 and insn.src:
                return self._array(body, at, used)
            case "sget" if insn.ref >= 0:
                return self._static(body, insn.ref, depth - 1)
            case "result" if at and body.insns[at - 1].op == "invoke":
                call = body.insns[at - 1]
                if call.src and _name(body, call.ref) in _SAME:
                    return self.of(d, body, at - 1, call.src[0], depth - 1)
        return ""

    def _array(self, body: Body, at: int, used: int) -> str:
        """An array that the method makes and fills with constants only, or leaves at zero. Whoever is given it
        on the way may fill it."""
        made, size = body.insns[at], constant(body, at, body.insns[at].src[0])
        if not isinstance(size, int) or not 0 < size <= 4096:
            return ""
        filled = ""
        names, registers = {at}, {made.dst}  # instructions that put the array into a register
        uses: dict[int, list[int]] = {}
        for _ in range(NAMES):
            before = len(names)
            for k, insn in enumerate(body.insns):
                asked = [r for r in insn.src if r in registers]
                self.asks -= len(asked)
                if self.asks < 0:
                    self.tracer.cut = True
                    return ""
                mine = [r for r in asked if set(sources(body, k, r) or ()) & names]
                if mine and insn.op in ("move", "cast"):
                    names.add(k)
                    registers.add(insn.dst)
                elif mine:
                    uses[k] = mine
            if len(names) == before:
                break
        else:
            return ""
        for k, mine in uses.items():
            insn = body.insns[k]
            written = insn.op == "aput" and mine == [insn.src[1]] and isinstance(constant(body, k, insn.src[0]), int)
            if written or insn.op == "fill":
                filled = "{…}"
            elif k != used and insn.op not in ("length", "if", "sput", "put", "return"):
                return ""
        return f"byte[{size}]{filled or ' = 0'}"

    def _static(self, body: Body, ref: int, depth: int) -> str:
        """A final static field of the package, by what its class states or its initialiser writes."""
        w, code = self.tracer.world, body.code
        own = w.maps[w.container(code)]
        cls, name = int(own[code.field_class[ref]]), code.label(int(code.field_name[ref]))
        if cls not in w.class_at:
            return ""
        written = [
            (w.def_base[n] + int(w.codes[n].event_def[local]), int(w.codes[n].event_pos[local]))
            for n, f in w.fields(cls, name)
            for events, fields in (w.writes(n),)
            for local in events[fields == f][: WRITES + 1].tolist()
        ]
        if len(written) > WRITES or any(not w.method(d).endswith("-><clinit>()V") for d, _ in written):
            return ""
        if not written:
            n, row = w.class_at[cls]
            text = stated(w.codes[n], row, name)
            return f"{text[:2]}…({len(text)})" if isinstance(text, str) and text else ""
        details = []
        for d, pos in written:
            init = self.tracer.body(d)
            i = init.index(pos) if init else -1
            details.append(self.of(d, init, i, init.insns[i].src[0], depth) if init and i >= 0 else "")
        # An array without contents waits for somebody who fills it.
        return details[0] if all(details) and not any(t.endswith(" = 0") for t in details) else ""


def _name(body: Body, ref: int) -> tuple[str, str]:
    code = body.code
    return (code.type(int(code.method_class[ref])), code.label(int(code.method_name[ref]))) if ref >= 0 else ("", "")
