"""Addresses of the office."""

from __future__ import annotations

from django.urls import include, path

from mingcha.server.desk import public, work

urlpatterns = [
    path("", public.home),
    path("", include("mingcha.server.entry.urls")),
    path("", include("mingcha.server.staff.urls")),
    path("", include("mingcha.server.inbox.urls")),
    path("", include("mingcha.server.records.urls")),
    path("complain/", public.complain),
    path("receipt/", public.receipt),
    path("sign-in/", public.sign_in),
    path("sign-out/", public.sign_out),
    path("act-as/", public.act_as),
    path("desk/", work.desk),
    path("desk/leads/<int:number>/", work.lead),
    path("desk/cases/", work.ledger),
    path("desk/cases/<str:number>/", work.case),
    path("desk/cases/<str:number>/act/", work.do),
    path("", include("mingcha.server.batches.urls")),
    path("", include("mingcha.server.documents.urls")),
    path("", include("mingcha.server.inspections.urls")),
    path("", include("mingcha.server.figures.urls")),
    path("", include("mingcha.server.credit.urls")),
    path("", include("mingcha.server.api.urls")),
    path("", include("mingcha.server.outbox.urls")),
    path("", include("mingcha.server.campaigns.urls")),
    path("", include("mingcha.server.evaluations.urls")),
]
handler404 = "mingcha.server.desk.front.missing"
