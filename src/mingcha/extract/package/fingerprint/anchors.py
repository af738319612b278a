"""Name-free features of code: what stays when a compiler, a shrinker and a renamer have passed over it.

An anchor is something in a body that cannot be renamed: a text that it loads, a member of the platform
that it uses. Features are 64-bit numbers over anchors; the lowest two bits say of which kind:

- TEXT: a text of at least `SHORTEST` bytes, or a version, that code loads;
- PAIR: two anchors of one method, at least one of them a text, that are neighbours when all of the method are
  ordered by their numbers;
- CALLS: three platform members that one method uses, neighbours in the same sense;
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
TOP = 22  # bits of a feature that are looked up before it is searched for
LONGEST = 200  # bytes of a text that is looked for pieces
SHORTEST = 6  # bytes of a text that says something by itself
_VERSION = "0.0.0"  # and what a shorter one looks like that does: digits and points
METHODS = 4  # of a class whose shape says something
_WORDS = 6
_SYNTHETIC = 0x1000
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


class Texts(NamedTuple):
    """TEXT features of a container, each as often as it is loaded, with the class and the string that it stands for, and
    how many texts that say something each class loads: [C]."""

    hashes: U64
    rows: I32
    strings: I32
    counts: NDArray[np.int64]


def texts(code: Code, table: Bool | None = None) -> Texts:
    """The TEXT features of a container. `table`: by the first `TOP` bits of a feature, which of them are asked for;
    that much is known of a text without reading all of it, and most are not asked for."""
    at = np.flatnonzero(code.event_kind == STRING)
    operand = code.event_operand[at]
    says = np.append(_says(code), False)  # index -1 reads False
    ok = np.flatnonzero(says[np.where(operand < len(says), operand, -1)])
    at, operand = at[ok], operand[ok]
    rows = code.def_class[code.event_def[at]]
    counts = np.bincount(rows, minlength=len(code.class_type))
    asked = np.zeros(len(says), bool)
    asked[operand] = True
    ids = np.flatnonzero(asked)
    heads = _heads(code, ids)
    if table is not None:
        known = np.flatnonzero(table[(heads >> np.uint64(64 - TOP)).astype(np.int64)])
        ids, heads = ids[known], heads[known]
        asked[:] = False
        asked[ids] = True
        mine = np.flatnonzero(asked[operand])
        operand, rows = operand[mine], rows[mine]
    numbers = np.zeros(len(asked), np.uint64)
    numbers[ids] = _text(heads, _strings(code, ids))
    return Texts(numbers[operand], rows.astype(np.int32), operand, counts)


def loaded(code: Code, classes: Bool) -> tuple[U64, NDArray[np.int64]]:
    """(the TEXT features of some classes, the string that each stands for), each once."""
    at = _events(code, classes)
    operand = np.unique(code.event_operand[at[code.event_kind[at] == STRING]]).astype(np.int64)
    operand = operand[(operand >= 0) & (operand < len(code.string_start))]
    operand = operand[_says(code, operand)]
    return _text(_heads(code, operand), _strings(code, operand)), operand


def _events(code: Code, classes: Bool) -> NDArray[np.int64]:
    """The events of some classes, in order. Events are ordered by definition."""
    mine = np.flatnonzero(classes[code.def_class]).astype(code.event_def.dtype)
    low = np.searchsorted(code.event_def, mine)
    n = np.searchsorted(code.event_def, mine, "right") - low
    return np.repeat(low - (np.cumsum(n) - n), n) + np.arange(int(n.sum()))


def pieces(code: Code, strings: NDArray[np.int64]) -> tuple[U64, NDArray[np.int64], NDArray[np.int64]]:
    """(the TEXT features of all beginnings and then of all ends of strings, which of the strings each is of, its bytes).
    Of a longer string only the first `LONGEST` bytes are looked at."""
    start = code.string_start[strings].astype(np.int64)
    size = np.minimum(code.string_end[strings] - start, LONGEST)
    cuts = np.maximum(size - SHORTEST, 0)
    which = np.repeat(np.arange(len(strings)), cuts)
    cut = SHORTEST + np.arange(len(which)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
    begin, end = start[which], start[which] + size[which]
    data = _words(code)
    parts = [_text(_head(data, b, n), _hash(data, b, n)) for b, n in ((begin, cut), (end - cut, cut))]
    return np.concatenate(parts), np.concatenate([which, which]), np.concatenate([cut, cut])


def read(code: Code, classes: Bool | None = None) -> Features:
    """All features of the classes asked for: [C], default those that load a text."""
    nothing = Features(np.zeros(0, np.uint64), np.zeros(0, np.int32))
    if classes is None:
        classes = texts(code).counts > 0
    if not classes.any() or not len(code.string_start):
        return nothing
    events, flat = _events(code, classes), _flat(code)
    protos, types = _asked(code, classes, events, flat)
    platform, plain = _platform(code, types)
    named = platform | _primitive(code, types)
    strings = np.zeros(len(code.string_start), np.uint64)
    ids = _needed(code, platform, code.type_string[named], events)
    strings[ids] = _strings(code, ids)
    numbers = _at(strings, code.type_string)
    neutral = np.where(named, numbers, _ONE)  # own types may be called anything
    shaped = _protos(code, neutral, protos, flat)
    found = [
        _bodies(code, strings, platform & ~plain, numbers, shaped, events), _shapes(code, platform, numbers, shaped, classes)
    ]  # fmt: skip
    return Features(np.concatenate([f.hashes for f in found]), np.concatenate([f.rows for f in found]))


def _asked(
    code: Code, classes: Bool, events: NDArray[np.int64], flat: tuple[NDArray[np.int64], I32]
) -> tuple[Bool, NDArray[np.int64]]:
    """(prototypes, types) that the features of these classes and events hang on."""
    protos, types = np.zeros(len(code.proto_return) + 1, bool), np.zeros(len(code.type_string) + 1, bool)
    kind, operand = code.event_kind[events], code.event_operand[events]
    for which, owner in ((INVOKE, code.method_class), (FIELD, code.field_class)):
        used = operand[kind == which]
        used = used[(used >= 0) & (used < len(owner))]
        types[owner[used]] = True
        if which == INVOKE:
            protos[code.method_proto[used]] = True
    method = code.def_method[classes[code.def_class]]
    protos[code.method_proto[method[(method >= 0) & (method < len(code.method_proto))]]] = True
    protos[-1] = False
    types[flat[1][np.repeat(protos[:-1], flat[0])]] = True
    types[code.proto_return[protos[:-1]]] = True
    types[code.class_super[classes]] = True
    types[code.interface_type[classes[code.interface_class]]] = True
    return protos[:-1], np.flatnonzero(types[:-1])


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
    return _hash(_words(code), start, np.maximum(code.string_end[ids] - start, 0))


def _heads(code: Code, ids: NDArray[np.int64]) -> U64:
    """What the first word of each of these strings and its size come to."""
    start = code.string_start[ids].astype(np.int64)
    return _head(_words(code), start, np.maximum(code.string_end[ids] - start, 0))


def _words(code: Code) -> U64:
    """The eight bytes at every place but the last seven."""
    data = code.data if len(code.data) >= 8 else bytes(code.data).ljust(8, b"\0")
    return np.ndarray((len(data) - 7,), np.dtype("<u8"), np.frombuffer(data, np.uint8), strides=(1,))


def _word(words: U64, at: NDArray[np.int64]) -> U64:
    """The eight bytes at these places, with zeros behind the end."""
    inside = np.minimum(at, len(words) - 1)
    out, beyond = words[inside], np.flatnonzero(at > inside)
    out[beyond] >>= (8 * np.minimum(at - inside, 7)[beyond]).astype(np.uint64)
    return out


def _cut(size: NDArray[np.int64]) -> U64:
    """A text shorter than a word must not take in what lies behind it."""
    return np.where(size < 8, (np.uint64(1) << (8 * np.minimum(size, 7)).astype(np.uint64)) - np.uint64(1), _ALL)


def _head(words: U64, start: NDArray[np.int64], size: NDArray[np.int64]) -> U64:
    value = (_word(words, start) & _cut(size)) * _ONE + size.astype(np.uint64)
    return (value ^ (value >> np.uint64(32))) * _TWO


def _text(heads: U64, hashes: U64) -> U64:
    """TEXT features: the first bits tell the beginning of the text, the others all of it."""
    low = np.uint64((1 << (64 - TOP)) - 1)
    return _kind((heads & ~low) | (mix(hashes) & low), TEXT)


def _hash(words: U64, start: NDArray[np.int64], size: NDArray[np.int64]) -> U64:
    out = mix(size.astype(np.uint64) + _TWO)
    last, cut = np.maximum(size - 8, 0), _cut(size)
    for k in range(_WORDS):
        more = np.flatnonzero(size > 8 * k)
        # Up to 48 bytes word after word; of a longer one, evenly spread.
        spread = np.where(size[more] <= 8 * _WORDS, np.minimum(8 * k, last[more]), last[more] * k // (_WORDS - 1))
        out[more] = mix(out[more] * _ONE + (_word(words, start[more] + spread) & cut[more]))
    return out


def _at(values: U64, index: I32) -> U64:
    """Values by index; a fixed number for indices that the file does not have."""
    if not len(values):
        return np.full(len(index), _TWO)
    ok = (index >= 0) & (index < len(values))
    return np.where(ok, values[np.where(ok, index, 0)], _TWO)


def _platform(code: Code, asked: NDArray[np.int64]) -> tuple[Bool, Bool]:
    """(types of the platform, those of them that say nothing), of the types asked for. A class that the container
    itself defines is none, whatever its name."""
    known, plain = np.zeros(len(code.type_string), bool), np.zeros(len(code.type_string), bool)
    asked = asked[(code.type_string[asked] >= 0) & (code.type_string[asked] < len(code.string_start))]
    string = code.type_string[asked]
    data = np.frombuffer(bytes(code.data) or b"\0", np.uint8)
    at, length = code.string_start[string].astype(np.int64), (code.string_end - code.string_start)[string]
    at += (length > 1) & (data[np.minimum(at, len(data) - 1)] == ord("["))
    for heads, said in ((_PLATFORM, True), (_LIBRARIES, False)):
        for head in heads:
            likely = np.flatnonzero(length > len(head))
            for k, byte in enumerate(head):
                likely = likely[data[at[likely] + k] == byte]
            known[asked[likely]] = said
    own = code.class_type[(code.class_type >= 0) & (code.class_type < len(known))]
    known[own] = False
    for t in asked[known[asked] & (length < 28)].tolist():
        plain[t] = code.raw(int(code.type_string[t])) in _PLAIN
    return known, plain


def _primitive(code: Code, asked: NDArray[np.int64]) -> Bool:
    """Types without a name of a class in them: int, long[], … Of the types asked for."""
    out = np.zeros(len(code.type_string), bool)
    asked = asked[(code.type_string[asked] >= 0) & (code.type_string[asked] < len(code.string_start))]
    string = code.type_string[asked]
    last = np.clip(code.string_end[string] - 1, 0, max(len(code.data) - 1, 0))
    text = np.frombuffer(code.data, np.uint8)
    out[asked] = (code.string_end[string] > code.string_start[string]) & (text[last] != ord(";"))
    return out


def _protos(code: Code, neutral: U64, asked: Bool, arguments: tuple[NDArray[np.int64], I32]) -> U64:
    """Hash of every prototype asked for."""
    out = np.zeros(len(asked), np.uint64)
    n, flat = arguments
    flat, n = flat[np.repeat(asked, n)], n[asked]
    value = mix(_at(neutral, code.proto_return[asked]) + _ONE)
    some = np.flatnonzero(n > 0)
    if len(flat) and len(some):
        begin = np.cumsum(n) - n
        within = np.arange(len(flat)) - np.repeat(begin, n)
        values = mix(_at(neutral, flat) * _TWO + within.astype(np.uint64))
        value[some] += np.add.reduceat(values, begin[some])
    out[asked] = mix(value)
    return out


def _flat(code: Code) -> tuple[NDArray[np.int64], I32]:
    """(arguments of each prototype, all of them in a row)."""
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
    telling_text = told.copy()
    telling_text[told] = _says(code, operand[keep][told])
    ids = operand[keep][telling_text].astype(np.int64)
    out = [(_text(_heads(code, ids), anchor[telling_text]), code.def_class[definition[telling_text]])]
    # Compilers move what loads a text about and join what is loaded twice: only what a method holds stays, not
    # where. The anchors of a method in the order of their numbers have the same neighbours whatever was moved.
    method = np.cumsum(np.append(False, definition[1:] != definition[:-1])).astype(np.uint64)
    key = (method << np.uint64(40)) | (anchor >> np.uint64(24))
    order = np.argsort(key)
    key, anchor, told = key[order], anchor[order], told[order]
    once = np.append(True, key[1:] != key[:-1])
    method, anchor, told = method[order][once], anchor[once], told[once]
    rows = code.def_class[definition[order][once]]
    pair = np.flatnonzero((method[1:] == method[:-1]) & (told[1:] | told[:-1]))
    out.append((_kind(mix(anchor[pair] * _ONE + anchor[pair + 1]), PAIR), rows[pair]))
    anchor, method, rows = anchor[~told], method[~told], rows[~told]
    if len(anchor) > 2:
        three = np.flatnonzero(method[2:] == method[:-2])
        value = mix(mix(anchor[three] * _ONE + anchor[three + 1]) * _TWO + anchor[three + 2])
        out.append((_kind(value, CALLS), rows[three]))
    return Features(np.concatenate([h for h, _ in out]), np.concatenate([r for _, r in out]).astype(np.int32))


def _says(code: Code, strings: NDArray[np.integer] | slice = slice(None)) -> Bool:
    """Of these strings, default all: texts that say something by themselves, long ones and short ones that are a version."""
    start = code.string_start[strings]
    size = code.string_end[strings] - start
    out = size >= SHORTEST
    short = np.flatnonzero(size == len(_VERSION))
    data = np.frombuffer(code.data, np.uint8)
    for k, byte in enumerate(_VERSION):
        at = data[start[short] + k]
        short = short[at == ord(".") if byte == "." else (at >= ord("0")) & (at <= ord("9"))]
    out[short] = True
    return out


def _shapes(code: Code, platform: Bool, types: U64, protos: U64, asked: Bool) -> Features:
    """One feature for each class asked for that has enough methods."""
    classes = len(code.class_type)
    total = np.zeros(classes, np.uint64)
    # Compilers make methods of their own for lambdas and private members: no two make the same.
    written = code.def_flags & _SYNTHETIC == 0
    count = np.bincount(code.def_class[written], minlength=classes)[:classes]
    mine = np.flatnonzero(asked[code.def_class] & written)
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
