"""Flags that are objects: atomic booleans in fields, and files whose being there is the flag.

What is asked of each is the same as of other flags (`values.py`, `writers.py`): its name, its value at
first start, and who changes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mingcha.extract.package.body.analysis import constant, sources
from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.graph.world import World

ATOMIC, FILE = "Ljava/util/concurrent/atomic/AtomicBoolean;", "Ljava/io/File;"
ASKS: dict[str, tuple[str, ...]] = {ATOMIC: ("get", "getPlain", "getAcquire"), FILE: ("exists", "isFile")}
_SETS = (b"set", b"lazySet", b"compareAndSet", b"getAndSet", b"setPlain", b"setRelease", b"weakCompareAndSet")
_MAKES = frozenset({
    "createNewFile", "mkdir", "mkdirs", "openFileOutput", "FileOutputStream", "FileWriter", "RandomAccessFile", "renameTo",
})  # fmt: skip
SITES = 200


def name(world: World, body: Body, at: int, register: int, cls: str) -> str | None:
    """Name of the flag that a register's object is: atomic:Lcls;->field, file:name."""
    found = sources(body, at, register)
    if not found or len(found) != 1 or found[0] < 0:
        return None
    insn = body.insns[found[0]]
    code = body.code
    if cls == ATOMIC and insn.op in ("get", "sget") and insn.ref >= 0:
        return f"atomic:{code.type(int(code.field_class[insn.ref]))}->{code.label(int(code.field_name[insn.ref]))}"
    if cls == FILE and insn.op == "new":
        made = _constructor(body, found[0])
        text = constant(body, made, body.insns[made].src[-1]) if made >= 0 and len(body.insns[made].src) > 1 else None
        return f"file:{text[:120]}" if isinstance(text, str) else None
    return None


def _constructor(body: Body, new: int) -> int:
    """The call that constructs what an instruction makes, -1 where none follows in a straight line."""
    register = body.insns[new].dst
    for i in range(new + 1, min(new + 12, len(body.insns))):
        insn = body.insns[i]
        if insn.op == "invoke" and insn.src[:1] == (register,) and not insn.virtual and not insn.static:
            return i
        if insn.op in ("if", "switch", "goto") or insn.dst == register:
            return -1
    return -1


def initial(world: World, flag: str) -> int | None:
    """Value at first start: what the constructor of an atomic was given, 0 for a file."""
    if flag.startswith("file:"):
        return 0
    cls, _, field = flag.partition(":")[2].partition("->")
    values: set[int | None] = set()
    for n, f in world.fields(world.type_id.get(cls, -1), field):
        code = world.codes[n]
        events, fields = world.writes(n)
        for local in events[fields == f].tolist()[:SITES]:
            d = int(code.event_def[local]) + world.def_base[n]
            body = world.body(d)
            i = body.index(int(code.event_pos[local])) if body else -1
            found = sources(body, i, body.insns[i].src[0]) if body and i >= 0 else None
            if not body or not found or len(found) != 1 or found[0] < 0 or body.insns[found[0]].op != "new":
                return None
            made = _constructor(body, found[0])
            if made < 0:
                return None
            args = body.insns[made].src[1:]
            value = constant(body, made, args[0]) if args else 0
            values.add(value if isinstance(value, int) else None)
    return values.pop() if len(values) == 1 else None


def writes(world: World, flag: str) -> Iterator[tuple[int, int | None]]:
    """(event, value) of the calls that set an atomic."""
    t = world.type_id.get(ATOMIC)
    names = {world.name_id[n] for n in _SETS if n in world.name_id}
    if t is None:
        return
    refs = [r for r in world.references(t) if world.name_number(r) in names]
    for event in world.callers(refs, SITES):
        body = world.body(int(world.event_def[event]))
        code, local = world.event_place(event)
        i = body.index(int(code.event_pos[local])) if body else -1
        if body is None or i < 0 or len(body.insns[i].src) < 2:
            continue
        if name(world, body, i, body.insns[i].src[0], ATOMIC) == flag:
            value = constant(body, i, body.insns[i].src[-1])
            yield event, value if isinstance(value, int) else None


def makes_file(body: Body, insn: Insn) -> bool:
    """Whether a call makes or writes a file."""
    if insn.op != "invoke" or insn.ref < 0:
        return False
    code = body.code
    called = code.text(int(code.method_name[insn.ref]))
    if called == "<init>":
        called = code.type(int(code.method_class[insn.ref])).rpartition("/")[2].rstrip(";")
    return called in _MAKES
