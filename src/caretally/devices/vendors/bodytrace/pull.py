"""How BodyTrace is asked: a device's values of a stretch; a full page is asked again in halves.

The IMEI is written without its check digit and without zeros in front.

Source: https://github.com/api-evangelist/bodytrace
"""

from __future__ import annotations

from datetime import timedelta

from caretally.clock import seconds_of
from caretally.devices.documents import opened
from caretally.devices.names import IMEI
from caretally.devices.pulls import (
    BASIC,
    DEVICES,
    Ask,
    Key,
    Pace,
    Page,
    PullPlan,
    Subject,
    Turn,
    in_path,
)
from caretally.devices.refusals import Misread

NAMES = (
    "batteryVoltage,signalStrength,values/weight,values/unit,values/tare,values/systolic,"
    "values/diastolic,values/pulse,values/spo2"
)
LIMIT = 1_000
SHORTEST_MS = 2
WHOLE = 15
"""Digits of an IMEI with its check digit."""


def first(subject: Subject) -> tuple[Ask, ...]:
    """Return the question about a device."""
    (device,) = subject.values
    is_whole = len(device) == WHOLE and device.isdecimal()
    short = device[:-1].lstrip("0") if is_whole else device
    begins, ends = seconds_of(subject.since) * 1000, seconds_of(subject.until) * 1000
    return (values(f"/1/device/{in_path(short)}/datavalues", begins, ends),)


def values(path: str, begins: int, ends: int) -> Ask:
    """Return the question for the values of a stretch in milliseconds since 1970."""
    query = (
        ("names", NAMES), ("from", str(begins)), ("to", str(ends)), ("limit", str(LIMIT)),
    )  # fmt: skip
    return Ask(name="datavalues", path=path, query=query)


def read(page: Page) -> Turn:
    """Return what an answer means; where it is full, something of its stretch may be missing."""
    try:
        document = opened(page.body)
        if not isinstance(document, list | dict):
            raise Misread("", "not_the_shape", "the answer holds no values")
    except Misread as misread:
        return Turn(trouble=misread.fault.says)
    return Turn(holds=bool(document), then=halves(page.ask) if len(document) >= LIMIT else ())


def halves(asked: Ask) -> tuple[Ask, ...]:
    """Return the questions for both halves of a stretch; none where it cannot be cut further."""
    told = dict(asked.query)
    begins, ends = int(told["from"]), int(told["to"])
    if ends - begins < SHORTEST_MS:
        return ()
    middle = (begins + ends) // 2
    return (values(asked.path, begins, middle), values(asked.path, middle + 1, ends))


PULL = PullPlan(
    address="https://us.data.bodytrace.com",
    subjects=DEVICES,
    schemes=(IMEI,),
    key=Key(place=BASIC),
    first=first,
    read=read,
    # Values are asked by the device's own time, so the overlap is as long as one may be offline.
    pace=Pace(
        most=5, within=timedelta(seconds=1), every=timedelta(hours=1), overlap=timedelta(days=3)
    ),
)
