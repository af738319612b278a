"""An archive of an SDK → what tells it: its own classes' features, its id and its version.

Archives bring other code along. What the catalogue gives to somebody else is left out, and of what it gives to
nobody only renamed helpers are taken (packages and classes of one or two letters); a package of an app
teaches nothing but the classes under the SDK's own prefixes.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from mingcha.errors import BadInput
from mingcha.extract.cache import Cache
from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package import manifest, owners, splits, versions
from mingcha.extract.package.apis import Table
from mingcha.extract.package.code import CodeFacts
from mingcha.extract.package.columns import Code
from mingcha.extract.package.fingerprint import anchors
from mingcha.extract.package.fingerprint.anchors import U64, Bool
from mingcha.extract.package.fingerprint.prints import Entry, dump, make, parse
from mingcha.extract.package.owners import Owners
from mingcha.extract.package.program import Program
from mingcha.extract.package.texts import Words
from mingcha.extract.package.versions import Stated
from mingcha.plain import plain

_LEAST = 20  # features below which an archive tells nothing


def lesson(
    path: Path, sdks: Mapping[str, Any], sdk: str | None = None, version: str | None = None, name: str | None = None,
    limits: Limits = DEFAULT,
) -> tuple[Entry, U64]:  # fmt: skip
    """What one archive teaches: the entry and its features. `name` is its file name where it lies under another
    one. BadInput where it is no archive with code, where it cannot be told whose it is, or where it has too
    little to be told by."""
    name = name or path.name
    with path.open("rb") as f:
        digest = hashlib.file_digest(f, "sha256").hexdigest()
    own = Owners(owners.from_catalogue(sdks.values()))
    container = splits.open_container(path, limits)
    if container is None:
        raise BadInput(f"{plain(name)} 不是 SDK 包或安装包", f"{plain(name)} is no archive of code", code="unknown-kind")
    with container:
        facts = CodeFacts(Table.build((), {}), Words.build(()), own, {}, frozenset())
        codes = Program(container, container.notes, limits, facts, Cache(), "").parse()
        who = sdk or main_owner(codes, own)
        if who is None:
            raise BadInput(
                f"{plain(name)} 的代码不属于任何已知 SDK", f"no known SDK owns the code of {plain(name)}",
                {"zh": "用 --id 指定规则库中的编号", "en": "name an id of the catalogue with --id"}, code="unknown-sdk",
            )  # fmt: skip
        if who not in sdks:
            raise BadInput(
                f"规则库没有 SDK {who}", f"the catalogue has no SDK {who}",
                {"zh": "先在 lists/sdks 中登记", "en": "enter it below lists/sdks first"}, code="unknown-sdk",
            )  # fmt: skip
        # Named by the user, and nothing in it has a known name: all that is nobody's is taken for it.
        new = sdk is not None and not any(own.count(c.class_name(k) for k in range(len(c.class_type)))[who] for c in codes)
        library = container.format in ("aar", "jar", "dex")
        parts, n = [], 0
        for code in codes:
            rows = taken(code, own, who, library, new)
            n += int(rows.sum())
            got = anchors.read(code)
            parts.append(got.hashes[rows[got.rows]])
        hashes = np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)
        if len(hashes) < _LEAST:
            raise BadInput(
                f"{plain(name)} 可辨认的特征太少（{len(hashes)}）", f"{plain(name)} has too few features ({len(hashes)})",
                code="few-features",
            )  # fmt: skip
        said = version if version is not None else version_of(container, codes, own, who, name)
    entry = Entry(id=who, version=said, part=versions.part(name), classes=n, count=len(hashes), sources=(digest,))
    return entry, hashes


def received(entry: bytes, features: bytes, sdks: Mapping[str, Any]) -> tuple[Entry, U64]:
    """A lesson as another process says it. ValueError where it is none: that process has read what others made."""
    try:
        said = msgspec.json.decode(entry, type=Entry)
        hashes = np.frombuffer(features, "<u8").astype(np.uint64)
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise ValueError(str(e)) from None
    if said.id not in sdks or said.count != len(hashes) or (hashes[1:] <= hashes[:-1]).any():
        raise ValueError("no lesson")
    parse(dump(make([(said, hashes)])))
    return said, hashes


def main_owner(codes: Sequence[Code], own: Owners) -> str | None:
    """The SDK that owns most classes by its prefixes."""
    by: Counter[str] = Counter()
    for code in codes:
        by.update(own.count(code.class_name(c) for c in range(len(code.class_type))))
    return by.most_common(1)[0][0] if by else None


def taken(code: Code, own: Owners, sdk: str, library: bool, new: bool = False) -> Bool:
    """[C] Classes of a container that count as the SDK's."""
    out = np.zeros(len(code.class_type), bool)
    for c in range(len(out)):
        name = code.class_name(c)
        owner = own.of(name)
        out[c] = owner.id == sdk or (library and owner.kind == "unknown" and (new or renamed(name)))
    return out


def renamed(name: str) -> bool:
    """Whether an obfuscator named the class: everything after its first package is one or two letters."""
    parts = name[1:-1].split("/")
    return all(len(p) <= 2 for p in parts[-1].split("$")) and all(len(p) <= 2 for p in parts[1:-1])


def version_of(container: splits.Container, codes: Sequence[Code], own: Owners, sdk: str, name: str) -> str | None:
    """The version of an archive: its build's record, its file's name, its manifest, its constants."""
    if container.outer is not None:
        found = {said for artefact, said in versions.of_records(container.outer) if own.of(f"{artefact}.X").id == sdk}
        if len(found) == 1:
            return found.pop()
    if said := versions.of_name(name):
        return said
    if container.format == "aar" and container.apks:
        base = container.apks[0]
        read = manifest.read(base.root, None, "", container.notes, where="", limits=container.limits)
        said = versions.version(str(read.package.get("version") or ""))
        if said and said not in versions.START:
            return said
    stated: dict[str, list[tuple[int, Stated]]] = defaultdict(list)
    for code in codes:
        for who, text in versions.of_code(code, own.of):
            stated[who].append((1, Stated(text, "constant")))
    got = versions.settle(stated).get(sdk)
    return got.version if got else None
