"""Network security configuration (platform guide "Network security configuration").

Platform defaults, by target SDK: cleartext is permitted up to 27; certificate authorities added
by the user are trusted up to 23. Where a configuration exists, `android:usesCleartextTraffic`
is not consulted (Android 7 and later).
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.notes import clip
from mingcha.extract.package.xmltree import Element, Value


class Cleartext(NamedTuple):
    """Whether the app as a whole may send cleartext, and what decides it."""

    allowed: bool
    by: str


def decide(
    target_sdk: int | None, manifest_flag: bool | None, base: bool | None, configured: bool
) -> Cleartext:
    """App-wide cleartext decision. `base` is the base-config's attribute, `configured` whether a
    network security configuration is set; `target_sdk` None counts as 1, as on the platform."""
    if configured and base is not None:
        return Cleartext(base, "network-config")
    if not configured and manifest_flag is not None:
        return Cleartext(manifest_flag, "manifest")
    return Cleartext((target_sdk or 1) <= 27, "platform-default")


def _flag(value: Value) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if isinstance(value, int) else None


def _user_trusted(element: Element) -> bool | None:
    """Whether the element's trust anchors hold the user store; None where it has none of its own."""
    anchors = element.first("trust-anchors")
    if anchors is None:
        return None
    return any(c.attrs.get("src") == "user" for c in anchors.all("certificates"))


def _pins(element: Element) -> tuple[int, str | None]:
    """(pins, date after which the platform ignores them); the date is None where none is stated."""
    pin_set = element.first("pin-set")
    if pin_set is None:
        return 0, None
    count = sum(1 for _ in pin_set.all("pin"))
    expires = pin_set.attrs.get("expiration")
    try:
        return count, date.fromisoformat(expires.strip()).isoformat() if isinstance(expires, str) else None
    except ValueError:
        return count, None


def read(
    root: Element | None, exhibit: str, where: str, target_sdk: int | None, *, limits: Limits = DEFAULT,
) -> tuple[list[dict[str, Any]], bool | None]:  # fmt: skip
    """`network-config` facts of a configuration, and the base-config's cleartext attribute.

    `where` is the document's path in the package. A domain written `*.example.com` includes its
    sub-domains. `cleartext` is None where the block leaves it to what it inherits; nested domain
    blocks inherit from the enclosing one.
    """
    facts: list[dict[str, Any]] = []
    if root is None or root.tag != "network-security-config":
        return facts, None

    def add(block: str, element: Element, path: str, **fields: Any) -> None:
        pins, until = _pins(element)
        facts.append({
            "kind": "network-config", "exhibit": exhibit, "where": f"{where}:{path}", "block": block,
            "domains": fields["domains"], "cleartext": fields["clear"], "user_certificates": fields["user"],
            "pins": pins, "pins_until": until,
        })  # fmt: skip

    base_clear: bool | None = None
    base_user = (target_sdk or 1) <= 23
    base = root.first("base-config")
    if base is not None:
        base_clear = _flag(base.attrs.get("cleartextTrafficPermitted"))
        own = _user_trusted(base)
        base_user = base_user if own is None else own
        add(
            "base", base, "/network-security-config/base-config", domains=[], clear=base_clear, user=base_user
        )
    debug = root.first("debug-overrides")
    if debug is not None:
        user = bool(_user_trusted(debug))
        add("debug", debug, "/network-security-config/debug-overrides", domains=[], clear=None, user=user)
    todo = [(e, base_clear, base_user, "/network-security-config") for e in root.all("domain-config")][::-1]
    while todo and len(facts) < limits.facts_per_kind:
        element, clear, user, path = todo.pop()
        own_clear, own_user = _flag(element.attrs.get("cleartextTrafficPermitted")), _user_trusted(element)
        clear = clear if own_clear is None else own_clear
        user = user if own_user is None else own_user
        path += "/domain-config"
        domains = [
            ("*." if _flag(d.attrs.get("includeSubdomains")) else "") + clip(d.text.strip(), limits)
            for d in element.all("domain")
        ]
        name = domains[0] if domains else ""
        add("domain", element, f"{path}[{name}]", domains=domains, clear=clear, user=user)
        todo.extend((e, clear, user, path) for e in [*element.all("domain-config")][::-1])
    return facts, base_clear
