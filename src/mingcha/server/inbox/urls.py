"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from mingcha.server.inbox import views

urlpatterns = [
    path("desk/leads/", views.leads),
    path("desk/leads/triage/", views.triage),
    path("desk/leads/import/", views.sheets),
    path("desk/leads/import/<int:pk>/", views.sheet),
    path("desk/leads/<int:number>/attachments/<int:pk>/", views.attachment),
    path("desk/leads/<int:number>/complainant/", views.complainant),
    path("desk/views/", views.save),
]
