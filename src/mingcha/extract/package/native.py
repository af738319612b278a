"""Shared libraries: where they are, what they need, which noteworthy functions they import.

Names and sizes come from the archive's index and cost nothing. Libraries are opened for one ABI
only (the first of `ABIS` present, plus libraries that only other ABIs have), within
`Limits.native*`; for the rest `needed` and `imports` are empty.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.archive import Data
from mingcha.extract.package.elf import BEHIND, NEEDED, STRSZ, STRTAB, SYMTAB, Dynamic
from mingcha.extract.package.notes import Notes, clip
from mingcha.extract.package.splits import NativeEntry
from mingcha.extract.package.strings import distinct

ABIS = ("arm64-v8a", "armeabi-v7a", "armeabi", "x86_64", "x86", "riscv64", "mips64", "mips")
NOTEWORTHY = (
    "ptrace", "dlopen", "android_dlopen_ext", "system", "popen", "execve", "execl", "execv", "execvp", "fork",
    "inotify_add_watch", "__system_property_get", "__system_property_read_callback", "if_nametoindex",
    "getifaddrs", "sendto", "connect", "socket", "mprotect", "syscall", "kill", "AHardwareBuffer_allocate",
    "ASensorManager_getSensorList", "ASensorManager_createEventQueue", "AAudioStreamBuilder_openStream",
    "slCreateEngine", "ACameraManager_openCamera",
)  # fmt: skip
_NAMES = frozenset(name.encode() for name in NOTEWORTHY)
_LONGEST = max(map(len, NOTEWORTHY)) + 1
_MOST_NEEDED = 200


def read(
    entries: Iterable[NativeEntry], exhibit: str, notes: Notes, sdks: Mapping[str, str] | None = None,
    *, limits: Limits = DEFAULT,
) -> list[dict[str, Any]]:  # fmt: skip
    """`native-lib` facts. `sdks`: library file name → SDK id, from the catalogue."""
    rows = list(entries)
    if len(rows) > limits.facts_per_kind:
        notes.limitation("reader-limit", f"{len(rows)} shared libraries")
        rows = rows[: limits.facts_per_kind]
    opened = _chosen(rows)
    facts: list[dict[str, Any]] = []
    spent = files = 0
    for i, row in enumerate(rows):
        needed: list[str] = []
        imports: list[str] = []
        if i in opened:
            if (
                row.size > limits.native
                or spent + row.size > limits.native_total
                or files >= limits.native_files
            ):
                notes.limitation("reader-limit", f"{row.name}: not opened, {row.size} bytes", row.where)
            elif (data := row.archive.read_entry(row.archive.entries[row.name], limits.native)) is not None:
                spent += len(data)
                files += 1
                needed, imports = elf(data, notes, row.where, limits)
        facts.append({
            "kind": "native-lib", "exhibit": exhibit, "where": clip(row.where, limits),
            "name": clip(row.library, limits), "abi": clip(row.abi, limits), "size": row.size,
            "sdk": (sdks or {}).get(row.library), "needed": needed, "imports": imports,
        })  # fmt: skip
    return facts


def _chosen(rows: list[NativeEntry]) -> set[int]:
    """Indices of the libraries to open: each library name once, in the first ABI that has it."""
    order = {abi: i for i, abi in enumerate(ABIS)}
    best: dict[str, tuple[int, int]] = {}
    for i, row in enumerate(rows):
        key = (order.get(row.abi, len(ABIS)), i)
        if row.library not in best or key < best[row.library]:
            best[row.library] = key
    return {i for _, i in best.values()}


def elf(data: Data, notes: Notes, where: str, limits: Limits = DEFAULT) -> tuple[list[str], list[str]]:
    """(needed libraries, noteworthy imports) of an ELF file, by its dynamic segment.

    Anything unreadable gives what was read before it and the limitation `malformed-native`.
    """
    if data[:4] != b"\x7fELF" or len(data) < 64:
        notes.deviation("not-elf", f"{where}: begins with {bytes(data[:4])!r}", where)
        return [], []
    needed: list[str] = []
    try:
        file = Dynamic(data)
        known: dict[int, int] = {}
        size = 0
        tags = list(file.tags())
        for tag, value in tags:
            known.setdefault(tag, value)
            if tag == STRSZ:
                size = value
        tables = {t: file.offset(known[t]) for t in (SYMTAB, STRTAB, *BEHIND) if t in known}
        names, symbols = tables.get(STRTAB), tables.get(SYMTAB)
        for tag, value in tags:
            if tag == NEEDED and len(needed) < _MOST_NEEDED:
                if names is None:
                    raise ValueError("no table of names")
                needed.append(clip(file.text(names + value), limits))
        if names is None or symbols is None or not size:
            return needed, []
        # The symbol table does not tell its size: it ends where the next table begins at the latest.
        end = min((o for o in tables.values() if o is not None and o > symbols), default=len(data))
        return needed, _imports(data[symbols:end], data[names : names + size], file.wide, file.order, limits)
    except (struct.error, ValueError, IndexError, OverflowError) as error:
        notes.limitation("malformed-native", f"{type(error).__name__}: {error}", where)
        return needed, []


def _imports(symbols: Data, names: Data, wide: bool, order: str, limits: Limits) -> list[str]:
    """Noteworthy names among the undefined symbols, which are few where the table is large."""
    u4, u2 = order + "u4", order + "u2"
    if wide:
        layout = np.dtype([("name", u4), ("info", "u1"), ("other", "u1"), ("index", u2), ("rest", "V16")])
    else:
        layout = np.dtype([("name", u4), ("rest", "V8"), ("info", "u1"), ("other", "u1"), ("index", u2)])
    count = min(len(symbols) // layout.itemsize, limits.native_symbols)
    table = np.frombuffer(symbols, layout, count)
    found = set()
    for at in distinct(table["name"][table["index"] == 0]).tolist():
        name, end, _ = bytes(names[at : at + _LONGEST]).partition(b"\0")
        if end and name in _NAMES:
            found.add(name.decode())
    return sorted(found)
