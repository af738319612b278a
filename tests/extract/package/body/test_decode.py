"""Decoded bodies agree with the columns, with androguard, and with what was written by hand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.package.archive import Archive
from mingcha.extract.package.body.analysis import constant, reachable, sources
from mingcha.extract.package.body.decode import decode
from mingcha.extract.package.body.form import Body
from mingcha.extract.package.columns import CLASS, FIELD, INVOKE, NEW, STRING, Code
from mingcha.extract.package.dex import tables
from mingcha.extract.package.dex.statics import stated
from tests.extract.package.dexbuild import Cls, Mth, build
from tests.inputs import real

VOID = ("return-void",)
SAMPLES = Path(__file__).parents[4] / "samples"
OPS = {INVOKE: {"invoke"}, STRING: {"string"}, FIELD: {"get", "put", "sget", "sput"}, NEW: {"new"}, CLASS: {"class"}}


def containers(path: Path) -> list[Code]:
    with Archive.open(path) as archive:
        names = list(archive.names(prefix="classes", suffix=".dex"))
        return [tables.read(n, bytes(archive.read(n) or b"")) for n in names]


def body(*code: tuple) -> Body:
    found = decode(tables.read("c", build([Cls("La/A;", [Mth("f", "()V", [*code, VOID])])])), 0)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["violator/violator.apk", "clean/clean.apk"])
def test_every_event_is_an_instruction_of_its_kind(name: str) -> None:
    check(containers(SAMPLES / name))


@pytest.mark.real
@pytest.mark.parametrize("name", ["load.apk", "io.appium.settings@8.0.10"])
def test_every_event_of_real_packages_is_an_instruction_of_its_kind(name: str) -> None:
    check(containers(real(name)), step=11)


def check(codes: list[Code], step: int = 1) -> None:
    seen = 0
    for code in codes:
        for d in range(0, len(code.def_method), step):
            found = decode(code, d)
            if found is None:
                continue
            assert not found.cut, code.definition(d)
            assert len([i for i in found.insns if i.op != "nop"]) <= int(code.def_size[d])
            for e in range(*code.body(d)):
                kind = int(code.event_kind[e])
                if kind in OPS:
                    insn = found.insns[found.index(int(code.event_pos[e]))]
                    assert insn.op in OPS[kind]
                    assert insn.ref == int(code.event_operand[e])
                    seen += 1
            assert [i.op for i in found.insns] == found.ops and [i.dst for i in found.insns] == found.dsts
            assert [i.pos for i in found.insns] == found.positions
            for i, insn in enumerate(found.insns):
                assert all(0 <= t < len(found.insns) for t in (*insn.targets, *found.succ[i], *found.handlers[i]))
                assert all(0 <= r < found.registers for r in insn.src)
    assert seen > 50


@pytest.mark.real
def test_instructions_and_branches_equal_androguard() -> None:
    from androguard.core.dex import DEX
    from loguru import logger

    logger.remove()
    with Archive.open(real("InsecureBankv2.apk")) as archive:
        data = bytes(archive.read("classes.dex") or b"")
    code = tables.read("classes.dex", data)
    theirs = {}
    for m in DEX(data).get_encoded_methods():
        if m.get_code() is not None:
            at, rows = 0, []
            for i in m.get_instructions():
                rows.append((at, i))
                at += i.get_length() // 2
            theirs[f"{m.get_class_name()}->{m.get_name()}{m.get_descriptor().replace(' ', '')}"] = rows
    branches = 0
    for d in range(0, len(code.def_method), 7):
        found = decode(code, d)
        if found is None:
            continue
        rows = theirs[code.definition(d)]
        first = found.insns[0].pos
        assert [i.pos - first for i in found.insns] == [at for at, _ in rows]
        for insn, (at, other) in zip(found.insns, rows, strict=True):
            if other.get_name().startswith(("if-", "goto")):
                branches += 1
                assert found.insns[insn.targets[0]].pos - first == at + other.get_ref_off()
    assert branches > 500


def test_constants_through_moves_and_branches() -> None:
    b = body(
        ("const/4", 1, 5),
        ("raw", [0x1201 | 0 << 8]),  # move v2, v1: 12x
        ("const-string", 3, "key"),
        ("raw", [0x0038 | 4 << 8, 4]),  # if-eqz v4, +4
        ("const/4", 1, 6),
        ("const/4", 5, 1),
        ("const/4", 6, 0),
    )
    end = len(b.insns) - 1
    assert constant(b, end, 2) == 5
    assert constant(b, end, 3) == "key"
    assert constant(b, end, 1) is None  # 5 or 6
    assert sources(b, end, 1) == (0, 4)
    assert constant(b, end, 9) is None
    assert sources(b, 0, 15) == (-1,) or b.params != (15,)
    whole = reachable(b, lambda i: None)
    assert whole == set(range(len(b.insns)))
    assert 4 not in reachable(b, lambda i: b.insns[i].targets)


def test_what_a_class_states_of_its_static_fields() -> None:
    (code,) = containers(SAMPLES / "startup/built/106-guard-key-field.apk")
    keys = next(c for c in range(len(code.class_type)) if code.class_name(c).endswith("/Keys;"))
    assert stated(code, keys, "AGREED") == "privacy_agreed"
    assert stated(code, keys, "no such field") is None
    assert stated(code, 10**6, "AGREED") is None


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_damaged_bodies_never_raise(seed: int, hits: int) -> None:
    rng = random.Random(seed)
    code = [
        ("const-string", 0, "x"), ("raw", [0x0038, 2]), ("raw", [0x002B, 3, 0]), ("invoke-static", [0], "La/A;->f()V"),
        ("raw", [0x0100, 1, 0, 0, 1, 0]), ("const/4", 1, 1), VOID,
    ]  # fmt: skip
    data = bytearray(build([Cls("La/A;", [Mth(f"m{k}", "()V", code) for k in range(6)])]))
    for _ in range(hits):
        data[rng.randrange(0x70, len(data))] = rng.randrange(256)
    data[:8] = b"dex\n035\0"
    read = tables.read("c", bytes(data))
    for d in range(len(read.def_method)):
        found = decode(read, d)
        if found is None:
            continue
        assert len(found.insns) == len(found.succ) == len(found.handlers)
        assert [i.op for i in found.insns] == found.ops and [i.dst for i in found.insns] == found.dsts
        for i, insn in enumerate(found.insns):
            assert all(0 <= t < len(found.insns) for t in (*insn.targets, *found.succ[i], *found.handlers[i]))
            for r in insn.src:
                constant(found, i, r)
        reachable(found, lambda i: None)
