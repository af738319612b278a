"""Pictures of text → lines, by optical recognition. Needs the extra `ocr`.

RapidOCR carries its models (PP-OCR, Apache-2.0) in its wheel and runs them on ONNX Runtime without a graphics card;
their files are named here, so that nothing is ever fetched. What it reads may be wrong by a character: it serves to
find what a text says, never to find that something is missing.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

SURE = 0.6  # confidence of a line below which it is left out
Line = tuple[float, float, float, float, str]  # left, top, right, bottom in pixels, text


def missing() -> list[str]:
    """Libraries that recognition needs and that are not here."""
    return [n for n in ("rapidocr", "onnxruntime") if importlib.util.find_spec(n) is None]


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    spec = importlib.util.find_spec("rapidocr")
    models = Path(str(spec.origin if spec else "")).parent / "models"
    detect, read = (next(iter(sorted(models.glob(f"*_{what}_*.onnx")))) for what in ("det", "rec"))
    return RapidOCR(params={
        "Global.log_level": "critical", "Global.use_cls": False,  # pages stand upright
        "Det.model_path": str(detect), "Rec.model_path": str(read),
        "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    })  # fmt: skip


def lines(picture: Any) -> list[str]:
    """Lines of a picture from top to bottom; pieces side by side are one line. `picture`: array of shape (height,
    width, 3), eight bits, blue first."""
    found = _engine()(picture, use_cls=False)
    if found.boxes is None or not found.txts:
        return []
    pieces = []
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        xs, ys = [float(p[0]) for p in box], [float(p[1]) for p in box]
        if score >= SURE and text.strip():
            pieces.append((min(xs), min(ys), max(xs), max(ys), str(text)))
    return [" ".join(p[4] for p in row) for row in rows(pieces)]


def rows(pieces: Iterable[Line]) -> list[list[Line]]:
    """Pieces as rows from top to bottom, each from left to right: a piece whose middle lies between top and bottom
    of the row's first piece stands in that row."""
    out: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda p: (p[1] + p[3], p[0])):
        middle = (piece[1] + piece[3]) / 2
        if out and out[-1][0][1] <= middle <= out[-1][0][3]:
            out[-1].append(piece)
        else:
            out.append([piece])
    return [sorted(row, key=lambda p: p[0]) for row in out]
