"""Webhooks: who is told what, at least once, signed; targets that misbehave delay nobody."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone

from mingcha.errors import Usage
from mingcha.server.ledger import sequence
from mingcha.server.ledger.services import act
from mingcha.server.outbox import services
from mingcha.server.outbox.models import Delivery, Subscription
from tests.server.cast import Cast, later, make, member
from tests.server.test_acts import refused
from tests.server.test_pages import browser


class Target:
    """A server that writes down what it is told and answers as it is set."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.answer: int | str = 200
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                target.told.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                if target.answer == "close":
                    self.connection.close()
                    return
                self.send_response(302 if target.answer == "redirect" else int(target.answer))
                self.send_header("Location", "http://169.254.169.254/")
                self.end_headers()
                if target.answer == 200:
                    for _ in range(200):
                        self.wfile.write(b"x" * 1000)  # nobody reads it

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    monkeypatch.setenv("MINGCHA_WEBHOOK_NETWORKS", "127.0.0.1/32")
    found = Target()
    yield found
    found.server.shutdown()


def enter(folder: Path) -> None:
    sequence.catch_up(folder / "log")
    services.fill()


def test_a_company_is_told_of_its_cases(cast: Cast, target: Target, tmp_path: Path) -> None:
    admin = member(cast.company.organisation, "admin")
    hook = services.subscribe(admin, target.address)
    case = cast.case("noticed")
    make().case("noticed")
    enter(tmp_path)
    assert services.deliver() == (4, 0) and services.deliver() == (0, 0), "open, attached, verified, noticed; each once"
    headers, body = target.told[-1]
    told = json.loads(body)
    assert (told["act"], told["case"], told["to"]) == ("notice", case.number, "noticed")
    time, v1 = (p.partition("=")[2] for p in headers["Mingcha-Signature"].split(","))
    assert v1 == hmac.new(hook.secret.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest() and told["id"] == headers["Mingcha-Id"]
    act(case.pk, "appeal", cast.company, {"reason": "张三"}, version=case.version, now=later(1))
    enter(tmp_path)
    services.deliver()
    assert "张三" not in target.told[-1][1].decode() and services.fill() == 0


def test_only_what_was_asked_for_and_may_be_seen(cast: Cast, target: Target, tmp_path: Path) -> None:
    old = cast.case("verified")
    sequence.catch_up(tmp_path / "log")
    store, lab = member(cast.store.organisation, "admin"), member(cast.tester.organisation, "admin")
    services.subscribe(store, target.address)
    services.subscribe(lab, target.address, ["notice"])
    act(old.pk, "notice", cast.approver, version=old.version, now=later(1))
    enter(tmp_path)
    assert Delivery.objects.count() == 1 and Delivery.objects.get().subscription.organisation == cast.tester.organisation


@pytest.mark.parametrize("answer", [500, 404, "redirect", "close"])
def test_a_target_that_fails_is_tried_again_and_given_up(cast: Cast, target: Target, tmp_path: Path, answer: int | str) -> None:
    services.subscribe(member(cast.tester.organisation, "admin"), target.address, ["notice"])
    cast.case("noticed")
    enter(tmp_path)
    target.answer, now = answer, timezone.now()
    for n in range(len(services.WAITS) + 1):
        assert services.deliver(now) == (0, 1) and services.deliver(now) == (0, 0)
        if n < len(services.WAITS):
            now += services.WAITS[n]
    found = Delivery.objects.get()
    assert found.state == "dead" and found.tries == 8 and found.said and services.deliver(now + services.WAITS[-1] * 9) == (0, 0)
    assert len({h["Mingcha-Id"] for h, _ in target.told}) == 1 and len(target.told) == 8


def test_one_dead_target_delays_no_other(cast: Cast, target: Target, tmp_path: Path) -> None:
    dead = services.subscribe(member(cast.officer.organisation, "admin"), "http://127.0.0.1:9/x", ["notice", "verify", "open"])
    services.subscribe(member(cast.tester.organisation, "admin"), target.address, ["notice", "verify", "open"])
    cast.case("noticed")
    enter(tmp_path)
    assert services.deliver() == (3, 1) and dead.deliveries.filter(tries=0).count() == 2


def test_a_run_that_was_killed_tells_again(cast: Cast, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services.subscribe(member(cast.tester.organisation, "admin"), target.address, ["notice"])
    cast.case("noticed")
    enter(tmp_path)

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(services, "_try", killed)
        services.deliver()
    assert services.deliver() == (0, 0), "not at once"
    Delivery.objects.update(due=timezone.now())
    assert services.deliver() == (1, 0)


@pytest.mark.parametrize(
    "address",
    ["http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/latest", "https://[::1]/", "https://0x7f000001/", "https://127.1/",
     "ftp://example.com/", "https://", "https://a:b@example.com/", "https://example.com:0/", "javascript:alert(1)", "https://exa mple.com/", "https://10.0.0.8/",
     "https://x/" + "y" * 600, "https://[::ffff:127.0.0.1]/", "https://example.com/#f", "https://[", "\0"],
)  # fmt: skip
def test_addresses_that_are_refused(cast: Cast, address: str) -> None:
    refused("bad-address", services.subscribe, member(cast.tester.organisation, "admin"), address)


def test_an_address_is_looked_at_again_before_each_try(cast: Cast, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services.subscribe(member(cast.tester.organisation, "admin"), target.address, ["notice"])
    cast.case("noticed")
    enter(tmp_path)
    monkeypatch.setenv("MINGCHA_WEBHOOK_NETWORKS", "")
    assert services.deliver() == (0, 1) and Delivery.objects.get().said == "address loopback" and not target.told
    monkeypatch.setenv("MINGCHA_WEBHOOK_NETWORKS", "nonsense")
    with pytest.raises(Usage):
        services.networks()


def test_the_page(cast: Cast, target: Target) -> None:
    admin = member(cast.company.organisation, "admin")
    page = browser(admin).post("/desk/webhooks/", {"address": target.address, "acts": ["notice", "name"]})
    hook = Subscription.objects.get()
    assert page.status_code == 200 and hook.secret in page.content.decode() and hook.acts == ["name", "notice"]
    assert hook.secret not in browser(admin).get("/desk/webhooks/").content.decode()
    assert browser(cast.company).get("/desk/webhooks/").status_code == 404
    other = member(cast.store.organisation, "admin")
    assert browser(other).post("/desk/webhooks/", {"do": "end", "subscription": hook.pk}).status_code == 403
    assert browser(admin).post("/desk/webhooks/", {"do": "end", "subscription": hook.pk}).status_code == 302
    assert browser(admin).post("/desk/webhooks/", {"address": "https://127.0.0.2/"}).status_code == 422
    assert browser(admin).post("/desk/webhooks/", {"address": target.address, "acts": ["nothing"]}).status_code == 422
    assert not Subscription.objects.get().active
