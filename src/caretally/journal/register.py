"""Who works here in which role on which day, who may speak for whom, and whose days are whose.

Several rooms ask the same of staff, caregivers and zones; they get one answer, that of the fold:
dates are inclusive and local to the enrollment's zone (contract, sections 1 and 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from caretally.clock import DEFAULT_ZONE, local_date
from caretally.journal.entries import (
    CaregiverAuthorized,
    Consented,
    ConsentRevoked,
    Enrolled,
    Entry,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.journal.stretches import stretch_at, stretches


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What is on record about people and places.

    staff: registrations by staff id. practices: by id. authorities: by patient and caregiver.
    enrolled: by patient, by time. consents: openings and revocations by patient.
    """

    staff: Mapping[str, tuple[StaffRegistered, ...]]
    practices: Mapping[str, PracticeRegistered]
    authorities: Mapping[tuple[str, str], tuple[CaregiverAuthorized, ...]]
    enrolled: Mapping[str, tuple[Entry, ...]]
    consents: Mapping[str, tuple[Entry, ...]]

    def is_registered(self, staff: str) -> bool:
        """Tell whether a staff id is known on any day."""
        return staff in self.staff

    def roles_on(self, staff: str, day: date) -> frozenset[str]:
        """Return the roles a staff id has on a local date."""
        known = self.staff.get(staff, ())
        return frozenset(each.role for each in known if covers(day, each.from_on, each.to_on))

    def has_authority(self, patient: str, caregiver: str, day: date) -> bool:
        """Tell whether a caregiver may speak for a patient on a local date."""
        known = self.authorities.get((patient, caregiver), ())
        return any(covers(day, each.from_on, each.to_on) for each in known)

    def has_consent(self, patient: str, scope: str, at: datetime) -> bool:
        """Tell whether consent of a scope is in force; of `data_sharing`, with any caregiver."""
        known = self.consents.get(patient, ())
        return any(
            stretch_at(stretches(opened, closed), at)
            for opened, closed in consent_events(known, scope).values()
        )

    def zone_of(self, patient: str, at: datetime, *, program: str | None = None) -> str:
        """Return the zone in which a patient's days are counted at an instant.

        That of the latest enrollment by then, in the program if there is one; before any, of the
        first to come.
        """
        known = self.enrolled.get(patient, ())
        wanted = [each for each in known if program in (None, _enrolled(each).program)] or known
        if not wanted:
            return self.home_zone(None)
        begun = [entry for entry in wanted if entry.at <= at]
        body = _enrolled(begun[-1] if begun else wanted[0])
        return body.time_zone or self.home_zone(body.practice)

    def day_of(self, patient: str, at: datetime, *, program: str | None = None) -> date:
        """Return the local date of an instant, as the patient's days are counted."""
        return local_date(at, self.zone_of(patient, at, program=program))

    def home_zone(self, practice: str | None) -> str:
        """Return the zone of a practice; where none is named, of the only one, or the default."""
        sole = next(iter(self.practices)) if len(self.practices) == 1 else None
        known = self.practices.get(practice or sole or "")
        return (known.time_zone if known else None) or DEFAULT_ZONE


def covers(day: date, from_on: date | None, to_on: date | None) -> bool:
    """Tell whether a date lies between two inclusive dates, either open."""
    return (from_on is None or from_on <= day) and (to_on is None or day <= to_on)


def consent_events(
    entries: Iterable[Entry], scope: str
) -> dict[str | None, tuple[list[Entry], list[Entry]]]:
    """Return openings and revocations of a scope, by the caregiver they name.

    A revocation that names no caregiver revokes for all.
    """
    of_scope = [
        (entry, entry.body)
        for entry in entries
        if isinstance(entry.body, Consented | ConsentRevoked) and entry.body.scope == scope
    ]
    opened: dict[str | None, tuple[list[Entry], list[Entry]]] = {}
    for entry, body in of_scope:
        if isinstance(body, Consented):
            opened.setdefault(body.caregiver, ([], []))[0].append(entry)
    for entry, body in of_scope:
        if isinstance(body, ConsentRevoked):
            for caregiver, (_, closed) in opened.items():
                if body.caregiver in (None, caregiver):
                    closed.append(entry)
    return opened


def register_of(in_force: Iterable[Entry]) -> Register:
    """Return the register of entries in force, corrections resolved."""
    staff: dict[str, list[StaffRegistered]] = {}
    practices: dict[str, PracticeRegistered] = {}
    authorities: dict[tuple[str, str], list[CaregiverAuthorized]] = {}
    enrolled: dict[str, list[Entry]] = {}
    consents: dict[str, list[Entry]] = {}
    for entry in sorted(in_force, key=lambda each: (each.at, each.id)):
        body, patient = entry.body, entry.patient or ""
        if isinstance(body, StaffRegistered):
            staff.setdefault(body.staff, []).append(body)
        elif isinstance(body, PracticeRegistered):
            practices[body.practice] = body
        elif isinstance(body, CaregiverAuthorized):
            authorities.setdefault((patient, body.caregiver), []).append(body)
        elif isinstance(body, Enrolled):
            enrolled.setdefault(patient, []).append(entry)
        elif isinstance(body, Consented | ConsentRevoked):
            consents.setdefault(patient, []).append(entry)
    return Register(
        staff={key: tuple(found) for key, found in staff.items()},
        practices=practices,
        authorities={key: tuple(found) for key, found in authorities.items()},
        enrolled={key: tuple(found) for key, found in enrolled.items()},
        consents={key: tuple(found) for key, found in consents.items()},
    )


def _enrolled(entry: Entry) -> Enrolled:
    assert isinstance(entry.body, Enrolled)
    return entry.body
