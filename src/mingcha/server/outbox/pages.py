"""Webhooks of an organisation."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingcha.server.desk.front import inside, show
from mingcha.server.desk.words import language
from mingcha.server.ledger.process import table
from mingcha.server.ledger.who import Who
from mingcha.server.outbox import services
from mingcha.server.outbox.models import Subscription


@require_http_methods(["GET", "POST"])
@inside
def webhooks(request: HttpRequest, who: Who) -> HttpResponse:
    """Subscriptions, how they fare, and a form for a new one."""
    if not table().others["make-webhook"].allows(who.kind, who.role):
        raise Http404
    secret = ""
    if request.method == "POST":
        post = request.POST
        if post.get("do") == "end":
            number = post.get("subscription", "")
            services.end(int(number) if number.isdigit() and len(number) < 18 else 0, who)
            return redirect("/desk/webhooks/")
        secret = services.subscribe(who, post.get("address", "").strip(), post.getlist("acts")).secret
    counts = {s: Count("deliveries", filter=Q(deliveries__state=s)) for s in ("done", "waiting", "dead")}
    found = Subscription.objects.filter(organisation=who.organisation).annotate(**counts).order_by("-pk")
    rows = [(s, (last.said if (last := s.deliveries.exclude(said="").order_by("-pk").first()) else "")) for s in found]
    acts = [(n, a.text.say(language(request))) for n, a in table().acts.items()]
    return show(request, "webhooks", {"rows": rows, "secret": secret, "acts": acts}, part="outbox")
