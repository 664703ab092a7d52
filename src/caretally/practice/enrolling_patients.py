"""New patients: opening a chart, once a look was taken at those who may be the same person."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from caretally.enrollment.commands import register_patient
from caretally.enrollment.record import PatientRecord
from caretally.errors import ConflictError, InputError, Problem
from caretally.journal.drafts import Filing
from caretally.journal.entries import Entry, PatientRegistered
from caretally.practice.enrolling import Written, body_of, filing_of, is_stored
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL, SEE_PATIENTS
from caretally.store.cards import COLUMNS, Card

ALIKE = 0.8
"""From this likeness on two names may be one: a letter in five may differ."""


class SamePersonError(ConflictError):
    """Somebody born on the same day has a similar name; `candidates` are who."""

    def __init__(self, problem: Problem, candidates: tuple[Card, ...]) -> None:
        """Keep the candidates whom the caller may see."""
        super().__init__([problem])
        self.candidates = candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """What was filled in about a new patient.

    patient, entry_id: made by the page. body: a JSON object in the words of the contract.
    reason: why this is another person than those who look the same.
    """

    patient: str
    entry_id: str
    body: Mapping[str, object]
    reason: str = ""


def open_new_chart(office: Office, new: NewPatient) -> str:
    """Open a chart and return the patient's id.

    Raises:
        ForbiddenError: the caller may not enroll, or not in all clinics.
        SamePersonError: somebody looks the same and no reason is given.
        InputError: something is wrong with what was filled in.
    """
    office.caller.require(ENROLL)
    written = Written(
        work="register_patient", body=new.body, entry_id=new.entry_id, reason=new.reason
    )
    filing = filing_of(office, new.patient, written)
    body = checked_chart(filing, new.body)

    def command(record: PatientRecord) -> Sequence[Entry]:
        if is_stored(record, filing, body):
            return ()
        made = register_patient(record, filing, body)
        candidates = look_alikes(office, body)
        if candidates and not new.reason.strip():
            raise SamePersonError(_alike(new.patient, len(candidates)), candidates)
        return made

    office.act(new.patient, command, permission=ENROLL)
    return new.patient


def look_alikes(office: Office, body: PatientRegistered) -> tuple[Card, ...]:
    """Return the patients born on the same day under a similar name, whom the caller may see."""
    if body.birth_date is None:
        return ()
    rows = office.db.rows(
        f"SELECT {', '.join(COLUMNS)} FROM store_patientcard "  # noqa: S608
        "WHERE practice_id = %s AND born_on = %s ORDER BY name_key, patient",
        office.book().number, body.birth_date.isoformat(),
    )  # fmt: skip
    cards = (Card(*row) for row in rows)
    return tuple(
        card
        for card in cards
        if are_alike(card.name, body.name or "") and office.reaches(card, SEE_PATIENTS)
    )


def are_alike(first: str, second: str) -> bool:
    """Tell whether two names may be one person's: a shared word, or few letters apart."""
    one, other = folded(first), folded(second)
    if not one or not other or set(one) & set(other):
        return True
    orders = ((one, other), (sorted(one), sorted(other)))
    return any(likeness(" ".join(a), " ".join(b)) >= ALIKE for a, b in orders)


def likeness(first: str, second: str) -> float:
    """Return how alike two texts are, from 0 to 1, whichever stands first."""
    earlier, later = sorted((first, second))
    return SequenceMatcher(None, earlier, later).ratio()


def folded(name: str) -> tuple[str, ...]:
    """Return the words of a name without case, accents and points."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return tuple(letters.split())


def checked_chart(filing: Filing, body: Mapping[str, object]) -> PatientRegistered:
    """Return the body; a chart opened on a page has at least a name and a date of birth."""
    lacking = [
        Problem(where="the new chart", field=f"body.{name}", found="nothing", expected=words)
        for name, words in (("name", "a name"), ("birth_date", "a date of birth"))
        if not body.get(name)
    ]
    try:
        read = body_of(PatientRegistered, filing, body)
    except InputError as error:
        raise InputError([*lacking, *error.problems]) from None
    if lacking:
        raise InputError(lacking)
    assert isinstance(read, PatientRegistered)
    return read


def _alike(patient: str, count: int) -> Problem:
    people = "a patient" if count == 1 else f"{count} patients"
    return Problem(
        where=f"patient {patient}",
        field="reason",
        found=f"{people} born that day with a similar name",
        expected="a look at who that is",
        hint="open the chart that exists, or say why this is another person",
    )
