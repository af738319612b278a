"""Blobs and run folders: nothing half-written, nothing outside, everything back as it was."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from mingcha import store
from mingcha.errors import BadInput
from mingcha.model import Exhibit, Limitation, Signer, Subject

FACT = {"kind": "url", "exhibit": "ab" * 32, "where": "x", "url": "http://例.example.cn", "n": None}


def make_run(name: str = "one") -> store.Run:
    exhibit = Exhibit(kind="package", name="甲.apk", sha256="ab" * 32, size=7, status="partly",
                      limitations=(Limitation(code="packed", detail="x"),))  # fmt: skip
    subject = Subject(kind="app", id="a.b", version_code=1 << 40, signers=(Signer(sha256="a", sha1="b", md5="c"),))
    return store.Run(id=name, at="2026-11-22T00:00:00+00:00", subject=subject, exhibits=(exhibit,), observed=("package",),
                     app_type=3, timing={"read_seconds": 0.5})  # fmt: skip


def test_a_blob_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    source = tmp_path / "x.apk"
    source.write_bytes(b"content" * 100_000)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    kept = store.Store(tmp_path / "store")
    assert store.sha256(source) == digest
    assert kept.keep(source) == digest
    blob = kept.blob(digest)
    assert blob == tmp_path / "store" / "blobs" / digest[:2] / digest[2:4] / digest
    assert blob.read_bytes() == source.read_bytes()
    before = blob.stat()
    assert kept.keep(source) == digest
    assert blob.stat().st_mtime_ns == before.st_mtime_ns
    assert before.st_mode & 0o777 == 0o666 & ~store._umask()


@pytest.mark.parametrize("digest", ["", "a" * 63, "A" * 64, "../" * 21 + "a", "g" * 64, "a" * 65, "a" * 63 + "/"])
def test_only_a_digest_names_a_blob(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        store.Store(tmp_path).blob(digest)


def test_an_exhibit_that_changes_while_it_is_copied_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "x.apk"
    source.write_bytes(b"before")

    def copy(f: Any, out: Any, size: int) -> None:
        out.write(b"after")

    monkeypatch.setattr(store.shutil, "copyfileobj", copy)
    with pytest.raises(BadInput) as e:
        store.Store(tmp_path / "store").keep(source)
    assert e.value.code == "changed"
    assert [p for p in (tmp_path / "store").rglob("*") if p.is_file()] == []


def test_a_failed_copy_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "x.apk"
    source.write_bytes(b"x")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        store.Store(tmp_path / "store").keep(source)
    assert [p for p in (tmp_path / "store").rglob("*") if p.is_file()] == []


def test_writing_replaces_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "deep" / "er" / "file"
    store.write_atomic(target, b"one")
    assert target.read_bytes() == b"one"

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input"):
        store.write_atomic(target, b"two")
    assert target.read_bytes() == b"one"
    assert [p.name for p in target.parent.iterdir()] == ["file"]


def test_a_run_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    run = make_run()
    folder = store.Store(tmp_path).save(run, [FACT, FACT], b'{"a": 1}')
    assert folder == tmp_path / "runs" / "one"
    assert store.is_run(folder)
    assert store.load(folder) == (run, [FACT, FACT])
    assert (folder / "result.json").read_bytes() == b'{"a": 1}'
    assert (folder / "facts.jsonl").read_bytes().count(b"\n") == 2


def test_the_result_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    real = store.write_atomic
    monkeypatch.setattr(store, "write_atomic", lambda p, d: (written.append(p.name), real(p, d)))
    store.Store(tmp_path).save(make_run(), [FACT], b"{}")
    assert sorted(written[:2]) == ["facts.jsonl", "run.json"]
    assert written[2] == "result.json"


@pytest.mark.parametrize(
    "line",
    [b"{", b"[]", b"5", b'{"kind": "url"}', b'{"kind": 1, "exhibit": "", "where": ""}', b"\xff", b"[" * 5000, b'{"a":' * 5000],
)
def test_a_damaged_line_of_facts_is_an_error_of_the_input(tmp_path: Path, line: bytes) -> None:
    folder = store.Store(tmp_path).save(make_run(), [FACT], b"{}")
    with (folder / "facts.jsonl").open("ab") as f:
        f.write(line + b"\n")
    with pytest.raises(BadInput) as e:
        store.load(folder)
    assert e.value.code == "bad-run"
    assert set(e.value.hint) == {"zh", "en"}


def test_empty_lines_between_facts_do_no_harm(tmp_path: Path) -> None:
    folder = store.Store(tmp_path).save(make_run(), [FACT], b"{}")
    with (folder / "facts.jsonl").open("ab") as f:
        f.write(b"\n  \n")
    assert store.load(folder)[1] == [FACT]


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        assert not store.is_run(path)
        with pytest.raises(BadInput) as e:
            store.load(path)
        assert e.value.code == "bad-run"
