"""Where inspections lie: content-addressed blobs and run folders, on a directory.

    STORE/blobs/ab/cd/<sha256>          exhibits and evidence, never overwritten
    STORE/runs/<id>/facts.jsonl         facts, one JSON object per line
    STORE/runs/<id>/result.json         result document
    STORE/runs/<id>/run.json            exhibits, subject, observed channels, options
    STORE/runs/<month>/<ab>/<id>/       runs of fleets: the same, facts and result compressed (`mingcha.packed`)
    STORE/index/ab/<key>                content key of a run of a fleet -> its id, made once (`mingcha.fleet.commit`)

A run can be judged again without its exhibits: facts.jsonl and run.json are all it needs.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from mingcha.errors import BadInput
from mingcha.model import Exhibit, Fact, Subject

_CHUNK = 1 << 20


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a run beside its facts."""

    id: str
    at: str
    subject: Subject
    exhibits: tuple[Exhibit, ...]
    observed: tuple[str, ...]
    app_type: int | None = None
    timing: dict[str, float] = {}
    key: str = ""
    """Content key of a run of a fleet; empty where somebody scanned by hand."""
    ended: str = ""
    """How reading ended in a fleet: read, partly or a class of failure."""
    sandbox: str = ""
    """What kept the reading child in."""
    engine: str = ""
    labels: dict[str, str] = {}


def sha256(path: Path) -> str:
    """SHA-256 of a file, read once in blocks."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Write beside the target and rename, so that a reader never sees half a file."""
    with _beside(path) as name, name.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """An empty file next to `path` that takes its place when the block ends well and is gone otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    os.close(handle)
    name = Path(made)
    try:
        yield name
        name.chmod(0o666 & ~_umask())  # mkstemp makes files that only their owner may read
        name.replace(path)
    except BaseException:
        name.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o22)
    os.umask(mask)
    return mask


class Store:
    """A store on a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def blob(self, digest: str) -> Path:
        """Path of a blob; the digest is checked so that no other path can be named."""
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError(f"no SHA-256: {digest[:80]!r}")
        return self.root / "blobs" / digest[:2] / digest[2:4] / digest

    def keep(self, path: Path) -> str:
        """Put a file into the store (copy, verify, rename). Returns its SHA-256."""
        digest = sha256(path)
        target = self.blob(digest)
        if not target.exists():
            with _beside(target) as name:
                with path.open("rb") as f, name.open("wb") as out:
                    shutil.copyfileobj(f, out, _CHUNK)
                if sha256(name) != digest:
                    raise BadInput(
                        f"{path.name} 在读取时被改动", f"{path.name} changed while it was read", code="changed"
                    )
        return digest

    def put(self, data: bytes) -> str:
        """Put bytes into the store. Returns their SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        target = self.blob(digest)
        if not target.exists():
            write_atomic(target, data)
        return digest

    def folder(self, run: str) -> Path:
        """Folder of a run of a fleet: its id begins with the month, and its first two digits of the digest spread
        runs over 256 folders."""
        month, digest = run[:6], run.split("-")[1][:2] if run.count("-") >= 2 else ""
        if not (month.isdigit() and digest.isalnum() and run.replace("-", "").isalnum()):
            raise ValueError(f"no id of a run: {run[:80]!r}")
        return self.root / "runs" / month / digest / run

    def save(self, run: Run, facts: Iterable[Fact], result: bytes) -> Path:
        """Write one run folder; the result comes last and marks it complete."""
        folder = self.root / "runs" / run.id
        write_atomic(folder / "facts.jsonl", lines(facts))
        write_atomic(folder / "run.json", msgspec.json.encode(run))
        write_atomic(folder / "result.json", result)
        return folder


def lines(facts: Iterable[Fact]) -> bytes:
    """Facts as JSON lines."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(f) + b"\n" for f in facts)


def is_run(path: Path) -> bool:
    """Whether a folder is a run."""
    return (path / "run.json").is_file() and any((path / n).is_file() for n in ("facts.jsonl", "facts.jsonl.gz"))


def load(folder: Path) -> tuple[Run, list[dict[str, Any]]]:
    """A stored run and its facts; BadInput where the folder is none."""
    try:
        if not is_run(folder):  # also where one is a pipe that would make us wait
            raise FileNotFoundError(errno.ENOENT, "not found", "run.json, facts.jsonl")
        run = msgspec.json.decode((folder / "run.json").read_bytes(), type=Run)
        packed = folder / "facts.jsonl.gz"
        return run, list(_lines(packed if packed.is_file() else folder / "facts.jsonl"))
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, RecursionError) as e:
        why = f"{Path(e.filename or '').name}: {e.strerror}" if isinstance(e, OSError) and e.strerror else str(e)
        raise BadInput(
            f"{folder} 不是检测记录：{why}", f"{folder} is no stored run: {why}",
            {"zh": "请给出 --store 目录下 runs/ 中的一个文件夹", "en": "name a folder below runs/ of a --store"},
            code="bad-run",
        ) from e  # fmt: skip


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    decoder = msgspec.json.Decoder(dict[str, Any])
    with path.open("rb") as raw:
        f: Iterable[bytes] = gzip.open(raw) if path.suffix == ".gz" else raw  # noqa: SIM115 - closed with the file below it
        for n, line in enumerate(f, 1):
            if line.strip():
                fact = decoder.decode(line)
                if not all(isinstance(fact.get(k), str) for k in ("kind", "exhibit", "where")):
                    raise msgspec.ValidationError(f"{path.name}, line {n}: no fact")
                yield fact
