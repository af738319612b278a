"""Subscribe, fill the queue from the log, deliver.

A delivery is a POST of JSON with an id that stays the same however often it is tried, and a signature over time and body.
A target that fails waits longer each time and delays no other; after eight failures it is given up, visibly.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from mingcha.errors import Usage
from mingcha.observe.addresses import AddressRefused, Pins
from mingcha.server.ledger import events
from mingcha.server.ledger.models import Event, Sequenced
from mingcha.server.ledger.process import table
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who, visible
from mingcha.server.outbox.models import Delivery, Mark, Subscription
from mingcha.settings import load

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440))
"""After each failure; one more and it is dead."""
SECONDS, BATCH, MOST = 10.0, 500, 20
"""Of one try; events looked at together; subscriptions of one organisation."""


def networks() -> list[str]:
    """Networks inside that may be told all the same (`webhook_networks`)."""
    named = [n.strip() for n in load().webhook_networks.split(",") if n.strip()]
    try:
        Pins(named)
    except ValueError as e:
        raise Usage("webhook_networks 有误", f"webhook_networks: {e}", {"zh": "见 docs/settings.md", "en": "see docs/settings.md"}, code="bad-settings") from e
    return named


def checked(address: str) -> None:
    """Refuse an address that is no https address of a host outside."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as e:
        raise Refused("bad-address") from e
    if len(address) > 500 or not host or parts.username or parts.fragment or port == 0 or not address.isprintable() or " " in address:
        raise Refused("bad-address")
    try:
        Pins(networks()).address(host)
    except AddressRefused as e:
        if e.reason != "unresolved":  # a name may be made later; it is looked at again before each try
            raise Refused("bad-address") from e
    if parts.scheme != "https" and not (parts.scheme == "http" and networks()):
        raise Refused("bad-address")


def subscribe(who: Who, address: str, acts: Iterable[str] = (), now: datetime | None = None) -> Subscription:
    """A new subscription; it is told of what comes from now on. Its secret is shown once."""
    chosen = sorted(set(acts))
    if not table().others["make-webhook"].allows(who.kind, who.role):
        raise Refused("not-yours")
    if not set(chosen) <= table().acts.keys() or Subscription.objects.filter(organisation=who.organisation, active=True).count() >= MOST:
        raise Refused("bad-data")
    checked(address)
    at, last = now or timezone.now(), Sequenced.objects.aggregate(top=Max("index"))["top"]
    with transaction.atomic():
        made = Subscription.objects.create(
            organisation=who.organisation, address=address, secret=secrets.token_urlsafe(32), acts=chosen, made=at,
            since=0 if last is None else last + 1,
        )  # fmt: skip
        events.write("make-webhook", who, at, {"subscription": made.pk, "acts": chosen}, about=f"organisation:{who.organisation.pk}")
    return made


def end(number: int, who: Who, now: datetime | None = None) -> None:
    """Tell a subscription nothing any more."""
    if not table().others["end-webhook"].allows(who.kind, who.role):
        raise Refused("not-yours")
    with transaction.atomic():
        if not Subscription.objects.filter(pk=number, organisation=who.organisation, active=True).update(active=False):
            raise Refused("not-yours")
        events.write("end-webhook", who, now or timezone.now(), {"subscription": number}, about=f"organisation:{who.organisation.pk}")


def fill(now: datetime | None = None) -> int:
    """Queue what the log has and was not looked at; how many deliveries are new."""
    at, made = now or timezone.now(), 0
    while True:
        with transaction.atomic():
            Mark.objects.get_or_create(pk=1)
            mark = Mark.objects.select_for_update().get(pk=1)
            rows = list(Sequenced.objects.filter(index__gte=mark.index).select_related("event__case").order_by("index")[:BATCH])
            if not rows:
                return made
            subscriptions = list(Subscription.objects.filter(active=True).select_related("organisation"))
            found = [Delivery(subscription=s, event=r.event, due=at) for r in rows for s in subscriptions if r.index >= s.since and _wanted(s, r.event)]
            Delivery.objects.bulk_create(found, ignore_conflicts=True)
            mark.index = rows[-1].index + 1
            mark.save(update_fields=["index"])
            made += len(found)


def _wanted(subscription: Subscription, event: Event) -> bool:
    """Whether it asked for this act, and its organisation sees the case."""
    if event.case_id is None or event.act not in table().acts or (subscription.acts and event.act not in subscription.acts):
        return False
    return visible(Who(None, subscription.organisation, "")).filter(pk=event.case_id).exists()


def payload(event: Event) -> dict[str, Any]:
    """What is told: the act, and where the case is to be asked for. Nothing that only some may see."""
    case, data = event.case, json.loads(event.leaf)["data"]
    return {
        "id": str(event.uid), "act": event.act, "at": event.at.isoformat(), "case": case.number if case else None,
        "subject": case.subject.identifier if case else None, "from": data.get("from"), "to": data.get("to"),
    }  # fmt: skip


def signature(secret: str, time: int, body: bytes) -> str:
    """HMAC-SHA256 over time, a dot and the body."""
    return hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()


def deliver(now: datetime | None = None, most: int = 1000) -> tuple[int, int]:
    """Try what is due: (delivered, failed). One target that fails is left alone for the rest of this run."""
    at, done, failed, resting = now or timezone.now(), 0, 0, set[int]()
    due = Delivery.objects.filter(state="waiting", due__lte=at, subscription__active=True).order_by("pk").values_list("pk", "subscription")[:most]
    for pk, subscription in list(due):
        if subscription in resting:
            continue
        # Taken by moving its time: a second run beside this one, or after its death, does not try it at once.
        if not Delivery.objects.filter(pk=pk, state="waiting", due__lte=at).update(due=at + timedelta(seconds=SECONDS * 6)):
            continue
        found = Delivery.objects.select_related("subscription", "event__case__subject").get(pk=pk)
        said = _try(found, at)
        found.tries, found.said = found.tries + 1, said
        if said.startswith("2"):
            found.state, done = "done", done + 1
        else:
            resting.add(subscription)
            failed += 1
            if found.tries > len(WAITS):
                found.state = "dead"
            else:
                found.due = at + WAITS[found.tries - 1]
        found.save(update_fields=["tries", "said", "state", "due"])
    return done, failed


def _try(found: Delivery, at: datetime) -> str:
    """The status that the target answered with, or why there was none."""
    subscription, body = found.subscription, json.dumps(payload(found.event), ensure_ascii=False).encode()
    parts = urlsplit(subscription.address)
    host = parts.hostname or ""
    try:
        pinned = str(Pins(networks()).address(host))
    except AddressRefused as e:
        return f"address {e.reason}"
    place = f"[{pinned}]" if ":" in pinned else pinned
    target = parts._replace(netloc=f"{place}:{parts.port}" if parts.port else place).geturl()
    time = int(at.timestamp())
    headers = {
        "Host": host if not parts.port else f"{host}:{parts.port}", "Content-Type": "application/json", "User-Agent": "mingcha-webhook",
        "Mingcha-Id": str(found.event.uid), "Mingcha-Signature": f"t={time},v1={signature(subscription.secret, time, body)}",
    }  # fmt: skip
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", target, content=body, headers=headers, extensions={"sni_hostname": host}) as answer,
        ):
            return str(answer.status_code)  # what it says beyond that is not read
    except (httpx.HTTPError, OSError, ValueError) as e:
        return type(e).__name__[:60]
