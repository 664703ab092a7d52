"""The forms of devices: their fields, and what is made of what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from caretally.codes import DEVICE_STATUSES
from caretally.devices.models import Model
from caretally.devices.names import IMEI, MAC, SERIAL, scheme_and_value
from caretally.errors import InputError, Problem
from caretally.journal.entries import DeviceRegistered, DeviceStatusRecorded, Identifier
from caretally.journal.quantities import BY_LOINC, PANELS
from caretally.practice.enrolling_times import instant_problem, read_instant
from caretally.store.device_cards import DeviceOnCard
from caretally.web.frame.fields import HIDDEN, LONG, SELECT, Choices, Field, demand, refuse

Typed = dict[str, str]
WHEN = "datetime-local"
YES, NO = "yes", "no"
OWN_FIELDS = (IMEI, MAC)
"""Schemes with a field of their own; others stand in lines."""
MARKS: Choices = (
    ("lost", "Lost"), ("retired", "Retired: not used any more"), ("in_stock", "In stock"),
    ("on_hold", "On hold"), ("shipped", "On its way"), ("delivered", "Delivered"),
    ("connected", "Connected"),
)  # fmt: skip
"""What a person may say of a device; the rest follows from custody or comes from vendors."""
assert {name for name, _ in MARKS} <= set(DEVICE_STATUSES)


def device_fields(models: Iterable[Model], *, is_correction: bool) -> tuple[Field, ...]:
    """Return the fields with which a device is put on the books, or corrected."""
    known = tuple(dict.fromkeys((each.vendor, each.vendor) for each in models if each.vendor))
    reason = (Field(name="reason", label="Why it is corrected", kind=LONG, also=("supersedes",)),)
    device = Field(name="device", label="Device id", kind=HIDDEN if is_correction else "text",
                   hint="As on your label, such as cuff-0141. It never changes.")  # fmt: skip
    return (
        Field(name="entry", label="", kind=HIDDEN),
        device,
        Field(name="vendor", label="Vendor", kind=SELECT, is_optional=True,
              choices=(("", "none"), *known)),
        Field(name="model", label="Model", is_optional=True),
        Field(name="serial", label="Serial number", is_optional=True),
        Field(name="imei", label="IMEI", is_optional=True,
              hint="15 digits, of devices with a SIM; the last is a check digit."),
        Field(name="mac", label="MAC address", is_optional=True,
              hint="12 hexadecimal digits, of Bluetooth devices."),
        Field(name="others", label="Other names", kind=LONG, is_optional=True,
              hint="One a line: whose name it is, a space, the name. Such as tenovi:device 77aa… "
                   "or gateway 0c8d…"),
        Field(name="medical_device", label="A medical device as the FDA defines it", kind=SELECT,
              choices=(("", "choose"), (YES, "yes: its readings make data days"),
                       (NO, "no: shown, but never a data day"))),
        Field(name="parameters", label="What it measures", is_optional=True,
              also=tuple(f"body.parameters[{place}]" for place in range(20)),
              hint="LOINC codes with spaces between, such as 85354-9 8867-4."),
        *(reason if is_correction else ()),
    )  # fmt: skip


def device_typed(card: DeviceOnCard) -> Typed:
    """Return what is on record of a device as it would be typed."""
    names = [scheme_and_value(name) for name in card.names.split("\n")]
    own = {scheme: value for scheme, value in names if scheme in OWN_FIELDS}
    others = [f"{scheme} {value}" for scheme, value in names
              if scheme not in {*OWN_FIELDS, SERIAL, "device"}]  # fmt: skip
    return {
        "device": card.device, "vendor": card.vendor, "model": card.model, "serial": card.serial,
        "medical_device": YES if card.medical_device else NO, "parameters": card.parameters,
        "others": "\n".join(others), **own,
    }  # fmt: skip


def identifiers_of(typed: Typed) -> list[tuple[str, Identifier]]:
    """Return the identifiers that were typed, each with the field it stands in."""
    found = [
        (name, Identifier(scheme=name, value=typed[name])) for name in OWN_FIELDS if typed.get(name)
    ]
    for line in filter(None, map(str.strip, typed.get("others", "").splitlines())):
        scheme, _, value = line.partition(" ")
        found.append(("others", Identifier(scheme=scheme.lower(), value=value.strip())))
    return found


def device_body(typed: Typed) -> DeviceRegistered:
    """Return what was typed of a device.

    Raises:
        InputError: something is missing.
    """
    problems: list[Problem] = []
    demand(typed, ("device", "medical_device"), problems)
    for field, each in identifiers_of(typed):
        if not each.value:
            problems.append(Problem(where="form", field=field, found=f"{each.scheme!r} alone",
                                    expected="whose name it is, a space, the name"))  # fmt: skip
    refuse(problems)
    return DeviceRegistered(
        device=typed["device"], vendor=typed.get("vendor") or None,
        model=typed.get("model") or None, serial=typed.get("serial") or None,
        identifiers=tuple(each for _, each in identifiers_of(typed)),
        medical_device=typed["medical_device"] == YES,
        parameters=tuple(typed.get("parameters", "").replace(",", " ").split()),
    )  # fmt: skip


def at_fields(error: InputError, typed: Typed) -> InputError:
    """Return what is wrong with a device at the fields of its form."""
    fields = [field for field, _ in identifiers_of(typed)]
    places = {f"body.identifiers[{place}]": field for place, field in enumerate(fields)}

    def moved(problem: Problem) -> Problem:
        stem = problem.field.partition("].")[0]
        stem = f"{stem}]" if stem != problem.field else stem
        return replace(problem, field=places.get(stem, problem.field))

    return InputError([moved(each) for each in error.problems])


def status_fields() -> tuple[Field, ...]:
    """Return the fields with which somebody says where a device is."""
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="status", label="What became of it", kind=SELECT,
              choices=(("", "choose"), *MARKS)),
        *when_fields(),
        Field(name="tracking", label="Tracking number", is_optional=True),
    )  # fmt: skip


def status_body(device: str, typed: Typed) -> DeviceStatusRecorded:
    """Return what was typed of where a device is.

    Raises:
        InputError: nothing was chosen.
    """
    problems: list[Problem] = []
    demand(typed, ("status",), problems)
    refuse(problems)
    return DeviceStatusRecorded(
        device=device, status=typed["status"], tracking=typed.get("tracking") or None
    )


def when_fields() -> tuple[Field, ...]:
    """Return the fields that ask when something happened, and why it is told late."""
    return (
        Field(name="at", label="When", kind=WHEN, is_optional=True, hint="Empty for now."),
        Field(name="reason", label="Why so late", is_optional=True,
              hint="Needed for what is more than 72 hours ago."),
    )  # fmt: skip


def replace_fields(free: Choices) -> tuple[Field, ...]:
    """Return the fields with which a device is replaced."""
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="new", label="By which device", kind=SELECT, also=("body.device",),
              choices=(("", "choose"), *free)),
        *when_fields(),
    )  # fmt: skip


def return_fields() -> tuple[Field, ...]:
    """Return the fields with which a device comes back."""
    return (Field(name="entry", label="", kind=HIDDEN, also=("body.device",)), *when_fields())


def instant_in(typed: Typed, zone_name: str) -> datetime | None:
    """Return the instant that was typed; None where nothing was.

    Raises:
        InputError: it is no time at the practice.
    """
    if not typed.get("at"):
        return None
    found = read_instant(typed["at"], zone_name)
    if isinstance(found, str):
        raise InputError([instant_problem("at", found)])
    return found


def metric_words(parameters: str) -> str:
    """Return what LOINC codes measure, in words.

    Example:
        >>> metric_words("29463-7 8867-4")
        'weight, heart rate'
    """
    return ", ".join(one_metric(code) for code in parameters.split())


def one_metric(code: str) -> str:
    """Return what a LOINC code measures, in words."""
    if code in PANELS:
        return "blood pressure"
    return BY_LOINC[code].words if code in BY_LOINC else code
