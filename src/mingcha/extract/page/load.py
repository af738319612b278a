"""A visit's folder as records: what is there, within limits, and nothing of what is not."""

from __future__ import annotations

import gzip
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingcha.errors import BadInput
from mingcha.extract.page.snapshot import Snapshot, decode

MAX_INDEX = 32 << 20  # bytes of visit.json
MAX_PART = 256 << 20  # bytes of one expanded part of a page
MAX_PAGES = 1000
_NAME = re.compile(r"[\w-]{1,60}")


@dataclass(slots=True)
class Record:
    """One recorded page. Parts that are missing or broken are empty; `broken` names them."""

    id: str
    profile: str
    role: str
    mode: str
    raw: dict[str, Any]
    folder: Path
    broken: list[str] = field(default_factory=list)
    _snapshot: Snapshot | None = None

    @property
    def url(self) -> str:
        """Its address after redirects."""
        return str(self.raw.get("url") or self.raw.get("asked") or "")

    @property
    def metrics(self) -> dict[str, Any]:
        """What the page measured of itself."""
        return _map(self.raw.get("metrics"))

    @property
    def probes(self) -> dict[str, Any]:
        """What trying its functions showed."""
        return _map(self.raw.get("probes"))

    def part(self, name: str) -> Any:
        """A compressed part of the page, None where there is none that can be read."""
        path = self.folder / f"{name}.json.gz"
        try:
            with gzip.open(io.BytesIO(path.read_bytes())) as f:
                data = f.read(MAX_PART + 1)
            if len(data) > MAX_PART:
                raise ValueError("too large")
            return json.loads(data.decode("utf-8", "surrogatepass"))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, RecursionError):
            self.broken.append(name)
            return None

    def snapshot(self) -> Snapshot | None:
        """The page's tree."""
        if self._snapshot is None and (data := self.part("snapshot")) is not None:
            try:
                self._snapshot = decode(data)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                self.broken.append("snapshot")
        return self._snapshot

    def forget(self) -> None:
        """Let the tree go: a visit has many pages."""
        self._snapshot = None


def visit(folder: Path) -> tuple[dict[str, Any], list[Record]]:
    """The index of a visit and its pages. BadInput where the index is none."""
    path = folder / "visit.json"
    try:
        if path.stat().st_size > MAX_INDEX:
            raise ValueError("too large")
        index = json.loads(path.read_bytes())
        pages = index["pages"]
        if not str(index["schema"]).startswith("mingcha.visit/1") or not isinstance(pages, list):
            raise ValueError("no visit")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as e:
        raise BadInput(
            f"{folder.name} 中的 visit.json 无法读取", f"visit.json in {folder.name} cannot be read",
            {"zh": "请重新记录网页访问", "en": "record the visit again"}, code="bad-visit",
        ) from e  # fmt: skip
    out = []
    for raw in pages[:MAX_PAGES]:
        if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not _NAME.fullmatch(raw["id"]):
            continue
        out.append(Record(id=raw["id"], profile=str(raw.get("profile", "")), role=str(raw.get("role", "")), mode=str(raw.get("mode", "ordinary")), raw=raw, folder=folder / "pages" / raw["id"]))
    return index, out


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
