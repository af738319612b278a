"""What a sentence of a policy is about: a linear model over runs of characters.

Eleven topics after the corpus CAPP-130 (CC BY 4.0, attribution in data/README.md and in the file
itself). The weights are a plain array file of eight-bit numbers without any pickled object; scoring is a
sparse sum with NumPy. tools/train_topics.py made the file and prints its figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).parent / "data" / "topics.npz"
Floats = npt.NDArray[np.float32]
LONGEST = 1_000  # characters of one sentence that are looked at
GRAMS = (1, 2, 3)
_DROPPED = re.compile(r"[\s\"'“”‘’「」《》（）()【】\[\]]+")
_DIGITS = re.compile(r"[0-9]+")

# In the order of the columns of the file.
TOPICS = (
    "collection", "permission", "sharing", "usage", "storage", "security", "audience", "management", "contact",
    "change", "cessation",
)  # fmt: skip


class Model(NamedTuple):
    """Run of characters → row; idf of shape (rows,), weights (rows, topics), bias (topics,); then the second step:
    context (5 × topics, topics) and its bias (topics,)."""

    rows: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    context: Floats
    context_bias: Floats


def grams(text: str) -> Counter[str]:
    """Runs of one to three characters with their counts: blanks, quotes and brackets dropped, numbers as one 0."""
    kept = _DIGITS.sub("0", _DROPPED.sub("", text[:LONGEST].lower()))
    return Counter(kept[i : i + n] for n in GRAMS for i in range(len(kept) - n + 1))


@cache
def model(path: Path = FILE) -> Model:
    """The shipped model."""
    with np.load(path, allow_pickle=False) as data:
        names = bytes(data["grams"]).decode("utf-8").split("\n")
        weights = data["weights"].astype(np.float32) * data["scale"].astype(np.float32)
        rest = (data[n].astype(np.float32) for n in ("bias", "context", "context_bias"))
        return Model({name: n for n, name in enumerate(names)}, data["idf"].astype(np.float32), weights, *rest)


def alone(sentences: Sequence[str], by: Model) -> Floats:
    """First step: each sentence by its own words, shape (sentences, topics)."""
    out = np.zeros((len(sentences), len(by.bias)), np.float32)
    for n, sentence in enumerate(sentences):
        found = [(by.rows[g], c) for g, c in grams(sentence).items() if g in by.rows]
        if found:
            rows = np.fromiter((r for r, _ in found), np.int64, len(found))
            counts = np.fromiter((c for _, c in found), np.float32, len(found))
            values = (1 + np.log(counts)) * by.idf[rows]
            out[n] = (values / np.linalg.norm(values)) @ by.weights[rows]
    return out + by.bias


def neighbours(scores: Floats) -> Floats:
    """A sentence's scores beside those of the one before, the one after and the means of three and of eight on
    either side, shape (sentences, 5 × topics): what a sentence is about is seldom said in it alone."""
    if not len(scores):
        return np.zeros((0, 5 * scores.shape[1]), np.float32)
    sums = np.cumsum(np.vstack([np.zeros((1, scores.shape[1])), scores]), 0)
    at = np.arange(len(scores))
    means = []
    for width in (3, 8):
        low, high = np.maximum(0, at - width), np.minimum(len(scores), at + width + 1)
        means.append((sums[high] - sums[low]) / (high - low)[:, None])
    before, after = np.vstack([scores[:1], scores[:-1]]), np.vstack([scores[1:], scores[-1:]])
    return np.hstack([scores, before, after, *means]).astype(np.float32)


def scores(sentences: Sequence[str], by: Model | None = None) -> Floats:
    """Of the sentences of one text in their order: above 0 the topic is said to apply. Shape (sentences, topics)."""
    known = by or model()
    out: Floats = neighbours(alone(sentences, known)) @ known.context + known.context_bias
    return out


def topics(sentences: Sequence[str]) -> list[tuple[str, ...]]:
    """Names of the topics of each sentence of one text; often none, sometimes several."""
    return [tuple(TOPICS[k] for k in np.flatnonzero(row > 0)) for row in scores(sentences)] if sentences else []
