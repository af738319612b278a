"""Addresses of accounts and of the sign-in by a provider."""

from __future__ import annotations

from django.urls import path

from mingcha.server.entry import views

urlpatterns = [
    path("account/", views.account),
    path("account/second-factor/", views.second_factor),
    path("account/verify/", views.verify),
    path("account/codes/", views.codes),
    path("account/password/", views.password),
    path("account/elsewhere/", views.elsewhere),
    path("sign-in/oidc/", views.provider),
    path("sign-in/oidc/back/", views.back),
]
