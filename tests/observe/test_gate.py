"""The gate between a browser and the network, against local servers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from mingcha.observe.addresses import Pins
from mingcha.observe.gate import Gate, GateLimits


class Far:
    """A server that keeps what it is sent and answers `reply`, then closes (or keeps silent when it is None)."""

    def __init__(self, reply: bytes | None) -> None:
        self.reply, self.heard = reply, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            client, _ = self.socket.accept()
        except OSError:
            return
        with client:
            client.settimeout(0.5)
            try:
                while block := client.recv(65536):
                    self.heard += block
                    if self.reply is not None and b"\r\n\r\n" in self.heard:
                        client.sendall(self.reply)
                        self.reply = None
            except OSError:
                pass


@contextmanager
def far(reply: bytes | None) -> Iterator[Far]:
    server = Far(reply)
    try:
        yield server
    finally:
        server.socket.close()


def ask(gate: Gate, data: bytes) -> bytes:
    """All that the gate answers to `data` until it closes."""
    port = int(gate.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as near:
        near.sendall(data)
        answer = b""
        try:
            while block := near.recv(65536):
                answer += block
        except ConnectionResetError:
            pass
        return answer


OPEN = ["127.0.0.1/32"]
SHORT = GateLimits(idle=1.0, seconds=3.0)


def test_a_request_is_passed_on_in_origin_form_to_the_pinned_address() -> None:
    pins = Pins(OPEN, resolver=lambda _: ["127.0.0.1"])
    with far(b"HTTP/1.1 200 OK\r\n\r\nhello") as server, Gate(pins, SHORT) as gate:
        answer = ask(
            gate, b"GET http://site.example:%d/a?b HTTP/1.1\r\nHost: site.example\r\n\r\n" % server.port
        )
        assert answer.endswith(b"hello")
        assert server.heard.startswith(b"GET /a?b HTTP/1.1\r\nHost: site.example\r\n")
        assert gate.refusals == () and gate.received == len(answer)


def test_inward_addresses_are_refused_in_both_forms_and_nothing_is_connected() -> None:
    with far(b"HTTP/1.1 200 OK\r\n\r\nsecret") as server, Gate(Pins(), SHORT) as gate:
        plain = ask(gate, b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n" % server.port)
        tunnel = ask(gate, b"CONNECT [::ffff:127.0.0.1]:%d HTTP/1.1\r\n\r\n" % server.port)
        assert plain.startswith(b"HTTP/1.1 403") and tunnel.startswith(b"HTTP/1.1 403")
        assert server.heard == b""
        assert [r.reason for r in gate.refusals] == ["loopback", "translated"]


def test_a_tunnel_carries_bytes_both_ways() -> None:
    with far(b"back") as server, Gate(Pins(OPEN), SHORT) as gate:
        answer = ask(gate, b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\nforth\r\n\r\n" % server.port)
        assert answer.endswith(b"\r\n\r\nback") and server.heard == b"forth\r\n\r\n"


def test_a_second_request_on_one_connection_does_not_reach_the_first_host() -> None:
    first = b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nContent-Length: 2\r\n\r\nab"
    with far(b"HTTP/1.1 200 OK\r\n\r\n") as server, Gate(Pins(OPEN), SHORT) as gate:
        ask(gate, first % server.port + b"GET http://other.example/cookie HTTP/1.1\r\n\r\n")
        assert server.heard.endswith(b"\r\n\r\nab")


def test_a_server_that_never_answers_is_left_after_the_idle_time() -> None:
    with far(None) as server, Gate(Pins(OPEN), GateLimits(idle=0.3, seconds=2)) as gate:
        assert ask(gate, b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n" % server.port) == b""


def test_a_flood_is_cut_at_the_share_of_the_visit() -> None:
    flood = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000
    limits = GateLimits(bytes=200_000, idle=1, seconds=3)
    with far(flood) as server, Gate(Pins(OPEN), limits) as gate:
        answer = ask(gate, b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n" % server.port)
        assert 0 < len(answer) <= 200_000
        assert [r.reason for r in gate.refusals] == ["too-many-bytes"]


def test_malformed_requests_are_answered_and_written_down() -> None:
    with Gate(Pins(OPEN), SHORT) as gate:
        for data, status in (
            (b"nonsense\r\n\r\n", b"400"),
            (b"GET file:///etc/passwd HTTP/1.1\r\n\r\n", b"400"),
            (b"CONNECT host HTTP/1.1\r\n\r\n", b"400"),
            (b"GET http://a:99999999/ HTTP/1.1\r\n\r\n", b"400"),
            (b"POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
            (b"POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"501"),
            (b"\xff\xfe / HTTP/1.1\r\n\r\n", b"400"),
        ):
            assert ask(gate, data)[9:12] == status, data
        assert {r.reason for r in gate.refusals} == {"malformed"}
