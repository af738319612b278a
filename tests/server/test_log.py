"""The transparency log: vectors of RFC 6962, a naive reference, broken files, crashes."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.server.log import merkle, note
from mingcha.server.log.note import BadNote, Checkpoint, checkpoint, generate, open_checkpoint
from mingcha.server.log.tiles import LONGEST, Broken, Log, Moved, place
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


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (1, 1, []),
        (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ],
)  # fmt: skip
def test_the_vectors_of_consistency(old: int, new: int, proof: list[str]) -> None:
    tree = merkle.over([merkle.leaf_hash(x) for x in LEAVES])
    assert [h.hex() for h in merkle.consistency(tree, old, new)] == proof
    assert merkle.consistent(old, bytes.fromhex(ROOTS[old]), new, bytes.fromhex(ROOTS[new]), [bytes.fromhex(h) for h in proof])


def test_the_seven_leaves_of_the_rfc() -> None:
    """RFC 6962, section 2.1.3: the audit paths and consistency proofs that its example names by their nodes."""
    d = [merkle.leaf_hash(x) for x in LEAVES[:7]]
    tree = merkle.over(d)
    g, h, i, j = tree(0, 2), tree(2, 4), tree(4, 6), d[6]
    k, last = tree(0, 4), tree(4, 7)
    assert merkle.inclusion(tree, 0, 7) == [d[1], h, last]
    assert merkle.inclusion(tree, 3, 7) == [d[2], g, last]
    assert merkle.inclusion(tree, 4, 7) == [d[5], j, k]
    assert merkle.inclusion(tree, 6, 7) == [i, k]
    assert merkle.consistency(tree, 3, 7) == [d[2], d[3], g, last]
    assert merkle.consistency(tree, 4, 7) == [last]
    assert merkle.consistency(tree, 6, 7) == [i, j, k]


def test_two_histories_of_one_size_have_no_proof() -> None:
    """Two forks of 12 entries that part at the tenth: no proof ties the one to what continues the other."""
    ours, theirs = some(20), [*some(9), *(b"fork" for _ in range(11))]
    mine, other = (merkle.over([merkle.leaf_hash(x) for x in e]) for e in (ours, theirs))
    assert not merkle.consistent(12, mine(0, 12), 12, other(0, 12), [])
    for proof in (merkle.consistency(mine, 12, 20), merkle.consistency(other, 12, 20)):
        assert not merkle.consistent(12, mine(0, 12), 20, other(0, 20), proof)
    assert merkle.consistent(8, mine(0, 8), 20, other(0, 20), merkle.consistency(other, 8, 20)), "up to where they part"


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
    assert verify(tmp_path, entries, None, ()) == (at, again.root(), "", 0)
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
    for file in sorted(p for p in tmp_path.rglob("*") if p.is_file()):
        raw = file.read_bytes()
        for i, flip in itertools.product({0, len(raw) // 2, len(raw) - 1}, (0x01, 0x80)):
            file.write_bytes(raw[:i] + bytes([raw[i] ^ flip]) + raw[i + 1 :])
            assert verify(tmp_path, entries, signed, [key.verifier]).broken, f"{file.relative_to(tmp_path)} byte {i}"
        for other in (raw[:-1], b"", raw + b"\0"):
            file.write_bytes(other)
            assert verify(tmp_path, entries, signed, [key.verifier]).broken, f"{file.relative_to(tmp_path)} cut or grown"
        file.write_bytes(raw)
    assert verify(tmp_path, entries, signed, [key.verifier]) == (300, log.root(), "", 300)


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


def test_the_note_of_the_reference_implementation() -> None:
    """Key, text and signature of the tests of golang.org/x/mod/sumdb/note."""
    key = note.signer("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    public = note.verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signed = text + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    assert key.verifier == public and note.sign(text, [key]) == signed and note.open_note(signed, [public]) == text
    for i in range(len(signed)):
        with pytest.raises(BadNote):
            note.open_note(signed[:i] + chr(ord(signed[i]) + 1) + signed[i + 1 :], [public])
        with pytest.raises(BadNote):
            note.open_note(signed[:i], [public])
    with pytest.raises(BadNote):
        open_checkpoint(signed, [public])
    for line in ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"):
        with pytest.raises(BadNote):
            note.verifier(line)


def test_a_text_may_have_empty_lines_and_a_checkpoint_may_not() -> None:
    key, other = generate("office.example"), generate("office.example")
    text = "one\n\n2\n"
    assert note.open_note(note.sign(text, [other, key]), [key.verifier]) == text, "one of the same name that is not known"
    root = "A" * 43 + "="
    for wrong in ("o\n1\n", f"o\n\n{root}\n", f"o\n1\n{root}\n\nmore\n", f"o\n{'9' * 5000}\n{root}\n", f"o\n\u0661\n{root}\n", "o\n1\nAAAA\n"):
        with pytest.raises(BadNote):
            open_checkpoint(note.sign(wrong, [key]), [key.verifier])
    assert open_checkpoint(note.sign(f"o\n1\n{root}\nan extension\n", [key]), [key.verifier]) == Checkpoint("o", 1, bytes(32))
    for no_text in ("", "no end", "a\tb\n", "\0\n"):
        with pytest.raises(ValueError, match="no text"):
            note.sign(no_text, [key])


@given(st.text(), st.text())
@settings(deadline=None)
def test_whatever_is_no_note_is_told(a: str, b: str) -> None:
    key = generate("office.example")
    signed = checkpoint(Checkpoint("office.example", 3, bytes(32)), [key])
    for text in (a, f"{a}\n\n\u2014 {b}\n", a + signed, signed[:90] + a + signed[90:]):
        if text != signed:
            with pytest.raises(BadNote):
                open_checkpoint(text, [key.verifier])
    for line in (a, f"{a}+{b}", f"PRIVATE+KEY+{a}+{b}+{b}", f"{a}+{b}+{b}"):
        with pytest.raises(BadNote):
            note.signer(line)
        with pytest.raises(BadNote):
            note.verifier(line)


class _Power(Exception):
    """The power fails."""


def test_a_crash_at_any_act_on_files_leaves_a_log_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with other entries than those that were being written, and fewer: nothing of them may come back."""
    old, lost, fresh = some(250), [b"lost %d" % i for i in range(350)], [b"fresh %d" % i for i in range(400)]
    left = [0]

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            if not left[0]:
                raise _Power
            left[0] -= 1
            return real(*args, **named)

        return call

    entered, stop = 0, -1
    while not entered:
        stop += 1
        folder = tmp_path / str(stop)
        log = Log(folder)
        log.append(old[:200])
        log.append(old[200:])
        left[0] = stop
        with monkeypatch.context() as patch:
            for holder, name in ((os, "fsync"), (Path, "replace"), (Path, "mkdir"), (Path, "unlink")):
                patch.setattr(holder, name, failing(getattr(holder, name)))
            try:
                log.append(lost)
                entered = len(lost)
            except _Power:
                pass
        again = Log(folder)
        if again.size != 250:  # after the last rename, at the latest sync
            assert again.size == 600 and verify(folder, [*old, *lost], None, ()).broken == ""
            continue
        assert again.root() == naive(old) and verify(folder, old, None, ()).broken == ""
        at = 0
        for n in (2, 23, 375):  # the last one goes past the partial tiles of what was lost
            again.append(fresh[at : at + n])
            at += n
            assert verify(folder, [*old, *fresh[:at]], None, ()).broken == "", f"{at} more after {stop} acts"
    assert stop > 30, "each act on files was the last one once"


def test_what_a_crash_left_does_not_fill_a_tile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, put = some(250), Log.put
    log = Log(tmp_path)
    log.append(old)

    def last(self: Log, name: str, data: bytes) -> None:
        if name == "size":
            raise _Power
        put(self, name, data)

    with monkeypatch.context() as patch, pytest.raises(_Power):
        patch.setattr(Log, "put", last)
        log.append([b"lost"] * 300)
    again = Log(tmp_path)
    again.append([b"one"])
    assert again.entry(250) == b"one" and verify(tmp_path, [*old, b"one"], None, ()).broken == ""
    assert not (tmp_path / "tile/0/000").exists(), "a full tile of 251 entries"


def test_a_second_writer_overwrites_nothing(tmp_path: Path) -> None:
    first, second = Log(tmp_path), Log(tmp_path)
    first.append([b"a", b"b", b"c"])
    with pytest.raises(Moved):
        second.append([b"d"])
    with second.writing():
        assert second.size == 3 and second.append([b"d"]) == 3 and second.append([b"e"]) == 4
    assert verify(tmp_path, [b"a", b"b", b"c", b"d", b"e"], None, ()).broken == ""


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    def write(who: int) -> None:
        log = Log(tmp_path)
        for i in range(20):
            with log.writing():
                log.append([b"%d/%d" % (who, i)])

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    log = Log(tmp_path)
    assert {log.entry(i) for i in range(log.size)} == {b"%d/%d" % (who, i) for who in range(4) for i in range(20)}
    assert log.size == 80 and verify(tmp_path, None, None, ()).broken == ""


def test_a_log_that_is_written_to_during_its_proof_is_whole(tmp_path: Path) -> None:
    entries = some(30)
    Log(tmp_path).append(entries[:20])

    def growing() -> Iterator[bytes]:
        yield from entries[:20]
        Log(tmp_path).append(entries[20:])
        yield from entries[20:]

    assert verify(tmp_path, growing(), None, ()).broken == ""
    assert "the log has none" in verify(tmp_path, [*entries, b"more"], None, ()).broken


def test_a_log_without_its_files_is_broken(tmp_path: Path) -> None:
    (tmp_path / "size").write_text("many")
    for wrong in (b"", b"05", b"5\n", b"-5", b"\xb5", "\u0665".encode(), b"9" * 5000):
        (tmp_path / "size").write_bytes(wrong)
        with pytest.raises(Broken):
            Log(tmp_path)
        assert "size" in verify(tmp_path, None, None, ()).broken
    (tmp_path / "size").write_text("5")
    bundle = tmp_path / "tile/entries/000.p/5"
    bundle.parent.mkdir(parents=True)
    with bundle.open("wb") as f:
        f.truncate(1 << 40)  # a hole, which takes no room on the disk
    assert "more than" in verify(tmp_path, None, None, ()).broken
    bundle.unlink()
    bundle.mkdir()
    assert "directory" in verify(tmp_path, None, None, ()).broken
    bundle.rmdir()
    assert "missing" in verify(tmp_path, None, None, ()).broken


@pytest.mark.parametrize("size", [0, 1, 300, 512])
def test_the_proof_in_the_documentation_proves(tmp_path: Path, size: int) -> None:
    """docs/ledger-log.md: without mingcha."""
    page = (Path(__file__).parents[2] / "docs" / "ledger-log.md").read_text("utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    assert "import mingcha" not in program and "from mingcha" not in program
    log, key = Log(tmp_path), generate("office.example")
    log.append(some(size))
    (tmp_path / "verifier").write_text(key.verifier.line() + "\n", "utf-8")
    (tmp_path / "checkpoint").write_text(checkpoint(Checkpoint("office.example", size, log.root()), [key]), "utf-8")

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-I", "-c", program, tmp_path], capture_output=True, text=True, timeout=60, check=False)

    assert run().stdout == f"office.example: {size} entries, root {log.root().hex()}\n"
    for file in sorted((tmp_path / "tile/entries").rglob("*")):
        if file.is_file():
            raw = file.read_bytes()
            file.write_bytes(raw[:-1] + b"!")
            assert "not those that were signed" in run().stderr
            file.write_bytes(raw)
    (tmp_path / "checkpoint").write_text(checkpoint(Checkpoint("office.example", size, log.root()), [generate("office.example")]), "utf-8")
    assert "InvalidSignature" in run().stderr
