"""Checks of dates: their order, what was in force on them, and whether it is not too late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from caretally.claims.edits_of_parties import X12, the_patient
from caretally.claims.findings import WARN, Around, Fault, edit
from caretally.claims.records import Claim
from caretally.journal.register import covers

SOON = 14
"""Days before the end of the payer's time at which somebody is warned."""


def days_left(claim: Claim, around: Around) -> tuple[int, date] | None:
    """Return how many days are left to file, and until when; None where no limit is known."""
    if around.filing_days is None or not claim.lines:
        return None
    first_on = min(line.date_of_service for line in claim.lines)
    last_on = first_on + timedelta(days=around.filing_days)
    return (last_on - around.today).days, last_on


@edit(source=f"{X12} 2400 DTP*472, format RD8")
def date_ranges_are_in_order(claim: Claim, around: Around) -> Iterable[Fault]:
    """A range of dates does not end before it begins."""
    for line in claim.lines:
        if line.from_on is not None and line.from_on > line.date_of_service:
            yield Fault("line.from_on", "after the date of service", "turn them round", line.line)


@edit(source="rulebook: a claim is held until its dates have passed")
def dates_of_service_have_passed(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every date of service has passed."""
    for line in claim.lines:
        if line.date_of_service >= around.today:
            on = line.date_of_service
            yield Fault(
                "line.date_of_service", f"{on}, which has not passed",
                f"submit the claim from {on + timedelta(days=1)} on", line.line,
            )  # fmt: skip


@edit(source="rulebook: a calendar month at a time")
def dates_of_service_lie_in_the_month(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every date of service lies in the claim's month."""
    for line in claim.lines:
        if f"{line.date_of_service:%Y-%m}" != claim.month:
            yield Fault(
                "line.date_of_service", f"{line.date_of_service}, outside {claim.month}",
                "prepare the claim again", line.line,
            )  # fmt: skip


@edit(source=f"{X12} DMG02, DTP*472")
def service_comes_after_birth(claim: Claim, around: Around) -> Iterable[Fault]:
    """No date of service lies before the patient's birth."""
    part, person = the_patient(claim)
    early = [e for e in claim.lines if person.birth_on and e.date_of_service < person.birth_on]
    if early:
        mend = "correct the date of birth on the patient's page"
        yield Fault(f"{part}.birth_on", "after a date of service", mend)


@edit(source="rulebook: is_enrolled")
def service_comes_after_enrollment(claim: Claim, around: Around) -> Iterable[Fault]:
    """No date of service lies before the enrollment."""
    for line in claim.lines:
        if around.enrolled_on is not None and line.date_of_service < around.enrolled_on:
            yield Fault(
                "line.date_of_service", f"{line.date_of_service}, before {around.enrolled_on}",
                "correct the enrollment, or decide the month again", line.line,
            )  # fmt: skip


@edit(source="coverage on file; CARC 26, 27")
def coverage_is_in_force(claim: Claim, around: Around) -> Iterable[Fault]:
    """The payer covers the patient on every date of service."""
    stretches = [(a, b) for payer, a, b in around.coverages if payer == claim.coverage.payer]
    for line in claim.lines:
        if not any(covers(line.date_of_service, begins, ends) for begins, ends in stretches):
            yield Fault(
                "coverage", f"none of this payer on {line.date_of_service}",
                "correct the dates of coverage on the patient's page", line.line,
            )  # fmt: skip


@edit(source="the payer's profile; CARC 29")
def service_is_within_filing_time(claim: Claim, around: Around) -> Iterable[Fault]:
    """The claim comes within the payer's time to file."""
    left = days_left(claim, around)
    if left is not None and left[0] < 0:
        yield Fault(
            "line.date_of_service", f"the time to file ended on {left[1]}",
            "ask the payer for an exception; else write it off",
        )  # fmt: skip


@edit(severity=WARN, source="the payer's profile; CARC 29")
def filing_time_is_not_short(claim: Claim, around: Around) -> Iterable[Fault]:
    """More than 14 days are left to file."""
    left = days_left(claim, around)
    if left is not None and 0 <= left[0] <= SOON:
        yield Fault("line.date_of_service", f"{left[0]} days left to file", "submit it now")
