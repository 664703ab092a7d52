"""Tenovi as the program knows it."""

from __future__ import annotations

from caretally.devices.signatures import chosen_header
from caretally.devices.vendors.slices import Slice
from caretally.devices.vendors.tenovi.measurements import SCHEME, SINGLE
from caretally.devices.vendors.tenovi.parse import parse
from caretally.devices.vendors.tenovi.pull import PULL
from caretally.devices.vendors.tenovi.samples import samples
from caretally.journal.quantities import DIASTOLIC, PRESSURE, SYSTOLIC

SLICE = Slice(
    name="tenovi",
    title="Tenovi",
    scheme=SCHEME,
    metrics=(PRESSURE, SYSTOLIC, DIASTOLIC, *dict.fromkeys(code for code, _ in SINGLE.values())),
    verify=chosen_header("authorization"),
    parse=parse,
    samples=samples,
    secret_words="The value of the authorization header that Tenovi is told to send",  # noqa: S106 - words for a page
    settings={"secret_header": "authorization", "domain": "", "address": ""},
    pull=PULL,
)
