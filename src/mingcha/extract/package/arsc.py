"""Compiled resources (resources.arsc; ResTable in frameworks/base), decoded on demand.

Opening a table walks its chunks only; entries are decoded for the ids asked for. `resolve`
follows references and chooses the configuration for a language: `zh` (Simplified Chinese as
used in mainland China first), `en`, or "" for the default resources.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.axml import typed
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.stringpool import StringPool
from mingcha.extract.package.xmltree import Ref, Value

_CHUNK = struct.Struct("<HHI")
_TABLE, _POOL, _PACKAGE, _TYPE = 0x0002, 0x0001, 0x0200, 0x0201
_NONE32, _NONE16 = 0xFFFFFFFF, 0xFFFF


class Config(NamedTuple):
    """The parts of a resource configuration that choices here depend on."""

    language: str
    region: str
    script: str
    density: int
    plain: bool
    """No qualifier at all."""

    @property
    def locale(self) -> str:
        """Such as "", "zh", "zh-Hans", "zh-CN"."""
        return "-".join(p for p in (self.language, self.script, self.region) if p)


class _Chunk(NamedTuple):
    config: Config
    header: int  # position of the offset table
    entries: int  # position of the first entry
    end: int
    size: int  # slots in the offset table
    flags: int
    keys: StringPool


def _language(raw: bytes, base: int) -> str:
    """Two letters, or three packed in 15 bits with the high bit set."""
    if raw[0] & 0x80:
        a, b, c = raw[1] & 31, (raw[1] >> 5 | raw[0] << 3) & 31, raw[0] >> 2 & 31
        return "".join(chr(base + x) for x in (a, b, c))
    return raw.rstrip(b"\0").decode("ascii", "replace")


def _config(raw: bytes) -> Config:
    """A ResTable_config, of whatever length it says it has."""
    raw = raw.ljust(64, b"\0")
    script = raw[36:40].rstrip(b"\0").decode("ascii", "replace")
    return Config(
        _language(raw[8:10], ord("a")), _language(raw[10:12], ord("0")), script,
        int.from_bytes(raw[14:16], "little"), not any(raw[4:]),
    )  # fmt: skip


class Resources:
    """One resource table. Never raises on its content; what is odd goes to `notes`."""

    def __init__(self, data: bytes, notes: Notes, limits: Limits = DEFAULT) -> None:
        self.notes = notes
        self.limits = limits
        self.data = data if len(data) <= limits.resources else b""
        self.strings = StringPool(b"", 0, 0, Notes(limits), limits)
        self._types: dict[int, list[_Chunk]] = {}  # package id << 8 | type id
        self._type_names: dict[int, StringPool] = {}
        self._memo: dict[int, list[tuple[Config, Value]]] = {}
        self.chunks = 0
        if len(data) > limits.resources:
            notes.limitation("too-large", f"resource table of {len(data)} bytes")
        elif not self._index():
            notes.limitation("malformed-resources", "no readable resource table")

    # ---- index -------------------------------------------------------------------------------

    def _walk(self, pos: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """(type, position, header size, end) of the chunks between two positions."""
        data, searched = self.data, 0
        while pos + 8 <= end and searched < self.limits.resync:
            kind, header, size = _CHUNK.unpack_from(data, pos)
            if header < 8 or size < header or pos + size > end:
                self.notes.deviation("resource-chunk", f"chunk {kind:#x} of {size} bytes at {pos}")
                if kind in (_POOL, _PACKAGE, _TYPE) and 8 <= header <= end - pos and pos + size > end:
                    size = end - pos
                else:
                    pos += 4
                    searched += 4
                    continue
            self.chunks += 1
            if self.chunks > self.limits.resource_chunks:
                self.notes.limitation("reader-limit", "too many chunks in the resource table")
                return
            yield kind, pos, header, pos + size
            pos += size

    def _index(self) -> bool:
        data = self.data
        if len(data) < 12:
            return False
        kind, header, size = _CHUNK.unpack_from(data, 0)
        if kind != _TABLE or size != len(data):
            self.notes.deviation("resource-header", f"type {kind:#x}, size {size} of {len(data)} bytes")
        seen = False
        for kind, pos, head, end in self._walk(header if 8 <= header < len(data) else 12, len(data)):
            if kind == _POOL and not self.strings.count:
                self.strings = StringPool(data, pos, end - pos, self.notes, self.limits)
                seen = True
            elif kind == _PACKAGE and head >= 284:
                self._package(pos, head, end)
                seen = True
        return seen

    def _package(self, pos: int, head: int, end: int) -> None:
        data = self.data
        package = struct.unpack_from("<I", data, pos + 8)[0] & 0xFF
        type_at, _last, key_at = struct.unpack_from("<3I", data, pos + 268)
        pools: dict[int, StringPool] = {}
        keys = StringPool(b"", 0, 0, Notes(self.limits), self.limits)
        for kind, at, header, stop in self._walk(pos + head, end):
            if kind == _POOL:
                pool = StringPool(data, at, stop - at, self.notes, self.limits)
                pools[at - pos] = pool
                if at - pos == type_at or (type_at not in pools and len(pools) == 1):
                    self._type_names.setdefault(package, pool)
                elif at - pos == key_at or not keys.count:
                    keys = pool
            elif kind == _TYPE and header >= 20 + 12 and at + header <= stop:
                type_id, flags, _r, count, entries, config_size = struct.unpack_from("<BBHIII", data, at + 8)
                config = _config(data[at + 20 : min(at + 20 + max(config_size, 4), at + header)])
                chunk = _Chunk(config, at + header, at + entries, stop, count, flags, keys)
                same = self._types.setdefault(package << 8 | type_id, [])
                if len(same) >= self.limits.resource_values:
                    self.notes.limitation("reader-limit", f"type {type_id} has too many configurations")
                else:
                    same.append(chunk)

    # ---- entries -----------------------------------------------------------------------------

    def _entry(self, chunk: _Chunk, index: int) -> int | None:
        """Position of an entry, or None if this configuration does not define it."""
        data, at = self.data, chunk.header
        if chunk.flags & 1:  # sparse: (index, offset / 4) pairs; sorted by specification, not relied upon
            stop = min(at + 4 * chunk.size, chunk.entries, chunk.end)
            for i, quarter in struct.iter_unpack(
                "<HH", data[at : at + (stop - at) // 4 * 4] if stop > at else b""
            ):
                if i == index:
                    return chunk.entries + 4 * int(quarter)
            return None
        width = 2 if chunk.flags & 2 else 4
        slot = at + width * index
        if index >= chunk.size or slot + width > chunk.end:
            return None
        offset = int.from_bytes(data[slot : slot + width], "little")
        if offset == (_NONE16 if width == 2 else _NONE32):
            return None
        return chunk.entries + (4 * offset if width == 2 else offset)

    def _value(self, pos: int, end: int) -> Value:
        """Value of the entry at `pos`; a bag (style, array, plural) gives its first plain value."""
        data = self.data
        if pos + 8 > end:
            return None
        size, flags = struct.unpack_from("<HH", data, pos)
        if flags & 8:  # compact entry: the data type sits in the flags, the value follows the key
            return typed(flags >> 8, struct.unpack_from("<i", data, pos + 4)[0], self.strings)
        if flags & 1:
            if pos + 16 > end:
                return None
            count = struct.unpack_from("<I", data, pos + 12)[0]
            at = pos + max(size, 16) + 4
            if not count or at + 8 > end:
                return None
        else:
            at = pos + max(size, 8)
        if at + 8 > end:
            return None
        kind, value = struct.unpack_from("<3xBi", data, at)
        return typed(kind, value, self.strings)

    def values(self, res_id: int) -> list[tuple[Config, Value]]:
        """All values of a resource id by configuration, references not followed."""
        found = self._memo.get(res_id)
        if found is None:
            found = []
            for chunk in self._types.get(res_id >> 16, ()):
                pos = self._entry(chunk, res_id & 0xFFFF)
                if pos is not None:
                    found.append((chunk.config, self._value(pos, chunk.end)))
            self._memo[res_id] = found
        return found

    def name(self, res_id: int) -> str:
        """Such as "string/app_name"; "" where the id is not in this table."""
        for chunk in self._types.get(res_id >> 16, ()):
            pos = self._entry(chunk, res_id & 0xFFFF)
            if pos is not None and pos + 8 <= chunk.end:
                size, flags, key = struct.unpack_from("<HHI", self.data, pos)
                pool = self._type_names.get(res_id >> 24)
                kind = pool[(res_id >> 16 & 0xFF) - 1] if pool else ""
                return f"{kind}/{chunk.keys[size if flags & 8 else key]}"
        return ""

    def resolve(self, value: Value, locale: str = "") -> Value:
        """`value` with references followed to the best configuration for `locale`.

        None for a reference that leads nowhere in this table (a framework resource, say).
        """
        for _ in range(self.limits.reference_hops):
            if not isinstance(value, Ref):
                return value
            choices = self.values(value.id)
            if not choices:
                return None
            value = max(choices, key=lambda c: rank(c[0], locale))[1]
        return None

    def files(self, value: Value) -> list[str]:
        """Paths of all configurations of a file resource (icon, XML, ...), best density first."""
        paths: dict[str, int] = {}
        todo, seen = [value], 0
        while todo and seen < self.limits.reference_hops * 16:
            seen += 1
            item = todo.pop()
            if isinstance(item, Ref):
                for config, inner in self.values(item.id):
                    if isinstance(inner, Ref):
                        todo.append(inner)
                    elif isinstance(inner, str) and "/" in inner:
                        paths.setdefault(inner, config.density)
            elif isinstance(item, str) and "/" in item:
                paths.setdefault(item, 0)
        return sorted(paths, key=lambda p: -paths[p])

    def all_strings(self) -> list[str]:
        """Texts of the global pool in order, for text scans."""
        return self.strings.texts()


def rank(config: Config, locale: str) -> tuple[int, bool, bool, int]:
    """Order of preference among configurations for a language; higher is better."""
    score = 0
    if not config.language:
        score = 10
    elif config.language == locale == "zh":
        # Plain zh and the mainland's own variants before others; still Chinese before the default.
        if config.region in ("", "CN") and config.script in ("", "Hans"):
            score = 30 + (config.region == "CN") + (config.script == "Hans")
        else:
            score = 25 if config.script == "Hans" else 15
    elif locale and config.language == locale:
        score = 30 + (config.region in ("", "US"))
    return score, not config.script, config.plain, -abs(config.density)
