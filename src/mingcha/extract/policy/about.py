"""What kind of text it is, its dates, version and language, and how hard it is to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from mingcha.extract.policy.document import Document, Sentence
from mingcha.extract.policy.listings import Lists
from mingcha.extract.policy.text import chinese_share

PER_MINUTE = 400  # characters; adults read 300 to 500 a minute
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("children", re.compile(r"(?:儿童|未成年人|青少年)[^。]{0,20}(?:政策|规则|声明|指引|保护|隐私)|children.{0,20}privacy", re.I)),
    ("sdk-list", re.compile(r"SDK.{0,8}(?:清单|目录|列表|说明|名单)|第三方.{0,14}(?:清单|目录|列表)|共享.{0,8}清单|third.party.{0,20}list", re.I)),
    ("collection-list", re.compile(r"(?:收集|明示|已收集).{0,12}清单|个人信息清单")),
    ("permission-list", re.compile(r"权限.{0,8}(?:清单|列表|说明|用途|申请)")),
    ("policy", re.compile(r"隐私|个人信息(?:保护|处理)|privacy", re.I)),
)  # fmt: skip
_DATE = r"(?:自|为|是|于)?\s*(20\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?"
_EFFECT = re.compile(rf"(?:生效|施行|实施)(?:日期|时间|日)?\s*[：:]?\s*{_DATE}|{_DATE} *(?:起)?(?:正式)?(?:生效|施行|实施)(?!日期|时间)")
_UPDATE = re.compile(rf"(?:更新|发布|修订|公布|版本)(?:日期|时间|于)?\s*[：:]?\s*{_DATE}|{_DATE} *(?:更新|修订|发布)(?!日期|时间)")
_ISO = re.compile(r"(?:effective|updated)[^\n]{0,24}?(20\d\d)-(\d{1,2})-(\d{1,2})", re.I)
_VERSION = re.compile(r"(?:版本号?|version)\s*[：:]?\s*([Vv]?\d[\w.\-]{0,20})", re.I)
_TRADITIONAL = frozenset("們個資訊開關於這對為與會還將說過處請權據號碼碼錄權應業務點擊設備聯繫網絡頁變條閱讀")
_SIMPLIFIED = frozenset("们个资讯开关于这对为与会还将说过处请权据号码录应业务点击设备联系网络页变条阅读") - _TRADITIONAL
# Words of lawyers and technicians that few users know.
JARGON = (
    "匿名化", "去标识化", "假名化", "加密算法", "哈希", "散列", "脱敏", "数据接口", "应用程序接口", "软件开发工具包", "唯一标识符", "设备标识符",
    "个人信息处理者", "受托人", "受托方", "数据控制者", "数据处理者", "不可抗力", "免责", "连带责任", "管辖", "仲裁", "诉讼时效", "违约责任", "明示同意",
    "默示", "关联方", "存续", "衍生数据", "元数据", "像素标签", "网络信标", "本地存储", "传输层", "安全套接字", "等级保护", "渗透测试", "访问控制", "生命周期",
    "可携带权", "自动化决策", "用户画像", "数据主体", "合法权益", "法律法规另有规定", "知识产权", "不可撤销", "缔约", "要约", "履约", "承继", "清算",
    "Cookie", "SDK", "API", "Beacon", "IMEI", "IMSI", "MAC", "OAID", "IDFA", "BSSID", "SSID", "SSL", "TLS", "HTTPS", "GUID", "Android ID",
)  # fmt: skip
_JARGON = re.compile("|".join(sorted(map(re.escape, JARGON), key=len, reverse=True)), re.I)


def kind(document: Document, name: str, lists: Lists) -> str:
    """policy, sdk-list, collection-list, children, permission-list or other: by title, first headings and file name,
    then by what it holds."""
    heads = [document.title, *(b.text for b in document.blocks[:6] if b.kind == "heading" or len(b.text) <= 40), name]
    size = len(document.text)
    for head in heads:
        for what, pattern in _KINDS:
            if pattern.search(head):
                if what in ("sdk-list", "collection-list", "permission-list") and size > 20_000 and not lists.listings:
                    continue  # a long text that only has such a heading early on
                return what
    text = document.text
    told = sum(text.count(w) for w in ("个人信息", "隐私", "personal information", "personal data"))
    if lists.listings and len(lists.listings) * 400 > size:
        return "sdk-list"
    return "policy" if told >= 8 and told * 2_000 > size else "other"


def language(text: str) -> str:
    """zh-Hans, zh-Hant, en or other."""
    share = chinese_share(text)
    if share > 0.3:
        sample = text[:50_000]
        old, new = sum(c in _TRADITIONAL for c in sample), sum(c in _SIMPLIFIED for c in sample)
        return "zh-Hant" if old > new else "zh-Hans"
    letters = sum(c.isascii() and c.isalpha() for c in text)
    return "en" if letters > 0.5 * sum(c.isalpha() for c in text) > 0 else "other"


def _day(text: str, *patterns: re.Pattern[str]) -> str | None:
    for pattern in patterns:
        for found in pattern.finditer(text):
            parts = [int(g) for g in found.groups() if g]
            try:
                return date(*parts[:3]).isoformat()
            except (ValueError, TypeError):
                continue
    return None


def fact(document: Document, name: str, lists: Lists, sentences: Sequence[Sentence], encoding: str | None) -> dict[str, Any]:
    """The `policy-document` fact, without `exhibit` and `where`."""
    text = document.text
    chars = sum(not c.isspace() for c in text)
    running = [s for s in sentences if s.kind != "heading"]
    ends = text[:3_000] + "\n" + text[-2_000:]
    version = _VERSION.search(text[:3_000])
    jargon = sum(len(m[0]) for m in _JARGON.finditer(text))
    return {
        "kind": "policy-document", "document": kind(document, name, lists), "format": document.form, "title": document.title or None,
        "encoding": encoding, "pages": document.pages, "recognised": document.recognised or None, "chars": chars, "sentences": len(running),
        "tables": sum(b.kind == "table" for b in document.blocks), "effective_date": _day(ends, _EFFECT, _ISO), "updated_date": _day(ends, _UPDATE),
        "version": version[1].rstrip(".-") if version else None, "language": language(text),
        "mean_sentence": round(sum(len(s.text) for s in running) / len(running), 1) if running else 0.0,
        "jargon": round(jargon / chars, 4) if chars else 0.0, "minutes": round(chars / PER_MINUTE, 1), "whole": document.whole,
    }  # fmt: skip
