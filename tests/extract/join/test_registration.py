"""Tables of addresses that the user brings: twenty made-up rows in every form, damaged ones, and the lead they give."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha import catalogue, judge, pipeline
from mingcha.errors import BadInput
from mingcha.extract.join import Stated, join, registration
from mingcha.model import Subject
from mingcha.settings import Settings

from . import mmdb
from .make import T0, capture, of, sent

CAT = catalogue.load()
# Documentation networks (RFC 5737, RFC 3849) and what lies beside them; countries and holders are made up.
ROWS = [(f"198.51.{n}.0/24", c, 64_500 + n, f"Lab {c} {n}") for n, c in enumerate(["CN", "US", "SG", "HK", "DE", "JP"] * 3)]
ROWS += [("192.0.2.0/25", "US", 64_496, "Lab, Inc."), ("192.0.2.128/25", "CN", 64_497, "实验室")]
SIX = [("2001:db8::/33", "NL", 64_498, "Six"), ("2001:db8:8000::/33", "CN", 64_499, "Sechs")]


def flow(ip: str, host: str = "api.example.com", **more: Any) -> dict[str, Any]:
    return {"kind": "net-flow", "exhibit": "t", "where": "entries[0]", "t": 0.0, "proto": "tcp", "host": host, "ip": ip, "port": 443, "tls": "TLSv1.3",
            "bytes_out": 700, "bytes_in": 9, "messages": 1, "party": "unknown", "vendor": None, "domain": None, "sdk": None} | more  # fmt: skip


def table(folder: Path, form: str) -> Path:
    path = folder / f"table.{form}"
    if form.startswith("mmdb"):
        rows = [(n, {"country": {"iso_code": c}, "autonomous_system_number": a, "autonomous_system_organization": h}) for n, c, a, h in ROWS]
        if form == "mmdb6":
            rows = [(n, {"country_code": c, "asn": f"AS{a}", "as_name": h}) for n, c, a, h in SIX]
        path.write_bytes(mmdb.write(rows, version=6 if form == "mmdb6" else 4))
        return path
    import csv
    import io
    from ipaddress import ip_network

    out = io.StringIO()
    writer = csv.writer(out)
    if form == "names.csv":
        writer.writerow(["as_name", "x", "range_end", "range_start", "country_code", "asn"])
    for n, c, a, h in [*ROWS, *SIX]:
        net = ip_network(n)
        first, last = str(net[0]), str(net[-1])
        if form == "number.csv":
            first, last = str(int(net[0])), str(int(net[-1]))
        writer.writerow({
            "cidr.csv": [n, c, a, h], "range.csv": [first, last, c, f"AS{a}", h], "number.csv": [first, last, c],
            "as.csv": [first, last, a, h], "names.csv": [h, "?", last, first, c.lower(), a],
        }[form])  # fmt: skip
    path.write_text(out.getvalue(), "utf-8-sig" if form == "cidr.csv" else "utf-8")
    return path


@pytest.mark.parametrize("form", ["mmdb", "mmdb6", "cidr.csv", "range.csv", "number.csv", "as.csv", "names.csv"])
def test_every_form_gives_the_same(tmp_path: Path, form: str) -> None:
    if form.startswith("mmdb"):
        pytest.importorskip("maxminddb")
    path = table(tmp_path, form)
    flows = [flow("192.0.2.9"), flow("192.0.2.200", "b.example.com"), flow("198.51.3.1"), flow("203.0.113.7"), flow("2001:db8::7"), flow("::ffff:192.0.2.9"), flow("x")]
    found = of(join([capture(), *flows, sent(T0, ip="192.0.2.9", host="192.0.2.9")], Stated(geo=(path,))), "ip-registration")
    got = {f["ip"]: (f["country"], f["asn"], f["holder"]) for f in found}
    if form == "mmdb6":
        assert got == {"2001:db8::7": ("NL", 64_498, "Six")}
        return
    asn, country = form != "number.csv", form != "as.csv"
    expected = {"192.0.2.9": ("US", 64_496, "Lab, Inc."), "192.0.2.200": ("CN", 64_497, "实验室"), "198.51.3.1": ("HK", 64_503, "Lab HK 3"), "2001:db8::7": ("NL", 64_498, "Six")}
    if form == "mmdb":
        del expected["2001:db8::7"]
    assert got == {ip: (c if country else None, a if asn else None, h if asn else None) for ip, (c, a, h) in expected.items()}
    for f in found:
        assert set(f) - {"kind", "exhibit", "where"} == set(CAT.facts["ip-registration"].fields)
        assert (f["table"], f["digest"]) == (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        assert (f["built"], f["built_by"]) == (("2026-10-26", "table") if form == "mmdb" else (date.fromtimestamp(path.stat().st_mtime).isoformat(), "file"))
    (lab,) = [f for f in found if f["ip"] == "192.0.2.9"]
    assert (lab["items"], lab["hosts"], lab["bytes_out"], lab["party"]) == (["oaid"], ["api.example.com"], 1400, "unknown")


def test_the_narrowest_range_counts(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("# made up\n\n192.0.0.0/16,CN\n192.0.2.0/24,US\n192.0.2.8/30,SG\n192.0.0.0,192.0.255.255,JP\n192.0.2.9/32,-\n")
    found = of(join([capture(), flow("192.0.2.9"), flow("192.0.2.1"), flow("192.0.3.1")], Stated(geo=(path,))), "ip-registration")
    assert {f["ip"]: f["country"] for f in found} == {"192.0.2.1": "US", "192.0.3.1": "CN"}


BAD = [
    b"", b"name,b\n", b"192.0.2.0\n", b"192.0.2.0,192.0.2.9,USA\n", b"192.0.2.9,192.0.2.0,US\n", b"192.0.2.0,2001:db8::,US\n", b"192.0.2.0/99,US\n",
    b"192.0.2.0/24,US,ASx,h\n", b"start,end\n1,2\nx,y\n", b"\xff\xfe\x00\x01", b"\0\0\0\0", b"9" * 5000, b'192.0.2.0/24,"US\n', b"PK\x03\x04" + bytes(60), b"start,country\n192.0.2.0,US\n",
    mmdb.MARK, bytes(100) + mmdb.MARK + b"\xe1", bytes(100) + mmdb.MARK + mmdb.encode({"node_count": 5}),
]  # fmt: skip


@pytest.mark.parametrize("data", BAD, ids=range(len(BAD)))
def test_what_is_no_table_is_refused_before_anything_is_read(tmp_path: Path, data: bytes) -> None:
    if mmdb.MARK in data:
        pytest.importorskip("maxminddb")
    (tmp_path / "t").write_bytes(data)
    (tmp_path / "x.har").write_text('{"log": {"entries": []}}')
    with pytest.raises(BadInput) as e:
        pipeline.read([tmp_path / "x.har"], Settings(home=str(tmp_path)), stated=Stated(geo=(tmp_path / "t",)))
    assert e.value.code == "bad-geo" and e.value.text["zh"] != e.value.text["en"] and e.value.hint


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(BadInput) as e:
            registration.load(path)
        assert e.value.code == "bad-geo"


def test_a_wrong_line_far_below_is_an_error_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("".join(f"10.{n >> 8}.{n & 255}.0/24,US\n" for n in range(2000)) + "oops,US\n")
    with pytest.raises(BadInput, match="line 2001"):
        join([capture(), flow("192.0.2.9")], Stated(geo=(path,)))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12), st.booleans())
def test_damaged_databases_end_in_facts_or_one_error(tmp_path: Path, edits: list[tuple[int, int]], cut: bool) -> None:
    pytest.importorskip("maxminddb")
    data = bytearray(table(tmp_path, "mmdb").read_bytes())
    for at, value in edits:
        data[at % len(data)] = value
    path = tmp_path / "damaged"
    path.write_bytes(data[: edits[0][0] % len(data)] if cut else data)
    flows = [flow(f"198.51.{n}.1") for n in range(20)]
    try:
        registration.load(path)
        join([capture(), *flows], Stated(geo=(path,)))
    except BadInput as e:
        assert e.code == "bad-geo"


@given(st.binary(max_size=300))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_as_csv(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t"
    path.write_bytes(data)
    try:
        registration.load(path)
    except BadInput as e:
        assert e.code == "bad-geo"


def test_ranges_are_found_as_a_plain_search_finds_them(tmp_path: Path) -> None:
    rng = random.Random(5)
    rows = []
    for n in range(400):
        low = rng.randrange(1 << 32)
        rows.append((low, min((1 << 32) - 1, low + rng.randrange(1 << rng.randrange(1, 31))), f"{chr(65 + n % 26)}{chr(65 + n // 26)}"))
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{a},{b},{c}\n" for a, b, c in rows).replace(",ZZ", ",ZA"))
    from ipaddress import IPv4Address

    asked = [IPv4Address(rng.randrange(1 << 32)) for _ in range(300)] + [IPv4Address(a) for a, _, _ in rows[:20]]
    found = registration.load(path).find(set(asked))
    for a in asked:
        hits = sorted((hi - lo, n) for n, (lo, hi, _) in enumerate(rows) if lo <= int(a) <= hi)
        assert (found[a].country if a in found else None) == (rows[hits[0][1]][2] if hits else None)


def test_it_is_a_lead_and_the_table_stands_in_the_finding(tmp_path: Path) -> None:
    path = table(tmp_path, "cidr.csv")
    facts = join([capture(), flow("192.0.2.9"), sent(T0, ip="192.0.2.9")], Stated(geo=(path,)))
    found = judge.judge(facts, CAT, subject=Subject(kind="app", sha256="0", size=1), observed=["package", "traffic"], at="2026-11-27", drafts=True)
    finding = next(f for f in found.findings if f.rule == "overseas-hosts")
    assert (finding.outcome, finding.confidence) == ("cantTell", "suspected")
    (line,) = [e.text for e in finding.evidence]
    built = date.fromtimestamp(path.stat().st_mtime).isoformat()
    assert line.startswith("192.0.2.9 country=US asn=64496 holder=Lab, Inc. table=table.cidr.csv")
    assert f"built={built} digest={hashlib.sha256(path.read_bytes()).hexdigest()}" in line
    assert finding.sheet and "申报或备案" in finding.sheet["attach"]["zh"] and not any(f.outcome == "failed" and "ip-registration" in str(f.evidence) for f in found.findings)
    home = join([capture(), flow("192.0.2.200")], Stated(geo=(path,)))
    kept = judge.judge(home, CAT, subject=Subject(kind="app", sha256="0", size=1), observed=["package", "traffic"], at="2026-11-27", drafts=True)
    assert next(f for f in kept.findings if f.rule == "overseas-hosts").evidence == ()
