"""Claims of invented people, as many as are asked for: the same seed gives the same claims.

Each is one that could be sent: codes that go together, units and dates within the rules of 2026,
provider numbers with their check digit, diagnoses that exist, charges of two decimals.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import islice

from caretally.billability.fees import load_fees
from caretally.claims.records import (
    FIRST,
    REPLACEMENT,
    VOID,
    Batch,
    Claim,
    Coverage,
    Person,
    Provider,
    Sender,
    ServiceLine,
)
from caretally.money import Money
from caretally.synthetic.claim_people import (
    NURSE_PRACTITIONER,
    PAYERS,
    invented_coverage,
    invented_person,
    invented_practice,
    invented_practitioner,
)
from caretally.synthetic.dice import Dice, spread

YEAR, MONTHS = 2026, 10
PERIOD = 30
PRACTICES = ("Lakeview Monitoring Practice", "Juniper & Sons Family Medicine", "Harborside Clínica")
ILLNESSES = (
    ("rpm", ("I10", "E78.5")),
    ("rpm", ("I11.0", "I50.22")),
    ("rpm", ("J44.9", "I10", "Z87.891")),
    ("rpm", ("E11.65", "I10", "E78.5", "Z79.4")),
    ("rtm", ("M17.11", "M54.50")),
    ("rtm", ("M54.50", "M25.561")),
)
SETS = {
    "rpm": spread(
        (("99454", "99457"), 6), (("99454", "99457", "99458"), 5), (("99445", "99470"), 3),
        (("99454",), 2), (("99457", "99458"), 2), (("99091",), 1),
        (("99453", "99454", "99457"), 2),
    ),
    "rtm": spread(
        (("98977", "98980"), 5), (("98977", "98980", "98981"), 3), (("98985", "98979"), 2),
        (("98975", "98977"), 1),
    ),
}  # fmt: skip
"""Codes that stand together on a claim."""
DEVICE_CODES = frozenset({"99453", "99454", "99445", "98975", "98977", "98985"})
FURTHER = frozenset({"99458", "98981"})
SETUP = frozenset({"99453", "98975"})
FIRST_ENDS = (5, 20)
"""Days of a month on which a first device period may end, so that the next two end in the next
two months."""
FREQUENCIES = spread((FIRST, 46), (REPLACEMENT, 3), (VOID, 1))
UNPRICED = Decimal("48.00")
MADE_AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Office:
    """A practice with those who work there."""

    practice: Provider
    practitioners: tuple[Provider, ...]


def claims(count: int, *, seed: int) -> tuple[Claim, ...]:
    """Return so many claims; fewer of the same seed are the first of more."""
    return tuple(islice(_drawn(seed), count))


def batch_of(claims: Sequence[Claim], *, control: int = 1, usage: str = "T") -> Batch:
    """Return claims in a batch of an invented sender."""
    return Batch(
        name=f"bat_{control:09d}",
        control=control,
        made_at=MADE_AT,
        sender=Sender(
            name="Caretally Test Sender",
            submitter_id="CARETALLY01",
            contact="Billing Office",
            phone="4105550100",
            receiver_name="Invented Clearinghouse",
            receiver_id="INVENTED99",
            usage=usage,
        ),
        claims=tuple(claims),
    )


def _drawn(seed: int) -> Iterator[Claim]:
    """Yield claims, family by family."""
    offices = [_office(Dice(seed, "office", name), name) for name in PRACTICES]
    family = 0
    while True:
        dice = Dice(seed, "family", family)
        office = dice.pick(offices)
        for member, (coverage, patient) in enumerate(_members(dice)):
            own = Dice(seed, "patient", family, member)
            yield from _of_patient(own, office, (coverage, patient), f"{seed}-{family}-{member}")
        family += 1


def _office(dice: Dice, name: str) -> Office:
    return Office(
        invented_practice(dice, name), tuple(invented_practitioner(dice) for _ in range(4))
    )


def _members(dice: Dice) -> Iterator[tuple[Coverage, Person | None]]:
    """Yield the patients of a family: the subscriber, or those insured through one, or both."""
    payer = dice.pick(PAYERS)
    subscriber = invented_person(dice, from_year=1936, to_year=1975)
    coverage = invented_coverage(dice, payer, subscriber)
    if not payer.insures_families or dice.chance(700):
        yield coverage, None
    if not payer.insures_families:
        return
    if dice.chance(500):
        spouse = invented_person(dice, from_year=1940, to_year=1980)
        yield replace(coverage, relationship="spouse"), spouse
    if dice.chance(250):
        child = replace(invented_person(dice, from_year=2001, to_year=2007), last=subscriber.last)
        yield replace(coverage, relationship="child"), child


def _of_patient(
    dice: Dice, office: Office, insured: tuple[Coverage, Person | None], name: str
) -> Iterator[Claim]:
    """Yield the claims of one patient, a month each."""
    coverage, patient = insured
    program, diagnoses = dice.pick(ILLNESSES)
    rendering, other = (dice.pick(office.practitioners) for _ in range(2))
    is_nurse = rendering.taxonomy == NURSE_PRACTITIONER
    first = dice.between(1, MONTHS - 2)
    began = date(YEAR, first, dice.between(*FIRST_ENDS))
    for turn in range(dice.between(1, 3)):
        month, ended = first + turn, began + turn * timedelta(PERIOD)
        digest = sha256(f"{name}-{month}".encode()).hexdigest()
        control = f"CT{digest[:15].upper()}"
        frequency = dice.pick(FREQUENCIES)
        modifiers = ("SA",) if is_nurse and coverage.payer != "medicare_ffs" else ()
        drawn = dice.pick(SETS[program])
        codes = tuple(code for code in drawn if turn == 0 or code not in SETUP)
        yield Claim(
            claim=f"clm_{digest[:32]}",
            control_number=control,
            patient_id=f"pat_{name}",
            month=f"{YEAR}-{month:02d}",
            frequency=frequency,
            replaces=f"clm_{digest[32:]}" if frequency != FIRST else "",
            payer_claim_number=f"ICN{digest[40:52].upper()}" if frequency != FIRST else "",
            place_of_service=dice.pick(("11", "11", "11", "19", "22")),
            diagnoses=diagnoses,
            lines=_lines(dice, (control, ended, codes), modifiers, len(diagnoses)),
            billing=office.practice,
            rendering=rendering,
            supervising=other if is_nurse and other.npi != rendering.npi else None,
            ordering=other if dice.chance(500) else None,
            coverage=coverage,
            patient=patient,
            authorization=f"PA{digest[52:60].upper()}" if dice.chance(150) else "",
            decisions=(f"dec_{digest[8:40]}",),
        )


def _lines(
    dice: Dice,
    named: tuple[str, date, tuple[str, ...]],
    modifiers: tuple[str, ...],
    diagnoses: int,
) -> tuple[ServiceLine, ...]:
    """Return service lines; named: control number, end of the device period, and codes."""
    control, ended, codes = named
    last = ended.replace(day=monthrange(ended.year, ended.month)[1])
    lines = []
    for place, code in enumerate(codes, 1):
        by_device = code in DEVICE_CODES
        served = ended if by_device else last
        units = dice.between(1, 2) if code in FURTHER else 1
        each = load_fees().national(code, served) or Money(UNPRICED)
        lines.append(
            ServiceLine(
                line=f"{control}{place:02d}",
                code=code,
                modifiers=modifiers,
                units=units,
                date_of_service=served,
                from_on=ended - timedelta(PERIOD - 1) if by_device else None,
                charge=each.times(2 * units).amount,
                pointers=tuple(range(1, dice.between(1, min(4, diagnoses)) + 1)),
                expected=each.times(units).amount,
            )
        )
    return tuple(lines)
