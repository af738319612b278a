"""Shared libraries, packers and embedded programs."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.catalogue.schema import Packer, Source, Text
from mingcha.extract.limits import DEFAULT
from mingcha.extract.package import embedded, native, packers, splits
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.notes import Notes
from tests.extract.package.build import File, apk, elf, zip_
from tests.inputs import every, real


@pytest.mark.parametrize("bits", [32, 64])
def test_needed_and_imports(bits: int) -> None:
    data = elf(["libc.so", "liblog.so"], ["ptrace", "dlopen", "malloc"], ["system", "my_dlopen"], bits=bits)
    notes = Notes()
    assert native.elf(data, notes, "x") == (["libc.so", "liblog.so"], ["dlopen", "ptrace"])
    assert not notes.limitations


def test_section_table_is_not_looked_at() -> None:
    data = bytearray(elf(["libc.so"], ["fork"]))
    struct.pack_into("<Q", data, 0x28, len(data) - 3)
    struct.pack_into("<HHH", data, 0x3A, 64, 60000, 59999)
    notes = Notes()
    assert native.elf(bytes(data), notes, "x") == (["libc.so"], ["fork"])
    assert not notes.limitations


def test_no_elf_and_broken_elf() -> None:
    notes = Notes()
    assert native.elf(b"PK\3\4" + bytes(100), notes, "x") == ([], []) and notes.deviations[0][0] == "not-elf"
    notes = Notes()
    assert native.elf(b"\x7fELF\x09" + bytes(100), notes, "x") == ([], [])
    assert notes.limitations[0][0] == "malformed-native"


def oracle(data: bytes) -> tuple[list[str], set[str]]:
    """(needed, undefined names) by another reader, from the dynamic segment as well."""
    segment: Any = next(ELFFile(io.BytesIO(data)).iter_segments("PT_DYNAMIC"), None)
    if segment is None:
        return [], set()
    needed = [tag.needed for tag in segment.iter_tags("DT_NEEDED")]
    return needed, {s.name for s in segment.iter_symbols() if s["st_shndx"] == "SHN_UNDEF"}


@pytest.mark.real
def test_real_libraries_read_like_by_another_reader() -> None:
    compared = 0
    for path in every("apk", least=10):
        with splits.open_container(path) or pytest.fail() as container:
            for row in [r for r in container.native_entries() if r.size < 1 << 20][:8]:
                data = row.archive.read(row.name)
                if data is None or data[:4] != b"\x7fELF":
                    continue
                notes = Notes()
                needed, imports = native.elf(data, notes, row.where)
                expected, undefined = oracle(data)
                assert (needed, set(imports)) == (expected, undefined & set(native.NOTEWORTHY)), row.where
                assert not notes.limitations
                compared += 1
    assert compared >= 20


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, 300)
)
def test_mutated_elf_never_raises(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(elf(["libc.so", "liblog.so"], ["ptrace", "dlopen"]))
    for at, value in changes:
        data[at % len(data)] = value
    needed, imports = native.elf(bytes(data[: len(data) - cut]), Notes(), "x")
    assert len(needed) <= 200 and set(imports) <= set(native.NOTEWORTHY)


def facts(tmp_path: Path, *files: File, **limits: int) -> tuple[list[dict[str, object]], Notes]:
    path = tmp_path / "a.apk"
    path.write_bytes(apk(extra=files))
    bounded = replace(DEFAULT, **limits)
    with splits.open_container(path, bounded) or pytest.fail() as container:
        return native.read(
            container.native_entries(), "sha", container.notes, {"liba.so": "some-sdk"}, limits=bounded
        ), container.notes


def test_library_facts(tmp_path: Path) -> None:
    lib = elf(["libc.so"], ["kill"])
    rows, notes = facts(
        tmp_path, File("lib/armeabi-v7a/liba.so", lib), File("lib/arm64-v8a/liba.so", lib),
        File("lib/x86/libonly.so", lib), File("assets/libb.so", lib), File("lib/x86/readme.txt", b"x"),
    )  # fmt: skip
    assert [(r["abi"], r["name"], r["sdk"], r["needed"], r["imports"]) for r in rows] == [
        ("armeabi-v7a", "liba.so", "some-sdk", [], []),
        ("arm64-v8a", "liba.so", "some-sdk", ["libc.so"], ["kill"]),
        ("x86", "libonly.so", None, ["libc.so"], ["kill"]),
    ]
    assert rows[0]["size"] == len(lib) and not notes.limitations


def test_library_budget(tmp_path: Path) -> None:
    lib = elf(["libc.so"], [])
    files = [File(f"lib/x86/lib{i}.so", lib) for i in range(4)]
    rows, notes = facts(tmp_path, *files, native_files=2)
    assert [bool(r["needed"]) for r in rows] == [True, True, False, False]
    assert notes.limitations[0][0] == "reader-limit"
    rows, notes = facts(tmp_path, *files, native=100)
    assert len(rows) == 4 and not any(r["needed"] for r in rows)


# ---- packers -----------------------------------------------------------------------------------

SOURCE = [Source(by="ours", ref="test")]
PACKERS = [
    Packer(id="p-one", name=Text(zh="甲加固", en="One"), libs=["libjiagu*.so"], files=["assets/one.dat", "one.key"],
           applications=["com.stub.*"], sources=SOURCE),
    Packer(id="p-two", name=Text(zh="乙加固", en="Two"), libs=["libexec.so"], sources=SOURCE),
]  # fmt: skip


def detect(
    names: list[str],
    application: str | None = None,
    classes: list[str] | None = None,
    defined: set[str] | None = None,
) -> tuple[list[dict[str, object]], list[str]]:
    notes = Notes()
    found = packers.detect(
        names, application, classes or [], defined, packers=PACKERS, exhibit="sha", notes=notes
    )  # fmt: skip
    return found, [c for c, _ in notes.limitations]


def test_one_kind_of_sign_names_nobody() -> None:
    for names, application in (
        (["lib/a/libjiagu.so", "lib/b/libjiagu_x86.so"], None),
        (["assets/one.dat"], None),
        ([], "com.stub.App"),
    ):
        assert detect(names, application) == ([], [])


@pytest.mark.parametrize(
    ("names", "application"),
    [
        (["lib/arm64-v8a/libjiagu_64.so"], "com.stub.StubApp"),
        (["lib/arm64-v8a/libjiagu.so", "assets/x/one.key"], None),
        (["assets/one.dat"], "com.stub.S"),
    ],
)
def test_two_kinds_name_the_packer(names: list[str], application: str | None) -> None:
    [fact], limitations = detect(names, application)
    assert fact["id"] == "p-one" and fact["name"] == "甲加固" and len(fact["signals"]) == 2  # type: ignore[arg-type]
    assert limitations == ["packed"]


def test_hollow_components() -> None:
    classes = [f"a.C{i}" for i in range(10)]
    [fact], limitations = detect([], "s.h.App", classes, {"s.h.App", "a.C1"})
    assert fact["id"] == "unnamed" and limitations == ["packed"]
    [fact], _ = detect(["lib/x86/libexec.so"], None, classes, {"s.h.App"})
    assert fact["id"] == "p-two" and len(fact["signals"]) == 2  # type: ignore[arg-type]
    assert detect([], None, classes, set(classes[:5])) == ([], [])
    assert detect([], None, classes, None) == ([], [])
    assert detect([], None, ["a.A", "a.B"], set()) == ([], [])


# ---- embedded programs -------------------------------------------------------------------------


def test_embedded_programs() -> None:
    dex, inner = b"dex\n035\0" + bytes(200), zip_([File("META-INF/MANIFEST.MF", b"x" * 200)])
    a = Archive(apk(extra=[
        File("assets/a.dat", dex), File("assets/p/x.jar", inner), File("res/raw/lib.bin", elf(["libc.so"], [])),
        File("assets/y.apk", apk()), File("root.so", elf([], ["fork"])), File("lib/x86/liba.so", elf([], [])),
        File("res/drawable/b.png", dex), File("assets/t.txt", b"x" * 100), File("classes2.dex", dex),
    ]))  # fmt: skip
    found = {f["name"]: f["format"] for f in embedded.read(a, "sha")}
    assert found == {
        "assets/a.dat": "dex", "assets/p/x.jar": "jar", "res/raw/lib.bin": "elf", "assets/y.apk": "apk", "root.so": "elf",
    }  # fmt: skip
    # Their code is not read, so nothing may pass on its absence; native code is told as native-lib.
    assert sorted(detail for code, detail in a.limitations if code == "runtime-code") == [
        "apk: assets/y.apk", "dex: assets/a.dat", "jar: assets/p/x.jar",
    ]  # fmt: skip


def test_a_plug_in_hides_behind_any_name() -> None:
    plugin = zip_(
        [File("res/x.bin", b"y" * 90), File("AndroidManifest.xml", b"m" * 90), File("classes.dex", b"d" * 90)]
    )
    data = zip_([File("fonts/a.ttf", b"f" * 300), File("fonts/b.ttf", b"f" * 300)])
    a = Archive(apk(extra=[File("assets/1201586032", plugin), File("assets/fonts.bin", data)]))
    assert {f["name"]: f["format"] for f in embedded.read(a, "sha")} == {"assets/1201586032": "apk"}
    assert [code for code, _ in a.limitations] == ["runtime-code"]


# ---- real packages -----------------------------------------------------------------------------


@pytest.mark.real
def test_real_libraries() -> None:
    with splits.open_container(real("load.apk")) or pytest.fail() as container:
        rows = native.read(container.native_entries(), "sha", container.notes)
    assert len(rows) == 12
    assert any("liblog.so" in r["needed"] for r in rows) and any(r["imports"] for r in rows)
    assert not container.notes.limitations


@pytest.mark.real
def test_no_real_package_here_is_packed() -> None:
    for path in every("apk", least=10):
        with splits.open_container(path) or pytest.fail() as container:
            names = [n for m in container.apks for n in m.archive.entries]
            assert (
                packers.detect(names, None, [], None, packers=PACKERS, exhibit="s", notes=container.notes)
                == []
            )
