"""Addresses of timers and of time."""

from __future__ import annotations

from django.urls import path

from caretally.web.timers import day_views, hand_views, views

urlpatterns = [
    path("timer/start", views.start, name="timer-start"),
    path("timer/beat", views.beat, name="timer-beat"),
    path("timer/pause", views.pause, name="timer-pause"),
    path("timer/resume", views.resume, name="timer-resume"),
    path("timer/stop", views.stop, name="timer-stop"),
    path("timer/hand-over", views.hand_over, name="timer-hand-over"),
    path("time/", day_views.day, name="time"),
    path("time/forgotten/<str:timer>/attest", day_views.attest, name="timer-attest"),
    path("time/forgotten/<str:timer>/let-go", day_views.let_go, name="timer-let-go"),
    path("patients/<str:patient>/time/new", hand_views.new, name="time-new"),
    path(
        "patients/<str:patient>/time/<str:entry>/correct", hand_views.correct, name="time-correct"
    ),
    path("patients/<str:patient>/time/<str:entry>/void", hand_views.void, name="time-void"),
]
