"""Validic Inform as the program knows it: pushed batches, and a stream that is read."""

from __future__ import annotations

from caretally.devices.signatures import chosen_header
from caretally.devices.vendors.slices import Slice
from caretally.devices.vendors.validic.parse import parse
from caretally.devices.vendors.validic.pull import PULL
from caretally.devices.vendors.validic.records import METRICS, USER
from caretally.devices.vendors.validic.samples import samples
from caretally.journal.quantities import PRESSURE

SLICE = Slice(
    name="validic",
    title="Validic Inform",
    scheme=USER,
    metrics=(PRESSURE, *dict.fromkeys(METRICS.values())),
    verify=chosen_header("authorization"),
    parse=parse,
    samples=samples,
    secret_words="The value of the authorization header that Validic is told to send",  # noqa: S106 - words for a page
    settings={"secret_header": "authorization", "stream": "", "address": ""},
    pull=PULL,
)
