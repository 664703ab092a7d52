"""Addresses of what arrives."""

from __future__ import annotations

from django.urls import path

from caretally.web.intake.authorizing import connection_authorize, connection_fetching
from caretally.web.intake.connections import (
    connection,
    connection_new,
    connection_rotate,
    connection_turn,
    connections,
)
from caretally.web.intake.deliveries import deliveries, delivery
from caretally.web.intake.quarantine import (
    fault_dismiss,
    quarantine,
    reading_held,
    reading_reject,
    reading_release,
    rule_reject,
)
from caretally.web.intake.replaying import connection_replay, delivery_replay
from caretally.web.intake.tables import table

urlpatterns = [
    path("intake/", quarantine, name="intake"),
    path("intake/readings/<int:number>/", reading_held, name="intake-reading"),
    path("intake/readings/<int:number>/release/", reading_release, name="intake-release"),
    path("intake/readings/<int:number>/reject/", reading_reject, name="intake-reject"),
    path("intake/rules/<slug:rule>/reject/", rule_reject, name="intake-rule-reject"),
    path("intake/faults/<int:number>/dismiss/", fault_dismiss, name="intake-fault-dismiss"),
    path("intake/deliveries/", deliveries, name="deliveries"),
    path("intake/deliveries/<int:number>/", delivery, name="delivery"),
    path("intake/deliveries/<int:number>/replay/", delivery_replay, name="delivery-replay"),
    path("intake/connections/<str:connection>/replay/", connection_replay,
         name="connection-replay"),
    path("intake/connections/", connections, name="connections"),
    path("intake/connections/new/", connection_new, name="connection-new"),
    path("intake/connections/<str:connection>/", connection, name="connection"),
    path("intake/connections/<str:connection>/rotate/", connection_rotate,
         name="connection-rotate"),
    path("intake/connections/<str:connection>/fetching/", connection_fetching,
         name="connection-fetching"),
    path("intake/connections/<str:connection>/authorize/", connection_authorize,
         name="connection-authorize"),
    path("intake/connections/<str:connection>/table/", table, name="connection-table"),
    path("intake/connections/<str:connection>/turn/", connection_turn, name="connection-turn"),
]  # fmt: skip
