"""Addresses of the portal."""

from __future__ import annotations

from django.urls import path

from caretally.web.portal import pages, signing_in

urlpatterns = [
    path("", pages.home, name="portal-home"),
    path("sign-in", signing_in.sign_in, name="portal-sign-in"),
    path("sign-out", signing_in.sign_out, name="portal-sign-out"),
    path("language", signing_in.language, name="portal-language"),
]
