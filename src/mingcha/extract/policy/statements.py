"""Sentences → who does what with which data: `statement` facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mingcha.extract.policy.document import LIST_MARK, Sentence
from mingcha.extract.policy.polarity import polarity
from mingcha.extract.policy.sdks import Known
from mingcha.extract.policy.text import defines
from mingcha.extract.policy.words import Hit, Matcher

QUOTE = 400  # characters of a quote
# Nouns that begin with a verb: 使用目的, 收集范围, 存储空间 …
_NOUN = r"(?!目的|规则|范围|方式|期限(?!内)|过程|场景|情况|条款|协议|说明|指引|政策|期间|清单|列表|地点|空间|权限|卡|位置|介质|者|器|频率|频次|必要性|原则|行为)"
_VERBS: dict[str, str] = {
    "share": r"对外提供|提供给|共享|分享(?!功能|按钮|至|到|内容|给好友|链接)|披露|转让|出售|售卖|贩卖|出租|倒卖|公开(?!透明|渠道|可|的)|传输(?!协议|过程|层|加密|安全)|"
    r"发送给|传递|同步给|同步至|泄露|泄漏|转移|交换|\b(?:share[sd]?|disclose[sd]?|sell|transfer(?:s|red)?)\b",
    "entrust": r"委托",
    "collect": r"收集|采集|搜集|获取|读取|调取|取得|扫描|监听|上报|记录|查询|访问|申请|调用|开启|\b(?:collect(?:s|ed)?|obtain(?:s|ed)?|access(?:es|ed)?|gather(?:s|ed)?)\b",
    "store": r"存储|储存|保存|留存|保留|缓存|\b(?:store[sd]?|retain(?:s|ed)?)\b",
    "use": r"用于|用作|用来|使用|利用|分析|处理|加工|\b(?:use[sd]?|process(?:es|ed)?)\b",
    "provide": r"提供|填写|输入|提交|上传|录入|设置|登记|\b(?:provide[sd]?|submit(?:s|ted)?)\b",
}
_VERB = re.compile("|".join(f"(?P<{act}>(?:{words}){_NOUN})" for act, words in _VERBS.items()), re.I)
_SUBJECT = re.compile(
    r"(?P<sdk>[A-Za-z\u3400-\u9fff]{0,16}?(?:SDK|软件开发工具包))|(?P<third>第三方|合作方|合作伙伴|服务商|关联公司|关联方|供应商|广告主|受托方|接收方)|"
    r"(?P<first>我们|本公司|我司|我行|本(?:应用|软件|平台|产品|app|程序)|\b[Ww]e\b)|(?P<user>(?:您|你|用户)(?!的)|\b[Yy]ou\b)",
    re.I,
)
_PREPOSITION = re.compile(r"(?:向|与|给|和|同|跟|对|将|把|及|或|至|使用|通过|接入|集成|嵌入)\s*(?:任何|任意|其他|其它|无关|相关|上述|所有)?(?:的)?\s*$")
_THIRD = re.compile(r"第三方|合作方|合作伙伴|服务商|关联公司|关联方|供应商|广告主|任何(?:公司|组织|个人|单位|人)|他人|公司、组织|third part|partner|affiliate", re.I)
_DATA = re.compile(r"信息|数据|资料|隐私|内容|\bdata\b|information", re.I)
_PURPOSE = (
    re.compile(r"(?:(?<!适)用于|用来|用作)([^，,。；;]{2,80})"),
    re.compile(r"(?:^|[，,：:])\s*(?:是)?为了?(?!您提供的|止|准)((?:[^，,。；;]|、){2,60}?)(?=[，,]|我们|，|需要|会收集|目的)"),
    re.compile(r"(?:以便于?|以实现|以保障|以确保|以帮助|从而|以提供|以完成|以向您)([^，,。；;]{2,60})"),
    re.compile(r"目的(?:是|为|在于|[：:])([^。；;]{2,80})"),
    re.compile(r"\b(?:in order to|so as to|for the purposes? of)\s+([^,.;]{3,100})", re.I),
)
_CONDITION = (
    re.compile(r"未(?:经|取得|获得|征得)[^，,。；;]{0,20}(?:同意|授权|许可|允许)"),
    re.compile(r"除(?:非|了)?[^，,。；;]{2,60}?(?:之外|以外|外|除外)|除非[^，,。；;]{2,60}"),
    re.compile(r"(?:经|征得|取得|获得|经过)(?:您|用户)[^，,。；;]{0,16}(?:同意|授权)(?:后|的情况下|的前提下)?"),
    re.compile(r"(?:但|以下)[^。；;]{0,24}除外"),
    re.compile(r"(?:当|在)(?:您|你|用户)[^，,。；;]{2,40}(?:时|的情况下|过程中|后|之前|期间)"),
    re.compile(r"(?:如果?|若)(?:您|你|用户)[^，,。；;]{2,40}"),
)
_RECEIVER = re.compile(
    r"(?:向|与|给|提供给|发送给|共享给|转让给|披露给|和|同|委托)\s*((?:(?!向|与|给)[^，,。；;]){0,24}?"
    r"(?:第三方(?:公司|机构|平台|服务商|合作伙伴)?|合作伙伴|合作方|关联公司|关联方|服务商|供应商|广告主|受托方|有限公司|公司|组织|机构|商家|他人|SDK))"
)
_TO_US = re.compile(r"(?:向|给|与)我们[^，,。；;]{0,16}$")
_MAY = re.compile(r"可能|或会|必要时|视情况|\bmay\b|\bmight\b", re.I)
_EMBEDS = re.compile(r"接入|集成|嵌入|引入|合作|共享|目录|清单|列表", re.I)
_OPENS = re.compile(r"[：:]\s*$|如下|包括|以下(?:个人)?(?:信息|数据)|(?:提供|上传|填写|获取|收集|采集)的[^，。；]{0,6}(?:信息|数据)$")
_CLAUSE = re.compile(r"，(?!包括|例如|比如)|[。；;]|但|而(?!且)|仅|却|并(?:会|将)")
_EXCEPT = re.compile(r"除|例外|但|情形|情况")  # what follows is when it is done after all
_PERMISSION = re.compile(r"权限|授权")
# A line that is nothing but the name of an SDK: what follows speaks of “this SDK”.
_TITLE = re.compile(r"\W*(?:\d{1,2}[）).、．]?)?\s*[^，。；：:]{2,30}(?:SDK|软件开发工具包)\s*[。：:]?\s*", re.I)
_OWNED = re.compile(r"(?:收集|采集|获取|读取|取得|共享|存储|保存|记录)(?:了)?$")
_GRANTED = re.compile(r"[^，。；]{0,4}(?:授权|授予|同意|提供)的")
_ENTRY = re.compile(r"\W*(?:\d{1,2}[）).、．]?)?\s*[^，。；：:]{2,30}(?:SDK|软件开发工具包)\s*[：:]", re.I)
_ROW = re.compile(r"^\W*(?![^,，|]*(?:我们|我司|本公司))[\u4e00-\u9fffA-Za-z（）()]{3,30}(?:公司|集团)\s*[,，|]")
_NOUNS = re.compile(r"(?:信息|数据|资料|记录|影像|地址|号码)\s*[。.；;]?$")
# Words of the ontology that mean something else here: a place on a page, room to write to, an operator who acts, the
# name of an SDK.
_ELSE = re.compile(
    r"(?:适当|显著|醒目|明显|突出|相应|首页|页面|点击|触摸|光标)(?:的)?位置|位置(?=发布|公布|公示|提示)|(?:访问|读写|读取|写入|开启|占用)[^，。；、]{0,10}存储空间|"
    r"存储空间(?=[（(][^）)]{0,8}[）)]|的?(?:权限|功能|授权)|[^，。；]{0,30}(?:访问)?权限)|(?:删除|清除|写入|该|此)存储信息|收集[、和与及]?使用信息|(?:通信|与|向)运营商(?!名称|信息|类型|[、，）)])|运营商(?=将|会|提供|处理|合作|的合作)|"
    r"使用记录(?=轨迹)|(?:(?![的和及与等将向用入成第三方])[\u4e00-\u9fff]){2,10}[, ]?(?:SDK|软件开发工具包)",
    re.I,
)


@dataclass(slots=True)
class Found:
    """One act of one sentence."""

    actor: str
    act: str
    denied: bool
    at: int
    items: list[str] = field(default_factory=list)


class Statements:
    """Reads sentences in their order: what a sentence that ends in a colon begins, the list after it goes on with.
    `own`: products that the text is about, which go by the name of an SDK and are none in it."""

    def __init__(self, items: Matcher, sdks: Known, own: Iterable[str] = ()) -> None:
        self.items, self.sdks, self.own = items, sdks, frozenset(own)
        self._open: tuple[Found, tuple[str, ...]] | None = None
        self._titled: str | None = None

    def read(self, sentences: Iterable[Sentence]) -> Iterator[dict[str, Any]]:
        """Statements of all sentences, without `exhibit` and `where`."""
        for sentence in sentences:
            yield from self.one(sentence)

    def one(self, sentence: Sentence) -> Iterator[dict[str, Any]]:
        """Statements of the next sentence."""
        text = sentence.text
        other = [(m.start(), m.end()) for m in _ELSE.finditer(text)]
        hits = [
            h for h in self.items.find(text)
            if not (text[h.end - 1] == "存" and text[h.end : h.end + 1] in ("储", "放"))  # 期限内存储
            and not any(start < h.end and h.start < end for start, end in other)
        ]  # fmt: skip
        named = self._named(text)
        found = [] if sentence.kind == "heading" else self._acts(text, hits)
        carried = self._carried(sentence, hits, found)
        kept = [f for f in found if self._tells(text, f, named)]
        if carried is not None and not any(f.items for f in kept):
            kept = [carried]
        if not kept and (named or (sentence.kind != "heading" and re.search(r"SDK|第三方", text) and _EMBEDS.search(text))):
            kept = [Found("first", "share", False, 0, _ids(hits))]
        for one in kept:
            yield self.fact(one, sentence, named)
        if _OPENS.search(text) and found and sentence.kind != "heading" and not (found[-1].denied and _EXCEPT.search(text)):
            self._open = (found[-1], sentence.path)

    def _named(self, text: str) -> list[str]:
        """SDKs that a sentence names, or the one that a line before it named as its title."""
        named = [sdk for sdk in self.sdks.mentioned(text) if sdk not in self.own]
        if _TITLE.fullmatch(text):
            self._titled = named[0] if named else None
        elif not named and self._titled and re.search(r"[该此本]SDK", text, re.I):
            return [self._titled]
        return named

    def _carried(self, sentence: Sentence, hits: list[Hit], found: list[Found]) -> Found | None:
        """An entry of a list after “we collect the following:”."""
        if self._open is None:
            return None
        before, path = self._open
        short = not found and ((len(sentence.text) <= 60 and not sentence.text.endswith(("。", "."))) or bool(_NOUNS.search(sentence.text)))
        listed = sentence.kind == "item" or bool(LIST_MARK.match(sentence.text)) or short
        if sentence.path[: len(path)] != path or not listed:
            self._open = None
            return None
        if not hits or len(sentence.text) > 300:
            return None
        return Found(before.actor, before.act, before.denied, 0, _ids(hits))

    def _acts(self, text: str, hits: list[Hit]) -> list[Found]:
        verbs: list[tuple[int, int, Found]] = []
        for m in _VERB.finditer(text):
            if any(h.start < m.end() and m.start() < h.end for h in hits):
                continue  # 浏览记录 records nothing
            act = str(m.lastgroup)
            actor = _actor(text, m.start())
            if act == "provide":
                act, actor = _provided(text, m.start(), actor)
            elif act == "share" and (re.match(r"(?:给|至|到)?我们", text[m.end() :]) or _TO_US.search(text[: m.start()])):
                act = "collect"  # somebody gives it to the app
            elif actor == "user" and act != "collect":
                if act == "share" and not re.search(r"同意|授权|许可", text[: m.start()]):
                    continue  # what users share among themselves
                actor = "first"
            if not act or not _meant(text, m, act, actor):
                continue
            sign = polarity(text, m.start())
            if sign == "neither" or (sign == "no" and actor == "user"):
                continue  # what users need not do says nothing of what the app does
            if sign == "no" and m[0] == "记录":
                act = "store"  # to keep no record of it is not to do without it
            verbs.append((m.start(), m.end(), Found(actor, act, sign == "no", m.start())))
        verbs = [
            v for n, v in enumerate(verbs)  # 委托第三方处理: what the third party does is what it is entrusted with
            if not (n and v[2].act == "use" and verbs[n - 1][2].act == "entrust" and not re.search(r"[，,；;]", text[verbs[n - 1][1] : v[0]]))
        ]  # fmt: skip
        out: dict[tuple[str, str, bool], Found] = {}
        for n, (start, end, found) in enumerate(verbs):
            mine = _denied(text, hits, start, end) if found.denied else _object(text, hits, verbs, n)
            known = out.setdefault((found.actor, found.act, found.denied), found)
            known.items += [i for i in _ids(mine) if i not in known.items]
        return list(out.values())

    def _tells(self, text: str, found: Found, named: list[str]) -> bool:
        """Whether a statement says something that can be compared: items, a denial about data, an SDK, a receiver."""
        if found.items or named:
            return True
        about = bool(_DATA.search(text))
        return about and (found.denied or (found.act in ("share", "entrust") and bool(_THIRD.search(text) or "SDK" in text)))

    def fact(self, found: Found, sentence: Sentence, named: list[str] | None = None) -> dict[str, Any]:
        """The fact of one act."""
        text = sentence.text
        purpose = next((m[1].strip() for p in _PURPOSE if (m := p.search(text))), None)
        condition = next((m[0].strip() for p in _CONDITION if (m := p.search(text))), None)
        receiver = m[1].strip() if found.act in ("share", "entrust") and (m := _RECEIVER.search(text)) else None
        return {
            "kind": "statement", "actor": found.actor, "act": "deny" if found.denied else found.act, "denies": found.act if found.denied else None,
            "items": found.items, "purpose": purpose, "condition": condition, "receiver": receiver,
            "sdk": named[0] if named else None, "polarity": not found.denied,
            "modality": "may" if not found.denied and _MAY.search(text[: found.at or None]) else None,
            "quote": text[:QUOTE], "offset": sentence.offset, "section": " > ".join(sentence.path) or None, "by": "definition" if defines(text) else "sentence",
        }  # fmt: skip


def _ids(hits: Iterable[Hit]) -> list[str]:
    return list(dict.fromkeys(h.value for h in hits))


def _object(text: str, hits: Sequence[Hit], verbs: Sequence[tuple[int, int, Found]], n: int) -> list[Hit]:
    """What the nth verb is done with: items after it up to the next verb, else before it, else those of a neighbour."""
    start, end, found = verbs[n]
    until = verbs[n + 1][0] if n + 1 < len(verbs) else len(text)
    since = verbs[n - 1][1] if n else 0
    mine = [h for h in hits if end <= h.start < until] or [h for h in hits if since <= h.start < start]
    if not mine and n:  # 收集您的手机号用于…: the second verb has the first one's object
        mine = [h for h in hits if h.start < start][-6:] if found.act in ("use", "share", "store") else []
    if not mine and n + 1 < len(verbs) and re.fullmatch(r"[、和与及或/,，并\s]*", text[end:until]):
        after = next((v for v in verbs[n + 1 :] if not re.fullmatch(r"[、和与及或/,，并\s]*", text[v[1] : v[1] + 2])), verbs[-1])
        stop = next((v[0] for v in verbs if v[0] > after[0]), len(text))
        mine = [h for h in hits if after[1] <= h.start < stop]  # 收集、使用您的手机号
    return mine


def _denied(text: str, hits: Sequence[Hit], start: int, end: int) -> list[Hit]:
    """What a denial speaks of: items after the verb in its clause, else before it there; of a verb that ends the
    sentence, those of the clause before. Nothing farther is denied."""
    stop = _CLAUSE.search(text, end)
    after = [h for h in hits if end <= h.start < (stop.start() if stop else len(text))]
    bounds = [m.end() for m in _CLAUSE.finditer(text, 0, start)]
    since = bounds[-1] if bounds else 0
    mine = after or [h for h in hits if since <= h.start < start]
    if not mine and not text[end:].strip("。.；; "):
        mine = [h for h in hits if (bounds[-2] if len(bounds) > 1 else 0) <= h.start < since]
    return mine


def _actor(text: str, at: int) -> str:
    """The last subject before the verb that no preposition makes an object; where none stands the app itself, or the
    company that a row of a flattened list begins with. What “we” do in the entry of an SDK is done by it."""
    who = "third" if _ROW.match(text) else "first"
    for m in _SUBJECT.finditer(text[:at]):
        user = m.lastgroup == "user"
        # 收集您设备的…, 您授权的权限: who is spoken of is not who acts
        if not (_OWNED.search(text[: m.start()]) or _GRANTED.match(text, m.end(), at) if user else _PREPOSITION.search(text[: m.start()])):
            who = str(m.lastgroup)
    return "sdk" if who == "first" and _ENTRY.match(text) else who


def _provided(text: str, at: int, actor: str) -> tuple[str, str]:
    """What “provide” means: the user gives data to the app, or the app gives it to somebody."""
    clause = re.split(r"[。；;]", text[:at])[-1]
    to_third = re.search(r"(?:向|给|与)\s*(?!我们|本公司|您|你|用户)[^，,]{0,30}$", clause)
    if to_third and (_THIRD.search(clause) or _THIRD.search(text[at : at + 12])):
        return "share", "first" if actor == "user" else actor
    if actor == "user" and not re.search(r"(?:为|向|给)(?:您|你|用户)[^，,]{0,20}$", clause):
        return "collect", "user"
    return "", actor


def _meant(text: str, m: re.Match[str], act: str, actor: str) -> bool:
    """Leaves out verbs that say nothing of data: the user's use of the product, requests for anything but permissions."""
    word, after, before = m[0], text[m.end() : m.end() + 16], text[max(0, m.start() - 14) : m.start()]
    if word in ("访问", "查询", "使用") and re.match(r"(?:该|本|此|我们的)(?:服务|产品|网站|平台)", after):
        return False
    if word in ("使用", "利用") and re.match(r"[^，。；;]{0,30}?(?:SDK|软件开发工具包)", text[m.end() :], re.I):
        return False
    if word in ("申请", "调用", "开启"):
        return bool(_PERMISSION.search(after))
    if word in ("使用", "访问", "查询", "获取", "设置", "分析", "处理", "保存") and actor == "user":
        return False
    if word == "取得" and re.match(r".{0,6}(?:同意|授权|许可|联系)", after):
        return False
    if act == "use" and re.match(r"(?:我们的?|本|该|此|相关|其他|某项|上述)?(?:产品|服务|应用(?!列表|程序|信息)|软件(?!列表|信息)|功能|app(?![a-z])|cookie|技术|加密|SSL|https)", after, re.I):
        return False
    return not (act == "use" and word == "处理" and re.search(r"(?:投诉|请求|问题|申请|反馈)[^，]{0,4}$", before))
