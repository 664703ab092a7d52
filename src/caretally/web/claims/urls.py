"""Addresses of claims."""

from __future__ import annotations

from django.urls import path

from caretally.web.claims import settings, views

urlpatterns = [
    path("claims/", views.claims, name="claims"),
    path("claims/prepare", views.prepare_claims, name="claims-prepare"),
    path("claims/send/", views.send_claims, name="claims-send"),
    path("claims/prices/", settings.prices, name="claim-prices"),
    path("claims/prices/new", settings.price_form, name="claim-price-new"),
    path("claims/prices/start", settings.price_start, name="claim-prices-start"),
    path("claims/parties/", settings.parties, name="claim-parties"),
    path("claims/parties/practice/new", settings.profile_form, name="claim-profile-new"),
    path("claims/parties/practice/<str:name>/", settings.profile_form, name="claim-profile"),
    path("claims/parties/payer/new", settings.payer_form, name="claim-payer-new"),
    path("claims/parties/payer/<str:name>/", settings.payer_form, name="claim-payer"),
    path("claims/files/<str:name>", views.claim_file, name="claim-file"),
    path("claims/claim/<str:claim>/", views.claim_page, name="claim"),
    path("claims/claim/<str:claim>/correct", views.correct_claim, name="claim-correct"),
]
