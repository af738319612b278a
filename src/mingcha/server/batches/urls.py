"""Addresses of batches and public lists."""

from __future__ import annotations

from django.urls import path

from mingcha.server.batches import desk, public

urlpatterns = [
    path("desk/batches/", desk.batches),
    path("desk/batches/<int:number>/", desk.batch),
    path("lists/", public.lists),
    path("lists/feed.json", public.feed),
    path("lists/<slug:slug>/", public.one),
    path("lists/<slug:slug>.json", public.snapshot),
    path("lists/<slug:slug>.xlsx", public.workbook),
]
