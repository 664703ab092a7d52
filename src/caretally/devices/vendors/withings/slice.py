"""Withings as the program knows it."""

from __future__ import annotations

from caretally.devices.vendors.slices import Slice
from caretally.devices.vendors.withings.notification import USER
from caretally.devices.vendors.withings.parse import TYPES, parse
from caretally.devices.vendors.withings.pull import PULL
from caretally.devices.vendors.withings.samples import samples
from caretally.devices.vendors.withings.verify import ADDRESSES, verify
from caretally.journal.quantities import PRESSURE

SLICE = Slice(
    name="withings",
    title="Withings",
    scheme=USER,
    metrics=(PRESSURE, *dict.fromkeys(metric for metric, _ in TYPES.values())),
    verify=verify,
    parse=parse,
    samples=samples,
    secret_words="What stands behind ?secret= in the address given when subscribing",  # noqa: S106 - words for a page
    repeats=True,
    answers_head=True,
    content_types=("application/x-www-form-urlencoded", "application/json"),
    settings={ADDRESSES: "", "address": ""},
    pull=PULL,
)
