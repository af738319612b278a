"""A tiny DEX assembler for tests: classes with bodies as lists of instructions.

    build([Cls("La/B;", methods=[Mth("f", "()V", [("const-string", 0, "x"), ("return-void",)])])])

It writes what the format asks for and nothing more (no debug info, no annotations), so that
tests can bend single fields. Instruction forms: see `_encode`.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field

Ins = tuple


@dataclass
class Mth:
    """One method; `code` None = abstract or native."""

    name: str
    proto: str
    code: list[Ins] | None = None
    flags: int = 0x9
    virtual: bool = False


@dataclass
class Cls:
    """One class."""

    name: str
    methods: list[Mth] = field(default_factory=list)
    parent: str | None = "Ljava/lang/Object;"
    interfaces: tuple[str, ...] = ()
    flags: int = 1


def mutf8(text: str) -> bytes:
    """Modified UTF-8: NUL as C0 80, supplementary characters as two surrogates."""
    out = bytearray()
    units = struct.unpack(
        f"<{len(text.encode('utf-16-le', 'surrogatepass')) // 2}H", text.encode("utf-16-le", "surrogatepass")
    )
    for u in units:
        if 1 <= u <= 0x7F:
            out.append(u)
        elif u < 0x800:
            out += bytes((0xC0 | u >> 6, 0x80 | u & 0x3F))
        else:
            out += bytes((0xE0 | u >> 12, 0x80 | u >> 6 & 0x3F, 0x80 | u & 0x3F))
    return bytes(out)


def uleb(n: int) -> bytes:
    """ULEB128."""
    out = bytearray()
    while True:
        out.append(n & 0x7F | (0x80 if n > 0x7F else 0))
        n >>= 7
        if not n:
            return bytes(out)


def split(args: str) -> list[str]:
    """Descriptors of an argument list."""
    out, p = [], 0
    while p < len(args):
        q = p
        while args[q] == "[":
            q += 1
        q = args.index(";", q) if args[q] == "L" else q
        out.append(args[p : q + 1])
        p = q + 1
    return out


class _Tables:
    def __init__(self) -> None:
        self.strings: set[str] = set()
        self.types: set[str] = set()
        self.protos: set[str] = set()
        self.fields: set[tuple[str, str, str]] = set()
        self.methods: set[tuple[str, str, str]] = set()

    def type(self, t: str) -> None:
        self.types.add(t)
        self.strings.add(t)

    def proto(self, p: str) -> None:
        self.protos.add(p)
        args, ret = p[1:].split(")")
        for t in [*split(args), ret]:
            self.type(t)
        self.strings.add(shorty(p))

    def method(self, ref: str) -> tuple[str, str, str]:
        cls, rest = ref.split("->")
        name, proto = rest[: rest.index("(")], rest[rest.index("(") :]
        self.type(cls)
        self.strings.add(name)
        self.proto(proto)
        self.methods.add((cls, name, proto))
        return cls, name, proto

    def field(self, ref: str) -> tuple[str, str, str]:
        cls, rest = ref.split("->")
        name, kind = rest.split(":")
        self.type(cls)
        self.type(kind)
        self.strings.add(name)
        self.fields.add((cls, name, kind))
        return cls, name, kind


def shorty(proto: str) -> str:
    """Shorty descriptor."""
    args, ret = proto[1:].split(")")
    return "".join(("L" if t[0] in "L[" else t[0]) for t in [ret, *split(args)])


INVOKE = {
    "invoke-virtual": 0x6E, "invoke-super": 0x6F, "invoke-direct": 0x70, "invoke-static": 0x71, "invoke-interface": 0x72,
}  # fmt: skip
FIELDS = {"sget": 0x62, "iget": 0x54, "sput": 0x69, "iput": 0x5B}


class Builder:
    """Assembles; `offsets` of the parts are kept for tests that damage them."""

    def __init__(
        self, classes: list[Cls], version: bytes = b"035", extra_strings: tuple[str, ...] = ()
    ) -> None:
        self.classes, self.version = classes, version
        self.t = _Tables()
        self.t.strings.update(extra_strings)
        for c in classes:
            self.t.type(c.name)
            if c.parent:
                self.t.type(c.parent)
            for i in c.interfaces:
                self.t.type(i)
            for m in c.methods:
                self.t.method(f"{c.name}->{m.name}{m.proto}")
                for ins in m.code or ():
                    self._collect(ins)
        self.strings = sorted(self.t.strings, key=lambda s: s.encode("utf-16-be", "surrogatepass"))
        self.sid = {s: n for n, s in enumerate(self.strings)}
        self.types = sorted(self.t.types, key=self.sid.__getitem__)
        self.tid = {s: n for n, s in enumerate(self.types)}
        self.protos = sorted(
            self.t.protos,
            key=lambda p: (self.tid[p.split(")")[1]], [self.tid[a] for a in split(p[1:].split(")")[0])]),
        )
        self.pid = {p: n for n, p in enumerate(self.protos)}
        self.fields = sorted(self.t.fields, key=lambda f: (self.tid[f[0]], self.sid[f[1]], self.tid[f[2]]))
        self.fid = {f: n for n, f in enumerate(self.fields)}
        self.methods = sorted(self.t.methods, key=lambda m: (self.tid[m[0]], self.sid[m[1]], self.pid[m[2]]))
        self.mid = {m: n for n, m in enumerate(self.methods)}
        self.code_at: dict[str, int] = {}
        self.section: dict[str, int] = {}

    def _collect(self, ins: Ins) -> None:
        op = ins[0]
        if op.startswith("const-string"):
            self.t.strings.add(ins[2])
        elif op in INVOKE:
            self.t.method(ins[2])
        elif op == "new-instance":
            self.t.type(ins[2])
        elif op == "new-array":
            self.t.type(ins[3])
        elif op == "range":
            self.t.method(ins[3])
        elif op in FIELDS:
            self.t.field(ins[2])

    def _encode(self, ins: Ins) -> list[int]:
        op = ins[0]
        if op == "raw":
            return list(ins[1])
        if op == "return-void":
            return [0x0E]
        if op == "return":
            return [0x0F | ins[1] << 8]
        if op == "move-result":
            return [0x0C | ins[1] << 8]
        if op == "move":
            return [0x07 | ins[1] << 8 | ins[2] << 12]
        if op == "const/4":
            return [0x12 | (ins[1] & 0xF) << 8 | (ins[2] & 0xF) << 12]
        if op == "const/16":
            return [0x13 | ins[1] << 8, ins[2] & 0xFFFF]
        if op == "const-string":
            return [0x1A | ins[1] << 8, self.sid[ins[2]]]
        if op == "const-string/jumbo":
            return [0x1B | ins[1] << 8, self.sid[ins[2]] & 0xFFFF, self.sid[ins[2]] >> 16]
        if op == "new-array":
            return [0x23 | ins[1] << 8 | ins[2] << 12, self.tid[ins[3]]]
        if op == "range":  # invoke-interface/range: first register, count
            cls, rest = ins[3].split("->")
            name, proto = rest[: rest.index("(")], rest[rest.index("(") :]
            return [0x78 | ins[2] << 8, self.mid[cls, name, proto], ins[1]]
        if op == "new-instance":
            return [0x22 | ins[1] << 8, self.tid[ins[2]]]
        if op in FIELDS:
            cls, rest = ins[2].split("->")
            name, kind = rest.split(":")
            return [FIELDS[op] | ins[1] << 8, self.fid[cls, name, kind]]
        cls, rest = ins[2].split("->")
        name, proto = rest[: rest.index("(")], rest[rest.index("(") :]
        regs = [*ins[1], 0, 0, 0, 0, 0][:5]
        word = regs[0] | regs[1] << 4 | regs[2] << 8 | regs[3] << 12
        return [INVOKE[op] | regs[4] << 8 | len(ins[1]) << 12, self.mid[cls, name, proto], word]

    def build(self) -> bytes:
        """The file, with checksum and signature."""
        n = {
            "string": len(self.strings), "type": len(self.types), "proto": len(self.protos),
            "field": len(self.fields), "method": len(self.methods), "class": len(self.classes),
        }  # fmt: skip
        size = {"string": 4, "type": 4, "proto": 12, "field": 8, "method": 8, "class": 32}
        at = 0x70
        for k, width in size.items():
            self.section[k] = at if n[k] else 0
            at += n[k] * width
        data_at, data = at, bytearray()

        def put(blob: bytes, align: int = 1) -> int:
            while (data_at + len(data)) % align:
                data.append(0)
            here = data_at + len(data)
            data.extend(blob)
            return here

        def type_list(types: list[str]) -> int:
            return (
                put(struct.pack(f"<I{len(types)}H", len(types), *(self.tid[t] for t in types)), 4)
                if types
                else 0
            )

        codes = {}
        for c in self.classes:
            for m in c.methods:
                if m.code is not None:
                    units = [u for ins in m.code for u in self._encode(ins)]
                    args = split(m.proto[1:].split(")")[0])
                    ins = max(1, sum(2 if a in "JD" else 1 for a in args) + (not m.flags & 8))
                    blob = struct.pack(f"<HHHHII{len(units)}H", 16, ins, 5, 0, 0, len(units), *units)
                    codes[c.name, m.name, m.proto] = self.code_at[f"{c.name}->{m.name}{m.proto}"] = put(
                        blob, 4
                    )
        proto_args = [type_list(split(p[1:].split(")")[0])) for p in self.protos]
        interfaces = [type_list(list(c.interfaces)) for c in self.classes]
        string_at = [
            put(uleb(len(s.encode("utf-16-le", "surrogatepass")) // 2) + mutf8(s) + b"\0")
            for s in self.strings
        ]
        class_data = []
        for c in self.classes:
            lists = [[m for m in c.methods if m.virtual == v] for v in (False, True)]
            blob = uleb(0) * 2 + uleb(len(lists[0])) + uleb(len(lists[1]))
            for members in lists:
                last = 0
                for m in sorted(members, key=lambda m: self.mid[c.name, m.name, m.proto]):
                    this = self.mid[c.name, m.name, m.proto]
                    blob += uleb(this - last) + uleb(m.flags) + uleb(codes.get((c.name, m.name, m.proto), 0))
                    last = this
            class_data.append(put(blob) if c.methods else 0)
        body = b"".join(struct.pack("<I", a) for a in string_at)
        body += b"".join(struct.pack("<I", self.sid[t]) for t in self.types)
        body += b"".join(
            struct.pack("<III", self.sid[shorty(p)], self.tid[p.split(")")[1]], a)
            for p, a in zip(self.protos, proto_args, strict=True)
        )
        body += b"".join(
            struct.pack("<HHI", self.tid[f[0]], self.tid[f[2]], self.sid[f[1]]) for f in self.fields
        )
        body += b"".join(
            struct.pack("<HHI", self.tid[m[0]], self.pid[m[2]], self.sid[m[1]]) for m in self.methods
        )
        for c, i, d in zip(self.classes, interfaces, class_data, strict=True):
            parent = self.tid[c.parent] if c.parent else 0xFFFFFFFF
            body += struct.pack("<8I", self.tid[c.name], c.flags, parent, i, 0xFFFFFFFF, 0, d, 0)
        total = 0x70 + len(body) + len(data)
        counts = b"".join(struct.pack("<II", n[k], self.section[k]) for k in size)
        tail = (
            struct.pack("<IIIIII", total, 0x70, 0x12345678, 0, 0, 0)
            + counts
            + struct.pack("<II", len(data), data_at)
        )
        rest = tail + body + bytes(data)
        signed = hashlib.sha1(rest).digest() + rest
        return b"dex\n" + self.version + b"\0" + struct.pack("<I", zlib.adler32(signed)) + signed


def build(classes: list[Cls], version: bytes = b"035", extra_strings: tuple[str, ...] = ()) -> bytes:
    """Assemble in one call."""
    return Builder(classes, version, extra_strings).build()
