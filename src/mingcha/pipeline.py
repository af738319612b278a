"""Exhibits → inspection: the straight line that the command line, fleets and the office share.

sniff → read (child process) → facts → catalogue in force → judge → Inspection
"""

from __future__ import annotations

import resource
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from mingcha import extract, store
from mingcha.errors import BadInput
from mingcha.extract import folder
from mingcha.extract.join import UNTOLD, Stated, join
from mingcha.model import Exhibit, Fact, Inspection, Limitation, Signer, Subject
from mingcha.settings import Settings

if TYPE_CHECKING:
    from mingcha.catalogue import Catalogue

__all__ = ["Read", "Stated", "joined", "judge", "keep", "load", "read", "subject_of"]

Progress = Callable[[str], None]
_SDK_FORMATS = ("aar", "jar")


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read of one subject, before any judgement."""

    subject: Subject
    exhibits: tuple[Exhibit, ...]
    facts: list[Fact]
    timing: dict[str, float]

    @property
    def observed(self) -> frozenset[str]:
        """Channels seen: kinds of the exhibits that were read at least partly."""
        return frozenset(e.kind for e in self.exhibits if e.status != "refused")


def read(
    paths: Sequence[Path], settings: Settings, *, app_type: int | None = None, catalogue: Path | None = None,
    progress: Progress | None = None, forced: Sequence[tuple[Path, str]] = (), stated: Stated | None = None,
    resident: extract.Worker | None = None,
) -> Read:  # fmt: skip
    """Read all exhibits of one subject; of those in `forced` the kind is stated. `stated`: what the user says beside
    them. BadInput where none of them can be read. A fleet gives its `resident` worker, which stays alive; of it a subject
    that cannot be read is no error of the caller's but a subject with refused exhibits."""
    started, cpu, spent = time.perf_counter(), _cpu(), resident.spent if resident else 0.0
    kinds = [*(extract.sniff(p) for p in paths), *(extract.stated(p, kind) for p, kind in forced)]
    paths = [*paths, *(p for p, _ in forced)]
    exhibits: list[Exhibit] = []
    facts: list[Fact] = []
    if resident is None:
        check(settings, catalogue)
    _check_tables(stated)
    worker = resident or extract.Worker(
        settings.cpu_seconds, settings.wall_seconds, settings.memory_mb, catalogue,
        cache=settings.root / "cache" / "code", cache_mb=settings.cache_mb, prints=settings.prints, seeds=settings.identity,
    )  # fmt: skip
    with nullcontext() if resident else worker:
        for path, kind in zip(paths, kinds, strict=True):
            if progress:
                progress(path.name)
            try:
                # A check sheet is the user's own file; only what the inspected made is kept apart.
                if kind == "sheet":
                    here: list[Fact] = []
                    exhibits.append(extract.read_here(path, here.extend, kind, _text(catalogue)))
                    facts += here
                    continue
                reading = worker.read(path, kind) if settings.isolate or resident else _read_here(path, kind, catalogue, settings)
                exhibits.append(_with_limits(reading.exhibit, path, reading.facts))
                facts += reading.facts
            except OSError as e:  # it was there a moment ago
                raise extract.unreadable(path, e) from e
    exhibits, facts = _of_one_subject(exhibits, facts)
    if resident is None and all(e.status == "refused" for e in exhibits):
        why = _reasons(exhibits, catalogue)
        raise BadInput(
            f"{exhibits[0].name} 无法检测：{why['zh']}", f"{exhibits[0].name} cannot be inspected: {why['en']}",
            {"zh": "请确认文件完整且为安装包", "en": "make sure that the file is whole and a package"}, code="refused",
        )  # fmt: skip
    timing = {
        "read_seconds": round(time.perf_counter() - started, 4),
        "read_cpu_seconds": round(_cpu() - cpu + (resident.spent - spent if resident else 0.0), 4),
    }
    whole = Read(subject=subject_of(exhibits, facts, app_type), exhibits=tuple(exhibits), facts=facts, timing=timing)
    return joined(whole, stated)


def check(settings: Settings, catalogue: Path | None = None) -> None:
    """A file of fingerprints or an identity sheet that is none is refused before anything is read. Who reads many subjects
    does this once."""
    if settings.prints:
        _check_prints(settings.prints)
    if settings.identity:
        _check_seeds(settings.identity, catalogue)


def joined(read: Read, stated: Stated | None = None) -> Read:
    """What was read, with what only all exhibits together tell (`extract.join`)."""
    if (stated is None or stated == Stated()) and not any(e.kind == "traffic" for e in read.exhibits):
        return read  # a package alone has facts by the hundred thousand
    facts = join(read.facts, stated)
    untold = {f["exhibit"]: Limitation(code=f["code"], detail=f["detail"]) for f in facts if f.get("code") == UNTOLD}
    exhibits = []
    for e in read.exhibits:
        others = tuple(lim for lim in e.limitations if lim.code != UNTOLD)
        exhibits.append(msgspec.structs.replace(e, limitations=(*others, untold[e.sha256]) if e.sha256 in untold else others))
    return msgspec.structs.replace(read, facts=facts, exhibits=tuple(exhibits))


def _check_tables(stated: Stated | None) -> None:
    """A table of addresses that is none is refused before anything is read."""
    if stated and stated.geo:
        from mingcha.extract.join import registration

        for path in stated.geo:
            registration.load(path)


def _of_one_subject(exhibits: list[Exhibit], facts: list[Fact]) -> tuple[list[Exhibit], list[Fact]]:
    """Without the logs and walks that say themselves that they are of another app than the package: what one app did must
    never be told of another."""
    ids = {f["id"] for f in facts if f["kind"] == "package" and f.get("id")}
    others = {
        f["exhibit"]: str(f["package"]) for f in facts
        if f["kind"] in ("behaviour-run", "ui-screen") and ids and f.get("package") and f["package"] not in ids
    }  # fmt: skip
    if not others:
        return exhibits, facts
    told = [
        {"kind": "limitation", "exhibit": digest, "where": "", "code": "other-subject", "detail": package}
        for digest, package in others.items()
    ]
    kept = [f for f in facts if f.get("exhibit") not in others]
    refused = [
        msgspec.structs.replace(e, status="refused", limitations=(Limitation(code="other-subject", detail=others[e.sha256]),))
        if e.sha256 in others else e
        for e in exhibits
    ]  # fmt: skip
    return refused, [*kept, *told]


def _check_prints(path: Path) -> None:
    """A file of fingerprints that is none is refused before anything is read: what was asked for would
    silently not be done. It is the user's own, so it is opened here."""
    from mingcha.extract.package.fingerprint import prints

    prints.load(path)


def _check_seeds(path: Path, catalogue: Path | None) -> None:
    """An identity sheet that is none is refused before anything is read, like a file of fingerprints."""
    from mingcha import catalogue as cat
    from mingcha.extract.traffic import seeds

    seeds.load(path, cat.load(catalogue).items)


def _text(path: Path | None) -> str | None:
    return str(path) if path else None


def _read_here(path: Path, kind: str, catalogue: Path | None, settings: Settings) -> extract.Reading:
    """An exhibit in this process; refused as the child process would have it."""
    facts: list[Fact] = []
    try:
        return extract.Reading(exhibit=extract.read_here(path, facts.extend, kind, _text(catalogue), prints=settings.prints, seeds=settings.identity), facts=facts)
    except BadInput as e:
        return extract.refusal(path, kind, e.code, str(e), facts)


def _reasons(exhibits: Sequence[Exhibit], catalogue: Path | None) -> dict[str, str]:
    """Why exhibits were refused, in the catalogue's names of limitations."""
    from mingcha import catalogue as cat

    known = cat.load(catalogue).limitations
    out = {}
    for lang, mark in (("zh", "；"), ("en", "; ")):
        parts = []
        for limitation in (lim for e in exhibits for lim in e.limitations):
            entry = known.get(limitation.code)
            name = getattr(entry.name, lang) if entry else limitation.code
            parts.append(f"{name} [{limitation.code}] {limitation.detail}".strip())
        out[lang] = mark.join(parts)
    return out


def judge(
    read: Read, at: date, *, catalogue: Path | None = None, drafts: bool = False, loaded: Catalogue | None = None
) -> Inspection:
    """Judge what was read by the catalogue in force on `at`, or by one that was loaded before for that day."""
    from mingcha import catalogue as cat
    from mingcha.judge import judge as run

    loaded = loaded or cat.load(catalogue, at)
    return run(
        read.facts, loaded, subject=read.subject, exhibits=read.exhibits, observed=read.observed, at=at,
        timing=read.timing, drafts=drafts,
    )  # fmt: skip


def keep(root: Path, read: Read, inspection: Inspection, result: bytes, paths: Sequence[Path]) -> Path:
    """Store exhibits, facts and result; returns the run folder."""
    target = store.Store(root)
    for path in paths:
        if path.is_dir():
            for part in folder.files(path):
                target.keep(part)
            target.put(folder.index(path))
        else:
            target.keep(path)
    now = datetime.now(UTC)
    run = store.Run(
        id=f"{now:%Y%m%dT%H%M%S}-{read.subject.sha256[:12] or 'none'}-{uuid.uuid4().hex[:8]}", at=now.isoformat(),
        subject=read.subject, exhibits=read.exhibits, observed=tuple(sorted(read.observed)),
        app_type=read.subject.app_type, timing=read.timing,
    )  # fmt: skip
    return target.save(run, read.facts, result)


def load(run_folder: Path, stated: Stated | None = None) -> Read:
    """A stored run as it was read; with `stated`, as it is by that."""
    run, facts = store.load(run_folder)
    read = Read(subject=run.subject, exhibits=run.exhibits, facts=list(facts), timing=dict(run.timing))
    if stated is None or stated == Stated():
        return read
    _check_tables(stated)
    return joined(read, stated)


def subject_of(exhibits: Sequence[Exhibit], facts: Sequence[Fact], app_type: int | None) -> Subject:
    """The subject as the first package exhibit describes it."""
    package: dict[str, Any] = dict(next((f for f in facts if f["kind"] == "package"), {}))
    if not package and (site := next((f for f in facts if f["kind"] == "page"), None)) is not None:
        return _site(exhibits, facts, site)
    main = next((e for e in exhibits if e.sha256 == package.get("exhibit")), exhibits[0])
    signers = {
        f["sha256"]: Signer(sha256=f["sha256"], sha1=f["sha1"], md5=f["md5"])
        for f in facts
        if f["kind"] == "signing" and f["exhibit"] == main.sha256
    }
    return Subject(
        kind="sdk" if package.get("format") in _SDK_FORMATS else "app", name=package.get("name_zh") or package.get("name"),
        id=package.get("id"), version=package.get("version"), version_code=package.get("version_code"),
        sha256=main.sha256, size=main.size, signers=tuple(signers.values()), app_type=app_type,
    )  # fmt: skip


def _site(exhibits: Sequence[Exhibit], facts: Sequence[Fact], first: Fact) -> Subject:
    """The website of a recorded visit: its home page names it, its host is its id."""
    home = next((f for f in facts if f["kind"] == "page" and f["role"] == "home"), first)
    main = next(e for e in exhibits if e.sha256 == home["exhibit"])
    return Subject(kind="website", platform="web", name=home["title"] or None, id=urlsplit(home["url"]).hostname, sha256=main.sha256, size=main.size)


def _with_limits(exhibit: Exhibit, path: Path, facts: Sequence[Fact]) -> Exhibit:
    """The exhibit with its digest (a child that died may not have said it) and its limitations."""
    found = {(str(f["code"]), str(f["detail"])) for f in facts if f["kind"] == "limitation"}
    found |= {(lim.code, lim.detail) for lim in exhibit.limitations}
    limits = tuple(Limitation(code=c, detail=d) for c, d in sorted(found))
    digest = exhibit.sha256 or folder.digest(path)
    return msgspec.structs.replace(exhibit, sha256=digest, limitations=limits)


def _cpu() -> float:
    """CPU seconds of this process and of its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
