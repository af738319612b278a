"""One settings model: defaults, then `mingcha.toml`, then MINGCHA_* of the environment.

`mingcha.toml` is looked for in the working folder, then in the home folder of mingcha
(MINGCHA_HOME, default ~/.mingcha). Every setting is documented in docs/settings.md.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from mingcha.errors import Usage

# Zero would end every child at once, and a limit below zero is none at all for the kernel.
Positive = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


# What a working folder may not set: it may be somebody else's.
_OFFICE = {
    "isolate", "home", "database", "hosts", "proxy", "second_factor", "oidc_issuer", "oidc_client", "oidc_secret", "oidc_claim",
    "sm2_key", "sm2_signer", "second_engine", "webhook_networks",
}  # fmt: skip


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings. Times in seconds, sizes in MB (10^6 bytes)."""

    home: str = "~/.mingcha"
    lang: Literal["zh", "en"] = "zh"
    fail_on: Literal["critical", "serious", "moderate", "minor", "never"] = "minor"
    cpu_seconds: Positive = 60
    wall_seconds: Positive = 180
    memory_mb: Positive = 4096
    isolate: bool = True
    fingerprints: str | None = None
    seeds: str | None = None
    second_engine: str = ""
    database: str | None = None
    hosts: str = ""
    proxy: bool = False
    sm2_key: str = ""
    sm2_signer: str = ""
    webhook_networks: str = ""
    second_factor: str = "approver,admin"
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    oidc_claim: str = ""
    cache_mb: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 512

    @property
    def root(self) -> Path:
        """Home folder as a path."""
        try:
            return Path(self.home).expanduser()
        except RuntimeError:  # an account without a home folder
            return Path(".mingcha")

    @property
    def prints(self) -> Path | None:
        """File of fingerprints, None where none is set."""
        return _path(self.fingerprints)

    @property
    def identity(self) -> Path | None:
        """Identity sheet of the test device, None where none is set."""
        return _path(self.seeds)


def _path(text: str | None) -> Path | None:
    try:
        return Path(text).expanduser() if text else None
    except RuntimeError:  # an account without a home folder
        return Path(text or "")


def load(
    environ: Mapping[str, str] | None = None, cwd: Path | None = None, prints: Path | None = None,
    seeds: Path | None = None,
) -> Settings:  # fmt: skip
    """Read the settings; `prints` overrides `fingerprints`, `seeds` the setting of that name. A wrong value is a
    Usage error that names it."""
    env = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for folder in (_home(env), cwd or Path()):
        try:
            found = tomllib.loads((folder / "mingcha.toml").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
            raise Usage(
                f"{folder / 'mingcha.toml'} 无法读取：{e}",
                f"{folder / 'mingcha.toml'} cannot be read: {e}",
                {"zh": "见 docs/settings.md", "en": "see docs/settings.md"},
                code="bad-settings",
            ) from e
        # A working folder may be somebody else's: it must not switch the child process off.
        if folder != _home(env) and (mine := sorted(_OFFICE & found.keys())):
            raise Usage(
                f"{folder / 'mingcha.toml'} 不得设置 {'、'.join(mine)}",
                f"{folder / 'mingcha.toml'} may not set {', '.join(mine)}",
                {
                    "zh": "请写在 MINGCHA_HOME 下的 mingcha.toml 或环境变量中，见 docs/settings.md",
                    "en": "set it in mingcha.toml below MINGCHA_HOME or in the environment, see docs/settings.md",
                },
                code="bad-settings",
            )
        values |= found
    for name in Settings.__struct_fields__:
        if text := env.get(f"MINGCHA_{name.upper()}"):  # set but empty means not set
            values[name] = text
    if prints is not None:
        values["fingerprints"] = str(prints)
    if seeds is not None:
        values["seeds"] = str(seeds)
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as e:
        raise Usage(
            f"设置有误：{e}",
            f"wrong setting: {e}",
            {"zh": "见 docs/settings.md", "en": "see docs/settings.md"},
            code="bad-settings",
        ) from e


def _home(env: Mapping[str, str]) -> Path:
    try:
        return Path(env.get("MINGCHA_HOME") or Settings().home).expanduser()
    except RuntimeError:  # an account without a home folder
        return Path()
