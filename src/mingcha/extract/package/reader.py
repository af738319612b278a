"""A package of any kind → all its facts, in one pass from outside to inside.

Container and manifest come first, code last: a package that runs into a limit has already
told who it is. Each stage stands alone; what one cannot do becomes a limitation and the next
goes on.
"""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from mingcha.errors import BadInput
from mingcha.extract.cache import Cache, key
from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package import (
    channels,
    embedded,
    manifest,
    native,
    netconfig,
    owners,
    packers,
    sdk,
    selfstart,
    signing,
    splits,
    versions,
)  # fmt: skip
from mingcha.extract.package.apis import Table
from mingcha.extract.package.archive import Archive
from mingcha.extract.package.arsc import Resources
from mingcha.extract.package.assets import scan_assets, scan_manifest, scan_resources, script_bundles
from mingcha.extract.package.code import CodeFacts
from mingcha.extract.package.fingerprint.collect import Book
from mingcha.extract.package.graph import inspect
from mingcha.extract.package.notes import Notes
from mingcha.extract.package.program import Program
from mingcha.extract.package.texts import Words
from mingcha.extract.package.xmltree import Ref
from mingcha.model import Exhibit, Limitation
from mingcha.plain import plain

Fact = dict[str, Any]
NOTHING = Cache()
Emit = Callable[[Iterable[Fact]], None]


class Reference(NamedTuple):
    """The catalogue in the forms that a scan looks things up in; built once per process."""

    sdks: dict[str, Any]
    prefixes: dict[str, owners.Owner]
    vendors: dict[str, str]
    table: Table
    words: Words
    rivals: frozenset[str]
    packers: list[Any]
    graph: inspect.Reference
    push: frozenset[str]


_references: dict[str, Reference] = {}


_books: dict[tuple[str, int, int], Book] = {}


def _book(path: Path) -> Book:
    """A file of fingerprints, kept as long as it is the same: a resident process reads many packages."""
    try:
        state = path.stat()
        name = (str(path), state.st_size, state.st_mtime_ns)
    except OSError:
        return Book(path)  # says what is wrong
    if name not in _books:
        _books.clear()
        _books[name] = Book(path)
    return _books[name]


def reference(catalogue: Any) -> Reference:
    """Look-up forms of a catalogue, kept by its digest."""
    found = _references.get(catalogue.digest)
    if found is None:
        _references.clear()
        found = _references[catalogue.digest] = _reference(catalogue)
    return found


def _reference(catalogue: Any) -> Reference:
    rivals = catalogue.words.get("rival-packages")
    return Reference(
        sdks=catalogue.sdks, prefixes=owners.from_catalogue(catalogue.sdks.values()),
        vendors={d: s.id for s in catalogue.sdks.values() for d in s.domains},
        table=Table.build(catalogue.apis.values(), {c: f.parent for c, f in catalogue.framework.items() if f.parent}),
        words=Words.build(catalogue.words.values()),
        rivals=frozenset(w for e in rivals.entries for w in e.exact) if rivals else frozenset(),
        packers=list(catalogue.packers.values()), graph=inspect.Reference.build(catalogue),
        push=frozenset(s.id for s in catalogue.sdks.values() if s.purpose == "push"),
    )  # fmt: skip


class _Running(NamedTuple):
    """Facts of what runs from the start; ids of the owners whose code does, and of those whose code runs then or when a
    broadcast comes; whether absence means anything."""

    facts: list[Fact]
    awake: frozenset[str]
    later: frozenset[str]
    conclusive: bool


class _CpuTime(BaseException):
    """The soft CPU limit. Not an Exception, so that no reader's own recovery swallows it."""


def _expired(_: int, __: FrameType | None) -> None:
    raise _CpuTime


def _last_words() -> None:
    """The kernel repeats the signal every second; what is found by now must still get out.

    A handler that does nothing, not SIG_IGN: that one would be inherited by programs started later.
    """
    if hasattr(signal, "SIGXCPU"):
        with suppress(ValueError):
            signal.signal(signal.SIGXCPU, lambda *_: None)


@contextmanager
def _stage(notes: Notes, name: str) -> Iterator[None]:
    """What a stage cannot do is a limitation; the next one goes on."""
    try:
        yield
    except MemoryError:
        notes.limitation("memory", name)
    except _CpuTime:
        notes.limitation("timeout", f"CPU time, {name}")
    except Exception as e:  # a fault of ours must cost one stage, not the record
        notes.limitation("crash", f"{name}: {type(e).__name__}: {e}")


def read(
    path: Path, emit: Emit, catalogue: Any, cache: Cache = NOTHING, limits: Limits = DEFAULT,
    prints: Path | None = None,
) -> Exhibit:  # fmt: skip
    """Read one package, emitting facts as they are found. BadInput where it is no package, or `prints` no file
    of fingerprints."""
    book = _book(prints) if prints else None
    if hasattr(signal, "SIGXCPU"):
        try:
            signal.signal(signal.SIGXCPU, _expired)
        except ValueError:
            pass  # not the main thread of a library user; the wall clock still holds
    try:
        with path.open("rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest()
        container = splits.open_container(path, limits)
    except _CpuTime:
        _last_words()
        raise BadInput(
            f"{path.name} 打开超时", f"{path.name} took too long to open", code="timeout"
        ) from None
    if container is None:
        with Archive.open(path, limits) as archive:
            code = (
                "unsupported-format"
                if archive.valid or not archive.limitations
                else archive.limitations[0][0]
            )
        raise BadInput(f"{path.name} 不是安装包", f"{path.name} is no package", code=code)
    with container:
        run = _Run(container, digest, reference(catalogue), emit, limits, cache, catalogue.digest, book)
        run.all()
        found = [f for f in container.facts(digest) if f["kind"] == "limitation"]
    return Exhibit(
        kind="package", name=plain(path.name), sha256=digest, size=path.stat().st_size, reader="package",
        status="partly" if found else "read",
        limitations=tuple(Limitation(code=f["code"], detail=f["detail"]) for f in found),
    )  # fmt: skip


class _Run:
    """One package being read."""

    def __init__(
        self, container: splits.Container, digest: str, ref: Reference, emit: Emit, limits: Limits,
        cache: Cache = NOTHING, rules: str = "", book: Book | None = None,
    ) -> None:  # fmt: skip
        self.cache, self.rules, self.book = cache, rules, book
        self.container, self.digest, self.ref, self.emit, self.limits = container, digest, ref, emit, limits
        self.notes = container.notes
        self.resources: Resources | None = None
        self.manifest = manifest.Manifest()
        self.libs: dict[str, str] = {}
        self.code: CodeFacts | None = None
        self.program: Program | None = None

    def all(self) -> None:
        """Every stage in order; whatever they come to, the package and what was noted are told."""
        try:
            self._stages()
        except _CpuTime:  # between two stages
            self.notes.limitation("timeout", "CPU time")
        _last_words()
        code = self.code or self._collector()
        for detail in sorted(code.cut):
            self.notes.limitation("reader-limit", detail)
        self.emit([self._package(code)])
        self.emit(self.container.facts(self.digest))

    def _collector(self) -> CodeFacts:
        package, ref = self.manifest.package, self.ref
        own = owners.Owners(ref.prefixes, package.get("id"), package.get("name_zh") or package.get("name"))
        return CodeFacts(ref.table, ref.words, own, ref.vendors, ref.rivals, self.book)

    def _stages(self) -> None:
        container = self.container
        with _stage(self.notes, "manifest"):
            self._manifest()
        with _stage(self.notes, "network"):
            self._network()
        if container.format != "dex":
            with _stage(self.notes, "signing"):
                self._signing()
        self.code = self._collector()
        own = self.code.owners
        self.program = Program(container, self.notes, self.limits, self.code, self.cache, self.rules)
        with _stage(self.notes, "code"):
            self.program.read()
        with _stage(self.notes, "native"):
            self._native()
        with _stage(self.notes, "texts"):
            for archive in {id(m.archive): m.archive for m in container.apks}.values():
                scan_assets(archive, self.code, self.ref.words, own.app, self.limits)
            meta = (f for f in self.manifest.facts if f["kind"] == "meta-data")
            scan_manifest(meta, self.code, self.ref.words, own.app)
            if self.resources:
                scan_resources(self.resources, self.code, self.ref.words, own.app)
        with _stage(self.notes, "components"):
            self._components(own)
        with _stage(self.notes, "packers"):
            self._packers()
        facts: list[Fact] = []
        with _stage(self.notes, "results"):
            facts += self.code.facts()
            self.emit({"kind": f["kind"], "exhibit": self.digest} | f for f in facts)
        running = _Running([], frozenset(), frozenset(), False)
        if container.outer:
            container.outer.rest()  # following code takes the most memory, and none of the file
        with _stage(self.notes, "start-up"):
            running = self._running(facts, own)
            self.emit(running.facts)
        with _stage(self.notes, "results, SDKs"):
            self._sdks(self.code, facts, running)

    def _manifest(self) -> None:
        container = self.container
        if not container.apks or container.format == "jar":
            return
        base = container.apks[0]
        table = container.resource_table(base)
        if table is not None:
            self.resources = Resources(table, self.notes, self.limits)
        self.manifest = manifest.read(
            base.root,
            self.resources,
            self.digest,
            self.notes,
            where=base.archive.notes.prefix + base.manifest,
            limits=self.limits,
        )
        container.missing_splits(self.manifest.split_required)
        self.emit(f for f in self.manifest.facts if f["kind"] not in ("component", "meta-data"))

    def _network(self) -> None:
        container = self.container
        if not container.apks or container.format == "jar":
            return
        base, package = container.apks[0], self.manifest.package
        config, base_clear, root = self.manifest.network_config, None, None
        path = None
        if isinstance(config, Ref) and self.resources:
            path = next(iter(self.resources.files(config)), None)
        elif isinstance(config, Ref):  # a bundle names it, and its module holds it
            module = (
                base.manifest.removesuffix("manifest/AndroidManifest.xml")
                if container.format == "aab"
                else ""
            )
            path = f"{module}res/{config.name}.xml"
        elif isinstance(config, str):
            path = config
        if path and path in base.archive:
            root = splits.read_root(base.archive, path, proto=container.format == "aab")
            facts, base_clear = netconfig.read(
                root, self.digest, path, package.get("target_sdk"), limits=self.limits
            )
            self.emit(facts)
        if config is not None and root is None:
            # What it allows is unknown: the platform's default would be a guess.
            self.notes.limitation(
                "malformed-resources", "network security configuration not found", base.manifest
            )
        elif package and container.format != "aar":
            decision = netconfig.decide(
                package.get("target_sdk"),
                self.manifest.cleartext_flag,
                base=base_clear,
                configured=config is not None,
            )
            package["cleartext"], package["cleartext_by"] = decision.allowed, decision.by

    def _signing(self) -> None:
        if self.container.apks and self.container.format not in ("aar", "jar"):
            archive = self.container.apks[0].archive
            block = signing.signing_block(archive)
            self.emit(signing.read(archive, self.digest, block))
            self.emit(channels.read(archive, self.digest, block))

    def _others(self) -> dict[str, Any]:
        """The catalogue's SDKs, without the one that this app is itself."""
        itself = self.code.owners.itself if self.code else ""
        return {k: v for k, v in self.ref.sdks.items() if k != itself}

    def _native(self) -> None:
        entries = list(self.container.native_entries())
        self.libs = sdk.libraries((e.library for e in entries), self._others().values())
        self.emit(native.read(entries, self.digest, self.notes, self.libs, limits=self.limits))

    def _found(self) -> set[str]:
        """Classes of the manifest (dotted names) that the code defines."""
        code, classes = self.code, self.manifest.classes
        named = {*classes.values(), *(f["name"] for f in self.manifest.facts if f["kind"] == "component")}
        return {name for name in named if code.defines(name)} if code else set()

    def _components(self, own: owners.Owners) -> None:
        found = self._found()
        for fact in self.manifest.facts:
            if fact["kind"] == "component":
                target = self.manifest.classes.get(fact["name"], fact["name"])
                fact["owner"] = (own.defined(target) if target in found else own.of(target)).fact()
                fact["defined"] = True if target in found else (False if (self.program is not None and self.program.whole) else None)
            elif fact["kind"] == "meta-data":
                fact["owner"] = own.of(fact["name"]).fact()
                if isinstance(fact["value"], str):
                    fact["value"] = self.ref.words.veil(fact["value"])
        self.emit(f for f in self.manifest.facts if f["kind"] in ("component", "meta-data"))

    def _packers(self) -> None:
        container = self.container
        if container.format in ("dex", "jar") or not container.apks:
            return
        names = [n for m in container.apks for n in m.archive.entries]
        for member in {id(m.archive): m for m in container.apks}.values():
            self.emit(embedded.read(member.archive, self.digest))
        for detail in script_bundles(names):
            self.notes.limitation("script-code", detail)
        if container.format != "aar":
            self.emit(
                packers.detect(
                    names, self.manifest.application, set(self.manifest.classes.values()),
                    self._found() if (self.program is not None and self.program.whole) else None,
                    packers=self.ref.packers, exhibit=self.digest, notes=self.notes,
                )
            )  # fmt: skip

    def _running(self, facts: list[Fact], own: owners.Owners) -> _Running:
        """What runs before the user does anything, and what starts by itself."""
        package, components = self.manifest.package, [f for f in self.manifest.facts if f["kind"] == "component"]
        if self.program is None or self.container.format == "dex":
            self._unfollowed(_idle(facts))
            return _Running([], frozenset(), frozenset(), False)
        services = self._services()
        packed = any(code == "packed" for code, _ in self.notes.limitations)
        plain = [{k: v for k, v in c.items() if k != "exhibit"} for c in components]
        rests_on = [self.program.key, package, plain, self.manifest.classes, services, packed]
        name = key("start", *rests_on) if self.program.key else ""
        known = self.cache.get(name) if name else None
        if known is not None:
            same = [f | {"exhibit": self.digest} for f in known["facts"]]
            self._unfollowed(known["unfollowed"])
            return _Running(same, frozenset(known["awake"]), frozenset(known["later"]), known["conclusive"])
        remarks = len(self.notes.limitations)
        codes = self.program.codes()
        started = inspect.inspect(
            codes, package, components, self.manifest.classes, services, self.ref.graph, packed=packed,
            library=self.container.format in ("aar", "jar"),
        )  # fmt: skip
        found = list(started.facts(facts, own, self.digest)) if started else []
        if started and started.cut():  # what is not reached may run after all: no rule passes on it
            self.notes.limitation("reader-limit", "start-up paths")
        found += selfstart.read(
            components, package, codes, own, self.digest, notes=self.notes, push=self.ref.push,
            reached=started.reached if started else None,
        )  # fmt: skip
        awake, later = (frozenset(own.defined(c).id for c in names) for names in (
            (started.classes(), started.later()) if started else ((), ())
        ))  # fmt: skip
        out = _Running(found, awake, later, bool(started and started.conclusive()))
        ends = sorted(started.unfollowed) if started else _idle(facts)
        if name and remarks == len(self.notes.limitations):
            self.cache.put(name, {
                "facts": found, "awake": sorted(awake), "later": sorted(later), "conclusive": out.conclusive, "unfollowed": ends,
            })  # fmt: skip
        self._unfollowed(ends)
        return out

    def _unfollowed(self, calls: list[str]) -> None:
        """Where the following of values ended at a limit."""
        if calls:
            more = f" and {len(calls) - _SHOWN} more" if len(calls) > _SHOWN else ""
            self.notes.limitation("flow-limit", f"{', '.join(calls[:_SHOWN])}{more}")

    def _services(self) -> dict[str, list[str]]:
        """META-INF/services of all parts: interface -> implementations (java.util.ServiceLoader)."""
        out: dict[str, list[str]] = {}
        for archive in {id(m.archive): m.archive for m in self.container.apks}.values():
            for name in list(archive.names(prefix="META-INF/services/"))[:_SERVICES]:
                data = archive.read(name, self.limits.class_file)
                lines = bytes(data or b"").decode("utf-8", "replace").splitlines()[:_SERVICES]
                found = (line.partition("#")[0].strip() for line in lines)
                out.setdefault(name.rpartition("/")[2], []).extend(f for f in found if f)
        return out

    def _sdks(self, code: CodeFacts, facts: list[Fact], running: _Running) -> None:
        hosts = {f["vendor"] for f in facts if f["kind"] == "url" and f["vendor"]}
        components = [f for f in self.manifest.facts if f["kind"] == "component"]
        meta = [f for f in self.manifest.facts if f["kind"] == "meta-data"]
        told = code.fingerprints()
        found = sdk.find(
            self._others(), self.digest, code.sdk_classes, components, meta, self.libs, hosts,
            versions=self._versions(code, meta), prints={f.id: (f.versions, len(f.classes), f.share) for f in told},
        )  # fmt: skip
        for fact in found:
            fact["state"] = "initialised" if fact["id"] in running.awake else "present"
            if running.conclusive and fact["classes"] and fact["id"] not in running.later:
                fact["state"] = "dormant"
        self.emit(found)

    def _versions(self, code: CodeFacts, meta: list[Fact]) -> dict[str, versions.Stated]:
        """Versions that the SDKs state of themselves: records of the build before constants."""
        said: dict[str, list[tuple[int, versions.Stated]]] = {}
        for archive in {id(m.archive): m.archive for m in self.container.apks}.values():
            for artefact, text in versions.of_records(archive):
                owner = code.owners.of(f"{artefact}.X")
                if owner.kind == "sdk":
                    said.setdefault(owner.id, []).append((0, versions.Stated(text, "meta-inf")))
        for who, text in code.stated:
            said.setdefault(who, []).append((1, versions.Stated(text, "constant")))
        for who, text in versions.of_meta(meta):
            said.setdefault(who, []).append((2, versions.Stated(text, "meta-data")))
        return versions.settle(said)

    def _package(self, code: CodeFacts) -> Fact:
        counts = code.counts
        where = "AndroidManifest.xml" if self.manifest.package else ""
        return {
            "kind": "package", "exhibit": self.digest, "where": where, "format": self.container.format,
            **_EMPTY, **self.manifest.package,
            "splits": len(self.container.apks), "dex_files": len(self.container.dex_entries()),
            "classes": counts.classes, "methods": counts.methods, "definitions": counts.definitions,
            "fields": counts.fields, "strings": counts.strings, "instructions": counts.instructions,
            "call_sites": counts.invokes, "const_strings": counts.const_strings,
            "field_accesses": counts.field_accesses, "new_instances": counts.new_instances,
            "duplicate_classes": code.duplicates,
        }  # fmt: skip


_SHOWN = 5  # calls named in a limitation
_SERVICES = 1_000  # service files read, and lines of one
_EMPTY: Fact = dict.fromkeys(
    (
        "id", "name", "name_zh", "name_en", "version", "version_code", "min_sdk", "target_sdk", "debuggable", "cleartext",
        "cleartext_by", "allow_backup", "backup_rules", "test_only", "shared_user", "application_class",
        "component_factory", "launchers", "icon",
    )
)  # fmt: skip


def _idle(facts: Iterable[Fact]) -> list[str]:
    """Where nothing starts the code, values are not followed from the sensitive calls that it has."""
    return ["nothing that the system starts"] if any(f["kind"] == "api-call" for f in facts) else []
