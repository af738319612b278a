"""Which addresses a visit may reach: public unicast only, unless a network is allowed by name.

A page chooses where the browser goes next, so every address is checked after its name was resolved, and a name keeps
its first answer for the whole visit (a second answer that points inward is never asked for).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from threading import Lock

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str], Iterable[str]]

# IPv6 forms that carry an IPv4 address (RFC 4291 §2.5.5, RFC 6052, RFC 8215, RFC 3056, RFC 4380): a translator on the
# way would deliver them to that address, public or not.
_CARRIES_IPV4 = tuple(
    ipaddress.IPv6Network(n)
    for n in (
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
    )
)
# Services of hosting platforms that answer the machine itself and lie in (or next to) public or shared space.
_METADATA = frozenset(
    ipaddress.ip_address(a)
    for a in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)
MAX_NAMES = 2000  # names pinned in one visit; a page that makes up more is cut off


class AddressRefused(ValueError):
    """An address or name a visit may not reach. `reason` is one of metadata, translated, loopback, link-local,
    private, not-public, unresolved, too-many-names."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}")
        self.host, self.reason = host, reason


def why_refused(address: Address, allowed: Iterable[Network] = ()) -> str | None:
    """Reason for which `address` is out of bounds, or None. A network in `allowed` lifts every reason."""
    if any(address in network for network in allowed):
        return None
    if address in _METADATA:
        return "metadata"
    if address.is_loopback:
        return "loopback"
    if isinstance(address, ipaddress.IPv6Address) and (
        address.scope_id or any(address in network for network in _CARRIES_IPV4)
    ):
        return "link-local" if address.is_link_local else "translated"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return "not-public"
    if address.is_private:
        return "private"
    return None if address.is_global else "not-public"


def system_resolver(host: str) -> list[str]:
    """Addresses of `host` as the system resolves it; raises OSError where there are none."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class Pins:
    """Name → address for one visit: resolved once, checked whole, never asked again."""

    def __init__(self, allowed: Iterable[str] = (), resolver: Resolver = system_resolver) -> None:
        """`allowed`: networks such as 127.0.0.1/32 that may be reached all the same; ValueError for others."""
        self._allowed = tuple(ipaddress.ip_network(n) for n in allowed)
        self._resolver = resolver
        self._pinned: dict[str, Address | AddressRefused] = {}
        self._lock = Lock()

    def address(self, host: str) -> Address:
        """The one address of `host` in this visit. Raises AddressRefused, also where only one of several answers
        points inward: an honest public site has no such answer."""
        name = host.strip("[]").rstrip(".").lower()
        with self._lock:
            known = self._pinned.get(name)
            full = len(self._pinned) >= MAX_NAMES
        if known is None:
            if full:
                raise AddressRefused(name, "too-many-names")
            found = self._resolve(name)
            with self._lock:  # the first answer stays, whichever thread brought it
                known = self._pinned.setdefault(name, found)
        if isinstance(known, AddressRefused):
            raise AddressRefused(known.host, known.reason)
        return known

    def _resolve(self, name: str) -> Address | AddressRefused:
        try:
            answers = [ipaddress.ip_address(a) for a in self._resolver(name)]
        except (
            OSError,
            ValueError,
        ):  # ValueError: labels that IDNA cannot encode, answers that are no address
            return AddressRefused(name, "unresolved")
        if not answers:
            return AddressRefused(name, "unresolved")
        for answer in answers:
            if reason := why_refused(answer, self._allowed):
                return AddressRefused(name, reason)
        return answers[0]
