"""The keyboard's walk: which controls Tab reaches, whether it can leave them, whether the focus can be seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from mingcha.observe.browser.record import Recorder, script

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

_SECONDS = 25.0
_COMPARED = 12  # controls whose pixels are compared with and without focus
_STUCK = 3  # times the focus may stay where it is


def walk(session: Session, page: Page, recorder: Recorder) -> dict[str, Any]:
    """Press Tab until the focus has left the page or the limit is met.

    `stops`: each control in order, `visible` true, false or null where it could not be told. `trap`: path of a control
    or group that neither Tab nor Shift+Tab leaves (WCAG 2.1.2). `whole`: whether the walk came to its end.
    """
    ends = time.monotonic() + _SECONDS
    ready = page.evaluate(script("focus.js"), "prepare")
    seen: list[dict[str, Any]] = []
    order: list[int] = []
    compared, whole, trap = 0, False, None
    for _ in range(session.options.tab_steps):
        if time.monotonic() > ends:
            break
        page.keyboard.press("Tab")
        at = page.evaluate(script("focus.js"), "where")
        if at["id"] == 0:
            whole = True
            break
        order.append(at["id"])
        if at["id"] in order[:-1]:
            if _trapped(order):
                trap = _leave(page, at, ready, set(order))
                whole = trap is None
                break
            continue
        if at["visible"] is False and compared < _COMPARED:
            compared += 1
            at["visible"] = _differs(page, at)
        seen.append(at)
    reached = {s["id"] for s in seen}
    return {"total": ready["total"], "reached": len(reached & set(ready["ids"])), "stops": [{k: v for k, v in s.items() if k != "id"} for s in seen], "whole": whole, "trap": trap}


def _trapped(order: list[int]) -> bool:
    """Whether the focus goes round in a group: the last visits only repeat, twice over."""
    if len(order) > _STUCK and len(set(order[-_STUCK - 1 :])) == 1:
        return True
    for period in range(1, len(order) // 3 + 1):
        last = order[-3 * period :]
        if last[:period] == last[period : 2 * period] == last[2 * period :]:
            return True
    return False


def _leave(page: Page, at: dict[str, Any], ready: dict[str, Any], seen: set[int]) -> str | None:
    """Path of the trap, or None where Shift+Tab or Escape leads out of it."""
    for keys in (("Shift+Tab",) * (len(seen) + 2), ("Escape", "Tab", "Tab")):
        for key in keys:
            page.keyboard.press(key)
            now = page.evaluate(script("focus.js"), "where")
            if now["id"] == 0 or now["id"] not in seen:
                return None
    # A page all of whose controls are in the group is left by nothing either; that the group is the whole page and the
    # focus never reaches the browser again is the same fault.
    return str(at["path"])


def _differs(page: Page, at: dict[str, Any]) -> bool | None:
    """Whether the picture around the focused control changes when the focus goes; None where it could not be taken."""
    x, y, w, h = at["box"]
    if w < 1 or h < 1 or not at["seen"]:
        return None
    try:
        scroll = page.evaluate("() => [scrollX, scrollY, innerWidth, innerHeight]")
        left, top = max(0, x - scroll[0] - 6), max(0, y - scroll[1] - 6)
        clip = {"x": left, "y": top, "width": max(1, min(w + 12, scroll[2] - left)), "height": max(1, min(h + 12, scroll[3] - top))}
        with_focus = page.screenshot(clip=clip, animations="disabled", caret="initial")  # type: ignore[arg-type]
        page.evaluate("() => { window.__mingchaHeld = document.activeElement; document.activeElement.blur(); }")
        without = page.screenshot(clip=clip, animations="disabled", caret="initial")  # type: ignore[arg-type]
        page.evaluate("() => window.__mingchaHeld && window.__mingchaHeld.focus({preventScroll: true})")
    except BrowserError:
        return None
    return with_focus != without
