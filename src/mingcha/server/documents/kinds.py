"""The kinds of documents, read from `kinds.yml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
import yaml

from mingcha.server.texts import Words


class Kind(Words, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind; the text is its title."""

    served: bool
    stores: bool = False


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    return msgspec.convert(yaml.safe_load((files(__package__) / "kinds.yml").read_text("utf-8")), dict[str, Kind])
