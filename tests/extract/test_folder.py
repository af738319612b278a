"""Folders as exhibits: one digest that anybody can make again with sha256sum."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from mingcha.errors import BadInput
from mingcha.extract import folder


def make(root: Path) -> Path:
    (root / "b").mkdir()
    (root / "b" / "2.txt").write_text("two")
    (root / "a.txt").write_text("one")
    return root


def test_the_digest_is_that_of_the_lines_that_sha256sum_writes(tmp_path: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum")
    make(tmp_path)
    lines = subprocess.run(["sha256sum", "a.txt", "b/2.txt"], cwd=tmp_path, check=True, capture_output=True).stdout
    assert folder.digest(tmp_path) == hashlib.sha256(lines).hexdigest()
    assert folder.size(tmp_path) == 6


def test_a_changed_moved_or_new_file_changes_it_and_a_link_does_not(tmp_path: Path) -> None:
    first = folder.digest(make(tmp_path))
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "out").symlink_to("/etc")
    assert folder.digest(tmp_path) == first
    (tmp_path / "a.txt").rename(tmp_path / "c.txt")
    moved = folder.digest(tmp_path)
    (tmp_path / "c.txt").write_text("One")
    assert len({first, moved, folder.digest(tmp_path)}) == 3


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    monkeypatch.setattr(folder, "MAX_FILES", 1)
    with pytest.raises(BadInput) as caught:
        folder.files(tmp_path)
    assert caught.value.code == "too-large"
