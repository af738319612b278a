"""The description of the API as a page, and the keys of an organisation."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.server.api import keys as services
from mingcha.server.api.models import Key
from mingcha.server.api.problems import WORDS
from mingcha.server.desk.front import inside, show
from mingcha.server.desk.words import language
from mingcha.server.ledger.process import table
from mingcha.server.ledger.who import Who


@require_safe
def described(request: HttpRequest) -> HttpResponse:
    """Every route, made from the OpenAPI document itself."""
    from mingcha.server.api.routes import api

    schema: dict[str, Any] = dict(api.get_openapi_schema())
    lang, routes = language(request), []
    for address, methods in schema["paths"].items():
        for method, told in methods.items():
            summary = told.get("summary", "").partition(" · ")
            routes.append({
                "method": method.upper(), "address": address, "title": summary[0] if lang == "zh" else summary[2], "what": told.get("description", ""),
                "fields": _fields(schema, told, lang), "key": bool(told.get("security", True)) and not address.endswith("/lists"),
            })  # fmt: skip
    problems = [(code, status, zh if lang == "zh" else en) for code, (status, zh, en) in WORDS.items()]
    return show(request, "api", {"routes": routes, "problems": problems}, part="api")


def _fields(schema: dict[str, Any], told: dict[str, Any], lang: str) -> list[tuple[str, str, bool]]:
    """(name, description, needed) of a route's body."""
    for content in told.get("requestBody", {}).get("content", {}).values():
        form = content["schema"]
        if "$ref" in form:
            form = schema["components"]["schemas"][form["$ref"].rpartition("/")[2]]
        needed = form.get("required", [])
        return [(n, _part(p.get("description", ""), lang) or p.get("type", ""), n in needed) for n, p in form.get("properties", {}).items()]
    return []


def _part(text: str, lang: str) -> str:
    zh, mark, en = text.partition(" · ")
    return zh if lang == "zh" or not mark else en


@require_http_methods(["GET", "POST"])
@inside
def keys(request: HttpRequest, who: Who) -> HttpResponse:
    """Keys of this organisation: made, shown once, revoked."""
    if not table().others["make-key"].allows(who.kind, who.role):
        raise Http404
    fresh = ""
    if request.method == "POST":
        post = request.POST
        if post.get("do") == "revoke":
            number = post.get("key", "")
            services.revoke(int(number) if number.isdigit() and len(number) < 18 else 0, who)
            return redirect("/desk/keys/")
        days = post.get("days", "")
        _, fresh = services.make(who.organisation, post.get("name", ""), who, int(days) if days.isdigit() and len(days) < 5 else 0)
    found = Key.objects.filter(organisation=who.organisation).order_by("-pk")
    return show(request, "keys", {"keys": found, "fresh": fresh, "days": services.DAYS}, part="api")
