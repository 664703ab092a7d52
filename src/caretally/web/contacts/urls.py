"""Addresses of conversations and attempts."""

from __future__ import annotations

urlpatterns = []
