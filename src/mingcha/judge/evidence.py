"""Facts as evidence: one short line each, the same in every language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mingcha.catalogue import tree
from mingcha.catalogue.schema import Rule
from mingcha.model import Evidence, Fact, Owner

Asked = Mapping[str, tuple[str, ...]]

LIMIT = 50  # pieces per finding; the count of all is kept beside them
LENGTH = 300  # characters of one line
OWNER_KINDS = ("app", "sdk", "system", "unknown")


def evidence(facts: Iterable[Fact], asked: Asked | None = None) -> tuple[Evidence, ...]:
    """At most LIMIT pieces in the order given, but paths that only a run can tell after all others.
    `asked`: fields that the rule looked at, by kind."""
    strongest = sorted(facts, key=lambda fact: fact.get("verdict") == "needs-run")
    return tuple(piece(fact, asked) for fact in strongest[:LIMIT])


def asked_by(rule: Rule) -> Asked:
    """The fields that a rule's trees look at, by kind of fact."""
    fields: dict[str, tuple[str, ...]] = {}
    for node in (rule.match, rule.suspect):
        for leaf in tree.leaves(node) if node else ():
            known = fields.get(leaf["fact"], ())
            fields[leaf["fact"]] = (*known, *(f for f in leaf.get("where", {}) if f not in known))
    return fields


def piece(fact: Fact, asked: Asked | None = None) -> Evidence:
    """One fact with its place, line, owner and, where it has one, its path."""
    return Evidence(
        exhibit=str(fact.get("exhibit") or ""),
        where=str(fact.get("where") or ""),
        text=line(fact, asked),
        owner=owner(fact.get("owner")),
        path=path(fact),
        fact=dict(fact),
    )


def owner(value: Any) -> Owner:
    """The owner that a fact names; unknown when it names none or one of no known kind."""
    if not isinstance(value, Mapping) or value.get("kind") not in OWNER_KINDS:
        return Owner()
    return Owner(kind=value["kind"], id=str(value.get("id") or ""), name=str(value.get("name") or ""))


def path(fact: Fact) -> tuple[str, ...]:
    """From the caller (or start-up entry) to the API."""
    if fact["kind"] == "api-call":
        return (str(fact.get("caller") or ""), str(fact.get("callee") or ""))
    if fact["kind"] == "startup-path":
        return tuple(fact.get("path") or ())
    if fact["kind"] == "flow":
        return (*(fact.get("path") or (str(fact.get("caller") or ""),)), str(fact.get("sink") or ""))
    return ()


def method(descriptor: Any) -> str:
    """`Lpkg/Cls;->name(args)ret` as `pkg.Cls.name`; anything else unchanged."""
    text = str(descriptor or "")
    cls, arrow, member = text.partition("->")
    if not arrow:
        return text
    name = member.partition("(")[0].partition(":")[0]
    return f"{cls.removeprefix('L').removesuffix(';').replace('/', '.')}.{name}"


def line(fact: Fact, asked: Asked | None = None) -> str:
    """What was seen, in one line of names and values. A package fact has thirty fields; of it only
    those that the rule asked are shown."""
    make = LINES.get(fact["kind"])
    if asked and asked.get(fact["kind"]) and fact["kind"] == "package":
        make = _some(*asked["package"])
    text = (make(fact) if make else "") or _all(fact)
    told = fact.get("owner")
    if isinstance(told, Mapping) and told.get("by"):  # that no name says whose it is, a reader has to know
        text = f"{text} owner_by={told['by']}"
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def _some(*names: str) -> Callable[[Fact], str]:
    """The named fields that are set, as name=value, without a list's brackets."""
    return lambda fact: " ".join(_pairs((name, fact.get(name)) for name in names))


def _pairs(fields: Iterable[tuple[str, Any]]) -> list[str]:
    return [f"{name}={_value(value)}" for name, value in fields if value not in (None, "", [], ())]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(_value, value))
    if isinstance(value, Mapping):
        return str(value.get("id") or value.get("kind") or "")
    return str(value)


def _all(fact: Fact) -> str:
    return " ".join(_pairs((k, v) for k, v in fact.items() if k not in ("kind", "exhibit", "where", "owner")))


def _named(name: str, *others: str) -> Callable[[Fact], str]:
    """The value of one field, then the others as name=value."""
    rest = _some(*others)
    return lambda fact: f"{_value(fact.get(name) or '')} {rest(fact)}".strip()


def _call(fact: Fact) -> str:
    constant = f' "{fact["constant"]}"' if fact.get("constant") else ""
    times = f" ×{fact['count']}" if (fact.get("count") or 1) > 1 else ""
    return f"{method(fact.get('caller'))} → {method(fact.get('callee'))}{constant}{times}"


def _startup(fact: Fact) -> str:
    rest = _some("verdict", "item", "guard")(fact)
    first, arrow = (fact["entry"], "⇒") if fact.get("entry") else (fact.get("caller"), "→")
    return f"{method(first)} {arrow} {method(fact.get('callee'))} {rest}".strip()


def _component(fact: Fact) -> str:
    """What most rules ask of a component; staying out of the recents only where it does."""
    line = _named(
        "name", "type", "exported", "exported_by", "enabled", "permission", "permission_protection", "actions",
        "service_types",
    )(fact)  # fmt: skip
    return f"{line} exclude_from_recents=true" if fact.get("exclude_from_recents") is True else line


def _self_start(fact: Fact) -> str:
    rest = _some("cause", "action", "target", "interval", "reached")(fact)
    return f"{method(fact.get('component') or fact.get('method'))} {rest}".strip()


def _flow(fact: Fact) -> str:
    return f"{method(fact.get('caller'))} → {method(fact.get('sink'))} {_some('item', 'sink_kind', 'receiver')(fact)}".strip()


LINES: dict[str, Callable[[Fact], str]] = {
    "package": _some("format", "id", "version"),
    "permission": _named("name", "declared_max_sdk", "flags"),
    "permission-definition": _named("name", "protection"),
    "component": _component,
    "meta-data": lambda fact: f"{fact.get('name')}={_value(fact.get('value') or '')}",
    "network-config": _some("block", "domains", "cleartext", "user_certificates", "pins", "pins_until"),
    "signing": _some("scheme", "sha256", "key", "hash", "not_after", "debug"),
    "sdk": _named("name", "id", "version", "version_by", "versions", "known", "reference", "vendor", "purpose", "by", "state"),
    "api-call": _call,
    "code-pattern": lambda fact: f"{method(fact.get('method'))} {_some('pattern', 'detail', 'value')(fact)}".strip(),
    "text-match": _named("value", "list", "entry", "source"),
    "url": _named("url", "vendor"),
    "native-lib": _named("name", "abi", "sdk", "imports"),
    "startup-path": _startup,
    "self-start": _self_start,
    "flow": _flow,
    "transmit": _named("item", "host", "party", "vendor", "clear", "form", "state", "t"),
    "ip-registration": _named("ip", "country", "asn", "holder", "table", "built", "digest", "items", "hosts"),
    "clock-join": _named("by", "begin", "consent", "within", "told", "untold"),
    "behaviour": _named("api", "item", "state", "result", "t", "per_minute", "count", "last", "period"),
    "behaviour-run": _some("package", "form", "tool", "device", "calls", "events", "seconds"),
    "app-state": _named("state", "detail", "t"),
    "hook-coverage": _named("item", "hooked", "known", "tested"),
    "permission-ask": _named("permission", "answer", "ask", "interval", "since_refusal", "user", "t"),
    "process-start": _named("process", "cause", "by", "user", "chain", "component", "t"),
    "wake": _named("source", "target", "direction", "count", "per_hour", "cause", "t"),
    "statement": _named("quote", "act", "items", "receiver", "sdk"),
    "policy-element": _named("element", "present", "value", "unit", "quote"),
    "policy-document": _named("document", "language", "chars", "minutes", "mean_sentence", "jargon", "whole"),
    "sdk-listing": _named("name", "vendor", "purpose", "scene", "manner", "data", "link"),
    "tls-weakness": _named("host", "weakness", "detail", "vendor", "t"),
    "screen-event": _named("event", "detail", "value", "t"),
    "page": _named("url", "role", "profile", "mode", "elements"),
    "web-check": _named("html", "check", "profile", "mode", "total", "agreed"),
    "web-text": _some("main_px", "median_px", "role", "profile", "mode", "grows", "persists"),
    "web-spacing": _some("line", "paragraph", "profile", "mode"),
    "web-contrast": _named("text", "ratio", "px", "profile", "mode"),
    "web-target": _named("name", "w", "h", "role", "profile", "mode"),
    "web-keyboard": _some("total", "reached", "missed", "mouse_only", "trap", "profile"),
    "web-focus": _named("name", "step", "visible", "profile"),
    "web-zoom": _named("text", "how", "clipped", "over", "profile"),
    "elder-entry": _named("word", "by", "real", "keyboard", "first_screen", "profile"),
    "elder-search": _some("found", "controls", "profile"),
    "web-tool": _named("name", "tool", "works", "detail", "profile"),
    "web-floating": _named("text", "corner", "close_w", "close_h", "closed", "returns", "jumped", "profile"),
    "web-captcha": _named("form", "alternative", "enlarge", "times", "profile"),
    "web-time-limit": _named("text", "seconds", "extend", "profile"),
    "web-ad": _named("text", "by", "host", "mode", "profile"),
    "web-inducement": _named("text", "word", "mode", "profile"),
    "web-popup": _named("form", "text", "mode", "profile"),
    "human-agent": _named("text", "by", "steps", "profile"),
    "ui-screen": _named("screen", "mode", "role", "main", "setting", "largest_low", "largest_high", "density"),
    "ui-text": _named("text", "mode", "dp_low", "dp_high", "by", "main", "setting"),
    "ui-spacing": _named("text", "mode", "of", "ratio_low", "ratio_high", "by"),
    "ui-contrast": _named("text", "mode", "of", "ratio", "reason", "ink", "ground", "dp_low", "dp_high"),
    "ui-target": _named("name", "mode", "role", "w", "h", "main", "home", "overlaps"),
    "ui-name": _named("name", "mode", "role", "named", "doubled", "id"),
    "ui-order": _some("mode", "controls", "jumps"),
    "ui-floating": _named("name", "mode", "corner", "by", "w", "h", "share", "returns"),
    "ui-entry": _named("word", "at", "found", "dp"),
    "ui-ad": _named("word", "mode", "by"),
    "ui-inducement": _named("word", "mode", "strength"),
    "ui-gesture": _some("mode", "fingers", "action", "by", "t"),
    "ui-captcha": _some("mode", "of", "alternatives"),
    "ui-wait": _some("mode", "seconds", "changed", "t"),
    "listing": lambda fact: f"{fact.get('field')}={_value(fact.get('value') or '')}",
    "register-entry": _named("register", "field", "value", "matches"),
    "link-trial": _named("url", "owner_class", "surrounding", "result", "steps"),
    "answer": _some("outcome", "by", "confirmed_by", "note", "attachments"),
    "limitation": _named("code", "detail"),
    "deviation": _named("code", "detail"),
}
