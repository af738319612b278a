"""Input that is broken, hostile or nothing of ours, through the front door.

Each ends in one clear error line (exit 3) or in a result that says what could not be seen and
keeps what could. Nothing hangs, nothing is written, nothing shows a traceback.
"""

from __future__ import annotations

import os
import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.errors import BadInput, Exit
from mingcha.extract import Worker
from mingcha.extract.package import reader
from tests.extract.package import build
from tests.extract.package.build import File
from tests.support import CODE, Ran, apk, dex, flagged, put, run, within

pytestmark = pytest.mark.usefixtures("place")

MANIFEST = build.axml(build.manifest())
DEX = dex()
GOOD = apk()
ARSC = build.arsc({(1, 0): {build.config(): "app", build.config("zh"): "应用"}})


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with within(20):
        yield


def package(manifest: bytes = MANIFEST, code: bytes = DEX, *more: File, **options: Any) -> bytes:
    return build.zip_([File("AndroidManifest.xml", manifest), File("classes.dex", code), *more], **options)


def entries(*files: File, **options: Any) -> bytes:
    return build.zip_(files, **options)


def poke(data: bytes, at: int, word: int) -> bytes:
    out = bytearray(data)
    struct.pack_into("<I", out, at, word)
    return bytes(out)


def facts(data: bytes) -> list[dict[str, Any]]:
    ran = run("facts", put(Path("x.apk"), data))
    assert (ran.code, ran.err) == (Exit.OK, ""), ran
    return ran.lines


def codes(found: list[dict[str, Any]], kind: str) -> set[str]:
    return {f["code"] for f in found if f["kind"] == kind}


def scanned(path: Path) -> Ran:
    """A scan, with what must hold for every input."""
    ran = run("scan", path, "--format", "json", "--fail-on", "never")
    assert ran.code in (Exit.OK, Exit.INPUT)
    if ran.code == Exit.INPUT:
        assert " — " in ran.error
        return ran
    assert ran.err == ""
    for exhibit in ran.document["exhibits"]:
        assert (exhibit["status"] == "partly") == bool(exhibit["limitations"])
        assert {lim["code"] for lim in exhibit["limitations"]} <= set(catalogue.load().limitations)
    strict = run("report", put(Path("saved.json"), ran.out.encode()), "--strict", "--fail-on", "never")
    partly = any(e["status"] == "partly" for e in ran.document["exhibits"])
    assert strict.code == (Exit.PARTLY if partly else Exit.OK)
    return ran


# ---- nothing of ours -------------------------------------------------------------------------------

FOREIGN = {
    "png": b"\x89PNG\r\n\x1a\n" + bytes(50), "elf": build.elf(["libc.so"], ["open"]),
    "class": b"\xca\xfe\xba\xbe" + bytes(30), "text": b"hello\n", "gzip": b"\x1f\x8b\x08" + bytes(40), "yaml": b"a: 1\n",
    "json": b"{}", "html": b"<html>", "zeros": bytes(5000), "one byte": b"P", "utf-16": "mingcha".encode("utf-16"),
}  # fmt: skip
NO_PACKAGE = {
    "two bytes": b"PK", "docx": entries(File("word/document.xml", b"<x/>")), "empty zip": entries(),
    "hidden entries": package(count=0),
}  # fmt: skip
CUT = {"half": GOOD[: len(GOOD) // 2], "last byte": GOOD[:-1], "first header": GOOD[:30], "magic only": b"PK\3\4"}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_kind(place: Path, name: str) -> None:
    assert scanned(put(place / "x", FOREIGN[name])).error_code == "unknown-kind"


@pytest.mark.parametrize("name", NO_PACKAGE)
def test_an_archive_that_is_no_package(place: Path, name: str) -> None:
    ran = scanned(put(place / "x.apk", NO_PACKAGE[name]))
    assert ran.error_code == "refused"
    assert "[unsupported-format]" in ran.error


@pytest.mark.parametrize("isolate", ["true", "false"])
@pytest.mark.parametrize("name", CUT)
def test_a_package_cut_short(place: Path, monkeypatch: pytest.MonkeyPatch, name: str, isolate: str) -> None:
    monkeypatch.setenv("MINGCHA_ISOLATE", isolate)
    ran = run("--lang", "en", "scan", put(place / "x.apk", CUT[name]))
    assert (ran.code, ran.error_code) == (Exit.INPUT, "refused")
    assert "Truncated [truncated]" in ran.error


def test_an_empty_file(place: Path) -> None:
    assert scanned(put(place / "x.apk", b"")).error_code == "empty"


def test_a_folder(place: Path) -> None:
    assert scanned(place).error_code == "is-folder"


def test_a_file_that_may_not_be_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(place / "x.apk", GOOD)
    real = Path.open

    def refuse(self: Path, *args: Any, **more: Any) -> Any:  # root may read what chmod forbids
        if self.name == "x.apk":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **more)

    monkeypatch.setattr(Path, "open", refuse)
    for verb in ("scan", "facts", "report"):
        ran = run(verb, path)
        assert (ran.code, ran.error_code) == (Exit.INPUT, "unreadable")
        assert "Permission denied" in ran.error


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/dev/full"])
def test_a_device(name: str) -> None:
    assert scanned(Path(name)).error_code == "not-a-file"


def test_a_pipe_nobody_writes_to_does_not_hang(place: Path) -> None:
    os.mkfifo(place / "pipe")
    assert scanned(place / "pipe").error_code == "not-a-file"
    assert run("diff", place / "pipe", place / "pipe").code == Exit.INPUT
    assert run("report", place / "pipe").code == Exit.INPUT
    (place / "run").mkdir()
    os.mkfifo(place / "run" / "run.json")
    assert run("judge", place / "run").code == Exit.INPUT


def test_a_socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as s:
        s.bind("socket")
        assert scanned(Path("socket")).error_code == "not-a-file"


def test_links_that_lead_nowhere(place: Path) -> None:
    (place / "dangling").symlink_to("nowhere")
    (place / "loop").symlink_to("loop")
    assert scanned(place / "dangling").error_code == "not-found"
    assert scanned(place / "loop").error_code in ("unreadable", "not-found")
    put(place / "file", b"x")
    assert scanned(place / "file" / "below").error_code == "not-found"


def test_a_link_to_a_package_is_followed(place: Path) -> None:
    put(place / "real.apk", GOOD)
    (place / "link.apk").symlink_to("real.apk")
    ran = scanned(place / "link.apk")
    assert ran.document["exhibits"][0]["name"] == "link.apk"


def test_a_file_that_goes_away_while_it_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(place / "x.apk", GOOD)

    def gone(*_: Any) -> Any:
        path.unlink()
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr(reader.splits, "open_container", gone)
    ran = run("scan", path)
    assert (ran.code, ran.error_code) == (Exit.INPUT, "unreadable")


# ---- names -------------------------------------------------------------------------------------------

NAMES = ["a\nb.apk", "a\r.apk", "\x1b[31mred.apk", "\x07.apk", "\u202egpj.apk", os.fsdecode(b"inv\xff\xfe.apk"), "-h.apk",
         "空 格　全角.apk", "a" * 250 + ".apk", "'\"`$(x).apk", "<script>.apk"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_strange_name_is_shown_on_one_line_and_changes_nothing_else(place: Path, name: str) -> None:
    path = put(place / name, b"nothing")
    assert scanned(path).error_code == "unknown-kind"
    missing = run("scan", place / f"no{name[:200]}")
    assert (missing.code, missing.error_code) == (Exit.INPUT, "not-found")
    put(path, GOOD)
    shown = scanned(path).document["exhibits"][0]["name"]
    assert shown.replace("\u3000", "").isprintable()
    assert shown.endswith(".apk")
    for data in (CUT["half"], package(code=b"junk")):
        scanned(put(path, data))


@pytest.mark.parametrize("isolate", ["true", "false"])
def test_a_name_that_is_no_utf8_survives_store_and_every_format(
    place: Path, monkeypatch: pytest.MonkeyPatch, isolate: str
) -> None:
    monkeypatch.setenv("MINGCHA_ISOLATE", isolate)
    for suffix, data in ((".apk", package(code=b"junk")), (".dex", DEX), (".jar", entries(File("a/B.class", b"junk")))):
        path = put(place / (os.fsdecode(b"inv\xff") + suffix), data)
        ran = run("scan", path, "--format", "json", "--store", place / "store", "--fail-on", "never")
        assert ran.code == Exit.OK
        assert ran.document["exhibits"][0]["name"] == f"inv\\udcff{suffix}"
        assert not [x for x in ran.document["exhibits"][0]["limitations"] if x["code"] == "crash"]
        again = run("judge", ran.err.strip(), "--format", "html", "--fail-on", "never")
        assert again.code == Exit.OK
    assert run("facts", path).code == Exit.OK


@pytest.mark.parametrize("length", [256, 5000])
def test_a_name_longer_than_the_system_takes(place: Path, length: int) -> None:
    for verb in ("scan", "facts", "report", "judge"):
        ran = run(verb, "a" * length)
        assert ran.code == Exit.INPUT
        assert len(ran.error) < 1200
        assert " too long" in ran.error


# ---- containers that lie -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "deviations"),
    [
        (entries(File("AndroidManifest.xml", MANIFEST, flags=1), File("classes.dex", DEX, flags=1)), {"encrypted-flag"}),
        (entries(File("AndroidManifest.xml", MANIFEST, method=1234), File("classes.dex", DEX, method=99)),
         {"unknown-method"}),
        (entries(File("AndroidManifest.xml", MANIFEST, local_method=77), File("classes.dex", DEX, local_method=0)),
         {"local-header-differs"}),
        (entries(File("AndroidManifest.xml", MANIFEST, local_name="../evil"), File("classes.dex", DEX)),
         {"local-header-differs"}),
        (entries(File("AndroidManifest.xml", MANIFEST, crc=1), File("classes.dex", DEX)), {"crc-mismatch"}),
        (entries(File("AndroidManifest.xml", MANIFEST, size=0xFFFFFFF0), File("classes.dex", DEX, packed_size=3)),
         {"wrong-size"}),
        (entries(File("AndroidManifest.xml", MANIFEST), File("AndroidManifest.xml", b"other"), File("classes.dex", DEX)),
         {"duplicate-name"}),
        (package(MANIFEST, DEX, File("classes.dex", b"dex\n035\0")), {"duplicate-name"}),
        (entries(File("AndroidManifest.xml/", MANIFEST), File("AndroidManifest.xml", MANIFEST), File("classes.dex/", DEX),
                 File("classes.dex", DEX)), {"directory-like-name"}),
        (package(comment=b"PK\5\6" + b"x" * 40), {"several-end-records"}),
        (package(prefix=b"#!/bin/sh\n"), {"leading-bytes"}),
        (package(prefix=b"MZ" + bytes(500), shift=True), {"shifted-offsets"}),
        (package(zip64=True), set()),
        (package(build.axml(build.manifest(), magic=0)), {"axml-magic"}),
        (package(build.axml(build.manifest(), size=0xFFFFFFF0)), {"axml-size"}),
        (package(build.axml(build.manifest(), stride=60)), set()),
        (package(build.axml(build.manifest(), dummy=struct.pack("<HHI", 0x777, 8, 0xFFFFFFF0), dummy_from=1)), set()),
        (package(build.axml(build.manifest(), hide_names=True)), set()),
        (package(MANIFEST, DEX.replace(b"035", b"099", 1)), {"dex-version"}),
    ],
)  # fmt: skip
def test_what_android_reads_all_the_same_is_read_in_full_and_noted(data: bytes, deviations: set[str]) -> None:
    found = facts(data)
    assert codes(found, "limitation") == set()
    (told,) = [f for f in found if f["kind"] == "package"]
    assert (told["id"], told["name"], told["classes"]) == ("com.example.app", "样例", 1)
    assert [f["url"] for f in found if f["kind"] == "url"] == ["http://a.example.cn/x"]
    if not any(d.startswith("axml") for d in deviations):
        assert deviations <= codes(found, "deviation")
    else:
        assert codes(found, "deviation"), "nothing noted"
    scanned(Path("x.apk"))


def test_names_that_climb_out_of_the_archive_write_nothing(place: Path) -> None:
    names = ("../../evil.so", "/etc/mingcha-evil", "a\\..\\b", "a\nb\x1b[2J", "lib/../../x.so", "C:x", "nul\0l")
    before = set(place.parent.rglob("*"))
    found = facts(package(MANIFEST, DEX, *(File(n, DEX) for n in names)))
    assert set(place.parent.rglob("*")) - before == {place / "x.apk"}
    assert not Path("/etc/mingcha-evil").exists()
    assert len([f for f in found if f.get("code") == "unsafe-name"]) == len(names)
    text = run("facts", "x.apk").out
    assert "\x1b" not in text
    assert len(text.splitlines()) == len(found)


@pytest.mark.parametrize(
    ("data", "limitations", "name", "classes"),
    [
        (entries(File("AndroidManifest.xml", MANIFEST), File("classes.dex", DEX, flags=1, raw=b"\xff" * 99)),
         {"encrypted-entry", "no-code"}, "样例", 0),
        (entries(File("AndroidManifest.xml", MANIFEST), File("classes.dex", DEX, raw=b"\xff\xff\xff")),
         {"unreadable-entry", "no-code"}, "样例", 0),
        (entries(File("AndroidManifest.xml", MANIFEST, at=0x7FFFFFFF), File("classes.dex", DEX)),
         {"unreadable-entry", "no-manifest"}, None, 1),
        (GOOD[100:], {"unreadable-entry", "no-manifest"}, None, 1),
        (GOOD[:200] + GOOD[300:], {"unreadable-entry", "no-manifest"}, None, 1),
        (package(count=999), {"truncated"}, "样例", 1),
        (entries(File("AndroidManifest.xml", MANIFEST)), {"no-code"}, "样例", 0),
        (package(bytes(20 << 20)), {"bomb", "no-manifest"}, None, 1),
        (package(MANIFEST, DEX, *(File(f"assets/{n}.bin", b"", size=4 << 20, packed_size=1000, at=0) for n in range(300))),
         {"bomb"}, "样例", 1),
        (package(b""), {"malformed-manifest", "no-manifest"}, None, 1),
        (package(MANIFEST[: len(MANIFEST) // 2]), {"malformed-manifest", "no-manifest"}, None, 1),
        (package(b"\x03\0\x08\0" + b"\xff" * 500), {"malformed-manifest", "no-manifest"}, None, 1),
        (package(poke(MANIFEST, 12, 0xFFFFFFF0)), {"malformed-manifest", "no-manifest"}, None, 1),
        (package(poke(MANIFEST, 16, 0xFFFFFFFF)), {"reader-limit"}, "样例", 1),
        (package(build.axml(build.manifest(), count=0xFFFF)), {"reader-limit"}, None, 1),
        (package(build.axml(("html", {}))), {"no-manifest"}, None, 1),
        (package(b"<!DOCTYPE m [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><manifest package='&a;'/>"),
         {"malformed-manifest", "no-manifest"}, None, 1),
        (package(MANIFEST, DEX, File("resources.arsc", b"\xff" * 300)), {"malformed-resources"}, "样例", 1),
        (package(MANIFEST, b""), {"malformed-dex", "no-code"}, "样例", 0),
        (package(MANIFEST, b"xex" + DEX[3:]), {"malformed-dex", "no-code"}, "样例", 0),
        (package(MANIFEST, bytes(b ^ 0x5A for b in DEX)), {"malformed-dex", "no-code"}, "样例", 0),
        (package(MANIFEST, DEX[: len(DEX) // 2]), {"malformed-dex"}, "样例", 0),
        (package(MANIFEST, DEX[:0x70]), {"malformed-dex"}, "样例", 0),
        (package(MANIFEST, poke(DEX, 0x24, 0xFFFF)), {"unsupported-dex", "no-code"}, "样例", 0),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_the_rest_is_kept(
    data: bytes, limitations: set[str], name: str | None, classes: int
) -> None:
    found = facts(data)
    assert codes(found, "limitation") == limitations
    (told,) = [f for f in found if f["kind"] == "package"]
    if "reader-limit" not in limitations:
        assert told["name"] == name
    assert told["classes"] == classes
    scanned(Path("x.apk"))


def test_elements_nested_beyond_reason(place: Path) -> None:
    node: build.Node = ("x", {})
    for _ in range(400):
        node = ("x", {}, node)
    found = facts(package(build.axml(("manifest", {"package": "a.b"}, node))))
    assert codes(found, "limitation") == {"reader-limit"}
    assert next(f for f in found if f["kind"] == "package")["id"] == "a.b"


@pytest.mark.parametrize("word", [0xFFFFFFFF, 0x7FFFFFF0])
@pytest.mark.parametrize("part", ["dex", "manifest", "resources"])
def test_any_lying_count_or_offset_costs_neither_time_nor_the_record(part: str, word: int) -> None:
    whole = {"dex": DEX[:0x200], "manifest": MANIFEST, "resources": ARSC}[part]
    loaded = catalogue.load()
    path = Path("x.apk")
    for at in range(8 if part == "dex" else 0, len(whole) - 3, 4 if part == "dex" else 8):
        if part == "dex":
            data = package(MANIFEST, poke(DEX, at, word))
        elif part == "manifest":
            data = package(poke(MANIFEST, at, word))
        else:
            label = build.axml(flagged(label=("ref", 0x7F010000)))
            data = package(label, DEX, File("resources.arsc", poke(ARSC, at, word)))
        found: list[dict[str, Any]] = []
        with within(5):
            exhibit = reader.read(put(path, data), found.extend, loaded)
        assert [f for f in found if f["kind"] == "package"], (part, at)
        assert codes(found, "limitation") == {x.code for x in exhibit.limitations}
        assert codes(found, "limitation") <= set(loaded.limitations)
        assert "crash" not in codes(found, "limitation"), (part, at, found)


def test_mutated_packages_never_raise_and_never_lose_the_record() -> None:
    rng = random.Random(20261122)
    loaded = catalogue.load()
    seeds = [GOOD, apk(None, CODE, CODE), package(MANIFEST, DEX, File("resources.arsc", ARSC), File("lib/arm64-v8a/a.so", FOREIGN["elf"]))]
    refused = 0
    for n in range(150):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.choice((1, 3, 20))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if n % 3 == 0:
            del data[rng.randrange(len(data)) :][: rng.randrange(50)]
        found: list[dict[str, Any]] = []
        path = put(Path("x.apk"), bytes(data))
        try:
            reader.read(path, found.extend, loaded)
        except BadInput:
            refused += 1
            continue
        assert [f for f in found if f["kind"] == "package"], n
        assert "crash" not in codes(found, "limitation"), (n, found)
        assert codes(found, "limitation") <= set(loaded.limitations)
    assert 0 < refused < 150


def test_hostile_packages_one_after_another_through_one_child(place: Path) -> None:
    """What one did must not touch the next."""
    hostile = [CUT["half"], package(bytes(20 << 20)), package(MANIFEST, poke(DEX, 0x38, 0xFFFFFFFF)), b"PK"]
    with Worker() as worker:
        for data in hostile:
            reading = worker.read(put(place / "x.apk", data), "package")
            assert reading.exhibit.status in ("partly", "refused")
            assert reading.exhibit.limitations
            fine = worker.read(put(place / "good.apk", GOOD), "package")
            assert (fine.exhibit.status, fine.exhibit.limitations) == ("read", ())


def test_telling_kinds_apart_parses_nothing_outside_the_child(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parent has no limits of its own: a hostile directory must not be walked there."""
    from mingcha import extract
    from mingcha.extract.package.archive import Archive

    def fail(*_: Any, **__: Any) -> Any:
        raise AssertionError("parsed in this process")

    monkeypatch.setattr(Archive, "open", fail)
    for data in (GOOD, package(prefix=b"#!/bin/sh\n"), DEX, b"MZ" + bytes(70_000) + GOOD):
        assert extract.sniff(put(place / "x", data)) == "package"
    for data in (FOREIGN["png"], GOOD[4:] + bytes(70_000)):
        with pytest.raises(BadInput):
            extract.sniff(put(place / "x", data))
