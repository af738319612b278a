"""What a policy says of the things that it is expected to say: `policy-element` facts.

An element is there when an expression of the catalogue stands in a sentence, heading or row, or when the sentence
model puts at least two sentences under its topic that the expressions of no other element account for. Absent is only said of a policy that was read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingcha.catalogue.schema import PolicyElement
from mingcha.extract.policy.document import Sentence
from mingcha.extract.policy.text import defines

ENOUGH = 2  # sentences under a topic that show an element without its words
QUOTE = 300
LONGEST = 1_000  # characters of one sentence that are looked at
_FRAME = re.compile(r"[【】]|(?<=\d) +(?=[年月日个])|(?<=[年月]) +(?=\d)")
_UNITS = {"工作日": "workday", "自然日": "day", "日": "day", "天": "day", "个月": "month", "年": "year"}
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class _Compiled:
    element: PolicyElement
    any: re.Pattern[str]
    none: re.Pattern[str] | None
    value: re.Pattern[str] | None


class Elements:
    """The elements of a catalogue, compiled once."""

    def __init__(self, known: Mapping[str, PolicyElement]) -> None:
        self.compiled = [
            _Compiled(e, _joined(e.any), _joined(e.none) if e.none else None, re.compile(e.value) if e.value else None) for e in known.values()
        ]

    def facts(
        self, sentences: Sequence[Sentence], topics: Sequence[tuple[str, ...]], listed: bool, absent: bool
    ) -> Iterator[dict[str, Any]]:
        """Facts of all elements, without `exhibit` and `where`. `topics`: of each sentence; `listed`: the text holds a
        list of SDKs; `absent`: whether what is not found may be said to be missing."""
        plain = [_plain(s.text) for s in sentences]
        for one in self.compiled:
            element = one.element
            hit = _search(one, sentences, plain)
            shown = [n for n, t in enumerate(topics) if element.topic in t] if element.topic else []
            if hit is None and len(shown) >= ENOUGH:
                shown = [n for n in shown if not self._explained(sentences[n].text, one)]
            model = len(shown) >= ENOUGH
            if hit is None and element.id == "sdk-list" and listed:
                yield {"kind": "policy-element", "element": element.id, "present": True, "by": "lexicon", "quote": None, "offset": None, "section": None, "value": None, "unit": None}
            elif hit is not None or model:
                at = hit if hit is not None else shown[0]
                found, (value, unit) = sentences[at], _value(one, sentences[at].text)
                yield {
                    "kind": "policy-element", "element": element.id, "present": True,
                    "by": "both" if hit is not None and model else "lexicon" if hit is not None else "model",
                    "quote": found.text[:QUOTE], "offset": found.offset, "section": " > ".join(found.path) or None,
                    "value": value, "unit": unit,
                }  # fmt: skip
            elif absent:
                yield {"kind": "policy-element", "element": element.id, "present": False, "by": None, "quote": None, "offset": None, "section": None, "value": None, "unit": None}

    def _explained(self, text: str, but: _Compiled) -> bool:
        """Whether another element's expressions stand in a sentence."""
        return any(one is not but and one.any.search(text[:LONGEST]) for one in self.compiled)

def _plain(text: str) -> str:
    """A sentence as the expressions look at it: frames around fields and blanks within dates are gone, and so are
    sentences that only say what a word means, unless “we” or a company stand in them."""
    text = _FRAME.sub("", text[:LONGEST])
    return "" if defines(text) and not re.search("公司|我们", text) else text


def _search(one: _Compiled, sentences: Sequence[Sentence], plain: Sequence[str]) -> int | None:
    """The first sentence that shows an element; one that also states its value, or is no heading, comes first."""
    heading = fallback = None
    for n, text in enumerate(plain):
        if not one.any.search(text) or (one.none and one.none.search(text)):
            continue
        if sentences[n].kind == "heading":
            heading = n if heading is None else heading
        elif one.value is None or one.value.search(text):
            return n
        elif fallback is None:
            fallback = n
    return fallback if fallback is not None else heading


def _joined(expressions: Sequence[str]) -> re.Pattern[str]:
    """One expression out of several; flags at their beginnings hold for each alone."""
    return re.compile("|".join(f"(?i:{e[4:]})" if e.startswith("(?i)") else f"(?:{e})" for e in expressions))


def _value(one: _Compiled, text: str) -> tuple[float | None, str | None]:
    found = one.value.search(text) if one.value else None
    if found is None:
        return None, None
    number = counted(found[1])
    return (float(number), _UNITS.get(found[2])) if number is not None else (None, None)


def counted(text: str) -> int | None:
    """A number in digits or in Chinese up to 99."""
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.partition("十")
    if not mark:
        return _DIGITS.get(text)
    try:
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    except KeyError:
        return None
