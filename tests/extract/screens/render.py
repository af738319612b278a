"""Screens from a small HTML form: Chromium draws the picture, and the DOM gives the node tree that a recorder would write."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTH, HEIGHT = 360, 720  # dp; a CSS pixel is one

PAGE = """<!doctype html><meta charset=utf-8><style>
*{box-sizing:border-box;margin:0;padding:0}
html,body{width:360px;height:720px;overflow:hidden}
body{font-family:'Noto Sans CJK SC',sans-serif;line-height:1.5;background:%(paper)s;color:%(ink)s}
.t{display:block;width:max-content;max-width:328px}
.row,.tile{display:flex;align-items:center;justify-content:center;background:%(paper)s;border:0;overflow:hidden}
p{width:328px;margin:0 16px}
.veil{position:absolute;inset:0;background:rgba(0,0,0,.5)}
svg{display:block}
</style><body>%(body)s</body>"""

# Nodes as uiautomator would have them: bounds in device pixels, text of leaves, name, class, what can be done.
TREE = """(dsf) => {
  const kinds = {BUTTON: 'Button', INPUT: 'EditText', svg: 'ImageView', IMG: 'ImageView', P: 'TextView', SPAN: 'TextView'};
  const node = (e) => {
    const r = e.getBoundingClientRect(), style = getComputedStyle(e), leaf = e.children.length === 0 && e.tagName !== 'svg';
    const out = {
      class: e.dataset.class || 'android.widget.' + (kinds[e.tagName] || 'FrameLayout'),
      bounds: [r.left, r.top, r.right, r.bottom].map(v => Math.round(v * dsf)),
      clickable: e.hasAttribute('data-click'), focusable: e.hasAttribute('data-click'), enabled: !e.hasAttribute('data-off'),
    };
    if (leaf && e.textContent.trim()) out.text = e.textContent.trim();
    if (e.getAttribute('aria-label')) out.desc = e.getAttribute('aria-label');
    if (e.dataset.id) out.id = 'com.example:id/' + e.dataset.id;
    if (e.dataset.hint) out.hint = e.dataset.hint;
    if (e.hasAttribute('data-scroll')) out.scrollable = true;
    if (e.hasAttribute('data-minor')) out.main = false;
    if (out.text && !e.closest('[data-nosize]')) out.textSize = parseFloat(style.fontSize) * dsf;
    out.children = e.tagName === 'svg' ? [] : [...e.children].map(node).filter(n => n.bounds[2] > n.bounds[0] && n.bounds[3] > n.bounds[1]);
    return out;
  };
  return node(document.body);
}"""


class Renderer:
    """One browser for all screens; what was drawn once is not drawn again."""

    def __init__(self, browser: Any) -> None:
        self._browser, self._pages = browser, dict[float, Any]()
        self._known: dict[tuple[str, str, str, float], tuple[bytes, str]] = {}
        self.drawn = 0

    def draw(self, body: str, ink: str, paper: str, scale: float) -> tuple[bytes, str]:
        """PNG and JSON tree of one screen."""
        key = (body, ink, paper, scale)
        if key not in self._known:
            if scale not in self._pages:
                self._pages[scale] = self._browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=scale)
            page = self._pages[scale]
            page.set_content(PAGE % {"body": body, "ink": ink, "paper": paper})
            self._known[key] = (page.screenshot(), json.dumps(page.evaluate(TREE, scale), ensure_ascii=False))
            self.drawn += 1
        return self._known[key]


@contextmanager
def renderer() -> Iterator[Renderer]:
    """A browser, closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-lcd-text"])
        try:
            yield Renderer(browser)
        finally:
            browser.close()


def uiautomator(tree: str) -> str:
    """The same nodes as a dump of uiautomator, which states no sizes of text."""

    def element(node: dict[str, Any], index: int) -> str:
        left, top, right, bottom = node["bounds"]
        given = {
            "index": index, "text": node.get("text", ""), "resource-id": node.get("id", ""), "class": node["class"], "content-desc": node.get("desc", ""),
            "hint": node.get("hint", ""), "checkable": "false", "clickable": str(node["clickable"]).lower(), "enabled": str(node["enabled"]).lower(),
            "scrollable": str(node.get("scrollable", False)).lower(), "bounds": f"[{left},{top}][{right},{bottom}]",
        }  # fmt: skip
        attributes = " ".join(f"{k}={quoteattr(str(v))}" for k, v in given.items())
        return f"<node {attributes}>{''.join(element(c, n) for n, c in enumerate(node['children']))}</node>"

    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><hierarchy rotation="0">{element(json.loads(tree), 0)}</hierarchy>'


def write(folder: Path, walk: dict[str, Any], draw: Renderer) -> Path:
    """A walk as an exhibit: screens.json with its trees and pictures."""
    folder.mkdir(parents=True)
    scale, ink, paper = walk.get("scale", 2), walk.get("ink", "#1a1a1a"), walk.get("paper", "#ffffff")
    entries = []
    for n, screen in enumerate(walk["screens"]):
        image, tree = draw.draw(screen["body"], ink, paper, scale)
        (folder / f"{n}.tree").write_text(uiautomator(tree) if walk.get("xml") else tree, "utf-8")
        (folder / f"{n}.png").write_bytes(image)
        entries.append({"tree": f"{n}.tree", "image": None if screen.get("blind") else f"{n}.png", "t": 10.0 * n, "activity": "A"}
                       | {k: v for k, v in screen.items() if k not in ("body", "blind")})  # fmt: skip
    device = {"model": "bench", "width": round(WIDTH * scale), "height": round(HEIGHT * scale), "density": scale * 160, "kind": "phone"}
    if walk.get("no_density"):
        del device["density"]
    index = {"schema": "mingcha.screens/1", "device": device, "app": {"package": "com.example"}, "screens": entries, "steps": walk.get("steps", [])}
    (folder / "screens.json").write_text(json.dumps(index, ensure_ascii=False), "utf-8")
    return folder
