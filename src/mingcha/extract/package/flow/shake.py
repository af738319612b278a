"""Motion sensors that lead away: a listener that compares what it is told with a number written in the
code, and from which code goes on to another page, screen or advertisement."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from mingcha.extract.package.body.analysis import constant
from mingcha.extract.package.body.form import DOUBLE, FLOAT, Body
from mingcha.extract.package.flow.leads import near
from mingcha.extract.package.flow.passes import DATA, PASSES
from mingcha.extract.package.flow.sinks import Methods
from mingcha.extract.package.flow.taint import Tracer
from mingcha.extract.package.graph.world import PROTO

LISTENERS = 100  # of one package
INTO, ON = 2, 3  # calls followed to the comparison, and to where it leads
_LISTENER = "Landroid/hardware/SensorEventListener;"
_NUMBERS = ("Ljava/lang/Math;", "Landroid/util/FloatMath;", "Ljava/lang/Float;", "Ljava/lang/Double;", "Ljava/lang/Number;")
_EVENT = "(Landroid/hardware/SensorEvent;)V"
_VIEW = "android.intent.action.VIEW"
_STARTS = frozenset({"startActivity", "startActivityForResult", "startActivityIfNeeded", "startActivities"})
_PAGES = frozenset({"loadUrl", "loadData", "loadDataWithBaseURL"})


class Shake(NamedTuple):
    """A listener, the highest threshold it states, and what it leads to."""

    d: int
    value: float
    detail: str


def find(tracer: Tracer) -> Iterator[Shake]:
    """All listeners of a program that compare and lead away."""
    w = tracer.world
    name = w.name_id.get(b"onSensorChanged")
    base = w.type_id.get(_LISTENER)
    if name is None or base is None:
        return
    # Readings are followed as values are, but only as numbers; that they are sensitive themselves does not end
    # the way.
    sinks = replace(tracer.methods.sinks, takes={}, listed=frozenset())
    readings = Tracer(w, Methods(w, sinks, {c: PASSES[c] for c in _NUMBERS}), tracer.owners, compares=True)
    rows = ((w.def_sig >> PROTO == name) & (w.def_class >= 0)).nonzero()[0].tolist()
    for d in rows[:LISTENERS]:
        if base not in w.above(int(w.def_class[d])) or w.proto_text(int(w.def_sig[d])) != _EVENT:
            continue
        values = _thresholds(readings, d)
        target = _leads(tracer, d) if values else ""
        if target:
            stated = ", ".join(f"{v:g}" for v in values[:6])
            yield Shake(d, max(values), f"{stated} → {target}"[:300])


def _thresholds(tracer: Tracer, d: int) -> list[float]:
    """Numbers that the readings are compared with, most frequent first; zero only tells directions apart."""
    tracer.again()
    found: Counter[float] = Counter()
    tests = set(tracer.inside(d, 1, DATA, INTO).tests)
    for key in list(tracer.inside(d, 1, DATA, INTO).fields)[:12]:
        for reader, reads in tracer.readers(*key):
            body = tracer.body(reader)
            places = [(s, body.insns[i].dst, DATA) for i in reads for s in body.succ[i]] if body else []
            if places:
                tests |= tracer.run(reader, places, (), 1).tests
    for m, i in sorted(tests):
        body = tracer.body(m)
        value = _literal(body, i) if body else None
        if value is not None and 0.05 <= abs(value) < 1e6:
            found[abs(value)] += 1
    return [v for v, _ in found.most_common()]


def _literal(body: Body, i: int) -> float | None:
    """The number on one side of a comparison, None where neither is a constant."""
    insn = body.insns[i]
    if len(insn.src) != 2:
        return None
    for register in insn.src:
        value = constant(body, i, register)
        if isinstance(value, int):
            if insn.operator == FLOAT:
                bits = struct.unpack("<f", struct.pack("<I", value & 0xFFFFFFFF))[0]
                return float(f"{bits:.7g}")  # 9.8 as it was written, not as a double sees it
            if insn.operator == DOUBLE:
                return float(struct.unpack("<d", struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF))[0])
            return float(value)
    return None


def _leads(tracer: Tracer, d: int) -> str:
    """The first call away that the listener leads to, empty for none."""
    w, owners = tracer.world, tracer.owners
    ads = tracer.methods.sinks.ads
    own = owners.defined(w.types[int(w.def_class[d])])
    for _, body in near(tracer, d, ON):
        code, n = body.code, w.container(body.code)
        for insn in body.insns:
            if insn.op == "string" and insn.ref >= 0 and code.text(insn.ref) == _VIEW:
                return _VIEW
            if insn.op != "invoke" or insn.ref < 0:
                continue
            m = tracer.methods.of(n, code, insn.ref)
            proto = code.proto(int(code.method_proto[insn.ref]))
            web = m.name in _PAGES and w.type_id.get("Landroid/webkit/WebView;") in w.above(int(w.maps[n][code.method_class[insn.ref]]))
            if (m.name in _STARTS and proto.startswith(("(Landroid/content/Intent;", "([Landroid/content/Intent;"))) or web:
                return code.method(insn.ref)
            to = owners.of(m.cls)
            if to.kind == "sdk" and to.id in ads and to.id != own.id:
                return code.method(insn.ref)
    return ""
