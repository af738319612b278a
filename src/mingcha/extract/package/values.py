"""Attribute values as manifests use them: literals, references into the table, text forms."""

from __future__ import annotations

from collections.abc import Mapping

from mingcha.extract.package.arsc import Resources
from mingcha.extract.package.notes import clip
from mingcha.extract.package.xmltree import Ref, Value


class Reader:
    """Turns attribute values into what a fact holds; references go through `resources` if any."""

    def __init__(self, resources: Resources | None) -> None:
        self.resources = resources

    def plain(self, value: Value, locale: str = "") -> Value:
        """`value` without references; None where one leads out of the package."""
        if not isinstance(value, Ref):
            return value
        return self.resources.resolve(value, locale) if self.resources else None

    def text(self, value: Value, locale: str = "") -> str | None:
        """As text; None for nothing and for references that do not resolve."""
        value = self.plain(value, locale)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def shown(self, value: Value, locale: str = "") -> str | None:
        """As text fit for a fact; an unresolved reference is shown by its name, as `@string/x`."""
        text = self.text(value, locale)
        if text is None and isinstance(value, Ref):
            name = value.name or (self.resources.name(value.id) if self.resources else "")
            return f"@{clip(name)}" if name else f"@{value.id:#010x}"
        return clip(text) if text else None

    def integer(self, value: Value) -> int | None:
        """As an int; text is read as decimal or 0x hexadecimal."""
        value = self.plain(value)
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, float):
            return int(value) if abs(value) < 1e15 else None
        if isinstance(value, str):
            text = value.strip()
            try:
                return int(text, 16 if text[:2].lower() == "0x" else 10) if len(text) <= 20 else None
            except ValueError:
                return None
        return value if isinstance(value, int) else None

    def optional_flag(self, value: Value) -> bool | None:
        """As a bool; None where the attribute is absent or does not resolve."""
        value = self.plain(value)
        if isinstance(value, str):
            return {"true": True, "1": True, "-1": True, "false": False, "0": False}.get(
                value.strip().lower()
            )
        if isinstance(value, bool | int | float):
            return bool(value)
        return None

    def flag(self, value: Value, default: bool = False) -> bool:
        """As a bool with the platform's default."""
        found = self.optional_flag(value)
        return default if found is None else found

    def flags(self, value: Value, names: Mapping[int, str]) -> list[str]:
        """Names of the bits set; the text form lists them with `|`."""
        if isinstance(value, str) and not value.strip().isdigit():
            return [clip(part.strip()) for part in value.split("|") if part.strip()]
        bits = self.integer(value) or 0
        return [name for bit, name in names.items() if bits & bit]

    def present(self, value: Value) -> bool | None:
        """Whether a drawable is declared and leads somewhere; None if that cannot be told."""
        if value is None:
            return False
        if not isinstance(value, Ref):
            return bool(value)
        if value.id >> 24 == 1:  # a framework drawable
            return True
        if self.resources is None or not value.id:
            return None
        return bool(self.resources.values(value.id))
