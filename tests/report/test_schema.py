"""The shipped JSON Schema is the one of model.py, and results keep to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mingcha.report import render, schema

from .fixture import inspection

ROOT = Path(__file__).parents[2]


def test_the_shipped_schema_is_current() -> None:
    assert (ROOT / schema.PATH).read_bytes() == schema.document(), "run: python -m mingcha.report.schema"


def test_write_puts_it_in_its_place(tmp_path: Path) -> None:
    assert schema.write(tmp_path).read_bytes() == schema.document()


def check(value: Any, rule: dict[str, Any], defs: dict[str, Any], at: str = "$") -> None:
    """The part of JSON Schema that the document uses."""
    known = {"$ref", "$schema", "$id", "$defs", "title", "description", "default", "type", "properties", "required",
             "items", "enum", "const", "anyOf", "additionalProperties"}  # fmt: skip
    assert set(rule) <= known, (at, set(rule) - known)
    if "$ref" in rule:
        return check(value, defs[rule["$ref"].rpartition("/")[2]], defs, at)
    if "const" in rule:
        assert value == rule["const"], at
    if "enum" in rule:
        assert value in rule["enum"], at
    if "anyOf" in rule:
        failures = []
        for option in rule["anyOf"]:
            try:
                return check(value, option, defs, at)
            except AssertionError as error:
                failures.append(error)
        raise AssertionError(at, failures)
    if "type" in rule:
        types: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "object": dict, "array": list, "null": type(None), "boolean": bool}  # fmt: skip
        assert isinstance(value, types[rule["type"]]), (at, rule["type"], value)
    if isinstance(value, dict):
        assert set(rule.get("required", ())) <= set(value), at
        for key, child in value.items():
            sub = rule.get("properties", {}).get(key, rule.get("additionalProperties", {}))
            check(child, sub, defs, f"{at}.{key}")
    if isinstance(value, list) and isinstance(rule.get("items"), dict):
        for n, child in enumerate(value):
            check(child, rule["items"], defs, f"{at}[{n}]")
    return None


def test_a_result_keeps_to_the_schema() -> None:
    document = json.loads(schema.document())
    result = json.loads(render(inspection(), "json"))
    check(result, document, document["$defs"])
    for wrong in ({**result, "schema": "x"}, {**result, "findings": [{}]}, {**result, "tool": 3}):
        try:
            check(wrong, document, document["$defs"])
        except AssertionError:
            continue
        raise AssertionError("a wrong document passed")
