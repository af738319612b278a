"""Options that say what exhibits are and by what they are read: their kind, fingerprints of SDKs, identity sheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
