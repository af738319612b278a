"""Wrong use in the form of all other errors: one line with code, text and hint, in zh or en.

Click tells it in English and on three lines.
"""

from __future__ import annotations

import click
from click import exceptions as click_errors

from mingcha.errors import MingchaError, Usage


def translated(error: click.ClickException) -> MingchaError:
    """The same error as ours; the hint names the help of the command that was meant."""
    zh, en = _texts(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "mingcha"
    return Usage(zh, en, {"zh": f"用法见 {path} -h", "en": f"see {path} -h"})


def _texts(error: click.ClickException) -> tuple[str, str]:
    en = error.format_message().rstrip(".")
    if isinstance(error, click_errors.MissingParameter):
        return f"缺少 {_name(error)}", en
    if isinstance(error, click_errors.BadParameter):
        return f"{_name(error)} 的取值无效：{_wanted(error)}", en
    if isinstance(error, click_errors.NoSuchOption):
        return f"没有选项 {error.option_name}", en
    if isinstance(error, click_errors.BadOptionUsage):
        return f"选项 {error.option_name} 用法有误，请检查是否缺少或多给了取值", en
    if en.startswith("No such command"):
        return f"没有命令 {en[len('No such command') :].strip()}", en
    if en.startswith("Got unexpected extra argument"):
        return f"多余的参数 {en[en.find('(') :]}", en
    return f"用法有误：{en}", en


def _name(error: click_errors.BadParameter) -> str:
    if error.param_hint:
        return error.param_hint if isinstance(error.param_hint, str) else " / ".join(error.param_hint)
    return error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""


def _wanted(error: click_errors.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return f"可选 {'、'.join(map(str, kind.choices))}"
    if isinstance(kind, click.IntRange):
        return f"须为 {kind.min} 至 {kind.max} 的整数"
    return error.message
