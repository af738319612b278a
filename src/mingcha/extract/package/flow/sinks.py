"""What each method reference of a program means to a value that is followed: built from the catalogue once
per process (`Sinks`), looked up per reference (`Methods`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mingcha.extract.package.apis import descriptor
from mingcha.extract.package.columns import Code
from mingcha.extract.package.flow.passes import MEMBERS, PASSES
from mingcha.extract.package.graph.world import World
from mingcha.extract.package.owners import FRAMEWORK

# Roots of the ontology that are about people; device state (model, screen, memory, ...) is not.
_ROOTS = frozenset(
    {"basic-info", "biometric", "communication", "contacts-info", "device-id", "health", "identity-info", "location",
     "wifi-info"}
)  # fmt: skip
# Under device, network and usage information these leaves tell of a person all the same.
_LEAVES = frozenset(
    {"bluetooth-devices", "calendar", "cell-info", "clipboard", "device-accounts", "installed-apps", "ip-address",
     "running-apps", "sim-info"}
)  # fmt: skip
_TREES = tuple(f"L{tree.replace('.', '/')}/" for tree in FRAMEWORK)


def personal(items: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the items that are personal information by themselves."""
    out = set()
    for item in items.values():
        chain, node = {item.id}, item
        while node.parent in items and node.parent not in chain:
            chain.add(node.parent)
            node = items[node.parent]
        if item.sensitive or chain & _ROOTS or item.id in _LEAVES:
            out.add(item.id)
    return frozenset(out)


@dataclass(frozen=True, slots=True)
class Sinks:
    """The catalogue for following values."""

    takes: Mapping[str, Mapping[str, tuple[tuple[str | None, str], ...]]]
    """Member name -> class -> (args, kind)."""
    opens: Mapping[str, Mapping[str, str]]
    """Member name -> class -> kind of the streams that it gives."""
    items: frozenset[str]
    vendors: Mapping[str, str]
    """Vendor of each SDK that handles personal information; others are libraries like one's own code."""
    ads: frozenset[str]
    """SDKs that serve advertisements."""
    listed: frozenset[tuple[str, str]]
    """(class, member) that are sources themselves."""

    @classmethod
    def build(cls, catalogue: Any) -> Sinks:
        """From a loaded catalogue."""
        takes: dict[str, dict[str, tuple[tuple[str | None, str], ...]]] = {}
        opens: dict[str, dict[str, str]] = {}
        for sink in catalogue.sinks.values():
            name = descriptor(sink.cls)
            for m in sink.methods:
                if m.role == "opens":
                    opens.setdefault(m.name, {})[name] = m.kind
                else:
                    of = takes.setdefault(m.name, {})
                    of[name] = (*of.get(name, ()), (m.args, m.kind))
        return cls(
            takes, opens, personal(catalogue.items),
            {s.id: s.vendor.zh for s in catalogue.sdks.values() if s.personal is True},
            frozenset(s.id for s in catalogue.sdks.values() if s.purpose == "ads"),
            frozenset((descriptor(a.cls), m.name or m.field) for a in catalogue.apis.values() for m in a.members
                      if m.item and not m.constant and f"{a.cls.rpartition('.')[2]}.{m.name}" not in MEMBERS),
        )  # fmt: skip


class Method(NamedTuple):
    """One reference, as far as values are concerned."""

    cls: str
    name: str
    sink: str
    """Kind of sink, empty for none."""
    opens: str
    effect: str
    """Letters of `passes`, empty for none."""
    listed: bool
    system: bool
    """The platform's own, and not defined in the package."""
    result: str
    """Return type."""


@dataclass(slots=True)
class Methods:
    """Looks references up, each one once."""

    world: World
    sinks: Sinks
    passes: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: PASSES)
    _known: dict[tuple[int, int], Method] = field(default_factory=dict)

    def of(self, n: int, code: Code, ref: int) -> Method:
        """Of a method reference of container `n`."""
        found = self._known.get((n, ref))
        if found is None:
            found = self._known[n, ref] = self._method(n, code, ref)
        return found

    def _method(self, n: int, code: Code, ref: int) -> Method:
        t = int(code.method_class[ref])
        cls, name = code.type(t), code.label(int(code.method_name[ref]))
        proto = code.proto(int(code.method_proto[ref]))
        above = self._above(n, t, name)
        sink = next(
            (kind for c in above for args, kind in self.sinks.takes.get(name, {}).get(c, ())
             if args is None or proto.startswith(f"({args.removeprefix('(')}")), ""
        )  # fmt: skip
        opens = next((kind for c in above if (kind := self.sinks.opens.get(name, {}).get(c))), "")
        effect = next((e for c in above if (e := self.passes.get(c, {}).get(name))), "")
        # Whether a class of the package overrides the library's method is not asked: it would pass values on too.
        return Method(
            cls, name, sink, opens, effect, (cls, name) in self.sinks.listed,
            cls.startswith(_TREES) and int(self.world.maps[n][t]) not in self.world.class_at, proto.rpartition(")")[2],
        )  # fmt: skip

    def _above(self, n: int, t: int, name: str) -> list[str]:
        """The class first, then everything above it; constructors are nobody else's, but those of readers
        and containers stand for all of their kind."""
        w, own = self.world, int(self.world.maps[n][t])
        rest = sorted(w.types[a] for a in w.above(own) if a != own)
        if name == "<init>" and own in w.class_at:
            rest = []
        return [w.types[own], *rest, "Ljava/lang/Object;"]

    def holds(self, code: Code, ref: int) -> str:
        """Kind of the streams that a field of the platform holds, empty for none."""
        names = self.sinks.opens.get(code.label(int(code.field_name[ref])), {})
        return names.get(code.type(int(code.field_class[ref])), "")

    def lists(self, code: Code, ref: int) -> bool:
        """Whether a field is a source itself."""
        return (code.type(int(code.field_class[ref])), code.label(int(code.field_name[ref]))) in self.sinks.listed
