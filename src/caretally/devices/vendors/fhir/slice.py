"""FHIR R4 as a vendor: whoever can post Observations to an address with a secret."""

from __future__ import annotations

from caretally.devices.nomenclature import USUAL
from caretally.devices.vendors.bearer import SECRET_WORDS, verify
from caretally.devices.vendors.fhir.naming import DEVICE
from caretally.devices.vendors.fhir.parse import parse
from caretally.devices.vendors.fhir.samples import samples
from caretally.devices.vendors.slices import Slice

SLICE = Slice(
    name="fhir", title="FHIR R4 Observation", scheme=DEVICE, metrics=USUAL, verify=verify,
    parse=parse, samples=samples, secret_words=SECRET_WORDS,
    content_types=(
        "application/fhir+json", "application/json", "application/fhir+ndjson",
        "application/x-ndjson", "application/ndjson",
    ),
)  # fmt: skip
