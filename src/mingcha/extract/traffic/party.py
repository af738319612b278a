"""Whose a host is: registrable domain (public suffix list) and the catalogue's domains of SDKs.

Says third or unknown only. First party needs the domains of the developer, which no recording holds: `extract.join`
knows them from elsewhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple


class Party(NamedTuple):
    """party: third or unknown; vendor: Chinese name; sdk: id in the catalogue; domain: registrable domain, None
    for addresses and names without one."""

    party: str
    vendor: str | None
    sdk: str | None
    domain: str | None


@lru_cache(maxsize=1)
def suffixes() -> Any:
    """The public suffix list, kept for a resident process; None where the extra `evidence` is not installed."""
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        return None
    return PublicSuffixList()


class Parties:
    """Owners of hosts by the longest domain of the catalogue, and of code by the longest prefix."""

    def __init__(self, sdks: Mapping[str, Any]) -> None:
        self._sdks = sdks
        self._domains: dict[str, str] = {}
        for sdk in sdks.values():
            for domain in sdk.domains:
                self._domains.setdefault(domain.lower().lstrip("*."), sdk.id)
        self._prefixes: dict[str, str] = {p: s.id for s in sdks.values() for p in s.prefixes}
        self._suffixes = suffixes()
        self.of = lru_cache(maxsize=10_000)(self._of)

    @property
    def complete(self) -> bool:
        """Whether registrable domains can be told."""
        return self._suffixes is not None

    def _of(self, host: str) -> Party:
        host = host.lower().rstrip(".")
        domain = None if not host or is_address(host) else self._registrable(host)
        labels = host.split(".")
        for n in range(len(labels) - 1):
            if sdk := self._domains.get(".".join(labels[n:])):
                return Party("third", self._sdks[sdk].vendor.zh, sdk, domain)
        return Party("unknown", None, None, domain)

    def _registrable(self, host: str) -> str | None:
        if self._suffixes is None:
            return None
        found = self._suffixes.privatesuffix(host)
        return str(found) if found else None

    def by_stack(self, stack: list[str]) -> str | None:
        """SDK whose code stands nearest to the call in a Java stack; None for the app's own or unknown code."""
        for frame in stack[:200]:
            parts = frame.strip().removeprefix("at ").split("(")[0].replace("/", ".").split(".")
            for n in range(len(parts), 1, -1):
                if sdk := self._prefixes.get(".".join(parts[:n])):
                    return sdk
        return None


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
