"""Options that say what exhibits are, by what they are read and by which rules they are judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from mingcha.errors import Usage

F = TypeVar("F", bound=Callable[..., Any])


def _keep(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    """Remember the file in the state of the call, from which the settings are made."""
    setattr(context.obj, "prints" if parameter.name == "fingerprints" else "seeds", value)


prints_option = click.option("--fingerprints", type=click.Path(path_type=Path), callback=_keep, expose_value=False,
    help="Fingerprints of SDKs (mingcha sdk learn). SDK 指纹文件。")  # fmt: skip
seeds_option = click.option("--seeds", type=click.Path(path_type=Path), callback=_keep, expose_value=False,
    help="Identity sheet of the test device (mingcha seeds new). 身份信息表。")  # fmt: skip


def _force(context: click.Context, parameter: click.Parameter, value: tuple[Path, ...]) -> None:
    context.obj.forced += [(path, str(parameter.name)) for path in value]


def kind_options(function: F) -> F:
    """Exhibits whose kind the user states, for content that does not tell it."""
    for name, text in (
        ("behaviour", "Behaviour log, whatever it looks like; repeatable. 行为记录。"),
        ("traffic", "Recording of traffic; repeatable. 流量记录。"),
        ("policy", "Privacy policy or list; repeatable. 隐私政策或清单。"),
    ):
        function = click.option(f"--{name}", type=click.Path(path_type=Path), multiple=True, callback=_force,
                                expose_value=False, metavar="F", help=text)(function)  # fmt: skip
    return function


def exhibit_options(function: F) -> F:
    """By what exhibits are read, and of what kind they are."""
    return prints_option(seeds_option(kind_options(function)))


def _say(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Remember what the user states beside the exhibits."""
    if value not in (None, ()):
        context.obj.said[str(parameter.name)] = value


def _domains(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        from mingcha.extract.join import parties

        _say(context, parameter, tuple(dict.fromkeys(parties.normal(v) for v in value)))


def _moment(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    from mingcha.extract.join import seconds

    at = seconds(value)
    if at is None:
        raise Usage(
            f"不是带时区的时间：{value[:80]}", f"no time with a zone: {value[:80]}",
            {"zh": "请写成 2026-11-22T10:00:05+08:00", "en": "write it as 2026-11-22T10:00:05+08:00"},
        )  # fmt: skip
    _say(context, parameter, at)


def stated_options(function: F) -> F:
    """What the user states that no exhibit says."""
    options: tuple[Callable[[F], F], ...] = (
        click.option("--first-party", multiple=True, callback=_domains, expose_value=False, metavar="DOMAIN",
            help="Domain or address of the operator; repeatable. 运营者的域名或地址。"),
        click.option("--consent-at", callback=_moment, expose_value=False, metavar="TIME",
            help="When consent was first given, by the recording's clock. 首次同意的时刻（以流量记录的时钟为准）。"),
        click.option("--clock-within", type=click.FloatRange(0, 86_400), callback=_say, expose_value=False, metavar="SECONDS",
            help="How far that time, or the clocks of device and recorder, may be off. 时钟误差上限，秒。"),
        click.option("--geo", multiple=True, type=click.Path(path_type=Path), callback=_say, expose_value=False, metavar="F",
            help="Your table of addresses, MMDB or CSV; repeatable. 自备的地址登记表。"),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date:
    try:
        return date.fromisoformat(value) if value else date.today()
    except ValueError:
        raise Usage(
            f"不是日期：{value}", f"no date: {value}", {"zh": "请写成 2026-11-22", "en": "write it as 2026-11-22"}
        ) from None


at_option = click.option(
    "--at",
    callback=_day,
    metavar="DATE",
    help="Judge by the rules in force on that day. 按该日有效规则判定。",
)
drafts_option = click.option("--drafts", is_flag=True, help="Also run rules in draft. 同时运行草案规则。")
