"""Sign-in by a provider, against one that signs with real keys on this machine and can lie in every way that matters."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from mingcha.server.entry.models import Link
from mingcha.server.ledger.models import Event
from mingcha.server.people.models import Person
from tests.server.cast import Cast
from tests.server.test_pages import browser

RSA, EC = RSAKey.generate_key(2048, {"kid": "r", "use": "sig"}), ECKey.generate_key("P-256", {"kid": "e", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "r", "use": "sig"})
SECRET = "the-client's-secret"


class Provider(ThreadingHTTPServer):
    """A provider: what it claims and by which key it signs can be set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.challenge = self.nonce = ""
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.sign: Callable[[dict[str, Any]], str] = lambda c: jwt.encode({"alg": "RS256", "kid": "r"}, c, RSA)
        self.called = self.issuer


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _send(self, data: dict[str, Any], status: int = 200) -> None:
        raw = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self) -> None:
        here = self.server.issuer
        if self.path.endswith("openid-configuration"):
            self._send({"issuer": self.server.called, "authorization_endpoint": f"{here}/auth", "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys"})
        else:
            self._send({"keys": [RSA.as_dict(private=False), EC.as_dict(private=False)]})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest()).decode().rstrip("=")
        if form["code"] != ["good"] or made != self.server.challenge or not self.headers["Authorization"].startswith("Basic "):
            return self._send({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": here(self.server), "aud": "office", "sub": "s-1", "iat": now, "exp": now + 300, "nonce": self.server.nonce}
        return self._send({"access_token": "x", "token_type": "Bearer", "id_token": self.server.sign(self.server.change(claims))})


def here(server: Provider) -> str:
    return server.issuer


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    cache.clear()
    with override_settings(OIDC_ISSUER=server.issuer, OIDC_CLIENT="office", OIDC_SECRET=SECRET, OIDC_CLAIM=""):
        yield server
    server.shutdown()
    server.server_close()
    thread.join()


def go(server: Provider, client: Client, code: str = "good", after: str = "/desk/cases/") -> Any:
    asked = parse_qs(urlsplit(client.get(f"/sign-in/oidc/?next={after}")["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"] and asked["client_id"] == ["office"]
    server.challenge, server.nonce = asked["code_challenge"][0], asked["nonce"][0]
    return client.get("/sign-in/oidc/back/", {"code": code, "state": asked["state"][0]})


def link(cast: Cast, server: Provider) -> Person:
    assert cast.officer.person is not None
    Link.objects.create(person=cast.officer.person, issuer=server.issuer, subject="s-1")
    return cast.officer.person


def test_a_linked_person_signs_in(cast: Cast, provider: Provider) -> None:
    person, client = link(cast, provider), browser()
    assert "/sign-in/oidc/" in client.get("/sign-in/").content.decode()
    done = go(provider, client)
    assert done["Location"] == "/desk/cases/" and client.get("/desk/").status_code == 200
    assert client.session["_auth_user_id"] == str(person.pk)
    provider.sign = lambda c: jwt.encode({"alg": "ES256", "kid": "e"}, c, EC)
    assert go(provider, browser(), after="https://evil.example/")["Location"] == "/desk/"
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert go(provider, browser()).status_code == 403


def test_nobody_is_registered_by_it(cast: Cast, provider: Provider) -> None:
    persons, client = Person.objects.count(), browser()
    assert go(provider, client).status_code == 403 and client.get("/desk/").status_code == 302
    officer = cast.officer.person
    assert officer is not None
    provider.change = lambda c: {**c, "preferred_username": officer.login}
    assert go(provider, browser()).status_code == 403, "no claim is set"
    with override_settings(OIDC_CLAIM="preferred_username"):
        assert go(provider, browser()).status_code == 302
        assert Link.objects.get().person == officer and Event.objects.filter(act="provider-linked").count() == 1
        provider.change = lambda c: {**c, "sub": "s-2", "preferred_username": officer.login}
        assert go(provider, browser()).status_code == 403, "another subject does not take a linked person over"
        provider.change = lambda c: {**c, "sub": "s-3", "preferred_username": {"x": 1}}
        assert go(provider, browser()).status_code == 403
    assert Person.objects.count() == persons


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "issuer": lambda c: {**c, "iss": "https://other.example"},
    "audience": lambda c: {**c, "aud": "another"},
    "party": lambda c: {**c, "aud": ["office", "another"]},
    "party-other": lambda c: {**c, "aud": ["office", "another"], "azp": "another"},
    "nonce": lambda c: {**c, "nonce": "x"},
    "no-nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "expired": lambda c: {**c, "iat": 1_600_000_000, "exp": 1_600_000_300},
    "no-end": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "future": lambda c: {**c, "iat": int(time.time()) + 9000, "exp": int(time.time()) + 9900},
    "no-subject": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "subject-number": lambda c: {**c, "sub": 1},
}
SIGNED: dict[str, Callable[[dict[str, Any]], str]] = {
    "another key": lambda c: jwt.encode({"alg": "RS256", "kid": "r"}, c, OTHER),
    "the secret": lambda c: jwt.encode({"alg": "HS256", "kid": "r"}, c, OctKey.import_key(SECRET)),
    "nothing": lambda c: ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in ({"alg": "none"}, c)) + ".",
    "no token": lambda c: "not.a.token",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_request_is_refused(cast: Cast, provider: Provider, lie: str) -> None:
    link(cast, provider)
    provider.change = LIES[lie]
    client = browser()
    assert go(provider, client).status_code == 502 and client.get("/desk/").status_code == 302


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("how", SIGNED)
def test_a_token_that_the_provider_did_not_sign_is_refused(cast: Cast, provider: Provider, how: str) -> None:
    link(cast, provider)
    provider.sign = SIGNED[how]
    client = browser()
    assert go(provider, client).status_code == 502 and client.get("/desk/").status_code == 302


def test_what_comes_back_has_to_be_what_was_asked_for(cast: Cast, provider: Provider) -> None:
    link(cast, provider)
    assert browser().get("/sign-in/oidc/back/", {"code": "good", "state": "x"}).status_code == 403, "nothing was started"
    client = browser()
    client.get("/sign-in/oidc/")
    for state in ("x", "", "é"):
        assert client.get("/sign-in/oidc/back/", {"code": "good", "state": state}).status_code == 403
    assert go(provider, browser(), code="bad").status_code == 502
    cache.clear()
    provider.called = "https://other.example"
    assert browser().get("/sign-in/oidc/").status_code == 502, "the issuer calls itself something else"
    with override_settings(OIDC_ISSUER="http://plain.example"):
        assert browser().get("/sign-in/oidc/").status_code == 502, "never without TLS to another machine"
    with override_settings(OIDC_ISSUER=""):
        assert browser().get("/sign-in/oidc/").status_code == 404
        assert "/sign-in/oidc/" not in browser().get("/sign-in/").content.decode()
