"""Addresses of the worklist."""

from __future__ import annotations

from django.urls import path

from caretally.web.worklist.views import worklist

urlpatterns = [path("worklist/", worklist, name="worklist")]
