"""Addresses of calls."""

from __future__ import annotations

from django.urls import path

from caretally.web.oncall import my_points, views

urlpatterns = [
    path("oncall/", views.roster, name="oncall"),
    path("oncall/shifts/new", views.shift_new, name="oncall-shift-new"),
    path("oncall/shifts/<str:entry>/hand-over", views.shift_hand_over, name="oncall-hand-over"),
    path("oncall/shifts/<str:entry>/remove", views.shift_remove, name="oncall-remove"),
    path("oncall/ladders/", views.ladders, name="oncall-ladders"),
    path("oncall/ladders/<str:level>", views.ladder_sign, name="oncall-ladder"),
    path("oncall/notices/", views.notices, name="oncall-notices"),
    path("oncall/drill", views.drill, name="oncall-drill"),
    path("oncall/drill/answer", views.drill_answer, name="oncall-drill-answer"),
    path("oncall/me/", my_points.mine, name="oncall-me"),
    path("oncall/me/change", my_points.changed, name="oncall-me-change"),
    path("oncall/bell/version", views.bell, name="oncall-bell"),
]
