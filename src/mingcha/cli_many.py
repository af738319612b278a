"""Options and verbs of fleets over many machines and object stores (docs/fleet-many.md)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mingcha.cli import _State, _unwritable, lang_option
from mingcha.cli_progress import Show
from mingcha.errors import Exit, Usage

if TYPE_CHECKING:
    from mingcha.fleet.engine import Engine
    from mingcha.fleet.lane import Setup
    from mingcha.fleet.nodes import Event


def place(text: str) -> Path | str:
    """A folder or file as a path; the address of a bucket as it is."""
    return text if text.startswith(("s3://", "file://")) else Path(text)


engine_option = click.option(
    "--engine", type=click.Choice(("local", "ray")), default="local", show_default=True, help="This machine, or the nodes of a Ray cluster. 单机或 Ray 集群。"
)
silent_option = click.option(
    "--silent", type=click.FloatRange(10, 86_400), default=60.0, show_default=True, help="Seconds without a sign of life after which a node is given up. 节点失联时限（秒）。"
)
address_option = click.option("--address", metavar="ADDR", help="The Ray cluster: host:port, or auto. Ray 集群地址。")


def chosen(
    engine: str, address: str | None, silent: float, setup: Setup, jobs: int | None, show: Show, lang: str
) -> tuple[Setup, Callable[[Setup], Engine]]:
    """The setup and what begins the engine that was asked for."""
    if engine == "ray":
        from mingcha.fleet import cluster

        if not address:
            raise Usage("缺少 --address", "--address is missing", {"zh": "例如 --address auto", "en": "as in --address auto"})
        cluster.library()
        if os.environ.get("RAY_AUTH_MODE") != "token":
            show.line("警告：未设置 RAY_AUTH_MODE=token，任何能连接集群端口的人都可执行程序" if lang == "zh" else "warning: RAY_AUTH_MODE=token is not set: whoever reaches the cluster's ports can run programs")
        return setup, lambda wanted: cluster.engine(wanted, address, jobs, silent, lambda event: show.line(_told(event, lang == "zh")))
    if address:
        raise Usage("--address 仅用于 --engine ray", "--address is of --engine ray only")
    import msgspec

    from mingcha.fleet.lane import settled
    from mingcha.fleet.supervisor import Supervisor
    from mingcha.sandbox import guard

    setup = settled(msgspec.structs.replace(setup, layers=guard.probe(setup.settings.memory_mb)))
    show.line({"zh": "隔离：", "en": "sandbox: "}[lang] + "+".join(("rlimits", *setup.layers)))
    return setup, lambda wanted: Supervisor(wanted, jobs or processors())


def settle(root: Path | str) -> None:
    """Clear away what lost nodes left half done, once those that were ended a moment ago have let go of the store."""
    from mingcha.fleet import places

    for _ in range(20):
        if places.mend(root) is not None:
            return
        time.sleep(0.5)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _told(event: Event, zh: bool) -> str:
    from mingcha.fleet.nodes import Joined, Left

    if isinstance(event, Joined):
        return f"节点 {event.node} 加入，进程 {event.jobs}，隔离：{event.sandbox}" if zh else f"node {event.node} joined: {event.jobs} lanes, sandbox: {event.sandbox}"
    assert isinstance(event, Left)
    end = ("，不再使用" if zh else ", not asked again") if event.for_good else ""
    return f"节点 {event.node} 退出：{event.why}{end}" if zh else f"node {event.node} left: {event.why}{end}"


@click.command("mirror", short_help="A bucket's runs to a folder. 将存储桶中的结果取到本地。")
@click.option("--store", "url", type=place, required=True, help="The bucket: s3://bucket/prefix. 存储桶。")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder, a store like any other. 本地存档目录。")
@lang_option
@click.pass_obj
def mirror(state: _State, url: Path | str, output: Path) -> None:
    """Bring the inspections of a bucket that a folder does not have yet; query, export, judge and report then work on the
    folder. Exit 4 where runs are missing in the bucket. 取回存储桶中新增的检测，之后可在本地查询、导出和重新判定。"""
    from mingcha import objects
    from mingcha.fleet import remote

    if isinstance(url, Path):
        raise Usage(f"不是存储地址：{url}", f"no address of a bucket: {url}", {"zh": "写作 s3://bucket/prefix", "en": "as in s3://bucket/prefix"}, code="bad-bucket")
    show = Show(state.lang)
    try:
        came, lost = remote.mirror(objects.bucket(url), output, lambda n: show.say(f"{n}"))
    except OSError as e:
        raise _unwritable(output, e) from e
    finally:
        show.end()
    click.echo(f"取回 {came}，缺失 {lost}" if state.lang == "zh" else f"{came} brought, {lost} missing")
    if lost:
        raise SystemExit(Exit.PARTLY)
