"""The texts of the pages and the language of a request."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml
from django.apps import apps
from django.http import HttpRequest

from mingcha.server.texts import Words

Lang = Literal["zh", "en"]
COOKIE = "lang"


@cache
def table() -> dict[str, Words]:
    """All texts by key: the `words.yml` of every part of the office. A key that two parts have is a fault."""
    found: dict[str, Words] = {}
    for app in apps.get_app_configs():
        path = files(app.name) / "words.yml" if app.name.startswith("mingcha.server.") else None
        if path is None or not path.is_file():
            continue
        words = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), dict[str, Words])
        if doubled := found.keys() & words.keys():
            raise ValueError(f"{app.name}: {sorted(doubled)}")
        found |= words
    return found


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
