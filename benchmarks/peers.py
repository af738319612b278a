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
    out = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "dexdump"], capture_output=True, check=False)
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
        process = subprocess.Popen(["dexdump", "-d", f.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout
        rest = b""
        while chunk := process.stdout.read(1 << 22):
            text = rest + chunk
            cut = text.rfind(b"\n") + 1
            rest, text = text[cut:], text[:cut]
            counts["definitions"] += text.count(b"\n      code          ")
            for mnemonic in _LINE.findall(text):
                counts["instructions"] += 1
                if kind := _kind(mnemonic):
                    counts[kind] += 1
        process.wait()
    return counts


def androguard_counts(data: bytes) -> dict[str, int]:
    """The same counts from androguard's DEX parser (instruction objects, no analysis)."""
    from androguard.core.dex import DEX

    dex = DEX(data)
    counts = dict.fromkeys(KEYS, 0)
    counts["strings"] = len(dex.get_strings())
    counts["classes"] = len(dex.get_classes())
    counts["methods"] = len(dex.get_methods())
    for method in dex.get_encoded_methods():
        counts["definitions"] += 1
        for instruction in method.get_instructions():
            counts["instructions"] += 1
            if kind := _kind(instruction.get_name().encode()):
                counts[kind] += 1
    return counts
