"""Addresses of devices; `new/` and `upload/` stand before the page of one."""

from __future__ import annotations

from django.urls import path

from caretally.web.devices.hands import assign_form, replace_form, return_form
from caretally.web.devices.uploads import template, upload_devices
from caretally.web.devices.views import (
    correct_form,
    device,
    devices,
    register_form,
    status_form,
    undo_entry,
)

urlpatterns = [
    path("devices/", devices, name="devices"),
    path("devices/new/", register_form, name="device-new"),
    path("devices/upload/", upload_devices, name="device-upload"),
    path("devices/upload/template.csv", template, name="device-template"),
    path("devices/<str:device>/", device, name="device"),
    path("devices/<str:device>/correct/", correct_form, name="device-correct"),
    path("devices/<str:device>/status/", status_form, name="device-status"),
    path("devices/<str:device>/assign/", assign_form, name="device-assign"),
    path("devices/<str:device>/return/", return_form, name="device-return"),
    path("devices/<str:device>/replace/", replace_form, name="device-replace"),
    path("devices/<str:device>/undo/<str:entry>/", undo_entry, name="device-undo"),
]
