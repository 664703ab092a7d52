"""What every vendor slice has; the conformance kit in tests/vendors holds each to all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from caretally.devices.pulls import PullPlan
from caretally.devices.unpacked import Parse, Posted, Verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A measurement that a simulator wants to be told in a vendor's words.

    device: the vendor's name of the device. metric: LOINC code; of a blood pressure the panel.
    values: by LOINC code, in mm[Hg], /min, kg, %, Cel or mg/dL. number: different for each reading
    of the device. The vendor's rounding and units are the slice's to choose.
    """

    device: str
    metric: str
    values: Mapping[str, Decimal]
    measured_at: datetime
    received_at: datetime
    number: int
    origin: str = "device"
    offset_seconds: int = 0


Samples: TypeAlias = Callable[[tuple[Sample, ...], bytes], tuple[Posted, ...]]
"""Makes deliveries of measurements, signed with a secret as the vendor signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A vendor, as this program knows it.

    name: as in addresses. title: as people know it. scheme: of the names by which its devices are
    first known. metrics: LOINC codes it can send. verify, parse: pure functions. samples: payloads
    for simulators and tests. secret_words: what to enter as secret, for the page. repeats: whether
    an identical body may be news again, as a notification is. adapter: changes with the parser, so
    that it is known what read a delivery. answers_head: whether HEAD must answer 200.
    pull: how values are fetched from a vendor that does not push them, or not all.
    """

    name: str
    title: str
    scheme: str
    metrics: tuple[str, ...]
    verify: Verify
    parse: Parse
    samples: Samples
    secret_words: str
    adapter: str = "1"
    repeats: bool = False
    answers_head: bool = False
    content_types: tuple[str, ...] = ("application/json",)
    settings: Mapping[str, str] = field(default_factory=dict)
    pull: PullPlan | None = None
