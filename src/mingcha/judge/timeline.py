"""What happened when while the app ran, by whose code: lanes and events for a drawing (运行时间线).

It states what the log says and judges nothing. Only what goes by the clock of the run is in it: of a recording of
traffic, whose clock is its own, what was brought to it (`clock-join`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.evidence import owner
from mingcha.model import Fact

Row = dict[str, Any]
LANES, MARKS, EVENTS = 12, 120, 60  # drawn; what is left out is counted
_EVENTS = frozenset(
    {"consent-shown", "consent-accepted", "consent-refused", "consent-withdrawn", "cancel-account", "foreground", "background", "screen-off"}
)


def _time(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None


def table(kinds: Mapping[str, Sequence[Fact]], catalogue: Catalogue) -> Row:
    """`events` and `lanes` by time in seconds, `end`, `more` (marks left out); empty where nothing was recorded whose
    time is known."""
    lanes: dict[tuple[str, str], Row] = {}
    for f in kinds.get("behaviour", ()):
        t = _time(f.get("t"))
        if t is None or f.get("item") not in catalogue.items:
            continue
        who = owner(f.get("owner"))
        lane = lanes.setdefault((who.kind, who.id), {"owner": {"kind": who.kind, "id": who.id, "name": who.name}, "marks": []})
        last = _time(f.get("last"))
        count = f.get("count")
        lane["marks"].append({
            "t": t, "last": max(t, last if last is not None else t), "count": count if isinstance(count, int) and count > 0 else 1,
            "item": f["item"], "state": str(f.get("state") or ""), "ok": f.get("result") not in ("denied", "error"),
        })  # fmt: skip
    zero = _beginnings(kinds)
    app = next((key for key in lanes if key[0] == "app"), ("app", ""))
    for receiver, mark in _sent(kinds, catalogue, zero):
        key = app if receiver["kind"] == "app" else (receiver["kind"], receiver["id"])
        lanes.setdefault(key, {"owner": receiver, "marks": []})["marks"].append(mark)
    if not lanes:
        return {}
    for lane in lanes.values():
        lane["marks"].sort(key=lambda m: (m["t"], m["item"]))
    # The app first, then by who came first.
    ordered = sorted(lanes.values(), key=lambda x: (x["owner"]["kind"] != "app", x["marks"][0]["t"], x["owner"]["id"]))
    events: list[Row] = [
        {"t": t, "event": str(f["state"])} for f in kinds.get("app-state", ())
        if (t := _time(f.get("t"))) is not None and f.get("state") in _EVENTS
    ]  # fmt: skip
    events += [
        {"t": t, "event": "consent-accepted"} for f in kinds.get("clock-join", ())
        if (at := _epoch(f.get("consent"))) is not None and f["exhibit"] in zero and (t := at - zero[f["exhibit"]][0]) >= 0
    ]  # fmt: skip
    events.sort(key=lambda e: (e["t"], e["event"]))
    marks: list[Row] = [m for lane in ordered for m in lane["marks"]]
    shown = [{**lane, "marks": lane["marks"][:MARKS]} for lane in ordered[:LANES]]
    return {
        "events": events[:EVENTS], "lanes": shown, "end": max(*(m["last"] for m in marks), max((e["t"] for e in events), default=0.0)),
        "more": len(marks) - sum(len(lane["marks"]) for lane in shown),
    }  # fmt: skip


def _epoch(text: Any) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _beginnings(kinds: Mapping[str, Sequence[Fact]]) -> dict[str, tuple[float, float]]:
    """Recording → (second 0 of the drawing on its clock, seconds that this may be off). Where there is no log, the
    recording's own beginning is second 0."""
    out: dict[str, tuple[float, float]] = {}
    for f in kinds.get("clock-join", ()):
        if (begin := _epoch(f.get("begin"))) is not None:
            out.setdefault(f["exhibit"], (begin, float(f.get("within") or 0)))
    if not out and not kinds.get("behaviour") and len(kinds.get("capture", ())) == 1:
        for f in kinds.get("capture", ()):
            if kinds.get("clock-join") and (begin := _epoch(f.get("begin"))) is not None:
                out[f["exhibit"]] = begin, 0.0
    return out


def _sent(kinds: Mapping[str, Sequence[Fact]], catalogue: Catalogue, zero: Mapping[str, tuple[float, float]]) -> Iterator[tuple[Row, Row]]:
    """(receiver, mark) of what was sent for sure: one mark for each item, receiver and state."""
    marks: dict[tuple[Any, ...], tuple[Row, Row]] = {}
    for f in kinds.get("transmit", ()):
        at = f.get("at")
        if f.get("by") != "seed" or f.get("item") not in catalogue.items or f["exhibit"] not in zero or not isinstance(at, int | float):
            continue
        begin, within = zero[f["exhibit"]]
        if at - begin < -within - 0.001:
            continue  # before the run
        t, who = round(max(0.0, at - begin), 6), _receiver(f, catalogue)
        key = (who["kind"], who["id"], f["item"], f.get("state"))
        if key not in marks:
            marks[key] = who, {"t": t, "last": t, "count": 0, "item": f["item"], "state": str(f.get("state") or ""), "ok": True, "sent": True}
        mark = marks[key][1]
        mark["t"], mark["last"], mark["count"] = min(mark["t"], t), max(mark["last"], t), mark["count"] + 1
    yield from marks.values()


def _receiver(f: Fact, catalogue: Catalogue) -> Row:
    sdk = catalogue.sdks.get(str(f.get("sdk") or ""))
    if f.get("party") == "first":
        return {"kind": "app", "id": "", "name": ""}
    if sdk is not None:
        return {"kind": "sdk", "id": sdk.id, "name": sdk.name.zh}
    host = str(f.get("domain") or f.get("host") or "")
    return {"kind": "host", "id": host, "name": host}
