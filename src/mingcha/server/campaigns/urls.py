"""Addresses of campaigns."""

from __future__ import annotations

from django.urls import path

from mingcha.server.campaigns import pages

urlpatterns = [path("desk/campaigns/", pages.campaigns), path("desk/campaigns/<int:number>/", pages.one)]
