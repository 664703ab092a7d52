"""Dexcom as the program knows it; it delivers nothing by itself, so its values are fetched."""

from __future__ import annotations

from caretally.devices.signatures import chosen_header
from caretally.devices.vendors.dexcom.parse import USER, parse
from caretally.devices.vendors.dexcom.pull import PULL
from caretally.devices.vendors.dexcom.samples import samples
from caretally.devices.vendors.slices import Slice
from caretally.journal.quantities import CONTINUOUS_GLUCOSE

SLICE = Slice(
    name="dexcom",
    title="Dexcom",
    scheme=USER,
    metrics=(CONTINUOUS_GLUCOSE,),
    # For a program of one's own that fetches pages elsewhere and passes them on.
    verify=chosen_header("authorization"),
    parse=parse,
    samples=samples,
    secret_words="Any long secret, for a program of yours that passes pages on",  # noqa: S106 - words for a page
    settings={"region": "us", "address": ""},
    pull=PULL,
)
