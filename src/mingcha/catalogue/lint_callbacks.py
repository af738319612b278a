"""The framework's hierarchy and the calls into it: names that resolve, no cycle, nothing that waits for
the user among what goes on without one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mingcha.catalogue.build import Built
from mingcha.catalogue.schema import CallbackMethod, FrameworkClass, Sink

Say = Callable[[str, str, str], None]
OBJECT = "java.lang.Object"
_NAME = re.compile(r"[A-Za-z_$][\w$]*|<init>")
_ARGS = re.compile(r"\(?(?:\[*(?:[ZBSCIJFD]|L[\w$/]+;))*\)?")


def check(built: Built, teller: Callable[[str, object], Say]) -> None:
    """Tell the problems of `framework`, `callbacks`, `ui_callbacks`, `conditions` and `sinks`."""
    known = built.catalogue.framework
    for cls in known.values():
        _class(cls, known, teller("framework", cls.cls))
    for entry in built.catalogue.callbacks.values():
        _callback(built, entry.cls, teller("callbacks", entry.cls))
    for ui in built.catalogue.ui_callbacks.values():
        say = teller("ui_callbacks", ui.cls)
        if not ui.source:
            say("source", "没有来源", "has no source")
        if not ui.methods:
            say("methods", "没有任何方法", "has no method")
        _names(say, [*ui.methods, *ui.setters])
    for condition in built.catalogue.conditions.values():
        say = teller("conditions", condition.cls)
        if not condition.source:
            say("source", "没有来源", "has no source")
        if not condition.methods or not condition.asked_by:
            say("methods", "没有任何方法", "has no method")
        if not condition.cls.startswith(f"{condition.home}."):
            say("home", f"不在 {condition.home} 之下", f"is not below {condition.home}")
        _names(say, [*condition.methods, *(a.name for a in condition.asked_by)])
    for sink in built.catalogue.sinks.values():
        _sink(sink, teller("sinks", sink.cls))


def _sink(sink: Sink, say: Say) -> None:
    if not sink.source:
        say("source", "没有来源", "has no source")
    if not sink.methods:
        say("methods", "没有任何方法", "has no method")
    met: set[tuple[str, str | None]] = set()
    for method in sink.methods:
        _names(say, [method.name])
        if method.args is not None and not _ARGS.fullmatch(method.args):
            say(method.name, f"参数写法有误：{method.args}", f"{method.args} is no list of descriptors")
        if method.role == "opens" and method.kind == "stream":
            say(method.name, "stream 不说明去向", "stream does not say where values go")
        if (method.name, method.args) in met:
            say(method.name, "重复", "is there twice")
        met.add((method.name, method.args))


def _class(cls: FrameworkClass, known: Mapping[str, FrameworkClass], say: Say) -> None:
    if cls.interface and cls.parent is not None:
        say("parent", "接口没有父类", "an interface has no superclass")
    if len(set(cls.interfaces)) < len(cls.interfaces):
        say("interfaces", "接口重复", "names an interface twice")
    for name in _supertypes(cls):
        wanted = name in cls.interfaces
        if name not in known:
            if name != OBJECT:
                say("", f"未列出：{name}", f"{name} is not listed")
        elif known[name].interface != wanted:
            zh, en = ("不是接口", "is no interface") if wanted else ("是接口", "is an interface")
            say("", f"{name} {zh}", f"{name} {en}")
        if cls.cls in above(name, known):
            say("", f"继承关系成环：{name}", f"its supertypes lead back to it over {name}")


def above(name: str, known: Mapping[str, FrameworkClass]) -> set[str]:
    """The class and everything above it that is listed or named."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += _supertypes(known[at]) if at in known else []
    return seen


def _supertypes(cls: FrameworkClass) -> list[str]:
    return [*([cls.parent] if cls.parent else []), *cls.interfaces]


def _callback(built: Built, cls: str, say: Say) -> None:
    catalogue = built.catalogue
    entry = catalogue.callbacks[cls]
    if not entry.source:
        say("source", "没有来源", "has no source")
    met: set[tuple[object, ...]] = set()
    for trigger in entry.triggers:
        _names(say, [trigger.name, *(c.name for c in trigger.calls)])
        for args in (trigger.args, *(c.args for c in trigger.calls)):
            if args is not None and not _ARGS.fullmatch(args):
                say(trigger.name, f"参数写法有误：{args}", f"{args} is no list of descriptors")
        for call in trigger.calls:
            key = trigger.name, trigger.args, trigger.on, call.cls, call.name, call.args
            if key in met:
                say(trigger.name, f"重复：{call.cls}.{call.name}", f"{call.cls}.{call.name} is there twice")
            met.add(key)
            waits = _waits(built, call)
            if waits:
                zh = f"{call.cls}.{call.name} 须由用户操作触发（见 {waits}）"
                say(trigger.name, zh, f"{call.cls}.{call.name} waits for the user, see {waits}")


def _waits(built: Built, call: CallbackMethod) -> str | None:
    """The UI callback that a method is, if any."""
    listed = built.catalogue.ui_callbacks
    for name in sorted(above(call.cls, built.catalogue.framework)):
        if name in listed and call.name in listed[name].methods:
            return name
    return None


def _names(say: Say, names: list[str]) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            say(name, "不是方法名", "is no name of a method")
