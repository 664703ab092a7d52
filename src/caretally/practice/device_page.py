"""The page of one device: its names, where it has been, what it told last, what it measured last.

Readings and holders are shown to those who may see the patient, and the look is told in the chart's
own access chain; others see that somebody has the device.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from caretally.devices.catalogue import GONE
from caretally.devices.health import CAUSE_WORDS
from caretally.devices.models import MODELS, Model, model_named
from caretally.devices.names import scheme_and_value
from caretally.errors import UnknownError
from caretally.journal.entries import (
    DeviceRegistered,
    DeviceStatusRecorded,
    Entry,
    ReadingRecorded,
    StayRecorded,
)
from caretally.practice.device_lists import (
    ELSEWHERE,
    DeviceRow,
    all_cards,
    concerns_of,
    health_of,
    holders_of,
    measured_by,
    require_devices,
    row_of,
)
from caretally.practice.enrolling import may_undo
from caretally.practice.office import Chart, Office
from caretally.practice.roles import ENROLL, MANAGE_DEVICES, SEE_PATIENTS
from caretally.practice.staff_names import name_of as staff_name
from caretally.practice.staff_names import staff_names
from caretally.practice.vitals import words_of
from caretally.store.device_cards import (
    DeviceOnCard,
    Held,
    claimants,
    custody_of,
    device_card,
    device_entries,
)
from caretally.store.streams import Book

LATEST_READINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a device was for a while: with whom, or in stock.

    who: what to call the holder, as far as the caller may know. patient: empty where hidden.
    """

    who: str
    patient: str
    begins: datetime
    ends: datetime | None
    is_stock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name of a device, and another device that claims it, if any."""

    scheme: str
    value: str
    rival: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A status that was told of a device: by whom, as people know them."""

    entry: Entry
    body: DeviceStatusRecorded
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A reading of the device: entry, values in words, and how it came about."""

    entry: Entry
    words: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePage:
    """All that a caller sees of a device.

    registration: the entry that holds; None where it is known from an assignment only. readings:
    of the one who has it now; empty where the caller may not see them. latest: the last entry about
    the device that the caller may still undo.
    """

    row: DeviceRow
    registration: Entry | None
    registered_by: str
    model: Model | None
    names: tuple[Name, ...]
    places: tuple[Place, ...]
    statuses: tuple[Said, ...]
    readings: tuple[Measured, ...]
    is_gone: bool
    may_keep: bool
    may_hand: bool
    undoable: frozenset[str]

    @property
    def card(self) -> DeviceOnCard:
        """What is on record of the device."""
        return self.row.card


def device_page(office: Office, device: str) -> DevicePage:
    """Return the page of a device.

    Raises:
        ForbiddenError: the caller may neither keep devices nor see patients.
        UnknownError: there is no such device here.
    """
    require_devices(office)
    book = office.book()
    card = device_card(book, device)
    if card is None:
        raise UnknownError("no device of this id is on your books")
    entries = device_entries(book, office.journal.desk.shelf, device)
    held = custody_of(book, [device]).get(device, ())
    seen = holders_of(office, {each.patient for each in held} - {""})
    chart = office.open_chart(card.patient, purpose="device page") if card.patient in seen else None
    named = staff_names(office)
    registration = last_registration(entries)
    return DevicePage(
        row=row_with_health(office, book, card, chart, seen),
        registration=registration,
        registered_by=staff_name(named, registration.actor) if registration else "",
        model=model_named(card.vendor, card.model),
        names=names_with_rivals(book, card),
        places=tuple(place_of(each, seen) for each in held),
        statuses=tuple(
            Said(entry=each, body=each.body, by=staff_name(named, each.actor))
            for each in reversed(entries) if isinstance(each.body, DeviceStatusRecorded)
        ),
        readings=latest_readings(chart, device) if chart else (),
        is_gone=card.status in GONE,
        may_keep=office.caller.may(MANAGE_DEVICES),
        may_hand=office.caller.may(ENROLL) and office.caller.may(SEE_PATIENTS)
        and (not card.patient or card.patient in seen),
        undoable=frozenset(each.id.partition(".")[0] for each in entries if may_undo(office, each)),
    )  # fmt: skip


def row_with_health(
    office: Office, book: Book, card: DeviceOnCard, chart: Chart | None, seen: dict[str, str]
) -> DeviceRow:
    """Return the device with its health; devices of the same gateway are looked at with it."""
    health = health_of(book)
    away = frozenset({card.patient} if chart and is_away(chart, office.now) else ())
    desk = (book, office.journal.desk.shelf)
    worries = concerns_of(desk, all_cards(book), health, office.now, away)
    held = {card.device: card.patient} if card.patient else {}
    measured = measured_by(book, office.journal.desk.shelf, held)
    row = row_of(card, health, {each.device: each for each in worries}, seen)
    return replace(row, measured_at=measured.get(card.device))


def is_away(chart: Chart, at: datetime) -> bool:
    """Tell whether a patient is in a facility."""
    return any(
        each.body.from_at <= at and (each.body.to_at is None or at < each.body.to_at)
        for each in chart.record.all_of(StayRecorded)
    )


def last_registration(entries: Sequence[Entry]) -> Entry | None:
    """Return the registration that holds."""
    found = [each for each in entries if isinstance(each.body, DeviceRegistered)]
    return found[-1] if found else None


def names_with_rivals(book: Book, card: DeviceOnCard) -> tuple[Name, ...]:
    """Return the names of a device, each with another device that claims it too."""
    claims = claimants(book, card.names.split("\n"))
    return tuple(
        Name(
            scheme=scheme, value=value,
            rival=next((each for each in claims.get(name, ()) if each != card.device), ""),
        )
        for name in card.names.split("\n")
        for scheme, value in [scheme_and_value(name)]
    )  # fmt: skip


def place_of(held: Held, seen: dict[str, str]) -> Place:
    """Return a stretch of custody as the caller may see it."""
    who = seen.get(held.patient, ELSEWHERE) if held.patient else "in stock"
    return Place(
        who=who, patient=held.patient if held.patient in seen else "", begins=held.begins,
        ends=held.ends, is_stock=not held.patient,
    )  # fmt: skip


def latest_readings(chart: Chart, device: str) -> tuple[Measured, ...]:
    """Return the last readings of a device on a chart, the latest first."""
    found = [each for each in chart.record.all_of(ReadingRecorded) if each.body.device == device]
    return tuple(
        Measured(entry=each.entry, words=words_of(each.body), origin=each.body.origin)
        for each in reversed(found[-LATEST_READINGS:])
    )


def free_devices(office: Office) -> tuple[DeviceOnCard, ...]:
    """Return the devices that may be given to somebody, by id."""
    cards = all_cards(office.book(), [""])
    return tuple(sorted((each for each in cards if each.status not in GONE),
                        key=lambda each: each.device))  # fmt: skip


def models_offered(office: Office) -> tuple[Model, ...]:
    """Return the models that are proposed: those known here, then those the practice registered."""
    known = {(each.vendor, each.name.lower()) for each in MODELS}
    own: dict[tuple[str, str], Model] = {}
    for card in all_cards(office.book()):
        key = (card.vendor, card.model.lower())
        if card.model and card.registered_at and key not in known:
            own[key] = Model(
                vendor=card.vendor, name=card.model, parameters=tuple(card.parameters.split()),
                medical_device=card.medical_device, says="as your practice registered it before",
            )  # fmt: skip
    return (*MODELS, *own.values())


def cause_words(row: DeviceRow) -> str:
    """Return the likely cause of a device's concern in words; empty without one."""
    return CAUSE_WORDS[row.concern.cause] if row.concern else ""


def device_words(cards: Iterable[DeviceOnCard]) -> tuple[tuple[str, str], ...]:
    """Return devices as choices: id and what to call it."""
    return tuple(
        (each.device, " ".join(filter(None, (each.device, each.vendor, each.model, each.serial))))
        for each in cards
    )
