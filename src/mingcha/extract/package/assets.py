"""Texts outside the code: string resources and small text files; and code that is no DEX.

Only what a person could read is scanned, within a budget: policies and filing numbers stand
in resources and pages, and URLs hide in JSON.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Any

from mingcha.extract.limits import Limits
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.arsc import Resources
from mingcha.extract.package.code import CodeFacts
from mingcha.extract.package.expressions import every
from mingcha.extract.package.notes import clip
from mingcha.extract.package.owners import Owner
from mingcha.extract.package.texts import Words, addresses, parse_url

_TEXT = re.compile(
    r"(?:[\w.-]+/)?(?:assets|res/raw|res/xml)/.*\.(?:html?|js|json|txt|xml|properties|md|ini|conf|cfg|csv)$", re.I
)
_URL = re.compile(r"\b(?:https?|wss?|ftp|mqtts?|rtmp)://[^\s\"'<>\\^`{|}]{3,2000}", re.I)
FILE, TOTAL = 1 << 20, 8 << 20

# Program code that this engine does not read, by the places frameworks put it.
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("React Native", re.compile(r"assets/.*\.(?:jsbundle|bundle|hbc)$")),
    ("uni-app / HTML5+", re.compile(r"assets/apps/[^/]+/www/.*\.js$")),
    ("Cordova", re.compile(r"assets/www/.*\.js$")),
    ("APICloud", re.compile(r"assets/widget/.*\.(?:js|html)$")),
    ("Flutter", re.compile(r"lib/[^/]+/libapp\.so$|assets/flutter_assets/kernel_blob\.bin$")),
    ("Unity IL2CPP", re.compile(r"lib/[^/]+/libil2cpp\.so$")),
    ("Unity Mono", re.compile(r"assets/bin/Data/Managed/.*\.dll$")),
    ("Lua", re.compile(r"assets/.*\.lu(?:a|ac)$")),
    ("Python", re.compile(r"assets/(?:private\.(?:mp3|tar)|.*\.pyc?)$")),
)
# The runtime of such a framework without the program: a server or another package delivers it.
_RUNTIMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("React Native", re.compile(r"lib/[^/]+/libreactnative(?:jni)?\.so$")),
    ("Flutter", re.compile(r"lib/[^/]+/libflutter\.so$")),
)


def script_bundles(names: Iterable[str]) -> list[str]:
    """One line per framework whose program code lies outside DEX, with its first file."""
    found: dict[str, str] = {}
    names = list(names)
    for patterns in (_SCRIPTS, _RUNTIMES):
        fresh = [(label, pattern) for label, pattern in patterns if label not in found]
        for name in names:
            for label, pattern in fresh:
                if label not in found and pattern.search(name):
                    found[label] = name
    return [f"{label}: {name}" for label, name in found.items()]


def _hits(text: str, source: str, where: str, code: CodeFacts, words: Words, owner: Owner) -> None:
    for match in words.in_text(text, source, code.cut):
        code.match(match.list, match.entry, match.value, source, owner, where)
    for found, _ in addresses(text, _URL, every(text, "://")):
        if url := parse_url(found):
            code.url(url.url, url.host, url.cleartext, owner, where)


def scan_manifest(meta: Iterable[dict[str, Any]], code: CodeFacts, words: Words, owner: Owner) -> None:
    """Word lists and URLs over the meta-data of a manifest: keys of services like to stand there."""
    lines = {f["where"]: f"{f['name']}={f['value']}" for f in meta if f["value"]}
    whole = "\n".join(lines.values())
    if whole and (words.in_text(whole, "manifest") or _URL.search(whole)):
        for where, line in lines.items():
            _hits(line, "manifest", where, code, words, owner)


def scan_resources(resources: Resources, code: CodeFacts, words: Words, owner: Owner) -> None:
    """Word lists and URLs over the string pool of the resource table.

    A resource belongs to whoever shipped the package; which SDK's resources were merged into
    it cannot be told, so the app is named as the owner.
    """
    texts = [
        text.replace("\n", " ")
        for text in resources.all_strings()
        if len(text) > 1 and not text.startswith("res/")
    ]
    _hits("\n".join(texts), "resource", "resources.arsc", code, words, owner)


def scan_assets(archive: Archive, code: CodeFacts, words: Words, owner: Owner, limits: Limits) -> None:
    """Word lists and URLs over small text files of assets and raw resources."""
    left = TOTAL
    large = [n for n, e in archive.entries.items() if e.size > FILE and _TEXT.match(n)]
    if large:
        archive.notes.limitation("text-limit", f"{len(large)} text files above {FILE >> 20} MB", large[0])
    for name in _texts(archive):
        if left <= 0:
            archive.notes.limitation("text-limit", f"more than {TOTAL >> 20} MB of text files", name)
            return
        data = archive.read(name, min(FILE, limits.entry))
        if data is None:
            continue
        left -= len(data)
        text = _decoded(bytes(data))
        if "\0" not in text[:512]:
            _hits(text, "asset", archive.notes.prefix + clip(name), code, words, owner)


def _decoded(data: bytes) -> str:
    """Text of a file by its byte-order mark; without one UTF-8, or GB 18030 where that fits better."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return min(
            (data.decode(encoding, "replace") for encoding in ("utf-8", "gb18030")),
            key=lambda text: text.count("\ufffd"),
        )


def _texts(archive: Archive) -> Iterator[str]:
    for name, entry in archive.entries.items():
        if entry.size <= FILE and _TEXT.match(name):
            yield name
