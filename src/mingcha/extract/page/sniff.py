"""Whether a folder is a recorded visit."""

from __future__ import annotations

from pathlib import Path

SCHEMA = b'"schema": "mingcha.visit/'


def sniff(path: Path) -> bool:
    """Whether the folder holds the index of a visit."""
    try:
        with (path / "visit.json").open("rb") as f:
            return SCHEMA in f.read(200)
    except OSError:
        return False
