"""The parts of FHIR R4 that a reading needs; whatever else a resource holds is passed over.

Values stay raw JSON until they become Decimal, so that no digit is lost.
"""

from __future__ import annotations

import msgspec

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
MDC = "urn:iso:std:iso:11073:10101"


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Something inside a resource; unknown fields are passed over."""


class Coding(Part, frozen=True, kw_only=True):
    """A code of a system."""

    system: str = ""
    code: str = ""


class Concept(Part, frozen=True, kw_only=True):
    """The same thing in several code systems."""

    coding: tuple[Coding, ...] = ()

    def codes(self, system: str) -> tuple[str, ...]:
        """Return the codes of one system."""
        return tuple(each.code for each in self.coding if each.system == system)


class Identifier(Part, frozen=True, kw_only=True):
    """Under which name something is known."""

    type: Concept = Concept()
    system: str = ""
    value: str = ""


class Reference(Part, frozen=True, kw_only=True):
    """A pointer to another resource."""

    reference: str = ""
    type: str = ""
    identifier: Identifier | None = None


class Quantity(Part, frozen=True, kw_only=True):
    """A number with its unit."""

    value: msgspec.Raw = msgspec.Raw(b"")
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Period(Part, frozen=True, kw_only=True):
    """A stretch of time."""

    start: str = ""
    end: str = ""


class Measurement(Part, frozen=True, kw_only=True):
    """What an Observation and each of its components have alike."""

    code: Concept
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: msgspec.Raw = msgspec.Raw(b"")
    value_integer: msgspec.Raw = msgspec.Raw(b"")
    value_range: msgspec.Raw = msgspec.Raw(b"")
    value_ratio: msgspec.Raw = msgspec.Raw(b"")
    value_sampled_data: msgspec.Raw = msgspec.Raw(b"")
    data_absent_reason: Concept | None = None


class Meta(Part, frozen=True, kw_only=True):
    """Where a resource comes from."""

    version_id: str = ""
    last_updated: str = ""
    security: tuple[Coding, ...] = ()


class Observation(Measurement, frozen=True, kw_only=True):
    """A measurement, or several that belong together."""

    status: str
    id: str = ""
    meta: Meta = Meta()
    identifier: tuple[Identifier, ...] = ()
    contained: tuple[msgspec.Raw, ...] = ()
    subject: Reference | None = None
    effective_date_time: str = ""
    effective_instant: str = ""
    effective_period: Period | None = None
    effective_timing: msgspec.Raw = msgspec.Raw(b"")
    issued: str = ""
    performer: tuple[Reference, ...] = ()
    device: Reference | None = None
    component: tuple[Measurement, ...] = ()
    has_member: tuple[Reference, ...] = ()
    derived_from: tuple[Reference, ...] = ()


class Named(Part, frozen=True, kw_only=True):
    """A resource that has names: a device, a part of one, a patient.

    source: of a DeviceMetric, the device it belongs to.
    """

    resource_type: str
    id: str = ""
    identifier: tuple[Identifier, ...] = ()
    serial_number: str = ""
    source: Reference | None = None
    code: Concept = Concept()


class Kind(Part, frozen=True, kw_only=True):
    """What sort of resource it is."""

    resource_type: str


class Request(Part, frozen=True, kw_only=True):
    """What a transaction does with a resource."""

    method: str = ""
    url: str = ""


class BundleEntry(Part, frozen=True, kw_only=True):
    """A resource in a Bundle."""

    full_url: str = ""
    resource: msgspec.Raw = msgspec.Raw(b"")
    request: Request = Request()


class Bundle(Part, frozen=True, kw_only=True):
    """Several resources; each entry is read on its own, so that a broken one spoils no other."""

    type: str
    entry: tuple[msgspec.Raw, ...] = ()
