"""What befalls a patient beside the monitoring: stays, surgery, visits, other practices, COVID."""

from __future__ import annotations

from caretally.clock import ServiceMonth, date_of, day_number, instant_of
from caretally.journal.entries import (
    AccessAligned,
    BilledElsewhere,
    ConditionRecorded,
    GlobalSurgeryRecorded,
    StayRecorded,
    VisitBilled,
)
from caretally.synthetic.dice import spread
from caretally.synthetic.ledger import Stamp
from caretally.synthetic.person import Person

EMERGENCY_ENDED = day_number(ServiceMonth(2023, 5).first_day)
COVID_BEGAN = day_number(ServiceMonth(2020, 3).first_day)
VISIT_CODES = spread(
    ("99213", 5), ("99214", 5), ("99215", 1), ("95250", 1), ("95251", 1), ("99473", 1)
)
CODES_ELSEWHERE = spread(
    ("99454", 6), ("99457", 5), ("99453", 2), ("99445", 1), ("99470", 1), ("99490", 3),
    ("98976", 1), ("98980", 1), ("95251", 1), ("G0556", 1),
)  # fmt: skip
STAY_SETTINGS = spread(("inpatient", 7), ("snf", 2), ("hospice", 1))
SURGERY_DAYS = (10, 90)


def file_happenings(person: Person) -> None:
    """Write what happened in every month of the plan."""
    _align(person)
    for first_day, last_day in person.clinic.plan.month_days():
        first, last = person.active_days(first_day, last_day)
        if first <= last:
            _one_month(person, first, last)


def _one_month(person: Person, first: int, last: int) -> None:
    dice = person.dice
    if dice.chance(220):
        _visit(person, dice.between(first, last))
    if dice.chance(18):
        _stay(person, dice.between(first, last))
    if dice.chance(7):
        _surgery(person, dice.between(first, last))
    if dice.chance(12):
        _elsewhere(person, first, last)
    in_emergency = COVID_BEGAN <= first < EMERGENCY_ENDED
    if dice.chance(60 if in_emergency else 12):
        _condition(person, dice.between(first, last))


def _align(person: Person) -> None:
    dice, day = person.dice, person.enrolled_day
    if not dice.chance(15):
        return
    diagnoses = person.illness.diagnoses
    body = AccessAligned(
        conditions=tuple(code.partition(".")[0] for code in diagnoses),
        from_on=date_of(day + dice.between(-100, 40)),
        to_on=date_of(day + dice.between(60, 200)) if dice.chance(300) else None,
    )
    person.ledger.note(body, person.second(day, 35_000), "system:eligibility")


def _visit(person: Person, day: int) -> None:
    body = VisitBilled(code=person.dice.pick(VISIT_CODES), on=date_of(day))
    person.ledger.note(body, person.second(day, 57_600), person.clerk())


def _stay(person: Person, day: int) -> None:
    dice = person.dice
    begins = person.second(day, dice.between(3_600, 80_000))
    ends = begins + dice.between(1, 9) * 86_400 + dice.between(0, 20_000)
    body = StayRecorded(
        setting=dice.pick(STAY_SETTINGS),
        from_at=instant_of(begins),
        to_at=None if dice.chance(80) else instant_of(ends),
    )
    stamp = Stamp(body.from_at, begins + 7_200, "system:adt", reason=None)
    person.ledger.write(body, stamp)


def _surgery(person: Person, day: int) -> None:
    dice = person.dice
    body = GlobalSurgeryRecorded(
        from_on=date_of(day),
        to_on=date_of(day + dice.pick(SURGERY_DAYS)),
        related=dice.chance(400),
        by_billing_provider=dice.chance(400),
    )
    person.ledger.note(body, person.second(day, 61_200), person.clerk())


def _elsewhere(person: Person, first: int, last: int) -> None:
    dice = person.dice
    code = dice.pick(CODES_ELSEWHERE)
    begins = dice.between(first - 20, last)
    body = BilledElsewhere(
        code=code, from_on=date_of(begins), to_on=date_of(begins + 29), by="another practice"
    )
    person.ledger.note(body, person.second(last, 59_000), "system:eligibility")


def _condition(person: Person, day: int) -> None:
    dice = person.dice
    covid = dice.chance(800)
    body = ConditionRecorded(
        condition="covid19" if covid else "other",
        from_on=date_of(day),
        to_on=None if dice.chance(100) else date_of(day + dice.between(7, 40)),
    )
    person.ledger.note(body, person.second(day, 50_000), person.clerk())
