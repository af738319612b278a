"""What happened when while the app ran, by whose code: lanes and events for a drawing (运行时间线).

It states what the log says and judges nothing. Only what goes by the clock of the run is in it: a recording of
traffic has a clock of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """`events` and `lanes` by time in seconds, `end`, `more` (marks left out); empty where no call was recorded."""
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
    events.sort(key=lambda e: (e["t"], e["event"]))
    marks: list[Row] = [m for lane in ordered for m in lane["marks"]]
    shown = [{**lane, "marks": lane["marks"][:MARKS]} for lane in ordered[:LANES]]
    return {
        "events": events[:EVENTS], "lanes": shown, "end": max(*(m["last"] for m in marks), max((e["t"] for e in events), default=0.0)),
        "more": len(marks) - sum(len(lane["marks"]) for lane in shown),
    }  # fmt: skip
