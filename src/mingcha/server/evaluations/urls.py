"""Addresses of evaluations, inside and for everybody."""

from __future__ import annotations

from django.urls import path

from mingcha.server.evaluations import pages, public

urlpatterns = [
    path("desk/evaluations/", pages.evaluations),
    path("desk/evaluations/new/", pages.new),
    path("desk/evaluations/badges/", pages.badges),
    path("desk/evaluations/<int:number>/", pages.one),
    path("desk/evaluations/<int:number>/score.json", pages.score_file),
    path("desk/evaluations/<int:number>/checks/<int:check>/score.json", pages.check_file),
    path("badges/", public.badges),
    path("badges/<str:number>/", public.badge),
]
