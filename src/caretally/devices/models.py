"""Models of devices that practices plug in: what they measure, and who says what of them.

A model is a proposal for the form in which a device is registered. Whether a device meets the FDA's
definition is the practice's own word, given at registration; here stands who else says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from caretally.journal.quantities import (
    CONTINUOUS_GLUCOSE,
    GLUCOSE,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    TEMPERATURE,
    WEIGHT,
)

ASK = "nobody has told this program: ask the maker for the number of its FDA clearance or listing"
VENDOR = "the vendor offers it for remote monitoring: ask for the number of its FDA clearance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model as it is proposed.

    vendor: as addresses name it. parameters: LOINC codes. medical_device: None where the practice
    must find out. says: who says so.
    """

    vendor: str
    name: str
    parameters: tuple[str, ...]
    medical_device: bool | None = None
    says: str = VENDOR


MODELS: tuple[Model, ...] = (
    Model(vendor="tenovi", name="Tenovi BPM - L", parameters=(PRESSURE, PULSE)),
    Model(vendor="tenovi", name="Tenovi Scale", parameters=(WEIGHT,)),
    Model(vendor="tenovi", name="Tenovi Pulse Oximeter", parameters=(SATURATION, PULSE)),
    Model(vendor="tenovi", name="Tenovi Glucometer", parameters=(GLUCOSE,)),
    Model(vendor="tenovi", name="Tenovi Thermometer", parameters=(TEMPERATURE,)),
    Model(vendor="tenovi", name="Tenovi Peak Flow Meter", parameters=(PEAK_FLOW,)),
    Model(vendor="smartmeter", name="SMBP", parameters=(PRESSURE, PULSE)),
    Model(vendor="smartmeter", name="iGlucose", parameters=(GLUCOSE,)),
    Model(vendor="smartmeter", name="iScale", parameters=(WEIGHT,)),
    Model(vendor="smartmeter", name="iPulseOx", parameters=(SATURATION, PULSE)),
    Model(vendor="bodytrace", name="BodyTrace scale", parameters=(WEIGHT,)),
    Model(vendor="bodytrace", name="BodyTrace blood pressure monitor",
          parameters=(PRESSURE, PULSE)),
    Model(vendor="withings", name="BPM Connect", parameters=(PRESSURE, PULSE)),
    Model(vendor="withings", name="Body scale", parameters=(WEIGHT,), says=ASK),
    Model(vendor="withings", name="Thermo", parameters=(TEMPERATURE,), says=ASK),
    Model(vendor="dexcom", name="G6", parameters=(CONTINUOUS_GLUCOSE,), says=ASK),
    Model(vendor="dexcom", name="G7", parameters=(CONTINUOUS_GLUCOSE,), says=ASK),
    Model(vendor="impilo", name="cellular blood pressure cuff", parameters=(PRESSURE, PULSE)),
    Model(vendor="impilo", name="cellular scale", parameters=(WEIGHT,)),
    Model(vendor="terra", name="wearable", parameters=(PULSE,), medical_device=False,
          says="data of consumers; no data day unless the practice knows better of this device"),
)  # fmt: skip
"""In the order in which they are offered; a practice may register what is not here."""


def model_named(vendor: str, name: str) -> Model | None:
    """Return a model by vendor and name, however capitals stand."""
    wanted = vendor.lower(), name.lower()
    return next((each for each in MODELS if (each.vendor, each.name.lower()) == wanted), None)
