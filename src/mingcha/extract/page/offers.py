"""What a site offers older users and what it puts in their way: entry, functions, windows, captchas, limits, ads, people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from mingcha.extract.page.load import Record
from mingcha.extract.page.measure import histogram, interactive, numbers, reached
from mingcha.extract.page.snapshot import Node, Snapshot

OFFICIAL = re.compile(r"长辈版|亲情版|关爱版|关怀版")  # MIIT-67 annex 2, 3.1
_AGENT = re.compile(r"人工(?:客服|服务|坐席|咨询)|转人工|一键人工|真人客服|联系客服|在线客服|客服(?:热线|电话)|(?:talk|speak) to (?:a person|an agent)|live (?:chat|agent)", re.I)
_PICTURE = re.compile(r"captcha|kaptcha|vcode|verif(?:y|ication)[-_]?(?:code|img|image)|check[-_]?code|验证码|图形码|看不清", re.I)
_PUZZLE = re.compile(r"(?:拖动|按住|滑动).{0,6}(?:滑块|拼图|验证)|向右滑动|完成拼图|点选(?:文字|图片)?验证|slide to verify", re.I)
_VENDOR = re.compile(r"geetest|captcha\.(?:qq|qcloud|tencent)|dun\.163|yidun|recaptcha|hcaptcha|aliyun.*captcha|captcha.*aliyun|tcaptcha", re.I)
_OTHER_WAY = re.compile(r"语音(?:验证|播报|识别)|听(?:取)?验证码|播放验证码|短信(?:验证|登录)|手机验证|扫码登录|电话验证|audio (?:captcha|challenge|code)", re.I)
_LARGER = re.compile(r"放大|zoom|enlarge", re.I)
_STATED = re.compile(r"(\d{1,4}|[一二三五十两]{1,3})\s*(秒钟?|分钟?)(?:之?后|之?内)[^。，；]{0,12}(?:自动|失效|过期|退出|跳转|完成|有效|关闭)|(?:有效期|剩余时间|将在)[^。，；\d]{0,6}(\d{1,4})\s*(秒|分)")
_EXTEND = re.compile(r"延长|继续操作|保持登录|重新获取|续期|more time|extend", re.I)
_AD_ID = re.compile(r"(?:^|[\s_-])(?:ads?|advert(?:isement)?|adsense|ad-?(?:box|banner|slot|wrap|content)|guanggao|gg(?:box|wei))(?:$|[\s_-])", re.I)
_AD_LABEL = re.compile(r"^\W*(?:广告|推广|赞助|Ad|Sponsored)\W*$")
_LURE = re.compile(r"(?:领取?|抢|拆|开)(?:红包|现金|福利|优惠)|红包|立即领取|马上领|免费领|一键领取|点击领取|抽(?:大)?奖|0元(?:购|领|抢)|立即(?:下载|安装|支付|付款|购买|充值|开通)|下载(?:APP|App|客户端)|打开(?:APP|App)|开通会员|续费|提现")
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "五": 5, "十": 10, "十五": 15, "二十": 20, "三十": 30, "六十": 60}


def entry(index: dict[str, Any], records: list[Record]) -> Iterator[dict[str, Any]]:
    """Facts `elder-entry` and `elder-search`, for each profile whose home page was looked through."""
    told = index.get("visit", {}).get("elder") if isinstance(index.get("visit"), dict) else None
    for profile, found in told.items() if isinstance(told, dict) else ():
        home = next((r for r in records if r.profile == profile and r.role == "home"), None)
        if home is None:
            continue
        controls = home.part("controls")
        entry = found.get("entry") if isinstance(found, dict) else None
        count = len(controls) if isinstance(controls, list) else 0
        known = isinstance(entry, dict)
        yield {"kind": "elder-search", "where": home.id, "page": home.id, "profile": profile, "found": known, "controls": count}
        if not isinstance(entry, dict):
            continue
        word = str(entry.get("name") or entry.get("title") or "")[:60]
        box = entry.get("box")
        top = box[1] if isinstance(box, list) and len(box) == 4 and isinstance(box[1], int | float) else 0
        yield {
            "kind": "elder-entry", "where": home.id, "page": home.id, "profile": profile, "word": word, "official": bool(OFFICIAL.search(word)), "by": str(entry.get("by", "name")),
            "steps": 1, "real": bool(entry.get("real")), "keyboard": bool(entry.get("focusable")), "first_screen": top < float(home.metrics.get("height") or 768), "box": numbers(box),
        }  # fmt: skip


def tools(record: Record) -> Iterator[dict[str, Any]]:
    """Facts `web-tool`: what each function did when it was used."""
    tried = record.probes.get("tools")
    for tool, did in tried.items() if isinstance(tried, dict) else ():
        if tool not in _WORKS or not isinstance(did, dict):
            continue
        try:
            works, detail = _WORKS[tool](did)
        except (KeyError, TypeError, IndexError, ValueError):
            continue
        yield {"kind": "web-tool", "where": record.id, "page": record.id, "profile": record.profile, "tool": tool, "name": str(did.get("name", ""))[:40], "works": works, "detail": detail[:200], "box": numbers(did.get("box"))}


def _size(did: dict[str, Any]) -> tuple[bool, str]:
    before, after = (reached(histogram(s), 0.5) or 0.0 for s in did["sizes"])
    return after >= before * 1.1 > 0, f"{before:g} -> {after:g} px"


def _colours(did: dict[str, Any]) -> tuple[bool, str]:
    return did["background"][0] != did["background"][1] or did["color"][0] != did["color"][1], f"{did['background'][0]} -> {did['background'][1]}"


def _pointer(did: dict[str, Any]) -> tuple[bool, str]:
    picture = any("url(" in str(c) for c in did["cursor"][1]) and not any("url(" in str(c) for c in did["cursor"][0])
    return picture or bool(did["follows"]), "picture" if picture else "follows" if did["follows"] else ""


def _guide(did: dict[str, Any]) -> tuple[bool, str]:
    return bool(did["line"]), ""


def _spoken(did: dict[str, Any]) -> tuple[bool, str]:
    ways = [w for w in ("hover", "focus", "click") if did.get(w)]
    return bool(ways), ", ".join(ways)


_WORKS: dict[str, Callable[[dict[str, Any]], tuple[bool, str]]] = {"size": _size, "contrast": _colours, "pointer": _pointer, "guide": _guide, "voice": _spoken}


def floating(record: Record) -> Iterator[dict[str, Any]]:
    """Facts `web-floating`."""
    found = record.probes.get("floating")
    for window in found if isinstance(found, list) else ():
        if not isinstance(window, dict) or not numbers(window.get("box")):
            continue
        close = window.get("close") if isinstance(window.get("close"), dict) else None
        corner, w, h = "none", None, None
        if close and numbers(close.get("box")):
            corner, w, h = _corner(window["box"], close["box"]), float(close["box"][2]), float(close["box"][3])
        yield {
            "kind": "web-floating", "where": f"{record.id}#{window.get('path', '')}", "page": record.id, "profile": record.profile, "text": str(window.get("text", ""))[:100], "cover": float(window.get("cover") or 0),
            "corner": corner, "close_w": w, "close_h": h, "close_least": min(w, h) if w is not None and h is not None else None, "closed": _bool(window.get("closed")), "returns": _bool(window.get("returns")),
            "jumped": bool(window.get("jumped")), "box": numbers(window["box"]),
        }  # fmt: skip


def _bool(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _corner(window: list[float], close: list[float]) -> str:
    """Where the middle of the close control lies in its window, which it may also touch from outside."""
    x = (close[0] + close[2] / 2 - window[0]) / max(window[2], 1)
    y = (close[1] + close[3] / 2 - window[1]) / max(window[3], 1)
    if y <= 1 / 3:
        return "top-left" if x <= 1 / 3 else "top-right" if x >= 2 / 3 else "other"
    return "bottom-centre" if y >= 2 / 3 and 1 / 3 < x < 2 / 3 else "other"


def captchas(record: Record, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Facts `web-captcha`: at most one of each form and page."""
    found: dict[str, Node] = {}
    for node in snapshot.page.nodes:
        hint = " ".join((node.attrs.get("id", ""), node.attrs.get("class", ""), node.attrs.get("src", ""), node.attrs.get("alt", ""), node.attrs.get("title", "")))
        if node.tag in ("img", "canvas") and node.shown and _PICTURE.search(hint):
            found.setdefault("picture", node)
        elif node.tag == "iframe" and _VENDOR.search(hint):
            found.setdefault("vendor", node)
        elif node.tag == "#text" and node.shown and _PUZZLE.search(node.text) and node.parent is not None:
            found.setdefault("puzzle", node.parent)
    if not found:
        return
    names = _names(snapshot)
    tried = record.probes.get("captcha")
    times = tried.get("times") if isinstance(tried, dict) else None
    for form, node in found.items():
        yield {
            "kind": "web-captcha", "where": f"{record.id}#{node.path()}", "page": record.id, "profile": record.profile, "form": form, "alternative": any(_OTHER_WAY.search(n) for n in names),
            "enlarge": any(_LARGER.search(n) for n in names), "times": float(times) if form == "picture" and isinstance(times, int | float) else None, "html": node.html(), "box": numbers(node.box),
        }  # fmt: skip


def _names(snapshot: Snapshot) -> list[str]:
    """What the controls of a page are called."""
    return [f"{n.name} {n.words()[:60]} {n.attrs.get('title', '')}" for n in snapshot.page.nodes if (interactive(n) or n.clickable) and n.box is not None and n.tag not in ("html", "body")]


def limits(record: Record, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Facts `web-time-limit`."""
    names = _names(snapshot)
    more = any(_EXTEND.search(n) for n in names)
    for node in snapshot.page.all("meta"):
        if node.attrs.get("http-equiv", "").lower() == "refresh" and (seconds := re.match(r"\s*(\d+)", node.attrs.get("content", ""))):
            yield {"kind": "web-time-limit", "where": record.id, "page": record.id, "profile": record.profile, "form": "refresh", "seconds": float(seconds[1]), "extend": False, "text": node.attrs.get("content", "")[:100], "box": []}
    count = 0
    for node in snapshot.page.nodes:
        if node.tag != "#text" or not node.shown or node.parent is None or count >= 5:
            continue
        words = node.parent.words()[:300]
        if found := _STATED.search(words):
            count += 1
            number, unit = found[1] or found[3], found[2] or found[4]
            value = float(number) if number.isdigit() else float(_NUMBERS.get(number, 0))
            yield {
                "kind": "web-time-limit", "where": f"{record.id}#{node.path()}", "page": record.id, "profile": record.profile, "form": "stated", "seconds": (value * (60 if unit.startswith("分") else 1)) or None,
                "extend": more, "text": found[0][:100], "box": numbers(node.box),
            }  # fmt: skip


def ads(record: Record, snapshot: Snapshot, is_ad: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """Facts `web-ad` and `web-inducement`. `is_ad`: whether a host belongs to an advertising service."""
    base = {"page": record.id, "profile": record.profile, "mode": record.mode}
    hosts: dict[str, str] = {}
    for request in record.part("requests") or []:
        url = str(request.get("url", "")) if isinstance(request, dict) else ""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            continue
        if host and host not in hosts and is_ad(host):
            hosts[host] = url
    for host, url in list(hosts.items())[:50]:
        yield {"kind": "web-ad", "where": record.id, **base, "by": "request", "host": host, "text": url[:200], "box": []}
    count = 0
    for node in snapshot.page.nodes:
        if count >= 50:
            return
        if node.tag.startswith("#") or not node.shown:
            continue
        hint = f"{node.attrs.get('id', '')} {node.attrs.get('class', '')}"
        words = node.words() if not node.children or len(node.children) <= 2 else ""
        by = "id" if _AD_ID.search(hint) else "label" if _AD_LABEL.match(words) and len(words) < 12 and not interactive(node) else ""
        if node.tag == "iframe" and not by:
            try:
                by = "frame" if is_ad(urlsplit(node.attrs.get("src", "")).hostname or "") else ""
            except ValueError:
                by = ""
        if by and not any(n.attrs.get("data-mingcha-ad") for n in node.up()):
            node.attrs["data-mingcha-ad"] = "1"  # what lies in it is the same advertisement
            count += 1
            yield {"kind": "web-ad", "where": f"{record.id}#{node.path()}", **base, "by": by, "host": None, "text": (node.seen_words() or hint)[:100], "box": numbers(node.box)}
        if (interactive(node) or node.clickable) and (found := _LURE.search(node.name or node.words()[:60])) and len(node.words()) < 60:
            count += 1
            yield {"kind": "web-inducement", "where": f"{record.id}#{node.path()}", **base, "word": found[0], "text": (node.name or node.words())[:80], "box": numbers(node.box)}


def popups(record: Record) -> Iterator[dict[str, Any]]:
    """Facts `web-popup`: what came up before anything was touched."""
    events = record.raw.get("events")
    before = record.raw.get("events_loaded")
    for event in (events[: before if isinstance(before, int) else 0][:20] if isinstance(events, list) else ()):
        if isinstance(event, dict) and str(event.get("kind", "")).startswith(("dialog-", "window", "download")) and event.get("kind") != "dialog-beforeunload":
            yield {"kind": "web-popup", "where": record.id, "page": record.id, "profile": record.profile, "mode": record.mode, "form": str(event["kind"]), "text": str(event.get("detail", ""))[:200]}


def people(record: Record, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Facts `human-agent`: at most five of a page."""
    steps, count = int(record.raw.get("steps") or 0) + 1, 0
    for node in snapshot.page.nodes:
        if node.tag.startswith("#") or count >= 5:
            continue
        href = node.attrs.get("href", "")
        words = (node.name or node.words())[:80]
        by = "call" if href.startswith("tel:") else "control" if (interactive(node) or node.clickable) and len(words) < 40 and _AGENT.search(words) else ""
        if by and any(n.shown for n in (node, *node.down())):
            count += 1
            yield {
                "kind": "human-agent", "where": f"{record.id}#{node.path()}", "page": record.id, "profile": record.profile, "mode": record.mode, "by": by, "text": words or href,
                "steps": steps, "box": numbers(node.box),
            }  # fmt: skip
