"""The sandbox on the host at hand: what each layer promises, it keeps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mingcha import extract
from mingcha.sandbox import attacks, guard, landlock
from mingcha.sandbox.attacks import ATTACKS
from mingcha.sandbox.guard import Guard
from tests.support import apk, put, run

HERE = guard.probe()
ALWAYS = {"memory", "cpu", "segfault", "recursion", "disk", "descriptors"}
BY_LAYER = {
    "seccomp": {"tcp", "udp", "fork", "exec", "signal", "ptrace"},
    "landlock": {"write", "passwd", "environ", "symlink"},
    "bubblewrap": {"write", "passwd", "environ", "symlink", "signal", "tcp", "udp"},
}


def contained(layers: list[str], names: list[str]) -> set[str]:
    return {r.name for r in attacks.matrix(layers, names) if r.contained}


def test_all_attacks_are_contained_by_what_this_host_has() -> None:
    if not {"seccomp", "landlock"} <= set(HERE) and not {"seccomp", "bubblewrap"} <= set(HERE):
        pytest.skip(f"this host has only {HERE}")
    assert contained(list(HERE), []) == set(ATTACKS)
    assert len(ATTACKS) == 16


@pytest.mark.parametrize("layer", BY_LAYER)
def test_each_layer_alone_keeps_its_promise(layer: str) -> None:
    if layer not in HERE:
        pytest.skip(f"no {layer} here")
    assert contained([layer], sorted(BY_LAYER[layer])) == BY_LAYER[layer]


def test_the_matrix_sees_what_is_not_contained() -> None:
    # Without layers only limits hold; a matrix that called this contained would prove nothing.
    names = ["write", "passwd", "tcp", "fork", "exec", "signal", "descriptors"]
    assert contained([], names) == {"descriptors"}


def test_a_reader_in_the_guard_reads_its_folder_and_no_other(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        put(folder / "a.apk", apk())
    keeper = Guard(HERE, [inside])
    try:
        with extract.Worker(guard=keeper, resident=True) as worker:
            assert worker.read(inside / "a.apk", "package").exhibit.status == "read"
            if {"landlock", "bubblewrap"} & set(HERE):
                assert worker.read(outside / "a.apk", "package").exhibit.status == "refused"
                assert keeper.widen([outside / "a.apk"])
                worker.close()
            assert worker.read(outside / "a.apk", "package").exhibit.status == "read"
            assert worker.spent > 0
    finally:
        keeper.close()


def test_a_guard_leaves_no_cgroup_behind() -> None:
    before = {str(p) for p in Path("/sys/fs/cgroup").glob("*/mingcha-*")}
    Guard(HERE).close()
    assert {str(p) for p in Path("/sys/fs/cgroup").glob("*/mingcha-*")} - before == set()


def test_roots_are_bounded_and_named_by_the_folder(tmp_path: Path) -> None:
    keeper = Guard(("landlock",))
    assert not Guard((), [tmp_path]).widen([tmp_path / "x" / "a.apk"])
    for n in range(guard.ROOTS + 5):
        keeper.widen([tmp_path / str(n) / "a.apk"])
    assert len(keeper.roots) == guard.ROOTS
    assert Guard(("landlock",), [tmp_path / "ab"]).widen([tmp_path / "abc" / "a.apk"])  # a name that only begins the same


def test_the_level_names_the_layers() -> None:
    keeper = Guard([n for n in HERE if n != "cgroup"])
    assert keeper.level.startswith("rlimits")
    if "landlock" in HERE:
        assert f"landlock:{landlock.version()}" in keeper.level


def test_a_child_that_cannot_enter_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guard, "environment", lambda self: {"MINGCHA_GUARD": '{"layers": ["landlock"]}'})
    with extract.Worker(guard=Guard(()), resident=True) as worker:
        assert worker.read(put(tmp_path / "a.apk", apk()), "package").exhibit.status == "refused"


def test_doctor_tells_each_attack(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attacks, "ATTACKS", {k: v for k, v in ATTACKS.items() if k in ("passwd", "tcp")})
    monkeypatch.setattr(guard, "probe", lambda memory_mb=4096: HERE)
    ran = run("doctor", "--sandbox", "--lang", "en")
    assert ran.out.splitlines()[0] == "sandbox: " + "+".join(("rlimits", *HERE))
    assert ran.code == (0 if "✗" not in ran.out else 1)
    monkeypatch.setattr(guard, "probe", lambda memory_mb=4096: ())
    if os.getuid() == 0:
        assert run("doctor", "--sandbox").code == 1
