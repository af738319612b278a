"""Which files make the catalogue, their digest, and YAML without its surprises."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

MAX_FILE = 4 << 20  # bytes; the largest list is a tenth of it
MAX_DEPTH = 40  # of nesting in one file


class YamlError(ValueError):
    """A file is no YAML that we accept. The text names the line."""


def paths(root: Path) -> list[Path]:
    """All YAML files below `root`, in the order of their names relative to it."""
    return sorted(root.rglob("*.yml"), key=lambda p: p.relative_to(root).as_posix())


def digest(root: Path) -> str:
    """SHA-256 over name, length and content of every catalogue file, in hexadecimal."""
    # Every command does this: pathlib would take four times as long over hundreds of files.
    base = os.fspath(root)
    names = [
        f"{folder[len(base) + 1 :]}{os.sep if len(folder) > len(base) else ''}{name}".replace(os.sep, "/")
        for folder, _, found in os.walk(base)
        for name in found
        if name.endswith(".yml")
    ]
    total = hashlib.sha256()
    for name in sorted(names):
        with open(f"{base}/{name}", "rb", 0) as f:  # noqa: PTH123
            data = f.read()
        total.update(f"{name}\0{len(data)}\0".encode())
        total.update(data)
    return total.hexdigest()


def parse(text: str) -> Any:
    """YAML to builtin values, strictly.

    Only true and false are booleans, only null, ~ and nothing are null, only plain decimals
    are numbers: `no`, `on`, 1:30, 010 and dates stay strings. Duplicate keys, anchors with
    aliases and several documents are refused with YamlError.
    """
    import yaml

    if len(text) > MAX_FILE:
        raise YamlError(f"longer than {MAX_FILE} characters")
    loader = _loader()(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _check_nodes(node)
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise YamlError(" ".join(str(error).split())) from None
    finally:
        loader.dispose()


def _check_nodes(root: Any) -> None:
    """Refuse aliases (a node met twice), duplicate keys and absurd depth, without recursion."""
    from yaml.nodes import MappingNode, SequenceNode

    seen: set[int] = set()
    todo = [(root, 1)]
    while todo:
        node, depth = todo.pop()
        line = node.start_mark.line + 1
        if id(node) in seen:
            raise YamlError(f"line {line}: anchors and aliases are not used here")
        seen.add(id(node))
        if depth > MAX_DEPTH:
            raise YamlError(f"line {line}: nested deeper than {MAX_DEPTH}")
        if isinstance(node, MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                if not isinstance(key.value, str):
                    raise YamlError(f"line {key.start_mark.line + 1}: a key must be a plain word")
                if key.value in keys:
                    raise YamlError(f"line {key.start_mark.line + 1}: duplicate key {key.value!r}")
                keys.add(key.value)
                todo += [(key, depth + 1), (value, depth + 1)]
        elif isinstance(node, SequenceNode):
            todo += [(value, depth + 1) for value in node.value]


@cache
def _loader() -> Any:
    import yaml

    class Loader(yaml.CSafeLoader):
        """The C parser with a resolver of its own."""

        yaml_implicit_resolvers = _resolvers()

    return Loader


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """First character to (tag, pattern): the whole list of what is not a string."""
    digits = "-0123456789"
    rules = (
        ("bool", r"^(?:true|false)$", ["t", "f"]),
        ("int", r"^-?(?:0|[1-9][0-9]*)$", digits),
        ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", digits),
        ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    )
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, pattern, first in rules:
        for character in first:
            table.setdefault(character, []).append((f"tag:yaml.org,2002:{tag}", re.compile(pattern)))
    return table
