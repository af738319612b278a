"""Reading a recording in tests."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from mingcha import catalogue
from mingcha.extract.limits import DEFAULT
from mingcha.extract.traffic import canary, reader, seeds

LOADED = catalogue.load()
SHEET = canary.sheet(random.Random(7))
VALUES = {i: v for i, _, v in canary.identity(random.Random(7))}
PARSED = seeds.parse(SHEET, LOADED.items)


def facts(folder: Path, data: bytes, *, sheet: str | None = SHEET, name: str = "recording", **limits: Any) -> list[dict[str, Any]]:
    """Facts of a recording, read by the identity sheet of these tests."""
    file, found = folder / name, []
    file.write_bytes(data)
    where = None
    if sheet is not None:
        (where := folder / "seeds.yml").write_text(sheet, "utf-8")
    out: list[dict[str, Any]] = found
    exhibit = reader.read(file, out.extend, LOADED, seeds=where, limits=replace(DEFAULT, **limits))
    assert exhibit.kind == "traffic"
    assert (exhibit.status == "read") == (not any(f["kind"] == "limitation" for f in out))
    for fact in out:
        form = LOADED.facts[fact["kind"]]
        assert set(fact) - {"kind", "exhibit", "where"} == set(form.fields), fact["kind"]
    return out


def sent(found: list[dict[str, Any]], by: str = "seed") -> set[tuple[str, str, str]]:
    """(item, form, place) of what was transmitted."""
    return {(f["item"], f["form"], f["place"]) for f in found if f["kind"] == "transmit" and f["by"] == by}


def codes(found: list[dict[str, Any]]) -> set[str]:
    """Codes of the limitations."""
    return {f["code"] for f in found if f["kind"] == "limitation"}


def of(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Facts of one kind."""
    return [f for f in found if f["kind"] == kind]
