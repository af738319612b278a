"""Texts that may name people: kept in rows that can be erased, and in the log only as a salted digest.

While the row is there, the digest proves what was said; once text and salt are erased, it tells nothing any more.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NamedTuple


class Seal(NamedTuple):
    """The salt that stays in the row, and the digest that goes into the log."""

    salt: str
    digest: str


def seal(*texts: str) -> Seal:
    """Seal some texts together, under a salt of their own."""
    salt = secrets.token_hex(16)
    return Seal(salt, digest(salt, *texts))


def digest(salt: str, *texts: str) -> str:
    """HMAC-SHA256 of the texts under the salt, in hex."""
    return hmac.new(salt.encode(), "\0".join(texts).encode(), hashlib.sha256).hexdigest()
