"""What a patient allows and does not allow, given and taken back by the patient, at once.

Each choice writes an entry with the version of the text that was shown and its language. A
caregiver sees the choices and changes none: nobody may let oneself in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from caretally.enrollment import commands
from caretally.enrollment.consents import SHARING, consent_at
from caretally.enrollment.episodes import programs_at
from caretally.enrollment.record import PatientRecord
from caretally.errors import ForbiddenError, InputError, Problem
from caretally.journal.entries import CaregiverAuthorized, Consented, ConsentRevoked, Entry
from caretally.practice.enrolling_people import caregivers
from caretally.practice.office import Chart, Office
from caretally.practice.portal import Visitor
from caretally.practice.portal_wording import wording
from caretally.practice.roles import SEE_PATIENTS

PROGRAMS = ("rpm", "rtm", "ccm")
CALLS = ("ai_voice", "recording", "sms")
GIVE, REVOKE = "give", "revoke"
ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something a patient may allow.

    caregiver, relationship: of sharing, with whom. since: the date of the consent in force; None
    where none is.
    """

    scope: str
    caregiver: str = ""
    relationship: str = ""
    since: date | None = None

    @property
    def name(self) -> str:
        """As a form names it."""
        return f"{self.scope}:{self.caregiver}" if self.caregiver else self.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a patient chose. entry_id: made by the page, so that the same form counts once."""

    name: str
    what: str
    entry_id: str


def choices(office: Office, chart: Chart) -> tuple[Choice, ...]:
    """Return what the patient may choose: the programs that run, calls, sharing."""
    return tuple(offered(chart.record, office))


def offered(record: PatientRecord, office: Office) -> Iterator[Choice]:
    """Yield the choices on a record."""
    at = office.now
    running = programs_at(record, at)
    for scope in (*(each for each in PROGRAMS if each in running), *CALLS):
        yield Choice(scope=scope, since=since_of(record, scope, None, office))
    today = record.day_of(at)
    for caregiver, relationship in caregivers(record):
        since = since_of(record, SHARING, caregiver, office)
        if since is not None or record.register.has_authority(record.patient, caregiver, today):
            yield Choice(scope=SHARING, caregiver=caregiver, relationship=relationship, since=since)


def since_of(
    record: PatientRecord, scope: str, caregiver: str | None, office: Office
) -> date | None:
    """Return since when a consent is in force; None where it is not."""
    found = consent_at(record, scope, office.now, caregiver=caregiver)
    return record.day_of(found.stretch.begins) if found is not None else None


def choose(office: Office, visitor: Visitor, chosen: Chosen) -> str:
    """Store a choice of the patient, and return the id of its entry.

    Raises:
        ForbiddenError: somebody else than the patient asks.
        InputError: it cannot be chosen now; nothing is stored.
    """
    if visitor.caregiver:
        raise ForbiddenError("only the patient may change what the patient allows")
    filing = office.filing(visitor.patient, entry_id=chosen.entry_id)

    def command(record: PatientRecord) -> Sequence[Entry]:
        stored = (*record.entries(Consented), *record.entries(ConsentRevoked))
        if any(entry.id == filing.id for entry in stored):
            return ()
        choice = named(record, office, chosen.name)
        if chosen.what == REVOKE:
            revoked = ConsentRevoked(
                scope=choice.scope, method=ELECTRONIC, given_by=visitor.who,
                caregiver=choice.caregiver or None,
            )  # fmt: skip
            return commands.revoke_consent(record, filing, revoked)
        return commands.record_consent(record, filing, given(choice, visitor))

    office.act(visitor.patient, command, permission=SEE_PATIENTS)
    return filing.id


def given(choice: Choice, visitor: Visitor) -> Consented:
    """Return what is written down of a consent: the text and the language that were shown."""
    return Consented(
        scope=choice.scope, method=ELECTRONIC, given_by=visitor.who, language=visitor.language,
        text_version=f"portal {wording(visitor.language).say('consent_version')}",
        cost_share_told=choice.scope in PROGRAMS, caregiver=choice.caregiver or None,
    )  # fmt: skip


def named(record: PatientRecord, office: Office, name: str) -> Choice:
    """Return the choice of a name.

    Raises:
        InputError: it is not offered now.
    """
    for choice in offered(record, office):
        if choice.name == name:
            return choice
    raise InputError([
        Problem(where="form", field="choice", found="something else", expected="one of the page")
    ])  # fmt: skip


def relationship_of(record: PatientRecord, caregiver: str) -> str:
    """Return what a caregiver is to the patient; empty where nobody wrote it down."""
    found = [each.body for each in record.all_of(CaregiverAuthorized)]
    return next((each.relationship for each in found if each.caregiver == caregiver), "")
