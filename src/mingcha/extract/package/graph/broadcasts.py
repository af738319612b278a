"""Receivers that code registers: they run when a broadcast comes, and most come when something happens.

Registering is not running. Some broadcasts are sticky, which the system delivers at registration (Android API
reference, Context.registerReceiver; in AOSP what sendStickyBroadcast is called with), the clock ticks every minute, and
some an app sends itself. Whatever else a receiver waits for may come before the user acts, or not: only a run tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from mingcha.extract.package.body.analysis import constant, sources
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.graph.reach import Reach
from mingcha.extract.package.graph.special import STARTS
from mingcha.extract.package.graph.world import PROTO, World

FLAG = "broadcast:"
"""What waits for a broadcast is closed by a flag of this kind and the action; UNKNOWN where that is no constant."""
UNKNOWN = "*"
SELF_COMING = frozenset({
    "android.intent.action.BATTERY_CHANGED", "android.net.conn.CONNECTIVITY_CHANGE", "android.net.wifi.WIFI_STATE_CHANGED",
    "android.net.wifi.STATE_CHANGE", "android.net.wifi.p2p.STATE_CHANGED", "android.net.wifi.p2p.CONNECTION_STATE_CHANGE",
    "android.net.wifi.p2p.THIS_DEVICE_CHANGED", "android.intent.action.HEADSET_PLUG", "android.intent.action.DOCK_EVENT",
    "android.intent.action.SIM_STATE_CHANGED", "android.intent.action.SERVICE_STATE",
    "android.hardware.usb.action.USB_STATE", "android.media.RINGER_MODE_CHANGED",
    "android.media.ACTION_SCO_AUDIO_STATE_UPDATED", "android.media.SCO_AUDIO_STATE_CHANGED",
    "android.intent.action.TIME_TICK",
})  # fmt: skip
CALLS = 2_000  # of one kind that are looked at
CALLERS = 24  # of a method that is given a filter
DEPTH = 3  # methods that a filter is followed through
_SENDS = {name: cls for name, (cls, kinds) in STARTS.items() if "receiver" in kinds} | {b"sendStickyBroadcast": None}
_FILTER = "Landroid/content/IntentFilter;"
_INTENT = "Landroid/content/Intent;"


def waiting(world: World, reach: Reach) -> dict[int, frozenset[str]]:
    """Reached calls of Context.registerReceiver whose receiver waits, with a flag for each action that it waits for.
    Not those that the system or the clock answers in any case."""
    w = world
    context, filter_ = w.type_id.get("Landroid/content/Context;"), w.type_id.get(_FILTER)
    out: dict[int, frozenset[str]] = {}
    if context is None or filter_ is None:
        return out
    for event in _calls(w, b"registerReceiver"):
        d, ref = int(w.event_def[event]), int(w.operand[event])
        cls, sig = int(w.ref_class[ref]), int(w.ref_sig[ref])
        if not reach.reached[d] or context not in w.above(cls) or w.one(cls, sig) >= 0:  # code of its own is followed
            continue
        declared = w.arguments(sig)
        actions = _argument(w, event, declared.index(filter_), DEPTH) if filter_ in declared else {UNKNOWN}
        if not actions & SELF_COMING:
            out[event] = frozenset(FLAG + action for action in actions)
    return out


@dataclass(slots=True)
class Sent:
    """Which actions the package's own code sends, and where; worked out when first asked for."""

    world: World
    _events: Mapping[str, list[tuple[int, int]]] | None = field(default=None)

    def at_start(self, flag: str, reach: Reach, closed: Mapping[int, frozenset[str]]) -> bool:
        """Whether start-up code sends what a flag waits for: a class that names the action in an intent sends one."""
        if self._events is None:
            self._events = self._find(reach)
        def_of = self.world.event_def
        return any(
            all(reach.reached[def_of[e]] and e not in closed for e in pair)
            for pair in self._events.get(flag.removeprefix(FLAG), ())
        )

    def _find(self, reach: Reach) -> Mapping[str, list[tuple[int, int]]]:
        w = self.world
        sends: dict[int, list[int]] = defaultdict(list)  # class -> events
        for name, wanted in _SENDS.items():
            for event in _calls(w, name):
                cls = w.types[int(w.ref_class[w.operand[event]])]
                if wanted in (None, cls):
                    sends[int(w.def_class[w.event_def[event]])].append(event)
        out: dict[str, list[tuple[int, int]]] = defaultdict(list)
        intent = w.type_id.get(_INTENT, -1)
        for event in (e for name in (b"<init>", b"setAction") for e in _calls(w, name, intent)):
            home = sends.get(int(w.def_class[w.event_def[event]]))
            action = _text(w, event) if home else None
            for send in home if action and home else ():
                out[action or ""].append((event, send))
        return out


def _calls(w: World, name: bytes, cls: int | None = None) -> list[int]:
    """Calls of methods of a name, of one class or of any."""
    number = w.name_id.get(name, -1)
    refs = np.flatnonzero((w.ref_sig >> PROTO == number) & (True if cls is None else w.ref_class == cls))
    return w.callers(refs.tolist(), CALLS)[:CALLS]


def _place(w: World, event: int) -> tuple[Body, int] | None:
    """Body and instruction of an event."""
    body = w.body(int(w.event_def[event]))
    code, local = w.event_place(event)
    i = body.index(int(code.event_pos[local])) if body else -1
    return (body, i) if body is not None and i >= 0 else None


def _text(w: World, event: int) -> str | None:
    """The text that a call is given first."""
    found = _place(w, event)
    args = found[0].args(found[0].insns[found[1]]) if found else ()
    text = constant(*found, args[0]) if found and args else None
    return text if isinstance(text, str) else None


def _argument(w: World, event: int, k: int, depth: int) -> set[str]:
    """Actions of the filter that a call is given as its k-th argument."""
    found = _place(w, event)
    args = found[0].args(found[0].insns[found[1]]) if found else ()
    return _actions(w, int(w.event_def[event]), *found, args[k], depth) if found and k < len(args) else {UNKNOWN}


def _actions(w: World, d: int, body: Body, i: int, register: int, depth: int) -> set[str]:
    """Actions of the filter in a register before an instruction; UNKNOWN for each that is no constant."""
    origins = _origins(body, i, register)
    if len(origins) != 1 or body.cut or depth <= 0:
        return {UNKNOWN}
    at = next(iter(origins))
    if at < 0:
        return _given(w, d, -1 - at, depth)
    insn = body.insns[at]
    if insn.op == "new" and body.code.type(insn.ref) == _FILTER:
        return _filled(body, at)
    if insn.op == "result" and at and body.insns[at - 1].op == "invoke":
        target = w.target(body.code, body.insns[at - 1].ref, body.insns[at - 1].virtual)
        made = w.body(target) if target >= 0 else None
        ends = [r for r in made.turns if made.ops[r] == "return" and made.insns[r].src] if made else []
        if made and len(ends) == 1:
            return _actions(w, target, made, ends[0], made.insns[ends[0]].src[0], depth - 1)
    return {UNKNOWN}


def _given(w: World, d: int, k: int, depth: int) -> set[str]:
    """Of a filter that a method is given, what all of its callers give: with one that only waits, it waits."""
    k -= not int(w.def_flags[d]) & 0x8
    events = w.callers(w.related(d), CALLERS)
    out: set[str] = set()
    for event in events if k >= 0 and len(events) <= CALLERS else ():
        actions = _argument(w, event, k, depth - 1)
        if not actions & SELF_COMING:
            return actions
        out |= actions
    return out or {UNKNOWN}


def _filled(body: Body, made: int) -> set[str]:
    """What a body puts into the filter that it makes at an instruction."""
    out: set[str] = set()
    for i in (i for i, op in enumerate(body.ops) if op == "invoke"):
        insn = body.insns[i]
        if insn.static or insn.ref < 0 or not insn.src:
            continue
        name = body.code.text(int(body.code.method_name[insn.ref]))
        args = body.args(insn)
        if name not in ("<init>", "addAction") or not args or _origins(body, i, insn.src[0]) != {made}:
            continue
        text = constant(body, i, args[0])
        out.add(text if isinstance(text, str) else UNKNOWN)
    return out or {UNKNOWN}


def _origins(body: Body, i: int, register: int) -> set[int]:
    """Where the value of a register comes from, through moves and casts; as `sources`, empty where unknown."""
    out: set[int] = set()
    todo, seen = [(i, register)], set()
    while todo:
        for at in sources(body, *todo.pop()) or (None,):
            if at is None:
                return set()
            if at >= 0 and body.insns[at].op in ("move", "cast"):
                if at not in seen:
                    seen.add(at)
                    todo.append((at, body.insns[at].src[0]))
            else:
                out.add(at)
    return out


def only(flags: Iterable[str]) -> bool:
    """Whether some flags are such ones."""
    return all(f.startswith(FLAG) for f in flags)
