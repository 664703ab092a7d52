"""Tables of readings as a vendor: a file brought by a person, or posted by a program."""

from __future__ import annotations

from caretally.devices.vendors.bearer import SECRET_WORDS, verify
from caretally.devices.vendors.csv.mapping import SETTING
from caretally.devices.vendors.csv.parse import parse
from caretally.devices.vendors.csv.samples import METRICS, samples
from caretally.devices.vendors.slices import Slice

SLICE = Slice(
    name="csv", title="CSV file", scheme="serial", metrics=METRICS, verify=verify, parse=parse,
    samples=samples, secret_words=SECRET_WORDS,
    content_types=("text/csv", "text/plain", "text/tab-separated-values", "application/csv"),
    settings={SETTING: ""},
)  # fmt: skip
