"""Names and pictures: attributes where they do nothing, pictures hidden from those who cannot see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mingcha.extract.page.checks import Found, check
from mingcha.extract.page.load import Record
from mingcha.extract.page.snapshot import Node, Snapshot

# Elements without a role of their own, and roles on which ARIA 1.2 prohibits a name (section 6.6.2).
_GENERIC_TAGS = frozenset(("div", "span", "p", "b", "i", "em", "strong", "code", "del", "ins", "sub", "sup", "small", "u", "s", "q", "bdi", "bdo", "samp", "data"))
_NO_NAME = frozenset(("caption", "code", "deletion", "emphasis", "generic", "insertion", "none", "paragraph", "presentation", "strong", "subscript", "superscript"))
_NAMING = ("aria-label", "aria-labelledby", "aria-braillelabel")
_DESCRIBING = ("aria-roledescription", "aria-brailleroledescription")
# Words in a picture's address that say that it tells something.
_TELLS = re.compile(r"logo|chart|graph|map|qr|erweima|barcode|wx|weixin|banner|poster|screenshot|diagram|certificate", re.I)


def _role(node: Node) -> str:
    return node.attrs.get("role", "").split(" ")[0].lower()


@check("aria-name-prohibited", "aria", ("4.1.2",), ("kb1m8s",), level="advice")
def prohibited(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A name or role description on an element whose role may have none: assistive technology passes it over."""
    for node in snapshot.nodes:
        role = _role(node)
        if node.box is None or not (role in _NO_NAME or (not role and node.tag in _GENERIC_TAGS)):
            continue
        wrong = next((a for a in (*_NAMING, *_DESCRIBING) if node.attrs.get(a, "").strip()), None)
        if wrong and not ("tabindex" in node.attrs or node.attrs.get("contenteditable") not in (None, "false") or node.attrs.get("aria-hidden") == "true"):
            yield Found(node, wrong)


@check("picture-hidden", "names", ("1.1.1",), ("e88epe",))
def hidden(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A picture that tells something (by its address, or because text is drawn in it) and is told to nobody who cannot
    see it, with no words of the same kind beside it."""
    drawn = [str(e.get("detail", "")).partition(" ") for e in record.raw.get("log", []) if isinstance(e, dict) and e.get("kind") == "canvas-text"]
    written = {number: text for number, _, text in reversed(drawn)}
    for document in snapshot.documents:
        for number, node in enumerate(document.all("canvas")):
            if node.shown and (node.ignored or not node.name) and written.get(str(number)) and not node.words() and not _words_beside(node):
                yield Found(node, written[str(number)])
        for node in document.all("img"):
            if not node.shown or (not node.ignored and node.role not in ("none", "presentation")):
                continue
            address = node.attrs.get("src", "").rpartition("/")[2]
            if _TELLS.search(address) and node.box is not None and node.box[2] * node.box[3] >= 600 and not _words_beside(node):
                yield Found(node, address[:100])


def _words_beside(node: Node) -> str:
    """Words in the box around a picture, two levels up: they may say what it shows."""
    around = [n for n in node.up() if n.tag not in ("picture", "#document", "html")][:2]
    return next((words for n in around if (words := n.words())), "")


@check("picture-named-by-file", "names", ("1.1.1",), ("9eb3f6",))
def by_file(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A picture whose alternative is the name of its file."""
    for node in snapshot.nodes:
        if node.tag in ("img", "input") and not node.ignored and (alt := node.attrs.get("alt", "").strip()):
            file = node.attrs.get("src", "").rpartition("/")[2].partition("?")[0]
            if (file and alt.casefold() == file.casefold()) or re.fullmatch(r"[\w-]+\.(?:jpe?g|png|gif|webp|svg|bmp)", alt, re.I):
                yield Found(node, alt)


_CONTROL = frozenset(("button", "link", "menuitem", "tab", "checkbox", "radio", "switch", "option", "menuitemcheckbox", "menuitemradio", "ToggleButton"))
_SIGNS = re.compile(r"[\s\W_]+")


@check("label-in-name", "names", ("2.5.3",), ("2ee8b8",))
def label_in_name(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A control whose name, written by an attribute, does not hold the words that are seen on it: who speaks these words
    does not reach it. Characters of icon fonts and signs are no words."""
    for node in snapshot.nodes:
        if node.ignored or node.role not in _CONTROL or not (node.attrs.get("aria-label") or node.attrs.get("aria-labelledby")) or node.tag == "input":
            continue
        seen = _SIGNS.sub("", re.sub(r"[\ue000-\uf8ff]", "", node.seen_words())).casefold()
        if len(seen) >= 2 and seen not in _SIGNS.sub("", node.name).casefold():
            yield Found(node, f"{node.seen_words()[:60]} / {node.name[:60]}")
