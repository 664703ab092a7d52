"""Addresses of charts."""

from __future__ import annotations

from django.urls import path

from caretally.web.charts.medication_views import medication_new, medication_undo
from caretally.web.charts.views import vitals, vitals_csv, vitals_svg

PATIENT = "patients/<str:patient>/"

urlpatterns = [
    path(f"{PATIENT}vitals", vitals, name="vitals"),
    path(f"{PATIENT}vitals.svg", vitals_svg, name="vitals-svg"),
    path(f"{PATIENT}vitals.csv", vitals_csv, name="vitals-csv"),
    path(f"{PATIENT}medications/new", medication_new, name="medication-new"),
    path(f"{PATIENT}medications/<str:entry>/undo", medication_undo, name="medication-undo"),
]
