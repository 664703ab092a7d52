"""Addresses of closed months."""

from __future__ import annotations

from django.urls import path

from caretally.web.closing import signing, views

MONTH = "close/<str:month>/"
DECISION = f"{MONTH}<str:patient>/"

urlpatterns = [
    path("close/", views.months, name="close"),
    path(MONTH, views.month, name="close-month"),
    path(f"{MONTH}close", views.close_month, name="close-now"),
    path(f"{MONTH}redecide", views.redecide_changed, name="close-redecide"),
    path(f"{MONTH}sign", signing.sign_clean, name="close-sign-clean"),
    path(DECISION, signing.decision, name="close-decision"),
    path(f"{DECISION}sign", signing.sign_one, name="close-sign"),
    path(f"{DECISION}return", signing.send_one_back, name="close-return"),
    path(f"{DECISION}undo", signing.undo, name="close-undo"),
]
