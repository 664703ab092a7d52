"""All vendors the program knows, by the name in addresses."""

from __future__ import annotations

from collections.abc import Mapping

from caretally.devices.vendors.bodytrace.slice import SLICE as BODYTRACE
from caretally.devices.vendors.csv.slice import SLICE as CSV
from caretally.devices.vendors.dexcom.slice import SLICE as DEXCOM
from caretally.devices.vendors.fhir.slice import SLICE as FHIR
from caretally.devices.vendors.gateway.slice import SLICE as GATEWAY
from caretally.devices.vendors.hl7v2.slice import SLICE as HL7V2
from caretally.devices.vendors.impilo.slice import SLICE as IMPILO
from caretally.devices.vendors.slices import Slice
from caretally.devices.vendors.smartmeter.slice import SLICE as SMARTMETER
from caretally.devices.vendors.tenovi.slice import SLICE as TENOVI
from caretally.devices.vendors.terra.slice import SLICE as TERRA
from caretally.devices.vendors.validic.slice import SLICE as VALIDIC
from caretally.devices.vendors.withings.slice import SLICE as WITHINGS

SLICES: Mapping[str, Slice] = {
    each.name: each
    for each in (
        TENOVI, SMARTMETER, BODYTRACE, IMPILO, GATEWAY, WITHINGS, DEXCOM, VALIDIC, TERRA,
        FHIR, HL7V2, CSV,
    )
}  # fmt: skip
