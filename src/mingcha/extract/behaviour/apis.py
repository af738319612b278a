"""The name that a log gives to an interface → the catalogue's entry and the data item it yields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# What hooks see is the class that implements, what the catalogue lists is the one that is documented.
IMPLEMENTS = {
    "android.app.ApplicationPackageManager": "android.content.pm.PackageManager",
    "android.app.ContextImpl$ApplicationContentResolver": "android.content.ContentResolver",
    "android.provider.Settings$NameValueCache": "android.provider.Settings$Secure",
    "android.hardware.SystemSensorManager": "android.hardware.SensorManager",
}
RENAMED = {"getStringForUser": "getString", "getPackageInfoAsUser": "getPackageInfo", "$init": "<init>"}


class Named(NamedTuple):
    """An interface of the catalogue (`class.method` or `class#field`) and its item or capability."""

    api: str
    item: str


class Apis:
    """Looks up names; built once per log from the catalogue's lists."""

    def __init__(self, apis: Iterable[Any], known: Iterable[str], parents: Mapping[str, str] | None = None) -> None:
        """`known`: ids of all items and capabilities; `parents`: framework class → superclass."""
        self._members: dict[tuple[str, str], list[Any]] = {}
        self._parents = dict(parents or {})
        self.known = frozenset(known)
        self.of_item: dict[str, set[str]] = {}
        for group in apis:
            for member in group.members:
                name = member.field or member.name
                self._members.setdefault((group.cls, name), []).append(member)
                sign = "#" if member.field else "."
                self.of_item.setdefault(member.item or member.capability, set()).add(f"{group.cls}{sign}{name}")

    def of(self, api: str, item: str | None = None, key: str | None = None) -> Named | None:
        """The entry of `api`. `item` is what the recorder takes it for, `key` the constant argument. None
        where the catalogue does not know the interface and `item` is none of its ids, or where only the
        constant could tell and there is none."""
        spelt, members = self._find(api)
        said = item if item in self.known else None
        if not members:
            return Named(spelt, said) if said else None
        api = spelt
        if key is not None:
            for member in members:
                if any(_fits(constant, key) for constant in member.constant):
                    return Named(api, _item(member))
        free = [m for m in members if not m.constant]
        if said and (not free or any(_item(m) == said for m in members)):
            return Named(api, said)
        return Named(api, _item(free[0])) if free else None

    def all_of(self, api: str) -> list[Named]:
        """All that hooking `api` lets see: an interface may yield several items, by its arguments."""
        spelt, members = self._find(api)
        return [Named(spelt, _item(m)) for m in members]

    def _find(self, api: str) -> tuple[str, list[Any]]:
        """The catalogue's spelling and its entries, from the class that a hook names up to the one listed."""
        cls, name, sign = split(api)
        home: str | None = cls
        for _ in range(8):  # deeper than any framework hierarchy
            if home is None:
                break
            for spelt in (name, RENAMED.get(name, name)):
                if members := self._members.get((home, spelt)):
                    return f"{home}{'#' if members[0].field else '.'}{spelt}", members
            home = IMPLEMENTS.get(home) or self._parents.get(home)
        return f"{cls}{sign}{name}" if cls else api, []


def _item(member: Any) -> str:
    return str(member.item or member.capability)


def _fits(constant: str, key: str) -> bool:
    """As the package reader has it: `x*` and content URIs are beginnings, all else is the whole text."""
    if constant.endswith("*"):
        return key.startswith(constant[:-1])
    return key == constant or ("://" in constant and key.startswith(constant))


def split(api: str) -> tuple[str, str, str]:
    """(class with dots, member, '.' or '#') of any spelling: `a.B.c`, `a.B.c(int)`, `a.B#f`, `La/B;->c(I)V`."""
    text = api.strip().partition("(")[0]
    if ";->" in text:
        cls, _, name = text.partition(";->")
        return cls.removeprefix("L").replace("/", "."), name.partition(":")[0], "#" if ":" in name else "."
    if "#" in text:
        cls, _, name = text.partition("#")
        return cls, name, "#"
    cls, _, name = text.rpartition(".")
    return cls, name, "."


def build(catalogue: Any) -> Apis:
    """From a loaded catalogue."""
    parents = {n: c.parent for n, c in catalogue.framework.items() if c.parent}
    return Apis(catalogue.apis.values(), [*catalogue.items, *catalogue.capabilities], parents)
