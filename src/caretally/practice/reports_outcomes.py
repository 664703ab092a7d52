"""What became of the patients: pressure under control, weight in heart failure, glucose in range.

Averages of what devices sent, in exact decimals. Whom too little is known of is counted and said,
never guessed and never left out silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from caretally.journal.quantities import DIASTOLIC, GLUCOSE, POUND, SYSTOLIC, WEIGHT
from caretally.practice.reports import (
    Asked,
    Figure,
    Picture,
    Report,
    Series,
    Table,
    change,
    count,
    number,
    patient,
    share,
    words,
)
from caretally.practice.reports_charts import ChartRow, Charts, Measured, charts_of

NAME, TITLE = "outcomes", "Outcomes"
SAYS = "Blood-pressure control and change since enrollment, weight in heart failure, glucose."
EMPTY = (
    "No chart has anything in this month. Outcomes are worked out from readings of devices: assign "
    "devices, and let vendors deliver."
)
GOALS = ((Decimal(130), Decimal(80)), (Decimal(140), Decimal(90)))
"""Systolic and diastolic pressure below which an average counts as controlled."""
LEAST_READINGS, LEAST_DAYS = 3, 2
MOST_LISTED = 100
MOSTLY = 70
"""Percent of readings in range from which glucose is said to be mostly in range."""
NOTES = (
    (
        "Now: the average of all device readings of the 30 days that end with the month, or now "
        f"while it lasts; of at least {LEAST_READINGS} readings on {LEAST_DAYS} different days "
        "(UTC). Patients with fewer are counted as not known and are in no share."
    ),
    (
        "Controlled: the average systolic and the average diastolic are both below the numbers; "
        "exactly 130/80 is not below 130/80. The goals are common ones, not each patient's own."
    ),
    (
        "At enrollment: the average of the first 30 days of the first enrollment. Change is told "
        "only of patients for whom these days were over before the 30 days of now began."
    ),
    (
        "Readings typed by hand are left out and counted; so are numbers in a unit that cannot be "
        "turned into the one compared. Readings taken back or sent twice count once or not at all."
    ),
    "No comparison group: a change after enrollment is not proof that the program caused it.",
)


class Pressure(NamedTuple):
    """A patient's averages now, and at enrollment where both are known."""

    row: ChartRow
    systolic: Decimal
    diastolic: Decimal
    first: tuple[Decimal, Decimal] | None
    readings: int


class Weight(NamedTuple):
    """A patient's average weights in pounds."""

    row: ChartRow
    now: Decimal
    first: Decimal


def outcomes(asked: Asked) -> Report:
    """Return the outcomes of a month.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    charts = charts_of(asked)
    if not charts.rows and not charts.waiting:
        return Report(name=NAME, title=TITLE, month=asked.month, lead="", empty=EMPTY)
    found = list(pressures(charts))
    weights = list(weights_of(charts))
    return Report(
        name=NAME, title=TITLE, month=asked.month, lead=lead_of(found),
        figures=(*pressure_figures(charts, found), *weight_figures(charts, weights),
                 *glucose_figures(charts)),
        pictures=(control_picture(found), change_picture(found)),
        tables=(control_table(found), highest_table(found), weight_table(weights),
                missing_table(charts)),
        notes=NOTES, waiting=charts.waiting,
    )  # fmt: skip


def is_enough(made: Measured, metric: str) -> bool:
    """Tell whether enough was measured of the last 30 days."""
    mean = made.now.get(metric)
    return mean is not None and mean.count >= LEAST_READINGS and mean.days >= LEAST_DAYS


def pressures(charts: Charts) -> Iterable[Pressure]:
    """Yield the patients whose pressure is known."""
    for row, made in charts.rows:
        if not (is_enough(made, SYSTOLIC) and is_enough(made, DIASTOLIC)):
            continue
        systolic, diastolic = made.now[SYSTOLIC].value, made.now[DIASTOLIC].value
        assert systolic is not None
        assert diastolic is not None
        first = first_of(made)
        yield Pressure(row, systolic, diastolic, first, made.now[SYSTOLIC].count)


def first_of(made: Measured) -> tuple[Decimal, Decimal] | None:
    """Return the averages at enrollment; None where too little was measured then."""
    upper, lower = made.first.get(SYSTOLIC), made.first.get(DIASTOLIC)
    if upper is None or lower is None or min(upper.count, lower.count) < LEAST_READINGS:
        return None
    if upper.value is None or lower.value is None:
        return None
    return upper.value, lower.value


def is_below(upper: Decimal, lower: Decimal, goal: tuple[Decimal, Decimal]) -> bool:
    """Tell whether a pressure is below a goal, both numbers of it."""
    return upper < goal[0] and lower < goal[1]


def goal_words(goal: tuple[Decimal, Decimal]) -> str:
    """Return a goal in words."""
    return f"below {goal[0]}/{goal[1]}"


def reaching(found: Sequence[Pressure], goal: tuple[Decimal, Decimal]) -> int:
    """Return how many are below a goal now."""
    return sum(is_below(each.systolic, each.diastolic, goal) for each in found)


def lead_of(found: Sequence[Pressure]) -> str:
    """Return what was found, in a sentence."""
    if not found:
        return "Of no patient enough pressures are on record to say whether they are controlled."
    parts = [
        f"{share(reaching(found, goal), len(found)).shown} average {goal_words(goal)} mmHg"
        for goal in GOALS
    ]
    return f"Of {len(found):,} patients with enough pressures {' and '.join(parts)}."


def pressure_figures(charts: Charts, found: Sequence[Pressure]) -> tuple[Figure, ...]:
    """Return the figures of pressure."""
    with_first = [(each, each.first) for each in found if each.first is not None]
    some = sum(bool(made.now.get(SYSTOLIC)) for _, made in charts.rows)
    changes = [
        (each.systolic - first[0], each.diastolic - first[1]) for each, first in with_first
    ]  # fmt: skip
    upper, lower = (mean_of([each[n] for each in changes]) for n in (0, 1))
    return (
        Figure(label="Pressure known", cell=count(len(found)),
               note=f"{some - len(found):,} more measured too little"),
        *(Figure(label=f"Pressure {goal_words(goal)}",
                 cell=share(reaching(found, goal), len(found)),
                 note=f"n = {len(found):,}") for goal in GOALS),
        Figure(label="Systolic since enrollment", cell=change(upper),
               note=f"mmHg on average, n = {len(changes):,}"),
        Figure(label="Diastolic since enrollment", cell=change(lower),
               note=f"mmHg on average, n = {len(changes):,}"),
    )  # fmt: skip


def mean_of(values: Sequence[Decimal]) -> Decimal | None:
    """Return an average; None of nothing."""
    return sum(values, Decimal(0)) / len(values) if values else None


def weights_of(charts: Charts) -> Iterable[Weight]:
    """Yield patients with heart failure whose weight is known, now and at enrollment."""
    for row, made in charts.rows:
        first = made.first.get(WEIGHT)
        if made.has_heart_failure and is_enough(made, WEIGHT) and first and first.value:
            now = made.now[WEIGHT].value
            if now is not None and first.count >= LEAST_READINGS:
                yield Weight(row, now / POUND, first.value / POUND)


def weight_figures(charts: Charts, found: Sequence[Weight]) -> tuple[Figure, ...]:
    """Return the figures of weight in heart failure."""
    ill = sum(made.has_heart_failure for _, made in charts.rows)
    gained = mean_of([each.now - each.first for each in found])
    return (
        Figure(label="With heart failure", cell=count(ill),
               note=f"weight known of {len(found):,}, then and now"),
        Figure(label="Weight since enrollment", cell=change(gained),
               note=f"lb on average, n = {len(found):,}"),
    )  # fmt: skip


def glucose_figures(charts: Charts) -> tuple[Figure, ...]:
    """Return the figures of glucose; none where nobody measures it."""
    found = [
        mean for _, made in charts.rows
        if (mean := made.now.get(GLUCOSE)) and is_enough(made, GLUCOSE)
    ]  # fmt: skip
    if not found:
        return ()
    readings, within = sum(e.count for e in found), sum(e.within for e in found)
    mostly = sum(each.within * 100 >= MOSTLY * each.count for each in found)
    return (
        Figure(label="Glucose in range", cell=share(within, readings),
               note=f"70–180 mg/dL, {readings:,} readings of {len(found):,} patients"),
        Figure(label="Mostly in range", cell=share(mostly, len(found)),
               note=f"patients with {MOSTLY} % or more of readings in range"),
    )  # fmt: skip


def control_rows(found: Sequence[Pressure]) -> list[tuple[str, tuple[int, ...], int]]:
    """Return the goals: how many reach them now, then and now of those known twice, of how many."""
    both = [(each, each.first) for each in found if each.first is not None]
    return [
        (goal_words(goal), (
            reaching(found, goal),
            sum(is_below(*first, goal) for _, first in both),
            sum(is_below(e.systolic, e.diastolic, goal) for e, _ in both),
        ), len(both))
        for goal in GOALS
    ]  # fmt: skip


def control_picture(found: Sequence[Pressure]) -> Picture:
    """Return the shares that reach the goals, then and now, of the same patients."""
    rows = control_rows(found)
    return Picture(
        name="control", title="Pressure controlled, the same patients then and now",
        unit="percent", labels=tuple(name for name, _, _ in rows),
        series=(
            Series(name="at enrollment",
                   values=tuple(as_share(then, n) for _, (_, then, _), n in rows)),
            Series(name="now", values=tuple(as_share(now, n) for _, (_, _, now), n in rows)),
        ),
        note="Only patients whose first 30 days and last 30 days are both known.",
    )  # fmt: skip


def as_share(part: int, whole: int) -> int | None:
    """Return a share in tenths of a percent."""
    value = share(part, whole).value
    return value if isinstance(value, int) else None


CHANGES = (
    "fell 20 or more", "fell 10 to 20", "fell less than 10", "stayed, or rose less than 10",
    "rose 10 or more",
)  # fmt: skip
"""Steps of change of systolic pressure, in words."""


def step_of(by: Decimal) -> int:
    """Return the position of the step in which a change lies; a fall of exactly 10 is one of 10.

    Example:
        >>> [step_of(Decimal(n)) for n in (-20, -10, -9, 0, 10)]
        [0, 1, 2, 3, 4]
    """
    return sum((by > -20, by > -10, by >= 0, by >= 10))


def change_picture(found: Sequence[Pressure]) -> Picture:
    """Return how systolic pressure changed since enrollment, patient by patient."""
    changes = [each.systolic - each.first[0] for each in found if each.first is not None]
    return Picture(
        name="change", title="Change of systolic pressure since enrollment", kind="bars",
        labels=tuple(f"{name} mmHg" for name in CHANGES),
        series=(Series(name="patients", values=tuple(
            sum(step_of(each) == n for each in changes) for n in range(len(CHANGES)))),),
    )  # fmt: skip


def control_table(found: Sequence[Pressure]) -> Table:
    """Return the goals in rows."""
    return Table(
        name="control", title="Pressure controlled",
        columns=("Goal, mmHg", "Known now", "Reach it now", "Share %", "Known then and now",
                 "Reached it then", "Reach it now, of these"),
        rows=tuple(
            (words(name), count(len(found)), count(now), share(now, len(found)), count(both),
             count(then), count(same))
            for name, (now, then, same), both in control_rows(found)
        ),
    )  # fmt: skip


def highest_table(found: Sequence[Pressure]) -> Table:
    """Return the patients with the highest pressures, to be looked at first."""
    goal = GOALS[1]
    high = [each for each in found if not is_below(each.systolic, each.diastolic, goal)]
    high.sort(key=lambda each: (-each.systolic, each.row.patient))
    return Table(
        name="highest", title="Not below 140/90", left_out=max(0, len(high) - MOST_LISTED),
        columns=("Patient", "Systolic now", "Diastolic now", "Readings", "Systolic at enrollment",
                 "Diastolic at enrollment"),
        rows=tuple(
            (patient(each.row.patient, each.row.name), number(each.systolic),
             number(each.diastolic), count(each.readings),
             *(number(each.first[n] if each.first else None) for n in (0, 1)))
            for each in high[:MOST_LISTED]
        ),
    )  # fmt: skip


def weight_table(found: Sequence[Weight]) -> Table:
    """Return the weights of patients with heart failure, the largest gain first."""
    ordered = sorted(found, key=lambda each: (each.first - each.now, each.row.patient))
    return Table(
        name="weight", title="Weight in heart failure", left_out=max(0, len(found) - MOST_LISTED),
        columns=("Patient", "At enrollment, lb", "Now, lb", "Change, lb"),
        rows=tuple(
            (patient(each.row.patient, each.row.name), number(each.first), number(each.now),
             change(each.now - each.first))
            for each in ordered[:MOST_LISTED]
        ),
    )  # fmt: skip


def missing_table(charts: Charts) -> Table:
    """Return of how many patients what is not known, and what was left out."""
    every = [made for _, made in charts.rows]
    first = sum(not made.first.get(SYSTOLIC) for made in every if is_enough(made, SYSTOLIC))
    rows = (
        ("Patients with something on record", len(every)),
        ("of these without any pressure of a device in the 30 days",
         sum(SYSTOLIC not in made.now for made in every)),
        ("with pressures, but too few", sum(SYSTOLIC in made.now and not is_enough(made, SYSTOLIC)
                                            for made in every)),
        ("with enough pressures now, none of the first 30 days to compare", first),
        ("Readings of the 30 days that no device sent", sum(made.typed for made in every)),
        ("Numbers in a unit that cannot be compared", sum(made.left_out for made in every)),
    )  # fmt: skip
    return Table(
        name="missing", title="What is missing", columns=("What", "How many"),
        rows=tuple((words(name), count(value)) for name, value in rows),
    )  # fmt: skip
