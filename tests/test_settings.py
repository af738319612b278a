"""Settings: defaults, file of the home folder, file of the working folder, environment, in this order."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mingcha import settings
from mingcha.errors import Exit, Usage
from mingcha.settings import Settings


def load(tmp_path: Path, home: str = "", here: str = "", **environment: str) -> Settings:
    for folder, text in (("home", home), ("here", here)):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "mingcha.toml").write_text(text, encoding="utf-8")
    return settings.load({"MINGCHA_HOME": str(tmp_path / "home"), **environment}, tmp_path / "here")


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert settings.load({}, tmp_path) == Settings()
    assert Settings().root == Path.home() / ".mingcha"


def test_the_nearer_source_wins_value_by_value(tmp_path: Path) -> None:
    got = load(tmp_path, "lang = 'en'\ncpu_seconds = 1\nmemory_mb = 1000", "cpu_seconds = 2\nfail_on = 'serious'",
               MINGCHA_FAIL_ON="never", MINGCHA_WALL_SECONDS="7")  # fmt: skip
    assert (got.lang, got.cpu_seconds, got.memory_mb, got.fail_on, got.wall_seconds) == ("en", 2, 1000, "never", 7)
    assert got.root == tmp_path / "home"


@pytest.mark.parametrize(("text", "value"), [("0", False), ("false", False), ("1", True), ("true", True), ("", True)])
def test_truth_in_the_environment(tmp_path: Path, text: str, value: bool) -> None:
    assert load(tmp_path, MINGCHA_ISOLATE=text).isolate is value


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_set_but_empty_is_not_set(tmp_path: Path, name: str) -> None:
    got = settings.load({f"MINGCHA_{name.upper()}": ""}, tmp_path)
    assert got == Settings()


@pytest.mark.parametrize(
    ("toml", "environment", "names"),
    [
        ("lang = 'fr'", {}, "lang"),
        ("", {"MINGCHA_LANG": "fr"}, "lang"),
        ("", {"MINGCHA_CPU_SECONDS": "soon"}, "cpu_seconds"),
        ("cpu_seconds = 1.5", {}, "cpu_seconds"),
        ("wall_seconds = 0", {}, "wall_seconds"),
        ("", {"MINGCHA_MEMORY_MB": "-2"}, "memory_mb"),
        ("", {"MINGCHA_MEMORY_MB": "9" * 30}, "memory_mb"),
        ("isolate = 'perhaps'", {}, "isolate"),
        ("colour = 'red'", {}, "colour"),
        ("fail_on = ['minor']", {}, "fail_on"),
        ("home = 5", {}, "home"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, toml: str, environment: dict[str, str], names: str) -> None:
    if toml.startswith("home"):
        (tmp_path / "mingcha.toml").write_text(toml)
        with pytest.raises(Usage) as e:
            settings.load({}, tmp_path)
    else:
        with pytest.raises(Usage) as e:
            load(tmp_path, here=toml, **environment)
    assert (e.value.code, e.value.exit) == ("bad-settings", Exit.USAGE)
    for lang in ("zh", "en"):
        assert names in e.value.text[lang]
        assert "docs/settings.md" in e.value.hint[lang]


@pytest.mark.parametrize("content", [b"lang = ", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mingcha.toml").write_bytes(content)
    with pytest.raises(Usage) as e:
        settings.load({}, tmp_path)
    assert str(tmp_path / "mingcha.toml") in e.value.text["en"]
    assert e.value.code == "bad-settings"


def test_a_folder_of_that_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "mingcha.toml").mkdir()
    with pytest.raises(Usage):
        settings.load({}, tmp_path)


def test_a_home_that_is_a_file_or_nowhere_holds_no_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for home in (tmp_path / "file", tmp_path / "nowhere", Path("~no-such-account/x")):
        got = settings.load({"MINGCHA_HOME": str(home)}, tmp_path)
        assert msgspec.structs.replace(got, home="~/.mingcha") == Settings()
        assert isinstance(got.root, Path)


def test_other_variables_are_none_of_our_business(tmp_path: Path) -> None:
    assert settings.load({"MINGCHA_DEBUG": "1", "MINGCHA_X": "y", "LANG": "zh_CN"}, tmp_path) == Settings()


@pytest.mark.parametrize("line", ["isolate = false", "home = '/elsewhere'"])
def test_a_working_folder_cannot_switch_the_child_process_off(tmp_path: Path, line: str) -> None:
    with pytest.raises(Usage, match="may not set"):
        load(tmp_path, here=line)
    assert load(tmp_path, here="fail_on = 'never'").fail_on == "never"
