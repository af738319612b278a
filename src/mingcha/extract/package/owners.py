"""Whose code is it: every class goes to the SDK with the longest matching package prefix.

Classes under the application's own package are the app's, also where the list has a prefix above it:
an app of an SDK's maker is not its own third party. Framework classes are the system's; what nobody
claims stays `unknown`, because a wrong attribution in a notice is worse than an open one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

FRAMEWORK = (
    "android",
    "java",
    "javax",
    "dalvik",
    "sun",
    "libcore",
    "org.json",
    "org.xmlpull",
    "org.w3c",
    "org.xml",
)
_FRAMEWORK_TREES = tuple(f"{tree}." for tree in FRAMEWORK)
_TOO_WIDE = {"com", "cn", "net", "org", "io", "me", "top", "app", "dev", "example", "android"}
_REGISTRIES = {"com", "co", "net", "org", "gov", "edu", "ac", "or", "ne", "go"}  # under a country: jp.co, cn.com


class Owner(NamedTuple):
    """Same fields as `model.Owner`, cheap enough to make by the thousand. `by`: how it is told, where not by the name
    of the class."""

    kind: str
    id: str
    name: str
    by: str = ""

    def fact(self) -> dict[str, str]:
        """The form in facts."""
        told = {"kind": self.kind, "id": self.id, "name": self.name}
        return told | {"by": self.by} if self.by else told


UNKNOWN = Owner("unknown", "", "")
SYSTEM = Owner("system", "android", "Android")


class Owners:
    """Attribution for one package. Names may be dotted, slashed or descriptors."""

    def __init__(
        self, prefixes: Mapping[str, Owner], app_id: str | None = None, app_name: str | None = None
    ) -> None:
        self._prefix = dict(prefixes)
        self.app = Owner("app", app_id or "", app_name or app_id or "")
        self._known: dict[str, Owner] = {}
        self._told: dict[str, Owner] = {}
        self.itself = ""
        """The SDK entry that is about this very app, which is then no third party in it."""
        own = _own_prefix(app_id)
        if own and own not in self._prefix:
            self._prefix[own] = self.app
        if app_id:
            self._own(app_id)
        # Packages in which an entry may name one class.
        self._homes = {f"L{p.rpartition('.')[0].replace('.', '/')}" for p in self._prefix if "." in p} | {""}

    def _own(self, app_id: str) -> None:
        """The app's own code, where an SDK's prefix may stand above its id. An app that is called like the
        prefix is what the entry describes. One that is called by a longer name, such as an SDK's demo, has
        the tree of that name, and the SDK in it stays the SDK."""
        bare = app_id.removesuffix(".test")  # what the build tools add for the package of the tests
        app_id = bare if bare.count(".") >= 2 else app_id
        above = app_id
        while above and above not in self._prefix:
            above = above.rpartition(".")[0]
        owner = self._prefix.get(above)
        if owner is None or owner.kind != "sdk":
            self._prefix[app_id] = self.app
        elif above == app_id:
            self.itself = owner.id
            self._prefix |= {p: self.app for p, o in self._prefix.items() if o.id == owner.id}
        else:
            self._prefix[f"{above}.{app_id[len(above) + 1 :].partition('.')[0]}"] = self.app

    def of(self, name: str) -> Owner:
        """Owner of a class or package: `Lcom/a/B;`, `com/a/B` or `com.a.B`."""
        if name[-1:] == ";":
            name = name.lstrip("[")[1:-1]
        package, _, simple = name.replace("/", ".").rpartition(".")
        got = self._known.get(package)
        if got is None:
            got = self._known[package] = self._longest(package)
        exact = self._prefix.get(f"{package}.{simple.partition('$')[0]}")
        if exact is None and got is UNKNOWN and self._told:
            return self._told.get(name.replace("/", "."), got)
        return exact or got

    def tell(self, sdk: str, classes: Iterable[str]) -> None:
        """Classes (descriptors) that are one SDK's by their code. Counts for those alone that nobody has by name."""
        owner = next((o for o in self._prefix.values() if o.kind == "sdk" and o.id == sdk), None)
        if owner is not None:
            found = owner._replace(by="fingerprint")
            self._told |= {c[1:-1].replace("/", "."): found for c in classes}

    def defined(self, name: str) -> Owner:
        """Owner of a class that the package itself defines: never the system, whatever its name says.
        Naming one's own code `android.x` would hide it otherwise."""
        owner = self.of(name)
        return UNKNOWN if owner is SYSTEM else owner

    def _longest(self, package: str) -> Owner:
        part = package
        while part:
            hit = self._prefix.get(part)
            if hit:
                return hit
            part = part.rpartition(".")[0]
        first = package.partition(".")[0]
        if first in FRAMEWORK or f"{package}.".startswith(_FRAMEWORK_TREES):
            return SYSTEM
        return UNKNOWN

    def count(self, names: Iterable[str]) -> Counter[str]:
        """Classes (descriptors) by the SDK that owns them. Looked up once per package, except where an
        entry names a single class."""
        names = list(names)
        heads = [name.rpartition("/")[0] for name in names]
        packages, out = Counter(heads), Counter[str]()
        odd = {p for p in packages if p in self._homes or p[0] != "L" or "." in p}
        if any("." in name for name in names):
            odd = set(packages)
        if odd:
            for name, head in zip(names, heads, strict=True):
                if head in odd and (owner := self.of(name)).kind == "sdk":
                    out[owner.id] += 1
        for package in odd:
            del packages[package]
        for package, n in packages.items():
            owner = self.of(f"{package}/;")
            if owner.kind == "sdk":
                out[owner.id] += n
        return out


def _own_prefix(app_id: str | None) -> str | None:
    """The package tree taken as the app's own: the first two labels of its id, three where
    the first two are a public registry (com.github.user, jp.co.maker) or the id is longer and generic."""
    labels = (app_id or "").split(".")
    country = len(labels[0]) == 2 and labels[1:2] and labels[1] in _REGISTRIES
    if len(labels) < 2 or (labels[1] in _TOO_WIDE and not country):
        return app_id or None
    wide = country or labels[:2] in (
        ["com", "github"],
        ["io", "github"],
        ["com", "gitee"],
        ["com", "google"],
        ["com", "tencent"],
    )
    return ".".join(labels[: 3 if wide else 2])


def from_catalogue(sdks: Iterable[Any]) -> dict[str, Owner]:
    """prefix -> owner of all SDK entries of the catalogue."""
    return {p: Owner("sdk", s.id, s.name.zh) for s in sdks for p in s.prefixes}
