"""Terra as the program knows it."""

from __future__ import annotations

from caretally.devices.signatures import timestamped
from caretally.devices.vendors.slices import Slice
from caretally.devices.vendors.terra.parse import RATES, SAMPLES, USER, parse
from caretally.devices.vendors.terra.samples import SIGNATURE, samples
from caretally.journal.quantities import PRESSURE

SLICE = Slice(
    name="terra",
    title="Terra",
    scheme=USER,
    metrics=(
        PRESSURE,
        *dict.fromkeys(metric for each in (*SAMPLES, RATES) for _, metric, _ in each.fields),
    ),
    verify=timestamped(SIGNATURE),
    parse=parse,
    samples=samples,
    secret_words="The signing secret that Terra shows for the destination",  # noqa: S106 - words for a page
)
