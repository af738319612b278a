"""Whole packages through the assembled reader: what the parts say must fit together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.catalogue import tree
from mingcha.extract.package import assets, code, owners, reader, sdk
from mingcha.extract.package.dex import tables
from mingcha.model import Exhibit
from tests.extract.package import build
from tests.extract.package.build import File, Node
from tests.extract.package.dexbuild import Cls, Mth
from tests.inputs import fetch
from tests.support import apk, dex, flagged, put

IMEI = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;"
APP, SDK, OTHER = "Lcom/example/app/Main;", "Lcn/jpush/android/Core;", "Lorg/nobody/Thing;"


def caller(name: str, *strings: str) -> Cls:
    """A class whose method reads the IMEI and loads strings."""
    body = [("const-string", 0, s) for s in strings]
    return Cls(name, [Mth("f", "()V", [*body, ("invoke-virtual", (0,), IMEI), ("return-void",)])])


def component(tag: str, name: str, *children: Node, **attributes: build.Attr) -> Node:
    return (tag, {"android:name": name, **{f"android:{k}": v for k, v in attributes.items()}}, *children)


def test_whether_a_framework_processes_personal_information_may_be_unknown() -> None:
    sdks = catalogue.load().sdks
    found = sdk.find(sdks, "", Counter({"cordova": 9, "jpush": 9, "okhttp": 9}), (), (), {}, ())
    assert {f["id"]: f["personal"] for f in found} == {"cordova": None, "jpush": True, "okhttp": False}


def test_text_recognition_is_no_face_recognition() -> None:
    own, sdks = owners.Owners(owners.from_catalogue(catalogue.load().sdks.values())), catalogue.load().sdks
    for name, purpose in (("Lcom/google/mlkit/vision/text/A;", "ocr"), ("Lcom/google/mlkit/vision/face/A;", "face-recognition")):
        assert sdks[own.of(name).id].purpose == purpose


class Read:
    """Exhibit and facts of one package."""

    def __init__(self, exhibit: Exhibit, facts: list[dict[str, Any]]) -> None:
        self.exhibit, self.facts = exhibit, facts
        wrong = [w for f in facts for w in tree.check_fact(f, catalogue.load().facts)]
        assert wrong == [], "facts that facts.yml does not know"
        assert {f["exhibit"] for f in facts} == {exhibit.sha256}

    def all(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        return [f for f in self.facts if f["kind"] == kind and all(f[k] == v for k, v in fields.items())]

    def one(self, kind: str, **fields: Any) -> dict[str, Any]:
        (fact,) = self.all(kind, **fields)
        return fact

    @property
    def limitations(self) -> set[str]:
        assert {f["code"] for f in self.all("limitation")} == {x.code for x in self.exhibit.limitations}
        assert self.exhibit.status == ("partly" if self.exhibit.limitations else "read")
        return {x.code for x in self.exhibit.limitations}


def read(tmp_path: Path, data: bytes, name: str = "x.apk") -> Read:
    facts: list[dict[str, Any]] = []
    exhibit = reader.read(put(tmp_path / name, data), facts.extend, catalogue.load())
    return Read(exhibit, facts)


def archive(manifest: Node, *codes: Sequence[Cls], extra: Sequence[File] = ()) -> bytes:
    return apk(manifest, *codes, extra=extra)


# ---- owners, components, packing ------------------------------------------------------------------


def test_calls_urls_and_matches_belong_to_whoever_owns_the_class(tmp_path: Path) -> None:
    texts = {APP: "http://own.example.cn/a", SDK: "http://sdk.example.cn/a", OTHER: "http://who.example.cn/a"}
    found = read(tmp_path, archive(build.manifest(), [caller(c, t, "隐私政策") for c, t in texts.items()]))
    owners = {APP: ("app", "com.example.app"), SDK: ("sdk", "jpush"), OTHER: ("unknown", "")}
    for cls, text in texts.items():
        call = found.one("api-call", caller=f"{cls}->f()V", item="imei")
        assert (call["callee"], call["dex"], call["count"], call["group"]) == (IMEI, "classes.dex", 1, "item")
        assert call["where"] == f"classes.dex:{cls}->f()V"
        for fact in (call, found.one("url", url=text)):
            assert (fact["owner"]["kind"], fact["owner"]["id"]) == owners[cls]
    matches = found.all("text-match", list="policy-link", entry="policy-name", source="code")
    assert {m["owner"]["id"] for m in matches} == {"com.example.app", "jpush", ""}
    assert found.limitations == {"flow-limit"}


def test_components_have_an_owner_and_say_whether_code_defines_them(tmp_path: Path) -> None:
    manifest = build.manifest(
        component("activity", ".Main"), component("activity-alias", ".Alias", targetActivity=".Main"),
        component("service", "cn.jpush.android.Core"), component("receiver", "com.example.app.Missing"),
    )  # fmt: skip
    found = read(tmp_path, archive(manifest, [caller(APP), caller(SDK)]))
    told = {c["name"].rpartition(".")[2]: (c["owner"]["kind"], c["defined"]) for c in found.all("component")}
    assert told == {"Main": ("app", True), "Alias": ("app", True), "Core": ("sdk", True), "Missing": ("app", False)}
    assert found.limitations == {"flow-limit"}


@pytest.mark.parametrize(
    ("code", "more", "defined"),
    [
        (lambda: None, [], None),
        (lambda: b"junk", [], None),
        (lambda: dex([caller(OTHER)])[:-300], [], None),
        (lambda: dex([caller(OTHER)]), [File("classes2.dex", b"junk")], None),
        (lambda: dex([caller(OTHER)]), [File("classes2.dex", b"", raw=b"\xff\xff", size=900)], None),
        (lambda: dex([caller(OTHER)]), [], False),
    ],
)
def test_a_class_is_called_missing_only_where_all_code_was_read(
    tmp_path: Path, code: Any, more: list[File], defined: bool | None
) -> None:
    manifest = build.manifest(*(component("activity", f".A{n}") for n in range(5)))
    files = [File("AndroidManifest.xml", build.axml(manifest)), *more]
    if (data := code()) is not None:
        files.insert(1, File("classes.dex", data))
    found = read(tmp_path, build.zip_(files))
    assert [c["defined"] for c in found.all("component")] == [defined] * 5
    assert bool(found.all("packer")) == (defined is False), "a packer was seen in code that was not"
    assert ("packed" in found.limitations) == (defined is False)


def test_a_base_without_its_splits_is_not_taken_for_packed(tmp_path: Path) -> None:
    manifest = build.manifest(
        *(component("activity", f".A{n}") for n in range(5)), **{"android:isSplitRequired": True}
    )
    found = read(tmp_path, archive(manifest, [caller(APP)]))
    assert found.limitations == {"missing-splits", "flow-limit"}
    assert {c["defined"] for c in found.all("component")} == {None}
    assert found.all("packer") == []


def test_a_packer_is_named_by_two_kinds_of_sign(tmp_path: Path) -> None:
    library = File("lib/arm64-v8a/libjiagu.so", build.elf(["libc.so"], ["ptrace"]))
    hollow = build.manifest(*(component("activity", f".A{n}") for n in range(3)))
    stub = flagged(name="com.stub.StubApp")
    for manifest, named in ((hollow, "qihoo-jiagu"), (stub, "qihoo-jiagu"), (build.manifest(), None)):
        found = read(tmp_path, archive(manifest, [caller(OTHER)], extra=[library]))
        assert [p["id"] for p in found.all("packer")] == ([named] if named else [])
        assert ("packed" in found.limitations) == bool(named)
        assert found.one("native-lib")["imports"] == ["ptrace"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("assets/index.android.bundle", "React Native"), ("assets/www/index.js", "Cordova"),
        ("assets/apps/__UNI__1/www/app-service.js", "uni-app"), ("lib/arm64-v8a/libapp.so", "Flutter"),
        ("assets/script/main.lua", "Lua"),
        ("lib/x86/libreactnativejni.so", "React Native"),  # the program is not in the package
    ],
)  # fmt: skip
def test_code_in_another_language_is_a_limitation(tmp_path: Path, name: str, label: str) -> None:
    content = build.elf([], []) if name.endswith(".so") else b"function(){}" * 20
    found = read(tmp_path, archive(build.manifest(), extra=[File(name, content)]))
    assert found.limitations == {"script-code"}
    assert found.one("limitation")["detail"].startswith(label)
    assert name in found.one("limitation")["detail"]


def test_programs_outside_their_place_are_embedded(tmp_path: Path) -> None:
    extra = [File("assets/picture.png", dex()), File("assets/data.bin", build.elf([], [])), File("assets/p.png", b"\x89PNG" * 30)]
    found = read(tmp_path, archive(build.manifest(), extra=extra))
    assert {(e["name"], e["format"]) for e in found.all("embedded")} == {("assets/picture.png", "dex"), ("assets/data.bin", "elf")}


# ---- totals over several DEX files ------------------------------------------------------------------


def test_totals_run_over_all_dex_files_and_the_first_definition_of_a_class_wins(tmp_path: Path) -> None:
    first = [caller(APP, "http://first.example.cn/"), caller(SDK)]
    second = [Cls(APP, [Mth("g", "()V", [("const-string", 0, "http://second.example.cn/"), ("invoke-virtual", (0,), IMEI),
                                         ("return-void",)])]), caller(OTHER)]  # fmt: skip
    third = [caller("Lcom/example/app/Third;")]
    found = read(tmp_path, archive(build.manifest(), first, second, third))
    package = found.one("package")
    parts = [read(tmp_path, archive(build.manifest(), part)).one("package") for part in (first, second, third)]
    for field in ("classes", "methods", "definitions", "fields", "strings", "instructions", "call_sites", "const_strings",
                  "field_accesses", "new_instances"):  # fmt: skip
        assert package[field] == sum(p[field] for p in parts), field
    assert (package["dex_files"], package["classes"], package["duplicate_classes"]) == (3, 5, 1)
    assert package["call_sites"] == 5
    callers = {(c["caller"], c["dex"]) for c in found.all("api-call", item="imei")}
    assert callers == {
        (f"{APP}->f()V", "classes.dex"), (f"{SDK}->f()V", "classes.dex"), (f"{OTHER}->f()V", "classes2.dex"),
        ("Lcom/example/app/Third;->f()V", "classes3.dex"),
    }  # fmt: skip
    assert found.one("sdk", id="jpush")["classes"] == 1


def test_a_string_shared_by_a_shadowed_class_and_a_live_one_is_told_of_the_live_one(tmp_path: Path) -> None:
    shared = "http://shared.example.cn/"
    found = read(tmp_path, archive(build.manifest(), [caller(APP)], [caller(APP, shared), caller(OTHER, shared)]))
    assert found.one("url", url=shared)["where"] == f"classes2.dex:{OTHER}->f()V"


def test_files_after_a_gap_are_read_and_the_gap_is_noted(tmp_path: Path) -> None:
    found = read(tmp_path, archive(build.manifest(), [caller(APP)], extra=[File("classes4.dex", dex([caller(OTHER)]))]))
    assert found.one("package")["dex_files"] == 2
    assert found.one("deviation")["code"] == "dex-gap"


# ---- manifest, network configuration, texts ---------------------------------------------------------


def test_the_package_fact_tells_the_manifest_with_platform_defaults(tmp_path: Path) -> None:
    found = read(tmp_path, archive(flagged(debuggable=True, allowBackup=False)))
    package = found.one("package")
    assert {k: package[k] for k in ("format", "id", "name", "version", "version_code", "min_sdk", "target_sdk", "debuggable",
                                    "allow_backup", "backup_rules", "test_only", "splits", "launchers", "icon")} == {
        "format": "apk", "id": "com.example.app", "name": "样例", "version": "1.2", "version_code": 7, "min_sdk": 19,
        "target_sdk": 30, "debuggable": True, "allow_backup": False, "backup_rules": False, "test_only": False, "splits": 1,
        "launchers": 0, "icon": False,
    }  # fmt: skip
    assert set(package) - {"kind", "exhibit", "where"} == set(catalogue.load().facts["package"].fields)
    assert len(found.all("package")) == 1


def config(*children: Node) -> bytes:
    return build.axml(("network-security-config", {}, *children))


BASE = {v: ("base-config", {"cleartextTrafficPermitted": v}) for v in (True, False)}
NAMED = flagged(networkSecurityConfig=("ref", 0x7F020000))
TABLE = File("resources.arsc", build.arsc({(2, 0): {build.config(): "res/xml/net.xml"}}))


@pytest.mark.parametrize(
    ("flag", "document", "target", "decision"),
    [
        (None, None, 27, (True, "platform-default")),
        (None, None, 28, (False, "platform-default")),
        (True, None, 30, (True, "manifest")),
        (False, None, 19, (False, "manifest")),
        (True, config(BASE[False]), 30, (False, "network-config")),
        (False, config(BASE[True]), 30, (True, "network-config")),
        (True, config(), 30, (False, "platform-default")),
        (False, config(), 27, (True, "platform-default")),
    ],
)
def test_whether_cleartext_is_allowed(
    tmp_path: Path, flag: bool | None, document: bytes | None, target: int, decision: tuple[bool, str]
) -> None:
    attributes: dict[str, build.Attr] = {}
    if flag is not None:
        attributes["usesCleartextTraffic"] = flag
    if document is not None:
        attributes["networkSecurityConfig"] = ("ref", 0x7F020000)
    node = list(flagged(**attributes))
    node[2] = ("uses-sdk", {"android:minSdkVersion": 19, "android:targetSdkVersion": target})
    extra = [TABLE, File("res/xml/net.xml", document)] if document is not None else []
    found = read(tmp_path, archive(tuple(node), extra=extra))
    package = found.one("package")
    assert (package["cleartext"], package["cleartext_by"]) == decision
    assert found.limitations == set()


@pytest.mark.parametrize("extra", [[], [TABLE], [File("res/xml/net.xml", config(BASE[True]))], [TABLE, File("res/xml/net.xml", b"\xff" * 90)]])
def test_a_configuration_that_cannot_be_read_decides_nothing(tmp_path: Path, extra: list[File]) -> None:
    found = read(tmp_path, archive(NAMED, extra=extra))
    package = found.one("package")
    assert (package["cleartext"], package["cleartext_by"]) == (None, None)
    assert "malformed-resources" in found.limitations


def test_domains_of_the_configuration_are_facts(tmp_path: Path) -> None:
    document = config(("domain-config", {"cleartextTrafficPermitted": True}, ("domain", {"includeSubdomains": True}, "a.example.cn")))
    found = read(tmp_path, archive(NAMED, extra=[TABLE, File("res/xml/net.xml", document)]))
    fact = found.one("network-config")
    assert (fact["block"], fact["domains"], fact["cleartext"]) == ("domain", ["*.a.example.cn"], True)
    assert fact["where"].startswith("res/xml/net.xml:")


def test_texts_of_resources_assets_manifest_and_code_are_searched(tmp_path: Path) -> None:
    number = "京ICP备12345678号-{}A"
    table = build.arsc({(1, 0): {build.config(): number.format(1)}, (1, 1): {build.config(): "http://res.example.cn/a"}})
    manifest = build.manifest(("meta-data", {"android:name": "filing", "android:value": number.format(2)}),
                              ("meta-data", {"android:name": "server", "android:value": "http://man.example.cn/a"}))  # fmt: skip
    page = f"<p>{number.format(3)} http://asset.example.cn/a</p>".encode()
    extra = [File("resources.arsc", table), File("assets/about.html", page), File("assets/about.png", page)]
    found = read(tmp_path, archive(manifest, [caller(APP, number.format(4))], extra=extra))
    matches = {m["source"]: m for m in found.all("text-match", list="filing-number", entry="app")}
    assert {s: re.search(r"号-(\d)A", m["value"])[1] for s, m in matches.items()} == {  # type: ignore[index]
        "resource": "1", "manifest": "2", "asset": "3", "code": "4",
    }  # fmt: skip
    where = {m["source"]: m["where"] for m in matches.values()}
    assert where["manifest"] == "AndroidManifest.xml:/manifest/application/meta-data[filing]"
    assert where["asset"] == "assets/about.html"
    assert {u["host"] for u in found.all("url")} == {"res.example.cn", "man.example.cn", "asset.example.cn"}


def test_secrets_are_masked_wherever_they_stand(tmp_path: Path) -> None:
    key = "LTAI" + "abcdefgh12345678"
    manifest = build.manifest(("meta-data", {"android:name": "ak", "android:value": key}))
    extra = [File("assets/keys.json", f'{{"ak": "{key}"}}'.encode()), File("resources.arsc", build.arsc({(1, 0): {build.config(): key}}))]
    found = read(tmp_path, archive(manifest, [caller(APP, key)], extra=extra))
    matches = found.all("text-match", list="secrets")
    assert matches
    assert not [m for m in matches if key in m["value"]]
    assert {m["source"] for m in matches} <= {"code", "resource", "asset", "manifest"}


def test_a_text_file_too_large_or_too_many_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "FILE", 100)
    monkeypatch.setattr(assets, "TOTAL", 150)
    small = [File(f"assets/{n}.txt", b"http://a%d.example.cn/ " % n * 4) for n in range(3)]
    found = read(tmp_path, archive(build.manifest(), extra=[*small, File("assets/big.js", b"x" * 101)]))
    assert found.limitations == {"text-limit"}
    assert {f["where"] for f in found.all("limitation")} == {"assets/big.js", "assets/2.txt"}


def test_more_addresses_or_matches_than_are_kept_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "URLS", 3)
    monkeypatch.setattr(code, "MATCHES", 2)
    strings = [f"http://h{n}.example.cn/隐私政策" for n in range(5)] + [f"隐私政策{n}" for n in range(5)]
    found = read(tmp_path, archive(build.manifest(), [caller(APP, *strings)]))
    assert len(found.all("url")) == 3
    assert found.limitations == {"reader-limit", "flow-limit"}
    details = {f["detail"] for f in found.all("limitation")}
    assert "more than 3 addresses" in details
    assert any("policy-name" in d for d in details)


# ---- SDKs ----------------------------------------------------------------------------------------------


def test_an_sdk_is_told_by_package_component_library_and_meta_data(tmp_path: Path) -> None:
    loaded = catalogue.load()
    sdk = next(s for s in loaded.sdks.values() if s.libs and s.prefixes and "*" not in s.libs[0])
    key = next(s for s in loaded.sdks.values() if len(s.meta) and sum(s.meta[0] in o.meta for o in loaded.sdks.values()) == 1)
    prefix = sdk.prefixes[0].replace(".", "/")
    library = File(f"lib/arm64-v8a/{sdk.libs[0]}", build.elf([], []))
    signs: dict[str, tuple[Node, list[Cls], list[File]]] = {
        "package": (build.manifest(), [caller(f"L{prefix}/A;")], []),
        "component": (build.manifest(component("service", f"{sdk.prefixes[0]}.S")), [caller(APP)], []),
        "library": (build.manifest(), [caller(APP)], [library]),
    }
    for by, (manifest, classes, extra) in signs.items():
        fact = read(tmp_path, archive(manifest, classes, extra=extra)).one("sdk", id=sdk.id)
        assert (fact["by"], fact["confidence"]) == ([by], "low")
        assert (fact["name"], fact["vendor"], fact["purpose"]) == (sdk.name.zh, sdk.vendor.zh, sdk.purpose)
    meta = build.manifest(("meta-data", {"android:name": key.meta[0], "android:value": "x"}))
    assert read(tmp_path, archive(meta)).one("sdk", id=key.id)["by"] == ["meta-data"]
    everything = read(tmp_path, archive(signs["component"][0], signs["package"][1], extra=[library])).one("sdk", id=sdk.id)
    assert (everything["by"], everything["confidence"]) == (["component", "library", "package"], "high")
    assert (everything["classes"], everything["components"], everything["libs"]) == (1, 1, [sdk.libs[0]])


def test_a_host_name_alone_is_no_sdk_but_adds_to_one(tmp_path: Path) -> None:
    sdk = next(s for s in catalogue.load().sdks.values() if s.domains and s.prefixes)
    url = f"https://{sdk.domains[0]}/x"
    assert read(tmp_path, archive(build.manifest(), [caller(APP, url)])).all("sdk", id=sdk.id) == []
    name = f"L{sdk.prefixes[0].replace('.', '/')}/A;"
    found = read(tmp_path, archive(build.manifest(), [caller(APP, url), caller(name)]))
    assert found.one("sdk", id=sdk.id)["by"] == ["domain", "package"]
    assert found.one("url", url=url)["vendor"] is not None


# ---- other formats ------------------------------------------------------------------------------------


def test_a_bare_dex_file(tmp_path: Path) -> None:
    found = read(tmp_path, dex([caller(APP)]), "one.dex")
    package = found.one("package")
    assert (package["format"], package["id"], package["classes"], package["dex_files"]) == ("dex", None, 1, 1)
    assert found.one("api-call", item="imei")["where"].startswith("classes.dex:")


SAMPLES = Path(__file__).parents[3] / "samples"


def test_a_library_archive_and_its_jar_say_the_same_of_their_code(tmp_path: Path) -> None:
    both = {}
    for suffix in ("aar", "jar"):
        path = SAMPLES / "sdk" / f"sample-sdk.{suffix}"
        if not path.exists():
            pytest.skip("samples are not built: make samples")
        both[suffix] = read(tmp_path, path.read_bytes(), path.name)
    for suffix, found in both.items():
        package = found.one("package")
        assert package["format"] == suffix
        assert package["classes"] > 0
        assert package["dex_files"] == 0
        assert found.all("signing") == found.all("packer") == []
    calls = [{(c["caller"], c["callee"], c["item"]) for c in f.all("api-call")} for f in both.values()]
    assert calls[0] == calls[1] != set()
    assert both["jar"].all("permission") == []
    assert both["aar"].one("package")["cleartext"] is None, "an app decides that, not a library"


TEXT = """<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.app">
<uses-sdk android:targetSdkVersion="30"/><application android:networkSecurityConfig="@xml/net"/></manifest>"""


@pytest.mark.parametrize(
    ("more", "decision"),
    [
        ([File("base/res/xml/net.xml", b"<network-security-config><base-config cleartextTrafficPermitted='true'/></network-security-config>")],
         (True, "network-config")),
        ([], (None, None)),
    ],
)  # fmt: skip
def test_a_bundle_is_read_module_by_module(
    tmp_path: Path, more: list[File], decision: tuple[bool | None, str | None]
) -> None:
    files = [
        File("BundleConfig.pb", b""), File("base/manifest/AndroidManifest.xml", TEXT.encode()),
        File("base/dex/classes.dex", dex([caller(APP)])), File("base/assets/a.txt", b"http://base.example.cn/a"),
        File("extra/manifest/AndroidManifest.xml", TEXT.encode()), File("extra/dex/classes.dex", dex([caller(SDK)])),
        File("extra/assets/a.txt", b"http://extra.example.cn/a"), *more,
    ]  # fmt: skip
    found = read(tmp_path, build.zip_(files), "x.aab")
    package = found.one("package")
    assert (package["format"], package["id"], package["dex_files"], package["splits"]) == ("aab", "com.example.app", 2, 2)
    assert {u["host"] for u in found.all("url")} == {"base.example.cn", "extra.example.cn"}
    assert (package["cleartext"], package["cleartext_by"]) == decision
    assert found.limitations == {"flow-limit"} | ({"malformed-resources"} if decision[0] is None else set())


def test_members_of_a_split_set_are_one_subject(tmp_path: Path) -> None:
    base = archive(build.manifest(), [caller(APP)])
    split = build.zip_([
        File("AndroidManifest.xml", build.axml(("manifest", {"package": "com.example.app", "split": "feature"}))),
        File("classes.dex", dex([caller(OTHER)])),
    ])  # fmt: skip
    found = read(tmp_path, build.zip_([File("split.apk", split), File("base.apk", base)]), "x.apks")
    package = found.one("package")
    assert (package["format"], package["id"], package["splits"], package["dex_files"], package["classes"]) == (
        "apks", "com.example.app", 2, 2, 2,
    )  # fmt: skip
    assert {c["dex"] for c in found.all("api-call", item="imei")} == {"base.apk!classes.dex", "split.apk!classes.dex"}
    assert found.limitations == {"flow-limit"}


def test_a_split_set_with_a_broken_member_says_so(tmp_path: Path) -> None:
    base = archive(build.manifest(), [caller(APP)])
    found = read(tmp_path, build.zip_([File("base.apk", base), File("split.apk", b"PK junk")]), "x.apks")
    assert "unreadable-entry" in found.limitations
    assert found.one("package")["id"] == "com.example.app"


# ---- stages that fail ------------------------------------------------------------------------------------

STAGES = {
    "manifest": ("manifest", "read", {"component", "permission", "meta-data", "startup-path", "reach", "self-start"}),
    "signing": ("signing", "signing_block", {"signing", "channel-block"}),
    "native": ("native", "read", {"native-lib"}),
    "texts": (None, "scan_assets", set()),
    "packers": ("packers", "detect", {"packer", "embedded"}),
    "results": ("sdk", "find", {"sdk", "api-call", "url", "text-match", "code-pattern", "startup-path"}),
    "code": ("tables", "read", {"api-call", "code-pattern", "startup-path", "reach"}),
}  # fmt: skip
ERRORS: list[tuple[BaseException, str]] = [
    (ZeroDivisionError("ours"), "crash"), (MemoryError(), "memory"), (RecursionError("deep"), "crash"),
    (reader._CpuTime(), "timeout"),
]  # fmt: skip


def rich() -> bytes:
    """A package that yields facts from every stage."""
    key = next(s.meta[0] for s in catalogue.load().sdks.values() if s.meta)
    manifest = build.manifest(
        component("activity", ".Main"), ("meta-data", {"android:name": key, "android:value": "x"}),
    )  # fmt: skip
    node = (*manifest[:2], ("uses-permission", {"android:name": "android.permission.CAMERA"}), *manifest[2:])
    return archive(node, [caller(APP, "http://a.example.cn/隐私政策"), caller(SDK)],
                   extra=[File("lib/arm64-v8a/a.so", build.elf([], [])), File("assets/x.bin", dex())])  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Read:
    found = read(tmp_path_factory.mktemp("whole"), rich())
    assert found.limitations == {"runtime-code", "flow-limit"}  # of the DEX file in assets; nothing starts the code
    return found


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("error", "limitation"), ERRORS, ids=lambda v: v if isinstance(v, str) else type(v).__name__)
def test_a_stage_that_fails_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Read, stage: str, error: BaseException, limitation: str
) -> None:
    module, name, lost = STAGES[stage]

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    home = tables if module == "tables" else getattr(reader, module) if module else reader
    monkeypatch.setattr(home, name, fail)
    found = read(tmp_path, rich())
    assert limitation in found.limitations
    detail = next(f["detail"] for f in found.all("limitation") if f["code"] == limitation)
    assert stage in detail
    assert len(found.all("package")) == 1
    kept = {f["kind"] for f in whole.facts} - lost
    if stage == "code":
        kept -= {"url", "text-match"}  # those of the code; resources have none here
    assert kept <= {f["kind"] for f in found.facts}


def test_one_dex_file_that_we_fail_at_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tables.read

    def fail(where: str, data: bytes) -> Any:
        if where == "classes2.dex":
            raise IndexError("ours")
        return real(where, data)

    monkeypatch.setattr(tables, "read", fail)
    found = read(tmp_path, archive(build.manifest(), [caller(APP)], [caller(SDK)], [caller(OTHER)]))
    assert found.limitations == {"crash", "flow-limit"}
    assert found.one("limitation", code="crash")["where"] == "classes2.dex"
    assert {c["dex"] for c in found.all("api-call", item="imei")} == {"classes.dex", "classes3.dex"}


# ---- real packages ----------------------------------------------------------------------------------------


@pytest.mark.real
def test_facts_of_real_packages_conform_to_their_declaration() -> None:
    rows = [r for r in fetch.rows() if fetch.cached(r).exists() and r["kind"] != "hap"]
    if not rows:
        pytest.skip("no real packages fetched: run python tests/inputs/fetch.py")
    loaded = catalogue.load()
    seen: Counter[str] = Counter()
    for row in rows:
        facts: list[dict[str, Any]] = []
        exhibit = reader.read(fetch.cached(row), facts.extend, loaded)
        wrong = {w for f in facts for w in tree.check_fact(f, loaded.facts)}
        assert wrong == set(), row["path"]
        for fact in facts:
            declared = loaded.facts[fact["kind"]].fields
            missing = {n for n, f in declared.items() if fact.get(n) is None and not f.type.endswith("?")}
            assert missing == set(), (row["path"], fact)
            extra = set(fact) - set(declared) - {"kind", "exhibit", "where"}
            assert extra == set(), (row["path"], fact)
        assert exhibit.sha256 == row["sha256"]
        assert [f["kind"] for f in facts].count("package") == 1, row["path"]
        codes = {f["code"] for f in facts if f["kind"] == "limitation"}
        assert codes <= set(loaded.limitations), row["path"]
        assert "crash" not in codes, (row["path"], [f for f in facts if f.get("code") == "crash"])
        seen.update(f["kind"] for f in facts)
    assert {"package", "permission", "component", "api-call", "url", "sdk", "text-match", "native-lib"} <= set(seen)


ORDER = """
import json, sys
from pathlib import Path
from mingcha import catalogue
from mingcha.extract.package import reader
facts = []
reader.read(Path(sys.argv[1]), facts.extend, catalogue.load())
sys.stdout.write(json.dumps(facts))
"""


@pytest.mark.parametrize("name", ["violator/violator.apk", "startup/built/137-guard-layout-listener.apk"])
def test_facts_come_in_the_same_order_whatever_the_seed_of_hashes(name: str) -> None:
    sample = Path(__file__).parents[3] / "samples" / name
    runs = {
        subprocess.run(
            [sys.executable, "-c", ORDER, str(sample)], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3", "4")
    }  # fmt: skip
    assert len(runs) == 1 and len(runs.pop()) > 1000
