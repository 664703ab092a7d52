"""Every address of the program; each room lists its own."""

from __future__ import annotations

from django.urls import include, path

from caretally.web.frame.sessions import alive, end_session, welcome
from caretally.web.frame.views import home, theme
from caretally.web.intake.authorizing import connection_callback

handler403 = "caretally.web.frame.views.not_allowed"
handler404 = "caretally.web.frame.views.not_there"
handler500 = "caretally.web.frame.views.broke"

PRACTICE = "p/<str:practice>/"

urlpatterns = [
    path("", home, name="home"),
    path("theme", theme, name="theme"),
    path("session/use", alive, name="session-use"),
    path("session/beat", alive, name="session-beat"),
    path("session/<int:number>/end", end_session, name="session-end"),
    path("welcome/<str:person>/<str:token>/", welcome, name="welcome"),
    path("connections/callback", connection_callback, name="connection-callback"),
    path("", include("caretally.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("portal/", include("caretally.web.portal.urls")),
    path(PRACTICE, include("caretally.web.worklist.urls")),
    path(PRACTICE, include("caretally.web.alerts.urls")),
    path(PRACTICE, include("caretally.web.enrollment.urls")),
    path(PRACTICE, include("caretally.web.packets.urls")),
    path(PRACTICE, include("caretally.web.campaigns.urls")),
    path(PRACTICE, include("caretally.web.patients.urls")),
    path(PRACTICE, include("caretally.web.charts.urls")),
    path(PRACTICE, include("caretally.web.oncall.urls")),
    path(PRACTICE, include("caretally.web.calls.urls")),
    path(PRACTICE, include("caretally.web.outreach.urls")),
    path(PRACTICE, include("caretally.web.months.urls")),
    path(PRACTICE, include("caretally.web.closing.urls")),
    path(PRACTICE, include("caretally.web.claims.urls")),
    path(PRACTICE, include("caretally.web.devices.urls")),
    path(PRACTICE, include("caretally.web.intake.urls")),
    path(PRACTICE, include("caretally.web.timers.urls")),
    path(PRACTICE, include("caretally.web.settings.urls")),
    path(PRACTICE, include("caretally.web.contacts.urls")),
    path(PRACTICE, include("caretally.web.access.urls")),
    path(PRACTICE, include("caretally.web.staff.urls")),
    path(PRACTICE, include("caretally.web.audits.urls")),
    path(PRACTICE, include("caretally.web.reports.urls")),
    path(PRACTICE, include("caretally.web.remittances.urls")),
    path(PRACTICE, include("caretally.web.portal.staff_urls")),
    path(PRACTICE, include("caretally.web.chat.urls")),
]
