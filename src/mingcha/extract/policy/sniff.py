"""Whether a file is a policy or a list about data: asked outside the child process, so little is looked at.

PDF and Word files are nothing else that is read here. Text and pages must speak of privacy: logs, captures, check
sheets, screens and source code are other exhibits.
"""

from __future__ import annotations

import re
from pathlib import Path

from mingcha.extract.policy.word import is_word

LOOK = 512 << 10
_STRONG = (
    "隐私政策", "隐私权政策", "隐私协议", "隐私声明", "隐私条款", "隐私保护", "隐私指引", "隐私", "个人信息", "個人資料", "隱私", "SDK清单", "SDK目录", "SDK名称", "SDK 名称", "第三方SDK",
    "privacy policy", "privacy notice", "personal information", "personal data", "Privacy Policy", "Privacy Notice",
)  # fmt: skip
_LOG = re.compile(rb"\s*(?:[{\[]|\d{2}-\d{2} \d{2}:\d{2}:\d{2}|\[?\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}|<\?xml[^>]{0,200}>\s*<(?!html|!doctype)|<hierarchy|mingcha-|%YAML|#!)", re.I)


def sniff(path: Path, head: bytes) -> bool:
    """Whether the file is a policy, by its beginning; text is looked at for half a megabyte."""
    if head.startswith(b"%PDF-") or b"%PDF-" in head[:1024].lstrip(b"\xef\xbb\xbf\r\n\t \0")[:8]:
        return True
    if head[:2] == b"PK":
        return is_word(path, head)
    if _LOG.match(head.removeprefix(b"\xef\xbb\xbf")):
        return False
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:512].count(0) > 100
    if not wide and b"\0" in head:
        return False
    try:
        with path.open("rb") as f:
            data = f.read(LOOK)
    except OSError:
        return False
    if re.search(rb"^mingcha-\w+:", data[:4096], re.M):
        return False
    page = bool(re.search(rb"<(?:html|body|div|p|table|h[1-6])\b", data, re.I))
    return _told(data, wide) >= (2 if page or wide else 1)


def _told(data: bytes, wide: bool) -> int:
    codes = ("utf-16-le", "utf-16-be") if wide else ("utf-8", "gb18030", "big5")
    most = 0
    for code in codes:
        known = [w.encode(code) for w in _STRONG if _fits(w, code)]
        most = max(most, sum(data.count(w) for w in known))
    return most


def _fits(word: str, code: str) -> bool:
    try:
        word.encode(code)
    except UnicodeEncodeError:
        return False
    return True
