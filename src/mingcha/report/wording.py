"""What a finding's facts say as sentences of a notice: when by the user's consent, who, what, whereto, in which scene.

Pure over the facts of a saved result, of which nothing is trusted to be there nor to be short. What a fact does not say is left out
and never guessed; two facts become one sentence only where data item, state and owner agree. Kinds that have no sentence here are told
by the rule's own text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mingcha.model import Finding
from mingcha.report import names
from mingcha.report.text import pick
from mingcha.report.words import Words, words

MOST = 5
"""Sentences of one finding; how many more pieces there are is said."""
LONGEST = 160  # characters of one value
Fact = Mapping[str, Any]
_BESIDE = re.compile(r" *([，。；：、（）]) *")


def of_finding(finding: Finding, lang: str) -> list[str]:
    """The sentences of a finding; the rule's own text where its facts have none."""
    called = {e.owner.id: e.owner.name for e in finding.evidence if e.owner.kind == "sdk" and e.owner.name}
    told = sentences([e.fact for e in finding.evidence], lang, called, total=finding.evidence_total)
    what = pick(finding.what, lang) or pick(finding.title, lang)
    return told or ([what] if what else [])


def sentences(facts: Iterable[Fact], lang: str, called: Mapping[str, str] | None = None, total: int = 0) -> list[str]:
    """What facts say, each thing once, in their order. `called`: names of SDKs that the catalogue lacks; `total`: of how many pieces
    of evidence these are."""
    w = words(lang)
    known = [f for f in facts if isinstance(f, Mapping)]
    made = list(dict.fromkeys(_sentences(known, w, called or {})))
    shown = [_ended(s, w) for s in made[:MOST]]
    left = max(len(made) - MOST, total - len(known))
    return [*shown, _say(w, "wording.more", n=left)] if shown and left > 0 else shown


def _sentences(facts: Sequence[Fact], w: Words, called: Mapping[str, str]) -> Iterator[str]:
    joined = _joined(facts)
    taken = {id(sent) for sent in joined.values()}
    for f in facts:
        if id(f) in taken:
            continue
        make = KINDS.get(str(f.get("kind")))
        clauses = [c for c in (make(f, w, called) if make else []) if c]
        if clauses and id(f) in joined:
            clauses.append(_sent(joined[id(f)], w, called, too=True))
        if clauses:
            yield ("，" if w.lang == "zh" else ", ").join(clauses)


def _joined(facts: Sequence[Fact]) -> dict[int, Fact]:
    """Behaviour → the transmission of the same item in the same state by the same code."""
    free = [f for f in facts if f.get("kind") == "transmit" and _text(f.get("host"))]
    out: dict[int, Fact] = {}
    for f in facts:
        if f.get("kind") != "behaviour" or f.get("result") != "ok" or f.get("state") in (None, "", "unknown"):
            continue
        same = [s for s in free if s.get("item") == f.get("item") and s.get("state") == f.get("state") and _text(s.get("sdk")) == _sdk(f)]
        if same and _owner_kind(f) in ("app", "sdk"):
            out[id(f)] = same[0]
            free = [s for s in free if s is not same[0]]
    return out


def _ended(sentence: str, w: Words) -> str:
    return f"{sentence}。" if w.lang == "zh" else f"{sentence[:1].upper()}{sentence[1:]}."


def _say(w: Words, key: str, **values: object) -> str:
    """A text with values in it; in Chinese, Latin letters and digits stand apart from characters as they do on the page."""
    if w.lang != "zh":
        return w(key, **values)
    text = w(key, **{k: f" {v} " if str(v)[:1].isascii() or str(v)[-1:].isascii() else v for k, v in values.items() if v != ""} | {k: v for k, v in values.items() if v == ""})
    return " ".join(_BESIDE.sub(r"\1", text).split())


def _aside(text: str, w: Words) -> str:
    return f"（{text}）" if w.lang == "zh" else f" ({text})"


def _text(value: Any) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e12:
        return ""
    return f"{value:.1f}".removesuffix(".0")


def _item(f: Fact, w: Words) -> str:
    id_ = _text(f.get("item"))
    return pick(names.item_names().get(id_), w.lang) or id_


def _does(f: Fact) -> bool:
    """Whether it names something that code does, not data that it obtains."""
    return _text(f.get("item")) in names.known().capabilities


def _owner_kind(f: Fact) -> str:
    owner = f.get("owner")
    return _text(owner.get("kind")) if isinstance(owner, Mapping) else ""


def _sdk(f: Fact) -> str:
    owner = f.get("owner")
    return _text(owner.get("id")) if isinstance(owner, Mapping) and owner.get("kind") == "sdk" else ""


def _named(sdk: str, w: Words, called: Mapping[str, str]) -> str:
    return pick(names.sdk_names().get(sdk), w.lang) or _text(called.get(sdk)) or sdk


def _who(f: Fact, w: Words, called: Mapping[str, str]) -> str:
    sdk = _sdk(f)
    return _say(w, "wording_who.sdk", name=_named(sdk, w, called)) if sdk else w("wording_who.app")


def _when(f: Fact, w: Words) -> str:
    state = _text(f.get("state"))
    found = w.get("wording_when", state) if state else ""
    return found if found != state else ""


def _behaviour(f: Fact, w: Words, called: Mapping[str, str]) -> list[str]:
    told = {"who": _who(f, w, called), "api": _text(f.get("api")), "item": _item(f, w)}
    if not told["item"] or (not told["api"] and f.get("result") != "ok"):
        return []
    if _does(f):
        if not told["api"]:
            return []
        said = _say(w, "wording.does", **told)
    else:
        match f.get("result"):
            case "ok":
                said = _say(w, "wording.ok", **told) if told["api"] else _say(w, "wording.ok_bare", who=told["who"], item=told["item"])
            case "denied":
                said = _say(w, "wording.denied", **told)
            case "error":
                said = _say(w, "wording.error", **told)
            case _:
                said = _say(w, "wording.call", **told)
    count, rate, period = (_number(f.get(k)) for k in ("count", "per_minute", "period"))
    return [
        _when(f, w), said, _say(w, "wording.times", n=count) if count not in ("", "1") else "",
        _say(w, "wording.per_minute", n=rate) if rate not in ("", "1") else "", _say(w, "wording.period", n=period) if period else "",
    ]  # fmt: skip


def _sent(f: Fact, w: Words, called: Mapping[str, str], *, too: bool = False) -> str:
    clear, form, sdk = f.get("clear"), _text(f.get("form")), _text(f.get("sdk"))
    told = {
        "how": (w("wording.clear") if clear else w("wording.tls")) if isinstance(clear, bool) else "",
        "form": _aside(w.get("seen_form", form), w) if form and form != "plain" else "", "host": _text(f.get("host")),
        "party": (_say(w, "wording.related", name=_named(sdk, w, called)) if sdk and not too else "") or (w("wording.third") if f.get("party") == "third" else ""),
    }  # fmt: skip
    # Whose domain it is does not say whose code sent it: the app did, as far as this fact goes.
    return _say(w, "wording.sent_too", **told) if too else _say(w, "wording.sent", who=w("wording_who.app"), item=_item(f, w), **told)


def _transmit(f: Fact, w: Words, called: Mapping[str, str]) -> list[str]:
    if not _text(f.get("item")) or not _text(f.get("host")):
        return []
    return [_when(f, w), _sent(f, w, called)]


def _code(f: Fact, w: Words, called: Mapping[str, str]) -> list[str]:
    told = {"who": _who(f, w, called), "api": _text(f.get("api")), "item": _item(f, w)}
    if not told["item"] or not told["api"]:
        return []
    return [_say(w, "wording.code_does", **told) if _does(f) else _say(w, "wording.code", **told)]


def _startup(f: Fact, w: Words, called: Mapping[str, str]) -> list[str]:
    verdict, entry = _text(f.get("verdict")), _text(f.get("entry_kind"))
    told = {"who": _who(f, w, called), "api": _text(f.get("api")), "item": _item(f, w)}
    if not told["item"] or not told["api"]:
        return []
    match verdict:
        case "reachable":
            said = _say(w, "wording.reachable", **told)
        case "guarded":
            said = _say(w, "wording.guarded", **told)
        case "needs-run":
            said = _say(w, "wording.needs-run", **told)
        case _:
            return []
    return [said, _say(w, "wording.scene", entry=w.get("entry_kind", entry)) if entry else ""]


def _flow(f: Fact, w: Words, called: Mapping[str, str]) -> list[str]:
    sink = _text(f.get("sink_kind"))
    if not sink or not _text(f.get("item")):
        return []
    return [_say(w, "wording.flow", who=_who(f, w, called), item=_item(f, w), sink=w.get("sink", sink))]


def _ask(f: Fact, w: Words, called: Mapping[str, str]) -> list[str]:
    permission, answer = _text(f.get("permission")), _text(f.get("answer"))
    if not permission:
        return []
    nth, since = _number(f.get("ask")), _number(f.get("since_refusal"))
    return [
        _when(f, w), _say(w, "wording.ask", permission=permission), _say(w, "wording.nth", n=nth) if nth not in ("", "1") else "",
        _say(w, "wording.since", n=since) if since else "",
        _say(w, "wording.answer", answer=w.get("seen_answer", answer)) if answer and answer != "unknown" else "",
    ]  # fmt: skip


def _event(f: Fact, w: Words, called: Mapping[str, str]) -> list[str]:
    event, detail, value = _text(f.get("event")), _text(f.get("detail")), _number(f.get("value"))
    if not event:
        return []
    detail = pick(names.item_names().get(detail), w.lang) or detail
    if event == "close-late" and value:
        detail = _say(w, "wording.late", n=value)
    if event == "full-screen-link" and value and 0 < f["value"] <= 1:
        detail = _say(w, "wording.share", n=w.percent(f["value"]))
    return [_say(w, "wording.walked", event=w.get("wording_event", event)) + (_aside(detail, w) if detail else "")]


KINDS: dict[str, Callable[[Fact, Words, Mapping[str, str]], list[str]]] = {
    "behaviour": _behaviour, "transmit": _transmit, "api-call": _code, "startup-path": _startup, "flow": _flow, "permission-ask": _ask,
    "screen-event": _event,
}  # fmt: skip
