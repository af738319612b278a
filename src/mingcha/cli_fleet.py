"""The verbs `mingcha fleet`: many subjects (docs/fleet.md)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from mingcha.cli import _print, _State, _unwritable, lang_option
from mingcha.cli_inputs import at_option, drafts_option
from mingcha.cli_many import (
    address_option,
    chosen,
    engine_option,
    mirror,
    place,
    processors,
    settle,
    silent_option,
)
from mingcha.cli_progress import Show
from mingcha.errors import Exit, Usage
from mingcha.plain import plain

_path = click.Path(path_type=Path)
store_option = click.option("--store", "root", type=_path, required=True, help="Where inspections are kept. 存档目录。")
place_option = click.option("--store", "root", type=place, required=True, help="Where inspections are kept: a folder or s3://bucket/prefix. 存档目录或存储桶。")
jobs_option = click.option("--jobs", type=click.IntRange(1, 1024), help="Processes (default: one a processor). 并行进程数。")


@click.group(short_help="Many subjects. 批量检测。")
def fleet() -> None:
    """Inspect, judge again and ask about as many subjects as a nation has. 批量检测、重新判定与查询。"""


fleet.add_command(mirror)


@fleet.command("run", short_help="Inspect all of a folder or list. 批量检测。")
@click.argument("source", type=place)
@place_option
@jobs_option
@click.option("--at", metavar="DATE", help="Judge by the rules in force on that day; default today. 按该日有效的规则判定。")
@drafts_option
@click.option("--root", "roots", type=_path, multiple=True, help="Folder that reading children may read; repeatable. 允许读取的目录。")
@click.option("--recycle", type=click.IntRange(1, 1_000_000), default=500, show_default=True, help="Packages that one reading child reads. 读取进程的更换周期。")
@engine_option
@address_option
@silent_option
@click.option("--no-count", is_flag=True, help="Do not count the source first; no time left is told. 不预先计数。")
@lang_option
@click.pass_obj
def run_(
    state: _State, source: Path | str, root: Path | str, jobs: int | None, at: str | None, drafts: bool, roots: tuple[Path, ...], recycle: int,
    engine: str, address: str | None, silent: float, no_count: bool,
) -> NoReturn:  # fmt: skip
    """Inspect every package of a folder or list into a store. Given again, it goes on where it stopped; exit 4 where
    something gave no inspection. 将文件夹或清单中的全部安装包检测并存档；再次执行即可继续。"""
    from mingcha import pipeline
    from mingcha.fleet import items, places, run
    from mingcha.fleet.lane import Setup

    items.source(source)  # refused before anything is made
    if at:
        _day(at)
    settings = state.settings
    pipeline.check(settings)
    where = [] if isinstance(source, str) else [source if source.is_dir() else source.absolute().parent]
    setup = Setup(
        store=places.named(root), settings=settings, options=run.options(settings, at or "", drafts), recycle=recycle,
        roots=tuple(str(p.absolute()) for p in (roots or where)),
    )  # fmt: skip
    show = Show(state.lang)
    progress = run.Progress()
    try:
        setup, begin = chosen(engine, address, silent, setup, jobs, show, state.lang)
        for _ in run.run(source, root, begin, setup, progress, show.progress, count=not no_count):
            pass
        if engine == "ray":
            settle(root)
    except OSError as e:
        raise _unwritable(root, e) from e
    finally:
        show.end()
    click.echo(show.text(progress))
    for line in progress.troubles:
        click.echo(plain(line, 400), err=True)
    raise SystemExit(Exit.PARTLY if progress.unusable or progress.ended["io"] else Exit.OK)


@fleet.command("status", short_help="What a store holds. 存档概况。")
@place_option
@click.option("--repair", is_flag=True, help="Look at every run; enter whole ones, remove half ones. 核对并修复。")
@lang_option
@click.pass_obj
def status(state: _State, root: Path | str, repair: bool) -> NoReturn:
    """How many inspections a store holds and how they ended; with --repair what a crash left behind is mended. Exit 1
    where runs are damaged. 存档中的检测数量及结束方式；--repair 修复中断留下的残余。"""
    from mingcha.fleet import places

    if isinstance(root, Path):
        _there(root)
    zh = state.lang == "zh"
    mended = places.mend(root, whole=repair)
    if mended is None:
        click.echo("另有进程正在写入，未作核对" if zh else "another process is writing: nothing was checked", err=True)
    journal = places.journal(root, state.settings.root)
    for how, n, size, cpu in journal.rows("select ended, count(*), sum(bytes), sum(cpu) from done group by ended order by 2 desc"):
        click.echo(f"{how}\t{n}\t{size / 1e6:.1f} MB\t{cpu:.1f} s")
    journal.close()
    if mended is not None and (repair or mended.adopted or mended.removed):
        click.echo(
            f"已登记 {mended.indexed}，补登记 {mended.adopted}，清除残余 {mended.removed}，待重新检测 {mended.dangling}，损坏 {mended.damaged}" if zh else
            f"in the index {mended.indexed}, entered {mended.adopted}, removed {mended.removed}, to be inspected again {mended.dangling}, damaged {mended.damaged}"
        )  # fmt: skip
    raise SystemExit(Exit.FINDINGS if mended and mended.damaged else Exit.OK)


@fleet.command("judge", short_help="All stored facts again. 全部重新判定。")
@store_option
@jobs_option
@at_option
@drafts_option
@click.option("--rule", "rules", multiple=True, help="Only this rule; repeatable. 仅判定该规则。")
@click.option("--rules", "folder", type=_path, help="Folder of another catalogue. 另一规则库的目录。")
@click.option("-o", "--output", type=_path, help="JSON lines: each run that changes. 逐个记录变化的文件。")
@lang_option
@click.pass_obj
def judge(
    state: _State, root: Path, jobs: int | None, at: date, drafts: bool, rules: tuple[str, ...], folder: Path | None, output: Path | None,
) -> NoReturn:  # fmt: skip
    """Judge all stored facts under another catalogue, date or with a new rule, and show what changes: new, gone,
    changed. The store stays as it is; exit 1 where something changes. 以其他规则库、日期或新规则重新判定全部事实并列出差异。"""
    from mingcha.fleet import answers, query, rejudge

    _there(root)
    show = Show(state.lang)
    try:
        found = rejudge.trial(
            root, at, jobs=jobs or processors(), rules=rules, rules_folder=folder, drafts=drafts, output=output,
            tell=lambda s: show.say(f"{s:.0f} s"),
        )  # fmt: skip
    except OSError as e:
        raise _unwritable(output or root, e) from e
    finally:
        show.end()
    rows = [(c.rule, c.new, c.gone, c.changed, found.failed.get(c.rule, 0)) for c in found.changes]
    _print(answers.as_table(query.Answer(["rule", "new", "gone", "changed", "failed"], rows)))
    click.echo({
        "zh": f"{found.runs} 个检测，损坏 {found.damaged}，用时 {found.seconds} 秒（CPU {found.cpu} 秒），规则库 {found.digest[:12]}，日期 {found.at}",
        "en": f"{found.runs} inspections, {found.damaged} damaged, {found.seconds} s ({found.cpu} s of CPU), catalogue {found.digest[:12]}, as of {found.at}",
    }[state.lang], err=True)  # fmt: skip
    raise SystemExit(Exit.FINDINGS if rows else Exit.OK)


@fleet.command("export", short_help="Facts and results as Parquet. 导出为 Parquet。")
@store_option
@lang_option
@click.pass_obj
def export(state: _State, root: Path) -> None:
    """Write what is new into Parquet files by month, for queries. 将新增的事实与结论按月写为 Parquet。"""
    from mingcha.fleet import table

    _there(root)
    show = Show(state.lang)
    try:
        done = table.export(root, lambda n: show.say(str(n)))
    except OSError as e:
        raise _unwritable(root, e) from e
    finally:
        show.end()
    click.echo({
        "zh": f"新增 {done.runs} 个检测、{done.findings} 条结论，损坏 {done.damaged}",
        "en": f"{done.runs} inspections and {done.findings} findings added, {done.damaged} damaged",
    }[state.lang])  # fmt: skip


@fleet.command("query", short_help="Ask a store. 查询。")
@click.argument("question", required=False)
@store_option
@click.option("--sql", "text", help="One SELECT over inspections, findings, sdks, calls, tallies, sightings. SQL 查询。")
@click.option("--sdk", help="SDK of the catalogue. SDK 编号。")
@click.option("--version", help="Up to this version. 不高于该版本。")
@click.option("--item", help="Data item that a call yields. 数据项。")
@click.option("--call", help="Interface: class.method. 接口。")
@click.option("--before-consent", "before", is_flag=True, help="Only calls before consent, observed or as a static lead. 仅同意前。")
@click.option("--own", is_flag=True, help="Only calls by that SDK's own code. 仅该 SDK 自身代码的调用。")
@click.option("--rule", help="Only this rule. 仅该规则。")
@click.option("--month", help="Only this month, YYYY-MM. 仅该月。")
@click.option("--from-store", "shop", help="Only packages from this app store. 仅该应用商店。")
@click.option("--by", multiple=True, type=click.Choice(["rule", "store", "month", "app_type"]), help="Group by; repeatable. 分组。")
@click.option("--limit", type=click.IntRange(1, 10_000_000), default=1000, show_default=True, help="Rows at most. 行数上限。")
@click.option("--format", "fmt", type=click.Choice(["table", "csv", "xlsx", "parquet"]), help="Output format. 输出格式。")
@click.option("-o", "--output", type=_path, help="File (default: stdout). 输出文件。")
@lang_option
@click.pass_obj
def query(
    state: _State, /, question: str | None, root: Path, text: str | None, shop: str | None, by: tuple[str, ...], limit: int, fmt: str | None,
    output: Path | None, **values: Any,
) -> None:  # fmt: skip
    """Ask a store a ready-made QUESTION (without one they are listed) or one SELECT. 向存档提问；不给问题则列出可用问题。"""
    from mingcha import store
    from mingcha.fleet import answers
    from mingcha.fleet import query as asked

    if text is None and question is None:
        for name, q in asked.QUESTIONS.items():
            click.echo(f"{name}\t{q.zh if state.lang == 'zh' else q.en}")
        return
    if question is not None and (text is not None or question not in asked.QUESTIONS):
        raise Usage(f"没有这个问题：{question}", f"no such question: {question}", {k: ", ".join(asked.QUESTIONS) for k in ("zh", "en")})
    _there(root)
    chosen = fmt or (output.suffix[1:] if output and output.suffix[1:] in answers.FORMATS else "table")
    found = asked.sql(root, text, limit) if text is not None else asked.ask(root, question or "", {**values, "store": shop, "limit": limit}, by)
    data = answers.FORMATS[chosen](found)
    if output is None:
        _print(data)
        return
    try:
        store.write_atomic(output, data)
    except OSError as e:
        raise _unwritable(output, e) from e
    click.echo(plain(output), err=True)


@fleet.command("plan", short_help="Hours, bytes and machines. 容量规划。")
@store_option
@click.option("--apps", type=click.IntRange(1, 10**10), required=True, help="Packages. 安装包数量。")
@click.option("--mb", type=click.FloatRange(0.001, 1e6), default=50.0, show_default=True, help="Mean size of a package in MB. 平均大小。")
@click.option("--days", type=click.FloatRange(0.01, 36_500), default=10.0, show_default=True, help="Deadline in days. 期限（天）。")
@click.option("--mbit", type=click.FloatRange(0.1, 1e7), default=1000.0, show_default=True, help="Line to the packages in Mbit/s. 带宽。")
@click.option("--cores", type=click.IntRange(1, 4096), help="Processors of a machine (default: as here). 每台处理器数。")
@lang_option
@click.pass_obj
def plan(state: _State, root: Path, apps: int, mb: float, days: float, mbit: float, cores: int | None) -> None:
    """From counts, sizes, a deadline and a line to hours, bytes and machines, by the cost that this host has measured
    in a store. 按本机在存档中实测的成本估算时间、容量与机器数。"""
    from mingcha.fleet import capacity

    _there(root)
    cost = capacity.measured(root)
    found = capacity.plan(cost, apps=apps, mb=mb, days=days, mbit=mbit, cores=cores or processors())
    zh = state.lang == "zh"
    bound = {"line": ("带宽", "the line"), "processors": ("处理器", "processors")}[found.bound_by][0 if zh else 1]
    for label_zh, label_en, value in (
        ("单位成本（CPU 秒）", "cost of an item (CPU s)", f"{cost.item:.3f} + {cost.mb:.4f} × MB ({cost.measured})"),
        ("CPU 小时", "CPU hours", f"{found.cpu_hours:.1f}"),
        ("单机小时", "hours of one machine", f"{found.one_machine_hours:.1f}"),
        ("安装包（TB）", "packages (TB)", f"{found.packages_tb:.2f}"),
        ("传输小时", "hours of transfer", f"{found.transfer_hours:.1f}"),
        ("存档（GB）", "store (GB)", f"{found.store_gb:.1f}"),
        ("所需机器", "machines", str(found.machines)),
        ("瓶颈", "bound by", bound),
    ):
        click.echo(f"{label_zh if zh else label_en}\t{value}")
    if not found.line_keeps_deadline:
        click.echo("带宽不足以按期取得全部安装包" if zh else "the line is too slow to fetch all packages in time", err=True)


def _there(root: Path) -> None:
    """A store to ask must be there: a wrong path would look like an empty one. Questions are put to folders."""
    if str(root).startswith("s3:"):
        raise Usage(f"{root} 不是目录", f"{root} is no folder", {"zh": "先用 mingcha fleet mirror 取到本地", "en": "bring it here with mingcha fleet mirror first"}, code="bad-store")
    if not (root / "runs").is_dir() and not (root / "fleet").is_dir():
        raise Usage(f"{root} 不是存档目录", f"{root} is no store", {"zh": "先运行 mingcha fleet run", "en": "run mingcha fleet run first"}, code="bad-store")


def _day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise Usage(f"不是日期：{text}", f"no date: {text}", {"zh": "格式 2026-11-22", "en": "as in 2026-11-22"}) from None
