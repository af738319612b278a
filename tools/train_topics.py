"""Train the topic model of policy sentences on CAPP-130 and print what it reaches on policies it has not seen.

    python tools/train_topics.py ../shared/data/capp-130 [-o src/mingcha/extract/policy/data/topics.npz]

Needs scikit-learn. Policies are split 90/18/22 by the digest of their name: sentences of one policy, which
repeat each other, never stand on both sides. The shipped weights are those that were tested.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_selection import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from mingcha.extract.policy import topics
from mingcha.extract.policy.text import clean

LABELS = (
    "数据收集", "权限获取", "共享、委托、转让、公开（披露）", "使用", "存储方式", "安全措施", "特殊人群", "数据、权限管理", "联系方式",
    "隐私政策的授权、修改与变更", "停止运营",
)  # fmt: skip
CREDIT = (
    "Weights learned from CAPP-130, a Corpus of Chinese Application Privacy Policy Summarization and Interpretation"
    " (NeurIPS 2023 Datasets and Benchmarks), EnlightenedAI, CC BY 4.0. No text of the corpus is included."
)


def load(folder: Path) -> dict[str, list[tuple[str, list[int]]]]:
    """Policy → sentences with the indices of their topics; stray label strings are left out."""
    out: dict[str, list[tuple[str, list[int]]]] = {}
    for path in sorted(folder.rglob("rw_*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        out[path.stem] = [(clean(r["text"]), [LABELS.index(x) for x in r["label"] if x in LABELS]) for r in rows]
    return out


def f1(truth: np.ndarray, said: np.ndarray) -> tuple[float, float, list[float]]:
    """Micro, macro, per topic."""
    tp, fp, fn = ((truth & said).sum(0), (~truth & said).sum(0), (truth & ~said).sum(0))
    each = 2 * tp / np.maximum(2 * tp + fp + fn, 1)
    return float(2 * tp.sum() / (2 * tp.sum() + fp.sum() + fn.sum())), float(each.mean()), each.tolist()


def matrix(sentences: list[str], rows: dict[str, int], idf: np.ndarray) -> sparse.csr_matrix:
    """As topics.scores has it: (1 + log count) × idf, length 1."""
    data, at, ptr = [], [], [0]
    for sentence in sentences:
        for g, c in topics.grams(sentence).items():
            if (r := rows.get(g)) is not None:
                data.append((1 + np.log(c)) * idf[r])
                at.append(r)
        ptr.append(len(at))
    m = sparse.csr_matrix((data, at, ptr), (len(sentences), len(rows)), dtype=np.float32)
    norm = np.ravel(np.sqrt(m.multiply(m).sum(1)))
    return sparse.diags(1 / np.maximum(norm, 1e-9)) @ m


def neighbourhood(policies: dict[str, list[tuple[str, list[int]]]], names: list[str], first: topics.Model) -> np.ndarray:
    """Input of the second step, policy by policy."""
    return np.vstack([topics.neighbours(topics.alone([t for t, _ in policies[n]], first)) for n in names])


def main() -> None:
    """Train, fit the second step on the second part, test on the third, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=topics.FILE)
    parser.add_argument("--features", type=int, default=40_000)
    parser.add_argument("--c", type=float, default=0.3)
    args = parser.parse_args()
    policies = load(args.corpus)
    order = sorted(policies, key=lambda n: hashlib.sha256(n.encode()).digest())
    parts = [[s for n in names for s in policies[n]] for names in (order[:90], order[90:108], order[108:])]
    texts = [[t for t, _ in p] for p in parts]
    truth = []
    for part in parts:
        y = np.zeros((len(part), len(LABELS)), bool)
        for n, (_, labels) in enumerate(part):
            y[n, labels] = True
        truth.append(y)
    print("sentences", [len(p) for p in parts])
    seen: dict[str, int] = {}
    for t in texts[0]:
        for g in topics.grams(t):
            seen[g] = seen.get(g, 0) + 1
    found = sorted(g for g, n in seen.items() if n >= 3 and "\n" not in g)
    idf = np.array([np.log((1 + len(texts[0])) / (1 + seen[g])) + 1 for g in found], np.float32)
    x = matrix(texts[0], {g: n for n, g in enumerate(found)}, idf)
    best = np.nan_to_num(np.max([chi2(x, truth[0][:, k])[0] for k in range(len(LABELS))], axis=0))
    keep = np.sort(np.argsort(-best)[: args.features])
    names, idf = [found[k] for k in keep], idf[keep].astype(np.float16).astype(np.float32)
    rows = {g: n for n, g in enumerate(names)}
    x = matrix(texts[0], rows, idf)
    weights, bias = np.zeros((len(names), len(LABELS)), np.float32), np.zeros(len(LABELS), np.float32)
    for k in range(len(LABELS)):
        fitted = LinearSVC(C=args.c, random_state=0).fit(x, truth[0][:, k])
        weights[:, k], bias[k] = fitted.coef_[0], fitted.intercept_[0]
    scale = np.abs(weights).max(0) / 127
    small = np.round(weights / scale).astype(np.int8)
    first = topics.Model(rows, idf, small * scale.astype(np.float32), bias, np.zeros((0, 0), np.float32), bias)
    around = [neighbourhood(policies, names, first) for names in (order[90:108], order[108:])]
    context, context_bias = np.zeros((5 * len(LABELS), len(LABELS)), np.float32), np.zeros(len(LABELS), np.float32)
    for k in range(len(LABELS)):
        second = LogisticRegression(C=1, max_iter=1000).fit(around[0], truth[1][:, k])
        context[:, k], context_bias[k] = second.coef_[0], second.intercept_[0]
    given = {t: f1(truth[1], around[0] @ context + context_bias > np.log(t / (1 - t)))[0] for t in (0.3, 0.35, 0.4, 0.45, 0.5)}
    level = max(given, key=lambda t: given[t])
    context_bias -= np.log(level / (1 - level)).astype(np.float32)
    np.savez_compressed(
        args.output, grams=np.frombuffer("\n".join(names).encode(), np.uint8), idf=idf.astype(np.float16), weights=small,
        scale=scale.astype(np.float32), bias=bias, context=context, context_bias=context_bias,
        credit=np.frombuffer(CREDIT.encode(), np.uint8),
    )  # fmt: skip
    topics.model.cache_clear()
    known = topics.model(args.output)
    for name, part, n in (("dev (second step fitted here)", order[90:108], 1), ("test", order[108:], 2)):
        said = np.vstack([topics.scores([t for t, _ in policies[p]], known) for p in part]) > 0
        micro, macro, each = f1(truth[n], said)
        print(f"{name}: micro-F1 {micro:.4f} macro-F1 {macro:.4f}", *(f"{t} {v:.2f}" for t, v in zip(topics.TOPICS, each, strict=True)))
    print(args.output, args.output.stat().st_size, "bytes,", len(names), "features, level", level)


if __name__ == "__main__":
    main()
