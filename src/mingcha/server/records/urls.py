"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from mingcha.server.records import views

urlpatterns = [
    path("desk/registry/", views.subjects),
    path("desk/registry/subjects/<int:pk>/", views.subject),
    path("desk/registry/operators/<int:pk>/", views.operator),
    path("desk/registry/sdks/", views.sdks),
    path("desk/registry/sdks/<path:name>/", views.sdk),
    path("desk/registry/actions/<int:pk>/", views.action),
]
