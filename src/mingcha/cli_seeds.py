"""The verb `mingcha seeds`: the identity sheet of a test device (docs/seeds.md)."""

from __future__ import annotations

from pathlib import Path

import click

from mingcha.cli import lang_option
from mingcha.errors import Usage
from mingcha.plain import plain


@click.group(short_help="Identity sheet of a test device. 身份信息表。")
def seeds() -> None:
    """Values planted on a test device, by which recorded traffic is searched. 测试设备的身份信息表。"""


@seeds.command("new", short_help="Make a sheet. 生成。")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File (default: stdout). 输出文件。")
@lang_option
def new(output: Path | None) -> None:
    """Make a sheet of random values with valid check digits. An existing file is never overwritten.
    生成校验位有效的随机身份信息表；不覆盖已有文件。"""
    from mingcha.extract.traffic import canary

    text = canary.sheet()
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as f:  # the values of a device in use must not be lost
            f.write(text)
    except OSError as e:
        raise Usage(f"无法写入 {output}：{e.strerror}", f"cannot write {output}: {e.strerror}", code="unwritable") from e
    click.echo(plain(output), err=True)
