"""What every page needs: its language, who is acting, headers, and errors told as a page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from mingcha.errors import MingchaError
from mingcha.server.desk.menu import current, menu
from mingcha.server.desk.words import COOKIE, language, say
from mingcha.server.ledger.refusals import Refused
from mingcha.server.ledger.who import Who
from mingcha.server.people.models import Membership

P = ParamSpec("P")
POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
HOUR = 3600
ELDER = "mingcha-elder"  # cookie of the version for older users
BODIES = {"/complain/": 55_000_000, "/desk/leads/import/": 21_000_000, "/desk/inspections/": 4_100_000_000, "/api/v1/inspections": 4_100_000_000,
          "/api/v1/results": 65_000_000}  # fmt: skip
"""Most bytes that a body with files may have there, refused before any of it is read."""
EVIDENCE, OTHERS = 101_000_000, 4_000_000
"""The same for evidence of a case, and for everything else."""
OPEN_BODIES = ("/complain/",)
"""Where somebody who has not signed in may send files."""


def most(request: HttpRequest) -> int:
    """Most bytes that the body of a request may have."""
    known = request.user.is_authenticated or hasattr(request, "api_key") or request.path in OPEN_BODIES
    if not known:
        return OTHERS
    if request.path.startswith("/desk/cases/") and request.path.endswith("/evidence/"):
        return EVIDENCE
    return BODIES.get(request.path, OTHERS)


class Visitor:
    """Middleware: behind a proxy of the office's own, the visitor's address is the one that this proxy saw."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and seen:
            request.META["REMOTE_ADDR"] = seen
        return self.answer(request)


class Office:
    """Middleware: language and headers of every answer; a refusal becomes a page that says why."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A database may not be able to hold it, and no text of a person has it.
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > most(request):
            return self._dressed(request, refused(request, Refused("file-too-large")))
        nul = "\0" in request.path or any("\0" in v for form in (request.GET, request.POST) for _, vs in form.lists() for v in vs)
        return self._dressed(request, refused(request, Refused("bad-data")) if nul else self.answer(request))

    def _dressed(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if part_asked(request) and response.status_code >= 300:  # what is no list is a page of its own, never put into one
            response["HX-Redirect"] = response.headers.get("Location") or request.get_full_path()
            if response.status_code < 400:
                response.status_code = 200  # a browser would follow it unseen
                del response["Location"]
        response["Content-Security-Policy"] = POLICY
        response["Referrer-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        if request.GET.get("lang") in ("zh", "en"):
            response.set_cookie(COOKIE, request.GET["lang"], max_age=365 * 24 * HOUR, samesite="Lax")
        if request.GET.get("elder") in ("0", "1"):
            response.set_cookie(ELDER, request.GET["elder"], max_age=365 * 24 * HOUR, samesite="Lax")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What we have words for is an answer; anything else is a fault and goes on to Django."""
        return refused(request, error) if isinstance(error, MingchaError) else None


def around(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    lang = language(request)
    query = request.GET.copy()
    query["lang"] = "en" if lang == "zh" else "zh"
    who = who_of(request)
    items = menu(who)
    elder = request.GET.get("elder", request.COOKIES.get(ELDER)) == "1"
    sized = request.GET.copy()
    sized["elder"] = "0" if elder else "1"
    return {"lang": lang, "other": query.urlencode(), "elder": elder, "sized": sized.urlencode(), "who": who, "menu": items, "current": current(items, request.path)}


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200, part: str = "desk"
) -> HttpResponse:
    """A page of this office; `part` is whose template it is."""
    return render(request, f"{part}/{template}.html", context or {}, status=status)


def part_asked(request: HttpRequest) -> bool:
    """Whether htmx asks for the rows of a list alone. Without scripts nobody does, and going back asks for the whole page."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def show_rows(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A list: the page, or its rows where htmx swaps them in. After a step to another page the focus goes to the rows."""
    asked = part_asked(request)
    told = {**context, "fragment": asked, "onward": asked and request.headers.get("HX-Trigger") in ("more", "first")}
    response = show(request, f"_{template}_rows" if asked else template, told)
    patch_vary_headers(response, ("HX-Request",))
    return response


def refused(request: HttpRequest, error: MingchaError) -> HttpResponse:
    """The page that says why something was not done."""
    lang = language(request)
    return show(request, "refused", {"why": error.text[lang], "hint": error.hint.get(lang, "")}, status=error.status)


def who_of(request: HttpRequest) -> Who | None:
    """In which role the signed-in person acts: the one chosen for this session, else the first."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "_who"):
        held = Membership.objects.filter(person=request.user, ended=False).select_related("organisation").order_by("pk")
        chosen = held.filter(pk=request.session.get("membership", 0)).first() or held.first()
        request._who = Who(request.user, chosen.organisation, chosen.role) if chosen else None  # type: ignore[attr-defined]
    found: Who | None = request._who  # type: ignore[attr-defined]
    return found


def inside(view: Callable[Concatenate[HttpRequest, Who, P], HttpResponse]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for those who signed in and have a role."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(f"/sign-in/?next={request.path}")
        who = who_of(request)
        if who is None:
            return show(request, "refused", {"why": say("no-role", language(request))}, status=403)
        return view(request, who, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", wrapped)


def too_many(request: HttpRequest, what: str, most: int) -> bool:
    """Whether one address asked for the same thing more than `most` times within the hour."""
    key = f"{what}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > most
    except ValueError:  # it ended between the two lines
        return False


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same whether a thing is not there or may not be seen."""
    return show(request, "refused", {"why": say("not-found", language(request))}, status=404)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token of this session."""
    return show(request, "refused", {"why": say("expired", language(request))}, status=403)


def locked(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """After too many failed sign-ins."""
    return show(request, "refused", {"why": say("locked", language(request))}, status=429)
