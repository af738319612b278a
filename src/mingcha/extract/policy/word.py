"""Word files (Office Open XML) → blocks.

Read with the standard library's ZIP and expat instead of a Word library: only the two or three parts that hold the
text are inflated, each up to a limit, and a document type declaration ends the reading before any entity is defined
(ECMA-376 part 2 forbids one).
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from mingcha.extract.policy.document import LIST_MARK, Builder, Cell, heading_level
from mingcha.extract.policy.text import clean

ENTRIES = 5_000
TAIL = 65_557  # bytes in which a ZIP's end record lies
DIRECTORY = 256 << 10  # bytes of a Word file's central directory; one with 100 parts takes 10 KB
_STYLE = re.compile(r"(?:heading|标题)\s*(\d)|^(title|标题)$", re.I)


class _Stopped(Exception):
    pass


def is_word(path: Path, head: bytes) -> bool:
    """Whether a ZIP is a Word file and nothing that could be installed: an app that also holds a Word file's parts
    stays a package. Only a head that names Office's parts is looked at any further."""
    if head[:4] != b"PK\3\4" or not any(n in head for n in (b"[Content_Types].xml", b"_rels/.rels", b"word/", b"docProps/")):
        return False
    names = _names(path)
    code = (".dex", ".apk", ".class", ".so", ".jar", ".arsc")
    return {"word/document.xml", "[Content_Types].xml"} <= names and not any(
        n.endswith(code) or n.startswith(("AndroidManifest", "META-INF/", "base/")) for n in names
    )


def _names(path: Path) -> set[str]:
    """Names in the central directory of a ZIP with a small one (APPNOTE 4.3.12 and 4.3.16), empty for any other. This
    runs outside the child process: no more than a few hundred kilobytes are looked at, and nothing is inflated."""
    try:
        with path.open("rb") as f:
            size = f.seek(0, 2)
            f.seek(max(0, size - TAIL))
            tail = f.read(TAIL)
            at = tail.rfind(b"PK\5\6")
            if at < 0 or len(tail) - at < 22:
                return set()
            length, offset = struct.unpack_from("<II", tail, at + 12)
            if length > DIRECTORY or offset + length > size:
                return set()
            f.seek(offset)
            data = f.read(length)
    except OSError:
        return set()
    names, place = set(), 0
    while data[place : place + 4] == b"PK\1\2" and place + 46 <= len(data):
        name, extra, comment = struct.unpack_from("<HHH", data, place + 28)
        names.add(data[place + 46 : place + 46 + name].decode("utf-8", "replace"))
        place += 46 + name + extra + comment
    return names


def _part(z: zipfile.ZipFile, name: str, builder: Builder) -> bytes | None:
    try:
        info = z.getinfo(name)
        if info.flag_bits & 1:
            builder.note("encrypted-entry", name)
            return None
        with z.open(info) as f:
            data = f.read(builder.limits.policy_part + 1)
    except KeyError:
        return None
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, zlib.error):
        builder.note("unreadable-entry", name)
        return None
    if len(data) > builder.limits.policy_part:
        builder.note("bomb", f"{name} above {builder.limits.policy_part} bytes")
        return None
    return data


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _walk(data: bytes, start: object, end: object, text: object, builder: Builder, part: str) -> None:
    """Parse one part; `start(tag, attributes)`, `end(tag)`, `text(data)` get local names."""
    parser = expat.ParserCreate(namespace_separator="}")
    depth = 0

    def opened(name: str, attrs: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > builder.limits.policy_nesting:
            builder.note("reader-limit", f"{part}: elements nested too deep")
            raise _Stopped
        start(_local(name), {_local(k): v for k, v in attrs.items()})  # type: ignore[operator]

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))  # type: ignore[operator]

    def forbidden(*_: object) -> None:
        builder.note("unreadable-entry", f"{part}: a document type declaration")
        raise _Stopped

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = text  # type: ignore[assignment]
    parser.StartDoctypeDeclHandler = forbidden
    try:
        parser.Parse(data, True)
    except _Stopped:
        pass
    except expat.ExpatError as e:
        builder.note("unreadable-entry", f"{part}: {expat.errors.messages.get(e.code, e.code)}")


class _Body:
    """word/document.xml."""

    def __init__(self, builder: Builder, styles: dict[str, int], links: dict[str, str]) -> None:
        self.out, self.styles, self.targets = builder, styles, links
        self.text: list[str] = []
        self.links: list[str] = []
        self.level = 0
        self.listed = self.bold = self.plain = self.in_text = False
        self.tables: list[list[list[Cell]]] = []
        self.rows: list[list[Cell]] = []
        self.cells: list[list[str]] = []
        self.cell_links: list[list[str]] = []
        self.span = [1]
        self.merged = [""]
        self.deleted = 0

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        val = attrs.get("val", "")
        if tag == "p":
            self.text, self.links, self.level = ([] if not self.cells else self.text), [], 0
            self.listed = self.plain = False
        elif tag == "pStyle":
            self.level = self.styles.get(val, 0)
        elif tag == "outlineLvl" and val.isdigit() and int(val) < 9:
            self.level = int(val) + 1
        elif tag == "numPr":
            self.listed = True
        elif tag == "r":
            self.bold = False
        elif tag == "b":
            self.bold = val not in ("0", "false")
        elif tag in ("t", "delText"):
            self.in_text = tag == "t" and not self.deleted
        elif tag in ("del", "moveFrom"):
            self.deleted += 1
        elif tag in ("tab", "br", "cr"):
            self._say("\n" if tag != "tab" else " ")
        elif tag == "hyperlink" and (url := self.targets.get(attrs.get("id", ""))):
            (self.cell_links[-1] if self.cell_links else self.links).append(url)
        elif tag == "tbl":
            self.tables.append([])
        elif tag == "tr":
            self.rows.append([])
        elif tag == "tc" and self.rows:
            self.cells.append([])
            self.cell_links.append([])
            self.span.append(1)
            self.merged.append("")
        elif tag == "gridSpan" and val.isdigit():
            self.span[-1] = max(1, min(int(val), self.out.limits.policy_columns))
        elif tag == "vMerge":
            self.merged[-1] = val or "continue"

    def _say(self, text: str) -> None:
        (self.cells[-1] if self.cells else self.text).append(text)

    def characters(self, data: str) -> None:
        if self.in_text:
            self._say(data)
            self.plain |= not self.bold and bool(data.strip())

    def end(self, tag: str) -> None:
        if tag in ("t", "delText"):
            self.in_text = False
        elif tag in ("del", "moveFrom"):
            self.deleted -= 1
        elif tag == "p":
            self._end_paragraph()
        elif tag == "tc" and self.cells:
            self._end_cell()
        elif tag == "tr" and self.rows and self.tables:
            self.tables[-1].append(self.rows.pop())
        elif tag == "tbl" and self.tables:
            rows = self.tables.pop()
            if self.cells:  # a table in a cell is a part of its text
                self._say("\n" + "\n".join("：".join(c.text for c in row) for row in rows))
            else:
                self.out.table(rows)

    def _end_paragraph(self) -> None:
        if self.cells:
            self._say("\n")
            return
        text = "".join(self.text)
        self.text = []
        if self.level:
            self.out.heading(text, self.level, self.links)
        else:
            marked = not self.plain
            item = (self.listed or bool(LIST_MARK.match(text))) and not heading_level(clean(text), marked)
            self.out.text(text, self.links, marked, item)

    def _end_cell(self) -> None:
        cell = Cell("".join(self.cells.pop()).strip(), tuple(self.cell_links.pop()))
        span, merged = self.span.pop(), self.merged.pop()
        row = self.rows[-1]
        if merged == "continue" and self.tables and self.tables[-1] and len(self.tables[-1][-1]) > len(row):
            cell = self.tables[-1][-1][len(row)]
        row.extend([cell] * span)


def read(path: Path, builder: Builder) -> None:
    """Blocks of a Word file; a part that cannot be read is noted."""
    try:
        z = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        builder.note("unreadable-entry", "not a ZIP archive any more")
        return
    with z:
        if len(z.infolist()) > ENTRIES:
            builder.note("too-many-entries", str(len(z.infolist())))
            return
        styles = _styles(_part(z, "word/styles.xml", builder), builder)
        links = _targets(_part(z, "word/_rels/document.xml.rels", builder), builder)
        data = _part(z, "word/document.xml", builder)
        if data is None:
            builder.note("unreadable-entry", "word/document.xml")
            return
        body = _Body(builder, styles, links)
        _walk(data, body.start, body.end, body.characters, builder, "word/document.xml")
        while body.tables:
            body.end("tbl")


def _styles(data: bytes | None, builder: Builder) -> dict[str, int]:
    """Identifier of a paragraph style → level of heading."""
    out: dict[str, int] = {}
    style = ""

    def start(tag: str, attrs: dict[str, str]) -> None:
        nonlocal style
        if tag == "style":
            style = attrs.get("styleId", "")
        elif tag == "name" and style and (m := _STYLE.search(attrs.get("val", ""))):
            out[style] = int(m[1]) if m[1] else 1
        elif tag == "outlineLvl" and style and attrs.get("val", "").isdigit():
            out[style] = min(int(attrs["val"]) + 1, 9)

    if data:
        _walk(data, start, lambda tag: None, lambda text: None, builder, "word/styles.xml")
    return {name: level for name, level in out.items() if 1 <= level <= 9}


def _targets(data: bytes | None, builder: Builder) -> dict[str, str]:
    """Relation → web address; nothing else that a file may point at is of interest."""
    out: dict[str, str] = {}

    def start(tag: str, attrs: dict[str, str]) -> None:
        url = attrs.get("Target", "")
        if tag == "Relationship" and url.lower().startswith(("http://", "https://")):
            out[attrs.get("Id", "")] = url[:500]

    if data:
        _walk(data, start, lambda tag: None, lambda text: None, builder, "word/_rels/document.xml.rels")
    return out
