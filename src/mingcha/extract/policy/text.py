"""Bytes → text, and text made comparable: encodings, radicals, blanks, sentences."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

# Characters that any Chinese policy is full of: how many there are tells a right from a wrong decoding.
_USUAL = frozenset("的我您们你信息个人用户不为会在和或者是有了及可以将与服务收集使用第三方隐私政策权限同意保护目录请")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,20})""", re.I)
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+[”’」』）)\"']*|[^。！？!?；;\n]+$")
_EN_SENTENCE = re.compile(r".+?(?:[.!?;](?=\s+[A-Z0-9(“\"])|$)", re.S)
CJK = re.compile(r"[\u3400-\u9fff]")

# U+2E80–2EFF mostly have no compatibility mapping (Unicode charts: CJK Radicals Supplement); those that
# PDF producers put in place of whole characters, by what they look like.
_RADICALS = {
    "⺁": "厂", "⺇": "几", "⺌": "小", "⺎": "兀", "⺏": "尣", "⺐": "尢", "⺒": "巳", "⺓": "幺", "⺛": "旡", "⺝": "月",
    "⺟": "母", "⺠": "民", "⺢": "水", "⺫": "目", "⺬": "示", "⺮": "竹", "⺰": "糸", "⺱": "网", "⺶": "羊", "⺷": "羊",
    "⺼": "肉", "⺾": "艹", "⻁": "虎", "⻂": "衣", "⻃": "西", "⻄": "西", "⻅": "见", "⻆": "角", "⻇": "角", "⻈": "讠",
    "⻉": "贝", "⻋": "车", "⻌": "辶", "⻍": "辶", "⻎": "辶", "⻏": "邑", "⻐": "钅", "⻑": "长", "⻒": "镸", "⻓": "长",
    "⻔": "门", "⻕": "阜", "⻖": "阝", "⻗": "雨", "⻘": "青", "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食",
    "⻟": "食", "⻠": "饣", "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄",
    "⻪": "黾", "⻬": "齐", "⻮": "齿", "⻯": "龙", "⻰": "龙", "⻱": "龟", "⻲": "龟", "⻳": "龟",
}  # fmt: skip


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(k): v for k, v in _RADICALS.items()}
    for code in range(0x2F00, 0x2FD6):  # Kangxi radicals: all have a mapping
        table[code] = unicodedata.normalize("NFKC", chr(code))
    table[0x2F3E] = "户"  # a simplified font's glyph; the mapping says 戶
    for code in range(0xFF01, 0xFF5F):  # full-width letters and digits; punctuation keeps its width
        if chr(code - 0xFEE0).isalnum():
            table[code] = chr(code - 0xFEE0)
    for code in (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)):
        table[code] = None  # nothing to see, and they would hide words from every search
    for code in (0xA0, 0x3000, 0x2002, 0x2003, 0x2009, 0x202F, 9, 0xB, 0xC):
        table[code] = " "
    for code in [*range(9), *range(0xE, 0x20), 0x7F]:
        table[code] = None
    table[0xD] = table[0x85] = table[0x2028] = table[0x2029] = "\n"
    return table


_TABLE = _table()
_BLANKS = re.compile(r" {2,}")
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff，。；：、）]) +(?=[\u3400-\u9fff，。；：、（])")


def clean(text: str) -> str:
    """Radicals as the characters they stand for, full-width letters narrow, invisible ones gone, blanks single and
    none between Chinese characters."""
    text = text.replace("\r\n", "\n").translate(_TABLE)
    return _BETWEEN.sub("", _BLANKS.sub(" ", text)).strip()


class Decoded(NamedTuple):
    """Text, the encoding that gave it, and whether bytes had to be replaced."""

    text: str
    encoding: str
    damaged: bool = False


def decode(data: bytes, declared: bool = True) -> Decoded:
    """The text of a file of unknown encoding. What a page declares of itself is tried, and not believed: bytes that
    are valid UTF-8 are UTF-8, and of the others the reading with more everyday characters wins."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return _exact(data[len(mark) :], name) or Decoded(data[len(mark) :].decode(name, "replace"), name, True)
    wide = _wide(data)
    if wide:
        return _exact(data, wide) or Decoded(data.decode(wide, "replace"), wide, True)
    if found := _exact(data, "utf-8"):
        return found
    names = ["gb18030", "big5hkscs", "utf-8"]
    said = _DECLARED.search(data[:4096]) if declared else None
    if said:
        names.insert(0, said[1].decode("ascii").lower())
    tried: list[tuple[float, Decoded]] = []
    for n, name in enumerate(dict.fromkeys(names)):
        try:
            codec = codecs.lookup(name)
        except LookupError:
            continue
        if not getattr(codec, "_is_text_encoding", True) or "escape" in name or "utf-7" in name or "utf7" in name:
            continue  # no page is written in a codec that runs or expands anything
        found = _exact(data, name) or Decoded(data.decode(name, "replace"), name, True)
        tried.append((_plausible(found) - n / 1000, found))
    return max(tried, key=lambda t: t[0])[1]


def _exact(data: bytes, name: str) -> Decoded | None:
    try:
        return Decoded(data.decode(name), "gb18030" if name in ("gbk", "gb2312") else name)
    except (UnicodeDecodeError, LookupError):
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: line ends, blanks and digits show as zero bytes on one side only."""
    head = data[:4096]
    if len(head) < 8 or len(data) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < max(2, len(head) // 200) or min(even, odd) > max(even, odd) // 10:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _plausible(found: Decoded) -> float:
    sample = found.text[:20_000]
    wide = [c for c in sample if ord(c) > 127]
    if not wide:
        return 0.5
    usual = sum(c in _USUAL for c in wide) / len(wide)
    return usual - 2 * sample.count("\ufffd") / len(wide) - (0.05 if found.damaged else 0)


def sentences(text: str) -> list[tuple[int, str]]:
    """Sentences with their offsets in `text`; those of Chinese end at 。！？； and at line ends."""
    out: list[tuple[int, str]] = []
    for m in _SENTENCE.finditer(text):
        body = m[0]
        if not CJK.search(body) and len(body) > 40:
            out += [(m.start() + e.start(), e[0]) for e in _EN_SENTENCE.finditer(body) if e[0].strip()]
        else:
            out.append((m.start(), body))
    shifted = ((at + len(s) - len(s.lstrip()), s.strip()) for at, s in out)
    return [(at, s) for at, s in shifted if s.strip("。！？!?；; \n")]


# “删除：指在…系统中去除个人信息的行为”, “设备信息是指…”, “个人信息示例：…”: what words mean in this text.
_MEANING = re.compile(
    r"^\W*(?:\d{1,2}[.．、)）]\s*)*[（(]?[“\"「]?[^，。；：:]{2,14}[”\"」]?\s*[：:，,]?\s*(?:是指|系指|指的是|[：:，,”\"]\s*(?:是)?指(?!引|定|示|纹)|[：:]\s*(?:是)?一旦)|"
    r"^\W*(?:\d{1,2}[.．、)）]\s*)*(?:其中|例如)?[，,]?(?:本(?:政策|指引|协议)所(?:称|述)的?)?(?:用户|儿童)?(?:个人(?:敏感)?信息|敏感个人信息)\s*(?:示例\s*[：:]|(?:是指|指|包括|包含))"
)


def defines(sentence: str) -> bool:
    """Whether a sentence says what a word means, and promises or states nothing of what is done."""
    return bool(_MEANING.match(sentence))


def chinese_share(text: str) -> float:
    """Share of Chinese characters among all letters."""
    letters = sum(c.isalpha() for c in text)
    return len(CJK.findall(text)) / letters if letters else 0.0
