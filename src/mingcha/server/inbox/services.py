"""Writers of this part: files of leads, attachments, who sent a lead, many leads at once, saved views."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mingcha import catalogue
from mingcha.server.inbox.models import Attachment, Row, Sheet, View
from mingcha.server.inbox.sheets import Line, Wrong, read
from mingcha.server.ledger import apptypes, events, leads
from mingcha.server.ledger.clocks import day
from mingcha.server.ledger.models import Complainant, Lead
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, leads_of, may
from mingcha.server.people.models import Organisation, Person
from mingcha.server.provinces import PROVINCES
from mingcha.server.registry.models import Subject, folded

WAIT = timedelta(hours=1)
"""How long a file waits to be entered."""
FILES, FILE_BYTES = 5, 10_000_000
AT_ONCE = 200
SECONDS = 20.0
"""How long one request enters rows: its server would end it after a minute."""
VIEWS = 20


def _may(act: str, who: Who) -> Person:
    if not may(act, who) or who.person is None:
        raise Refused("not-yours")
    return who.person


def _keep(folder: str, raw: bytes) -> str:
    """Put bytes under their digest into a folder of the office's home; the digest."""
    digest = hashlib.sha256(raw).hexdigest()
    path = place(folder, digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{digest}.{secrets.token_hex(6)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(raw)
            f.flush()
            os.fsync(f.fileno())
        part.replace(path)
    return digest


def place(folder: str, digest: str) -> Path:
    """Where a file lies."""
    return Path(settings.HOME) / folder / digest[:2] / digest


# ---- files of leads ---------------------------------------------------------------------------------------


def lines(raw: bytes, who: Who) -> list[Line]:
    """The rows of a file, with what is wrong in each for this officer: another province's leads are not his to enter."""
    home = who.organisation.province
    found = read(raw, catalogue.load().scenarios)
    if not home:
        return found
    other = (Wrong("province", "inbox-elsewhere"),)
    return [r._replace(wrong=r.wrong + other) if r.fields.get("province", home) != home and not r.wrong else r for r in found]


def send(who: Who, name: str, raw: bytes, now: datetime | None = None) -> Sheet:
    """Keep a file for its preview. Nothing is entered yet."""
    person, found = _may("import-leads", who), lines(raw, who)
    if not found:
        raise Refused("no-rows")
    return Sheet.objects.create(
        digest=_keep("sheets", raw), name=Path(name.replace("\\", "/")).name[:120] or "—", person=person, organisation=who.organisation,
        sent=now or timezone.now(), rows=len(found), wrong=sum(1 for r in found if r.wrong),
    )  # fmt: skip


def waiting(who: Who, pk: int, now: datetime | None = None) -> tuple[Sheet, list[Line]]:
    """A file of one's own that waits, and its rows, read anew. Refused where its hour has passed."""
    sheet = Sheet.objects.filter(pk=pk, person=_may("import-leads", who), organisation=who.organisation).first()
    path = place("sheets", sheet.digest) if sheet else None
    if sheet is None or path is None:
        raise Refused("not-yours")
    if sheet.entered:
        return sheet, []
    if sheet.sent + WAIT < (now or timezone.now()) or not path.is_file():
        raise Refused("file-gone")
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != sheet.digest:
        raise Refused("file-gone")
    return sheet, lines(raw, who)


def enter(who: Who, pk: int, now: datetime | None = None, seconds: float = SECONDS) -> Sheet:
    """Enter the rows without faults, each with an event of its own. Entered twice changes nothing. A long file takes
    several calls: one ends after about so many seconds, and the next one goes on."""
    sheet, found = waiting(who, pk, now)
    if sheet.entered:
        return sheet
    good = [r for r in found if not r.wrong]
    made = enter_rows(who, sheet.digest, good, now, seconds)
    with transaction.atomic():
        sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
        if sheet.entered:
            return sheet
        sheet.leads += made
        if entered(sheet) >= len(good):
            sheet.entered = now or timezone.now()
            events.write(
                "sheet-entered", who, sheet.entered, {"digest": sheet.digest, "rows": sheet.rows, "wrong": sheet.wrong, "leads": sheet.leads},
                about=f"sheet:{sheet.pk}",
            )  # fmt: skip
        sheet.save(update_fields=["entered", "leads"])
    if sheet.entered and not Sheet.objects.filter(digest=sheet.digest, entered=None).exists():
        place("sheets", sheet.digest).unlink(missing_ok=True)
    return sheet


def entered(sheet: Sheet) -> int:
    """How many rows of a file are leads of its organisation already."""
    return Row.objects.filter(organisation=sheet.organisation_id, digest=sheet.digest).count()


def enter_rows(who: Who, digest: str, rows: Iterable[Line], now: datetime | None = None, seconds: float | None = None) -> int:
    """Make leads of rows, some hundred in one transaction; how many are new. A crash in between leaves whole rows, and
    so does the end of the time that is given."""
    began = monotonic()
    chosen, made, at = list(rows), 0, now or timezone.now()
    home = who.organisation.province
    for start in range(0, len(chosen), AT_ONCE):
        if made and seconds is not None and monotonic() - began > seconds:
            break
        part = chosen[start : start + AT_ONCE]
        ids = {r.fields["identifier"] for r in part if "identifier" in r.fields}
        known: dict[str, Subject] = {s.identifier: s for s in Subject.objects.filter(identifier__in=ids).order_by("-pk")}
        with transaction.atomic():
            # Two at once: the second waits here and then sees what the first entered.
            Organisation.objects.select_for_update().get(pk=who.organisation.pk)
            there = set(
                Row.objects.filter(organisation=who.organisation, digest=digest, number__in=[r.number for r in part]).values_list("number", flat=True)
            )
            for row in part:
                if row.number in there:
                    continue
                f = row.fields
                if (about := known.get(f.get("identifier", ""))) and "app_type" in f:
                    apptypes.fill(about, int(f["app_type"]), who, "lead", at)
                lead = leads.receive(
                    who, f.get("kind", "import"), f["name"], f["text"], scenario=f.get("scenario", ""), province=f.get("province", home),
                    subject=about, sender=(f.get("sender", ""), f.get("contact", "")), now=at,
                )  # fmt: skip
                Row.objects.create(organisation=who.organisation, digest=digest, number=row.number, lead=lead)
                made += 1
    return made


# ---- attachments and complainants -------------------------------------------------------------------------


def media(head: bytes) -> str:
    """Type of a file by its first bytes; empty for one that is not taken. No type that a browser would run."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in (b"heic", b"heix", b"mif1") else "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    return ""


def check(files: list[tuple[int, bytes]]) -> str:
    """What is wrong with attachments (size, first bytes): the key of a text, or nothing."""
    if len(files) > FILES:
        return "inbox-files-many"
    if any(size > FILE_BYTES for size, _ in files):
        return "inbox-files-large"
    return "" if all(media(head) for _, head in files) else "inbox-files-kind"


def attach(lead: Lead, who: Who, files: list[bytes], now: datetime | None = None) -> None:
    """Keep what came with a lead, in the transaction that received it."""
    at = now or timezone.now()
    if not files:
        return
    if check([(len(f), f[:16]) for f in files]):
        raise Refused("bad-data")
    told = []
    for raw in files:
        digest = _keep("attachments", raw)
        found, fresh = Attachment.objects.get_or_create(
            lead=lead, digest=digest, defaults={"size": len(raw), "media": media(raw[:16]), "erase_on": day(at) + leads.KEPT}
        )
        if fresh:
            told.append({"sha256": digest, "size": found.size, "media": found.media})
    events.write("lead-attached", who, at, {"files": told}, lead=lead)


def _seen(lead_id: int, who: Who) -> Lead:
    """A lead whose sender this officer may see."""
    _may("see-sender", who)
    lead = leads_of(who).select_for_update().filter(pk=lead_id).first()
    if lead is None:
        raise Refused("not-yours")
    return lead


def complainant(lead_id: int, who: Who) -> Complainant:
    """Name and contact of who sent a lead, to the officer who asks for them; that he did is an event."""
    with transaction.atomic():
        lead = _seen(lead_id, who)
        found = Complainant.objects.filter(lead=lead).first()
        if found is None or not found.salt:
            raise Refused("erased")
        events.write("complainant-seen", who, timezone.now(), {}, lead=lead)
    return found


def attachment(lead_id: int, pk: int, who: Who) -> tuple[Attachment, bytes]:
    """One attachment and its bytes, to an officer; that he took it is an event."""
    with transaction.atomic():
        lead = _seen(lead_id, who)
        found = Attachment.objects.filter(pk=pk, lead=lead).first()
        if found is None:
            raise Refused("not-yours")
        path = place("attachments", found.digest)
        if found.erased or not path.is_file():
            raise Refused("erased")
        raw = path.read_bytes()
        if hashlib.sha256(raw).hexdigest() != found.digest:
            raise Refused("file-gone")
        events.write("attachment-seen", who, timezone.now(), {"sha256": found.digest}, lead=lead)
    return found, raw


def erase(today: date, now: datetime | None = None) -> int:
    """Erase attachments whose day has come, and files of leads whose hour has passed; how many files went."""
    gone = 0
    for found in Attachment.objects.filter(erase_on__lte=today, erased=False):
        with transaction.atomic():
            Attachment.objects.filter(pk=found.pk).update(erased=True)
            needed = Attachment.objects.filter(digest=found.digest, erased=False).exists()
        if not needed:
            place("attachments", found.digest).unlink(missing_ok=True)
            gone += 1
    old = (now or timezone.now()) - WAIT
    folder = Path(settings.HOME) / "sheets"
    fresh = set(Sheet.objects.filter(sent__gte=old, entered=None).values_list("digest", flat=True))
    for path in folder.glob("*/*") if folder.is_dir() else ():
        if path.name not in fresh and path.stat().st_mtime < old.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


# ---- many leads at once -----------------------------------------------------------------------------------


def subject_for(lead: Lead) -> Subject | None:
    """The lead's subject, or the only one that is called so."""
    if lead.subject:
        return lead.subject
    called = list(Subject.objects.filter(folded=folded(lead.subject_name))[:2])
    return called[0] if len(called) == 1 else None


def triage_many(who: Who, ids: list[int], scenario: str, province: str) -> list[tuple[int, Refused | None]]:
    """Triage each of some leads on its own; what was refused is told beside it. An empty scenario keeps the lead's."""
    _may("triage-lead", who)
    if len(ids) > AT_ONCE or province not in PROVINCES or (scenario and scenario not in catalogue.load().scenarios):
        raise Refused("bad-data")
    done: list[tuple[int, Refused | None]] = []
    for pk in dict.fromkeys(ids):
        try:
            lead = leads_of(who).filter(pk=pk).first()
            if lead is None:
                raise Refused("not-yours")
            subject = subject_for(lead)
            if subject is None:
                raise Refused("no-subject")
            leads.triage(pk, who, subject=subject, scenario=scenario or lead.scenario, province=province)
        except Refused as e:
            done.append((pk, e))
        else:
            done.append((pk, None))
    return done


# ---- saved views ------------------------------------------------------------------------------------------


def save_view(who: Who, page: str, name: str, query: str, default: bool) -> None:
    """Keep filters under a name; the same name again replaces them."""
    name = name.strip()
    if who.person is None or page not in ("leads", "cases") or not 0 < len(name) <= 40 or len(query) > 500:
        raise Refused("bad-data")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=who.person.pk)
        mine = View.objects.filter(person=who.person, page=page)
        if mine.exclude(name=name).count() >= VIEWS:
            raise Refused("too-many-views")
        if default:
            mine.update(default=False)
        View.objects.update_or_create(person=who.person, page=page, name=name, defaults={"query": query, "default": default})


def drop_view(who: Who, pk: int) -> None:
    """Forget a view of one's own."""
    View.objects.filter(pk=pk, person=who.person).delete()


