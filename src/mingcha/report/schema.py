"""JSON Schema of the result document, generated from model.py.

`python -m mingcha.report.schema` writes docs/schemas/inspection.schema.json; a test holds it current.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from mingcha.model import SCHEMA, Inspection

PATH = Path("docs/schemas/inspection.schema.json")


def document() -> bytes:
    """The schema (draft 2020-12) as UTF-8 JSON with a final line end."""
    generated = msgspec.json.schema(Inspection)
    definitions: dict[str, Any] = generated["$defs"]
    definitions["Inspection"]["properties"]["schema"] = {"const": SCHEMA}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": SCHEMA,
        **generated,
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def write(root: Path) -> Path:
    """Write the schema below the project's root; gives its path."""
    path = root / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document())
    return path


if __name__ == "__main__":
    write(Path(__file__).parents[3])
