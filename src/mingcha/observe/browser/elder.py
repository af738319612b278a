"""The version for older users: find its entry as a visitor would, go in, try what it offers, go on to another page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as BrowserError

from mingcha.observe.browser.record import Recorder, script
from mingcha.observe.browser.words import BARRIER_FREE, ELDER, LEAVES, LONGEST, TOOLS
from mingcha.observe.plan import Plan, Stop, owner_of

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

_CONTROLS = 3000


def run(session: Session, context: BrowserContext, recorder: Recorder, plan: Plan) -> None:
    """Record the elder mode of a site: the page behind its entry (variant `elder`), with each theme it offers, the next
    page in the same mode (`elder-next`) and the first one loaded again (`elder-again`)."""
    if not plan.stops:
        return
    home = plan.stops[0]
    page = context.new_page()
    try:
        session.requests, session.events = [], []
        try:
            page.goto(home.url, wait_until="domcontentloaded")
        except BrowserError:
            return
        session.settle(page)
        entry = _entry(page)
        stop = next((s for s in plan.stops if s.role == "elder"), None)
        if entry is None and stop is None:
            session.visit.setdefault("elder", {})[recorder.profile] = None
            return
        before = page.evaluate(script("metrics.js"))
        session.requests = []
        page = _enter(session, context, page, entry, stop)
        place = Stop("elder", page.url, 1 if entry else stop.steps if stop else 1)
        recorder.variant(place, "elder", "elder")
        recorder.page["asked"] = page.url
        recorder.record(page, place, "elder")
        known = {"entry": entry, "before": {"sizes": before["sizes"], "url": before["url"]}, "same_page": page.url == before["url"]}
        session.visit.setdefault("elder", {})[recorder.profile] = known | {"page": recorder.page["id"]}
        recorder.note("tools", _tools(session, page, recorder, place))
        _next(session, page, recorder, plan, home)
    except BrowserError as e:
        session.say("probe-failed", f"elder mode: {str(e).splitlines()[0]}")
    finally:
        for left in context.pages:
            session.shut(left)


def _entry(page: Page) -> dict[str, Any] | None:
    """The control that leads to the elder version: by one of its names, else to an accessibility tool bar."""
    controls = page.evaluate(script("controls.js"), _CONTROLS)
    for words in (ELDER, BARRIER_FREE):
        for by in ("name", "title", "hint"):
            for control in controls:
                text = control[by]
                if control["visible"] and len(text) <= (60 if by == "hint" else LONGEST) and words.search(text) and not LEAVES.search(text):
                    return {**{k: control[k] for k in ("name", "title", "href", "box", "tag", "real", "focusable", "i")}, "by": by}
    return None


def _enter(session: Session, context: BrowserContext, page: Page, entry: dict[str, Any] | None, stop: Stop | None) -> Page:
    """Go in as a visitor does; a link that opens a window of its own is followed in this one."""
    if entry is not None:
        href = str(entry["href"] or "")
        if entry["href"] and not href.startswith(("#", "javascript:")):
            target = _joined(page.url, href)
            # It may stand on a host of its own, as elder versions often do, but not on somebody else's.
            if target.startswith(("http:", "https:")) and owner_of(urlsplit(target).hostname or "") == owner_of(urlsplit(page.url).hostname or ""):
                page.goto(target, wait_until="domcontentloaded")
        else:
            _click(page, entry["i"])
    elif stop is not None:
        page.goto(stop.url, wait_until="domcontentloaded")
    session.settle(page)
    return page


def _joined(base: str, href: str) -> str:
    """A whole address, empty where the page wrote none that can be taken apart."""
    try:
        target = urljoin(base, href)
        urlsplit(target)
    except ValueError:
        return ""
    return target


def _click(page: Page, index: int) -> None:
    page.evaluate("(i) => { const walk = (r) => { for (const e of r.querySelectorAll('*')) { if (e.__mingchaIndex === i) return e; if (e.shadowRoot) { const f = walk(e.shadowRoot); if (f) return f; } } return null; }; const e = walk(document); if (e) e.click(); }", index)
    page.wait_for_timeout(400)


def _tools(session: Session, page: Page, recorder: Recorder, place: Stop) -> dict[str, Any]:
    """Each function that the page offers by name, and what it did when it was used."""
    out: dict[str, Any] = {}
    controls = page.evaluate(script("controls.js"), _CONTROLS)
    for name, words in TOOLS.items():
        session.watchdog.beat()
        control = next((c for c in controls if (c["visible"] and len(c["name"] or c["title"]) < 40 and words.search(c["name"] or c["title"] or "")
                        and not (c["href"] and not c["href"].startswith(("#", "javascript:"))) and c["tag"] != "INPUT") or (c["visible"] and c["tag"] == "INPUT" and c["type"] in ("button", "checkbox") and words.search(c["name"]))), None)  # fmt: skip
        if name == "voice":
            out["voice"] = _voice(page, control)
            continue
        if control is None:
            continue
        before, still = page.evaluate(script("metrics.js")), _follow(page)
        url = page.url
        _click(page, control["i"])
        if page.url.split("#")[0] != url.split("#")[0]:
            page.goto(url, wait_until="domcontentloaded")
            continue
        after, moved = page.evaluate(script("metrics.js")), _follow(page)
        did = {
            "name": control["name"] or control["title"], "box": control["box"], "sizes": [before["sizes"], after["sizes"]], "background": [before["background"], after["background"]],
            "color": [before["color"], after["color"]], "cursor": [still["cursor"], moved["cursor"]], "follows": moved["follows"] and not still["follows"], "line": moved["line"] and not still["line"],
        }  # fmt: skip
        out[name] = did
        if name == "contrast" and did["background"][0] != did["background"][1]:
            own = recorder.page, recorder.folder
            recorder.note("tools", out)
            recorder.variant(place, "elder", "theme")
            recorder.record(page, place, "elder")
            recorder.page, recorder.folder = own
        controls = page.evaluate(script("controls.js"), _CONTROLS)
    return out


def _follow(page: Page) -> dict[str, Any]:
    """Pointer and what follows it: an element whose box goes where the pointer goes, a line across the page."""
    page.mouse.move(300, 250)
    page.wait_for_timeout(80)
    first = page.evaluate(script("tools.js"))
    page.mouse.move(420, 400)
    page.wait_for_timeout(80)
    second = page.evaluate(script("tools.js"))
    follows = line = False
    for a, b in zip(first["moving"], second["moving"], strict=False):
        right, down = b[0] - a[0], b[1] - a[1]
        if abs(down - 150) <= 3 and (abs(right - 120) <= 3 or b[2] >= 600):
            line = line or (b[2] >= 600 and b[3] <= 12)
            follows = follows or (b[2] < 600 and b[2] >= 24)
    return {"cursor": second["cursor"], "follows": follows, "line": line}


def _voice(page: Page, control: dict[str, Any] | None) -> dict[str, Any]:
    """Whether something is spoken: when a text is pointed at, clicked, or a control gets the focus, first without and
    then with the function for it."""
    def said() -> int:
        return int(page.evaluate(script("tools.js"))["said"])

    def touch() -> dict[str, bool]:
        did = {}
        spots = page.evaluate("""() => [...document.querySelectorAll('p,h1,h2,h3,a[href],button,li,td,label')].filter(e => { const b = e.getBoundingClientRect();
            return b.width > 20 && b.height > 8 && b.top > 0 && b.top < innerHeight - 20 && (e.innerText || '').trim().length > 1; }).slice(0, 4).map(e => { const b = e.getBoundingClientRect(); return [b.left + Math.min(b.width / 2, 60), b.top + b.height / 2]; })""")
        start = said()
        for x, y in spots:
            page.mouse.move(x, y)
            page.wait_for_timeout(220)
        did["hover"] = said() > start
        start = said()
        for _ in range(3):
            page.keyboard.press("Tab")
            page.wait_for_timeout(160)
        did["focus"] = said() > start
        return did

    start = said()
    out: dict[str, Any] = {"unasked": start > 0, "name": "", "click": False, "hover": False, "focus": False}
    out |= touch()
    if control is not None and not (out["hover"] or out["focus"]):
        start = said()
        _click(page, control["i"])
        out["name"], out["box"], out["click"] = control["name"] or control["title"], control["box"], said() > start
        out |= touch()
    return out


def _next(session: Session, page: Page, recorder: Recorder, plan: Plan, home: Stop) -> None:
    """The same mode on another page, and on the first one loaded again."""
    first = page.url
    session.requests, session.events = [], []
    page.reload(wait_until="domcontentloaded")
    session.settle(page)
    again = page.evaluate(script("metrics.js"))
    recorder.note("again", {"sizes": again["sizes"], "url": again["url"]})
    here = [u for u in _links(page) if u.split("#")[0] not in (first.split("#")[0], home.url.split("#")[0])]
    others = [s.url for s in plan.stops if s.role in ("article", "list", "form", "contact", "search")]
    stayed = first.split("#")[0] == home.url.split("#")[0]
    targets = [u for u in here if u in others] + [u for u in here if u not in others] + (others if stayed else [])
    for target in list(dict.fromkeys(targets))[:3]:
        if not session.left():
            return
        place = Stop("elder-next", target, 2)
        if session.open(page, target, recorder, place):
            recorder.page["variant"] = "elder-next"
            recorder.record(page, place, "elder")
            return


def _links(page: Page) -> list[str]:
    """Pages of the same site that this one leads to, in order."""
    out = []
    for control in page.evaluate(script("controls.js"), _CONTROLS):
        href = control["href"]
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")) or not control["visible"] or LEAVES.search(control["name"]):
            continue
        target = _joined(page.url, href)
        if urlsplit(target).netloc == urlsplit(page.url).netloc and not re.search(r"\.(?:pdf|zip|docx?|xlsx?|png|jpe?g|apk)$", target, re.I):
            out.append(target)
    return out
