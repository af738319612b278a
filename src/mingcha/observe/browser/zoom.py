"""Enlarging: 200 % in the browser, 320 px wide, more space between lines. What is cut off, what runs out sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page

from mingcha.observe.browser.options import PROFILES
from mingcha.observe.browser.record import Recorder, script

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

# WCAG 1.4.12: line height 1.5, paragraph spacing 2, letter spacing 0.12, word spacing 0.16 times the font size.
_SPACING = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}"


def zoom(session: Session, page: Page, recorder: Recorder) -> dict[str, Any]:
    """Measures of the page as it is, at half its width (a browser's 200 %, WCAG 1.4.4), at 320 px (1.4.10), and with
    the spacing of 1.4.12. Of each: what is clipped, and by how many px the content is wider than the window."""
    own = PROFILES[recorder.profile]["viewport"]
    out: dict[str, Any] = {"plain": _take(page)}
    if recorder.profile == "desktop":
        for name, width in (("200", own["width"] // 2), ("320", 320)):
            page.set_viewport_size({"width": width, "height": own["height"] // 2 if name == "200" else own["height"]})
            page.wait_for_timeout(250)
            out[name] = _take(page)
        page.set_viewport_size(own)
        page.wait_for_timeout(100)
    # A page's policy may forbid a style element; an adopted sheet is no element.
    page.evaluate("(css) => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [...document.adoptedStyleSheets, s]; }", _SPACING)
    page.wait_for_timeout(100)
    out["spacing"] = _take(page)
    page.evaluate("() => { document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1); }")
    scheme = page.evaluate(script("metrics.js"))["background"]
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(150)
    out["dark"] = page.evaluate(script("metrics.js"))["background"] != scheme
    page.emulate_media(color_scheme="light")
    return out


def _take(page: Page) -> dict[str, Any]:
    measured = page.evaluate(script("metrics.js"))
    return {"clipped": measured["clipped"], "over": max(0, measured["scroll_width"] - measured["width"]), "width": measured["width"]}
