"""SDK lists, whatever their columns are called: tables, tables turned on their side, and label–value blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mingcha.extract.policy.document import LIST_MARK, Block, Cell, Document

VALUE = 1_500  # characters of one field that are kept
# What a column is, by its heading; the first that fits, so the more specific ones come first.
_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("package", re.compile(r"包名|package", re.I)),
    ("link", re.compile(r"链接|网址|url|官网|(?:隐私|个人信息保护)(?:权)?(?:政策|协议|声明|条款|说明|指引)|privacy\s*(?:policy|notice|statement)|website|^link", re.I)),
    ("permission", re.compile(r"权限|permission", re.I)),
    ("purpose", re.compile(r"目的|用途|purpose", re.I)),
    ("scene", re.compile(r"场景|scenario|业务类型|应用环节", re.I)),
    ("purpose", re.compile(r"作用|(?:服务|产品|业务|使用|主要|SDK)?功能|使用原因|合作内容", re.I)),
    ("manner", re.compile(r"方式|manner|method", re.I)),
    ("vendor", re.compile(r"公司|提供方|提供商|提供者|主体|厂商|开发者|开发商|运营者|运营方|运营商|服务商|接收方|合作方|机构|所属|第三方名称|^第三方$|vendor|provider|company|developer|recipient", re.I)),
    ("items", re.compile(
        r"(?:收集|采集|获取|共享|涉及|处理|使用|提供|读取|传输|需要).{0,8}(?:信息|数据|类型|字段|内容|种类|范围)|个人信息|(?:信息|数据)(?:类型|种类|类别|字段|名称|范围|内容|清单|项)|"
        r"^信息$|personal\s*(?:information|data)|data\s*(?:types?|collected|items?)|information", re.I)),
    ("name", re.compile(r"sdk|插件|名称|产品|服务|组件|\bname\b", re.I)),
)  # fmt: skip
_IGNORED = re.compile(r"^(?:序号|编号|no\.?|#|备注|平台|系统|适用|操作系统|类型|类别|分类|platform|版本号?)$", re.I)
_ABOUT = re.compile(r"SDK|第三方|共享|合作方|委托|软件开发工具包|third.part", re.I)
_EMPTY = re.compile(r"^(?:无|/|-+|—+|\\|n/?a|none|不涉及|暂无)$", re.I)
_LABEL = re.compile(r"(?:^|(?<=[；;。\s，,、|]))([^\s：:；;，,。、|]{2,18})\s*[：:](?!//)\s*")


@dataclass(slots=True)
class Listing:
    """One SDK as a list tells of it. `texts` by field; `quote` is the row."""

    texts: dict[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    quote: str = ""
    offset: int = 0
    path: tuple[str, ...] = ()
    form: str = "table"

    def get(self, name: str) -> str | None:
        """A field; None where it is empty or says that there is nothing."""
        text = self.texts.get(name, "").strip()[:VALUE]
        return None if not text or _EMPTY.match(text) else text

    @property
    def is_sdk(self) -> bool:
        """Whether it is about an SDK or another receiver, not a list of what the app itself collects."""
        return bool(self.get("name") or self.get("vendor"))


def field_of(label: str) -> str | None:
    """What a heading of a column, or a label, stands for."""
    text = re.sub(r"\s+", "", LIST_MARK.sub("", label.strip()))
    if not 1 < len(text) <= 40 or _IGNORED.match(text):
        return None
    return next((name for name, pattern in _FIELDS if pattern.search(text)), None)


def _header(row: Sequence[Cell]) -> list[str | None] | None:
    """Fields of the columns if the row is a head: at least two known ones, and all of them short."""
    if any(len(c.text) > 30 or re.search(r"[。、]|https?:|有限公司", c.text) for c in row):
        return None
    fields = [field_of(c.text) for c in row]
    known = {f for f in fields if f}
    if len(known) < 2 or 2 * sum(f is not None or not c.text or bool(_IGNORED.match(c.text)) for f, c in zip(fields, row, strict=True)) < len(row) or not known & {"items", "purpose", "vendor", "link", "scene", "package"}:
        return None
    return _best(fields, row)


def _all_labels(row: Sequence[Cell]) -> bool:
    """Whether nothing in a row could be a value."""
    return _header(row) is not None and all(not c.text or field_of(c.text) or _IGNORED.match(c.text) for c in row)


def _best(fields: list[str | None], row: Sequence[Cell]) -> list[str | None]:
    """Of several columns that look like the name, the one that says so; the others are left out."""
    names = [n for n, f in enumerate(fields) if f == "name"]
    if len(names) > 1:
        keep = max(names, key=lambda n: (bool(re.search(r"名称|name", row[n].text, re.I)) + bool(re.search(r"sdk", row[n].text, re.I)), -n))
        fields = [None if f == "name" and n != keep else f for n, f in enumerate(fields)]
    return fields


class Lists:
    """Walks a document for lists. `collected` are rows of tables that say what the app itself collects."""

    def __init__(self) -> None:
        self.listings: list[Listing] = []
        self.collected: list[Listing] = []

    def read(self, document: Document) -> None:
        """All lists of a document."""
        last: tuple[list[str | None], int] | None = None
        run: list[Block] = []
        for block in document.blocks:
            if block.kind != "table":
                run.append(block)
                continue
            self._blocks(run)
            run = []
            last = self._table(block, last)
        self._blocks(run)

    def _table(self, block: Block, last: tuple[list[str | None], int] | None) -> tuple[list[str | None], int] | None:
        rows = block.rows
        for n, row in enumerate(rows[:3]):
            fields = _header(row)
            if fields and last and len(row) == last[1] and not _all_labels(row):
                fields = None  # a row of the table before that happens to hold such words
            if fields:
                self._rows(block, n + 1, fields)
                return fields, len(row)
        if self._turned(block):
            return None
        if last and len(rows[0]) == last[1]:  # the same table, gone on after a page or a heading
            self._rows(block, 0, last[0])
            return last
        return None

    def _rows(self, block: Block, first: int, fields: list[str | None]) -> None:
        for row, offset in zip(block.rows[first:], block.row_offsets[first:], strict=True):
            if [c.text for c in row] == [c.text for c in block.rows[first - 1]] if first else _all_labels(row):
                continue
            if len({c.text for c in row}) == 1:
                continue  # the head again, or a row that is one heading
            self._keep(_listing(zip(fields, row, strict=False), row, offset, block.path))

    def _turned(self, block: Block) -> bool:
        """A table whose first column holds the labels: each further column is one entry, and so is each repetition."""
        labels = [field_of(r[0].text) if r and len(r[0].text) <= 24 else None for r in block.rows]
        if len({x for x in labels if x}) < 3 or sum(x is None for x in labels) > len(labels) / 3 or ("name" not in labels and "vendor" not in labels):
            return False
        first = next(x for x in labels if x)
        starts = [n for n, x in enumerate(labels) if x == first]
        for start, end in zip(starts, [*starts[1:], len(labels)], strict=True):
            part = range(start, end)
            for column in range(1, max(len(block.rows[n]) for n in part)):
                cells = [block.rows[n][column] if column < len(block.rows[n]) else Cell("") for n in part]
                if any(c.text for c in cells):
                    self._keep(_listing(zip((labels[n] for n in part), cells, strict=True), cells, block.row_offsets[start], block.path))
        return True

    def _keep(self, listing: Listing) -> None:
        if listing.is_sdk:
            self.listings.append(listing)
        elif listing.get("items"):
            self.collected.append(listing)

    def _blocks(self, blocks: Sequence[Block]) -> None:
        """Label–value blocks: “SDK名称：…”, “使用目的：…” over one or several lines; the line above may be the name."""
        current: Listing | None = None
        title: Block | None = None
        for block in blocks:
            pairs = list(_pairs(block.text))
            if not pairs:
                self._finish(current)
                current, title = None, block
                continue
            for name, value in pairs:
                repeats = current is not None and name in current.texts and name in ("name", "vendor")
                if current is None or repeats:
                    self._finish(current)
                    head = title if title is not None and not repeats and len(title.text) <= 60 else None
                    current = Listing(offset=block.offset, path=block.path, form="block")
                    if head and name != "name":
                        current.texts["name"] = LIST_MARK.sub("", head.text).strip("：: ")
                        current.quote, current.offset = head.text, head.offset
                    title = None
                current.texts[name] = f"{current.texts[name]}；{value}" if name in current.texts else value
            if current is not None:
                current.quote = f"{current.quote}\n{block.text}".strip()[:VALUE]
                current.links = tuple(dict.fromkeys((*current.links, *block.links, *re.findall(r"https?://[^\s，。；、）)]{4,400}", block.text))))
        self._finish(current)

    def _finish(self, listing: Listing | None) -> None:
        if listing is None:
            return
        known = {f for f in ("vendor", "items", "purpose", "link", "package", "scene") if listing.get(f)}
        about = _ABOUT.search(listing.quote + " ".join(listing.path))
        if listing.get("name") and len(known) >= 2 and about:
            self.listings.append(listing)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    found = [(m, f) for m in _LABEL.finditer(text) if (f := field_of(m[1]))]
    if not found or found[0][0].start() > 12:
        return
    for (m, name), following in zip(found, [*(f[0].start() for f in found[1:]), len(text)], strict=True):
        value = text[m.end() : following].strip(" ；;，,。|\n")
        if value:
            yield name, value


def _listing(pairs: zip[tuple[str | None, Cell]], row: Sequence[Cell], offset: int, path: tuple[str, ...]) -> Listing:
    out = Listing(offset=offset, path=path, quote=" | ".join(c.text for c in row)[:VALUE])
    links: list[str] = []
    for name, cell in pairs:
        links += cell.links
        links += [u for u in re.findall(r"https?://[^\s，。；、）)|]{4,400}", cell.text) if u not in links]
        if name and cell.text:
            out.texts[name] = f"{out.texts[name]}；{cell.text}" if name in out.texts and name == "items" else out.texts.get(name) or cell.text
    out.links = tuple(dict.fromkeys(links))
    return out
