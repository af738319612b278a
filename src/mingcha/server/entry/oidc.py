"""Sign-in by an OpenID provider: authorisation code with PKCE, state and nonce; the ID token's signature and claims
are verified (OpenID Connect Core 1.0, 3.1.3.7). Nobody is registered by it: the person has to be there."""

from __future__ import annotations

import hmac
import secrets
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mingcha.server.entry.models import Link
from mingcha.server.entry.services import about
from mingcha.server.ledger import events
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Membership, Person

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signed with a private key: neither `none` nor one that the client's secret could make."""
SECONDS, LEEWAY, LONGEST = 10.0, 60, 256_000
_HERE = "/sign-in/oidc/back/"


class Provider(NamedTuple):
    """What discovery tells that is needed here."""

    issuer: str
    authorise: str
    token: str
    keys: str


def ready() -> bool:
    """Whether a provider is set."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT)


def _safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))


def _json(client: httpx.Client, address: str) -> dict[str, Any]:
    if not _safe(address):
        raise Refused("provider-failed")
    with client.stream("GET", address) as answer:
        answer.raise_for_status()
        body = b""
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > LONGEST:
                raise Refused("provider-failed")
    found = httpx.Response(200, content=body).json()
    if not isinstance(found, dict):
        raise Refused("provider-failed")
    return found


def _client() -> httpx.Client:
    return httpx.Client(timeout=SECONDS, follow_redirects=False)


def _provider(client: httpx.Client) -> Provider:
    """By discovery, remembered for an hour. The issuer has to call itself by the name that is set."""
    issuer = settings.OIDC_ISSUER.rstrip("/")
    known = cache.get(f"oidc:{issuer}")
    if known:
        return Provider(*known)
    told = _json(client, f"{issuer}/.well-known/openid-configuration")
    named = [str(told.get(k, "")) for k in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")]
    if named[0].rstrip("/") != issuer or not all(_safe(a) for a in named[1:]):
        raise Refused("provider-failed")
    cache.set(f"oidc:{issuer}", named, 3600)
    return Provider(*named)


def _oauth(request: HttpRequest, **more: Any) -> OAuth2Client:
    return OAuth2Client(
        client_id=settings.OIDC_CLIENT, client_secret=settings.OIDC_SECRET or None, scope="openid profile",
        redirect_uri=request.build_absolute_uri(_HERE), code_challenge_method="S256", timeout=SECONDS, follow_redirects=False,
        token_endpoint_auth_method="client_secret_basic" if settings.OIDC_SECRET else "none", **more,
    )  # fmt: skip


def start(request: HttpRequest, after: str) -> str:
    """The provider's address to go to. What it has to bring back is kept in the session."""
    try:
        with _client() as client:
            provider = _provider(client)
    except (httpx.HTTPError, ValueError) as e:
        raise Refused("provider-failed") from e
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    with _oauth(request) as oauth:
        address, state = oauth.create_authorization_url(provider.authorise, nonce=nonce, code_verifier=verifier)
    request.session["oidc"] = {"state": state, "nonce": nonce, "verifier": verifier, "after": after}
    return str(address)


def finish(request: HttpRequest) -> tuple[Person, str]:
    """Who came back from the provider, and where to go then. What was kept is good for one try."""
    kept = request.session.pop("oidc", None)
    code, state = request.GET.get("code", ""), request.GET.get("state", "")
    if not kept or not code or len(code) > 4000 or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        raise Refused("provider-refused")
    try:
        with _client() as client, _oauth(request) as oauth:
            provider = _provider(client)
            token = oauth.fetch_token(provider.token, grant_type="authorization_code", code=code, code_verifier=kept["verifier"])
            keys = KeySet.import_key_set(_json(client, provider.keys))  # type: ignore[arg-type] # it checks what it gets
        claims = _claims(str(token.get("id_token", "")), keys, provider.issuer, kept["nonce"])
    except (httpx.HTTPError, OAuthError, JoseError, ValueError, TypeError, KeyError) as e:
        raise Refused("provider-failed") from e
    return _whom(provider.issuer, claims), kept["after"]


def _claims(token: str, keys: KeySet, issuer: str, nonce: str) -> dict[str, Any]:
    """Claims of an ID token that is signed by the provider, for us, now, and for this request."""
    claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    needed: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": settings.OIDC_CLIENT},
        "sub": {"essential": True}, "exp": {"essential": True}, "iat": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }  # fmt: skip
    jwt.JWTClaimsRegistry(leeway=LEEWAY, **needed).validate(claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != settings.OIDC_CLIENT:
        raise Refused("provider-failed")
    return claims


def _whom(issuer: str, claims: dict[str, Any]) -> Person:
    """The person that is linked to the subject; by the claim that is set, an unlinked one at the first sign-in."""
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
        raise Refused("provider-failed")
    with transaction.atomic():
        link = Link.objects.filter(issuer=issuer, subject=subject).select_related("person").first()
        person = link.person if link else None
        name = claims.get(settings.OIDC_CLAIM) if settings.OIDC_CLAIM else None
        if link is None and isinstance(name, str) and 0 < len(name) <= 64 and "\0" not in name:
            person = Person.objects.select_for_update().filter(login=name, is_active=True).exclude(pk__in=Link.objects.values("person")).first()
            held = Membership.objects.filter(person=person, ended=False).select_related("organisation").first() if person else None
            if person and held:
                Link.objects.create(person=person, issuer=issuer, subject=subject)
                events.write("provider-linked", Who(person, held.organisation, held.role), timezone.now(), {}, about=about(person))
            else:
                person = None
        if person is None or not person.is_active:
            raise Refused("provider-unknown")
    return person
