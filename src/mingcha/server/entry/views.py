"""Pages of one's own account, and the sign-in by a provider."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.server.desk.front import inside, missing, show, too_many
from mingcha.server.desk.words import language, say
from mingcha.server.entry import oidc, services
from mingcha.server.entry.models import Recovery
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Person


def _me(who: Who) -> Person:
    if who.person is None:
        raise Refused("not-yours")
    return who.person


def where(request: HttpRequest, after: str) -> str:
    """The page to go to after signing in, never of another site."""
    safe = url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure())
    return after if safe else "/desk/"


@require_GET
@inside
def account(request: HttpRequest, who: Who) -> HttpResponse:
    """Second factor, recovery codes left, sessions that run."""
    me = _me(who)
    context = {
        "device": services.device(me), "left": Recovery.objects.filter(person=me, used=None).count(), "codes_of": services.CODES,
        "sessions": services.sessions(me), "mine": request.session.session_key, "link": getattr(me, "link", None),
    }  # fmt: skip
    return show(request, "entry/account", context)


@require_http_methods(["GET", "POST"])
@inside
def second_factor(request: HttpRequest, who: Who) -> HttpResponse:
    """Enrol: the key as a drawing and as text; the first code confirms it, and the recovery codes are shown once."""
    me, failed = _me(who), ""
    if request.method == "POST":
        try:
            return show(request, "entry/codes", {"codes": services.confirm(request, who, request.POST.get("code", ""))})
        except Refused as e:
            if e.code not in ("wrong-code", "too-many-codes"):
                raise
            failed = e.text[language(request)]
    found = services.enrolment(me)
    made = segno.make(found.config_url, error="m", micro=False)
    drawing = made.svg_inline(scale=5, border=4, svgclass="qr", lineclass=None, omitsize=False, title=say("entry-qr", language(request)))
    from base64 import b32encode

    key = b32encode(found.bin_key).decode().rstrip("=")
    context = {
        "drawing": mark_safe(drawing),
        "key": " ".join(key[i : i + 4] for i in range(0, len(key), 4)), "failed": failed, "must": services.required(me),
    }  # fmt: skip
    return show(request, "entry/second_factor", context, status=403 if failed else 200)


@require_http_methods(["GET", "POST"])
@inside
def verify(request: HttpRequest, who: Who) -> HttpResponse:
    """The second step of signing in."""
    me, failed = _me(who), ""
    if services.missing(request) != "verify":
        return redirect("/account/")
    if request.method == "POST":
        try:
            services.verify(request, me, request.POST.get("code", ""))
        except Refused as e:
            failed = e.text[language(request)]
        else:
            return redirect(where(request, request.session.pop("after", "/desk/")))
    return show(request, "entry/verify", {"failed": failed}, status=403 if failed else 200)


@require_POST
@inside
def codes(request: HttpRequest, who: Who) -> HttpResponse:
    """New recovery codes, shown once."""
    return show(request, "entry/codes", {"codes": services.new_codes(request, who)})


@require_http_methods(["GET", "POST"])
@inside
def password(request: HttpRequest, who: Who) -> HttpResponse:
    """Choose another password."""
    failed = ""
    if request.method == "POST":
        try:
            if request.POST.get("new", "") != request.POST.get("again", ""):
                raise Refused("not-the-same")
            services.change(request, who, request.POST.get("old", "")[:1000], request.POST.get("new", "")[:1000])
        except Refused as e:
            failed = e.text[language(request)]
        else:
            return redirect("/account/")
    must = services.missing(request) == "password"
    return show(request, "entry/password", {"failed": failed, "must": must}, status=422 if failed else 200)


@require_POST
@inside
def elsewhere(request: HttpRequest, who: Who) -> HttpResponse:
    """Sign out everywhere but here."""
    services.end_sessions(_me(who), but=request.session.session_key)
    return redirect("/account/")


@require_GET
def provider(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    if not oidc.ready():
        return missing(request)
    if too_many(request, "oidc", 60):
        return show(request, "refused", {"why": say("too-much", language(request))}, status=429)
    return redirect(oidc.start(request, where(request, request.GET.get("next", "/desk/"))))


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider."""
    if not oidc.ready():
        return missing(request)
    person, after = oidc.finish(request)
    services.begin(request, person)
    request.session["after"] = after
    return redirect(after)
