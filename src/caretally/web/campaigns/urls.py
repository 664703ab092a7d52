"""Addresses of campaigns, of a patient's number, and of calling rules and agreements."""

from __future__ import annotations

from django.urls import path

from caretally.web.campaigns import house_views, views

urlpatterns = [
    path("calls/campaigns/", views.campaigns, name="campaigns"),
    path("calls/campaigns/new", views.campaign_new, name="campaign-new"),
    path("calls/campaigns/<str:campaign>/", views.campaign, name="campaign"),
    path("calls/campaigns/<str:campaign>/who", views.campaign_outlook, name="campaign-outlook"),
    path("calls/campaigns/<str:campaign>/act", views.campaign_act, name="campaign-act"),
    path("calls/rules/", house_views.calling, name="calling"),
    path("calls/rules/set", house_views.rules_form, name="calling-rules"),
    path("calls/rules/agreement", house_views.agreement_form, name="calling-agreement"),
    path("patients/<str:patient>/telephone/", house_views.telephone, name="telephone"),
]
