"""Addresses of the pages on which staff invite people to the portal."""

from __future__ import annotations

from django.urls import path

from caretally.web.portal import inviting

PATIENT = "patients/<str:patient>/portal/"
urlpatterns = [
    path(PATIENT, inviting.people, name="patient-portal"),
    path(f"{PATIENT}<int:number>/letter", inviting.letter, name="patient-portal-letter"),
    path(f"{PATIENT}<int:number>/end", inviting.end, name="patient-portal-end"),
]
