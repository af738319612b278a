"""Cases of the bench: a walk with nothing wrong, and what one changed cue makes of it.

A case names the screens that it replaces and the outcomes that differ from those of the walk it starts from. What a bad
case removes is one cue; its good twin keeps it in another form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import parts
from .parts import CROSS, article, box, captcha, floating, found, home, icon, text, tile


@dataclass(slots=True)
class Case:
    """One walk. `differs`: rule (without elder-app-) → outcome, where it is not that of the walk it starts from."""

    name: str
    differs: dict[str, str] = field(default_factory=dict)
    screens: dict[str, Any] = field(default_factory=dict)
    steps: tuple[dict[str, Any], ...] = parts.STEPS
    alone: bool = False
    todo: bool = False
    walk: dict[str, Any] = field(default_factory=dict)


def of(rule: str, outcome: str = "failed") -> dict[str, str]:
    return {rule: outcome}


GRADIENT = "background:linear-gradient(90deg,#ffffff,#404040)"
PHOTO = "background:repeating-linear-gradient(45deg,#ff4040 0 3px,#40c040 3px 6px,#4040ff 6px 9px,#f0f040 9px 12px)"
SPLIT = "background:linear-gradient(90deg,#ffffff 50%,#202020 50%);color:#808080"
NAV = box(0, 656, 360, 64, "".join(tile(n * 90, 0, t, 90, 64, 18) for n, t in enumerate(("首页", "服务", "消息", "我的"))), style="background:#ffffff")
LIST = box(0, 120, 360, 600, "".join(tile(16, n * 100, f"第{w}项服务", 328, 88) for n, w in enumerate("一二三四五六")), "data-scroll", "overflow:hidden")
LOGO = ('<svg data-click aria-label="银行" style="position:absolute;left:280px;top:20px" width="64" height="64" viewBox="0 0 24 24"><path d="M2 2h10v10H2z" fill="#d32f2f"/>'
        '<path d="M12 2h10v10H12z" fill="#388e3c"/><path d="M2 12h10v10H2z" fill="#1976d2"/><path d="M12 12h10v10H12z" fill="#fbc02d"/></svg>')  # fmt: skip


def bare(body: str) -> str:
    """Without sizes of text in the tree: they are found from pixels."""
    return body.replace("<div", "<div data-nosize").replace("<p style", "<p data-nosize style")


def styled(style: str, body: str) -> str:
    return box(0, 0, 360, 720, bare(body), style=style)


def hard() -> list[Case]:
    """Cases as real screens have them."""
    c = Case
    return [
        c("a pattern of many colours", {"contrast": "cantTell", "line-spacing": "cantTell"}, {"read": article(style=PHOTO)}),
        c("half light and half dark", {"contrast": "cantTell", "line-spacing": "cantTell"}, {"read": article(style=SPLIT)}),
        c("serifs by pixels", {}, {"elder": styled("font-family:Noto Serif CJK SC", home(24))}),
        c("small serifs by pixels", of("text-size"), {"elder": styled("font-family:Noto Serif CJK SC", home(13, title=text("常用服务大全", 24)))}),
        c("bold by pixels", {}, {"elder": styled("font-weight:700", home(22))}),
        c("small bold by pixels", of("text-size"), {"elder": styled("font-weight:700", home(14, title=text("常用服务大全", 24)))}),
        c("lines at 1.0 by pixels", of("line-spacing"), {"read": bare(article(1.0, 24, 22))}), c("lines at 1.8 by pixels", {}, {"read": bare(article(1.8, 40, 22))}),
        c("18 dp at density 440", {}, {"elder": home(18)}, walk={"scale": 2.75}), c("17.5 dp at density 440", of("text-size"), {"elder": home(17.5, title=text("常用服务大全", 24))}, walk={"scale": 2.75}),
        c("a bar along the bottom", {}, {"elder": home() + NAV}), c("a bar over a list", {}, {"elder": box(16, 24, 260, 60, text("常用服务大全", 24)) + LIST + NAV}),
        c("a ball over a list", of("floating-close", "cantTell"), {"elder": box(16, 24, 260, 60, text("常用服务大全", 24)) + LIST + icon(280, 560, 64, "客服")}),
        c("a close control without a name", {"floating-close": "cantTell", "names": "failed"}, {"window": floating(icon(228, 8, 48, "", "#333333", CROSS))}),
        c("a cross as text", {}, {"window": floating(tile(220, 4, "×", 56, 56, 28))}), c("a small cross as text", of("floating-close"), {"window": floating(tile(244, 4, "×", 32, 32, 24))}),
        c("a close control told by its id", {}, {"window": floating(icon(224, 4, 52, "离开", "#333333", CROSS, 'data-id="iv_close"'))}),
        c("a logo of four colours", of("contrast", "cantTell"), {"elder": home(scan=LOGO)}),
        c("an outlined button", {}, {"elder": home(more=tile(20, 320, "联系客服", 320, 64, style="border:2px solid #0b57d0;border-radius:12px;color:#0b57d0"))}),
        c("half transparent text", of("contrast"), {"elder": home(more=tile(20, 320, "联系客服", 320, 64, style="opacity:.35"))}),
        c("a pale icon beside a word", of("contrast"), {"elder": home(more=box(20, 320, 320, 64, icon(8, 8, 48, "", "#ffb3b3").replace("data-click", "") + box(80, 16, 200, 32, text("联系客服")), "data-click"))}),
        c("a strong icon beside a word", {}, {"elder": home(more=box(20, 320, 320, 64, icon(8, 8, 48, "", "#8e0000").replace("data-click", "") + box(80, 16, 200, 32, text("联系客服")), "data-click"))}),
        c("a field without hint", of("names"), {"read": article(more='<input data-click data-class="android.widget.EditText" style="position:absolute;left:16px;top:600px;width:328px;height:64px">')}),
        c("a field with hint", {}, {"read": article(more='<input data-click data-hint="请输入姓名" data-class="android.widget.EditText" style="position:absolute;left:16px;top:600px;width:328px;height:64px">')}),
        c("a number of messages", {}, {"elder": home(more=box(320, 8, 24, 24, text("3", 14, "margin:auto"), style="background:#b71c1c;color:#ffffff"))}),
        c("an entry that cannot be touched", of("entry", "cantTell"), {"home": home(16, box(16, 500, 328, 60, text("长辈版", 16)))}),
        c("a page to be scrolled", {}, {"elder": box(16, 24, 260, 60, text("常用服务大全", 24)) + LIST}),
        c("light grey on dark", of("contrast"), {"read": article(style="background:#303030;color:#6a6a6a")}), c("white on dark", {}, {"read": article(style="background:#303030;color:#ffffff")}),
        c("a pale icon of another class", of("contrast"), {"elder": home(scan=icon(280, 20, fill="#ff9a9a", more='data-class="android.widget.TextView"'))}),
        c("a strong icon of another class", {}, {"elder": home(scan=icon(280, 20, more='data-class="android.widget.TextView"'))}),
        # dumps of uiautomator: sizes of text come from pixels
        c("a dump with large text", {"text-size-ordinary": "cantTell", "line-spacing": "passed"}, {"elder": home(24), "read": article(1.8, 40, 24)}, walk={"xml": True}),
        c("a dump with small text", {"text-size": "failed", "text-size-ordinary": "failed"}, {"elder": home(14, title=text("常用服务大全", 24)), "read": article(1.8, 40, 24), "largest": home(20, title=text("常用服务大全", 20))}, walk={"xml": True}),
        c("a dump with text near 18 dp", {"text-size": "cantTell", "text-size-ordinary": "passed"}, {"elder": home(18), "read": article(1.8, 40, 24), "largest": home(34, tiles=("付款", "医保", "缴费", "挂号"), more=parts.big(36))}, walk={"xml": True, "scale": 3}),
        c("a dump with dense lines", {"text-size-ordinary": "cantTell", "line-spacing": "failed"}, {"elder": home(24), "read": article(1.0, 24, 24)}, walk={"xml": True, "scale": 2.625}),
        c("a dump with a small target", {"text-size-ordinary": "cantTell", "touch-size": "failed"}, {"elder": home(24, h=52), "read": article(1.8, 40, 24)}, walk={"xml": True}),
        c("a dump with an unnamed icon", {"text-size-ordinary": "cantTell", "names": "failed"}, {"elder": home(24, scan=icon(280, 20, name="")), "read": article(1.8, 40, 24)}, walk={"xml": True}),
        c("a window that returns", of("ads", "cantTell"), {"again": {"body": floating(), "mode": "elder", "main": False, "role": "other"}}, steps=(*parts.STEPS, {"from": "window", "to": "elder", "action": "tap", "x": 584, "y": 464, "t": 4})),
        c("a window that was closed", {}, {}, steps=(*parts.STEPS, {"from": "window", "to": "elder", "action": "tap", "x": 584, "y": 464, "t": 4})),
        c("an ad that is a picture", of("ads"), {"elder": home(more=box(16, 400, 328, 120, "<svg width=328 height=120><rect width=328 height=120 fill='#ffe082'/></svg>"))}, todo=True),
        c("a lure that is a picture", of("inducement"), {"elder": home(more=icon(20, 400, 120, "活动"))}, todo=True),
    ]  # fmt: skip


def cases() -> list[Case]:
    """All cases, good and bad."""
    c = Case
    return [
        *hard(),
        c("elder"), c("stand-alone", alone=True),
        # variants that change nothing
        c("reordered", screens={"elder": home(tiles=("挂号就诊", "生活缴费", "医保凭证", "付款码")), "settings": tile(16, 40, "长辈版", 328, 56) + tile(16, 110, "账号与安全", 328, 56)}),
        c("reordered stand-alone", alone=True, screens={"elder": home(18, h=48, tiles=("挂号就诊", "付款码", "生活缴费", "医保凭证"))}),
        c("yellow paper", walk={"paper": "#fff4c2"}), c("grey paper", walk={"paper": "#eeeeee", "ink": "#222222"}),
        c("blue on white", walk={"ink": "#003a8c"}), c("green on white", alone=True, walk={"ink": "#0b5d1e"}),
        c("dark theme", walk={"ink": "#f2f2f2", "paper": "#121212"}, screens={"elder": home(scan=icon(280, 20, fill="#ffd54f"))}),
        c("density 420", walk={"scale": 2.625}), c("density 480", walk={"scale": 3}), c("density 420 stand-alone", alone=True, walk={"scale": 2.625}),
        # 1.1 size of text
        c("16 dp in a tile", of("text-size"), {"elder": home(16, title=text("常用服务大全", 24))}),
        c("18 dp in a tile", {}, {"elder": home(18)}),
        c("17 dp at density 420", of("text-size"), {"elder": home(17, title=text("常用服务大全", 24))}, walk={"scale": 2.625}),
        c("18 dp at density 420", {}, {"elder": home(18)}, walk={"scale": 2.625}),
        c("16 dp stand-alone", of("text-size"), {"elder": home(16, h=48)}, alone=True),
        c("small by pixels", of("text-size"), {"elder": home(12, title=text("常用服务大全", 24)).replace("<div", "<div data-nosize")}),
        c("large by pixels", {}, {"elder": home(24).replace("<div", "<div data-nosize")}),
        c("near 18 by pixels", of("text-size", "cantTell"), {"elder": home(18, title=text("常用服务大全", 24)).replace("<div", "<div data-nosize")}),
        c("16 dp outside main screens", {}, {"read": article(size=16)}),
        c("largest setting 24 dp", of("text-size-ordinary"), {"largest": home(24, title=text("常用服务大全", 24))}),
        c("largest setting 30 dp", {}, {"largest": home(30)}),
        c("largest setting mixed", of("text-size-ordinary", "cantTell"), {"largest": home(20, title=text("常用服务大全", 32))}),
        # 1.2 spacing
        c("lines at 1.1", of("line-spacing"), {"read": article(1.1)}), c("lines at 1.4", {}, {"read": article(1.4)}),
        c("lines at 1.2 stand-alone", of("line-spacing"), {"read": article(1.2, size=18)}, alone=True), c("lines at 1.8", {}, {"read": article(1.8, 24)}),
        c("paragraphs without gap", of("line-spacing"), {"read": article(gap=0)}), c("paragraphs at 1.4", {}, {"read": article(gap=12.5)}),
        c("paragraphs with 4 px", of("line-spacing"), {"read": article(gap=4)}),
        c("lines at 1.1 at density 480", of("line-spacing"), {"read": article(1.1)}, walk={"scale": 3}),
        # 1.3 contrast
        c("grey at 20 dp below 3", of("contrast"), {"read": article(style="color:#b0b0b0")}), c("grey at 20 dp above 3", {}, {"read": article(style="color:#8a8a8a")}),
        c("grey at 18 dp below 4.5", of("contrast"), {"read": article(size=18, style="color:#8a8a8a")}, alone=True),
        c("grey at 18 dp above 4.5", {}, {"read": article(size=18, style="color:#6b6b6b")}, alone=True),
        c("pale button", of("contrast"), {"elder": home(more=tile(20, 320, "联系客服", 320, 64, style="background:#ffe0b2;color:#ffb74d;border-radius:32px"))}),
        c("round button", {}, {"elder": home(more=tile(20, 320, "联系客服", 320, 64, style="background:#0b57d0;color:#ffffff;border-radius:32px"))}),
        c("pale icon", of("contrast"), {"elder": home(scan=icon(280, 20, fill="#ff9a9a"))}), c("strong icon", {}, {"elder": home(scan=icon(280, 20, fill="#333399"))}),
        c("gradient", {"contrast": "cantTell", "line-spacing": "cantTell"}, {"read": article(style=GRADIENT)}),
        c("pale but disabled", {}, {"elder": home(more=f'<div style="position:absolute;top:320px;left:20px">{text("暂未开放", style="color:#cccccc", more="data-off")}</div>')}),
        c("no pictures", {"contrast": "cantTell", "line-spacing": "cantTell"}, {k: {"blind": True} for k in ("elder", "read", "check", "window")}),
        # 1.5 captcha
        c("puzzle alone", of("captcha"), {"check": captcha(other="")}), c("puzzle with a call", {}, {"check": captcha(other="电话验证")}),
        c("image alone", of("captcha"), {"check": captcha("请输入图形验证码", "")}, alone=True), c("text message only", of("captcha", "cantTell"), {"check": captcha(other="短信验证码登录")}),
        c("no captcha", of("captcha", "inapplicable"), {"check": box(16, 40, 328, 60, text("欢迎回来", 24)) + tile(20, 300, "继续", 320, 64)}),
        # 2.1 targets
        c("tiles of 56 dp", of("touch-size"), {"elder": home(h=56)}), c("tiles of 60 dp", {}, {"elder": home(h=60)}),
        c("tiles of 58 dp at density 420", of("touch-size"), {"elder": home(h=58)}, walk={"scale": 2.625}), c("tiles of 60 dp at density 420", {}, {"elder": home(h=60)}, walk={"scale": 2.625}),
        c("tiles of 44 dp stand-alone", of("touch-size"), {"elder": home(18, h=44)}, alone=True), c("tiles of 52 dp stand-alone", {}, {"elder": home(18, h=52)}, alone=True),
        c("back of 40 dp", of("touch-size"), {"read": article(back=tile(16, 20, "返回", 88, 40))}), c("back of 46 dp", {}, {"read": article(back=tile(16, 20, "返回", 88, 46))}),
        c("icon of 24 dp in a tile of 64", {}, {"elder": home(scan=box(280, 20, 64, 64, icon(20, 20, 24, "扫一扫", "#b00020"), "data-click"))}),
        c("icon of 24 dp in no tile", of("touch-size"), {"elder": home(scan=box(280, 20, 64, 64, icon(20, 20, 24, "扫一扫", "#b00020")))}),
        c("minor link of 50 dp", {}, {"elder": home(more=tile(20, 320, "查看更多", 320, 50, more="data-minor"))}),
        c("cut off by scrolling", {}, {"elder": home(more=box(0, 300, 360, 150, tile(20, 20, "第一项", 320, 64) + tile(20, 110, "第二项", 320, 40), "data-scroll", "overflow:hidden"))}),
        c("overlapping", of("touch-size", "cantTell"), {"elder": home(more=tile(20, 320, "第一项", 320, 64) + tile(20, 360, "第二项", 320, 64))}),
        # 2.2 gestures, 2.3 time
        c("three fingers", of("gesture"), steps=(*parts.STEPS, {"from": "elder", "to": "elder", "action": "swipe", "fingers": 3, "t": 3})),
        c("two fingers", {}, steps=(*parts.STEPS, {"from": "elder", "to": "elder", "action": "pinch", "fingers": 2, "t": 3})),
        c("no steps", of("gesture", "cantTell"), steps=()),
        c("three fingers are asked for", of("gesture", "cantTell"), {"elder": home(more=box(16, 400, 328, 60, text("三指下滑可以截屏")))}),
        # 2.4 windows
        c("close at the left side", of("floating-close"), {"window": floating(icon(8, 130, 48, "关闭", "#333333", CROSS))}),
        c("close bottom right", of("floating-close"), {"window": floating(icon(228, 248, 48, "关闭", "#333333", CROSS))}),
        c("close bottom centre", {}, {"window": floating(icon(110, 238, 60, "关闭", "#333333", CROSS))}), c("close top left", {}, {"window": floating(icon(4, 4, 60, "关闭", "#333333", CROSS))}),
        c("close below the window", {}, {"window": floating("").replace("</div></div>", "</div>" + icon(150, 520, 60, "关闭", "#ffffff", CROSS) + "</div>")}),
        c("small close", of("floating-close"), {"window": floating(icon(248, 8, 28, "关闭", "#333333", CROSS))}),
        c("no close", of("floating-close", "cantTell"), {"window": floating("")}),
        c("no window", of("floating-close", "inapplicable"), {"window": home()}),
        # 3.1 entry
        c("no entry on home", of("entry"), {"home": home(16, tile(16, 500, "我的订单", 328, 64))}), c("entry as 关怀模式", {}, {"home": home(16, tile(16, 500, "关怀模式", 328, 64))}),
        c("unnamed picture on home", of("entry", "cantTell"), {"home": home(16, icon(16, 500, 64, ""))}),
        c("no entry in settings", of("entry-settings"), {"settings": tile(16, 40, "账号与安全", 328, 56) + tile(16, 110, "通用", 328, 56)}),
        c("entry in settings as 亲情版", {}, {"settings": tile(16, 40, "账号与安全", 328, 56) + tile(16, 110, "亲情版", 328, 56)}),
        c("关怀版 is not found", of("entry-search"), {"search3": found("关怀版", "没有找到“关怀版”相关内容", False)}),
        c("亲情版 is not found", of("entry-search"), {"search1": found("亲情版", "亲情号套餐")}), c("all names lead to 关怀模式", {}, {f"search{n}": found(w, "切换到关怀模式") for n, w in enumerate(parts.ALIASES)}),
        # 4.1 names and order
        c("icon without name", of("names"), {"elder": home(scan=icon(280, 20, name=""))}), c("icon named", {}, {"elder": home(scan=icon(280, 20, name="付款"))}),
        c("icon named picture", of("names"), {"elder": home(scan=icon(280, 20, name="图片"))}), c("icon without name stand-alone", of("names"), {"elder": home(18, h=48, scan=icon(280, 20, name=""))}, alone=True),
        c("two icons of one name", of("names", "cantTell"), {"elder": home(scan=icon(280, 20) + icon(200, 20))}), c("two icons of two names", {}, {"elder": home(scan=icon(200, 20, name="语音") + icon(280, 20))}),
        c("title drawn last", of("focus-order", "cantTell"), {"elder": home(scan=icon(280, 320, name="语音") + icon(280, 20))}),
        # 5.1 ads and inducement
        c("ad label", of("ads"), {"read": article(more=box(16, 640, 328, 60, text("广告", 20)))}), c("no ad but a word in a sentence", {}, {"read": article(more=box(16, 640, 328, 60, text("本版本没有广告", 20)))}),
        c("view of an ad SDK", of("ads"), {"elder": home(more=box(16, 400, 328, 120, "", 'data-class="com.qq.e.ads.banner2.UnifiedBannerView"', "background:#ddd"))}),
        c("id of an ad", of("ads", "cantTell"), {"elder": home(more=box(16, 400, 328, 120, text("健康讲座"), 'data-id="ad_container"'))}), c("id of an address", {}, {"elder": home(more=box(16, 400, 328, 120, text("健康讲座"), 'data-id="address_header"'))}),
        c("ad label stand-alone", of("ads"), {"elder": home(18, h=48, more=box(16, 400, 328, 60, text("广告", 18)))}, alone=True),
        c("red packet for a download", of("inducement"), {"elder": home(more=tile(20, 320, "下载领红包", 320, 64))}), c("download centre", {}, {"elder": home(more=tile(20, 320, "下载中心", 320, 64))}),
        c("pay now", of("inducement", "cantTell"), {"elder": home(more=tile(20, 320, "立即支付", 320, 64))}), c("free prize stand-alone", of("inducement"), {"read": article(size=18, more=tile(20, 640, "免费抽大奖", 320, 64))}, alone=True),
        c("no density", {"text-size": "cantTell", "text-size-ordinary": "cantTell", "touch-size": "cantTell", "floating-close": "cantTell"}, walk={"no_density": True}),
    ]  # fmt: skip
