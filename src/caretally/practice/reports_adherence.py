"""Who measures how often: data days of the device periods that end in a month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from caretally.clock import ServiceMonth, date_of, day_number
from caretally.patient_months.facts import Facts
from caretally.practice.reports import (
    PERCENT,
    Asked,
    Cell,
    Figure,
    Picture,
    Report,
    Series,
    Table,
    count,
    divided,
    month_label,
    patient,
    share,
    words,
)
from caretally.practice.roles import SEE_PATIENTS
from caretally.practice.vitals import KINDS as VITALS

NAME, TITLE = "adherence", "Adherence"
SAYS = "Days with data of every device period: how many have 16, who measures less than before."
EMPTY = (
    "No device period ended in this month yet. A period begins with a patient's first day of "
    "data and lasts 30 days; assign devices and ask for first measurements."
)
BANDS = (("0–1 days", 0), ("2–15 days", 2), ("16 or more days", 16))
"""Names and first days: what a device code of no, of a short and of a full period asks for."""
FEWER, MOST_LISTED, MONTHS_BACK = 5, 100, 6
NOTES = (
    (
        "A period counts in the month in which its last day falls, as codes do; its days are "
        "distinct local dates with a reading that counts, from a medical device the patient had "
        "at the time."
    ),
    "By device: what the patient holds now, so a patient with two sorts stands in two rows.",
    (
        f"Who measures less: at least {FEWER} days fewer than in the period before, or below 16 "
        "where the period before had 16; the largest fall first."
    ),
)
decode = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Period:
    """A device period: its last day, as days since 1970, and its data days."""

    to_day: int
    data_days: int


@dataclass(slots=True)
class Measurer:
    """A patient's periods that ended in the months read, the latest last."""

    name: str
    periods: list[Period] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Found:
    """What was read: bands by month, and the periods of each patient.

    running: periods that end in the month but are not over yet; they are in no figure.
    """

    bands: dict[ServiceMonth, list[int]]
    patients: dict[str, Measurer]
    own: dict[str, list[Period]]
    running: int = 0


def adherence(asked: Asked) -> Report:
    """Return the adherence of a month.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    found = read(asked)
    own = found.bands[asked.month]
    if not sum(own):
        return Report(name=NAME, title=TITLE, month=asked.month, lead="", empty=EMPTY)
    days = [period.data_days for each in found.own.values() for period in each]
    fell = sorted(fallers(asked, found), key=lambda each: (each[2] - each[1], each[0]))
    return Report(
        name=NAME, title=TITLE, month=asked.month,
        lead=f"{share(own[2], sum(own)).shown} of {sum(own):,} device periods have 16 or more days "
             f"with data; {len(fell):,} patient{'' if len(fell) == 1 else 's'} measured less than "
             "before.",
        figures=figures_of(own, days, (len(fell), found.running)),
        pictures=(days_picture(days), months_picture(found)),
        tables=(device_table(asked, found), fallers_table(found, fell)), notes=NOTES,
    )  # fmt: skip


def read(asked: Asked) -> Found:
    """Read the periods of some months; a patient's periods come in order."""
    where, values = asked.cards(SEE_PATIENTS)
    months, today = asked.months(MONTHS_BACK), day_number(asked.office.today())
    found = Found(bands={month: [0, 0, 0] for month in months}, patients={}, own={})
    sql = (
        "SELECT kept.patient, card.name, kept.facts FROM store_patientmonth AS kept "  # noqa: S608
        f"JOIN store_patientcard AS card ON card.stream_id = kept.stream_id WHERE {where} "
        "AND kept.practice_id = %s AND kept.month = %s"
    )
    for month in months:
        for name, says, facts in asked.office.db.rows(sql, *values, values[0], str(month)):
            for period in periods_in(facts):
                if period.to_day >= today:
                    found.running += month == asked.month
                    continue
                found.bands[month][band_of(period.data_days)] += 1
                found.patients.setdefault(name, Measurer(says)).periods.append(period)
                if month == asked.month:
                    found.own.setdefault(name, []).append(period)
    return found


TO_DAY, DAYS, IS_PERIOD = (Facts._fields.index(n) for n in ("to_day", "data_days", "period"))


def periods_in(facts: str) -> Iterator[Period]:
    """Yield the device periods among the facts of a month, in order."""
    slots: Sequence[Sequence[int]] = decode(facts)
    periods = [slot for slot in slots if slot[IS_PERIOD]]
    for slot in sorted(periods, key=lambda each: each[TO_DAY]):
        yield Period(slot[TO_DAY], slot[DAYS])


def band_of(days: int) -> int:
    """Return the position of the band of a number of days."""
    return sum(days >= least for _, least in BANDS) - 1


def figures_of(
    own: Sequence[int], days: Sequence[int], told: tuple[int, int]
) -> tuple[Figure, ...]:
    """Return what stands out; told: who measures less, and periods not over yet."""
    fell, running = told
    total = sum(own)
    tenths = divided(sum(days) * 10, total) or 0
    return (
        Figure(label="Device periods", cell=count(total),
               note=f"ended in the month; {running:,} more run on" if running
               else "ended in the month"),
        *(Figure(label=name, cell=share(part, total), note=f"{part:,} periods")
          for (name, _), part in zip(BANDS, own, strict=True)),
        Figure(label="Days a period", cell=words(f"{tenths // 10}.{tenths % 10}"),
               note="average, of 30"),
        Figure(label="Measure less than before", cell=count(fell), note="listed below"),
    )  # fmt: skip


def days_picture(days: Sequence[int]) -> Picture:
    """Return how many periods have how many days."""
    most = max(30, *days)
    values = tuple(days.count(n) for n in range(most + 1))
    return Picture(
        name="days", title="Periods by days with data",
        labels=tuple(str(n) for n in range(most + 1)),
        series=(Series(name="periods", values=values),),
    )  # fmt: skip


def months_picture(found: Found) -> Picture:
    """Return the shares of the bands by month."""
    return Picture(
        name="bands", title="Share of periods by days with data", unit=PERCENT, is_stacked=True,
        labels=tuple(month_label(month) for month in found.bands),
        series=tuple(
            Series(name=name, values=tuple(
                divided(bands[position] * 1000, sum(bands)) for bands in found.bands.values()))
            for position, (name, _) in reversed(list(enumerate(BANDS)))
        ),
    )  # fmt: skip


def device_table(asked: Asked, found: Found) -> Table:
    """Return the bands by what the devices in the patients' hands measure."""
    where, values = asked.cards(SEE_PATIENTS)
    sql = (
        "SELECT device.patient, device.parameters FROM store_devicecard AS device "  # noqa: S608
        "JOIN store_patientcard AS card ON card.practice_id = device.practice_id "
        f"AND card.patient = device.patient WHERE {where} AND device.patient <> ''"
    )
    sorts: dict[str, set[str]] = {}
    for name, parameters in asked.office.db.rows(sql, *values):
        sorts.setdefault(name, set()).update(sorts_of(parameters))
    rows: dict[str, list[int]] = {}
    for name, periods in found.own.items():
        for sort in sorts.get(name) or {"No device in hand now"}:
            for period in periods:
                rows.setdefault(sort, [0, 0, 0])[band_of(period.data_days)] += 1
    return Table(
        name="devices", title="By device",
        columns=("What the device measures", "Periods", *(name for name, _ in BANDS),
                 "With 16 or more %"),
        rows=tuple(
            (words(sort), count(sum(bands)), *(count(each) for each in bands),
             share(bands[2], sum(bands)))
            for sort, bands in sorted(rows.items())
        ),
    )  # fmt: skip


def sorts_of(parameters: str) -> set[str]:
    """Return what a device measures in words, from its LOINC codes."""
    codes = set(parameters.split())
    found = {kind.title for kind in VITALS if codes & {metric for metric, _ in kind.metrics}}
    # A cuff counts the pulse as well; nobody calls it a heart-rate monitor.
    return found - {"Heart rate"} or found or {"Other"}


def fallers(asked: Asked, found: Found) -> Iterator[tuple[str, int, int, int]]:
    """Yield patients who measure less: id, days before, days now, last day of the period."""
    for name in found.own:
        periods = found.patients[name].periods
        if len(periods) < 2:
            continue
        before, now = periods[-2], periods[-1]
        lost = before.data_days - now.data_days
        crossed = now.data_days < BANDS[2][1] <= before.data_days
        if lost >= FEWER or crossed:
            yield name, before.data_days, now.data_days, now.to_day


def fallers_table(found: Found, fell: Sequence[tuple[str, int, int, int]]) -> Table:
    """Return who measures less, the largest fall first."""
    rows: list[tuple[Cell, ...]] = [
        (patient(name, found.patients[name].name), words(iso(to_day)), count(before), count(now),
         count(now - before))
        for name, before, now, to_day in fell[:MOST_LISTED]
    ]  # fmt: skip
    return Table(
        name="less", title="Who measures less than before", rows=tuple(rows),
        columns=("Patient", "Period to", "Days before", "Days now", "Change"),
        left_out=max(0, len(fell) - MOST_LISTED),
        note="Ask what changed: battery, cell signal, travel, motivation. The list of readings at "
             "risk says whom to ask first today.",
    )  # fmt: skip


def iso(day: int) -> str:
    """Return a day number as an ISO date."""
    found: date = date_of(day)
    return found.isoformat()
