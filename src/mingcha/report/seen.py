"""Evidence of what was said, done and sent in the words of the page, from the fact itself.

judge's lines of names and values serve machines; of a call, a message or a sentence an officer is owed words and units.
The facts come out of a saved result, so nothing of them is trusted to be there, nor to be short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mingcha.report import names
from mingcha.report.text import pick
from mingcha.report.words import Words

SHOWN = 240  # characters of one value
Parts = list[tuple[str, str]]
"""(name of a field or empty, its words), in the order shown."""


def line(fact: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> str:
    """A fact of a run, a capture or a text in words; empty for other kinds. `sdks`: names of SDKs by id."""
    make = KINDS.get(str(fact.get("kind")))
    parts = make(fact, w, sdks) if make else []
    colon, semicolon = ("：", "；") if w.lang == "zh" else (": ", "; ")
    return semicolon.join(f"{w(f'seen_field.{name}')}{colon}{text}" if name else text for name, text in parts if text)


def place(fact: Mapping[str, Any], w: Words) -> str:
    """Where in a text a passage stands; empty for other kinds."""
    if fact.get("kind") not in ("statement", "policy-element", "policy-document", "sdk-listing"):
        return ""
    return _counted(w, "seen.at", fact.get("offset"), -1) or w("seen.whole")


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _short(n: float) -> str:
    return f"{n:.1f}".removesuffix(".0")


def _counted(w: Words, key: str, value: Any, least: float = 0) -> str:
    n = _number(value)
    return w(key, n=_short(n)) if n is not None and n > least else ""


def _moment(w: Words, value: Any) -> str:
    return _counted(w, "seen.second", value, -1)


def _span(w: Words, hours: Any) -> str:
    """Hours in the unit that a person would use."""
    n = _number(hours)
    if n is None:
        return ""
    if n < 1 / 60:
        return w("seen.seconds", n=_short(n * 3600))
    return w("seen.minutes", n=_short(n * 60)) if n < 1 else w("seen.hours", n=_short(n))


def _code(w: Words, group: str, value: Any) -> str:
    return w.get(group, _text(value)) if value else ""


def _flag(w: Words, value: Any) -> str:
    return w.get("value", "true" if value else "false") if isinstance(value, bool) else ""


def _item(w: Words, value: Any) -> str:
    return pick(names.item_names().get(_text(value)), w.lang) or _text(value)


def _items(w: Words, value: Any) -> str:
    return w.join([_item(w, v) for v in value[:12]]) if isinstance(value, list | tuple) else ""


def _behaviour(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    again = (_number(f.get("count")) or 1) > 1
    return [
        ("", _item(w, f.get("item"))), ("api", _text(f.get("api"))), ("state", _code(w, "state", f.get("state"))),
        ("result", _code(w, "seen_result", f.get("result"))), ("count", _counted(w, "seen.times", f.get("count"), 1)),
        ("first" if again else "t", _moment(w, f.get("t"))), ("last", _moment(w, f.get("last")) if again else ""),
        ("per_minute", _counted(w, "seen.times", f.get("per_minute"), 1)), ("period", _counted(w, "seen.seconds", f.get("period"))),
    ]  # fmt: skip


def _transmit(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    vendor = _text(f.get("sdk")) or _text(f.get("vendor"))
    transport = ("clear" if f["clear"] else "tls") if isinstance(f.get("clear"), bool) else ""
    return [
        ("", _item(w, f.get("item"))), ("host", _text(f.get("host"))), ("party", _code(w, "seen_party", f.get("party"))),
        ("vendor", sdks.get(vendor, vendor)), ("transport", _code(w, "seen_transport", transport)),
        ("form", _code(w, "seen_form", f.get("form"))), ("place", _text(f.get("place"))),
        ("state", _code(w, "state", f.get("state"))), ("t", _moment(w, f.get("t"))),
    ]  # fmt: skip


def _ask(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    return [
        ("", _text(f.get("permission"))), ("answer", _code(w, "seen_answer", f.get("answer"))), ("ask", _counted(w, "seen.nth", f.get("ask"))),
        ("since_refusal", _span(w, f.get("since_refusal"))), ("user", _flag(w, f.get("user"))), ("state", _code(w, "state", f.get("state"))), ("t", _moment(w, f.get("t"))),
    ]  # fmt: skip


def _start(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    return [
        ("", _text(f.get("process"))), ("cause", _code(w, "seen_cause", f.get("cause"))), ("by", _text(f.get("by"))),
        ("component", _text(f.get("component"))), ("user", _flag(w, f.get("user"))), ("chain", _flag(w, f.get("chain"))),
        ("t", _moment(w, f.get("t"))),
    ]  # fmt: skip


def _wake(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    return [
        ("", f"{_text(f.get('source'))} → {_text(f.get('target'))}"), ("cause", _code(w, "seen_cause", f.get("cause"))),
        ("count", _counted(w, "seen.times", f.get("count"))), ("per_hour", _counted(w, "seen.times", f.get("per_hour"))),
        ("first", _moment(w, f.get("t"))),
    ]  # fmt: skip


def _quoted(w: Words, value: Any) -> str:
    text = _text(value)
    return (f"“{text}”" if w.lang == "zh" else f'"{text}"') if text else ""


def _statement(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    return [
        ("", _quoted(w, f.get("quote"))), ("items", _items(w, f.get("items"))), ("purpose", _text(f.get("purpose"))),
        ("condition", _text(f.get("condition"))), ("receiver", _text(f.get("receiver"))),
    ]  # fmt: skip


def _element(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    name, n, unit = _text(f.get("element")), _number(f.get("value")), _text(f.get("unit"))
    span = w.get("seen_unit", unit)
    return [
        ("", pick(names.policy_elements().get(name), w.lang) or name),
        ("", w.get("seen_present", "yes" if f["present"] else "no") if isinstance(f.get("present"), bool) else ""),
        ("value", span.format(n=_short(n)) if n is not None and span != unit else ""),
        ("quote", _quoted(w, f.get("quote"))),
    ]  # fmt: skip


def _document(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    jargon = _number(f.get("jargon"))
    return [
        ("", _code(w, "seen_document", f.get("document"))), ("title", _text(f.get("title"))), ("language", _code(w, "seen_language", f.get("language"))),
        ("chars", _counted(w, "seen.chars", f.get("chars"))), ("minutes", _counted(w, "seen.minutes", f.get("minutes"))),
        ("mean_sentence", _counted(w, "seen.chars", f.get("mean_sentence"))), ("jargon", f"{jargon:.1%}" if jargon is not None else ""),
    ]  # fmt: skip


def _listing(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    told = (("maker", "vendor"), ("purpose", "purpose"), ("scene", "scene"), ("manner", "manner"), ("data", "data"), ("link", "link"))
    asked = ("scene", "manner") if "共享" in _text(f.get("section")) else ("link",)  # what is asked of either kind of list
    lacks = [w(f"seen_field.{word}") for word, name in told if name in ("vendor", "purpose", "data", *asked) and not f.get(name)]
    return [("", _text(f.get("name"))), *((word, _text(f.get(name))) for word, name in told), ("absent", w.join(lacks))]


def _weakness(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    vendor = _text(f.get("sdk")) or _text(f.get("vendor"))
    return [
        ("", _text(f.get("host"))), ("weakness", _code(w, "seen_weakness", f.get("weakness"))), ("detail", _text(f.get("detail"))),
        ("vendor", sdks.get(vendor, vendor)), ("t", _moment(w, f.get("t"))),
    ]  # fmt: skip


def _registration(f: Mapping[str, Any], w: Words, sdks: Mapping[str, str]) -> Parts:
    """Which table says so stands beside it, because tables differ."""
    number = _number(f.get("asn"))
    network = " ".join(part for part in (f"AS{number:.0f}" if number is not None else "", _text(f.get("holder"))) if part)
    hosts = f.get("hosts")
    return [
        ("", _text(f.get("ip"))), ("country", _text(f.get("country"))), ("network", network),
        ("hosts", w.join([_text(h) for h in hosts[:3]]) if isinstance(hosts, list | tuple) else ""), ("items", _items(w, f.get("items"))),
        ("table", _text(f.get("table"))), ("built", _text(f.get("built"))), ("digest", _text(f.get("digest"))),
    ]  # fmt: skip


KINDS: dict[str, Callable[[Mapping[str, Any], Words, Mapping[str, str]], Parts]] = {
    "behaviour": _behaviour, "transmit": _transmit, "permission-ask": _ask, "process-start": _start, "wake": _wake,
    "statement": _statement, "policy-element": _element, "policy-document": _document, "sdk-listing": _listing,
    "tls-weakness": _weakness, "ip-registration": _registration,
}  # fmt: skip
