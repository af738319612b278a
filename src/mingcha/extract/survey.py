"""What users answered in a survey: a CSV or JSON file of the user's own → mean and sample.

    CSV:  a column named score, 分数, 得分 or 满意度, each with /5, /10 or /100 after it for its scale (100 unless named);
          one row for each valid answer. Empty cells are no answers.
    JSON: {"mean": 82.5, "sample": 120, "scale": 100, "asked": 300, "how": "...", "period": "..."}
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

from mingcha.errors import BadInput
from mingcha.plain import plain

MAX_BYTES = 16 << 20
MAX_ROWS = 1_000_000
_COLUMN = re.compile(r"^\s*(?:score|points|分数|得分|评分|满意度)\s*(?:/\s*(5|10|100))?\s*$", re.I)


def read(path: Path) -> dict[str, Any]:
    """`mean` (0 to 100), `sample`, and what the file says of how they were got. BadInput where it is no survey."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES >> 20} MB")
        text = path.read_bytes().decode("utf-8-sig")
        found = _json(json.loads(text)) if text.lstrip().startswith("{") else _csv(text)
    except OSError as e:
        raise BadInput(f"{path} 无法读取：{e.strerror}", f"{path} cannot be read: {e.strerror}", code="unreadable") from e
    except (ValueError, RecursionError, csv.Error) as e:
        raise BadInput(
            f"{plain(path.name)} 不是可用的问卷结果：{plain(str(e), 120)}", f"{plain(path.name)} is no usable survey: {plain(str(e), 120)}",
            {"zh": "CSV 需有“满意度”一列，或者用 JSON 给出 mean 和 sample", "en": "a CSV needs a column score; a JSON file gives mean and sample"}, code="bad-survey",
        ) from e  # fmt: skip
    return found | {"source": plain(path.name)}


def points(path: Path) -> dict[str, Any]:
    """Points of a self-evaluation (0 to 100) from JSON: {"points": 90, "by": ..., "at": ...}. BadInput otherwise."""
    try:
        data = json.loads(path.read_bytes()[:MAX_BYTES])
        value = data["points"] if isinstance(data, dict) else None
        return {"points": _number(value, 0, 100), "by": plain(str(data.get("by", "")), 100), "at": plain(str(data.get("at", "")), 40), "source": plain(path.name)}
    except OSError as e:
        raise BadInput(f"{path} 无法读取：{e.strerror}", f"{path} cannot be read: {e.strerror}", code="unreadable") from e
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise BadInput(
            f"{plain(path.name)} 不是自评结果", f"{plain(path.name)} is no self-evaluation",
            {"zh": '内容应为 {"points": 0–100}', "en": 'it should say {"points": 0 to 100}'}, code="bad-survey",
        ) from e  # fmt: skip


def _number(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{value!r} is not between {low:g} and {high:g}")
    return float(value)


def _json(data: dict[str, Any]) -> dict[str, Any]:
    scale = data.get("scale", 100)
    if scale not in (5, 10, 100):
        raise ValueError("scale is 5, 10 or 100")
    sample = data.get("sample")
    if isinstance(sample, bool) or not isinstance(sample, int) or sample < 1:
        raise ValueError("sample is no number of answers")
    asked = data.get("asked")
    if asked is not None and (isinstance(asked, bool) or not isinstance(asked, int) or asked < sample):
        raise ValueError("asked is less than sample")
    return {"mean": round(_number(data.get("mean"), 0, scale) * 100 / scale, 2), "sample": sample, "asked": asked, "how": plain(str(data.get("how", "")), 200), "period": plain(str(data.get("period", "")), 100)}


def _csv(text: str) -> dict[str, Any]:
    rows = csv.reader(io.StringIO(text))
    head = next(rows, [])
    column = next(((n, m) for n, name in enumerate(head) if (m := _COLUMN.match(name))), None)
    if column is None:
        raise ValueError("no column of scores")
    place, scale = column[0], int(column[1][1] or 100)
    total, count = 0.0, 0
    for number, row in enumerate(rows, 2):
        if number > MAX_ROWS:
            raise ValueError("too many rows")
        cell = row[place].strip() if place < len(row) else ""
        if not cell:
            continue
        try:
            total += _number(float(cell), 0, scale)
        except ValueError:
            raise ValueError(f"row {number}: {cell!r} is not between 0 and {scale}") from None
        count += 1
    if not count:
        raise ValueError("no answers")
    return {"mean": round(total / count * 100 / scale, 2), "sample": count}
