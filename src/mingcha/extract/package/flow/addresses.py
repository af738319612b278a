"""Addresses that code puts together from constants, the scheme first: `(secure ? "https://" : "http://") +
"host/path"`. A constant that is an address by itself is found without looking at bodies."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from mingcha.extract.package.body.analysis import sources
from mingcha.extract.package.body.decode import decode
from mingcha.extract.package.body.form import Body, Insn
from mingcha.extract.package.columns import I64, INVOKE, STRING, Code
from mingcha.extract.package.strings import Mask, among
from mingcha.extract.package.texts import Url, parse_url

BODIES = 300  # of one container that are looked at
NEAR = 5  # events from a scheme to the first call of a builder
CHOICES = 3  # constants that one part may be, after a branch
PARTS = 12  # of one address
AHEAD = 24  # instructions up to the next call on what the last one gave back
MOVES = 6  # followed for one part
_SCHEMES = frozenset({b"http", b"https", b"http://", b"https://", b"ws://", b"wss://"})
_BUILDERS = ("Ljava/lang/StringBuilder;", "Ljava/lang/StringBuffer;")
_ENDS = "/:?#"  # what may stand behind a host


def find(code: Code, skip: Mask | None = None) -> Iterator[tuple[Url, int]]:
    """(address, definition) of a container; `skip` masks definitions that never run."""
    for d in _candidates(code):
        body = decode(code, d) if skip is None or not skip[d] else None
        if body is None or body.cut:
            continue
        met: set[str] = set()
        for i in [i for i, op in enumerate(body.ops) if op == "invoke"]:
            for text in _from(body, i):
                url = parse_url(text)
                if url is not None and url.url not in met:
                    met.add(url.url)
                    yield url, d


def _candidates(code: Code) -> list[int]:
    """Definitions that load a scheme and soon after call a builder."""
    events = np.flatnonzero(code.event_kind == STRING)
    if not len(events):
        return []
    schemes = among(code, set(_SCHEMES), only=code.event_operand[events])
    events = events[schemes[code.event_operand[events]]]
    builders = [t for t in map(code.type_of, _BUILDERS) if t >= 0]
    gives = np.append(np.isin(code.method_class, builders), False)
    kind, operand = np.append(code.event_kind, [0] * NEAR), np.append(code.event_operand, [-1] * NEAR)

    def among_them(at: I64, kind_: int, mask: Mask) -> Mask:
        found: Mask = mask[np.where(kind[at] == kind_, operand[at], -1)]
        return found

    near = np.zeros(len(events), bool)
    for k in range(1, NEAR + 1):
        near |= among_them(events + k, INVOKE, gives)
    hit = events[near]
    return sorted(set(code.event_def[hit].tolist()))[:BODIES]


def _from(body: Body, i: int) -> Iterator[str]:
    """Addresses that begin with the scheme which instruction `i` gives to a builder."""
    first = _part(body, i)
    if first is None or not all(t.encode() in _SCHEMES for t in first[1]):
        return
    parts, whole = [first[1]], False
    held = {first[0]}  # registers of the builder
    while len(parts) < PARTS:
        i = _next(body, i, held)
        insn = body.insns[i] if i >= 0 else None
        if insn is None or insn.op != "invoke":
            break
        if _builds(body, insn) == "toString":
            whole = True
            break
        following = _part(body, i)
        if following is None:
            break
        parts.append(following[1])
    if len(parts) == 1:
        return
    for choice in itertools.islice(itertools.product(*parts), CHOICES * 2):
        text = "".join(choice)
        host = text.partition("://")[2]
        # A host whose end is not known may be any host.
        if host and (whole or any(c in host for c in _ENDS)):
            yield text


def _part(body: Body, i: int) -> tuple[int, list[str]] | None:
    """(register of the builder, texts) where an instruction puts one of a few constant texts into it."""
    insn = body.insns[i]
    if insn.op != "invoke" or _builds(body, insn) not in ("append", "<init>") or len(insn.src) != 2:
        return None
    found = _texts(body, i, insn.src[1], MOVES)
    return (insn.src[0], sorted(found)) if found and len(found) <= CHOICES else None


def _next(body: Body, i: int, held: set[int]) -> int:
    """The next call on the builder: the one that takes what this one gives back, or straight on from here; -1
    where there is none."""
    if i + 1 < len(body.insns) and body.insns[i + 1].op == "result":
        given = body.insns[i + 1].dst
        for k in range(i + 2, min(i + 2 + AHEAD, len(body.insns))):
            if body.ops[k] == "invoke" and body.insns[k].src[:1] == (given,) and sources(body, k, given) == (i + 1,):
                return k if _builds(body, body.insns[k]) else -1
    while body.succ[i] == (i + 1,) and body.begin(i + 1) <= i:
        last, i = body.insns[i], i + 1
        insn = body.insns[i]
        again = insn.op == "result" and last.op == "invoke" and last.src and last.src[0] in held and _builds(body, last)
        if again or (insn.op == "move" and insn.src[0] in held):
            held.add(insn.dst)
        elif insn.op == "invoke" and any(r in held for r in insn.src):
            return i if insn.src[0] in held and _builds(body, insn) else -1
        elif insn.dst in held:
            held.discard(insn.dst)
    return -1


def _builds(body: Body, insn: Insn) -> str:
    """Name of a builder's method, empty for any other."""
    code = body.code
    if insn.ref < 0 or insn.static or code.type(int(code.method_class[insn.ref])) not in _BUILDERS:
        return ""
    return code.label(int(code.method_name[insn.ref]))


def _texts(body: Body, i: int, register: int, left: int) -> set[str] | None:
    """The constant texts that a register may hold; None where it may hold anything else."""
    found = sources(body, i, register) if left > 0 else None
    if not found or len(found) > CHOICES or found[0] < 0:
        return None
    out: set[str] = set()
    for at in found:
        insn = body.insns[at]
        if insn.op == "string" and insn.ref >= 0:
            out.add(body.code.text(insn.ref)[:500])
        elif insn.op == "move" and (more := _texts(body, at, insn.src[0], left - 1)):
            out |= more
        else:
            return None
    return out
