"""Impilo as the program knows it."""

from __future__ import annotations

from caretally.devices.signatures import fixed_header
from caretally.devices.vendors.impilo.parse import parse
from caretally.devices.vendors.impilo.readings import SCHEME
from caretally.devices.vendors.impilo.samples import HEADER, samples
from caretally.devices.vendors.slices import Slice
from caretally.journal.quantities import (
    DIASTOLIC,
    FORCED_VOLUME,
    GLUCOSE,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

SLICE = Slice(
    name="impilo",
    title="Impilo",
    scheme=SCHEME,
    metrics=(
        PRESSURE, SYSTOLIC, DIASTOLIC, PULSE, SATURATION, GLUCOSE, WEIGHT, TEMPERATURE, PEAK_FLOW,
        FORCED_VOLUME,
    ),
    verify=fixed_header(HEADER),
    parse=parse,
    samples=samples,
    secret_words="The webhook secret, as it is entered in Impilo's account portal",  # noqa: S106 - words for a page
)  # fmt: skip
