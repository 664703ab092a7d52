"""Bluetooth gateways as the program knows them."""

from __future__ import annotations

from caretally.devices.names import MAC
from caretally.devices.signatures import signed_body
from caretally.devices.vendors.gateway.parse import parse
from caretally.devices.vendors.gateway.samples import HEADER, samples
from caretally.devices.vendors.slices import Slice
from caretally.journal.quantities import (
    DIASTOLIC,
    GLUCOSE,
    MEAN_PRESSURE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

SLICE = Slice(
    name="gateway",
    title="Bluetooth gateway",
    scheme=MAC,
    metrics=(
        PRESSURE, SYSTOLIC, DIASTOLIC, MEAN_PRESSURE, PULSE, WEIGHT, GLUCOSE, SATURATION,
        TEMPERATURE,
    ),
    verify=signed_body(HEADER),
    parse=parse,
    samples=samples,
    secret_words="The key with which the gateway signs its bodies (HMAC-SHA256)",  # noqa: S106 - words for a page
)  # fmt: skip
