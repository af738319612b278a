"""Facts of a recording and a log of one run, for tests of what both together tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Fact = dict[str, Any]
T0 = 1_795_759_200.0  # 2026-11-27T06:00:00Z


def iso(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat()


def capture(exhibit: str = "t", form: str = "har", begin: float = T0) -> Fact:
    return {"kind": "capture", "exhibit": exhibit, "where": "", "format": form, "messages": 1, "bytes": 9, "decoded_share": 1.0, "begin": iso(begin),
            "seeds": 24, "ca": None}  # fmt: skip


def sent(at: float | None, exhibit: str = "t", **more: Any) -> Fact:
    return {"kind": "transmit", "exhibit": exhibit, "where": "entries[0]", "t": 0.0, "item": "oaid", "form": "plain", "host": "log.ads.example",
            "party": "unknown", "vendor": None, "clear": False, "by": "seed", "state": None, "at": at, "ip": "192.0.2.9", "sdk": None, "domain": "ads.example"} | more  # fmt: skip


def run(exhibit: str = "b", seconds: float = 100.0, **more: Any) -> Fact:
    return {"kind": "behaviour-run", "exhibit": exhibit, "where": "line 1", "package": "com.example.app", "form": "canonical", "consent": True,
            "screen": True, "seconds": seconds, "resolution": 0.0, "consent_at_start": "none", "begin": None, "begin_within": None,
            "recorder_begin": None, "recorder_within": None} | more  # fmt: skip


def state(t: float, name: str = "consent-accepted", exhibit: str = "b", **more: Any) -> Fact:
    return {"kind": "app-state", "exhibit": exhibit, "where": "line 9", "t": t, "state": name, "detail": None, "scope": None} | more


def of(facts: Any, kind: str) -> list[Fact]:
    return [f for f in facts if f["kind"] == kind]
