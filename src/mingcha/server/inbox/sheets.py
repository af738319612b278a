"""Files of leads to rows: xlsx, csv and JSON, with every fault of a row told apart. Nothing is entered here."""

from __future__ import annotations

import csv
import io
import itertools
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from mingcha.server.ledger import apptypes
from mingcha.server.ledger.models import LEAD_KINDS
from mingcha.server.ledger.refusals import Refused
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import folded

ROWS, COLUMNS, BYTES, UNPACKED, PARTS = 50_000, 60, 20_000_000, 150_000_000, 2000
LONGEST = {"name": 200, "text": 5000, "scenario": 8, "province": 20, "kind": 20, "app_type": 60, "identifier": 255, "sender": 64, "contact": 128}
NEEDED = ("name", "text")
TITLES: dict[str, tuple[str, ...]] = {
    "name": ("name", "app", "appname", "subject", "应用", "应用名称", "app名称", "产品名称", "名称", "软件名称", "被投诉应用"),
    "text": ("text", "description", "content", "complaint", "内容", "投诉内容", "问题描述", "描述", "诉求内容", "问题"),
    "scenario": ("scenario", "scenariocode", "场景", "场景编码", "场景代码"),
    "province": ("province", "region", "省份", "地区", "所属省份", "属地", "省"),
    "kind": ("kind", "source", "来源", "线索来源", "线索类型"),
    "identifier": ("identifier", "package", "packagename", "bundleid", "包名", "应用包名", "域名"),
    "app_type": ("apptype", "app_type", "应用类型", "app类型", "应用类别"),
    "sender": ("sender", "complainant", "投诉人", "姓名", "联系人", "用户姓名"),
    "contact": ("contact", "phone", "telephone", "email", "联系方式", "联系电话", "手机号", "电话", "邮箱"),
}
_KNOWN = {folded(title): field for field, titles in TITLES.items() for title in titles}
_PLACES = {folded(n): code for code, names in PROVINCES.items() for n in names} | {
    folded(zh + tail): code for code, (zh, _) in PROVINCES.items() for tail in ("省", "市", "自治区", "壮族自治区", "回族自治区", "维吾尔自治区")
}
_KINDS = {
    **{k: k for k in LEAD_KINDS}, "投诉": "complaint", "用户投诉": "complaint", "企业未答复": "operator-silent", "个人信息请求": "data-request", "媒体报道": "media", "媒体": "media",
    "平台监测": "platform", "企业自查": "self-report", "导入": "import",
}  # fmt: skip


class Wrong(NamedTuple):
    """A fault: the field, and the key of its text."""

    field: str
    why: str


class Line(NamedTuple):
    """One row as it will be entered: its number in the file (the first line is 1), the fields, its faults."""

    number: int
    fields: dict[str, str]
    wrong: tuple[Wrong, ...]


def read(raw: bytes, scenarios: Iterable[str]) -> list[Line]:
    """All rows of a file. Refused where the file as a whole cannot be read."""
    if len(raw) > BYTES:
        raise Refused("file-too-large")
    known = frozenset(scenarios)
    rows = _workbook(raw) if raw[:2] == b"PK" else _json(raw) if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") else _csv(raw)
    return [_line(number, fields, known) for number, fields in rows]


def _line(number: int, fields: dict[str, str], scenarios: frozenset[str]) -> Line:
    wrong = [Wrong(f, "inbox-needed") for f in NEEDED if not fields.get(f)]
    wrong += [Wrong(f, "inbox-long") for f, v in fields.items() if len(v) > LONGEST[f]]
    # A database may not be able to hold it; half a pair is no character at all.
    wrong += [Wrong(f, "inbox-sign") for f, v in fields.items() if "\0" in v or any("\ud800" <= c <= "\udfff" for c in v)]
    if place := fields.get("province"):
        code = place if place in PROVINCES else _PLACES.get(folded(place), "")
        fields["province"] = code or place
        wrong += [] if code else [Wrong("province", "inbox-place")]
    if kind := fields.get("kind"):
        fields["kind"] = _KINDS.get(folded(kind), kind)
        wrong += [] if fields["kind"] in LEAD_KINDS else [Wrong("kind", "inbox-kind")]
    if stated := fields.get("app_type"):
        found = apptypes.number(stated)
        fields["app_type"] = str(found) if found else stated
        wrong += [] if found else [Wrong("app_type", "inbox-app-type")]
    if fields.get("scenario"):
        fields["scenario"] = fields["scenario"].upper()
        wrong += [] if fields["scenario"] in scenarios else [Wrong("scenario", "inbox-scenario")]
    return Line(number, fields, tuple(wrong))


def _table(rows: Iterable[Iterable[Any]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows under the first one that holds anything, which names the columns."""
    columns: dict[int, str] = {}
    for number, row in enumerate(rows, start=1):
        cells = [_text(c) for c in itertools.islice(row, COLUMNS)]
        if not any(cells):
            continue
        if not columns:
            for at, title in enumerate(cells):
                field = _KNOWN.get(folded(title))
                if field and field not in columns.values():
                    columns[at] = field
            if not set(NEEDED) <= set(columns.values()):
                raise Refused("no-header")
            continue
        if number > ROWS + 1:
            raise Refused("too-many-rows")
        yield number, {field: cells[at] for at, field in columns.items() if at < len(cells) and cells[at]}


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)  # a telephone number typed as a number
    return str(cell)[:20_000].strip()


def _workbook(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as z:
            parts = z.infolist()
            # zipfile reads no more of a part than its header says, so that the headers can be added up.
            if len(parts) > PARTS or sum(p.file_size for p in parts) > UNPACKED:
                raise Refused("file-too-large")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with z.open(part) as f:
                        if b"<!DOCTYPE" in (head := f.read(4096)) or b"<\0!\0D" in head:
                            raise Refused("bad-file")
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what it says of its size may be wrong
            yield from _table(sheet.iter_rows(max_row=ROWS + 2, max_col=COLUMNS, values_only=True))
        finally:
            book.close()
    except Refused:
        raise
    except Exception as e:  # the reader raises whatever a broken workbook makes it run into
        raise Refused("bad-file") from e


def _csv(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    text = _decoded(raw)
    first = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    delimiter = max(",\t;|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        yield from _table(reader)
    except csv.Error as e:
        raise Refused("bad-file") from e


def _decoded(raw: bytes) -> str:
    utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("bad-encoding")


def _json(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        data = json.loads(_decoded(raw))
    except (ValueError, RecursionError) as e:
        raise Refused("bad-file") from e
    rows = data.get("leads") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise Refused("no-header")
    if len(rows) > ROWS:
        raise Refused("too-many-rows")
    for number, row in enumerate(rows, start=1):
        fields: dict[str, str] = {}
        for title, cell in list(row.items())[:COLUMNS] if isinstance(row, dict) else ():
            field = _KNOWN.get(folded(str(title)))
            if field and field not in fields and isinstance(cell, str | int | float) and _text(cell):
                fields[field] = _text(cell)
        yield number, fields
