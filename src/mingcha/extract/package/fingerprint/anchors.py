"""Name-free features of code: what stays when a compiler, a shrinker and a renamer have passed over it.

An anchor is something in a body that cannot be renamed: a text that it loads, a member of the platform
that it uses. Features are 64-bit numbers over anchors; the lowest two bits say of which kind:

- TEXT: a text of at least `SHORTEST` bytes that code loads;
- PAIR: two anchors after each other in one method, at least one of them a text;
- CALLS: three uses of platform members after each other in one method;
- SHAPE: what a class inherits from the platform, with the prototypes of its methods, own types left out.

Only classes that load such a text count: most of the others say nothing, and looking for known texts first
makes a package cost a fraction of what all its features would. The rest is worked out for a whole container at once.
The hash reads a text at up to six places, which is
all of it up to 48 bytes; it is no defence against somebody who makes texts collide on purpose, and need be
none: that somebody could as well copy the texts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingcha.extract.package.columns import FIELD, I32, INVOKE, STRING, Code

U64 = NDArray[np.uint64]
Bool = NDArray[np.bool_]
TEXT, PAIR, CALLS, SHAPE = range(4)
SHORTEST = 6  # bytes of a text that says something by itself
METHODS = 4  # of a class whose shape says something
_WORDS = 6
_PLATFORM = (b"Landroid/", b"Ljava/", b"Ljavax/", b"Ldalvik/", b"Lorg/json/")
_LIBRARIES = (b"Landroid/support/", b"Landroid/arch/")
# In every program, and rewritten by every compiler.
_PLAIN = frozenset(b"Ljava/%s;" % n for n in (
    b"lang/StringBuilder", b"lang/String", b"lang/Object", b"util/Objects", b"lang/Integer", b"lang/Boolean", b"lang/Long",
))  # fmt: skip
_ONE = np.uint64(0x9E3779B97F4A7C15)
_TWO = np.uint64(0xC2B2AE3D27D4EB4F)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Features(NamedTuple):
    """Features of one container with the row of the class that each was seen in; a feature stands as often
    as it was seen."""

    hashes: U64
    rows: I32


def texts(code: Code) -> Features:
    """The TEXT features of a container."""
    at = np.flatnonzero(code.event_kind == STRING)
    operand = code.event_operand[at]
    ok = (operand >= 0) & (operand < len(code.string_start))
    at, operand = at[ok], operand[ok]
    loaded = np.zeros(len(code.string_start), bool)
    loaded[operand] = True
    loaded &= code.string_end - code.string_start >= SHORTEST
    long = loaded[operand]
    at, operand = at[long], operand[long]
    if not len(at):
        return Features(np.zeros(0, np.uint64), np.zeros(0, np.int32))
    ids = np.flatnonzero(loaded)
    numbers = np.zeros(len(loaded), np.uint64)
    numbers[ids] = _kind(mix(_strings(code, ids)), TEXT)
    return Features(numbers[operand], code.def_class[code.event_def[at]].astype(np.int32))


def read(code: Code, classes: Bool | None = None) -> Features:
    """All features of the classes asked for: [C], default those that load a text."""
    nothing = Features(np.zeros(0, np.uint64), np.zeros(0, np.int32))
    if classes is None:
        classes = np.zeros(len(code.class_type), bool)
        classes[texts(code).rows] = True
    if not classes.any() or not len(code.string_start):
        return nothing
    events = np.flatnonzero(classes[code.def_class][code.event_def])
    platform, plain = _platform(code)
    named = platform | _primitive(code)
    strings = np.zeros(len(code.string_start), np.uint64)
    ids = _needed(code, platform, code.type_string[named], events)
    strings[ids] = _strings(code, ids)
    types = _at(strings, code.type_string)
    neutral = np.where(named, types, _ONE)  # own types may be called anything
    protos = _protos(code, neutral)
    found = [_bodies(code, strings, platform & ~plain, types, protos, events), _shapes(code, platform, types, protos, classes)]
    return Features(np.concatenate([f.hashes for f in found]), np.concatenate([f.rows for f in found]))


def mix(a: U64) -> U64:
    """Spread every bit over the whole number (the finaliser of splitmix64)."""
    a = (a ^ (a >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    a = (a ^ (a >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return a ^ (a >> np.uint64(31))


def _needed(code: Code, platform: Bool, types: I32, events: NDArray[np.int64]) -> NDArray[np.int64]:
    """Strings that are asked for: `types`, texts and members of the platform that the events use."""
    out = np.zeros(len(code.string_start), bool)
    kind, operand = code.event_kind[events], code.event_operand[events]
    wanted = [operand[kind == STRING], types]
    for which, owner, name in (
        (INVOKE, code.method_class, code.method_name), (FIELD, code.field_class, code.field_name)
    ):  # fmt: skip
        used = operand[kind == which]
        used = used[(used >= 0) & (used < len(owner))]
        if len(platform):
            wanted.append(name[used[(owner[used] >= 0) & platform[np.maximum(owner[used], 0)]]])
    for ids in wanted:
        out[ids[(ids >= 0) & (ids < len(out))]] = True
    return np.flatnonzero(out)


def _strings(code: Code, ids: NDArray[np.int64]) -> U64:
    """Hash of each of these strings."""
    start = code.string_start[ids].astype(np.int64)
    size = np.maximum(code.string_end[ids] - start, 0)
    data = np.frombuffer(bytes(code.data) + bytes(8), np.uint8)
    words: U64 = np.ndarray((len(data) - 7,), np.dtype("<u8"), data, strides=(1,))
    out = mix(size.astype(np.uint64) + _TWO)
    last = np.maximum(size - 8, 0)
    # A text shorter than a word must not take in what lies behind it.
    cut = np.where(size < 8, (np.uint64(1) << (8 * np.minimum(size, 7)).astype(np.uint64)) - np.uint64(1), _ALL)
    for k in range(_WORDS):
        more = np.flatnonzero(size > 8 * k)
        # Up to 48 bytes word after word; of a longer one, evenly spread.
        spread = np.where(size[more] <= 8 * _WORDS, np.minimum(8 * k, last[more]), last[more] * k // (_WORDS - 1))
        at = np.minimum(start[more] + spread, len(words) - 1)
        out[more] = mix(out[more] * _ONE + (words[at] & cut[more]))
    return out


def _at(values: U64, index: I32) -> U64:
    """Values by index; a fixed number for indices that the file does not have."""
    if not len(values):
        return np.full(len(index), _TWO)
    ok = (index >= 0) & (index < len(values))
    return np.where(ok, values[np.where(ok, index, 0)], _TWO)


def _platform(code: Code) -> tuple[Bool, Bool]:
    """(types of the platform, those of them that say nothing). A class that the container itself defines is
    none, whatever its name."""
    size = len(code.type_string)
    ok = (code.type_string >= 0) & (code.type_string < len(code.string_start))
    string = np.where(ok, code.type_string, 0)
    data = np.frombuffer(bytes(code.data) + bytes(32), np.uint8)
    at, length = code.string_start[string].astype(np.int64), (code.string_end - code.string_start)[string]
    array = ok & (length > 1) & (data[at] == ord("["))
    at = np.where(array, at + 1, at)
    known = np.zeros(size, bool)
    for heads, said in ((_PLATFORM, True), (_LIBRARIES, False)):
        for head in heads:
            likely = np.flatnonzero(ok & (length > len(head)))
            for k, byte in enumerate(head):
                likely = likely[data[at[likely] + k] == byte]
            known[likely] = said
    own = code.class_type[(code.class_type >= 0) & (code.class_type < size)]
    known[own] = False
    plain = np.zeros(size, bool)
    for t in np.flatnonzero(known & (length < 28)).tolist():
        plain[t] = code.raw(int(code.type_string[t])) in _PLAIN
    return known, plain


def _primitive(code: Code) -> Bool:
    """Types without a name of a class in them: int, long[], …"""
    ok = (code.type_string >= 0) & (code.type_string < len(code.string_start))
    at = np.where(ok, code.type_string, 0)
    sizes = np.where(ok, code.string_end[at] - code.string_start[at], 0)
    last = np.clip(code.string_end[at] - 1, 0, max(len(code.data) - 1, 0))
    text = np.frombuffer(code.data, np.uint8)
    return np.asarray((sizes > 0) & (text[last] != ord(";")), bool)


def _protos(code: Code, neutral: U64) -> U64:
    """Hash of every prototype."""
    n, flat = _flat(code)
    out = mix(_at(neutral, code.proto_return) + _ONE)
    some = np.flatnonzero(n > 0)
    if len(flat) and len(some):
        begin = np.cumsum(n) - n
        within = np.arange(len(flat)) - np.repeat(begin, n)
        values = mix(_at(neutral, flat) * _TWO + within.astype(np.uint64))
        out[some] += np.add.reduceat(values, begin[some])
    return mix(out)


def _flat(code: Code) -> tuple[NDArray[np.int64], I32]:
    if not isinstance(code.proto_args, list):
        return code.proto_args.flat()
    n = np.array([len(a) for a in code.proto_args], np.int64)
    return n, np.array([t for a in code.proto_args for t in a], np.int32)


def _bodies(
    code: Code, strings: U64, telling: Bool, types: U64, protos: U64, events: NDArray[np.int64]
) -> Features:  # fmt: skip
    """Texts, pairs and calls of these events."""
    kind, operand = code.event_kind[events], code.event_operand[events]
    anchor = np.zeros(len(kind), np.uint64)
    text = (kind == STRING) & (operand >= 0) & (operand < len(strings))
    anchor[text] = strings[operand[text]]
    called = np.zeros(len(kind), bool)
    for which, holder, name, last in (
        (INVOKE, code.method_class, code.method_name, code.method_proto), (FIELD, code.field_class, code.field_name, None),
    ):  # fmt: skip
        at = np.flatnonzero((kind == which) & (operand >= 0) & (operand < len(holder)))
        owner = holder[operand[at]]
        ok = (owner >= 0) & telling[np.maximum(owner, 0)] if len(telling) else np.zeros(len(at), bool)
        at, owner = at[ok], owner[ok]
        member = operand[at]
        value = types[owner] + _at(strings, name[member]) * _ONE
        anchor[at] = mix(value if last is None else value + _at(protos, last[member]) * _TWO)
        called[at] = True
    keep = np.flatnonzero(text | called)
    if not len(keep):
        return Features(np.zeros(0, np.uint64), np.zeros(0, np.int32))
    anchor, definition, told = anchor[keep], code.event_def[events[keep]], text[keep]
    rows = code.def_class[definition]
    sizes = (code.string_end - code.string_start)[np.where(told, operand[keep], 0)]
    long = told & (sizes >= SHORTEST)
    out = [(_kind(mix(anchor[long]), TEXT), rows[long])]
    same = definition[1:] == definition[:-1]
    pair = np.flatnonzero(same & (told[1:] | told[:-1]))
    out.append((_kind(mix(anchor[pair] * _ONE + anchor[pair + 1]), PAIR), rows[pair]))
    if len(keep) > 2:
        three = np.flatnonzero(same[1:] & same[:-1] & ~told[2:] & ~told[1:-1] & ~told[:-2])
        value = mix(mix(anchor[three] * _ONE + anchor[three + 1]) * _TWO + anchor[three + 2])
        out.append((_kind(value, CALLS), rows[three]))
    return Features(np.concatenate([h for h, _ in out]), np.concatenate([r for _, r in out]).astype(np.int32))


def _shapes(code: Code, platform: Bool, types: U64, protos: U64, asked: Bool) -> Features:
    """One feature for each class asked for that has enough methods."""
    classes = len(code.class_type)
    total = np.zeros(classes, np.uint64)
    count = np.bincount(code.def_class, minlength=classes)[:classes]
    mine = np.flatnonzero(asked[code.def_class])
    if len(mine) and len(code.method_proto):
        method = code.def_method[mine]
        ok = (method >= 0) & (method < len(code.method_proto))
        proto = np.where(ok, code.method_proto[np.where(ok, method, 0)], -1).astype(np.int32)
        static = (code.def_flags[mine] & 8).astype(np.uint64)
        np.add.at(total, code.def_class[mine], mix(_at(protos, proto) + static))
    rows = np.arange(classes, dtype=np.int32)
    for row, type_ in ((rows, code.class_super), (code.interface_class, code.interface_type)):
        ok = (type_ >= 0) & (type_ < len(platform))
        ok[ok] = platform[type_[ok]]
        np.add.at(total, row[ok], mix(types[type_[ok]] + _TWO))
    rows = rows[asked & (count >= METHODS)]
    return Features(_kind(mix(total[rows]), SHAPE), rows)


def _kind(hashes: U64, kind: int) -> U64:
    return (hashes & ~np.uint64(3)) | np.uint64(kind)
