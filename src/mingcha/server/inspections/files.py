"""What a file is, by its first bytes: what a sender says of it decides nothing."""

from __future__ import annotations

# Of what evidence and attachments may be. Nothing that a browser would run.
_SIGNS: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"), (b"\xff\xd8\xff", 0, "image/jpeg"), (b"GIF8", 0, "image/gif"), (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"), (b"ftyp", 4, "video/mp4"), (b"\x1aE\xdf\xa3", 0, "video/webm"), (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"), (b"RIFF", 0, "audio/wav"), (b"PK\x03\x04", 0, "application/zip"), (b"\xd4\xc3\xb2\xa1", 0, "application/vnd.tcpdump.pcap"),
    (b"\n\r\r\n", 0, "application/vnd.tcpdump.pcap"),
)  # fmt: skip
_RUNS = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")


def media(head: bytes) -> str:
    """The media type of a file by its first bytes; empty where it may not be kept as evidence."""
    for sign, at, kind in _SIGNS:
        if head[at : at + len(sign)] == sign:
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if any(start.startswith(s) for s in _RUNS) or b"\0" in head:
        return ""
    try:
        head[:4000].decode("utf-8", "strict") if len(head) < 4000 else head[:3990].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return ""
    return "text/plain"


def plain_name(name: str) -> str:
    """The last part of a name as a person may see it: no folders, no control characters, at most 150 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(c for c in last if c.isprintable()).strip(" .")
    return clean[-150:] or "file"
