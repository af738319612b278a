"""Where readers write down what was odd (`deviation`) and what could not be seen (`limitation`).

A hostile package can be odd a million times over: entries are kept once, told one by one up to
`Limits.notes_per_code` and counted beyond that.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from mingcha.extract.limits import DEFAULT, Limits

_ESCAPES = {c: f"\\x{c:02x}" for c in (*range(32), 127)}


def clip(text: object, limits: Limits = DEFAULT) -> str:
    """`text` from the subject made fit for a fact: control characters and lone surrogates
    escaped, length cut to `limits.detail` characters."""
    s = str(text)
    if len(s) > limits.detail:
        s = s[: limits.detail] + "…"
    return s.translate(_ESCAPES).encode("utf-8", "backslashreplace").decode("utf-8")


class Notes:
    """Deviations and limitations of one exhibit, without repeats and bounded."""

    __slots__ = ("_counts", "_limits", "_seen", "prefix")

    def __init__(self, limits: Limits = DEFAULT, prefix: str = "") -> None:
        self._limits = limits
        self._seen: dict[tuple[str, str, str, str], None] = {}
        self._counts: dict[tuple[str, str], int] = defaultdict(int)
        self.prefix = prefix

    def _add(self, kind: str, code: str, detail: object, where: str) -> None:
        key = (kind, code, clip(detail, self._limits), self.prefix + clip(where, self._limits))
        if key in self._seen:
            return
        self._counts[kind, code] += 1
        if self._counts[kind, code] <= self._limits.notes_per_code:
            self._seen[key] = None

    def deviation(self, code: str, detail: object, where: str = "") -> None:
        """The file departs from its format; reading went on."""
        self._add("deviation", code, detail, where)

    def limitation(self, code: str, detail: object, where: str = "") -> None:
        """Something could not be read; `code` is one of lists/limitations.yml."""
        self._add("limitation", code, detail, where)

    def _pairs(self, kind: str) -> list[tuple[str, str]]:
        return [(code, detail) for k, code, detail, _ in self._seen if k == kind]

    @property
    def deviations(self) -> list[tuple[str, str]]:
        """(code, detail) in order of discovery."""
        return self._pairs("deviation")

    @property
    def limitations(self) -> list[tuple[str, str]]:
        """(code, detail) in order of discovery."""
        return self._pairs("limitation")

    def merge(self, other: Notes) -> None:
        """Take over what another reader noted."""
        for key in other._seen:
            self._seen.setdefault(key)
        for count, n in other._counts.items():
            self._counts[count] += n

    def facts(self, exhibit: str) -> list[dict[str, Any]]:
        """All notes as `deviation` and `limitation` facts; what was only counted is one more fact."""
        out: list[dict[str, Any]] = [
            {"kind": kind, "exhibit": exhibit, "where": where, "code": code, "detail": detail}
            for kind, code, detail, where in self._seen
        ]
        for (kind, code), n in self._counts.items():
            if (more := n - self._limits.notes_per_code) > 0:
                detail = f"{more} more of this code"
                out.append(
                    {"kind": kind, "exhibit": exhibit, "where": self.prefix, "code": code, "detail": detail}
                )
        return out
