"""Files of the office by their SHA-256: results, documents, evidence. Never overwritten, checked when they are read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from mingcha.store import Store, write_atomic


def _store() -> Store:
    return Store(settings.HOME)


def put(data: bytes) -> str:
    """Keep bytes; their SHA-256."""
    digest = hashlib.sha256(data).hexdigest()
    target = _store().blob(digest)
    if not target.exists():
        write_atomic(target, data)
    return digest


def keep(path: Path) -> str:
    """Keep a file; its SHA-256."""
    return _store().keep(path)


def path(digest: str) -> Path:
    """Where a file lies. FileNotFoundError where it does not."""
    found = _store().blob(digest)
    if not found.is_file():
        raise FileNotFoundError(digest)
    return found


def get(digest: str) -> bytes:
    """The bytes of a file. FileNotFoundError where it is missing or is not what its name says."""
    data = path(digest).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise FileNotFoundError(digest)
    return data
