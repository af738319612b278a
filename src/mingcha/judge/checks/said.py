"""What a policy says of one receiver or in wide words, against what was done; and what was done against what the user
refused. All of them are leads: a reader of policies may miss a sentence, and a log does not see every screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.checks import CheckResult, check
from mingcha.judge.evidence import owner
from mingcha.judge.match import FactIndex, distinct
from mingcha.model import Fact, Subject

_ENDS = re.compile(r"(.+?)\s*[（(]([^（(）)]+)[）)]")  # 深圳市和讯华谷信息技术有限公司（极光）: either is its name
GIVES = ("share", "entrust")
WITHHELD = ("denied", "error")  # nothing came of the call
NO_POLICY = CheckResult(failed=None, reasons=["no-policy"])


def _done(facts: FactIndex, wanted: set[str], catalogue: Catalogue) -> list[Fact]:
    """Calls that gave something and messages with a planted value, of items below one of `wanted`."""
    found = [f for f in facts.of("behaviour") if f.get("result") not in WITHHELD]
    found += [f for f in facts.of("transmit") if f.get("by") == "seed"]
    below = {i for i in catalogue.items if not wanted.isdisjoint(catalogue.ancestors(i))}
    return [f for f in found if f.get("item") in below]


def _stated(facts: FactIndex) -> list[Fact]:
    """Statements that do not deny, and rows of lists."""
    return [*(f for f in facts.of("statement") if f.get("polarity") is not False), *facts.of("sdk-listing")]


def _sdk_of(fact: Fact, catalogue: Catalogue) -> str:
    """The SDK that called or got a message, where it is one of the catalogue's that handle personal information."""
    caller = owner(fact.get("owner"))
    names = (caller.id if caller.kind == "sdk" else None, fact.get("sdk"), fact.get("vendor"))
    found = next((str(n) for n in names if n in catalogue.sdks), "")
    return found if found and catalogue.sdks[found].personal else ""


def _vendors(catalogue: Catalogue) -> dict[str, set[str]]:
    """Each SDK with the others of its vendor: base libraries and hosts go by the name of another product."""
    by: dict[tuple[str, str], set[str]] = {}
    for one in catalogue.sdks.values():
        by.setdefault((one.vendor.zh, one.vendor.en), set()).add(one.id)
    return {id_: ids for ids in by.values() for id_ in ids}


@check("item-vague")
def item_vague(facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject) -> CheckResult:
    """An item below one of `items` that was collected or sent, and that the policy covers by a wider term alone. What
    no term covers and what listed SDKs take are other rules' matters. Evidence: the wide statements and what was done."""
    if facts.unseen("statement"):
        return NO_POLICY
    said: dict[str, Fact] = {}
    for f in _stated(facts):
        for item in f.get("items") or ():
            said.setdefault(item, f)
    listed, vendors = {str(f["sdk"]) for f in facts.of("sdk-listing") if f.get("sdk")}, _vendors(catalogue)
    found: list[Fact] = []
    for f in _done(facts, set(params["items"]), catalogue):
        sdk = _sdk_of(f, catalogue)
        if sdk and not listed.isdisjoint(vendors[sdk]):
            continue  # what a listed SDK takes is measured by its own row
        wider = [a for a in catalogue.ancestors(f["item"]) if a in said]
        if wider and wider[0] != f["item"]:
            found += [said[wider[0]], f]
    return CheckResult(suspect=bool(found), evidence=distinct(found))


@check("sdk-item-unlisted")
def sdk_item_unlisted(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """An item below one of `items` that a listed SDK collected or was sent, and that the documents state, but not of this
    SDK. SDKs without a row, rows whose data nobody understood and items stated nowhere are other rules' matters."""
    if facts.unseen("sdk-listing"):
        return NO_POLICY
    rows: dict[str, list[Fact]] = {}
    for f in _stated(facts):
        if f.get("sdk"):
            rows.setdefault(str(f["sdk"]), []).append(f)
    vendors = _vendors(catalogue)
    anywhere = {item for f in _stated(facts) for item in f.get("items") or ()}
    found: list[Fact] = []
    for f in _done(facts, set(params["items"]), catalogue):
        sdk = _sdk_of(f, catalogue)
        mine = [r for one in sorted(vendors[sdk]) for r in rows.get(one, ())] if sdk else []
        listed = {item for r in mine for item in r.get("items") or ()}
        line = set(catalogue.ancestors(f["item"]))
        if listed and line.isdisjoint(listed) and not line.isdisjoint(anywhere):
            found += [*mine[:1], f]
    return CheckResult(suspect=bool(found), evidence=distinct(found))


@check("receiver-undisclosed")
def receiver_undisclosed(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """A planted value of an item below one of `items` went to a third party that the documents name neither by SDK nor
    by name, company or domain."""
    if facts.unseen("statement"):
        return NO_POLICY
    ids = {str(f["sdk"]) for f in _stated(facts) if f.get("sdk")}
    fields = ("quote", "receiver", "name", "vendor", "link")
    said = "\n".join(str(f.get(n) or "") for f in _stated(facts) for n in fields).casefold()
    sent, unclear = _sent(facts, set(params["items"]), catalogue)
    vendors = _vendors(catalogue)
    ids = {other for id_ in ids for other in vendors.get(id_, ())}
    told: dict[tuple[str, ...], bool] = {}
    found = []
    for f in sent:
        key = tuple(str(f.get(n) or "") for n in ("domain", "host", "vendor", "sdk"))
        if key not in told:
            told[key] = _told(f, ids, said, catalogue)
        if not told[key]:
            found.append(f)
    return CheckResult(suspect=True, evidence=found) if found else unclear


def _sent(facts: FactIndex, wanted: set[str], catalogue: Catalogue) -> tuple[list[Fact], CheckResult]:
    """What went to third parties, and what may be said if nothing speaks against it: a host of nobody known may be
    a third party."""
    sent = [f for f in _done(facts, wanted, catalogue) if f["kind"] == "transmit"]
    unclear = any(f.get("party") not in ("first", "third") for f in sent)
    return [f for f in sent if f.get("party") == "third"], CheckResult(failed=None, reasons=["unknown-host"]) if unclear else CheckResult()


def _told(sent: Fact, ids: set[str], said: str, catalogue: Catalogue) -> bool:
    names = [str(sent.get(n) or "") for n in ("domain", "host", "vendor")]
    for id_ in {str(sent.get("sdk") or ""), str(sent.get("vendor") or "")} & set(catalogue.sdks):
        known = catalogue.sdks[id_]
        if id_ in ids:
            return True
        for full in (known.name.zh, known.name.en, known.vendor.zh, known.vendor.en):
            either = _ENDS.fullmatch(full)
            names += [part.removesuffix("SDK").strip() for part in (either.groups() if either else (full,))]
    return any(len(n) > 1 and n.casefold() in said for n in names)


@check("denied-yet-shared")
def denied_yet_shared(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """The policy says without any condition that personal information, or an item, goes to nobody else, and a planted
    value of an item below one of `items` went to a third party. A policy that also tells of sharing or lists SDKs
    has not said so."""
    if facts.unseen("statement"):
        return NO_POLICY
    stated = _stated(facts)
    if any(f["kind"] == "sdk-listing" or f.get("sdk") or f.get("act") in GIVES for f in stated):
        return CheckResult()
    sent, unclear = _sent(facts, set(params["items"]), catalogue)
    denials = [
        f for f in facts.of("statement")
        if f.get("polarity") is False and f.get("denies") in GIVES and not f.get("condition") and f.get("actor") in (None, "first")
    ]  # fmt: skip
    found: list[Fact] = []
    for f in sent:
        line = set(catalogue.ancestors(f["item"]))
        against = next((d for d in denials if not d.get("items") or not line.isdisjoint(d["items"])), None)
        found += [against, f] if against else []
    if found:
        return CheckResult(suspect=True, evidence=distinct(found))
    return unclear if denials else CheckResult()


@check("refused-yet-obtained")
def refused_yet_obtained(
    facts: FactIndex, catalogue: Catalogue, params: Mapping[str, Any], subject: Subject
) -> CheckResult:
    """An item that was obtained after the user had refused a permission for it and before one was granted. Items that a
    permission without a dialog yields as well are left out."""
    asks = [f for f in facts.of("permission-ask") if isinstance(f.get("t"), int | float)]
    found: list[Fact] = []
    for f in facts.of("behaviour"):
        if f.get("result") != "ok" or f.get("item") not in catalogue.items:
            continue
        refusal = _refused(f, catalogue.items[f["item"]].permissions, asks, catalogue)
        found += [refusal, f] if refusal else []
    return CheckResult(suspect=bool(found), evidence=distinct(found))


def _refused(call: Fact, permissions: Sequence[str], asks: Iterable[Fact], catalogue: Catalogue) -> Fact | None:
    """The last refusal before the last of the calls, unless one of the permissions had been granted."""
    levels = {catalogue.permissions[p].level for p in permissions if p in catalogue.permissions}
    end = max(float(call.get("t") or 0), float(call.get("last") or 0))
    before = [a for a in asks if a.get("permission") in permissions and a["t"] < end]
    if "normal" in levels or any(a.get("answer") == "granted" for a in before):
        return None
    return next((a for a in reversed(before) if a.get("answer") in ("denied", "denied-forever")), None)
