"""Labels of fields and messages about mistakes: whether they can be told apart and say what to do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from mingcha.extract.page.checks import Found, check
from mingcha.extract.page.load import Record
from mingcha.extract.page.snapshot import Document, Node, Snapshot

_FIELDS = frozenset(("textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider", "Date", "DateTime", "InputTime"))
_VAGUE = re.compile(r"^\W*(?:menu|info(?:rmation)?|input|field|text|data|value|enter|type here|item|please (?:enter|fill)|内容|信息|输入|请输入|数据|文本|选项|请选择|请填写|必填)\W*$", re.I)
_GENERAL = re.compile(r"^\W*(?:please (?:fill|complete|check|correct) (?:the|this|all)? ?(?:fields?|form|input)? ?(?:correctly|again|below)?|invalid (?:value|input|entry)(?: for \w+)?|"
                      r"(?:an )?error(?: occurred)?|输入(?:有误|错误|不正确)|格式(?:有误|错误|不正确)|填写(?:有误|错误|不正确)|请正确填写|请检查(?:输入|填写)?)\W*$", re.I)  # fmt: skip
_MISTAKE = re.compile(r"invalid|incorrect|must be|is required|cannot be (?:empty|blank)|有误|错误|不正确|不能为空|格式不|必须(?:为|是|填)|无效", re.I)
_OUTSIDE = -1000.0


def _visible(node: Node) -> bool:
    """Whether it lies where it can be seen, not moved out of the page."""
    return node.shown and node.box is not None and node.box[0] + node.box[2] > _OUTSIDE / 2 and node.box[1] + node.box[3] > _OUTSIDE / 2


def _fields(document: Document) -> list[Node]:
    return [n for n in document.nodes if not n.ignored and n.tag in ("input", "select", "textarea", "div", "span") and n.role in _FIELDS and n.attrs.get("type", "") != "hidden"]


@check("label-vague", "meaning", ("2.4.6",), ("cc0f0a",))
def vague(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A field whose whole label says nothing of what belongs there."""
    for document in snapshot.documents:
        for node in _fields(document):
            if node.name and _VAGUE.match(node.name) and not node.description and node.shown:
                yield Found(node, node.name)


@check("label-twice", "meaning", ("2.4.6",), ("cc0f0a",))
def twice(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """Fields of one label that nothing visible tells apart: no group title, no heading between them."""
    for document in snapshot.documents:
        titles: dict[int, str] = {}
        last = ""
        groups: dict[str, list[tuple[Node, str]]] = defaultdict(list)
        for node in document.nodes:
            if (node.role == "heading" or node.tag == "legend") and _visible(node):
                last = node.words()
            titles[id(node)] = last
        for node in _fields(document):
            if node.name and node.shown:
                group = node.within("fieldset", "tr", "li")
                # What a person reads with the field: heading before it, row or item around it.
                beside = group.seen_words() if group is not None and group.tag != "fieldset" else ""
                groups[node.name.strip().casefold()].append((node, f"{titles[id(node)]}|{beside}"))
        for name, held in groups.items():
            seen: set[str] = set()
            for node, title in held:
                if title in seen and len(held) > 1:
                    yield Found(node, name)
                    break
                seen.add(title)


@check("mistake-unexplained", "forms", ("3.3.1",), ("36b590",))
def unexplained(record: Record, snapshot: Snapshot) -> Iterator[Found]:
    """A message about a mistake that does not say which field or what is wrong, or that assistive technology is not
    told. Only messages that stand in the page are seen: none is provoked."""
    for document in snapshot.documents:
        fields = _fields(document)
        if not fields:
            continue
        for node in document.nodes:
            if node.tag.startswith("#") or node.tag in ("label", "button", "option", "script", "style") or not node.shown or any(not c.tag.startswith("#") and c.words() for c in node.children):
                continue
            words = node.words()
            if not words or len(words) > 120:
                continue
            marked = re.search(r"err(?:or)?(?:$|[^a-z])|invalid|mistake|cuowu", f"{node.attrs.get('id', '')} {node.attrs.get('class', '')}", re.I) or node.attrs.get("role") == "alert"
            if (marked and _GENERAL.match(words)) or ((marked or _MISTAKE.search(words)) and _MISTAKE.search(words) and any(n.attrs.get("aria-hidden") == "true" for n in (node, *node.up()))):
                yield Found(node, words)
