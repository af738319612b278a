"""A policy, SDK list or similar text → facts.

file → blocks (by format) → sentences and lists → statements, listings, elements and the document as a whole. What
could not be read is a limitation, and then nothing is said to be absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from mingcha.errors import BadInput
from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.policy import about, markup, pdf, plainfile, word
from mingcha.extract.policy.document import Builder, Document, Sentence
from mingcha.extract.policy.elements import Elements
from mingcha.extract.policy.listings import Listing, Lists
from mingcha.extract.policy.sdks import Known
from mingcha.extract.policy.statements import QUOTE, Found, Statements
from mingcha.extract.policy.text import decode
from mingcha.extract.policy.topics import topics
from mingcha.extract.policy.words import Matcher, items
from mingcha.model import Exhibit, Limitation
from mingcha.plain import plain
from mingcha.store import sha256

Emit = Callable[[Iterable[dict[str, Any]]], None]
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|div|table|p|h[1-6]|span|br|meta)\b", re.I)
_tools: dict[int, tuple[Any, Matcher, Known, Elements]] = {}  # of the last catalogue: building them costs more than a policy


def load(path: Path, limits: Limits = DEFAULT) -> tuple[Document, str | None]:
    """The document and, for text, the encoding that it was read by. BadInput where it is too large to be opened."""
    size = path.stat().st_size
    if size > limits.policy:
        raise BadInput(
            f"{path.name} 过大", f"{path.name} is too large",
            {"zh": f"上限为 {limits.policy >> 20} MB", "en": f"the limit is {limits.policy >> 20} MB"}, code="too-large",
        )  # fmt: skip
    builder = Builder(limits)
    with path.open("rb") as f:
        head = f.read(1024)
    if b"%PDF-" in head:
        pages = pdf.read(path, builder)
        return builder.done("pdf", pages), None
    if head[:2] == b"PK":
        word.read(path, builder)
        return builder.done("docx"), None
    found = decode(path.read_bytes())
    if found.damaged:
        builder.note("damaged-text", f"read as {found.encoding}")
    text = found.text.replace("\0", "")
    if _PAGE.search(text[:20_000]):
        markup.read(text, builder)
        form = "html"
    elif plainfile.is_markdown(text):
        plainfile.read_markdown(text, builder)
        form = "markdown"
    else:
        plainfile.read_text(text, builder)
        form = "text"
    return builder.done(form), found.encoding


def facts(document: Document, name: str, catalogue: Any, encoding: str | None = None) -> Iterator[dict[str, Any]]:
    """All facts of a document, without `exhibit`; limitations are the caller's."""
    matcher, known, elements = tools(catalogue)
    lists = Lists()
    lists.read(document)
    sentences = list(document.sentences())
    whole = about.fact(document, name, lists, sentences, encoding)
    yield whole | {"where": document.form}
    own = {hit.value for hit in known.words.find(document.title)}
    for fact in Statements(matcher, known, own).read(sentences):
        yield fact | {"where": f"@{fact['offset']}"}
    for listing in lists.listings:
        yield from _listing(listing, matcher, known)
    for listing in lists.collected:
        yield _row(listing, matcher, None, "first")
    lines = [*sentences, *_rows(document)]
    absent = whole["document"] == "policy" and document.whole
    for fact in elements.facts(lines, topics([s.text for s in sentences]), bool(lists.listings), absent):
        yield fact | {"where": f"@{fact['offset']}" if fact["offset"] is not None else document.form}


def tools(catalogue: Any) -> tuple[Matcher, Known, Elements]:
    """Matchers of a catalogue, kept for the next document."""
    kept = _tools.get(id(catalogue))
    if kept is None or kept[0] is not catalogue:
        _tools.clear()
        kept = _tools[id(catalogue)] = (catalogue, items(catalogue.items), Known(catalogue.sdks), Elements(catalogue.policy_elements))
    return kept[1:]


def _rows(document: Document) -> Iterator[Sentence]:
    for number, block in enumerate(document.blocks):
        for row, offset in zip(block.rows, block.row_offsets, strict=True):
            yield Sentence(" | ".join(c.text for c in row), offset, block.path, "row", number)


def _listing(listing: Listing, matcher: Matcher, known: Known) -> Iterator[dict[str, Any]]:
    vendor, data = listing.get("vendor"), listing.get("items")
    name = listing.get("name") or vendor or ""
    sdk = known.resolve(listing.get("name") or "", vendor or "", listing.links, listing.get("package") or "")
    link = next(iter(listing.links), None)
    yield {
        "kind": "sdk-listing", "where": f"@{listing.offset}", "name": name, "vendor": vendor, "purpose": listing.get("purpose") or listing.get("scene"),
        "scene": listing.get("scene"), "manner": listing.get("manner"),
        "items": list(dict.fromkeys(h.value for h in matcher.find(data or ""))), "data": data, "link": link, "package": listing.get("package"),
        "permission": listing.get("permission"), "sdk": sdk, "form": listing.form, "quote": listing.quote, "offset": listing.offset,
        "section": " > ".join(listing.path) or None,
    }  # fmt: skip
    yield _row(listing, matcher, sdk, "sdk")


def _row(listing: Listing, matcher: Matcher, sdk: str | None, actor: str) -> dict[str, Any]:
    """A row as a statement: who is named there collects what is named there."""
    found = Found(actor, "collect", False, 0, list(dict.fromkeys(h.value for h in matcher.find(listing.get("items") or ""))))
    return {
        "kind": "statement", "where": f"@{listing.offset}", "actor": found.actor, "act": found.act, "denies": None, "items": found.items,
        "purpose": listing.get("purpose") or listing.get("scene"), "condition": listing.get("scene"),
        "receiver": listing.get("vendor") if actor == "sdk" else None, "sdk": sdk, "polarity": True, "modality": None,
        "quote": listing.quote[:QUOTE], "offset": listing.offset, "section": " > ".join(listing.path) or None, "by": "row",
    }  # fmt: skip


def read(path: Path, emit: Emit, catalogue: Any, limits: Limits = DEFAULT) -> Exhibit:
    """Read one text. BadInput where it cannot be opened at all."""
    size, digest, name = path.stat().st_size, sha256(path), plain(path.name)
    document, encoding = load(path, limits)
    if not document.blocks and not document.notes:
        document.notes.append(("no-text", document.form))
    counts: dict[str, int] = {}
    batch: list[dict[str, Any]] = []
    if document.blocks:
        for fact in facts(document, path.stem, catalogue, encoding):
            counts[fact["kind"]] = counts.get(fact["kind"], 0) + 1
            if counts[fact["kind"]] <= limits.facts_per_kind:
                batch.append({"kind": fact["kind"], "exhibit": digest, "where": fact["where"]} | fact)
        for kind, count in counts.items():
            if count > limits.facts_per_kind:
                document.notes.append(("reader-limit", f"{count - limits.facts_per_kind} facts of kind {kind}"))
    emit(batch)
    notes = tuple(Limitation(code=code, detail=plain(detail, limits.detail)) for code, detail in document.notes)
    emit({"kind": "limitation", "exhibit": digest, "where": name, "code": n.code, "detail": n.detail} for n in notes)
    status = "refused" if not document.blocks else "partly" if notes else "read"
    return Exhibit(kind="policy", name=name, sha256=digest, size=size, reader="policy", status=status, limitations=notes)  # type: ignore[arg-type]
