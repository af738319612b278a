"""HAR, mitmproxy flows and hook logs: what is read, what is damaged, what is too large."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.extract.limits import DEFAULT
from mingcha.extract.traffic import flows, har
from mingcha.extract.traffic.sniff import format_of
from tests.extract.traffic import make
from tests.extract.traffic.make import Request
from tests.extract.traffic.support import VALUES, codes, facts, of, sent

PHONE = VALUES["phone"]
JSON = (("Content-Type", "application/json"),)
POST = Request(body=json.dumps({"u": {"tel": PHONE}}).encode(), headers=JSON)
PLACE = {("phone-number", "plain", "body.u.tel")}
MAKE = {"har": make.har, "flows": make.flows, "hook": make.hooks}


@pytest.mark.parametrize("kind", sorted(MAKE))
def test_a_request_of_each_format(tmp_path: Path, kind: str) -> None:
    data = MAKE[kind]([POST, Request("GET", "http", "s.jpush.cn", f"/x?tel={PHONE}")])
    assert format_of(data[:4096]) == kind
    got = facts(tmp_path, data)
    assert sent(got) == PLACE | {("phone-number", "plain", "query:tel")}
    first, second = of(got, "transmit")
    assert (first["t"], first["clear"], first["party"], first["host"]) == (0.0, False, "unknown", "api.lab.example")
    assert (second["t"], second["clear"], second["party"], second["sdk"]) == (1.0, True, "third", "jpush")
    assert second["url"] == "http://s.jpush.cn/x" and second["domain"] == "jpush.cn" and second["vendor"]
    (capture,) = of(got, "capture")
    assert (capture["format"], capture["messages"], capture["decoded_share"]) == (kind, 2, 1.0)
    assert capture["begin"].startswith("2026-11-27T06:00:00")
    assert len(of(got, "net-flow")) == 2 and codes(got) == set()


@pytest.mark.parametrize("kind", sorted(MAKE))
def test_cut_at_any_place(tmp_path: Path, kind: str) -> None:
    data = MAKE[kind]([POST, POST])
    for size in range(len(data) * 3 // 4, len(data) - 2, 7):
        if format_of(data[:size]):
            got = facts(tmp_path, data[:size])
            assert codes(got) & {"truncated", "unreadable-entry"}
            assert sent(got) <= PLACE


# ---- HAR -------------------------------------------------------------------------------------------------


def test_entries_larger_than_the_window_and_one_too_large(tmp_path: Path) -> None:
    large = Request(body=b'{"pad":"' + b"x" * 900_000 + b'","tel":"' + PHONE.encode() + b'"}', headers=JSON)
    assert sent(facts(tmp_path, make.har([POST, large, POST]))) == PLACE | {("phone-number", "plain", "body.tel")}
    got = facts(tmp_path, make.har([POST, large, Request(target=f"/?a={PHONE}")]), message=500_000)
    assert sent(got) == PLACE | {("phone-number", "plain", "query:a")}  # what follows is read
    assert codes(got) == {"too-large"}


def test_an_entry_nested_without_end_costs_only_itself(tmp_path: Path) -> None:
    deep = b'{"request":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    data = make.har([POST, Request(target=f"/?a={PHONE}")]).replace(b'"entries": [', b'"entries": [' + deep + b",")
    got = facts(tmp_path, data)
    assert sent(got) == PLACE | {("phone-number", "plain", "query:a")} and codes(got) == {"unreadable-entry"}


@pytest.mark.parametrize("entry", ["1", "null", "[]", "{}", '{"request": 3}', '{"request": {"url": 5}}', '{"request": {"url": "http://[bad/"}, "time": "x"}',
                                   '{"request": {"url": "https://a.cn", "headers": {"a": 1}, "postData": [], "cookies": 3}, "response": [], "startedDateTime": 7}'])  # fmt: skip
def test_entries_of_a_wrong_form(tmp_path: Path, entry: str) -> None:
    data = make.har([POST]).replace(b'"entries": [', b'"entries": [' + entry.encode() + b",")
    assert sent(facts(tmp_path, data)) >= PLACE


def test_forms_of_bodies_in_har(tmp_path: Path) -> None:
    document: dict[str, Any] = json.loads(make.har([Request()] * 4))
    requests = [e["request"] for e in document["log"]["entries"]]
    requests[0]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "tel", "value": PHONE}]}
    requests[1]["postData"] = {"mimeType": "application/octet-stream", "text": f"\u008f\u0001{PHONE}~\u00fe"}
    requests[2] |= {"postData": {}, "cookies": [{"name": "c", "value": PHONE}]}
    requests[3]["postData"] = {"mimeType": "multipart/form-data; boundary=zz", "text": f'--zz\r\nContent-Disposition: form-data; name="m"\r\n\r\n{PHONE}\r\n--zz--\r\n'}
    document["log"]["entries"][0]["_webSocketMessages"] = [{"type": "send", "time": 1795759201.0, "opcode": 1, "data": f"hello {PHONE}"}, {"type": "receive", "data": PHONE}]
    got = facts(tmp_path, json.dumps(document).encode())
    assert {p for _, _, p in sent(got)} == {"body:tel", "body", "cookie:c", "body:m"}
    assert sum(f["where"] == "entries[0].ws[0]" for f in of(got, "transmit")) == 1


def test_a_har_without_entries(tmp_path: Path) -> None:
    assert codes(facts(tmp_path, b'{"log":{"version":"1.2"}}')) == {"truncated"}
    assert codes(facts(tmp_path, b'{"log":{"entries":[]}}')) == set()


def test_the_har_is_read_entry_by_entry(tmp_path: Path) -> None:
    (file := tmp_path / "a.har").write_bytes(make.har([POST] * 3000))
    source = har.records(file, DEFAULT)
    next(source)
    assert sum(1 for _ in source) == 2999


# ---- flows -----------------------------------------------------------------------------------------------

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20) | st.binary(max_size=20) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=5), inner, max_size=5), max_leaves=20,
)  # fmt: skip


@settings(deadline=None)
@given(VALUE)
def test_tagged_netstrings_round_trip(value: Any) -> None:
    assert flows.parse(make.netstring(value)) == (value, b"")


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_a_netstring_or_refused(data: bytes) -> None:
    try:
        flows.parse(data)
    except ValueError:
        pass


def test_websocket_tcp_and_broken_handshakes(tmp_path: Path) -> None:
    ws = make.flow(POST, 0, websocket={"messages": [[1, True, f"ws {PHONE}".encode(), 1795759201.0, False, False], [1, False, PHONE.encode(), 1.0, False, False]]})
    tcp = {"type": "tcp", "client_conn": {"tls_established": False, "timestamp_start": 1795759203.0}, "error": None,
           "server_conn": {"peername": ["198.51.100.9", 7000]}, "messages": [[True, PHONE.encode(), 1795759203.5], [False, b"ok", 1795759204.0]]}  # fmt: skip
    broken = {"type": "tcp", "client_conn": {"sni": "pin.lab.example", "timestamp_start": 1795759205.0},
              "server_conn": {"address": ["pin.lab.example", 443]}, "error": {"msg": "Client TLS handshake failed. The client does not trust the proxy's certificate"}}  # fmt: skip
    old = make.flow(Request("GET", host="old.lab.example", target="/"))
    old["server_conn"] |= {"tls_version": "TLSv1", "cipher": "DES-CBC3-SHA"}
    got = facts(tmp_path, b"".join(make.netstring({"z_first": 1} | f) for f in (ws, tcp, broken, old)))
    assert {(f["where"], f["host"], f["clear"]) for f in of(got, "transmit")} == {
        ("flow[0]", "api.lab.example", False), ("flow[0].ws[0]", "api.lab.example", False), ("flow[1].message[0]", "198.51.100.9", True)}  # fmt: skip
    (opaque,) = of(got, "opaque")
    assert (opaque["reason"], opaque["host"]) == ("pinned", "pin.lab.example")
    assert {(f["weakness"], f["detail"]) for f in of(got, "tls-weakness")} == {("old-version", "TLSv1"), ("weak-cipher", "DES-CBC3-SHA")}


@pytest.mark.parametrize("flow", [1, [], {"request": 3}, {"request": {"headers": [[1]], "content": 5, "path": 7}}, {"messages": [[1], 2, [True, 3, 4]]}, {"websocket": {"messages": 1}, "request": {"host": b"\xff"}}])
def test_flows_of_a_wrong_form(tmp_path: Path, flow: Any) -> None:
    data = make.netstring({"a_first": 1} | make.flow(POST)) + make.netstring(flow) + make.flows([POST])
    assert sum(f["item"] == "phone-number" for f in of(facts(tmp_path, data), "transmit")) == 2


def test_a_flow_too_large_is_passed_over(tmp_path: Path) -> None:
    data = make.flows([POST, Request(body=b"x" * 200_000), POST])
    got = facts(tmp_path, data, message=100_000)
    assert len(of(got, "transmit")) == 2 and codes(got) == {"too-large"}


# ---- hooks -----------------------------------------------------------------------------------------------


def test_stack_names_the_sdk(tmp_path: Path) -> None:
    row = {"type": "request_result", "t": 1795759200500, "url": "https://cdn.lab.example/a", "body": {"tel": PHONE},
           "stacks": "okhttp3.RealCall.execute(Unknown Source)\ncn.jpush.android.a.b.c(SourceFile:3)\ncom.lab.Main.onCreate(Main.java:1)"}  # fmt: skip
    other = {"type": "method_result", "name": PHONE}
    got = facts(tmp_path, (json.dumps(other) + "\n" + json.dumps(row) + "\nnot json request_result\n").encode())
    (fact,) = of(got, "transmit")
    assert (fact["sdk"], fact["party"], fact["place"]) == ("jpush", "unknown", "body.tel")
    assert of(got, "net-flow")[0]["sdk"] == "jpush"


def test_rows_of_a_wrong_form(tmp_path: Path) -> None:
    rows = ['{"type": "request_result"}', '{"type": "request_result", "url": 5}', '{"type": "request_result", "url": "https://a.cn", "headers": 3, "stack": {}}', '["type", {"type": "request_result"}]']
    got = facts(tmp_path, make.hooks([POST]) + "\n".join(rows).encode() + b"\n" + b"x" * 5000 + b"\n" + make.hooks([POST]), message=4000)
    assert len(of(got, "transmit")) == 2 and codes(got) == {"unreadable-entry", "too-large"}
