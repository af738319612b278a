"""Small writers of hostile and honest containers for tests: ZIP, binary XML, resource table, ELF.

Each writes the honest form unless told otherwise; tests bend single fields.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingcha.extract.package.attrids import NAMES

ANDROID = "http://schemas.android.com/apk/res/android"
IDS = {name: i for i, name in NAMES.items()}


# ---- ZIP ---------------------------------------------------------------------------------------


@dataclass
class File:
    """One member. `None` fields take their honest value."""

    name: str
    data: bytes = b""
    method: int = 8
    flags: int = 0
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    local_name: str | None = None
    local_method: int | None = None
    local_extra: bytes = b""
    raw: bytes | None = None  # the stored bytes, instead of what the method makes of `data`
    at: int | None = None  # position of another member's local header, to share its data


def deflated(data: bytes) -> bytes:
    stream = zlib.compressobj(6, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def zip_(
    files: Sequence[File], *, comment: bytes = b"", block: bytes = b"", prefix: bytes = b"", count: int | None = None,
    shift: bool = False, zip64: bool = False,
) -> bytes:  # fmt: skip
    """A ZIP. `block` goes before the central directory, `prefix` before all (`shift`: with
    offsets that do not know of it)."""
    out = bytearray(prefix)
    base = len(prefix) if shift else 0
    cd = bytearray()
    for f in files:
        raw = f.raw if f.raw is not None else deflated(f.data) if f.method == 8 else f.data
        crc = zlib.crc32(f.data) if f.crc is None else f.crc
        size = len(f.data) if f.size is None else f.size
        packed = len(raw) if f.packed_size is None else f.packed_size
        name = f.name.encode("utf-8", "surrogateescape")
        local = (f.local_name if f.local_name is not None else f.name).encode("utf-8", "surrogateescape")
        offset = len(out) - base if f.at is None else f.at
        method = f.method if f.local_method is None else f.local_method
        if f.at is None:
            out += struct.pack(
                "<4s5H3I2H",
                b"PK\3\4",
                20,
                f.flags,
                method,
                0,
                0,
                crc,
                packed,
                size,
                len(local),
                len(f.local_extra),
            )
            out += local + f.local_extra + raw
        extra = b""
        if zip64:
            extra = struct.pack("<HHQQQ", 1, 24, size, packed, offset)
            size = packed = offset = 0xFFFFFFFF
        cd += struct.pack(
            "<4s6H3I5H2I",
            b"PK\1\2",
            20,
            20,
            f.flags,
            f.method,
            0,
            0,
            crc,
            packed,
            size,
            len(name),
            len(extra),
            0,
            0,
            0,
            0,
            offset,
        )
        cd += name + extra
    out += block
    at = len(out) - base
    out += cd
    n = len(files) if count is None else count
    if zip64:
        record = len(out) - base
        out += struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, n, n, len(cd), at)
        out += struct.pack("<4sIQI", b"PK\6\7", 0, record, 1)
        n, at, size = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    else:
        size = len(cd)
    out += struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, n, n, size, at, len(comment)) + comment
    return bytes(out)


def signing_block(pairs: Mapping[int, bytes]) -> bytes:
    """An APK Signing Block."""
    body = b"".join(struct.pack("<QI", len(v) + 4, k) + v for k, v in pairs.items())
    size = len(body) + 24
    return struct.pack("<Q", size) + body + struct.pack("<Q", size) + b"APK Sig Block 42"


def sized(*parts: bytes) -> bytes:
    """Each part with its 32-bit length before it."""
    return b"".join(struct.pack("<I", len(p)) + p for p in parts)


def v2_value(der: bytes, algorithm: int = 0x0103) -> bytes:
    """Value of a v2 block with one signer."""
    digests = sized(struct.pack("<I", algorithm) + sized(b"\0" * 32))
    signed = sized(digests, sized(der), b"")
    return sized(sized(sized(signed, b"", b"")))


# ---- string pool -------------------------------------------------------------------------------


def pool(
    strings: Sequence[str], *, utf8: bool = False, count: int | None = None, raw: Sequence[bytes] = ()
) -> bytes:
    """A string pool; `raw` overrides encoded strings."""
    body, offsets = bytearray(), []
    for i, s in enumerate(strings):
        offsets.append(len(body))
        if i < len(raw) and raw[i]:
            body += raw[i]
        elif utf8:
            b = s.encode("utf-8", "surrogatepass")
            body += _len8(len(s)) + _len8(len(b)) + b + b"\0"
        else:
            b = s.encode("utf-16-le", "surrogatepass")
            n = len(b) // 2
            body += (
                (struct.pack("<HH", 0x8000 | n >> 16, n & 0xFFFF) if n > 0x7FFF else struct.pack("<H", n))
                + b
                + b"\0\0"
            )
    body += bytes(-len(body) % 4)
    start = 28 + 4 * len(offsets)
    n = len(strings) if count is None else count
    head = struct.pack("<HHI5I", 1, 28, start + len(body), n, 0, 0x100 if utf8 else 0, start, 0)
    return head + struct.pack(f"<{len(offsets)}I", *offsets) + bytes(body)


def _len8(n: int) -> bytes:
    return bytes([n]) if n < 0x80 else bytes([0x80 | n >> 8, n & 0xFF])


# ---- binary XML --------------------------------------------------------------------------------

Attr = str | int | bool | tuple[str, int] | None
Node = tuple  # (tag, {attribute: value}, child or text, ...)


def axml(
    root: Node, *, utf8: bool = False, stride: int = 20, gap: int = 0, magic: int = 3, ids: bool = True,
    dummy: bytes = b"", dummy_from: int = 0, hide_names: bool = False, size: int | None = None, count: int | None = None,
) -> bytes:  # fmt: skip
    """Binary XML. Attribute names with `android:` get their resource id (unless not `ids`);
    values: str, int, bool, or ("ref", id). `dummy` is put before each element but the first `dummy_from`."""
    named: list[str] = []
    strings: list[str] = []

    def collect(node: Node) -> None:
        for name in node[1]:
            if name.startswith("android:") and name[8:] not in named:
                named.append(name[8:])
        for child in node[2:]:
            if isinstance(child, tuple):
                collect(child)

    collect(root)
    strings = list(named)
    if hide_names:
        strings = [""] * len(named)

    def index(s: str) -> int:
        if s in strings[len(named) :]:
            return strings.index(s, len(named))
        strings.append(s)
        return len(strings) - 1

    out = bytearray()
    seen: list[str] = []

    def node_header(kind: int, body: bytes) -> bytes:
        return struct.pack("<HHIIi", kind, 16, 16 + len(body), 1, -1) + body

    def value(v: Attr) -> tuple[int, int, int]:
        if isinstance(v, bool):
            return -1, 0x12, -1 if v else 0
        if isinstance(v, int):
            return -1, 0x10, v
        if isinstance(v, tuple):
            return -1, 0x01, v[1]
        if v is None:
            return -1, 0, 0
        i = index(v)
        return i, 3, i

    def emit(node: Node) -> None:
        tag, attrs = node[0], node[1]
        body = bytearray()
        for name, v in attrs.items():
            android = name.startswith("android:")
            ns = index(ANDROID) if android else -1
            local = named.index(name[8:]) if android else index(name)
            raw, kind, data = value(v)
            body += struct.pack("<iiiHBBi", ns, local, raw, 8, 0, kind, data) + bytes(stride - 20)
        n = len(attrs) if count is None else count
        head = struct.pack("<iiHHHHHH", -1, index(tag), 20 + gap, stride, n, 0, 0, 0)
        seen.append(tag)
        out.extend(dummy if len(seen) > dummy_from else b"")
        out.extend(node_header(0x102, head + bytes(gap) + bytes(body)))
        for child in node[2:]:
            if isinstance(child, tuple):
                emit(child)
            else:
                out.extend(node_header(0x104, struct.pack("<iHBBi", index(child), 8, 0, 3, 0)))
        out.extend(node_header(0x103, struct.pack("<ii", -1, index(tag))))

    emit(root)
    table = b""
    if ids and named:
        table = struct.pack("<HHI", 0x180, 8, 8 + 4 * len(named)) + struct.pack(
            f"<{len(named)}I", *(IDS.get(n, 0x0101FFFF) for n in named)
        )
    body = pool(strings, utf8=utf8) + table + bytes(out)
    total = 8 + len(body) if size is None else size
    return struct.pack("<HHI", magic, 8, total) + body


# ---- resource table ----------------------------------------------------------------------------


def config(locale: str = "", density: int = 0) -> bytes:
    """A 64-byte configuration for "", "zh", "zh-CN", "zh-Hans"."""
    raw = bytearray(64)
    struct.pack_into("<I", raw, 0, 64)
    language, _, rest = locale.partition("-")
    raw[8 : 8 + len(language)] = language.encode()
    if len(rest) == 4:
        raw[36:40] = rest.encode()
    else:
        raw[10 : 10 + len(rest)] = rest.encode()
    struct.pack_into("<H", raw, 14, density)
    return bytes(raw)


def arsc(
    entries: Mapping[tuple[int, int], Mapping[bytes, str | tuple[str, int]]], *, utf8: bool = True,
    types: Sequence[str] = ("string", "xml"), form: str = "dense",
) -> bytes:  # fmt: skip
    """A table with package 0x7f. `entries`: (type id, entry id) → configuration → text or
    ("ref", id). `form`: dense, sparse, offset16 or compact."""
    strings: list[str] = []
    chunks = bytearray()
    keys = [f"key{i}" for i in range(max((e for _, e in entries), default=0) + 1)]
    for type_id in sorted({t for t, _ in entries}):
        for conf in dict.fromkeys(c for (t, _), v in entries.items() if t == type_id for c in v):
            rows: dict[int, bytes] = {}
            for (t, e), values in entries.items():
                if t == type_id and conf in values:
                    v = values[conf]
                    if isinstance(v, str):
                        strings.append(v)
                        kind, data = 3, len(strings) - 1
                    else:
                        kind, data = 1, v[1]
                    if form == "compact":
                        rows[e] = struct.pack("<HHI", e, kind << 8 | 8, data)
                    else:
                        rows[e] = struct.pack("<HHIHBBI", 8, 0, e, 8, 0, kind, data)
            n = max(rows) + 1
            body, at = bytearray(), {}
            for e, raw in rows.items():
                at[e] = len(body)
                body += raw
            if form == "sparse":
                table = b"".join(struct.pack("<HH", e, o // 4) for e, o in at.items())
                n, flags = len(at), 1
            elif form == "offset16":
                table = b"".join(struct.pack("<H", at[e] // 4 if e in at else 0xFFFF) for e in range(n))
                table += bytes(-len(table) % 4)
                flags = 2
            else:
                table = b"".join(struct.pack("<I", at.get(e, 0xFFFFFFFF)) for e in range(n))
                flags = 0
            head = 20 + len(conf)
            chunks += struct.pack(
                "<HHIBBHII",
                0x201,
                head,
                head + len(table) + len(body),
                type_id,
                flags,
                0,
                n,
                head + len(table),
            )
            chunks += conf + table + body
    type_pool, key_pool = pool(types, utf8=utf8), pool(keys, utf8=utf8)
    head = 288
    package = struct.pack("<HHII", 0x200, head, head + len(type_pool) + len(key_pool) + len(chunks), 0x7F)
    package += bytes(256) + struct.pack("<5I", head, 0, head + len(type_pool), 0, 0)
    body = pool(strings, utf8=utf8) + package + type_pool + key_pool + bytes(chunks)
    return struct.pack("<HHII", 2, 12, 12 + len(body), 1) + body


# ---- ELF ---------------------------------------------------------------------------------------


def elf(
    needed: Sequence[str], imports: Sequence[str], exports: Sequence[str] = (), *, bits: int = 64
) -> bytes:
    """A shared library with a dynamic segment and no sections."""
    names = bytearray(b"\0")
    where: dict[str, int] = {}
    for n in (*needed, *imports, *exports):
        where[n] = len(names)
        names += n.encode() + b"\0"
    wide = bits == 64
    head, phdr = (64, 56) if wide else (52, 32)
    symbols = bytearray(24 if wide else 16)
    for i, n in enumerate((*imports, *exports)):
        index = 0 if i < len(imports) else 1
        symbols += (
            struct.pack("<IBBHQQ", where[n], 0x12, 0, index, 0, 0)
            if wide
            else struct.pack("<IIIBBH", where[n], 0, 0, 0x12, 0, index)
        )
    at = head + 2 * phdr
    sym, strings = at, at + len(symbols)
    dyn = strings + len(names) + (-(strings + len(names)) % 8)
    word = "<QQ" if wide else "<II"
    tags = [(1, where[n]) for n in needed] + [(6, sym), (5, strings), (10, len(names)), (0, 0)]
    dynamic = b"".join(struct.pack(word, *t) for t in tags)
    total = dyn + len(dynamic)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1, 1]) + bytes(9)
    if wide:
        out = ident + struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, head, 0, 0, head, phdr, 2, 0, 0, 0)
        out += struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, total, total, 4096)
        out += struct.pack("<IIQQQQQQ", 2, 6, dyn, dyn, dyn, len(dynamic), len(dynamic), 8)
    else:
        out = ident + struct.pack("<HHIIIIIHHHHHH", 3, 40, 1, 0, head, 0, 0, head, phdr, 2, 0, 0, 0)
        out += struct.pack("<IIIIIIII", 1, 0, 0, 0, total, total, 5, 4096)
        out += struct.pack("<IIIIIIII", 2, dyn, dyn, dyn, len(dynamic), len(dynamic), 6, 8)
    out += bytes(symbols) + bytes(names)
    return (out + bytes(dyn - len(out)) + dynamic).ljust(total, b"\0")


# ---- whole packages ----------------------------------------------------------------------------


def manifest(*application: Node, target: int | None = 30, **top: Attr) -> Node:
    """A manifest tree for package com.example.app."""
    sdk: dict[str, Attr] = {"android:minSdkVersion": 19}
    if target is not None:
        sdk["android:targetSdkVersion"] = target
    attrs: dict[str, Attr] = {
        "package": "com.example.app",
        "android:versionCode": 7,
        "android:versionName": "1.2",
        **top,
    }
    return ("manifest", attrs, ("uses-sdk", sdk), ("application", {"android:label": "样例"}, *application))


def apk(root: Node | None = None, extra: Sequence[File] = (), **options: object) -> bytes:
    """A small APK."""
    files = [
        File("AndroidManifest.xml", axml(root or manifest())),
        File("classes.dex", b"dex\n035\0" + bytes(104)),
    ]
    return zip_([*files, *extra], **options)  # type: ignore[arg-type]
