"""Columns and rows as a table for a terminal, CSV, XLSX or Parquet. Cells that a spreadsheet would run are made text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mingcha.errors import ToolMissing
from mingcha.fleet import table
from mingcha.fleet.query import Answer
from mingcha.plain import plain

WIDEST = 60  # characters of a cell on a terminal
CELL = 32_000  # characters of a cell of a workbook
SHEET = 1_000_000  # rows of a sheet
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def safe(value: Any) -> Any:
    """A value of a cell: numbers as they are, lists as text, text that begins like a formula behind an apostrophe."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    text = _CONTROL.sub("\ufffd", text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_table(answer: Answer) -> bytes:
    """Aligned columns; wide characters count twice."""
    cells = [[plain("" if v is None else ", ".join(map(str, v)) if isinstance(v, list) else v, WIDEST) for v in row] for row in answer.rows]
    widths = [max((_width(r[n]) for r in [answer.columns, *cells]), default=0) for n in range(len(answer.columns))]
    lines = [answer.columns, ["-" * w for w in widths], *cells]
    return "".join("  ".join(c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines).encode()


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def as_csv(answer: Answer) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(c) for c in answer.columns])
    writer.writerows([safe(v) for v in row] for row in answer.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(answer: Answer) -> bytes:
    """One sheet; every text is written as text."""
    try:
        import xlsxwriter
    except ImportError:
        raise ToolMissing(
            "缺少 XlsxWriter", "XlsxWriter is not installed", dict.fromkeys(("zh", "en"), "pip install 'mingcha[server]'")
        ) from None
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    sheet = book.add_worksheet("mingcha")
    bold = book.add_format({"bold": True})
    for n, name in enumerate(answer.columns):
        sheet.write_string(0, n, str(safe(name))[:CELL], bold)
    for y, row in enumerate(answer.rows[:SHEET], 1):
        for x, value in enumerate(row):
            cell = safe(value)
            if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < 1e15:
                sheet.write_number(y, x, cell)
            elif cell is not None:
                sheet.write_string(y, x, str(cell)[:CELL])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(answer.columns) - 1), 22)
    book.close()
    return out.getvalue()


def as_parquet(answer: Answer) -> bytes:
    """Parquet, with texts as they are."""
    import tempfile

    import msgspec

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "rows.jsonl", Path(folder) / "rows.parquet"
        source.write_bytes(b"".join(msgspec.json.encode(dict(zip(answer.columns, row, strict=True))) + b"\n" for row in answer.rows))
        db = table.duckdb().connect()
        if answer.rows:
            db.execute(f"copy (select * from read_json_auto('{source}', format = 'newline_delimited')) to '{target}' (format parquet, compression zstd)")
        else:
            named = ", ".join('null::varchar as "' + c.replace('"', '""') + '"' for c in answer.columns)
            db.execute(f"copy (select {named} limit 0) to '{target}' (format parquet)")
        db.close()
        return target.read_bytes()


FORMATS: dict[str, Callable[[Answer], bytes]] = {"table": as_table, "csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet}
