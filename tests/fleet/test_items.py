"""Items, keys and stamps."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.errors import BadInput
from mingcha.fleet import items
from mingcha.fleet.items import Item, Options, Unusable, content_key
from tests.support import put


def test_a_folder_gives_packages_in_order_and_tells_what_it_passes_over(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.apk", "b/a.APK", "b/readme.txt"):
        put(tmp_path / name, b"x")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = list(items.source(tmp_path))
    assert [Path(x.paths[0]).name for x in found if isinstance(x, Item)] == ["z.apk", "a.APK"]
    assert [x.why for x in found if isinstance(x, Unusable)] == ["suffix"]


def test_a_list_keeps_going_after_every_bad_line(tmp_path: Path) -> None:
    bad = [b"{\"paths\": []}", b"{\"paths\": [\"a\"], \"app_type\": 99}", b"{\"paths\": [\"a\"], \"lane\": \"mine\"}", b"{broken",
           b"\xff\xfe", b"a\0b.apk", b"x" * (items.LINE + 9), b"\t".join([b"p"] * 40), b"[" * 5000 + b"{"]  # fmt: skip
    good = [b"# note", b"", b"a.apk", b"b.apk\tpolicy.html", b'{"paths": ["c.apk"], "app_type": 3, "store": "s", "lane": "re-test"}']
    path = put(tmp_path / "list.txt", b"\n".join([*bad, *good]) + b"\n")
    found = list(items.source(path))
    unusable = [x for x in found if isinstance(x, Unusable)]
    kept = [x for x in found if isinstance(x, Item)]
    assert [x.where for x in unusable] == [f"list.txt:{n}" for n in range(1, 10)]
    assert [len(x.paths) for x in kept] == [1, 2, 1]
    assert kept[-1] == Item(paths=(str(tmp_path / "c.apk"),), app_type=3, store="s", lane="re-test")


def test_what_is_not_there_is_an_error_before_anything_begins(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        items.source(tmp_path / "nothing")


def test_the_key_is_of_content_and_options_and_of_nothing_else() -> None:
    a, b = "a" * 64, "b" * 64
    options = Options(catalogue="1").digest()
    key = content_key([a, b], None, options)
    assert key == content_key([b, a], None, options)
    others = {
        content_key([a], None, options), content_key([a, b], 1, options), content_key([a, b], None, Options(catalogue="2").digest()),
        content_key([a, b], None, Options(catalogue="1", at="2024-01-01").digest()),
        content_key([a, b], None, Options(catalogue="1", engine="0").digest()), content_key([a, b], None, Options(catalogue="1", seeds=a).digest()),
    }  # fmt: skip
    assert key not in others
    assert len(others) == 6


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    path = put(tmp_path / "a.apk", b"1")
    item = Item(paths=(str(path),))
    first = items.stamp(item, "o")
    assert first == items.stamp(item, "o")
    assert first != items.stamp(item, "p")
    put(path, b"12")
    assert first != items.stamp(item, "o")
    path.unlink()
    assert items.stamp(item, "o") is None
