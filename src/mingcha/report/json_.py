"""The result document as JSON, and back."""

from __future__ import annotations

from typing import Any

import msgspec

from mingcha.errors import BadInput
from mingcha.model import SCHEMA, Inspection

_DECODER = msgspec.json.Decoder(Inspection)


def clean(text: str) -> str:
    """Lone surrogates, which strings of DEX files may hold and UTF-8 cannot, replaced by U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _without_surrogates(value: Any) -> Any:
    """`clean` for every string of a document. Walks with a stack of its own: facts nest as deep as
    a reader made them."""
    root: list[Any] = [value]
    work: list[Any] = [root]
    while work:
        node = work.pop()
        pairs = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        if isinstance(node, dict):
            node.clear()
        for key, child in pairs:
            if isinstance(child, str):
                child = clean(child)
            elif isinstance(child, (list, tuple)):
                child = list(child)
                work.append(child)
            elif isinstance(child, dict):
                child = dict(child)
                work.append(child)
            node[clean(key) if isinstance(key, str) else key] = child
    return root[0]


def render(inspection: Inspection, lang: str = "zh") -> bytes:
    """UTF-8 with a final line end; keys of structs in the order of the schema, of mappings sorted.

    The document holds both languages, so `lang` changes nothing.
    """
    try:
        raw = msgspec.json.encode(inspection, order="deterministic")
    except UnicodeEncodeError:
        builtins = msgspec.to_builtins(inspection)
        raw = msgspec.json.encode(
            msgspec.convert(_without_surrogates(builtins), Inspection), order="deterministic"
        )
    return msgspec.json.format(raw, indent=2) + b"\n"


def load(data: bytes) -> Inspection:
    """A saved result. Raises BadInput if it is no result document of a schema known here."""
    try:
        inspection = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        detail = str(error)[:200]
        raise BadInput(f"不是有效的检测结果文件：{detail}", f"not a valid result document: {detail}",
                       code="bad-result") from error  # fmt: skip
    if inspection.schema != SCHEMA:
        shown = inspection.schema[:60]
        raise BadInput(f"不支持的结果文件版本：{shown!r}", f"result document of unknown schema {shown!r}",
                       {"zh": f"本版本读取 {SCHEMA}", "en": f"this version reads {SCHEMA}"},
                       code="bad-result")  # fmt: skip
    return inspection
