"""One element tree for all three forms of Android XML: binary, protobuf and text.

Attributes are keyed `android:name` for the android namespace (whatever prefix or resource id
the document used), `name` where there is no namespace, `{uri}name` otherwise. Values are what
the platform would see: str, int, float, bool, a `Ref`, or None for an empty value.
"""

from __future__ import annotations

import xml.parsers.expat
from collections.abc import Iterator
from typing import NamedTuple

from mingcha.extract.limits import DEFAULT, Limits
from mingcha.extract.package.notes import Notes

ANDROID = "http://schemas.android.com/apk/res/android"


class Ref(NamedTuple):
    """A reference to a resource: id (0 if unknown) and, in source or protobuf form, its name."""

    id: int
    name: str = ""


Value = str | int | float | bool | Ref | None


class Element:
    """One element; `text` is its character data, joined."""

    __slots__ = ("attrs", "children", "tag", "text")

    def __init__(self, tag: str, attrs: dict[str, Value]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[Element] = []
        self.text = ""

    def all(self, *tags: str) -> Iterator[Element]:
        """Children with one of these tags, in document order."""
        return (c for c in self.children if c.tag in tags)

    def first(self, tag: str) -> Element | None:
        """The first child with this tag."""
        return next(self.all(tag), None)

    def get(self, name: str) -> Value:
        """Value of the attribute `android:<name>`, or None."""
        return self.attrs.get("android:" + name)


def key(uri: str, name: str) -> str:
    """Attribute key of a namespace and a local name."""
    if not uri:
        return name
    return "android:" + name if uri == ANDROID else f"{{{uri}}}{name}"


class Builder:
    """Puts elements together within the limits; too deep or too many are skipped and noted."""

    def __init__(self, notes: Notes, limits: Limits) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._skipped = 0
        self._count = 0
        self._notes = notes
        self._limits = limits

    @property
    def full(self) -> bool:
        """No further element will be taken."""
        return self._count > self._limits.xml_elements

    def start(self, tag: str, attrs: dict[str, Value]) -> None:
        """Open an element."""
        self._count += 1
        if (
            self._skipped
            or len(self._open) >= self._limits.xml_depth
            or self._count > self._limits.xml_elements
        ):
            if not self._skipped:
                self._notes.limitation("reader-limit", f"XML elements too deep or too many at <{tag}>")
            self._skipped += 1
            return
        element = Element(tag, attrs)
        if self._open:
            self._open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        else:  # a second document element: the platform reads on, tools often do not
            self._notes.deviation("xml-second-root", tag)
            self.root.children.append(element)
        self._open.append(element)

    def end(self) -> None:
        """Close the innermost element; a surplus end is ignored."""
        if self._skipped:
            self._skipped -= 1
        elif self._open:
            self._open.pop()

    def data(self, text: str) -> None:
        """Character data of the innermost element."""
        if self._open and not self._skipped:
            element = self._open[-1]
            if len(element.text) < self._limits.string:
                element.text += text[: self._limits.string]


class _Doctype(Exception):
    pass


def parse_text(data: bytes, notes: Notes, limits: Limits = DEFAULT) -> Element | None:
    """Text XML (AAR manifests, source trees). A document type is refused: no entity is expanded.

    Returns what was read before an error; None with `malformed-manifest` noted if nothing was.
    """
    if len(data) > limits.manifest:
        notes.limitation("too-large", f"XML of {len(data)} bytes")
        return None
    builder = Builder(notes, limits)
    parser = xml.parsers.expat.ParserCreate(namespace_separator="\n")

    def qualified(name: str) -> tuple[str, str]:
        uri, _, local = name.rpartition("\n")
        return uri, local

    def start(name: str, attrs: dict[str, str]) -> None:
        values: dict[str, Value] = {}
        for raw, value in list(attrs.items())[: limits.xml_attributes]:
            values[key(*qualified(raw))] = (
                Ref(0, value.lstrip("@+")) if value[:1] == "@" and value != "@" else value
            )
        builder.start(qualified(name)[1], values)

    def doctype(*_args: object) -> None:
        raise _Doctype

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: builder.end()
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except _Doctype:
        notes.deviation("xml-doctype", "document type declaration")
        notes.limitation("malformed-manifest", "a document type declaration is not read")
        return None
    except (xml.parsers.expat.ExpatError, ValueError, LookupError) as error:
        notes.deviation("xml-syntax", error)
        if builder.root is None:
            notes.limitation("malformed-manifest", error)
    return builder.root
