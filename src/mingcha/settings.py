"""One settings model: defaults, then `mingcha.toml`, then MINGCHA_* of the environment.

`mingcha.toml` is looked for in the working folder, then in the home folder of mingcha
(MINGCHA_HOME, default ~/.mingcha). Every setting is documented in docs/settings.md.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from mingcha.errors import Usage


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings. Times in seconds, sizes in MB (10^6 bytes)."""

    home: str = "~/.mingcha"
    lang: Literal["zh", "en"] = "zh"
    fail_on: Literal["critical", "serious", "moderate", "minor", "never"] = "minor"
    cpu_seconds: int = 60
    wall_seconds: int = 180
    memory_mb: int = 4096
    isolate: bool = True

    @property
    def root(self) -> Path:
        """Home folder as a path."""
        return Path(self.home).expanduser()


def load(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """Read the settings. A wrong value is a Usage error that names it."""
    env = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    home = Path(env.get("MINGCHA_HOME", Settings().home)).expanduser()
    for folder in (home, cwd or Path.cwd()):
        try:
            values |= tomllib.loads((folder / "mingcha.toml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
            raise Usage(f"mingcha.toml 无法读取：{e}", f"mingcha.toml cannot be read: {e}") from e
    for name in Settings.__struct_fields__:
        if (text := env.get(f"MINGCHA_{name.upper()}")) is not None:
            values[name] = text
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as e:
        raise Usage(
            f"设置有误：{e}",
            f"wrong setting: {e}",
            {"zh": "见 docs/settings.md", "en": "see docs/settings.md"},
        ) from e
