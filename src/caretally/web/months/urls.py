"""Addresses of a practice's months."""

from __future__ import annotations

from django.urls import path

from caretally.web.months.views import month, month_services

urlpatterns = [
    path("month/", month, name="month"),
    path("month/services/", month_services, name="month-services"),
]
