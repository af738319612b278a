"""Binary XML (ResXMLTree in frameworks/base), read the way the platform reads it.

The platform checks little: neither the file's type nor its size must be right, unknown chunks
are skipped, attribute stride and offset are taken from the element, and attributes are found by
resource id, names being decoration. Packages are built to use each of these freedoms against
analysis tools; each is a deviation here and none stops the reader.
"""

from __future__ import annotations

import struct

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.attrids import NAMES
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.stringpool import StringPool
from mingcha.extract.package.xmltree import ANDROID, Builder, Element, Ref, Value, key

_CHUNK = struct.Struct("<HHI")
_ELEMENT = struct.Struct("<iiHHH")
_ATTR = struct.Struct("<iiiHBBi")
_POOL, _XML, _FIRST, _LAST, _MAP = 0x0001, 0x0003, 0x0100, 0x017F, 0x0180
_START, _END, _CDATA, _NS_START, _NS_END = 0x0102, 0x0103, 0x0104, 0x0100, 0x0101


def is_binary(data: bytes) -> bool:
    """Not text: text XML has `<` after white space and a byte order mark, if any."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    return not data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(b"<")


def typed(kind: int, data: int, pool: StringPool) -> Value:
    """A Res_value as a Python value. Dimensions, fractions and colours stay numbers."""
    if kind == 0x03:
        return pool[data]
    if kind in (0x01, 0x02, 0x07, 0x08):
        return Ref(data & 0xFFFFFFFF)
    if kind == 0x12:
        return data != 0
    if kind == 0x04:
        return float(struct.unpack("<f", struct.pack("<i", data))[0])
    if kind >= 0x05:
        return data
    return None


def parse(data: bytes, notes: Notes, limits: Limits = DEFAULT) -> Element | None:
    """The document element, or None with `malformed-manifest` noted. Never raises."""
    if len(data) > limits.manifest:
        notes.limitation("too-large", f"binary XML of {len(data)} bytes")
        return None
    root = _Reader(data, notes, limits).read() if len(data) >= 8 else None
    if root is None:
        notes.limitation("malformed-manifest", "no element in the binary XML")
    return root


class _Reader:
    def __init__(self, data: bytes, notes: Notes, limits: Limits) -> None:
        self.data = data
        self.notes = notes
        self.limits = limits
        self.pool = StringPool(b"", 0, 0, Notes(limits), limits)
        self.ids: tuple[int, ...] = ()
        self.build = Builder(notes, limits)

    def read(self) -> Element | None:
        data, notes, end = self.data, self.notes, len(self.data)
        kind, header, size = _CHUNK.unpack_from(data, 0)
        if kind != _XML or size != end:
            notes.deviation("xml-header", f"type {kind:#x}, size {size} of {end} bytes")
        pos = header
        if header != 8:
            notes.deviation("xml-header", f"header of {header} bytes")
            if not 8 <= header <= end:
                pos = 8
        searched, elements = 0, False
        while pos + 8 <= end and searched < self.limits.resync:
            kind, header, size = _CHUNK.unpack_from(data, pos)
            if header < 8 or size < header or size > end - pos:
                # A string pool or element cut off by a lying size is still read as far as it goes.
                if kind in (_POOL, _START) and 8 <= header <= end - pos and size > end - pos:
                    size = end - pos
                else:
                    notes.deviation("xml-chunk", f"chunk {kind:#x} of {size} bytes at {pos}")
                    pos += 4
                    searched += 4
                    continue
            if kind == _POOL:
                # Before the first element the last pool counts, later ones are not looked at.
                if not elements:
                    if self.pool.count:
                        notes.deviation("xml-pools", "more than one string pool")
                    self.pool = StringPool(data, pos, size, notes, self.limits)
            elif kind == _MAP:
                count = (size - header) // 4
                self.ids = struct.unpack_from(f"<{min(count, self.limits.pool_strings)}I", data, pos + header)
            elif _FIRST <= kind <= _LAST:
                elements = True
                self._node(kind, pos, header, size)
                if self.build.full:
                    break
            elif kind:
                notes.deviation("xml-chunk", f"unknown chunk {kind:#x} at {pos}")
            pos += size
        return self.build.root

    def _node(self, kind: int, pos: int, header: int, size: int) -> None:
        if header < 16:
            self.notes.deviation("xml-chunk", f"node header of {header} bytes")
            header = 16
        at, end = pos + header, pos + size
        if kind == _START:
            self._start(at, end)
        elif kind == _END:
            self.build.end()
        elif kind == _CDATA and at + 4 <= end:
            self.build.data(self.pool[struct.unpack_from("<i", self.data, at)[0]])

    def _start(self, at: int, end: int) -> None:
        if at + _ELEMENT.size > end:
            self.notes.deviation("xml-chunk", f"element without a body at {at}")
            return
        _ns, name, start, stride, count = _ELEMENT.unpack_from(self.data, at)
        if start != 20 and count:
            self.notes.deviation("xml-attribute-start", f"attributes begin at {start}")
        if stride != _ATTR.size and count:
            self.notes.deviation("xml-attribute-size", f"attributes of {stride} bytes")
            stride = max(stride, _ATTR.size)
        first = at + start
        room = max(0, (end - first + stride - _ATTR.size) // stride) if stride else 0
        if count > room:
            self.notes.deviation("xml-attribute-count", f"{count} attributes declared, room for {room}")
        if count > self.limits.xml_attributes:
            self.notes.limitation("reader-limit", f"{count} attributes in one element")
        attrs: dict[str, Value] = {}
        named: dict[str, Value] = {}
        for i in range(min(count, room, self.limits.xml_attributes)):
            uri, local, raw, _size, _zero, kind, value = _ATTR.unpack_from(self.data, first + i * stride)
            content = typed(kind, value, self.pool)
            if content is None and raw >= 0:
                content = self.pool[raw]
            attr_id = self.ids[local] if 0 <= local < len(self.ids) else 0
            text = self.pool[local]
            if attr_id:
                known = NAMES.get(attr_id)
                if known and text and known != text:
                    self.notes.deviation("xml-attribute-name", f"{text!r} stands for {known}")
                attrs.setdefault("android:" + (known or text or f"{attr_id:#010x}"), content)
            else:
                space = self.pool[uri] if uri >= 0 else ""
                if space == ANDROID:
                    self.notes.deviation("xml-attribute-id", f"android:{text} without a resource id")
                named.setdefault(key(space, text), content)
        for k, v in named.items():
            attrs.setdefault(k, v)
        tag = self.pool[name]
        if not tag:
            self.notes.deviation("xml-element-name", "element without a name")
        self.build.start(tag, attrs)
