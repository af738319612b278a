"""Middleware: a session that has not shown its second factor, or has to change its password, reaches nothing else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mingcha.server.entry.services import missing

OPEN = ("/sign-in/", "/sign-out/", "/complain/", "/receipt/", "/static/")
"""Pages for everybody, which know nothing of who is signed in."""
WHERE = {"password": "/account/password/", "verify": "/account/verify/", "enrol": "/account/second-factor/"}


class Gate:
    """Sends such a session to the page that it lacks; a form that it sends elsewhere does nothing."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # An API call with a key carries no session: nobody is signed in here, and its own check decides.
        if request.path == "/" or request.path.startswith(OPEN) or not request.user.is_authenticated:
            return self.answer(request)
        lacks = missing(request)
        if not lacks or request.path == WHERE[lacks]:
            return self.answer(request)
        return redirect(WHERE[lacks])
