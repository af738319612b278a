"""One thing that is wrong with the catalogue."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """`file` is relative to the catalogue, `where` names the entry and field."""

    file: str
    where: str
    zh: str
    en: str

    def line(self, lang: str = "zh") -> str:
        """One line for people."""
        place = f"{self.file}: {self.where}" if self.where else self.file
        return f"{place}: {self.zh if lang == 'zh' else self.en}"
