"""Somebody from outside at work: a patient, or a caregiver, before one chart of one practice.

A visitor has no role in the practice and sees nothing but this chart. A caregiver sees it while the
authority and the patient's consent to sharing hold; both are asked anew on every page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from caretally.enrollment.consents import SHARING, consent_at
from caretally.enrollment.evidence import CAREGIVER
from caretally.enrollment.record import PatientRecord
from caretally.practice.caller import Caller
from caretally.practice.office import Chart, Office
from caretally.practice.roles import SEE_MONEY, SEE_PATIENTS
from caretally.store.access import Access, record_access
from caretally.store.database import ALL, Database, scoped
from caretally.store.models import PortalAccount
from caretally.store.portal_tables import CAREGIVER_SIDE, PATIENT_SIDE
from caretally.store.stored_journal import StoredJournal

ACCOUNT = "portal:"
"""How the user names of people from outside begin; no name of staff can hold a colon."""
PORTAL = "portal"
"""Under which name the program writes for a visitor."""
OPEN, DIED, NO_AUTHORITY, NO_SHARING = "open", "died", "no_authority", "no_sharing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person from outside who is signed in.

    who: patient or caregiver:ID. user: number of the account. language: en or es. account: number
    of the row that lets the person in.
    """

    practice: str
    patient: str
    who: str
    user: int
    language: str
    account: int

    @property
    def caregiver(self) -> str:
        """The id of the caregiver; empty for the patient."""
        return self.who.removeprefix(CAREGIVER) if self.who.startswith(CAREGIVER) else ""

    @property
    def side(self) -> str:
        """On which side of a conversation the person stands: patient or caregiver."""
        return CAREGIVER_SIDE if self.caregiver else PATIENT_SIDE


def is_visitor(username: str) -> bool:
    """Tell whether an account is of somebody from outside."""
    return username.startswith(ACCOUNT)


def visitor_office(journal: StoredJournal, visitor: Visitor, at: datetime) -> Office:
    """Return the office in which a visitor looks and writes: one chart, and nothing else."""
    caller = Caller(
        user=None, login=PORTAL, practice=visitor.practice,
        scopes=frozenset({SEE_PATIENTS, SEE_MONEY}), visitor=visitor.who, only=visitor.patient,
    )  # fmt: skip
    return Office(journal=journal, caller=caller, now=at)


def look(office: Office, visitor: Visitor, purpose: str) -> Chart:
    """Return the visitor's chart, and tell in the access chain that the visitor looked.

    purpose: words for what, such as `portal: readings`; no patient content.
    """
    access = Access(
        practice=visitor.practice, patient=visitor.patient, actor=office.caller.looker,
        purpose=purpose,
    )  # fmt: skip
    chart = chart_of(office, visitor)
    record_access(office.db, access, office.now)
    return chart


def chart_of(office: Office, visitor: Visitor) -> Chart:
    """Return the visitor's chart for the program's own questions; nothing of it may be shown."""
    return office.chart(office.card(visitor.patient))


def standing_of(record: PatientRecord, who: str, at: datetime) -> str:
    """Return whether somebody may look now, else why not, as one of the words of this module."""
    if not record.is_alive_at(at):
        return DIED
    if not who.startswith(CAREGIVER):
        return OPEN
    caregiver = who.removeprefix(CAREGIVER)
    if not record.register.has_authority(record.patient, caregiver, record.day_of(at)):
        return NO_AUTHORITY
    shared = consent_at(record, SHARING, at, caregiver=caregiver)
    return OPEN if shared is not None else NO_SHARING


def live_accounts(db: Database, practice: str) -> QuerySet[PortalAccount]:
    """Return the accounts of a practice that did not end."""
    rows = PortalAccount.objects.using(db.alias).select_related("practice")
    return rows.filter(practice__name=practice, ended_at=None)


def visitor_named(db: Database, practice: str, account: int, user: int) -> Visitor | None:
    """Return the visitor of an account; None where it ended or is of another user."""
    with scoped(practice, db.alias):
        row = live_accounts(db, practice).filter(pk=account, user_id=user).first()
    return visitor_in(row) if row is not None and row.user_id is not None else None


def visitor_of_user(db: Database, user: int) -> Visitor | None:
    """Return the visitor of a user, in whatever practice; None where there is none any more."""
    with scoped(ALL, db.alias):
        rows = PortalAccount.objects.using(db.alias).select_related("practice")
        row = rows.filter(user_id=user, ended_at=None).first()
        return visitor_in(row) if row is not None else None


def visitor_in(row: PortalAccount) -> Visitor:
    """Return the visitor of a row; of nobody, user 0, where nobody came yet."""
    return Visitor(
        practice=row.practice.name, patient=row.patient, who=row.who, user=row.user_id or 0,
        language=row.language, account=row.pk,
    )  # fmt: skip
