"""People from outside in the demonstration: Ada, and Cleo's daughter, who helps her mother.

Each start prints new letters for them: codes are kept nowhere in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.enrollment.consents import SHARING, consent_at
from caretally.journal.drafts import Draft
from caretally.journal.entries import Consented
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.practice.portal_accounts import (
    LETTER,
    PATIENT,
    Invitation,
    Letter,
    birth_date_of,
    invite,
    live_rows,
    print_letter,
)
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.lives import ada, cleo, practices

MARA = f"caregiver:{cleo.DAUGHTER}"
GUESTS = (
    (ada.STORY.patient, PATIENT, "en", ada.STORY.name),
    (cleo.STORY.patient, MARA, "es", f"the daughter of {cleo.STORY.name}"),
)
"""Patient, who, language, and what to call the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who can sign in from outside. born_on: what is asked when the person first comes."""

    name: str
    letter: Letter
    born_on: str


def invited(journal: StoredJournal, at: datetime) -> tuple[Guest, ...]:
    """Return the guests with new letters; who was not invited yet is invited now."""
    practice = practices.LAKESIDE
    caller = system_caller(practice, "demonstration")
    office = Office(journal=journal, caller=caller, now=at)
    with scoped(practice, journal.db.alias):
        share(office)
        return tuple(guest(office, *named) for named in GUESTS)


def share(office: Office) -> None:
    """Let Cleo consent to sharing with her daughter, once."""
    patient = cleo.STORY.patient
    record = office.chart(office.card(patient)).record
    if consent_at(record, SHARING, office.now, caregiver=cleo.DAUGHTER) is None:
        body = Consented(
            scope=SHARING, method="verbal", given_by=PATIENT, caregiver=cleo.DAUGHTER,
            text_version="sharing 2026-01", language="en",
        )  # fmt: skip
        office.append(Draft.of(office.filing(patient), body).filed())


def guest(office: Office, patient: str, who: str, language: str, name: str) -> Guest:
    """Return a guest with a new letter."""
    kept = next((row.pk for row in live_rows(office, patient) if row.who == who), None)
    if kept is None:
        letter = invite(office, patient, Invitation(who=who, channel=LETTER, language=language))
    else:
        letter = print_letter(office, patient, kept)
    assert letter is not None
    born_on = birth_date_of(office.chart(office.card(patient)).record)
    return Guest(name=name, letter=letter, born_on=str(born_on))
