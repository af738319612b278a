"""Files of fingerprints: data only, and believed in nothing that it does not show.

    b"MCFP\\x02\\n", length of the header (u32), header (JSON), zeros up to a multiple of 8,
    features (u64, ascending), rows (u32): the features of entry after entry by their place, ascending

All numbers little-endian. The header says how many there are of each. A file that is cut off, states more
than it holds or is out of order is a BadInput.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from mingcha.errors import BadInput
from mingcha.extract.package.fingerprint.anchors import U64
from mingcha.plain import plain

MAGIC = b"MCFP\x02\n"
LARGEST = 128 << 20  # bytes: thousands of versions
HEADER = 4 << 20  # bytes
ENTRIES = 20_000
_TEXT = 120  # characters of a version or a part
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was learnt of one part of one version of an SDK. `count`: features; `sources`: SHA-256 of the
    archives."""

    id: str
    version: str | None
    part: str
    classes: int
    count: int
    sources: tuple[str, ...] = ()


class _Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    features: int
    entries: tuple[Entry, ...]


class Prints(msgspec.Struct, frozen=True, kw_only=True):
    """A file in memory. U features, N = sum of the entries' counts."""

    entries: tuple[Entry, ...]
    features: U64  # [U] ascending
    rows: NDArray[np.uint32]  # [N] place in `features`, entry after entry

    def learnt(self) -> list[tuple[Entry, U64]]:
        """Entries with their features, as `make` takes them."""
        out, at = [], 0
        for entry in self.entries:
            out.append((entry, self.features[self.rows[at : at + entry.count]]))
            at += entry.count
        return out


def make(learnt: Iterable[tuple[Entry, U64]]) -> Prints:
    """Fingerprints of entries with their features, ordered by id, part and version. What is learnt twice of
    one part of one version is joined."""
    by: dict[tuple[str, str, str], tuple[Entry, U64]] = {}
    for entry, features in learnt:
        key = (entry.id, entry.part, entry.version or "")
        joined, sources, classes = np.unique(features), set(entry.sources), entry.classes
        if key in by:
            known, before = by[key]
            joined = np.union1d(before, joined)
            sources, classes = sources | set(known.sources), max(classes, known.classes)
        entry = msgspec.structs.replace(entry, count=len(joined), sources=tuple(sorted(sources)), classes=classes)
        by[key] = entry, joined
    chosen = [by[key] for key in sorted(by)]
    every = np.unique(np.concatenate([f for _, f in chosen])) if chosen else np.zeros(0, np.uint64)
    rows = [np.searchsorted(every, f).astype(np.uint32) for _, f in chosen]
    return Prints(
        entries=tuple(e for e, _ in chosen), features=every,
        rows=np.concatenate(rows) if rows else np.zeros(0, np.uint32),
    )  # fmt: skip


def dump(prints: Prints) -> bytes:
    """The file; the same for the same content."""
    head = msgspec.json.encode(_Header(features=len(prints.features), entries=prints.entries))
    start = MAGIC + struct.pack("<I", len(head)) + head
    return b"".join(
        (start, bytes(-len(start) % 8), prints.features.astype("<u8").tobytes(), prints.rows.astype("<u4").tobytes())
    )


def load(path: Path) -> Prints:
    """Read a file. BadInput where it is none, or a damaged one."""
    return parsed(path, content(path))


def content(path: Path) -> bytes:
    """The bytes of a file, not yet looked at. BadInput where it cannot be read."""
    try:
        with path.open("rb") as f:
            return f.read(LARGEST + 1)
    except OSError as e:
        raise BadInput(
            f"指纹文件 {plain(path)} 无法读取：{e.strerror}", f"the fingerprints {plain(path)} cannot be read: {e.strerror}",
            {"zh": "请检查路径和读取权限", "en": "check path and permissions"}, code="unreadable",
        ) from e  # fmt: skip


def parsed(path: Path, data: bytes) -> Prints:
    """`parse` with errors that name the file."""
    try:
        return parse(data)
    except ValueError as e:
        raise BadInput(
            f"{plain(path.name)} 不是可用的指纹文件：{e}", f"{plain(path.name)} is no usable file of fingerprints: {e}",
            {"zh": "用 mingcha sdk learn 重新生成", "en": "make it anew with mingcha sdk learn"}, code="bad-fingerprints",
        ) from e  # fmt: skip


def parse(data: bytes) -> Prints:
    """The content of a file. ValueError says what is wrong with it."""
    if len(data) > LARGEST:
        raise ValueError("too large")
    if data[: len(MAGIC)] != MAGIC or len(data) < len(MAGIC) + 4:
        raise ValueError("wrong beginning")
    (size,) = struct.unpack_from("<I", data, len(MAGIC))
    at = len(MAGIC) + 4
    if size > HEADER or at + size > len(data):
        raise ValueError("wrong length of the header")
    try:
        head = msgspec.json.decode(data[at : at + size], type=_Header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise ValueError("wrong header") from None
    at += size + -(at + size) % 8
    _check(head)
    total = sum(e.count for e in head.entries)
    if at + 8 * head.features + 4 * total != len(data):
        raise ValueError("wrong size")
    features = np.frombuffer(data, "<u8", head.features, at).astype(np.uint64)
    rows = np.frombuffer(data, "<u4", total, at + 8 * head.features).astype(np.uint32)
    if (features[1:] <= features[:-1]).any() or (total and int(rows.max()) >= head.features):
        raise ValueError("features out of order")
    rise = rows[1:] > rows[:-1]
    if head.entries:
        rise[np.cumsum([e.count for e in head.entries])[:-1] - 1] = True  # where the next entry begins
    if not rise.all():
        raise ValueError("entries out of order")
    return Prints(entries=head.entries, features=features, rows=rows)


def digest(data: bytes) -> str:
    """What names a file's content."""
    return hashlib.sha256(data).hexdigest()


def _check(head: _Header) -> None:
    if len(head.entries) > ENTRIES or not 0 <= head.features <= LARGEST // 8:
        raise ValueError("too many entries or features")
    for e in head.entries:
        if not _ID.fullmatch(e.id) or not 1 <= e.count <= head.features or not 0 <= e.classes <= 1 << 24:
            raise ValueError("wrong entry")
        if any(len(t) > _TEXT or not t.isprintable() for t in (e.version or "", e.part, *e.sources)):
            raise ValueError("wrong name")
    keys = [(e.id, e.part, e.version or "") for e in head.entries]
    if sorted(set(keys)) != keys:
        raise ValueError("entries out of order")
