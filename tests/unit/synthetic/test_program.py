"""A synthetic program repeats to the byte, looks like practices, and holds every kind of entry."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from caretally.clock import ServiceMonth, local_date
from caretally.codes import (
    ATTEMPT_MODES,
    CATEGORIES,
    CONTACT_MODES,
    ORIGINS,
    PAYERS,
    PROGRAMS,
    REVIEW_CODE,
    SETTINGS,
)
from caretally.errors import ExchangeError, InputError
from caretally.journal.corrections import resolve
from caretally.journal.entries import (
    KINDS,
    ContactAttempted,
    ContactHeld,
    Covered,
    DeviceAssigned,
    Enrolled,
    Entry,
    EntryVoided,
    PracticeRegistered,
    ReadingRecorded,
    StaffRegistered,
    TimeLogged,
)
from caretally.journal.ndjson import line_of, read_entries
from caretally.synthetic.clinic import npi, open_clinic
from caretally.synthetic.plan import Plan, practice_sizes
from caretally.synthetic.program import chart_entries, practice_entries, synthesize
from caretally.synthetic.writing import write_program

JANUARY = ServiceMonth(2026, 1)
SPANS = (ContactHeld, ContactAttempted, TimeLogged)
PINNED = "c8a0360c36440bac6e1d813684684e7c37ae5b207296577ca2e0b4d9aaa2191f"

WITHOUT_EFFECT_ON_BILLING = {
    "threshold_set", "device_registered", "device_status_recorded", "quarantine_settled",
    "medication_changed", "alert_rule_set", "alert_raised", "alert_acknowledged",
    "alert_joined", "alert_assigned", "alert_escalated", "alert_closed",
    "escalation_ladder_set", "on_call_scheduled",
    "care_team_named", "provider_notified", "outreach_reviewed", "license_recorded",
    "policy_adopted", "amendment_requested", "amendment_answered",
    "decision_made", "decision_signed", "decision_returned", "decision_superseded",
    "month_closed", "packet_issued", "fee_set", "billing_profile_set", "payer_profile_set",
    "claim_prepared", "claim_submitted", "claim_acknowledged", "claim_paid", "claim_denied",
    "remittance_received", "denial_worked", "claim_check_adopted",
    "telephone_given", "protocol_signed", "vendor_agreed", "calling_rules_set", "call_checked",
    "call_recorded", "incident_noted", "portal_invited", "portal_joined", "portal_ended",
    "chat_measured",
}  # fmt: skip
"""Kinds that a generated program need not hold: no decision rests on them."""


def plan_of(patients: int, *, seed: int = 7, months: int = 2) -> Plan:
    """Return a plan that begins in January 2026."""
    return Plan(patients=patients, months=months, seed=seed, first_month=JANUARY)


@dataclass(slots=True)
class Census:
    """What was counted in a population of 2,000 patients and two months."""

    kinds: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    spans: Counter[tuple[str, int]] = field(default_factory=Counter)
    readings: Counter[tuple[str, int]] = field(default_factory=Counter)
    devices: dict[str, set[str]] = field(default_factory=dict)
    staff: Counter[str] = field(default_factory=Counter)
    edited: int = 0
    voided: int = 0
    laid_over: int = 0
    across: int = 0
    resent: int = 0
    patients: int = 0

    def chart(self, entries: list[Entry], zone_name: str) -> None:
        """Count one chart."""
        self.patients += 1
        kinds = {entry.id: entry.kind for entry in entries}
        spans, deliveries = [], set()
        for entry in entries:
            body = entry.body
            self.take_words(entry)
            if isinstance(body, SPANS):
                self.edited += entry.supersedes is not None
                if not entry.supersedes:
                    self.take_span(entry, zone_name)
                    spans.append(entry)
            elif isinstance(body, ReadingRecorded):
                day = local_date(entry.at, zone_name)
                if day.year == JANUARY.year:
                    self.readings[entry.patient or "", day.month] += 1
                delivery = (body.device, body.vendor_reading_id)
                self.resent += body.vendor_reading_id is not None and delivery in deliveries
                deliveries.add(delivery)
            elif isinstance(body, EntryVoided):
                self.voided += kinds[body.entry] != "reading_recorded"
            elif isinstance(body, DeviceAssigned):
                self.devices.setdefault(body.device, set()).add(entry.patient or "")
        self.laid_over += overlaps(spans)

    def take_span(self, entry: Entry, zone_name: str) -> None:
        """Count one span in the local month in which it starts."""
        body = entry.body
        assert isinstance(body, SPANS)
        started = local_date(entry.at, zone_name)
        self.spans[entry.patient or "", started.month] += 1
        if body.end and body.start and 0 < (body.end - body.start).total_seconds() <= 28_800:
            self.across += local_date(body.end, zone_name).month != started.month

    def take_words(self, entry: Entry) -> None:
        """Count kinds and the fixed words of the contract."""
        body = entry.body
        self.kinds[entry.kind] += 1
        for name in ("program", "mode", "category", "origin", "payer", "intended_code"):
            word = getattr(body, name, None)
            if word:
                self.words[f"{entry.kind}.{name}={word}"] += 1

    @property
    def months(self) -> int:
        return 2 * self.patients


def overlaps(spans: list[Entry]) -> int:
    """Return how many spans of a chart begin while an earlier one still runs."""
    found, latest = 0, None
    for entry in sorted(spans, key=lambda entry: (entry.at, entry.id)):
        end = getattr(entry.body, "end", None) or entry.at
        if (end - entry.at).total_seconds() > 28_800:
            continue
        found += latest is not None and entry.at < latest
        latest = end if latest is None else max(latest, end)
    return found


@pytest.fixture(scope="module")
def census() -> Census:
    """Count a population of 2,000 patients over two months, as it streams."""
    counted, plan = Census(), plan_of(2_000)
    for number, size in enumerate(practice_sizes(plan)):
        clinic = open_clinic(plan, number)
        for entry in clinic.ledger.entries:
            counted.take_words(entry)
            if isinstance(entry.body, StaffRegistered):
                counted.staff[clinic.id] += 1
        for patient in range(size):
            entries = chart_entries(clinic, patient)
            zone_name = clinic.almanac.zone_name
            counted.chart(entries, zone_name)
    return counted


def test_the_same_plan_makes_the_same_bytes_on_every_machine() -> None:
    digest = hashlib.sha256()
    for entry in synthesize(40, 2, seed=7, first_month=JANUARY):
        digest.update(line_of(entry))
    assert digest.hexdigest() == PINNED


def test_another_seed_makes_other_people_with_other_ids() -> None:
    one = {entry.id for entry in synthesize(3, 1, seed=1, first_month=JANUARY)}
    other = {entry.id for entry in synthesize(3, 1, seed=2, first_month=JANUARY)}
    assert one.isdisjoint(other)


def test_a_practice_can_be_made_alone() -> None:
    plan = plan_of(300, months=1)
    whole = list(synthesize(300, 1, seed=7, first_month=JANUARY))
    size = len(list(practice_entries(plan, 0)))
    alone = list(practice_entries(plan, 1))
    assert alone == whole[size : size + len(alone)]


def test_the_first_charts_do_not_change_when_more_are_asked_for() -> None:
    few = list(synthesize(5, 1, seed=7, first_month=JANUARY))
    more = synthesize(9, 1, seed=7, first_month=JANUARY)
    assert few == [entry for entry, _ in zip(more, few, strict=False)]


def test_practices_have_about_three_hundred_patients_and_all_are_handed_out() -> None:
    sizes = practice_sizes(plan_of(10_000))
    assert sum(sizes) == 10_000
    assert all(220 <= size <= 380 for size in sizes[:-1])
    assert 280 <= sum(sizes[:-1]) / len(sizes[:-1]) <= 320


def test_every_kind_of_the_contract_occurs(census: Census) -> None:
    assert set(census.kinds) == set(KINDS) - WITHOUT_EFFECT_ON_BILLING
    assert min(census.kinds.values()) >= 5


@pytest.mark.parametrize(
    ("field_name", "words"),
    [
        ("enrolled.program", PROGRAMS),
        ("contact_held.mode", CONTACT_MODES),
        ("contact_attempted.mode", ATTEMPT_MODES),
        ("time_logged.category", CATEGORIES),
        ("reading_recorded.origin", ORIGINS),
        ("covered.payer", PAYERS),
        ("time_logged.intended_code", (REVIEW_CODE,)),
    ],
)
def test_every_word_of_the_contract_occurs(
    census: Census, field_name: str, words: tuple[str, ...]
) -> None:
    assert [word for word in words if not census.words[f"{field_name}={word}"]] == []


def test_a_practice_has_six_to_ten_staff(census: Census) -> None:
    assert len(census.staff) >= 6
    assert all(6 <= count <= 10 for count in census.staff.values())


def test_spans_are_as_many_as_in_real_months(census: Census) -> None:
    total = sum(census.spans.values())
    assert 17 <= total / census.months <= 19
    within = sum(5 <= count <= 31 for count in census.spans.values())
    assert within / len(census.spans) > 0.97


def test_readings_are_as_many_as_in_real_months(census: Census) -> None:
    total = sum(census.readings.values())
    assert 28 <= total / census.months <= 31.5
    within = sum(20 <= count <= 41 for count in census.readings.values())
    assert within / len(census.readings) > 0.94


def test_corrections_and_overlaps_are_as_frequent_as_promised(census: Census) -> None:
    total = sum(census.spans.values())
    assert 0.015 <= census.edited / total <= 0.025
    assert 0.007 <= census.voided / total <= 0.013
    assert 0.09 <= census.laid_over / total <= 0.12
    assert 0.02 <= census.across / census.months <= 0.04
    assert 0.035 <= census.resent / sum(census.readings.values()) <= 0.06


def test_devices_pass_from_one_patient_to_another(census: Census) -> None:
    assert any(len(holders) > 1 for holders in census.devices.values())
    per_patient = Counter(patient for holders in census.devices.values() for patient in holders)
    assert max(per_patient.values()) >= 3


def test_the_reader_takes_a_program_as_it_was_made_and_corrections_hold(tmp_path: Path) -> None:
    path = tmp_path / "program.ndjson.gz"
    told: list[tuple[int, int]] = []
    plan = plan_of(60)
    written = write_program(path, plan, progress=lambda done, total: told.append((done, total)))
    read = read_entries([path])
    assert read.problems == ()
    assert len(read.entries) == written
    assert told[-1] == (60, 60)
    assert read.entries == tuple(synthesize(60, 2, seed=7, first_month=JANUARY))
    assert set(resolve(read.entries).set_aside.values()) == {"superseded", "voided"}


def test_a_program_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError):
        write_program(tmp_path / "missing" / "program.ndjson", plan_of(1))
    assert list(tmp_path.iterdir()) == []


def test_an_impossible_plan_is_refused_with_every_reason() -> None:
    with pytest.raises(InputError) as refused:
        Plan(patients=0, months=500, seed=-1, first_month=JANUARY)
    assert [problem.field for problem in refused.value.problems] == ["patients", "months", "seed"]


def test_every_setting_of_a_practice_occurs_in_a_large_program() -> None:
    plan = plan_of(30_000)
    bodies = [
        entry.body
        for number in range(len(practice_sizes(plan)))
        for entry in open_clinic(plan, number).ledger.entries
    ]
    practices = [body for body in bodies if isinstance(body, PracticeRegistered)]
    assert {practice.setting for practice in practices} == set(SETTINGS)
    assert {practice.time_zone for practice in practices} >= {None, "Pacific/Honolulu"}
    assert len({practice.npi for practice in practices}) == len(practices)


def test_patients_enroll_in_zones_of_their_own() -> None:
    zones = {
        entry.body.time_zone
        for entry in synthesize(200, 1, seed=7, first_month=JANUARY)
        if isinstance(entry.body, Enrolled)
    }
    assert len(zones) >= 4


def test_payers_change_in_the_middle_of_a_month() -> None:
    ends = [
        entry.body.to_on
        for entry in synthesize(300, 1, seed=7, first_month=JANUARY)
        if isinstance(entry.body, Covered) and entry.body.to_on
    ]
    assert any(end.day not in {28, 31} for end in ends)


@pytest.mark.parametrize("number", [0, 1, 12_345_678, 99_999_999])
def test_provider_numbers_pass_the_check_digit_and_look_like_none_issued(number: int) -> None:
    found = npi(number)
    digits = [int(digit) for digit in f"80840{found}"]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    assert len(found) == 10
    assert found.startswith("2")
