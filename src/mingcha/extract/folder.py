"""Folders as exhibits: a recorded visit, a walk through screens. One digest stands for all files in them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from mingcha.errors import BadInput
from mingcha.store import sha256

MAX_FILES = 5000
MAX_BYTES = 4 << 30


def files(folder: Path) -> list[Path]:
    """All regular files below `folder` by their names, links left out. BadInput beyond MAX_FILES or MAX_BYTES."""
    found: list[Path] = []
    size = 0
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(d for d in folders if not (Path(base) / d).is_symlink())
        for name in sorted(names):
            path = Path(base) / name
            if path.is_symlink() or not path.is_file():
                continue
            size += path.stat().st_size
            found.append(path)
            if len(found) > MAX_FILES or size > MAX_BYTES:
                raise BadInput(
                    f"{folder.name} 中的文件过多或过大", f"{folder.name} holds too many or too large files",
                    {"zh": f"上限为 {MAX_FILES} 个文件、{MAX_BYTES >> 30} GB", "en": f"at most {MAX_FILES} files and {MAX_BYTES >> 30} GB"},
                    code="too-large",
                )  # fmt: skip
    return sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def index(folder: Path) -> bytes:
    """Each file's SHA-256 and name relative to the folder, one to a line, as `sha256sum` writes it."""
    lines = [f"{sha256(p)}  {p.relative_to(folder).as_posix()}\n" for p in files(folder)]
    return "".join(lines).encode("utf-8", "surrogateescape")


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the `index` of a folder."""
    return hashlib.sha256(index(path)).hexdigest() if path.is_dir() else sha256(path)


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(p.stat().st_size for p in files(path)) if path.is_dir() else path.stat().st_size
