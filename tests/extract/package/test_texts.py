"""URLs and word lists: hits, near misses, owners, masking."""

from __future__ import annotations

import msgspec
import pytest

from mingcha.catalogue.schema import WordList
from mingcha.extract.package.dex import tables
from mingcha.extract.package.texts import Match, Strings, Words, parse_url
from tests.extract.package.dexbuild import Cls, Mth, build

N = {"zh": "名", "en": "name"}
LISTS = msgspec.convert(
    [
        {"id": "filing", "name": N, "doc": N, "entries": [{"id": "app", "name": N, "regex": r"[京沪粤]ICP备\d{6,12}号(?:-\d{1,4}A)?"}]},
        {"id": "policy", "name": N, "doc": N, "entries": [{"id": "word", "name": N, "words": ["隐私政策", "privacy policy"]}]},
        {"id": "rivals", "name": N, "doc": N, "entries": [{"id": "tencent", "name": N, "exact": ["com.tencent.mm"]}]},
        {"id": "secrets", "name": N, "doc": N, "entries": [{"id": "ak", "name": N, "mask": True, "regex": r"LTAI[A-Za-z0-9]{12,24}"}]},
        {"id": "commands", "name": N, "doc": N, "entries": [{"id": "pm", "name": N, "prefix": ["pm install"], "where": ["code"]}]},
        {"id": "only-resource", "name": N, "doc": N, "entries": [{"id": "r", "name": N, "words": ["长辈版"], "where": ["resource"]}]},
    ],
    list[WordList],
)  # fmt: skip
WORDS = Words.build(LISTS)


def strings(*texts: str) -> Strings:
    loads = [("const-string", 0, t) for t in texts]
    return Strings(tables.read("c", build([Cls("La/A;", [Mth("f", "()V", [*loads, ("return-void",)])])])), WORDS.needles)


def hits(*texts: str) -> list[tuple[str, str, str]]:
    return [tuple(m) for m, _ in strings(*texts).words(WORDS)]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("备案号：京ICP备12345678号-2A", [("filing", "app", "京ICP备12345678号-2A")]),
        ("ICP备12345678号", []),
        ("请阅读《隐私政策》", [("policy", "word", "请阅读《隐私政策》")]),
        ("See our Privacy Policy now", [("policy", "word", "See our Privacy Policy now")]),
        ("com.tencent.mm", [("rivals", "tencent", "com.tencent.mm")]),
        ("com.tencent.mm.opensdk", []),
        ("pm install -r /sdcard/a.apk", [("commands", "pm", "pm install -r /sdcard/a.apk")]),
        ("run pm install", []),
        ("长辈版", []),
        ("", []),
    ],
)
def test_words_in_constants(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert hits(text) == expected


def test_secrets_are_masked() -> None:
    ((_, _, shown),) = hits("key=LTAI5tAbCdEfGhIjKlMnOp")
    assert shown.startswith("LTAI…")
    assert "5tAbCdEf" not in shown


def test_several_texts_keep_apart() -> None:
    assert [v for *_, v in hits("一 隐私政策", "二 隐私政策", "三")] == ["一 隐私政策", "二 隐私政策"]


def test_urls_with_their_string_and_users() -> None:
    s = strings(
        "x http://a.example.cn/p?q=1 y", "https://b.example.cn", "http://schemas.android.com/apk/res/android"
    )
    found = sorted(s.urls())
    assert [(u.url, u.host, u.cleartext) for u, _ in found] == [
        ("http://a.example.cn/p?q=1", "a.example.cn", True), ("https://b.example.cn", "b.example.cn", False),
    ]  # fmt: skip
    assert s.users(found[0][1]) == [0]


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("http://A.Example.COM:8080/x", "a.example.com"), ("https://user@h.example.cn/", "h.example.cn"),
        ("ws://1.2.3.4/s", "1.2.3.4"), ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://localhost/", None), ("http://%s/path", None), ("https://www.w3.org/2000/svg", None),
        ("http://host/", None), ("http://.x/", None),
        ("http://javax.xml.transform.dom.DOMResult/feature", None), ("http://java.com/", "java.com"),
    ],
)  # fmt: skip
def test_hosts(raw: str, host: str | None) -> None:
    url = parse_url(raw)
    assert (url.host if url else None) == host


@pytest.mark.parametrize(
    "name",
    """
    http://xml.org/sax/features/namespaces http://apache.org/xml/features/disallow-doctype-decl
    http://www.w3.org/1999/xlink http://schemas.android.com/apk/res-auto http://xmlpull.org/v1/doc/features.html
    http://ns.adobe.com/xap/1.0/ http://java.sun.com/xml/stream/properties/ http://xerces.apache.org/xml/features/x
    http://www.ccil.org/~cowan/tagsoup/features/restart-elements http://jdom.org/jdom2/transform/JDOMResult/feature
    http://org.jdom.transform.JDOMResult/feature http://cordova.apache.org/ns/1.0 http://schema.org/ViewAction
    http://www.openmobilealliance.org/DTD/WV-CSP http://www.itunes.com/dtds/podcast-1.0.dtd
    http://www.springframework.org/schema/beans/spring-beans.xsd http://www.google.com/kml/ext/2.2
    http://search.yahoo.com/mrss/ http://opds-spec.org/acquisition
    """.split(),  # noqa: SIM905
)
def test_names_of_xml_are_no_addresses(name: str) -> None:
    assert parse_url(name) is None
    assert parse_url(name.replace("http:", "https:", 1)) is None


@pytest.mark.parametrize(
    "address",
    """
    http://www.google.com/ http://m.maker.cn/features/list http://cordova.apache.org/docs
    http://cdn.maker.cn/xml/list.xml http://www.maker.cn/kml http://a.maker.cn/x?to=/ns/ http://schema.maker.cn/v1
    http://search.yahoo.com/search
    """.split(),  # noqa: SIM905
)
def test_sites_of_the_same_makers_are_addresses(address: str) -> None:
    assert parse_url(address) is not None


def test_running_text_gives_the_line_around_a_hit() -> None:
    text = "第一行\n关于我们 粤ICP备2020123456号-1A 版权所有\n长辈版入口"
    assert set(WORDS.in_text(text, "resource")) == {
        Match("filing", "app", "关于我们 粤ICP备2020123456号-1A 版权所有"), Match("only-resource", "r", "长辈版入口"),
    }  # fmt: skip
    assert [m.list for m in WORDS.in_text(text, "asset")] == []


def test_an_empty_container_has_no_texts() -> None:
    s = Strings(tables.read("c", build([Cls("La/A;")])), WORDS.needles)
    assert list(s.urls()) == []
    assert list(s.words(WORDS)) == []
