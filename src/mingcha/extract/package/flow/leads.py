"""What a method leads to within a few calls, whatever the branches."""

from __future__ import annotations

from collections.abc import Iterator

from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.flow.taint import Tracer

METHODS = 80  # looked at for one question
WAYS = 4  # methods that one call may run; with more it says nothing


def near(tracer: Tracer, d: int, calls: int) -> Iterator[tuple[int, Body]]:
    """The method and those that it leads to over at most `calls` calls, nearest first. Making a Runnable
    leads to what it runs."""
    seen, level = {d}, [d]
    for _ in range(calls + 1):
        following: list[int] = []
        for at in level:
            body = tracer.body(at)
            if body is None:
                continue
            yield at, body
            for i in [i for i, op in enumerate(body.ops) if op in ("new", "invoke")]:
                following += [t for t in _next(tracer, body, body.insns[i]) if t not in seen]
                seen.update(following)
                if len(seen) > METHODS:
                    break
        level = list(dict.fromkeys(following))[:METHODS]


def _next(tracer: Tracer, body: Body, insn: Insn) -> list[int]:
    w = tracer.world
    if insn.op == "new" and insn.ref >= 0:
        cls = int(w.maps[w.container(body.code)][insn.ref])
        return w.members(cls, b"run", "()") if cls in w.class_at else []
    if insn.op != "invoke" or insn.ref < 0:
        return []
    found = w.target(body.code, insn.ref, insn.virtual)
    if found >= 0:
        return [found]
    if not insn.virtual:
        return []
    ref = w.ref_base[w.container(body.code)] + insn.ref
    cls, sig = int(w.ref_class[ref]), int(w.ref_sig[ref])
    if cls not in w.class_at:  # a call of the platform's interfaces may run anything
        return []
    ways = [o for o in w.with_signature(sig) if cls in w.above(int(w.def_class[o]))]
    return ways if len(ways) <= WAYS else []
