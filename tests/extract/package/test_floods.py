"""Code made to flood, to slow or to hide: caps with a limitation, linear work, owners that hold."""

from __future__ import annotations

import struct
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mingcha import catalogue
from mingcha.catalogue.schema import ApiClass, WordList
from mingcha.extract.package import apis, assets, code, patterns, reader
from mingcha.extract.package.apis import Table
from mingcha.extract.package.code import CodeFacts
from mingcha.extract.package.dex import tables
from mingcha.extract.package.owners import Owners
from mingcha.extract.package.texts import HITS, Strings, Words, parse_url
from mingcha.extract.package.uses import Uses
from tests.extract.package import build as make
from tests.extract.package.dexbuild import Builder, Cls, Mth, build

VOID = ("return-void",)
N = {"zh": "名", "en": "name"}
KEY = "LTAI5tAbCdEfGhIjKlMnOp"
LISTS = msgspec.convert(
    [
        {"id": "secrets", "name": N, "doc": N, "entries": [
            {"id": "ak", "name": N, "mask": True, "regex": r"\bLTAI[A-Za-z0-9]{12,20}\b", "literals": ["LTAI"]}]},
        {"id": "words", "name": N, "doc": N, "entries": [{"id": "policy", "name": N, "words": ["privacy policy"]}]},
        {"id": "links", "name": N, "doc": N, "entries": [{"id": "link", "name": N, "regex": r"policy/\d{1,9}"}]},
    ],
    list[WordList],
)  # fmt: skip
APIS = msgspec.convert(
    [
        {"class": "android.telephony.TelephonyManager", "members": [{"name": "getDeviceId", "item": "imei"}]},
        {"class": "android.util.Log", "members": [{"name": "d", "capability": "log-write"}]},
        {"class": "android.content.Context", "subclasses": True,
         "members": [{"name": "startService", "capability": "self-start-service"}]},
    ],
    list[ApiClass],
)  # fmt: skip
TABLE, WORDS = Table.build(APIS, {"android.app.Activity": "android.content.Context"}), Words.build(LISTS)
GET_ID = ("invoke-virtual", [0], "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;")
START = "->startService(Landroid/content/Intent;)Landroid/content/ComponentName;"


def collect(*files: bytes) -> tuple[CodeFacts, list[dict[str, Any]]]:
    found = CodeFacts(TABLE, WORDS, Owners({}, "com.example.app"), {}, frozenset())
    for n, data in enumerate(files, 1):
        found.add(tables.read(f"classes{n}.dex", data))
    return found, list(found.facts())


def scope(*body: tuple[Any, ...]) -> patterns.Scope:
    read = tables.read("c", build([Cls("La/A;", [Mth("f", "()V", [*body, VOID])])]))
    return patterns.Scope(read, frozenset(), frozenset(), Uses(read))


# ---- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [21, 48, 57, 65, 90, 95, 97, 122, 6200])
def test_a_length_prefix_that_reads_as_a_letter_hides_no_match(length: int) -> None:
    url = "http://a.cn/".ljust(length, "x") if length < 2000 else "http://a.cn/y ".ljust(length)
    texts = [("const-string", 0, t) for t in (url, KEY.ljust(length + 1))]
    found = Strings(
        tables.read("c", build([Cls("La/A;", [Mth("f", "()V", [*texts, VOID])])])), WORDS.needles
    )
    assert [u.host for u, _ in found.urls()] == ["a.cn"]
    assert "secrets" in {m.list for m, _ in found.words(WORDS)}


def test_a_secret_shows_in_no_other_fact() -> None:
    text = f"privacy policy https://a.example.cn/?ak={KEY}"
    _, facts = collect(build([Cls("La/A;", [Mth("f", "()V", [("const-string", 0, text), VOID])])]))
    assert {f["kind"] for f in facts} == {"url", "text-match"}
    assert {f["list"] for f in facts if f["kind"] == "text-match"} == {"secrets", "words"}
    assert KEY not in str(facts)
    shown = str(WORDS.in_text("x" * 40 + " privacy policy " + "y" * 50 + " " + KEY, "resource"))
    assert "privacy policy" in shown
    assert KEY[4:12] not in shown


def test_a_password_in_an_address_is_left_out() -> None:
    found = parse_url("https://user:hunter2@a.example.cn/x")
    assert found is not None
    assert (found.host, found.url) == ("a.example.cn", "https://user:…@a.example.cn/x")


def test_a_flood_in_one_text_is_cut_and_said() -> None:
    cut: set[str] = set()
    text = "\n".join(f"policy/{n}" for n in range(HITS + 5))
    assert len(WORDS.in_text(text, "resource", cut)) == HITS
    assert cut == {f"more than {HITS} matches of links/link in one text"}
    assert len(WORDS.in_text("policy/1\n" * 500, "resource", none := set())) == 1
    assert none == set()


def test_a_long_line_is_searched_in_linear_time() -> None:
    text = "privacy policy " * 200_000
    start = time.process_time()
    assert WORDS.in_text(text, "resource")
    assert time.process_time() - start < 60  # a guard against hanging, no measure of speed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_are_read_in_their_own_encoding(encoding: str) -> None:
    text = "本应用的隐私政策如下：我们收集您的设备信息。"
    assert assets._decoded(text.encode(encoding)).lstrip("\ufeff") == text


def test_a_damaged_utf8_text_stays_utf8() -> None:
    assert "隐私政策" in assets._decoded("本应用的隐私政策如下".encode() + b"\xff")


def test_a_secret_in_the_manifest_is_masked(tmp_path: Path) -> None:
    node = make.manifest(("meta-data", {"android:name": "key", "android:value": "LTAI5tAbCdEfGhIjKl"}))
    path = tmp_path / "a.apk"
    path.write_bytes(make.zip_([make.File("AndroidManifest.xml", make.axml(node))]))
    facts: list[dict[str, Any]] = []
    reader.read(path, facts.extend, catalogue.load())
    assert [f["value"] for f in facts if f["kind"] == "meta-data"] == ["LTAI…Kl(18)"]
    assert "AbCdEf" not in str(facts)


# ---- calls -----------------------------------------------------------------------------------------


def test_a_flood_of_calls_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apis, "PER_API", 10)
    found, facts = collect(build([Cls("La/A;", [Mth(f"f{n}", "()V", [GET_ID, VOID]) for n in range(30)])]))
    assert len(facts) == 10
    assert found.cut == {"more than 10 calls of android.telephony.TelephonyManager.getDeviceId"}


def test_all_calls_together_are_cut_within_one_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apis, "CALLS", 10)
    found, facts = collect(build([Cls("La/A;", [Mth(f"f{n}", "()V", [GET_ID, VOID]) for n in range(30)])]))
    assert len(facts) == 10
    assert found.cut == {"more than 10 calls"}


def test_a_flood_of_patterns_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "PATTERNS", 10)
    get = "Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;"
    body = [("const-string", 0, "MD5"), ("invoke-static", [0], get), VOID]
    found, facts = collect(build([Cls("La/A;", [Mth(f"f{n}", "()V", body) for n in range(30)])]))
    assert len([f for f in facts if f["kind"] == "code-pattern"]) == 10
    assert found.cut == {"more than 10 places of crypto-weak-hash"}


def test_log_calls_are_no_facts_and_take_no_room() -> None:
    log = ("invoke-static", [0, 0], "Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I")
    assert collect(build([Cls("La/A;", [Mth("f", "()V", [log, VOID])])]))[1] == []


def test_a_second_definition_that_never_runs_hides_no_inherited_call() -> None:
    call = ("invoke-virtual", [0, 0], f"Lx/Own;{START}")
    first = [
        Cls("Lx/Own;", parent="Landroid/app/Activity;"),
        Cls("Lx/User;", [Mth("f", "()V", [call, VOID])]),
    ]
    decoy = [
        Cls("Lx/Own;", [Mth("startService", START[14:], [VOID], virtual=True)], "Landroid/app/Activity;")
    ]
    found, facts = collect(build(first), build(decoy))
    assert found.duplicates == 1
    assert [f["item"] for f in facts] == ["self-start-service"]


@pytest.mark.parametrize("name", ["Landroid/app/Spy;", "Ljava/x/Spy;", "Lorg/jsonx/Spy;"])
def test_code_of_the_package_is_never_the_systems(name: str) -> None:
    (fact,) = collect(build([Cls(name, [Mth("f", "()V", [GET_ID, VOID])])]))[1]
    assert fact["owner"]["kind"] == "unknown"


def test_a_name_that_only_begins_like_the_frameworks_is_not_its() -> None:
    assert Owners({}).of("Lorg/jsonx/A;").kind == "unknown"
    assert Owners({}).of("Lorg/json/A;").kind == "system"


def test_endless_names_are_cut_but_stay_apart() -> None:
    long = ["L" + "a" * 60_000 + f"{n};" for n in range(2)]
    proto = "(" + long[0] * 60 + ")V"
    found, facts = collect(build([Cls(c, [Mth("f" * 9000, proto, [GET_ID, VOID])]) for c in long]))
    assert (len(facts), found.duplicates, len(found.classes)) == (2, 0, 2)
    assert len(msgspec.json.encode(facts)) < 40_000


# ---- bodies ----------------------------------------------------------------------------------------

JS = "Landroid/webkit/WebSettings;->setJavaScriptEnabled(Z)V"
DIGEST = "Ljava/security/MessageDigest;->getInstance(Ljava/lang/String;)Ljava/security/MessageDigest;"


def test_constants_are_found_however_long_the_body() -> None:
    filler = [("const/16", 2, 7)] * 35_000  # 70,000 code units
    s = scope(*filler, ("const/4", 1, 1), ("invoke-virtual", [0, 1], JS))
    assert [p for p, *_ in patterns._webview(s)] == ["webview-js-on"]
    s = scope(("const/4", 1, 1), *filler, ("invoke-virtual", [0, 1], JS))
    assert list(patterns._webview(s)) == []


def test_many_calls_in_one_body_are_linear() -> None:
    setters = scope(*[("invoke-virtual", [0, 1], JS)] * 20_000)
    digests = scope(*[("invoke-static", [0], DIGEST)] * 20_000)
    start = time.process_time()
    assert list(patterns._webview(setters)) == []
    assert list(patterns._crypto(digests)) == []
    assert time.process_time() - start < 60  # a guard against hanging, no measure of speed


def test_the_range_form_of_a_call_has_constants_too() -> None:
    b = Builder(
        [Cls("La/A;", [Mth("f", "()V", [("const/16", 17, 1), ("invoke-virtual", [0, 1], JS), VOID])])]
    )
    data = bytearray(b.build())
    at = data.index(bytes([0x6E, 0x20]), b.code_at["La/A;->f()V"])
    struct.pack_into(
        "<BBHH", data, at, 0x74, 2, b.mid["Landroid/webkit/WebSettings;", "setJavaScriptEnabled", "(Z)V"], 16
    )
    read = tables.read("c", bytes(data))
    assert [p for p, *_ in patterns._webview(patterns.Scope(read, frozenset(), frozenset(), Uses(read)))] == [
        "webview-js-on"
    ]


# ---- tables ----------------------------------------------------------------------------------------


def test_a_shared_interface_list_is_no_bomb() -> None:
    some = Cls("La/A;", interfaces=tuple(f"Li/I{n};" for n in range(4096)))
    b = Builder([some, *(Cls(f"Lb/A{k};") for k in range(5000))])
    data, at = bytearray(b.build()), b.section["class"]
    shared = data[at + 12 : at + 16]
    for k in range(1, 5001):
        data[at + 32 * k + 12 : at + 32 * k + 16] = shared
    read = tables.read("c", bytes(data))
    assert len(read.interface_class) <= 2 * len(data)
    assert "interfaces: shared lists beyond the limit" in read.malformed


def test_a_text_shared_by_many_offsets_is_no_bomb() -> None:
    data = bytearray(build([Cls("La/A;")]))
    at, n = len(data), 100_000
    data += b"a" * 0x30000 + b"\0" * 4
    table = len(data)
    data += b"".join(struct.pack("<I", at + k) for k in range(n))
    struct.pack_into("<II", data, 0x38, n, table)
    start = time.process_time()
    read = tables.read("c", bytes(data))
    assert time.process_time() - start < 60  # a guard against hanging, no measure of speed
    assert int((read.string_end - read.string_start).sum()) <= 3 * len(data)
    assert "strings: shared texts beyond the limit" in read.malformed


def test_class_data_that_claims_the_whole_file_again_and_again_is_read_once() -> None:
    b = Builder(
        [Cls(f"La/A{k};", [Mth("f", "()V", [VOID])]) for k in range(2000)], extra_strings=("x" * 400_000,)
    )
    data, at = bytearray(b.build()), b.section["class"]
    bomb = data.index(b"x" * 100)
    data[bomb : bomb + 8] = b"\xff\xff\xff\xff\x07\x00\x00\x01"
    for k in range(2000):
        struct.pack_into("<I", data, at + 32 * k + 24, bomb)
    start = time.process_time()
    read = tables.read("c", bytes(data))
    assert time.process_time() - start < 60  # a guard against hanging, no measure of speed
    assert any("classes could not be read to their end" in note for note in read.malformed)


def test_more_types_than_an_index_can_name_are_left_out() -> None:
    data = bytearray(build([Cls("La/A;")]))
    at = len(data)
    data += b"\0" * (4 * 70_000)
    struct.pack_into("<II", data, 0x40, 70_000, at)
    read = tables.read("c", bytes(data))
    assert len(read.type_string) == 1 << 16
    assert "type_ids: 70000 entries, 65536 can be meant" in read.malformed
