"""A text as blocks in reading order: headings, paragraphs, tables, each with its place in the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.policy.text import clean, sentences

HEADING = 46  # characters; what is longer is a sentence, whatever it is set in
_END = re.compile(r"[。！？!?；;，,：:、…]$")
_MARKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (2, re.compile(r"第\s*[一二三四五六七八九十百\d]{1,4}\s*(?:章|部分|条|节|编)")),
    (2, re.compile(r"(?:[一二三四五六七八九十]{1,3}|[IVX]{1,5})\s*[、.．:：]")),
    (3, re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]")),
    (5, re.compile(r"\d{1,2}[.．]\d{1,2}[.．]\d{1,2}(?!\d)")),
    (4, re.compile(r"\d{1,2}[.．]\d{1,2}(?!\d)")),
    (3, re.compile(r"\d{1,2}\s*[、.．](?!\d)")),
    (3, re.compile(r"【[^】]{2,30}】$")),
)
LIST_MARK = re.compile(r"^(?:[（(]?\s*(?:\d{1,2}|[a-zA-Zivx]{1,3})\s*[)）.、．]|[①-⑳⑴-⒇]|[-*•●▪■◆·○])\s*")


class Cell(NamedTuple):
    """One cell of a table; `span` of `rows` below it repeat it."""

    text: str
    links: tuple[str, ...] = ()


@dataclass(slots=True)
class Block:
    """One block. `offset` in characters of the whole text; `path` are the headings above it."""

    kind: str  # heading, text, item, table
    text: str = ""
    level: int = 0
    rows: list[list[Cell]] = field(default_factory=list)
    links: tuple[str, ...] = ()
    offset: int = 0
    path: tuple[str, ...] = ()
    row_offsets: list[int] = field(default_factory=list)


class Sentence(NamedTuple):
    """One sentence with its place. `kind` is that of its block."""

    text: str
    offset: int
    path: tuple[str, ...]
    kind: str
    block: int


def heading_level(text: str, marked: bool = False) -> int:
    """Level of a line that looks like a heading, 0 for one that does not. `marked`: it is set in bold or the like."""
    if not 2 <= len(text) <= HEADING or _END.search(text) or "。" in text or "|" in text:
        return 0
    for level, mark in _MARKS:
        if mark.match(text):
            return level
    return 4 if marked else 0


class Builder:
    """Takes what a format yields, in order, and makes a `Document` of it."""

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self.limits = limits
        self.blocks: list[Block] = []
        self.title = ""
        self.notes: list[tuple[str, str]] = []
        self.recognised = 0  # pages read by optical recognition
        self.recognition_left = limits.policy_recognition
        self._size = self._rows = 0

    def note(self, code: str, detail: str) -> None:
        """Remember that something could not be seen."""
        if (code, detail) not in self.notes and len(self.notes) < self.limits.notes_per_code:
            self.notes.append((code, detail))

    @property
    def full(self) -> bool:
        """Whether the limit of characters is reached."""
        return self._size >= self.limits.policy_characters

    def heading(self, text: str, level: int, links: Sequence[str] = ()) -> None:
        """A heading that the format marks as one."""
        self._add(Block("heading", clean(text).replace("\n", " "), level=max(1, min(level, 9)), links=tuple(links)))

    def text(self, text: str, links: Sequence[str] = (), marked: bool = False, item: bool = False) -> None:
        """A paragraph; one that looks like a heading becomes one. `item`: an entry of a list."""
        for line in clean(text).split("\n"):
            line = line.strip()
            level = 0 if item else heading_level(line, marked)
            kind = "heading" if level else "item" if item else "text"
            self._add(Block(kind, line, level=level, links=tuple(links)))

    def table(self, rows: list[list[Cell]]) -> None:
        """A table; one of a single cell or column is only layout and becomes paragraphs."""
        rows = [[Cell(clean(c.text).replace("\n", " "), c.links) for c in row[: self.limits.policy_columns]] for row in rows]
        rows = [row for row in rows if any(c.text for c in row)]
        if not rows:
            return
        if len(rows) == 1 or max(map(len, rows)) < 2:
            for row in rows:
                for cell in row:
                    self.text(cell.text, cell.links)
            return
        room = self.limits.policy_rows - self._rows
        if len(rows) > room:
            self.note("reader-limit", f"more than {self.limits.policy_rows} rows of tables")
            rows = rows[:room]
        self._rows += len(rows)
        if rows:
            self._add(Block("table", "\n".join(" | ".join(c.text for c in row) for row in rows), rows=rows))

    def replace_table(self, last: Block, rows: list[list[Cell]]) -> None:
        """Write a table that was just taken off again, with more rows."""
        self._size -= len(last.text) + 1
        self._rows -= len(last.rows)
        self.table(rows)

    def _add(self, block: Block) -> None:
        if not block.text:
            return
        if self.full:
            self.note("too-large", f"characters beyond {self.limits.policy_characters}")
            return
        self._size += len(block.text) + 1
        self.blocks.append(block)

    def done(self, form: str, pages: int | None = None) -> Document:
        """The whole, with offsets and headings' paths."""
        at = 0
        path: list[Block] = []
        for block in self.blocks:
            block.offset = at
            if block.kind == "heading":
                path = [h for h in path if h.level < block.level]
                block.path = tuple(h.text for h in path)
                path.append(block)
            else:
                block.path = tuple(h.text for h in path)
            for row in block.rows:
                block.row_offsets.append(at)
                at += sum(len(c.text) for c in row) + 3 * (len(row) - 1) + 1
            at = block.offset + len(block.text) + 1
        title = clean(self.title).replace("\n", " ") or next((b.text for b in self.blocks[:5] if len(b.text) <= 60), "")
        return Document(form, title[:120], self.blocks, self.notes, pages, self.recognised)


@dataclass(slots=True)
class Document:
    """A text that was read. `notes` are limitations; without any it was read whole. `recognised`: pages whose text
    comes from optical recognition."""

    form: str
    title: str
    blocks: list[Block]
    notes: list[tuple[str, str]]
    pages: int | None = None
    recognised: int = 0

    @property
    def text(self) -> str:
        """All of it; offsets of blocks, rows and sentences count in this."""
        return "\n".join(b.text for b in self.blocks)

    @property
    def whole(self) -> bool:
        """Whether nothing of it was left unread."""
        return not self.notes

    def sentences(self) -> Iterator[Sentence]:
        """Sentences of everything but tables."""
        for number, block in enumerate(self.blocks):
            if block.kind != "table":
                for at, text in sentences(block.text):
                    yield Sentence(text, block.offset + at, block.path, block.kind, number)


def joined(lines: Sequence[str], starts: Callable[[str], bool] | None = None) -> list[str]:
    """Lines that a layout broke, as paragraphs: a line that reaches the margin without ending a sentence goes on in
    the next one, unless that begins a heading or an entry of a list."""
    kept = [clean(line) for line in lines]
    widths = sorted(len(line) for line in kept if line)
    if not widths:
        return []
    margin = widths[min(len(widths) - 1, int(len(widths) * 0.9))] * 0.8
    out: list[str] = []
    last = ""
    for line in kept:
        if not line:
            last = ""
            continue
        begins = bool(LIST_MARK.match(line)) or any(m.match(line) for _, m in _MARKS) or bool(starts and starts(line))
        if last and len(last) >= margin and not re.search(r"[。！？!?；;：:]$", last) and not begins:
            gap = " " if last[-1].isascii() and line[0].isascii() and last[-1].isalnum() and line[0].isalnum() else ""
            out[-1] += gap + line
        else:
            out.append(line)
        last = line
    return out
