"""The facts of a slot by name: what one code on one date of service is judged by.

A slot is a program's calendar month or one of its device periods. The same names stand for one
slot's integers and for whole columns of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from caretally.patient_months.columns import FACTS

Whole: TypeAlias = Any
"""An integer, or a column of integers of one length."""


class Facts(NamedTuple):
    """Integers the fold counted; not on record is 0, days since 1970, seconds whole."""

    patient: Whole
    """Position of the patient in the part."""
    program: Whole
    """Position of the program in PROGRAMS."""
    period: Whole
    """1 for a device period, 0 for a calendar month."""
    decided: Whole
    """1 for the month of the program the decision is for."""
    zone: Whole
    """Position of the zone in the part."""
    from_day: Whole
    """First day judged."""
    to_day: Whole
    """Last day judged, which is the date of service."""
    management_seconds: Whole
    """All countable seconds of the program, live ones among them."""
    live_seconds: Whole
    """Countable seconds of live contacts."""
    staff_seconds: Whole
    """Management seconds by clinical staff."""
    practitioner_seconds: Whole
    """Management seconds by practitioners."""
    review_seconds: Whole
    """Seconds marked for 99091."""
    ai_seconds: Whole
    """Seconds of AI calls and agents, all programs."""
    chat_seconds: Whole
    """Seconds of text chat, all programs."""
    qualifying_contacts: Whole
    """Live, two-way, clinical contacts in service."""
    data_days: Whole
    """Distinct local dates with counting data in the period, or the month."""
    episode_data_days: Whole
    """The same from the episode's start to the month's end."""
    devices: Whole
    """Devices that made the period's data."""
    body_systems: Whole
    """Bit mask of the systems they monitor."""
    setups: Whole
    """Set-ups recorded in the episode up to the date of service."""
    setup_taken: Whole
    """1 where an earlier period of the episode met the set-up code."""
    setup_taken_strictly: Whole
    """The same under the strict reading of the set-up's floor."""
    covid: Whole
    """1 where the COVID-19 condition is open on the date of service."""
    enrolled: Whole
    """1 where the program was enrolled."""
    consented: Whole
    """1 where consent was in force."""
    ordered: Whole
    """1 where an order was in force."""
    diagnoses: Whole
    """Diagnoses of the enrollment."""
    diagnosis_set: Whole
    """Position of their set in the part, or -1."""
    payer: Whole
    """Position of the payer on the date of service, or -1."""
    payers: Whole
    """Different payers on the days of the month."""
    visit_years: Whole
    """Years begun from the establishing visit to the episode, 999 for none."""
    began_on: Whole
    """First day the program was ever enrolled."""
    health_center: Whole
    """1 for a practice that is an FQHC or RHC."""
    authorized: Whole
    """Bit mask of codes authorized by the payer."""
    elsewhere: Whole
    """Bit mask of codes others billed in the slot's days."""
    visits: Whole
    """Bit mask of codes billed as visits in the slot's days."""
    paired: Whole
    """Bit mask of codes that a visit of the date excludes."""
    paired_modifiable: Whole
    """Bit mask of codes that a visit of the date pairs with by modifier."""
    monitoring_programs: Whole
    """RPM and RTM enrollments in the month or period."""
    access_aligned: Whole
    """1 where every diagnosis is in the ACCESS model."""
    surgery: Whole
    """1 inside a related global period of the billing provider."""
    stays: Whole
    """Stays in a facility in the month."""
    late_entries: Whole
    """Entries written late."""
    short_entries: Whole
    """Entries of a few seconds."""
    in_apcm: Whole
    """1 where APCM was enrolled in the month."""
    episode_from: Whole
    """Second the episode began."""
    setup_after: Whole
    """Second the episode before ended."""
    running_from: Whole
    """First day of the period that runs beyond the month's end, or 0."""
    running_days: Whole
    """Data days of that period by the month's end."""
    running_last: Whole
    """Last data day of that period, or of the period the slot is, or 0."""
    running_systems: Whole
    """Bit mask of the systems its devices monitor."""


assert Facts._fields == FACTS
