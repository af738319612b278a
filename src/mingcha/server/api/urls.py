"""Addresses of the API and its keys."""

from __future__ import annotations

from django.urls import path

from mingcha.server.api import pages
from mingcha.server.api.routes import api

urlpatterns = [path("api/", pages.described), path("api/", api.urls), path("desk/keys/", pages.keys)]
