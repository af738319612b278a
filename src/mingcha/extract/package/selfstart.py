"""Ways in which an app starts without the user, wakes other apps or is woken by them: `self-start` facts.

What the manifest declares stands here; what code sets up is in `schedules`. A fact says that the way
exists, not that it is ever taken: newer systems no longer deliver some of these broadcasts, and power
management stops many starts (Android reference: "Implicit broadcast exceptions", JobService,
AbstractThreadedSyncAdapter).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mingcha.extract.package import schedules
from mingcha.extract.package.columns import Code
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.owners import Owners

Fact = dict[str, Any]
Reached = Callable[[str], bool | None]
MOST = 5_000  # facts of one cause; the largest real package has a few hundred

_I = "android.intent.action."
BROADCASTS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            _I + "BOOT_COMPLETED", _I + "LOCKED_BOOT_COMPLETED", _I + "QUICKBOOT_POWERON", _I + "REBOOT",
            "com.htc.intent.action.QUICKBOOT_POWERON",
        ), "boot"),
    **dict.fromkeys((_I + "USER_PRESENT", _I + "USER_UNLOCKED", _I + "SCREEN_ON", _I + "SCREEN_OFF"), "unlock"),
    **dict.fromkeys(
        (
            "android.net.conn.CONNECTIVITY_CHANGE", "android.net.wifi.WIFI_STATE_CHANGED",
            "android.net.wifi.STATE_CHANGE", "android.net.wifi.SCAN_RESULTS", _I + "AIRPLANE_MODE",
        ), "connectivity"),
    **dict.fromkeys(
        (
            _I + "ACTION_POWER_CONNECTED", _I + "ACTION_POWER_DISCONNECTED", _I + "BATTERY_LOW",
            _I + "BATTERY_OKAY", _I + "BATTERY_CHANGED",
        ), "power"),
    **dict.fromkeys(
        (
            _I + "PACKAGE_ADDED", _I + "PACKAGE_REMOVED", _I + "PACKAGE_REPLACED", _I + "PACKAGE_CHANGED",
            _I + "PACKAGE_FULLY_REMOVED", _I + "PACKAGE_DATA_CLEARED", _I + "PACKAGE_RESTARTED",
            _I + "MY_PACKAGE_REPLACED",
        ), "package"),
    **dict.fromkeys((_I + "TIME_SET", _I + "TIME_TICK", _I + "TIMEZONE_CHANGED", _I + "DATE_CHANGED"), "time"),
    **dict.fromkeys(
        (
            _I + "MEDIA_MOUNTED", _I + "MEDIA_UNMOUNTED", _I + "MEDIA_EJECT", _I + "MEDIA_REMOVED",
            _I + "MEDIA_SCANNER_FINISHED", _I + "HEADSET_PLUG", "android.hardware.action.NEW_PICTURE",
        ), "media"),
    **dict.fromkeys(
        (
            "android.provider.Telephony.SMS_RECEIVED", _I + "PHONE_STATE", _I + "NEW_OUTGOING_CALL",
            "android.bluetooth.adapter.action.STATE_CHANGED", "android.bluetooth.device.action.ACL_CONNECTED",
            "android.bluetooth.device.action.ACL_DISCONNECTED", _I + "LOCALE_CHANGED",
            "android.hardware.usb.action.USB_DEVICE_ATTACHED", "android.hardware.usb.action.USB_STATE",
            _I + "CLOSE_SYSTEM_DIALOGS", _I + "UMS_CONNECTED",
        ), "other-broadcast"),
}  # fmt: skip
"""System broadcast -> cause. Each comes without an act of the user in or to the app."""
_OWN_UPDATE = _I + "MY_PACKAGE_REPLACED"
# Events by which push channels of phone makers and Google hand over a message.
PUSH_EVENTS = frozenset(
    """
    com.google.firebase.MESSAGING_EVENT com.google.android.c2dm.intent.RECEIVE
    com.huawei.push.action.MESSAGING_EVENT com.huawei.android.push.intent.RECEIVE
    com.hihonor.push.action.MESSAGING_EVENT com.xiaomi.mipush.RECEIVE_MESSAGE com.xiaomi.mipush.MESSAGE_ARRIVED
    com.meizu.flyme.push.intent.MESSAGE com.meizu.flyme.push.intent.REGISTER.FEEDBACK
    com.vivo.pushclient.action.RECEIVE com.coloros.mcs.action.RECEIVE_MCS_MESSAGE
    com.heytap.mcs.action.RECEIVE_MCS_MESSAGE com.heytap.msp.push.RECEIVE_MCS_MESSAGE
    """.split()  # noqa: SIM905 - words read better in lines than one by one
)
_SYNC, _ACCOUNT = "android.content.SyncAdapter", "android.accounts.AccountAuthenticator"
_JOB = "android.permission.BIND_JOB_SERVICE"
_OPEN = ("service", "provider", "activity", "activity-alias")
_ALIVE = re.compile(
    r"keep_?alive|one_?pixel|(?<![a-z])1px|daemon_?(?:service|activity|receiver|process)|[.]daemon[.]|"
    r"(?:mutual|double)_?(?:guard|daemon)", re.IGNORECASE,
)  # fmt: skip


def read(
    components: Sequence[Mapping[str, Any]], package: Mapping[str, Any], codes: Iterable[Code], owners: Owners,
    exhibit: str, *, notes: Notes, push: Collection[str] = (), reached: Reached | None = None,
) -> list[Fact]:  # fmt: skip
    """All `self-start` facts of a package.

    `components`: its component facts, with owners; `package`: manifest fields (id); `codes`: all
    containers in Android's order; `push`: ids of push SDKs; `reached(method)`: whether a method lies on a
    start-up path, None where nobody knows.
    """
    found: dict[tuple[Any, ...], Fact] = {}
    count: dict[str, int] = {}
    reader = schedules.Reader(str(package.get("id") or ""), BROADCASTS, own_authorities(components))
    told = [*_manifest(components, frozenset(push))]
    for code in codes:
        told += [_code(fact, owners, reached) for fact in reader.read(code)]
    for fact in told:
        key = tuple(fact[name] for name in ("cause", "by", "component", "action", "target", "method"))
        if key in found:
            continue
        count[fact["cause"]] = count.get(fact["cause"], 0) + 1
        if count[fact["cause"]] <= MOST:
            found[key] = {"kind": "self-start", "exhibit": exhibit} | fact
    for cause, n in count.items():
        if n > MOST:
            notes.limitation("reader-limit", f"more than {MOST} ways of self-start by {cause}")
    if reader.cut:
        notes.limitation("reader-limit", "self-start: methods not looked at")
    return list(found.values())


def own_authorities(components: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Authorities of the package's own providers."""
    return frozenset(a for c in components for a in c.get("authorities") or ())


def _code(fact: Fact, owners: Owners, reached: Reached | None) -> Fact:
    method = fact["method"]
    return fact | {
        "owner": owners.defined(method.partition("->")[0]).fact(),
        "reached": reached(method) if reached else None,
    }


def _fact(component: Mapping[str, Any], cause: str, direction: str, action: str | None = None) -> Fact:
    return {
        "where": component.get("where", ""), "cause": cause, "direction": direction, "by": "manifest",
        "component": component["name"], "action": action, "target": None, "method": None, "interval": None,
        "reached": None, "owner": component["owner"],
    }  # fmt: skip


def _manifest(components: Sequence[Mapping[str, Any]], push: frozenset[str]) -> Iterator[Fact]:
    live = [c for c in components if c.get("enabled")]
    for c in live:
        actions = c.get("actions") or ()
        if c["type"] == "receiver":
            yield from (_fact(c, BROADCASTS[a], "self", a) for a in actions if a in BROADCASTS)
        if c["type"] == "service":
            if c.get("permission") == _JOB:
                yield _fact(c, "job", "self", _JOB)
            yield from (
                _fact(c, cause, "self", a)
                for a, cause in ((_SYNC, "sync"), (_ACCOUNT, "account"))
                if a in actions
            )
        yield from _push(c, push)
        if c["type"] in _OPEN and _open(c) and not c.get("launcher"):
            yield _fact(c, f"exported-{c['type'].removesuffix('-alias')}", "woken", next(iter(actions), None))
    yield from _alive(live)


def _push(c: Mapping[str, Any], push: frozenset[str]) -> Iterator[Fact]:
    """What a push message runs: by the channel's event, or because a push SDK brought it along."""
    if c["type"] not in ("service", "receiver"):
        return
    event = next((a for a in c.get("actions") or () if a in PUSH_EVENTS), None)
    owner = c.get("owner") or {}
    if event or (owner.get("kind") == "sdk" and owner.get("id") in push):
        yield _fact(c, "push", "woken" if c.get("exported") else "self", event)


def _open(c: Mapping[str, Any]) -> bool:
    """Other apps can start it: exported, and no permission that they could not simply ask for."""
    return bool(c.get("exported")) and (not c.get("permission") or c.get("permission_protection") == "normal")


def _alive(live: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    """Signs of keeping alive: names that say so, and several processes of one owner that a system
    broadcast starts, each able to restart the other."""
    processes: dict[str, set[str]] = {}
    woken: set[str] = set()
    for c in live:
        if c["type"] in ("service", "receiver"):
            owner = _owner(c)
            processes.setdefault(owner, set()).add(c.get("process") or "")
            if c["type"] == "receiver" and any(
                a in BROADCASTS and a != _OWN_UPDATE for a in c.get("actions") or ()
            ):
                woken.add(owner)
    for c in live:
        named = c["type"] in ("activity", "service", "receiver") and _ALIVE.search(c["name"])
        owner = _owner(c)
        pair = (
            c["type"] == "service"
            and c.get("process")
            and owner in woken
            and len(processes[owner] - {""}) > 1
        )
        if named or pair:
            yield _fact(c, "keep-alive", "self")


def _owner(c: Mapping[str, Any]) -> str:
    owner = c.get("owner") or {}
    return f"{owner.get('kind')}:{owner.get('id')}"
