"""Facts × catalogue → findings; pure and deterministic."""

from __future__ import annotations

from mingcha.judge.engine import judge, summarise
from mingcha.judge.explain import explain

__all__ = ["explain", "judge", "summarise"]
