"""Runs of fleets, compressed: facts as gzip, results without the texts that the catalogue gives to every finding.

A result document is nine tenths texts of rules, the same for each of two million inspections. They are kept once, in
a blob named by its digest, and put back when a result is read: the inspection comes out equal.

    RUN/facts.jsonl.gz   RUN/result.json.gz {"texts": <sha256>, "result": {...}}   STORE/blobs/ab/cd/<sha256>
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import deflate
import msgspec

from mingcha import store
from mingcha.errors import BadInput
from mingcha.model import Fact

TEXTS = ("title", "what", "why", "basis", "remedy", "shows_not", "limits", "sheet")
LEVEL = 6


class Parts(msgspec.Struct, frozen=True):
    """A run as files, in the order in which they are written: the last one marks it complete."""

    texts: str
    """SHA-256 of the texts that many runs share."""
    shared: bytes
    files: tuple[tuple[str, bytes], ...]


FILES = ("facts.jsonl.gz", "run.json", "result.json.gz")


def parts(run: store.Run, facts: list[Fact], document: bytes) -> Parts:
    """A run as it is stored, wherever that is."""
    result = msgspec.json.decode(document)
    texts = [{k: f.pop(k, None) for k in TEXTS} for f in result.get("findings", ())]
    shared = msgspec.json.encode(texts)
    digest = hashlib.sha256(shared).hexdigest()
    small = msgspec.json.encode({"texts": digest, "result": result})
    bodies = (
        bytes(deflate.gzip_compress(store.lines(facts), LEVEL)), msgspec.json.encode(run), bytes(deflate.gzip_compress(small, LEVEL)),
    )  # fmt: skip
    return Parts(digest, shared, tuple(zip(FILES, bodies, strict=True)))


def save(target: store.Store, run: store.Run, facts: list[Fact], document: bytes) -> Path:
    """Write the folder of a run; the result comes last and marks it complete."""
    folder, made = target.folder(run.id), parts(run, facts, document)
    blob = target.blob(made.texts)
    if not blob.exists():
        store.write_atomic(blob, made.shared)
    for name, data in made.files:
        store.write_atomic(folder / name, data)
    return folder


def complete(folder: Path) -> bool:
    """Whether a folder holds a whole run of a fleet."""
    return all((folder / n).is_file() for n in FILES)


def slim(folder: Path) -> dict[str, Any]:
    """The result of a run as it is stored, without texts: enough to count and to compare."""
    try:
        found = msgspec.json.decode(deflate.gzip_decompress((folder / "result.json.gz").read_bytes()))
        result: dict[str, Any] = found["result"]
        return result | {"texts": found["texts"]}
    except (OSError, ValueError, TypeError, KeyError, msgspec.MsgspecError, deflate.DeflateError) as e:
        raise BadInput(f"{folder} 的结果已损坏：{e}", f"the result of {folder} is damaged: {e}", code="bad-run") from e


class Verdict(msgspec.Struct, frozen=True):
    """What a finding says, in short."""

    rule: str
    outcome: str
    severity: str
    confidence: str


class _Result(msgspec.Struct, frozen=True):
    findings: list[Verdict]


class _Packed(msgspec.Struct, frozen=True):
    result: _Result


_VERDICTS = msgspec.json.Decoder(_Packed)


def verdicts(folder: Path) -> list[Verdict]:
    """What the findings of a run say: evidence is passed over, which is quicker than `slim`."""
    try:
        return _VERDICTS.decode(bytes(deflate.gzip_decompress((folder / "result.json.gz").read_bytes()))).result.findings
    except (OSError, msgspec.MsgspecError, deflate.DeflateError) as e:
        raise BadInput(f"{folder} 的结果已损坏：{e}", f"the result of {folder} is damaged: {e}", code="bad-run") from e


def document(folder: Path) -> bytes:
    """The result document of a run folder of either kind."""
    if not (folder / "result.json.gz").is_file():
        return (folder / "result.json").read_bytes()
    result = slim(folder)
    root = next((p.parent for p in folder.parents if p.name == "runs"), folder)
    try:
        texts = msgspec.json.decode(store.Store(root).blob(result.pop("texts")).read_bytes())
        whole = [finding | more for finding, more in zip(result["findings"], texts, strict=True)]
    except (OSError, ValueError, TypeError, KeyError, msgspec.MsgspecError) as e:
        raise BadInput(f"{folder} 的结果缺少文本：{e}", f"the texts of {folder} are missing: {e}", code="bad-run") from e
    return msgspec.json.encode({**result, "findings": whole})
