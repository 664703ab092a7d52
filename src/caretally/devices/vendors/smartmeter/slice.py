"""Smart Meter as the program knows it."""

from __future__ import annotations

from caretally.devices.signatures import chosen_header
from caretally.devices.vendors.slices import Slice
from caretally.devices.vendors.smartmeter.parse import parse
from caretally.devices.vendors.smartmeter.pull import PULL
from caretally.devices.vendors.smartmeter.readings import SCHEME
from caretally.devices.vendors.smartmeter.samples import samples
from caretally.journal.quantities import (
    DIASTOLIC,
    GLUCOSE,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    WEIGHT,
)

SLICE = Slice(
    name="smartmeter",
    title="Smart Meter / iGlucose",
    scheme=SCHEME,
    metrics=(PRESSURE, SYSTOLIC, DIASTOLIC, PULSE, GLUCOSE, WEIGHT, SATURATION),
    verify=chosen_header("authorization"),
    parse=parse,
    samples=samples,
    secret_words="The value of the authorization header that Smart Meter is told to send",  # noqa: S106 - words for a page
    settings={"recorded_in": "utc", "secret_header": "authorization", "address": ""},
    pull=PULL,
)
