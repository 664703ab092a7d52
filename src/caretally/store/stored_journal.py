"""The journal of the program: the port of `journal`, kept in a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from caretally.billability.decide import Judge, folded, judge_for
from caretally.billability.decision import Decision
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.errors import InputError, Problem
from caretally.journal.entries import Entry
from caretally.journal.port import Appended
from caretally.store.appending import append
from caretally.store.database import Database
from caretally.store.gathering import gather
from caretally.store.months import Desk
from caretally.store.papers import papers
from caretally.store.shelf import Shelf, entry_of
from caretally.store.streams import ACCESS, OWN, PATIENT, Book, Stream, book_of, named_streams


class StoredJournal:
    """The stored journals of all practices; one object serves all threads of a process."""

    def __init__(self, db: Database | None = None, judge: Judge | None = None) -> None:
        """Use a database, by default the program's, and rules, by default the installed ones."""
        self.db = db or Database()
        self.desk = Desk(judge=judge or Judge(rulebook=load_rulebook()), shelf=Shelf())

    def append(self, practice: str, entries: Sequence[Entry], *, received_at: datetime) -> Appended:
        """Store entries, all or none, and bring every patient-month they touch up to date.

        Raises:
            ConflictError: an id is stored with other content; all are named.
            InputError: corrections contradict what is stored; all are named.
        """
        return append(self.db, self.desk, practice, entries, received_at)

    def entries(self, practice: str, *, patients: Iterable[str] | None = None) -> tuple[Entry, ...]:
        """Return all entries of a practice, or its own and those of some patients."""
        book = self.book(practice)
        sql = (
            "SELECT entry.line FROM store_entry AS entry JOIN store_stream AS stream "
            "ON stream.id = entry.stream_id WHERE stream.practice_id = %s"
        )
        if patients is None:
            rows = self.db.rows(f"{sql} AND stream.name NOT LIKE %s ORDER BY entry.id",
                                book.number, f"{ACCESS}%")  # fmt: skip
        else:
            names = [OWN, *(PATIENT + patient for patient in patients)]
            rows = self.db.rows_in(f"{sql} AND stream.name IN ({{}})", names, book.number)
        return tuple(entry_of(row[0]) for row in rows)

    def lines(self, *, practice: str | None = None, patient: str | None = None) -> Iterator[bytes]:
        """Yield canonical lines with their line feeds, in the order they were stored."""
        sql = (
            "SELECT entry.line FROM store_entry AS entry JOIN store_stream AS stream "
            "ON stream.id = entry.stream_id WHERE stream.name NOT LIKE %s"
        )
        values: list[str | int] = [f"{ACCESS}%"]
        if practice is not None:
            sql += " AND stream.practice_id = %s"
            values.append(self.book(practice).number)
        if patient is not None:
            sql += " AND stream.name = %s"
            values.append(PATIENT + patient)
        with self.db.snapshot():
            for row in self.db.stream_rows(f"{sql} ORDER BY entry.id", *values):
                yield row[0].encode() + b"\n"

    def decision(
        self,
        practice: str,
        patient: str,
        month: ServiceMonth,
        *,
        policy: str | None = None,
        as_of: datetime | None = None,
    ) -> Decision:
        """Return the decision on a patient's month, made from what is stored now.

        Raises:
            InputError: nothing is stored of the patient.
        """
        judge = self.desk.judge
        if policy is not None:
            judge = judge_for(judge.rulebook, policy)
        if as_of is not None:
            return self.decision_known(judge, (practice, patient), month, as_of)
        with self.db.snapshot():
            book = self.book(practice)
            stream = self.patient_stream(book, patient)
            known = papers(book, stream, self.desk.shelf, [month])
        return known.decided(judge, month)

    def decision_known(
        self, judge: Judge, whose: tuple[str, str], month: ServiceMonth, as_of: datetime
    ) -> Decision:
        """Return the decision that was made, or would have been, from what was known by an instant.

        Raises:
            InputError: nothing was known of the patient by then.
        """
        practice, patient = whose
        with self.db.snapshot():
            book = self.book(practice)
            stream = self.patient_stream(book, patient)
            chart = gather(book, stream, self.desk.shelf, months=[month], as_of=as_of)
        if not chart.own:
            raise InputError([unknown("patient", patient)])
        built = judge.build(chart.of_month(month), month)
        number = built.words.patients.index(patient)
        out = folded(built.part, only=number)
        return judge.decide_patient(built, out, number, month, as_of)

    def book(self, practice: str) -> Book:
        """Return a practice's book.

        Raises:
            InputError: nothing was ever stored for it.
        """
        book = book_of(self.db, practice)
        if book is None:
            raise InputError([unknown("practice", practice)])
        return book

    def patient_stream(self, book: Book, patient: str) -> Stream:
        """Return a patient's stream.

        Raises:
            InputError: nothing is stored of the patient.
        """
        name = PATIENT + patient
        stream = named_streams(book, [name]).get(name)
        if stream is None:
            raise InputError([unknown("patient", patient)])
        return stream


def unknown(what: str, name: str) -> Problem:
    """Return the problem of a name of which nothing is stored."""
    return Problem(
        where=f"--{what}",
        found=f"{name!r}, of which nothing is stored",
        expected=f"the id of a {what} in this database",
        hint="caretally import FILE --practice P stores entries",
    )
