"""What came of a conversation or an attempt: its note, both clocks, and words that were copied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.billability.decision import Decision, reasons_of
from caretally.billability.forecast import next_of
from caretally.billability.holds import Hold
from caretally.billability.lines import Line
from caretally.clock import ServiceMonth, seconds_of
from caretally.contacts import notes
from caretally.contacts.checks import Notice
from caretally.contacts.copies import CopyRule, like, written
from caretally.errors import InputError, UnknownError
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry, TimeLogged
from caretally.practice.contacting import notices_of
from caretally.practice.office import Chart, Office
from caretally.practice.timing import Clocks
from caretally.store.shelf import entry_of

LOOK_BACK = timedelta(days=31)
MOST = 300
"""Notes of a writer that a new one is held against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Former notes with the same words.

    here: ids on this chart. elsewhere: how many on other charts of the same writer.
    """

    here: tuple[str, ...] = ()
    elsewhere: int = 0

    def __bool__(self) -> bool:
        return bool(self.here or self.elsewhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is said of an entry after it was saved.

    before, after: both clocks without and with it, as known when it was written. counted, live:
    seconds of the entry itself. reasons: why it counts less than its span. lines, missing, holds:
    of the month as it stands now.
    """

    entry: Entry
    note: str
    month: ServiceMonth
    before: Clocks
    after: Clocks
    counted: int
    live: int
    reasons: tuple[str, ...]
    notices: tuple[Notice, ...]
    copied: Copied
    lines: tuple[Line, ...]
    missing: tuple[dict[str, object], ...]
    holds: tuple[Hold, ...]
    is_in_force: bool


def told(office: Office, chart: Chart, entry_id: str) -> Told:
    """Return what is said of a contact or an attempt.

    Raises:
        UnknownError: there is none of this id on this chart.
    """
    entry = next((each for each in chart.stored if each.id == entry_id), None)
    if entry is None or not isinstance(entry.body, ContactHeld | ContactAttempted):
        raise UnknownError("no conversation or attempt of this id is on this chart")
    day = chart.record.day_of(entry.at, program=entry.body.program)
    month = ServiceMonth(day.year, day.month)
    now = _decision(office, chart, month, office.now)
    with_it = _decision(office, chart, month, entry.recorded_at)
    without = _decision(office, chart, month, entry.recorded_at - timedelta(microseconds=1))
    after = _clocks(month, with_it)
    counted = [each for each in now.month.entries if each.id == entry.id] if now else []
    return Told(
        entry=entry,
        note=notes.note(entry, chart.record.register, notes.Clocks(
            live_seconds=after.live_seconds, management_seconds=after.management_seconds,
        )),
        month=month,
        before=_clocks(month, without),
        after=after,
        counted=sum(each.counted_seconds for each in counted),
        live=sum(each.live_seconds for each in counted),
        reasons=tuple(name for each in counted for name in reasons_of(each.reasons)),
        notices=notices_of(office, chart.record, entry),
        copied=copied(office, chart, entry),
        lines=tuple(now.lines) if now else (),
        missing=tuple(next_of(now.month)) if now else (),
        holds=tuple(now.holds) if now else (),
        is_in_force=any(each.id == entry.id for each in chart.record.in_force),
    )  # fmt: skip


def copied(office: Office, chart: Chart, entry: Entry) -> Copied:
    """Return where the words of an entry stand already: here, and in its writer's other notes."""
    register = chart.record.register
    mine = written([entry], register)
    if not mine:
        return Copied()
    kinds = (ContactHeld, TimeLogged)
    own = [
        each
        for each in chart.record.in_force
        if each.patient == chart.patient and isinstance(each.body, kinds)
    ]
    gone = {entry.id, entry.supersedes}
    rule = CopyRule()
    here = written((each for each in own if each.id not in gone), register)
    others = [each for each in recent_of(office, entry) if each.patient != chart.patient]
    return Copied(
        here=like(mine[0], here, rule),
        elsewhere=len(like(mine[0], written(others, register), rule)),
    )


def recent_of(office: Office, entry: Entry) -> tuple[Entry, ...]:
    """Return what an entry's writer wrote in the last weeks and nobody corrected, latest first."""
    person = entry.actor.removeprefix("staff:")
    rows = office.db.rows(
        "SELECT entry.line FROM store_staffspan AS span JOIN store_entry AS entry "
        "ON entry.practice_id = span.practice_id AND entry.entry_id = span.entry_id "
        "WHERE span.practice_id = %s AND span.person = %s AND span.begins > %s AND NOT EXISTS "
        "(SELECT 1 FROM store_correction AS correction WHERE correction.practice_id = "
        "span.practice_id AND correction.target_id = span.entry_id) "
        "ORDER BY span.begins DESC LIMIT %s",
        office.book().number, person, seconds_of(entry.at - LOOK_BACK), MOST,
    )  # fmt: skip
    return tuple(entry_of(row[0]) for row in rows)


def _decision(
    office: Office, chart: Chart, month: ServiceMonth, as_of: datetime
) -> Decision | None:
    """Return the decision on what was known by then; None where nothing was."""
    try:
        return office.journal.decision(office.practice, chart.patient, month, as_of=as_of)
    except InputError:
        return None


def _clocks(month: ServiceMonth, decision: Decision | None) -> Clocks:
    if decision is None:
        return Clocks(month=month, management_seconds=0, live_seconds=0)
    facts = decision.month.decided
    return Clocks(
        month=month, management_seconds=facts.management_seconds, live_seconds=facts.live_seconds
    )
