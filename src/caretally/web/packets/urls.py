"""Addresses of audit packets."""

from __future__ import annotations

from django.urls import path

from caretally.web.packets.views import packet, packets, run, run_archive, run_remove, run_step

urlpatterns = [
    path("packets/", packets, name="packets"),
    path("packets/<str:run>/", run, name="packet-run"),
    path("packets/<str:run>/step", run_step, name="packet-step"),
    path("packets/<str:run>/archive.zip", run_archive, name="packet-archive"),
    path("packets/<str:run>/remove", run_remove, name="packet-remove"),
    path("patients/<str:patient>/packet/", packet, name="packet"),
    path("patients/<str:patient>/packet/<str:month>/", packet, name="packet"),
]
