"""Addresses of outreach."""

from __future__ import annotations

from django.urls import path

from caretally.web.outreach.views import at_risk, at_risk_csv

urlpatterns = [
    path("readings-at-risk/", at_risk, name="readings-at-risk"),
    path("readings-at-risk.csv", at_risk_csv, name="readings-at-risk-csv"),
]
