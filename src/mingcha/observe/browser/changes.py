"""What a page does by itself or at a single key: text that changes unasked, keys of one character that act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page

from mingcha.observe.browser.record import Recorder

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

_WATCH = 1600  # ms between two looks
_KEYS = "abcdefghijklmnopqrstuvwxyz0123456789+-*/?!.,=#"
_TEXTS = """() => [...document.querySelectorAll('body *')].slice(0, 20000).filter(e => e.childElementCount === 0 && e.innerText && e.innerText.trim() && !['SCRIPT', 'STYLE', 'OPTION'].includes(e.tagName))
    .map(e => { const b = e.getBoundingClientRect(); return [e.innerText.trim().slice(0, 100), Math.round(b.left), Math.round(b.top)]; })"""
_ALIVE = "() => document.scripts.length > 0 || document.getAnimations().length > 0 || document.querySelector('marquee,blink,iframe,meta[http-equiv=refresh i]') !== null"
_STATE = "() => [document.documentElement.outerHTML.length, document.body ? document.body.innerText.slice(0, 20000) : '', [...document.querySelectorAll('input,textarea')].map(e => e.value + e.checked).join('|')].join('\\u0001')"


def changes(session: Session, page: Page, recorder: Recorder) -> list[dict[str, Any]]:
    """Texts that changed or moved while nobody did anything: [{text, to, moved}], at most 20."""
    if not page.evaluate(_ALIVE):
        return []
    before = page.evaluate(_TEXTS)
    page.wait_for_timeout(_WATCH)
    after = page.evaluate(_TEXTS)
    if len(before) != len(after):
        new = [a for a in after if a not in before]
        return [{"text": "", "to": t, "moved": False} for t, _, _ in new[:20]]
    out = []
    for a, b in zip(before, after, strict=True):
        if a[0] != b[0] or abs(a[1] - b[1]) > 3 or abs(a[2] - b[2]) > 3:
            out.append({"text": a[0], "to": b[0], "moved": a[0] == b[0]})
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
