"""Text and Markdown → blocks."""

from __future__ import annotations

import re

from mingcha.extract.policy.document import LIST_MARK, Builder, Cell, heading_level, joined
from mingcha.extract.policy.text import clean

_ATX = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*$")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\(\s*<?([^\s)>]{1,500})>?[^)\n]{0,200}\)")
_BARE = re.compile(r"https?://[^\s<>\"'，。；、）)】|]{4,400}")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>")
_EMPHASIS = re.compile(r"(\*\*|__|~~|`+)(?=\S)([^\n]{1,400}?)(?<=\S)\1")


def is_markdown(text: str) -> bool:
    """Whether a text uses Markdown's headings, tables or links."""
    head = text[:200_000]
    signs = len(re.findall(r"^ {0,3}#{1,6} +\S", head, re.M)) + len(_LINK.findall(head))
    return signs >= 2 or bool(re.search(r"^.*\|.*\n\s*\|?\s*:?-{2,}:?\s*\|", head, re.M))


def read_text(text: str, builder: Builder) -> None:
    """Lines as paragraphs; lines that were broken at a fixed width are put together first."""
    lines = text.split("\n")
    for line in joined(lines) if _wrapped(lines) else lines:
        line = clean(line)
        builder.text(line, _BARE.findall(line), item=bool(LIST_MARK.match(line)) and not heading_level(line))


def _wrapped(lines: list[str]) -> bool:
    widths = [len(line.strip()) for line in lines if line.strip()]
    if len(widths) < 8 or max(widths) > 120:
        return False
    longest = max(widths)
    full = [line for line in lines if len(line.strip()) >= longest * 0.85]
    return len(full) > len(widths) * 0.35 and sum(not re.search(r"[。！？；：.!?;:]\s*$", line) for line in full) > len(full) * 0.6


def read_markdown(text: str, builder: Builder) -> None:
    """The part of Markdown that policies use: headings, tables, lists, links, emphasis."""
    lines = text.split("\n")
    n = 0
    while n < len(lines):
        line = lines[n]
        following = lines[n + 1] if n + 1 < len(lines) else ""
        if found := _ATX.match(line):
            body, links = _inline(found[2])
            builder.heading(body, len(found[1]), links)
        elif "|" in line and _RULE.match(following) and "|" in following:
            rows = [_row(line)]
            n += 2
            while n < len(lines) and "|" in lines[n] and lines[n].strip():
                rows.append(_row(lines[n]))
                n += 1
            builder.table(rows)
            continue
        elif line.strip() and re.fullmatch(r" {0,3}(?:=+|-{3,})\s*", following) and not LIST_MARK.match(line) and len(line) < 80:
            body, links = _inline(line)
            builder.heading(body, 1 if "=" in following else 2, links)
            n += 1
        elif line.strip() and not re.fullmatch(r"\s*(?:[-*_]\s*){3,}|\s*```.*", line):
            marked = bool(re.fullmatch(r"\s*(\*\*|__)[^*_]+\1\s*", line))
            body, links = _inline(line)
            listed = bool(LIST_MARK.match(body.strip())) and not heading_level(clean(body), marked)
            builder.text(re.sub(r"^\s*[-*+]\s+", "", body) if listed else body.lstrip("> "), links, marked, listed)
        n += 1


def _inline(text: str) -> tuple[str, list[str]]:
    links = [u for _, u in _LINK.findall(text) if u.startswith(("http://", "https://"))]
    text = _LINK.sub(lambda m: m[1], text)
    links += [u for u in _BARE.findall(text) if u not in links]
    text = _TAG.sub(" ", text)
    for _ in range(3):
        text = _EMPHASIS.sub(lambda m: m[2], text)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text), links


def _row(line: str) -> list[Cell]:
    body = line.strip()
    body = body[1:] if body.startswith("|") else body
    body = body[:-1] if body.endswith("|") and not body.endswith("\\|") else body
    cells = []
    for part in re.split(r"(?<!\\)\|", body):
        text, links = _inline(part.replace("\\|", "|"))
        cells.append(Cell(text.strip(), tuple(links)))
    return cells
