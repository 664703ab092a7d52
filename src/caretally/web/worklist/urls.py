"""Addresses of the worklist."""

from __future__ import annotations

from django.urls import path

from caretally.web.worklist.views import version_page, worklist_page

urlpatterns = [
    path("worklist/", worklist_page, name="worklist"),
    path("worklist/version", version_page, name="worklist-version"),
]
