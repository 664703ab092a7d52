"""Addresses of the interface, of health and of metrics."""

from __future__ import annotations

from django.urls import path

from caretally.api.application import api
from caretally.api.watching import healthz, metrics

urlpatterns = [
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
]
