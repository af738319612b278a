"""Programs that lie outside their usual place: DEX, APK, JAR or ELF in assets, raw resources, roots.

Told by their first bytes, so that a renamed file is found too. Only places that the system does
not load by itself are looked at.
"""

from __future__ import annotations

import re
from typing import Any

from mingcha.extract.package.archive import Archive
from mingcha.extract.package.notes import clip
from mingcha.extract.package.splits import DEX_NAME, LIB_NAME

_PLACES = re.compile(r"(?:[\w.-]+/)?(?:assets|root)/|(?:[\w.-]+/)?res/raw[^/]*/|[^/]+$|lib/")
_MOST = 20_000
_OPENED, _MOST_OPENED = 32 << 20, 8  # nested archives opened to see what they are


def program(head: bytes, name: str) -> str | None:
    """Format of a file by its first bytes (dex, odex, elf, apk, jar); None if it is no program."""
    if head[:4] == b"dex\n":
        return "dex"
    if head[:4] == b"dey\n":
        return "odex"
    if head[:4] == b"\x7fELF":
        return "elf"
    if head[:4] == b"PK\x03\x04" and len(head) >= 30:
        first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
        suffix = name[name.rfind(".") + 1 :].lower()
        if suffix in ("apk", "jar"):
            return suffix
        if first.startswith((b"META-INF/", b"AndroidManifest.xml", b"classes.dex")):
            return "apk" if first.startswith(b"AndroidManifest.xml") else "jar"
    return None


def _inside(archive: Archive, name: str) -> str | None:
    """Format of a nested archive by its members: plug-ins hide behind any name."""
    data = archive.read(name, _OPENED)
    if data is None:
        return None
    with Archive(bytes(data), name, archive.limits, archive.budget, archive.depth + 1) as inner:
        if "AndroidManifest.xml" in inner and "classes.dex" in inner:
            return "apk"
        return "jar" if "classes.dex" in inner or any(inner.names(suffix=".class")) else None


def read(archive: Archive, exhibit: str) -> list[dict[str, Any]]:
    """`embedded` facts of one package."""
    facts: list[dict[str, Any]] = []
    looked = opened = 0
    for name, entry in archive.entries.items():
        if entry.size < 64 or not _PLACES.match(name) or DEX_NAME.fullmatch(name) or LIB_NAME.fullmatch(name):
            continue
        looked += 1
        if looked > _MOST:
            archive.notes.limitation("reader-limit", f"more than {_MOST} files looked at for programs")
            break
        head = archive.peek(name)
        found = program(head, name)
        if found is None and head[:4] == b"PK\x03\x04" and entry.size <= _OPENED and opened < _MOST_OPENED:
            opened += 1
            found = _inside(archive, name)
        if found and not name.endswith("classes.jar"):
            if found != "elf":  # its code is not read: nothing may pass on its absence
                archive.notes.limitation("runtime-code", f"{found}: {clip(name)}", name)
            facts.append({
                "kind": "embedded", "exhibit": exhibit, "where": archive.notes.prefix + clip(name),
                "name": clip(name), "format": found, "size": entry.size,
            })  # fmt: skip
    return facts
