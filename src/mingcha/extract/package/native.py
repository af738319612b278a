"""Shared libraries: where they are, what they need, which noteworthy functions they import.

Names and sizes come from the archive's index and cost nothing. Libraries are opened for one ABI
only (the first of `ABIS` present, plus libraries that only other ABIs have), within
`Limits.native*`; for the rest `needed` and `imports` are empty.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.notes import Notes, clip
from mingcha.extract.package.splits import NativeEntry

ABIS = ("arm64-v8a", "armeabi-v7a", "armeabi", "x86_64", "x86", "riscv64", "mips64", "mips")
NOTEWORTHY = (
    "ptrace", "dlopen", "android_dlopen_ext", "system", "popen", "execve", "execl", "execv", "execvp", "fork",
    "inotify_add_watch", "__system_property_get", "__system_property_read_callback", "if_nametoindex",
    "getifaddrs", "sendto", "connect", "socket", "mprotect", "syscall", "kill", "AHardwareBuffer_allocate",
    "ASensorManager_getSensorList", "ASensorManager_createEventQueue", "AAudioStreamBuilder_openStream",
    "slCreateEngine", "ACameraManager_openCamera",
)  # fmt: skip
_MOST_NEEDED = 200
_BEHIND = ("DT_HASH", "DT_GNU_HASH", "DT_VERSYM", "DT_VERNEED", "DT_RELA", "DT_REL", "DT_JMPREL")


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
            elif (data := row.archive.read(row.name, limits.native)) is not None:
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


def elf(data: bytes, notes: Notes, where: str, limits: Limits = DEFAULT) -> tuple[list[str], list[str]]:
    """(needed libraries, noteworthy imports) of an ELF file, by its dynamic segment.

    The segment is used rather than sections, which packers strip. Anything unreadable gives what
    was read before it and the limitation `malformed-native`.
    """
    if data[:4] != b"\x7fELF" or len(data) < 64:
        notes.deviation("not-elf", f"{where}: begins with {data[:4]!r}", where)
        return [], []
    from elftools.elf.elffile import ELFFile  # 70 ms of import

    needed: list[str] = []
    try:
        file = ELFFile(io.BytesIO(_without_sections(data)))
        if file["e_phnum"] > 256:
            raise ValueError(f"{file['e_phnum']} segments")
        segment: Any = next(file.iter_segments("PT_DYNAMIC"), None)
        if segment is None:
            return [], []
        if segment["p_filesz"] > 1 << 20:
            raise ValueError(f"dynamic segment of {segment['p_filesz']} bytes")
        size = 0
        for tag in segment.iter_tags():
            kind = tag.entry.d_tag
            if kind == "DT_NEEDED" and len(needed) < _MOST_NEEDED:
                needed.append(clip(tag.needed, limits))
            elif kind == "DT_STRSZ":
                size = tag.entry.d_val
        tables = {t: segment.get_table_offset(t)[1] for t in ("DT_SYMTAB", "DT_STRTAB", *_BEHIND)}
        names, symbols = tables["DT_STRTAB"], tables["DT_SYMTAB"]
        if names is None or symbols is None or not size:
            return needed, []
        # The symbol table does not tell its size: it ends where the next table begins at the latest.
        end = min((o for o in tables.values() if o is not None and o > symbols), default=len(data))
        wide = file.elfclass == 64
        order = "<" if file.little_endian else ">"
        return needed, _imports(data[symbols:end], data[names : names + size], wide, order, limits)
    except Exception as error:  # elftools raises its own, construct's and builtin errors alike
        notes.limitation("malformed-native", f"{type(error).__name__}: {error}", where)
        return needed, []


def _without_sections(data: bytes) -> bytearray:
    """A copy whose header names no section table: the loader does not look at one, so neither
    must a reader; packers fill it with rubbish that elftools would stumble over."""
    out = bytearray(data)
    for at, size in ((0x28, 8), (0x3C, 2), (0x3E, 2)) if data[4] == 2 else ((0x20, 4), (0x30, 2), (0x32, 2)):
        out[at : at + size] = bytes(size)
    return out


def _imports(symbols: bytes, names: bytes, wide: bool, order: str, limits: Limits) -> list[str]:
    """Noteworthy names among the undefined symbols.

    The names are looked up in the string table and only then the symbols in one pass over the
    columns: a symbol table of a large engine has 100,000 entries.
    """
    offsets: dict[int, str] = {}
    for name in NOTEWORTHY:
        wanted = name.encode() + b"\0"
        pos = names.find(wanted)
        while pos >= 0 and len(offsets) < 1000:
            offsets[pos] = name  # also as the tail of a longer name, which linkers share
            pos = names.find(wanted, pos + 1)
    if not offsets:
        return []
    u4, u2 = order + "u4", order + "u2"
    if wide:
        layout = np.dtype([("name", u4), ("info", "u1"), ("other", "u1"), ("index", u2), ("rest", "V16")])
    else:
        layout = np.dtype([("name", u4), ("rest", "V8"), ("info", "u1"), ("other", "u1"), ("index", u2)])
    count = min(len(symbols) // layout.itemsize, limits.native_symbols)
    table = np.frombuffer(symbols, layout, count)
    undefined = table["name"][table["index"] == 0]
    return sorted({offsets[int(o)] for o in np.intersect1d(undefined, list(offsets))})
