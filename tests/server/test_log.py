"""The transparency log: vectors of RFC 6962, a naive reference, broken files, crashes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.server.log import merkle, note
from mingcha.server.log.note import BadNote, Checkpoint, checkpoint, generate, open_checkpoint
from mingcha.server.log.tiles import LONGEST, Broken, Log, place
from mingcha.server.log.verify import verify

# The leaves and roots that implementations of RFC 6962 are commonly tested with.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + naive(leaves[:k]) + naive(leaves[k:])).digest()


def some(n: int) -> list[bytes]:
    return [f"entry {i}".encode() * (1 + i % 3) for i in range(n)]


def test_the_vectors() -> None:
    for n, root in enumerate(ROOTS):
        assert merkle.over([merkle.leaf_hash(x) for x in LEAVES[:n]])(0, n).hex() == root == naive(LEAVES[:n]).hex()


@given(st.integers(1, 70), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_hold_and_wrong_ones_do_not(n: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(x) for x in some(n)]
    tree = merkle.over(leaves)
    i, m = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n))
    path, proof = merkle.inclusion(tree, i, n), merkle.consistency(tree, m, n)
    assert merkle.included(leaves[i], i, n, path, tree(0, n))
    assert merkle.consistent(m, tree(0, m), n, tree(0, n), proof)
    assert not merkle.included(merkle.leaf_hash(b"other"), i, n, path, tree(0, n))
    if n > 1:
        assert not merkle.included(leaves[i], (i + 1) % n, n, path, tree(0, n))
    if path:
        assert not merkle.included(leaves[i], i, n, path[:-1], tree(0, n))
    if 0 < m < n:
        assert not merkle.consistent(m, naive([b"fork"] * m), n, tree(0, n), proof)
        assert not merkle.consistent(m, tree(0, m), n, tree(0, n), proof[:-1] if len(proof) > 1 else [])


def test_paths_of_tiles() -> None:
    assert [place(n) for n in (0, 67, 1000, 1234067)] == ["000", "067", "x001/000", "x001/x234/067"]


@pytest.mark.parametrize("steps", [[1, 1, 1], [255, 1, 1], [300], [256, 256], [100, 200, 700, 3]])
def test_a_log_on_disk_is_the_tree_of_its_entries(tmp_path: Path, steps: list[int]) -> None:
    log, entries = Log(tmp_path), some(sum(steps))
    at = 0
    for n in steps:
        assert log.append(entries[at : at + n]) == at
        at += n
    again = Log(tmp_path)
    assert again.size == at and again.root() == naive(entries) == log.root()
    assert [again.entry(i) for i in range(at)] == entries
    for size in (0, 1, at // 2, at - 1):
        assert again.root(size) == naive(entries[:size])
    path = merkle.inclusion(again.tree, at // 3, at)
    assert merkle.included(merkle.leaf_hash(entries[at // 3]), at // 3, at, path, again.root())
    assert verify(tmp_path, entries, None, ()) == (at, again.root(), "")
    with pytest.raises(IndexError):
        again.entry(at)


def test_three_levels(tmp_path: Path) -> None:
    log, entries = Log(tmp_path), [i.to_bytes(3, "big") for i in range(66_000)]
    for at in range(0, len(entries), 7000):
        log.append(entries[at : at + 7000])
    assert log.root() == merkle.over([merkle.leaf_hash(e) for e in entries])(0, len(entries))
    assert (tmp_path / "tile/1/000").is_file() and (tmp_path / "tile/2/000.p/1").is_file()
    assert verify(tmp_path, entries, None, ()).broken == ""


def test_an_entry_that_is_too_long_is_refused(tmp_path: Path) -> None:
    log = Log(tmp_path)
    with pytest.raises(ValueError, match="65535"):
        log.append([b"x" * (LONGEST + 1)])
    assert log.append([b"x" * LONGEST, b""]) == 0 and log.entry(1) == b""


def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    entries = some(300)
    log = Log(tmp_path)
    for at in range(0, 300, 100):
        log.append(entries[at : at + 100])
    key = generate("office.example")
    signed = checkpoint(Checkpoint("office.example", 300, log.root()), [key])
    stale = {"100", "200", "44.stale"}
    for file in sorted(p for p in tmp_path.rglob("*") if p.is_file()):
        if file.name in stale and ".p" in file.parent.name:
            continue  # an older partial tile, which nobody reads
        raw = file.read_bytes()
        for i in {0, len(raw) // 2, len(raw) - 1}:
            file.write_bytes(raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :])
            assert verify(tmp_path, entries, signed, [key.verifier]).broken, f"{file.relative_to(tmp_path)} byte {i}"
        file.write_bytes(raw[:-1])
        assert verify(tmp_path, entries, signed, [key.verifier]).broken, f"{file.relative_to(tmp_path)} cut"
        file.write_bytes(raw)
    assert verify(tmp_path, entries, signed, [key.verifier]).broken == ""


def test_the_database_and_the_log_have_to_agree(tmp_path: Path) -> None:
    entries = some(20)
    Log(tmp_path).append(entries)
    assert "entry 3" in verify(tmp_path, [*entries[:3], b"other", *entries[4:]], None, ()).broken
    assert "entry 19" in verify(tmp_path, entries[:-1], None, ()).broken
    assert "entry 20" in verify(tmp_path, [*entries, b"more"], None, ()).broken


def test_a_published_checkpoint_binds(tmp_path: Path) -> None:
    log, key, other = Log(tmp_path), generate("office.example"), generate("office.example")
    log.append(some(10))
    signed = checkpoint(Checkpoint("office.example", 10, log.root()), [key])
    log.append(some(5))
    assert verify(tmp_path, None, signed, [key.verifier]).broken == "", "an older one of the same log"
    forked = checkpoint(Checkpoint("office.example", 10, naive(some(9))), [key])
    assert "another one" in verify(tmp_path, None, forked, [key.verifier]).broken
    ahead = checkpoint(Checkpoint("office.example", 99, log.root()), [key])
    assert "99" in verify(tmp_path, None, ahead, [key.verifier]).broken
    assert "known key" in verify(tmp_path, None, signed, [other.verifier]).broken


def test_notes_and_keys() -> None:
    key = generate("office.example")
    assert note.signer(key.line()) == key and note.verifier(key.verifier.line()) == key.verifier
    said = Checkpoint("office.example", 7, bytes(32))
    text = checkpoint(said, [key, generate("witness.example")])
    assert open_checkpoint(text, [key.verifier]) == said
    for wrong in (
        text.replace("\n7\n", "\n8\n"), text.replace("\u2014", "-"), text.partition("\n\n")[0], "", "a\n\n\u2014 b c\n",
        text.replace("\n7\n", "\n07\n"),
    ):  # fmt: skip
        with pytest.raises(BadNote):
            open_checkpoint(wrong, [key.verifier])
    for line in ("", "a+b", key.line()[:-4], key.line().replace("office", "other"), key.verifier.line().replace("office", "other")):
        with pytest.raises(BadNote):
            note.signer(line)
        with pytest.raises(BadNote):
            note.verifier(line)
    for name in ("", "two words", "a+b"):
        with pytest.raises(ValueError, match="name"):
            generate(name)


class _Power(Exception):
    """The power fails."""


def test_a_crash_at_any_file_leaves_a_log_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries, put = some(700), Log._put
    for stop in range(12):
        folder = tmp_path / str(stop)
        log = Log(folder)
        log.append(entries[:250])
        left = [stop]

        def failing(self: Log, name: str, data: bytes, left: list[int] = left) -> None:
            if not left[0]:
                raise _Power
            left[0] -= 1
            put(self, name, data)

        monkeypatch.setattr(Log, "_put", failing)
        try:
            log.append(entries[250:600])
            entered = 600
        except _Power:
            entered = 250
        monkeypatch.setattr(Log, "_put", put)
        again = Log(folder)
        assert again.size == entered and again.root() == naive(entries[:entered])
        again.append(entries[entered : entered + 30])  # not what was being written
        again.append(entries[entered + 30 :])
        assert verify(folder, entries, None, ()).broken == "", f"after {stop} files"


def test_a_log_without_its_files_is_broken(tmp_path: Path) -> None:
    (tmp_path / "size").write_text("many")
    with pytest.raises(Broken):
        Log(tmp_path)
    (tmp_path / "size").write_text("5")
    assert "missing" in verify(tmp_path, None, None, ()).broken
