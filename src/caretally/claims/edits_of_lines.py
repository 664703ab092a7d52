"""Checks of what is asked for: codes, units, amounts, diagnoses, pairs and duplicates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from caretally.claims.dates_of_service import OF_PERIODS
from caretally.claims.edits_of_parties import X12
from caretally.claims.findings import WARN, Around, Fault, edit
from caretally.claims.icd10 import INCOMPLETE, INVALID, UNKNOWN, wanted_file
from caretally.claims.records import FIRST, REPLACEMENT, VOID, Claim, ServiceLine

MOST_LINES = 50
CENTS = -2
PERIOD = timedelta(days=30)
MODIFIER = re.compile("[A-Z0-9]{2}")
CONTROL = re.compile("[A-Z0-9]{1,20}")
PLACE_WORDS = (
    "01 02 03 04 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 34 41 42 49 50 "
    "51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99"
)
PLACES = frozenset(PLACE_WORDS.split())


def lines_of_day(claim: Claim) -> Iterable[tuple[ServiceLine, ServiceLine]]:
    """Yield every two lines of one date of service."""
    return (
        pair
        for pair in combinations(claim.lines, 2)
        if pair[0].date_of_service == pair[1].date_of_service
    )


@edit(source=f"{X12} 2400 LX")
def has_service_lines(claim: Claim, around: Around) -> Iterable[Fault]:
    """A claim has 1 to 50 service lines."""
    if not 1 <= len(claim.lines) <= MOST_LINES:
        yield Fault("lines", f"{len(claim.lines)}", "prepare the claim from a signed decision")


@edit(source="Medicare's relative value files and the rulebook's sheets")
def codes_are_valid_on_the_date(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every code was a billing code on its date of service."""
    for line in claim.lines:
        sheet, day = around.rulebook.sheets.get(line.code), line.date_of_service
        has_rules = sheet is not None and sheet.version_on(day) is not None
        if not has_rules and around.fees.rate(line.code, day) is None:
            yield Fault(
                "line.code", f"{line.code}, which is no code of {day}",
                "take a code that was valid on the date of service", line.line,
            )  # fmt: skip


@edit(source=f"{X12} SV101")
def modifiers_are_well_formed(claim: Claim, around: Around) -> Iterable[Fault]:
    """A line has up to four modifiers of two characters."""
    for line in claim.lines:
        if len(line.modifiers) > 4 or not all(map(MODIFIER.fullmatch, line.modifiers)):
            yield Fault("line.modifiers", "others", "take modifiers of two characters", line.line)


@edit(source=f"{X12} SV104")
def units_are_whole(claim: Claim, around: Around) -> Iterable[Fault]:
    """Units are a whole number from 1 on."""
    for line in claim.lines:
        if type(line.units) is not int or line.units < 1:
            yield Fault("line.units", f"{line.units}", "ask for 1 or more", line.line)


@edit(source=f"{X12} SV102, CLM02")
def amounts_have_two_decimals(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every amount has exactly two decimals."""
    for line in claim.lines:
        for name, amount in (("charge", line.charge), ("expected", line.expected)):
            if amount is not None and amount.as_tuple().exponent != CENTS:
                mend = "write the price in dollars and cents, in the fee schedule"
                yield Fault(f"line.{name}", "other than two decimals", mend, line.line)


@edit(source="the practice's fee schedule")
def charges_are_above_nothing(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every line has a charge above 0."""
    for line in claim.lines:
        if line.charge <= Decimal(0):
            yield Fault(
                "line.charge", f"no price of {line.code} on {line.date_of_service}",
                "set the price in the fee schedule, then prepare the claim again", line.line,
            )  # fmt: skip


@edit(source=f"{X12} CLM02: the sum of all SV102")
def total_is_the_sum_of_lines(claim: Claim, around: Around) -> Iterable[Fault]:
    """The claim's total, as the journal has it, is the sum of its lines."""
    if around.stated_total is not None and around.stated_total != claim.total:
        yield Fault("total", f"{around.stated_total}", f"the lines come to {claim.total}")


@edit(source="CMS Medically Unlikely Edits, practitioner table")
def units_are_within_the_unit_edit(claim: Claim, around: Around) -> Iterable[Fault]:
    """No code has more units on a date than Medicare's unit edit takes."""
    units: Counter[tuple[str, object]] = Counter()
    for line in claim.lines:
        units[line.code, line.date_of_service] += line.units
    for (code, day), count in units.items():
        known = around.rulebook.edits.mue.get(code)
        if known is not None and count > known.units:
            yield Fault(
                "line.units", f"{count} of {code} on {day}",
                f"{known.units} at most on one date; check the decision and the date policy",
            )  # fmt: skip


@edit(source="CMS NCCI procedure-to-procedure edits, practitioner table, indicator 0")
def pairs_may_stand_together(claim: Claim, around: Around) -> Iterable[Fault]:
    """No two codes of one date are a pair that is never paid together."""
    for one, other in lines_of_day(claim):
        if around.rulebook.edits.indicator(one.code, other.code) == 0:
            yield Fault(
                "line.code", f"{one.code} and {other.code} on {one.date_of_service}",
                "withhold one of them, or date them as decided", other.line,
            )  # fmt: skip


@edit(
    severity=WARN, source="CMS NCCI procedure-to-procedure edits, practitioner table, indicator 1"
)
def pairs_carry_a_modifier(claim: Claim, around: Around) -> Iterable[Fault]:
    """Two codes of one date that need a modifier to be paid together have one."""
    for one, other in lines_of_day(claim):
        needs = around.rulebook.edits.indicator(one.code, other.code) == 1
        if needs and not (one.modifiers or other.modifiers):
            yield Fault(
                "line.modifiers", f"{one.code} and {other.code} on {one.date_of_service}",
                "add a modifier where the services were distinct, or withhold one", other.line,
            )  # fmt: skip


@edit(source="duplicate service (CARC 18)")
def codes_stand_once_a_day(claim: Claim, around: Around) -> Iterable[Fault]:
    """No code stands twice on one date of service."""
    for one, other in lines_of_day(claim):
        if one.code == other.code:
            yield Fault(
                "line.code", f"{other.code} twice on {other.date_of_service}",
                "ask for units on one line", other.line,
            )  # fmt: skip


@edit(source="duplicate service (CARC 18); 30-day period, calendar month")
def codes_are_on_no_other_live_claim(claim: Claim, around: Around) -> Iterable[Fault]:
    """No code is asked for again in its period while another claim for it is alive."""
    for line in claim.lines:
        for code, day in around.live:
            if code == line.code and claim.frequency == FIRST and in_one_period(line, day):
                yield Fault(
                    "line.code", f"{code}, which another claim asks for on {day}",
                    "replace or take back that claim instead", line.line,
                )  # fmt: skip
                break


def in_one_period(line: ServiceLine, day: object) -> bool:
    """Tell whether a code may not be billed both on a line's date and on another one."""
    on = line.date_of_service
    assert isinstance(day, type(on))
    if line.code in OF_PERIODS:
        return abs(on - day) < PERIOD
    return (on.year, on.month) == (day.year, day.month)


@edit(source=f"{X12} 2300 HI")
def diagnoses_are_given(claim: Claim, around: Around) -> Iterable[Fault]:
    """A claim has 1 to 12 diagnoses, each once."""
    if not 1 <= len(claim.diagnoses) <= 12 or len(set(claim.diagnoses)) < len(claim.diagnoses):
        yield Fault(
            "diagnoses", f"{len(claim.diagnoses)}",
            "enter the condition that is monitored, on the patient's page under Enrollment",
        )  # fmt: skip


@edit(source="ICD-10-CM of the fiscal year")
def diagnoses_are_valid_and_complete(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every diagnosis is a complete ICD-10-CM code, valid on the dates of service."""
    words = {INVALID: "no code of that date", INCOMPLETE: "a heading, which needs more characters"}
    for number, code in enumerate(claim.diagnoses, 1):
        days = sorted({line.date_of_service for line in claim.lines})
        states = {around.diagnoses.state_on(code, day) for day in days}
        for state in sorted(states & words.keys()):
            yield Fault(
                f"diagnoses[{number}]", f"{code}, {words[state]}",
                "correct it on the patient's page under Enrollment",
            )  # fmt: skip


@edit(severity=WARN, source="ICD-10-CM of the fiscal year")
def diagnoses_can_be_checked(claim: Claim, around: Around) -> Iterable[Fault]:
    """A list of ICD-10-CM codes is at hand for every date of service."""
    for day in sorted({line.date_of_service for line in claim.lines}):
        if any(around.diagnoses.state_on(code, day) == UNKNOWN for code in claim.diagnoses):
            yield Fault(
                "diagnoses", f"no list of codes for {day}, so that nobody checked them",
                f"put CMS's file {wanted_file(day)} into the folder icd10cm of the home folder",
            )  # fmt: skip
            return


@edit(source=f"{X12} HI01: no external cause as principal diagnosis")
def principal_diagnosis_is_a_condition(claim: Claim, around: Around) -> Iterable[Fault]:
    """The first diagnosis is no external cause."""
    if claim.diagnoses and claim.diagnoses[0][:1] in {"V", "W", "X", "Y"}:
        yield Fault("diagnoses[1]", claim.diagnoses[0], "put the condition first")


@edit(source=f"{X12} SV107")
def pointers_point_at_diagnoses(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every line points at one to four of the claim's diagnoses, each once."""
    for line in claim.lines:
        places = line.pointers
        is_right = 1 <= len(places) <= 4 and len(set(places)) == len(places)
        if not is_right or not all(1 <= place <= len(claim.diagnoses) for place in places):
            yield Fault(
                "line.pointers", "a place without a diagnosis",
                "prepare the claim again from the enrollment's diagnoses", line.line,
            )  # fmt: skip


@edit(source=f"{X12} CLM05-1; CMS place of service codes")
def place_of_service_is_known(claim: Claim, around: Around) -> Iterable[Fault]:
    """The place of service is one of the codes in use."""
    if claim.place_of_service not in PLACES:
        yield Fault("place_of_service", "no such code", "choose it in the billing profile")


@edit(source=f"{X12} CLM01, REF*6R")
def control_numbers_are_unique(claim: Claim, around: Around) -> Iterable[Fault]:
    """Claim and lines have control numbers that no other claim has."""
    numbers = [line.line for line in claim.lines]
    if not CONTROL.fullmatch(claim.control_number) or claim.control_number in around.taken:
        yield Fault("control_number", "taken, or none of 20 characters", "prepare the claim again")
    if len(set(numbers)) < len(numbers) or "" in numbers:
        yield Fault("line.line", "twice, or none", "prepare the claim again")


@edit(source=f"{X12} CLM05-3, REF*F8")
def replaced_claim_is_named(claim: Claim, around: Around) -> Iterable[Fault]:
    """A claim of frequency 7 or 8, and no other, names the payer's number of the earlier one."""
    stands_in = claim.frequency in (REPLACEMENT, VOID)
    if claim.frequency not in (FIRST, REPLACEMENT, VOID):
        yield Fault("frequency", claim.frequency, "take 1, 7 or 8")
    elif stands_in != bool(claim.payer_claim_number):
        yield Fault(
            "payer_claim_number", "none" if stands_in else "one on a first claim",
            "import the payer's 277CA or 835 of the earlier claim, which tells the number",
        )  # fmt: skip


@edit(source="contract §3: only signed decisions make claims")
def decisions_are_signed(claim: Claim, around: Around) -> Iterable[Fault]:
    """The decisions a claim rests on are signed and in force."""
    if around.signed is not None and not set(claim.decisions) <= around.signed:
        yield Fault(
            "decisions", "decided anew or not signed since the claim was prepared",
            "sign the month's decision and prepare claims again",
        )  # fmt: skip
