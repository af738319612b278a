"""One message → its leaves: every text or byte string in it with its place and the encodings around it.

Containers (JSON, forms, multipart, Protobuf, gRPC, gzip, zlib, brotli, JWT) are syntax and no encoding of the
value: an observer on the way reads through them as we do. Percent escapes are syntax where the syntax asks for them
(query, form) and an encoding where they are applied once more. Depth, number and size are bounded by `Limits`.
"""

from __future__ import annotations

import base64
import re
import zlib
from binascii import Error as BadBase64
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.traffic import proto
from mingcha.extract.traffic.message import Message

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_JWT = re.compile(r"(eyJ[\w-]+)\.([\w-]+)\.[\w-]*")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|&#x([0-9a-fA-F]{1,5});|&#([0-9]{1,6});")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_COMMON = re.compile("[\t\r\n -~\u3000-\u9fff\uff00-\uffef]*")  # characters of ordinary Chinese text
_MEDIA = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"PK\x03\x04", b"%PDF", b"OggS", b"ID3", b"\x1aE\xdf\xa3", b"wOF",
)  # fmt: skip
_SIGNED = ("sign", "sig", "token", "ticket", "mac", "digest", "hash")
# Headers of the transport itself; everything else may carry what the app chose.
_TRANSPORT = frozenset(
    ("host", "connection", "accept", "accept-encoding", "accept-language", "content-length", "content-type",
     "content-encoding", "transfer-encoding", "upgrade-insecure-requests", "cache-control", "pragma", "te", "trailer",
     "upgrade", "expect", "via")
)  # fmt: skip


class Leaf(NamedTuple):
    """`text` has one character per byte. `key` names the field; `parent` is the index of the leaf that this one was
    decoded from, -1 where it stands in the message as it is."""

    place: str
    key: str
    text: str
    layers: tuple[str, ...]
    parent: int


class Unfolded(NamedTuple):
    """`opaque`: (place, bytes) of what is neither text nor a known container; `trouble`: codes of limitations;
    `lacks`: libraries that would have been needed."""

    leaves: list[Leaf]
    opaque: list[tuple[str, int]]
    trouble: set[str]
    lacks: set[str]


def unfold(message: Message, limits: Limits = DEFAULT) -> Unfolded:
    """All leaves of the request: target, headers, cookies, body."""
    return _Walk(limits).message(message)


class _Walk:
    def __init__(self, limits: Limits) -> None:
        self.limits, self.parent, self.room = limits, -1, limits.message_expanded
        self.padded = False  # the base64 last read can be nothing else by its signs
        self.leaves: list[Leaf] = []
        self.opaque: list[tuple[str, int]] = []
        self.trouble: set[str] = set()
        self.lacks: set[str] = set()

    def message(self, m: Message) -> Unfolded:
        path, _, query = m.target.partition("?")
        if len(path) > 1:
            for n, part in enumerate(path.split("/")[1:40]):
                if part:
                    self._top(f"path[{n}]", "", _unquoted(part))
        self._form(query, "query")
        for name, value in m.headers:
            lower = name.lower()
            if lower == "cookie":
                for pair in value.split(";")[:200]:
                    key, _, text = pair.strip().partition("=")
                    self._top(f"cookie:{key[:60]}", key, text)
            elif lower == "referer":
                self._top("header:referer", "", _unquoted(value))
            elif lower not in _TRANSPORT and not lower.startswith((":", "sec-")):
                self._top(f"header:{lower[:60]}", name, value)
        if m.body:
            self._body(m)
        return Unfolded(self.leaves, self.opaque, self.trouble, self.lacks)

    # ---- where a value begins ----------------------------------------------------------------------

    def _top(self, place: str, key: str, text: str) -> None:
        self._text(text, place, key, (), 0)

    def _form(self, text: str, place: str) -> None:
        if not text:
            return
        pairs = text.split("&")
        if len(pairs) > self.limits.message_leaves:
            self.trouble.add("reader-limit")
        for pair in pairs[: self.limits.message_leaves]:
            key, mark, value = pair.partition("=")
            if mark:
                key = _unquoted(key.replace("+", " "))
                # A plus that was not escaped belongs to base64 more often than it means a blank.
                value = value if _BASE64.fullmatch(value) else value.replace("+", " ")
                self._percent(value, f"{place}:{key[:60]}", key, (), 0)
            elif key:
                self._top(place, "", _unquoted(key))

    def _body(self, m: Message) -> None:
        data, kind = m.body, m.header("content-type")
        for coding in reversed(m.header("content-encoding").lower().replace(" ", "").split(",")):
            if coding in ("gzip", "x-gzip", "deflate", "br"):
                data = self._expanded(data, coding) or data
        kind = kind.lower().partition(";")[0].strip()
        if kind == "application/x-www-form-urlencoded" or (
            b"=" in data[:200] and b"&" in data[:2000] and data[:1] not in b"{[<" and data.isascii()
        ):
            if data.isascii() and b"=" in data and data[:1] not in b"{[":
                self._form(data.decode(), "body")
                return
        elif kind.startswith("multipart/"):
            found = re.search(r'boundary="?([^";,]{1,100})', m.header("content-type"), re.I)
            if found and self._multipart(data, found[1].encode()):
                return
        elif kind.startswith("application/grpc") and (parts := proto.grpc(data)):
            for n, part in enumerate(parts):
                self._bytes(part, f"body.grpc[{n}]", "", (), 1)
            return
        self._bytes(data, "body", "", (), 0)

    def _multipart(self, data: bytes, boundary: bytes) -> bool:
        parts = data.split(b"--" + boundary)
        for part in parts[1 : self.limits.message_leaves]:
            head, mark, content = part.partition(b"\r\n\r\n")
            if not mark:
                continue
            found = re.search(rb'name="([^"]{0,60})"', head)
            name = found[1].decode("utf-8", "replace") if found else ""
            self._bytes(content.removesuffix(b"\r\n"), f"body:{name}", name, (), 1)
            if found := re.search(rb'filename="([^"]{1,200})"', head):
                self._add(f"body:{name}.filename", "", found[1].decode("latin-1"), ())
        return len(parts) > 1

    # ---- what it may be ----------------------------------------------------------------------------

    def _add(self, place: str, key: str, text: str, layers: tuple[str, ...]) -> bool:
        if len(self.leaves) >= self.limits.message_leaves:
            self.trouble.add("reader-limit")
            return False
        self.leaves.append(Leaf(place, key, text, layers, self.parent))
        return True

    def _bytes(self, data: bytes, place: str, key: str, layers: tuple[str, ...], depth: int) -> None:
        if not data:
            return
        if depth <= self.limits.message_depth:
            head = data[:2]
            if head == b"\x1f\x8b" or (data[0] == 0x78 and len(data) > 8 and int.from_bytes(head, "big") % 31 == 0):
                name = "gzip" if data[0] == 0x1F else "deflate"
                if inner := self._expanded(data, name):
                    self._bytes(inner, f"{place}.{'gzip' if name == 'gzip' else 'zlib'}", key, layers, depth + 1)
                    return
            try:
                text = data.decode()
            except UnicodeDecodeError:
                text = ""
            # A first byte below a blank is the tag of a field; texts hardly begin so.
            odd = text and (data[0] < 32 or not _printable(text))
            if text and not odd:
                self._text(text, place, key, layers, depth)
                return
            if parts := proto.fields(data):
                if text or len(data) <= 64:  # may be a text or a digest all the same
                    self._add(place, key, data.decode("latin-1"), layers)
                for number, value in parts:
                    where = f"{place}.#{number}"
                    if isinstance(value, bytes):
                        self._bytes(value, where, key, layers, depth + 1)
                    elif isinstance(value, float) or value > 999_999:
                        self._add(where, key, repr(value), layers)
                return
            if text and _printable(text, 20):
                self._text(text, place, key, layers, depth)
                return
            if chinese := _chinese(data):
                if len(data) <= 64:  # a digest may look so
                    self._add(place, key, data.decode("latin-1"), layers)
                self._text(chinese, place, key, layers, depth)
                return
        else:
            self.trouble.add("reader-limit")
        self._add(place, key, data.decode("latin-1"), layers)
        if self._unknown(data, key, layers):
            self.opaque.append((place, len(data)))

    def _unknown(self, data: bytes, key: str, layers: tuple[str, ...]) -> bool:
        """Looks like ciphertext: bytes as varied as chance makes them, and no picture or signature. Short coded
        values count only if they are whole cipher blocks in evident base64: else every session id would."""
        size = len(data)
        if data.startswith(_MEDIA) or data[4:8] == b"ftyp" or size < 16:
            return False
        if layers:
            if size <= 512 and any(word in key.lower() for word in _SIGNED):
                return False
            if size <= 64 and (size % 16 or not layers[-1].startswith("base64") or not self.padded):
                return False
        sample = data[:2048]
        expected = 256 * (1 - (255 / 256) ** len(sample))
        return len(set(sample)) >= 0.85 * expected

    def _text(self, text: str, place: str, key: str, layers: tuple[str, ...], depth: int) -> None:
        if text[:1].isspace():
            begins = text.lstrip()[:1]
        else:
            begins = text[:1]
        if begins in ("{", "[") and self._json(text, place, key, layers, depth):
            return  # what is in it stands for it
        if not self._add(place, key, _flat(text), layers) or len(text) < 8:
            return
        before, self.parent = self.parent, len(self.leaves) - 1
        self._decoded(text, place, key, layers, depth)
        self.parent = before

    def _decoded(self, text: str, place: str, key: str, layers: tuple[str, ...], depth: int) -> None:
        """What a text may hold once it is decoded."""
        if depth >= self.limits.message_depth:
            if "%" in text or _BASE64.fullmatch(text):
                self.trouble.add("reader-limit")
            return
        if "\\" in text or "&#" in text:
            plain = _UNICODE.sub(_char, text)
            if plain != text:
                self._text(plain, place, key, (*layers, "unicode"), depth + 1)
        if "%" in text and _PERCENT.search(text):
            self._percent(text, place, key, (*layers, "url"), depth + 1)
        elif "=" in text and "&" in text and len(text) < 1 << 16:
            for pair in text.partition("?")[2 if "?" in text else 0].split("&")[:500]:
                name, mark, value = pair.partition("=")
                if mark and value:
                    self._text(value, f"{place}:{name[:60]}", name, layers, depth + 1)
        elif text.isascii():
            self._coded(text, place, key, layers, depth)

    def _percent(self, text: str, place: str, key: str, layers: tuple[str, ...], depth: int) -> None:
        """A text without its percent escapes, or the bytes that they stood for."""
        if "%" not in text:
            self._text(text, place, key, layers, depth)
            return
        data = unquote_to_bytes(text)
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = ""
        if text and _printable(text):
            self._text(text, place, key, layers, depth)
        else:
            self._bytes(data, place, key, layers, depth)

    def _coded(self, text: str, place: str, key: str, layers: tuple[str, ...], depth: int) -> None:
        text = text.strip()
        if " " in text:
            return
        if _HEX.fullmatch(text):
            self._bytes(bytes.fromhex(text), place, key, (*layers, "hex"), depth + 1)
        elif _UUID.fullmatch(text):
            return
        elif _BASE64.fullmatch(text) or ("\n" in text and _BASE64.fullmatch(text := "".join(text.split()))):
            url = "-" in text or "_" in text
            bare = text.rstrip("=")
            if len(bare) % 4 == 1:
                return
            try:
                data = (base64.urlsafe_b64decode if url else base64.b64decode)(bare + "=" * (-len(bare) % 4))
            except (BadBase64, ValueError):
                return
            self.padded = text.endswith("=") or "+" in text or "/" in text
            self._bytes(data, place, key, (*layers, "base64url" if url else "base64"), depth + 1)
        elif found := _JWT.search(text):
            for n, part in enumerate(found.groups()):
                with_ends = part + "=" * (-len(part) % 4)
                try:
                    data = base64.urlsafe_b64decode(with_ends)
                except (BadBase64, ValueError):
                    continue
                self._bytes(data, f"{place}.jwt[{n}]", key, (*layers, "base64url"), depth + 1)

    def _json(self, text: str, place: str, key: str, layers: tuple[str, ...], depth: int) -> bool:
        try:
            values = [msgspec.json.decode(text)]
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            values = self._lines(text)
        if not values or not any(isinstance(v, dict | list) for v in values):
            return False
        many = len(values) > 1
        stack = [(v, f"{place}[{n}]" if many else place, key, 0) for n, v in enumerate(values)][::-1]
        while stack:
            value, where, name, level = stack.pop()
            if isinstance(value, dict | list):
                if level >= self.limits.json_depth:
                    self.trouble.add("reader-limit")
                elif isinstance(value, dict):
                    if long := [k for k in value if len(k) >= 8]:  # a planted value may be a name
                        self._add(f"{where}{{}}", "", _flat("\n".join(long)), layers)
                    stack += [(v, f"{where}.{k[:60]}", k, level + 1) for k, v in value.items()][::-1]
                else:
                    stack += [(v, f"{where}[{n}]", name, level + 1) for n, v in enumerate(value)][::-1]
                if len(stack) > 4 * self.limits.message_leaves:
                    self.trouble.add("reader-limit")
                    return True
            elif isinstance(value, str):
                if value:
                    self._text(value, where, name, layers, depth + 1)
            elif isinstance(value, float) or (isinstance(value, int) and not -100_000 < value < 100_000):
                self._add(where, name, repr(value), layers)  # shorter numbers say nothing
            if len(self.leaves) >= self.limits.message_leaves:
                self.trouble.add("reader-limit")
                return True
        return True

    def _lines(self, text: str) -> list[Any]:
        """JSON lines, each for itself."""
        out = []
        for line in text.splitlines()[: self.limits.message_leaves]:
            try:
                out.append(msgspec.json.decode(line))
            except (msgspec.DecodeError, RecursionError, UnicodeError):
                return []
        return out

    def _expanded(self, data: bytes, coding: str) -> bytes:
        """Decompressed, at most `message_expanded` bytes for one message; empty where it is not compressed so."""
        if self.room <= 0:
            self.trouble.add("bomb")
            return b""
        out = b""
        if coding == "br":
            out = self._brotli(data)
        else:
            for bits in (31,) if coding.endswith("gzip") else (15, -15):
                engine = zlib.decompressobj(bits)
                try:
                    out = engine.decompress(data, self.room)
                except zlib.error:
                    continue
                if engine.unconsumed_tail:
                    self.trouble.add("bomb")
                break
        self.room -= len(out)
        return out

    def _brotli(self, data: bytes) -> bytes:
        try:
            import brotli
        except ImportError:
            self.lacks.add("brotli")
            return b""
        engine, out = brotli.Decompressor(), bytearray()
        try:
            for at in range(0, len(data), 1 << 12):
                piece = engine.process(data[at : at + (1 << 12)], output_buffer_limit=1 << 20)
                out += piece
                while not engine.can_accept_more_data() and len(out) <= self.room:
                    out += engine.process(b"", output_buffer_limit=1 << 20)
                if len(out) > self.room:
                    self.trouble.add("bomb")
                    return bytes(out[: self.room])
        except brotli.error:
            pass
        return bytes(out)


def _printable(text: str, one_in: int = 0) -> bool:
    """No control characters, or at most one in so many: a bit pattern that happens to be UTF-8 has many."""
    if not one_in:
        return _CONTROL.search(text, 0, 400) is None
    return len(_CONTROL.findall(text, 0, 400)) * one_in <= min(400, len(text))


def _chinese(data: bytes) -> str:
    """A text in GB 18030, recognised by being nothing but common characters; else empty."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return text if _COMMON.fullmatch(text) else ""


def _flat(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def _unquoted(text: str) -> str:
    """Percent escapes undone; UTF-8 where the bytes are that, else GB 18030, else as they are."""
    if "%" not in text:
        return text
    data = unquote_to_bytes(text)
    for code in ("utf-8", "gb18030"):
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _char(m: re.Match[str]) -> str:
    number = int(m[1] or m[2] or m[3], 16) if m[1] or m[2] or m[3] else int(m[4])
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else m[0]
