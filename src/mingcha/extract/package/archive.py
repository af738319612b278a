"""ZIP as Android reads it (APPNOTE 6.3; behaviour of libziparchive and androidfw).

Tools that read ZIP by the letter refuse packages that Android installs, so every lie here is
a `deviation`, and reading goes on the way the platform does:

* the central directory is believed; of a local header only the lengths of name and extra
  field are used, to find the data;
* flag bit 0 (encrypted) is ignored, since Android has no notion of it;
* method 8 is deflate; every other method is stored data of the *uncompressed* size;
* the last end-of-central-directory record whose comment reaches the end of the file counts.

Duplicate names: libziparchive refuses the whole archive (`kDuplicateEntry`); the readers before
it took the first entry in native code and the last in Java (the "master key" hole). The first is
read here, the others stay reachable in `Archive.duplicates`, and the finding is a deviation.

Nothing is ever written to disk, and no name is joined to a path.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from types import TracebackType

import deflate

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.inflate import Budget, inflate
from mingcha.extract.package.notes import Notes, clip
from mingcha.extract.package.zipindex import Directory, Entry, find_directory, walk

Buffer = bytes | mmap.mmap
Data = bytes | bytearray
STORED, DEFLATED = 0, 8

_LOCAL = struct.Struct("<4s2xHHHHIIIHH")
_BAD_NAME = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f\x7f]")
_GUARDED = ("AndroidManifest.xml/", "classes.dex/", "resources.arsc/")


class Archive:
    """One ZIP in memory or mapped. `entries` maps names to entries, `read` inflates within bounds.

    Use `open` for files; the constructor takes bytes (nested archives share `budget`). What was
    odd is in `notes`. No method raises on what the archive contains.
    """

    def __init__(
        self,
        data: Buffer,
        name: str = "",
        limits: Limits = DEFAULT,
        budget: Budget | None = None,
        depth: int = 0,
    ) -> None:
        self.data = data
        self.name = name
        self.limits = limits
        self.budget = budget or Budget(limits.inflated)
        self.depth = depth
        self.notes = Notes(limits, f"{clip(name, limits)}!" if depth else "")
        self.entries: dict[str, Entry] = {}
        self.duplicates: dict[str, list[Entry]] = {}
        self.comment = b""
        self.cd_offset = 0
        self.valid = False
        self._handle: mmap.mmap | None = None
        if len(data) > limits.archive:
            self.notes.limitation("too-large", f"{len(data)} bytes, limit {limits.archive}")
            return
        directory = find_directory(data, self.notes)
        if directory is None:
            magic = data[:4] == b"PK\x03\x04"
            self.notes.limitation(
                "truncated" if magic else "unsupported-format", "no end of central directory"
            )
            return
        self.valid = True
        self.comment = directory.comment
        self.cd_offset = directory.offset
        self._index(directory)

    @classmethod
    def open(cls, path: Path, limits: Limits = DEFAULT) -> Archive:
        """Map the file at `path`. OSError if it cannot be opened; an empty file is no archive."""
        with path.open("rb") as f:
            size = f.seek(0, 2)
            mapped = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) if size else None
        archive = cls(mapped if mapped is not None else b"", path.name, limits)
        archive._handle = mapped
        return archive

    def rest(self) -> None:
        """Give the pages of the file that were read back to the system; they come again when touched."""
        if self._handle is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._handle.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Unmap the file; entries can no longer be read."""
        self.data = b""
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    @property
    def deviations(self) -> list[tuple[str, str]]:
        """(code, detail) of every departure from the format seen so far."""
        return self.notes.deviations

    @property
    def limitations(self) -> list[tuple[str, str]]:
        """(code, detail) of everything that could not be read so far."""
        return self.notes.limitations

    # ---- index -------------------------------------------------------------------------------

    def _index(self, directory: Directory) -> None:
        notes, entries = self.notes, self.entries
        bad = _BAD_NAME.search
        every: list[Entry] = []
        for entry in walk(self.data, directory, self.limits, notes):
            every.append(entry)
            name = entry.name
            if entries.setdefault(name, entry) is not entry:
                self.duplicates.setdefault(name, []).append(entry)
                notes.deviation("duplicate-name", name, name)
            if bad(name):
                notes.deviation("unsafe-name", name, name)
            if entry.flags & 1:
                notes.deviation("encrypted-flag", name, name)
            if entry.method not in (STORED, DEFLATED):
                notes.deviation("unknown-method", f"{name}: method {entry.method}", name)
            if name.startswith(_GUARDED) or (name.endswith("/") and entry.size):
                notes.deviation("directory-like-name", f"{name}: {entry.size} bytes", name)
        if not every:
            notes.deviation("empty-archive", "no entries")
        self._check_spans(every)

    def _check_spans(self, every: list[Entry]) -> None:
        """Entries that share bytes are how small files declare huge contents ("zip bombs")."""
        overlaps, end, last = 0, 0, ""
        for entry in sorted(every, key=attrgetter("offset")):
            if entry.offset < end and entry.name != last:
                overlaps += 1
                self.notes.deviation("overlap", f"{entry.name} begins inside {last}", entry.name)
            elif entry.offset < end:
                overlaps += 1
            used = entry.compressed if entry.method == DEFLATED else entry.size
            if (reach := entry.offset + 30 + used) > end:
                end, last = reach, entry.name
        if every and end > self.cd_offset:
            self.notes.deviation("overlap", f"{last} reaches into the central directory", last)
        declared = sum(e.size for e in every)
        if overlaps and declared > self.limits.ratio * max(len(self.data), 1):
            self.notes.limitation("bomb", f"{overlaps} overlapping entries declare {declared} bytes")

    # ---- reading -----------------------------------------------------------------------------

    def _data_start(self, entry: Entry) -> int | None:
        header = self.data[entry.offset : entry.offset + _LOCAL.size] if entry.offset >= 0 else b""
        if len(header) < _LOCAL.size:
            return None
        sig, flags, method, _t, _d, crc, packed, size, name_len, extra_len = _LOCAL.unpack(header)
        if sig != b"PK\x03\x04":
            return None
        start = entry.offset + _LOCAL.size + int(name_len) + int(extra_len)
        raw = self.data[entry.offset + _LOCAL.size : entry.offset + _LOCAL.size + int(name_len)]
        differs = []
        if raw.decode("utf-8", "backslashreplace") != entry.name:
            differs.append("name")
        if method != entry.method:
            differs.append("method")
        # Bit 3: sizes and CRC follow the data, the header may hold zeros; 2**32-1: they are in ZIP64.
        if (
            not flags & 8
            and (crc, packed, size) != (entry.crc, entry.compressed, entry.size)
            and size != 0xFFFFFFFF
        ):
            differs.append("sizes or CRC")
        if differs:
            self.notes.deviation("local-header-differs", f"{entry.name}: {', '.join(differs)}", entry.name)
        return start

    def read(self, name: str, cap: int | None = None) -> bytes | None:
        """Content of the entry `name`, or None with a limitation noted.

        `cap`: most bytes wanted (default `limits.entry`); a larger entry is refused, not cut.
        Where only the beginning of a damaged stream inflates, that beginning is returned and
        `unreadable-entry` noted. A wrong CRC-32 is a deviation.
        """
        entry = self.entries.get(name)
        data = None if entry is None else self.read_entry(entry, cap)
        return None if data is None else bytes(data)

    def read_entry(self, entry: Entry, cap: int | None = None) -> Data | None:
        """As `read`, for an entry in hand (a duplicate, say), without the last copy: large
        DEX files stay in the buffer they were inflated to."""
        notes, name = self.notes, entry.name
        cap = min(cap if cap is not None else self.limits.entry, max(self.budget.left, 0))
        start = self._data_start(entry)
        if start is None or start > len(self.data):
            notes.limitation("unreadable-entry", f"{name}: no local header at {entry.offset}", name)
            return None
        if entry.method != DEFLATED:
            return self._stored(entry, start, cap)
        end = start + entry.compressed
        if end > len(self.data):
            notes.deviation("wrong-size", f"{name}: data reaches past the end of the file", name)
            end = len(self.data)
        packed = end - start
        data: Data | None = None
        if entry.size <= cap and entry.size <= 1040 * packed + 64:  # DEFLATE cannot exceed 1032:1
            try:
                with memoryview(self.data)[start:end] as part:  # a slice of the map would be a copy
                    data = deflate.deflate_decompress(part, entry.size)
            except deflate.DeflateError:
                data = None
        if data is None:
            result = inflate(self.data, start, end, cap)
            if not result.complete and not result.capped and end < len(self.data):
                longer = inflate(self.data, start, len(self.data), cap)
                self.budget.left -= len(result.data)
                if longer.complete or longer.capped:
                    notes.deviation(
                        "wrong-size", f"{name}: compressed size {entry.compressed} is too small", name
                    )
                    result = longer
            data = result.data
            if result.capped:
                self._too_much(entry, result.used, cap)
                return None
            if not result.complete:
                self.budget.left -= len(data)
                if entry.flags & 1:
                    notes.limitation("encrypted-entry", name, name)
                    return None
                notes.limitation("unreadable-entry", f"{name}: inflate stopped after {len(data)} bytes", name)
                return data or None
        return self._checked(entry, data, packed)

    def _stored(self, entry: Entry, start: int, cap: int) -> Data | None:
        if entry.size > cap:  # stored data cannot be a bomb, however much it claims
            self._too_much(entry, entry.size, cap)
            return None
        data = bytes(self.data[start : start + entry.size])
        if len(data) < entry.size:
            self.notes.limitation(
                "truncated", f"{entry.name}: {len(data)} of {entry.size} stored bytes", entry.name
            )
        elif entry.method == STORED and entry.compressed != entry.size:
            self.notes.deviation("wrong-size", f"{entry.name}: stored, but the two sizes differ", entry.name)
        return self._checked(entry, data, entry.size)

    def _too_much(self, entry: Entry, packed: int, cap: int) -> None:
        high = cap > self.limits.ratio * max(packed, 1)
        self.notes.limitation(
            "bomb" if high or self.budget.left <= cap else "too-large",
            f"{entry.name}: more than {cap} bytes from {packed}", entry.name,
        )  # fmt: skip

    def _checked(self, entry: Entry, data: Data, packed: int) -> Data:
        notes, name = self.notes, entry.name
        self.budget.left -= len(data)
        if len(data) != entry.size:
            notes.deviation("wrong-size", f"{name}: {entry.size} declared, {len(data)} found", name)
        if len(data) > self.limits.ratio_floor and len(data) > self.limits.ratio * max(packed, 1):
            notes.deviation("high-ratio", f"{name}: {len(data)} bytes from {packed}", name)
        if deflate.crc32(data) != entry.crc:
            notes.deviation("crc-mismatch", name, name)
        return data

    def peek(self, name: str, n: int = 64) -> bytes:
        """The first `n` bytes of an entry for recognising its format; b"" if there are none.

        Notes nothing and spends no budget: `n` is small.
        """
        entry = self.entries.get(name)
        if entry is None or entry.offset < 0:
            return b""
        header = self.data[entry.offset : entry.offset + _LOCAL.size]
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            return b""
        name_len, extra_len = struct.unpack_from("<HH", header, 26)
        start = entry.offset + _LOCAL.size + name_len + extra_len
        if entry.method != DEFLATED:
            return bytes(self.data[start : start + min(n, entry.size)])
        return inflate(self.data, start, min(start + max(entry.compressed, 1), start + 4096), n).data[:n]

    def names(self, prefix: str = "", suffix: str = "") -> Iterator[str]:
        """Entry names with a prefix and a suffix, in order of the central directory."""
        return (n for n in self.entries if n.startswith(prefix) and n.endswith(suffix))
