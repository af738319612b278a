"""The 39 app types of 国信办秘字〔2021〕14号."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import yaml

import mingcha.catalogue
from mingcha.catalogue.schema import AppType, Item

LISTS = Path(next(iter(mingcha.catalogue.__path__))) / "lists"
CJK = re.compile(r"[\u4e00-\u9fff]")

NAMES = [
    "地图导航", "网络约车", "即时通信", "网络社区", "网络支付", "网上购物", "餐饮外卖", "邮件快件寄递",
    "交通票务", "婚恋相亲", "求职招聘", "网络借贷", "房屋租售", "二手车交易", "问诊挂号", "旅游服务",
    "酒店服务", "网络游戏", "学习教育", "本地生活", "女性健康", "用车服务", "投资理财", "手机银行",
    "邮箱云盘", "远程会议", "网络直播", "在线影音", "短视频", "新闻资讯", "运动健身", "浏览器",
    "输入法", "安全管理", "电子图书", "拍摄美化", "应用商店", "实用工具", "演出票务",
]  # fmt: skip
NO_DATA = {21, *range(27, 39)}
NO_MOBILE = NO_DATA | {1, 8}
PAYMENT = {2, 6, 7, 9, 22, 39}
OFFICIAL = NO_DATA
PRESS = {*range(1, 10), 39}
# Permissions that yield data which no row allows; no basic function may ask for them.
NEVER = {
    "READ_CONTACTS",
    "READ_CALL_LOG",
    "READ_SMS",
    "RECEIVE_SMS",
    "READ_PHONE_STATE",
    "READ_PHONE_NUMBERS",
    "ACCESS_BACKGROUND_LOCATION",
    "GET_ACCOUNTS",
    "BODY_SENSORS",
    "SYSTEM_ALERT_WINDOW",
    "BIND_ACCESSIBILITY_SERVICE",
}


def _items() -> dict[str, Item]:
    return {
        item.id: item
        for path in sorted((LISTS / "items").glob("*.yml"))
        for item in msgspec.convert(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader), list[Item])
    }


TYPES = msgspec.convert(
    yaml.load((LISTS / "app_types.yml").read_text("utf-8"), yaml.CSafeLoader), list[AppType]
)
BY_N = {each.n: each for each in TYPES}


def test_thirty_nine_in_the_order_of_the_text() -> None:
    assert [each.n for each in TYPES] == list(range(1, 40))
    assert [each.name.zh for each in TYPES] == [f"{name}类" for name in NAMES]
    assert len({each.id for each in TYPES}) == 39
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", each.id) for each in TYPES)


def test_thirteen_types_need_no_personal_information() -> None:
    assert {each.n for each in TYPES if not each.necessary} == NO_DATA
    assert len(NO_DATA) == 13


def test_registered_mobile_and_payment_rows() -> None:
    assert {each.n for each in TYPES if not each.registered_mobile} == NO_MOBILE
    assert {each.n for each in TYPES if each.payment} == PAYMENT
    for each in TYPES:
        if each.registered_mobile:
            assert each.necessary[0] == "phone-number", each.id
        assert ("payment-info" in each.necessary) is each.payment, each.id


def test_marks_do_not_claim_more_than_was_read() -> None:
    assert {each.n for each in TYPES if each.mark == "official"} == OFFICIAL
    assert {each.n for each in TYPES if each.mark == "press"} == PRESS
    assert {each.mark for each in TYPES if each.n not in OFFICIAL | PRESS} == {"recalled"}
    assert {each.permissions_mark for each in TYPES} == {"ours"}


def test_necessary_are_items_once_each() -> None:
    items = _items()
    for each in TYPES:
        assert set(each.necessary) <= items.keys(), each.id
        assert len(each.necessary) == len(set(each.necessary)), each.id
        # A root as necessary would allow a whole class of data.
        assert all(items[item].parent is not None for item in each.necessary), each.id


@pytest.mark.parametrize(
    ("n", "present", "absent"),
    [
        (1, {"precise-location", "origin-destination"}, {"phone-number", "trajectory"}),
        (2, {"trajectory", "origin-destination", "payment-info"}, {"id-card-number", "contacts"}),
        (3, {"account-id", "friend-list"}, {"contacts", "name"}),
        (5, {"id-validity", "bank-card-number", "name"}, {"face", "payment-info", "id-card-photo"}),
        (6, {"consignee-info", "payment-info"}, {"precise-location", "id-card-number"}),
        (8, {"consignor-info", "consignee-info", "goods-info"}, {"payment-info"}),
        (10, {"gender", "age", "marital-status"}, {"income", "precise-location"}),
        (12, {"id-validity", "bank-card-number"}, {"contacts", "call-log", "credit-record"}),
        (14, {"vin", "vehicle-licence"}, {"plate-number"}),
        (15, {"hospital-department", "illness-description"}, {"medical-record"}),
        (22, {"driving-licence", "precise-location", "payment-info"}, {"trajectory"}),
        (23, {"id-card-photo", "securities-account"}, {"face", "deposit"}),
        (24, {"id-card-photo", "payee-info"}, {"face", "precise-location"}),
        (39, {"performance-info", "seat-info", "payment-info"}, {"id-card-number"}),
    ],
)
def test_rows(n: int, present: set[str], absent: set[str]) -> None:
    assert present <= set(BY_N[n].necessary)
    assert not absent & set(BY_N[n].necessary)


def test_rows_with_the_mobile_number_alone() -> None:
    alone = {each.n for each in TYPES if each.necessary == ["phone-number"]}
    assert alone == {4, 18, 19, 20, 25, 26}


def test_permissions_are_runtime_ones_within_reason() -> None:
    for each in TYPES:
        for name in each.permissions:
            assert re.fullmatch(r"android\.permission\.[A-Z][A-Z_]+", name), each.id
            assert name.removeprefix("android.permission.") not in NEVER, each.id
        assert len(each.permissions) == len(set(each.permissions)), each.id


def test_location_permission_only_where_the_row_has_location() -> None:
    """Weather is the one exception: row 38 is the union of all utilities and says so."""
    fine = {each.n for each in TYPES if "android.permission.ACCESS_FINE_LOCATION" in each.permissions}
    coarse = {each.n for each in TYPES if "android.permission.ACCESS_COARSE_LOCATION" in each.permissions}
    assert fine == {each.n for each in TYPES if "precise-location" in each.necessary} == {1, 2, 22}
    assert coarse == fine | {38}
    assert BY_N[38].note is not None


@pytest.mark.parametrize("each", TYPES, ids=lambda each: each.id)
def test_bilingual(each: AppType) -> None:
    for text in (each.name, each.function, *([each.note] if each.note else [])):
        assert CJK.search(text.zh) and not re.search(r"[,;:]", text.zh)
        assert text.en.strip() and not CJK.search(text.en)
