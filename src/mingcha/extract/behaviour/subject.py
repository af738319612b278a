"""Which app a log is about, and which of its records are that app's."""

from __future__ import annotations

from dataclasses import dataclass

from mingcha.extract.behaviour.collect import Collector
from mingcha.extract.behaviour.record import Record
from mingcha.extract.package.notes import Notes


@dataclass(slots=True)
class Subject:
    """The app of the log. `app` is None where the log names none; `mixed` where it cannot be told."""

    header: Record
    app: str | None
    mixed: bool

    def owns(self, package: str | None, process: str | None, uid: int | None, run: str | None) -> bool:
        """Whether a record of this package, process, uid and run is the subject's."""
        if run and self.header.run and run != self.header.run:
            return False
        if self.app is None:
            return not self.mixed
        if package:
            return package == self.app
        if process and process.partition(":")[0] == self.app:
            return True
        if uid is not None and self.header.uid is not None:
            return uid == self.header.uid  # a component may run in a process of any name
        if process:
            return False
        # Nothing says whose it is: in a log of one app it is that one's.
        return not self.mixed or bool(run)


def find(got: Collector, notes: Notes) -> Subject:
    """The subject by the run header, else by the only app that the records name."""
    header = Record(event="run")
    mixed = False
    for other in got.headers:
        for name in ("package", "run"):
            one, two = getattr(header, name), getattr(other, name)
            if one and two and one != two:
                mixed = True
                notes.limitation("mixed-log", f"several headers: {name} {one} and {two}")
        for name in Record.__struct_fields__:
            if getattr(header, name) is None:
                setattr(header, name, getattr(other, name))
    app = header.package
    if app is None:
        named = {k.package or (k.process or "").partition(":")[0] for k in got.kinds}
        named |= {e.record.package or (e.record.process or "").partition(":")[0] for e in got.events if e.record.package != ""}
        named.discard("")
        if len(named) > 1:
            listed = ", ".join(sorted(named)[:5])
            notes.limitation("mixed-log", f"no header says which app is meant: {listed}")
            return Subject(header, None, True)
        app = next(iter(named), None)
    return Subject(header, app, mixed)
