"""Addresses of alerts and rules."""

from __future__ import annotations

from django.urls import path

from caretally.web.alerts import rule_views, views

ALERT = "patients/<str:patient>/alerts/<str:alert>/"

urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/open", views.open_part, name="alerts-open"),
    path(ALERT, views.alert, name="alert"),
    path(f"{ALERT}acknowledge", views.acknowledge, name="alert-acknowledge"),
    path(f"{ALERT}assign", views.assign, name="alert-assign"),
    path(f"{ALERT}close", views.close, name="alert-close"),
    path(f"{ALERT}undo", views.undo, name="alert-undo"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/new", rule_views.rule_form, name="rule-new"),
    path("patients/<str:patient>/rules/", rule_views.patient_rules, name="patient-rules"),
    path("patients/<str:patient>/rules/new", rule_views.patient_rule_form, name="patient-rule-new"),
]
