"""Names of links and frames: whether they say where they lead, and lead to one place under one name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

from mingcha.extract.page.checks import Found, check
from mingcha.extract.page.load import Record
from mingcha.extract.page.snapshot import Document, Node, Snapshot

# Names that say nothing of what lies behind them; the second line are formats, which need the work's name beside them.
_EMPTY = re.compile(
    r"^\W*(?:(?:read |learn |see |view |find out )?more|go|here|click|click here|this|link|details?|continue|next|this (?:page|link|product|article|site)|"
    r"html|epub|pdf|txt|text|plain text|docx?|word|xlsx?|excel|zip|mp3|mp4|"
    r"更多|more\s*>+|查看|点击|点这里|点击这里|点此|这里|此处|链接|详情|查看详情|查看更多|了解更多|阅读全文|全文|下载|进入|打开|跳转|>+|»+|…)\W*$",
    re.I,
)
_ADVERT = re.compile(r"advert|广告|sponsor", re.I)
_LOCATION = re.compile(r"location(?:\.href)?\s*\+?=\s*['\"]([^'\"]{1,2000})['\"]")
_INLINE = frozenset(("inline", "inline-block", "inline-flex", "contents", ""))


def _links(document: Document) -> list[Node]:
    return [n for n in document.nodes if not n.ignored and n.role == "link" and n.name.strip() and not (n.tag == "area" and "href" not in n.attrs)]


def _goes(node: Node, base: str) -> str:
    href = node.attrs.get("href") or node.attrs.get("xlink:href") or ""
    if not href and (found := _LOCATION.search(node.attrs.get("onclick", ""))):
        href = found[1]
    try:
        return urldefrag(urljoin(base, href))[0] if href and not href.startswith("#") else f"#{href}"
    except ValueError:
        return ""


def context_of(node: Node) -> Node | None:
    """What a reader takes a link together with: its paragraph, list item or cell, else the nearest block around it."""
    for n in node.up():
        if n.tag in ("p", "li", "td", "th", "dd", "dt") or (n.box is not None and n.style.get("display", "") not in _INLINE):
            return n
    return None


def _beside(node: Node) -> str:
    """The words of a link's context without its own, with those of its table headers and description."""
    around = context_of(node)
    # A list inside a list item belongs to it: "Ulysses: HTML, EPUB".
    items = [n for n in node.up() if n.tag == "li"]
    outer = items[1] if len(items) > 1 else None
    texts = [around.words() if around is not None and around.tag not in ("body", "html") else "", outer.words() if outer is not None else "", node.description]
    cell = node if node.tag in ("td", "th") else node.within("td", "th")
    if cell is not None and (table := cell.within("table")) is not None:
        texts += [n.words() for n in table.down() if n.tag == "th" and n is not cell]
    own = node.words() or node.name
    names = [n.words() for n in (around.down() if around is not None else ()) if n.role == "link" and n is not node]
    text = " ".join(texts)
    for words in (own, *names):
        text = text.replace(words, " ")
    return re.sub(r"[\W_]+", " ", text).strip()


@check("link-name-generic", "meaning", ("2.4.4",), ("5effbb",))
def generic(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A link whose name is empty of meaning and whose sentence, item or cell says nothing more. `unsure` below a heading,
    which may be meant to belong to it."""
    for document in snapshot.documents:
        for node in _links(document):
            if _EMPTY.match(node.name) and not _beside(node):
                yield Found(node, node.name, "unsure" if _headed(node) else "failed")


@check("link-name-alone", "meaning", ("2.4.9",), ("aizyf1",), level="advice")
def alone(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A link whose name alone does not tell where it leads: read out in a list of links it says nothing."""
    for document in snapshot.documents:
        for node in _links(document):
            if _EMPTY.match(node.name):
                yield Found(node, node.name)


def _headed(node: Node) -> bool:
    """Whether a heading stands in one of the nearest boxes around a link, before it."""
    for around in [n for n in node.up() if n.tag not in ("body", "html", "#document")][:4]:
        for n in around.down():
            if n is node:
                break
            if n.role == "heading" and n.words():
                return True
    return False


@check("same-name-links", "meaning", ("2.4.9",), ("fd3a94", "b20e66"), level="advice")
def same_name(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """Links of one name in one context that lead to different texts. `unsure` where the texts are not known."""
    texts = record.raw.get("targets")
    known = texts if isinstance(texts, dict) else {}
    for document in snapshot.documents:
        groups: dict[tuple[str, int], list[Node]] = defaultdict(list)
        for node in _links(document):
            around = context_of(node)
            bare = around is not None and around.words().casefold() == node.name.strip().casefold()
            groups[node.name.strip().casefold(), 0 if bare else id(around)].append(node)
        for nodes in groups.values():
            targets = {_goes(n, document.url): n for n in nodes}
            if len(targets) < 2:
                continue
            told = [known.get(t) for t in targets]
            if all(isinstance(t, dict) for t in told) and _alike([t for t in told if isinstance(t, dict)], list(targets)):
                continue
            yield Found(list(targets.values())[1], f"{nodes[0].name}: {', '.join(list(targets)[:3])}"[:300], "failed" if all(told) else "unsure")


def _alike(told: list[dict[str, str]], urls: list[str]) -> bool:
    """Whether pages serve one purpose: one text, or one title at different paths. One path with different questions is
    one page that answers them differently."""
    if len({t.get("text") for t in told}) == 1:
        return True
    return len({t.get("title") for t in told}) == 1 and told[0].get("title") != "" and len({u.partition("?")[0] for u in urls}) == len(urls)


@check("same-name-frames", "names", ("4.1.2",), ("4b1c6c",))
def frames(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """Frames of one name that show different texts. Frames of advertisements serve one purpose whatever they show."""
    groups: dict[str, list[Node]] = defaultdict(list)
    for document in snapshot.documents:
        for node in document.all("iframe", "frame"):
            name = (node.name or node.attrs.get("aria-label", "") or node.attrs.get("title", "")).strip()
            if name and node.shown and not any(n.attrs.get("aria-hidden") == "true" for n in (node, *node.up())) and 0 <= node.content < len(snapshot.documents) and not _ADVERT.search(name):
                groups[name.casefold()].append(node)
    for nodes in groups.values():
        first = snapshot.documents[nodes[0].content]
        for node in nodes[1:]:
            shown = snapshot.documents[node.content]
            # Pages of one title serve one purpose, whatever their trail or menu says.
            if shown.root.words() != first.root.words() and not (shown.title and shown.title == first.title):
                yield Found(node, node.name or node.attrs.get("title", ""))
                break
