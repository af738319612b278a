"""Addresses of webhooks."""

from __future__ import annotations

from django.urls import path

from mingcha.server.outbox import pages

urlpatterns = [path("desk/webhooks/", pages.webhooks)]
