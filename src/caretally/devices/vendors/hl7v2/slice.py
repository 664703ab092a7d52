"""HL7 v2 as a vendor: over MLLP, and posted to an address with a secret."""

from __future__ import annotations

from caretally.devices.nomenclature import USUAL
from caretally.devices.vendors.bearer import SECRET_WORDS, verify
from caretally.devices.vendors.hl7v2.parse import parse
from caretally.devices.vendors.hl7v2.results import DEVICE
from caretally.devices.vendors.hl7v2.samples import samples
from caretally.devices.vendors.slices import Slice

SLICE = Slice(
    name="hl7v2", title="HL7 v2 ORU^R01", scheme=DEVICE, metrics=USUAL, verify=verify,
    parse=parse, samples=samples, secret_words=SECRET_WORDS,
    content_types=("application/hl7-v2", "x-application/hl7-v2+er7", "text/plain"),
)  # fmt: skip
