"""The measures that OIG takes of practices, on one's own data.

Claims are read as the lines that may be billed. A docstring is what people read: what is measured,
how, whose figure it is held against, its sources (rulebook section 12), our alarm, and how sure the
figure is (H, M, L).
"""

from __future__ import annotations

from itertools import pairwise

from caretally.audit.findings import Case, Figure, Finding, exceeds, listed, plural
from caretally.audit.rows import (
    DEVICE,
    MANAGEMENT,
    Audited,
    MonthRow,
    YearRow,
)
from caretally.clock import date_of

SPIKE_PERCENT, SPIKE_PATIENTS = 150, 20
PERIOD_DAYS = 30
UNMANAGED_PERCENT = 20
ROUTINE_ENROLLEES, ROUTINE_SERVICES = 10, 100


def spike_in_enrollees(audited: Audited) -> Finding:
    """New patients came much faster than the month before.

    How: patients monitored for the first time ever, beside those of the month before.
    Published: 32 practices grew by 150 % or more from one month to the next, one to 3,400 new
      patients; the average practice takes on 5 a month.
    Sources: HLA25, MCGUIRE, MCDON.
    Alarm: 150 % or more above the month before, and 20 patients or more.
    Confidence: H.
    """
    new = [row for row in audited.patients if row.is_new]
    before = sum(row.is_new for row in audited.before)
    grew = 100 * (len(new) - before) >= SPIKE_PERCENT * before
    rings = len(new) >= SPIKE_PATIENTS and grew
    cases, count = listed(Case("monitored for the first time", row.patient) for row in new)
    return Finding(
        figure=Figure(len(new)), says=f"{plural(len(new), 'new patient')}; {before:,} the month "
        "before", rings=rings, cases=cases, count=count,
    )  # fmt: skip


def no_prior_relationship(audited: Audited) -> Finding:
    """Patients are monitored whom the practice had not seen before.

    How: patients with activity in the month for whom no visit within three years before the start
      is on record and one is asked for; begun by 2023-05-11, none is.
    Published: 45 practices had no earlier visit for more than 80 % of their enrollees.
    Sources: HLA25, MCGUIRE, MCDON.
    Alarm: any; each is held back from billing until the visit is on record.
    Confidence: H.
    """
    found = [row for row in audited.patients if row.lacks_visit]
    cases, count = listed(Case("no earlier visit on record", row.patient) for row in found)
    return Finding(
        figure=Figure(len(found), len(audited.patients)),
        says=f"{plural(len(found), 'patient')} without an earlier visit on record",
        rings=bool(found), cases=cases, count=count,
    )  # fmt: skip


def several_device_codes(audited: Audited) -> Finding:
    """A patient has more than one device code for the same days.

    How: patients with two device lines (99454, 99445) whose dates of service lie less than 30 days
      apart, this month and the one before together; or more than one unit of one. Two 30-day
      periods that end in one month are two lines and no finding; one cut short by death or by the
      end of an enrollment is, since claims show no difference.
    Published: measured by OIG; its count could not be confirmed.
    Sources: HLA25, MCGUIRE.
    Alarm: any.
    Confidence: M.
    """
    before = {row.patient: row for row in audited.before}
    found = [
        case for row in audited.patients if (case := doubled(row, before.get(row.patient)))
    ]  # fmt: skip
    whole = sum(row.has(DEVICE) for row in audited.patients)
    cases, count = listed(found)
    return Finding(
        figure=Figure(len(found), whole),
        says=f"{plural(len(found), 'patient')} of those with a device code",
        rings=bool(found), cases=cases, count=count,
    )  # fmt: skip


def doubled(row: MonthRow, before: MonthRow | None) -> Case | None:
    """Return what is wrong with a patient's device lines; None where nothing is."""
    own = [line for line in row.lines if line.code in DEVICE]
    if not own:
        return None
    earlier = [line for line in before.lines if line.code in DEVICE] if before else []
    days = sorted([*((line.day, True) for line in own), *((line.day, False) for line in earlier)])
    # two of the month before are that month's finding
    close = [
        (one, two)
        for (one, is_own), (two, is_own_too) in pairwise(days)
        if two - one < PERIOD_DAYS and (is_own or is_own_too)
    ]
    if close:
        first, last = (date_of(day) for day in close[-1])
        return Case(f"device codes dated {first} and {last}", row.patient, on=str(last))
    many = next((line for line in own if line.units > 1), None)
    if many is None:
        return None
    return Case(f"{many.units} units of {many.code}", row.patient, on=str(date_of(many.day)))


def no_management(audited: Audited) -> Finding:
    """Devices are billed and nobody manages what they measure.

    How: patients with a device line in the month and no line of management (99457, 99470, 99091).
    Published: measured by OIG; its threshold could not be confirmed.
    Sources: HLA25, MCGUIRE, MCDON.
    Alarm: more than 20 % of patients with a device line.
    Confidence: M.
    """
    with_device = [row for row in audited.patients if row.has(DEVICE)]
    found = [row for row in with_device if not row.has(MANAGEMENT)]
    figure = Figure(len(found), len(with_device))
    cases, count = listed(
        Case(f"device billed; {row.management_seconds // 60} min of management", row.patient)
        for row in found
    )
    return Finding(
        figure=figure, says=f"{plural(len(found), 'patient')} with a device code and no management",
        rings=exceeds(figure, UNMANAGED_PERCENT), cases=cases, count=count,
    )  # fmt: skip


def several_practices(audited: Audited) -> Finding:
    """Another practice monitors the same patient at the same time.

    How: patients for whose days or month another practice billed, as far as that is on record; and
      people of the same name and date of birth who are monitored in another practice of this
      database, where the asker may audit both.
    Published: measured by OIG; its threshold could not be confirmed.
    Sources: HLA25, MCGUIRE.
    Alarm: any.
    Confidence: M.
    """
    found = [row for row in audited.patients if row.is_claimed_elsewhere or row.others]
    cases, count = listed(Case(claimed_by(row), row.patient) for row in found)
    return Finding(
        figure=Figure(len(found), len(audited.patients)),
        says=f"{plural(len(found), 'patient')} whom another practice claims too",
        rings=bool(found), cases=cases, count=count,
    )  # fmt: skip


def claimed_by(row: MonthRow) -> str:
    """Return who else claims a patient, in words."""
    said = ["billed elsewhere"] if row.is_claimed_elsewhere else []
    said += [f"also monitored at {name}" for name in row.others]
    return "; ".join(said)


def three_components(audited: Audited) -> Finding:
    """Patients lack set-up, device or management among what is billed.

    How: patients with any monitoring line in twelve months who lack one of the three: set-up
      (99453, ever), a device code, management. Medicare does not ask for all three.
    Published: 43 % of enrollees lacked at least one (2019 to 2022).
    Sources: AHA, HPN, AGG, DLA.
    Alarm: none; reported.
    Confidence: H.
    """
    found = [row for row in audited.year if missing(row)]
    cases, count = listed(Case(f"lacks {' and '.join(missing(row))}", row.patient) for row in found)
    return Finding(
        figure=Figure(len(found), len(audited.year)),
        says=f"{plural(len(found), 'patient')} lack at least one of three; OIG found 43 %",
        cases=cases, count=count,
    )  # fmt: skip


def missing(row: YearRow) -> list[str]:
    """Return the components that a patient lacks."""
    held = (
        ("set-up", row.has_setup),
        ("device", row.has_device),
        ("management", row.has_management),
    )
    return [name for name, is_there in held if not is_there]


def routine_biller(audited: Audited) -> Finding:
    """The practice is of the size that OIG looks at.

    How: patients with a monitoring line in twelve months, and units of all such lines.
    Published: 4,639 of 10,388 practices billed routinely in 2024: at least 10 enrollees and more
      than 100 services; on average 70 enrollees.
    Sources: MCDON, MCGUIRE, NATLAW.
    Alarm: none; reported.
    Confidence: H.
    """
    patients, services = len(audited.year), sum(row.services for row in audited.year)
    is_routine = patients >= ROUTINE_ENROLLEES and services > ROUTINE_SERVICES
    verdict = "OIG looks at practices of this size" if is_routine else "below what OIG looks at"
    return Finding(
        figure=Figure(patients),
        says=f"{plural(patients, 'patient')} and {plural(services, 'service')} in twelve months: "
        f"{verdict}",
    )


OIG_MEASURES = (
    spike_in_enrollees, no_prior_relationship, several_device_codes, no_management,
    several_practices, three_components, routine_biller,
)  # fmt: skip
