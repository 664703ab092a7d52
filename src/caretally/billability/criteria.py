"""The criteria: one sentence and one comparison each, named as sheets and packets name them.

The docstring is the sentence people read, met or unmet; `{observed}` and `{required}` are filled
from the comparison, with the word after a colon as the unit. A criterion holds no number of its
own: amounts are the sheet's, facts the fold's.
"""

from __future__ import annotations

from caretally.billability.comparisons import Outcome, at_least, at_most, below, equals, none, some
from caretally.billability.slots import (
    Slot,
    has_any,
    has_code,
    knows_payer,
    program_number,
    setup_taken,
    system_mask,
    total,
    units_of,
)  # fmt: skip
from caretally.patient_months.facts import Whole

# --- evidence on record ---------------------------------------------------------------------------


def is_enrolled(slot: Slot) -> Outcome:
    """The patient is enrolled in the program."""
    return some(slot.facts.enrolled)


def has_consent(slot: Slot) -> Outcome:
    """Consent to the program is on record and in force."""
    return some(slot.facts.consented)


def is_ordered(slot: Slot) -> Outcome:
    """A practitioner's order for the program is on record and in force."""
    return some(slot.facts.ordered)


def has_diagnosis(slot: Slot) -> Outcome:
    """Diagnoses on the enrollment: {observed}; needed: {required} or more."""
    return some(slot.facts.diagnoses)


def is_covered(slot: Slot) -> Outcome:
    """A payer that the rulebook knows is in force on the date of service."""
    return some(knows_payer(slot.facts.payer))


def is_authorized(slot: Slot, demanded: Whole) -> Outcome:
    """Prior authorization is on record where the payer demands it."""
    return at_least(has_code(slot.facts.authorized, slot.code), demanded)


def is_established(slot: Slot, within: Whole) -> Outcome:
    """The practice saw the patient within {required} years before monitoring began."""
    return at_most(slot.facts.visit_years, within)


def began_monitoring_by(slot: Slot, latest: Whole) -> Outcome:
    """Monitoring began on {observed:date}; by {required:date} no earlier visit was asked for."""
    return at_most(slot.facts.began_on, latest)


def is_therapeutic(slot: Slot) -> Outcome:
    """The program is remote therapeutic monitoring, for which no earlier visit is asked."""
    return equals(slot.facts.program, program_number("rtm"))


def is_not_access_aligned(slot: Slot) -> Outcome:
    """The monitored conditions are not all paid for by the ACCESS model."""
    return none(slot.facts.access_aligned)


def is_outside_global_surgery(slot: Slot) -> Outcome:
    """The date of service lies outside a related global surgical period of the billing provider."""
    return none(slot.facts.surgery)


def is_outside_g0511(slot: Slot) -> Outcome:
    """The practice is no health center or rural clinic, whose monitoring was bundled then."""
    return none(slot.facts.health_center)


def may_use_g0511(slot: Slot) -> Outcome:
    """The practice is no health center or rural clinic, which could bill its bundle instead."""
    return none(slot.facts.health_center)


def has_payer_diagnosis(slot: Slot) -> Outcome:
    """The diagnoses are among those the payer covers."""
    return none(slot.excluded_by_payer)


# --- other claims and programs --------------------------------------------------------------------


def is_not_billed_elsewhere(
    slot: Slot, codes: tuple[str, ...], specific: tuple[str, ...] = ()
) -> Outcome:
    """No other claim for the same service, or a more specific one, is on record."""
    return none(
        has_any(slot.facts.elsewhere, (*codes, *specific)) + has_any(slot.facts.visits, specific)
    )


def is_in_one_monitoring_program(slot: Slot) -> Outcome:
    """Monitoring programs the patient is in: {observed}; at most {required} may be billed."""
    return at_most(slot.facts.monitoring_programs, 1)


def is_not_in_apcm(slot: Slot) -> Outcome:
    """The patient is not in advanced primary care management, which includes this."""
    return none(slot.facts.in_apcm)


def is_billable(slot: Slot, code: str) -> Outcome:
    """The base code stands in this month."""
    return some(units_of(slot, (code,)))


def is_not_bundled(slot: Slot, codes: tuple[str, ...]) -> Outcome:
    """Nothing is billed that this code is part of: in the month, or as a pair on the same date."""
    return none(
        units_of(slot, codes) + slot.same_date_pairs + has_code(slot.facts.paired, slot.code)
    )


def is_preferred_to(slot: Slot, codes: tuple[str, ...]) -> Outcome:
    """No code of a family that excludes this one, and pays more, is supported."""
    return none(units_of(slot, codes))


# --- contact and time -----------------------------------------------------------------------------


def talked_live(slot: Slot) -> Outcome:
    """Live two-way clinical contacts on record: {observed}; needed: {required} or more."""
    return some(slot.facts.qualifying_contacts)


def reaches_management_time(slot: Slot, minimum: Whole, counted: tuple[str, ...]) -> Outcome:
    """Counted management time came to {observed:minutes}; {required:minutes} are needed."""
    return at_least(total(slot, counted), minimum)


def stays_below_management_time(slot: Slot, maximum: Whole, counted: tuple[str, ...]) -> Outcome:
    """Counted management time came to {observed:minutes}; {required:minutes} make another code."""
    return below(total(slot, counted), maximum)


def reaches_live_floor(slot: Slot, minimum: Whole) -> Outcome:
    """Live time came to {observed:minutes}; {required:minutes} are asked for."""
    return at_least(slot.facts.live_seconds, minimum)


def reaches_marked_time(slot: Slot, minimum: Whole) -> Outcome:
    """Practitioners marked {observed:minutes} for this code; {required:minutes} are needed."""
    return at_least(slot.facts.review_seconds, minimum)


def reaches_staff_time(slot: Slot, minimum: Whole) -> Outcome:
    """Clinical staff time came to {observed:minutes}; {required:minutes} are needed."""
    return at_least(slot.facts.staff_seconds, minimum)


def reaches_practitioner_time(slot: Slot, minimum: Whole) -> Outcome:
    """The practitioner's own time came to {observed:minutes}; {required:minutes} are needed."""
    return at_least(slot.facts.practitioner_seconds, minimum)


# --- devices and data -----------------------------------------------------------------------------


def has_device_data(slot: Slot) -> Outcome:
    """Days with data in the episode by the month's end: {observed}; needed: {required} or more."""
    return some(slot.facts.episode_data_days)


def reaches_data_days(slot: Slot, minimum: Whole) -> Outcome:
    """Days with device data in the period: {observed}; needed: {required} or more."""
    return at_least(slot.facts.data_days, minimum)


def reaches_covid_days(slot: Slot, minimum: Whole) -> Outcome:
    """Days that count under the COVID-19 exception: {observed}; needed: {required} or more."""
    return at_least(slot.facts.data_days * slot.facts.covid, minimum)


def stays_within_data_days(slot: Slot, maximum: Whole) -> Outcome:
    """Days with device data in the period: {observed}; this code ends at {required}."""
    return at_most(slot.facts.data_days, maximum)


def has_setup(slot: Slot) -> Outcome:
    """Set-up and teaching are on record for the episode by the end of the period."""
    return some(slot.facts.setups)


def is_first_setup(slot: Slot, strictly: Whole) -> Outcome:
    """No earlier period of the episode already met this code."""
    return none(setup_taken(slot, strictly))


def monitors_system(slot: Slot, system: str) -> Outcome:
    """The period's devices monitor this body system and no other."""
    return equals(slot.facts.body_systems, system_mask(system))


CRITERIA = {
    criterion.__name__: criterion
    for criterion in (
        is_enrolled, has_consent, is_ordered, has_diagnosis, is_covered, is_authorized,
        is_established, began_monitoring_by, is_therapeutic, is_not_access_aligned,
        is_outside_global_surgery, is_outside_g0511, may_use_g0511, has_payer_diagnosis,
        is_not_billed_elsewhere, is_in_one_monitoring_program, is_not_in_apcm, is_billable,
        is_not_bundled,
        is_preferred_to, talked_live, reaches_management_time, stays_below_management_time,
        reaches_live_floor, reaches_marked_time, reaches_staff_time, reaches_practitioner_time,
        has_device_data, reaches_data_days, reaches_covid_days, stays_within_data_days, has_setup,
        is_first_setup, monitors_system,
    )
}  # fmt: skip
"""Every criterion by name; the vocabulary of the sheets."""

FACT_OF = {
    "is_enrolled": "enrolled", "has_consent": "consented", "is_ordered": "ordered",
    "has_diagnosis": "diagnoses", "is_covered": "covered", "is_authorized": "authorized",
    "is_established": "established_on", "talked_live": "qualifying_contacts",
    "reaches_management_time": "management_seconds", "reaches_live_floor": "live_seconds",
    "reaches_marked_time": "review_seconds", "reaches_staff_time": "staff_seconds",
    "reaches_practitioner_time": "practitioner_seconds", "has_device_data": "data_days",
    "reaches_data_days": "data_days", "has_setup": "setups",
}  # fmt: skip
"""The fact each criterion asks more of, where more of it can still come."""
