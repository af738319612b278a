"""The data-item ontology: tree, sensitivity of annex B, wordings and keys that name one item only."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
import yaml

import mingcha.catalogue
from mingcha.catalogue.schema import Item, Law

FOLDER = Path(next(iter(mingcha.catalogue.__path__))) / "lists" / "items"
CJK = re.compile(r"[\u4e00-\u9fff]")
PERMISSION = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*\.[A-Z][A-Z0-9_]+")

# Classes of GB/T 35273-2020 annex A.
CLASSES = {
    "个人基本资料",
    "个人身份信息",
    "个人生物识别信息",
    "网络身份标识信息",
    "个人健康生理信息",
    "个人教育工作信息",
    "个人财产信息",
    "个人通信信息",
    "联系人信息",
    "个人上网记录",
    "个人常用设备信息",
    "个人位置信息",
    "其他信息",
}
# Roots for which annex A has no class.
UNCLASSED = {"media-content", "service-data"}

# Roots whose every node is sensitive personal information (GB/T 35273 annex B, PIPL 28).
SENSITIVE_ROOTS = {
    "identity-info",
    "biometric",
    "health",
    "property",
    "communication",
    "contacts-info",
    "location",
    "other",
}
# Sensitive nodes under roots that are not sensitive as a whole.
SENSITIVE_LEAVES = {
    "password",
    "one-time-code",
    "digital-certificate",
    "browsing-history",
    "photos",
    "videos",
    "audio-recording",
    "camera-image",
    "screenshot",
}
# Wordings that really mean either of two things: Google's AAID is another than that of the MSA.
SHARED = {"aaid": {"aaid", "gaid"}}
# Names of keys that every message has; they would make an item of anything.
GENERIC_KEYS = {
    "id", "name", "type", "key", "value", "data", "token", "code", "time", "ts", "t", "v", "os", "app",
    "device", "user", "info", "title", "url", "list", "status", "version", "channel", "sign", "signature",
    "address", "location", "content", "message", "text", "query", "keyword", "duration", "cid", "sn",
}  # fmt: skip


def _read(path: Path) -> list[Item]:
    return msgspec.convert(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader), list[Item])


def _laws(path: Path) -> list[Law]:
    raw = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return msgspec.convert(raw if isinstance(raw, list) else [raw], list[Law])


ITEMS = [item for path in sorted(FOLDER.glob("*.yml")) for item in _read(path)]
BY_ID = {item.id: item for item in ITEMS}


def _ancestors(item: Item) -> list[str]:
    """Ids from the parent to the root; fails on a cycle or an unknown parent."""
    found: list[str] = []
    while item.parent is not None:
        assert item.parent not in found, f"{item.id} lies on a cycle"
        assert item.parent in BY_ID, f"{item.id} has the unknown parent {item.parent}"
        found.append(item.parent)
        item = BY_ID[item.parent]
    return found


def _root(item: Item) -> str:
    return (_ancestors(item) or [item.id])[-1]


def _norm(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _wordings(item: Item) -> list[str]:
    return [item.name.zh, item.name.en, *item.synonyms["zh"], *item.synonyms["en"]]


def test_ids_are_unique_and_many() -> None:
    assert len(BY_ID) == len(ITEMS)
    assert len(ITEMS) >= 150
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", item.id) for item in ITEMS)


def test_parents_exist_and_end_in_sixteen_roots() -> None:
    assert {_root(item) for item in ITEMS} == SENSITIVE_ROOTS | UNCLASSED | {
        "basic-info",
        "network-identity",
        "education-work",
        "usage-info",
        "device-info",
        "sensor-info",
    }


@pytest.mark.parametrize(
    ("item", "ancestors"),
    [
        ("imei", ["unchangeable-id", "device-id", "device-info"]),
        ("mac-address", ["unchangeable-id", "device-id", "device-info"]),
        ("oaid", ["resettable-id", "device-id", "device-info"]),
        ("android-id", ["resettable-id", "device-id", "device-info"]),
        ("wifi-bssid", ["wifi-info", "device-info"]),
        ("installed-apps", ["device-info"]),
        ("precise-location", ["location"]),
    ],
)
def test_lineage(item: str, ancestors: list[str]) -> None:
    assert _ancestors(BY_ID[item]) == ancestors


def test_exactly_the_seven_unchangeable_ids() -> None:
    nodes = {item.id for item in ITEMS if item.parent == "unchangeable-id"}
    assert nodes == {"imei", "imsi", "meid", "iccid", "serial-number", "mac-address", "bluetooth-mac"}
    for node in nodes:
        assert {"law": "GB-41391", "article": "F"} in BY_ID[node].basis


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_bilingual_and_worded(item: Item) -> None:
    assert CJK.search(item.name.zh) or item.name.zh.isascii()
    assert not CJK.search(item.name.en)
    assert set(item.synonyms) == {"zh", "en"}
    assert item.synonyms["zh"] and item.synonyms["en"]
    assert not any(CJK.search(word) for word in item.synonyms["en"])
    # Chinese policies also write bare abbreviations (IP); most wordings of a node are Chinese, though.
    assert sum(1 for word in item.synonyms["zh"] if CJK.search(word)) * 2 > len(item.synonyms["zh"])
    words = [_norm(word) for word in _wordings(item)]
    assert len(words) == len(set(words)), f"{item.id} repeats a wording"


def test_no_wording_belongs_to_two_items() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for item in ITEMS:
        for word in _wordings(item):
            owners[_norm(word).replace(" ", "")].add(item.id)
    assert {word: ids for word, ids in owners.items() if len(ids) > 1} == SHARED


@pytest.mark.parametrize(
    ("wording", "item"),
    [
        ("IMEI号", "imei"),
        ("MAC地址", "mac-address"),
        ("媒体访问控制地址", "mac-address"),
        ("匿名设备标识符", "oaid"),
        ("国际移动用户识别码", "imsi"),
        ("唯一设备识别码", "device-id"),
        ("设备信息", "device-info"),
        ("软件列表", "installed-apps"),
        ("已安装应用", "installed-apps"),
        ("运行中的进程信息", "running-apps"),
        ("WLAN接入点", "wifi-info"),
        ("剪贴板", "clipboard"),
        ("经纬度", "precise-location"),
        ("位置信息", "location"),
        ("手机号", "phone-number"),
        ("身份证号", "id-card-number"),
        ("人脸信息", "face"),
        ("通讯录", "contacts"),
        ("联系人", "contacts-info"),
        ("相册", "photos"),
        ("收货地址", "consignee-info"),
    ],
)
def test_wordings_of_policies_lead_to_the_item(wording: str, item: str) -> None:
    assert [each.id for each in ITEMS if _norm(wording) in map(_norm, _wordings(each))] == [item]


def test_sensitive_is_annex_b() -> None:
    for item in ITEMS:
        expected = _root(item) in SENSITIVE_ROOTS or item.id in SENSITIVE_LEAVES
        assert item.sensitive is expected, item.id


def test_sensitive_is_written_out_on_every_node() -> None:
    for path in FOLDER.glob("*.yml"):
        for raw in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader):
            assert isinstance(raw.get("sensitive"), bool), raw["id"]


def test_no_mark_is_stronger_than_its_sources() -> None:
    """Every cited article exists; an item is at most as sure as the surest of them."""
    strength = {"ours": 0, "recalled": 1, "press": 2, "official": 3}
    marks = {
        (law.id, article.id): article.mark
        for path in sorted((FOLDER.parent.parent / "laws").glob("*.yml"))
        for law in _laws(path)
        for article in law.articles
    }
    for item in ITEMS:
        cited = [strength[marks[each["law"], each["article"]]] for each in item.basis]
        assert strength[item.mark] <= max(cited, default=0), item.id
        if item.mark == "official":
            assert {"law": "PIPL", "article": "28"} in item.basis, item.id


@pytest.mark.parametrize(
    "item",
    ["biometric", "religion", "specific-identity", "health", "bank-account", "trajectory", "minor-under-14"],
)
def test_seven_kinds_that_pipl_28_names(item: str) -> None:
    assert BY_ID[item].mark == "official"
    assert BY_ID[item].sensitive
    assert {"law": "PIPL", "article": "28"} in BY_ID[item].basis


def test_basis_has_law_and_article_only() -> None:
    for item in ITEMS:
        for basis in item.basis:
            assert set(basis) == {"law", "article"}, item.id
            assert basis["law"] and basis["article"], item.id
        assert len({tuple(sorted(each.items())) for each in item.basis}) == len(item.basis), item.id


def test_group_is_a_class_of_annex_a() -> None:
    for item in ITEMS:
        if _root(item) in UNCLASSED:
            assert item.group == "", item.id
        else:
            assert item.group in CLASSES, item.id


def test_permissions_are_well_formed() -> None:
    names = {name for item in ITEMS for name in item.permissions}
    assert {name for name in names if not PERMISSION.fullmatch(name)} == set()
    assert "android.permission.READ_PHONE_STATE" in BY_ID["imei"].permissions
    assert "com.android.permission.GET_INSTALLED_APPS" in BY_ID["installed-apps"].permissions
    for item in ITEMS:
        assert len(item.permissions) == len(set(item.permissions)), item.id


def test_traffic_keys_name_one_item() -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    for item in ITEMS:
        for key in item.traffic_keys:
            assert re.fullmatch(r"[a-z][a-z0-9_]+", key), f"{item.id}: {key}"
            owners[key].append(item.id)
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}
    assert owners.keys() & GENERIC_KEYS == set()
    assert len(owners) >= 500
    for key, wanted in {
        "imei1": "imei",
        "oaid": "oaid",
        "android_id": "android-id",
        "device_id": "device-id",
        "macaddr": "mac-address",
        "bssid": "wifi-bssid",
        "lng": "precise-location",
        "applist": "installed-apps",
        "idcard": "id-card-number",
        "mobile": "phone-number",
    }.items():
        assert owners[key] == [wanted]
