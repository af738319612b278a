"""Addresses of documents."""

from __future__ import annotations

from django.urls import path

from mingcha.server.documents import pages

urlpatterns = [
    path("desk/cases/<str:number>/documents/<int:document>/", pages.of_case),
    path("lists/<slug:slug>.docx", pages.of_list),
]
