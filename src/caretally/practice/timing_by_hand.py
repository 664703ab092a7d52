"""Time written by hand, corrected and withdrawn, as a practice does it.

What was typed is local to the patient's zone. The same form sent twice is stored once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from caretally.codes import REVIEW_CODE
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.drafts import Filing
from caretally.journal.entries import Entry, TimeLogged
from caretally.journal.port import Appended
from caretally.practice.office import Office
from caretally.practice.roles import RECORD_CARE, RECORD_FOR_OTHERS
from caretally.practice.timing import limits_in
from caretally.practice.timing_local import LocalTime, instant, instant_after
from caretally.practice.timing_people import PRACTITIONERS, staff_of
from caretally.practice.timing_taken import taken_of
from caretally.store.database import ALL, scoped
from caretally.store.models import Membership, RunningTimer
from caretally.timekeeping import commands, timers
from caretally.timekeeping.logged import Taken, taken_by_timer
from caretally.timekeeping.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Time as somebody typed it.

    performer: staff id, empty for the writer. is_review: whether it is marked for the
    practitioner's data review. reason: why no timer measured it, or why it is corrected.
    """

    entry_id: str
    program: str
    category: str
    day: str
    start: str
    end: str
    start_which: str = ""
    end_which: str = ""
    performer: str = ""
    note: str = ""
    reason: str = ""
    is_review: bool = False


def log_by_hand(office: Office, patient: str, wish: Written) -> Appended:
    """Write time down that no timer measured.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: anything is wrong with it; all is named.
    """

    def command(record: PatientRecord) -> Sequence[Entry]:
        filing = office.filing(patient, entry_id=wish.entry_id, reason=wish.reason)
        return commands.log_by_hand(record.register, filing, by_hand(office, record, wish))

    return once(office, (patient, wish.entry_id), command)


def correct(office: Office, patient: str, original: str, wish: Written) -> Appended:
    """Replace time on record by what was typed.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or there is no such time in force.
        InputError: anything is wrong with it; all is named.
    """

    def command(record: PatientRecord) -> Sequence[Entry]:
        filing = office.filing(
            patient, entry_id=wish.entry_id, reason=wish.reason, supersedes=original
        )
        check_reason(filing, "why it is corrected")
        before = own_entry(office, record, original)
        made = by_hand(office, record, wish)
        return commands.correct(record.register, filing, before, made)

    return once(office, (patient, wish.entry_id), command)


def withdraw(office: Office, filing: Filing, original: str) -> Appended:
    """Void time on record.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or there is no such time in force.
        InputError: no reason is given.
    """

    def command(record: PatientRecord) -> Sequence[Entry]:
        check_reason(filing, "why it is withdrawn")
        return commands.withdraw(filing, own_entry(office, record, original))

    return once(office, (filing.patient or "", filing.id), command)


def once(
    office: Office, named: tuple[str, str], command: Callable[[PatientRecord], Sequence[Entry]]
) -> Appended:
    """Run a command unless the entry it makes is stored already, as after a form sent twice.

    named: the patient and the id of the entry to come.

    Raises:
        ForbiddenError, UnknownError: the caller may not record care, or not of this patient.
    """
    patient, entry_id = named
    # Only enrolling opens charts: an id nobody knows must not become one.
    office.card(patient, permission=RECORD_CARE)

    def unless_stored(record: PatientRecord) -> Sequence[Entry]:
        return () if is_stored(office, patient, entry_id) else command(record)

    return office.act(patient, unless_stored, permission=RECORD_CARE)


def is_stored(office: Office, patient: str, entry_id: str) -> bool:
    """Tell whether an entry of this id is stored on this patient's chart."""
    rows = office.db.rows(
        "SELECT stream.name FROM store_entry AS entry JOIN store_stream AS stream "
        "ON stream.id = entry.stream_id WHERE entry.practice_id = %s AND entry.entry_id = %s",
        office.book().number, entry_id,
    )  # fmt: skip
    return bool(rows) and rows[0][0] == f"patient/{patient}"


def by_hand(office: Office, record: PatientRecord, wish: Written) -> commands.ByHand:
    """Return what was typed as the room of time takes it.

    Raises:
        ForbiddenError: it is for somebody else, which the caller may not write.
        InputError: the times are no times.
    """
    writer = staff_of(office.caller)
    performer = wish.performer or writer
    if performer != writer:
        office.caller.require(RECORD_FOR_OTHERS)
    zone_name = record.register.zone_of(record.patient, office.now, program=wish.program)
    began = LocalTime(day=wish.day, time=wish.start, which=wish.start_which)
    ended = LocalTime(day=wish.day, time=wish.end, which=wish.end_which)
    start = instant(began, zone_name, field="start")
    end = instant_after(ended, start, zone_name, field="end")
    body = TimeLogged(
        program=wish.program, category=wish.category, start=start, end=end, performer=performer,
        note=wish.note or None, intended_code=REVIEW_CODE if wish.is_review else None,
    )  # fmt: skip
    _check_review(record, body)
    return commands.ByHand(
        body=body,
        on_behalf_of=performer if performer != writer else None,
        taken=spoken_for(office, performer, Span(start, max(start, end))),
    )


def spoken_for(office: Office, person: str, within: Span) -> tuple[Taken, ...]:
    """Return what a person has on record and on a timer that overlaps a stretch."""
    found = list(taken_of(office, person, within))
    members = Membership.objects.using(office.db.alias)
    users = members.filter(practice__name=office.practice, staff=person).values("user_id")
    rows = RunningTimer.objects.using(office.db.alias).select_related("practice")
    with scoped(ALL, office.db.alias):
        theirs = list(rows.filter(user_id__in=users))
    for row in theirs:
        timer = timers.restored(bytes(row.state))
        found += taken_by_timer(timer, office.now, limits_in(office, row.practice.name))
    return tuple(found)


def own_entry(office: Office, record: PatientRecord, entry_id: str) -> Entry:
    """Return time in force that the caller may change: one's own, or with the right to others'.

    Raises:
        UnknownError: there is none of this id.
        ForbiddenError: it is somebody else's.
    """
    found = next((each for each in record.entries(TimeLogged) if each.id == entry_id), None)
    if found is None or not isinstance(found.body, TimeLogged):
        raise UnknownError("no time of this id is in force; it was corrected or withdrawn")
    if found.body.performer != office.caller.staff:
        office.caller.require(RECORD_FOR_OTHERS)
    return found


def check_reason(filing: Filing, expected: str) -> None:
    """Pass if a reason is given.

    Raises:
        InputError: none is.
    """
    if not (filing.reason or "").strip():
        where = f"entry {filing.id}"
        raise InputError([
            Problem(where=where, field="reason", found="no reason", expected=expected)
        ])  # fmt: skip


def _check_review(record: PatientRecord, body: TimeLogged) -> None:
    """Refuse to mark time for the data review of somebody who is no practitioner."""
    day = record.register.day_of(record.patient, body.start, program=body.program)
    roles = record.register.roles_on(body.performer, day)
    if body.intended_code is not None and not roles & PRACTITIONERS:
        raise InputError([
            Problem(
                where="the form", field="is_review", found="time of somebody else",
                expected=f"a practitioner's own time for {REVIEW_CODE}",
            )
        ])  # fmt: skip
