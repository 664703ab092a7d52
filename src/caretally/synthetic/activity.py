"""What a clinic logs for a patient: conversations, attempts and time, month by month.

Drawn as spans of seconds first, turned into entries second, corrected third.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from caretally.clock import instant_of, seconds_of
from caretally.codes import REVIEW_CODE
from caretally.journal.entries import (
    Body,
    ContactAttempted,
    ContactHeld,
    Entry,
    EntryVoided,
    ExcludedLeg,
    TimeLogged,
)
from caretally.synthetic.ledger import LATE_SECONDS, Stamp
from caretally.synthetic.person import Person
from caretally.synthetic.shapes import (
    LEG_REASONS,
    MARKED_REVIEW,
    NOTES,
    STYLES,
    SUMMARIES,
    TELEPHONE,
    TOPICS,
    UNANSWERED,
    WRITTEN_MODES,
    Shape,
)

SpanBody = ContactHeld | ContactAttempted | TimeLogged

EDITED = 20
VOIDED = 10
LAID_OVER_ANOTHER = 100
CROSSING_MONTH_EDGE = 30
DURING_ANOTHER_PATIENT = 20
BESIDE = 400
"""Spans in a thousand, patient-months for the crossing ones."""

REASONS_TO_EDIT = ("wrong end time", "wrong start time", "timer ran on", "length corrected")
REASONS_TO_VOID = ("entered on a wrong chart", "entered twice", "test entry")
WEEKEND = frozenset({5, 6})


@dataclass(slots=True)
class Span:
    """A span before it is an entry; `millis` are cut by whoever counts."""

    shape: Shape
    staff: str
    start: int
    end: int
    millis: int = 0

    def instants(self) -> tuple[datetime, datetime]:
        """Return start and end with their fractions."""
        fraction = timedelta(milliseconds=self.millis)
        return instant_of(self.start) + fraction, instant_of(self.end) + fraction


def file_activity(person: Person) -> None:
    """Write the spans of every month of the plan."""
    for first_day, last_day in person.clinic.plan.month_days():
        first, last = person.active_days(first_day, last_day)
        if first <= last:
            _one_month(person, first, last, last_day)


def _one_month(person: Person, first: int, last: int, edge: int) -> None:
    dice = person.dice
    count = dice.hump(7, 30)
    if last - first < 26:
        count = max(1, count * (last - first + 1) // 30)
    latest = None
    if last == edge and dice.chance(CROSSING_MONTH_EDGE):
        latest = _across(person, edge)
        _file(person, latest)
        count -= 1
    for _ in range(count):
        latest = _next_span(person, first, last, latest)
        _file(person, latest)
    if dice.chance(40):
        _file_marked_review(person, first, last)


def _across(person: Person, edge: int) -> Span:
    dice = person.dice
    midnight = person.second(edge + 1, 0)
    shape = TELEPHONE if dice.chance(600) else dice.pick(STYLES[person.style])
    staff = _performer(person, shape)
    return Span(shape, staff, midnight - dice.between(5, 900), midnight + dice.between(5, 900))


def _next_span(person: Person, first: int, last: int, latest: Span | None) -> Span:
    dice = person.dice
    shape = dice.pick(STYLES[person.style])
    staff = _performer(person, shape)
    length = _length(person, shape)
    start = _start(person, staff, _working_day(person, first, last))
    if latest is not None and dice.chance(LAID_OVER_ANOTHER):
        start = latest.start + dice.below(max(1, latest.end - latest.start))
    elif dice.chance(DURING_ANOTHER_PATIENT):
        start = _during_another(person, staff, start, first)
    elif dice.chance(40):
        start = person.second(dice.between(first, last), dice.between(64_800, 79_000))
    return Span(shape, staff, start, start + length, dice.below(1000) if dice.chance(20) else 0)


def _length(person: Person, shape: Shape) -> int:
    dice = person.dice
    if dice.chance(3):
        return _odd_length(person)
    return dice.hump(shape.low, shape.high) * person.pace // 100


def _odd_length(person: Person) -> int:
    dice = person.dice
    return dice.pick((0, 3, 28_800, dice.between(28_801, 60_000), -dice.between(1, 900)))


def _performer(person: Person, shape: Shape) -> str:
    dice, clinic = person.dice, person.clinic
    if shape.by == "agent":
        return clinic.agent
    if shape.by == "practitioner":
        return dice.pick(clinic.practitioners)
    if clinic.desk and dice.chance(12):
        return dice.pick(clinic.desk)
    if dice.chance(3):
        return f"stf_{clinic.code}_unknown"
    return dice.pick(clinic.clinical)


def _working_day(person: Person, first: int, last: int) -> int:
    dice = person.dice
    day = dice.between(first, last)
    for _ in range(3):
        if (day + 3) % 7 not in WEEKEND or dice.chance(80):
            break
        day = dice.between(first, last)
    return day


def _start(person: Person, staff: str, day: int) -> int:
    dice = person.dice
    if staff == person.clinic.agent:
        return person.clinic.almanac.second(day, dice.between(32_400, 68_400))
    slot = person.clinic.roster.slot(staff, day, dice)
    return person.clinic.almanac.second(day, slot + dice.below(90))


def _during_another(person: Person, staff: str, start: int, first: int) -> int:
    """Return a start within the staff member's span for an earlier patient, if it fits."""
    other = person.clinic.roster.latest.get(staff)
    if other is None or other[0] < person.second(first):
        return start
    return other[0] + person.dice.below(max(1, other[1] - other[0]))


def _file(person: Person, span: Span) -> None:
    entry = _write(person, _body(person, span), span)
    if span.shape.by != "agent":
        person.clinic.roster.latest[span.staff] = (span.start, span.end)
    dice = person.dice
    if dice.chance(EDITED):
        entry = _edit(person, entry, span)
        if dice.chance(60):
            _edit(person, entry, span)
    elif dice.chance(VOIDED):
        _void(person, entry)


def _file_marked_review(person: Person, first: int, last: int) -> None:
    dice, clinic = person.dice, person.clinic
    doctor = dice.pick(clinic.clinical) if dice.chance(40) else clinic.practitioners[0]
    for _ in range(dice.between(1, 3)):
        start = _start(person, doctor, _working_day(person, first, last))
        length = dice.between(MARKED_REVIEW.low, MARKED_REVIEW.high)
        span = Span(MARKED_REVIEW, doctor, start, start + length)
        body = replace(_time(person, span), program=person.program, intended_code=REVIEW_CODE)
        _write(person, body, span)


def _program(person: Person) -> str:
    if person.beside and person.dice.chance(BESIDE):
        return person.dice.pick(person.beside)
    return person.program


def _body(person: Person, span: Span) -> SpanBody:
    if span.shape.manner == "time":
        return _time(person, span)
    if span.shape.manner == "attempt":
        return _attempt(person, span)
    return _contact(person, span)


def _time(person: Person, span: Span) -> TimeLogged:
    start, end = span.instants()
    return TimeLogged(
        program=_program(person),
        category=span.shape.word,
        start=start,
        end=end,
        performer=span.staff,
        note=person.dice.pick(NOTES) if person.dice.chance(400) else None,
    )


def _attempt(person: Person, span: Span) -> ContactAttempted:
    start, end = span.instants()
    written = span.shape.word in WRITTEN_MODES
    open_ended = person.dice.chance(30)
    return ContactAttempted(
        program=_program(person),
        mode=span.shape.word,
        outcome="message_sent" if written else person.dice.pick(UNANSWERED),
        start=start,
        end=None if open_ended else end,
        performers=(span.staff,),
    )


def _contact(person: Person, span: Span) -> ContactHeld:
    dice = person.dice
    start, end = span.instants()
    return ContactHeld(
        program=_program(person),
        mode=span.shape.word,
        start=start,
        end=end,
        performers=_performers(person, span.staff),
        spoke_with=_spoke_with(person),
        two_way=not dice.chance(15),
        topics=dice.pick(TOPICS),
        summary=dice.pick(SUMMARIES) if dice.chance(700) else None,
        part_of_visit=span.shape.word == "in_person" and dice.chance(600),
        excluded=_excluded(person, span),
    )


def _performers(person: Person, staff: str) -> tuple[str, ...]:
    clinic, dice = person.clinic, person.dice
    if staff == clinic.agent or not dice.chance(40):
        return (staff,)
    second = dice.pick(clinic.clinical + clinic.practitioners)
    return (staff,) if second == staff else (staff, second)


def _spoke_with(person: Person) -> str:
    dice = person.dice
    if person.caregiver is not None and dice.chance(400):
        return f"caregiver:{person.caregiver}"
    return "other" if dice.chance(50) else "patient"


def _excluded(person: Person, span: Span) -> tuple[ExcludedLeg, ...]:
    dice = person.dice
    length = span.end - span.start
    if length < 60 or not dice.chance(40):
        return ()
    starts = span.start + dice.below(length)
    ends = starts + dice.between(5, 90)
    why = dice.pick(LEG_REASONS)
    return (ExcludedLeg(start=instant_of(starts), end=instant_of(ends), why=why),)


def _write(person: Person, body: SpanBody, span: Span) -> Entry:
    dice = person.dice
    actor = "agent:voice" if span.shape.by == "agent" else f"staff:{span.staff}"
    late = dice.chance(10)
    after = dice.between(LATE_SECONDS, 15 * 86_400) if late else dice.below(900)
    recorded = max(span.start, span.end) + 1 + after
    reason = "typed from a paper note" if late else None
    person.ledger.write(body, Stamp(span.instants()[0], recorded, actor, reason))
    return person.ledger.entries[-1]


def _edit(person: Person, wrong: Entry, span: Span) -> Entry:
    """Write the span again with another end, and sometimes another start, some time later."""
    dice = person.dice
    start = span.start + (dice.between(-300, 300) if dice.chance(200) else 0)
    end = max(start, span.end + dice.between(-150, 150))
    right = Span(span.shape, span.staff, start, end)
    body = _retimed(wrong.body, right)
    recorded = seconds_of(wrong.recorded_at) + dice.between(60, 3 * 86_400)
    recorded = max(recorded, end)
    stamp = Stamp(right.instants()[0], recorded, wrong.actor, dice.pick(REASONS_TO_EDIT), wrong.id)
    person.ledger.write(body, stamp)
    return person.ledger.entries[-1]


def _retimed(body: Body, span: Span) -> Body:
    start, end = span.instants()
    if isinstance(body, ContactHeld):
        return replace(body, start=start, end=end)
    if isinstance(body, ContactAttempted):
        return replace(body, start=start, end=end)
    if isinstance(body, TimeLogged):
        return replace(body, start=start, end=end)
    return body


def _void(person: Person, wrong: Entry) -> None:
    dice = person.dice
    second = seconds_of(wrong.recorded_at) + dice.between(60, 5 * 86_400)
    body = EntryVoided(entry=wrong.id)
    reason = dice.pick(REASONS_TO_VOID)
    person.ledger.write(body, Stamp(instant_of(second), second, wrong.actor, reason))
