"""What a condition comes to at first start: constants, flags at their initial value, methods that only
pass such a value on.

A flag is something that outlives the call: a preference, a static field, a field of an object.
At first start it has its default; whoever writes another value is looked up in `writers.py`.
Everything that is not certain is None, "unknown", and then no guard follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mingcha.extract.package.body.analysis import reachable, sources
from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.columns import Code
from mingcha.extract.package.graph import objectflags
from mingcha.extract.package.graph.objects import Objects
from mingcha.extract.package.graph.world import World

Const = int | str | None
CALLERS = 12  # of a method whose parameter is asked
DEPTH = 5  # calls followed for one value

_PREFERENCES = "Landroid/content/SharedPreferences;"
_MMKV = "Lcom/tencent/mmkv/MMKV;"
GETTERS = frozenset(
    {"getBoolean", "getInt", "getLong", "getString", "contains", "decodeBool", "decodeInt", "decodeLong", "decodeString",
     "containsKey"}
)  # fmt: skip
_TURNS = frozenset({"if", "switch"})
_CALLS = frozenset({"if", "switch", "invoke"})
_HAS = frozenset({"contains", "containsKey"})


class Value(NamedTuple):
    """A constant (a string, or a number; null is 0) and the flags that it comes from."""

    const: int | str
    flags: frozenset[str] = frozenset()


@dataclass(slots=True)
class Values:
    """Evaluation over one world. `open` are flags whose value at first start is not certain."""

    world: World
    objects: Objects
    text: Callable[[str], Value | None]
    """Value of a static text that is never changed."""
    initial: Callable[[str], Value | None]
    """Initial value of a field flag, None for a field that is none."""
    passing: set[int] = field(default_factory=set)
    """Methods that may return a flag; no other call is looked into."""
    given: set[int] = field(default_factory=set)
    """Methods that get a flag from their callers."""
    refusing: set[int] = field(default_factory=set)
    """Methods that may end by an exception because of a flag."""
    stores: dict[str, set[str | None]] = field(default_factory=dict)
    """Preference flags, with the files that they are read from; None for one that is not plain."""
    open: set[str] = field(default_factory=set)
    seen: dict[str, int | str] = field(default_factory=dict)
    """Preference flags met, with the default they were read with."""
    readers: dict[str, int] = field(default_factory=dict)  # flag -> first definition that reads it
    _returns: dict[tuple[int, tuple[Value | None, ...]], Value | None] = field(default_factory=dict)
    _passing: set[int] | None = None  # signatures of `passing`
    _refusing: set[int] = field(default_factory=set)  # their signatures
    _given: dict[tuple[int, int], Value | None] = field(default_factory=dict)
    _refuses: dict[int, frozenset[str] | None] = field(default_factory=dict)
    _busy: set[int] = field(default_factory=set)

    def again(self) -> None:
        """Forget results that rest on flags, after one was opened."""
        self._returns.clear()
        self._given.clear()
        self._refuses.clear()

    # ---- conditions -------------------------------------------------------------------------------

    def live(self, d: int, body: Body, env: Sequence[Value | None] = ()) -> tuple[set[int], frozenset[str]]:
        """Instructions that can run at first start, and the flags that keep the others from it."""
        used: set[str] = set()

        def assume(i: int) -> tuple[int, ...] | None:
            insn = body.insns[i]
            if insn.op == "invoke":
                refused = self._refused(body, insn)
                if refused is None:
                    return None
                used.update(refused)
                return ()
            found = self._branch(d, body, i, insn, env) if insn.op == "if" else self._switch(d, body, i, insn, env)
            if found is None:
                return None
            used.update(found[1])
            return found[0]

        asks = _CALLS if self.refusing else _TURNS
        return reachable(body, assume, asks), frozenset(used)

    def _refused(self, body: Body, insn: Insn) -> frozenset[str] | None:
        """The flags for which a call never comes back at first start; None where it may."""
        w = self.world
        if not self.refusing or insn.ref < 0:
            return None
        if not self._refusing:
            self._refusing = {int(w.def_sig[d]) for d in self.refusing}
        if int(w.ref_sig[w.ref_base[w.container(body.code)] + insn.ref]) not in self._refusing:
            return None
        d = self.world.target(body.code, insn.ref, insn.virtual)
        if d not in self.refusing:
            return None
        if d not in self._refuses:
            self._refuses[d] = None
            inner = self.world.body(d)
            if inner is not None and not inner.cut:
                live, flags = self.live(d, inner)
                if flags and not any(inner.ops[i] == "return" for i in live):
                    self._refuses[d] = flags
        return self._refuses[d]

    def _branch(
        self, d: int, body: Body, i: int, insn: Insn, env: Sequence[Value | None]
    ) -> tuple[tuple[int, ...], frozenset[str]] | None:  # fmt: skip
        left = self.value(d, body, i, insn.src[0], env)
        right = self.value(d, body, i, insn.src[1], env) if len(insn.src) > 1 else Value(0)
        if left is None or right is None:
            return None
        a, b = left.const, right.const
        flags = left.flags | right.flags
        if not flags:
            return None  # a constant condition is no guard, and compilers leave none
        if isinstance(a, int) and isinstance(b, int):
            holds = (a == b, a != b, a < b, a >= b, a > b, a <= b)[insn.value or 0]
        elif insn.value in (0, 1) and (a == 0 or b == 0):
            holds = (insn.value == 0) == (a == b)  # a string that is there against null
        else:
            return None
        following = [s for s in body.succ[i] if s not in insn.targets] or list(body.succ[i])
        return (insn.targets if holds else tuple(following)), flags

    def _switch(
        self, d: int, body: Body, i: int, insn: Insn, env: Sequence[Value | None]
    ) -> tuple[tuple[int, ...], frozenset[str]] | None:  # fmt: skip
        value = self.value(d, body, i, insn.src[0], env)
        if value is None or not value.flags or len(insn.keys) != len(insn.targets):
            return None
        chosen = [t for k, t in zip(insn.keys, insn.targets, strict=True) if k == value.const]
        return tuple(chosen or body.succ[i][:1]), value.flags

    # ---- values -----------------------------------------------------------------------------------

    def value(
        self, d: int, body: Body, i: int, register: int, env: Sequence[Value | None] = (), depth: int = 12,
        live: set[int] | None = None,
    ) -> Value | None:  # fmt: skip
        """What `register` holds just before instruction `i` at first start."""
        found = sources(body, i, register) if depth > 0 else None
        if not found:
            return None
        out: Value | None = None
        for at in found:
            if at >= 0 and live is not None and at not in live:
                continue
            one = self._source(d, body, at, env, depth, live)
            if one is None or (out is not None and one.const != out.const):
                return None
            out = one if out is None else Value(out.const, out.flags | one.flags)
        return out

    def _source(
        self, d: int, body: Body, at: int, env: Sequence[Value | None], depth: int, live: set[int] | None
    ) -> Value | None:
        if at < 0:
            return env[-1 - at] if -1 - at < len(env) else self._parameter(d, -1 - at)
        insn = body.insns[at]
        match insn.op:
            case "const":
                return None if insn.value is None else Value(insn.value)
            case "string":
                return Value(body.code.text(insn.ref)) if insn.ref >= 0 else None
            case "move" | "cast":
                return self.value(d, body, at, insn.src[0], env, depth - 1, live)
            case "sget" | "get":
                return self._field(d, body.code, insn) or self._text(body.code, insn)
            case "result":
                return self._call(d, body, at - 1, env, depth - 1, live) if at else None
            case "arith":
                return self._arith(d, body, at, insn, env, depth, live)
        return None

    def _parameter(self, d: int, k: int) -> Value | None:
        """What all callers of a method give for its k-th parameter, where they give a flag."""
        if d not in self.given:
            return None
        key = d, k
        if key not in self._given:
            self._given[key] = None  # while it is worked out
            self._given[key] = self._callers(d, k)
        return self._given[key]

    def _callers(self, d: int, k: int) -> Value | None:
        w = self.world
        events = w.callers(w.related(d), CALLERS)
        if not events or len(events) > CALLERS:
            return None
        out: Value | None = None
        for event in events:
            caller = int(w.event_def[event])
            body = w.body(caller)
            code, local = w.event_place(event)
            i = body.index(int(code.event_pos[local])) if body else -1
            if body is None or i < 0 or k >= len(body.insns[i].src) or w.def_class[caller] < 0:
                return None
            one = self.value(caller, body, i, body.insns[i].src[k])
            if one is None or (out is not None and one.const != out.const):
                return None
            out = one if out is None else Value(out.const, out.flags | one.flags)
        return out

    def _arith(
        self, d: int, body: Body, at: int, insn: Insn, env: Sequence[Value | None], depth: int, live: set[int] | None
    ) -> Value | None:  # fmt: skip
        """Only what booleans are turned round with, and masks."""
        left = self.value(d, body, at, insn.src[0], env, depth - 1, live)
        right: Value | None = Value(insn.value) if insn.value is not None else None
        if right is None and len(insn.src) > 1:
            right = self.value(d, body, at, insn.src[1], env, depth - 1, live)
        if left is None or right is None or isinstance(left.const, str) or isinstance(right.const, str):
            return None
        a, b = left.const, right.const
        got = {5: a & b, 6: a | b, 7: a ^ b}.get(insn.operator)
        return None if got is None else Value(got, left.flags | right.flags)

    def _field(self, d: int, code: Code, insn: Insn) -> Value | None:
        flag = field_flag(code, insn.ref, insn.op == "sget")
        value = self.initial(flag) if flag is not None and flag not in self.open else None
        if flag is None or value is None:
            return None
        self.readers.setdefault(flag, d)
        return Value(value.const, value.flags | {flag})

    def _text(self, code: Code, insn: Insn) -> Value | None:
        """A static text that only its class's initialiser sets."""
        if insn.op != "sget" or insn.ref < 0 or code.type(int(code.field_type[insn.ref])) != "Ljava/lang/String;":
            return None
        return self.text(f"static:{code.type(int(code.field_class[insn.ref]))}->{code.label(int(code.field_name[insn.ref]))}")

    def _call(
        self, d: int, body: Body, at: int, env: Sequence[Value | None], depth: int, live: set[int] | None
    ) -> Value | None:  # fmt: skip
        insn = body.insns[at]
        if insn.op != "invoke" or insn.ref < 0:
            return None
        code = body.code
        cls = code.type(int(code.method_class[insn.ref]))
        name = code.text(int(code.method_name[insn.ref]))

        def arg(k: int) -> Value | None:
            return self.value(d, body, at, insn.src[k], env, depth, live) if k < len(insn.src) else None

        if name in GETTERS and self.is_store(cls):
            kind = "mmkv" if cls == _MMKV else "pref"
            found = self._preference(d, kind, name, arg(1), arg(2) if len(insn.src) > 2 else Value(0))
            if found is not None and insn.src:
                self._opened_as(found, self.store(d, body, at, insn.src[0]))
            return found
        if name in objectflags.ASKS.get(cls, ()) and insn.src:
            return self._object(d, body, at, insn.src[0], cls)
        if (cls, name) in _PURE:
            return _pure(name, [arg(k) for k in range(min(len(insn.src), 2))])
        target = self._target(d, body, at, insn) if depth > 0 and len(self._busy) <= DEPTH else -1
        if target not in self.passing:
            return None
        return self.returned(target, tuple(arg(k) for k in range(min(len(insn.src), 8))))

    def is_store(self, cls: str) -> bool:
        """Whether a class is a preference store: the framework's, MMKV, or one of the package over them."""
        if cls in (_PREFERENCES, _MMKV):
            return True
        t, store = self.world.type_id.get(cls), self.world.type_id.get(_PREFERENCES)
        return t is not None and store is not None and t not in self.world.class_at and store in self.world.above(t)

    def _object(self, d: int, body: Body, at: int, register: int, cls: str) -> Value | None:
        """An atomic or a file that is a flag."""
        flag = objectflags.name(self.world, body, at, register, cls)
        if flag is None or flag in self.open:
            return None
        value = objectflags.initial(self.world, flag)
        if value is None:
            return None
        self.seen.setdefault(flag, value)
        self.readers.setdefault(flag, d)
        return Value(value, frozenset([flag]))

    def _target(self, d: int, body: Body, at: int, insn: Insn) -> int:
        """The definition that a call runs: the only one, or that of the only class its object can be."""
        w = self.world
        target = w.target(body.code, insn.ref, insn.virtual)
        if target >= 0 or not insn.virtual or not insn.src:
            return target
        sig = int(w.ref_sig[w.ref_base[w.container(body.code)] + insn.ref])
        if self._passing is None:
            self._passing = {int(w.def_sig[p]) for p in self.passing}
        if sig not in self._passing:
            return -1
        kinds = self.objects.register(d, body, at, insn.src[0])
        if not kinds or len(kinds) != 1:
            return -1
        (kind,) = kinds
        return w.one(kind.cls, sig) if kind.exact else -1

    def _opened_as(self, value: Value, store: str | None) -> None:
        for flag in value.flags:
            self.stores.setdefault(flag, set()).add(store)

    def store(self, d: int, body: Body, i: int, register: int, depth: int = 6) -> str | None:
        """Name of the preference file that a register stands for, None where it is not plain."""
        found = sources(body, i, register) if depth > 0 else None
        if not found or len(found) != 1 or found[0] < 0:
            return None
        at = found[0]
        insn = body.insns[at]
        if insn.op in ("move", "cast"):
            return self.store(d, body, at, insn.src[0], depth - 1)
        if insn.op != "result" or not at or body.insns[at - 1].op != "invoke" or body.insns[at - 1].ref < 0:
            return None
        call = body.insns[at - 1]
        name = body.code.text(int(body.code.method_name[call.ref]))
        if name in ("getSharedPreferences", "mmkvWithID"):
            args = body.args(call)
            value = self.value(d, body, at - 1, args[0]) if args else None
            return value.const if value is not None and isinstance(value.const, str) else None
        if name == "edit" or name.startswith("put"):
            return self.store(d, body, at - 1, call.src[0], depth - 1) if call.src else None
        return None

    def _preference(self, d: int, kind: str, name: str, key: Value | None, default: Value | None) -> Value | None:
        if key is None or not isinstance(key.const, str):
            return None
        flag = f"{kind}:{key.const[:120]}"
        value = Value(0) if name in _HAS else default
        if value is None or flag in self.open:
            return None
        self.seen.setdefault(flag, value.const)
        self.readers.setdefault(flag, d)
        return Value(value.const, value.flags | {flag})

    def returned(self, d: int, env: tuple[Value | None, ...]) -> Value | None:
        """What a method returns at first start for these arguments."""
        key = d, env
        if key in self._returns:
            return self._returns[key]
        if d in self._busy:
            return None
        body = self.world.body(d)
        out: Value | None = None
        if body is not None and not body.cut and len(body.ops) <= 400:
            self._busy.add(d)
            try:
                out = self._returned(d, body, env)
            finally:
                self._busy.discard(d)
        self._returns[key] = out
        return out

    def _returned(self, d: int, body: Body, env: tuple[Value | None, ...]) -> Value | None:
        live, flags = self.live(d, body, env)
        out: Value | None = None
        for i in sorted(i for i in live if body.ops[i] == "return"):
            insn = body.insns[i]
            if not insn.src:
                continue
            one = self.value(d, body, i, insn.src[0], env, 12, live)
            if one is None or (out is not None and one.const != out.const):
                return None
            out = one if out is None else Value(out.const, out.flags | one.flags)
        if out is None:
            return None
        if not flags and not out.flags:  # an answer that the code gives once and for all
            return Value(out.const, frozenset([f"method:{self.world.method(d)}"]))
        return Value(out.const, out.flags | flags)


def field_flag(code: Code, ref: int, static: bool) -> str | None:
    """Name of the flag that a field is; only booleans and numbers are flags."""
    if ref < 0 or code.type(int(code.field_type[ref])) not in ("Z", "I", "Ljava/lang/Boolean;", "Ljava/lang/String;"):
        return None
    cls, name = code.type(int(code.field_class[ref])), code.label(int(code.field_name[ref]))
    return f"{'static' if static else 'field'}:{cls}->{name}"


_STRING, _UTILS = "Ljava/lang/String;", "Landroid/text/TextUtils;"
# Functions of the platform that only look at their arguments.
_PURE = frozenset(
    [(c, n) for c in ("Ljava/lang/Boolean;", "Ljava/lang/Integer;") for n in
     ("valueOf", "booleanValue", "intValue", "parseBoolean", "parseInt")]
    + [(_STRING, "valueOf"), (_STRING, "intern"), (_STRING, "trim"), (_UTILS, "isEmpty"), (_UTILS, "equals"), (_STRING, "isEmpty"), (_STRING, "length"), (_STRING, "equals"),
       (_STRING, "equalsIgnoreCase"), ("Ljava/lang/Object;", "equals"), ("Ljava/lang/Boolean;", "equals"),
       ("Ljava/util/Objects;", "equals")]
)  # fmt: skip


def _pure(name: str, args: list[Value | None]) -> Value | None:
    if not args or args[0] is None:
        return None
    first = args[0]
    second = args[1] if len(args) > 1 else None
    if name in ("equals", "equalsIgnoreCase"):
        if second is None:
            return None
        return Value(int(first.const == second.const), first.flags | second.flags)
    if name == "isEmpty":
        return Value(int(first.const in (0, "")), first.flags)
    if name == "length":
        return Value(len(first.const), first.flags) if isinstance(first.const, str) else None
    return first
