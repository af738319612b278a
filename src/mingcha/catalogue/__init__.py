"""What the law says, as data: rules, laws and lists, with their loader, linter and lock.

Judging needs only `load`; what reads YAML is imported when the compiled form is missing.
"""

from __future__ import annotations

from mingcha.catalogue.loader import VERSION, Catalogue, FactField, FactKind, Lists, lists, load

__all__ = ["VERSION", "Catalogue", "FactField", "FactKind", "Lists", "lists", "load"]
