"""Patients ask for changes of their records: each request is answered, or put off once, in time.

The days are those of 45 CFR 164.526(b)(2): sixty from the request, thirty more with a statement of
the reason. Whatever is answered, nothing is erased: an accepted change is a correction that
supersedes, made where the entry was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from caretally.clock import local_date
from caretally.enrollment.record import PatientRecord
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import AmendmentAnswered, AmendmentRequested, Entry
from caretally.practice.office import Office
from caretally.practice.roles import KEEP_ACCESS, SEE_ACCESS
from caretally.store.charts import chart_entries
from caretally.store.streams import AMENDMENTS, marked_streams

DAYS, FURTHER_DAYS = 60, 30
EXTENDED = "extended"
CAREGIVER = "caregiver:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request with what was answered.

    answers: earliest first. due_on: by which local date it must be answered.
    """

    entry: Entry
    body: AmendmentRequested
    answers: tuple[AmendmentAnswered, ...]
    due_on: date

    @property
    def outcome(self) -> str:
        """How it was answered; empty while it waits."""
        last = self.answers[-1].outcome if self.answers else ""
        return "" if last == EXTENDED else last

    @property
    def is_extended(self) -> bool:
        """Whether further days were taken."""
        return any(each.outcome == EXTENDED for each in self.answers)

    def is_overdue(self, day: date) -> bool:
        """Tell whether the answer is late on a date."""
        return not self.outcome and self.due_on < day


def requests(office: Office) -> tuple[Request, ...]:
    """Return all requests of the practice: those that wait by due date, then those answered.

    Raises:
        ForbiddenError: the caller may not see them.
    """
    office.caller.require(SEE_ACCESS)
    book, home = office.book(), office.home_zone()
    found = []
    for stream in marked_streams(book, AMENDMENTS):
        entries = chart_entries(book, stream, office.journal.desk.shelf)
        mine = (each for each in resolve(entries).in_force if each.patient == stream.patient)
        found += requests_in(mine, home)
    return tuple(sorted(found, key=lambda each: (bool(each.outcome), each.due_on, each.entry.id)))


def requests_in(in_force: Iterable[Entry], zone_name: str) -> list[Request]:
    """Return the requests among entries in force."""
    entries = sorted(in_force, key=lambda each: (each.at, each.id))
    answers: dict[str, list[AmendmentAnswered]] = {}
    for entry in entries:
        if isinstance(entry.body, AmendmentAnswered):
            answers.setdefault(entry.body.request, []).append(entry.body)
    return [
        with_answers(entry, entry.body, tuple(answers.get(entry.id, ())), zone_name)
        for entry in entries
        if isinstance(entry.body, AmendmentRequested)
    ]


def with_answers(
    entry: Entry, body: AmendmentRequested, answers: tuple[AmendmentAnswered, ...], zone_name: str
) -> Request:
    """Return a request with its answers and due date."""
    is_extended = any(each.outcome == EXTENDED for each in answers)
    days = DAYS + (FURTHER_DAYS if is_extended else 0)
    due_on = local_date(entry.at, zone_name) + timedelta(days=days)
    return Request(entry=entry, body=body, answers=answers, due_on=due_on)


def record_request(office: Office, filing: Filing, body: AmendmentRequested) -> None:
    """Record that a patient asked for a change.

    Raises:
        InputError: something speaks against it; all is named.
        UnknownError: no such patient is open to the caller.
    """
    patient = filing.patient or ""
    office.card(patient, permission=KEEP_ACCESS)

    def command(record: PatientRecord) -> tuple[Entry, ...]:
        draft = Draft.of(filing, body)
        if not body.asks.strip():
            draft.refuse("body.asks", found="an empty text", expected="what is to be changed")
        if body.asked_by.startswith(CAREGIVER):
            who = body.asked_by.removeprefix(CAREGIVER)
            if not record.register.has_authority(patient, who, record.day_of(draft.at)):
                expected = "the patient, or somebody who may speak for the patient"
                found = "a caregiver without authority on that date"
                draft.refuse("body.asked_by", found=found, expected=expected)
        mine = {each.id for each in record.in_force if each.patient == patient}
        if body.entry is not None and body.entry not in mine:
            draft.refuse("body.entry", found="no entry in force of this patient",
                         expected="the id of an entry of this chart, or nothing")  # fmt: skip
        return draft.filed()

    office.act(patient, command, permission=KEEP_ACCESS)


def answer_request(office: Office, filing: Filing, body: AmendmentAnswered) -> None:
    """Answer a request, or take further days for it, once.

    Raises:
        InputError: something speaks against it; all is named.
    """

    def command(record: PatientRecord) -> tuple[Entry, ...]:
        draft = Draft.of(filing, body)
        found = {each.entry.id: each for each in requests_in(record.in_force, office.home_zone())}
        asked = found.get(body.request)
        if asked is None:
            draft.refuse("body.request", found="no request of this patient",
                         expected="a request on the list")  # fmt: skip
        elif asked.outcome:
            draft.refuse("body.outcome", found="a request that was answered",
                         expected="one that waits")  # fmt: skip
        elif body.outcome == EXTENDED and asked.is_extended:
            draft.refuse("body.outcome", found="further days, which were taken before",
                         expected="an answer")  # fmt: skip
        if not body.answer.strip():
            draft.refuse("body.answer", found="an empty text", expected="what the patient was told")
        return draft.filed()

    office.act(filing.patient or "", command, permission=KEEP_ACCESS)
