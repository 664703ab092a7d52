"""Many new patients from a table: every problem of every line is told first, then all or nothing.

Each line becomes what the forms would have made of it: a chart, and where the columns are filled in
a coverage, a consent and an enrollment, checked one after the other by the same commands.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from caretally.enrollment.record import PatientRecord, record_of
from caretally.errors import ForbiddenError, InputError, Problem
from caretally.journal.entries import Entry, PatientRegistered
from caretally.practice.enrolling import WORKS, Written, body_of, clinic_is_open, filing_of
from caretally.practice.enrolling_patients import checked_chart, folded, look_alikes
from caretally.practice.enrolling_times import read_instant
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL
from caretally.store.cards import card_named
from caretally.store.charts import practice_entries
from caretally.store.streams import locked_book

MOST_LINES = 500
MOST_CHARACTERS = 500_000
COLUMNS = (
    "name", "birth_date", "sex", "language", "time_zone", "street", "city", "state",
    "postal_code", "payer", "member_id", "covered_from",
    "consent", "consent_text", "cost_share_told", "program", "clinic", "billing_provider",
    "diagnoses", "established_on", "since", "reason",
)  # fmt: skip
"""In the order of the template; all but the first two may be left out or left empty."""
NEEDED = ("name", "birth_date")
FIELDS: Mapping[str, str] = {
    "member_id": "member_id", "covered_from": "from", "consent": "method",
    "consent_text": "text_version", "clinic": "practice",
}  # fmt: skip
"""The field of an entry that a column fills in, where the names differ."""
COLUMN_OF = {"from": "covered_from", "method": "consent", "text_version": "consent_text",
             "scope": "program", "practice": "clinic", "at": "since"}  # fmt: skip
"""The column that a field of an entry comes from, where the names differ."""
YES, NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
CHART = (
    "name", "birth_date", "sex", "language", "time_zone", "street", "city", "state", "postal_code",
)  # fmt: skip
COVERAGE = ("payer", "member_id", "covered_from")
CONSENT = ("consent", "consent_text", "cost_share_told")
ENROLLMENT = ("program", "clinic", "billing_provider", "diagnoses", "established_on")
"""The columns of each piece of work; one that says something asks for all that the work needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A table as it was sent.

    upload_id: made by the page, so that the same table sent twice is stored once.
    """

    upload_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the table: what it would store, and all that is wrong with it.

    number: as an editor counts, the header being the first.
    """

    number: int
    patient: str
    name: str
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of entries it would store; none while something is wrong with it."""
        return () if self.problems else tuple(entry.kind for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a table would store, and all that is wrong with it.

    problems: of the table as a whole; those of lines stand with the lines.
    """

    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def every_problem(self) -> tuple[Problem, ...]:
        """All problems, of the table first."""
        return (*self.problems, *(problem for line in self.lines for problem in line.problems))


def preview(office: Office, upload: Upload) -> Preview:
    """Return what a table would store; nothing is stored.

    Raises:
        ForbiddenError: the caller may not enroll, or not in all clinics.
    """
    office.caller.require(ENROLL)
    if office.clinics(ENROLL) is not None:
        raise ForbiddenError("new charts are opened by those who work in all clinics")
    rows, problems = rows_of(upload.text)
    if problems:
        return Preview(problems=problems)
    seen: dict[tuple[tuple[str, ...], str], int] = {}
    practice = practice_entries(office.book(), office.journal.desk.shelf)
    lines = []
    for number, row in rows:
        line = _line(office, practice, _Row(upload.upload_id, number, row))
        who = (tuple(sorted(folded(row.get("name", "")))), row.get("birth_date", ""))
        if who in seen:
            same = f"the same name and date of birth as line {seen[who]}"
            line = _with(line, _problem(number, "name", same, "each person once"))
        seen.setdefault(who, number)
        lines.append(line)
    return Preview(lines=tuple(lines))


def store_upload(office: Office, upload: Upload) -> int:
    """Store a whole table in one transaction and return how many patients it has.

    Raises:
        ForbiddenError: the caller may not enroll, or not in all clinics.
        InputError: something is wrong with it, all of which is named; nothing is stored.
    """
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        rows, problems = rows_of(upload.text)
        patients = [patient_of(upload.upload_id, number) for number, _ in rows]
        if patients and not problems and card_named(book, patients[0]) is not None:
            return len(patients)
        found = preview(office, upload)
        if found.every_problem:
            raise InputError(found.every_problem)
        office.append([entry for line in found.lines for entry in line.entries])
    return len(patients)


def rows_of(text: str) -> tuple[list[tuple[int, dict[str, str]]], tuple[Problem, ...]]:
    """Return the rows of a table by line number, or what is wrong with the table."""
    if len(text) > MOST_CHARACTERS:
        found = f"{len(text):,} characters"
        return [], (_problem(1, "", found, f"at most {MOST_CHARACTERS:,}"),)
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="", strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except csv.Error as error:
        return [], (_problem(reader.line_num + 1, "", str(error), "a table with commas between"),)
    problems = tuple(_table_problems(names, rows))
    return [(number, _stripped(row)) for number, row in rows], problems


def patient_of(upload_id: str, number: int) -> str:
    """Return the id of the patient on a line; the same for the same table."""
    return f"pat_{sha256(f'{upload_id}:{number}'.encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row on its way to entries."""

    upload_id: str
    number: int
    values: Mapping[str, str]

    def says(self, columns: Iterable[str]) -> bool:
        """Tell whether any of some columns says something."""
        return any(self.values.get(each) for each in columns)

    def said(self, *columns: str) -> dict[str, object]:
        """Return what columns say, by the names of the contract."""
        names = {column: FIELDS.get(column, column) for column in columns}
        return {names[each]: self.values[each] for each in columns if self.values.get(each)}


def _line(office: Office, practice: Sequence[Entry], row: _Row) -> Line:
    """Return a line with its entries, each checked on the record that the ones before make."""
    line = Line(
        number=row.number,
        patient=patient_of(row.upload_id, row.number),
        name=row.values.get("name", ""),
        problems=tuple(_row_problems(row)),
    )
    zone_name = row.values.get("time_zone") or office.home_zone()
    since = _since(row, zone_name)
    if isinstance(since, Problem):
        line, since = _with(line, since), None
    for written in works_of(row, since):
        record = record_of([*practice, *line.entries], line.patient)
        try:
            made = _entries(office, record, line.patient, written)
        except InputError as error:
            line = _with(line, *(_at_column(row.number, each) for each in error.problems))
        else:
            line = replace(line, entries=(*line.entries, *made))
    return line


def works_of(row: _Row, since: datetime | None) -> Iterator[Written]:
    """Yield what the forms would have been filled in with; nothing filled in is passed over."""
    yield _written(row, "register_patient", row.said(*CHART), None)
    if row.says(COVERAGE):
        yield _written(row, "add_coverage", row.said(*COVERAGE), None)
    program = row.said("program")
    if row.says(CONSENT):
        scope = {"scope": program["program"]} if program else {}
        told = {"cost_share_told": row.values.get("cost_share_told", "").lower() in YES}
        body = {**row.said("consent", "consent_text", "language"), **told, **scope}
        yield _written(row, "record_consent", {**body, "given_by": "patient"}, since)
    if row.says(ENROLLMENT):
        codes = row.values.get("diagnoses", "").replace(";", " ").upper().split()
        body = row.said("program", "clinic", "billing_provider", "established_on", "time_zone")
        yield _written(row, "enroll", {**body, "diagnoses": codes}, since)


def _row_problems(row: _Row) -> Iterator[Problem]:
    """Yield what is wrong with columns that no entry has a field for."""
    told = row.values.get("cost_share_told", "").lower()
    if told and told not in YES | NO:
        yield _problem(row.number, "cost_share_told", "another word", "yes or no")
    if row.says(("since",)) and not row.says((*CONSENT, *ENROLLMENT)):
        yield _problem(
            row.number, "since", "a time", "a consent or an enrollment that began at that time"
        )


def _written(row: _Row, work: str, body: dict[str, object], at: datetime | None) -> Written:
    digest = sha256(f"{row.upload_id}:{row.number}:{work}".encode()).hexdigest()[:32]
    reason = row.values.get("reason", "")
    return Written(work=work, body=body, at=at, reason=reason, entry_id=f"ent_{digest}")


def _entries(
    office: Office, record: PatientRecord, patient: str, written: Written
) -> Sequence[Entry]:
    """Return the entries of a piece of work, checked as its form checks them."""
    work = WORKS[written.work]
    filing = filing_of(office, patient, written)
    if work.kind is PatientRegistered:
        chart = checked_chart(filing, written.body)
        alike = look_alikes(office, chart)
        if alike and not written.reason:
            same = ", ".join(card.patient for card in alike)
            raise InputError(
                [
                    _problem(
                        0, "name", f"a similar name born that day: {same}",
                        "a new person, or a reason why this is another",
                    )
                ]
            )  # fmt: skip
        return work.run(record, filing, chart)
    body = body_of(work.kind, filing, written.body)
    clinic_is_open(office, body)
    return work.run(record, filing, body)


def _since(row: _Row, zone_name: str) -> datetime | Problem | None:
    text = row.values.get("since", "")
    if not text:
        return None
    try:
        found = read_instant(text, zone_name)
    except ValueError:
        return _problem(row.number, "time_zone", "no time zone", "one such as America/Chicago")
    return _problem(row.number, "since", "another text", found) if isinstance(found, str) else found


def _table_problems(
    names: Sequence[str], rows: Sequence[tuple[int, dict[str, str]]]
) -> Iterator[Problem]:
    known = ", ".join(COLUMNS)
    for name in names:
        if name not in COLUMNS:
            yield _problem(1, name or "(empty)", "an unknown column", f"columns of {known}")
        if names.count(name) > 1:
            yield _problem(1, name, "a column that stands twice", "each column once")
    for name in NEEDED:
        if name not in names:
            yield _problem(1, name, "no such column", "a header with it in the first line")
    if not rows:
        yield _problem(2, "", "no line below the header", "a line for each patient")
    if len(rows) > MOST_LINES:
        yield _problem(1, "", f"{len(rows)} lines", f"at most {MOST_LINES} at a time")
    for number, row in rows:
        if row.get(""):
            yield _problem(
                number, "", "more fields than columns", "quotes around commas in a field"
            )


def _stripped(row: Mapping[str, str | None]) -> dict[str, str]:
    return {name: (value or "").strip() for name, value in row.items() if isinstance(value, str)}


def _at_column(number: int, problem: Problem) -> Problem:
    """Return a problem at the line and the column it comes from."""
    name = problem.field.removeprefix("body.").partition("[")[0]
    return replace(problem, where=f"line {number}", field=COLUMN_OF.get(name, name))


def _problem(number: int, column: str, found: str, expected: str) -> Problem:
    return Problem(where=f"line {number}", field=column, found=found, expected=expected)


def _with(line: Line, *problems: Problem) -> Line:
    return replace(line, problems=(*line.problems, *problems))
