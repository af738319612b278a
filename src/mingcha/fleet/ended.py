"""How an inspection in a fleet ended: read, partly, or a class of failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from mingcha.model import Exhibit

Ended = Literal["read", "partly", "timeout", "memory", "signal", "sandbox", "parse", "io"]
ENDED: tuple[Ended, ...] = get_args(Ended)
FAILURES: tuple[Ended, ...] = ("timeout", "memory", "signal", "sandbox", "parse", "io")
CODES = {"timeout": "timeout", "memory": "memory", "signal": "crash", "sandbox": "crash", "parse": "crash", "io": "crash"}
"""Class of failure -> limitation that the inspection carries."""


def of(exhibits: Sequence[Exhibit]) -> tuple[Ended, bool, str]:
    """Class, whether trying once more makes sense, and the detail: of the worst exhibit.

    A child that was stopped or died is tried again, an orderly answer is not: it would be the same."""
    worst: tuple[Ended, bool, str] = ("read", False, "")
    for exhibit in exhibits:
        for lim in exhibit.limitations:
            found = _of(exhibit, lim.code, lim.detail)
            if found and _rank(found[0]) > _rank(worst[0]):
                worst = found
        if exhibit.status == "refused" and _rank("parse") > _rank(worst[0]):
            worst = ("parse", False, exhibit.limitations[0].code if exhibit.limitations else "refused")
        elif exhibit.status == "partly" and worst[0] == "read":
            worst = ("partly", False, "")
    return worst


def _of(exhibit: Exhibit, code: str, detail: str) -> tuple[Ended, bool, str] | None:
    if exhibit.reader != "worker":  # the reader's own words: it came to its end
        return None
    if code == "timeout":
        return "timeout", True, detail
    if code == "memory":
        return "memory", True, detail
    if code == "crash":
        if "SIGSYS" in detail:
            return "sandbox", True, detail
        if detail.startswith("the reader ") or "frame beyond" in detail:
            return "signal", True, detail
        return "parse", True, detail
    return ("parse", False, detail or code) if exhibit.status == "refused" else None


def _rank(ended: Ended) -> int:
    return ("read", "partly", "io", "parse", "signal", "memory", "sandbox", "timeout").index(ended)
