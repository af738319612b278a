"""Addresses of statistics."""

from __future__ import annotations

from django.urls import path

from mingcha.server.figures import pages

urlpatterns = [
    path("desk/statistics/", pages.statistics),
    path("desk/statistics/figures.<str:form>", pages.export),
    path("desk/statistics/hotlines/", pages.hotlines),
    path("desk/statistics/bulletin.docx", pages.bulletin),
    path("press/", pages.press),
]
