"""The frame of a page and its words about itself: landmarks, positions, keys, the way of the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mingcha.extract.page.checks import Found, check
from mingcha.extract.page.load import Record
from mingcha.extract.page.measure import mouse_only
from mingcha.extract.page.snapshot import Node, Snapshot

# An instruction that sends the reader to something by its place or shape: what, and where.
_SENT = re.compile(
    r"\b(?:find|click|press|use|see|choose|select|within|in|underneath|below|under)\b[^.]{0,40}?\b(?:the )?(?P<shape>triangle|round|square|star|circle|green|red|blue)?\s*(?P<what>menu|navigation|star|circle|triangle|form|box)\b[^.]{0,30}?(?P<where>on the (?:right|left|top)|at the (?:top|bottom)|$|,|\.)"
    r"|(?:点击|单击|请看|查看|使用|按)(?:(?P<where2>右侧|左侧|右边|左边|上方|下方|右上角|左上角|右下角|左下角)(?:的)?|(?P<shape2>圆形|方形|三角形?|绿色|红色|蓝色|黄色)(?:的)?)(?P<what2>菜单|导航|按钮|图标|表单|方框)",
    re.I,
)
_SHAPES = frozenset(("star", "circle", "triangle"))


@check("main-part-unmarked", "structure", ("1.3.1", "2.4.1"), ("b40fd1",), level="advice")
def main(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A page that begins with links of its own kind on every page and does not mark its main part."""
    exposed = [n for n in snapshot.page.nodes if (n.tag == "main" or n.attrs.get("role") == "main") and not n.ignored and n.role == "main"]
    if exposed:
        return
    for node in snapshot.page.nodes:
        if node.tag == "nav" or node.attrs.get("role") == "navigation" or (node.tag in ("ul", "ol") and _list_of_links(node)):
            outside = [n for n in snapshot.page.nodes if n.tag == "#text" and n.shown and len(n.text.strip()) > 20 and node not in n.up() and not n.within("a")]
            if outside:
                yield Found(node)
                return


def _list_of_links(node: Node) -> bool:
    items = [c for c in node.children if c.tag == "li"]
    return len(items) >= 2 and all(any(n.tag == "a" for n in i.down()) and len(i.words()) < 40 for i in items)


@check("place-as-only-cue", "meaning", ("1.3.3",), ("9bd38c",), level="advice")
def place(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """An instruction that names its aim by place or shape alone, where nothing on the page bears that name."""
    for document in snapshot.documents[:1]:
        for node in document.nodes:
            # A sentence with a link in it may speak of the page behind the link.
            if node.tag not in ("p", "li", "td", "label", "figcaption") or not node.shown or any(n.role == "link" for n in node.down()):
                continue
            found = _SENT.search(node.words())
            if not found:
                continue
            what = (found["what"] or found["what2"]).casefold()
            if not (found["where2"] or found["shape"] or found["shape2"] or what in _SHAPES or (found["where"] or "").startswith(("on", "at"))):
                continue
            if not _named(snapshot, node, what):
                yield Found(node, found[0][:100])


def _named(snapshot: Snapshot, said: Node, what: str) -> bool:
    """Whether something is known by this word: a heading or name that holds it, or the only one of its kind."""
    kinds = {"navigation": "navigation", "导航": "navigation", "menu": "menu", "菜单": "menu", "form": "form", "表单": "form", "按钮": "button"}
    same = [n for d in snapshot.documents for n in d.nodes if n.role == kinds.get(what) and not n.ignored]
    if len(same) == 1:
        return True
    for document in snapshot.documents:
        for n in document.nodes:
            if n is said or said in n.up() or n.tag.startswith("#"):
                continue
            label = n.words() if n.role == "heading" else n.name if n.role in ("button", "link", "navigation", "region", "Iframe", "img", "image", "form", "menu") else ""
            if what in label.casefold() and not (n.tag == "a" and said in n.up()):
                return True
    return ("标" in said.words() and "题" in said.words()) or re.search(r"\bheading\b|labell?ed|named|名为|标有", said.words(), re.I) is not None


@check("single-key-acts", "keyboard", ("2.1.4",), ("ffbc54",))
def keys(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A single printable character that acts although no field has the focus, on a page that offers no way to switch
    that off or change it."""
    found = record.probes.get("keys")
    if not isinstance(found, list) or not found:
        return
    names = [f"{n.name} {n.words()[:60]} {n.attrs.get('id', '')}" for n in snapshot.page.nodes if n.role in ("button", "checkbox", "switch", "textbox", "combobox", "link") and not n.ignored]
    if not any(re.search(r"short ?cut|hot ?key|disable|remap|快捷键|热键|停用", n, re.I) for n in names):
        yield Found(None, " ".join(str(k) for k in found[:20]))


@check("keyboard-trap", "keyboard", ("2.1.2",), ("a1b64e",))
def trap(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A control or group that the focus does not leave by Tab, Shift+Tab or Escape."""
    walk = record.probes.get("keyboard")
    path = walk.get("trap") if isinstance(walk, dict) else None
    if path:
        yield Found(next((n for n in snapshot.page.nodes if n.path() == path), None), str(path)[:200])


@check("mouse-only", "keyboard", ("2.1.1",))
def only_mouse(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """What acts on a click and can never get the keyboard's focus."""
    for node in mouse_only(snapshot):
        yield Found(node, node.seen_words()[:80])
