"""Bodies of class files: written by hand, by javac, by vendors, and damaged."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.package import classfile
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.body.analysis import constant, reachable, sources
from mingcha.extract.package.body.decode import decode
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.columns import CLASS, FIELD, INVOKE, NEW, STRING, Code
from mingcha.extract.package.dex import tables
from tests.extract.package.body.classbuild import build
from tests.inputs import every, fetch

SAMPLES = Path(__file__).parents[4] / "samples"
OPS = {
    INVOKE: {"invoke"},
    STRING: {"string"},
    FIELD: {"get", "put", "sget", "sput"},
    NEW: {"new"},
    CLASS: {"class"},
}


def body(code: bytes, **options: object) -> Body:
    found = decode(classfile.read("t.jar", [("T.class", build(code, **options))]), 0)  # type: ignore[arg-type]
    assert found is not None
    return found


def ops(b: Body) -> list[str]:
    return [i.op for i in b.insns]


def test_a_call_with_wide_arguments_and_its_result() -> None:
    # lload_0; iconst_2; invokestatic f(JI)J; lstore_3; return
    b = body(bytes([0x1E, 0x05, 0xB8, 0, 12, 0x42, 0xB1]), descriptor="(J)V")
    assert ops(b) == ["move", "const", "invoke", "result", "move", "return"]
    call = b.insns[2]
    assert b.params == (0,)
    assert call.src == (8, 10) and call.static and not call.virtual
    assert b.code.method(call.ref) == "Lp/U;->f(JI)J"
    assert constant(b, 2, 10) == 2
    assert sources(b, 2, 8) == (0,) and sources(b, 0, 0) == (-1,)
    assert b.insns[4].dst == 3 and sources(b, 5, 3) == (4,)
    assert not b.cut


def test_the_receiver_of_a_constructor_is_what_stays() -> None:
    # new p/U; dup; invokespecial <init>; astore_0; return
    b = body(bytes([0xBB, 0, 10, 0x59, 0xB7, 0, 13, 0x4B, 0xB1]))
    made, call, kept = b.insns[0], b.insns[2], b.insns[3]
    assert made.op == "new" and b.code.type(made.ref) == "Lp/U;"
    assert call.src == (made.dst,) and kept.src == (made.dst,) and not call.virtual


def test_numbers_of_the_pool_are_their_bits() -> None:
    # ldc 70000; ldc 15.0f; ldc2_w 2.5; dconst_1; fconst_2; return
    b = body(bytes([0x12, 18, 0x12, 21, 0x14, 0, 19, 0x0F, 0x0D, 0xB1]))
    bits = struct.unpack(">iqqi", struct.pack(">fddf", 15, 2.5, 1, 2))
    assert [i.value for i in b.insns if i.op == "const"] == [70000, *bits]
    assert [i.dst for i in b.insns[:5]] == [8, 9, 10, 12, 14]


def test_copies_below_others() -> None:
    # iconst_1; iconst_2; dup_x1 (2 1 2); swap (2 2 1); iconst_3; dup2_x2 (1 3 2 2 1 3): five of them asked for
    b = body(bytes([0x04, 0x05, 0x5A, 0x5F, 0x06, 0x5E, 0xB1]))
    end = len(b.insns) - 1
    assert [constant(b, end, 8 + k) for k in range(6)] == [1, 3, 2, 2, 1, 3]
    assert {b.insns[i].pos for i in range(2, 5)} == {2}
    assert b.insns[b.index(3)].pos == 3 and b.index(1000) == -1


def test_branches_handlers_and_a_loop_entered_at_its_end() -> None:
    # 0 goto 6; 3 iinc 0,1; 6 iload_0; 7 bipush 9; 9 if_icmplt 3; 12 return; 13 astore_1 (handler of 3..9); 14 return
    b = body(
        bytes([0xA7, 0, 6, 0x84, 0, 1, 0x1A, 0x10, 9, 0xA1, 0xFF, 0xFA, 0xB1, 0x4C, 0xB1]),
        tries=((3, 9, 13),),
        descriptor="(I)V",
    )
    at = {k: b.index(k) for k in (0, 3, 6, 7, 9, 12, 13)}
    assert b.succ[at[0]] == (at[6],)
    assert b.succ[at[9]] == (at[12], at[3]) and b.insns[at[9]].value == 2
    caught = at[13] - 1
    assert b.insns[caught].op == "exception" and b.insns[at[13]].src == (b.insns[caught].dst,)
    assert [i for i, h in enumerate(b.handlers) if h == (caught,)] == [at[3], at[6], at[7]]
    assert b.insns[at[3]].operator == 0 and b.insns[at[3]].value == 1
    assert sources(b, at[6], 0) == (-1, at[3])
    assert at[3] not in reachable(b, lambda i: (at[12],) if i == at[9] else None)
    assert caught in reachable(
        b, lambda i: (at[12],) if i == at[9] else None
    )  # thrown by what runs before it


def test_switches_and_where_the_rest_goes() -> None:
    # iconst_2; tableswitch default 24, 5..6 -> 25, 26; returns
    table = bytes([0x05, 0xAA, 0, 0]) + struct.pack(">iiiii", 23, 5, 6, 24, 25) + bytes([0xB1] * 3)
    b = body(table)
    switch = b.insns[1]
    assert switch.keys == (5, 6) and switch.targets == (b.index(25), b.index(26), b.index(24))
    look = bytes([0x05, 0xAB, 0, 0]) + struct.pack(">iiii", 19, 1, -7, 20) + bytes([0xB1] * 2)
    switch = body(look).insns[1]
    assert switch.keys == (-7,) and len(switch.targets) == 2


def test_a_subroutine_comes_back_to_where_it_was_entered() -> None:
    # 0 jsr 7; 3 iconst_1; 4 istore_1; 5 return; 6 nop; 7 astore_0; 8 ret 0
    b = body(bytes([0xA8, 0, 7, 0x04, 0x3C, 0xB1, 0x00, 0x4B, 0xA9, 0]))
    assert not b.cut
    assert b.succ[b.index(8)] == (b.index(3),)
    assert b.index(3) in reachable(b, lambda i: None)
    unreached = next(i for i, insn in enumerate(b.insns) if insn.pos == 6)
    assert unreached not in reachable(b, lambda i: None) and b.index(6) == -1


@pytest.mark.parametrize(
    "code",
    [
        bytes([0x60, 0xB1]),  # iadd on nothing
        bytes([0x04, 0xA7, 0xFF, 0xFF, 0xB1]),  # a loop that pushes
        bytes([0x15, 200, 0xB1]),  # a local that is not there
        bytes([0xA7, 0x10, 0, 0xB1]),  # past the end
        bytes([0xAA, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF]),
        bytes([0xFE]),
        bytes([0xB8, 0, 12]),  # arguments that are not there
        bytes([0x04] * 20),
    ],
)
def test_what_does_not_fit_is_cut_and_said(code: bytes) -> None:
    assert body(code).cut


def test_handlers_beyond_measure_are_cut_and_said() -> None:
    b = body(bytes([0x00] * 50 + [0xB1, 0x4C, 0xB1]), tries=tuple((k, 50, 51) for k in range(10)))
    assert not b.cut and max(map(len, b.handlers)) == 1  # one handler, told ten times
    many = bytes([0x00] * 50 + [0xB1] + [0x57, 0xB1] * 60)
    b = body(many, tries=tuple((0, 50, 51 + 2 * (k % 60)) for k in range(60)))
    assert b.cut and sum(map(len, b.handlers)) <= 12 * len(b.insns)


def check(code: Code) -> int:
    seen = 0
    for d in range(len(code.def_method)):
        found = decode(code, d)
        if found is None:
            continue
        assert not found.cut or len(found.insns) >= 20_000, code.definition(d)
        assert len(found.insns) == len(found.succ) == len(found.handlers)
        assert [i.op for i in found.insns] == found.ops and [i.dst for i in found.insns] == found.dsts
        for e in range(*code.body(d)):
            kind, i = int(code.event_kind[e]), found.index(int(code.event_pos[e]))
            if kind in OPS and i >= 0:
                assert found.insns[i].op in OPS[kind]
                assert found.insns[i].ref == int(code.event_operand[e])
                seen += 1
        for i, insn in enumerate(found.insns):
            assert all(0 <= t < len(found.insns) for t in (*insn.targets, *found.succ[i], *found.handlers[i]))
            assert all(0 <= r < found.registers for r in insn.src) and insn.dst < found.registers
    return seen


def jar(path: Path) -> Code:
    with Archive.open(path) as outer:
        inner = outer.read("classes.jar")
        if inner is None:
            return classfile.read(
                path.name, [(n, bytes(outer.read(n) or b"")) for n in outer.names(suffix=".class")]
            )
        with Archive(bytes(inner), "classes.jar") as archive:
            names = list(archive.names(suffix=".class"))
            return classfile.read(path.name, [(n, bytes(archive.read(n) or b"")) for n in names])


@pytest.mark.parametrize("name", ["sample-sdk.jar", "sample-sdk.aar"])
def test_every_event_is_an_instruction_of_its_kind(name: str) -> None:
    assert check(jar(SAMPLES / "sdk" / name)) > 10


@pytest.mark.real
def test_every_event_of_real_archives_is_an_instruction_of_its_kind() -> None:
    paths = sorted((p for p in every("sdk") if p.suffix in (".jar", ".aar")), key=lambda p: p.stat().st_size)
    assert sum(check(jar(p)) for p in paths[:60:3]) > 1000


def test_calls_and_their_constants_as_in_dex(tmp_path: Path) -> None:
    """javac and d8 see the same source: each call has the same arguments where they are constants."""
    from samples import build as samples

    if samples.missing():
        pytest.skip(", ".join(samples.missing()))
    if not all(fetch.cached(row).exists() for row in fetch.rows(SAMPLES / "inputs.csv")):
        pytest.skip("the build tools of the samples are not fetched")
    made = samples.Build(tmp_path, tmp_path)
    classes = made.classes(SAMPLES / "sdk/src", SAMPLES / "violator/src")
    dex = tables.read("classes.dex", made.dex(classes, 26))
    own = classfile.read("classes", [(p.name, p.read_bytes()) for p in sorted(classes.rglob("*.class"))])
    theirs, ours = calls(dex), calls(own)
    both = theirs.keys() & ours.keys()
    assert len(both) > 150
    same = known = 0
    for name in both:
        if [c for c, _ in theirs[name]] != [c for c, _ in ours[name]]:
            continue  # d8 inlines or drops calls
        for (_, a), (_, b) in zip(theirs[name], ours[name], strict=True):
            for x, y in zip(a, b, strict=True):
                known += x is not None
                same += x is not None and x == y
    assert known > 100
    assert same == known


def calls(code: Code) -> dict[str, list[tuple[str, list[int | str | None]]]]:
    out = {}
    for d in range(len(code.def_method)):
        found = decode(code, d)
        if found is not None:
            out[code.definition(d)] = [
                (code.method(i.ref), [constant(found, k, r) for r in i.src])
                for k, i in enumerate(found.insns) if i.op == "invoke" and i.ref >= 0
            ]  # fmt: skip
    return out


SOURCE = """
public class R {
    static int fib(int n) { int a = 0, b = 1; while (n-- > 0) { int t = a + b; a = b; b = t; } return a; }
    static int sw(int n) { switch (n) { case 1: return 7; case 2: n += 3; case 3: n ^= 5; break; case 900: n = -n; default: n <<= 2; } return n; }
    static int look(int n) { switch (n) { case -5: return 1; case 100000: return 2; } return n % 7; }
    static int post(int n) { int[] a = new int[1]; int x = n++ + ++n; return x - n--; }
    static int tern(int n) { return (n > 3 ? n * 2 : n - 1) + (n % 2 == 0 ? 10 : 20); }
    static int nest(int n) { int s = 0; outer: for (int i = 0; i < n; i++) for (int j = 0; ; j++) { if (j > i) continue outer; if (s > 200) break outer; s += i ^ j; } return s; }
    static int wide(int n) { long x = n; x = x * 3 - (x >> 1); x += x++ + 5; return (int) (x & 0xffff); }
}
"""


def test_decoded_methods_compute_what_java_computes(tmp_path: Path) -> None:
    if not shutil.which("javac"):
        pytest.skip("javac is not installed")
    (tmp_path / "R.java").write_text(SOURCE)
    subprocess.run(
        ["javac", "--release", "8", "-nowarn", "-d", tmp_path, tmp_path / "R.java"],
        check=True,
        capture_output=True,
    )
    code = classfile.read("r", [("R", (tmp_path / "R.class").read_bytes())])

    def fib(n: int) -> int:
        a, b = 0, 1
        for _ in range(n):
            a, b = b, a + b
        return a

    def sw(n: int) -> int:
        if n == 1:
            return 7
        if n in (2, 3):
            return (n + 3 if n == 2 else n) ^ 5
        return (-n if n == 900 else n) << 2

    def nest(n: int) -> int:
        s = 0
        for i in range(n):
            for j in range(i + 1):
                if s > 200:
                    return s
                s += i ^ j
            if s > 200 and i + 1 < n:
                return s
        return s

    def wide(n: int) -> int:
        x = n * 3 - (n >> 1)
        return (x + x + 5) & 0xFFFF

    expected = {
        "fib": fib, "sw": sw, "nest": nest, "wide": wide, "tern": lambda n: (n * 2 if n > 3 else n - 1) + (10 if n % 2 == 0 else 20),
        "look": lambda n: {-5: 1, 100000: 2}.get(n, n % 7), "post": lambda n: n + n + 2 - (n + 2),
    }  # fmt: skip
    ran = 0
    for d in range(len(code.def_method)):
        name = code.name_of(d)
        if name in expected:
            found = decode(code, d)
            assert found is not None and not found.cut
            for n in (0, 1, 2, 3, 4, 9, 20, 900, 100000 if name == "look" else 17):
                if name == "fib" and n > 40:
                    continue
                assert run(found, n) == expected[name](n), (name, n)
                ran += 1
    assert ran > 50


def run(b: Body, n: int) -> int | None:
    """A small machine for the form of bodies."""
    r: dict[int, int | None] = dict(zip(b.params, [n], strict=True))
    i = 0
    binary = {
        0: lambda x, y: x + y, 1: lambda x, y: x - y, 2: lambda x, y: x * y, 4: lambda x, y: x % y, 5: lambda x, y: x & y,
        6: lambda x, y: x | y, 7: lambda x, y: x ^ y, 8: lambda x, y: x << y, 9: lambda x, y: x >> y,
    }  # fmt: skip
    for _ in range(100_000):
        insn, to = b.insns[i], b.succ[i][0] if b.succ[i] else -1
        v = [r.get(s) for s in insn.src]
        if insn.op == "const":
            r[insn.dst] = insn.value
        elif insn.op == "move":
            r[insn.dst] = v[0]
        elif insn.op == "arith":
            if insn.operator == 20:
                r[insn.dst] = -v[0] if _negates(b, insn.pos) else v[0]  # type: ignore[operator]
            else:
                r[insn.dst] = binary[insn.operator](v[0], v[1] if insn.value is None else insn.value)
        elif insn.op == "cmp":
            r[insn.dst] = (v[0] > v[1]) - (v[0] < v[1])  # type: ignore[operator]
        elif insn.op == "if":
            x, y = v[0], v[1] if len(v) > 1 else 0
            if [x == y, x != y, x < y, x >= y, x > y, x <= y][insn.value or 0]:  # type: ignore[operator]
                to = insn.targets[0]
        elif insn.op == "switch":
            to = dict(zip(insn.keys, insn.targets, strict=False)).get(v[0], insn.targets[-1])
        elif insn.op == "return":
            return v[0]
        i = to
    raise AssertionError("no end")


def _negates(b: Body, pos: int) -> bool:
    return b.code.bodies.code[b.definition][pos] in (0x74, 0x75)  # type: ignore[attr-defined]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=80),
    st.integers(0, 6),
    st.integers(0, 6),
    st.lists(st.tuples(*[st.integers(0, 90)] * 3), max_size=4),
)
def test_any_bytes_are_decoded_without_an_error(
    code: bytes, stack: int, locals_: int, tries: list[tuple[int, int, int]]
) -> None:
    read = classfile.read(
        "t.jar", [("T.class", build(code, stack=stack, locals_=locals_, tries=tuple(tries)))]
    )
    survey(read)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_damaged_class_files_are_decoded_without_an_error(seed: int, hits: int) -> None:
    rng = random.Random(seed)
    with Archive.open(SAMPLES / "sdk/sample-sdk.jar") as archive:
        files = [(n, bytearray(archive.read(n) or b"")) for n in archive.names(suffix=".class")]
    for _, data in files:
        for _ in range(hits):
            data[rng.randrange(10, len(data))] = rng.randrange(256)
    survey(classfile.read("x.jar", [(n, bytes(d)) for n, d in files]))


def survey(code: Code) -> None:
    for d in range(len(code.def_method)):
        found = decode(code, d)
        if found is None:
            continue
        assert len(found.insns) == len(found.succ) == len(found.handlers)
        assert [i.op for i in found.insns] == found.ops and [i.dst for i in found.insns] == found.dsts
        for i, insn in enumerate(found.insns):
            assert all(0 <= t < len(found.insns) for t in (*insn.targets, *found.succ[i], *found.handlers[i]))
            assert all(0 <= r < found.registers for r in insn.src) and insn.dst < found.registers
            for r in insn.src:
                constant(found, i, r)
        reachable(found, lambda i: None)
