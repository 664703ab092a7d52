"""Addresses of access."""

from __future__ import annotations

from django.urls import path

from caretally.web.access import amendments, views

urlpatterns = [
    path("access/", views.access, name="access"),
    path("access/glass/", views.glass_list, name="access-glass"),
    path("access/glass/<int:number>/review", views.review_glass, name="access-glass-review"),
    path("access/disclosures/", views.disclosures_of, name="access-disclosures"),
    path("access/retention/", views.retention, name="access-retention"),
    path("access/amendments/", amendments.requests_list, name="access-amendments"),
    path("access/amendments/new", amendments.request_form, name="access-amendment-new"),
    path("access/amendments/<str:patient>/<str:entry>/answer", amendments.answer_form,
         name="access-amendment-answer"),
    path("glass/<str:patient>/", views.glass, name="glass"),
]  # fmt: skip
