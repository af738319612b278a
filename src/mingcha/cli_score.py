"""The verb `mingcha score`: a site or app scored for older users, from a live visit or from what was recorded."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mingcha.cli import CONTEXT, _print, _State, lang_option
from mingcha.cli_inputs import at_option
from mingcha.errors import BadInput, Exit, Usage
from mingcha.plain import plain

if TYPE_CHECKING:
    from mingcha.judge.score import Score
    from mingcha.model import Fact, Inspection

_SUFFIXES = {"table": ".txt", "json": ".json", "html": ".html"}
_PROFILES = ("desktop", "phone", "tablet")


@click.command(context_settings=CONTEXT, short_help="Score a site or app for older users. 适老化评分。")
@click.argument("targets", nargs=-1, required=True, metavar="URL|VISIT|SCREENS|RUN|SHEET...")
@click.option("--survey", type=click.Path(path_type=Path), help="Survey of users, CSV or JSON. 用户满意度问卷。")
@click.option("--self", "own", type=click.Path(path_type=Path), help="Self-evaluation, JSON. 自我评价。")
@click.option("--scheme", help="Scheme of the catalogue (default: the one in force). 评分方案。")
@at_option
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the recorded visit in this new folder. 访问记录保存到此文件夹。")
@click.option("--profile", "profiles", type=click.Choice(_PROFILES), multiple=True, help="Desktop, phone, tablet (default: desktop and phone). 终端版式。")
@click.option("--pages", type=click.IntRange(1, 60), default=10, show_default=True, help="Most pages of one profile. 每种版式最多访问页数。")
@click.option("--wall", type=click.IntRange(30, 7200), default=420, show_default=True, help="Seconds that the visit may take. 访问时限（秒）。")
@click.option("--allow", multiple=True, metavar="NETWORK", help="A network that may be visited although it is not public, such as 127.0.0.1/32. 允许访问的内网网段。")
@click.option("--format", "formats", type=click.Choice(tuple(_SUFFIXES)), multiple=True, help="Repeatable. 输出格式。")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File, or folder for several formats. 输出文件或文件夹。")
@click.option("--strict", is_flag=True, help="Status 4 where no score can be given. 不能出分时返回 4。")
@lang_option
@click.pass_obj
def score(
    state: _State, targets: tuple[str, ...], survey: Path | None, own: Path | None, scheme: str | None, at: date, keep: Path | None, profiles: tuple[str, ...], pages: int,
    wall: int, allow: tuple[str, ...], formats: tuple[str, ...], output: Path | None, strict: bool,
) -> NoReturn:  # fmt: skip
    """Score a website by its address or a recorded visit, or an app by its screens, together with answered check sheets.
    按网址、访问记录或者应用界面评分，可同时给出人工核验单。"""
    from mingcha import catalogue as cat
    from mingcha.extract import survey as surveys
    from mingcha.judge import score as scores

    chosen = formats or (("table",) if output is None else (next((f for f, s in _SUFFIXES.items() if s == output.suffix), "html"),))
    if len(chosen) > 1 and (output is None or output.is_file()):
        raise Usage("多种格式不能写入同一处", "several formats cannot go to one place", {"zh": "用 -o 指定文件夹", "en": "name a folder with -o"})
    asked = scores.Survey(**surveys.read(survey)) if survey else None
    said = scores.SelfEvaluation(**surveys.points(own)) if own else None
    with ExitStack() as held:
        paths = [_visited(state, t, keep, profiles, pages, wall, allow, held) if t.startswith(("http://", "https://")) else Path(t) for t in targets]
        inspection, facts = _inspected(state, paths, at)
        loaded = cat.load(None, at)
        found = scores.score(inspection, scores.scheme_for(loaded, inspection.subject.kind, str(at), scheme), asked, said)
        folder = next((p for p in paths if (p / "visit.json").is_file()), None)
        for fmt in chosen:
            _write(state, _rendered(found, inspection, facts, folder, fmt, state.lang), fmt, output, several=len(chosen) > 1)
    raise SystemExit(Exit.FINDINGS if found.passed is False else Exit.PARTLY if strict and found.total is None else Exit.OK)


def _visited(state: _State, url: str, keep: Path | None, profiles: tuple[str, ...], pages: int, wall: int, allow: tuple[str, ...], held: ExitStack) -> Path:
    """Record a visit; into a folder that is gone afterwards unless it is to be kept."""
    from mingcha.observe.addresses import Pins
    from mingcha.observe.browser.options import Options
    from mingcha.observe.browser.supervise import visit

    folder = keep or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="mingcha-visit-"))) / f"visit-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    try:
        Pins(allow)
    except ValueError as e:
        raise Usage(f"--allow：不是网段：{plain(str(e), 100)}", f"--allow: no network: {plain(str(e), 100)}", code="bad-network") from e
    options = Options(url=url, profiles=profiles or ("desktop", "phone"), most=pages, wall=float(wall), allow=allow, second=state.settings.second_engine)
    visit(options, folder, lambda line: click.echo(plain(line), err=True))
    if keep:
        click.echo(plain(folder), err=True)
    return folder


def _inspected(state: _State, paths: list[Path], at: date) -> tuple[Inspection, list[Fact]]:
    """The exhibits judged; a stored run as it was read."""
    from mingcha import pipeline, store

    if len(paths) == 1 and paths[0].is_dir() and store.is_run(paths[0]):
        read = pipeline.load(paths[0])
    else:
        read = pipeline.read(paths, state.settings)
    inspection = pipeline.judge(read, at)
    if inspection.subject.kind not in ("website", "app", "device-image", "mini-program"):
        raise BadInput(
            f"不能评分的对象：{inspection.subject.kind}", f"a subject of kind {inspection.subject.kind} cannot be scored",
            {"zh": "请给出网址、访问记录或者应用界面", "en": "give an address, a recorded visit or screens of an app"}, code="not-scorable",
        )  # fmt: skip
    return inspection, read.facts


def _rendered(found: Score, inspection: Inspection, facts: list[Any], folder: Path | None, fmt: str, lang: str) -> bytes:
    from mingcha.judge.score import encode
    from mingcha.report import score as reports

    if fmt == "json":
        return encode(found)
    if fmt == "html":
        return reports.render(found, inspection, facts, folder, lang)
    return reports.text(found, inspection, lang).encode()


def _write(state: _State, data: bytes, fmt: str, output: Path | None, *, several: bool) -> None:
    from mingcha import store

    if output is None:
        _print(data)
        return
    target = output / f"score{_SUFFIXES[fmt]}" if several or output.is_dir() else output
    try:
        store.write_atomic(target, data)
    except OSError as e:
        raise Usage(f"无法写入 {target}：{e.strerror}", f"cannot write {target}: {e.strerror}", code="unwritable") from e
    click.echo(plain(target), err=True)
