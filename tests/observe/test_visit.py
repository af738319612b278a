"""Visits of pages that do not want to be visited: bounded, recorded as what they are, and nothing left running."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mingcha.errors import BadInput
from mingcha.observe.browser import Options, visit
from mingcha.observe.browser.supervise import lacking
from tests.extract.page.serving import Answer, serving

pytestmark = pytest.mark.skipif(lacking() is not None, reason=(lacking() or {}).get("en", ""))
LOOPBACK = ("127.0.0.1/32",)
HEAD = '<!doctype html><html lang="zh"><title>t</title><body><p>一段文字，足够长，可以读。</p>'


def answer(path: str) -> Answer:
    if path == "/never":
        time.sleep(30)
    if path.startswith("/loop"):
        return 302, {"Location": f"/loop{len(path)}" if len(path) < 200 else "/loop"}, b""
    if path == "/download":
        return 200, {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=a.apk"}, b"PK" * 1000
    if path == "/huge":
        return 200, {}, (HEAD + "<p>" + "字" * 17_000_000 + "</p>").encode()
    scripts = {
        "/dialogs": "for (let i = 0; i < 40; i += 1) { alert('领红包' + i); confirm('安装吗'); }",
        "/windows": "for (let i = 0; i < 20; i += 1) window.open('/plain?' + i);",
        "/busy": "setTimeout(() => { for (;;) {} }, 50);",
        "/inward": "fetch('http://169.254.169.254/latest').catch(() => 0); new Image().src = 'http://10.0.0.1/x.png';",
        "/leave": "window.onbeforeunload = () => 'no';",
        "/fight": "Object.defineProperty(window, '__mingcha', {get() { throw new Error('no'); }}); document.querySelectorAll = () => { throw new Error('no'); };",
        "/many": "for (let i = 0; i < 3000; i += 1) document.body.append(document.createElement('i'));",
    }
    script = scripts.get(path.partition("?")[0], "")
    return 200, {}, f"{HEAD}<script>{script}</script></body></html>".encode()


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serving(answer) as address:
        yield address


def record(folder: Path, url: str, **more: Any) -> dict[str, Any]:
    """The index of a visit of one page."""
    options = {"allow": LOOPBACK, "profiles": ("desktop",), "most": 1, "probes": (), "page_seconds": 4.0, "wall": 90.0} | more
    visit(Options(url=url, **options), folder / "visit")
    index: dict[str, Any] = json.loads((folder / "visit" / "visit.json").read_bytes())
    return index


def codes(index: dict[str, Any]) -> set[str]:
    return {lim["code"] for lim in index["limitations"]} | {lim["code"] for p in index["pages"] for lim in p["limitations"]}


@pytest.mark.parametrize(
    ("path", "word"), [("/never", "timeout"), ("/loop", "redirects"), ("/download", "download")], ids=lambda v: v.strip("/")
)
def test_what_never_shows_a_page_is_told_with_its_reason(base: str, tmp_path: Path, path: str, word: str) -> None:
    index = record(tmp_path, base + path)
    assert [lim["code"] for lim in index["pages"][0]["limitations"]] == ["page-not-loaded"]
    assert index["pages"][0]["limitations"][0]["detail"].startswith(word)


@pytest.mark.parametrize(("path", "kind"), [("/dialogs", "dialog-alert"), ("/windows", "window")])
def test_dialogs_and_windows_are_answered_and_written_down(base: str, tmp_path: Path, path: str, kind: str) -> None:
    page = record(tmp_path, base + path)["pages"][0]
    assert page["metrics"]["nodes"] > 3
    assert any(e["kind"] == kind for e in page["events"][: page["events_loaded"]])
    assert len(page["events"]) <= 200


def test_a_script_that_holds_the_page_costs_only_the_page(base: str, tmp_path: Path) -> None:
    index = record(tmp_path, base + "/plain", pages=(base + "/busy", base + "/plain"), page_seconds=3.0)
    held, plain = index["pages"]
    assert {lim["code"] for lim in held["limitations"]} & {"page-stuck", "page-not-loaded", "page-cut"}
    assert plain["limitations"] == []
    assert plain["metrics"]["nodes"] > 3


def test_addresses_that_lead_inward_are_refused_and_told(base: str, tmp_path: Path) -> None:
    index = record(tmp_path, base + "/inward")
    assert {(r["host"], r["reason"]) for r in index["refusals"]} >= {("169.254.169.254", "metadata"), ("10.0.0.1", "private")}
    assert "address-refused" in codes(index)


def test_loopback_itself_is_refused_unless_allowed(base: str, tmp_path: Path) -> None:
    index = record(tmp_path, base + "/plain", allow=())
    assert ("127.0.0.1", "loopback") in {(r["host"], r["reason"]) for r in index["refusals"]}
    assert "address-refused" in codes(index)
    assert not any(p.get("status") == 200 for p in index["pages"])


def test_a_page_of_fifty_megabytes_is_cut_at_the_visits_share(base: str, tmp_path: Path) -> None:
    index = record(tmp_path, base + "/huge", max_mb=10)
    assert index["received"] < 30_000_000
    assert "address-refused" in codes(index) or codes(index) & {"page-not-loaded", "page-cut"}


def test_a_page_of_too_many_elements_is_measured_but_not_kept(base: str, tmp_path: Path) -> None:
    index = record(tmp_path, base + "/many", max_nodes=2000)
    assert codes(index) == {"page-too-large"}
    assert not (tmp_path / "visit" / "pages" / "desktop-01" / "snapshot.json.gz").exists()


@pytest.mark.parametrize("path", ["/leave", "/fight"])
def test_pages_that_fight_are_left_all_the_same(base: str, tmp_path: Path, path: str) -> None:
    index = record(tmp_path, base + path, probes=("keyboard", "floating"))
    assert index["pages"][0]["url"].endswith(path)


def test_a_wrong_certificate_is_no_page(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    key, certificate = tmp_path / "k.pem", tmp_path / "c.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=wrong"], check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        index = record(tmp_path, f"https://127.0.0.1:{server.server_address[1]}/")
    finally:
        server.shutdown()
        server.server_close()
    assert index["pages"][0]["limitations"][0]["detail"].startswith("certificate")


def test_the_clock_ends_a_visit_and_nothing_is_left_running(base: str, tmp_path: Path) -> None:
    pages = tuple(f"{base}/plain?{n}" for n in range(200))
    started = time.monotonic()
    index = record(tmp_path, base + "/plain", pages=pages, wall=14.0)
    assert time.monotonic() - started < 14 * 1.2 + 5
    assert codes(index) & {"timeout", "visit-cut"}
    assert 0 < len(index["pages"]) < 200
    left = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _bytes(p) and b"observe.browser" in _bytes(p)]
    assert left == []


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("url", ["ftp://a.example/", "file:///etc/passwd", "http://", "http://u:p@a.example/", "javascript:alert(1)"])
def test_what_is_no_web_address_is_refused_before_anything_starts(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadInput):
        visit(Options(url=url), tmp_path / "v")


def test_a_folder_that_holds_something_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("1")
    with pytest.raises(BadInput) as caught:
        visit(Options(url="http://a.example/"), tmp_path)
    assert caught.value.code == "not-empty"


def test_what_the_visit_itself_fetches_goes_through_the_gate_as_well(tmp_path: Path) -> None:
    """robots.txt and the pages behind links of one name are fetched beside the page: a redirect must not lead them inward."""
    reached: list[str] = []

    def inner(path: str) -> Answer:
        reached.append(path)
        return 200, {}, b"inside"

    with serving(inner, "127.0.0.2") as inside:

        def outer(path: str) -> Answer:
            if path in ("/robots.txt", "/a", "/b"):
                return 302, {"Location": f"{inside}{path}"}, b""
            return 200, {}, f'{HEAD}<p><a href="/a">更多</a> <a href="/b">更多</a></p>'.encode()

        with serving(outer) as base:
            index = record(tmp_path, base + "/")
    assert reached == []
    assert ("127.0.0.2", "loopback") in {(r["host"], r["reason"]) for r in index["refusals"]}
