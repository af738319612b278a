"""Manifest facts with the platform's defaults, and against aapt on real packages."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from mingcha.extract.limits import DEFAULT
from mingcha.extract.package import axml, manifest, splits
from mingcha.extract.package.arsc import Resources
from mingcha.extract.package.manifest import Manifest
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.xmltree import parse_text
from tests.extract.package import build
from tests.extract.package.build import arsc, config
from tests.inputs import every

MAIN = (
    "intent-filter", {}, ("action", {"android:name": "android.intent.action.MAIN"}),
    ("category", {"android:name": "android.intent.category.LAUNCHER"}),
)  # fmt: skip
FACTS = Path(manifest.__file__).parents[2] / "catalogue" / "facts.yml"


def read(root: build.Node, table: bytes | None = None, **limits: int) -> tuple[Manifest, Notes]:
    notes = Notes()
    resources = Resources(table, notes) if table else None
    tree = axml.parse(build.axml(root), notes)
    return manifest.read(tree, resources, "sha", notes, limits=replace(DEFAULT, **limits)), notes


def of(found: Manifest, kind: str) -> list[dict[str, Any]]:
    return [f for f in found.facts if f["kind"] == kind]


def component(element: build.Node, target: int | None = 30) -> dict[str, Any]:
    return of(read(build.manifest(element, target=target))[0], "component")[0]


def test_fields_are_those_of_the_catalogue() -> None:
    kinds = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    found, _ = read((
        "manifest", {"package": "a.b"}, ("uses-permission", {"android:name": "p"}), ("permission", {"android:name": "q"}),
        ("uses-feature", {"android:name": "f"}), ("queries", {}, ("package", {"android:name": "c"})),
        ("application", {}, ("activity", {"android:name": "A"}), ("meta-data", {"android:name": "m"})),
    ))  # fmt: skip
    seen = {f["kind"] for f in found.facts}
    assert seen == {"permission", "permission-definition", "feature", "query", "component", "meta-data"}
    for fact in found.facts:
        assert set(fact) - {"kind", "exhibit", "where"} == set(kinds[fact["kind"]]["fields"])
    assert set(found.package) < set(kinds["package"]["fields"])


def test_package_fields() -> None:
    table = arsc({(1, 0): {config(): "Shop", config("zh-CN"): "商城"}, (2, 0): {config(): "res/i.png"}})
    found, notes = read((
        "manifest",
        {"package": "a.b", "android:versionCode": 7, "android:versionCodeMajor": 1, "android:versionName": "1.2",
         "android:sharedUserId": "a.shared"},
        ("uses-sdk", {"android:minSdkVersion": 19, "android:targetSdkVersion": 33}),
        ("application", {
            "android:label": ("ref", 0x7F010000), "android:icon": ("ref", 0x7F020000), "android:name": ".App",
            "android:debuggable": True, "android:testOnly": True, "android:allowBackup": False,
            "android:fullBackupContent": ("ref", 0x7F020000), "android:appComponentFactory": "x.F",
            "android:usesCleartextTraffic": True, "android:networkSecurityConfig": ("ref", 0x7F020000),
        }),
    ), table)  # fmt: skip
    p = found.package
    assert (p["id"], p["version"], p["version_code"]) == ("a.b", "1.2", 1 << 32 | 7)
    assert (p["name"], p["name_zh"], p["name_en"]) == ("Shop", "商城", "Shop")
    assert (p["min_sdk"], p["target_sdk"], p["shared_user"]) == (19, 33, "a.shared")
    assert (p["debuggable"], p["test_only"], p["allow_backup"], p["backup_rules"]) == (
        True,
        True,
        False,
        True,
    )
    assert (p["application_class"], p["component_factory"], p["icon"]) == ("a.b.App", "x.F", True)
    assert found.cleartext_flag is True and found.network_config is not None
    assert not notes.limitations


def test_defaults_of_an_empty_application() -> None:
    p = read(("manifest", {"package": "a.b"}, ("application", {})))[0].package
    assert (p["debuggable"], p["test_only"], p["allow_backup"], p["backup_rules"]) == (
        False,
        False,
        True,
        False,
    )
    assert (p["min_sdk"], p["target_sdk"], p["icon"], p["name"]) == (None, None, False, None)


def test_icon_that_leads_nowhere() -> None:
    root = ("manifest", {"package": "a.b"}, ("application", {"android:icon": ("ref", 0x7F020009)}))
    assert read(root, arsc({(1, 0): {config(): "x"}}))[0].package["icon"] is False
    assert read(root)[0].package["icon"] is None


@pytest.mark.parametrize(
    ("element", "target", "exported", "by"),
    [
        (("activity", {"android:name": "A"}), 30, False, "default"),
        (("activity", {"android:name": "A"}, MAIN), 30, True, "default"),
        (("activity", {"android:name": "A", "android:exported": False}, MAIN), 30, False, "explicit"),
        (("service", {"android:name": "A", "android:exported": True}), 30, True, "explicit"),
        (("receiver", {"android:name": "A"}, MAIN), 20, True, "default"),
        (("provider", {"android:name": "A"}), 16, True, "default"),
        (("provider", {"android:name": "A"}), 17, False, "default"),
        (("provider", {"android:name": "A"}), None, False, "default"),
    ],
)
def test_exported(element: build.Node, target: int | None, exported: bool, by: str) -> None:
    found = component(element, target)
    assert (found["exported"], found["exported_by"]) == (exported, by)


def test_missing_exported_from_31_on() -> None:
    _, notes = read(build.manifest(("activity", {"android:name": "A"}, MAIN), target=31))
    assert ("missing-exported", "A") in notes.deviations
    _, notes = read(build.manifest(("activity", {"android:name": "A"}), target=31))
    assert not notes.deviations


def test_component_fields() -> None:
    found = component((
        "service",
        {"android:name": ".S", "android:process": ":push", "android:permission": "android.permission.BIND_VPN_SERVICE",
         "android:foregroundServiceType": 0x18, "android:enabled": False},
        ("intent-filter", {}, ("action", {"android:name": "a"}), ("data", {"android:scheme": "https", "android:host": "h"})),
        ("intent-filter", {}, ("action", {"android:name": "a"}), ("action", {"android:name": "b"})),
        ("meta-data", {"android:name": "m"}),
    ))  # fmt: skip
    assert found["name"] == "com.example.app.S" and found["process"] == "com.example.app:push"
    assert found["where"] == "AndroidManifest.xml:/manifest/application/service[com.example.app.S]"
    assert found["actions"] == ["a", "b"] and found["schemes"] == ["https"] and found["hosts"] == ["h"]
    assert found["meta"] == ["m"] and found["service_types"] == ["location", "connectedDevice"]
    assert (found["permission"], found["permission_protection"]) == (
        "android.permission.BIND_VPN_SERVICE",
        "platform",
    )
    assert found["enabled"] is False and found["grant_uri"] is None and found["launcher"] is False
    assert found["owner"] == {"kind": "unknown", "id": "", "name": ""} and found["defined"] is None


def test_provider_permission_needs_both_sides() -> None:
    read_only = {"android:name": "P", "android:readPermission": "r", "android:authorities": "a;b"}
    found = component(("provider", read_only))
    assert found["permission"] is None and found["authorities"] == ["a", "b"] and found["grant_uri"] is False
    assert component(("provider", {**read_only, "android:writePermission": "w"}))["permission"] == "r"
    assert component(("provider", {"android:name": "P"}, ("grant-uri-permission", {})))["grant_uri"] is True


def test_permission_defined_by_the_package() -> None:
    found, _ = read((
        "manifest", {"package": "a.b"},
        ("permission", {"android:name": "p.SIG", "android:protectionLevel": 2}),
        ("permission", {"android:name": "p.OLD"}), ("permission", {"android:name": "p.ODD", "android:protectionLevel": 0x1F}),
        ("application", {"android:permission": "p.SIG"}, ("activity", {"android:name": "A"})),
    ))  # fmt: skip
    assert [d["protection"] for d in of(found, "permission-definition")] == ["signature", "normal", "unknown"]
    assert of(found, "component")[0]["permission_protection"] == "signature"


def test_launchers_and_aliases() -> None:
    found, _ = read(build.manifest(
        ("activity-alias", {"android:name": ".Alias", "android:targetActivity": ".Main", "android:enabled": False}, MAIN),
        ("activity", {"android:name": ".Main", "android:process": ":ui"}, MAIN),
    ))  # fmt: skip
    assert found.package["launchers"] == 1
    alias = next(c for c in of(found, "component") if c["type"] == "activity-alias")
    assert alias["launcher"] is True and alias["process"] == "com.example.app:ui"
    assert found.classes["com.example.app.Alias"] == "com.example.app.Main"


def test_label_of_the_launcher_where_the_application_has_none() -> None:
    root = (
        "manifest",
        {"package": "a.b"},
        ("application", {}, ("activity", {"android:name": "M", "android:label": "启动"}, MAIN)),
    )
    assert read(root)[0].package["name"] == "启动"


def test_permissions_once_each_with_limits_and_flags() -> None:
    name = {"android:name": "android.permission.BLUETOOTH_SCAN"}
    found, _ = read((
        "manifest", {"package": "a.b"}, ("uses-permission", name), ("uses-permission", name),
        ("uses-permission", {**name, "android:maxSdkVersion": 30}),
        ("uses-permission-sdk-23", {"android:name": "p", "android:usesPermissionFlags": 0x10000}),
    ))  # fmt: skip
    rows = [
        (p["name"].rsplit(".", 1)[-1], p["declared_max_sdk"], p["flags"]) for p in of(found, "permission")
    ]
    assert rows == [
        ("BLUETOOTH_SCAN", None, None),
        ("BLUETOOTH_SCAN", 30, None),
        ("p", None, "neverForLocation"),
    ]


def test_queries_features_and_meta_data() -> None:
    found, _ = read((
        "manifest", {"package": "a.b"},
        ("queries", {}, ("package", {"android:name": "com.tencent.mm"}),
         ("intent", {}, ("action", {"android:name": "android.intent.action.MAIN"})), ("provider", {"android:authorities": "x"})),
        ("uses-feature", {"android:name": "nfc", "android:required": False}),
        ("application", {}, ("meta-data", {"android:name": "k", "android:value": ("ref", 0x7F010000)}),
         ("meta-data", {"android:name": "n", "android:resource": ("ref", 0x7F090000)})),
    ), arsc({(1, 0): {config(): "secret"}}))  # fmt: skip
    assert [(q["package"], q["action"], q["provider"]) for q in of(found, "query")] == [
        ("com.tencent.mm", None, None), (None, "android.intent.action.MAIN", None), (None, None, "x"),
    ]  # fmt: skip
    assert of(found, "feature")[0]["required"] is False
    assert [m["value"] for m in of(found, "meta-data")] == ["secret", "@0x7f090000"]


def test_text_manifest_of_an_archive_library() -> None:
    text = f"""<manifest xmlns:android="{build.ANDROID}" package="a.b"><uses-sdk android:minSdkVersion="16"/>
      <permission android:name="p" android:protectionLevel="signature|privileged"/>
      <application><service android:name=".S" android:exported="true" android:foregroundServiceType="location|camera"/>
      <meta-data android:name="v" android:value="@string/key"/></application></manifest>""".encode()
    found = manifest.read(parse_text(text, Notes()), None, "sha", Notes())
    assert found.package["min_sdk"] == 16
    assert of(found, "component")[0]["exported"] is True
    assert of(found, "component")[0]["service_types"] == ["location", "camera"]
    assert of(found, "permission-definition")[0]["protection"] == "signature"
    assert of(found, "meta-data")[0]["value"] == "@string/key"


def test_no_manifest_and_limits() -> None:
    notes = Notes()
    assert manifest.read(None, None, "sha", notes).facts == [] and notes.limitations[0][0] == "no-manifest"
    _, notes = read(("other", {}))
    assert notes.limitations[0][0] == "no-manifest"
    found, notes = read(
        build.manifest(*[("activity", {"android:name": f"A{i}"}) for i in range(9)]), facts_per_kind=4
    )
    assert len(of(found, "component")) == 4 and notes.limitations[0][0] == "reader-limit"


def test_hostile_texts_are_made_harmless() -> None:
    found, _ = read(
        ("manifest", {"package": "a\x1b[31m\ud800b"}, ("application", {"android:label": "x" * 5000}))
    )
    assert found.package["id"] == "a\\x1b[31m\ufffdb" or "\x1b" not in found.package["id"]
    assert len(found.package["name"]) <= DEFAULT.detail + 1


def test_split_and_required() -> None:
    found, _ = read(("manifest", {"package": "a.b", "split": "config.zh", "android:isSplitRequired": True}))
    assert found.split == "config.zh" and found.split_required is True
    assert read(("manifest", {"package": "a.b"}))[0].split is None


# aapt adds permissions that old packages get without asking; they are not in the manifest.
IMPLIED = {f"android.permission.{p}" for p in (
    "READ_EXTERNAL_STORAGE", "WRITE_EXTERNAL_STORAGE", "READ_PHONE_STATE", "READ_CALL_LOG", "WRITE_CALL_LOG",
)}  # fmt: skip


def badging(path: Path) -> str | None:
    done = subprocess.run(["aapt", "dump", "badging", str(path)], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


@pytest.mark.real
@pytest.mark.skipif(shutil.which("aapt") is None, reason="aapt is not installed")
def test_same_as_aapt_on_real_packages() -> None:
    compared = 0
    for path in every("apk", least=10):
        if (text := badging(path)) is None:
            continue
        with splits.open_container(path) or pytest.fail(str(path)) as container:
            base = container.apks[0]
            table = container.resource_table(base)
            resources = Resources(table, base.archive.notes) if table else None
            found = manifest.read(base.root, resources, "sha", base.archive.notes)

        def one(pattern: str, text: str = text) -> str:
            hit = re.search(pattern, text, re.MULTILINE)
            return hit[1] if hit else ""

        p = {k: "" if v is None else str(v) for k, v in found.package.items()}
        assert p["id"] == one(r"^package: name='([^']*)'")
        assert p["version_code"] == one(r"versionCode='([^']*)'")
        assert p["version"] == one(r"versionName='(.*?)'(?: |$)")
        for key, line in (("min_sdk", "sdkVersion"), ("target_sdk", "targetSdkVersion")):
            stated = one(rf"^{line}:'([^']*)'")
            assert p[key] == (stated if stated.isdigit() else "")
        default = one(r"^application-label:'(.*)'$")
        assert p["name"] == default
        assert p["name_zh"] == (
            one(r"^application-label-zh-CN:'(.*)'$") or one(r"^application-label-zh:'(.*)'$") or default
        )
        asked = {f["name"] for f in of(found, "permission")}
        told = set(re.findall(r"^uses-permission(?:-sdk-23)?: name='([^']*)'", text, re.MULTILINE))
        assert asked <= told and told - asked <= IMPLIED
        assert set(re.findall(r"^launchable-activity: name='([^']*)'", text, re.MULTILINE)) <= {
            c["name"] for c in of(found, "component") if c["launcher"]
        }
        compared += 1
    assert compared >= 10
