"""What a visit does and how much of it: options that the caller gives and the child receives as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

SCHEMA = "mingcha.visit/1"

# Viewport in CSS px, scale factor, touch, user agent suffix. Phone and tablet are common sizes of Android devices.
PROFILES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1366, "height": 768}, "device_scale_factor": 1},
    "phone": {"viewport": {"width": 393, "height": 852}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True},
    "tablet": {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1.5, "is_mobile": True, "has_touch": True},
}  # fmt: skip


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """`wall` and `page_seconds` in seconds, `memory_mb` of the browser and all its processes together, `allow`: networks
    that may be reached although they are not public."""

    url: str
    profiles: tuple[str, ...] = ("desktop", "phone")
    most: int = 10
    """Pages of one profile."""
    wall: float = 420.0
    page_seconds: float = 20.0
    memory_mb: int = 3000
    max_mb: int = 200
    """MB received from the network in the whole visit."""
    max_nodes: int = 60_000
    """Nodes of one page that are recorded."""
    tab_steps: int = 120
    allow: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    """Exactly these pages instead of a plan."""
    probes: tuple[str, ...] = ("keyboard", "changes", "keys", "captcha", "floating", "zoom", "elder")
    """What is tried out."""
    axe: bool = True
    every_rule: bool = False
    """Whether axe runs its experimental and deprecated rules too."""
    second: str = ""
    """File of a second engine's script; empty for none."""
    lang: str = "zh-CN"
    chromium: str = ""
    proxy: str = ""
