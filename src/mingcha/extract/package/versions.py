"""Versions that SDKs state of themselves: in records of the build, in constants of their code, in the manifest.

A statement counts for the SDK that makes it: the constant stands in a class of the SDK, the record names
its artefact. Where an SDK states several versions of the same rank that differ, none is told.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from mingcha.extract.package.archive import Archive
from mingcha.extract.package.classfile import ClassBodies
from mingcha.extract.package.columns import STRING, Code
from mingcha.extract.package.dex.statics import stated
from mingcha.extract.package.owners import Owner
from mingcha.plain import plain

Fact = dict[str, Any]
_RECORDS = 2_000  # records of a build that are read
_RECORD = 64 << 10  # bytes of one
_CONSTANTS = 5_000  # fields and methods of a telling name that are looked at
_LONGEST = 40  # characters of a version

_SHAPE = re.compile(r"[vV]?(\d{1,5}(?:\.\d{1,8}){1,4}(?:[-_.+]?[A-Za-z0-9]{1,20}){0,3})")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,8}){1,4}(?:-(?:alpha|beta|rc)[.\d]*)?)(?![\d])", re.IGNORECASE)
_SCORED = re.compile(r"(?<![\d])(\d{1,2}(?:_\d{1,3}){2,4})(?![\d])")
_DATED = re.compile(r"(?<!\d)(20[0-3]\d[01]\d[0-3]\d)(?!\d)")
_REVISION = re.compile(r"(?<![a-z])r(\d{3,6})(?!\d)", re.IGNORECASE)

START = ("1.0", "1.0.0", "0.0", "0.0.0", "0.0.0.0")
# Names of fields and methods that hold nothing but the version of what they stand in.
FIELDS = (
    "SDK_VERSION", "SDK_VERSION_NAME", "SDK_VER", "SDKVERSION", "sdkVersion", "SDKVersion", "sdk_version", "LIB_VERSION",
    "LIBRARY_VERSION", "VERSION_NAME", "VERSION", "version", "versionName", "SDK_VERSION_STRING",
)  # fmt: skip
METHODS = (
    "getSDKVersion", "getSdkVersion", "getSDKVersionName", "getSdkVersionName", "getSdkVer", "getSDKVer", "sdkVersion",
    "getLibVersion", "getVersionName", "getVersion", "version",
)  # fmt: skip


class Stated(NamedTuple):
    """A version and where it was stated: constant, resource, meta-inf or meta-data."""

    version: str
    by: str


def version(text: str) -> str | None:
    """A text as a version, None if it is none."""
    found = _SHAPE.fullmatch(text) if len(text) <= _LONGEST else None
    return found[1] if found else None


def of_name(name: str) -> str | None:
    """The version that a file name carries: dotted, with underscores, a revision, or a day."""
    stem = re.sub(r"\.(aar|jar|apk|dex|zip)$", "", name, flags=re.IGNORECASE)
    if found := _DOTTED.search(stem):
        return found[1]
    if found := _SCORED.search(stem):
        return found[1].replace("_", ".")
    if found := _REVISION.search(stem):
        return f"r{found[1]}"
    return found[1] if (found := _DATED.search(stem)) else None


def part(name: str) -> str:
    """What a file name says without suffix and version: which part of an SDK the archive is."""
    stem = re.sub(r"\.(aar|jar|apk|dex|zip)$", "", name, flags=re.IGNORECASE)
    for pattern in (_DOTTED, _SCORED, _REVISION, _DATED):
        if found := pattern.search(stem):
            stem = re.sub(r"[-_. @]+[vV]?$", "", stem[: found.start()]) or stem
            break
    return plain(stem.lower(), 100)


def of_records(archive: Archive) -> list[tuple[str, str]]:
    """(artefact, version) of META-INF/maven/*/pom.properties and META-INF/*.version; the artefact as
    group.name."""
    out: list[tuple[str, str]] = []
    for name in list(archive.names(prefix="META-INF/"))[: 10 * _RECORDS]:
        maven = re.fullmatch(r"META-INF/maven/([^/]{1,100})/([^/]{1,100})/pom\.properties", name)
        gradle = re.fullmatch(r"META-INF/([A-Za-z0-9.-]{1,100})_([A-Za-z0-9.-]{1,100})\.version", name)
        if not maven and not gradle:
            continue
        text = bytes(archive.read(name, _RECORD) or b"").decode("utf-8", "replace")
        if maven:
            fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
            said = version(fields.get("version", "").strip())
            artefact = f"{maven[1]}.{maven[2]}"
        elif gradle:
            said, artefact = version(text.strip()), f"{gradle[1]}.{gradle[2]}"
        if said is not None:
            out.append((artefact, said))
        if len(out) >= _RECORDS:
            break
    return out


def of_code(code: Code, owner: Callable[[str], Owner]) -> Iterable[tuple[str, str]]:
    """(SDK, version) of constants that the classes of SDKs hold; `owner` tells whose a class is by its
    descriptor. 1.0, which a new project begins with, and zeros say nothing."""
    left = _CONSTANTS
    texts = {name: s for name, s in _strings(code, (*FIELDS, *METHODS)).items() if s}
    rows: dict[int, int] = {}
    for name in FIELDS:
        for s in texts.get(name, ()):
            for f in np.flatnonzero(code.field_name == s).tolist():
                left -= 1
                if left < 0:
                    return
                who = owner(code.type(int(code.field_class[f])))
                if who.kind != "sdk" or code.type(int(code.field_type[f])) != "Ljava/lang/String;":
                    continue
                if not rows:
                    rows = {t: c for c, t in enumerate(code.class_type.tolist())}
                row = rows.get(int(code.field_class[f]))
                text = _value(code, row, name) if row is not None else None
                if text and (said := version(text)) and said not in START:
                    yield who.id, said
    for name in METHODS:
        for s in texts.get(name, ()):
            for m in np.flatnonzero(code.method_name == s).tolist():
                left -= 1
                if left < 0:
                    return
                who = owner(code.type(int(code.method_class[m])))
                if who.kind != "sdk" or code.proto(int(code.method_proto[m])) != "()Ljava/lang/String;":
                    continue
                for d in np.flatnonzero(code.def_method == m).tolist()[:1]:
                    if (text := _returned(code, d)) and (said := version(text)) and said not in START:
                        yield who.id, said


def of_meta(meta: Iterable[Fact]) -> Iterable[tuple[str, str]]:
    """(SDK, version) of meta-data entries of SDKs that are called a version."""
    for fact in meta:
        last = fact["name"].rpartition(".")[2].lower().replace("-", "_")
        if fact["owner"]["kind"] == "sdk" and last in ("version", "sdk_version", "version_name", "sdkversion"):
            said = version(str(fact["value"] or ""))
            if said:
                yield fact["owner"]["id"], said


def settle(said: Mapping[str, Iterable[tuple[int, Stated]]]) -> dict[str, Stated]:
    """SDK -> its version: the surest statement, none where equally sure ones differ."""
    out = {}
    for sdk, found in said.items():
        ranked = sorted(found, key=lambda f: f[0])
        best = {s.version: s for rank, s in ranked if rank == ranked[0][0]}
        if len(best) == 1:
            out[sdk] = next(iter(best.values()))
    return out


def _strings(code: Code, names: tuple[str, ...]) -> dict[str, list[int]]:
    """Where these texts stand in the string table."""
    data = np.frombuffer(code.data, np.uint8)
    length = code.string_end - code.string_start
    out: dict[str, list[int]] = {}
    for name in names:
        likely = np.flatnonzero(length == len(name))
        for k, byte in enumerate(name.encode()):
            likely = likely[data[code.string_start[likely] + k] == byte]
            if not len(likely):
                break
        out[name] = likely.tolist()[:4]
    return out


def _value(code: Code, row: int, name: str) -> str | None:
    found = stated(code, row, name)
    if isinstance(found, str):
        return found
    if isinstance(code.bodies, ClassBodies):
        return _class_constant(code.bodies, row, name.encode())
    return None


def _class_constant(bodies: ClassBodies, row: int, name: bytes) -> str | None:
    """ConstantValue of a static field (JVM Specification 4.7.2)."""
    c = bodies.constant_pool(row)
    if c is None:
        return None
    start = c.at
    try:
        c.at += 6
        interfaces = c.u2()
        c.at += 2 * interfaces
        for _ in range(c.u2()):
            _, field, _ = c.u2(), c.utf8(c.u2()), c.u2()
            for _ in range(c.u2()):
                attribute = c.utf8(c.u2())
                (size,) = struct.unpack_from(">I", c.data, c.at)
                if field == name and attribute == b"ConstantValue":
                    (index,) = struct.unpack_from(">H", c.data, c.at + 4)
                    return c.name(index).decode("utf-8", "replace")
                c.at += 4 + size
    except (struct.error, IndexError, ValueError, KeyError):
        return None
    finally:
        c.at = start
    return None


def _returned(code: Code, definition: int) -> str | None:
    """The text that a method returns, if all that it does is to return one."""
    low, high = code.body(definition)
    if high - low != 1 or code.event_kind[low] != STRING or code.def_size[definition] > 3:
        return None
    return code.text(int(code.event_operand[low]))
