"""Calls whose target lies in a constant: reflection, service loading, workers, intents.

Where the constant stands in the same method the call is followed; where it does not, the
method is a blind spot. Sources: Android API reference (Intent, ComponentName, Context), Java
API (Class, ClassLoader, ServiceLoader), androidx.work WorkRequest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from mingcha.extract.package.body.analysis import sources
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.columns import CLASS, I32, I64, INVOKE, STRING, U8
from mingcha.extract.package.graph.reach import Reach
from mingcha.extract.package.graph.reach import Special as Base
from mingcha.extract.package.graph.world import PROTO, World
from mingcha.extract.package.strings import Mask, among

_CLASS, _LOADER = "Ljava/lang/Class;", "Ljava/lang/ClassLoader;"
_REFLECT = {
    b"forName": "name", b"loadClass": "name", b"newInstance": "new", b"getMethod": "method",
    b"getDeclaredMethod": "method", b"invoke": "invoke", b"load": "services", b"loadInstalled": "services",
}  # fmt: skip
_NAMES = {
    "name": (_CLASS, _LOADER), "new": (_CLASS, "Ljava/lang/reflect/Constructor;"), "method": (_CLASS,),
    "invoke": ("Ljava/lang/reflect/Method;",), "services": ("Ljava/util/ServiceLoader;",),
}  # fmt: skip
_INTENT = ("Landroid/content/Intent;", "Landroid/content/ComponentName;")
_INTENT_NAMES = (b"<init>", b"setClass", b"setClassName", b"setComponent")
# What starts a component: name -> class that must declare it, kinds of component. A pending intent counts
# where an alarm is set; one in a notification waits for a tap.
_ALARM = "Landroid/app/AlarmManager;"
STARTS: Mapping[bytes, tuple[str | None, tuple[str, ...]]] = {
    **dict.fromkeys((b"startActivity", b"startActivityForResult", b"startActivities", b"startActivityIfNeeded"),
                    (None, ("activity",))),
    **dict.fromkeys((b"startService", b"startForegroundService", b"bindService", b"enqueueWork"), (None, ("service",))),
    **dict.fromkeys((b"sendBroadcast", b"sendOrderedBroadcast"), (None, ("receiver",))),
    **dict.fromkeys((b"set", b"setExact", b"setRepeating", b"setInexactRepeating", b"setAndAllowWhileIdle",
                     b"setExactAndAllowWhileIdle", b"setAlarmClock", b"setWindow"), (_ALARM, ("receiver", "service"))),
    b"schedule": ("Landroid/app/job/JobScheduler;", ("job",)),
}  # fmt: skip
_WORKER = "Landroidx/work/ListenableWorker;"
_WORK = b"androidx/work/"
_LOADERS = ("Ldalvik/system/DexClassLoader;", "Ldalvik/system/InMemoryDexClassLoader;", "Ldalvik/system/DexFile;")
SITES = 200_000  # calls of this kind looked at in one package


@dataclass(slots=True)
class Special(Base):
    """State over the rounds of one analysis. `components`: class -> kind (activity, service, receiver,
    job); `services`: interface -> implementations, as META-INF/services names them (types)."""

    world: World
    components: Mapping[int, str]
    lifecycles: Mapping[str, tuple[tuple[bytes, str], ...]]
    services: Mapping[int, Iterable[int]]
    asked: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    blind: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # kind -> definitions
    _kinds: dict[int, str] = field(default_factory=dict)  # name number -> what it is about
    _named: np.ndarray[tuple[int], np.dtype[np.bool_]] = field(init=False)
    _classes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # definition -> its constants
    _unknown: set[int] = field(default_factory=set)  # definitions with a class name that is no constant
    _intents: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))  # class -> component: event
    _starts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # class -> kinds it starts
    _dotted: dict[str, int] = field(default_factory=dict)
    _texts: list[Mask] = field(default_factory=list)  # per container: strings that ask for something
    _sites: int = 0
    _initializer: int | None = None

    def __post_init__(self) -> None:
        w = self.world
        self._initializer = w.type_id.get("Landroidx/startup/Initializer;")
        for name, kind in _REFLECT.items():
            self._watch(name, kind)
        for name in STARTS:
            self._watch(name, "start")
        for name in _INTENT_NAMES:
            self._watch(name, "intent")
        for name in (b"setContentView", b"inflate"):
            self._watch(name, "layout")
        for name in (b"performClick", b"callOnClick"):
            self._watch(name, "click")
        self._named = np.zeros(len(w.names) + 1, bool)
        self._named[list(self._kinds)] = True
        self._texts = [among(c, {a.encode() for a in self.asked}, tuple(f"content://{a}".encode() for a in self.asked))
                       for c in w.codes] if self.asked else []  # fmt: skip
        self._dotted = {w.types[c][1:-1].replace("/", "."): c for c in self.components}

    def _watch(self, name: bytes, kind: str) -> None:
        n = self.world.name_id.get(name)
        if n is not None:
            self._kinds[n] = kind

    def expand(self, reach: Reach, events: I64, kind: U8, operand: I32) -> None:
        """See `reach.Special`."""
        w = self.world
        if self._texts:
            self._asking(reach, events[kind == STRING])
        if self._initializer is not None:
            for event, cls in zip(events[kind == CLASS].tolist(), operand[kind == CLASS].tolist(), strict=True):
                if cls in w.class_at and self._initializer in w.above(cls):
                    self._construct(reach, cls, event, "loader")
                    for d in w.members(cls, b"create", "(Landroid/content/Context;)"):
                        reach.enter(d, "initializer", event, "loader", cls)
                    for d in w.members(cls, b"dependencies", "()"):
                        reach.enter(d, "initializer", event, "loader", cls)
        calls = (kind == INVOKE) & (operand >= 0)
        events, refs = events[calls], operand[calls]
        watched = self._named[w.ref_sig[refs] >> PROTO]
        for event, ref in zip(events[watched].tolist(), refs[watched].tolist(), strict=True):
            self._sites += 1
            if self._sites > SITES:
                reach.cut = True
                return
            sig = int(w.ref_sig[ref])
            self._one(reach, event, w.types[w.ref_class[ref]], int(w.ref_class[ref]), sig)

    def _asking(self, reach: Reach, events: I64) -> None:
        """Texts that name a provider of another process."""
        w = self.world
        for event in events.tolist():
            n = w.container(w.event_place(event)[0])
            code, local = w.event_place(event)
            string = int(code.event_operand[local])
            if string >= 0 and self._texts[n][string]:
                name = code.text(string).removeprefix("content://").partition("/")[0]
                for cls, kind in self.asked.get(name, ()):
                    self._run(reach, cls, kind, event, "component")

    def _run(self, reach: Reach, cls: int, lifecycle: str, event: int, step: str) -> None:
        reach.make(cls, event)
        reach.init(cls, event, lifecycle)
        for name, args in self.lifecycles[lifecycle]:
            for d in self.world.members(cls, name, args):
                reach.enter(d, lifecycle, event, step, cls)

    def _one(self, reach: Reach, event: int, cls: str, number: int, sig: int) -> None:
        name = self.world.name_of(sig)
        kind = self._kinds[sig >> PROTO]
        d = int(self.world.event_def[event])
        if kind == "intent":
            if cls in _INTENT:
                self._intent(reach, event, d)
            elif cls in _LOADERS:
                self.blind["dynamic-code"].add(d)
            elif cls.startswith("Landroidx/work/") and name == b"<init>":
                self._work(reach, event, d)
        elif kind == "start":
            wanted, kinds = STARTS[name]
            if wanted is None or cls == wanted:
                for one in kinds:
                    self._start(reach, d, one)
        elif kind == "click":
            self._click(reach, event, d)
        elif kind == "layout":
            if cls == "Landroid/view/LayoutInflater;" or self.world.proto_text(sig).startswith("(I"):
                self.blind["layout-views"].add(d)
        elif cls in _NAMES.get(kind, ()) or (kind == "name" and self._is_loader(number)):
            getattr(self, f"_{kind}")(reach, event, d)

    def _is_loader(self, cls: int) -> bool:
        loader = self.world.type_id.get(_LOADER)
        return loader is not None and loader in self.world.above(cls)

    # ---- reflection -------------------------------------------------------------------------------

    def _name(self, reach: Reach, event: int, d: int) -> None:
        """Class.forName, ClassLoader.loadClass."""
        text = self._text_before(event)
        if text is None:
            self._unknown.add(d)
            self.blind["reflection"].add(d)
            return
        cls = self.world.type_id.get(f"L{text.replace('.', '/')};")
        if cls is not None and cls in self.world.class_at:
            self._classes[d].add(cls)
            reach.init(cls, event)

    def _candidates(self, d: int) -> set[int]:
        """Classes that the method names by constants."""
        w = self.world
        low, high = int(w.def_start[d]), int(w.def_start[d + 1])
        named = w.operand[low:high][w.kind[low:high] == CLASS]
        return self._classes[d] | {int(c) for c in named if int(c) in w.class_at}

    def _new(self, reach: Reach, event: int, d: int) -> None:
        """Class.newInstance, Constructor.newInstance."""
        found = self._candidates(d)
        if not found and (d in self._unknown or d not in self._classes):
            self.blind["reflection"].add(d)
        for cls in sorted(found):
            self._construct(reach, cls, event, "reflection")

    def _construct(self, reach: Reach, cls: int, event: int, step: str) -> None:
        reach.make(cls, event)
        reach.init(cls, event)
        for m in self.world.rows(cls):
            if self.world.name_of(int(self.world.def_sig[m])) == b"<init>":
                reach.enter(m, "", event, step, cls)

    def _method(self, reach: Reach, event: int, d: int) -> None:
        """Class.getMethod: followed where a constant names the method and the class is known."""
        text = self._text_before(event)
        found = self._candidates(d)
        if text is None or (not found and d in self._unknown):
            self.blind["reflection"].add(d)
            return
        raw = text.encode("utf-8", "surrogatepass")
        for cls in sorted(found):
            for m in self.world.rows(cls):
                if self.world.name_of(int(self.world.def_sig[m])) == raw:
                    reach.enter(m, "", event, "reflection", cls)

    def _invoke(self, reach: Reach, event: int, d: int) -> None:
        """Method.invoke of a method that another method looked up."""
        w = self.world
        low, high = int(w.def_start[d]), int(w.def_start[d + 1])
        refs = w.operand[low:high][(w.kind[low:high] == INVOKE) & (w.operand[low:high] >= 0)]
        if not any(w.name_of(int(s)) in (b"getMethod", b"getDeclaredMethod") for s in w.ref_sig[refs]):
            self.blind["reflection"].add(d)

    def _services(self, reach: Reach, event: int, d: int) -> None:
        """ServiceLoader.load: what META-INF/services lists for the class constant just before."""
        w = self.world
        low, at = int(w.def_start[d]), event - 1
        while at >= low and w.kind[at] != CLASS:
            at -= 1
        if at < low:
            self.blind["reflection"].add(d)
            return
        for cls in self.services.get(int(w.operand[at]), ()):
            self._construct(reach, cls, event, "loader")

    def _work(self, reach: Reach, event: int, d: int) -> None:
        """A work request names its worker by a class constant; the library makes it by reflection."""
        worker = self.world.type_id.get(_WORKER)
        for cls in sorted(self._candidates(d)):
            if worker is not None and worker in self.world.above(cls):
                self._construct(reach, cls, event, "work")

    def _click(self, reach: Reach, event: int, d: int) -> None:
        """Code that taps a button itself: the listener that the same method set on it."""
        w = self.world
        listener = w.type_id.get("Landroid/view/View$OnClickListener;")
        setter = w.name_id.get(b"setOnClickListener", -1)
        body = w.body(d)
        if listener is None or body is None:
            return
        low, high = int(w.def_start[d]), int(w.def_start[d + 1])
        calls = np.flatnonzero((w.kind[low:high] == INVOKE) & (w.operand[low:high] >= 0)) + low
        button = self._receiver(body, event)
        for site in calls[w.ref_sig[w.operand[calls]] >> PROTO == setter].tolist()[:20]:
            if button is None or self._receiver(body, site) != button:
                continue
            for kind in reach.objects.of(site, "argument", listener) or ():
                for target in w.members(kind.cls, b"onClick", "(Landroid/view/View;)") if kind.exact else ():
                    reach.enter(target, "", event, "call", kind.cls)

    def _receiver(self, body: Body, event: int) -> tuple[int, ...] | None:
        """Where the receiver of a call was made or came from."""
        code, local = self.world.event_place(event)
        i = body.index(int(code.event_pos[local]))
        return sources(body, i, body.insns[i].src[0]) if i >= 0 and body.insns[i].src else None

    def _text_before(self, event: int) -> str | None:
        """The constant that the call gets: the last string loaded before it, with no call between, in a
        register that the call names."""
        w = self.world
        low = int(w.def_start[int(w.event_def[event])])
        code, local = w.event_place(event)
        mine = code.bodies.registers(code, local)
        at = event - 1
        while at >= low and w.kind[at] != INVOKE:
            if w.kind[at] == STRING:
                _, there = w.event_place(at)
                register = code.bodies.registers(code, there)
                if not mine or not register or register[0] in mine:
                    return code.text(int(code.event_operand[there]))
            at -= 1
        return None

    # ---- components -------------------------------------------------------------------------------

    def _intent(self, reach: Reach, event: int, d: int) -> None:
        """The class constant, or the text, that the call gets."""
        w = self.world
        low = int(w.def_start[d])
        code, local = w.event_place(event)
        mine = code.bodies.registers(code, local)
        for at in range(event - 1, low - 1, -1):
            kind = int(w.kind[at])
            if kind not in (CLASS, STRING):
                continue
            _, there = w.event_place(at)
            register = code.bodies.registers(code, there)
            if mine and register and register[0] not in mine:
                continue
            cls = int(w.operand[at]) if kind == CLASS else self._dotted.get(code.text(int(code.event_operand[there])), -1)
            if cls in self.components:
                home = int(w.def_class[d])
                self._intents[home].setdefault(cls, event)
                self._match(reach, home)
            if kind == CLASS or cls >= 0:
                return

    def _start(self, reach: Reach, d: int, kind: str) -> None:
        home = int(self.world.def_class[d])
        if kind not in self._starts[home]:
            self._starts[home].add(kind)
            self._match(reach, home)

    def _match(self, reach: Reach, home: int) -> None:
        """Start the components that a class both names in an intent and has a call to start."""
        for cls, event in self._intents[home].items():
            if self.components[cls] in self._starts[home]:
                self.start(reach, cls, event)

    def start(self, reach: Reach, cls: int, event: int) -> None:
        """The system makes a component and runs the methods of its lifecycle."""
        kind = self.components[cls]
        step = "component" if event >= 0 else "entry"
        self._run(reach, cls, kind, event, step)
        for other, lifecycle in self.asked.get(f"process:{self.world.types[cls]}", ()):
            self._run(reach, other, lifecycle, event, step)
