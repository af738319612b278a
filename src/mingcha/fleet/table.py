"""Facts and results of stored runs as Parquet by month, written by DuckDB, ever only what is new.

    STORE/parquet/<table>/<month>-<n>.parquet     STORE/parquet/manifest.json names those that count

The manifest is put in place last. Files that it does not name were left behind by a killed export and are removed.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from mingcha import store
from mingcha.errors import BadInput, ToolMissing
from mingcha.fleet import commit, rows

BATCH = 20_000  # runs of one file
MANY = 12  # files of a month before they are put together
SORT = {
    "inspections": "sha256", "findings": "rule, run", "sdks": "sdk, run", "calls": "item, api, owner, run", "tallies": "rule, outcome",
}  # fmt: skip


class Manifest(msgspec.Struct, kw_only=True):
    """Files by table, relative to the folder; `next` is the number of the next file."""

    files: dict[str, list[str]] = msgspec.field(default_factory=lambda: {t: [] for t in rows.COLUMNS})
    next: int = 1


class Exported(msgspec.Struct, kw_only=True):
    """Counts of an export."""

    runs: int = 0
    findings: int = 0
    damaged: int = 0


def duckdb() -> Any:
    """The library, or how to get it."""
    try:
        import duckdb as found
    except ImportError:
        raise ToolMissing(
            "缺少 DuckDB", "DuckDB is not installed", dict.fromkeys(("zh", "en"), "pip install 'mingcha[fleet]'")
        ) from None
    return found


def manifest(root: Path) -> Manifest:
    """The manifest of a store; an empty one where nothing was exported."""
    try:
        return msgspec.json.decode((root / "parquet" / "manifest.json").read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except msgspec.MsgspecError as e:
        raise BadInput(
            f"{root} 的 parquet/manifest.json 已损坏：{e}", f"parquet/manifest.json of {root} is damaged: {e}",
            {"zh": "删除 parquet 目录后重新导出", "en": "remove the folder parquet and export again"}, code="bad-tables",
        ) from e  # fmt: skip


def paths(root: Path, table: str) -> list[str]:
    """Files of a table."""
    return [str(root / "parquet" / name) for name in manifest(root).files[table]]


def export(root: Path, tell: Callable[[int], None] | None = None) -> Exported:
    """Write what is not yet in Parquet. `tell` hears the number of runs after every thousand."""
    db, done = duckdb().connect(), Exported()
    with commit.held(root / "parquet", alone=True) as got:
        if not got:
            raise BadInput(f"{root} 正在导出", f"{root} is being exported already", code="busy-store")
        known = manifest(root)
        _sweep(root, known)
        for month in sorted(p.name for p in (root / "runs").glob("[0-9]" * 6)):
            have = _known(db, root, known, month)
            writer = _Writer(root, month)
            try:
                for folder in commit.runs(root, month):
                    if folder.name in have:
                        continue
                    try:
                        writer.add(rows.of(folder))
                    except (OSError, EOFError, KeyError, TypeError, BadInput, msgspec.MsgspecError):
                        done.damaged += 1
                        continue
                    done.runs += 1
                    if tell and done.runs % 1000 == 0:
                        tell(done.runs)
                    if writer.runs >= BATCH:
                        writer.write(db, known)
                writer.write(db, known)
            finally:
                writer.close()
            _together(db, root, known, month)
            done.findings += writer.findings
    db.close()
    return done


def _sweep(root: Path, known: Manifest) -> None:
    named = {name for names in known.files.values() for name in names}
    for path in (root / "parquet").glob("*/*"):
        name = path.relative_to(root / "parquet").as_posix()
        if name not in named and path.parent.name in rows.COLUMNS:
            path.unlink()


def _known(db: Any, root: Path, known: Manifest, month: str) -> set[str]:
    files = [str(root / "parquet" / n) for n in known.files["inspections"] if f"/{month}-" in n]
    return {r for (r,) in db.execute("select run from read_parquet(?)", [files]).fetchall()} if files else set()


class _Writer:
    """Rows of one month, on disk until there are enough for a file."""

    def __init__(self, root: Path, month: str) -> None:
        self.root, self.month, self.runs, self.findings = root, month, 0, 0
        self.folder = tempfile.TemporaryDirectory(dir=root / "parquet", prefix=".rows-")
        self._open()

    def _open(self) -> None:
        self.files = {t: (Path(self.folder.name) / f"{t}.jsonl").open("wb") for t in rows.COLUMNS if t != "tallies"}
        self.tallies: Counter[tuple[Any, ...]] = Counter()
        self.runs = 0

    def add(self, found: dict[str, list[dict[str, Any]]]) -> None:
        encode = msgspec.json.Encoder().encode
        for table, file in self.files.items():
            file.write(b"".join(encode(row) + b"\n" for row in found[table]))
        for row in found["tallies"]:
            self.tallies[tuple(row[c] for c in rows.COLUMNS["tallies"] if c != "inspections")] += 1
        self.runs += 1
        self.findings += len(found["findings"])

    def write(self, db: Any, known: Manifest) -> None:
        """One more file for each table, and then the manifest."""
        if not self.runs:
            return
        names = [c for c in rows.COLUMNS["tallies"] if c != "inspections"]
        with (Path(self.folder.name) / "tallies.jsonl").open("wb") as f:
            for key, n in self.tallies.items():
                f.write(msgspec.json.encode(dict(zip(names, key, strict=True)) | {"inspections": n}) + b"\n")
        for file in self.files.values():
            file.close()
        for table, columns in rows.COLUMNS.items():
            path = Path(self.folder.name) / f"{table}.jsonl"
            if path.stat().st_size:
                fields = ", ".join(f"'{c}': '{t}'" for c, t in columns.items())
                asked = f"select * from read_json('{_quoted(path)}', format = 'newline_delimited', columns = {{{fields}}}, maximum_object_size = 67108864)"
                known.files[table].append(put(db, self.root, table, f"{self.month}-{known.next:06}", asked))
            path.unlink()
        known.next += 1
        store.write_atomic(self.root / "parquet" / "manifest.json", msgspec.json.encode(known))
        self._open()

    def close(self) -> None:
        for file in self.files.values():
            file.close()
        self.folder.cleanup()


def put(db: Any, root: Path, table: str, name: str, asked: str) -> str:
    """The answer to a question as a file of a table; returns its name in the manifest."""
    path = root / "parquet" / table / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    db.execute(f"copy ({asked} order by {SORT[table]}) to '{_quoted(path)}' (format parquet, compression zstd, row_group_size 122880)")
    return f"{table}/{path.name}"


def _together(db: Any, root: Path, known: Manifest, month: str) -> None:
    """One file in place of many small ones of a month; the old ones go after the manifest has changed."""
    old: list[str] = []
    for table, names in known.files.items():
        mine = [n for n in names if f"/{month}-" in n]
        if len(mine) <= MANY:
            continue
        files = ", ".join(f"'{_quoted(root / 'parquet' / n)}'" for n in mine)
        asked = f"select * from read_parquet([{files}])"
        if table == "tallies":
            keys = ", ".join(c for c in rows.COLUMNS[table] if c != "inspections")
            asked = f"select {keys}, sum(inspections)::integer as inspections from read_parquet([{files}]) group by all"
        made = put(db, root, table, f"{month}-{known.next:06}", asked)
        known.files[table] = [n for n in names if n not in mine] + [made]
        old += mine
    if old:
        known.next += 1
        store.write_atomic(root / "parquet" / "manifest.json", msgspec.json.encode(known))
        for name in old:
            (root / "parquet" / name).unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
