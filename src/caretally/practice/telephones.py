"""Under which number a patient or caregiver is called, at what times and in which language.

A number is checked as such and nobody is dialed for that. Consent belongs to the number that was on
file when it was given: with a new one it must be asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from phonenumbers import timezone

from caretally.contacts.wellness_calls.area_codes import states_of
from caretally.contacts.wellness_calls.packs import LANGUAGES
from caretally.enrollment.record import OnFile, PatientRecord
from caretally.errors import InputError, Problem
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, TelephoneGiven
from caretally.practice.office import Office
from caretally.practice.roles import RECORD_CARE

PATIENT, CAREGIVER = "patient", "caregiver:"
DEFAULT_COUNTRY = "US"
NUMBER = "body.number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a number says by itself. country: two letters, empty where it says none.

    states, zones: where such numbers are at home, which is not where somebody is.
    """

    country: str = ""
    states: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


def hint_of(number: str) -> Hint:
    """Return what a number with country code says by itself."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return Hint()
    return Hint(
        country=phonenumbers.region_code_for_number(parsed) or "", states=states_of(number),
        zones=zones_of(parsed),
    )  # fmt: skip


def zones_of(parsed: phonenumbers.PhoneNumber) -> tuple[str, ...]:
    """Return the zones in which a number may be at home."""
    found = timezone.time_zones_for_number(parsed)
    return tuple(each for each in found if each != timezone.UNKNOWN_TIMEZONE)


def checked_line(text: str, field: str = NUMBER) -> str:
    """Return a number in the international form; one without country code is of the United States.

    Raises:
        InputError: it is none that could be dialed.

    Example:
        >>> checked_line("(312) 555-0142")
        '+13125550142'
    """
    try:
        parsed = phonenumbers.parse(text, DEFAULT_COUNTRY)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed) or parsed.extension:
        problem = Problem(
            where="form", field=field, found="no telephone number in use",
            expected="area code and number, such as +1 312 555 0142",
        )  # fmt: skip
        raise InputError([problem])
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def give_telephone(
    record: PatientRecord, filing: Filing, body: TelephoneGiven
) -> tuple[Entry, ...]:
    """Put a number on file, or withdraw it with an empty one.

    Raises:
        InputError: something speaks against it; all is named.
    """
    draft = Draft.of(filing, body)
    if body.number:
        check_number(draft, body.number)
    if body.whose.startswith(CAREGIVER):
        check_caregiver(draft, record, body.whose.removeprefix(CAREGIVER))
    if body.language is not None and body.language not in LANGUAGES:
        draft.refuse("body.language", found=repr(body.language), expected=" or ".join(LANGUAGES))
    if (body.from_time or "00:00") >= (body.to_time or "24:00"):
        draft.refuse("body.to_time", found="no later time", expected="one after the first")
    return draft.filed()


def check_number(draft: Draft, number: str) -> None:
    """Refuse what could not be dialed, or is not written with its country code."""
    try:
        if checked_line(number) == number:
            return
    except InputError:
        pass
    draft.refuse(NUMBER, found="no telephone number in use",
                 expected="one with country code, such as +13125550142")  # fmt: skip


def check_caregiver(draft: Draft, record: PatientRecord, caregiver: str) -> None:
    """Refuse a caregiver who may not speak for the patient on that day."""
    day = record.day_of(draft.at)
    if not record.register.has_authority(record.patient, caregiver, day):
        draft.refuse("body.whose", found=f"{caregiver}, without authority on {day}",
                     expected="patient, or a caregiver with authority")  # fmt: skip


def line_at(record: PatientRecord, at: datetime) -> OnFile[TelephoneGiven] | None:
    """Return the latest word about the number by an instant."""
    given = [each for each in record.all_of(TelephoneGiven) if each.at <= at]
    return given[-1] if given else None


def keep_line(office: Office, patient: str, body: TelephoneGiven, entry: str) -> None:
    """Put a number on file, or withdraw it; a form that is sent twice is stored once.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: something speaks against it; all is named.
    """

    def command(record: PatientRecord) -> tuple[Entry, ...]:
        filing = office.filing(patient, entry_id=entry)
        known = any(each.id == filing.id and each.body == body for each in record.in_force)
        return () if known else give_telephone(record, filing, body)

    office.act(patient, command, permission=RECORD_CARE)
