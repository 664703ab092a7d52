"""Accounting of disclosures: what left the practice about a patient, to whom, when and why.

What leaves for all patients of a practice at once is told once, and stands in everybody's account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from caretally.practice.office import Office
from caretally.practice.roles import SEE_ACCESS
from caretally.store.access import Told, record_told
from caretally.store.access_pages import Line, Wanted, access_lines
from caretally.store.database import Database
from caretally.store.streams import PATIENT

DISCLOSED = "disclosed"
MOST = 2_000
"""Disclosures of one account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """Something that left the practice.

    patient: None where it was of all patients. actor: who let it out. to: who got it. what: such
    as packet, export or claim, with its id; no patient content. why: the purpose.
    """

    practice: str
    patient: str | None
    actor: str
    to: str
    what: str
    why: str


def record_disclosure(db: Database, disclosure: Disclosure, at: datetime) -> str:
    """Tell a disclosure in the access chain; returns the id of the entry.

    Call it before anything leaves, in the transaction that lets it go where there is one: what was
    told and then failed to leave does less harm than the other way round.
    """
    said = {"to": disclosure.to, "what": disclosure.what, "why": disclosure.why}
    told = Told(practice=disclosure.practice, kind=DISCLOSED, actor=disclosure.actor,
                patient=disclosure.patient, said=said)  # fmt: skip
    return record_told(db, told, at)


def record_export(
    db: Database, about: tuple[str | None, str | None], purpose: Mapping[str, str], at: datetime
) -> None:
    """Tell that stored entries were written to a file.

    about: practice and patient, None for all. purpose: to whom and why.
    """
    practice, patient = about
    rows = db.rows(
        "SELECT practice.name FROM store_practice AS practice WHERE %s IN (%s, practice.name) "
        "AND (%s = %s OR EXISTS (SELECT 1 FROM store_stream AS stream "
        "WHERE stream.practice_id = practice.id AND stream.name = %s)) ORDER BY practice.name",
        practice or "", "", patient or "", "", PATIENT + (patient or ""),
    )  # fmt: skip
    for row in rows:
        made = Disclosure(practice=row[0], patient=patient, actor="system:export", what="export",
                          to=purpose["to"], why=purpose["why"])  # fmt: skip
        record_disclosure(db, made, at)


def disclosures(office: Office, patient: str) -> tuple[Line, ...]:
    """Return what was disclosed about a patient, and about all, latest first.

    Raises:
        ForbiddenError: the caller may not see who looked.
    """
    office.caller.require(SEE_ACCESS)
    book = office.book()
    own = access_lines(book, Wanted(patient=patient, kinds=(DISCLOSED,)), MOST)
    all_of_them = access_lines(book, Wanted(patient="practice", kinds=(DISCLOSED,)), MOST)
    return latest_first((*own, *all_of_them))


def latest_first(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return entries of several chains as one list."""
    return tuple(sorted(lines, key=lambda each: each.number, reverse=True))
