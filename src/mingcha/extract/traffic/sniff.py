"""Whether a file is a recording of traffic, told from its first bytes."""

from __future__ import annotations

import re
from pathlib import Path

_PCAP = (b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1")
_HOOK = re.compile(rb'"type"\s*:\s*"request_result"')


def format_of(head: bytes) -> str | None:
    """har, flows, pcap, pcapng or hook; None where it is none of them."""
    if head[:4] in _PCAP:
        return "pcap"
    if head[:4] == b"\x0a\x0d\x0d\x0a" and head[8:12] in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"):
        return "pcapng"
    if re.match(rb"[1-9][0-9]{1,9}:[0-9]{1,2}:[a-z_]{2,40};", head):
        return "flows"  # a tagged netstring: a dictionary whose first key is a short text
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb'\{\s*"log"\s*:\s*\{', text):
        return "har"
    lines = text.splitlines()
    if text[:1] == b"{" and any(_HOOK.search(line) for line in lines[:20]):
        return "hook"
    return None


def sniff(path: Path, head: bytes) -> bool:
    """Whether the file is a recording that `reader` reads."""
    return format_of(head) is not None
