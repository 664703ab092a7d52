"""Addresses of a practice's reports; each report has its own, so that each page is tested."""

from __future__ import annotations

from django.urls import path

from caretally.practice.reports_catalogue import KINDS
from caretally.web.reports.statement_views import statement_file, statement_page
from caretally.web.reports.views import index, report_file, report_page

FORMATS = ("csv", "json", "pdf")

urlpatterns = [
    path("patients/<str:patient>/statement/", statement_page, name="statement"),
    path("patients/<str:patient>/statement.pdf", statement_file, name="statement-pdf"),
    path("reports/", index, name="reports"),
    *(
        path(f"reports/{name}/", report_page, {"name": name}, name=f"report-{name}")
        for name in KINDS
    ),
    *(
        path(f"reports/{name}.{kind}", report_file, {"name": name, "kind": kind},
             name=f"report-{name}-{kind}")
        for name in KINDS for kind in FORMATS
    ),
]  # fmt: skip
