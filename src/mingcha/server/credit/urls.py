"""Addresses of credit files."""

from __future__ import annotations

from django.urls import path

from mingcha.server.credit import pages

urlpatterns = [
    path("desk/credit/", pages.operators),
    path("desk/credit/<int:number>/", pages.one),
    path("desk/credit/<int:number>/file.json", pages.exported),
    path("bad-records/", pages.bad_records),
]
