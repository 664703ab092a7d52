"""Who works where: practices, their staff, and the charts they keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import (
    FreeText,
    FromDate,
    Id,
    Label,
    OptionalFromDate,
    OptionalToDate,
    PrivateDate,
    Role,
    Setting,
    TimeZone,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRegistered(Body):
    """A practice bills under this journal.

    practice: its id.
    name: its name.
    npi: its National Provider Identifier.
    tin: its taxpayer number.
    taxonomy: its provider taxonomy code.
    time_zone: the zone of its enrollments that name none.
    setting: what it bills as; `fqhc` and `rhc` have rules of their own.
    part_of: the practice it is a clinic of; none where it is a practice of its own.
    """

    kind: ClassVar[str] = "practice_registered"
    about: ClassVar[About] = "practice"
    practice: Id
    name: FreeText
    npi: Label | None = None
    tin: Label | None = None
    taxonomy: Label | None = None
    time_zone: TimeZone | None = None
    setting: Setting | None = None
    part_of: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRegistered(Body):
    """A person or an agent works for a practice in a role.

    staff: the bare id that performers and participants use.
    role: decides whether the seconds may count.
    npi: the National Provider Identifier.
    from_on: the first local date of the role; open where absent.
    to_on: the last local date of the role; open where absent.
    supervised_by: the staff id of the supervisor.
    name: as claims name the person, family name first: `Lin, Wei`.
    taxonomy: the provider taxonomy code.
    """

    kind: ClassVar[str] = "staff_registered"
    about: ClassVar[About] = "practice"
    staff: Id
    role: Role
    npi: Label | None = None
    from_on: OptionalFromDate = None
    to_on: OptionalToDate = None
    supervised_by: Id | None = None
    name: Label | None = None
    taxonomy: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRecorded(Body):
    """A license of a member of staff is on file; no decision on billing rests on it.

    staff: the id of the person.
    state: who licensed, such as IL or US-DEA.
    number: as the license words it.
    from_on: its first local date.
    to_on: its last local date; open where absent.
    profession: what it allows to practice as.
    """

    kind: ClassVar[str] = "license_recorded"
    about: ClassVar[About] = "practice"
    staff: Id
    state: Label
    number: Label | None = None
    from_on: FromDate
    to_on: OptionalToDate = None
    profession: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRegistered(Body):
    """A chart was opened at a practice.

    birth_date: the date of birth.
    sex: as the chart words it.
    name: as the chart words it.
    time_zone: where the person lives.
    language: the preferred language.
    street: where the person lives, for claims and letters.
    city: the city of the address.
    state: its two letters.
    postal_code: ZIP code of 5 or 9 digits.
    """

    kind: ClassVar[str] = "patient_registered"
    birth_date: PrivateDate | None = None
    sex: FreeText | None = None
    name: FreeText | None = None
    time_zone: TimeZone | None = None
    language: FreeText | None = None
    street: FreeText | None = None
    city: FreeText | None = None
    state: FreeText | None = None
    postal_code: FreeText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverAuthorized(Body):
    """A caregiver may speak for the patient.

    caregiver: the id used in `caregiver:ID`.
    relationship: to the patient.
    from_on: the first local date of the authority.
    to_on: the last local date of the authority; open where absent.
    authority: what it rests on, such as the patient's word or a power of attorney.
    """

    kind: ClassVar[str] = "caregiver_authorized"
    caregiver: Id
    relationship: FreeText
    from_on: FromDate
    to_on: OptionalToDate = None
    authority: FreeText | None = None
