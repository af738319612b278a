"""YAML without surprises, and the digest of the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.catalogue import files
from mingcha.catalogue.files import YamlError, digest, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", "no"),
        ("a: Yes", "Yes"),
        ("a: on", "on"),
        ("a: True", "True"),
        ("a: true", True),
        ("a: 2021-11-01", "2021-11-01"),
        ("a: 1:30", "1:30"),
        ("a: 010", "010"),
        ("a: 0x1f", "0x1f"),
        ("a: 1_000", "1_000"),
        ("a: 1e3", "1e3"),
        ("a: -12", -12),
        ("a: 1.5", 1.5),
        ("a: 1.2.3", "1.2.3"),
        ("a: null", None),
        ("a: ~", None),
        ("a:", None),
        ("a: Null", "Null"),
        ("a: [yes, 1, 中]", ["yes", 1, "中"]),
    ],
)
def test_scalars(text: str, value: object) -> None:
    got = parse(text)["a"]
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: duplicate key 'a'"),
        ("x: {a: 1, a: 2}", "duplicate key 'a'"),
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("a: &x 1\nb: *x\n", "anchors"),
        ("? [a]\n: 1\n", "a key must be a plain word"),
        ("[" * 60 + "]" * 60, "nested deeper"),
        ("a: [", "line 2, column 1"),
        ("a: 1\n---\nb: 2\n", "but found another document"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
        ("a: b: c", "mapping values are not allowed"),
        ("x" * (files.MAX_FILE + 1), "longer than"),
        ("a: \x00", "unacceptable character"),
    ],
)
def test_refused(text: str, told: str) -> None:
    with pytest.raises(YamlError, match=told.replace("[", r"\[")):
        parse(text)


def test_merge_keys_are_words() -> None:
    assert parse("'<<': 1\nb: 2") == {"<<": 1, "b": 2}
    assert parse("<<: {a: 1}") == {"<<": {"a": 1}}


def test_nothing_is_none() -> None:
    assert parse("# only a comment\n") is None


def test_digest_sees_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/a.yml").write_text("x")
    (tmp_path / "note.txt").write_text("no part of it")
    first = digest(tmp_path)
    assert len(first) == 64
    (tmp_path / "note.txt").write_text("changed")
    assert digest(tmp_path) == first
    (tmp_path / "lists/a.yml").write_text("y")
    second = digest(tmp_path)
    (tmp_path / "lists/a.yml").rename(tmp_path / "lists/b.yml")
    assert len({first, second, digest(tmp_path)}) == 3


def test_one_chinese_term_for_one_thing() -> None:
    """What a person reads says 剪贴板 and 通讯录. Other spellings stand only where a text is quoted or matched."""
    catalogue = Path(files.__file__).parent
    read = [*catalogue.glob("rules/**/*.yml"), *(catalogue.parent / "report").glob("words*.yml"), *catalogue.glob("lists/*.yml")]
    assert len(read) > 150
    for path in read:
        text = path.read_text(encoding="utf-8")
        assert "剪切板" not in text, path
        assert "通信录" not in text, path
    for path in catalogue.glob("lists/items/*.yml"):
        for item in parse(path.read_text(encoding="utf-8")):
            assert not {"剪切板", "通信录"} & set(item["name"].values()), path
