"""What controls for older users are called on Chinese sites; used to find and try them, never to judge."""

from __future__ import annotations

import re

# The four names of the elder version first (MIIT-67 annex 2, 3.1), then what sites without one call it.
ELDER = re.compile(
    r"长辈(?:版|模式|专区)|亲情(?:版|模式)|关爱(?:版|模式)|关怀(?:版|模式)|敬老版|老年(?:版|模式)|老人(?:版|模式)|适老(?:化)?(?:版|模式|服务|专区)|^\W*适老化?\W*$|大字(?:版|模式)|简洁大字|elder(?:ly)?[ -]?(?:mode|version)|senior mode",
    re.I,
)
BARRIER_FREE = re.compile(r"^\W*(?:网站|进入)?无障碍(?:浏览|阅读|模式|版|服务|工具|工具条|通道|辅助)?\W*$|辅助(?:阅读|浏览|工具)|accessib(?:le|ility) (?:mode|tool)", re.I)
LONGEST = 16  # characters of what an entry is called; longer ones speak of it
TOOLS: dict[str, re.Pattern[str]] = {
    "size": re.compile(r"放大(?:字|文字|页面)?|大号?字|字号|字体(?:大小|放大|变大|\+|＋)|特大|^\s*A\s*[+＋]|larger|zoom in|text size", re.I),
    "voice": re.compile(r"语音|朗读|听(?:文章|新闻|读)|读屏|播报|声音|read aloud|speech|listen", re.I),
    "pointer": re.compile(r"大?鼠标|大?光标|指针|cursor|pointer", re.I),
    "guide": re.compile(r"辅助线|指读|十字线|阅读线|guide ?line", re.I),
    "contrast": re.compile(r"配色|高?对比|反色|背景色|contrast|theme", re.I),
}  # fmt: skip
LEAVES = re.compile(r"退出|返回|标准版|普通版|关闭|exit|standard", re.I)
