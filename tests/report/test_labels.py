"""Evidence lines in words."""

from __future__ import annotations

from mingcha.report.labels import readable
from mingcha.report.tables import owners, sdk_word, sdk_words
from mingcha.report.words import words


def test_known_fields_become_words() -> None:
    zh, en = words("zh"), words("en")
    assert readable("target_sdk=22 cleartext=true", zh) == "目标系统版本：22；允许明文联网：是"
    assert readable("target_sdk=22 cleartext=true", en) == "target API: 22; cleartext allowed: yes"
    assert (
        readable("com.a.B type=service exported=false", zh) == "com.a.B；类型：服务（service）；对外开放：否"
    )
    assert (
        readable("支付 SDK purpose=payment by=component,package", zh)
        == "支付 SDK；用途：支付；识别依据：组件、包名"
    )


def test_codes_of_values_become_words() -> None:
    zh, en = words("zh"), words("en")
    line = "a.B type=receiver permission=p permission_protection=platform"
    assert readable(line, zh).endswith("该权限的保护级别：由系统定义")
    assert readable(line, en) == "a.B; type: receiver; permission demanded: p; protection of that permission: defined by the system"
    assert readable("scheme=v1 hash=sha1", en) == "scheme: v1; digest: SHA-1"
    assert readable("x list=no-such entry=e", en) == "x; word list: no-such; entry: e"


def test_an_address_names_its_sdk() -> None:
    assert (
        readable("http://a.example vendor=x-sdk", words("en"), {"x-sdk": "X SDK"})
        == "http://a.example; provider: X SDK"
    )


def test_what_is_no_field_stays() -> None:
    zh = words("zh")
    assert (
        readable("http://a.example/?id=1&version=2 vendor=x", zh)
        == "http://a.example/?id=1&version=2；提供者：x"
    )
    assert readable("android.permission.CAMERA", zh) == "android.permission.CAMERA"
    assert readable("a.B moon=full", zh) == "a.B；moon=full"
    assert readable("", zh) == ""


def test_moments_are_told_by_their_day() -> None:
    text = "scheme=v1 not_after=2045-04-14T12:35:20+00:00 pins_until=2027-01-01"
    assert readable(text, words("zh")) == "签名方案：v1；证书有效期至：2045-04-14；绑定有效期至：2027-01-01"
    assert readable("name=2045-04-14Tea", words("en")) == "name: 2045-04-14Tea"


def test_an_sdk_is_called_one_once() -> None:
    zh = words("zh")
    assert [sdk_word(name, zh) for name in ("极光推送 SDK", "Bolts 任务库", "XSDKY")] == [
        "极光推送 SDK", "SDK Bolts 任务库", "SDK XSDKY",
    ]  # fmt: skip
    assert owners([{"kind": "sdk", "id": "jpush", "name": "极光推送 SDK"}], zh, {}) == ["极光推送 SDK"]


def test_sdks_and_makers_are_named_in_the_language_of_the_page() -> None:
    inventory = {
        "sdks": [
            {
                "id": "gms-fit",
                "name": "谷歌健身",
                "name_en": "Google Fit",
                "vendor": "谷歌",
                "vendor_en": "Google",
            }
        ]
    }
    called = sdk_words(inventory, "en")
    assert (
        readable("谷歌健身 id=gms-fit vendor=谷歌 purpose=health", words("en"), called)
        == "Google Fit; id: gms-fit; provider: Google; purpose: health"
    )
    assert readable("谷歌健身", words("en"), called) == "谷歌健身"
    assert sdk_words(None, "en") == {}


def test_what_is_known_against_a_version_is_told_in_words() -> None:
    line = "QQ id=qq-opensdk version=2.9.1 known=qq-opensdk-without-consent-call,nobody-knows reference=https://a,https://a"
    zh, en = (readable(line, words(lang)) for lang in ("zh", "en"))
    assert "3.5.7 以前的版本没有" in zh and "nobody-knows" in zh and "qq-opensdk-without" not in zh
    assert "Versions before 3.5.7" in en and en.count("https://a") == 1
