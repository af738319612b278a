"""Binary, protobuf and text XML: the same tree, whatever was done to the bytes."""

from __future__ import annotations

import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.limits import DEFAULT
from mingcha.extract.package import axml, protoxml, splits
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.stringpool import StringPool
from mingcha.extract.package.xmltree import Element, Ref, parse_text
from tests.extract.package import build
from tests.inputs import real

TREE = build.manifest(
    (
        "activity",
        {"android:name": ".Main", "android:exported": True},
        ("intent-filter", {}, ("action", {"android:name": "x"})),
    ),
    ("meta-data", {"android:name": "k", "android:value": ("ref", 0x7F010002)}),
)


def parse(data: bytes, **limits: int) -> tuple[Element | None, Notes]:
    notes = Notes()
    return axml.parse(data, notes, replace(DEFAULT, **limits)), notes


def flat(root: Element | None) -> list[tuple[str, dict[str, object], str]]:
    out, todo = [], [root] if root else []
    while todo:
        e = todo.pop()
        out.append((e.tag, dict(e.attrs), e.text))
        todo.extend(reversed(e.children))
    return out


HONEST = flat(parse(build.axml(TREE))[0])


def codes(notes: Notes) -> set[str]:
    return {c for c, _ in notes.deviations}


def test_honest() -> None:
    root, notes = parse(build.axml(TREE))
    assert root is not None and root.attrs["package"] == "com.example.app"
    app = root.first("application")
    assert app is not None and app.get("label") == "样例"
    activity = app.first("activity")
    assert activity is not None and activity.get("exported") is True
    assert app.first("meta-data").get("value") == Ref(0x7F010002)  # type: ignore[union-attr]
    assert root.get("versionCode") == 7
    assert not notes.deviations and not notes.limitations


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        ({"utf8": True}, None),
        ({"magic": 0x0018}, "xml-header"),
        ({"magic": 0}, "xml-header"),
        ({"size": 40}, "xml-header"),
        ({"size": 0x7FFFFFFF}, "xml-header"),
        ({"stride": 24}, "xml-attribute-size"),
        ({"gap": 8}, "xml-attribute-start"),
        ({"hide_names": True}, None),
        ({"dummy": struct.pack("<HHI", 0x7777, 8, 24) + bytes(16)}, "xml-chunk"),
        ({"dummy": bytes(8)}, "xml-chunk"),
        ({"dummy": struct.pack("<HHI", 0x0102, 16, 0)}, "xml-chunk"),
        ({"dummy": build.pool(["a", "b"]), "dummy_from": 1}, None),
    ],
)
def test_bent_bytes_give_the_same_tree(bend: dict[str, object], code: str | None) -> None:
    root, notes = parse(build.axml(TREE, **bend))  # type: ignore[arg-type]
    assert flat(root) == HONEST
    assert not notes.limitations
    if code:
        assert code in codes(notes)


def test_attribute_without_an_id_is_seen_but_noted() -> None:
    root, notes = parse(build.axml(TREE, ids=False))
    assert flat(root) == HONEST
    assert "xml-attribute-id" in codes(notes)


def test_the_id_decides_not_the_name() -> None:
    data = build.axml(("manifest", {"android:exported": True}))
    lied = data.replace("exported".encode("utf-16-le"), "enabledX".encode("utf-16-le"))
    root, notes = parse(lied)
    assert root is not None and root.attrs == {"android:exported": True}
    assert "xml-attribute-name" in codes(notes)


def test_odd_attribute_names() -> None:
    root, _ = parse(build.axml(("manifest", {"a\n>b": "1", "package": "p"})))
    assert root is not None and root.attrs == {"a\n>b": "1", "package": "p"}


def test_lying_counts_are_cut() -> None:
    data = bytearray(build.axml(TREE))
    struct.pack_into("<I", data, 8 + 8, 0x7FFFFFF0)  # string count of the pool
    root, notes = parse(bytes(data))
    assert flat(root) == HONEST and "string-count" in codes(notes)
    root, notes = parse(build.axml(("manifest", {"package": "p"}), count=60000))
    assert root is not None and root.attrs["package"] == "p"
    assert "xml-attribute-count" in codes(notes)


def test_truncation_gives_what_came_before() -> None:
    data = build.axml(TREE)
    root, notes = parse(data[:-60])
    assert root is not None and root.tag == "manifest"
    assert "xml-header" in codes(notes)
    assert parse(data[:6])[1].limitations[0][0] == "malformed-manifest"
    assert parse(b"")[1].limitations[0][0] == "malformed-manifest"


def test_depth_elements_and_size_are_bounded() -> None:
    deep: build.Node = ("e", {})
    for _ in range(200):
        deep = ("e", {}, deep)
    root, notes = parse(build.axml(deep))
    assert len(flat(root)) == DEFAULT.xml_depth and notes.limitations[0][0] == "reader-limit"
    root, notes = parse(build.axml(("m", {}, *[("e", {})] * 50)), xml_elements=10)
    assert len(flat(root)) <= 11 and notes.limitations[0][0] == "reader-limit"
    assert parse(build.axml(TREE), manifest=100)[1].limitations[0][0] == "too-large"


def test_strings_that_overlap_do_not_multiply() -> None:
    text = "x" * 60_000
    data = bytearray(build.pool([text] + [""] * 5000, utf8=False))
    first = struct.unpack_from("<I", data, 28)[0]
    struct.pack_into("<5001I", data, 28, *[first] * 5001)
    notes = Notes()
    pool = StringPool(bytes(data), 0, len(data), notes)
    assert sum(len(pool[i]) for i in range(5001)) <= 4 * len(data) + 65536
    assert sum(len(s) for _, s in pool.all()) <= 4 * len(data) + 65536
    assert notes.limitations[0][0] == "reader-limit"


def test_utf8_pool_with_surrogates_and_rubbish() -> None:
    cesu = "\ud83d\ude00".encode("utf-8", "surrogatepass")
    raw = [bytes([2, len(cesu)]) + cesu + b"\0", b"\x03\x03\xff\xfe\xfd\0", b"\x01\x03\xed\xa0\x80\0"]
    pool = StringPool(data := build.pool(["", "", ""], utf8=True, raw=raw), 0, len(data), Notes())
    assert pool[0] == "😀"
    assert [s.encode() and len(s) for s in (pool[1], pool[2])] == [3, 1]
    assert pool[3] == pool[-1] == ""


def test_text_xml() -> None:
    text = f"""<?xml version="1.0"?><manifest xmlns:a="{build.ANDROID}" package="p.q">
    <application a:label="@string/app" a:icon="@"><activity a:name=".M"/>t</application></manifest>""".encode()
    root = parse_text(text, Notes())
    assert root is not None
    app = root.first("application")
    assert app is not None and app.get("label") == Ref(0, "string/app") and app.get("icon") == "@"
    assert app.text == "t" and [c.get("name") for c in app.children] == [".M"]
    assert (
        not axml.is_binary(text)
        and not axml.is_binary(b"\xef\xbb\xbf \n<m/>")
        and axml.is_binary(build.axml(TREE))
    )


@pytest.mark.parametrize(
    "text",
    [
        b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><m>&b;</m>',
        b'<!DOCTYPE m SYSTEM "file:///etc/passwd"><m/>',
    ],
)
def test_entities_are_refused(text: bytes) -> None:
    notes = Notes()
    assert parse_text(text, notes) is None
    assert codes(notes) == {"xml-doctype"} and notes.limitations[0][0] == "malformed-manifest"


def test_broken_text_gives_its_beginning() -> None:
    notes = Notes()
    root = parse_text(b"<m><a/><b></m>", notes)
    assert root is not None and [c.tag for c in root.children] == ["a", "b"]
    assert codes(notes) == {"xml-syntax"} and not notes.limitations
    assert parse_text(b"not xml", notes) is None and notes.limitations


def field(number: int, body: bytes | int) -> bytes:
    """One protobuf field."""
    if isinstance(body, int):
        return bytes([number << 3]) + varint(body)
    return bytes([number << 3 | 2]) + varint(len(body)) + body


def varint(n: int) -> bytes:
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def test_protobuf_xml() -> None:
    def attr(name: str, item: bytes = b"", res_id: int = 0, value: str = "") -> bytes:
        body = field(2, name.encode()) + field(3, value.encode())
        return field(4, body + (field(5, res_id) if res_id else b"") + (field(6, item) if item else b""))

    true = field(7, field(8, 1))
    ref = field(1, field(2, 0x7F010001) + field(3, b"string/x"))
    minus = field(7, field(6, 0xFFFFFFFF))
    child = field(5, field(1, field(3, b"activity") + attr("?", true, build.IDS["exported"])))
    text = field(5, field(2, b"hello"))
    node = field(
        1,
        field(3, b"manifest") + attr("package", value="p") + attr("r", ref) + attr("n", minus) + child + text,
    )
    root = protoxml.parse(node, Notes())
    assert root is not None
    assert root.attrs == {"package": "p", "r": Ref(0x7F010001, "string/x"), "n": -1} and root.text == "hello"
    assert root.children[0].get("exported") is True
    notes = Notes()
    assert protoxml.parse(b"\x08\x96\x01", notes) is None and notes.limitations[0][0] == "malformed-manifest"


@pytest.mark.real
@pytest.mark.skipif(shutil.which("aapt2") is None, reason="aapt2 is not installed")
def test_protobuf_form_of_a_real_manifest_is_the_same_tree(tmp_path: Path) -> None:
    source = real("InsecureBankv2.apk")
    out = tmp_path / "proto.apk"
    subprocess.run(
        ["aapt2", "convert", "--output-format", "proto", "-o", str(out), str(source)],
        check=True,
        capture_output=True,
    )
    with Archive.open(source) as a, Archive.open(out) as b:
        one, two = (
            splits.read_root(a, "AndroidManifest.xml"),
            splits.read_root(b, "AndroidManifest.xml", proto=True),
        )

        def simple(root: Element | None) -> list[tuple[str, dict[str, object], str]]:
            return [
                (t, {k: v.id if isinstance(v, Ref) else v for k, v in attrs.items()}, "")
                for t, attrs, _ in flat(root)
            ]

        assert len(simple(one)) > 30
        assert simple(one) == simple(two)


SEED = build.axml(TREE)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=16),
    st.integers(0, 40),
)
def test_mutations_never_raise(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(SEED)
    for at, value in changes:
        data[at] = value
    root, notes = parse(bytes(data[: len(data) - cut]))
    assert len(flat(root)) <= 200
    assert root is not None or notes.limitations


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_rubbish_never_raises(data: bytes) -> None:
    for reader in (axml.parse, protoxml.parse, parse_text):
        notes = Notes()
        assert reader(data, notes) is not None or notes.limitations
