"""Rows of a workbook that may be a bomb: everything is measured before the library opens it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from mingcha.errors import BadInput
from mingcha.extract.package.notes import Notes

INFLATED = 96 << 20  # bytes of all parts; the library holds shared texts at several times their size
PARTS = 200
ROWS = 1_048_576  # of one sheet, by the format
COLUMNS = 32
CELL = 32_767  # characters of one cell, by the format


def rows(path: Path, notes: Notes) -> Iterator[list[str]]:
    """Rows of the first sheet as text. BadInput where it must not be opened."""
    _measure(path)
    try:
        import openpyxl
    except ImportError:
        raise BadInput(
            "读取 xlsx 需要 openpyxl", "reading xlsx needs openpyxl",
            {"zh": "pip install 'mingcha[evidence]'，或改交控制台文本", "en": "pip install 'mingcha[evidence]', or hand in the console text"},
            code="unsupported-format",
        ) from None  # fmt: skip
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            for n, row in enumerate(sheet.iter_rows(max_col=COLUMNS, values_only=True)):
                if n >= ROWS:
                    notes.limitation("reader-limit", f"rows beyond {ROWS}")
                    break
                yield ["" if value is None else str(value)[:CELL] for value in row]
        finally:
            book.close()
    except (BadInput, GeneratorExit, MemoryError):
        raise
    except Exception as e:  # the library raises whatever the file makes it raise
        notes.limitation("malformed-log", f"the workbook could not be read to its end: {type(e).__name__}")


def _measure(path: Path) -> None:
    """Refuse what would expand out of proportion or defines entities, by reading it as a stream."""
    try:
        with zipfile.ZipFile(path) as z:
            parts = z.infolist()
            if len(parts) > PARTS or sum(p.file_size for p in parts) > INFLATED:
                raise _bomb(path)
            read = 0
            for part in parts:
                with z.open(part) as f:
                    kept = b""
                    while chunk := f.read(1 << 20):
                        read += len(chunk)
                        if read > INFLATED:
                            raise _bomb(path)
                        if part.filename.endswith((".xml", ".rels")):
                            window = kept + chunk
                            # A NUL: text in UTF-16, in which the words below would not be seen.
                            if b"<!DOCTYPE" in window or b"<!ENTITY" in window or b"\0" in window:
                                raise _bomb(path)
                            kept = chunk[-16:]
    except BadInput:
        raise
    except Exception as e:  # zipfile, zlib and lzma have errors of their own
        raise BadInput(
            f"{path.name} 不是完整的工作簿", f"{path.name} is no whole workbook",
            {"zh": "请重新导出", "en": "export it again"}, code="truncated",
        ) from e  # fmt: skip


def _bomb(path: Path) -> BadInput:
    return BadInput(
        f"{path.name} 展开后过大或含实体定义", f"{path.name} would expand out of proportion or defines entities",
        {"zh": "请在隔离环境中人工查看", "en": "look at it by hand in isolation"}, code="bomb",
    )  # fmt: skip
