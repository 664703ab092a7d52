"""Reads what Withings sends: notifications, and the groups of measures fetched upon them.

A value is `value` x 10^`unit`, exactly. Measures of one group were taken together: pressures and
the pulse make one reading, saturation and the pulse one, every other measure one of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain

from caretally.clock import zone
from caretally.devices.documents import Found, Item, Node, each_of, listed, never_silent, opened
from caretally.devices.pulls import about
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import (
    Fault,
    Measured,
    Passed,
    Posted,
    SchemedName,
    Unpacked,
    VendorReading,
)
from caretally.devices.vendors.withings.notification import DEVICE, USER, epoch, form_of, told
from caretally.journal.quantities import (
    BODY_FAT,
    DIASTOLIC,
    HEIGHT,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
)

TYPES: Mapping[int, tuple[str, str]] = {
    1: (WEIGHT, "kg"), 4: (HEIGHT, "m"), 6: (BODY_FAT, "%"), 9: (DIASTOLIC, "mm[Hg]"),
    10: (SYSTOLIC, "mm[Hg]"), 11: (PULSE, "/min"), 12: (TEMPERATURE, "Cel"),
    54: (SATURATION, "%"), 71: (TEMPERATURE, "Cel"),
}  # fmt: skip
"""Types of measures that are read: metric and unit."""
NOT_READ: Mapping[int, str] = {
    5: "fat-free mass", 8: "fat mass", 73: "skin temperature", 76: "muscle mass", 77: "hydration",
    88: "bone mass", 91: "pulse wave velocity", 123: "VO2 max", 130: "atrial fibrillation",
    135: "QRS interval", 136: "PR interval", 137: "QT interval", 138: "corrected QT interval",
    139: "atrial fibrillation by pulse wave", 155: "vascular age", 167: "nerve health",
    168: "extracellular water", 169: "intracellular water", 170: "visceral fat",
    174: "fat mass by segment", 175: "muscle mass by segment", 196: "electrodermal activity",
    226: "basal metabolic rate", 227: "metabolic age", 229: "skin conductance",
}  # fmt: skip
"""Types of measures that are known and not read; skin is not the temperature of a body."""
MEASURED, GOAL = 1, 2
"""Categories of a group: a measure, and a goal that the user set."""
SMALLEST_POWER, LARGEST_POWER = -12, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """How a group came to its user: its origin, and the flags of its readings."""

    origin: str
    flags: tuple[str, ...] = ()


ATTRIBUTIONS: Mapping[int, Attribution] = {
    0: Attribution(origin="device"),
    # Somebody of the household stood on the scale, and nobody says who. Of unknown origin it waits
    # for a person, and is no data day until one says whose it is.
    1: Attribution(origin="unknown", flags=("ambiguous_user",)),
    2: Attribution(origin="manual"),
    4: Attribution(origin="manual", flags=("typed_at_set_up",)),
    5: Attribution(origin="device", flags=("best_of_several",)),
    8: Attribution(origin="device"),
}
"""By `attrib`; one that is not here is of unknown origin."""
UNKNOWN = Attribution(origin="unknown")


def parse(posted: Posted) -> Unpacked:
    """Return all that a notification or an answer of `getmeas` holds."""
    found = Found()
    try:
        if posted.body.lstrip()[:1] == b"{":
            found.add(measures(opened(posted.body), about(posted, USER)))
        else:
            found.add(told(form_of(posted.body)))
    except Misread as misread:
        found.add([misread.fault])
    return found.unpacked()


def measures(document: object, user: str) -> Iterator[Item]:
    """Yield what an answer holds; user: whose measures were fetched.

    Withings itself does not repeat it. A program that passes answers on adds `userid` to the body.

    Raises:
        Misread: it is no answer with measures.
    """
    answer = Node(document if isinstance(document, dict) else {})
    if answer.text("status") != "0" or not answer.has("body"):
        raise Misread(answer.at("status"), "not_the_shape", "no answer with measures")
    body = answer.part("body")
    groups = listed(body.parts("measuregrps"), body.at("measuregrps"))
    user, zone_name = user or body.text("userid"), body.text("timezone")
    found = each_of(groups, lambda group: of_group(group, user, zone_name))
    yield from never_silent(found, body.at("measuregrps"))


def of_group(group: Node, user: str, zone_name: str) -> Iterator[Item]:
    """Yield what a group of measures holds.

    Raises:
        Misread: something that concerns all of them is not as it should be.
    """
    category = group.needed_number("category")
    if category == GOAL:
        says = "category 2: a goal that the user set, nothing that was measured"
        yield Passed(path=group.path, says=says)
        return
    if category != MEASURED:
        raise Misread(group.at("category"), "not_the_shape", "a category that is not known")
    whole = common(group, user, zone_name)
    values: dict[str, Measured] = {}
    elements = listed(group.parts("measures"), group.at("measures"))
    told_of = each_of(elements, lambda measure: of_measure(measure, values))
    yield from never_silent(chain(told_of, joined(group, whole, values)), group.path)


def common(group: Node, user: str, zone_name: str) -> VendorReading:
    """Return what all readings of a group have in common.

    Raises:
        Misread: something of it is not as it should be.
    """
    measured_at = epoch(group, "date")
    if measured_at is None:
        raise Misread(group.at("date"), "missing_field", "date is missing")
    attrib = group.number("attrib")
    attribution = ATTRIBUTIONS.get(int(attrib), UNKNOWN) if attrib is not None else UNKNOWN
    doubt = ("inconclusive",) if group.is_true("is_inconclusive") else ()
    offset = offset_in(group.text("timezone") or zone_name, measured_at)
    return VendorReading(
        names=names_of(group, user), metric="", measured=(), measured_at=measured_at,
        offset_seconds=offset, offset_origin="" if offset is None else "source",
        received_at=epoch(group, "created"), origin=attribution.origin,
        vendor_reading_id=group.text("grpid"), version=group.text("modified"),
        flags=(*attribution.flags, *doubt), path=group.path,
    )  # fmt: skip


def names_of(group: Node, user: str) -> tuple[SchemedName, ...]:
    """Return what the source is known by: the user's own device, then the user.

    A device alone is not enough where a user is known: others of the household may use it, each
    under an account of their own.

    Raises:
        Misread: there is neither.
    """
    device = group.text("deviceid") or group.text("hash_deviceid")
    if user and device:
        return ((DEVICE, f"{user}/{device}"), (USER, user))
    if not user and not device:
        raise Misread(group.at("deviceid"), "no_device", "neither a user nor a device is named")
    return ((USER, user),) if user else ((DEVICE, device),)


def offset_in(zone_name: str, at: datetime) -> int | None:
    """Return the seconds that a named zone was ahead of UTC; None where it is not known."""
    try:
        ahead = at.astimezone(zone(zone_name)).utcoffset() if zone_name else None
    except ValueError:
        return None
    return None if ahead is None else ahead // timedelta(seconds=1)


def of_measure(measure: Node, values: dict[str, Measured]) -> Iterator[Item]:
    """Keep the value of a measure, or yield why there is none.

    Raises:
        Misread: its type is not known, or its value is none.
    """
    kind = int(measure.needed_number("type"))
    if kind in NOT_READ:
        says = f"type {kind}, {NOT_READ[kind]}, is not read"
        yield Passed(path=measure.path, says=says)
        return
    if kind not in TYPES:
        raise Misread(measure.at("type"), "unknown_metric", f"type {kind}")
    metric, unit = TYPES[kind]
    values.setdefault(metric, Measured(metric, value_of(measure), unit))


def value_of(measure: Node) -> Decimal:
    """Return the value of a measure: its number times ten to the power of its unit, exactly.

    Raises:
        Misread: one of the two is not there, or no whole number.
    """
    number, power = measure.needed_number("value"), measure.needed_number("unit")
    for name, told_of in (("value", number), ("unit", power)):
        if told_of != told_of.to_integral_value():
            raise Misread(measure.at(name), "not_a_number", f"{name} is no whole number")
    if not SMALLEST_POWER <= power <= LARGEST_POWER:
        raise Misread(measure.at("unit"), "unknown_unit", "a power of ten nothing is measured in")
    return number.scaleb(int(power))


def joined(
    group: Node, whole: VendorReading, values: dict[str, Measured]
) -> Iterator[VendorReading | Fault]:
    """Yield the readings of a group: what was taken together as one, the others alone."""
    pressures = [values.pop(code) for code in (SYSTOLIC, DIASTOLIC) if code in values]
    if len(pressures) == 1:
        says = "one of the two pressures is missing"
        yield Fault(path=group.at("measures"), code="missing_field", says=says)
    sets = [(PRESSURE, pressures)] if len(pressures) == 2 else []
    if SATURATION in values and not sets:
        sets = [(SATURATION, [values.pop(SATURATION)])]
    if sets and PULSE in values:
        sets[0][1].append(values.pop(PULSE))
    sets += [(metric, [value]) for metric, value in values.items()]
    for metric, measured in sets:
        yield told_apart(whole, metric, tuple(measured))


def told_apart(whole: VendorReading, metric: str, measured: tuple[Measured, ...]) -> VendorReading:
    """Return a reading of a group; its id is that of the group and the metric."""
    number = f"{whole.vendor_reading_id}/{metric}" if whole.vendor_reading_id else ""
    return VendorReading(
        names=whole.names, metric=metric, measured=measured, measured_at=whole.measured_at,
        offset_seconds=whole.offset_seconds, offset_origin=whole.offset_origin,
        received_at=whole.received_at, origin=whole.origin, vendor_reading_id=number,
        version=whole.version, flags=whole.flags, path=whole.path,
    )  # fmt: skip
