"""Real policies of CAPP-130, where the corpus lies beside the repository: what is taken out is missed, and nothing
else is; what is denied turns; the order of sections changes nothing. And the gold set of elements (gold/README.md)."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mingcha import catalogue
from mingcha.extract.policy import reader
from mingcha.extract.policy.document import Document, Sentence
from mingcha.extract.policy.statements import Statements

CORPUS = Path(os.environ.get("MINGCHA_CAPP", Path(__file__).parents[4] / "shared" / "data" / "capp-130"))
KNOWN = catalogue.load()
SOME = 12  # policies; all of them take a minute
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="CAPP-130 is not beside the repository (or set MINGCHA_CAPP)")


def policies() -> list[str]:
    """Every tenth name of the corpus, whatever its order on the disk."""
    return sorted(p.stem for p in CORPUS.rglob("rw_*.jsonl"))[:: 130 // SOME][:SOME]


@cache
def lines(policy: str) -> tuple[str, ...]:
    """Sentences of one policy as the corpus has them."""
    path = next(CORPUS.rglob(f"{policy}.jsonl"))
    return tuple(json.loads(line)["text"].replace("\n", " ") for line in path.read_text("utf-8").splitlines() if line.strip())


def read(parts: Iterable[str], folder: Path) -> tuple[Document, list[dict[str, Any]]]:
    """Document and facts of lines written to a file."""
    path = folder / "隐私政策.txt"
    path.write_text("\n".join(parts), "utf-8")
    document, encoding = reader.load(path)
    return document, list(reader.facts(document, path.stem, KNOWN, encoding))


def present(facts: list[dict[str, Any]]) -> set[str]:
    return {f["element"] for f in facts if f["kind"] == "policy-element" and f["present"]}


def carried(line: str, alone: bool = True) -> set[str]:
    """Elements that one line shows by itself."""
    elements = reader.tools(KNOWN)[2]
    sentences = [Sentence(t, 0, (), "text", 0) for t in re.split(r"(?<=[。！？!?；;])", line) if t.strip()]
    return present([{**f} for f in elements.facts(sentences, [()] * len(sentences), False, alone)])


@pytest.mark.parametrize("policy", policies() if CORPUS.is_dir() else [])
def test_what_carries_an_element_takes_it_along_and_nothing_else(policy: str, tmp_path: Path) -> None:
    told = [carried(line) for line in lines(policy)]
    _, facts = read(lines(policy), tmp_path)
    before = present(facts)
    by_words = {f["element"] for f in facts if f["kind"] == "policy-element" and f["by"] == "lexicon"}
    rare = sorted((e for e in by_words if e != "sdk-list" and any(e in t for t in told)), key=lambda e: sum(e in t for t in told))
    assert rare
    for element in rare[:4]:
        keep = [n for n, t in enumerate(told) if element not in t]
        _, facts = read([lines(policy)[n] for n in keep], tmp_path)
        gone = before - present(facts)
        left = set().union(*(told[n] for n in keep))
        assert element in gone
        assert gone - {element} <= {e for e in before if e not in left}, element


@pytest.mark.parametrize("policy", policies()[:6] if CORPUS.is_dir() else [])
def test_the_order_of_sections_changes_nothing(policy: str, tmp_path: Path) -> None:
    document, facts = read(lines(policy), tmp_path)
    sections: list[list[str]] = [[]]
    for block in document.blocks:
        if block.kind == "heading" and block.level <= 2:
            sections.append([])
        sections[-1].append(block.text)
    head, *rest = sections
    random.Random(policy).shuffle(rest)
    _, moved = read([*head, *(text for part in rest for text in part)], tmp_path)
    words = {f["element"] for f in facts if f["kind"] == "policy-element" and f["by"] in ("lexicon", "both")}
    assert words <= present(moved)
    assert present(moved) - present(facts) <= {"change-notice", "contact"}  # the model of sentences looks at neighbours

    def said(found: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        return {(f["actor"], f["act"], f["polarity"], tuple(sorted(f["items"])), f["quote"]) for f in found if f["kind"] == "statement" and f["by"] == "sentence"}

    before, after = said(facts), said(moved)
    assert len(before & after) >= 0.99 * len(before)


def test_a_denial_put_before_the_verb_turns_the_statement() -> None:
    verb = re.compile(r"^(?:[^，,。；;如若]{0,20}[，,])?我们(?:会|将|可能会)(收集|获取|使用|存储|共享)(?=[^。；，]{0,8}[您你])")
    matcher, known, _ = reader.tools(KNOWN)
    turned = total = 0
    for path in sorted(CORPUS.rglob("rw_*.jsonl"))[::3]:
        for line in lines(path.stem):
            found = verb.match(line)
            if not found or len(line) > 120:
                continue
            before, after = (
                list(Statements(matcher, known).one(Sentence(text, 0, (), "text", 0)))
                for text in (line, line[: found.start(1)].removesuffix("可能会").removesuffix("会").removesuffix("将") + "不会" + line[found.start(1) :])
            )
            if len(before) == 1 and before[0]["polarity"] and before[0]["items"]:
                total += 1
                turned += any(not f["polarity"] for f in after)
    assert total >= 10
    assert turned >= 0.95 * total


def test_the_gold_set_is_whole_and_holds_no_text() -> None:
    gold = Path(__file__).parent / "gold"
    rows = [json.loads(line) for line in (gold / "elements.jsonl").read_text("utf-8").splitlines()]
    known = {r["policy"]: r for r in map(json.loads, (gold / "policies.jsonl").read_text("utf-8").splitlines())}
    assert {(r["policy"], r["element"]) for r in rows} == {(p, e) for p in known for e in KNOWN.policy_elements}
    for row in rows:
        assert set(row) == {"policy", "element", "present", "labels", "places"}
        assert row["present"] in row["labels"]
        assert bool(row["places"]) == row["present"]
        assert all(0 <= start < end <= known[row["policy"]]["characters"] for start, end in row["places"])
        text = "\n".join(lines(row["policy"]))
        assert hashlib.sha256(text.encode()).hexdigest() == known[row["policy"]]["sha256"]


def test_elements_of_the_gold_set_are_found(tmp_path: Path) -> None:
    gold = Path(__file__).parent / "gold" / "elements.jsonl"
    hits = wrong = missed = right = 0
    said: dict[str, set[str]] = {}
    for row in map(json.loads, gold.read_text("utf-8").splitlines()):
        if row["policy"] not in said:
            said[row["policy"]] = present(read(lines(row["policy"]), tmp_path)[1])
        told = row["element"] in said[row["policy"]]
        hits, wrong = hits + (told and row["present"]), wrong + (told and not row["present"])
        missed, right = missed + (row["present"] and not told), right + (not row["present"] and not told)
    assert 2 * hits / (2 * hits + wrong + missed) >= 0.95  # calling everything present has 0.87
    assert 2 * right / (2 * right + wrong + missed) >= 0.85  # of the absent
