"""Middleware of /api/: keys, rates, repeated requests, and answers that are always JSON."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone

from mingcha.server.api import keys
from mingcha.server.api.models import Answered, Key
from mingcha.server.api.problems import problem

ROOT = "/api/"
OPEN = ("/api/", "/api/openapi.json", "/api/v1/lists")
"""What needs no key."""
PER_MINUTE = 600
OPEN_PER_MINUTE = 120
ABANDONED = timedelta(minutes=10)
KEPT = timedelta(days=1)


class Edge:
    """The border of the API. Pages go by untouched."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ROOT):
            return self.answer(request)
        try:
            response = self._answered(request)
        except (RequestDataTooBig, TooManyFilesSent):
            response = problem("too-large")
        except (SuspiciousOperation, MultiPartParserError, UnicodeError):
            response = problem("bad-request", status=422)
        if response.status_code >= 400 and not response["Content-Type"].startswith("application/"):
            response = problem({404: "not-found", 405: "wrong-method"}.get(response.status_code, "bad-request" if response.status_code < 500 else "internal"))
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _answered(self, request: HttpRequest) -> HttpResponse:
        address = str(request.META.get("REMOTE_ADDR", ""))
        if request.path in OPEN:
            left = _left(f"api-open:{address}", OPEN_PER_MINUTE)
            return problem("too-many") if left < 0 else self.answer(request)
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        key = keys.known(text.strip(), address) if scheme.lower() == "bearer" else None
        if key is None:
            return problem("no-key")
        request.api_key = key  # type: ignore[attr-defined]
        left = _left(f"api-key:{key.pk}", PER_MINUTE)
        response = problem("too-many") if left < 0 else self._once(request, key)
        reset = 60 - int(time.time()) % 60
        response["RateLimit-Limit"], response["RateLimit-Remaining"], response["RateLimit-Reset"] = str(PER_MINUTE), str(max(0, left)), str(reset)
        if response.status_code == 429:
            response["Retry-After"] = str(reset)
        return response

    def _once(self, request: HttpRequest, key: Key) -> HttpResponse:
        """The same request under the same idempotency key gets the same answer and is done once."""
        name = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not name:
            return self.answer(request)
        if len(name) > 80 or not name.isprintable():
            return problem("bad-request")
        asked, now = _asked(request), timezone.now()
        Answered.objects.filter(key=key, at__lt=now - KEPT).delete()
        try:
            with transaction.atomic():
                row, fresh = Answered.objects.create(key=key, name=name, asked=asked, at=now), True
        except IntegrityError:
            row, fresh = Answered.objects.get(key=key, name=name), False
        if row.asked != asked:
            return problem("key-reused")
        if not fresh and row.status:
            kind = "application/json" if row.status < 400 else "application/problem+json"
            return HttpResponse(row.body, status=row.status, content_type=kind, headers={"Idempotency-Replayed": "true"})
        if not fresh and not Answered.objects.filter(pk=row.pk, status=0, at__lt=now - ABANDONED).update(at=now):
            return problem("in-progress")
        response = self.answer(request)
        if response.status_code < 500 and response.status_code != 429:
            Answered.objects.filter(pk=row.pk).update(status=response.status_code, body=response.content.decode())
        else:
            Answered.objects.filter(pk=row.pk).delete()
        return response


def _left(name: str, most: int) -> int:
    """How many requests are left in this minute; below zero where there were too many."""
    count = f"{name}:{int(time.time()) // 60}"
    cache.add(count, 0, 120)
    try:
        return most - cache.incr(count)
    except ValueError:
        return most


def _asked(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        for field, values in sorted(request.POST.lists()):
            digest.update(repr((field, values)).encode())
        for field, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((field, file.name, file.size)).encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()
