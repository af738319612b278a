"""A real browser behind the gate: redirects, frames, scripts and sockets cannot lead inward."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mingcha.observe.addresses import Pins
from mingcha.observe.gate import Gate, GateLimits

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH (tools/system.sh installs it)")

PAGE = """<!doctype html><meta charset=utf-8><title>t</title><p id=a>外面的页面</p>
<iframe src="http://{inner}/frame"></iframe><img src="http://site.example:{port}/hop">
<script>fetch("http://{inner}/fetch").catch(() => 0); new WebSocket("ws://{inner}/socket");
document.getElementById("a").dataset.ran = "yes"</script>"""


class Inner(ThreadingHTTPServer):
    """What must not be reached, and on the same port what may be: told apart by address."""

    daemon_threads = True
    seen: list[tuple[str, str]]


class Handler(BaseHTTPRequestHandler):
    server: Inner

    def do_GET(self) -> None:
        at = self.request.getsockname()[0]
        self.server.seen.append((at, self.path))
        port = self.server.server_address[1]
        if self.path == "/hop":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.2:{port}/after-redirect")
            self.end_headers()
            return
        body = PAGE.format(inner=f"127.0.0.2:{port}", port=port).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Inner]:
    inner = Inner(("0.0.0.0", 0), Handler)
    inner.seen = []
    Thread(target=inner.serve_forever, args=(0.05,), daemon=True).start()
    yield inner
    inner.shutdown()
    inner.server_close()


def browse(url: str, proxy: str, profile: Path) -> str:
    """The page's DOM after its scripts have run, by the browser alone behind the proxy."""
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    command += [f"--proxy-server={proxy}", "--proxy-bypass-list=<-loopback>", "--virtual-time-budget=2000"]
    done = subprocess.run(
        [*command, "--dump-dom", url], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout


def test_a_page_reaches_its_own_site_and_nothing_inward(server: Inner, tmp_path: Path) -> None:
    port = server.server_address[1]
    pins = Pins(["127.0.0.1/32"], resolver=lambda host: ["127.0.0.1"] if host == "site.example" else [host])
    with Gate(pins, GateLimits(idle=3, seconds=20)) as gate:
        dom = browse(f"http://site.example:{port}/", gate.url, tmp_path)
    assert "外面的页面" in dom and 'data-ran="yes"' in dom
    assert ("127.0.0.1", "/hop") in server.seen
    assert [s for s in server.seen if s[0] != "127.0.0.1"] == []
    inward = [r for r in gate.refusals if r.host == "127.0.0.2"]
    assert len(inward) >= 4 and {r.reason for r in inward} == {"loopback"}  # frame, redirect, fetch, socket


def test_the_same_page_without_the_gate_does_reach_inward(server: Inner, tmp_path: Path) -> None:
    port = server.server_address[1]
    browse(f"http://127.0.0.1:{port}/", "direct://", tmp_path)
    assert ("127.0.0.2", "/fetch") in server.seen
