"""The main menu: which pages which kinds of organisation find in it."""

from __future__ import annotations

from typing import NamedTuple

from mingcha.server.ledger.who import Who, may

AUTHORITIES = ("ministry", "administration", "auditor")
EVERYBODY = (*AUTHORITIES, "laboratory", "store", "company", "sdk-vendor", "evaluator")


class Item(NamedTuple):
    """One entry: the key of its text, its address, and for whom it is."""

    key: str
    address: str
    kinds: tuple[str, ...]
    act: str = ""
    """Only for who may do this, by the table of the process; empty for all."""


INSIDE = (
    Item("desk", "/desk/", EVERYBODY),
    Item("leads", "/desk/leads/", AUTHORITIES),
    Item("ledger", "/desk/cases/", EVERYBODY),
    Item("inspections", "/desk/inspections/", EVERYBODY),
    Item("batches", "/desk/batches/", AUTHORITIES),
    Item("campaigns", "/desk/campaigns/", AUTHORITIES),
    Item("evaluations", "/desk/evaluations/", (*AUTHORITIES, "evaluator", "company", "sdk-vendor")),
    Item("statistics", "/desk/statistics/", AUTHORITIES),
    Item("credit", "/desk/credit/", (*AUTHORITIES, "company", "sdk-vendor")),
    Item("records-registry", "/desk/registry/", (*AUTHORITIES, "laboratory")),
    Item("staff-admin", "/desk/admin/", EVERYBODY, "add-person"),
    Item("keys", "/desk/keys/", EVERYBODY, "make-key"),
    Item("webhooks", "/desk/webhooks/", EVERYBODY, "make-webhook"),
)
OUTSIDE = (Item("lists", "/lists/", ()), Item("press", "/press/", ()), Item("badges", "/badges/", ()), Item("complain", "/complain/", ()), Item("sign-in", "/sign-in/", ()))


def menu(who: Who | None) -> tuple[Item, ...]:
    """The entries for somebody who acts, or for a visitor."""
    return tuple(item for item in INSIDE if who.kind in item.kinds and (not item.act or may(item.act, who))) if who else OUTSIDE


def current(items: tuple[Item, ...], path: str) -> str:
    """Address of the entry that a page belongs to: the longest that its own begins with."""
    return max((i.address for i in items if path.startswith(i.address)), key=len, default="")
