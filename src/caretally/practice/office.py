"""The office: one caller's work in one practice, between pages or API above and the journal below.

Every look at a patient is checked against the caller's clinics and told in the access chain; every
command runs against the record as it is inside the transaction that appends what it returns.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from caretally.clock import ServiceMonth, local_date
from caretally.enrollment.record import PatientRecord, record_of
from caretally.errors import ForbiddenError, UnknownError
from caretally.ids import RANDOM_BYTES, new_id
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Filing
from caretally.journal.entries import Entry
from caretally.journal.port import Appended
from caretally.journal.register import Register, register_of
from caretally.practice.caller import Caller
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.access import Access, record_access
from caretally.store.cards import Card, card_named
from caretally.store.charts import chart_entries, practice_entries
from caretally.store.database import Database
from caretally.store.models import BrokenGlass
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import PATIENT, Book, book_of, locked_book, named_streams

Command = Callable[[PatientRecord], Sequence[Entry]]
"""Checks something against a record and returns the entries to append."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A patient as the caller may see one.

    stored: the patient's own entries, as they were stored. record: what is in force.
    """

    card: Card
    stored: tuple[Entry, ...]
    record: PatientRecord

    @property
    def patient(self) -> str:
        """The id of the patient."""
        return self.card.patient

    def day_of(self, at: datetime) -> date:
        """Return the local date of an instant."""
        return self.record.day_of(at)

    def month_of(self, at: datetime) -> ServiceMonth:
        """Return the local month of an instant."""
        day = self.day_of(at)
        return ServiceMonth(day.year, day.month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A caller at work.

    now: the instant of the request; everything in one request happens then.
    """

    journal: StoredJournal
    caller: Caller
    now: datetime

    @property
    def db(self) -> Database:
        """The database."""
        return self.journal.db

    @property
    def practice(self) -> str:
        """The id of the practice."""
        return self.caller.practice

    def book(self) -> Book:
        """Return the practice's book.

        Raises:
            UnknownError: there is no such practice.
        """
        book = book_of(self.db, self.practice)
        if book is None:
            raise UnknownError("no practice of this name is open to you")
        return book

    def register(self) -> Register:
        """Return who works here and where the practice is; of no patient anything."""
        return register_of(resolve(practice_entries(self.book(), self.journal.desk.shelf)).in_force)

    def home_zone(self) -> str:
        """Return the zone of the practice."""
        register = self.register()
        roots = [name for name, body in register.practices.items() if body.part_of is None]
        is_known = self.practice in register.practices
        return register.home_zone(self.practice if is_known else roots[0] if roots else None)

    def today(self) -> date:
        """Return the local date at the practice."""
        return local_date(self.now, self.home_zone())

    def new_id(self, prefix: str) -> str:
        """Return a new id, such as of an entry with `ent`."""
        return new_id(prefix, self.now, secrets.token_bytes(RANDOM_BYTES))

    def filing(
        self, patient: str | None, *, entry_id: str = "", reason: str = "", supersedes: str = ""
    ) -> Filing:
        """Return the circumstances of an entry that the caller writes now.

        entry_id: made by the page, so that the same form sent twice is stored once.
        """
        return Filing(
            id=entry_id or self.new_id("ent"), patient=patient, now=self.now,
            actor=self.caller.actor, reason=reason or None, supersedes=supersedes or None,
        )  # fmt: skip

    def clinics(self, permission: str) -> frozenset[str] | None:
        """Return the clinics in which the caller may do something, with all below; None for all."""
        held = self.caller.clinics_for(permission)
        return None if held is None else with_branches(held, self.register())

    def card(self, patient: str, *, permission: str = SEE_PATIENTS) -> Card:
        """Return the card of a patient whom the caller may see; nothing is told to anybody.

        Raises:
            ForbiddenError: the caller may not do this anywhere.
            UnknownError: no such patient, or beyond the caller's clinics.
        """
        self.caller.require(permission)
        found = card_named(self.book(), patient)
        if found is None or not self.reaches(found, permission):
            raise UnknownError("no patient of this id is open to you")
        return found

    def reaches(self, card: Card, permission: str) -> bool:
        """Tell whether a patient is in the caller's clinics, or opened by breaking the glass."""
        if self.caller.only and card.patient != self.caller.only:
            return False
        clinics = self.clinics(permission)
        return clinics is None or card.clinic in clinics or self.broke_glass(card.patient)

    def broke_glass(self, patient: str) -> bool:
        """Tell whether the caller gave a reason to open this chart, not too long ago."""
        if self.caller.user is None:
            return False
        opened = BrokenGlass.objects.using(self.db.alias).filter(
            practice__name=self.practice, user_id=self.caller.user, patient=patient,
            begins_at__lte=self.now, ends_at__gt=self.now,
        )  # fmt: skip
        return bool(opened.exists())

    def open_chart(self, patient: str, *, purpose: str, permission: str = SEE_PATIENTS) -> Chart:
        """Return a patient's chart, and tell in the access chain that the caller looked.

        purpose: words for what, such as `patient page`; no patient content.

        Raises:
            ForbiddenError: the caller may not see patients.
            UnknownError: no such patient, or beyond the caller's clinics.
        """
        card = self.card(patient, permission=permission)
        access = Access(
            practice=self.practice, patient=patient, actor=self.caller.looker, purpose=purpose
        )
        record_access(self.db, access, self.now)
        return self.chart(card)

    def chart(self, card: Card) -> Chart:
        """Return the chart of a card; the caller has told who looks."""
        book = self.book()
        stored, record = self._read(book, card.patient, ())
        return Chart(card=card, stored=stored, record=record)

    def act(
        self, patient: str, command: Command, *, permission: str, devices: Iterable[str] = ()
    ) -> Appended:
        """Run a command on a patient's record and append what it returns, in one transaction.

        devices: those of which the command asks whose hands they are in.

        Raises:
            ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
            InputError, ConflictError: what was filled in contradicts the record; all is named.
        """
        self.caller.require(permission)
        with self.db.atomic():
            book = locked_book(self.db, self.practice)
            known = card_named(book, patient)
            if known is not None and not self.reaches(known, permission):
                raise UnknownError("no patient of this id is open to you")
            if known is None and (self.caller.only or self.clinics(permission) is not None):
                raise ForbiddenError("new charts are opened by those who work in all clinics")
            _, record = self._read(book, patient, devices)
            return self.append(command(record))

    def append(self, entries: Sequence[Entry]) -> Appended:
        """Append entries as they are; for callers that checked them."""
        return self.journal.append(self.practice, entries, received_at=self.now)

    def _read(
        self, book: Book, patient: str, devices: Iterable[str]
    ) -> tuple[tuple[Entry, ...], PatientRecord]:
        shelf = self.journal.desk.shelf
        name = PATIENT + patient
        stream = named_streams(book, [name]).get(name)
        stored = shelf.entries(self.db, stream) if stream is not None else ()
        entries = chart_entries(book, stream, shelf, devices=devices)
        return stored, record_of(entries, patient)


def with_branches(clinics: frozenset[str], register: Register) -> frozenset[str]:
    """Return clinics with all clinics that are part of them."""
    found = set(clinics)
    while True:
        below = {
            name
            for name, body in register.practices.items()
            if body.part_of in found and name not in found
        }
        if not below:
            return frozenset(found)
        found |= below
