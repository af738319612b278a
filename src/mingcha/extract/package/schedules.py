"""What code sets up to be started again, and which other apps it wakes.

Found by the calls themselves (alarms, jobs, work, synchronisation, receivers registered by code,
services, broadcasts and providers of other apps); names of other apps, actions and intervals only
where the method states them as constants. A target handed in from elsewhere is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from mingcha.extract.package.apis import strings_of
from mingcha.extract.package.body.analysis import constant, sources
from mingcha.extract.package.body.decode import decode
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.columns import INVOKE, Code
from mingcha.extract.package.strings import among

Fact = dict[str, Any]
METHODS = 20_000  # methods with such a call that are looked at; real packages have a few thousand
INSTRUCTIONS = 2_000_000  # of the methods taken apart; real packages have some ten thousand
QUESTIONS = 1_500  # arguments asked for their constant, which may walk thousands of instructions back
EACH = 60  # of them in one method
TARGETS = 16  # other apps named by one method


class Call(NamedTuple):
    """One interface: what it brings about, and where its interval stands (argument, seconds per unit)."""

    cause: str
    argument: int = -1
    unit: float = 0.0


_MS = 0.001
_ALARM, _JOB, _RESOLVER = (
    "Landroid/app/AlarmManager;",
    "Landroid/app/job/JobInfo$Builder;",
    "Landroid/content/ContentResolver;",
)
_WORK, _PERIODIC = "Landroidx/work/WorkManager;", "Landroidx/work/PeriodicWorkRequest$Builder;"
CALLS: Mapping[tuple[str, str], Call] = {
    **{(_ALARM, n): Call("alarm") for n in ("set", "setExact", "setWindow", "setAlarmClock", "setAndAllowWhileIdle",
                                            "setExactAndAllowWhileIdle")},
    **{(_ALARM, n): Call("alarm", 2, _MS) for n in ("setRepeating", "setInexactRepeating")},
    (_JOB, "setPeriodic"): Call("job", 0, _MS),
    (_JOB, "setPersisted"): Call("job"),
    ("Landroid/app/job/JobScheduler;", "schedule"): Call("job"),
    ("Landroid/app/job/JobScheduler;", "enqueue"): Call("job"),
    (_WORK, "enqueue"): Call("work"),
    (_WORK, "enqueueUniqueWork"): Call("work"),
    (_WORK, "enqueueUniquePeriodicWork"): Call("work"),
    (_PERIODIC, "<init>"): Call("work", 1),
    (_RESOLVER, "addPeriodicSync"): Call("sync", 3, 1.0),
    (_RESOLVER, "requestSync"): Call("sync"),
    (_RESOLVER, "setSyncAutomatically"): Call("sync"),
    ("Landroid/accounts/AccountManager;", "addAccountExplicitly"): Call("account"),
}  # fmt: skip
_SWITCHES = {(_JOB, "setPersisted"), (_RESOLVER, "setSyncAutomatically")}
_UNITS = {"NANOSECONDS": 1e-9, "MICROSECONDS": 1e-6, "MILLISECONDS": 1e-3, "SECONDS": 1.0, "MINUTES": 60.0,
          "HOURS": 3600.0, "DAYS": 86400.0}  # fmt: skip
# Named by any class, since an app calls them on classes of its own: told apart by name and first arguments.
_INTENT = "Landroid/content/Intent;"
_CONTEXT = {
    "startService": _INTENT, "startForegroundService": _INTENT, "bindService": _INTENT, "sendBroadcast": _INTENT,
    "sendOrderedBroadcast": _INTENT, "registerReceiver": "Landroid/content/BroadcastReceiver;Landroid/content/IntentFilter;",
}  # fmt: skip
_QUERIES = ("query", "call", "insert", "update", "getType", "acquireContentProviderClient",
            "acquireUnstableContentProviderClient")  # fmt: skip
_TEXT = "Ljava/lang/String;"
_NAMING = {
    (_INTENT, "setPackage"): f"({_TEXT})",
    (_INTENT, "setClassName"): f"({_TEXT}{_TEXT})",
    ("Landroid/content/ComponentName;", "<init>"): f"({_TEXT}{_TEXT})",
    ("Landroid/net/Uri;", "parse"): f"({_TEXT})",
}
_CLASSES = frozenset({*(c for c, _ in CALLS), *(c for c, _ in _NAMING), _RESOLVER})
_PLAIN_NAMES = frozenset(n.encode() for n in _CONTEXT)
# Wrappers of the compatibility libraries schedule nothing by themselves: their callers do.
_WRAPPERS = ("Landroidx/", "Landroid/support/", "Lkotlin/", "Lkotlinx/")
# Providers of the system, which run anyway.
_SYSTEM = ("com.android.", "android.", "com.google.android.", "com.google.settings")


class Reader:
    """Reads containers of one package. `own`: its id; `broadcasts`: action -> cause; `authorities`: its own
    providers, which it may ask without waking anybody."""

    def __init__(self, own: str, broadcasts: Mapping[str, str], authorities: frozenset[str]) -> None:
        self.own, self.broadcasts, self.authorities = own, broadcasts, authorities
        self.cut = False
        self._seen: set[str] = set()
        self._methods = self._instructions = self._questions = 0
        self._actions = {a.encode() for a in broadcasts}

    def read(self, code: Code) -> Iterator[Fact]:
        """Facts of one container, without owner and reach."""
        kinds = _methods(code)
        skip = self._doubles(code)
        if not kinds:
            return
        wanted = np.zeros(len(code.method_class) + 1, bool)
        wanted[list(kinds)] = True
        at = np.flatnonzero(code.event_kind == INVOKE)
        at = at[wanted[code.event_operand[at]]]
        actions = None
        users: dict[int, list[int]] = {}
        for d, m in zip(code.event_def[at].tolist(), code.event_operand[at].tolist(), strict=True):
            users.setdefault(d, []).append(m)
        for d, methods in users.items():
            calls = {kinds[m] for m in methods}
            if all(name in _NAMING for name in calls):
                continue
            if int(code.def_class[d]) in skip or code.definition(d).startswith(_WRAPPERS):
                continue
            self._methods += 1
            if self._methods > METHODS:
                self.cut = True
                return
            method = code.definition(d)
            if ("", "registerReceiver") in calls:
                if actions is None:
                    actions = among(code, self._actions)
                for action in dict.fromkeys(strings_of(code, d, actions)):
                    yield _fact(code, method, self.broadcasts[action], action)
            yield from self._scheduled(code, d, method, calls)
            yield from self._wakes(code, d, method, calls, kinds)

    def _doubles(self, code: Code) -> set[int]:
        """Classes that an earlier container defines and Android therefore ignores."""
        names = [code.types[t] for t in code.class_type.tolist()]
        again = {i for i, n in enumerate(names) if n in self._seen}
        self._seen.update(names)
        return again

    def _body(self, code: Code, d: int) -> Body | None:
        self._instructions += int(code.def_size[d])
        if self._instructions > INSTRUCTIONS:
            self.cut = True
            return None
        return decode(code, d)

    def _constant(self, body: Body, i: int, register: int, room: list[int]) -> int | str | None:
        """The constant in a register before instruction `i`. `room`: how many more this body may ask."""
        self._questions += 1
        room[0] -= 1
        if self._questions > QUESTIONS or room[0] < 0:
            self.cut = True
            return None
        return constant(body, i, register)

    def _scheduled(self, code: Code, d: int, method: str, calls: set[tuple[str, str]]) -> Iterator[Fact]:
        known = sorted(name for name in calls if name in CALLS)
        if not known:
            return
        intervals: dict[str, float] = {}
        off: set[str] = set()
        if any(CALLS[name].argument >= 0 or name in _SWITCHES for name in known):
            intervals, off = self._stated(self._body(code, d))
        for cls, name in known:
            if name in off:
                continue
            cause = CALLS[cls, name].cause
            simple = cls[1:-1].rpartition("/")[2].replace("$", ".")
            yield _fact(code, method, cause, f"{simple}.{name}", interval=intervals.get(cause))

    def _stated(self, body: Body | None) -> tuple[dict[str, float], set[str]]:
        """Cause -> the shortest interval in seconds that the body states as a constant; and the switches that
        it only ever turns off."""
        out: dict[str, float] = {}
        room = [EACH]
        switched: dict[str, set[object]] = {}
        for i in [i for i, op in enumerate(body.ops) if op == "invoke"] if body else ():
            if body is None or (insn := body.insns[i]).ref < 0:
                continue
            code, m = body.code, insn.ref
            name = (code.type(int(code.method_class[m])), code.label(int(code.method_name[m])))
            call, args = CALLS.get(name), body.args(insn)
            if call is None:
                continue
            if name in _SWITCHES and args:
                switched.setdefault(name[1], set()).add(self._constant(body, i, args[-1], room))
            if not 0 <= call.argument < len(args):
                continue
            value = self._constant(body, i, args[call.argument], room)
            unit = call.unit or _unit(body, i, args)
            if isinstance(value, int) and unit and 0 < value * unit < 1e9:
                out[call.cause] = min(out.get(call.cause, 1e9), round(value * unit, 3))
        return out, {name for name, values in switched.items() if values == {0}}

    def _wakes(
        self,
        code: Code,
        d: int,
        method: str,
        calls: set[tuple[str, str]],
        kinds: Mapping[int, tuple[str, str]],
    ) -> Iterator[Fact]:
        """Services, broadcasts and providers of other apps, where the method names the app."""
        starts = [n for c, n in sorted(calls) if not c and n != "registerReceiver"]
        asks = [n for c, n in sorted(calls) if c == _RESOLVER and n in _QUERIES]
        if not (starts and any(n in _NAMING and n[0] != "Landroid/net/Uri;" for n in calls)) and not (
            asks and ("Landroid/net/Uri;", "parse") in calls
        ):
            return
        body = self._body(code, d)
        if body is None:
            return
        targets: dict[str, str] = {}
        room = [EACH]
        for i in [i for i, op in enumerate(body.ops) if op == "invoke"]:
            insn = body.insns[i]
            name = kinds.get(insn.ref)
            if name in _NAMING and len(targets) < TARGETS:
                args = body.args(insn)
                value = self._constant(body, i, args[0], room) if args else None
                text = value if isinstance(value, str) else ""
                uri = name == ("Landroid/net/Uri;", "parse")
                if uri and asks:
                    authority = (
                        text[len("content://") :].partition("/")[0] if text.startswith("content://") else ""
                    )
                    if self._foreign(authority) and authority not in self.authorities:
                        targets[authority[:200]] = f"ContentResolver.{asks[0]}"
                elif not uri and starts and self._foreign(text):
                    targets[text[:200]] = starts[0]
        for target, action in targets.items():
            yield _fact(code, method, "wakes-other", action, target=target, direction="wakes")

    def _foreign(self, name: str) -> bool:
        return "." in name and name != self.own and name.isascii() and not f"{name}.".startswith(_SYSTEM)


def _fact(
    code: Code, method: str, cause: str, action: str, *, target: str | None = None, interval: float | None = None,
    direction: str = "self",
) -> Fact:  # fmt: skip
    return {
        "where": f"{code.name}:{method}", "cause": cause, "direction": direction, "by": "code", "component": None,
        "action": action, "target": target, "method": method, "interval": interval,
    }  # fmt: skip


def _methods(code: Code) -> dict[int, tuple[str, str]]:
    """Method references of interest: id -> (class, name); class empty where any class will do."""
    types = code.types
    out: dict[int, tuple[str, str]] = {}
    named = among(code, set(_PLAIN_NAMES), only=code.method_name)
    mask = np.zeros(len(types), bool)
    mask[[i for i, t in enumerate(types) if t in _CLASSES]] = True
    for m in np.flatnonzero(named[code.method_name] | mask[code.method_class]).tolist():
        cls, name = types[int(code.method_class[m])], code.label(int(code.method_name[m]))
        proto = code.proto(int(code.method_proto[m]))
        if (cls, name) in CALLS or (cls == _RESOLVER and name in _QUERIES):
            out[m] = (cls, name)
        elif (cls, name) in _NAMING:
            if proto.startswith(_NAMING[cls, name]):
                out[m] = (cls, name)
        elif name in _CONTEXT and proto.startswith(f"({_CONTEXT[name]}"):
            out[m] = ("", name)
    return out


def _unit(body: Body, i: int, args: tuple[int, ...]) -> float:
    """Seconds of the java.util.concurrent.TimeUnit in the argument after the number."""
    found = sources(body, i, args[2]) if len(args) > 2 else None
    if found and len(found) == 1 and found[0] >= 0 and body.insns[found[0]].op == "sget":
        field = body.insns[found[0]].ref
        if field >= 0:
            return _UNITS.get(body.code.label(int(body.code.field_name[field])), 0.0)
    return 0.0
