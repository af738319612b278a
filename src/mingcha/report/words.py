"""Texts of the reports in Chinese and English, from words*.yml, read once when first asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILES = tuple(
    Path(__file__).with_name(name) for name in ("words.yml", "words-startup.yml", "words-limits.yml", "words-consistency.yml", "words-seen.yml", "words-score.yml", "words-wording.yml")
)
LANGUAGES = ("zh", "en")
HTML_LANG = {"zh": "zh-CN", "en": "en"}


@cache
def table() -> dict[str, dict[str, str]]:
    """All texts: dotted key → language → text. A group of the file is a level of the key."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    flat: dict[str, dict[str, str]] = {}
    open_groups = [("", yaml.load(file.read_bytes(), Loader=loader)) for file in FILES]
    while open_groups:
        prefix, group = open_groups.pop()
        for key, value in group.items():
            name = f"{prefix}{key}"
            if set(value) == set(LANGUAGES):
                flat[name] = value
            else:
                open_groups.append((f"{name}.", value))
    return flat


class Words:
    """The texts of one language: `w("page.judged", at=…)`; an unknown key is a KeyError."""

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise ValueError(f"no texts in language {lang!r}")
        self.lang = lang
        self._texts = {key: value[lang] for key, value in table().items()}

    def __call__(self, key: str, **values: object) -> str:
        text = self._texts[key]
        return text.format(**values) if values else text

    def get(self, group: str, code: str) -> str:
        """The word of a code in a group, or the code itself: results may hold codes newer than we."""
        return self._texts.get(f"{group}.{code}", code)

    def count(self, key: str, n: int) -> str:
        """A counted noun, such as `1 item`, `2 items`, `2 项`."""
        return self._texts[f"{key}.{'one' if n == 1 else 'many'}"].format(n=n)

    def number(self, n: int) -> str:
        """A whole number with separators of thousands."""
        return f"{n:,}"

    def percent(self, share: float) -> str:
        """A share between 0 and 1, never rounded up to 100 nor down to 0."""
        shown = round(share * 100)
        if share < 1 and shown >= 100:
            shown = 99
        if share > 0 and shown <= 0:
            shown = 1
        return f"{shown}%"

    def coded(self, group: str, code: str) -> str:
        """Words for `code` or `code:argument`; the argument may be a channel or other code of ours."""
        head, colon, rest = code.partition(":")
        if f"{group}.{code}" in self._texts or not colon:
            return self.get(group, code)
        text = self._texts.get(f"{group}.{head}-of")
        return text.format(name=rest) if text else code

    def join(self, parts: list[str]) -> str:
        """Names in a row: 、 in Chinese, a comma in English."""
        return ("、" if self.lang == "zh" else ", ").join(parts)


@cache
def words(lang: str) -> Words:
    """The texts of a language; zh or en."""
    return Words(lang)
