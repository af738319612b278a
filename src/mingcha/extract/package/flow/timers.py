"""Personal information asked for again and again: timers with a constant period whose task calls such an
API, and location that is asked for at a constant interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mingcha.extract.package.body.analysis import constant, sources
from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.flow.leads import near
from mingcha.extract.package.flow.material import references
from mingcha.extract.package.flow.taint import Tracer
from mingcha.extract.package.graph.objects import Objects

SITES = 200  # calls looked at, of one method of the list
CALLS = 2  # followed from a task to the call that yields personal information


class Call(NamedTuple):
    """A call that states a period: beginning of its argument list, argument of the number and of the task
    (-1: it yields personal information itself), seconds of one unit (0: the argument after the number says)."""

    args: str
    period: int
    task: int
    unit: float


_RUN, _MS = "Ljava/lang/Runnable;", 0.001
_CALLS: dict[tuple[str, str], tuple[Call, ...]] = {
    ("Ljava/util/Timer;", "schedule"): (Call("(Ljava/util/TimerTask;JJ)", 2, 0, _MS), Call("(Ljava/util/TimerTask;Ljava/util/Date;J)", 2, 0, _MS)),
    ("Ljava/util/Timer;", "scheduleAtFixedRate"): (Call("(Ljava/util/TimerTask;", 2, 0, _MS),),
    **{(cls, name): (Call(f"({_RUN}JJ", 2, 0, 0.0),)
       for cls in ("Ljava/util/concurrent/ScheduledExecutorService;", "Ljava/util/concurrent/ScheduledThreadPoolExecutor;")
       for name in ("scheduleAtFixedRate", "scheduleWithFixedDelay")},
    ("Landroid/os/Handler;", "postDelayed"): (Call(f"({_RUN}J", 1, 0, _MS),),
    ("Landroid/view/View;", "postDelayed"): (Call(f"({_RUN}J", 1, 0, _MS),),
    ("Landroid/location/LocationManager;", "requestLocationUpdates"): (
        Call("(Ljava/lang/String;J", 1, -1, _MS), Call("(JFLandroid/location/Criteria;", 0, -1, _MS)),
    ("Lcom/google/android/gms/location/LocationRequest;", "setInterval"): (Call("(J", 0, -1, _MS),),
    ("Lcom/amap/api/location/AMapLocationClientOption;", "setInterval"): (Call("(J", 0, -1, _MS),),
    ("Lcom/baidu/location/LocationClientOption;", "setScanSpan"): (Call("(I", 0, -1, _MS),),
    ("Lcom/tencent/map/geolocation/TencentLocationRequest;", "setInterval"): (Call("(J", 0, -1, _MS),),
}  # fmt: skip
_WRAPPERS = ("Landroidx/", "Landroid/support/")  # ask for nothing by themselves: their callers do
_UNITS = {"NANOSECONDS": 1e-9, "MICROSECONDS": 1e-6, "MILLISECONDS": 1e-3, "SECONDS": 1.0, "MINUTES": 60.0, "HOURS": 3600.0, "DAYS": 86400.0}


class Timed(NamedTuple):
    """A method that asks for personal information every `value` seconds."""

    d: int
    value: float
    detail: str


def find(tracer: Tracer, objects: Objects, personal: dict[int, str]) -> Iterator[Timed]:
    """All of a program. `personal`: definition -> API that yields personal information there."""
    w = tracer.world
    for (cls, name), calls in _CALLS.items():
        events = w.callers(references(w, cls, name.encode()), SITES)
        tracer.cut = tracer.cut or len(events) > SITES
        for event in events[:SITES]:
            d = int(w.event_def[event])
            body = tracer.body(d) if int(w.def_class[d]) >= 0 else None
            code, local = w.event_place(event)
            i = body.index(int(code.event_pos[local])) if body else -1
            if body is None or i < 0 or body.cut or body.insns[i].ref < 0 or w.method(d).startswith(_WRAPPERS):
                continue
            insn = body.insns[i]
            proto = code.proto(int(code.method_proto[insn.ref]))
            call = next((c for c in calls if proto.startswith(c.args)), None)
            seconds = _seconds(body, i, insn, call) if call else None
            if call is None or seconds is None:
                continue
            simple = f"{cls[1:-1].rpartition('/')[2].replace('$', '.')}.{name}"
            api = simple if call.task < 0 else _task(tracer, objects, d, body, i, call.task, personal, again=name == "postDelayed")
            if api:
                yield Timed(d, seconds, simple if api == simple else f"{simple} → {api}"[:300])


def _seconds(body: Body, i: int, insn: Insn, call: Call) -> float | None:
    args = body.args(insn)
    value = constant(body, i, args[call.period]) if call.period < len(args) else None
    unit = call.unit or _unit(body, i, args[call.period + 1 :])
    if not isinstance(value, int) or not unit or not 0 <= value * unit < 1e9:
        return None
    # A timer without a period is an error, a scan span of 0 asks once; only the platform's own 0 means "always".
    return round(value * unit, 6) if value or call.args.startswith(("(Ljava/lang/String;", "(JF")) else None


def _unit(body: Body, i: int, rest: tuple[int, ...]) -> float:
    found = sources(body, i, rest[0]) if rest else None
    if found and len(found) == 1 and found[0] >= 0 and body.insns[found[0]].op == "sget" and body.insns[found[0]].ref >= 0:
        return _UNITS.get(body.code.label(int(body.code.field_name[body.insns[found[0]].ref])), 0.0)
    return 0.0


def _task(
    tracer: Tracer, objects: Objects, d: int, body: Body, i: int, argument: int, personal: dict[int, str], *, again: bool
) -> str:  # fmt: skip
    """The API that the task calls, empty for none. What is posted once repeats only if it posts itself."""
    w, args = tracer.world, body.args(body.insns[i])
    kinds = objects.register(d, body, i, args[argument]) if argument < len(args) else None
    for cls in sorted({k.cls for k in kinds or ()}):
        if cls not in w.class_at or (again and (cls != int(w.def_class[d]) or not w.method(d).endswith("->run()V"))):
            continue
        for run in w.members(cls, b"run", "()"):
            for at, _ in near(tracer, run, CALLS):
                if at in personal:
                    return personal[at]
    return ""
