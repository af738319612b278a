"""Where links of one name lead: whether it is the same text behind both."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import defaultdict
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

_MOST = 16  # addresses that are fetched for one page
_BYTES = 500_000
_MOVES = re.compile(r"<script|http-equiv\s*=\s*[\"']?refresh", re.I)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.S | re.I)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.S | re.I)


def read(page: Page, controls: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """For each address of the own site that links of one name disagree about: SHA-256 of its text, and its title."""
    named: dict[str, set[str]] = defaultdict(set)
    for control in controls:
        goes = control["href"] or control.get("goes")
        if goes and control["name"] and not goes.startswith(("#", "javascript:", "mailto:", "tel:")):
            with contextlib.suppress(ValueError):
                named[control["name"].casefold()].add(urldefrag(urljoin(page.url, goes))[0])
    origin = urlsplit(page.url)[:2]
    out: dict[str, dict[str, str]] = {}
    for urls in named.values():
        own = sorted(u for u in urls if urlsplit(u)[:2] == origin)
        if len(own) < 2 or len(out) + len(own) > _MOST or any(u in out for u in own):
            continue
        sources = {u: _source(page, u) for u in own}
        # A script or a refresh may change what is shown: then all of them are compared as they are shown.
        moves = any(s is not None and _MOVES.search(s) for s in sources.values())
        for url, source in sources.items():
            if source is None:
                continue
            title = " ".join((m[1] if (m := _TITLE.search(source)) else "").split())
            shown = _shown(page, url) if moves else (_TAGS.sub(" ", source), title)
            if shown is not None:
                out[url] = {"text": hashlib.sha256(" ".join(shown[0].split()).encode("utf-8", "replace")).hexdigest(), "title": shown[1][:200]}
    return out


def _source(page: Page, url: str) -> str | None:
    with contextlib.suppress(BrowserError):
        answer = page.context.request.get(url, timeout=4000, max_redirects=5)
        if answer.ok:
            return answer.body()[:_BYTES].decode("utf-8", "replace")
    return None


def _shown(page: Page, url: str) -> tuple[str, str] | None:
    other = page.context.new_page()
    try:
        other.goto(url, wait_until="domcontentloaded", timeout=4000)
        other.wait_for_timeout(250)
        return str(other.evaluate("() => document.body ? document.body.innerText : ''")), other.title()
    except BrowserError:
        return None
    finally:
        with contextlib.suppress(BrowserError):
            other.close()
