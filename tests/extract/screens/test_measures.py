"""Sizes, targets, names, windows, entries, words: single screens of one pixel per dp put together in memory."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.extract.screens import ads, entry, floating, names, targets, texts
from mingcha.extract.screens.index import Screen, Step
from mingcha.extract.screens.units import dp, text_dp
from tests.support import within

from .make import node, screen

WORDS = ("长辈版", "亲情版", "关爱版", "关怀版", "关怀模式")


@pytest.mark.parametrize(
    ("px", "dpi", "value"),
    [(120, 320, 60.0), (119, 320, 59.5), (157, 420, 60.0), (158, 420, 60.0), (155, 420, 59.0), (44, 160, 44.0), (43, 160, 43.0), (131, 480, 43.67), (132, 480, 44.0), (60, None, None)],
)  # fmt: skip
def test_boxes_in_dp_within_the_rounding_of_whole_pixels(px: float, dpi: float | None, value: float | None) -> None:
    assert dp(px, dpi) == value


@pytest.mark.parametrize(("px", "dpi", "value"), [(47.25, 420, 18.0), (47, 420, 18.0), (46, 420, 17.5), (36, 320, 18.0), (35, 320, 17.5), (34.5, 320, 17.25), (18, None, None)])
def test_sizes_of_text_in_dp(px: float, dpi: float | None, value: float | None) -> None:
    assert text_dp(px, dpi) == value


# ---- targets ----------------------------------------------------------------------------------------------


def target_facts(s: Screen) -> list[dict[str, Any]]:
    return list(targets.facts(s, targets.targets(s), floating.windows(s), {}))


def test_a_control_alone_in_a_larger_control_responds_in_all_of_it() -> None:
    inner = node((20, 20, 44, 44), clickable=True, desc="a", **{"class": "android.widget.ImageView"})
    (one,) = target_facts(screen(node((0, 0, 64, 64), inner, clickable=True)))
    assert (one["w"], one["h"], one["name"]) == (64.0, 64.0, "a")
    beside = node((50, 20, 60, 30), text="b")
    both = target_facts(screen(node((0, 0, 64, 64), inner, beside, clickable=True)))
    assert sorted(t["least"] for t in both) == [24.0, 64.0]


def test_controls_that_are_off_or_fill_the_screen_are_no_targets() -> None:
    off = node((0, 0, 40, 40), clickable=True, enabled=False)
    assert target_facts(screen(off, node((0, 0, 360, 720), clickable=True), node((400, 0, 440, 40), clickable=True))) == []


def test_cut_off_controls_and_those_that_clash_are_marked() -> None:
    rows = node((0, 100, 360, 300), node((0, 110, 360, 170), clickable=True, text="a"), node((0, 260, 360, 300), clickable=True, text="b"), scrollable=True)
    assert [t["clipped"] for t in target_facts(screen(rows))] == [False, True]
    two = (node((0, 0, 60, 60), clickable=True, text="a"), node((30, 0, 90, 60), clickable=True, text="b"))
    assert [t["overlaps"] for t in target_facts(screen(*two))] == [True, True]
    bar = node((0, 280, 360, 340), clickable=True, text="c")
    assert not any(t["overlaps"] for t in target_facts(screen(rows, bar)))


def test_what_the_recorder_sets_aside_is_minor_with_all_below_it() -> None:
    (one,) = target_facts(screen(node((0, 0, 99, 99), node((0, 0, 40, 40), clickable=True, text="a"), main=False)))
    assert one["minor"]


# ---- names ------------------------------------------------------------------------------------------------


def name_facts(s: Screen) -> list[dict[str, Any]]:
    return [f for f in names.facts(s, {}) if f["kind"] == "ui-name"]


@pytest.mark.parametrize(
    ("more", "named"),
    [({"text": "付款"}, True), ({"desc": "付款"}, True), ({"hint": "请输入"}, True), ({}, False), ({"desc": "按钮"}, False), ({"desc": " image "}, False), ({"desc": "  "}, False)],
)  # fmt: skip
def test_what_names_a_control(more: dict[str, Any], named: bool) -> None:
    (one,) = name_facts(screen(node((0, 0, 60, 60), clickable=True, **more)))
    assert one["named"] is named


def test_a_control_is_named_by_what_it_holds_but_not_by_controls_in_it() -> None:
    (row,) = name_facts(screen(node((0, 0, 360, 60), node((10, 10, 50, 50), desc="图标"), node((60, 10, 200, 50), text="缴费"), clickable=True)))
    assert row["name"] == "图标 缴费"
    # The outer control says nothing itself; its only control inside stands for it.
    (inner,) = name_facts(screen(node((0, 0, 360, 60), node((10, 10, 50, 50), clickable=True, text="缴费"), clickable=True)))
    assert inner["name"] == "缴费"


def test_one_description_for_two_controls_is_told() -> None:
    pair = [node((0, y, 60, y + 60), clickable=True, desc="更多") for y in (0, 100)]
    assert [f["doubled"] for f in name_facts(screen(*pair))] == [True, True]
    assert [f["doubled"] for f in name_facts(screen(pair[0], node((0, 100, 60, 160), clickable=True, desc="返回")))] == [False, False]


def test_order_jumps_where_a_later_control_lies_above_in_the_same_column() -> None:
    def order(*boxes: tuple[int, int, int, int]) -> int:
        facts = names.facts(screen(*(node(b, clickable=True, text="a") for b in boxes)), {})
        return next(int(f["jumps"]) for f in facts if f["kind"] == "ui-order")

    assert order((0, 0, 100, 60), (0, 70, 100, 130), (0, 140, 100, 200)) == 0
    assert order((0, 70, 100, 130), (0, 0, 100, 60)) == 1
    assert order((0, 300, 100, 360), (200, 0, 300, 60)) == 0  # the next column


# ---- windows ----------------------------------------------------------------------------------------------


UNDER = node((0, 0, 360, 720), node((20, 200, 340, 260), text="内容", clickable=True), node((20, 300, 340, 360), text="内容", clickable=True))
TEXT = node((60, 260, 300, 300), text="通知")


def window_facts(s: Screen) -> list[dict[str, Any]]:
    return [w.fact for w in floating.seen(s, floating.windows(s), {})]


@pytest.mark.parametrize(
    ("box", "corner"),
    [
        ((40, 200, 88, 248), "top-left"), ((272, 200, 320, 248), "top-right"), ((156, 452, 204, 500), "bottom-centre"), ((156, 510, 204, 558), "bottom-centre"),
        ((272, 150, 320, 198), "top-right"), ((40, 452, 88, 500), "other"), ((272, 452, 320, 500), "other"), ((156, 200, 204, 248), "other"), ((156, 330, 204, 378), "other"), ((40, 330, 88, 378), "other"),
    ],
)  # fmt: skip
def test_corners(box: tuple[int, int, int, int], corner: str) -> None:
    assert floating.corner(box, (40, 200, 320, 500)) == corner


def test_a_window_with_a_veil_is_told_by_its_panel() -> None:
    panel = node((40, 200, 320, 500), TEXT, node((272, 200, 320, 248), desc="关闭", clickable=True))
    (one,) = window_facts(screen(UNDER, node((0, 0, 360, 720), panel)))
    assert (one["window"], one["corner"], one["w"], one["by"]) == (["40", "200", "320", "500"], "top-right", 48.0, "text")


def test_a_dialog_of_its_own_is_a_window() -> None:
    s = screen(TEXT, node((272, 200, 320, 248), id="com.a:id/iv_close", clickable=True), role="dialog")
    assert s.root is not None
    s.root.box = (40, 200, 320, 500)
    (one,) = window_facts(s)
    assert (one["by"], one["corner"]) == ("id", "top-right")


def test_bars_badges_and_neighbours_are_no_windows() -> None:
    bar = node((0, 660, 360, 720), node((0, 660, 90, 720), text="首页", clickable=True))
    low = node((0, 0, 360, 720), node((20, 640, 340, 720), text="内容", clickable=True))
    assert window_facts(screen(low, bar)) == []
    assert window_facts(screen(node((0, 0, 360, 300), TEXT), node((0, 300, 360, 600), TEXT))) == []


def test_a_button_upon_a_card_is_no_window_and_a_ball_over_the_page_is() -> None:
    card = node((20, 100, 340, 260), node((40, 120, 300, 180), text="账单"), clickable=True)
    assert window_facts(screen(node((0, 0, 360, 720), card, node((260, 120, 330, 170), text="更多", clickable=True)))) == []
    (ball,) = window_facts(screen(UNDER, node((290, 210, 350, 258), desc="客服", clickable=True)))
    assert ball["corner"] == "none"


def test_a_window_that_comes_back_after_its_control_was_touched() -> None:
    panel = node((40, 200, 320, 500), TEXT, node((272, 200, 320, 248), desc="关闭", clickable=True))
    first, second, third = (screen(UNDER, *more) for more in ((panel,), (), (panel,)))
    for n, s in enumerate((first, second, third)):
        s.id = f"s{n}"
    tap = Step("s0", "s1", 1.0, "tap", 290.0, 220.0, "", 1)

    def back(*walk: Screen, steps: tuple[Step, ...] = (tap,)) -> list[bool | None]:
        over = {s.id: floating.seen(s, floating.windows(s), {}) for s in walk}
        floating.returning(over, steps)
        return [w.fact["returns"] for windows in over.values() for w in windows]

    assert back(first, second, third) == [True, True]
    assert back(first, second) == [False]
    assert back(first, second, steps=()) == [None]
    assert back(first, third, steps=(Step("s0", "s1", 1.0, "tap", 10.0, 10.0, "", 1),)) == [None, None]


# ---- entries ----------------------------------------------------------------------------------------------


def entries(s: Screen, *steps: Step) -> list[tuple[str, str | None, bool | None]]:
    return [(f["at"], f["word"], f["found"]) for f in entry.facts(s, WORDS, steps, {})]


def test_the_way_in_on_home_and_in_the_settings() -> None:
    yes, no = node((0, 0, 360, 60), text="切换长辈版", clickable=True), node((0, 0, 360, 60), text="订单", clickable=True)
    for role in ("home", "settings"):
        assert entries(screen(yes, mode="ordinary", role=role)) == [(role, "长辈版", True)]
        assert entries(screen(no, mode="ordinary", role=role)) == [(role, None, False)]
    assert entries(screen(node((0, 0, 360, 60), text="长辈版"), mode="ordinary")) == [("home", "长辈版", None)]
    blind = node((0, 0, 64, 64), clickable=True, **{"class": "android.widget.ImageView"})
    assert entries(screen(no, blind, mode="ordinary")) == [("home", None, None)]
    assert entries(screen(no, node((0, 0, 360, 400), **{"class": "android.webkit.WebView"}), mode="ordinary")) == [("home", None, None)]
    assert entries(screen(yes, mode="ordinary", role="dialog")) == [("prompt", "长辈版", True)]
    assert entries(screen(no, mode="ordinary", role="dialog")) == []
    assert entries(screen(yes)) == []


def test_the_way_in_by_search() -> None:
    field = node((0, 0, 360, 60), text="亲情版", clickable=True, **{"class": "android.widget.EditText"})
    hit = node((0, 100, 360, 160), text="长辈版", clickable=True)
    echo, none = node((0, 70, 100, 90), text="亲情版"), node((0, 200, 360, 230), text="没有找到“亲情版”")
    more: dict[str, Any] = {"mode": "ordinary", "role": "search", "query": "亲情版"}
    assert entries(screen(field, hit, **more)) == [("search", "亲情版", True)]
    assert entries(screen(field, echo, none, **more)) == [("search", "亲情版", False)]
    step = Step("x", "s", None, "search", None, None, "老年版", 1)
    assert entries(screen(field, **more | {"query": None}), step) == [("search", "?老年版", False)]
    assert entries(screen(field, **more | {"query": None})) == []


# ---- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "by"),
    [
        ({"text": "广告"}, "text"), ({"desc": "广告"}, "text"), ({"text": "关闭广告推送的方法"}, None), ({"class": "com.qq.e.ads.banner2.UnifiedBannerView"}, "class"),
        ({"id": "com.a:id/ad_container"}, "id"), ({"id": "com.a:id/tt_splash_skip_btn"}, "id"), ({"id": "com.a:id/header"}, None), ({"id": "com.a:id/address"}, None),
        ({"id": "com.a:id/loading"}, None), ({"id": "com.a:id/download"}, None), ({"id": "com.a:id/add_friend"}, None), ({"id": "com.a:id/readme"}, None),
    ],
)  # fmt: skip
def test_what_speaks_of_advertising(more: dict[str, Any], by: str | None) -> None:
    found = [f["by"] for f in ads.facts(screen(node((0, 0, 60, 60), **more)), {}) if f["kind"] == "ui-ad"]
    assert found == ([by] if by else [])


@pytest.mark.parametrize(
    ("word", "strength"),
    [
        ("下载领红包", "strong"), ("0元购", "strong"), ("看视频领金币", "strong"), ("立即抽奖", "strong"), ("免费领取大礼包", "strong"), ("立即下载", "weak"), ("立即支付", "weak"), ("开通会员", "weak"),
        ("下载中心", None), ("支付密码", None), ("领取记录", None), ("付款码", None), ("充值", None), ("下载电子发票", None), ("领取养老金资格认证", None),
    ],
)  # fmt: skip
def test_buttons_that_lure(word: str, strength: str | None) -> None:
    button = node((0, 0, 200, 60), text=word, clickable=True)
    found = [f["strength"] for f in ads.facts(screen(button), {}) if f["kind"] == "ui-inducement"]
    assert found == ([strength] if strength else [])
    assert not [f for f in ads.facts(screen(button | {"clickable": False}), {}) if f["kind"] == "ui-inducement"]


@pytest.mark.parametrize(
    ("words", "of", "offered"),
    [
        (("请拖动滑块完成拼图",), "puzzle", []), (("图形验证码", "看不清，换一张", "语音验证码"), "image", ["voice"]), (("依次点击图中文字", "短信验证码登录"), "click", ["sms"]),
        (("请完成验证", "换一种方式"), None, []), (("短信验证码",), None, []),
    ],
)  # fmt: skip
def test_captchas_and_the_ways_beside_them(words: tuple[str, ...], of: str | None, offered: list[str]) -> None:
    s = screen(*(node((0, n * 60, 300, n * 60 + 50), text=w) for n, w in enumerate(words)))
    found = [(f["of"], f["alternatives"]) for f in ads.facts(s, {}) if f["kind"] == "ui-captcha"]
    assert found == ([(of, offered)] if of else [])


# ---- texts and hostile sizes ------------------------------------------------------------------------------


def test_main_text_is_that_of_main_screens_without_numbers() -> None:
    s = screen(node((0, 0, 99, 40), text="缴费", textSize=20), node((0, 50, 20, 70), text="3", textSize=10), node((0, 80, 20, 99), text="99+", textSize=10))
    found = [(f["text"], f["main"], f["dp_low"]) for f in texts.facts(s, texts.texts(s), [], {}) if f["kind"] == "ui-text"]
    assert found == [("缴费", True, 20.0), ("3", False, 10.0), ("99+", False, 10.0)]


def test_a_size_that_cannot_be_seen_is_none() -> None:
    s = screen(node((0, 0, 99, 40), text="缴费"))
    (one,) = (f for f in texts.facts(s, texts.texts(s), [], {}) if f["kind"] == "ui-text")
    assert (one["dp_low"], one["dp_high"], one["by"]) == (None, None, "none")


def test_a_screen_full_of_controls_is_read_in_time() -> None:
    many = [node((n % 360, n % 700, n % 360 + 9, n % 700 + 9), clickable=True, text="长辈版") for n in range(15_000)]
    deep: dict[str, Any] = node((0, 0, 300, 300), clickable=True)
    for _ in range(180):
        deep = node((0, 0, 300, 300), deep, clickable=True)
    with within(60):
        for s in (screen(*many), screen(deep), screen(node((0, 0, 360, 700), *many[:9000], clickable=True))):
            found = floating.windows(s)
            assert list(targets.facts(s, targets.targets(s), found, {})) or s
            assert list(names.facts(s, {})) is not None
            assert list(ads.facts(s, {})) is not None
            assert list(texts.facts(s, texts.texts(s), found, {})) is not None
