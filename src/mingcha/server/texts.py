"""A text in both languages, as the office's data files hold it."""

from __future__ import annotations

import msgspec


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The text in `zh` or `en`."""
        return self.zh if lang.startswith("zh") else self.en
