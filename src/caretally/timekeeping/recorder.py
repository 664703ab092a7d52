"""The recorder: from what people do with timers to `time_logged` entries.

One timer a person. A second one is refused, unless the person says that the first is to stop. What
a timer measured is logged stretch by stretch, less what the person has on record already; what its
person did not stop is put aside until somebody attests to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from caretally.errors import ConflictError, InputError, Problem
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, TimeLogged
from caretally.journal.register import Register
from caretally.timekeeping.logged import Taken
from caretally.timekeeping.spans import Span, without
from caretally.timekeeping.timers import (
    Limits,
    Timer,
    Work,
    begin,
    is_forgotten,
    onward,
    resume,
    settled,
)

NOT_STAFF = frozenset({"ai_agent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is so when somebody does something with a timer.

    taken: what the person has on record already, of all patients.
    """

    now: datetime
    register: Register
    limits: Limits = field(default_factory=Limits)
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A person's wish to start a timer.

    stops_other: whether a timer that the person has is to be stopped first.
    """

    timer_id: str
    person: str
    work: Work
    stops_other: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A timer that its person did not stop; its time counts nothing until somebody attests to it.

    why: why it came to rest. found_at: when it was found.
    """

    timer: Timer
    why: str
    found_at: datetime

    @property
    def spans(self) -> tuple[Span, ...]:
        """What it measured."""
        return self.timer.measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came of it.

    timer: the person's timer from now on, if there is one. entries: to append. quarantined: to be
    put aside.
    """

    timer: Timer | None = None
    entries: tuple[Entry, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()


def start(current: Timer | None, wish: Start, moment: Moment) -> Turn:
    """Start a person's timer.

    current: the timer the person has, running or at rest.

    Raises:
        ConflictError: the person has a timer, and did not say that it is to stop.
        InputError: the person is not registered staff on that date.
    """
    _check_person(wish, moment)
    before = Turn()
    if current is not None:
        before = set_down(current, moment)
        if not before.quarantined and not wish.stops_other:
            raise ConflictError([_second_timer(current, wish)])
    timer = begin(wish.timer_id, wish.person, wish.work, moment.now)
    return replace(before, timer=timer)


def stop(timer: Timer, moment: Moment, *, note: str | None = None) -> Turn:
    """Stop a timer and log what it measured, less what is on record already.

    The ids of the entries follow from the timer's: stopped twice, it is logged once or refused.

    Raises:
        InputError: the entries could not be read again; all that is wrong is named.
    """
    last = settled(timer, moment.now, moment.limits)
    now = onward(last, moment.now)
    return Turn(entries=_entries(last, last.spans_at(now), replace(moment, now=now), note))


def set_down(timer: Timer, moment: Moment) -> Turn:
    """Stop a timer, or put it aside where its person had forgotten it."""
    found = swept(timer, moment)
    return Turn(quarantined=(found,)) if found else stop(timer, moment)


def take_up(timer: Timer, moment: Moment) -> Turn:
    """Resume a timer at rest; one that was forgotten is put aside instead."""
    found = swept(timer, moment)
    if found:
        return Turn(quarantined=(found,))
    return Turn(timer=resume(timer, moment.now, moment.limits))


def hand_over(timer: Timer, other: Timer | None, wish: Start, moment: Moment) -> Turn:
    """Let a colleague go on with a person's work; the first person's time is logged.

    other: the timer the colleague has. wish: the colleague's; its work must be the timer's.
    moment.taken: what the first person has on record.

    Raises:
        ConflictError: the colleague has a timer, or is the same person.
        InputError: the colleague is not registered, or the work is another.
    """
    _check_person(wish, moment)
    problems = []
    if wish.work != timer.work:
        problems.append(_problem(wish, "work", "other work than the timer's", "the same work"))
    if wish.person == timer.person:
        problems.append(_problem(wish, "person", repr(wish.person), "a colleague"))
    if other is not None:
        problems.append(_second_timer(other, wish))
    if problems:
        raise ConflictError(problems)
    before = set_down(timer, moment)
    after = begin(wish.timer_id, wish.person, wish.work, moment.now)
    return replace(before, timer=replace(after, handed_by=timer.person))


def swept(timer: Timer, moment: Moment) -> Quarantined | None:
    """Return a timer that was forgotten, to be put aside; None where it was not."""
    if not is_forgotten(timer, moment.now, moment.limits):
        return None
    last = settled(timer, moment.now, moment.limits)
    return Quarantined(timer=last, why=last.rests_because, found_at=moment.now)


def attest(
    found: Quarantined, filing: Filing, kept: tuple[Span, ...], moment: Moment
) -> tuple[Entry, ...]:
    """Log what somebody vouches for of a forgotten timer; the rest is gone.

    filing: its actor attests, its reason says why. kept: stretches within what was measured; the
    ids of the entries follow from the timer's.

    Raises:
        InputError: no reason, nobody of the staff, or a stretch that was not measured.
    """
    problems = [*_attestation_problems(filing, moment.register)]
    problems += [
        Problem(
            where=f"timer {found.timer.id}",
            field=f"kept[{position}]",
            found=f"{each.start.isoformat()} to {each.end.isoformat()}",
            expected="a stretch within one that was measured",
            hint="time that no timer measured is written down by hand",
        )
        for position, each in enumerate(kept)
        if not each.seconds or not any(span.contains(each) for span in found.spans)
    ]
    if problems:
        raise InputError(problems)
    return _entries(found.timer, kept, replace(moment, now=filing.now), None, filing)


def _entries(
    timer: Timer,
    spans: tuple[Span, ...],
    moment: Moment,
    note: str | None,
    attested: Filing | None = None,
) -> tuple[Entry, ...]:
    """Return an entry for every stretch that is nobody else's yet."""
    free: list[Span] = []
    for each in spans:
        free += without(each, (*(taken.span for taken in moment.taken), *free))
    made: list[Entry] = []
    for number, each in enumerate(free, start=1):
        filing = Filing(
            id=f"ent_{timer.id.removeprefix('tmr_')}_{number}",
            patient=timer.work.patient,
            now=moment.now,
            actor=attested.actor if attested else f"staff:{timer.person}",
            reason=attested.reason if attested else None,
        )
        made += Draft.of(filing, _body(timer, each, note, attested)).filed()
    return tuple(made)


def _body(timer: Timer, each: Span, note: str | None, attested: Filing | None) -> TimeLogged:
    return TimeLogged(
        program=timer.work.program,
        category=timer.work.category,
        start=each.start,
        end=each.end,
        performer=timer.person,
        note=note,
        attested_by=attested.writer if attested else None,
    )


def _check_person(wish: Start, moment: Moment) -> None:
    """Refuse to measure for somebody whose seconds could not count as staff time."""
    day = moment.register.day_of(wish.work.patient, moment.now, program=wish.work.program)
    roles = moment.register.roles_on(wish.person, day)
    if roles - NOT_STAFF:
        return
    found = "an agent" if roles else f"not registered on {day}"
    problem = _problem(wish, "person", f"{wish.person!r}, {found}", "a registered member of staff")
    raise InputError([problem])


def _second_timer(current: Timer, wish: Start) -> Problem:
    return Problem(
        where=f"timer {wish.timer_id}",
        field="person",
        found=f"timer {current.id} of {current.person!r} for {current.work.patient!r}",
        expected="one timer a person",
        hint="stop that one first, or start with the choice to stop it",
    )


def _problem(wish: Start, field: str, found: str, expected: str) -> Problem:
    return Problem(where=f"timer {wish.timer_id}", field=field, found=found, expected=expected)


def _attestation_problems(filing: Filing, register: Register) -> list[Problem]:
    where = f"entry {filing.id}"
    problems = []
    if not (filing.reason or "").strip():
        problems.append(
            Problem(where=where, field="reason", found="no reason", expected="why the time is true")
        )
    if filing.writer is None or not register.is_registered(filing.writer):
        problems.append(
            Problem(
                where=where,
                field="actor",
                found=repr(filing.actor),
                expected="a registered member of staff, who attests",
            )
        )
    return problems
