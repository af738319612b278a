"""The named peers and what they count: Debian's dexdump and androguard.

Both are run as separate processes or libraries on the same bytes; nothing of theirs is part
of mingcha. `mnemonics` are those of "Dalvik bytecode".
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEYS = (
    "strings", "types", "protos", "fields", "methods", "classes", "definitions", "instructions",
    "invokes", "const_strings", "field_accesses", "new_instances",
)  # fmt: skip
_HEADER = {
    "string_ids_size": "strings", "type_ids_size": "types", "proto_ids_size": "protos",
    "field_ids_size": "fields", "method_ids_size": "methods", "class_defs_size": "classes",
}  # fmt: skip
_LINE = re.compile(rb"^[0-9a-f]{6,}: [0-9a-f ]+(?:\.\.\.)? *\|[0-9a-f]{4,}: ([a-z0-9/-]+)", re.M)


def dex_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of classes*.dex in the order of their numbers, or the file itself."""
    if path.read_bytes()[:4] == b"dex\n":
        yield path.name, path.read_bytes()
        return
    with zipfile.ZipFile(path) as z:
        found = [n for n in z.namelist() if re.fullmatch(r"classes\d*\.dex", n)]
        for name in sorted(found, key=lambda n: int(n[7:-4] or 1)):
            yield name, z.read(name)


def _kind(mnemonic: bytes) -> str | None:
    if mnemonic.startswith(b"invoke"):
        return "invokes"
    if mnemonic.startswith(b"const-string"):
        return "const_strings"
    if mnemonic[:4] in (b"iget", b"iput", b"sget", b"sput"):
        return "field_accesses"
    return "new_instances" if mnemonic == b"new-instance" else None


def dexdump_version() -> str | None:
    """Version text of the installed dexdump, None where it is not installed."""
    if not shutil.which("dexdump"):
        return None
    out = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", "dexdump"], capture_output=True, check=False
    )
    return out.stdout.decode() or "unknown"


def dexdump_counts(data: bytes) -> dict[str, int]:
    """Counts of one DEX file as dexdump prints them."""
    counts = dict.fromkeys(KEYS, 0)
    with tempfile.NamedTemporaryFile(suffix=".dex") as f:
        f.write(data)
        f.flush()
        head = subprocess.run(["dexdump", "-f", f.name], capture_output=True, check=False).stdout
        for line in head.split(b"\n", 60)[:60]:
            key, _, value = line.partition(b":")
            if name := _HEADER.get(key.strip().decode("ascii", "replace")):
                counts[name] = int(value)
        process = subprocess.Popen(
            ["dexdump", "-d", f.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout
        rest = b"\n"
        while chunk := process.stdout.read(1 << 22):
            text = rest + chunk
            cut = text.rfind(b"\n")  # the newline stays with what follows it
            rest, text = text[cut:], text[:cut]
            counts["definitions"] += text.count(b"\n      code          ")
            for mnemonic in _LINE.findall(text):
                counts["instructions"] += 1
                if kind := _kind(mnemonic):
                    counts[kind] += 1
        process.wait()
    return counts


def androguard_totals(dexes: list[Any]) -> dict[str, int]:
    """The same counts from androguard's DEX objects. Its instruction stream is read once more;
    payloads count as instructions there as here."""
    counts = dict.fromkeys(KEYS, 0)
    for dex in dexes:
        counts["strings"] += len(dex.get_strings())
        counts["classes"] += len(dex.get_classes())
        counts["methods"] += len(dex.get_methods())
        for method in dex.get_encoded_methods():
            counts["definitions"] += 1
            for instruction in method.get_instructions():
                counts["instructions"] += 1
                if kind := _kind(instruction.get_name().encode()):
                    counts[kind] += 1
    return counts


def sensitive() -> set[tuple[str, str]]:
    """(class descriptor, method name) of the catalogue's APIs."""
    from mingcha.catalogue import load
    from mingcha.extract.package.apis import descriptor

    return {(descriptor(c.cls), m.name) for c in load().apis.values() for m in c.members if m.name}


def androguard_callers(analysis: Any) -> list[str]:
    """`caller -> callee` of every direct reference to a sensitive API, by androguard's cross references."""
    wanted = sensitive()
    pairs = set()
    for method in analysis.get_methods():
        if (method.class_name, method.name) in wanted:
            callee = f"{method.class_name}->{method.name}{method.descriptor.replace(' ', '')}"
            for _, caller, _ in method.get_xref_from():
                pairs.add(f"{caller.class_name}->{caller.name}{caller.descriptor.replace(' ', '')} {callee}")
    return sorted(pairs)


def our_callers(path: Path) -> list[str]:
    """The same pairs from mingcha's columns."""
    import numpy as np

    from mingcha.extract.package.columns import INVOKE
    from mingcha.extract.package.dex import tables

    wanted = sensitive()
    pairs = set()
    for name, data in dex_members(path):
        code = tables.read(name, data)
        hit = [
            m
            for m in range(len(code.method_class))
            if (code.type(int(code.method_class[m])), code.text(int(code.method_name[m]))) in wanted
        ]
        events = np.flatnonzero((code.event_kind == INVOKE) & np.isin(code.event_operand, hit))
        for d, m in zip(code.event_def[events].tolist(), code.event_operand[events].tolist(), strict=True):
            pairs.add(f"{code.definition(d)} {code.method(m)}")
    return sorted(pairs)


def our_counts(path: Path) -> dict[str, int]:
    """mingcha's counts, summed over the DEX files."""
    from mingcha.extract.package.columns import Counts
    from mingcha.extract.package.dex import tables

    total = Counts()
    for name, data in dex_members(path):
        total.add(tables.read(name, data).counts)
    return {k: getattr(total, k) for k in KEYS}


def dexdump_totals(path: Path) -> dict[str, int]:
    """dexdump's counts, summed over the DEX files."""
    total = dict.fromkeys(KEYS, 0)
    for _, data in dex_members(path):
        for key, n in dexdump_counts(data).items():
            total[key] += n
    return total
