"""Named checks: what a match tree cannot say, such as comparing two kinds of fact.

A check is a pure function of facts, catalogue, parameters and subject. It may prove
(`failed=True`), suspect, clear (`failed=False`) or say that it could not tell (`failed=None`).
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from mingcha.catalogue import Catalogue
from mingcha.judge.match import FactIndex
from mingcha.model import Fact, Subject


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. `reasons` are short stable words, shown as `check:<word>`."""

    failed: bool | None = False
    suspect: bool = False
    evidence: Sequence[Fact] = ()
    reasons: Sequence[str] = ()


Check = Callable[[FactIndex, Catalogue, Mapping[str, Any], Subject], CheckResult]
_CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under the name that rules use."""

    def register(function: Check) -> Check:
        if name in _CHECKS:
            raise ValueError(f"two checks named {name}")
        _CHECKS[name] = function
        return function

    return register


@cache
def _load() -> None:
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        import_module(f"{__name__}.{module}")


def names() -> list[str]:
    """All registered names, sorted."""
    _load()
    return sorted(_CHECKS)


def find(name: str) -> Check:
    """The check of this name; KeyError when there is none."""
    _load()
    return _CHECKS[name]
