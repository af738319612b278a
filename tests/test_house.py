"""The house keeps its rules: sizes, what is documented, what is imported, what is locked."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from mingcha import catalogue, errors
from mingcha.catalogue import pages
from mingcha.cli import cli
from mingcha.errors import Exit, MingchaError
from mingcha.settings import Settings

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mingcha"
CODE = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def doc(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def rows(page: str, heading: str | None = None) -> dict[str, list[str]]:
    """First cell in backticks → cells, over the tables of a page or of one section."""
    part = page if heading is None else page.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    found = [re.split(r"(?<!\\)\|", row)[1:-1] for row in part.splitlines() if row.startswith("| `")]
    table = {cells[0].strip().split("`")[1]: [c.strip() for c in cells] for cells in found}
    assert len(table) == len(found), "a row is there twice"
    return table


# ---- files ----------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_600_lines_and_half_of_them_not_200() -> None:
    data = sorted(SOURCE.rglob("*.yml"))
    long = [(p.relative_to(ROOT).as_posix(), lines(p)) for p in (*CODE, *data, *TESTS) if lines(p) > 600]
    assert long == []
    assert statistics.median(lines(p) for p in CODE) <= 200


def test_no_line_of_code_is_left_to_be_done() -> None:
    words = re.compile(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b")
    assert [p.name for p in CODE if words.search(p.read_text("utf-8"))] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [p.relative_to(SOURCE).as_posix() for p in CODE if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert silent == []


# ---- documentation ----------------------------------------------------------------------------------------


def verbs(group: click.Group = cli, path: str = "mingcha") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):  # some verbs are imported when they are asked for
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from verbs(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_verb_is_documented_and_no_other() -> None:
    assert set(rows(doc("cli.md").partition("## 检测")[0])) == {name for name, _ in verbs()}


def test_every_option_is_documented_and_no_other() -> None:
    page = doc("cli.md")
    known = {o for _, c in verbs() for p in c.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)}
    known |= {o for p in cli.params if isinstance(p, click.Option) for o in p.opts} | {"-h"}
    named = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", page)) - {"-"}
    assert known <= named
    assert named <= known
    scan = dict(verbs())["mingcha scan"]
    assert set(rows(page, "检测 · scan")) == {p.opts[0] for p in scan.params if isinstance(p, click.Option)}


def test_every_setting_is_documented_with_its_variable_and_default() -> None:
    table = rows(doc("settings.md"))
    assert set(table) == set(Settings.__struct_fields__)
    for field in msgspec.structs.fields(Settings):
        shown = json.dumps(field.default).strip('"')
        assert table[field.name][1:3] == [f"`MINGCHA_{field.name.upper()}`", f"`{shown}`"]
    example = tomllib.loads(doc("settings.md").partition("```toml\n")[2].partition("```")[0])
    assert msgspec.convert(example, Settings)


def test_the_page_of_fact_kinds_is_the_declaration() -> None:
    loaded = catalogue.load()
    assert doc("fact-kinds.md") == pages.fact_pages(loaded.facts)["fact-kinds.md"]
    for kind, form in loaded.facts.items():
        assert set(rows(doc("fact-kinds.md"), kind + "\n")) == set(form.fields), kind


def test_every_exit_status_is_documented() -> None:
    section = doc("errors.md").partition("## 退出状态")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| (\d+) \|", section, re.M)) == {str(int(e)) for e in Exit} | {"130"}


def classes(base: type[MingchaError] = MingchaError) -> Iterator[type[MingchaError]]:
    yield base
    for sub in base.__subclasses__():
        yield from classes(sub)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            f = node.func
            yield (f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else ""), node


def raised() -> dict[str, int]:
    """Code → exit status of every error that the source can raise."""
    known = {c.__name__: c for c in classes() if c.__module__ == errors.__name__}
    found = {c.code: int(c.exit) for c in known.values()}
    for path in CODE:
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name in known:
                given = [k.value for k in call.keywords if k.arg == "code"] + call.args[3:4]
                for code in given:
                    if isinstance(code, ast.Constant):
                        found[str(code.value)] = int(known[name].exit)
    return found


def test_every_error_code_is_documented_with_its_exit_status() -> None:
    table = rows(doc("errors.md"), "错误代码")
    assert {k: int(v[1]) for k, v in table.items()} == {**raised(), "interrupted": 130}


def test_every_limitation_code_is_documented_and_listed() -> None:
    known = catalogue.load().limitations
    table = rows(doc("errors.md"), "受限说明代码")
    assert {k: (v[1], v[2]) for k, v in table.items()} == {k: (v.name.zh, v.name.en) for k, v in known.items()}
    used = set()
    for path in (SOURCE / "extract").rglob("*.py"):
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name in ("limitation", "_Failed") and call.args:
                given = call.args[0]
                codes = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
                used |= {str(c.value) for c in codes if isinstance(c, ast.Constant)}
    assert used - set(known) == set()
    assert len(used) > 10


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in (ROOT / "docs").glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                broken.append((page.name, target))
    assert broken == []


# ---- dependencies -----------------------------------------------------------------------------------------


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)
    block = text.partition("\ndependencies = [")[2].partition("\n]")[0]
    for name in project["project"]["dependencies"]:
        line = next(row for row in block.splitlines() if f'"{name}"' in row)
        assert re.search(r"# .{10}", line), f"{name}: no reason"


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda p: p.name)
def test_lock_files_hold_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert not re.search(r"://|@ |--(?:extra-)?index-url|--find-links|\d+\.\d+\.\d+\.\d+:", text)
    logical = [row for row in text.replace("\\\n", " ").splitlines() if row.strip() and not row.startswith("#")]
    assert logical
    for row in logical:
        assert re.match(r"[A-Za-z0-9._-]+(?:\[[a-z0-9,-]+\])?==\S+", row), row
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", row), row


def test_the_core_lock_is_part_of_the_dev_lock() -> None:
    pins = [set(re.findall(r"^([A-Za-z0-9._-]+==\S+)", (ROOT / "requirements" / n).read_text("utf-8"), re.M)) for n in ("core.lock", "dev.lock")]
    assert pins[0] <= pins[1]
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    locked = {p.partition("==")[0].lower() for p in pins[0]}
    assert {re.split(r"[>=<]", d)[0].lower() for d in wanted} <= locked


def modules(code: str) -> set[str]:
    """Top-level modules, beyond the standard library, that a program has imported at its end."""
    script = f"import sys\nbefore = set(sys.modules)\ntry:\n {code}\nexcept SystemExit: pass\nprint(*set(sys.modules) - before, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return {m.partition(".")[0] for m in ran.stderr.split()} - set(sys.stdlib_module_names)


def test_importing_the_command_line_brings_in_click_and_nothing_else() -> None:
    assert modules("import mingcha.cli") == {"mingcha", "click"}


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["scan", "-h"], ["rules", "-h"], ["nope"]])
def test_help_is_quick(args: list[str]) -> None:
    brought = modules(f"from mingcha.cli import main; main({args!r})")
    assert brought & {"numpy", "django", "yaml", "rich", "jinja2"} == set()


def test_listing_rules_loads_no_engine() -> None:
    assert modules("from mingcha.cli import main; main(['rules', 'list'])") & {"numpy", "rich", "jinja2", "elftools"} == set()
