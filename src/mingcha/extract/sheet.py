"""Answers of a person to check sheets: a YAML file → `answer` facts.

    mingcha-answers: 1
    answers:
      - {rule: account-cancellation, outcome: failed, by: 张三, confirmed_by: 李四,
         note: 注销入口要求手持身份证照片, attachments: [cancel-1.png]}

Without a second person (`confirmed_by`) an answer never decides; `judge` sees to that.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from mingcha.catalogue import files
from mingcha.errors import BadInput
from mingcha.model import Exhibit
from mingcha.plain import plain
from mingcha.store import sha256

MARK = b"mingcha-answers:"
SIZE = 4 << 20


class _Answer(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    rule: str
    outcome: Literal["failed", "passed", "inapplicable", "cantTell"]
    by: Annotated[str, msgspec.Meta(min_length=1)]
    confirmed_by: str | None = None
    note: str | None = None
    attachments: list[str] = []


class _File(msgspec.Struct, forbid_unknown_fields=True, rename={"version": "mingcha-answers"}):
    version: Literal[1]
    answers: list[_Answer]


def sniff(path: Path, head: bytes) -> bool:
    """Whether the file says of itself that it holds answers."""
    return any(line.startswith(MARK) for line in head.removeprefix(codecs.BOM_UTF8).splitlines()[:40])


def read(path: Path, emit: Callable[[Iterable[dict[str, Any]]], None], catalogue: Any) -> Exhibit:
    """Read the answers. Raises BadInput: the file is the user's own, and half of it must not count."""
    size = path.stat().st_size
    if size > SIZE:
        raise BadInput(f"{path.name} 过大", f"{path.name} is too large", code="too-large")
    try:
        # The catalogue's parser: no aliases, no duplicate keys, `no` and dates stay text.
        loaded = msgspec.convert(files.parse(path.read_text("utf-8-sig")), _File)
    except (files.YamlError, UnicodeDecodeError, msgspec.ValidationError) as e:
        where = " ".join(str(e).split())[:200]
        raise BadInput(
            f"核验单 {path.name} 有误：{where}",
            f"check sheet {path.name} is wrong: {where}",
            code="bad-sheet",
        ) from e
    digest = sha256(path)
    unknown = [a.rule for a in loaded.answers if a.rule not in catalogue.rules]
    if unknown:
        raise BadInput(
            f"核验单中的规则不存在：{'、'.join(unknown[:5])}", f"check sheet names unknown rules: {', '.join(unknown[:5])}",
            {"zh": "用 mingcha rules list 查看规则编号", "en": "see mingcha rules list"}, code="bad-sheet",
        )  # fmt: skip
    emit(
        {"kind": "answer", "exhibit": digest, "where": f"answers[{n}]"} | msgspec.structs.asdict(a)
        for n, a in enumerate(loaded.answers)
    )
    return Exhibit(kind="sheet", name=plain(path.name), sha256=digest, size=size, reader="sheet")
