"""A patient's month on a page: the totals that are kept, and the decision that explains them.

Totals come from the projection that every save brings up to date; everything else is worked out
from the decision on the same entries, told as of now. No amount of a rule stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from caretally.billability.decision import Decision
from caretally.billability.forecast import fact_of, period_deadline, running_slot
from caretally.billability.plans import Plan
from caretally.billability.slots import Slot
from caretally.clock import ServiceMonth, date_of, local_date
from caretally.patient_months.facts import Facts
from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.database import Row
from caretally.store.streams import PATIENT

CLOCKS = ("live_seconds", "management_seconds")
DAYS = "data_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What is kept of a month: seconds, contacts and data days.

    version: grows with every change; 0 where nothing happened in the month. length: of the
    patient's journal.
    """

    version: int
    length: int
    live_seconds: int = 0
    management_seconds: int = 0
    ai_seconds: int = 0
    chat_seconds: int = 0
    qualifying_contacts: int = 0
    data_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Decisions on one patient, each month decided once, told as of the office's now."""

    office: Office
    patient: str
    found: dict[ServiceMonth, Decision] = field(default_factory=dict)

    def of(self, month: ServiceMonth) -> Decision:
        """Return the decision on a month; everything stored is known, and it is now."""
        if month not in self.found:
            office = self.office
            made = office.journal.decision(office.practice, self.patient, month)
            self.found[month] = Decision(replace(made.month, as_of=office.now))
        return self.found[month]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An amount that a code asks of a clock or of a period's data days."""

    amount: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The device period that is running, or the last one that ended in the month.

    days_left: dates on which data may still come; None once it has ended. marks: days that codes
    ask for.
    """

    from_on: date
    to_on: date
    data_days: int
    days_left: int | None
    marks: tuple[Mark, ...]


SQL = (
    "SELECT stream.length, kept.version, kept.live_seconds, kept.management_seconds, "
    "kept.ai_seconds, kept.chat_seconds, kept.qualifying_contacts, kept.data_days, card.clinic, "
    "card.time_zone "
    "FROM store_practice AS practice "
    "JOIN store_patientcard AS card ON card.practice_id = practice.id AND card.patient = %s "
    "JOIN store_stream AS stream ON stream.id = card.stream_id "
    "LEFT JOIN store_patientmonth AS kept ON kept.stream_id = card.stream_id AND kept.month = %s "
    "WHERE practice.name = %s"
)


def totals_of(office: Office, patient: str, month: ServiceMonth) -> Totals:
    """Return what is kept of a patient's month; the caller has checked who asks."""
    rows = office.db.rows(SQL, patient, str(month), office.practice)
    return made_totals(rows[0]) if rows else Totals(version=0, length=0)


def made_totals(row: Row) -> Totals:
    """Return the totals of a row."""
    length, version, live, management, ai, chat, contacts, days = row[:8]
    return Totals(
        version=version or 0, length=length, live_seconds=live or 0,
        management_seconds=management or 0, ai_seconds=ai or 0, chat_seconds=chat or 0,
        qualifying_contacts=contacts or 0, data_days=days or 0,
    )  # fmt: skip


def stamp_of(office: Office, totals: Totals, zone_name: str) -> str:
    """Return what changes whenever a page about the month would: its version, journal and day."""
    return f"{totals.version}.{totals.length}.{local_date(office.now, zone_name):%Y%m%d}"


def stamp(office: Office, patient: str, month: ServiceMonth) -> str:
    """Return the stamp of a patient's month, with one query where the caller sees all clinics.

    Raises:
        ForbiddenError: the caller may not see patients.
        UnknownError: no such patient, or beyond the caller's clinics.
    """
    if office.clinics(SEE_PATIENTS) is not None:
        office.card(patient)
    office.caller.require(SEE_PATIENTS)
    rows = office.db.rows(SQL, patient, str(month), office.practice)
    if not rows:
        office.card(patient)
    return stamp_of(office, made_totals(rows[0]), rows[0][9] or "UTC")


def kept_months(office: Office, patient: str) -> tuple[ServiceMonth, ...]:
    """Return the months in which something happened to a patient, the latest first."""
    rows = office.db.rows(
        "SELECT kept.month FROM store_patientmonth AS kept JOIN store_stream AS stream "
        "ON stream.id = kept.stream_id JOIN store_practice AS practice "
        "ON practice.id = stream.practice_id WHERE practice.name = %s AND stream.name = %s "
        "ORDER BY kept.month DESC",
        office.practice, PATIENT + patient,
    )  # fmt: skip
    return tuple(ServiceMonth.parse(row[0]) for row in rows)


def clock_marks(decision: Decision) -> dict[str, tuple[Mark, ...]]:
    """Return what the codes of the month ask of each clock, the smallest amount first."""
    month = decision.month
    plans = [
        each.verdict.plans.own
        for each in month.judged
        if each.facts is month.decided and each.verdict.plans is not None
    ]
    return {clock: marks(plans, clock) for clock in CLOCKS}


def marks(plans: list[Plan], fact: str) -> tuple[Mark, ...]:
    """Return what plans ask of a fact, the smallest amount first."""
    by_amount: dict[int, list[str]] = {}
    for plan, amount in asked(plans, fact):
        if amount > 0:
            by_amount.setdefault(amount, []).append(plan.code)
    return tuple(
        Mark(amount=amount, codes=tuple(sorted(codes)))
        for amount, codes in sorted(by_amount.items())
    )


def asked(plans: list[Plan], fact: str) -> Iterator[tuple[Plan, int]]:
    """Yield plans that ask more of a fact, with how much."""
    for plan in plans:
        for step in (each for top in plan.steps for each in top.any_of or (top,)):
            if step.name.startswith("reaches_") and fact_of(step) == fact:
                yield plan, int(step.arguments["minimum"])


def is_taken(plan: Plan, facts: Facts) -> bool:
    """Tell whether an earlier period took a code that is billed once an episode."""
    slot = Slot(facts=facts, code=plan.code)
    return any(step.name == "is_first_setup" and not step.ask(slot).holds for step in plan.steps)


def current_period(decision: Decision) -> Period | None:
    """Return the device period that runs now, else the last that ended in the month."""
    month = decision.month
    today = local_date(month.as_of, month.time_zone) if month.as_of else month.month.last_day
    facts = running_slot(month) if today <= month.month.last_day else None
    if facts is None:
        of_program = (s for s in month.slots if s.period and s.program == month.decided.program)
        facts = max(of_program, key=lambda slot: slot.to_day, default=None)
    if facts is None:
        return None
    planner, codes = month.bench.planner, month.bench.codes_for(facts.program, 1, 1)
    found = (planner.plans(code, facts.to_day, facts.payer) for code in codes)
    plans = [
        each.own
        for each in found
        if each is not None and each.sheet.program != "any" and not is_taken(each.own, facts)
    ]
    is_over = today > date_of(facts.to_day)
    return Period(
        from_on=date_of(facts.from_day), to_on=date_of(facts.to_day), data_days=facts.data_days,
        days_left=None if is_over else period_deadline(month, facts).days_left,
        marks=marks(plans, DAYS),
    )  # fmt: skip
