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
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.S | re.I)


def read(page: Page, controls: list[dict[str, Any]]) -> dict[str, str | None]:
    """SHA-256 of the text behind each address of the own site that links of one name disagree about; None where it could
    not be fetched."""
    named: dict[str, set[str]] = defaultdict(set)
    for control in controls:
        goes = control["href"] or control.get("goes")
        if goes and control["name"] and not goes.startswith(("#", "javascript:", "mailto:", "tel:")):
            with contextlib.suppress(ValueError):
                named[control["name"].casefold()].add(urldefrag(urljoin(page.url, goes))[0])
    origin = urlsplit(page.url)[:2]
    wanted = [u for urls in named.values() if len(urls) > 1 for u in sorted(urls) if urlsplit(u)[:2] == origin]
    return {url: _text(page, url) for url in list(dict.fromkeys(wanted))[:_MOST]}


def _text(page: Page, url: str) -> str | None:
    """Digest of the text of a page: as it is sent, or as it is shown where a script or a refresh may change it."""
    text = None
    with contextlib.suppress(BrowserError):
        answer = page.context.request.get(url, timeout=4000, max_redirects=5)
        if answer.ok:
            source = answer.body()[:_BYTES].decode("utf-8", "replace")
            text = _TAGS.sub(" ", source)
            if _MOVES.search(source):
                text = _shown(page, url) or text
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest() if text is not None else None


def _shown(page: Page, url: str) -> str | None:
    other = page.context.new_page()
    try:
        other.goto(url, wait_until="domcontentloaded", timeout=4000)
        other.wait_for_timeout(200)
        return str(other.evaluate("() => document.body ? document.body.innerText : ''"))
    except BrowserError:
        return None
    finally:
        with contextlib.suppress(BrowserError):
            other.close()
