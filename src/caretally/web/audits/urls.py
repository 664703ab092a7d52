"""Addresses of the self-audit."""

from __future__ import annotations

from django.urls import path

from caretally.web.audits.views import (
    audit_csv,
    audit_pdf,
    evidence,
    measure,
    mock_audit,
    overview,
    sample_list,
)

urlpatterns = [
    path("self-audit/", overview, name="self-audit"),
    path("self-audit/table.csv", audit_csv, name="self-audit-csv"),
    path("self-audit/report.pdf", audit_pdf, name="self-audit-pdf"),
    path("self-audit/sample/", mock_audit, name="self-audit-sample"),
    path("self-audit/sample/list.csv", sample_list, name="self-audit-list"),
    path("self-audit/measures/<str:name>/", measure, name="self-audit-measure"),
    path("self-audit/entries/<str:entry>/", evidence, name="self-audit-entry"),
]
