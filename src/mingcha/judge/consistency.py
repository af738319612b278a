"""Said against done: for each data item and receiver, what the documents say, what the package may and can do,
what it did and what it sent, side by side (相符性对照).

The form of the answer follows Andow et al., "Actions Speak Louder than Words" (USENIX Security 2020), which keeps the
receiver apart: what is said of the operator says nothing of an SDK. The table states and compares; whether a rule is
broken is for the rules to say. A document that was not read whole never makes an omission.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.catalogue.loader import texts
from mingcha.catalogue.schema import Sdk
from mingcha.judge.evidence import owner
from mingcha.model import Fact

Row = dict[str, Any]
VERDICTS = ("contradicted", "omitted", "vague", "not-read", "over-declared", "disclosed")
"""Worst first. not-read: no document was read, or not all of one, so that an absence says nothing."""
ROWS, TOLD, TEXT = 300, 3, 200  # rows; pieces of evidence of one cell, characters of one
# Roots of what nobody types: it comes from the system or not at all.
SYSTEM = frozenset({"device-info", "sensor-info", "location", "contacts-info", "communication"})
GIVES = frozenset({"share", "entrust", "transfer", "provide"})
_CODE = ("reachable", "needs-run", "guarded", "not-reachable")
Key = tuple[str, str, str]  # item, kind of receiver, its id


@dataclass(slots=True)
class _Cells:
    """What was seen of one item and receiver."""

    name: str = ""
    code: list[Fact] = field(default_factory=list)
    called: list[Fact] = field(default_factory=list)
    sent: list[Fact] = field(default_factory=list)


def table(kinds: Mapping[str, Sequence[Fact]], catalogue: Catalogue, observed: Iterable[str] = ()) -> Row:
    """`rows`, `more` (rows left out) and `counts` by verdict; empty where no document, log or capture was read:
    the package alone is told by other tables. `observed`: channels of which an exhibit was read."""
    seen = frozenset(observed)
    if not seen & {"policy", "behaviour", "traffic"}:
        return {}
    said = _Said.of(kinds, catalogue)
    documents = {str(f.get("exhibit")) for f in kinds.get("policy-document", ())}
    whole = bool(documents) and all(f.get("whole") is not False for f in kinds["policy-document"])
    whole = whole and not any(str(f.get("exhibit")) in documents for f in kinds.get("limitation", ()))
    permissions = {str(f.get("name")) for f in kinds.get("permission", ())}
    cells = _collect(kinds, catalogue)
    idle = _idle(kinds, cells, catalogue) if {"package", "behaviour"} <= seen else frozenset()
    rows = [_row(key, c, said, catalogue, permissions, seen, whole, idle) for key, c in cells.items()]
    rows = [r for r in rows if r["verdict"]]
    rows.sort(key=_rank)
    counts = Counter(r["verdict"] for r in rows)
    return {
        "rows": rows[:ROWS], "more": max(0, len(rows) - ROWS), "counts": {v: counts[v] for v in VERDICTS},
        "observed": sorted(seen & {"policy", "package", "behaviour", "traffic"}),
    }  # fmt: skip


@dataclass(slots=True)
class _Said:
    """Statements and rows of SDK lists by the receiver that they speak of."""

    catalogue: Catalogue
    by: dict[tuple[str, str], list[Fact]] = field(default_factory=dict)

    @classmethod
    def of(cls, kinds: Mapping[str, Sequence[Fact]], catalogue: Catalogue) -> _Said:
        out = cls(catalogue)
        told = [(f, _spoken_of(f, catalogue)) for f in kinds.get("statement", ())]
        told += [(f, _listed(f, catalogue)) for f in kinds.get("sdk-listing", ())]
        for f, (kind, id_, _) in told:
            out.by.setdefault((kind, id_), []).append(f)
        return out

    def about(self, kind: str, id_: str) -> tuple[list[Fact], bool]:
        """What speaks of a receiver, and whether it speaks of that very one. Code that nobody claims and hosts of
        nobody known are the app's own to explain; of another company, whoever is named as a receiver may be meant."""
        if kind in ("unknown", "system", "own-host"):
            return self.by.get(FIRST[:2], []), True
        if kind == "host":
            return [f for (k, _), found in self.by.items() if k == "named" for f in found], False
        own = self.by.get((kind, id_), [])
        if own or kind != "sdk" or id_ not in self.catalogue.sdks:
            return own, True
        sdks = self.catalogue.sdks
        near = [f for (k, other), found in self.by.items() if k == "sdk" and other in sdks and _kin(sdks[id_], sdks[other]) for f in found]
        return near, False


def _kin(one: Sdk, other: Sdk) -> bool:
    """Whether two products of one company go by each other's name: a base library by that of what it belongs to, and
    products for the same purpose, such as maps and positioning."""
    if one.vendor != other.vendor:
        return False
    purposes = {one.purpose, other.purpose}
    return len(purposes) == 1 or purposes <= {"map", "location"} or "utility" in purposes


def _collect(kinds: Mapping[str, Sequence[Fact]], catalogue: Catalogue) -> dict[Key, _Cells]:
    out: dict[Key, _Cells] = {}

    def at(item: Any, receiver: tuple[str, str, str]) -> _Cells:
        kind, id_, name = receiver
        found = out.setdefault((str(item), kind, id_), _Cells())
        found.name = found.name or name
        return found

    for f in kinds.get("startup-path", ()):
        if f.get("group") == "item":
            at(f.get("item"), _owner(f, catalogue)).code.append(f)
    followed = {(f.get("caller"), f.get("callee"), f.get("item")) for f in kinds.get("startup-path", ())}
    for f in kinds.get("api-call", ()):
        if f.get("group") == "item" and (f.get("caller"), f.get("callee"), f.get("item")) not in followed:
            at(f.get("item"), _owner(f, catalogue)).code.append(f)
    for f in kinds.get("behaviour", ()):
        if f.get("item") in catalogue.items:
            at(f.get("item"), _owner(f, catalogue)).called.append(f)
    for f in kinds.get("transmit", ()):
        if f.get("item") in catalogue.items:
            at(f.get("item"), _party(f, catalogue)).sent.append(f)
    for f in kinds.get("statement", ()):
        for item in f.get("items") or ():
            if f.get("polarity") is not False:
                at(item, _spoken_of(f, catalogue))
    for f in kinds.get("sdk-listing", ()):
        for item in f.get("items") or ():
            at(item, _listed(f, catalogue))
    return {key: c for key, c in out.items() if key[0] in catalogue.items}


def _idle(kinds: Mapping[str, Sequence[Fact]], cells: Mapping[Key, _Cells], catalogue: Catalogue) -> frozenset[str]:
    """Items of which it would show if anything obtained them, and nothing does: only an interface of the system
    yields them (what people type or choose leaves no trace), the package was read without a limitation, and neither
    they nor anything that belongs to them was found at any receiver."""
    packages = {f.get("exhibit") for f in kinds.get("package", ())}
    if any(f.get("exhibit") in packages for f in kinds.get("limitation", ())):
        return frozenset()
    yielded = {a for api in catalogue.apis.values() for m in api.members if m.item in catalogue.items for a in catalogue.ancestors(str(m.item))}
    found = {a for (item, _, _), c in cells.items() if c.code or c.called or c.sent for a in catalogue.ancestors(item)}
    return frozenset(i for i in yielded - found if catalogue.ancestors(i)[-1] in SYSTEM)


# ---- receivers ------------------------------------------------------------------------------------


def _sdk(id_: str, catalogue: Catalogue, name: str = "") -> tuple[str, str, str]:
    known = catalogue.sdks.get(id_)
    return "sdk", id_, known.name.zh if known else name or id_


FIRST = ("app", "", "")


def _owner(f: Fact, catalogue: Catalogue) -> tuple[str, str, str]:
    who = owner(f.get("owner"))
    if who.kind == "sdk":
        known = catalogue.sdks.get(who.id)
        # A support library does what its caller asks, and a framework what the app's scripts ask: the app's doing.
        return FIRST if known is not None and known.personal is not True else _sdk(who.id, catalogue, who.name)
    return FIRST if who.kind == "app" else (who.kind, who.id, who.name)


def _party(f: Fact, catalogue: Catalogue) -> tuple[str, str, str]:
    if f.get("party") == "first":  # whosever code sent it
        return FIRST
    for name in (f.get("sdk"), f.get("vendor")):
        if name and str(name) in catalogue.sdks:
            return _sdk(str(name), catalogue)
    name = str(f.get("vendor") or f.get("host") or "")
    return "host" if f.get("party") == "third" else "own-host", name, name


def _spoken_of(f: Fact, catalogue: Catalogue) -> tuple[str, str, str]:
    if f.get("sdk"):
        return _sdk(str(f["sdk"]), catalogue)
    receiver = str(f.get("receiver") or "")[:TEXT]
    gives = f.get("act") in GIVES and (receiver or "SDK" in str(f.get("quote")))
    # An SDK that the catalogue does not know is another company all the same.
    return ("named", receiver, receiver) if gives or f.get("actor") in ("sdk", "third") else FIRST


def _listed(f: Fact, catalogue: Catalogue) -> tuple[str, str, str]:
    name = str(f.get("name") or f.get("vendor") or "")[:TEXT]
    return _sdk(str(f["sdk"]), catalogue, name) if f.get("sdk") else ("named", name, name)


# ---- one row --------------------------------------------------------------------------------------


def _row(
    key: Key, c: _Cells, said: _Said, catalogue: Catalogue, permissions: set[str], seen: frozenset[str], whole: bool, idle: frozenset[str]
) -> Row:
    item, kind, id_ = key
    node = catalogue.items[item]
    about, own = said.about(kind, id_)
    declared = _declared(item, about, own, catalogue)
    taken = any(item in (f.get("items") or ()) and f.get("actor") != "user" for f in about)  # not handed over by people
    row: Row = {
        "item": item, "name": texts(node.name), "sensitive": node.sensitive,
        "receiver": {"kind": kind, "id": id_, "name": c.name}, "declared": declared,
        "permission": sorted(permissions & set(node.permissions)), "code": _code(c.code),
        "called": _called(c.called), "sent": _sent(c.sent),
    }  # fmt: skip
    run = row["called"]["count"] or row["sent"]["count"]
    row["ground"] = "run" if run else "code" if row["code"]["callers"] else "text"
    row["verdict"] = _verdict(row, seen, whole, taken and item in idle)
    return row


def _verdict(row: Row, seen: frozenset[str], whole: bool, idle: bool) -> str:
    how = row["declared"]["how"]
    if row["ground"] == "text":
        return "over-declared" if idle and how == "exact" and row["receiver"]["kind"] in ("app", "sdk") else ""
    if "policy" not in seen:
        return "not-read"
    if how == "denied":
        # Code may never run, and a call of which the log keeps no result may have given nothing.
        return "contradicted" if row["called"]["sure"] or row["sent"]["count"] else "vague"
    if how in ("exact", "listed"):
        return "disclosed"
    if how == "vague":
        return "vague"
    return "omitted" if whole else "not-read"


def _rank(row: Row) -> tuple[Any, ...]:
    run = row["called"]["count"] + row["sent"]["count"]
    who = row["receiver"]
    return VERDICTS.index(row["verdict"]), not run, not row["sensitive"], -run, row["item"], who["kind"], who["id"]


def _declared(item: str, said: Sequence[Fact], own: bool, catalogue: Catalogue) -> Row:
    """How the documents speak of an item at a receiver: exact (the item by name), listed (the SDK's row of a list
    names it), vague (only something wider, a near relation of the receiver, or what a word means in the text), denied,
    or none; with the passages. `own`: they speak of that very receiver."""
    found: dict[str, list[Fact]] = {}
    ancestors = catalogue.ancestors(item)  # the item itself first
    for f in said:
        named = [a for a in ancestors if a in (f.get("items") or ())]
        exact = bool(named) and named[0] == item and own and f.get("by") != "definition"
        if f["kind"] == "sdk-listing":
            found.setdefault("listed" if exact else "vague" if named else "named", []).append(f)
        elif f.get("polarity") is False:
            # “Not without your consent” is no denial, and what is not shared or kept may be obtained all the same.
            if exact and not f.get("condition") and f.get("denies") in (None, "collect"):
                found.setdefault("denied", []).append(f)
        elif named:
            found.setdefault("exact" if exact else "vague", []).append(f)
    both = "exact" in found or "listed" in found  # a text that says both is another rule's matter
    how = next((h for h in ("denied", "exact", "listed", "vague") if h in found and not (h == "denied" and both)), "none")
    once = {(f.get("exhibit"), f.get("where")): f for f in reversed(found.get(how, ()))}
    return {
        "how": how, "passages": [_passage(f) for f in list(reversed(once.values()))[:TOLD]],
        "listed": own and any(f["kind"] == "sdk-listing" for f in said),
    }  # fmt: skip


def _passage(f: Fact) -> Row:
    return {
        "quote": str(f.get("quote") or f.get("data") or f.get("name") or "")[:TEXT], "section": str(f.get("section") or "")[:TEXT],
        "exhibit": f.get("exhibit"), "where": f.get("where"),
    }  # fmt: skip


def _place(f: Fact, text: Any) -> Row:
    return {"text": str(text or "")[:TEXT], "exhibit": f.get("exhibit"), "where": f.get("where")}


def _code(found: Sequence[Fact]) -> Row:
    paths = [f for f in found if f["kind"] == "startup-path"]
    verdict = next((v for v in _CODE for f in paths if f.get("verdict") == v), "present" if found else "")
    first = sorted(found, key=lambda f: _CODE.index(f["verdict"]) if f.get("verdict") in _CODE else len(_CODE))
    return {
        "verdict": verdict, "callers": len({f.get("caller") for f in found}),
        "evidence": [_place(f, f.get("caller")) for f in first[:TOLD]],
    }  # fmt: skip


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default


def _called(found: Sequence[Fact]) -> Row:
    """Calls that gave something back, or of which the log does not say; attempts beside them. `sure`: the former."""
    ok = [f for f in found if f.get("result") not in ("denied", "error")]
    states: Counter[str] = Counter()
    for f in ok:
        states[str(f.get("state"))] += int(_number(f.get("count"), 1))
    ordered = sorted(ok, key=lambda f: (f.get("state") != "pre-consent", _number(f.get("t"), 0)))
    return {
        "count": sum(states.values()), "sure": sum(int(_number(f.get("count"), 1)) for f in ok if f.get("result") == "ok"),
        "attempts": sum(int(_number(f.get("count"), 1)) for f in found) - sum(states.values()),
        "first": min((_number(f.get("t"), 0) for f in ok), default=None), "states": dict(sorted(states.items())),
        "evidence": [_place(f, f.get("api")) for f in ordered[:TOLD]],
    }  # fmt: skip


def _sent(found: Sequence[Fact]) -> Row:
    """Messages that carry the item. A shape without a seed is a lead and is counted apart."""
    sure = [f for f in found if f.get("by") == "seed"]
    ordered = sorted(sure, key=lambda f: (not f.get("clear"), _number(f.get("t"), 0)))
    return {
        "count": len(sure), "leads": len(found) - len(sure), "hosts": sorted({str(f.get("host")) for f in sure})[:TOLD],
        "states": dict(sorted(Counter(str(f["state"]) for f in sure if f.get("state")).items())),
        "forms": sorted({str(f.get("form")) for f in sure}), "clear": any(f.get("clear") for f in sure),
        "first": min((_number(f.get("t"), 0) for f in sure), default=None),
        "evidence": [_place(f, f"{f.get('host')} {f.get('place') or ''}".strip()) for f in (ordered or found)[:TOLD]],
    }  # fmt: skip
