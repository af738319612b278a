"""A template and values → a document in Office Open XML. The same template and values give the same bytes.

Templates may come from an officer's disk: their expressions run in a sandbox, see texts, numbers and lists of them alone,
and know no other names than a kind of document has.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mingcha.errors import Usage

MOST, EXPANDED, PARTS = 5_000_000, 50_000_000, 400
"""Bytes of a template, of its parts unpacked, and number of its parts."""
_EPOCH = (2020, 1, 1, 0, 0, 0)


def template(kind: str) -> bytes:
    """The template of a kind: the office's own, where there is one."""
    own: Path = settings.HOME / "templates" / f"{kind}.docx"
    if own.is_file():
        if own.stat().st_size > MOST:
            raise _bad(kind, "too large")
        return own.read_bytes()
    return (files(__package__) / "forms" / f"{kind}.docx").read_bytes()


def render(kind: str, values: Mapping[str, Any], source: bytes | None = None) -> bytes:
    """The document. Usage `bad-template` where the template is none, asks for what a kind does not have, or tries more
    than to show values."""
    data = template(kind) if source is None else source
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            if len(z.infolist()) > PARTS or sum(i.file_size for i in z.infolist()) > EXPANDED:
                raise _bad(kind, "too large")
        found = DocxTemplate(io.BytesIO(data))
        environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        environment.globals.clear()  # no range(), no namespace(): only values
        found.render(dict(values), environment)
        out = io.BytesIO()
        found.save(out)
    except Usage:
        raise
    except TemplateError as e:
        raise _bad(kind, str(e)) from e
    except Exception as e:  # whatever a package that is no document does to the library
        raise _bad(kind, type(e).__name__) from e
    return _fixed(out.getvalue())


def _bad(kind: str, why: str) -> Usage:
    why = " ".join(why.split())[:200]
    return Usage(
        f"文书模板 {kind}.docx 有误：{why}", f"the template {kind}.docx is wrong: {why}",
        {"zh": "可用的占位符见 docs/office-documents.md", "en": "placeholders: docs/office-documents.md"}, code="bad-template",
    )  # fmt: skip


def _fixed(data: bytes) -> bytes:
    """The same package with parts in order and without the time of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(i.filename for i in old.infolist())
        names.sort(key=lambda n: n != "[Content_Types].xml")  # readers look for it first
        for name in names:
            new.writestr(zipfile.ZipInfo(name, _EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
