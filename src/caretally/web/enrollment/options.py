"""What can be chosen in the fields of an enrollment, and what they hold at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from caretally import codes
from caretally.enrollment.evidence import CAREGIVER
from caretally.enrollment.orders import order_at, ordering_providers
from caretally.enrollment.queries import caregivers_on, visit_to_name
from caretally.journal.entries import DeviceAssigned
from caretally.journal.register import Register
from caretally.practice.enrolling_people import (
    Colleague,
    caregivers,
    clinics_to_enroll_in,
    colleagues,
    in_stock,
    texts_in_use,
)
from caretally.practice.enrolling_state import Enrolling
from caretally.practice.office import Office
from caretally.web.enrollment.fields import Option
from caretally.web.enrollment.measures import MEASURES
from caretally.web.enrollment.words import PAYER_WORDS, SCOPE_WORDS

AMERICAN_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico",
)  # fmt: skip
LANGUAGES = (("en", "English"), ("es", "Spanish"), ("zh", "Chinese"), ("vi", "Vietnamese"),
             ("tl", "Tagalog"), ("ar", "Arabic"), ("fr", "French"), ("pl", "Polish"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that options are made from: the office, and the enrollment that is worked on."""

    office: Office
    enrolling: Enrolling
    people: tuple[Colleague, ...]

    @property
    def register(self) -> Register:
        """Who works here and where."""
        return self.enrolling.chart.record.register

    @property
    def day(self) -> date:
        """The local date of now."""
        return self.enrolling.state.day


def desk_of(office: Office, enrolling: Enrolling) -> Desk:
    """Return the desk of an enrollment."""
    register = enrolling.chart.record.register
    people = colleagues(office, register, enrolling.state.day)
    return Desk(office=office, enrolling=enrolling, people=people)


def options_of(desk: Desk, name: str) -> tuple[Option, ...]:
    """Return the options of a name; none where there is no such list."""
    made = OPTIONS.get(name)
    return made(desk) if made else ()


def plain(*values: str) -> Callable[[Desk], tuple[Option, ...]]:
    """Return options that are always the same; their words are their values."""
    found = tuple((value, value.replace("_", " ").capitalize()) for value in values)
    return lambda _: found


def fixed(*options: Option) -> Callable[[Desk], tuple[Option, ...]]:
    """Return options that are always the same."""
    return lambda _: options


def _practitioners(desk: Desk) -> tuple[Option, ...]:
    return tuple((each.staff, each.words) for each in desk.people if each.is_practitioner)


def _staff(desk: Desk) -> tuple[Option, ...]:
    return tuple((each.staff, each.words) for each in desk.people)


def _speakers(desk: Desk) -> tuple[Option, ...]:
    record = desk.enrolling.chart.record
    words = dict(caregivers(record))
    may_speak = caregivers_on(record, desk.day)
    return (
        ("patient", "The patient"),
        *((f"{CAREGIVER}{each}", f"Caregiver: {words[each]} ({each})") for each in may_speak),
    )


def _caregivers(desk: Desk) -> tuple[Option, ...]:
    found = caregivers(desk.enrolling.chart.record)
    return tuple((name, f"{relationship} ({name})") for name, relationship in found)


def _held(desk: Desk) -> tuple[Option, ...]:
    return tuple(
        (each.device.device, device_words(each.device)) for each in desk.enrolling.state.devices
    )


def device_words(device: DeviceAssigned) -> str:
    """Return what to call a device: maker's model and number, and its id."""
    maker = " ".join(filter(None, (device.vendor, device.model, device.serial)))
    return f"{maker} ({device.device})" if maker else device.device


def _texts(desk: Desk) -> tuple[Option, ...]:
    found = texts_in_use(desk.office, desk.enrolling.chart.stored)
    return tuple((each, each) for each in found)


def _diagnoses(desk: Desk) -> tuple[Option, ...]:
    known = desk.register.enrolled.get(desk.enrolling.chart.patient, ())
    named = [code for entry in known for code in getattr(entry.body, "diagnoses", ())]
    return tuple((code, code) for code in dict.fromkeys(named))


def _zones(desk: Desk) -> tuple[Option, ...]:
    known = available_timezones()
    home = desk.office.home_zone()
    names = dict.fromkeys((home, *AMERICAN_ZONES))
    return tuple((name, name) for name in names if name in known)


OPTIONS: Mapping[str, Callable[[Desk], tuple[Option, ...]]] = {
    "practitioners": _practitioners,
    "staff": _staff,
    "speakers": _speakers,
    "caregivers": _caregivers,
    "held": _held,
    "stock": lambda desk: tuple((d.device, device_words(d)) for d in in_stock(desk.office)),
    "texts": _texts,
    "diagnoses": _diagnoses,
    "zones": _zones,
    "clinics": lambda desk: clinics_to_enroll_in(desk.office, desk.register),
    "languages": fixed(*LANGUAGES),
    "measures": fixed(*MEASURES),
    "methods": plain(*codes.CONSENT_METHODS),
    "scopes": fixed(*SCOPE_WORDS.items()),
    "payers": fixed(*PAYER_WORDS.items()),
    "priorities": fixed(("1", "First"), ("2", "Second"), ("3", "Third")),
    "body_systems": plain(*codes.BODY_SYSTEMS),
    "stays": fixed(("inpatient", "Hospital"), ("snf", "Skilled nursing facility"),
                   ("hospice", "Hospice")),
    "conditions": fixed(("covid19", "COVID-19"), ("other", "Other")),
    "sexes": fixed(("female", "female"), ("male", "male"), ("other", "other")),
    "relationships": fixed(("daughter", "daughter"), ("son", "son"), ("spouse", "spouse"),
                           ("partner", "partner"), ("guardian", "guardian")),
    "subscribers": fixed(("spouse", "the spouse"), ("child", "a child"), ("other", "another")),
    "authorities": fixed(("named by the patient", "named by the patient"),
                         ("health care power of attorney", "health care power of attorney"),
                         ("guardianship", "guardianship")),
    "teaching": fixed(("in person", "in person"), ("video", "video"), ("telephone", "telephone")),
    "leaving": fixed(("goals reached", "goals reached"), ("patient's wish", "patient's wish"),
                     ("moved away", "moved away"), ("unreachable", "unreachable")),
}  # fmt: skip


def first_values(desk: Desk, work: str) -> dict[str, Any]:
    """Return what the fields of a form hold at first, in the words of the contract."""
    made = FIRST.get(work)
    return {"program": desk.enrolling.program, **(made(desk) if made else {})}


def _enrollment(desk: Desk) -> dict[str, Any]:
    enrolling, office = desk.enrolling, desk.office
    latest = enrolling.state.episode
    details = latest.details_at(office.now) if latest else None
    visit = visit_to_name(enrolling.chart.record, office.now)
    clinics = clinics_to_enroll_in(office, desk.register)
    home = clinics[0][0] if clinics else None
    provider = details.billing_provider if details else None
    return {
        "practice": (details.practice if details else None) or home,
        "billing_provider": provider or _ordered_by(desk) or _self(desk, is_practitioner=True),
        "diagnoses": list(details.diagnoses) if details else [],
        "established_on": visit.isoformat() if visit else None,
        "time_zone": details.time_zone if details else enrolling.chart.card.time_zone,
    }


def _amendment(desk: Desk) -> dict[str, Any]:
    latest = desk.enrolling.state.episode
    if latest is None:
        return _enrollment(desk)
    visit = latest.established_on(desk.office.now)
    details = latest.details_at(desk.office.now)
    return {
        **_enrollment(desk),
        **({"established_on": visit.isoformat()} if visit else {}),
        "episode": details.episode,
    }


def _self(desk: Desk, *, is_practitioner: bool = False) -> str:
    own = desk.office.caller.staff
    known = (p.staff for p in desk.people if p.is_practitioner or not is_practitioner)
    return own if own in known else ""


def _ordered_by(desk: Desk) -> str:
    record = desk.enrolling.chart.record
    found = ordering_providers(record, desk.enrolling.program, desk.office.now)
    return found[-1] if found else ""


def _consent(desk: Desk) -> dict[str, Any]:
    program = desk.enrolling.program
    texts = _texts(desk)
    return {
        "scope": program if program in codes.SCOPES else codes.SCOPES[0],
        "method": "verbal",
        "given_by": "patient",
        "text_version": texts[0][0] if texts else None,
        "language": desk.enrolling.chart.card.language or "en",
    }


def _today(desk: Desk) -> dict[str, Any]:
    return {"from": desk.day.isoformat()}


def _coverage(desk: Desk) -> dict[str, Any]:
    """The first day of the year: coverage rarely begins on the day it is written down."""
    return {"from": desk.day.replace(month=1, day=1).isoformat(), "priority": 1}


def _team(desk: Desk) -> dict[str, Any]:
    return {"members": list(desk.enrolling.state.care_team) or [_self(desk)]}


def _setup(desk: Desk) -> dict[str, Any]:
    held = desk.enrolling.state.devices
    device = held[0].device.device if len(held) == 1 else None
    return {"device": device, "educated_by": _self(desk)}


def _device(desk: Desk) -> dict[str, Any]:
    """The first guess of what it measures is what was ordered."""
    record, program = desk.enrolling.chart.record, desk.enrolling.program
    ordered = order_at(record, program, desk.office.now)
    return {"medical_device": True, "parameters": list(ordered.parameters) if ordered else []}


FIRST: Mapping[str, Callable[[Desk], dict[str, Any]]] = {
    "enroll": _enrollment,
    "re_enroll": _enrollment,
    "amend_enrollment": _amendment,
    "record_consent": _consent,
    "revoke_consent": lambda desk: {**_consent(desk), "text_version": None},
    "order": lambda desk: {"ordering_provider": _self(desk, is_practitioner=True)},
    "end_order": lambda desk: {"ordering_provider": _ordered_by(desk)},
    "add_coverage": _coverage,
    "record_authorization": lambda desk: {**_today(desk), "payer": desk.enrolling.state.payer},
    "authorize_caregiver": lambda desk: {**_today(desk), "caregiver": desk.office.new_id("cgv")},
    "name_care_team": _team,
    "assign_device": _device,
    "return_device": lambda desk: {"device": _setup(desk)["device"]},
    "complete_setup": _setup,
    "align_access": _today,
    "record_visit": lambda desk: {"date": desk.day.isoformat()},
}
"""By the name of the work; instants start empty, which means now."""
