"""Versions that SDKs state of themselves: only what is plainly one, only by the SDK itself, only if undisputed."""

from __future__ import annotations

import io
import zipfile

import pytest

from mingcha.extract.package import classfile, versions
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.dex import tables
from mingcha.extract.package.owners import Owner, Owners
from mingcha.extract.package.versions import Stated
from tests.extract.package.dexbuild import Cls, Mth, build

OWN = Owners({"com.vendor.sdk": Owner("sdk", "vendor", "V"), "androidx.core": Owner("sdk", "androidx-core", "C")})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.2.3", "1.2.3"), ("v5.0", "5.0"), ("3.4.1.100", "3.4.1.100"), ("1.0.0-beta2", "1.0.0-beta2"), ("7", None),
        ("", None), ("1.2.3 and more", None), ("http://a/1.2", None), ("1." * 40, None), ("10.0.0.1/24", None),
    ],
)  # fmt: skip
def test_what_a_version_looks_like(text: str, said: str | None) -> None:
    assert versions.version(text) == said


@pytest.mark.parametrize(
    ("name", "version", "part"),
    [
        ("jpush-android-3.5.4.jar", "3.5.4", "jpush-android"), ("open_sdk_r5781.jar", "r5781", "open_sdk"),
        ("MiPush_SDK_Client_5_0_5-C.jar", "5.0.5", "mipush_sdk_client"), ("Msc.jar", None, "msc"),
        ("alipaySdk-20180601.jar", "20180601", "alipaysdk"), ("umeng-analytics-v5.6.7.jar", "5.6.7", "umeng-analytics"),
        ("1.2.3.aar", "1.2.3", "1.2.3"),
    ],
)  # fmt: skip
def test_what_a_file_name_says(name: str, version: str | None, part: str) -> None:
    assert (versions.of_name(name), versions.part(name)) == (version, part)


def archive(files: dict[str, str]) -> Archive:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, text in files.items():
            z.writestr(name, text)
    return Archive(out.getvalue())


def test_records_of_the_build() -> None:
    found = versions.of_records(archive({
        "META-INF/androidx.core_core.version": "1.1.0\n", "META-INF/maven/com.vendor.sdk/push/pom.properties":
        "#made\nversion=2.0.1\ngroupId=com.vendor.sdk\nartifactId=push\n", "META-INF/other.version": "9.9.9",
        "META-INF/a_b.version": "task ':x' property", "META-INF/MANIFEST.MF": "Version: 3.3.3",
    }))  # fmt: skip
    assert sorted(found) == [("androidx.core.core", "1.1.0"), ("com.vendor.sdk.push", "2.0.1")]


def getter(cls: str, name: str, text: str, more: tuple[tuple[str, int, str], ...] = ()) -> Cls:
    code = [("const-string", 0, text), *more, ("return", 0)]
    return Cls(cls, methods=[Mth(name, "()Ljava/lang/String;", code)])


@pytest.mark.parametrize(
    ("cls", "said"),
    [
        (getter("Lcom/vendor/sdk/A;", "getSdkVersion", "4.5.6"), [("vendor", "4.5.6")]),
        (getter("Lcom/app/A;", "getSdkVersion", "4.5.6"), []),
        (getter("Lcom/vendor/sdk/A;", "getName", "4.5.6"), []),
        (getter("Lcom/vendor/sdk/A;", "getSdkVersion", "none"), []),
        (getter("Lcom/vendor/sdk/A;", "getSdkVersion", "1.0"), []),
        (getter("Lcom/vendor/sdk/A;", "getSdkVersion", "4.5.6", (("const-string", 0, "1.2.3"),)), []),
    ],
)
def test_methods_that_return_it(cls: Cls, said: list[tuple[str, str]]) -> None:
    assert list(versions.of_code(tables.read("classes.dex", build([cls])), OWN.of)) == said


def constant(name: str, field: str, value: str) -> bytes:
    """A class file with one static final String."""
    pool = [name, "java/lang/Object", field, "Ljava/lang/String;", "ConstantValue", value]
    utf8 = b"".join(b"\1" + len(t).to_bytes(2, "big") + t.encode() for t in pool)
    more = b"\7\0\1" + b"\7\0\2" + b"\x08\0\6"  # 7: class, 8: super, 9: string
    head = b"\xca\xfe\xba\xbe\0\0\0\x32" + (10).to_bytes(2, "big") + utf8 + more
    fields = b"\0\1\0\x19\0\3\0\4\0\1\0\5\0\0\0\2\0\x09"
    return head + b"\0\x21\0\7\0\x08\0\0" + fields + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("cls", "field", "value", "said"),
    [
        ("com/vendor/sdk/BuildConfig", "VERSION_NAME", "4.5.6", [("vendor", "4.5.6")]),
        ("com/vendor/sdk/BuildConfig", "TLS_VERSION", "1.2", []),
        ("com/vendor/sdk/BuildConfig", "VERSION_NAME", "unspecified", []),
        ("com/app/BuildConfig", "VERSION_NAME", "4.5.6", []),
    ],
)
def test_constants_of_class_files(cls: str, field: str, value: str, said: list[tuple[str, str]]) -> None:
    data = constant(cls, field, value)
    assert list(versions.of_code(classfile.read("a.jar", [(f"{cls}.class", data)]), OWN.of)) == said
    cut = classfile.read("a.jar", [(f"{cls}.class", data[:-9])])
    assert list(versions.of_code(cut, OWN.of)) == []


def test_the_manifest() -> None:
    def meta(name: str, value: object, kind: str = "sdk") -> dict[str, object]:
        return {"name": name, "value": value, "owner": {"kind": kind, "id": "vendor", "name": ""}}

    found = versions.of_meta([
        meta("com.vendor.sdk.VERSION", "2.3.4"), meta("com.vendor.sdk.version", 7), meta("com.vendor.sdk.key", "1.2.3"),
        meta("com.app.version", "9.9.9", "app"), meta("com.vendor.sdk.version", None),
    ])  # fmt: skip
    assert list(found) == [("vendor", "2.3.4")]


def test_whoever_states_two_states_none() -> None:
    said = {
        "one": [(1, Stated("1.1", "constant")), (0, Stated("2.0", "meta-inf"))],
        "two": [(0, Stated("1.1", "constant")), (0, Stated("1.2", "constant")), (1, Stated("1.1", "meta-data"))],
        "same": [(0, Stated("1.1", "constant")), (0, Stated("1.1", "constant"))],
    }
    got = versions.settle(said)
    assert got == {"one": Stated("2.0", "meta-inf"), "same": Stated("1.1", "constant")}
