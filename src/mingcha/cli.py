"""The command line: verbs only; each imports its part when it is called.

Progress goes to stderr, results to stdout or `-o`. Exit status: `errors.Exit`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from mingcha import __version__
from mingcha.cli_inputs import at_option, drafts_option, exhibit_options, stated_options
from mingcha.errors import BadInput, Exit, MingchaError, Usage
from mingcha.plain import plain

if TYPE_CHECKING:
    from mingcha.model import Inspection
    from mingcha.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
SEVERITIES = ("critical", "serious", "moderate", "minor", "never")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _State:
    def __init__(self, lang: str | None, debug: bool) -> None:
        self.wanted, self.debug = lang, debug
        self.prints: Path | None = None
        self.seeds: Path | None = None
        self.forced: list[tuple[Path, str]] = []
        self.said: dict[str, Any] = {}
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        if self._settings is None:
            from mingcha import settings

            self._settings = settings.load(prints=self.prints, seeds=self.seeds)
        return self._settings

    @property
    def lang(self) -> str:
        return self.wanted or self.settings.lang


def _lang(context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    if value and isinstance(context.obj, _State):
        context.obj.wanted = value
    return value


lang_option = click.option("--lang", type=click.Choice(["zh", "en"]), callback=_lang, expose_value=False,
    help="Language of what is shown. 显示语言。")  # fmt: skip


class _Verbs(click.Group):
    """Click answers a closed stdout (`| head`) with 1, which here would mean findings."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), "doctor", "fleet", "manage", "score", "sdk", "seeds", "serve"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "sdk":
            from mingcha.cli_sdk import sdk

            return sdk
        if cmd_name == "score":
            from mingcha.cli_score import score

            return score
        if cmd_name == "doctor":
            from mingcha.cli_doctor import doctor

            return doctor
        if cmd_name == "fleet":
            from mingcha.cli_fleet import fleet

            return fleet
        if cmd_name == "seeds":
            from mingcha.cli_seeds import seeds

            return seeds
        if cmd_name in ("serve", "manage"):
            from mingcha import cli_office

            return cli_office.serve if cmd_name == "serve" else cli_office.manage
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _mute()
            raise SystemExit(Exit.OK) from None


@click.group(cls=_Verbs, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="mingcha")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of what is shown (default zh). 显示语言。"
)
@click.option("--debug", is_flag=True, help="Show tracebacks. 显示调用栈。")
@click.pass_context
def cli(context: click.Context, lang: str | None, debug: bool) -> None:
    """Inspect apps, SDKs and websites under China's rules. 移动应用检测与整改。"""
    context.obj = _State(lang, debug)


def _some(context: click.Context, parameter: click.Parameter, value: tuple[Path, ...]) -> tuple[Path, ...]:
    """At least one exhibit, be it by an option."""
    if not value and not context.obj.forced:
        raise click.MissingParameter(ctx=context, param=parameter)
    return value


def _known_formats(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Refused here, before minutes are spent on reading."""
    from mingcha import report

    if wrong := [f for f in value if f not in report.FORMATS]:
        raise Usage(
            f"没有这种格式：{wrong[0]}",
            f"no such format: {wrong[0]}",
            {k: ", ".join(report.FORMATS) for k in ("zh", "en")},
        )
    return tuple(dict.fromkeys(value))


def _formats(function: F) -> F:
    options: tuple[Callable[[F], F], ...] = (
        click.option("--format", "formats", multiple=True, metavar="FMT", callback=_known_formats,
            help="table, json, html or sarif; repeatable. 输出格式。"),
        click.option("-o", "--output", type=click.Path(path_type=Path),
            help="File, or folder for several formats. 输出位置。"),
        click.option(
            "--fail-on", type=click.Choice(SEVERITIES), help="Exit 1 from this severity on. 失败阈值。"
        ),
        click.option(
            "--strict", is_flag=True, help="Exit 4 when something was read only in part. 部分读取即失败。"
        ),
        lang_option,
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


exhibit_argument = click.argument(
    "exhibits", nargs=-1, callback=_some, type=click.Path(path_type=Path), metavar="EXHIBIT..."
)


@cli.command(short_help="Inspect one subject. 检测一个对象。")
@exhibit_argument
@click.option(
    "--app-type",
    type=click.IntRange(1, 39),
    help="One of the 39 app types of 国信办秘字〔2021〕14号. 应用类型。",
)
@at_option
@click.option(
    "--store",
    "store_root",
    type=click.Path(path_type=Path),
    help="Keep exhibits, facts and result there. 存档目录。",
)
@drafts_option
@exhibit_options
@stated_options
@_formats
@click.pass_obj
def scan(
    state: _State, exhibits: tuple[Path, ...], app_type: int | None, at: date, store_root: Path | None, drafts: bool,
    formats: tuple[str, ...], output: Path | None, fail_on: str | None, strict: bool,
) -> NoReturn:  # fmt: skip
    """Inspect one subject by its exhibits: packages (APK, AAB, APKS, XAPK, APKM, AAR, JAR, DEX), privacy policies,
    traffic, behaviour logs and answered check sheets. 检测一个对象：安装包、隐私政策、流量、行为记录、人工核验单。"""
    from mingcha import pipeline

    _targets(formats, output)
    stated = pipeline.Stated(**state.said)
    read = pipeline.read(exhibits, state.settings, app_type=app_type, progress=_progress(state), forced=state.forced, stated=stated)
    inspection = pipeline.judge(read, at, drafts=drafts)
    if store_root:
        from mingcha import report

        document = _bytes(report.render(inspection, "json", state.lang))
        try:
            folder = pipeline.keep(store_root, read, inspection, document, (*exhibits, *(p for p, _ in state.forced)))
        except OSError as e:
            raise _unwritable(store_root, e) from e
        click.echo(plain(folder), err=True)
    _show(state, inspection, formats, output)
    _finish(state, [inspection], fail_on, strict)


@cli.command(short_help="Print facts as JSON lines. 输出事实。")
@exhibit_argument
@click.option("--kind", "kinds", multiple=True, help="Only facts of this kind; repeatable. 仅输出该类事实。")
@exhibit_options
@stated_options
@lang_option
@click.pass_obj
def facts(state: _State, exhibits: tuple[Path, ...], kinds: tuple[str, ...]) -> None:
    """Print the facts of exhibits as JSON lines, before any judgement. 输出未经判定的事实。"""
    from mingcha import catalogue, pipeline

    known = catalogue.load().facts
    if wrong := [k for k in kinds if k not in known]:
        raise Usage(
            f"没有这类事实：{wrong[0]}",
            f"no such kind of fact: {wrong[0]}",
            {k: ", ".join(known) for k in ("zh", "en")},
        )
    import msgspec

    stated = pipeline.Stated(**state.said)
    read = pipeline.read(exhibits, state.settings, progress=_progress(state), forced=state.forced, stated=stated)
    encode = msgspec.json.Encoder().encode
    for fact in read.facts:
        if not kinds or fact["kind"] in kinds:
            click.echo(encode(fact).decode())


@cli.command(short_help="Judge stored runs again. 重新判定已存记录。")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@at_option
@drafts_option
@stated_options
@click.option("--explain", metavar="RULE", help="Walk one finding back to its facts. 回溯一条结论的依据。")
@_formats
@click.pass_obj
def judge(
    state: _State, runs: tuple[Path, ...], at: date, drafts: bool, explain: str | None, formats: tuple[str, ...],
    output: Path | None, fail_on: str | None, strict: bool,
) -> NoReturn:  # fmt: skip
    """Judge stored runs again, under another date or catalogue, without their packages. 按其他日期或规则重新判定。"""
    from mingcha import pipeline

    _targets(formats, output)
    inspections = []
    for n, folder in enumerate(runs):
        read = pipeline.load(folder, pipeline.Stated(**state.said))
        inspection = pipeline.judge(read, at, drafts=drafts)
        inspections.append(inspection)
        if explain:
            _explain(inspection, explain, read.facts)
        else:
            target = output / folder.name if output and len(runs) > 1 else output
            _show(state, inspection, formats, target)
            if target is None and n + 1 < len(runs):
                click.echo()
    _finish(state, inspections, fail_on, strict)


def _no_rule(rule: str) -> Usage:
    return Usage(
        f"没有规则 {rule}",
        f"no rule {rule}",
        {"zh": "mingcha rules list 列出全部规则", "en": "see mingcha rules list"},
    )


def _explain(inspection: Inspection, rule: str, found: Any) -> None:
    from mingcha import catalogue
    from mingcha.judge import explain

    loaded = catalogue.load()
    if rule not in loaded.rules:
        raise _no_rule(rule)
    import msgspec

    click.echo(
        msgspec.json.format(msgspec.json.encode(explain(inspection, rule, found, loaded)), indent=2).decode()
    )


@cli.command("report", short_help="Render a saved result. 渲染已存结果。")
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RESULT...")
@_formats
@click.pass_obj
def report_(
    state: _State,
    results: tuple[Path, ...],
    formats: tuple[str, ...],
    output: Path | None,
    fail_on: str | None,
    strict: bool,
) -> NoReturn:
    """Render saved result documents (JSON) in other formats or another language. 将已存结果渲染为其他格式或语言。"""
    _targets(formats, output)
    inspections = [_result(state, p) for p in results]
    for path, inspection in zip(results, inspections, strict=True):
        _show(state, inspection, formats, output / path.stem if output and len(results) > 1 else output)
    _finish(state, inspections, fail_on, strict)


@cli.command(short_help="What was fixed, remains, is new. 对比两次检测。")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format", "fmt", type=click.Choice(["table", "json"]), default="table", help="Output format. 输出格式。"
)
@at_option
@lang_option
@click.pass_obj
def diff(state: _State, old: Path, new: Path, fmt: str, at: date) -> NoReturn:
    """Compare packages, stored runs or saved results: what is fixed, what remains, what is new.
    Exit 1 when something remains, is new or can no longer be decided. 对比两个安装包、记录或结果：已改、未改、新增。"""
    from mingcha.report import change

    found = change.compare(_result(state, old, at), _result(state, new, at))
    click.echo(change.FORMATS[fmt](found, "en" if state.lang == "en" else "zh"), nl=False)
    # What can no longer be decided was not seen to be mended.
    open_ = found.remaining or found.appeared or found.undecided
    raise SystemExit(Exit.FINDINGS if open_ else Exit.OK)


@cli.group(short_help="The catalogue of rules. 规则库。")
def rules() -> None:
    """List, show, check, test and lock the catalogue. 规则库的查看、检查、测试与锁定。"""


@rules.command("list", short_help="All rules. 列出规则。")
@click.option(
    "--status",
    type=click.Choice(["draft", "trial", "stable", "retired"]),
    help="Only of this status. 按状态筛选。",
)
@lang_option
@click.pass_obj
def rules_list(state: _State, status: str | None) -> None:
    """List rules: id, version, status, scenario, severity, title. 列出规则。"""
    from mingcha import catalogue

    for rule in sorted(catalogue.load().rules.values(), key=lambda r: (r.scenario, r.id)):
        if status in (None, rule.status):
            title = rule.title.zh if state.lang == "zh" else rule.title.en
            click.echo(
                "\t".join((rule.id, f"v{rule.version}", rule.status, rule.scenario, rule.severity, title))
            )


@rules.command("show", short_help="One rule, readable. 查看一条规则。")
@click.argument("rule")
@lang_option
@click.pass_obj
def rules_show(state: _State, rule: str) -> None:
    """Show one rule as its page. 以页面形式查看一条规则。"""
    from mingcha import catalogue
    from mingcha.catalogue import pages

    loaded = catalogue.load()
    if rule not in loaded.rules:
        raise _no_rule(rule)
    click.echo(pages.rule_page(loaded.rules[rule], loaded, "en" if state.lang == "en" else "zh"))


def _problems(state: _State, problems: list[Any], done: dict[str, str]) -> NoReturn:
    for problem in problems:
        click.echo(problem.line(state.lang), err=True)
    if not problems:
        click.echo(done[state.lang])
    raise SystemExit(Exit.FINDINGS if problems else Exit.OK)


@rules.command("lint", short_help="Check the catalogue. 检查规则库。")
@lang_option
@click.pass_obj
def rules_lint(state: _State) -> NoReturn:
    """Check form, references, translations, tests and lock. 检查格式、引用、译文、自测与锁定。"""
    from mingcha.catalogue import lint

    _problems(state, list(lint.lint()), {"zh": "规则库无问题", "en": "the catalogue has no problems"})


@rules.command("test", short_help="Run the tests in the rules. 运行规则自测。")
@click.argument("names", nargs=-1, metavar="[RULE]...")
@lang_option
@click.pass_obj
def rules_test(state: _State, names: tuple[str, ...]) -> NoReturn:
    """Run the tests that the rules carry. 运行规则自带的测试。"""
    from mingcha import catalogue
    from mingcha.judge.testing import run_tests

    loaded = catalogue.load()
    if wrong := [n for n in names if n not in loaded.rules]:
        raise _no_rule(wrong[0])
    total = bad = 0
    for rule in loaded.rules.values():
        if names and rule.id not in names:
            continue
        for tested in run_tests(rule, loaded):
            total += 1
            if not tested.holds:
                bad += 1
                click.echo(
                    f"{rule.id}: {tested.test.name}: {tested.outcome} ≠ {tested.test.outcome}", err=True
                )
    click.echo(f"{total - bad} passed, {bad} failed")
    raise SystemExit(Exit.FINDINGS if bad else Exit.OK)


@rules.command("lock", short_help="Record the meaning of all rules. 锁定规则含义。")
@lang_option
@click.pass_obj
def rules_lock(state: _State) -> None:
    """Write lock.json; refuses a changed meaning without a new version. 写入锁定文件；含义变更须提升版本。"""
    from mingcha import catalogue
    from mingcha.catalogue import lock

    click.echo(str(lock.write(catalogue.load())))


@rules.command("pages", short_help="Write the documentation pages. 生成规则文档。")
@click.option(
    "--docs",
    type=click.Path(path_type=Path),
    default=Path("docs"),
    help="Folder of the documentation. 文档目录。",
)
def rules_pages(docs: Path) -> None:
    """Write the rule pages and JSON Schemas. 生成规则页面与 JSON Schema。"""
    from mingcha.catalogue import pages

    for path in pages.write(docs):
        click.echo(str(path))


def _progress(state: _State) -> Callable[[str], None] | None:
    if not sys.stderr.isatty():
        return None
    word = {"zh": "正在读取", "en": "reading"}[state.lang]
    return lambda name: click.echo(f"{word} {name!r} …", err=True)


def _bytes(rendered: str | bytes) -> bytes:
    return rendered if isinstance(rendered, bytes) else rendered.encode()


def _result(state: _State, path: Path, at: date | None = None) -> Inspection:
    """An inspection from a saved result, a run folder or, where a day is given, a package."""
    from mingcha import packed, pipeline, store
    from mingcha.report.json_ import load

    try:
        if path.is_dir() and store.is_run(path):
            return pipeline.judge(pipeline.load(path), at) if at else load(packed.document(path))
        if path.is_file():
            with path.open("rb") as f:
                if f.read(1) == b"{":
                    return load(path.read_bytes())
        elif at is None and not path.exists():
            raise BadInput(
                f"找不到 {path}", f"{path} does not exist", {"zh": "请检查路径", "en": "check the path"}, "not-found"
            )
    except OSError as e:
        from mingcha.extract import unreadable

        raise unreadable(path, e) from e
    if at is None:
        raise BadInput(
            f"{path} 不是检测结果",
            f"{path} is no saved result",
            {"zh": "需要 --format json 的输出", "en": "give the output of --format json"},
            code="bad-result",
        )
    return pipeline.judge(pipeline.read([path], state.settings, progress=_progress(state)), at)


def _targets(formats: tuple[str, ...], output: Path | None) -> list[tuple[str, Path | None]]:
    """Each format with the file it goes to (None: stdout). Usage where they would run into each other."""
    from mingcha import report

    chosen = formats or (("table",) if output is None else (_by_suffix(output),))
    if len(chosen) > 1 and (output is None or output.is_file()):
        raise Usage(
            "多种格式不能写入同一处",
            "several formats cannot go to one place",
            {"zh": "用 -o 指定文件夹", "en": "name a folder with -o"},
        )
    if output is None or (len(chosen) == 1 and not output.is_dir()):
        return [(chosen[0], output)]
    return [(f, output / f"report{report.FORMATS[f].suffix}") for f in chosen]


def _show(state: _State, inspection: Inspection, formats: tuple[str, ...], output: Path | None) -> None:
    from mingcha import report, store

    for fmt, target in _targets(formats, output):
        data = _bytes(report.render(inspection, fmt, state.lang))
        if target is None:
            _print(data)
            continue
        try:
            store.write_atomic(target, data)
        except OSError as e:
            raise _unwritable(target, e) from e
        click.echo(plain(target), err=True)


def _print(data: bytes) -> None:
    """To stdout. A reader that has seen enough (`| head`) changes nothing about the exit status."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        _mute()
    except OSError as e:
        raise _unwritable("stdout", e) from e


def _mute() -> None:
    """Nothing more can be written; a closed stdout would make the interpreter complain at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritable(target: object, error: OSError) -> Usage:
    return Usage(
        f"无法写入 {target}：{error.strerror}", f"cannot write {target}: {error.strerror}", code="unwritable"
    )


def _by_suffix(output: Path) -> str:
    from mingcha import report

    for fmt, form in report.FORMATS.items():
        if output.name.endswith(form.suffix):
            return fmt
    return "json"


def _finish(state: _State, inspections: list[Inspection], fail_on: str | None, strict: bool) -> NoReturn:
    threshold = fail_on or state.settings.fail_on
    if strict and any(e.status != "read" for i in inspections for e in i.exhibits):
        raise SystemExit(Exit.PARTLY)
    if threshold != "never":
        counted = SEVERITIES[: SEVERITIES.index(threshold) + 1]
        if any(f.outcome == "failed" and f.severity in counted for i in inspections for f in i.findings):
            raise SystemExit(Exit.FINDINGS)
    raise SystemExit(Exit.OK)


def main(argv: list[str] | None = None) -> NoReturn:
    """Entry point: errors become one line on stderr and their exit status."""
    args = sys.argv[1:] if argv is None else argv
    try:
        cli.main(args, standalone_mode=False, prog_name="mingcha")
    except click.ClickException as e:
        if type(e).__name__ == "NoArgsIsHelpError":  # not there before click 8.2
            e.show()
            raise SystemExit(Exit.USAGE) from None
        from mingcha.usage import translated

        _fail(translated(e), args)
    except (click.Abort, KeyboardInterrupt):
        click.echo("[interrupted] 已中断 / interrupted", err=True)
        raise SystemExit(130) from None
    except MingchaError as e:
        _fail(e, args)
    except Exception as e:
        kind = plain(f"{type(e).__name__}: {' '.join(str(e).split())}", 200)
        hint = {"zh": "--debug 显示调用栈", "en": "--debug shows the traceback"}
        _fail(MingchaError(f"内部错误：{kind}", f"internal error: {kind}", hint), args)
    raise SystemExit(Exit.OK)


def _fail(error: MingchaError, args: Sequence[str]) -> NoReturn:
    """One line on stderr and out; under --debug after the traceback, with the same exit status."""
    if "--debug" in args:
        import traceback

        traceback.print_exc()
    click.echo(plain(error.line(_error_lang(args)), 1000), err=True)
    raise SystemExit(error.exit) from None


def _error_lang(args: Sequence[str]) -> str:
    """The language asked for, even where asking went wrong: the last --lang, else the settings."""
    found = ""
    for n, arg in enumerate(args):
        if arg.startswith("--lang="):
            found = arg[7:]
        elif arg == "--lang" and n + 1 < len(args):
            found = args[n + 1]
    if found in ("zh", "en"):
        return found
    from mingcha import settings

    try:
        return settings.load().lang
    except MingchaError:  # another setting may be the wrong one
        return "en" if os.environ.get("MINGCHA_LANG") == "en" else "zh"
