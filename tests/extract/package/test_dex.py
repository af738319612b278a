"""DEX tables and the sweep: what the format asks for, and what hostile files do to it."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.package.columns import CUSTOM, FIELD, INVOKE, NEW, STRING, Code, decode
from mingcha.extract.package.dex import opcodes, tables
from mingcha.extract.package.dex.sweep import disjoint, sweep
from tests.extract.package.dexbuild import Builder, Cls, Mth, build, mutf8

VOID = ("return-void",)


def body(*code: tuple, name: str = "f") -> list[Cls]:
    return [Cls("La/A;", [Mth(name, "()V", [*code, VOID])])]


def events(code: Code, kind: int) -> list[int]:
    return code.event_operand[code.event_kind == kind].tolist()


def test_tables_definitions_and_edges_of_a_small_file() -> None:
    code = tables.read(
        "classes.dex",
        build(
            [
                Cls("La/A;", [
                    Mth("<init>", "()V", [VOID], flags=0x10001),
                    Mth("run", "()V", [
                        ("const-string", 0, "https://a.example/隐私"),
                        ("new-instance", 1, "Ljava/io/File;"),
                        ("sget", 2, "Landroid/os/Build;->SERIAL:Ljava/lang/String;"),
                        ("invoke-static", [0], "Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I"),
                        VOID], flags=1, virtual=True),
                ], interfaces=("Ljava/lang/Runnable;",)),
                Cls("La/I;", [Mth("g", "(I[Ljava/lang/String;J)Z", None, flags=0x401, virtual=True)], flags=0x201),
            ]
        ),
    )  # fmt: skip
    assert code.malformed == []
    assert [code.class_name(c) for c in range(2)] == ["La/A;", "La/I;"]
    assert code.definition(1) == "La/A;->run()V"
    assert code.definition(2) == "La/I;->g(I[Ljava/lang/String;J)Z"
    assert [code.text(s) for s in events(code, STRING)] == ["https://a.example/隐私"]
    assert [code.method(m) for m in events(code, INVOKE)] == [
        "Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I"
    ]
    assert [code.field_ref(f) for f in events(code, FIELD)] == [
        "Landroid/os/Build;->SERIAL:Ljava/lang/String;"
    ]
    assert [code.type(t) for t in events(code, NEW)] == ["Ljava/io/File;"]
    assert code.def_size.tolist() == [1, 5, 0]
    assert [
        (int(c), code.type(int(t))) for c, t in zip(code.interface_class, code.interface_type, strict=True)
    ] == [(0, "Ljava/lang/Runnable;")]
    assert code.counts.instructions == 6
    assert code.counts.classes == 2


@pytest.mark.parametrize("version", [b"035", b"037", b"038", b"039", b"040", b"099"])
def test_any_version_digits_are_read(version: bytes) -> None:
    assert tables.read("c", build(body(), version)).counts.classes == 1


def test_a_container_of_several_dex_files_is_refused_not_misread() -> None:
    data = bytearray(build(body(), b"041"))
    data[0x24:0x28] = struct.pack("<I", 0x78)
    data[0x70:0x78] = struct.pack("<II", 1 << 20, 0)
    with pytest.raises(tables.NotDex, match="41"):
        tables.read("c", bytes(data))


def test_payloads_inside_the_stream_are_stepped_over() -> None:
    packed = [0x0100, 2, 0, 0, 1, 0, 2, 0]
    sparse = [0x0200, 1, 5, 0, 9, 0]
    array = [0x0300, 1, 3, 0, 0x6E6E, 0x006E]  # three bytes that look like invokes
    code = tables.read("c", build(body(("raw", packed), ("raw", sparse), ("raw", array))))
    assert code.counts.instructions == 4
    assert code.counts.invokes == 0


def test_a_payload_that_claims_more_than_its_body_ends_with_it() -> None:
    array = [0x0300, 0xFFFF, 0xFFFF, 0xFFFF]
    code = tables.read(
        "c", build([Cls("La/A;", [Mth("a", "()V", [("raw", array)]), Mth("b", "()V", [VOID])])])
    )
    assert code.def_size.tolist() == [1, 1]
    assert any("cut" in note for note in code.malformed)


def test_polymorphic_and_custom_invokes_have_their_own_width() -> None:
    poly, custom = [0x10FA, 0, 0, 0], [0x00FC, 0, 0]
    code = tables.read("c", build(body(("raw", poly), ("raw", custom))))
    assert code.counts.instructions == 3
    assert code.counts.invokes == 2
    assert (code.event_kind == CUSTOM).sum() == 1


def test_jumbo_strings_have_32_bit_indices() -> None:
    many = tuple(f"s{n:06}" for n in range(70_000))
    code = tables.read("c", build(body(("const-string/jumbo", 0, "zzz")), extra_strings=(*many, "zzz")))
    assert [code.text(s) for s in events(code, STRING)] == ["zzz"]


def test_an_operand_out_of_range_becomes_minus_one() -> None:
    code = tables.read("c", build(body(("raw", [0x1A, 0xFFF0]), ("raw", [0x1071, 0xFFF0, 0]))))
    assert code.event_operand.tolist() == [-1, -1]
    assert any("operands" in note for note in code.malformed)
    assert code.method(-1) == "L?;->?()?"


def test_a_body_shared_by_two_methods_gives_its_events_to_both() -> None:
    classes = [
        Cls(
            "La/A;",
            [
                Mth("a", "()V", [("const-string", 0, "x"), VOID]),
                Mth("b", "()V", [("const-string", 0, "y"), VOID]),
            ],
        )
    ]
    builder = Builder(classes)
    data = bytearray(builder.build())
    first, second = builder.code_at["La/A;->a()V"], builder.code_at["La/A;->b()V"]
    old, new = _uleb(second), _uleb(first)
    assert len(old) == len(new)
    at = bytes(data).rindex(old)
    data[at : at + len(new)] = new
    code = tables.read("c", bytes(data))
    assert code.event_def.tolist() == [0, 1]
    assert [code.text(s) for s in events(code, STRING)] == ["x", "x"]
    assert code.counts.instructions == 4


def _uleb(n: int) -> bytes:
    from tests.extract.package.dexbuild import uleb

    return uleb(n)


def test_overlapping_bodies_are_cut_and_noted() -> None:
    end, over = disjoint(np.array([0, 4, 20]), np.array([10, 12, 24]))
    assert end.tolist() == [4, 12, 24]
    assert over == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "\0",
        "a\0b",
        "é",
        "中文",
        "😀",
        "x😀y中",
        "\ud800",
        "\udc00\ud800",
        "\x7f\x80\u07ff\u0800\uffff",
    ],
)
def test_mutf8_is_decoded_as_written(text: str) -> None:
    expected = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert decode(mutf8(text)) == expected


@given(st.binary(max_size=40))
def test_decode_never_raises(raw: bytes) -> None:
    assert isinstance(decode(raw), str)


@given(st.text(max_size=30))
def test_decode_is_the_inverse_of_mutf8(text: str) -> None:
    assert decode(mutf8(text)) == text


def test_unreadable_and_foreign_class_names_survive() -> None:
    code = tables.read("c", build([Cls("L\u0131l/\u202e中/ⅰ;", [Mth("ſ", "()V", [VOID])])]))
    assert code.definition(0) == "L\u0131l/\u202e中/ⅰ;->ſ()V"


@pytest.mark.parametrize("field", [0x38, 0x40, 0x48, 0x50, 0x58, 0x60])
@pytest.mark.parametrize("value", [0xFFFFFFFF, 0x7FFFFFFF, 100_000])
def test_a_lying_count_is_capped_by_the_file(field: int, value: int) -> None:
    data = bytearray(build(body(("const-string", 0, "x"), ("sget", 0, "La/A;->x:I"))))
    data[field : field + 4] = struct.pack("<I", value)
    code = tables.read("c", bytes(data))
    assert any("stated" in note for note in code.malformed)


@pytest.mark.parametrize("field", [0x3C, 0x44, 0x4C, 0x54, 0x5C, 0x64])
@pytest.mark.parametrize("value", [0, 1, 0xFFFFFFFF])
def test_a_lying_offset_empties_its_table(field: int, value: int) -> None:
    data = bytearray(build(body(("sget", 0, "La/A;->x:I"))))
    data[field : field + 4] = struct.pack("<I", value)
    code = tables.read("c", bytes(data))
    assert any("outside" in note for note in code.malformed)


@pytest.mark.parametrize("data", [b"", b"dex\n035\0", b"PK\3\4" + bytes(200), b"dex\n035\0" + bytes(20)])
def test_what_is_no_dex_says_so(data: bytes) -> None:
    with pytest.raises(tables.NotDex):
        tables.read("c", data)


def _sample() -> bytes:
    code = [
        ("const-string", 0, "https://a.example"), ("new-instance", 1, "Ljava/io/File;"),
        ("invoke-static", [0], "Landroid/util/Log;->d(Ljava/lang/String;)I"), ("raw", [0x0100, 1, 0, 0, 1, 0]), VOID,
    ]  # fmt: skip
    return build(
        [
            Cls(f"La/C{n};", [Mth(f"m{k}", "()V", code) for k in range(5)], interfaces=("La/I;",))
            for n in range(30)
        ]
    )


def _use(code: Code) -> None:
    """Everything a consumer touches; must not raise whatever the file says."""
    for d in range(len(code.def_method)):
        code.definition(d)
        code.bodies.shape(code, d)
    for e in range(len(code.event_def)):
        code.method(int(code.event_operand[e]))
        code.bodies.constants(code, e)
    for s in range(len(code.string_start)):
        code.text(s)
    assert (code.def_class < len(code.class_type)).all()
    assert (code.event_def < len(code.def_method)).all()
    assert len(code.event_def) <= 4 * len(code.data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["bytes", "header", "wipe", "cut", "splice"]))
def test_mutated_files_give_partial_facts_and_never_raise(seed: int, how: str) -> None:
    rng = random.Random(seed)
    data = bytearray(_sample())
    if how == "bytes":
        for _ in range(rng.randint(1, 40)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif how == "header":
        at = rng.randrange(0x20, 0x70)
        data[at] = rng.randrange(256)
    elif how == "wipe":
        at = rng.randrange(0x70, len(data))
        data[at : at + 200] = bytes(len(data[at : at + 200]))
    elif how == "cut":
        del data[rng.randrange(0x70, len(data)) :]
    else:
        at, other = rng.randrange(0x70, len(data)), rng.randrange(0x70, len(data))
        data[at : at + 64] = data[other : other + 64]
    data[:8] = b"dex\n035\0"
    try:
        code = tables.read("c", bytes(data))
    except tables.NotDex:
        return
    _use(code)


@given(st.lists(st.integers(0, 0xFFFF), max_size=400), st.integers(1, 8))
def test_the_sweep_equals_a_plain_walk(stream: list[int], parts: int) -> None:
    """Lockstep and one-by-one decoding give the same instructions on any code units."""
    units = np.array(stream, np.uint16)
    cuts = sorted({0, len(stream), *(len(stream) * k // parts for k in range(parts))})
    start, end = np.array(cuts[:-1], np.int32), np.array(cuts[1:], np.int32)
    expected, sizes = [], []
    for a, b in zip(start.tolist(), end.tolist(), strict=True):
        p, n = a, 0
        while p < b:
            if opcodes.KIND[stream[p] & 0xFF]:
                expected.append(p)
            n += 1
            p += int(opcodes.WIDTH[stream[p]]) or opcodes.payload_units(stream[p], units, p)
        sizes.append(n)
    swept = sweep(units, start, end)
    assert swept.events.tolist() == expected
    assert swept.sizes.tolist() == sizes


def test_the_lockstep_part_agrees_with_the_tail(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(7)
    units = np.array(
        [rng.choice([0x0E, 0x1A, 0x106E, 0x12, 0x0100, 0x0300, 0x18]) for _ in range(30_000)], np.uint16
    )
    start = np.arange(0, 30_000, 60, dtype=np.int32)
    end = start + 60
    lockstep = sweep(units, start, end)
    monkeypatch.setattr("mingcha.extract.package.dex.sweep.TAIL", 10**9)
    tail = sweep(units, start, end)
    assert lockstep.events.tolist() == tail.events.tolist()
    assert lockstep.sizes.tolist() == tail.sizes.tolist()
    assert lockstep.cut == tail.cut
