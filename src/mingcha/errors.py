"""Errors at the edge: a stable code, zh and en text, a hint, an exit and an HTTP status.

Inside the engine builtin exceptions are used. What a subject contains never raises past
`extract`: it becomes a `limitation` fact. These classes are for what the caller can mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """Exit status of the command line (design contract)."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    INPUT = 3
    PARTLY = 4
    INTERNAL = 5
    MISSING = 6


class MingchaError(Exception):
    """Base of all errors shown to people. `text` holds zh and en; `hint` says what to do."""

    code = "internal"
    exit = Exit.INTERNAL
    status = 500

    def __init__(self, zh: str, en: str, hint: Mapping[str, str] | None = None, code: str = "") -> None:
        super().__init__(en)
        self.text: Mapping[str, str] = {"zh": zh, "en": en}
        self.hint: Mapping[str, str] = hint or {}
        self.code = code or type(self).code

    def line(self, lang: str) -> str:
        """One line for stderr: code, text and hint in `lang` (zh or en)."""
        hint = self.hint.get(lang, "")
        return f"[{self.code}] {self.text.get(lang) or self.text['en']}" + (f" — {hint}" if hint else "")


class Usage(MingchaError):
    """The call itself is wrong."""

    code, exit, status = "usage", Exit.USAGE, 400


class BadInput(MingchaError):
    """The exhibit cannot be used at all (missing, empty, of no known kind, refused)."""

    code, exit, status = "bad-input", Exit.INPUT, 422


class RuleError(MingchaError):
    """A rule or list of the catalogue is wrong."""

    code, exit, status = "bad-rule", Exit.USAGE, 422


class ToolMissing(MingchaError):
    """A tool, device or extra that this act needs is not here."""

    code, exit, status = "tool-missing", Exit.MISSING, 501
