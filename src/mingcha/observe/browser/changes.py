"""What a page does by itself or at a single key: text that changes unasked, keys of one character that act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page

from mingcha.observe.browser.record import Recorder

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

_WATCH = 900  # ms between two looks
_KEYS = "abcdefghijklmnopqrstuvwxyz0123456789+-*/?!.,=#"
_TEXTS = """() => [...document.querySelectorAll('body *')].slice(0, 20000).filter(e => e.childElementCount === 0 && e.innerText && e.innerText.trim() && !['SCRIPT', 'STYLE', 'OPTION'].includes(e.tagName))
    .map(e => { const b = e.getBoundingClientRect(); return [e.innerText.trim().slice(0, 100), Math.round(b.left), Math.round(b.top)]; })"""
_ALIVE = "() => document.scripts.length > 0 || document.getAnimations().length > 0 || document.querySelector('marquee,blink,iframe,meta[http-equiv=refresh i]') !== null"
_STATE = "() => [document.documentElement.outerHTML.length, document.body ? document.body.innerText.slice(0, 20000) : '', [...document.querySelectorAll('input,textarea')].map(e => e.value + e.checked).join('|')].join('\\u0001')"


def changes(session: Session, page: Page, recorder: Recorder) -> list[dict[str, Any]]:
    """Texts that go on changing or moving while nobody does anything: [{text, to, moved}], at most 20. What changes once
    may only have come late."""
    if not page.evaluate(_ALIVE):
        return []
    looks = []
    for _ in range(3):
        looks.append(page.evaluate(_TEXTS))
        page.wait_for_timeout(_WATCH)
    if len({len(look) for look in looks}) > 1:
        return []
    out = []
    for a, b, c in zip(*looks, strict=True):
        text = a[0] != b[0] and b[0] != c[0]
        moved = all(abs(x[1] - y[1]) > 3 or abs(x[2] - y[2]) > 3 for x, y in ((a, b), (b, c)))
        if text or moved:
            out.append({"text": a[0], "to": c[0], "moved": moved})
    return out[:20]


def shortcuts(session: Session, page: Page, recorder: Recorder) -> list[str] | None:
    """Printable characters that change the page while no field has the focus (WCAG 2.1.4); None where no script of the
    page listens to keys at all."""
    if not any(e["kind"] == "key-listener" and e["detail"] == "page" for e in recorder.page.get("log", [])):
        return None
    page.evaluate("() => document.activeElement && document.activeElement.blur()")
    found: list[str] = []
    url = page.url
    still = page.evaluate(_STATE)
    page.wait_for_timeout(120)
    if page.evaluate(_STATE) != still:
        return None  # it changes anyway: nothing can be told of keys
    for key in _KEYS:
        page.keyboard.press(key)
        if page.url != url:
            return [*found, key]
        now = page.evaluate(_STATE)
        if now != still:
            found.append(key)
            still = now
    return found
