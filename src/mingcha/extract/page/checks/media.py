"""Sound and moving pictures: alternatives, sound that starts by itself, texts that never rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mingcha.extract.page.checks import Found, check
from mingcha.extract.page.load import Record
from mingcha.extract.page.snapshot import Document, Node, Snapshot

_TRANSCRIPT = re.compile(r"transcript|text version|文字稿|文字版|逐字稿|文字实录|字幕全文|解说词", re.I)
_LONG = 40  # characters (of Chinese; twice as many of Latin script) that may be an alternative
_STOP = re.compile(r"stop|pause|hide|freeze|changes?\b|interval|updat|停止|暂停|隐藏|停播|关闭滚动|静止", re.I)


def _media(record: Record, document: Document) -> list[tuple[Node, dict[str, Any]]]:
    told = record.raw.get("media")
    nodes = document.all("audio", "video")
    return [(nodes[m["i"]], m) for m in (told if isinstance(told, list) else ()) if isinstance(m, dict) and isinstance(m.get("i"), int) and 0 <= m["i"] < len(nodes)]


def _exposed(node: Node) -> bool:
    return not any(n.attrs.get("aria-hidden") == "true" or n.style.get("display") == "none" for n in (node, *node.up()) if not n.tag.startswith("#"))


def _in_page(node: Node) -> bool:
    return node.box is not None and any(b[0] + b[2] > 0 and b[1] + b[3] > 0 for b in (node.boxes or [node.box]))


def _alternative(document: Document, visible: bool) -> bool:
    """Whether the page has a text or a link to one that may stand for its sound or pictures."""
    longest = 0
    for node in document.nodes:
        if node.tag == "#text" and node.shown and node.parent is not None and _exposed(node.parent) and (_in_page(node) or not visible):
            text = node.text.strip()
            wide = sum(1 for c in text if ord(c) > 0x2E80)
            longest = max(longest, wide + (len(text) - wide) // 2)
        elif node.role == "link" and not node.ignored and _TRANSCRIPT.search(node.name):
            return True
    return longest >= _LONG


@check("audio-without-text", "media", ("1.2.1",), ("2eb176", "e7aa44", "afb423"))
def audio(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """Sound of three seconds or more on a page with neither a transcript, nor a link to one, nor any longer text."""
    for node, told in _media(record, snapshot.page):
        if node.tag == "audio" and (told.get("seconds") or 0) >= 3 and (node.shown or told.get("autoplay")) and not _alternative(snapshot.page, True):
            yield Found(node, f"{told['seconds']:.0f} s")


@check("video-without-text", "media", ("1.2.1", "1.2.3"), ("ee13b5", "1a02b0", "d7ba54"))
def video(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A video on a page with no text, no link to a transcript and no track that describes it. `unsure` where it has sound:
    the voice may describe what is seen."""
    others = any(n.tag == "audio" for n, _ in _media(record, snapshot.page))
    for node, told in _media(record, snapshot.page):
        if node.tag != "video" or not node.shown or (told.get("seconds") or 0) < 1 or "descriptions" in (told.get("tracks") or []) or others:
            continue
        if not _alternative(snapshot.page, False):
            yield Found(node, f"{told['seconds']:.0f} s", "failed" if told.get("audible") is False else "unsure")


@check("video-captions-missing", "media", ("1.2.2",), ("f51b46", "eac66b"))
def captions(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A video with sound and without a track of captions; they may be in the picture, as is common on Chinese sites."""
    for node, told in _media(record, snapshot.page):
        if node.tag == "video" and told.get("audible") and not told.get("muted") and not {"captions", "subtitles"} & set(told.get("tracks") or []):
            yield Found(node, "", "unsure")


@check("sound-by-itself", "media", ("1.4.2",), ("aaa1bf",), level="advice")
def by_itself(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """Sound that starts with the page and lasts for more than three seconds."""
    for node, told in _media(record, snapshot.page):
        if told.get("autoplay") and not told.get("muted") and ((told.get("seconds") or 0) > 3 or told.get("loop")) and told.get("audible") is not False:
            yield Found(node, f"{told.get('seconds') or 0:.0f} s")


@check("text-never-rests", "time", ("2.2.2",), ("efbfc7",))
def restless(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """Text that changes or moves by itself, again and again, on a page without a control to stop it."""
    found = record.probes.get("changes")
    if not isinstance(found, list) or not found:
        return
    shown = sum(1 for n in snapshot.page.nodes if n.tag == "#text" and n.shown and n.text.strip())
    if shown <= len(found):
        return  # nothing else is there that it could disturb
    names = [f"{n.name} {n.words()[:60]}" for n in snapshot.page.nodes if n.role in ("button", "checkbox", "switch", "link", "textbox", "combobox", "ToggleButton") and not n.ignored]
    if not any(_STOP.search(name) for name in names):
        first = next((f for f in found if isinstance(f, dict)), {})
        text = str(first.get("to") or first.get("text") or "")
        node = next((n.parent for n in snapshot.page.nodes if n.tag == "#text" and n.text.strip() and n.text.strip() in (str(first.get("text")), text)), None)
        yield Found(node, text[:100])
