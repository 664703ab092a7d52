"""From signed decisions to claims: one claim a patient, month and payer; nothing is decided here.

What a claim says of people comes from what is on file, amounts from the practice's prices and the
payers' tables, dates from the payers' policies. A claim that was submitted is never changed:
`in_place_of` and `taking_back` make another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from caretally.billability.fees import Fees
from caretally.billability.sheet_records import Rulebook
from caretally.claims.content import named
from caretally.claims.dates_of_service import AS_DECIDED, DatedLine, Reached, dated
from caretally.claims.diagnoses import in_order, pointers
from caretally.claims.parties import (
    Profiles,
    billing_provider,
    coverage_of,
    person_of,
    practitioner,
    supervisor,
)
from caretally.claims.prices import OFFICE, FeeSchedule, Prices
from caretally.claims.records import FIRST, REPLACEMENT, VOID, Claim, Provider, ServiceLine
from caretally.clock import ServiceMonth, instant_of, midnight
from caretally.codes import MONITORING_PROGRAMS
from caretally.enrollment.coverage import coverages_on
from caretally.enrollment.episodes import latest_episode
from caretally.enrollment.orders import order_at
from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import (
    Authorized,
    BillingProfileSet,
    Covered,
    DecidedLine,
    DeviceAssigned,
    Enrolled,
    Ordered,
    PatientRegistered,
)
from caretally.journal.register import covers

UNCOVERED = ""
"""Stands for the payer of lines on whose date nobody covers the patient."""
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A decision that a practitioner stands for, without the lines the signer withheld.

    reached: when the count of each line was reached; only for payers that date by it.
    """

    decision: str
    patient: str
    month: ServiceMonth
    lines: tuple[DecidedLine, ...]
    reached: Reached = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What claims of a practice are built on beside the charts."""

    practice: str
    profiles: Profiles
    schedule: FeeSchedule
    rulebook: Rulebook
    fees: Fees

    def prices(self, profile: BillingProfileSet | None) -> Prices:
        """Return the prices as they are for a place of business."""
        return Prices(schedule=self.schedule, tables=self.fees, profile=profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The patient of a claim as of a date: the chart, the enrollment and what is measured."""

    record: PatientRecord
    day: date
    enrolled: Enrolled | None
    ordered: Ordered | None
    measured: tuple[str, ...]

    @property
    def registered(self) -> PatientRegistered | None:
        """What was written down latest of the person."""
        found = self.record.all_of(PatientRegistered)
        return found[-1].body if found else None


def claims_of(signed: Signed, record: PatientRecord, ground: Ground) -> tuple[Claim, ...]:
    """Return the first claims of a signed decision, by payer; none where it has no lines."""
    by_payer: dict[str, list[DecidedLine]] = {}
    for line in signed.lines:
        covered = coverages_on(record, line.date_of_service)
        payer = covered[0].body.payer if covered else UNCOVERED
        by_payer.setdefault(payer, []).append(line)
    return tuple(
        claim_to(payer, replace(signed, lines=tuple(by_payer[payer])), record, ground)
        for payer in sorted(by_payer)
    )


def claim_to(payer: str, signed: Signed, record: PatientRecord, ground: Ground) -> Claim:
    """Return the claim to one payer."""
    last_on = max(line.date_of_service for line in signed.lines)
    subject = subject_on(record, last_on)
    practice = (subject.enrolled.practice if subject.enrolled else None) or ground.practice
    profile = ground.profiles.of_practice(practice, record.register)
    who = subject.enrolled.billing_provider if subject.enrolled else None
    rendering = practitioner(record.register, who, last_on)
    ordering_id = subject.ordered.ordering_provider if subject.ordered else None
    person = person_of(subject.registered)
    covered = next((c.body for c in coverages_on(record, last_on) if c.body.payer == payer), None)
    coverage = coverage_of(
        covered or Covered(payer=payer or "none", from_on=last_on),
        ground.profiles.payers.get(payer), person,
    )  # fmt: skip
    diagnoses = in_order(subject.enrolled.diagnoses if subject.enrolled else (), subject.measured)
    lines = service_lines(payer, signed, (subject, diagnoses), (ground, profile))
    return named(
        Claim(
            claim="", control_number="", patient_id=signed.patient, month=str(signed.month),
            place_of_service=(profile.place_of_service if profile else None) or OFFICE,
            diagnoses=diagnoses, lines=lines,
            billing=billing_provider(record.register.practices.get(practice), profile),
            rendering=rendering or practitioner_unknown(),
            supervising=supervisor(record.register, who, last_on),
            ordering=None if ordering_id == who
            else practitioner(record.register, ordering_id, last_on),
            coverage=coverage, patient=None if coverage.relationship == "self" else person,
            authorization=authorization(record, payer, lines), decisions=(signed.decision,),
        )
    )  # fmt: skip


def practitioner_unknown() -> Provider:
    """Return a practitioner of whom nothing is on file, for the checks to find."""
    return Provider(last="", npi="")


def subject_on(record: PatientRecord, day: date) -> Subject:
    """Return the patient as of the end of a date."""
    at = end_of(record, day)
    found = [each for p in MONITORING_PROGRAMS if (each := latest_episode(record, p, at))]
    episode = max(found, key=lambda each: each.begins, default=None)
    program = episode.program if episode else MONITORING_PROGRAMS[0]
    ordered = order_at(record, program, at)
    devices = (each.body for each in record.all_of(DeviceAssigned) if each.at <= at)
    measured = dict.fromkeys(loinc for device in devices for loinc in device.parameters)
    return Subject(
        record=record, day=day, enrolled=episode.details_at(at) if episode else None,
        ordered=ordered, measured=(ordered.parameters if ordered else ()) or tuple(measured),
    )  # fmt: skip


def end_of(record: PatientRecord, day: date) -> datetime:
    """Return the last instant of a date, as the patient's days are counted.

    Who bills, for what and on whose order often changes with a month's first day: what came to be
    on the next date has no part in a claim of this one.
    """
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    zone = record.register.zone_of(record.patient, noon)
    return instant_of(midnight(day + timedelta(days=1), zone)) - timedelta(microseconds=1)


def service_lines(
    payer: str,
    signed: Signed,
    about: tuple[Subject, tuple[str, ...]],
    terms: tuple[Ground, BillingProfileSet | None],
) -> tuple[ServiceLine, ...]:
    """Return the service lines with the payer's dates, by date and code."""
    (subject, diagnoses), (ground, profile) = about, terms
    told = ground.profiles.payers.get(payer)
    lines = [
        DatedLine(
            code=line.code, units=line.units, decided_on=line.date_of_service,
            on=line.date_of_service,
            reached_on=signed.reached.get((line.code, line.date_of_service)),
        )
        for line in signed.lines
    ]  # fmt: skip
    moved = dated(
        told.date_policy if told else AS_DECIDED, lines, signed.month, ground.rulebook.edits
    )
    prices = ground.prices(profile)
    pointed = pointers(diagnoses, subject.measured)
    return tuple(
        service_line(each, payer, prices, pointed)
        for each in sorted((covered_still(m, subject.record, payer) for m in moved), key=by_date)
    )


def by_date(line: DatedLine) -> tuple[date, str]:
    """Return what lines are sorted by."""
    return line.on, line.code


def covered_still(line: DatedLine, record: PatientRecord, payer: str) -> DatedLine:
    """Return a line, back on its decided date where the payer does not cover the other."""
    covered = coverages_on(record, line.on)
    is_covered = (covered[0].body.payer if covered else UNCOVERED) == payer
    return line if is_covered else replace(line, on=line.decided_on)


def service_line(
    line: DatedLine, payer: str, prices: Prices, pointed: tuple[int, ...]
) -> ServiceLine:
    """Return a line with its amounts; a charge of nothing where no price was set."""
    charge = prices.charge(line.code, payer, line.on, units=line.units)
    expected = prices.expected(line.code, payer, line.on, units=line.units)
    return ServiceLine(
        line="", code=line.code, units=line.units, date_of_service=line.on,
        charge=NOTHING if charge is None else charge, pointers=pointed, expected=expected.amount,
    )  # fmt: skip


def authorization(record: PatientRecord, payer: str, lines: Iterable[ServiceLine]) -> str:
    """Return the number under which a payer allowed a code beforehand; empty where none is."""
    for each in record.all_of(Authorized):
        body = each.body
        if body.payer == payer and body.number:
            for line in lines:
                if line.code in body.codes and covers(
                    line.date_of_service, body.from_on, body.to_on
                ):
                    return body.number
    return ""


def in_place_of(old: Claim, new: Claim, number: str, again: str = "") -> Claim:
    """Return a new claim that stands in for one that was submitted: frequency 7.

    number: the payer's number of the old one. again: as `named` takes it.
    """
    made = replace(new, frequency=REPLACEMENT, replaces=old.claim, payer_claim_number=number)
    return named(made, again)


def taking_back(old: Claim, decisions: tuple[str, ...], number: str, again: str = "") -> Claim:
    """Return a claim that takes one back that was submitted: frequency 8, else the same.

    number, again: as `in_place_of` takes them.
    """
    made = replace(
        old, frequency=VOID, replaces=old.claim, payer_claim_number=number,
        decisions=decisions or old.decisions,
    )  # fmt: skip
    return named(made, again)


def once_more(old: Claim, new: Claim) -> Claim:
    """Return a first claim in place of one that never came to be at the payer's."""
    return named(replace(new, frequency=FIRST, replaces=old.claim, payer_claim_number=""))


def second_payers(record: PatientRecord, claim: Claim) -> tuple[Covered, ...]:
    """Return the coverages that are asked after this one, on the claim's last date."""
    last_on = max(line.date_of_service for line in claim.lines)
    found = (each.body for each in coverages_on(record, last_on))
    return tuple(body for body in found if body.payer != claim.coverage.payer)


def passes_on(claim: Claim) -> date:
    """Return the first date on which all dates of service have passed."""
    return max(line.date_of_service for line in claim.lines) + timedelta(days=1)


def yardsticks(claim: Claim, prices: Prices) -> Mapping[str, Decimal]:
    """Return what Medicare allows for lines without an expected amount, by line."""
    found: dict[str, Decimal] = {}
    for line in claim.lines:
        if line.expected is None:
            amount, _ = prices.medicare(line.code, line.date_of_service, units=line.units)
            if amount is not None:
                found[line.line] = amount
    return found
