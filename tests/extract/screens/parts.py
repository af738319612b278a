"""The parts that screens of the bench are put together from, and the walks that have nothing wrong with them."""

from __future__ import annotations

from typing import Any

STAR = "M12 2l3 7h7l-6 4 2 8-6-5-6 5 2-8-6-4h7z"
CROSS = "M4 2l8 8 8-8 2 2-8 8 8 8-2 2-8-8-8 8-2-2 8-8-8-8z"
LONG = "为方便长辈使用，本应用提供大字、大图标和语音朗读，常用功能放在首页，遇到问题可以直接联系人工客服，我们会耐心解答。"


def box(x: float, y: float, w: float, h: float, inner: str = "", more: str = "", style: str = "") -> str:
    return f'<div style="position:absolute;left:{x}px;top:{y}px;width:{w}px;height:{h}px;{style}" {more}>{inner}</div>'


def text(words: str, size: float = 20, style: str = "", more: str = "") -> str:
    return f'<span class="t" style="font-size:{size}px;{style}" {more}>{words}</span>'


def tile(x: float, y: float, words: str, w: float = 150, h: float = 64, size: float = 20, more: str = "", style: str = "") -> str:
    return f'<div class="tile" data-click style="position:absolute;left:{x}px;top:{y}px;width:{w}px;height:{h}px;{style}" {more}>{text(words, size)}</div>'


def icon(x: float, y: float, side: float = 64, name: str = "扫一扫", fill: str = "#b00020", path: str = STAR, more: str = "") -> str:
    label = f'aria-label="{name}"' if name else ""
    return (f'<svg data-click {label} {more} style="position:absolute;left:{x}px;top:{y}px" width="{side}" height="{side}" viewBox="-6 -6 36 36">'
            f'<path d="{path}" fill="{fill}"/></svg>')  # fmt: skip


def home(size: float = 20, more: str = "", tiles: tuple[str, ...] = ("付款码", "医保凭证", "生活缴费", "挂号就诊"), h: float = 64, w: float = 150, scan: str | None = None, title: str = "") -> str:
    """A main screen: title, icon, four tiles."""
    places = ((20, 120), (190, 120), (20, 210), (190, 210))
    head = box(16, 24, 260, 60, title or text("常用服务大全", max(size, 24)))
    return head + (icon(280, 20) if scan is None else scan) + "".join(tile(x, y, t, w, h, size) for (x, y), t in zip(places, tiles, strict=True)) + more


def article(line: float = 1.5, gap: float = 16, size: float = 20, style: str = "", more: str = "", back: str = "") -> str:
    """A page to be read: a way back and two paragraphs."""
    p = f'<p style="font-size:{size}px;line-height:{line};margin-bottom:{gap}px;{style}">{{}}</p>'
    return (back or tile(16, 20, "返回", 88, 44, 20)) + box(0, 100, 360, 600, p.format(LONG) + p.format("如需帮助，" + LONG)) + more


def floating(close: str | None = None, body: str = "", under: str | None = None) -> str:
    """A window with a veil over a main screen."""
    control = icon(228, 8, 48, "关闭", "#333333", CROSS) if close is None else close
    panel = box(40, 200, 280, 300, box(20, 80, 240, 120, text("新版本更易用", 24) + text("字更大，操作更简单", 20)) + body + control, style="background:#ffffff;color:#1a1a1a")
    return box(0, 0, 360, 720, home() if under is None else under) + f'<div class="veil">{panel}</div>'


def captcha(question: str = "请拖动滑块完成拼图", other: str = "语音验证码") -> str:
    return box(16, 40, 328, 200, text("安全验证", 24) + text(question, 20)) + (tile(20, 300, other, 320, 64) if other else "")


def found(word: str, result: str = "长辈版（大字大图标）", clickable: bool = True) -> str:
    field = f'<input data-click data-class="android.widget.EditText" aria-label="搜索" style="position:absolute;left:16px;top:20px;width:328px;height:48px">{word}'
    return field + (tile(16, 100, result, 328, 64) if clickable else box(16, 100, 328, 64, text(result)))


Walk = dict[str, Any]
ALIASES = ("长辈版", "亲情版", "关爱版", "关怀版")
PASSED = (
    "text-size", "text-size-ordinary", "line-spacing", "contrast", "captcha", "touch-size", "gesture", "floating-close",
    "entry", "entry-settings", "entry-search", "names", "focus-order", "ads", "inducement",
)  # fmt: skip


def elder() -> dict[str, dict[str, Any]]:
    """Screens of an app with an elder UI; nothing is wrong with any."""
    return {
        "home": {"body": home(16, tile(16, 500, "长辈版", 328, 64)), "mode": "ordinary", "main": True, "role": "home", "blind": True},
        "settings": {"body": tile(16, 40, "账号与安全", 328, 56) + tile(16, 110, "长辈版", 328, 56), "mode": "ordinary", "main": False, "role": "settings", "blind": True},
        "largest": {"body": home(30, big(32)), "mode": "ordinary", "main": True, "role": "other", "text_setting": "largest"},
        **{f"search{n}": {"body": found(w), "mode": "ordinary", "main": False, "role": "search", "query": w, "blind": True} for n, w in enumerate(ALIASES)},
        "elder": {"body": home(), "mode": "elder", "main": True, "role": "home"},
        "read": {"body": article(), "mode": "elder", "main": False, "role": "other"},
        "check": {"body": captcha(), "mode": "elder", "main": False, "role": "other"},
        "window": {"body": floating(), "mode": "elder", "main": True, "role": "other"},
    }


def big(size: float) -> str:
    return box(16, 400, 328, 100, text("我的订单", size))


def alone() -> dict[str, dict[str, Any]]:
    """Screens of a stand-alone elder app."""
    return {
        "elder": {"body": home(18, h=48), "mode": "elder-app", "main": True, "role": "home"},
        "read": {"body": article(size=18), "mode": "elder-app", "main": False, "role": "other"},
        "check": {"body": captcha("请输入图形验证码", "电话验证"), "mode": "elder-app", "main": False, "role": "other"},
        "window": {"body": floating(icon(116, 252, 48, "关闭", "#333333", CROSS)), "mode": "elder-app", "main": False, "role": "other"},
    }


STEPS = ({"from": "elder", "to": "read", "t": 1, "action": "tap", "x": 100, "y": 100}, {"from": "read", "to": "elder", "t": 2, "action": "back"})
