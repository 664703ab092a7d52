"""What of other patients a decision rests on, told without them: when staff were elsewhere.

The fold gives a person's second to the entry that starts first. Where that entry is of another
patient, it is told as performer, start, end and the stretches it took, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from caretally.billability.decide import Judge, folded
from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth, instant_of
from caretally.journal.entries import DeviceAssigned, DeviceReturned, Entry
from caretally.patient_months.columns import FOREVER, Folded, Part
from caretally.patient_months.quick_tables import quick
from caretally.patient_months.rows import BuiltPart, Record
from caretally.patient_months.seconds import (
    registration_at,
    reviews,
    span_state,
    takes_seconds,
)

NOBODY = -1


class Took(NamedTuple):
    """That a span of another patient kept a person from this one; instants in seconds."""

    performer: str
    entry: str
    start: int
    end: int
    taken: tuple[tuple[int, int], ...]
    zone: str


class Moved(NamedTuple):
    """That a device of this patient moved in other hands."""

    device: str
    entry: str
    at: datetime
    assigned: bool
    holder: str


def decided_from(
    judge: Judge, record: Record, whose: tuple[str, ServiceMonth], as_of: datetime | None
) -> tuple[Decision, tuple[Took, ...]]:
    """Return the decision on a patient's month from a record, and what other patients took.

    Raises:
        ValueError: nothing in the record is of the patient.
    """
    patient, month = whose
    built = judge.build(record, month)
    number = built.words.patients.index(patient)
    out = folded(built.part, only=number)
    decision = judge.decide_patient(built, out, number, month, as_of)
    return decision, took(built, out.folded, number)


def took(built: BuiltPart, out: Folded, patient: int) -> tuple[Took, ...]:
    """Return the spans of other patients that took seconds from one, by start and entry."""
    part, words = quick(built.part), built.words
    spans, rows = part.spans, part.performances
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for span in range(spans.first[patient], spans.first[patient + 1]):
        if not takes_seconds(out.lane[span]):
            continue
        for row in range(spans.first_performance[span], spans.first_performance[span + 1]):
            if out.conflict[row]:
                for rival, stretch in stretches_taken(part, out, row):
                    found.setdefault((rows.staff[row], rival), []).append(stretch)
    made = [
        Took(
            words.staff[person], words.spans[rival], spans.start[rival], spans.end[rival],
            united(taken), words.zones[out.zone[spans.patient[rival]]],
        )
        for (person, rival), taken in found.items()
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda each: (each.start, each.entry, each.performer)))


def stretches_taken(part: Part, out: Folded, row: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield who took the person of a performance, and when, stride by stride."""
    span = part.performances.span[row]
    second, end = part.spans.start[span], part.spans.end[span]
    while second < end:
        rival, until = taker(part, out, row, second)
        until = min(until, end)
        if rival != NOBODY:
            yield rival, (second, until)
        second = until


def taker(part: Part, out: Folded, row: int, second: int) -> tuple[int, int]:
    """Return the span of another patient that has a performance's person, and until when.

    Asks in the order of `seconds.keeps_person`, and names the one that decides there.
    """
    rows, spans = part.performances, part.spans
    own, until = spans.patient[rows.span[row]], FOREVER
    for place in range(out.conflict[row] - 1, rows.place[row]):
        rival = rows.span[rows.by_staff[place]]
        if not takes_seconds(out.lane[rival]) or spans.end[rival] <= second:
            continue
        reasons, change = span_state(part, out, rival, second)
        patient = spans.patient[rival]
        rank, turn = registration_at(part, out, rows.staff[row], out.zone[patient], second)
        until = min(until, change, turn, spans.end[rival])
        if not reasons and rank and reviews(out.lane[rival], rank):
            return (NOBODY if patient == own else rival), until
    return NOBODY, until


def united(stretches: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return stretches with those joined that touch or overlap, by time."""
    found: list[tuple[int, int]] = []
    for begins, ends in sorted(stretches):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return tuple(found)


def moved(
    own: Iterable[Entry], others: Iterable[Entry], set_aside: Mapping[str, str]
) -> tuple[Moved, ...]:
    """Return where the devices of a patient were in other hands, by time."""
    devices = {
        entry.body.device
        for entry in own
        if isinstance(entry.body, DeviceAssigned | DeviceReturned)
    }
    found = [
        Moved(
            entry.body.device, entry.id, entry.at.astimezone(UTC),
            isinstance(entry.body, DeviceAssigned), entry.patient,
        )
        for entry in others
        if isinstance(entry.body, DeviceAssigned | DeviceReturned)
        and entry.patient is not None
        and entry.body.device in devices
        and entry.id not in set_aside
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.at, each.entry)))


def told_instant(second: int) -> str:
    """Return an instant as files say it."""
    return instant_of(second).astimezone(UTC).isoformat().replace("+00:00", "Z")
