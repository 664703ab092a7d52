"""Addresses of answers and denials; words of pages stand before names of files and claims."""

from __future__ import annotations

from django.urls import path

from caretally.web.remittances.denial_views import (
    claim_checks,
    denial,
    denial_undo,
    denials_list,
)
from caretally.web.remittances.views import (
    remittance,
    remittance_place,
    remittances,
    underpayments,
)

urlpatterns = [
    path("remittances/", remittances, name="remittances"),
    path("remittances/underpaid/", underpayments, name="underpayments"),
    path("remittances/<str:name>/", remittance, name="remittance"),
    path("remittances/<str:name>/place/", remittance_place, name="remittance-place"),
    path("denials/", denials_list, name="denials"),
    path("denials/checks/", claim_checks, name="claim-checks"),
    path("denials/<str:claim>/<str:line>/", denial, name="denial"),
    path("denials/<str:claim>/<str:line>/undo/", denial_undo, name="denial-undo"),
]
