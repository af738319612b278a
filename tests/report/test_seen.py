"""Evidence of what was said, done and sent, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.catalogue import load
from mingcha.report import seen
from mingcha.report.words import table, words

ZH, EN = words("zh"), words("en")
FIELDS = {kind: sorted(load().facts[kind].fields) for kind in seen.KINDS}
CALL = {"kind": "behaviour", "item": "mac-address", "api": "a.B.c", "state": "background", "result": "ok", "t": 61.0, "last": 237.0, "count": 45, "per_minute": 15.0, "period": 4.0}


@pytest.mark.parametrize(
    ("fact", "zh"),
    [
        (CALL, "设备MAC地址；接口：a.B.c；状态：后台；结果：已取得；次数：45 次；首次：第 61 秒；末次：第 237 秒；每分钟至多：15 次；固定间隔：4 秒"),
        ({**CALL, "count": 1, "per_minute": 1.0, "period": None}, "设备MAC地址；接口：a.B.c；状态：后台；结果：已取得；时间：第 61 秒"),
        (
            {"kind": "transmit", "item": "imei", "host": "a.example", "party": "unknown", "clear": True, "form": "md5", "place": "query:did", "t": 0.0},
            "国际移动设备识别码；发往：a.example；接收方归属：不明；传输：明文；形式：MD5 摘要；所在字段：query:did；时间：第 0 秒",
        ),
        ({"kind": "permission-ask", "permission": "p.A", "answer": "denied", "ask": 2, "since_refusal": 28 / 3600, "t": 40.0}, "p.A；用户选择：拒绝；索取：第 2 次；距上次拒绝：28 秒；时间：第 40 秒"),
        ({"kind": "permission-ask", "permission": "p.A", "answer": "granted", "since_refusal": 0.5}, "p.A；用户选择：授予；距上次拒绝：30 分钟"),
        ({"kind": "permission-ask", "permission": "p.A", "answer": "granted", "since_refusal": 47.25}, "p.A；用户选择：授予；距上次拒绝：47.2 小时"),
        ({"kind": "policy-element", "element": "storage-period", "present": False}, "存储期限；全文未见"),
        ({"kind": "policy-element", "element": "cancellation-limit", "present": True, "value": 30.0, "unit": "workday", "quote": "三十个工作日内"}, "注销时限；已写明；期限：30 个工作日；原句：“三十个工作日内”"),
        ({"kind": "sdk-listing", "name": "甲", "vendor": "乙", "purpose": "丙", "data": "", "link": None}, "甲；提供方：乙；目的：丙；缺：收集的信息、链接"),
        ({"kind": "sdk-listing", "name": "甲", "vendor": "乙", "purpose": "丙", "data": "丁", "section": "共享清单"}, "甲；提供方：乙；目的：丙；收集的信息：丁；缺：场景、方式"),
        ({"kind": "statement", "quote": "我们收集", "items": ["imei"], "receiver": None}, "“我们收集”；信息：国际移动设备识别码"),
        ({"kind": "wake", "source": "a", "target": "b", "cause": "service", "count": 3, "per_hour": 2.0, "t": 9.0}, "a → b；起因：服务；次数：3 次；每小时至多：2 次；首次：第 9 秒"),
        ({"kind": "process-start", "process": "a", "cause": "boot", "user": False, "t": 0.25}, "a；起因：开机；用户操作引起：否；时间：第 0.2 秒"),
        ({"kind": "tls-weakness", "host": "a", "weakness": "old-version", "detail": "TLSv1"}, "a；缺陷：协议版本过低；版本或者套件：TLSv1"),
        (
            {"kind": "ip-registration", "ip": "192.0.2.9", "country": "US", "asn": 64496, "holder": "Lab", "hosts": ["a.example"], "items": ["oaid"], "table": "t.mmdb", "built": "2026-11-01", "digest": "0a"},
            "192.0.2.9；登记地（不等于服务器所在地）：US；自治系统：AS64496 Lab；域名：a.example；信息：匿名设备标识符；地址表：t.mmdb；地址表日期：2026-11-01；地址表 SHA-256：0a",
        ),
        ({"kind": "permission-ask", "permission": "p.A", "answer": "denied", "user": False}, "p.A；用户选择：拒绝；用户操作引起：否"),
        ({"kind": "permission", "name": "p.A"}, ""),
    ],
)
def test_facts_become_words(fact: dict[str, Any], zh: str) -> None:
    assert seen.line(fact, ZH, {}) == zh


def test_english_and_the_names_of_sdks() -> None:
    sent = {"kind": "transmit", "item": "android-id", "host": "h", "party": "third", "sdk": "jpush", "clear": False, "form": "plain"}
    assert seen.line(sent, EN, {"jpush": "JPush"}) == "Android ID; sent to: h; receiver is: a third party; vendor: JPush; transport: encrypted; form: plain"
    document = {"kind": "policy-document", "document": "policy", "language": "en", "chars": 9000, "minutes": 22.5, "mean_sentence": 51.0, "jargon": 0.0156}
    assert seen.line(document, EN, {}) == "privacy policy; language: English; characters: 9000 characters; reading time: 22.5 min; mean sentence: 51 characters; jargon: 1.6%"


def test_where_a_passage_stands() -> None:
    assert seen.place({"kind": "statement", "offset": 131}, ZH) == "第 131 字起"
    assert seen.place({"kind": "policy-element", "offset": None}, EN) == "the whole text"
    assert seen.place({"kind": "behaviour", "offset": 3}, ZH) == ""


def test_every_kind_is_one_of_the_catalogue_and_every_field_has_a_word() -> None:
    assert set(FIELDS) == set(seen.KINDS)
    source = Path(seen.__file__).read_text("utf-8")
    assert [k for k in table() if k.startswith("seen_field.") and f'("{k[11:]}"' not in source and f'"{k[11:]}" if' not in source and f'else "{k[11:]}"' not in source] == []


@given(st.sampled_from(sorted(seen.KINDS)), st.data())
def test_nothing_in_a_result_is_trusted(kind: str, data: st.DataObject) -> None:
    odd = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=400) | st.lists(st.text(max_size=9), max_size=3) | st.just({"a": 1})
    fact = {"kind": kind} | data.draw(st.dictionaries(st.sampled_from(FIELDS[kind]), odd))
    assert len(seen.line(fact, ZH, {})) < 12_000
