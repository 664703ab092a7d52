"""Addresses of enrollment; `patients/new/` and `upload/` stand before the page of a patient."""

from __future__ import annotations

from django.urls import path

from caretally.web.enrollment.new_patients import new_patient
from caretally.web.enrollment.uploads import template, upload_patients
from caretally.web.enrollment.views import enrollment, form, undo_entry, void

PATIENT = "patients/<str:patient>/enrollment/"

urlpatterns = [
    path("patients/new/", new_patient, name="enroll-new"),
    path("patients/upload/", upload_patients, name="enroll-upload"),
    path("patients/upload/template.csv", template, name="enroll-template"),
    path(PATIENT, enrollment, name="enrollment"),
    path(f"{PATIENT}entries/<str:entry>/void/", void, name="enrollment-void"),
    path(f"{PATIENT}entries/<str:entry>/undo/", undo_entry, name="enrollment-undo"),
    path(f"{PATIENT}<slug:work>/", form, name="enrollment-form"),
]
