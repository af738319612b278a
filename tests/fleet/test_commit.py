"""One run for one key, whatever is killed when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mingcha import packed, store
from mingcha.fleet import commit
from mingcha.fleet.commit import Index, held, mend
from mingcha.model import Subject

DOCUMENT = b'{"findings": [{"rule": "r", "outcome": "failed", "title": {"zh": "a", "en": "b"}}], "schema": "s"}'
FACTS: list[Any] = [{"kind": "package", "exhibit": "e" * 64, "where": ""}]


def a_run(n: int, key: str = "0" * 64) -> store.Run:
    return store.Run(
        id=f"20261127T000000-abcdef012345-{n:012x}", at="2026-11-27T00:00:00+00:00", subject=Subject(kind="app"), exhibits=(),
        observed=(), key=key,
    )  # fmt: skip


def test_a_key_has_one_run_and_the_second_leaves_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path)
    assert index.commit(a_run(1), FACTS, DOCUMENT)
    assert not index.commit(a_run(2), FACTS, DOCUMENT)
    assert index.get("0" * 64) == a_run(1).id
    assert [f.name for f in commit.runs(tmp_path)] == [a_run(1).id]
    assert store.load(index.store.folder(a_run(1).id))[1] == FACTS
    assert packed.document(index.store.folder(a_run(1).id)) != b""


class Killed(BaseException):
    """As if the process were gone."""


STEPS = ["facts.jsonl.gz", "run.json", "result.json.gz"]


@pytest.mark.parametrize("at", [*STEPS, "index", "mark"])
def test_a_kill_between_any_two_steps_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    index, write, enter, unlink = Index(tmp_path), store.write_atomic, Index.enter, Path.unlink

    def killed_write(path: Path, data: bytes) -> None:
        if path.name == at:
            raise Killed
        write(path, data)

    def killed_enter(self: Index, key: str, run: str) -> bool:
        if at == "index":
            raise Killed
        return enter(self, key, run)

    def killed_unlink(self: Path, missing_ok: bool = False) -> None:
        if at == "mark" and self.parent.name == "pending":
            raise Killed
        unlink(self, missing_ok)

    with monkeypatch.context() as m:
        m.setattr(store, "write_atomic", killed_write)
        m.setattr(Index, "enter", killed_enter)
        m.setattr(Path, "unlink", killed_unlink)
        with pytest.raises(Killed):
            index.commit(a_run(1), FACTS, DOCUMENT)
    mended = mend(tmp_path)
    assert mended is not None
    if at in STEPS:  # nothing that counts was there: the item is inspected again
        assert (index.get("0" * 64), mended.removed) == (None, int(at != STEPS[0]))
        assert index.commit(a_run(2), FACTS, DOCUMENT)
    assert len(list(commit.runs(tmp_path))) == 1
    assert index.whole(index.get("0" * 64) or "")
    assert not index.commit(a_run(3), FACTS, DOCUMENT)
    again = mend(tmp_path, whole=True)
    assert again is not None
    assert (again.indexed, again.adopted, again.removed, again.dangling, again.damaged) == (1, 0, 0, 0, 0)


def test_repair_finds_lost_doubled_half_and_damaged_runs(tmp_path: Path) -> None:
    index = Index(tmp_path)
    for n in range(5):
        index.commit(a_run(n, f"{n:064x}"), FACTS, DOCUMENT)
    folder = [index.store.folder(a_run(n).id) for n in range(5)]
    index.path(f"{0:064x}").unlink()  # lost in the index
    (folder[1] / "result.json.gz").unlink()  # half
    (folder[2] / "result.json.gz").write_bytes(b"nonsense")  # damaged
    packed.save(index.store, a_run(9, f"{3:064x}"), FACTS, DOCUMENT)  # a second one
    found = mend(tmp_path, whole=True)
    assert found is not None
    assert (found.adopted, found.dangling, found.damaged, found.removed) == (1, 1, 1, 2)
    assert index.get(f"{0:064x}") == a_run(0).id
    assert index.get(f"{3:064x}") == a_run(3).id


def test_nothing_is_mended_while_somebody_writes(tmp_path: Path) -> None:
    with held(tmp_path, alone=False) as one, held(tmp_path, alone=False) as two:
        assert one
        assert two
        assert mend(tmp_path) is None


@pytest.mark.parametrize("bad", ["../../etc", "A" * 64, "0" * 63, "0" * 62 + "/x"])
def test_no_other_path_can_be_named(tmp_path: Path, bad: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        Index(tmp_path).path(bad)
    with pytest.raises(ValueError, match="no id"):
        store.Store(tmp_path).folder(f"{bad}-../..-x")
