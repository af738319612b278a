"""Addresses of administration."""

from __future__ import annotations

from django.urls import path

from mingcha.server.staff import views

urlpatterns = [
    path("desk/admin/", views.persons),
    path("desk/admin/persons/<int:pk>/", views.person),
    path("desk/admin/organisations/", views.organisations),
]
