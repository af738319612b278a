"""Channel marks: which store a package was built for, as Chinese build tools write it.

Walle and VasDolly add a pair to the APK Signing Block, older tools use the archive comment or an
empty file in META-INF, since none of these breaks the signature of its day.
"""

from __future__ import annotations

import json
import re
from typing import Any

from mingcha.extract.package.archive import Archive
from mingcha.extract.package.notes import clip

WALLE, VASDOLLY, PACKER_NG = 0x71777777, 0x881155FF, 0x7A786B21
_META = re.compile(r"META-INF/([\w.-]*channel[\w.-]*)", re.IGNORECASE)
_PLAIN = re.compile(r"[\w.:=#@&|{}\",\- ]{1,256}")


def read(archive: Archive, exhibit: str, block: dict[int, bytes]) -> list[dict[str, Any]]:
    """`channel-block` facts. `block`: pairs of the signing block (`signing.signing_block`)."""
    found: list[tuple[str, str, str]] = []
    for key, by in ((WALLE, "walle"), (VASDOLLY, "vasdolly"), (PACKER_NG, "comment")):
        if key in block:
            found.append((by, _text(block[key]), f"APK Signing Block/{key:#010x}"))
    for name in archive.names("META-INF/"):
        if (hit := _META.fullmatch(name)) and archive.entries[name].size <= 256 and len(found) < 32:
            content = (archive.read(name, 256) or b"").decode("utf-8", "replace").strip()
            found.append(("meta-inf", content or hit[1], name))
    if mark := comment_channel(archive.comment):
        found.append(("comment", mark, "archive comment"))
    return [
        {"kind": "channel-block", "exhibit": exhibit, "where": archive.notes.prefix + where, "by": by,
         "value": clip(value, archive.limits)}
        for by, value, where in found if value
    ]  # fmt: skip


def _text(value: bytes) -> str:
    """The channel of Walle's JSON, or the text itself."""
    text = value[:4096].decode("utf-8", "replace").strip("\0 \r\n")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(parsed, dict) and isinstance(parsed.get("channel"), str):
        return str(parsed["channel"])
    return text


def comment_channel(comment: bytes) -> str | None:
    """Channel in an archive comment: VasDolly's and PackerNg's trailers, or a plain identifier."""
    for magic in (b"ltlovezh", b"!ZXK!"):
        if comment.endswith(magic):
            body = comment[: -len(magic)]
            size = int.from_bytes(body[-2:], "little")
            if 0 < size <= len(body) - 2:
                return body[-2 - size : -2].decode("utf-8", "replace")
    text = comment.decode("utf-8", "replace").strip("\0 \r\n")
    if text.lower().startswith("signed by") or not _PLAIN.fullmatch(text):
        return None  # the comment that AOSP's own signing tool writes, or not a mark at all
    return text
