"""What words of real policies do not mean: places on a page, room to write to, names of SDKs, definitions, rows of
other companies."""

from __future__ import annotations

import pytest

from mingcha import catalogue
from mingcha.extract.policy import reader
from mingcha.extract.policy.document import Sentence
from mingcha.extract.policy.statements import Statements
from mingcha.extract.policy.text import defines
from tests.extract.policy.test_statements import said

KNOWN = catalogue.load()


def items(*texts: str) -> set[str]:
    """Items of all that sentences state."""
    return {item for f in said(*texts) for item in f["items"]}


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("我们会在适当的位置发布我们如何收集您的信息。", "location"),
        ("我们会收集您的点击位置和光标移动速度。", "location"),
        ("我们需要访问您的存储空间权限，以便收集并保存图片。", "storage-info"),
        ("基于与通信运营商的合作，我们会收集您的手机号码。", "sim-operator"),
        ("运营商会将您的手机号码发送给我们，我们会收集手机号码。", "sim-operator"),
        ("我们使用了语音智能化SDK，收集您的IMEI。", "audio-recording"),
        ("我们使用了示例定位SDK，收集您的IMEI。", "location"),
    ],
)
def test_words_that_mean_something_else(text: str, item: str) -> None:
    found = items(text, "我们会收集您的OAID。")
    assert "oaid" in found
    assert item not in found


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("我们会收集您的位置信息。", "location"),
        ("我们会收集您的位置，SDK会收集您的IMEI。", "location"),
        ("我们会收集您位置信息的第三方SDK如下。", "location"),
        ("我们会收集设备型号、存储空间大小。", "storage-info"),
        ("我们会收集电信运营商、使用的语言。", "sim-operator"),
        ("我们会收集您的网络运营商名称。", "sim-operator"),
    ],
)
def test_the_same_words_where_they_are_meant(text: str, item: str) -> None:
    assert item in items(text)


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("设备信息是指您的终端设备的属性信息（例如IMEI）。", True),
        ("4. 唯一设备识别码：是指由设备制造商编入到设备中的一串字符（如 IMEI）。", True),
        ("个人信息示例：个人基本资料（包括姓名）、精准定位信息。", True),
        ("个人敏感信息包括身份证件号码、行踪轨迹。", True),
        ("删除：指在系统中去除个人信息的行为。", True),
        ("我们收集的个人信息包括手机号码、IMEI。", False),
        ("我们会按照您的指示收集IMEI。", False),
        ("请您指定接收方。", False),
    ],
)
def test_what_only_says_what_a_word_means(text: str, yes: bool) -> None:
    assert defines(text) is yes
    assert {f["by"] for f in said(text) if f["items"]} <= ({"definition"} if yes else {"sentence"})


def test_nobody_denies_what_nobody_can_be_sure_of() -> None:
    assert [f for f in said("您无法确定第三方软件对您传递的地理位置进行加密。") if not f["polarity"]] == []
    assert [f for f in said("我们不能保证第三方不收集您的IMEI。") if not f["polarity"]] == []
    assert {f["polarity"] for f in said("我们不会收集您的IMEI。")} == {False}


def test_a_line_that_names_an_sdk_is_the_title_of_what_follows() -> None:
    found = said("（1）极光推送SDK。", "为了向您推送消息，我们使用了推送SDK，该SDK需要采集您的IMEI。", "（2）无名SDK。", "该SDK需要采集您的IMSI。")
    assert [(f["sdk"], f["items"]) for f in found if f["actor"] == "sdk"] == [("jpush", ["imei"]), (None, ["imsi"])]


def test_a_row_of_another_company_is_not_the_app_s() -> None:
    assert {f["actor"] for f in said("深圳市示例科技有限公司,示例分析,日志信息、IMEI,收集崩溃信息")} == {"third"}
    assert {f["actor"] for f in said("我们公司，会收集IMEI。")} == {"first"}
    assert {f["actor"] for f in said("（5）示例分享SDK：我们会使用示例分享SDK，在您同意后获取剪贴板信息。") if f["items"]} == {"sdk"}
    for text in ("示例SDK将读取您唯一设备标识符，用于支持在线客服。", "示例SDK收集IMEI以及您授权的权限，用于发送消息。", "我们使用了示例识别（OCR）SDK，该SDK需要采集您的照片。"):
        assert {f["actor"] for f in said(text) if f["items"]} == {"sdk"}
    assert [f for f in said("其他用户也可能分享您的位置信息。") if f["items"]] == []


def test_nouns_under_a_heading_that_opens_a_list() -> None:
    found = said("（b）您在使用举报服务时主动上传的信息", "- 短信信息", "您设备的品牌、设备型号等信息。", "我们感谢您。", "IMEI很长。")
    assert [f["items"] for f in found if f["items"]] == [["sms"], ["device-brand", "device-model"]]


def test_a_product_that_a_text_is_about_is_no_sdk_in_it() -> None:
    matcher, sdks, _ = reader.tools(KNOWN)
    text = "您使用百度地图及第三方服务时，我们会收集您的IMEI。"
    for own, name in (((), "baidu-map"), (("baidu-map",), None)):
        assert [f["sdk"] for f in Statements(matcher, sdks, own).one(Sentence(text, 0, (), "text", 0)) if f["items"]] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "并不代表您已同意我们收集您的IMEI。",
        "如果我们发现在未事先获得父母同意的情况下收集了您的IMEI，将尽快删除。",
        "我们不会将我们收集的信息与您的IMEI相结合。",
        "您无需提供您的IMEI。",
    ],
)
def test_what_only_looks_like_a_denial_of_the_verb(text: str) -> None:
    assert [f for f in said(text) if not f["polarity"] and f["items"]] == []


@pytest.mark.parametrize(
    "text",
    [
        "我们可能与合作伙伴（包括您未明确选择的合作伙伴）共享您的IMEI。",
        "我们会收集您的IMEI并使之无法识别您的身份。",
        "在不泄露您信息的前提下，我们会收集您的IMEI。",
        "在设备不联网的状态下我们仍会收集您的IMEI。",
        "我们会收集未满十四周岁用户的IMEI。",
    ],
)
def test_a_negation_elsewhere_denies_nothing(text: str) -> None:
    assert {f["polarity"] for f in said(text) if "imei" in f["items"]} == {True}


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("您可以导入通讯录，我们不会收集您的任何个人信息。", set()),
        ("我们不会收集您的IMEI，您的昵称会被展示。", {"imei"}),
        ("我们不会收集您的个人信息，包括IMEI、IMSI。", {"imei", "imsi"}),
        ("您的IMEI不会被上传至服务器，我们也不会存储。", {"imei"}),
        ("我们不会收集IMEI，但会收集IMSI。", {"imei"}),
        ("我们不会记录您的位置信息。", {"location"}),
    ],
)
def test_a_denial_speaks_of_its_own_clause(text: str, denied: set[str]) -> None:
    assert {i for f in said(text) if not f["polarity"] for i in f["items"]} == denied
    assert "collect" not in {f["denies"] for f in said("我们不会记录您的位置信息。")}


def test_exceptions_from_a_denial_are_not_denied() -> None:
    found = said("我们不会共享您的信息，但以下情况除外：", "1、设备型号和IMEI", "2、手机号码")
    assert [f for f in found if not f["polarity"] and f["items"]] == []
    listed = said("我们不会收集以下信息：", "1、手机号码")
    assert [f["items"] for f in listed if not f["polarity"] and f["items"]] == [["phone-number"]]
