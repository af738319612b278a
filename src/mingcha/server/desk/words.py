"""The texts of the pages and the language of a request."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml
from django.http import HttpRequest

from mingcha.server.ledger.process import Words

Lang = Literal["zh", "en"]
COOKIE = "lang"


@cache
def table() -> dict[str, Words]:
    """All texts by key."""
    return msgspec.convert(yaml.safe_load((files(__package__) / "words.yml").read_text("utf-8")), dict[str, Words])


def say(key: str, lang: str) -> str:
    """One text. KeyError for an unknown key: a page without its words is a fault, not a blank."""
    return table()[key].say(lang)


def language(request: HttpRequest) -> Lang:
    """By choice (`?lang=`, then the cookie), else by the browser where it asks for English first; Chinese otherwise."""
    chosen = request.GET.get("lang") or request.COOKIES.get(COOKIE)
    if chosen in ("zh", "en"):
        return "en" if chosen == "en" else "zh"
    first = request.headers.get("Accept-Language", "").partition(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"
