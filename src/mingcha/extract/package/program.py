"""All code of a package: DEX files in Android's order, class files of JARs.

What was found in the very same code before is taken from the cache; then the code itself is parsed
only when somebody asks for it (`codes`). Only code that was read without any remark is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from mingcha.extract.cache import Cache, key
from mingcha.extract.limits import Limits
from mingcha.extract.package import classfile, splits
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.code import CodeFacts
from mingcha.extract.package.columns import Code
from mingcha.extract.package.dex import tables
from mingcha.extract.package.notes import Notes, clip

# Notes of a damaged container after which the names of its classes are not all known.
_LOSES_CLASSES = ("string", "type_ids", "class_defs", "class_data")


class Program:
    """The code of one package, read into `out`."""

    def __init__(
        self, container: splits.Container, notes: Notes, limits: Limits, out: CodeFacts, cache: Cache, rules: str
    ) -> None:
        self.container, self.notes, self.limits, self.out = container, notes, limits, out
        self.cache, self.rules = cache, rules
        self.whole = False
        """All code of the package was read: only then does a class that is not there mean anything."""
        self.key = ""
        """Names this code in the cache; empty where it is not kept there."""
        self._codes: list[Code] | None = None
        self._files: list[tuple[str, bytes]] = []

    def read(self) -> None:
        """Find everything in all containers."""
        self.whole = not any(code == "missing-splits" for code, _ in self.notes.limitations)
        jars = list(self.container.jar_bytes())
        if self.cache.used and not jars and self._collect():
            own = self.out.owners.app
            digests = [(where, hashlib.sha256(data).hexdigest()) for where, data in self._files]
            prints = self.out.book.digest if self.out.book else ""
            self.key = key("code", self.rules, prints, own, digests)
            known = self.cache.get(self.key)
            if known is not None:
                self.out.restore(known)
                self.out.settle()
                return
        self._codes = []
        remarks = len(self.notes.limitations) + len(self.notes.deviations)
        for code in self._parsed(jars):
            self._codes.append(code)  # first: what fails to be matched can still be followed
            try:
                self.out.add(code)
            except Exception as e:  # one container that we fail at must not hide the others
                self._failed(e, code.name)
            code.forget()
        try:
            self.out.settle()
        except Exception as e:  # whose code it is by likeness must not cost what was found in it
            self._failed(e, "fingerprints")
        for where, note in self.out.notes:
            self.notes.limitation("malformed-class" if ".dex" not in where else "malformed-dex", note, where)
        if not self.out.containers:
            self.notes.limitation("no-code", "no DEX or class file")
        lost = any(note.startswith(_LOSES_CLASSES) for _, note in self.out.notes)
        self.whole = self.whole and not lost and bool(self.out.containers)
        clean = self.whole and remarks == len(self.notes.limitations) + len(self.notes.deviations)
        if self.key and clean and not self.out.cut:
            self.cache.put(self.key, self.out.state())
        elif self.key:
            self.key = ""

    def parse(self) -> list[Code]:
        """The containers, parsed, and nothing looked for in them."""
        self._codes = list(self._parsed(list(self.container.jar_bytes())))
        return self._codes

    def codes(self) -> list[Code]:
        """The containers, parsed."""
        if self._codes is None:
            self._codes = [tables.read(where, data) for where, data in self._files]
        return self._codes

    def _collect(self) -> bool:
        """Inflate all DEX files; whether each is there and of a version that is known."""
        self._files = []
        for entry in self.container.dex_entries():
            data = self.container.read_dex(entry)
            if data is None or not tables.is_dex(bytes(data[:8])) or not b"035" <= data[4:7] <= b"041":
                return False
            self._files.append((entry.where, bytes(data)))
        return bool(self._files)

    def _parsed(self, jars: list[tuple[str, bytes]]) -> Iterator[Code]:
        """Each container; what cannot be read is noted and left out."""
        known = dict(self._files)
        for entry in self.container.dex_entries():
            data = known.get(entry.where) or self.container.read_dex(entry)
            if data is None:
                self.whole = False
                continue
            if tables.is_dex(bytes(data[:8])) and not b"035" <= data[4:7] <= b"041":
                self.notes.deviation("dex-version", bytes(data[4:7]), entry.where)
            try:
                yield tables.read(entry.where, bytes(data))
            except tables.NotDex as e:
                newer = "version" in str(e)
                self.notes.limitation("unsupported-dex" if newer else "malformed-dex", str(e), entry.where)
                self.whole = False
            except Exception as e:
                self._failed(e, entry.where)
        for where, jar in jars:
            try:
                files = self._classes(where, jar)
                if files:
                    yield classfile.read(clip(where), files)
            except Exception as e:
                self._failed(e, where)

    def _failed(self, error: Exception, where: str) -> None:
        self.whole = False
        if isinstance(error, MemoryError):
            self.notes.limitation("memory", "code", where)
        else:
            self.notes.limitation("crash", f"code: {type(error).__name__}: {error}", where)

    def _classes(self, where: str, data: bytes) -> list[tuple[str, bytes]]:
        outer = self.container.outer
        with Archive(data, where, self.limits, outer.budget if outer else None, 1) as jar:
            found = []
            for name in jar.names(suffix=".class"):
                # Other Java versions of the same class, and module descriptors, are no second code.
                if not name.startswith("META-INF/") and not name.endswith("module-info.class"):
                    content = jar.read(name, self.limits.class_file)
                    if content is not None:
                        found.append((name, bytes(content)))
            self.notes.merge(jar.notes)
            return found
