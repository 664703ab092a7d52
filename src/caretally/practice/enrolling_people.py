"""Whom and what an enrollment may name: staff with their names, caregivers, clinics, texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from caretally.enrollment.custody import custody_of
from caretally.enrollment.orders import ORDERING_ROLES
from caretally.enrollment.record import PatientRecord, record_of
from caretally.journal.entries import CaregiverAuthorized, Consented, DeviceAssigned, Entry
from caretally.journal.register import Register
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL
from caretally.store.charts import chart_entries, practice_entries
from caretally.store.models import Membership
from caretally.store.streams import PATIENT, named_streams

NEWEST_CHARTS = 8
"""Charts that are looked through for the texts of consent in use."""
WITHOUT_PERSON = frozenset({"ai_agent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody who works here on a date.

    name: of the account with this staff id; the id where there is none.
    """

    staff: str
    name: str
    roles: tuple[str, ...]

    @property
    def words(self) -> str:
        """Name and roles."""
        return f"{self.name} ({', '.join(self.roles)})"

    @property
    def is_practitioner(self) -> bool:
        """Whether the person may order and bill."""
        return bool(ORDERING_ROLES.intersection(self.roles))


def colleagues(office: Office, register: Register, day: date) -> tuple[Colleague, ...]:
    """Return the people who are registered on a date, by name."""
    names = account_names(office)
    found = (
        Colleague(staff=staff, name=names.get(staff, staff), roles=tuple(sorted(roles)))
        for staff in register.staff
        if (roles := register.roles_on(staff, day)) and not roles <= WITHOUT_PERSON
    )
    return tuple(sorted(found, key=lambda each: each.name))


def account_names(office: Office) -> dict[str, str]:
    """Return the full names of accounts by their staff ids in the practice."""
    members = (
        Membership.objects.using(office.db.alias)
        .filter(practice__name=office.practice)
        .exclude(staff="")
        .values_list("staff", "user__first_name", "user__last_name")
    )
    return {staff: f"{first} {last}".strip() or staff for staff, first, last in members}


def clinics_to_enroll_in(office: Office, register: Register) -> tuple[tuple[str, str], ...]:
    """Return id and name of the places in which the caller may enroll, clinics below practices."""
    allowed = office.clinics(ENROLL)
    found = sorted(register.practices.items(), key=lambda each: (each[1].part_of or "", each[0]))
    return tuple(
        (name, place_words(register, name))
        for name, _ in found
        if allowed is None or name in allowed
    )


def place_words(register: Register, place: str) -> str:
    """Return what to call a place: a clinic by its practice and its own name."""
    body = register.practices.get(place)
    if body is None:
        return place
    above = register.practices.get(body.part_of or "")
    return f"{above.name} · {body.name}" if above else body.name


def caregivers(record: PatientRecord) -> tuple[tuple[str, str], ...]:
    """Return id and relationship of everybody who was ever authorized to speak for the patient."""
    known = {each.body.caregiver: each.body for each in record.all_of(CaregiverAuthorized)}
    return tuple((name, body.relationship) for name, body in known.items())


def texts_in_use(office: Office, own: Iterable[Entry]) -> tuple[str, ...]:
    """Return the versions of consent texts on this chart and on the newest ones, latest first."""
    book, shelf = office.book(), office.journal.desk.shelf
    rows = office.db.rows(
        "SELECT patient FROM store_patientcard WHERE practice_id = %s "
        "ORDER BY stream_id DESC LIMIT %s",
        book.number, NEWEST_CHARTS,
    )  # fmt: skip
    streams = named_streams(book, [PATIENT + row[0] for row in rows])
    entries = [*own, *(e for s in streams.values() for e in shelf.entries(office.db, s))]
    told = [
        (entry.at, entry.body.text_version)
        for entry in entries
        if isinstance(entry.body, Consented) and entry.body.text_version
    ]
    return tuple(dict.fromkeys(text for _, text in sorted(told, reverse=True)))


def in_stock(office: Office) -> tuple[DeviceAssigned, ...]:
    """Return the devices that were taken into stock and are in nobody's hands now, by id."""
    book, shelf = office.book(), office.journal.desk.shelf
    taken_in = {
        entry.body.device
        for entry in practice_entries(book, shelf)
        if isinstance(entry.body, DeviceAssigned)
    }
    record = record_of(chart_entries(book, None, shelf, devices=taken_in), "")
    held = (custody_of(record, device, office.now) for device in sorted(taken_in))
    return tuple(each.device for each in held if each is not None and each.holder is None)
