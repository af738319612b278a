"""Options that say by what exhibits are read: fingerprints of SDKs, identity sheet of the test device."""

from __future__ import annotations

from pathlib import Path

import click


def _keep(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    """Remember the file in the state of the call, from which the settings are made."""
    setattr(context.obj, "prints" if parameter.name == "fingerprints" else "seeds", value)


prints_option = click.option("--fingerprints", type=click.Path(path_type=Path), callback=_keep, expose_value=False,
    help="Fingerprints of SDKs (mingcha sdk learn). SDK 指纹文件。")  # fmt: skip
seeds_option = click.option("--seeds", type=click.Path(path_type=Path), callback=_keep, expose_value=False,
    help="Identity sheet of the test device (mingcha seeds new). 身份信息表。")  # fmt: skip
