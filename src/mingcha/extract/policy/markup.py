"""HTML → blocks, with the standard library's parser: no scripts, no entities of its own, no network."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from mingcha.extract.policy.document import Builder, Cell, heading_level
from mingcha.extract.policy.text import clean

_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea", "nav", "canvas", "math"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "code", "del", "em", "font", "i", "img", "ins", "label", "mark", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)  # fmt: skip
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"})
_BOLD = frozenset({"b", "strong", "th"})
_HEADINGS = {f"h{n}": n for n in range(1, 7)}


_LOOKED = 20_000_000  # characters looked at for the ends of tags


class _Table:
    """A table being read, with cells that reach over columns and rows written into each of them."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.row: list[Cell | None] = []
        self.open = False
        self.span: tuple[int, int] = (0, 0)  # of the open cell; none is open
        self.hanging: dict[int, tuple[int, Cell]] = {}
        self.text: list[str] = []
        self.links: list[str] = []

    def start_row(self) -> None:
        self.end_row()
        self.row, self.open, self.span = [], True, (0, 0)

    def end_cell(self, limit: int) -> None:
        if not self.open or self.span == (0, 0):
            return
        cell = Cell("".join(self.text), tuple(dict.fromkeys(self.links)))
        self._hang(limit)
        across, down = self.span
        for _ in range(across):
            if len(self.row) < limit:
                if down > 1:
                    self.hanging[len(self.row)] = (down - 1, cell)
                self.row.append(cell)
        self.text, self.links, self.span = [], [], (0, 0)

    def _hang(self, limit: int) -> None:
        """Cells of rows above that reach down to here."""
        while len(self.row) in self.hanging and len(self.row) < limit:
            at = len(self.row)
            left, cell = self.hanging.pop(at)
            if left > 1:
                self.hanging[at] = (left - 1, cell)
            self.row.append(cell)

    def end_row(self, limit: int = 40) -> None:
        if self.open:
            self._hang(limit)
            if self.row:
                self.rows.append([c or Cell("") for c in self.row])
        self.open = False


def _number(value: str | None, most: int) -> int:
    digits = re.match(r"\s*(\d{1,4})", value or "")
    return max(1, min(int(digits[1]), most)) if digits else 1


class _Reader(HTMLParser):
    def __init__(self, builder: Builder) -> None:
        super().__init__(convert_charrefs=True)
        self.out, self.limits = builder, builder.limits
        self.stack: list[str] = []
        self.skip = 0
        self.level = self.bold = self.item = 0
        self.in_title = False
        self.buffer: list[str] = []
        self.looked = 0  # characters of tags
        self.endless = False  # a comment had no end, so none after it has
        self.plain = False  # something outside bold type in this block
        self.links: list[str] = []
        self.tables: list[_Table] = []

    # The library looks for the end of every tag and comment up to the end of the page, again for each one that
    # has none: a page made of openings takes the square of its length. What has no end is text from then on.

    def check_for_whole_start_tag(self, i: int) -> int:
        """End of the start tag at `i`, -1 for none."""
        if self.looked > _LOOKED or self.rawdata.find(">", i) < 0:
            return -1
        end: int = super().check_for_whole_start_tag(i)
        self.looked += (end if end > i else len(self.rawdata)) - i
        return end

    def parse_comment(self, i: int, report: bool = True) -> int:
        """End of the comment at `i`, -1 for none."""
        if self.endless or self.rawdata.find("--", i + 4) < 0:
            self.endless = True
            return -1
        end: int = super().parse_comment(i, report)
        self.endless = end < 0
        return end

    def flush(self) -> None:
        """End of a block."""
        text = "".join(self.buffer)
        if text.strip():
            if self.level:
                self.out.heading(text, self.level, self.links)
            else:
                self.out.text(text, self.links, marked=not self.plain, item=bool(self.item) and not heading_level(clean(text), not self.plain))
        self.buffer, self.links, self.plain = [], [], False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            if tag in ("br", "hr"):
                self._break()
            return
        if len(self.stack) >= self.limits.policy_nesting:
            self.out.note("reader-limit", "elements nested too deep")
            return
        self.stack.append(tag)
        if tag in _SKIPPED:
            self.skip += 1
        if self.skip:
            return
        self.bold += tag in _BOLD
        if tag == "title":
            self.in_title = not self.out.title
        elif tag == "a":
            href = next((v for k, v in attrs if k == "href" and v), "")
            if href.strip().lower().startswith(("http://", "https://")):
                (self.tables[-1].links if self.tables else self.links).append(href.strip()[:500])
        elif tag == "table":
            if not self.tables:
                self.flush()
            self.tables.append(_Table())
        elif self.tables:
            self._in_table(tag, attrs)
        elif tag not in _INLINE:
            self.flush()
            if tag in _HEADINGS:
                self.level = _HEADINGS[tag]
            self.item += tag == "li"

    def _in_table(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        table = self.tables[-1]
        if tag == "tr":
            table.end_cell(self.limits.policy_columns)
            table.start_row()
        elif tag in ("td", "th"):
            table.end_cell(self.limits.policy_columns)
            if not table.open:
                table.start_row()
            known = dict(attrs)
            most = self.limits.policy_columns
            table.span = (_number(known.get("colspan"), most), _number(known.get("rowspan"), 500))
            table.text, table.links = [], []
        elif tag not in _INLINE:
            table.text.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            if tag == "br":
                self._break()
            return
        if tag == "p" and tag not in self.stack:
            self._break()
        if tag not in self.stack:
            return
        while self.stack:
            last = self.stack.pop()
            self._close(last)
            if last == tag:
                break

    def _close(self, tag: str) -> None:
        if tag in _SKIPPED:
            self.skip -= 1
            return
        if self.skip:
            return
        self.bold -= tag in _BOLD
        if tag == "title":
            self.in_title = False
        elif tag == "table":
            if self.tables:
                self._end_table()
        elif self.tables:
            if tag in ("td", "th"):
                self.tables[-1].end_cell(self.limits.policy_columns)
            elif tag == "tr":
                self.tables[-1].end_cell(self.limits.policy_columns)
                self.tables[-1].end_row(self.limits.policy_columns)
            elif tag not in _INLINE:
                self.tables[-1].text.append("\n")
        elif tag not in _INLINE:
            self.flush()
            if tag in _HEADINGS:
                self.level = 0
            self.item -= tag == "li"

    def _end_table(self) -> None:
        table = self.tables.pop()
        table.end_cell(self.limits.policy_columns)
        table.end_row(self.limits.policy_columns)
        if self.tables:  # a table in a cell is a part of that cell's text
            outer = self.tables[-1]
            outer.text.append("\n" + "\n".join("：".join(c.text.strip() for c in row) for row in table.rows))
            outer.links += [link for row in table.rows for c in row for link in c.links]
        else:
            self.out.table(table.rows)

    def _break(self) -> None:
        if self.skip:
            return
        if self.tables:
            self.tables[-1].text.append("\n")
        else:
            level = self.level
            self.flush()
            self.level = level

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.out.title += data
        elif not self.skip:
            if self.tables:
                self.tables[-1].text.append(re.sub(r"\s+", " ", data))
            elif not self.out.full:
                self.buffer.append(data if "pre" in self.stack[-3:] else re.sub(r"\s+", " ", data))
                self.plain |= not self.bold and bool(data.strip())

    def end(self) -> None:
        """What is still open at the end of the file."""
        while self.tables:
            self._end_table()
        self.flush()


def read(text: str, builder: Builder) -> None:
    """Blocks of a page; a page that is torn gives what stands before the tear."""
    reader = _Reader(builder)
    step = 1 << 16
    for at in range(0, len(text), step):
        reader.feed(text[at : at + step])
        if len(reader.rawdata) > 1 << 20:  # a tag or comment that never ends: every further step would look at all of it again
            builder.note("reader-limit", "a tag without an end")
            break
        if builder.full:
            builder.note("too-large", f"characters beyond {builder.limits.policy_characters}")
            break
    else:
        reader.close()
    reader.end()
