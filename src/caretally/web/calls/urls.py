"""Addresses of the pages of calls."""

from __future__ import annotations

from django.urls import path

from caretally.web.calls.protocol_views import protocol, protocol_sign, protocols
from caretally.web.calls.simulating import simulator
from caretally.web.calls.views import call, call_new, call_sound, call_stop, calls

urlpatterns = [
    path("calls/", calls, name="calls"),
    path("calls/simulator/", simulator, name="call-simulator"),
    path("calls/protocols/", protocols, name="protocols"),
    path("calls/protocols/<str:name>/", protocol, name="protocol"),
    path("calls/protocols/<str:name>/sign", protocol_sign, name="protocol-sign"),
    path("calls/of/<str:patient>/new/", call_new, name="call-new"),
    path("calls/c/<str:name>/", call, name="call"),
    path("calls/c/<str:name>/sound.wav", call_sound, name="call-sound"),
    path("calls/c/<str:name>/stop", call_stop, name="call-stop"),
]
