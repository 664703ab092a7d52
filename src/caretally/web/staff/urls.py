"""The address of staff load."""

from __future__ import annotations

from django.urls import path

from caretally.web.staff.views import staff

urlpatterns = [path("staff/", staff, name="staff")]
