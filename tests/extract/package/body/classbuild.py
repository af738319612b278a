"""Class files from bytes of instructions, for what compilers no longer write."""

from __future__ import annotations

import struct


def build(code: bytes, *, descriptor: str = "()V", stack: int = 8, locals_: int = 8, tries: tuple = ()) -> bytes:
    """Class `p/T` with one static method `m`. Entry 10 of its pool is the class `p/U`, 12 the method
    `p/U.f(JI)J`, 13 the constructor of `p/U`, 18 the integer 70000, 19 the double 2.5, 21 the float 15.0."""
    pool = [
        _text("p/T"), b"\x07" + _u2(1), _text("java/lang/Object"), b"\x07" + _u2(3), _text("m"), _text(descriptor),
        _text("Code"), _text("x"), _text("p/U"), b"\x07" + _u2(9), b"\x0c" + _u2(14, 15), b"\x0a" + _u2(10, 11),
        b"\x0a" + _u2(10, 16), _text("f"), _text("(JI)J"), b"\x0c" + _u2(17, 22), _text("<init>"),
        b"\x03" + struct.pack(">i", 70000), b"\x06" + struct.pack(">d", 2.5), b"", b"\x04" + struct.pack(">f", 15), _text("()V"),
    ]  # fmt: skip
    table = b"".join(struct.pack(">HHHH", *t, 0) for t in tries)
    body = struct.pack(">HHI", stack, locals_, len(code)) + code + _u2(len(tries)) + table + _u2(0)
    method = _u2(9, 5, 6, 1, 7) + struct.pack(">I", len(body)) + body
    head = b"\xca\xfe\xba\xbe" + _u2(0, 49, len(pool) + 1) + b"".join(pool)
    return head + _u2(1, 2, 4, 0, 0, 1) + method + _u2(0)


def _u2(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def _text(value: str) -> bytes:
    raw = value.encode()
    return b"\x01" + _u2(len(raw)) + raw
