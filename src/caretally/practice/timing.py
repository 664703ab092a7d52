"""Timers as a practice keeps them: one row a person, and the entries that come of it.

Rows are locked while they change, the practice before them wherever entries are written, so that a
timer stopped twice at once is logged once. What nobody stopped is put aside for attestation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError

from caretally.clock import ServiceMonth
from caretally.codes import CATEGORIES, PROGRAMS
from caretally.errors import ConflictError, InputError, Problem, UnknownError
from caretally.journal.entries import Entry
from caretally.journal.register import Register, register_of
from caretally.practice.caller import caller_in, system_caller
from caretally.practice.office import Office
from caretally.practice.policies import timer_limits
from caretally.practice.roles import RECORD_CARE
from caretally.practice.timing_people import accounts, staff_of
from caretally.practice.timing_taken import taken_of
from caretally.store.database import ALL, Database, scoped
from caretally.store.models import ForgottenTimer, RunningTimer
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import locked_book
from caretally.timekeeping import recorder, timers
from caretally.timekeeping.logged import Taken
from caretally.timekeeping.recorder import Moment, Quarantined, Start, Turn
from caretally.timekeeping.spans import Span, total_seconds
from caretally.timekeeping.timers import Limits, Timer, Work

Given = ParamSpec("Given")
Made = TypeVar("Made")
Acting = Callable[Concatenate[Office, Given], Made]


def in_all_practices(act: Acting[Given, Made]) -> Acting[Given, Made]:
    """Let an act see the rows of all practices: a person has one timer, wherever it runs."""

    @wraps(act)
    def acted(office: Office, /, *given: Given.args, **named: Given.kwargs) -> Made:
        with scoped(ALL, office.db.alias):
            return act(office, *given, **named)

    return acted


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A person's timer as it stands now, and the practice it runs in."""

    timer: Timer
    practice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Both totals of a patient's month, in seconds."""

    month: ServiceMonth
    management_seconds: int
    live_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an action.

    timer: the person's timer from now on. logged: entries that were appended. forgotten: whether a
    timer was put aside.
    """

    timer: Timer | None = None
    logged: tuple[Entry, ...] = ()
    forgotten: bool = False

    @property
    def seconds(self) -> int:
        """Seconds that were logged."""
        bodies = (each.body for each in self.logged)
        return total_seconds(Span(body.start, body.end) for body in bodies)  # type: ignore[attr-defined]


def limits_in(office: Office, practice: str) -> Limits:
    """Return when timers of a practice are cut off, by its policies."""
    is_here = practice == office.practice
    theirs = office if is_here else replace(office, caller=system_caller(practice, "timers"))
    return timer_limits(theirs)


@in_all_practices
def running(office: Office) -> Running | None:
    """Return the caller's timer, cut off where its signs of life ended; None where there is none.

    It may run in any practice. A forgotten one is put aside.
    """
    row = _row_of(office.db, office.caller.user)
    if row is None:
        return None
    practice, timer = str(row.practice.name), timers.restored(bytes(row.state))
    limits = limits_in(office, practice)
    if timers.is_forgotten(timer, office.now, limits):
        sweep_one(office, row.user_id)
        return None
    return Running(timer=timers.settled(timer, office.now, limits), practice=practice)


@in_all_practices
def start(office: Office, work: Work, *, stops_other: bool = False) -> Outcome:
    """Start the caller's timer.

    Raises:
        ForbiddenError, UnknownError: the caller may not record care, or not of this patient.
        ConflictError: the caller has a timer, and did not say that it is to stop.
        InputError: there is no such work, or the caller is not registered staff today.
    """
    person = staff_of(office.caller)
    card = office.card(work.patient, permission=RECORD_CARE)
    _check_work(work)
    wish = Start(timer_id=office.new_id("tmr"), person=person, work=work, stops_other=stops_other)
    register = office.chart(card).record.register
    with office.db.atomic():
        row = _locked(office, office.caller.user)
        if row is None:
            turn = recorder.start(None, wish, _moment(office, register))
            _insert(office, office.caller.user, turn.timer)
            return Outcome(timer=turn.timer)
        current = timers.restored(bytes(row.state))
        turn = recorder.start(current, wish, _moment(office, register, current))
        outcome = _closed(office, row, turn)
        _write(row, turn.timer, practice=locked_book(office.db, office.practice).number)
        return outcome


@in_all_practices
def beat(office: Office, *, is_used: bool) -> Running | None:
    """Take a heartbeat of the caller's page; returns the timer, if there is one."""
    with office.db.atomic():
        row = _locked_row(office.db, office.caller.user)
        if row is not None:
            found = timers.restored(bytes(row.state))
            limits = limits_in(office, row.practice.name)
            if not timers.is_forgotten(found, office.now, limits):
                after = timers.beat(found, office.now, limits, is_used=is_used)
                if after != found:
                    _write(row, after)
    return running(office)


@in_all_practices
def pause(office: Office, timer_id: str) -> Outcome:
    """Pause the caller's timer; one at rest stays so.

    Raises:
        UnknownError: it does not run any more.
    """
    with office.db.atomic():
        row, timer = _held(office, timer_id)
        after = timers.pause(timer, office.now, limits_in(office, office.practice))
        _write(row, after)
        return Outcome(timer=after)


@in_all_practices
def take_up(office: Office, timer_id: str) -> Outcome:
    """Resume the caller's timer; a forgotten one is put aside instead.

    Raises:
        UnknownError: it does not run any more.
    """
    with office.db.atomic():
        row, timer = _held(office, timer_id)
        turn = recorder.take_up(timer, _moment(office, EMPTY))
        if turn.timer is None:
            return _closed(office, row, turn, is_over=True)
        _write(row, turn.timer)
        return Outcome(timer=turn.timer)


@in_all_practices
def stop(office: Office, timer_id: str, *, note: str = "") -> Outcome:
    """Stop the caller's timer and log what it measured; a forgotten one is put aside.

    Raises:
        ForbiddenError: the caller may not record care any more.
        UnknownError: it was stopped already.
    """
    office.caller.require(RECORD_CARE)
    with office.db.atomic():
        row, timer = _held(office, timer_id)
        moment = _moment(office, EMPTY, timer)
        found = recorder.swept(timer, moment)
        turn = (
            Turn(quarantined=(found,)) if found else recorder.stop(timer, moment, note=note or None)
        )
        return _closed(office, row, turn, is_over=True)


@in_all_practices
def hand_over(office: Office, timer_id: str, colleague: str) -> Outcome:
    """Let a colleague go on with the caller's work; the caller's time is logged.

    Raises:
        UnknownError: the timer does not run any more.
        ConflictError: the colleague has a timer.
        InputError: the colleague cannot take it.
    """
    office.caller.require(RECORD_CARE)
    with office.db.atomic():
        row, timer = _held(office, timer_id)
        theirs = _office_of(office, colleague, timer.work.patient)
        sweep_one(office, theirs.caller.user)
        other = _locked_row(office.db, theirs.caller.user)
        wish = Start(timer_id=office.new_id("tmr"), person=colleague, work=timer.work)
        register = office.chart(office.card(timer.work.patient)).record.register
        kept = timers.restored(bytes(other.state)) if other is not None else None
        turn = recorder.hand_over(timer, kept, wish, _moment(office, register, timer))
        outcome = _closed(office, row, turn, is_over=True)
        _insert(office, theirs.caller.user, turn.timer)
        return replace(outcome, timer=None)


def sweep_forgotten(journal: StoredJournal, now: datetime) -> int:
    """Put all timers aside that nobody stopped; returns how many rows went."""
    with scoped(ALL, journal.db.alias):
        rows = RunningTimer.objects.using(journal.db.alias).order_by("id")
        found = list(rows.values_list("user_id", "practice__name"))
    return sum(
        sweep_one(Office(journal=journal, caller=system_caller(name, "timers"), now=now), user)
        for user, name in found
    )


@in_all_practices
def sweep_one(office: Office, user: int | None) -> bool:
    """Put a person's timer aside if it was forgotten; tells whether it went."""
    with office.db.atomic():
        row = _locked_row(office.db, user)
        if row is None:
            return False
        limits = limits_in(office, row.practice.name)
        moment = Moment(now=office.now, register=EMPTY, limits=limits)
        found = recorder.swept(timers.restored(bytes(row.state)), moment)
        if found is None:
            return False
        _put_aside(office.db, row, found)
        row.delete(using=office.db.alias)
        return True


def clocks(office: Office, patient: str, month: ServiceMonth) -> Clocks:
    """Return both clocks of a patient's month as they were committed last."""
    rows = office.db.rows(
        "SELECT management_seconds, live_seconds FROM store_patientmonth "
        "WHERE practice_id = %s AND patient = %s AND month = %s",
        office.book().number, patient, str(month),
    )  # fmt: skip
    management, live = rows[0] if rows else (0, 0)
    return Clocks(month=month, management_seconds=management, live_seconds=live)


EMPTY: Register = register_of(())
"""Nobody and nothing; for what asks about no person."""


def _row_of(db: Database, user: int | None) -> RunningTimer | None:
    rows = RunningTimer.objects.using(db.alias).select_related("practice")
    return rows.filter(user_id=user).first() if user is not None else None


def _locked_row(db: Database, user: int | None) -> RunningTimer | None:
    rows = RunningTimer.objects.using(db.alias).select_related("practice")
    found = rows.select_for_update(of=("self",) if db.is_postgres else ())
    return found.filter(user_id=user).first() if user is not None else None


def _locked(office: Office, user: int | None) -> RunningTimer | None:
    """Lock the practices that may be written to, by name, then a person's row."""
    seen = _row_of(office.db, user)
    names = {office.practice} | ({str(seen.practice.name)} if seen is not None else set())
    for name in sorted(names):
        locked_book(office.db, name)
    return _locked_row(office.db, user)


def _held(office: Office, timer_id: str) -> tuple[RunningTimer, Timer]:
    """Lock the practice and the caller's row of a timer.

    Raises:
        UnknownError: this timer does not run here any more.
    """
    locked_book(office.db, office.practice)
    row = _locked_row(office.db, office.caller.user)
    if row is None or row.timer != timer_id or row.practice.name != office.practice:
        raise UnknownError("this timer does not run any more; it was stopped or handed over")
    return row, timers.restored(bytes(row.state))


def _moment(office: Office, register: Register, timer: Timer | None = None) -> Moment:
    """Return the circumstances; with a timer, what its person has on record meanwhile."""
    taken: tuple[Taken, ...] = ()
    if timer is not None:
        taken = taken_of(office, timer.person, Span(timer.started_at, office.now))
    return Moment(
        now=office.now, register=register, limits=limits_in(office, office.practice), taken=taken
    )


def _closed(office: Office, row: RunningTimer, turn: Turn, *, is_over: bool = False) -> Outcome:
    """Append and put aside what a turn brings for a person's former timer."""
    for found in turn.quarantined:
        _put_aside(office.db, row, found)
    entries = turn.entries
    if entries and row.practice.name == office.practice:
        office.append(entries)
    elif entries:
        theirs = caller_in(
            office.db, row.practice.name, (office.caller.user or 0, office.caller.login),
            office.now.date(),
        )  # fmt: skip
        replace(office, caller=theirs).append(entries)
    if is_over:
        row.delete(using=office.db.alias)
    return Outcome(timer=turn.timer, logged=entries, forgotten=bool(turn.quarantined))


def _put_aside(db: Database, row: RunningTimer, found: Quarantined) -> None:
    """Keep a forgotten timer; one that measured nothing leaves nothing."""
    if found.spans:
        ForgottenTimer.objects.using(db.alias).create(
            user_id=row.user_id, practice_id=row.practice_id, timer=found.timer.id,
            patient=found.timer.work.patient, why=found.why, state=timers.saved(found.timer),
            found_at=found.found_at,
        )  # fmt: skip


def _insert(office: Office, user: int | None, timer: Timer | None) -> None:
    """Keep a new timer.

    Raises:
        ConflictError: the person has one by now; the database holds one a person.
    """
    assert timer is not None
    try:
        with office.db.atomic():
            RunningTimer.objects.using(office.db.alias).create(
                user_id=user, practice_id=office.book().number, timer=timer.id,
                patient=timer.work.patient, state=timers.saved(timer),
            )  # fmt: skip
    except IntegrityError as error:
        raise ConflictError([
            Problem(
                where=f"timer {timer.id}", field="person",
                found="a timer that was started at the same time", expected="one timer a person",
                hint="look at the timer at the top of the page",
            )
        ]) from error  # fmt: skip


def _write(row: RunningTimer, timer: Timer | None, *, practice: int | None = None) -> None:
    assert timer is not None
    row.timer, row.patient, row.state = timer.id, timer.work.patient, timers.saved(timer)
    if practice is not None:
        row.practice_id = practice
    row.save()


def _office_of(office: Office, staff: str, patient: str) -> Office:
    """Return a colleague's office.

    Raises:
        InputError: the colleague has no account here, or may not record care of this patient.
    """
    account = accounts(office.db, office.practice, office.now.date()).get(staff)
    if account is not None:
        person = (account.user, account.login)
        caller = caller_in(office.db, office.practice, person, office.now.date())
        theirs = replace(office, caller=caller)
        if caller.may(RECORD_CARE) and theirs.reaches(office.card(patient), RECORD_CARE):
            return theirs
    raise InputError([
        Problem(
            where="timer", field="colleague", found=repr(staff),
            expected="a colleague with an account who may record care of this patient",
        )
    ])  # fmt: skip


def _check_work(work: Work) -> None:
    wanted: Iterable[tuple[str, str, tuple[str, ...]]] = (
        ("program", work.program, PROGRAMS),
        ("category", work.category, CATEGORIES),
    )
    problems = [
        Problem(where="timer", field=name, found=repr(value), expected=f"one of {', '.join(known)}")
        for name, value, known in wanted
        if value not in known
    ]
    if problems:
        raise InputError(problems)
