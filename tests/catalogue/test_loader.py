"""Loading, the compiled form, and what a catalogue answers."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mingcha import catalogue
from mingcha.catalogue import files, loader
from mingcha.errors import RuleError


def test_loads_and_decodes(write: Any) -> None:
    loaded = catalogue.load(write())
    assert list(loaded.rules) == ["cleartext"]
    assert loaded.scenarios["C5-13"].name.en == "Not encrypted"
    assert loaded.facts["package"].channel == "package"
    assert loaded.facts["package"].fields["target_sdk"].base == "int"
    assert loaded.digest == files.digest(write())
    assert loaded.ref("2024-01-01").at == "2024-01-01"


def test_missing_lists_are_empty(write: Any) -> None:
    loaded = catalogue.load(write())
    assert (loaded.sdks, loaded.permissions, loaded.app_types) == ({}, {}, {})


def test_the_compiled_form_is_used(write: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write()
    first = catalogue.load(root)
    (compiled,) = (home / "cache").glob("catalogue-*.json")
    assert compiled == loader.cache_path(first.digest)
    loader._memory.cache_clear()
    monkeypatch.setattr(loader, "_compile", lambda root, digest: pytest.fail("compiled again"))
    assert catalogue.load(root) == first


def test_lists_are_parts_of_the_whole(write: Any, home: Path) -> None:
    root = write()
    assert isinstance(catalogue.lists(root), catalogue.Catalogue)  # had to be compiled
    loader._lists.cache_clear()
    part, whole = catalogue.lists(root), catalogue.load(root)
    assert isinstance(part, catalogue.Lists)
    assert {n: getattr(part, n) for n in part.__struct_fields__} == {n: getattr(whole, n) for n in part.__struct_fields__}


def test_a_hit_imports_no_yaml(write: Any, home: Path) -> None:
    root = write()
    catalogue.load(root)
    script = (
        "import sys; from pathlib import Path; from mingcha import catalogue;"
        f"print(len(catalogue.load(Path({str(root)!r})).rules),"
        " [m for m in ('yaml', 'mingcha.catalogue.build', 'mingcha.judge') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 []"


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"digest": 3}', b'{"digest": "other"}', b"\xff\xfe"])
def test_a_damaged_compiled_form_is_replaced(write: Any, damage: bytes) -> None:
    root = write()
    first = catalogue.load(root)
    path = loader.cache_path(first.digest)
    assert path is not None
    good = path.read_bytes()
    path.write_bytes(damage)
    loader._memory.cache_clear()
    assert catalogue.load(root) == first
    assert path.read_bytes() == good


def test_another_form_is_not_read(write: Any) -> None:
    root = write()
    first = catalogue.load(root)
    path = loader.cache_path(first.digest)
    assert path is not None
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(first, form=loader.FORM + 1)))
    loader._memory.cache_clear()
    assert catalogue.load(root).form == loader.FORM


def test_an_unwritable_home_breaks_nothing(write: Any, home: Path) -> None:
    home.write_text("a file, not a folder")
    assert list(catalogue.load(write()).rules) == ["cleartext"]


def test_no_home_breaks_nothing(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write()
    monkeypatch.delenv("MINGCHA_HOME")
    monkeypatch.setattr(Path, "home", classmethod(lambda cls: (_ for _ in ()).throw(RuntimeError("no home"))))
    assert loader.cache_path("d" * 64) is None
    assert list(catalogue.load(root).rules) == ["cleartext"]


def test_the_home_of_the_user_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MINGCHA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", classmethod(lambda cls: tmp_path))
    path = loader.cache_path("0123456789abcdef" * 4)
    assert path is not None
    assert path.parent == tmp_path / ".mingcha/cache"
    assert path.name.startswith("catalogue-0123456789abcdef-")


def test_a_failed_write_leaves_nothing(write: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", full)
    catalogue.load(write())
    assert list((home / "cache").iterdir()) == []


def test_old_compiled_forms_go(write: Any, home: Path, rule_text: str) -> None:
    for version in range(1, 8):
        catalogue.load(
            write({"rules/C/cleartext.yml": rule_text.replace("version: 1", f"version: {version}")})
        )
    assert len(list((home / "cache").iterdir())) == loader.KEPT


def test_the_first_problem_is_named_with_its_file_and_field(write: Any, rule_text: str) -> None:
    root = write({"rules/C/cleartext.yml": rule_text.replace("severity: moderate", "severity: awful")})
    with pytest.raises(RuleError, match=r"rules/C/cleartext.yml: cleartext: .*\$.severity") as caught:
        catalogue.load(root)
    assert "格式不符" in caught.value.text["zh"]
    root = write({"rules/C/cleartext.yml": "a: [", "lists/packers.yml": "a: 1"})
    with pytest.raises(RuleError, match=r"lists/packers.yml: must be a list \(and 1 more\)"):
        catalogue.load(root)


def test_rules_in_force(write: Any, rule_text: str) -> None:
    root = write(
        {
            "rules/C/old.yml": rule_text.replace("id: cleartext", "id: old").replace(
                "{from: '2021-11-01'}", "{from: '2021-11-01', to: '2023-01-01'}"
            ),
            "rules/C/draft.yml": rule_text.replace("id: cleartext", "id: draft").replace("trial", "draft"),
            "rules/C/gone.yml": rule_text.replace("id: cleartext", "id: gone").replace("trial", "retired"),
        }
    )
    loaded = catalogue.load(root, date(2022, 6, 1))
    assert loaded.at == "2022-06-01"

    def at(day: str | None, drafts: bool = False) -> list[str]:
        return [rule.id for rule in loaded.rules_at(day, drafts=drafts)]

    assert at(None) == ["cleartext", "old"]
    assert at("2021-10-31") == []
    assert at("2021-11-01") == ["cleartext", "old"]
    assert at("2023-01-01") == ["cleartext"]
    assert at("2023-01-01", drafts=True) == ["cleartext", "draft"]
    assert [rule.id for rule in catalogue.load(root).rules_at()] == ["cleartext"]


def test_ontology_and_words(write: Any) -> None:
    loaded = catalogue.load(write())
    assert loaded.ancestors("precise-location") == ("precise-location", "location")
    assert loaded.is_a("precise-location", "location")
    assert not loaded.is_a("location", "precise-location")
    assert loaded.is_a("unheard", "unheard")
    assert loaded.in_list("com.rival", "rivals")
    assert not loaded.in_list("com.rival", "nowhere")
    assert not loaded.in_list("com.other", "rivals")
    assert loaded.article("LAW", "1") is not None
    assert loaded.article("LAW", "9") is None
    assert loaded.article("NOWHERE", "1") is None
