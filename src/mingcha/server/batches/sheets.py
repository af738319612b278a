"""A public list as a workbook: six columns, cells of one app merged, every cell a text and none a formula."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from mingcha.server.desk.words import say

COLUMNS = ("n", "app", "developer", "source", "version", "issue")
WIDTHS = (6, 24, 34, 20, 14, 40)


def workbook(told: dict[str, Any], lang: str) -> bytes:
    """The workbook of a snapshot; the same bytes for the same snapshot."""
    from mingcha.server.batches.public import lines, title

    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    # The package's date is the list's own, so that the same list gives the same file.
    book.set_properties({"created": datetime.fromisoformat(told["issued"]).astimezone(UTC).replace(tzinfo=None), "title": title(told, lang)})
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "bg_color": "#EEF1F4"})
    cell = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
    sheet.merge_range(0, 0, 0, 5, "", book.add_format({"bold": True, "font_size": 14, "align": "center"}))
    sheet.write_string(0, 0, title(told, lang), book.add_format({"bold": True, "font_size": 14, "align": "center"}))
    for i, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(i, i, width)
        sheet.write_string(1, i, say(f"lists-column-{name}", lang), head)
    sheet.freeze_panes(2, 0)
    at = 2
    for row in told["rows"]:
        for line in lines(row, lang):
            if line["first"]:
                for column, text in ((0, str(row["n"])), (1, row["app"]), (2, row["developer"]), (4, row["version"])):
                    _over(sheet, at, column, line["span"], text, cell)
            if line["source"]:
                _over(sheet, at, 3, line["source_span"], line["source"], cell)
            sheet.write_string(at, 5, line["issue"], cell)
            at += 1
    book.close()
    return out.getvalue()


def _over(sheet: Any, row: int, column: int, span: int, text: str, form: Any) -> None:
    if span > 1:
        sheet.merge_range(row, column, row + span - 1, column, "", form)
    sheet.write_string(row, column, text, form)
