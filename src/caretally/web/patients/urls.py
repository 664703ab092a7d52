"""Addresses of patients."""

from __future__ import annotations

from django.urls import path

from caretally.web.patients.views import patient, patients

urlpatterns = [
    path("patients/", patients, name="patients"),
    path("patients/<str:patient>/", patient, name="patient"),
]
