"""Addresses of uploads, inspections and evidence."""

from __future__ import annotations

from django.urls import path

from mingcha.server.inspections import pages, work

urlpatterns = [
    path("desk/inspections/", pages.jobs),
    path("desk/inspections/jobs/<int:number>/", pages.job),
    path("desk/inspections/<int:number>/", pages.inspection),
    path("desk/inspections/<int:number>/result.json", pages.document),
    path("desk/inspections/<int:number>/report.html", pages.report),
    path("desk/cases/<str:number>/evidence/", work.add),
    path("desk/cases/<str:number>/evidence/<int:evidence>/", work.download),
    path("desk/cases/<str:number>/sheet/", work.answer),
    path("desk/cases/<str:number>/retest/", work.retest),
]
