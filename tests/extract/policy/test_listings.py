"""Lists of SDKs whatever their form, and which SDK of the catalogue each is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.extract.policy import reader
from mingcha.extract.policy.listings import field_of
from mingcha.extract.policy.sdks import Known, company, domain
from mingcha.extract.policy.words import core

KNOWN = catalogue.load()
SDKS = Known(KNOWN.sdks)


def facts(text: str, folder: Path, name: str = "p.txt") -> list[dict[str, Any]]:
    """All facts of a text."""
    path = folder / name
    path.write_text(text, "utf-8")
    document, encoding = reader.load(path)
    return list(reader.facts(document, path.stem, KNOWN, encoding))


def listed(text: str, folder: Path, name: str = "p.txt") -> list[dict[str, Any]]:
    """Its listings."""
    return [f for f in facts(text, folder, name) if f["kind"] == "sdk-listing"]


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("SDK名称", "name"), ("第三方SDK", "name"), ("提供方", "vendor"), ("SDK提供方名称", "vendor"), ("第三方公司名称", "vendor"), ("使用目的", "purpose"),
        ("收集个人信息的目的", "purpose"), ("使用场景", "scene"), ("收集个人信息类型", "items"), ("个人信息字段", "items"), ("隐私政策链接", "link"),
        ("SDK隐私政策", "link"), ("官网链接", "link"), ("共享方式", "manner"), ("SDK包名", "package"), ("申请权限", "permission"), ("序号", None), ("备注", None),
        ("SDK name", "name"), ("Purpose", "purpose"), ("Personal information collected", "items"),
    ],
)  # fmt: skip
def test_columns_by_their_headings(label: str, field: str | None) -> None:
    assert field_of(label) == field


def test_label_value_blocks(tmp_path: Path) -> None:
    found = listed(
        "第三方SDK目录\n1、极光推送SDK\n提供方：深圳市和讯华谷信息技术有限公司\n使用目的：向用户推送消息\n收集个人信息：IMEI、设备型号\n隐私政策链接：https://www.jiguang.cn/license/privacy\n"
        "2、示例统计SDK\n提供方：某公司\n使用目的：统计\n以上为全部内容。\n", tmp_path,
    )  # fmt: skip
    assert [(f["name"], f["vendor"], f["purpose"], f["items"], f["link"], f["sdk"]) for f in found] == [
        ("极光推送SDK", "深圳市和讯华谷信息技术有限公司", "向用户推送消息", ["imei", "device-model"], "https://www.jiguang.cn/license/privacy", "jpush"),
        ("示例统计SDK", "某公司", "统计", [], None, None),
    ]  # fmt: skip


def test_blocks_in_one_line_and_by_name(tmp_path: Path) -> None:
    found = listed("SDK名称：示例甲SDK；提供方：甲公司；使用目的：推送；收集信息：OAID\nSDK名称：示例乙SDK；提供方：乙公司；使用目的：统计\n", tmp_path)
    assert [(f["name"], f["vendor"], f["items"]) for f in found] == [("示例甲SDK", "甲公司", ["oaid"]), ("示例乙SDK", "乙公司", [])]


def test_tables_turned_on_their_side(tmp_path: Path) -> None:
    rows = [("SDK名称", "示例甲SDK", "示例乙SDK"), ("提供方", "甲公司", "乙公司"), ("使用目的", "推送", "统计"), ("收集信息类型", "OAID", "IMEI")]
    page = "<html><h2>SDK目录</h2><table>" + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in r) + "</tr>" for r in rows) + "</table>"
    found = listed(page, tmp_path, "p.html")
    assert [(f["name"], f["vendor"], f["purpose"], f["items"]) for f in found] == [("示例甲SDK", "甲公司", "推送", ["oaid"]), ("示例乙SDK", "乙公司", "统计", ["imei"])]


def test_a_table_that_goes_on_without_its_head(tmp_path: Path) -> None:
    page = "| SDK名称 | 提供方 | 使用目的 |\n|---|---|---|\n| 甲SDK | 甲公司 | 推送 |\n\n"
    more = "<html><table><tr><td>SDK名称<td>提供方<td>使用目的<tr><td>甲SDK<td>甲公司<td>推送</table><table><tr><td>乙SDK<td>乙公司<td>统计<tr><td>丙SDK<td>丙公司<td>地图</table>"
    assert [f["name"] for f in listed(page, tmp_path, "p.md")] == ["甲SDK"]
    assert [f["name"] for f in listed(more, tmp_path, "p.html")] == ["甲SDK", "乙SDK", "丙SDK"]


def test_a_list_of_what_the_app_collects_is_no_list_of_sdks(tmp_path: Path) -> None:
    page = "<html><title>个人信息收集清单</title><table><tr><th>业务功能场景<th>收集个人信息类型<th>使用目的<tr><td>登录<td>手机号码、密码<td>核实身份</table>"
    found = facts(page, tmp_path, "p.html")
    assert [f for f in found if f["kind"] == "sdk-listing"] == []
    rows = [f for f in found if f["kind"] == "statement" and f["by"] == "row"]
    assert [(f["actor"], f["act"], f["purpose"]) for f in rows] == [("first", "collect", "核实身份")]
    assert "phone-number" in rows[0]["items"]
    assert found[0]["document"] == "collection-list"


def test_rows_are_statements_that_name_the_sdk(tmp_path: Path) -> None:
    page = "<html><title>第三方SDK清单</title><table><tr><th>SDK名称<th>提供方<th>收集信息类型<tr><td>示例推送SDK<td>示例科技<td>OAID</table>"
    row = next(f for f in facts(page, tmp_path, "p.html") if f["kind"] == "statement" and f["by"] == "row")
    assert (row["actor"], row["receiver"], row["items"], row["polarity"]) == ("sdk", "示例科技", ["oaid"], True)
    assert "示例推送SDK" in row["quote"]


def test_every_field_is_declared(tmp_path: Path) -> None:
    for fact in facts("SDK名称：示例甲SDK；提供方：甲公司；使用目的：推送\n我们会收集您的手机号码。", tmp_path):
        assert set(fact) - {"kind", "where"} == set(KNOWN.facts[fact["kind"]].fields)


@pytest.mark.parametrize(
    ("name", "vendor", "links", "package", "sdk"),
    [
        ("极光推送SDK", "", (), "", "jpush"), ("极光推送 SDK（Android）", "", (), "", "jpush"), ("JPush", "", (), "", "jpush"), ("消息推送", "", (), "cn.jpush.android", "jpush"),
        ("推送组件", "某公司", ("https://example.cn",), "", None), ("", "深圳市腾讯计算机系统有限公司", (), "", None), ("", "", ("https://www.jiguang.cn/x",), "", None),
    ],
)  # fmt: skip
def test_which_sdk_of_the_catalogue(name: str, vendor: str, links: tuple[str, ...], package: str, sdk: str | None) -> None:
    assert SDKS.resolve(name, vendor, links, package) == sdk


def test_names_companies_and_domains() -> None:
    assert core("极光推送 SDK（安卓版）") == "极光推送"
    assert company("深圳市和讯华谷信息技术有限公司") == "和讯华谷"
    assert [domain(x) for x in ("https://www.a.example.com.cn/x", "b.jpush.cn", "http://1.2.3.4/", "::", "")] == ["example.com.cn", "jpush.cn", "", "", ""]
