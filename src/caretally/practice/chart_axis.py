"""A patient's vital signs, what they were held against, and what was done, on one axis of time.

Everything a chart shows comes from here: page, drawing for print, table and CSV draw nothing else.
Bounds are steps: each value beside those that were in force when it was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from caretally.journal.entries import (
    AlertAcknowledged,
    AlertClosed,
    AlertRaised,
    AlertRuleSet,
    ContactAttempted,
    ContactHeld,
    Disenrolled,
    Enrolled,
    Entry,
    MedicationChanged,
    ReadingRecorded,
    ThresholdSet,
)
from caretally.journal.quantities import convert
from caretally.practice.chart_held import held_readings
from caretally.practice.chart_records import (
    ACKNOWLEDGED,
    ALERT,
    ATTEMPT,
    CHANGES,
    CLOSED,
    CONTACT,
    MEDICATION,
    OPEN,
    Axis,
    Bound,
    Mark,
    Signs,
    Stretch,
)
from caretally.practice.chart_stretch import months_between, periods_of
from caretally.practice.office import Chart
from caretally.practice.patient_month import Decisions
from caretally.practice.timeline import attempt_title, contact_title
from caretally.practice.vitals import (
    Curve,
    DayOfPeriod,
    Vital,
    days_of_period,
    plain,
    vitals_of,
)
from caretally.triage.thresholds import Bounds, bounds_in_force
from caretally.triage.vitals import BY_CODE

CHANGES_BOUNDS = (ThresholdSet, AlertRuleSet, Enrolled, Disenrolled)
"""Entries after which other bounds may hold: rules, and what brings a patient under them."""


def axis_of(chart: Chart, decisions: Decisions, stretch: Stretch) -> Axis:
    """Return what happened in a stretch; the caller has told who looks."""
    readings = within(chart.record.entries(ReadingRecorded), stretch)
    held = held_readings(decisions.office, chart.patient, stretch)
    vitals = vitals_of(readings, stretch.begins, held)
    periods = periods_of(decisions, months_between(stretch.first_on, stretch.last_on))
    return Axis(
        patient=chart.patient, label=chart.card.label, stretch=stretch, now=decisions.office.now,
        signs=tuple(
            Signs(vital=each, bounds=bounds_of(chart, each, stretch)) for each in vitals
        ),
        marks=tuple(sorted(marks_of(chart, stretch), key=lambda each: (each.at, each.key))),
        days=days_of(chart, decisions, stretch, readings),
        periods=tuple(
            each for each in periods
            if each.first_on <= stretch.last_on and each.last_on >= stretch.first_on
        ),
        held_count=len(held),
    )  # fmt: skip


def within(entries: Iterable[Entry], stretch: Stretch) -> tuple[Entry, ...]:
    """Return the entries of a stretch, as ordered."""
    begins, ends = stretch.begins, stretch.ends
    return tuple(entry for entry in entries if begins <= entry.at < ends)


def days_of(
    chart: Chart, decisions: Decisions, stretch: Stretch, readings: Iterable[Entry]
) -> tuple[DayOfPeriod, ...]:
    """Return every date of a stretch: whether data came that counts, a reading, or none."""
    set_aside = {
        each.id
        for month in months_between(stretch.first_on, stretch.last_on)
        for each in decisions.of(month).month.entries
        if each.reasons
    }
    dates = ((chart.day_of(entry.at), entry.id not in set_aside) for entry in readings)
    today = chart.day_of(decisions.office.now)
    return days_of_period((stretch.first_on, stretch.last_on), dates, today)


def bounds_of(chart: Chart, vital: Vital, stretch: Stretch) -> tuple[Bound, ...]:
    """Return the bounds of a vital sign's curves, each from when it held until when."""
    in_force = chart.record.in_force
    inside = {
        each.at
        for each in in_force
        if isinstance(each.body, CHANGES_BOUNDS)
        and each.patient in (None, chart.patient)
        and stretch.begins < each.at < stretch.ends
    }
    starts = sorted({stretch.begins, *inside})
    found: list[Bound] = []
    for begins, ends in zip(starts, [*starts[1:], stretch.ends], strict=True):
        held = bounds_in_force(in_force, chart.patient, begins)
        for curve in vital.curves:
            found += curve_bounds(vital, curve, held, (begins, ends))
    return joined(found)


def curve_bounds(
    vital: Vital, curve: Curve, held: dict[str, Bounds], span: tuple[datetime, datetime]
) -> Iterator[Bound]:
    """Yield the bounds of a curve in a span; those of a unit that cannot be turned are left out."""
    loinc = next(metric for metric, name in vital.kind.metrics if name == curve.name)
    bounds, watched = held.get(loinc), BY_CODE.get(loinc)
    if bounds is None or watched is None:
        return
    for side, bound in (("low", bounds.low), ("high", bounds.high)):
        value = None if bound is None else convert(bound, watched.unit, curve.unit)
        if value is not None:
            where = "below" if side == "low" else "above"
            yield Bound(
                curve=curve.name, side=side, value=value, begins=span[0], ends=span[1],
                says=f"{curve.name} {where} {plain(value)}",
                is_starting_point=bounds.is_starting_point,
            )  # fmt: skip


def joined(bounds: Iterable[Bound]) -> tuple[Bound, ...]:
    """Return bounds with those joined that only another rule's change cut in two."""
    found: dict[tuple[str, str], list[Bound]] = {}
    for each in bounds:
        before = found.setdefault((each.curve, each.side), [])
        last = before[-1] if before else None
        same = (
            last is not None
            and last.ends == each.begins
            and (last.value, last.is_starting_point) == (each.value, each.is_starting_point)
        )
        if last is not None and same:
            before[-1] = replace(last, ends=each.ends)
        else:
            before.append(each)
    return tuple(each for kept in found.values() for each in kept)


def marks_of(chart: Chart, stretch: Stretch) -> Iterator[Mark]:
    """Yield what happened in a stretch besides readings."""
    yield from alert_marks(chart, stretch)
    for entry in within(chart.record.entries(ContactHeld), stretch):
        yield Mark(
            lane=CONTACT, at=entry.at, until=getattr(entry.body, "end", entry.at),
            says=contact_title(entry.body), key=entry.id,
        )  # fmt: skip
    for entry in within(chart.record.entries(ContactAttempted), stretch):
        yield Mark(
            lane=ATTEMPT, at=entry.at, until=entry.at, says=attempt_title(entry.body), key=entry.id
        )
    for entry in within(chart.record.entries(MedicationChanged), stretch):
        yield Mark(
            lane=MEDICATION, at=entry.at, until=entry.at, says=medication_words(entry),
            key=entry.id,
        )  # fmt: skip


def alert_marks(chart: Chart, stretch: Stretch) -> Iterator[Mark]:
    """Yield the alerts that were open at some time of a stretch."""
    record = chart.record
    answered = {each.body.alert for each in record.all_of(AlertAcknowledged)}
    closed = {each.body.alert: each for each in record.all_of(AlertClosed)}
    for raised in record.all_of(AlertRaised):
        body, end = raised.body, closed.get(raised.body.alert)
        if raised.at >= stretch.ends or (end is not None and end.at < stretch.begins):
            continue
        state = CLOSED if end else ACKNOWLEDGED if body.alert in answered else OPEN
        outcome = f", closed: {end.body.outcome.replace('_', ' ')}" if end else f", {state}"
        yield Mark(
            lane=ALERT, at=raised.at, until=end.at if end else None, key=raised.id,
            says=f"{body.level.capitalize()} alert: {body.says}{outcome}", state=state,
            level=body.level, about=body.alert,
        )  # fmt: skip


def medication_words(entry: Entry) -> str:
    """Return a change of a medication in words."""
    body = entry.body
    assert isinstance(body, MedicationChanged)
    detail = f" ({body.detail})" if body.detail else ""
    return f"{body.medication}: {CHANGES[body.change]}{detail}"
