"""Where a package's code begins to run before the user does anything (Android platform, process
start and component lifecycles).

Order of the system: component factory, Application.attachBaseContext, content providers in the
manifest's order, Application.onCreate, then the launcher activity. Receivers and services that
the system starts without a tap come last: they run at another time, and a path from the start of
the app itself says more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mingcha.extract.package.apis import descriptor
from mingcha.extract.package.graph.world import World

Fact = Mapping[str, Any]
Methods = tuple[tuple[bytes, str], ...]

LIFECYCLES: Mapping[str, Methods] = {
    "factory": (
        (b"instantiateApplication", "("), (b"instantiateClassLoader", "("), (b"instantiateActivity", "("),
        (b"instantiateProvider", "("), (b"instantiateService", "("), (b"instantiateReceiver", "("), (b"<init>", "()"),
    ),
    "attach": ((b"<init>", "()"), (b"attachBaseContext", "(Landroid/content/Context;)")),
    "application": ((b"onCreate", "()"), (b"onTrimMemory", "(I)"), (b"onConfigurationChanged", "(")),
    "provider": (
        (b"<init>", "()"), (b"attachInfo", "(Landroid/content/Context;Landroid/content/pm/ProviderInfo;)"),
        (b"onCreate", "()"),
    ),
    "initializer": ((b"<init>", "()"), (b"dependencies", "()"), (b"create", "(Landroid/content/Context;)")),
    "activity": (
        (b"<init>", "()"), (b"attachBaseContext", "(Landroid/content/Context;)"),
        (b"onCreate", "(Landroid/os/Bundle;)"), (b"onCreate", "(Landroid/os/Bundle;Landroid/os/PersistableBundle;)"),
        (b"onStart", "()"), (b"onPostCreate", "("), (b"onResume", "()"), (b"onPostResume", "()"),
        (b"onAttachedToWindow", "()"), (b"onWindowFocusChanged", "(Z)"), (b"onContentChanged", "()"),
    ),
    "service": (
        (b"<init>", "()"), (b"attachBaseContext", "(Landroid/content/Context;)"), (b"onCreate", "()"),
        (b"onStartCommand", "("), (b"onStart", "(Landroid/content/Intent;I)"), (b"onBind", "("),
        (b"onHandleIntent", "("), (b"onHandleWork", "("),
    ),
    "job": (
        (b"<init>", "()"), (b"onCreate", "()"), (b"onStartJob", "(Landroid/app/job/JobParameters;)"),
    ),
    "receiver": ((b"<init>", "()"), (b"onReceive", "(Landroid/content/Context;Landroid/content/Intent;)")),
}  # fmt: skip
STARTUP_PROVIDER = "androidx.startup.InitializationProvider"
_JOB = "android.permission.BIND_JOB_SERVICE"
# Broadcasts that reach a manifest receiver without the user doing anything in or to the app.
SYSTEM_BROADCASTS = (
    "android.intent.action.BOOT_COMPLETED", "android.intent.action.LOCKED_BOOT_COMPLETED",
    "android.intent.action.QUICKBOOT_POWERON", "com.htc.intent.action.QUICKBOOT_POWERON",
    "android.intent.action.USER_PRESENT", "android.intent.action.MY_PACKAGE_REPLACED",
    "android.intent.action.PACKAGE_ADDED", "android.intent.action.PACKAGE_REMOVED",
    "android.intent.action.PACKAGE_REPLACED", "android.net.conn.CONNECTIVITY_CHANGE",
    "android.net.wifi.WIFI_STATE_CHANGED", "android.net.wifi.STATE_CHANGE",
    "android.intent.action.ACTION_POWER_CONNECTED", "android.intent.action.ACTION_POWER_DISCONNECTED",
    "android.intent.action.BATTERY_LOW", "android.intent.action.BATTERY_OKAY", "android.intent.action.TIME_SET",
    "android.intent.action.TIMEZONE_CHANGED", "android.intent.action.DATE_CHANGED",
    "android.intent.action.MEDIA_MOUNTED", "android.intent.action.MEDIA_UNMOUNTED",
    "android.bluetooth.adapter.action.STATE_CHANGED", "android.provider.Telephony.SMS_RECEIVED",
    "android.intent.action.PHONE_STATE", "android.intent.action.NEW_OUTGOING_CALL",
    "android.hardware.usb.action.USB_DEVICE_ATTACHED",
)  # fmt: skip
_SYNC = ("android.content.SyncAdapter", "android.accounts.AccountAuthenticator")


class Entry(NamedTuple):
    """A class that the system runs: which lifecycle, what it is called in facts, process, phase (0 start
    of the app, 1 later without a tap)."""

    cls: str  # descriptor
    lifecycle: str
    kind: str
    process: str | None
    phase: int


def read(package: Fact, components: Sequence[Fact], targets: Mapping[str, str]) -> list[Entry]:
    """Entries of an application package, in the system's order. `targets`: component name -> class, for
    aliases."""
    out: list[Entry] = []
    if package.get("component_factory"):
        out.append(Entry(descriptor(str(package["component_factory"])), "factory", "factory", None, 0))
    application = package.get("application_class")
    if application:
        out.append(Entry(descriptor(str(application)), "attach", "attach", None, 0))
    live = [c for c in components if c["enabled"]]
    for c in live:
        if c["type"] == "provider":
            out.append(Entry(descriptor(c["name"]), "provider", "provider", c["process"], 0))
            if c["name"] == STARTUP_PROVIDER:
                out += [Entry(descriptor(m), "initializer", "initializer", c["process"], 0) for m in c["meta"]]
    if application:
        out.append(Entry(descriptor(str(application)), "application", "application", None, 0))
    for c in live:
        if c["type"] in ("activity", "activity-alias") and c["launcher"]:
            target = targets.get(c["name"], c["name"])
            out.append(Entry(descriptor(target), "activity", "activity", c["process"], 0))
    for c in live:
        if c["type"] == "receiver" and any(a in SYSTEM_BROADCASTS for a in c["actions"]):
            out.append(Entry(descriptor(c["name"]), "receiver", "receiver", c["process"], 1))
        elif c["type"] == "service" and any(a in _SYNC for a in c["actions"]):
            out.append(Entry(descriptor(c["name"]), "service", "sync", c["process"], 1))
    return out


# How SDKs name what a host calls to start them.
_OPENING = re.compile(rb"^(pre)?(init|initialize|initSdk|initSDK|install|setup|start|register|attach|create|launch|config)", re.I)


def library(world: World) -> list[int]:
    """Where an SDK's code begins: public methods of public classes that a host calls to start it. When it
    does is the host's choice."""
    out = []
    for cls, (n, row) in world.class_at.items():
        name = world.types[cls].rpartition("/")[2].rstrip(";")
        if int(world.codes[n].class_flags[row]) & 1 and len(name) > 2:
            out += [
                d for d in world.rows(cls)
                if world.def_class[d] >= 0 and world.def_flags[d] & 1 and _OPENING.match(world.name_of(int(world.def_sig[d])))
            ]  # fmt: skip
    return out


def startable(components: Sequence[Fact], targets: Mapping[str, str]) -> dict[str, str]:
    """Class descriptor -> kind of the enabled components that reached code may start by an intent."""
    kinds = {"activity": "activity", "activity-alias": "activity", "service": "service", "receiver": "receiver"}
    out: dict[str, str] = {}
    for c in components:
        kind = kinds.get(c["type"])
        if kind and c["enabled"]:
            job = kind == "service" and c["permission"] == _JOB
            out[descriptor(targets.get(c["name"], c["name"]))] = "job" if job else kind
    return out
