"""What the user's own tables say of the addresses that were spoken to: country and autonomous system.

No table is shipped. An MMDB (MaxMind DB format 2.0) or ranges as CSV may be given; name, build date and digest of the
file stand in every fact, because tables differ. Where an address is registered is not where its server stands: this
is a lead to ask by, never a proof.

    CSV without a line of names: start,end,country[,asn,name] · start,end,asn,name · network,country[,asn,name]
    with one: start, end (or network), country, asn, name in any order, others are passed over
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple

from mingcha.errors import BadInput, ToolMissing
from mingcha.extract.package.notes import clip
from mingcha.model import Fact
from mingcha.plain import plain
from mingcha.store import sha256

Facts = list[Fact]
Address = IPv4Address | IPv6Address
ROWS = 20_000_000  # of one CSV; the largest in use have some 3 million
LINE = 4096  # characters of one line
HOSTS = 10  # names of one address that are told
CHECKED = 1_000  # rows looked at before anything else is read
_MMDB = b"\xab\xcd\xefMaxMind.com"
_TAIL = 128 << 10  # within which the metadata of an MMDB begin, by the format
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_AS = re.compile(r"(?:AS)?(\d{1,10})", re.I)
_COLUMNS = {
    "start": "start", "start_ip": "start", "range_start": "start", "ip_range_start": "start", "first": "start",
    "end": "end", "end_ip": "end", "range_end": "end", "ip_range_end": "end", "last": "end",
    "network": "network", "cidr": "network", "prefix": "network",
    "country": "country", "country_code": "country", "country_iso_code": "country",
    "asn": "asn", "autonomous_system_number": "asn",
    "name": "name", "as_name": "name", "holder": "name", "organization": "name", "autonomous_system_organization": "name",
}  # fmt: skip


class Entry(NamedTuple):
    """What a table says of an address."""

    country: str | None
    asn: int | None
    holder: str | None


class Table(NamedTuple):
    """One file of the user. `built` is an ISO date, by the table itself or by its file."""

    path: Path
    name: str
    digest: str
    built: str | None
    built_by: str
    mmdb: bool

    def find(self, addresses: Collection[Address]) -> dict[Address, Entry]:
        """Entries of those addresses that the table knows. BadInput where it is damaged."""
        return _in_mmdb(self.path, addresses) if self.mmdb else _in_csv(self.path, addresses)


def load(path: Path) -> Table:
    """A table, its beginning checked. BadInput `bad-geo` where it is none, ToolMissing where the library for it is."""
    try:
        size = path.stat().st_size
        with path.open("rb") as f:
            f.seek(max(0, size - _TAIL))
            mmdb = _MMDB in f.read()
        built, by = _day(path.stat().st_mtime), "file"
        if mmdb:
            epoch = _metadata(path)
            built, by = (_day(epoch), "table") if epoch else (built, by)
        else:
            for n, _ in enumerate(_rows(path)):
                if n >= CHECKED:
                    break
        digest = sha256(path)
    except OSError as e:
        raise _bad(path, e.strerror or "?", e.strerror or "?") from e
    return Table(path, plain(path.name), digest, built, by, mmdb)


def facts(known: Facts, paths: Sequence[Path]) -> Facts:
    """`ip-registration` facts of all addresses of a subject's recordings."""
    met: dict[tuple[str, Address], dict[str, Any]] = {}
    for f in known:
        if f["kind"] not in ("net-flow", "transmit") or not (address := _address(f.get("ip"))):
            continue
        row = met.setdefault((f["exhibit"], address), {"where": f["where"], "hosts": {}, "items": set(), "parties": set(), "bytes": 0})
        host = str(f.get("host") or "")
        if host and host != f["ip"]:
            row["hosts"][host] = None
        row["parties"].add(str(f.get("party")))
        if f["kind"] == "net-flow":
            row["bytes"] += int(f.get("bytes_out") or 0)
        elif f.get("by") == "seed":
            row["items"].add(str(f.get("item")))
    out: Facts = []
    for path in paths:
        table = load(path)
        found = table.find({address for _, address in met})
        for (exhibit, address), row in met.items():
            if entry := found.get(address):
                out.append({
                    "kind": "ip-registration", "exhibit": exhibit, "where": row["where"], "ip": str(address), "hosts": sorted(row["hosts"])[:HOSTS],
                    "country": entry.country, "asn": entry.asn, "holder": entry.holder,
                    "party": next((p for p in ("third", "unknown", "first") if p in row["parties"]), "unknown"),
                    "items": sorted(row["items"]), "bytes_out": row["bytes"], "table": table.name, "built": table.built,
                    "built_by": table.built_by, "digest": table.digest,
                })  # fmt: skip
    return out


def _address(text: Any) -> Address | None:
    try:
        found = ip_address(str(text).partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _day(epoch: float) -> str | None:
    try:
        return datetime.fromtimestamp(epoch, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _bad(path: Path, zh: str, en: str) -> BadInput:
    return BadInput(
        f"地址表 {path.name} 不可用：{zh}", f"the table of addresses {path.name} cannot be used: {en}",
        {"zh": "可用 MMDB，或 CSV：start,end,country[,asn,name] 或 network,country[,asn,name]", "en": "an MMDB, or CSV: start,end,country[,asn,name] or network,country[,asn,name]"},
        code="bad-geo",
    )  # fmt: skip


# ---- MMDB ------------------------------------------------------------------------------------------


def _reader(path: Path) -> Any:
    """The library's pure reader: a damaged file then ends in an exception and not in a crash."""
    try:
        import maxminddb
    except ImportError:
        raise ToolMissing(
            "读取 MMDB 需要 maxminddb", "reading an MMDB needs maxminddb",
            {"zh": "pip install 'mingcha[evidence]'，或改用 CSV", "en": "pip install 'mingcha[evidence]', or use CSV"},
        ) from None  # fmt: skip
    try:
        return maxminddb.open_database(str(path), maxminddb.MODE_MMAP)
    except OSError:
        raise
    except Exception as e:  # whatever a damaged file makes the library raise
        raise _bad(path, "MMDB 已损坏", f"the MMDB is damaged ({type(e).__name__})") from e


def _metadata(path: Path) -> float | None:
    with _reader(path) as reader:
        try:
            epoch = reader.metadata().build_epoch
        except Exception as e:  # as above
            raise _bad(path, "MMDB 已损坏", f"the MMDB is damaged ({type(e).__name__})") from e
    return float(epoch) if isinstance(epoch, int) and 0 < epoch < 1 << 40 else None


def _in_mmdb(path: Path, addresses: Iterable[Address]) -> dict[Address, Entry]:
    out: dict[Address, Entry] = {}
    with _reader(path) as reader:
        six = reader.metadata().ip_version == 6
        for address in addresses:
            if address.version == 6 and not six:
                continue
            try:
                found = reader.get(str(address))
            except Exception as e:  # as above
                raise _bad(path, "MMDB 已损坏", f"the MMDB is damaged ({type(e).__name__})") from e
            if isinstance(found, Mapping) and any(entry := _entry(found)):
                out[address] = entry
    return out


def _entry(found: Mapping[str, Any]) -> Entry:
    """The fields by the names that tables in use give them."""
    country: Any = None
    for name in ("country", "registered_country", "country_code"):
        value = found.get(name)
        value = value.get("iso_code") if isinstance(value, Mapping) else value
        country = country or (value if isinstance(value, str) and _COUNTRY.fullmatch(value) else None)
    number = found.get("autonomous_system_number", found.get("asn"))
    holder = found.get("autonomous_system_organization") or found.get("as_name") or found.get("as_organization") or found.get("as_org")
    asn = number if isinstance(number, int) and not isinstance(number, bool) else _number(number) if isinstance(number, str) else None
    return Entry(country.upper() if country else None, asn, clip(holder) if isinstance(holder, str) and holder else None)


# ---- CSV -------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    version: int
    start: int
    end: int
    entry: Entry


def _in_csv(path: Path, addresses: Collection[Address]) -> dict[Address, Entry]:
    """The table is passed over once and never held: of the ranges that hold an address the narrowest counts."""
    wanted = {v: sorted({int(a): a for a in addresses if a.version == v}.items()) for v in (4, 6)}
    numbers = {v: [n for n, _ in rows] for v, rows in wanted.items()}
    best: dict[Address, tuple[int, Entry]] = {}
    for row in _rows(path):
        low = bisect_left(numbers[row.version], row.start)
        for n in range(low, bisect_right(numbers[row.version], row.end, low)):
            address, width = wanted[row.version][n][1], row.end - row.start
            if address not in best or width < best[address][0]:
                best[address] = width, row.entry
    return {a: entry for a, (_, entry) in best.items() if any(entry)}


def _rows(path: Path) -> Iterator[_Row]:
    columns: list[str] | None = None
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as f:
            for cells in csv.reader(_lines(f, path), strict=True):
                number += 1
                cells = [c.strip() for c in cells]
                if not any(cells) or cells[0].startswith("#"):
                    continue
                if number == 1 and not _begins(cells[0]):
                    columns = [_COLUMNS.get(c.lower(), "") for c in cells]
                    if "network" not in columns and not {"start", "end"} <= set(columns):
                        raise _bad(path, "第 1 行不是地址段，也不是列名", "line 1 is neither a range nor names of columns")
                    continue
                if number > ROWS:
                    raise _bad(path, f"超过 {ROWS} 行", f"more than {ROWS} lines")
                try:
                    yield _row(dict(zip(columns, cells, strict=False)) if columns else _placed(cells))
                except (ValueError, KeyError, IndexError):
                    raise _bad(path, f"第 {number} 行有误", f"line {number} is wrong") from None
    except (UnicodeDecodeError, csv.Error) as e:
        raise _bad(path, f"第 {number + 1} 行不是文本", f"line {number + 1} is no text of a table") from e
    if not number:
        raise _bad(path, "空文件", "it is empty")


def _lines(f: Any, path: Path) -> Iterator[str]:
    while line := f.readline(LINE):
        if len(line) >= LINE and not line.endswith("\n"):
            raise _bad(path, "有一行过长", "a line is too long")
        yield line


def _begins(cell: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F:.]+(?:/\d{1,3})?", cell)) and any(c.isdigit() for c in cell)


def _placed(cells: list[str]) -> dict[str, str]:
    """Cells by their places."""
    out, rest = ({"network": cells[0]}, cells[1:]) if "/" in cells[0] else ({"start": cells[0], "end": cells[1]}, cells[2:])
    if rest and _AS.fullmatch(rest[0]):
        rest = ["", *rest]
    return out | dict(zip(("country", "asn", "name"), rest, strict=False))


def _row(cells: Mapping[str, str]) -> _Row:
    if cells.get("network"):
        net = ip_network(cells["network"], strict=False)
        first, last = net.network_address, net.broadcast_address
    else:
        first, last = _either(cells["start"]), _either(cells["end"])
    country = cells.get("country") or ""
    if first.version != last.version or int(first) > int(last):
        raise ValueError("no range")
    if country not in ("", "-") and not _COUNTRY.fullmatch(country):
        raise ValueError("no country")
    asn = cells.get("asn") or ""
    if asn not in ("", "-") and _number(asn) is None:
        raise ValueError("no AS")
    code = country.upper() if _COUNTRY.fullmatch(country) and country.upper() != "ZZ" else None
    return _Row(first.version, int(first), int(last), Entry(code, _number(asn), clip(cells.get("name") or "") or None))


def _either(text: str) -> Address:
    return ip_address(int(text)) if text.isdecimal() else ip_address(text)


def _number(text: str) -> int | None:
    found = _AS.fullmatch(text)
    return int(found[1]) if found else None
