"""What kind of package a file is, and one face for all of them: `Container`.

Kinds are told by structure (magic at fixed offsets, end record, members), never by file name.
APKS, XAPK and APKM are archives of APKs: one base and its splits, read in memory. Signed AABs
hold modules, AARs a text manifest and JARs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package import axml, protoxml, xmltree
from mingcha.extract.package.archive import Archive, Data
from mingcha.extract.package.notes import Notes
from mingcha.plain import plain

Format = Literal["apk", "aab", "apks", "xapk", "apkm", "aar", "jar", "dex"]
MANIFEST = "AndroidManifest.xml"
_DEX_MAGIC = re.compile(rb"dex\n\d{3}\0")
DEX_NAME = re.compile(r"(?:(?P<module>[\w.-]+)/dex/)?classes(?P<n>[1-9]\d{0,5})?\.dex")
_MODULE_MANIFEST = re.compile(r"([\w.-]+)/manifest/AndroidManifest\.xml")
LIB_NAME = re.compile(r"(?:(?:[\w.-]+/)?lib|jni)/([^/]+)/([^/]+\.so)")


class DexEntry(NamedTuple):
    """A DEX file: `where` as facts write it (`classes2.dex`, `split.apk!classes.dex`)."""

    archive: Archive | None
    name: str
    where: str
    size: int


class NativeEntry(NamedTuple):
    """A shared library in its usual place."""

    archive: Archive
    name: str
    where: str
    abi: str
    library: str
    size: int


@dataclass
class Member:
    """One APK or module: its archive, its split name (None for the base) and its manifest."""

    archive: Archive
    split: str | None
    manifest: str
    root: xmltree.Element | None = None


@dataclass
class Container:
    """A package of any kind. `apks[0]` is the base. Close it when done."""

    path: Path
    format: Format
    limits: Limits
    notes: Notes
    outer: Archive | None = None
    apks: list[Member] = field(default_factory=list)
    dex: bytes = b""

    def close(self) -> None:
        """Release the mapped file."""
        if self.outer is not None:
            self.outer.close()

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def manifest_bytes(self) -> bytes | None:
        """The base's manifest, raw; None if there is none."""
        if not self.apks:
            return None
        return self.apks[0].archive.read(self.apks[0].manifest, self.limits.manifest)

    def dex_entries(self) -> list[DexEntry]:
        """DEX files in Android's order: base first, classes.dex, classes2.dex, and on.

        The platform stops at the first missing number; files after a gap are listed all the
        same (an app may load them itself), and the gap is a deviation.
        """
        if self.format == "dex":
            return [DexEntry(None, plain(self.path.name), "classes.dex", len(self.dex))]
        rows: list[DexEntry] = []
        for archive in {id(m.archive): m.archive for m in self.apks}.values():
            rows += self._dex_of(archive)
        if len(rows) > self.limits.dex_files:
            self.notes.limitation("reader-limit", f"{len(rows)} DEX files")
        return rows[: self.limits.dex_files]

    def _dex_of(self, archive: Archive) -> list[DexEntry]:
        found: list[tuple[str, int, DexEntry]] = []
        for name, entry in archive.entries.items():
            if (
                (hit := DEX_NAME.fullmatch(name))
                and (hit["n"] != "1")
                and bool(hit["module"]) == (self.format == "aab")
            ):
                row = DexEntry(archive, name, archive.notes.prefix + name, entry.size)
                module = hit["module"] or ""
                found.append(("" if module == "base" else module, int(hit["n"] or 1), row))
        found.sort(key=lambda f: f[:2])
        expected: dict[str, int] = {}
        for module, n, row in found:
            if n != (due := expected.get(module, 1)):
                archive.notes.deviation("dex-gap", f"{row.name} without number {due} before it", row.name)
            expected[module] = n + 1
        return [row for _, _, row in found]

    def read_dex(self, entry: DexEntry) -> Data | None:
        """Content of a DEX file within `limits.dex`; None with a limitation noted."""
        if entry.archive is None:
            return self.dex
        return entry.archive.read_entry(entry.archive.entries[entry.name], self.limits.dex)

    def native_entries(self) -> Iterator[NativeEntry]:
        """Shared libraries under lib/<abi>/ (APK, AAB module) or jni/<abi>/ (AAR)."""
        for archive in {id(m.archive): m.archive for m in self.apks}.values():
            for name, entry in archive.entries.items():
                if hit := LIB_NAME.fullmatch(name):
                    yield NativeEntry(archive, name, archive.notes.prefix + name, hit[1], hit[2], entry.size)

    def jar_bytes(self) -> Iterator[tuple[str, bytes]]:
        """(where, content) of JVM code: classes.jar and libs/*.jar of an AAR, a JAR itself."""
        if self.outer is None:
            return
        if self.format == "jar":
            yield plain(self.path.name), bytes(self.outer.data[:])
        elif self.format == "aar":
            for name in self.outer.entries:
                if name == "classes.jar" or re.fullmatch(r"libs/[^/]+\.jar", name):
                    data = self.outer.read(name, self.limits.jar)
                    if data is not None:
                        yield name, data

    def resource_table(self, member: Member) -> bytes | None:
        """resources.arsc of a member, raw; None if it has none (a bundle's table is protobuf)."""
        return member.archive.read("resources.arsc", self.limits.resources)

    def missing_splits(self, required: bool) -> None:
        """Note `missing-splits` where the base says that it needs splits and stands alone."""
        if required and len(self.apks) == 1:
            self.notes.limitation(
                "missing-splits", "the base package requires splits that are not here", MANIFEST
            )

    def facts(self, exhibit: str) -> list[dict[str, Any]]:
        """`deviation` and `limitation` facts of the container and all archives read in it."""
        notes = Notes(self.limits)
        archives = [self.outer] if self.outer else []
        for archive in {id(a): a for a in [*archives, *(m.archive for m in self.apks)]}.values():
            notes.merge(archive.notes)
        if self.outer is None or self.notes is not self.outer.notes:
            notes.merge(self.notes)
        return notes.facts(exhibit)


def _is_text_manifest(archive: Archive) -> bool:
    return MANIFEST in archive and not axml.is_binary(archive.peek(MANIFEST, 256))


def classify(archive: Archive) -> Format | None:
    """Kind of package that an archive is, by its members; None if it is none."""
    entries = archive.entries
    has_dex = "classes.dex" in entries
    if MANIFEST in entries:
        aar = "classes.jar" in entries or "R.txt" in entries or any(archive.names("jni/"))
        return "aar" if _is_text_manifest(archive) and not has_dex and aar else "apk"
    if "base/manifest/AndroidManifest.xml" in entries or "BundleConfig.pb" in entries:
        return "aab"
    classes = any(archive.names(suffix=".class"))
    if not classes and any(archive.names(suffix=".apk")):  # build tools carry framework APKs in their JAR
        if "toc.pb" in entries:
            return "apks"
        if "manifest.json" in entries and b'"xapk_version"' in (archive.peek("manifest.json", 65536)):
            return "xapk"
        if "info.json" in entries:
            return "apkm"
        return "xapk" if "manifest.json" in entries else "apks"
    return "jar" if has_dex or classes else None


def sniff(path: Path) -> Format | None:
    """Kind of package of a file: apk, aab, apks, xapk, apkm, aar, jar, dex, or None.

    OSError if it cannot be read. A ZIP that begins like a DEX file ("Janus") counts as a ZIP.
    """
    with path.open("rb") as f:
        head = f.read(8)
    with Archive.open(path) as archive:
        if archive.valid:
            return classify(archive)
    return "dex" if _DEX_MAGIC.match(head) else None


def open_container(path: Path, limits: Limits = DEFAULT) -> Container | None:
    """Open a package of any kind; None where `sniff` would give None. OSError passes through."""
    archive = Archive.open(path, limits)
    kind = classify(archive) if archive.valid else None
    if kind is None:
        head = bytes(archive.data[:8])
        valid = archive.valid
        size = len(archive.data)
        if valid or not _DEX_MAGIC.match(head):
            archive.close()
            return None
        notes = Notes(limits)
        if size > limits.dex:
            notes.limitation("too-large", f"DEX file of {size} bytes")
        data = bytes(archive.data[: limits.dex])
        archive.close()
        return Container(path, "dex", limits, notes, dex=data)
    out = Container(path, kind, limits, archive.notes, archive)
    if kind in ("apks", "xapk", "apkm"):
        _members(out, archive)
    elif kind == "aab":
        _modules(out, archive)
    else:
        out.apks = [Member(archive, None, MANIFEST)]
        if kind in ("apk", "aar"):
            out.apks[0].root = read_root(archive, MANIFEST)
    return out


def read_root(archive: Archive, name: str, proto: bool = False) -> xmltree.Element | None:
    """Document element of an XML entry; None with a limitation noted, or if there is no such entry.

    Text is told from binary by its content; `proto` says that binary means protobuf, as in bundles.
    """
    data = archive.read(name, archive.limits.manifest)
    if data is None:
        return None
    if not axml.is_binary(data):
        return xmltree.parse_text(data, archive.notes, archive.limits)
    if proto:
        return protoxml.parse(data, archive.notes, archive.limits)
    return axml.parse(data, archive.notes, archive.limits)


def _modules(out: Container, archive: Archive) -> None:
    """Modules of a bundle, base first."""
    names = [n for n in archive.entries if _MODULE_MANIFEST.fullmatch(n)]
    names.sort(key=lambda n: (not n.startswith("base/"), n))
    for name in names[: out.limits.splits]:
        module = name.split("/", 1)[0]
        root = read_root(archive, name, proto=True)
        out.apks.append(Member(archive, None if module == "base" else module, name, root))
    if not out.apks:
        archive.notes.limitation("no-manifest", "bundle without a base manifest")


def _members(out: Container, outer: Archive) -> None:
    """Member APKs, base first. bundletool's `standalones/` repeat what `splits/` hold."""
    names = [n for n in outer.entries if n.lower().endswith(".apk")]
    if any(n.startswith("splits/") for n in names):
        names = [n for n in names if n.startswith("splits/")]
    if len(names) > out.limits.splits:
        outer.notes.limitation("reader-limit", f"{len(names)} member packages")
    held = 0
    for name in names[: out.limits.splits]:
        left = out.limits.nested - held
        data = outer.read(name, left) if left > 0 else None
        if data is None:
            continue
        held += len(data)
        inner = Archive(data, name, out.limits, outer.budget, outer.depth + 1)
        if not inner.valid or MANIFEST not in inner:
            outer.notes.limitation("unreadable-entry", f"{name} is no APK", name)
            continue
        root = read_root(inner, MANIFEST)
        split = root.attrs.get("split") if root is not None else None
        out.apks.append(Member(inner, split if isinstance(split, str) and split else None, MANIFEST, root))
    # The base is the one whose manifest names no split; of several, the largest.
    out.apks.sort(key=lambda m: (m.split is not None, -len(m.archive.data)))
    bases = [m for m in out.apks if m.split is None]
    if len(bases) > 1:
        detail = ", ".join(m.archive.name for m in bases[:5])
        outer.notes.deviation("several-bases", detail)
        out.apks = [bases[0], *(m for m in out.apks if m.split is not None)]
    elif not bases:
        outer.notes.limitation("missing-splits", "no base package among the members")
