"""What is held back, and what a person makes of it: released into the record, rejected, or let go.

Whatever somebody decides is an entry with a reason; the reading stays in the intake with its body,
so that the decision can be looked at later. What is held only because nobody knew the device goes
its way by itself once somebody does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from caretally.clock import instant_of_microseconds
from caretally.devices.rules import (
    IMPOSSIBLE_LOCAL_TIME,
    NO_TIME,
    NOT_ASSIGNED,
    UNKNOWN_DEVICE,
    UNKNOWN_ORIGIN,
    Hold,
    Rule,
    rule_named,
)
from caretally.devices.unpacked import VendorReading
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.entries import Entry, QuarantineSettled
from caretally.practice.filing import remembering, settle
from caretally.practice.filing_desk import READING, Desk, Outcome, Ruling, read_of
from caretally.practice.office import Office
from caretally.practice.roles import SETTLE_READINGS
from caretally.store.access import Access, record_access
from caretally.store.intake_tables import DISMISSED
from caretally.store.models import IntakeFault
from caretally.store.quarantine_lists import (
    HeldRow,
    counts_of,
    fault_row,
    fault_rows,
    held_row,
    held_rows,
)
from caretally.store.readings_on_the_way import (
    Waiting,
    settle_by_hand,
    settle_rejected,
    stored_among,
)
from caretally.store.streams import Book, locked_book

RELEASED, REJECTED_WORD = "released", "rejected"
Release = Ruling
"""What a person says when releasing a reading; only the reason is needed."""
GONE = "nothing of this number is held back, or it was settled meanwhile"
FIELDS = {
    UNKNOWN_DEVICE: "device", NOT_ASSIGNED: "measured_at", NO_TIME: "measured_at",
    IMPOSSIBLE_LOCAL_TIME: "measured_at", UNKNOWN_ORIGIN: "origin",
}  # fmt: skip
"""What of a release is wrong, where a rule that cannot be overruled still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReading:
    """A reading that is held back.

    element: its place in the delivery. path: where in the document. name: of the device, as
    `scheme value`. says: what was observed and expected. device, patient: where they are known.
    reading: as the vendor told it; None where it cannot be read.
    """

    number: int
    connection: str
    vendor: str
    inbound: int
    element: int
    path: str
    name: str
    rule: Rule
    says: str
    device: str
    patient: str
    received_at: datetime
    reading: VendorReading | None

    @property
    def measured_at(self) -> datetime | None:
        """When it was measured, where the vendor told the instant."""
        return self.reading.measured_at if self.reading is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFault:
    """Something in a delivery that was not understood."""

    number: int
    connection: str
    vendor: str
    inbound: int
    path: str
    code: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much waits for somebody to look at it."""

    held: int
    faults: int


# --- looking --------------------------------------------------------------------------------------


def held_readings(office: Office, *, before: int = 0, limit: int = 50) -> list[HeldReading]:
    """Return readings that are held back, the newest first; told in the access chain.

    before: only numbers below this one; 0 for all.

    Raises:
        ForbiddenError: the caller may not settle readings.
    """
    office.caller.require(SETTLE_READINGS)
    rows = held_rows(office.book(), office.clinics(SETTLE_READINGS), before, limit)
    if any(row.patient for row in rows):
        told = Access(practice=office.practice, patient=None, actor=office.caller.actor,
                      purpose=f"readings held back, {len(rows)}")  # fmt: skip
        record_access(office.db, told, office.now)
    return [held_of(row) for row in rows]


def held_of(row: HeldRow) -> HeldReading:
    """Return a held reading from its row."""
    try:
        reading = READING.decode(row.content)
    except msgspec.MsgspecError:
        reading = None
    return HeldReading(
        number=row.number, connection=row.connection, vendor=row.vendor, inbound=row.inbound,
        element=row.element, path=reading.path if reading is not None else "", name=row.name,
        rule=rule_named(row.rule), says=row.says, device=row.device, patient=row.patient,
        received_at=instant_of_microseconds(row.received_us), reading=reading,
    )  # fmt: skip


def open_faults(office: Office, *, before: int = 0, limit: int = 50) -> list[OpenFault]:
    """Return what was not understood of deliveries and is open, the newest first.

    Raises:
        ForbiddenError: the caller may not settle readings.
    """
    office.caller.require(SETTLE_READINGS)
    rows = fault_rows(office.book(), office.clinics(SETTLE_READINGS), before, limit)
    return [
        OpenFault(
            number=row.number, connection=row.connection, vendor=row.vendor, inbound=row.inbound,
            path=row.path, code=row.code, says=row.says,
        )
        for row in rows
    ]  # fmt: skip


def counts(office: Office) -> Counts:
    """Return how much waits for somebody to look at it.

    Raises:
        ForbiddenError: the caller may not settle readings.
    """
    office.caller.require(SETTLE_READINGS)
    held, faults = counts_of(office.book(), office.clinics(SETTLE_READINGS))
    return Counts(held=held, faults=faults)


# --- settling -------------------------------------------------------------------------------------


def release(office: Office, number: int, ruling: Release, filed_as: str = "") -> str:
    """File a reading that was held back, as it is or as the caller corrected it.

    filed_as: id of the entry about the decision, made by the page, so that a form sent twice counts
    once.

    Returns:
        The id of the reading's entry.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or nothing of this number is held.
        InputError: what was filled in does not do; all is named.
    """
    office.caller.require(SETTLE_READINGS)
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        if is_filed(book, filed_as):
            return ""
        row = held_back(office, book, number)
        check_ruling(office, row, ruling)
        with remembering(office.journal) as memory:
            desk = Desk(book=book, shelf=office.journal.desk.shelf, memory=memory, at=office.now)
            outcome = desk.outcomes([read_of(waiting_of(row), ruling)])[0]
            if outcome.hold is not None:
                raise InputError([still_held(outcome.hold)])
            entries = [outcome.entry] if outcome.entry is not None else []
            entry_id = outcome.entry.id if outcome.entry is not None else outcome.repeats
            decided = decision(office, row, (RELEASED, ruling.reason, filed_as), outcome)
            office.append([*entries, decided])
        settle(book, [outcome])
        settle_by_hand(book, number, office.caller.actor, office.now, ruling.reason)
    return entry_id


def reject(office: Office, number: int, reason: str, filed_as: str = "") -> None:
    """Reject a reading that was held back: it never becomes part of the record.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or nothing of this number is held.
        InputError: no reason is given.
    """
    office.caller.require(SETTLE_READINGS)
    check_reason(reason)
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        if is_filed(book, filed_as):
            return
        row = held_back(office, book, number)
        office.append([decision(office, row, (REJECTED_WORD, reason, filed_as), None)])
        settle_rejected(book, number)
        settle_by_hand(book, number, office.caller.actor, office.now, reason)


def dismiss_fault(office: Office, number: int, reason: str, filed_as: str = "") -> None:
    """Let go what was not understood of a delivery; its body stays as long as bodies are kept.

    Raises:
        ForbiddenError, UnknownError: the caller may not, or no fault of this number is open.
        InputError: no reason is given.
    """
    office.caller.require(SETTLE_READINGS)
    check_reason(reason)
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        if is_filed(book, filed_as):
            return
        row = fault_row(book, office.clinics(SETTLE_READINGS), number)
        if row is None:
            raise UnknownError(GONE)
        body = QuarantineSettled(
            reading=f"{bytes(row.digest).hex()}/{number}", decision=REJECTED_WORD, rule=row.code
        )
        filing = office.filing(None, entry_id=filed_as, reason=reason)
        office.append([filing.entry(body)])
        IntakeFault.objects.using(office.db.alias).filter(pk=number).update(
            state=DISMISSED, settled_by=office.caller.actor, settled_at=office.now,
            settled_why=reason,
        )  # fmt: skip


def held_back(office: Office, book: Book, number: int) -> HeldRow:
    """Return a reading that is held back and that the caller may settle.

    Raises:
        UnknownError: there is none of this number.
    """
    row = held_row(book, office.clinics(SETTLE_READINGS), number)
    if row is None:
        raise UnknownError(GONE)
    return row


def is_filed(book: Book, entry_id: str) -> bool:
    """Tell whether the entry about a decision is stored already."""
    return bool(entry_id) and entry_id in stored_among(book, [entry_id])


def waiting_of(row: HeldRow) -> Waiting:
    """Return a held reading as one to be filed."""
    return Waiting(row.number, row.connection_number, row.inbound, row.element, row.key,
                   row.content, row.received_us)  # fmt: skip


def decision(
    office: Office, row: HeldRow, decided: tuple[str, str, str], outcome: Outcome | None
) -> Entry:
    """Return the entry about a decision: its word, the reason, and the id the page made."""
    word, reason, filed_as = decided
    entry_id = None
    if outcome is not None:
        entry_id = outcome.entry.id if outcome.entry is not None else outcome.repeats
    body = QuarantineSettled(
        reading=row.key.hex(), decision=word, rule=row.rule, entry=entry_id,
        device=(outcome.device if outcome is not None else row.device) or None,
    )  # fmt: skip
    patient = outcome.patient if outcome is not None else row.patient
    return office.filing(patient or None, entry_id=filed_as, reason=reason).entry(body)


def check_ruling(office: Office, row: HeldRow, ruling: Release) -> None:
    """Pass if what was filled in can be taken.

    Raises:
        InputError: not so; all is named.
    """
    problems = [] if ruling.reason.strip() else [no_reason()]
    if row.rule == UNKNOWN_ORIGIN and ruling.origin not in ("device", "manual", "derived"):
        problems.append(problem("origin", "nothing", "device, manual or derived"))
    if ruling.measured_at is not None and ruling.measured_at > office.now:
        problems.append(problem("measured_at", "an instant to come", "one that has been"))
    if problems:
        raise InputError(problems)


def check_reason(reason: str) -> None:
    """Pass if a reason is given.

    Raises:
        InputError: none is.
    """
    if not reason.strip():
        raise InputError([no_reason()])


def no_reason() -> Problem:
    """Return the problem of a decision without a reason."""
    return problem("reason", "an empty text", "why")


def still_held(hold: Hold) -> Problem:
    """Return the problem of a release that a rule still stands against."""
    return problem(FIELDS.get(hold.rule, "device"), hold.says, rule_named(hold.rule).next)


def problem(field: str, found: str, expected: str) -> Problem:
    """Return what is wrong with a field of a release."""
    return Problem(where="release", field=field, found=found, expected=expected)
