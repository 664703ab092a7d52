"""Many held readings settled at once: all of one rule rejected, and taken back if that was wrong.

Each reading gets an entry of its own about the decision. Only rejections are done by the hundred:
to release a reading, somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caretally.devices.rules import RULES, Rule, rule_named
from caretally.devices.unpacked import VendorReading
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.drafts import Draft
from caretally.journal.entries import Entry, EntryVoided, QuarantineSettled, ReadingRecorded
from caretally.journal.quantities import amount
from caretally.practice.device_lists import holders_of
from caretally.practice.enrolling import MISTAKEN, UNDONE_WITHIN
from caretally.practice.office import Office
from caretally.practice.quarantine import (
    HeldReading,
    check_reason,
    held_back,
    held_of,
    held_readings,
    reject,
)
from caretally.practice.roles import SETTLE_READINGS
from caretally.practice.vitals import plain, unit_words, words_of
from caretally.store.gathering import stored_entries
from caretally.store.intake_tables import HELD, REJECTED
from caretally.store.quarantine_lists import counts_of, held_rows
from caretally.store.streams import locked_book
from caretally.triage.starting_points import CRISIS_RULES

MOST_AT_ONCE, NEWEST = 500, 200
RECENT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A reading of the patient that stands in the record, to be compared with."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A held reading with what is known beside it.

    who: what to call the patient; empty where nobody is known. recent: what the same patient
    measured of the same kind, the latest first.
    """

    held: HeldReading
    words: str
    who: str
    recent: tuple[Beside, ...]


def look(office: Office, number: int) -> Looked:
    """Return a held reading beside the patient's recent ones; the look is told in the chart.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or nothing of this number is held.
    """
    office.caller.require(SETTLE_READINGS)
    held = held_of(held_back(office, office.book(), number))
    who: str = ""
    recent: tuple[Beside, ...] = ()
    if held.patient:
        chart = office.open_chart(held.patient, purpose="reading held back",
                                  permission=SETTLE_READINGS)  # fmt: skip
        metric = held.reading.metric if held.reading is not None else ""
        found = [each for each in chart.record.all_of(ReadingRecorded)
                 if each.body.metric == metric]  # fmt: skip
        who = chart.card.label
        recent = tuple(Beside(at=each.at, words=words_of(each.body))
                       for each in reversed(found[-RECENT:]))  # fmt: skip
    return Looked(held=held, words=value_words(held.reading), who=who, recent=recent)


def value_words(reading: VendorReading | None) -> str:
    """Return the values of a reading as people write them."""
    if reading is None:
        return "not readable"
    return ", ".join(
        f"{plain(each.value)} {unit_words(each.unit)}".strip() for each in reading.measured
    )


def is_in_crisis(reading: VendorReading | None) -> bool:
    """Tell whether a value lies in the crisis range, whoever it is of.

    Only numbers in units that the range can be compared in: a held value may be no number of a
    person at all, and then somebody sees that at once.
    """
    return reading is not None and any(
        rule.side(number)
        for each in reading.measured
        if (number := amount(each.metric, each.value, each.unit)) is not None
        for rule in CRISIS_RULES
        if rule.metric == each.metric
    )


def waiting_here(office: Office) -> tuple[int, int]:
    """Return how much waits to be looked at, and how much of the newest lies in the crisis range.

    Asked on every page: three questions, and nobody is shown anything.
    """
    book, clinics = office.book(), office.clinics(SETTLE_READINGS)
    held, faults = counts_of(book, clinics)
    rows = held_rows(book, clinics, 0, NEWEST) if held else []
    return held + faults, sum(1 for row in rows if is_in_crisis(held_of(row).reading))


def names_beside(office: Office, held: Sequence[HeldReading]) -> Mapping[str, str]:
    """Return what to call the patients of held readings, as far as the caller may see them."""
    return holders_of(office, {each.patient for each in held} - {""})


def by_rule(office: Office) -> dict[str, int]:
    """Return how many readings each rule holds back, of those the caller may settle."""
    office.caller.require(SETTLE_READINGS)
    if office.clinics(SETTLE_READINGS) is not None:
        found: dict[str, int] = {}
        for each in held_readings(office, limit=MOST_AT_ONCE):
            found[each.rule.name] = found.get(each.rule.name, 0) + 1
        return found
    rows = office.db.rows(
        f"SELECT rule, COUNT(*) FROM store_intakereading WHERE practice_id = %s "  # noqa: S608
        f"AND state = {HELD} GROUP BY rule ORDER BY 2 DESC",
        office.book().number,
    )
    return {row[0]: int(row[1]) for row in rows}


def rule_at_work(office: Office, name: str) -> Rule:
    """Return a rule that exists, or that holds something back although no release knows it now.

    Raises:
        UnknownError: neither.
    """
    if name not in RULES and name not in by_rule(office):
        raise UnknownError("no such rule")
    return rule_named(name)


def reject_all(office: Office, rule: str, reason: str, batch: str) -> int:
    """Reject all readings that one rule holds back, some hundreds at most; returns how many.

    batch: made by the page, so that the same form counts once, and for the undo.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or there is no such rule.
        InputError: no reason is given.
    """
    office.caller.require(SETTLE_READINGS)
    rule_at_work(office, rule)
    check_reason(reason)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        chosen = [each for each in held_readings(office, limit=10 * MOST_AT_ONCE)
                  if each.rule.name == rule][:MOST_AT_ONCE]  # fmt: skip
        for each in chosen:
            reject(office, each.number, reason, f"{batch}.{each.number}")
    return len(chosen)


def undo_rejection(office: Office, batch: str, void_id: str) -> int:
    """Hold back again what the caller rejected just now; returns how many readings.

    Raises:
        ForbiddenError: the caller may not settle readings.
        InputError: it is somebody else's, or of more than a few minutes ago.
    """
    office.caller.require(SETTLE_READINGS)
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        since = book.db.connection.ops.adapt_datetimefield_value(office.now - UNDONE_WITHIN)
        rows = book.db.rows(
            f"SELECT id FROM store_intakereading WHERE practice_id = %s AND state = {REJECTED} "  # noqa: S608
            "AND settled_by = %s AND settled_at >= %s",
            book.number, office.caller.actor, since,
        )  # fmt: skip
        numbers = {f"{batch}.{row[0]}": row[0] for row in rows}
        settled = [each.entry for each in stored_entries(book, numbers)
                   if isinstance(each.entry.body, QuarantineSettled)]  # fmt: skip
        if not settled:
            raise InputError([Problem(
                where="the rejection", found="one of somebody else, or of more than a few minutes "
                "ago", expected="one that you made just now")])  # fmt: skip
        voids: list[Entry] = []
        for place, each in enumerate(settled):
            filing = office.filing(each.patient, entry_id=f"{void_id}.{place}", reason=MISTAKEN)
            voids += Draft.of(filing, EntryVoided(entry=each.id)).filed()
        office.append(voids)
        book.db.rows_in(
            f"UPDATE store_intakereading SET state = {HELD}, settled_by = '', settled_at = NULL, "  # noqa: S608
            "settled_why = '' WHERE +practice_id = %s AND id IN ({}) RETURNING id",
            sorted(numbers[each.id] for each in settled),
            book.number,
        )
    return len(settled)
