"""Renderers: an `Inspection` becomes a terminal table, JSON, HTML or SARIF.

A renderer is a module with `render(inspection, lang) -> str | bytes` and one entry in
`FORMATS`. Nothing here reads an exhibit or judges: what is shown is what the result holds.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from mingcha.errors import Usage
from mingcha.model import Inspection


class Format(NamedTuple):
    """A result format: where its renderer is, its media type and the suffix of its files."""

    module: str
    media_type: str
    suffix: str


FORMATS: dict[str, Format] = {
    "table": Format("mingcha.report.table", "text/plain", ".txt"),
    "json": Format("mingcha.report.json_", "application/json", ".json"),
    "html": Format("mingcha.report.html", "text/html", ".html"),
    "sarif": Format("mingcha.report.sarif", "application/sarif+json", ".sarif"),
}


def render(inspection: Inspection, fmt: str, lang: str = "zh", **options: Any) -> str | bytes:
    """Render in a format of `FORMATS`. Text formats give str, file formats UTF-8 bytes.

    `options` are the renderer's own (table: width, colour). Raises Usage for an unknown
    format or language.
    """
    entry = FORMATS.get(fmt)
    if entry is None:
        known = ", ".join(FORMATS)
        raise Usage(f"没有名为 {fmt} 的报告格式", f"there is no report format {fmt!r}",
                    {"zh": f"可用格式：{known}", "en": f"formats: {known}"})  # fmt: skip
    if lang not in ("zh", "en"):
        raise Usage(f"报告没有 {lang} 语言版本", f"there are no reports in language {lang!r}",
                    {"zh": "可用语言：zh、en", "en": "languages: zh, en"})  # fmt: skip
    result: str | bytes = import_module(entry.module).render(inspection, lang, **options)
    return result
