"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from caretally.web.settings import people, views

urlpatterns = [
    path("settings/", views.overview, name="settings"),
    path("settings/practice/", views.practices, name="settings-practice"),
    path("settings/practice/new", views.practice_form, name="settings-practice-new"),
    path("settings/practice/<str:entry>/correct", views.practice_form,
         name="settings-practice-correct"),
    path("settings/staff/", views.staff, name="settings-staff"),
    path("settings/staff/new", views.staff_form, name="settings-staff-new"),
    path("settings/staff/<str:entry>/correct", views.staff_form, name="settings-staff-correct"),
    path("settings/licenses/new", views.license_form, name="settings-license-new"),
    path("settings/payers/", views.payers, name="settings-payers"),
    path("settings/policies/", views.policies, name="settings-policies"),
    path("settings/policies/<str:name>", views.policy_form, name="settings-policy"),
    path("settings/people/", people.everybody, name="settings-people"),
    path("settings/people/new", people.invite, name="settings-people-new"),
    path("settings/people/<int:number>/", people.person, name="settings-person"),
    path("settings/people/<int:number>/role", people.give_role, name="settings-role-new"),
    path("settings/people/<int:number>/roles/<int:member>/end", people.end_role,
         name="settings-role-end"),
    path("settings/people/<int:number>/help", people.help_in, name="settings-person-help"),
]  # fmt: skip
