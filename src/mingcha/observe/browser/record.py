"""What of one page is kept: document, accessibility tree, styles, boxes, picture, what axe says, what the page did."""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
import time
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as BrowserError

from mingcha.observe.browser import targets
from mingcha.observe.plan import Link, Stop

if TYPE_CHECKING:
    from mingcha.observe.browser.session import Session

# Computed styles of every element that has a box, in this order.
STYLES = (
    "display", "visibility", "opacity", "position", "font-size", "font-weight", "line-height", "color", "background-color", "background-image",
    "overflow-x", "overflow-y", "cursor", "text-decoration-line", "margin-top", "margin-bottom", "z-index", "pointer-events", "animation-name",
    "clip-path", "border-top-style", "border-top-color", "border-top-width", "text-shadow", "filter", "font-family",
)  # fmt: skip
_PICTURE = 12_000  # px: the most of a page's height in its picture
_CONTROLS = 3000
_SHARED = "  /* path.js */\n"


@cache
def script(name: str) -> str:
    """Text of a script that lies beside this module, with the functions that several share in the place of their mark."""
    text = (resources.files("mingcha.observe.browser") / "js" / name).read_text("utf-8")
    return text.replace(_SHARED, script("path.js")) if _SHARED in text else text


@cache
def axe_source() -> str:
    """axe-core as its package carries it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


class Recorder:
    """Writes the pages of one profile: `pages/<profile>-<number>/`."""

    def __init__(self, session: Session, profile: str) -> None:
        self.session, self.profile = session, profile
        self.number = 0
        self.page: dict[str, Any] = {}
        self.folder = session.folder

    def _begin(self, stop: Stop, status: int | None) -> None:
        self.number += 1
        name = f"{self.profile}-{self.number:02d}"
        self.folder = self.session.folder / "pages" / name
        self.folder.mkdir(parents=True)
        self.page = {"id": name, "number": self.number, "profile": self.profile, "role": stop.role, "asked": stop.url, "steps": stop.steps, "status": status,
                     "mode": "ordinary", "limitations": [], "probes": {}}  # fmt: skip
        sys.stdout.write(f"{name} {stop.role} {stop.url}\n")
        sys.stdout.flush()

    def save(self) -> None:
        """Write down what is known of the page."""
        self.page["events"] = self.session.events
        (self.folder / "page.json").write_text(json.dumps(self.page, ensure_ascii=False), "utf-8")

    def limit(self, code: str, detail: str = "") -> None:
        """A limitation of this page."""
        self.page["limitations"].append({"code": code, "detail": detail[:300]})
        self.save()

    def note(self, probe: str, result: Any) -> None:
        """What trying a function showed."""
        self.page["probes"][probe] = result
        self.save()

    def failed(self, stop: Stop, status: int | None, error: str, code: str = "page-not-loaded") -> None:
        """A page that gave nothing to look at."""
        self._begin(stop, status)
        self.limit(code, f"{error}: {stop.url}")

    def opened(self, stop: Stop, status: int | None, error: str) -> None:
        """A page that stands, perhaps not loaded to its end."""
        self._begin(stop, status)
        if error:
            self.limit("page-cut", error)

    def variant(self, stop: Stop, mode: str, variant: str) -> None:
        """Another state of a page: `record` follows."""
        self._begin(stop, None)
        self.page["variant"] = variant
        self.page["mode"] = mode

    def record(self, page: Page, stop: Stop, mode: str) -> list[Link] | None:
        """Everything of the page as it stands now; its links. None where the page does not answer."""
        self.page["mode"] = mode
        self.session.watchdog.beat()
        began = time.monotonic()
        try:
            self.page["metrics"] = metrics = page.evaluate(script("metrics.js"))
        except BrowserError:
            self.limit("page-stuck")
            return None
        self.page["url"], self.page["title"] = page.url, metrics["title"]
        controls: list[dict[str, Any]] = []
        with contextlib.suppress(BrowserError):
            controls = page.evaluate(script("controls.js"), _CONTROLS)
        self._write("controls.json.gz", controls)
        if metrics["nodes"] > self.session.options.max_nodes:
            self.limit("page-too-large", f"{metrics['nodes']} elements")
        else:
            self._snapshot(page)
            self._picture(page, metrics)
            if self.session.options.axe:
                self._axe(page)
            if self.session.options.second:
                self._second(page)
        with contextlib.suppress(BrowserError):
            self.page["media"] = page.evaluate(script("media.js"))
        self.page["targets"] = targets.read(page, controls)
        self.page["log"] = self.log(page)
        self.page["events_loaded"] = len(self.session.events)
        self._write("requests.json.gz", self.session.requests)
        self.page["seconds"] = round(time.monotonic() - began, 2)
        self.save()
        return self.session.links(controls)

    def log(self, page: Page) -> list[dict[str, Any]]:
        """What the hooks wrote down, in all frames."""
        out: list[dict[str, Any]] = []
        for frame in page.frames[:30]:
            with contextlib.suppress(BrowserError):
                said = frame.evaluate("() => window.__mingcha ? {log: window.__mingcha.log, keys: [...window.__mingcha.keys]} : null")
                if said:
                    out += [e for e in said["log"] if isinstance(e, dict)][:500]
                    out += [{"t": 0, "kind": "key-listener", "detail": k} for k in said["keys"]]
        return out[:1000]

    def _write(self, name: str, data: Any) -> None:
        (self.folder / name).write_bytes(gzip.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"), 5, mtime=0))

    def _snapshot(self, page: Page) -> None:
        """DOM, styles, boxes (DOMSnapshot) and accessibility tree (Accessibility) of all documents in this process."""
        cdp: CDPSession | None = None
        try:
            cdp = page.context.new_cdp_session(page)
            snapshot = cdp.send("DOMSnapshot.captureSnapshot", {
                "computedStyles": list(STYLES), "includePaintOrder": True, "includeDOMRects": True, "includeBlendedBackgroundColors": True, "includeTextColorOpacities": True,
            })  # fmt: skip
            nodes = _tree(cdp)
            self._write("snapshot.json.gz", {"styles": STYLES, "dom": snapshot, "ax": nodes})
        except BrowserError as e:
            self.limit("snapshot-failed", str(e).splitlines()[0])
        finally:
            if cdp:
                with contextlib.suppress(BrowserError):
                    cdp.detach()

    def _picture(self, page: Page, metrics: dict[str, Any]) -> None:
        try:
            height = min(max(int(metrics["scroll_height"]), 1), _PICTURE)
            width = max(int(metrics["width"]), 1)
            page.screenshot(path=str(self.folder / "page.png"), full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height}, timeout=15000, animations="disabled")
            self.page["picture"] = {"width": width, "height": height}
            if metrics["scroll_height"] > _PICTURE:
                self.limit("picture-cut", f"{metrics['scroll_height']} px")
        except BrowserError as e:
            self.limit("no-picture", str(e).splitlines()[0])

    def _axe(self, page: Page) -> None:
        """What axe-core finds. It runs in the page's main world, with every frame that lets it in."""
        try:
            page.evaluate(axe_source())
            for frame in page.frames[1:20]:
                with contextlib.suppress(BrowserError):
                    frame.evaluate(axe_source())
            rules = "Object.fromEntries(axe.getRules().map(r => [r.ruleId, {enabled: true}]))" if self.session.options.every_rule else "{}"
            found = page.evaluate(f"""async () => {{
                const short = (n) => ({{target: n.target.flat(9).join(' '), html: (n.html || '').slice(0, 300),
                    why: [...n.any, ...n.all, ...n.none].map(c => c.message).join('; ').slice(0, 400), data: (n.any.concat(n.all, n.none).find(c => c.data && c.data.contrastRatio) || {{}}).data || null,
                    box: (() => {{ try {{ const b = document.querySelector(n.target[0]).getBoundingClientRect(); return [b.left + scrollX, b.top + scrollY, b.width, b.height].map(Math.round); }} catch {{ return null; }} }})()}});
                const run = await axe.run(document, {{resultTypes: ['violations', 'incomplete'], rules: {rules}, frameWaitTime: 5000}});
                const take = (list, most) => list.map(r => ({{id: r.id, impact: r.impact, total: r.nodes.length, nodes: r.nodes.slice(0, most).map(short)}}));
                return {{version: axe.version, rules: axe.getRules().map(r => ({{id: r.ruleId, act: r.actIds || [], tags: r.tags}})), violations: take(run.violations, 100), incomplete: take(run.incomplete, 20),
                    passes: run.passes.map(r => r.id), inapplicable: run.inapplicable.map(r => r.id)}};
            }}""")
            self.session.engine = f"axe-core {found['version']}"
            self._write("axe.json.gz", found)
        except BrowserError as e:
            self.limit("engine-failed", str(e).splitlines()[0])


    def _second(self, page: Page) -> None:
        """What a second engine finds (@accesslint/core): each fault with its criteria and the box of its element."""
        try:
            page.evaluate(_script_file(self.session.options.second))
            found = page.evaluate("""() => { const engine = AccessLint; return engine.runAudit(document).violations.slice(0, 500).map((v) => {
                const rule = engine.getRuleById(v.ruleId) || {}; let box = null;
                try { const b = (v.element || document.querySelector(v.selector)).getBoundingClientRect(); box = [b.left + scrollX, b.top + scrollY, b.width, b.height].map(Math.round); } catch { box = null; }
                return {id: v.ruleId, wcag: rule.wcag || [], selector: String(v.selector).slice(0, 300), box}; }); }""")
            self._write("second.json.gz", found)
        except (BrowserError, OSError) as e:
            self.limit("engine-failed", f"second: {str(e).splitlines()[0]}")


@cache
def _script_file(path: str) -> str:
    return Path(path).read_text("utf-8")


def _tree(cdp: CDPSession) -> list[dict[str, Any]]:
    """The accessibility nodes that belong to a DOM node, of every frame: [{id, role, name, ignored, …}]."""
    out: list[dict[str, Any]] = []
    frames = [cdp.send("Page.getFrameTree")["frameTree"]]
    while frames:
        frame = frames.pop()
        frames += frame.get("childFrames", [])
        try:
            nodes = cdp.send("Accessibility.getFullAXTree", {"frameId": frame["frame"]["id"]})["nodes"]
        except BrowserError:  # a frame of another process
            continue
        for node in nodes:
            if "backendDOMNodeId" not in node:
                continue
            entry: dict[str, Any] = {"id": node["backendDOMNodeId"]}
            if node.get("ignored"):
                entry["ignored"] = True
                reasons = [r.get("name") for r in node.get("ignoredReasons", [])]
                if reasons:
                    entry["why"] = reasons
            if role := node.get("role", {}).get("value"):
                entry["role"] = role
            if name := node.get("name", {}).get("value"):
                entry["name"] = name[:1000]
            if said := node.get("description", {}).get("value"):
                entry["description"] = said[:500]
            held = {p["name"]: p["value"].get("value") for p in node.get("properties", []) if p["name"] in ("focusable", "disabled", "hidden", "required", "invalid", "level", "expanded", "checked", "modal")}
            if held:
                entry["has"] = held
            out.append(entry)
    return out

