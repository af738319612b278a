"""Who does what with which data, and what is denied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.extract.policy import reader
from mingcha.extract.policy.document import Sentence
from mingcha.extract.policy.polarity import polarity
from mingcha.extract.policy.statements import Statements
from mingcha.extract.policy.words import Matcher

KNOWN = catalogue.load()


def said(*texts: str, kinds: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Statements of sentences that follow each other in one section."""
    matcher, sdks, _ = reader.tools(KNOWN)
    kind = list(kinds) or ["text"] * len(texts)
    return list(Statements(matcher, sdks).read(Sentence(t, 10 * n, ("收集",), k, n) for n, (t, k) in enumerate(zip(texts, kind, strict=True))))


@pytest.mark.parametrize(
    ("text", "actor", "act", "items"),
    [
        ("我们会收集您的手机号码和IMEI。", "first", "collect", ["phone-number", "imei"]),
        ("您需要提供您的身份证号码。", "user", "collect", ["id-card-number"]),
        ("我们可能与合作伙伴共享您的设备型号。", "first", "share", ["device-model"]),
        ("示例推送SDK会获取您的MAC地址。", "sdk", "collect", ["mac-address"]),
        ("我们委托第三方处理您的手机号码。", "first", "entrust", ["phone-number"]),
        ("我们会存储您的手机号码。", "first", "store", ["phone-number"]),
        ("您的精确位置将被用于广告推送。", "first", "use", ["precise-location"]),
        ("第三方会收集您的OAID。", "third", "collect", ["oaid"]),
        ("We may collect your IMEI when you sign in.", "first", "collect", ["imei"]),
    ],
)
def test_actor_act_and_items(text: str, actor: str, act: str, items: list[str]) -> None:
    found = [f for f in said(text) if f["act"] == act]
    assert found, said(text)
    assert (found[0]["actor"], found[0]["items"], found[0]["polarity"]) == (actor, items, True)


@pytest.mark.parametrize(
    "text",
    ["我们不会收集您的IMEI。", "未经您的同意，我们不会向第三方提供您的IMEI。", "除法律法规另有规定外，我们不会向第三方共享您的IMEI。",
     "我们不会以任何形式，向第三方出售、出租您的IMEI。", "您的IMEI不会被上传至服务器，我们也不会存储。", "禁止任何SDK收集您的IMEI。", "我们绝不出售您的IMEI。"],
)  # fmt: skip
def test_denials(text: str) -> None:
    found = [f for f in said(text) if f["items"]]
    assert found
    assert all((f["act"], f["polarity"]) == ("deny", False) and f["denies"] for f in found), found


@pytest.mark.parametrize(
    "text",
    ["我们不仅收集昵称，还会收集您的IMEI。", "除上述信息外，我们还会收集您的IMEI。", "未成年人使用时，我们会收集IMEI。", "我们不得不收集IMEI。",
     "无论您是否登录，我们都会收集IMEI。", "我们会在不超过三年的期限内存储您的IMEI。", "当您使用不同功能时，我们会获取您的IMEI。"],
)  # fmt: skip
def test_words_that_only_look_like_denials(text: str) -> None:
    found = [f for f in said(text) if "imei" in f["items"]]
    assert found
    assert all(f["polarity"] for f in found)


def test_a_sentence_that_turns_says_both() -> None:
    found = {f["denies"] or f["act"]: (f["polarity"], f["items"]) for f in said("我们不会共享您的通讯录，但会收集您的手机号码。")}
    assert found == {"share": (False, ["contacts"]), "collect": (True, ["phone-number"])}


@pytest.mark.parametrize("text", ["如您拒绝提供手机号码，将无法登录。", "您可以拒绝我们收集您的位置信息。", "我们防止您的手机号码遭到未经授权的访问、公开披露。", "您可以使用本服务浏览内容。"])
def test_refusals_rights_and_safeguards_state_nothing(text: str) -> None:
    assert [f for f in said(text) if f["items"]] == []
    assert said("如您拒绝提供相应信息，您将无法正常使用我们的全部或部分服务。") == []


def test_negating_a_verb_turns_its_sign() -> None:
    for verb in ("收集", "使用", "共享", "存储", "披露", "获取"):
        yes, no = f"我们会{verb}您的手机号码。", f"我们不会{verb}您的手机号码。"
        assert {f["polarity"] for f in said(yes)} == {True}
        assert {f["polarity"] for f in said(no)} == {False}
        assert polarity(yes, yes.index(verb)) == "yes"
        assert polarity(no, no.index(verb)) == "no"


def test_a_list_goes_on_with_what_its_first_line_says() -> None:
    found = said("为保障安全，我们会收集以下信息：", "1、手机号码", "2、设备型号和IMEI", "感谢您的支持。", "头像很好看。")
    assert [(f["act"], f["items"]) for f in found if f["items"]] == [("collect", ["phone-number"]), ("collect", ["device-model", "imei"])]


def test_purpose_condition_receiver_and_hedge() -> None:
    one = said("经您同意后，我们可能会向关联公司提供您的手机号码，用于核实身份。")[0]
    assert one["purpose"] == "核实身份"
    assert one["condition"] == "经您同意后"
    assert one["receiver"] == "关联公司"
    assert one["modality"] == "may"
    assert one["section"] == "收集"


def test_sdks_are_named_by_the_catalogue() -> None:
    found = said("我们接入极光推送SDK，用于向您推送消息。")
    assert [f["sdk"] for f in found] == ["jpush"]


def test_every_field_is_declared() -> None:
    for fact in said("我们会收集您的手机号码。", "我们不会共享IMEI。"):
        assert set(fact) - {"kind", "where", "exhibit"} == set(KNOWN.facts["statement"].fields)


def test_the_longest_word_wins_and_latin_words_are_whole() -> None:
    found = Matcher([("位置", "a"), ("位置信息", "b"), ("MAC", "c"), ("MAC地址", "d")])
    assert [h.value for h in found.find("位置信息、位置、mac地址、MAC、macOS、iMAC")] == ["b", "a", "d", "c"]
    assert found.find("位置信")[0].value == "a"
    assert found.find("") == []
