"""Evidence lines of judge (`name=value` pairs) in the words of the page.

judge writes one line per piece of evidence for machines and for both languages. An officer who reads
the page is owed words: `target_sdk=22` becomes “目标系统版本：22”. Names that have no word stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mingcha.report import names
from mingcha.report.text import digest_name, pick
from mingcha.report.words import Words, table

# A name counts only at the start or after a blank: `ak=` inside an address is no field of ours.
_FIELD = re.compile(r"(?:^|(?<=\s))([a-z][a-z0-9_]*)=")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)T[0-9:.]+(?:Z|[+-]\d\d:\d\d)?")
_MARKS = {"zh": ("：", "；"), "en": (": ", "; ")}
_GROUP = {  # fields whose values are codes
    "purpose": "purpose", "by": "by", "type": "component_one", "permission_protection": "protection", "verdict": "start_verdict", "state": "sdk_state",
    "cause": "self_start", "sink_kind": "sink",
}  # fmt: skip


def readable(text: str, w: Words, sdks: Mapping[str, str] | None = None) -> str:
    """The line with its known fields in words, in the order they stand. `sdks`: names of SDKs by
    id, and of SDKs and their makers by what judge calls them.
    """
    colon, semicolon = _MARKS[w.lang]
    labels = list(_FIELD.finditer(text))
    head = text[: labels[0].start()].strip() if labels else text
    if sdks and labels:  # judge writes the Chinese name
        head = sdks.get(head, head)
    parts = [head] if head else []
    listed = ""
    for n, match in enumerate(labels):
        name = match[1]
        end = labels[n + 1].start() if n + 1 < len(labels) else len(text)
        value = text[match.end() : end].strip()
        label = w.get("field", name) if f"field.{name}" in table() else ""
        shown = _value(name, value, w, sdks or {})
        if name in ("list", "entry"):  # the word lists have names for both
            listed, key = (value, value) if name == "list" else (listed, f"{listed}/{value}")
            shown = pick(names.word_lists().get(key), w.lang) or value
        parts.append(f"{label}{colon}{shown}" if label else f"{name}={value}")
    return semicolon.join(parts)


def _value(name: str, value: str, w: Words, sdks: Mapping[str, str]) -> str:
    if name in _GROUP:
        return w.join([w.get(_GROUP[name], code) for code in value.split(",")])
    if name == "hash":
        return digest_name(value)
    if name == "item":
        return pick(names.item_names().get(value), w.lang) or value
    if name == "known":
        return " ".join(pick(names.sdk_versions().get(id_), w.lang) or id_ for id_ in value.split(","))
    if name in ("actions", "domains", "service_types", "reference"):
        return w.join(list(dict.fromkeys(value.split(","))))
    if moment := _DAY.fullmatch(value):  # the hour at which a certificate ends tells nobody anything
        return moment[1]
    if name == "name":  # of a packer; judge writes the Chinese one
        return pick(names.packer_called().get(value), w.lang) or value
    if name == "vendor":  # an address names its SDK by id, an SDK its maker by name
        return sdks.get(value, value)
    return w.get("value", value)
