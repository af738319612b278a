"""The verb `mingcha doctor`."""

from __future__ import annotations

from typing import Any, NoReturn

import click

from mingcha.cli import lang_option
from mingcha.errors import Exit


@click.command(short_help="What is installed and what is missing. 环境检查。")
@click.option("--sandbox", is_flag=True, help="Try what keeps reading children in. 检验读取进程的隔离。")
@lang_option
@click.pass_obj
def doctor(state: Any, sandbox: bool) -> NoReturn:
    """Say what is installed, what is missing and what that costs; with --sandbox, what a hostile package could do here
    (exit 1 where something was not contained). 检查环境：已有、缺少及其影响；--sandbox 检验隔离效果。"""
    from mingcha import doctor as checks

    if sandbox:
        raise SystemExit(Exit.OK if checks.sandbox(state.lang) else Exit.FINDINGS)
    complete = checks.show(state.lang, state.settings)
    raise SystemExit(Exit.OK if complete else Exit.MISSING)
