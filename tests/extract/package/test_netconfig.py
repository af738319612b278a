"""Network security configuration: blocks, inheritance, pins and the app-wide decision."""

from __future__ import annotations

from typing import Any

import pytest

from mingcha.extract.package import axml, netconfig
from mingcha.extract.package.notes import Notes
from tests.extract.package import build

USER = ("trust-anchors", {}, ("certificates", {"src": "system"}), ("certificates", {"src": "user"}))
SYSTEM = ("trust-anchors", {}, ("certificates", {"src": "system"}))


def read(*blocks: build.Node, target: int | None = 30) -> tuple[list[dict[str, Any]], bool | None]:
    tree = axml.parse(build.axml(("network-security-config", {}, *blocks)), Notes())
    return netconfig.read(tree, "sha", "res/xml/n.xml", target)


@pytest.mark.parametrize(
    ("target", "flag", "base", "configured", "allowed", "by"),
    [
        (27, None, None, False, True, "platform-default"),
        (28, None, None, False, False, "platform-default"),
        (None, None, None, False, True, "platform-default"),
        (28, True, None, False, True, "manifest"),
        (20, False, None, False, False, "manifest"),
        (28, True, None, True, False, "platform-default"),
        (28, False, True, True, True, "network-config"),
        (20, True, False, True, False, "network-config"),
    ],
)
def test_app_wide_decision(
    target: int | None, flag: bool | None, base: bool | None, configured: bool, allowed: bool, by: str
) -> None:
    assert netconfig.decide(target, flag, base, configured) == (allowed, by)


def test_base_and_debug() -> None:
    facts, base = read(
        ("base-config", {"cleartextTrafficPermitted": True}, USER), ("debug-overrides", {}, SYSTEM)
    )
    assert base is True
    assert [(f["block"], f["cleartext"], f["user_certificates"]) for f in facts] == [
        ("base", True, True), ("debug", None, False),
    ]  # fmt: skip
    assert facts[0]["where"] == "res/xml/n.xml:/network-security-config/base-config"


def test_user_certificates_by_default_up_to_23() -> None:
    assert read(("base-config", {}), target=23)[0][0]["user_certificates"] is True
    assert read(("base-config", {}), target=24)[0][0]["user_certificates"] is False


def test_domains_inherit() -> None:
    facts, _ = read(
        ("base-config", {}, USER),
        ("domain-config", {"cleartextTrafficPermitted": True}, ("domain", {"includeSubdomains": True}, "a.example"),
         ("domain", {}, "b.example"), ("domain-config", {}, ("domain", {}, "c.a.example"), SYSTEM)),
    )  # fmt: skip
    outer, inner = facts[1:]
    assert outer["domains"] == ["*.a.example", "b.example"] and outer["user_certificates"] is True
    assert (
        inner["domains"] == ["c.a.example"]
        and inner["cleartext"] is True
        and inner["user_certificates"] is False
    )


def test_pins() -> None:
    pins = ("pin-set", {"expiration": "2025-01-01"}, ("pin", {}, "x"), ("pin", {}, "y"))
    block = ("domain-config", {}, ("domain", {}, "a"), pins)
    assert [(f["pins"], f["pins_until"]) for f in read(block)[0]] == [(2, "2025-01-01")]
    bad = ("domain-config", {}, ("pin-set", {"expiration": "soon"}, ("pin", {}, "x")))
    assert read(bad)[0][0]["pins_until"] is None


def test_foreign_document() -> None:
    assert netconfig.read(None, "sha", "x", 30) == ([], None)
    assert netconfig.read(axml.parse(build.axml(("other", {})), Notes()), "sha", "x", 30) == ([], None)
