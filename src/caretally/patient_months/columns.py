"""The shapes the fold reads and writes: columns of integers, as lists or as arrays.

Every word of an entry is a position in a tuple of `caretally.codes`, every instant whole seconds
since 1970, every date days since 1970. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

Column = Sequence[int]
Cells = MutableSequence[int]

FOREVER = 1 << 60
"""An instant or day after every other; windows without an end end here."""
MAX_BITS = 62
"""Bits used of a signed 64-bit integer."""

# What a row of `Windows` says. Rows of a patient are sorted by this number first: the fold relies
# on enrollment standing before what is judged by it, and coverage before authorization.
(
    ENROLLED, CONSENTED, DIED, DETAIL, PLACE, VISITED, ORDERED, COVERED, CAREGIVER, CUSTODY, SETUP,
    COVID, STAY, SURGERY, ELSEWHERE, VISIT, AUTHORIZED, ACCESS,
) = range(18)  # fmt: skip

# Kinds of span.
CONTACT, ATTEMPT, TIME = range(3)
# Who was spoken to; a caregiver is this number plus the caregiver's position.
PATIENT, OTHER, CAREGIVERS = range(3)
# Whether an entry stands, and what became of it. DUPLICATE and VALUELESS are for readings.
IN_FORCE, SUPERSEDED, VOIDED, DUPLICATE, VALUELESS = range(5)

REASONS = (
    "is_enrolled", "has_consent", "is_alive", "not_counted_performer", "is_registered_performer",
    "implausible_span", "staff_overlap", "patient_overlap", "other_program", "split_at_month",
    "superseded", "voided", "not_a_contact", "has_caregiver_authority", "not_counted_category",
    "ai_time", "chat_time", "part_of_visit", "excluded_leg", "duplicate", "not_assigned",
    "not_medical_device", "origin_manual", "origin_derived", "origin_unknown", "no_value",
)  # fmt: skip
"""Why an entry counts less than its span, a bit each, lowest bit first."""

FACTS = (
    "patient", "program", "period", "decided", "zone", "from_day", "to_day",
    "management_seconds", "live_seconds", "staff_seconds", "practitioner_seconds",
    "review_seconds", "ai_seconds", "chat_seconds", "qualifying_contacts",
    "data_days", "episode_data_days", "devices", "body_systems", "setups", "setup_taken",
    "setup_taken_strictly", "covid",
    "enrolled", "consented", "ordered", "diagnoses", "diagnosis_set", "payer", "payers",
    "visit_years", "began_on", "health_center", "authorized", "elsewhere", "visits", "paired",
    "paired_modifiable", "monitoring_programs", "access_aligned", "surgery", "stays",
    "late_entries", "short_entries", "in_apcm", "episode_from", "setup_after", "running_from",
    "running_days", "running_last", "running_systems",
)  # fmt: skip
"""The facts of a slot: what one code on one date of service is judged by, each an integer."""


class Calendar(NamedTuple):
    """Local days of every zone in the part, and the month being decided."""

    first_day: int
    midnights: Sequence[Column]
    """By zone: the second at which day `first_day + i` begins."""
    month_first: int
    month_last: int


class Rules(NamedTuple):
    """What counts, as the rulebook's counting sheet says for the month; sets are bit masks."""

    counted_roles: int
    practitioner_roles: int
    ai_roles: int
    counted_categories: int
    live_modes: int
    clinical_topics: int
    plausible_span: int
    period_length: int
    late_after: int
    short_below: int
    floor_program: Column
    floor_from: Column
    floor_days: Column
    floor_covid_days: Column
    floor_strict_days: Column


class Spans(NamedTuple):
    """Contacts, attempts and time, by patient, then start, then id."""

    first: Column
    patient: Column
    start: Column
    end: Column
    kind: Column
    program: Column
    mode: Column
    spoke_with: Column
    two_way: Column
    topics: Column
    category: Column
    part_of_visit: Column
    marked: Column
    standing: Column
    recorded: Column
    first_performance: Column
    first_leg: Column


class Performances(NamedTuple):
    """Who performed which span; `by_staff` lists rows by staff, then start, then id."""

    staff: Column
    span: Column
    by_staff: Column
    place: Column


class Legs(NamedTuple):
    """Parts of contacts that are no conversation."""

    begins: Column
    ends: Column


class Staff(NamedTuple):
    """Registrations by person; `first` has one item more than there are persons."""

    first: Column
    role: Column
    from_day: Column
    to_day: Column


class Windows(NamedTuple):
    """All else on record, by patient, then kind, then order of preference or time."""

    first: Column
    kind: Column
    code: Column
    begins: Column
    ends: Column
    x: Column
    y: Column


class Readings(NamedTuple):
    """Device data, by patient, then instant; `device` is a position among the patient's own."""

    first: Column
    at: Column
    device: Column
    origin: Column
    standing: Column


class Part(NamedTuple):
    """All patients of practices connected by shared staff."""

    patients: int
    default_zone: int
    calendar: Calendar
    rules: Rules
    spans: Spans
    performances: Performances
    legs: Legs
    staff: Staff
    windows: Windows
    readings: Readings


class Folded(NamedTuple):
    """What the fold writes; `facts` is by fact, then slot."""

    facts: Sequence[Cells]
    counted: Cells
    live: Cells
    reasons: Cells
    reading_reasons: Cells
    lane: Cells
    conflict: Cells
    zone: Cells
    program: Cells
    state: Cells
    seconds: Cells
    day: Cells
    day_devices: Cells
    day_systems: Cells
    memo: Cells
    """By program: patient, from, until and reasons of the service state looked up last; then by
    person: zone, from, until and rank of the registrations looked up last."""
    cursor: Cells
    """How many slots are open, whether this episode's set-up is taken, whether slots ran out, and
    whether the set-up is taken under the strict floor."""
