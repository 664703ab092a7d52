"""BodyTrace as the program knows it."""

from __future__ import annotations

from caretally.devices.names import IMEI
from caretally.devices.signatures import basic_or_chosen
from caretally.devices.vendors.bodytrace.parse import parse
from caretally.devices.vendors.bodytrace.pull import PULL
from caretally.devices.vendors.bodytrace.samples import samples
from caretally.devices.vendors.slices import Slice
from caretally.journal.quantities import DIASTOLIC, PRESSURE, PULSE, SATURATION, SYSTOLIC, WEIGHT

SLICE = Slice(
    name="bodytrace",
    title="BodyTrace",
    scheme=IMEI,
    metrics=(WEIGHT, PRESSURE, SYSTOLIC, DIASTOLIC, PULSE, SATURATION),
    verify=basic_or_chosen,
    parse=parse,
    samples=samples,
    secret_words="The password, or user:password, that BodyTrace is told to send",  # noqa: S106 - words for a page
    settings={"pressure_unit": "", "secret_header": "", "address": ""},
    pull=PULL,
)
