"""Addresses of conversations and attempts."""

from __future__ import annotations

from django.urls import path

from caretally.web.contacts import ladder_views, views

PATIENT = "patients/<str:patient>/"

urlpatterns = [
    path(f"{PATIENT}contact/", views.new, name="contact-new"),
    path(f"{PATIENT}attempt/", views.new_attempt, name="attempt-new"),
    # The names by which lists lead to a patient's forms.
    path(f"{PATIENT}contact/", views.new, name="contact"),
    path(f"{PATIENT}attempt/", views.new_attempt, name="attempt"),
    path(f"{PATIENT}contact/check", views.check, name="contact-check"),
    path(f"{PATIENT}contact/now", views.server_time, name="contact-now"),
    path(f"{PATIENT}contact/<str:entry>/", views.saved, name="contact"),
    path(f"{PATIENT}contact/<str:entry>/correct", views.correct, name="contact-correct"),
    path(f"{PATIENT}contact/<str:entry>/void", views.void, name="contact-void"),
    path(f"{PATIENT}notify-provider", ladder_views.notify, name="provider-notify"),
    path(f"{PATIENT}outreach-review", ladder_views.review, name="outreach-review"),
]
