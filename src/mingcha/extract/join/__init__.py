"""Facts of several exhibits of one subject → what only all of them together tell.

Pure and repeatable: run over the facts of a stored run it gives the same again, or what follows from more that the
user states. A recording of traffic does not know when the user consented, whose a host is or where an address is
registered; a behaviour log, a listing and the user's own tables do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mingcha.model import Fact

UNTOLD = "sent-state-unknown"
"""Code of the limitation that says of how many transmissions the state is not known."""
_SENT = frozenset(("transmit", "net-flow", "opaque", "tls-weakness"))


@dataclass(frozen=True, slots=True)
class Stated:
    """What the user states beside the exhibits. `consent_at` in seconds since 1970 by the clock of the recording,
    `clock_within` in seconds, `first_party` domains or addresses in normal form, `geo` tables of addresses."""

    consent_at: float | None = None
    clock_within: float | None = None
    first_party: tuple[str, ...] = ()
    geo: tuple[Path, ...] = ()

    def facts(self) -> list[Fact]:
        """As facts, so that a stored run is judged again by the same."""
        out: list[Fact] = []
        if self.consent_at is not None or self.clock_within is not None:
            at = None if self.consent_at is None else datetime.fromtimestamp(self.consent_at, UTC).isoformat()
            option = "--clock-within" if at is None else "--consent-at"
            out.append({"kind": "stated-time", "exhibit": "", "where": option, "at": at, "within": self.clock_within})
        out += [
            {"kind": "first-party", "exhibit": "", "where": "--first-party", "domain": d, "by": "stated", "source": None}
            for d in self.first_party
        ]  # fmt: skip
        return out


def join(facts: Iterable[Fact], stated: Stated | None = None) -> list[Fact]:
    """The facts with parties and states of what was sent filled in, and with those that are made here. Facts are
    changed by copy. Tables of addresses must have been loaded once before (BadInput where one is none)."""
    stated = stated or Stated()
    new = stated.facts()
    known = [f for f in facts if not _made(f)]
    if any(f["kind"] == "stated-time" for f in new):
        known = [f for f in known if f["kind"] != "stated-time"]
    known += [f for f in new if f not in known]
    if not any(f["kind"] in _SENT for f in known):
        return known
    from mingcha.extract.join import clocks, parties  # with NumPy, which a package alone does not need here

    known = parties.settle(known)
    known = clocks.settle(known)
    if stated.geo:
        from mingcha.extract.join import registration

        known = [f for f in known if f["kind"] != "ip-registration"]
        known += registration.facts(known, stated.geo)
    return known


def seconds(text: Any) -> float | None:
    """Seconds since 1970 of an ISO time with a zone; None where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    found = at.timestamp() if at.tzinfo else -1.0
    return found if 0 <= found < 1 << 34 else None  # beyond it no clock of a device stands


def _made(fact: Fact) -> bool:
    """Whether a fact was made here of others."""
    kind = fact["kind"]
    if kind == "limitation":
        return fact.get("code") == UNTOLD
    return kind == "clock-join" or (kind == "first-party" and fact.get("by") != "stated")
