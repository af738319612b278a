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
from mingcha.extract.package.graph.world import World

Const = int | str | None
DEPTH = 5  # calls followed for one value

_PREFERENCES = "Landroid/content/SharedPreferences;"
_MMKV = "Lcom/tencent/mmkv/MMKV;"
GETTERS = frozenset(
    {"getBoolean", "getInt", "getLong", "getString", "contains", "decodeBool", "decodeInt", "decodeLong", "decodeString",
     "containsKey"}
)  # fmt: skip
_HAS = frozenset({"contains", "containsKey"})


class Value(NamedTuple):
    """A constant (a string, or a number; null is 0) and the flags that it comes from."""

    const: int | str
    flags: frozenset[str] = frozenset()


@dataclass(slots=True)
class Values:
    """Evaluation over one world. `open` are flags whose value at first start is not certain."""

    world: World
    initial: Callable[[str], Value | None]
    """Initial value of a field flag, None for a field that is none."""
    passing: set[int] = field(default_factory=set)
    """Methods that may return a flag; no other call is looked into."""
    open: set[str] = field(default_factory=set)
    seen: dict[str, int | str] = field(default_factory=dict)
    """Preference flags met, with the default they were read with."""
    readers: dict[str, int] = field(default_factory=dict)  # flag -> first definition that reads it
    _returns: dict[tuple[int, tuple[Value | None, ...]], Value | None] = field(default_factory=dict)
    _busy: set[int] = field(default_factory=set)

    def again(self) -> None:
        """Forget results that rest on flags, after one was opened."""
        self._returns.clear()

    # ---- conditions -------------------------------------------------------------------------------

    def live(self, d: int, body: Body, env: Sequence[Value | None] = ()) -> tuple[set[int], frozenset[str]]:
        """Instructions that can run at first start, and the flags that keep the others from it."""
        used: set[str] = set()

        def assume(i: int) -> tuple[int, ...] | None:
            insn = body.insns[i]
            found = self._branch(d, body, i, insn, env) if insn.op == "if" else self._switch(d, body, i, insn, env)
            if found is None:
                return None
            used.update(found[1])
            return found[0]

        return reachable(body, assume), frozenset(used)

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
            return env[-1 - at] if -1 - at < len(env) else None
        insn = body.insns[at]
        match insn.op:
            case "const":
                return None if insn.value is None else Value(insn.value)
            case "string":
                return Value(body.code.text(insn.ref)) if insn.ref >= 0 else None
            case "move" | "cast":
                return self.value(d, body, at, insn.src[0], env, depth - 1, live)
            case "sget" | "get":
                return self._field(d, body.code, insn)
            case "result":
                return self._call(d, body, at - 1, env, depth - 1, live) if at else None
            case "arith":
                return self._arith(d, body, at, insn, env, depth, live)
        return None

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
            return self._preference(d, name, arg(1), arg(2) if len(insn.src) > 2 else Value(0))
        if (cls, name) in _PURE:
            return _pure(name, [arg(k) for k in range(min(len(insn.src), 2))])
        target = self.world.target(code, insn.ref, insn.virtual) if depth > 0 and len(self._busy) <= DEPTH else -1
        if target not in self.passing:
            return None
        return self.returned(target, tuple(arg(k) for k in range(min(len(insn.src), 8))))

    def is_store(self, cls: str) -> bool:
        """Whether a class is a preference store: the framework's, MMKV, or one of the package over them."""
        if cls in (_PREFERENCES, _MMKV):
            return True
        t, store = self.world.type_id.get(cls), self.world.type_id.get(_PREFERENCES)
        return t is not None and store is not None and t not in self.world.class_at and store in self.world.above(t)

    def _preference(self, d: int, name: str, key: Value | None, default: Value | None) -> Value | None:
        if key is None or not isinstance(key.const, str):
            return None
        flag = f"pref:{key.const[:120]}"
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
        if body is not None and not body.cut and len(body.insns) <= 400:
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
        for i in sorted(live):
            insn = body.insns[i]
            if insn.op != "return" or not insn.src:
                continue
            one = self.value(d, body, i, insn.src[0], env, 12, live)
            if one is None or (out is not None and one.const != out.const):
                return None
            out = one if out is None else Value(out.const, out.flags | one.flags)
        return None if out is None else Value(out.const, out.flags | flags)


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
    + [(_UTILS, "isEmpty"), (_UTILS, "equals"), (_STRING, "isEmpty"), (_STRING, "length"), (_STRING, "equals"),
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
    return first if isinstance(first.const, int) else None
