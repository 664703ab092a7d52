"""How many nurses the program takes: from measured time, with every assumption in sight.

What is measured is counted: contacts and logged time of clinical staff, each second once. Work that
nobody measures is added by assumptions the reader can change; nothing else is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from caretally.clock import ServiceMonth
from caretally.practice.reports import (
    SECONDS,
    Asked,
    Figure,
    Knob,
    Picture,
    Report,
    Series,
    Table,
    count,
    divided,
    month_label,
    number,
    seconds,
    words,
)
from caretally.practice.reports_totals import (
    MACHINES,
    NURSES,
    alert_answers,
    measured_seconds,
    month_sums,
    nurse_seconds,
    roles_of,
)
from caretally.practice.roles import SEE_STAFF_LOAD
from caretally.practice.staff_names import person_names

NAME, TITLE = "staffing", "Staffing plan"
SAYS = "Patients a nurse, from measured minutes, and how many nurses the next months take."
EMPTY = (
    "Nobody has measured time in these months. Start timers or log contacts: the plan needs at "
    "least one month of measured minutes."
)
HOURS, OVERHEAD, ALERT_MINUTES, GROWTH = "hours", "overhead", "alert_minutes", "growth"
KNOBS = (
    Knob(name=HOURS, label="Hours of a full-time nurse", unit="a month for this program",
         default=Decimal(120), least=Decimal(1), most=Decimal(300),
         says="After meetings, leave and other duties."),
    Knob(name=OVERHEAD, label="Work nobody measures", unit="% on top of measured time",
         default=Decimal(25), least=Decimal(0), most=Decimal(500),
         says="Attempts, charting outside timers, device questions."),
    Knob(name=ALERT_MINUTES, label="An alert", unit="minutes", default=Decimal(2),
         least=Decimal(0), most=Decimal(120), says="Looking at it, where no timer runs."),
    Knob(name=GROWTH, label="Patients more", unit="a month", default=None,
         least=Decimal(-5000), most=Decimal(5000),
         says="Empty: as on average of the months before."),
)  # fmt: skip
MONTHS_BACK, MONTHS_AHEAD, MEASURED_OVER, MOST_PEOPLE = 6, 6, 3, 15
HOUR = 3600
NEAR = 4
"""Where all nurses together have this many times what is needed, the picture leaves them out."""
PUBLISHED = (
    ("85–100 patients a nurse", "ccnhealth.com, How to staff an RPM program"),
    ("150–250 patients a nurse", "mindbowser.com and nirmitee.io, guides to RPM programs"),
)
"""Ratios that vendors publish, and where they were read; vendors sell staffing."""
NOTES = (
    (
        "Measured: the union of contacts and logged time of clinical staff below practitioners, by "
        f"person, over the last {MEASURED_OVER} months with patients up to the one asked for; the "
        "month that is running is left out where an earlier one is there."
    ),
    (
        "A patient's need: measured seconds a patient a month, with what nobody measures on top, "
        "and the time of alerts. Hours of a nurse divided by it are the patients a nurse can look "
        "after."
    ),
    (
        "Patients are those with something on record in a month. The forecast goes on from the "
        "last whole month in a straight line; it knows nothing of seasons, contracts or new codes."
    ),
    (
        "Published ratios say little of how sick patients are and what else nurses do: compare "
        "with care. Sources as read on 2026-11-21."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was measured, month by month: patients, seconds of nurses, nurses at work."""

    patients: Mapping[ServiceMonth, int]
    seconds: Mapping[ServiceMonth, int]
    nurses: Mapping[ServiceMonth, int]
    by_person: Mapping[str, int]

    def basis(self, asked: Asked) -> tuple[ServiceMonth, ...]:
        """Return the months that averages are of, the earliest first."""
        known = [month for month in self.patients if self.patients[month]]
        whole = [month for month in known if month < asked.current]
        return tuple((whole or known)[-MEASURED_OVER:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a patient takes of nurses in a month, in seconds; alerts is what they add."""

    measured: Decimal
    overhead: Decimal
    alerts: Decimal

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.measured + self.overhead + self.alerts


def staffing(asked: Asked) -> Report:
    """Return the staffing plan.

    Raises:
        ForbiddenError: the caller may not see others' load.
    """
    past = past_of(asked)
    basis = past.basis(asked)
    if not basis or not sum(past.seconds[month] for month in basis):
        return Report(name=NAME, title=TITLE, month=asked.month, lead="", empty=EMPTY)
    need = need_of(asked, past, basis)
    hours = knob(asked, HOURS)
    capacity = (hours * HOUR / need.total).to_integral_value() if need.total else Decimal(0)
    growth = growth_of(asked, past, basis)
    ahead = forecast(past.patients[basis[-1]], growth, basis[-1])
    return Report(
        name=NAME, title=TITLE, month=asked.month,
        lead=f"A full-time nurse of {plain(hours)} hours a month can look after about "
             f"{capacity:,} patients at the measured {seconds(int(need.measured)).plain} a patient "
             f"a month, {seconds(int(need.total)).plain} with work nobody measures.",
        figures=figures_of(past, basis, (need, capacity, growth)),
        pictures=(hours_picture(past, ahead, need, hours), people_picture(asked, past)),
        tables=(forecast_table(ahead, need, hours), need_table(need), past_table(past),
                ratio_table(capacity)),
        notes=(f"Measured over {', '.join(map(str, basis))}.", *NOTES),
    )  # fmt: skip


def knob(asked: Asked, name: str) -> Decimal:
    """Return an assumption that is never left open."""
    value = asked.knobs.get(name)
    default = next(each.default for each in KNOBS if each.name == name)
    return value if value is not None else default if default is not None else Decimal(0)


def plain(value: Decimal) -> str:
    """Return a number without empty decimals."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def past_of(asked: Asked) -> Past:
    """Return what was measured."""
    months = asked.months(MONTHS_BACK)
    sums = month_sums(asked, months, SEE_STAFF_LOAD)
    found = {month: measured_seconds(asked, month, SEE_STAFF_LOAD) for month in months}
    roles = roles_of(asked)
    nurses = {
        month: sum(bool(roles.get(person, frozenset()) & NURSES) for person in by_person)
        for month, by_person in found.items()
    }
    return Past(
        patients={month: each.patients for month, each in sums.items()},
        seconds={month: nurse_seconds(asked, each) for month, each in found.items()},
        nurses=nurses, by_person=found[asked.month],
    )  # fmt: skip


def need_of(asked: Asked, past: Past, basis: Sequence[ServiceMonth]) -> Need:
    """Return what a patient takes in a month."""
    patients = sum(past.patients[month] for month in basis)
    measured = Decimal(sum(past.seconds[month] for month in basis)) / patients
    raised = sum(each.raised for each in alert_answers(asked, SEE_STAFF_LOAD).values())
    own = past.patients[asked.month]
    alerts = Decimal(raised) * 60 * knob(asked, ALERT_MINUTES) / own if own else Decimal(0)
    return Need(measured=measured, overhead=measured * knob(asked, OVERHEAD) / 100, alerts=alerts)


def growth_of(asked: Asked, past: Past, basis: Sequence[ServiceMonth]) -> Decimal:
    """Return how many patients come in a month: as typed, else as on average before."""
    typed = asked.knobs.get(GROWTH)
    if typed is not None:
        return typed
    known = [month for month in past.patients if past.patients[month] and month <= basis[-1]]
    if len(known) < 2:
        return Decimal(0)
    return Decimal(past.patients[known[-1]] - past.patients[known[0]]) / (len(known) - 1)


def forecast(patients: int, growth: Decimal, last: ServiceMonth) -> dict[ServiceMonth, int]:
    """Return the patients of the months to come; never fewer than none."""
    found, month = {}, last
    for number_of in range(1, MONTHS_AHEAD + 1):
        month = month.next()
        found[month] = max(0, int((patients + growth * number_of).to_integral_value()))
    return found


def nurses_for(patients: int, need: Need, hours: Decimal) -> Decimal:
    """Return how many full-time nurses patients take, in tenths rounded up."""
    exact = patients * need.total / (hours * HOUR)
    return exact.quantize(Decimal("0.1"), ROUND_CEILING)


def figures_of(
    past: Past, basis: Sequence[ServiceMonth], told: tuple[Need, Decimal, Decimal]
) -> tuple[Figure, ...]:
    """Return what stands out; told: need, patients a nurse can look after, growth."""
    need, capacity, growth = told
    last = basis[-1]
    nurses = past.nurses[last]
    return (
        Figure(label="Patients a full-time nurse", cell=count(int(capacity)),
               note="at the assumptions above"),
        Figure(label="Measured a patient a month", cell=seconds(int(need.measured))),
        Figure(label="With work nobody measures", cell=seconds(int(need.total))),
        Figure(label="Patients", cell=count(past.patients[last]), note=f"in {last}"),
        Figure(label="Nurses with measured time", cell=count(nurses), note=f"in {last}"),
        Figure(label="Patients a nurse at work", cell=count(divided(past.patients[last], nurses)),
               note="heads, not full-time places"),
        Figure(label="Patients more a month", cell=number(growth), note="assumed to go on"),
    )  # fmt: skip


def hours_picture(
    past: Past, ahead: Mapping[ServiceMonth, int], need: Need, hours: Decimal
) -> Picture:
    """Return the nurses' time: measured in the past, needed in the months to come."""
    first = next(iter(ahead))
    months = [*(month for month in past.patients if month < first), *ahead]
    measured = [past.seconds.get(month) for month in months]
    needed = [int(ahead.get(m, past.patients.get(m, 0)) * need.total) for m in months]
    nurses = next((past.nurses[m] for m in reversed(list(past.nurses)) if past.nurses[m]), 0)
    level = int(nurses * hours * HOUR)
    is_near = level <= NEAR * max(needed)
    return Picture(
        name="hours", title="Nurses' time: measured, and needed with work nobody measures",
        unit=SECONDS, labels=tuple(month_label(month) for month in months),
        series=(Series(name="measured", values=tuple(measured)),
                Series(name="needed", values=tuple(needed))),
        levels=((level, f"{nurses} at work, full time"),) if nurses and is_near else (),
        note=f"From {first} on it is a forecast; what of it is measured is so far.",
    )  # fmt: skip


def people_picture(asked: Asked, past: Past) -> Picture:
    """Return the measured time of everybody in the month, the fullest first."""
    names, roles = person_names(asked.office), roles_of(asked)
    people = {
        person: value for person, value in past.by_person.items()
        if not roles.get(person, frozenset()) & MACHINES
    }  # fmt: skip
    found = sorted(people.items(), key=lambda each: (-each[1], each[0]))[:MOST_PEOPLE]
    return Picture(
        name="people", title=f"Measured time by person, {asked.month}", unit=SECONDS, kind="bars",
        labels=tuple(names.get(person, person) for person, _ in found),
        series=(Series(name="measured", values=tuple(value for _, value in found)),),
    )  # fmt: skip


def forecast_table(ahead: Mapping[ServiceMonth, int], need: Need, hours: Decimal) -> Table:
    """Return the months to come in rows."""
    return Table(
        name="forecast", title="The next months",
        columns=("Month", "Patients", "Nurse time needed", "Full-time nurses"),
        rows=tuple(
            (words(str(month)), count(patients), seconds(int(patients * need.total)),
             number(nurses_for(patients, need, hours)))
            for month, patients in ahead.items()
        ),
        note="Nurses are rounded up to a tenth.",
    )  # fmt: skip


def need_table(need: Need) -> Table:
    """Return what a patient's month is made of."""
    rows = (
        ("Measured: contacts and logged time", need.measured),
        ("Assumed: work nobody measures", need.overhead),
        ("Assumed: looking at alerts", need.alerts), ("Together", need.total),
    )  # fmt: skip
    return Table(
        name="need", title="What a patient takes in a month", columns=("Work", "Nurse time"),
        rows=tuple((words(name), seconds(int(value))) for name, value in rows),
    )  # fmt: skip


def past_table(past: Past) -> Table:
    """Return the months before in rows."""
    return Table(
        name="past", title="What was measured",
        columns=("Month", "Patients", "Nurse time", "A patient", "Nurses at work",
                 "Patients a nurse"),
        rows=tuple(
            (words(str(month)), count(patients), seconds(past.seconds[month]),
             seconds(divided(past.seconds[month], patients)), count(past.nurses[month]),
             count(divided(patients, past.nurses[month])))
            for month, patients in past.patients.items()
        ),
    )  # fmt: skip


def ratio_table(capacity: Decimal) -> Table:
    """Return this plan beside ratios that others published."""
    own = ("This practice, as measured and assumed", f"about {capacity:,} patients a nurse",
           "this report")  # fmt: skip
    published = tuple(("Published", ratio, source) for ratio, source in PUBLISHED)
    return Table(
        name="ratios", title="Beside published ratios", columns=("Whose", "Ratio", "Source"),
        rows=tuple(tuple(words(each) for each in row) for row in (own, *published)),
    )  # fmt: skip
