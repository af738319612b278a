"""A recorded visit → facts. The straight line: index → pages → engines and own checks → measures → offers.

The folder comes from a browser that a hostile page ran in: every part is read within limits, and what cannot be read is
told as a limitation of that page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from mingcha.extract.folder import digest, size
from mingcha.extract.package.notes import Notes, clip
from mingcha.extract.page import checks, engines, measure, offers
from mingcha.extract.page.load import Record, visit
from mingcha.model import Exhibit, Limitation
from mingcha.plain import plain
from mingcha.store import sha256

# With these not every page was seen, or not whole.
_PARTLY = frozenset(("page-not-loaded", "page-cut", "page-stuck", "page-too-large", "snapshot-failed", "engine-failed", "visit-cut", "timeout", "memory", "crash", "malformed-visit"))
_KNOWN = _PARTLY | {"page-error", "no-picture", "picture-cut", "probe-failed", "address-refused", "robots-closed"}


def read(path: Path, emit: Callable[[Iterable[dict[str, Any]]], None], catalogue: Any) -> Exhibit:
    """Read a recorded visit. BadInput (`bad-visit`) where the folder's index is none."""
    index, records = visit(path)
    exhibit = digest(path)
    notes = Notes()
    for told in index.get("limitations", []) if isinstance(index.get("limitations"), list) else ():
        _limit(notes, told, "")
    is_ad = _ad_hosts(catalogue)

    def out(facts: Iterable[dict[str, Any]]) -> None:
        emit([{**f, "exhibit": exhibit, "where": plain(str(f["where"]))[:500]} for f in facts])

    try:
        out(offers.entry(index, records))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as e:
        notes.limitation("malformed-visit", f"visit.json: {type(e).__name__}", "")
    for record in records:
        for told in record.raw.get("limitations", []) if isinstance(record.raw.get("limitations"), list) else ():
            _limit(notes, told, record.id)
        for step in (_page, lambda r: _measures(r, records, index), lambda r: engines.axe(r, catalogue.web_checks), checks.run, lambda r: _offers(r, is_ad)):
            try:
                out(step(record))
            except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as e:
                notes.limitation("malformed-visit", f"{record.id}: {type(e).__name__}", record.id)
        for part in dict.fromkeys(record.broken):
            notes.limitation("malformed-visit", f"{record.id}: {part}", record.id)
        record.forget()
    if not any(r.metrics for r in records):
        notes.limitation("page-not-loaded", clip(index.get("url", "")), "")
    emit(notes.facts(exhibit))
    limitations = tuple(Limitation(code=c, detail=d) for c, d in notes.limitations)
    partly = any(lim.code in _PARTLY for lim in limitations)
    seen = any(r.metrics for r in records)
    return Exhibit(
        kind="page", name=plain(path.name), sha256=exhibit, size=size(path), reader="page/1",
        status="partly" if partly and seen else "read" if seen else "refused", limitations=limitations,
    )  # fmt: skip


def _limit(notes: Notes, told: Any, where: str) -> None:
    if isinstance(told, dict) and str(told.get("code")) in _KNOWN:
        notes.limitation(str(told["code"]), clip(f"{where}: {told.get('detail', '')}" if where else told.get("detail", "")), where)


def _page(record: Record) -> Iterator[dict[str, Any]]:
    if not record.metrics:
        return
    snapshot = record.snapshot()
    picture = record.folder / "page.png"
    metrics = record.metrics
    yield {
        "kind": "page", "where": record.id, "page": record.id, "profile": record.profile, "role": record.role, "mode": record.mode, "variant": record.raw.get("variant"),
        "url": clip(record.url), "title": clip(record.raw.get("title", "")), "lang": clip(snapshot.page.lang if snapshot else ""), "status": record.raw.get("status") if isinstance(record.raw.get("status"), int) else None,
        "steps": int(record.raw.get("steps") or 0), "elements": int(metrics.get("nodes") or 0), "width": int(metrics.get("width") or 0), "height": int(metrics.get("scroll_height") or 0),
        "picture": sha256(picture) if picture.is_file() and not picture.is_symlink() else None, "whole": snapshot is not None and picture.is_file(),
    }  # fmt: skip


def _measures(record: Record, records: list[Record], index: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not record.metrics:
        return
    yield from measure.sizes(record, *_compared(record, records, index))
    yield from measure.enlarged(record)
    snapshot = record.snapshot()
    yield from measure.keyboard(record, snapshot)
    if snapshot is not None:
        yield from measure.spacing(record, snapshot)
        yield from measure.contrasts(record, snapshot)
        yield from measure.targets(record, snapshot)


def _compared(record: Record, records: list[Record], index: dict[str, Any]) -> tuple[float | None, list[float | None]]:
    """Median size of the ordinary home page, and of the elder mode after loading anew and on the next page."""
    def median(sizes: Any) -> float | None:
        held = measure.histogram(sizes)
        return measure.reached(held, 0.5) if held else None

    home = next((r for r in records if r.profile == record.profile and r.role == "home" and r.mode == "ordinary" and not r.raw.get("variant")), None)
    after: list[float | None] = []
    if record.raw.get("variant") == "elder":
        again = record.probes.get("again")
        after.append(median(again.get("sizes")) if isinstance(again, dict) else None)
        after += [median(r.metrics.get("sizes")) for r in records if r.profile == record.profile and r.raw.get("variant") == "elder-next"]
    return median(home.metrics.get("sizes")) if home else None, after


def _offers(record: Record, is_ad: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    if not record.metrics:
        return
    yield from offers.tools(record)
    yield from offers.floating(record)
    yield from offers.popups(record)
    snapshot = record.snapshot()
    if snapshot is not None:
        yield from offers.captchas(record, snapshot)
        yield from offers.limits(record, snapshot)
        yield from offers.people(record, snapshot)
        yield from offers.ads(record, snapshot, is_ad)


def _ad_hosts(catalogue: Any) -> Callable[[str], bool]:
    """Whether a host is one of an advertising SDK or service of the catalogue."""
    domains = {d.lower().lstrip("*.") for sdk in catalogue.sdks.values() if sdk.purpose == "ads" for d in sdk.domains}
    domains |= {e for words in ([catalogue.words["ad-hosts"]] if "ad-hosts" in catalogue.words else []) for w in words.entries for e in (*w.words, *w.exact)}

    def is_ad(host: str) -> bool:
        labels = host.lower().rstrip(".").split(".")
        return any(".".join(labels[n:]) in domains for n in range(len(labels) - 1))

    return is_ad

