"""Planted values → every form in which an app may send them, all looked for in one pass.

A pattern is a text of one character per byte. Forms: as is, other case, without separators; percent and Unicode
escapes; hexadecimal; base64 (standard and URL alphabet) at the three positions a value can have in a longer text;
reversed; one-byte XOR; MD5, SHA-1, SHA-256, SHA-512 and SM3 (GB/T 32905) in hexadecimal, base64 and raw bytes, the
middle 16 digits of MD5, and digests of digests.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from mingcha.extract.traffic import datum
from mingcha.extract.traffic.seeds import MACS, Seed, position

HASHES = tuple(h for h in ("md5", "sha1", "sha256", "sha512", "sm3") if h in hashlib.algorithms_available)
SHORTEST = 8  # bytes of a pattern; below, chance matches
XOR = 10  # bytes of a value looked for under one-byte XOR
_HEX, _DIGITS = frozenset("0123456789abcdefABCDEF"), frozenset("0123456789")


class Pattern(NamedTuple):
    """What a found text means. `layers`: encodings from the outside in; `part`: of a position, lat or lon;
    `before` and `after`: characters that must not stand next to it, where it would be part of a longer number."""

    seed: int
    layers: tuple[str, ...]
    part: str
    datum: str
    before: frozenset[str]
    after: frozenset[str]


def form_of(layers: Sequence[str]) -> str:
    """One word for a chain of encodings: a digest where there is one (nothing undoes it), else what was applied
    last, else plain."""
    return next((x for x in layers if x in HASHES), layers[0] if layers else "plain")


def base64_at(data: bytes, shift: int, alphabet: str = "std") -> str:
    """The characters of base64 that depend on `data` alone where it begins `shift` (0, 1, 2) bytes after a
    multiple of three."""
    coded = (base64.b64encode if alphabet == "std" else base64.urlsafe_b64encode)(bytes(shift) + data)
    first = -(-shift * 8 // 6)
    return coded[first : (shift + len(data)) * 8 // 6].decode()


def variants(seed: Seed) -> list[str]:
    """Ways of writing the value before any encoding, the given one first."""
    value = seed.value
    out = [value]
    if found := position(value) if seed.item == "precise-location" else None:
        lat, lon = found
        return [f"{lat},{lon}", f"{lon},{lat}"]
    if seed.item in MACS:
        out += [value.replace(":", ""), value.replace(":", "-")]
    elif re.fullmatch(r"[0-9a-fA-F-]{36}", value):
        out.append(value.replace("-", ""))
    return list(dict.fromkeys(v for text in out for v in (text, text.lower(), text.upper())))


def patterns(seed: Seed, number: int) -> Iterator[tuple[str, Pattern]]:
    """Every pattern of one value."""
    none: frozenset[str] = frozenset()
    place = position(seed.value) if seed.item == "precise-location" else None
    for n, text in enumerate(variants(seed)):
        for code in ("utf-8",) if text.isascii() else ("utf-8", "gb18030"):
            data = text.encode(code)
            for pattern, layers in _coded(data, text, bool(place)):
                yield pattern, Pattern(number, layers, "", "", none, none)
        if not place:
            near = _HEX if set(text) <= _HEX else none
            near = _DIGITS if set(text) <= _DIGITS else near
            yield text.encode().decode("latin-1"), Pattern(number, (), "", "", near, near)
        if n == 0:
            data = text.encode()
            yield data[::-1].decode("latin-1") if text.isascii() else text[::-1].encode().decode("latin-1"), Pattern(number, ("reversed",), "", "", none, none)
            if len(data) >= XOR:
                for key in range(1, 256):
                    yield bytes(b ^ key for b in data).decode("latin-1"), Pattern(number, ("xor",), "", "", none, none)
        more = [f"86{text}", f"+86{text}"] if seed.item == "phone-number" else []
        for whole in (text, *more):
            yield from _digests(whole.encode(), number)
    if place:
        yield from _position(place, number)


def _coded(data: bytes, text: str, whole: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    hexed = data.hex()
    yield hexed, ("hex",)
    yield hexed.upper(), ("hex",)
    for shift in range(3):
        yield base64_at(data, shift), ("base64",)
        yield base64_at(data, shift, "url"), ("base64url",)
    if (quoted := quote(data, safe="")) != text:
        yield quoted, ("url",)
        yield re.sub("%..", lambda m: m[0].lower(), quoted), ("url",)
    if not text.isascii():
        escaped = "".join(f"\\u{ord(c):04x}" if not c.isascii() else c for c in text)
        yield escaped, ("unicode",)
        yield re.sub(r"\\u....", lambda m: "\\u" + m[0][2:].upper(), escaped), ("unicode",)


def _digests(data: bytes, number: int) -> Iterator[tuple[str, Pattern]]:
    none: frozenset[str] = frozenset()
    for name in HASHES:
        digest = hashlib.new(name, data).digest()
        yield from _written(digest, number, (name,))
        for inner in (digest.hex(), digest.hex().upper()):
            for outer in HASHES:
                again = hashlib.new(outer, inner.encode()).digest()
                for text in (again.hex(), again.hex().upper()):
                    yield text, Pattern(number, (outer, name), "", "", _HEX, _HEX)
                yield base64.b64encode(again).decode().rstrip("="), Pattern(number, (outer, name), "", "", none, none)


def _written(digest: bytes, number: int, layers: tuple[str, ...]) -> Iterator[tuple[str, Pattern]]:
    none: frozenset[str] = frozenset()
    hexed = digest.hex()
    for text in (hexed, hexed.upper(), *((hexed[8:24], hexed[8:24].upper()) if layers == ("md5",) else ())):
        yield text, Pattern(number, layers, "", "", _HEX, _HEX)
    for text in (base64.b64encode(digest), base64.urlsafe_b64encode(digest)):
        yield text.decode().rstrip("="), Pattern(number, layers, "", "", none, none)
    yield digest.decode("latin-1"), Pattern(number, layers, "", "", none, none)


def _position(place: tuple[str, str], number: int) -> Iterator[tuple[str, Pattern]]:
    """Latitude and longitude alone, from four decimals on, rounded or cut, in degrees or millionths of a degree;
    in the datums of Chinese maps within one step of the fourth decimal."""
    none: frozenset[str] = frozenset()
    lat, lon = float(place[0]), float(place[1])
    shifted = datum.gcj02(lat, lon)
    for name, values in (("", (lat, lon)), ("gcj02", shifted), ("bd09", datum.bd09(*shifted))):
        for part, value in zip(("lat", "lon"), values, strict=True):
            step = int(value * 10_000)
            steps = {step, round(value * 10_000)} if not name else {step - 1, step, step + 1}
            for k in sorted(steps):
                text = f"{k / 10_000:.4f}"
                yield text, Pattern(number, (), part, name, _DIGITS | {"."}, none)
                for pattern, layers in _coded(text.encode(), text, True):
                    if len(pattern) >= SHORTEST:
                        yield pattern, Pattern(number, layers, part, name, none, none)
            if not name:
                yield str(round(value * 1_000_000)), Pattern(number, (), part, name, _DIGITS | {"."}, none)


class Matcher:
    """All patterns of a sheet in one automaton. ImportError where pyahocorasick is not installed."""

    def __init__(self, seeds: Sequence[Seed]) -> None:
        import ahocorasick

        self.seeds = seeds
        self.patterns: list[Pattern] = []
        self._automaton: Any = ahocorasick.Automaton()
        for number, seed in enumerate(seeds):
            for text, pattern in patterns(seed, number):
                if (len(text) >= SHORTEST or pattern.part) and text not in self._automaton:
                    self._automaton.add_word(text, (len(text), pattern))
                    self.patterns.append(pattern)
        self._automaton.make_automaton()

    def find(self, text: str) -> Iterator[tuple[int, int, Pattern]]:
        """(begin, end, pattern) in a text of one character per byte; overlapping ones too."""
        size = len(text)
        for last, (length, pattern) in self._automaton.iter(text):
            begin, end = last + 1 - length, last + 1
            if pattern.before and begin and text[begin - 1] in pattern.before:
                continue
            if pattern.after and end < size and text[end] in pattern.after:
                continue
            yield begin, end, pattern
