"""What was found in code before, kept by the digests of everything that it rests on.

The same code comes again and again: another store's channel, the next build with only its
resources changed. A key names the digests of the code, the engine, the catalogue and whatever else
the answer depends on; a value is plain JSON. Only clean results are kept: what ran into a limit
or a damaged file is read anew each time.

The reading child may write no file; it hands values to its parent (`keep`), which stores them.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from mingcha import __version__

KEY = re.compile(r"[0-9a-f]{64}")
LARGEST = 48 << 20  # bytes of one value
Keep = Callable[[str, bytes], None]


class Cache:
    """Values by key. Without a folder nothing is found; without `keep` nothing stays."""

    def __init__(self, folder: Path | None = None, keep: Keep | None = None) -> None:
        self.folder, self.keep = folder, keep

    @property
    def used(self) -> bool:
        """Whether working out a key is worth anything."""
        return self.folder is not None

    def get(self, key: str) -> dict[str, Any] | None:
        """The value of a key; None where there is none, or a damaged one."""
        if self.folder is None:
            return None
        try:
            found = msgspec.json.decode((self.folder / f"{key}.json").read_bytes(), type=dict[str, Any])
        except (OSError, msgspec.DecodeError):
            return None
        return found

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep a value."""
        if self.folder is None or self.keep is None:
            return
        data = msgspec.json.encode(value)
        if len(data) <= LARGEST:
            self.keep(key, data)


def key(*parts: object) -> str:
    """A key of what an answer rests on; the engine's own version is always part of it."""
    return hashlib.sha256(msgspec.json.encode([_engine(), *parts])).hexdigest()


@cache
def _engine() -> str:
    """Version of the engine, and of its files where they are being worked on."""
    total = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        state = path.stat()
        total.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return total.hexdigest()


def store(folder: Path, key: str, data: bytes, most: int) -> None:
    """Write a value, and remove the oldest ones beyond `most` bytes in all. An unwritable folder costs
    only time."""
    if not KEY.fullmatch(key) or len(data) > min(LARGEST, most):
        return
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as out:
            temporary = Path(out.name)
            out.write(data)
        temporary.replace(folder / f"{key}.json")
        temporary = None
        _prune(folder, most)
    except OSError:
        pass
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _prune(folder: Path, most: int) -> None:
    states = [(p.stat(), p) for p in folder.iterdir()]
    total = sum(s.st_size for s, _ in states)
    for state, path in sorted(states, key=lambda s: s[0].st_mtime):
        if total <= most:
            return
        path.unlink(missing_ok=True)
        total -= state.st_size
