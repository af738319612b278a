"""What a fleet inspects: items from a folder or a list, and the key of their content.

A list has one item a line: the path of a package, further exhibits of the same subject after tabs; or a JSON object
{"paths": [...], "app_type": 1, "store": "...", "lane": "bulk"}. Paths are relative to the list's folder, or addresses of
objects in a bucket (`objects`). A line that cannot be used is told by its number and costs none of the others.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from mingcha import __version__, objects
from mingcha.errors import BadInput

SUFFIXES = frozenset((".apk", ".aab", ".apks", ".xapk", ".apkm", ".aar", ".jar", ".dex"))
LINE = 64 << 10  # bytes of one line of a list
EXHIBITS = 32  # of one item

Lane = Literal["interactive", "re-test", "bulk"]
LANES: tuple[Lane, ...] = ("interactive", "re-test", "bulk")
_Path = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One subject with its exhibits. `lane` is its priority, `store` where the package came from."""

    paths: Annotated[tuple[_Path, ...], msgspec.Meta(min_length=1, max_length=EXHIBITS)]
    app_type: Annotated[int, msgspec.Meta(ge=1, le=39)] | None = None
    store: Annotated[str, msgspec.Meta(max_length=80)] = ""
    lane: Lane = "bulk"
    state: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=200)], ...], msgspec.Meta(max_length=EXHIBITS)] = ()
    """Of objects in a bucket, as they were listed: "size:tag" each. They are known again by it."""


class Unusable(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a list, or a file, that gives no item."""

    where: str
    why: str


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What, beside the exhibits, an inspection rests on. `at` only where a day was asked for: which day it happens to
    be changes no fact, and stored facts are judged by another day in a moment."""

    catalogue: str
    at: str = ""
    drafts: bool = False
    prints: str = ""
    seeds: str = ""
    engine: str = __version__

    def digest(self) -> str:
        """SHA-256 over all options."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def content_key(digests: Sequence[str], app_type: int | None, options: str) -> str:
    """The key of an inspection: SHA-256 of its exhibits in any order, of the app's type and of the options' digest."""
    return hashlib.sha256(msgspec.json.encode([sorted(digests), app_type, options])).hexdigest()


def stamp(item: Item, options: str) -> bytes | None:
    """16 bytes by which a file is known again without reading it: path, size and time of change of each exhibit. None
    where one of them is not there."""
    known: list[object] = [item.app_type, options]
    if any(objects.remote(p) for p in item.paths) and len(item.state) != len(item.paths):
        return None  # nobody listed it: it is fetched for its digest
    for path, state_ in itertools.zip_longest(item.paths, item.state):
        if objects.remote(path):
            known += [path, state_]
            continue
        try:
            state = Path(path).stat()
        except (OSError, ValueError):
            return None
        known += [os.path.abspath(path), state.st_size, state.st_mtime_ns]  # noqa: PTH100 - no symbolic link is followed
    # Only the digest of a name enters, so a name that is no UTF-8 does no harm.
    return hashlib.blake2b(repr(known).encode("utf-8", "surrogateescape"), digest_size=16).digest()


def source(path: Path | str) -> Iterator[Item | Unusable]:
    """Items of a folder or bucket (packages by their suffix; of a folder in order of name) or of a list."""
    if isinstance(path, str) and objects.remote(path):
        return _bucket(objects.bucket(path))
    path = Path(path)
    try:
        if path.is_dir():
            return _folder(path)
        if path.is_file() and path.suffix.lower() in SUFFIXES:
            return iter((Item(paths=(str(path.absolute()),)),))
        if path.is_file():
            return _list(path)
    except (OSError, ValueError) as e:
        raise BadInput(f"{path} 无法读取：{e}", f"{path} cannot be read: {e}", code="unreadable") from e
    raise BadInput(
        f"找不到 {path}", f"{path} does not exist",
        {"zh": "请给出文件夹、清单文件或安装包", "en": "name a folder, a list or a package"}, code="not-found",
    )  # fmt: skip


def _folder(root: Path) -> Iterator[Item | Unusable]:
    """Depth first, without symbolic links to folders, which may lead in a circle."""
    for folder, folders, names in os.walk(root.absolute()):
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES:
                yield Item(paths=(str(Path(folder) / name),))
            else:
                yield Unusable(where=str(Path(folder) / name), why="suffix")


def _bucket(bucket: objects.Bucket) -> Iterator[Item | Unusable]:
    """Names that end in a slash are folders that some tools make."""
    for seen in _listed(bucket):
        name = f"{bucket.url}/{seen.name}"
        if Path(seen.name).suffix.lower() not in SUFFIXES:
            yield Unusable(where=name, why="suffix")
        elif len(name) > 4096 or "\0" in name:
            yield Unusable(where=name[:200], why="line")
        else:
            yield Item(paths=(name,), state=(seen.state[:200],))


def _listed(bucket: objects.Bucket) -> Iterator[objects.Seen]:
    try:
        yield from bucket.below()
    except OSError as e:
        raise BadInput(f"{bucket.url} 无法读取：{e.strerror}", f"{bucket.url} cannot be read: {e.strerror}", code="unreadable") from e


def _list(path: Path) -> Iterator[Item | Unusable]:
    base = path.absolute().parent
    with path.open("rb") as f:
        number = 0
        while line := f.readline(LINE + 1):
            number += 1
            where = f"{path.name}:{number}"
            if len(line) > LINE:
                while line and not line.endswith(b"\n"):
                    line = f.readline(LINE)
                yield Unusable(where=where, why="line")
            elif line.strip() and not line.startswith(b"#"):
                yield _line(line.rstrip(b"\r\n"), base, where)


def _line(line: bytes, base: Path, where: str) -> Item | Unusable:
    try:
        if line.lstrip().startswith(b"{"):
            item = msgspec.json.decode(line, type=Item)
        else:
            item = msgspec.convert({"paths": line.decode().split("\t")}, Item)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Unusable(where=where, why="line")
    if any("\0" in p for p in item.paths):
        return Unusable(where=where, why="line")
    return msgspec.structs.replace(item, paths=tuple(p if objects.remote(p) else str(base / p) for p in item.paths))
