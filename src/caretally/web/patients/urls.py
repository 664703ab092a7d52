"""Addresses of patients."""

from __future__ import annotations

from django.urls import path

from caretally.web.patients.views import patient, patients, timeline_page, version

urlpatterns = [
    path("patients/", patients, name="patients"),
    path("patients/<str:patient>/", patient, name="patient"),
    path("patients/<str:patient>/timeline/", timeline_page, name="patient-timeline"),
    path("patients/<str:patient>/months/<str:month>/version", version, name="patient-version"),
]
