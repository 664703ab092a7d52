"""Addresses of a practice's reports; each report has its own, so that each page is tested."""

from __future__ import annotations

from django.urls import path

from caretally.practice.reports_catalogue import KINDS
from caretally.web.reports.views import index, report_file, report_page

FORMATS = ("csv", "json", "pdf")

urlpatterns = [
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
