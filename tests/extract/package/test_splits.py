"""Kinds of package told by structure, members of bundles and archives of APKs, DEX order."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package import manifest, splits
from mingcha.extract.package.arsc import Resources
from mingcha.extract.package.splits import Container
from tests.extract.package import build
from tests.extract.package.build import File, apk, axml, zip_
from tests.inputs import every, real

DEX = b"dex\n035\0" + bytes(104)
CLASS = b"\xca\xfe\xba\xbe" + bytes(20)
TEXT = b'<manifest package="a.b"/>'


def split(name: str, *extra: File) -> bytes:
    return zip_([File("AndroidManifest.xml", axml(("manifest", {"package": "a.b", "split": name}))), *extra])


def base(*extra: File, required: bool = False) -> bytes:
    attrs = {"android:isSplitRequired": True} if required else {}
    return apk(build.manifest(**attrs), extra=extra)


def opened(tmp_path: Path, data: bytes, limits: Limits = DEFAULT, name: str = "file.bin") -> Container:
    path = tmp_path / name
    path.write_bytes(data)
    container = splits.open_container(path, limits)
    assert container is not None
    assert splits.sniff(path) == container.format
    return container


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ([File("AndroidManifest.xml", axml(("manifest", {}))), File("classes.dex", DEX)], "apk"),
        ([File("AndroidManifest.xml", axml(("manifest", {})))], "apk"),
        ([File("AndroidManifest.xml", TEXT), File("classes.jar", b"x")], "aar"),
        ([File("AndroidManifest.xml", b"\xef\xbb\xbf" + TEXT), File("R.txt", b"")], "aar"),
        ([File("AndroidManifest.xml", TEXT), File("classes.dex", DEX), File("classes.jar", b"")], "apk"),
        ([File("BundleConfig.pb", b""), File("base/manifest/AndroidManifest.xml", b"")], "aab"),
        ([File("toc.pb", b""), File("splits/base-master.apk", base())], "apks"),
        ([File("base.apk", base())], "apks"),
        ([File("manifest.json", b'{"xapk_version":2}'), File("a.b.apk", base())], "xapk"),
        ([File("info.json", b"{}"), File("base.apk", base())], "apkm"),
        ([File("a/B.class", CLASS)], "jar"),
        ([File("a/B.class", CLASS), File("tool/framework.apk", base())], "jar"),
        ([File("classes.dex", DEX)], "jar"),
        ([File("readme.txt", b"x")], None),
    ],
)
def test_sniff(files: list[File], kind: str | None, tmp_path: Path) -> None:
    path = tmp_path / "misnamed.txt"
    path.write_bytes(zip_(files))
    assert splits.sniff(path) == kind
    container = splits.open_container(path)
    assert (container.format if container else None) == kind


def test_sniff_dex_and_nothing(tmp_path: Path) -> None:
    dex = opened(tmp_path, DEX)
    assert dex.format == "dex" and dex.read_dex(dex.dex_entries()[0]) == DEX
    assert dex.manifest_bytes is None and list(dex.jar_bytes()) == [] and list(dex.native_entries()) == []
    for data in (b"", b"dex\nabc\0", b"%PDF-1.4", b"PK\3\4 cut off"):
        (tmp_path / "f").write_bytes(data)
        assert splits.sniff(tmp_path / "f") is None and splits.open_container(tmp_path / "f") is None


def test_janus_is_a_package(tmp_path: Path) -> None:
    assert opened(tmp_path, apk(prefix=DEX)).format == "apk"


def test_dex_in_order_with_gaps(tmp_path: Path) -> None:
    names = [
        "classes10.dex",
        "classes2.dex",
        "classes4.dex",
        "classes1.dex",
        "assets/classes3.dex",
        "classes02.dex",
    ]
    container = opened(tmp_path, apk(extra=[File(n, DEX) for n in names]))
    assert [d.name for d in container.dex_entries()] == [
        "classes.dex",
        "classes2.dex",
        "classes4.dex",
        "classes10.dex",
    ]
    assert {c for c, _ in container.notes.deviations} == {"dex-gap"}
    assert all(container.read_dex(d) == DEX for d in container.dex_entries())


def test_dex_limits(tmp_path: Path) -> None:
    container = opened(
        tmp_path, apk(extra=[File("classes2.dex", bytes(50_000))]), replace(DEFAULT, dex=1000, dex_files=2)
    )
    one, two = container.dex_entries()
    assert container.read_dex(one) == DEX and container.read_dex(two) is None
    few = opened(tmp_path, apk(extra=[File("classes2.dex", DEX)]), replace(DEFAULT, dex_files=1))
    assert len(few.dex_entries()) == 1 and few.notes.limitations[0][0] == "reader-limit"


def test_members_base_first(tmp_path: Path) -> None:
    lib = File("lib/arm64-v8a/liba.so", b"\x7fELF", method=0)
    container = opened(tmp_path, zip_([
        File("config.arm64_v8a.apk", split("config.arm64_v8a", lib), method=0),
        File("feature.apk", split("feature", File("classes.dex", DEX)), method=0),
        File("base.apk", base(), method=0), File("icon.png", b"x"),
    ]))  # fmt: skip
    assert [m.split for m in container.apks] == [None, "config.arm64_v8a", "feature"]
    assert [d.where for d in container.dex_entries()] == ["base.apk!classes.dex", "feature.apk!classes.dex"]
    assert [(n.abi, n.library, n.where) for n in container.native_entries()] == [
        ("arm64-v8a", "liba.so", "config.arm64_v8a.apk!lib/arm64-v8a/liba.so")
    ]
    assert container.manifest_bytes == axml(build.manifest())
    container.missing_splits(required=True)
    assert not container.notes.limitations


def test_standalones_are_left_out(tmp_path: Path) -> None:
    container = opened(tmp_path, zip_([
        File("toc.pb", b""), File("splits/base-master.apk", base()), File("splits/base-zh.apk", split("config.zh")),
        File("standalones/standalone-hdpi.apk", base(File("assets/x", bytes(9000)))),
    ]))  # fmt: skip
    assert [m.archive.name for m in container.apks] == ["splits/base-master.apk", "splits/base-zh.apk"]


def test_missing_several_and_broken_members(tmp_path: Path) -> None:
    alone = opened(tmp_path, base(required=True))
    alone.missing_splits(manifest.read(alone.apks[0].root, None, "x", alone.notes).split_required)
    assert alone.notes.limitations[0][0] == "missing-splits"
    none = opened(tmp_path, zip_([File("a.apk", split("config.zh"))]))
    assert none.notes.limitations[0][0] == "missing-splits"
    two = opened(tmp_path, zip_([File("a.apk", base()), File("b.apk", base(File("assets/x", b"12345")))]))
    assert [m.archive.name for m in two.apks] == ["b.apk"] and two.notes.deviations[0][0] == "several-bases"
    broken = opened(tmp_path, zip_([File("a.apk", b"no zip"), File("base.apk", base())]))
    assert broken.notes.limitations[0] == ("unreadable-entry", "a.apk is no APK")
    facts = opened(tmp_path, zip_([File("base.apk", base(File("../x", b"")))])).facts("sha")
    assert [(f["kind"], f["code"], f["where"]) for f in facts] == [
        ("deviation", "unsafe-name", "base.apk!../x")
    ]


def test_nested_archives_share_the_budget(tmp_path: Path) -> None:
    inner = base(File("big", bytes(100_000)))
    container = opened(
        tmp_path, zip_([File("base.apk", inner)]), replace(DEFAULT, inflated=len(inner) + 50_000)
    )
    assert container.apks[0].archive.read("big") is None
    assert {f["code"] for f in container.facts("sha")} == {"bomb"}
    many = zip_([File(f"s{i}.apk", split(f"s{i}")) for i in range(5)] + [File("base.apk", base())])
    few = opened(tmp_path, many, replace(DEFAULT, splits=3))
    assert len(few.apks) == 3 and "reader-limit" in {c for c, _ in few.notes.limitations}


def test_bundle_modules(tmp_path: Path) -> None:
    proto = b"\x0a\x0a\x1a\x08manifest"
    container = opened(tmp_path, zip_([
        File("BundleConfig.pb", b""), File("feature/manifest/AndroidManifest.xml", proto),
        File("feature/dex/classes.dex", DEX), File("base/dex/classes2.dex", DEX), File("base/dex/classes.dex", DEX),
        File("base/manifest/AndroidManifest.xml", proto), File("base/lib/x86/libb.so", b""), File("classes.dex", DEX),
    ]))  # fmt: skip
    assert [m.split for m in container.apks] == [None, "feature"]
    assert container.apks[0].root is not None and container.apks[0].root.tag == "manifest"
    assert [d.name for d in container.dex_entries()] == [
        "base/dex/classes.dex", "base/dex/classes2.dex", "feature/dex/classes.dex",
    ]  # fmt: skip
    assert [n.abi for n in container.native_entries()] == ["x86"]


def test_archive_library(tmp_path: Path) -> None:
    jar = zip_([File("a/B.class", CLASS)])
    container = opened(tmp_path, zip_([
        File("AndroidManifest.xml", TEXT), File("classes.jar", jar), File("libs/c.jar", jar), File("libs/x/d.jar", jar),
        File("jni/armeabi/libz.so", b""),
    ]))  # fmt: skip
    assert container.apks[0].root is not None and container.apks[0].root.attrs["package"] == "a.b"
    assert list(container.jar_bytes()) == [("classes.jar", jar), ("libs/c.jar", jar)]
    assert [n.abi for n in container.native_entries()] == ["armeabi"]
    alone = opened(tmp_path, jar)
    assert [data for _, data in alone.jar_bytes()] == [jar]


def test_resource_table(tmp_path: Path) -> None:
    container = opened(
        tmp_path, apk(extra=[File("resources.arsc", build.arsc({(1, 0): {build.config(): "x"}}), method=0)])
    )
    table = container.resource_table(container.apks[0])
    assert table is not None and Resources(table, container.notes).values(0x7F010000)
    bare = opened(tmp_path, apk(), name="bare")
    assert bare.resource_table(bare.apks[0]) is None


@pytest.mark.real
@pytest.mark.skipif(shutil.which("aapt2") is None, reason="aapt2 is not installed")
def test_bundle_made_of_a_real_package(tmp_path: Path) -> None:
    source = real("InsecureBankv2.apk")
    proto = tmp_path / "p.apk"
    subprocess.run(
        ["aapt2", "convert", "--output-format", "proto", "-o", str(proto), str(source)],
        check=True,
        capture_output=True,
    )
    with (
        splits.open_container(source) or pytest.fail() as one,
        splits.open_container(proto) or pytest.fail() as raw,
    ):
        data = raw.apks[0].archive.read("AndroidManifest.xml")
        assert data is not None
        bundle = opened(
            tmp_path, zip_([File("BundleConfig.pb"), File("base/manifest/AndroidManifest.xml", data)])
        )
        a = manifest.read(one.apks[0].root, None, "x", one.notes)
        b = manifest.read(bundle.apks[0].root, None, "x", bundle.notes)
        assert a.facts and [{**f, "value": 0} for f in a.facts] == [{**f, "value": 0} for f in b.facts]
        assert a.package["id"] == b.package["id"] == "com.android.insecurebankv2"


@pytest.mark.real
def test_kinds_of_real_files() -> None:
    for path in every("apk", least=10):
        assert splits.sniff(path) == "apk"
    for path in every("sdk", least=10):
        assert splits.sniff(path) == path.suffix[1:]
        with splits.open_container(path) or pytest.fail() as container:
            assert len(list(container.jar_bytes())) >= 1
            assert not container.facts("sha")
