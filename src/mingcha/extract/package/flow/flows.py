"""From sensitive calls to `flow` facts: the value goes on in its method (`taint.py`), back to the callers
of that method, and through fields to the methods of the same class that read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mingcha.extract.package.body.analysis import constant
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.flow.passes import DATA, HANDLE, MEMBERS, STATES
from mingcha.extract.package.flow.sinks import Methods, Sinks
from mingcha.extract.package.flow.taint import Found, Place, Tracer
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.owners import Owners

Fact = dict[str, Any]
CALLS = 3  # followed from the method that obtains a value to the one that hands it to a sink
FACTS = 500  # of one package
# What a reference of each kind gives: the value, or only what leads to it. Receivers registered by an intent
# filter get theirs in another method, by another call.
_LEADS = frozenset({"getMethod", "getDeclaredMethod", "getField", "getDeclaredField", "acquireContentProviderClient", "parse"})
_VIA = frozenset({"direct", "provider", "settings-key", "reflection", "command", "file"})
_NEVER = frozenset({"forName", "registerContentObserver"})
# Calls that only set something going: what they give back is a sign of that.
_ASKS = (
    "Init", "add", "attach", "capture", "choose", "createA", "createC", "createS", "discover", "has", "is", "listen", "new",
    "on", "prepare", "register", "request", "respond", "set", "start", "take",
)  # fmt: skip
_EVERY = frozenset({"android.intent.action.MAIN", "android.intent.category.LAUNCHER"})
_MINE = ("Landroid/os/Process;->myPid()I", "Landroid/app/ActivityManager$RunningAppProcessInfo;->pid:I")


class _Level(NamedTuple):
    """What came out of one method, and how many calls are left from there."""

    d: int
    found: Found
    left: int
    path: tuple[int, ...]


def flows(
    world: World, facts: Iterable[Mapping[str, Any]], owners: Owners, sinks: Sinks, exhibit: str,
    cut: set[str] | None = None,
) -> Iterator[Fact]:  # fmt: skip
    """A fact for each sink that a value of an `api-call` reaches, once per item, caller, kind and receiver. Calls
    whose values were not followed to their end go into `cut`."""
    tracer = Tracer(world, Methods(world, sinks), owners)
    seen: set[tuple[str, str, str, str]] = set()
    for call in facts:
        if not wanted(call, sinks):
            continue
        d = world.find(call["caller"])
        body = tracer.body(d) if d >= 0 else None
        tracer.again()
        for sunk, path in _follow(tracer, d, body, call) if body else ():
            key = call["item"], call["caller"], sunk.kind, sunk.receiver.id
            vendor = sinks.vendors.get(sunk.receiver.id)
            if sunk.kind == "clipboard" == call["item"]:  # back to where it came from
                continue
            own = sunk.kind == "sdk" and (
                sunk.receiver.id == call["owner"]["id"] or vendor == sinks.vendors.get(call["owner"]["id"])
            )
            if key in seen or own:
                continue
            seen.add(key)
            if len(seen) > FACTS:
                tracer.cut = True
                break
            yield {
                "kind": "flow", "exhibit": exhibit, "where": f"{call['dex']}:{call['caller']}", "item": call["item"],
                "api": call["api"], "caller": call["caller"], "sink": sunk.callee, "sink_kind": sunk.kind,
                "path": [world.method(m) for m in path], "owner": call["owner"], "receiver": sunk.receiver.fact(),
                "dex": call["dex"],
            }  # fmt: skip
        if tracer.cut and cut is not None:
            cut.add(call["api"])
        if len(seen) > FACTS:
            return
        tracer.cut = False


def wanted(call: Mapping[str, Any], sinks: Sinks) -> bool:
    """Whether a call yields personal information, and not only a state or a count."""
    if call["kind"] != "api-call" or call["group"] != "item" or call["item"] not in sinks.items:
        return False
    name = call["callee"].partition("(")[0].rpartition(">")[2].partition(":")[0]
    home, _, member = call["api"].rpartition(".")
    short = member if "#" in member else f"{home.rpartition('.')[2]}.{member}"
    return call["via"] in _VIA and name not in _NEVER and short not in STATES and short not in MEMBERS


def _follow(tracer: Tracer, d: int, body: Body, call: Mapping[str, Any]) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """(sink, methods from the caller to the one that calls it) of one sensitive call."""
    places, puts = _begin(tracer, body, call)
    if not places and not puts:
        return
    todo = [_Level(d, tracer.run(d, places, puts, CALLS), CALLS, (d,))]
    read: set[tuple[int, str]] = set()
    for level in todo:  # grows
        for sunk, path in level.found.sinks.items():
            if len(level.path) + len(path) <= CALLS + 1:
                yield sunk, (*level.path, *path)
        if level.left <= 0 or tracer.steps <= 0:
            continue
        if level.found.returns or level.found.params:
            todo += _callers(tracer, level)
        for key, (mode, path) in level.found.fields.items():
            if key not in read and len(level.path) + len(path) <= CALLS:
                read.add(key)
                todo += _readers(tracer, level, key, mode, (*level.path, *path))


def _begin(tracer: Tracer, body: Body, call: Mapping[str, Any]) -> tuple[list[Place], list[Place]]:
    """Registers that hold what the call yields, and objects that it fills."""
    code, callee = body.code, call["callee"]
    places: list[Place] = []
    puts: list[Place] = []
    at = tracer.calls(body, callee)
    name = callee.partition("(")[0].rpartition(">")[2]
    if name.startswith(_ASKS):
        return places, puts
    if call["item"] == "running-apps" and any(tracer.calls(body, sign) for sign in _MINE):
        return places, puts  # looks a process up by its number, which is nearly always its own
    asks = callee.startswith("Landroid/content/pm/PackageManager;->query")
    if asks and not any(op == "string" and code.text(body.insns[i].ref) in _EVERY for i, op in enumerate(body.ops)):
        return places, puts  # asks who can do one thing, often itself
    for i in at:
        insn = body.insns[i]
        if call["constant"] and not _states(body, i, call["constant"], alone=len(at) == 1):
            continue
        if insn.op != "invoke":
            mode = HANDLE if call["via"] == "provider" else DATA
            places += [(s, insn.dst, mode) for s in body.succ[i]]
        elif name == "<init>":
            mode = HANDLE if call["via"] == "command" or callee.startswith("Ljava/io/File;") else DATA
            puts += [(i, r, mode) for r in insn.src[:1]]
        elif name == "read" and callee.endswith(")I"):  # what it gives back is how much
            puts += [(i, r, DATA) for r in insn.src[1:2]]
        elif i + 1 < len(body.insns) and body.insns[i + 1].op == "result" and not callee.endswith(")Z"):
            leads = name in _LEADS or call["via"] == "command"
            places += [(s, body.insns[i + 1].dst, HANDLE if leads else DATA) for s in body.succ[i + 1]]
    return places, puts


def _states(body: Body, i: int, wanted: str, *, alone: bool) -> bool:
    """Whether the constant that made the match is an argument of this very call. One that is put together
    out of the method's sight is believed where there is no other call."""
    found = [constant(body, i, r) for r in body.insns[i].src]
    texts = [c for c in found if isinstance(c, str)]
    return any(t[:200] == wanted for t in texts) or (alone and not texts)


def _callers(tracer: Tracer, level: _Level) -> Iterator[_Level]:
    """On in the methods that call this one and get the value back, or gave it the object that has it now."""
    for d, i in tracer.callers(level.d):
        body = tracer.body(d) if d not in level.path else None
        if body is None:
            continue
        insn = body.insns[i]
        places: list[Place] = []
        if level.found.returns and i + 1 < len(body.insns) and body.insns[i + 1].op == "result":
            places = [(s, body.insns[i + 1].dst, level.found.returns) for s in body.succ[i + 1]]
        puts = [
            (i, insn.src[k], mode) for k, mode in level.found.params.items()
            if k < len(insn.src) and (insn.static or k > 0)
        ]  # fmt: skip
        if places or puts:
            yield _Level(d, tracer.run(d, places, puts, level.left - 1), level.left - 1, (*level.path, d))


def _readers(
    tracer: Tracer, level: _Level, key: tuple[int, str], mode: int, path: tuple[int, ...]
) -> Iterator[_Level]:
    """On in the methods of the field's class that read it."""
    left = min(level.left, CALLS - len(path) + 1)
    for d, reads in tracer.readers(*key):
        body = tracer.body(d)
        places = [(s, body.insns[i].dst, mode) for i in reads for s in body.succ[i]] if body else []
        if places:
            yield _Level(d, tracer.run(d, places, (), left), left, path if d == path[-1] else (*path, d))
