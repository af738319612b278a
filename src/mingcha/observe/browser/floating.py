"""Floating windows: where their close control is, how large, and whether closing is for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page

from mingcha.observe.browser.record import Recorder, script

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

_WAIT = 2500  # ms in which a closed window may come back


def run(session: Session, page: Page, recorder: Recorder) -> list[dict[str, Any]]:
    """The windows that float over a page: box and close control in px of the window, `closed` whether its control
    closes it, `returns` whether it comes again (at once, or when the page is loaded anew), null where not tried."""
    found: list[dict[str, Any]] = page.evaluate(script("floating.js"), "list")
    url = page.url
    for window in found:
        window["closed"], window["returns"] = None, None
        if window["close"] is None:
            continue
        before = len(session.events)
        page.evaluate(script("floating.js"), window["i"])
        page.wait_for_timeout(400)
        window["jumped"] = page.url != url or any(e["kind"] == "window" for e in session.events[before:])
        if page.url != url:
            break
        window["closed"] = not _there(page, window)
    if any(w["closed"] for w in found) and page.url == url:
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(_WAIT)
        again = [w for w in found if w["closed"] and _there(page, w)]
        page.reload(wait_until="domcontentloaded")
        session.settle(page)
        page.wait_for_timeout(1000)
        for window in found:
            if window["closed"]:
                window["returns"] = window in again or _there(page, window)
    return found


def _there(page: Page, window: dict[str, Any]) -> bool:
    """Whether the window is shown: by its place in the document, or by its words in another element."""
    now = page.evaluate(script("floating.js"), "texts")
    return any(w["path"] == window["path"] or (len(window["text"]) >= 8 and w["text"] == window["text"]) for w in now)
