"""PDF files → blocks. Needs the extra `evidence`; pages that are pictures need `ocr` too and stay a limitation.

pdfium gives the text: it maps the radicals of Chromium's files to characters where others do not. Ruled tables are
found by pdfplumber, on pages with enough lines only since it takes a hundred times as long; the text in their cells
is pdfium's again.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mingcha.extract.policy import recognise
from mingcha.extract.policy.document import LIST_MARK, Builder, Cell, heading_level, joined
from mingcha.extract.policy.text import clean

LINES = 4  # drawn paths below which a page has no table
SCALE = 1.5  # pixels of a point when a page is drawn: 108 dpi
SIDE = 2_000  # pixels of the longer side of a drawn page
FEW = 12  # characters on a page below which a picture on it counts as a scan
_ADDRESS = re.compile(r"https?://[^\s，。；、）)]{4,400}")
Box = tuple[float, float, float, float]  # left, top, right, bottom, from the top left corner, in points
Grid = tuple[Box, list[list[Box | None]], list[tuple[Box, str]]]  # box, rows of boxes of cells, link areas of the page


def missing() -> list[str]:
    """Libraries that reading a PDF needs and that are not here."""
    return [n for n in ("pypdfium2", "pdfplumber") if importlib.util.find_spec(n) is None]


def read(path: Path, builder: Builder) -> int | None:
    """Blocks of a PDF file; returns its pages. What cannot be read is noted."""
    lacking = missing()
    if lacking:
        builder.note("missing-part", ", ".join(lacking))
        return None
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as e:
        locked = "password" in str(e).lower()
        builder.note("encrypted-entry" if locked else "unreadable-entry", "a password is needed" if locked else "no PDF that can be opened")
        return None
    try:
        pages = len(pdf)
        _pages(pdf, path, builder)
        return pages
    finally:
        pdf.close()


def _pages(pdf: Any, path: Path, builder: Builder) -> None:
    started = time.process_time()
    scanned = []
    seen = 0
    tables = _Tables(path)
    pending: list[str] = []
    try:
        for number in range(len(pdf)):
            if number >= builder.limits.policy_pages:
                builder.note("reader-limit", f"pages from {number + 1} of {len(pdf)}")
                break
            if time.process_time() - started > builder.limits.policy_seconds:
                builder.note("timeout", f"pages from {number + 1} of {len(pdf)}")
                break
            if builder.full:
                builder.note("too-large", f"characters beyond {builder.limits.policy_characters}")
                break
            try:
                picture = _page(pdf, number, tables, builder, pending)
            except Exception as e:  # whatever the two libraries make of a damaged page
                builder.note("unreadable-entry", f"page {number + 1}: {type(e).__name__}")
                continue
            if picture:
                scanned.append(number + 1)
                seen += _recognised(pdf, number, builder, pending)
        _paragraphs(pending, builder)
    finally:
        tables.close()
    if scanned:
        builder.recognised = seen
        which = ", ".join(map(str, scanned[:20])) + (" …" if len(scanned) > 20 else "")
        how = f"{seen} read by optical recognition" if seen else "not read"
        builder.note("scanned-pages", f"no text layer on {len(scanned)} of {len(pdf)} pages ({which}), {how}")


def _page(pdf: Any, number: int, tables: _Tables, builder: Builder, pending: list[str]) -> bool:
    """Read one page; whether it is a picture without text."""
    from pypdfium2 import raw

    page = pdf[number]
    try:
        width, height = page.get_size()
        kinds = [o.type for o in page.get_objects(max_depth=3)] if width and height else []
        text = page.get_textpage()
        try:
            whole = text.get_text_range() if text.count_chars() else ""
            if len(whole.strip()) < FEW and (raw.FPDF_PAGEOBJ_IMAGE in kinds or (kinds and not whole.strip())):
                return True
            grids = tables.of(number) if kinds.count(raw.FPDF_PAGEOBJ_PATH) >= LINES else []
            if not grids:
                pending += whole.splitlines()
                return False
            top = 0.0
            for box, rows, links in grids:
                pending += _inside(text, (0, top, width, box[1]), height).splitlines()
                cells = [[Cell(_cell(_inside(text, c, height)), _targets(c, links)) if c else Cell("") for c in row] for row in rows]
                if _continues(builder, pending, cells):
                    _go_on(builder, cells)
                else:
                    _paragraphs(pending, builder)
                    pending.clear()
                    builder.table(_linked(cells))
                top = box[3]
            pending += _inside(text, (0, top, width, height), height).splitlines()
        finally:
            text.close()
    finally:
        page.close()
    return False


def _recognised(pdf: Any, number: int, builder: Builder, pending: list[str]) -> bool:
    """Lines of a page that is a picture, while the time for it lasts; whether there were any. What recognition makes
    of a page is never told apart from text again, so the page stays in the limitation."""
    if recognise.missing() or builder.recognition_left <= 0:
        return False
    started = time.process_time()
    page = pdf[number]
    try:
        width, height = page.get_size()
        drawn = page.render(scale=min(SCALE, SIDE / max(width, height, 1)), fill_color=(255, 255, 255, 255), grayscale=False)
        found = recognise.lines(drawn.to_numpy()[:, :, :3].copy())
    except Exception as e:  # whatever two native libraries make of a hostile picture
        builder.note("unreadable-entry", f"page {number + 1}: {type(e).__name__}")
        return False
    finally:
        page.close()
        builder.recognition_left -= time.process_time() - started
    pending += found
    return bool(found)


def _inside(text: Any, box: Box, height: float) -> str:
    left, top, right, bottom = box
    found: str = text.get_text_bounded(left, height - bottom, right, height - top) if bottom > top and right > left else ""
    found = re.sub(r"(https?://[!-~]*)[\x02\ufffe]\s*", r"\1-", found)  # a hyphen of an address, not of a broken word
    return found.replace("\ufffe", "").replace("\x02", "")


def _targets(cell: Box, links: Sequence[tuple[Box, str]]) -> tuple[str, ...]:
    """Addresses of the link areas whose middle lies in a cell."""
    left, top, right, bottom = cell
    return tuple(dict.fromkeys(url for (a, b, c, d), url in links if left <= (a + c) / 2 <= right and top <= (b + d) / 2 <= bottom))


def _cell(text: str) -> str:
    """Lines broken by the width of a cell, as one; a line that begins an entry of a list begins a line."""
    out = ""
    for line in (clean(part) for part in text.splitlines()):
        if not out or not line:
            out += line
        elif LIST_MARK.match(line):
            out += "\n" + line
        elif re.search(r"https?://\S*$", out) and line.isascii() and " " not in line:
            out += line  # an address goes on
        else:
            left, right = re.search(r"[A-Za-z]+$", out), re.match(r"[A-Za-z]+", line)
            # Two words, unless capitals meet: a narrow column breaks SDK or BSSID anywhere.
            out += (" " if left and right and not (left[0] + right[0]).isupper() else "") + line
    return out


def _linked(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Cells with the addresses that they point at, or else show."""
    return [[Cell(c.text, c.links or tuple(_ADDRESS.findall(c.text))) for c in row] for row in rows]


def _joined_cell(a: Cell, b: Cell) -> Cell:
    text = a.text + b.text
    return Cell(text, tuple(dict.fromkeys((*(x for x in a.links + b.links if x not in a.text), *_ADDRESS.findall(text)))))


def _continues(builder: Builder, pending: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a table goes on from the page before: nothing but a page number stands between, and it is as wide."""
    last = builder.blocks[-1] if builder.blocks else None
    between = "".join(pending).strip()
    return bool(rows) and last is not None and last.kind == "table" and (not between or bool(re.fullmatch(r"[-—第页/\s\d]{1,12}", between))) and len(last.rows[0]) == len(rows[0])


def _go_on(builder: Builder, rows: Sequence[Sequence[Cell]]) -> None:
    """Rows onto the last table. A first row without a first cell is the rest of the row that the page cut."""
    last = builder.blocks.pop()
    old, new = [list(r) for r in last.rows], [list(r) for r in _linked(rows)]
    if new and [c.text for c in new[0]] == [c.text for c in old[0]]:
        new = new[1:]  # the head is repeated on each page
    if new and not new[0][0].text and len(new[0]) == len(old[-1]):
        old[-1] = [_joined_cell(a, b) for a, b in zip(old[-1], new[0], strict=True)]
        new = new[1:]
    builder.replace_table(last, old + new)


def _paragraphs(lines: Sequence[str], builder: Builder) -> None:
    for line in joined([x for x in lines if not re.fullmatch(r"\s*(?:[-—]?\s*\d{1,3}\s*[-—]?|第\s*\d+\s*页.*|\d+\s*/\s*\d+)\s*", x)]):
        builder.text(line, _ADDRESS.findall(line), item=bool(LIST_MARK.match(line)) and not heading_level(line))


class _Tables:
    """pdfplumber, opened when the first page with lines asks for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pdf: Any = None

    def of(self, number: int) -> list[Grid]:
        """Ruled tables of a page from top to bottom."""
        import pdfplumber

        if self.pdf is None:
            logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it would remark on every font of every page
            self.pdf = pdfplumber.open(self.path)
        page = self.pdf.pages[number]
        try:
            return list(_grids(page))
        finally:
            page.close()

    def close(self) -> None:
        if self.pdf is not None:
            self.pdf.close()


def _grids(page: Any) -> Iterator[Grid]:
    links = [
        ((h["x0"], h["top"], h["x1"], h["bottom"]), str(h["uri"])[:500])
        for h in page.hyperlinks[:2_000] if str(h.get("uri") or "").lower().startswith(("http://", "https://"))
    ]  # fmt: skip
    below = 0.0
    for table in sorted(page.find_tables(), key=lambda t: t.bbox[1]):
        rows = [list(row.cells) for row in table.rows]
        if len(rows) < 1 or max(map(len, rows)) < 2 or table.bbox[1] < below - 2:
            continue  # a frame around text, or a table in a cell of the one before
        below = table.bbox[3]
        yield tuple(table.bbox), rows, links
