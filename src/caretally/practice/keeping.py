"""What is on record about a practice itself: clinics, staff, licenses and policies.

Everything is an entry; a correction supersedes the entry it corrects and says why.
"""

from __future__ import annotations

from dataclasses import replace

from caretally.claims.npi import is_npi
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    Body,
    Entry,
    LicenseRecorded,
    PolicyAdopted,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.practice.office import Office
from caretally.practice.policies import KNOWN
from caretally.practice.roles import MANAGE_PEOPLE, MANAGE_PRACTICE
from caretally.store.charts import practice_entries


def kept(office: Office, kind: type[Body]) -> tuple[Entry, ...]:
    """Return the entries of a kind that are in force about the practice, by time."""
    stored = practice_entries(office.book(), office.journal.desk.shelf)
    found = [each for each in resolve(stored).in_force if isinstance(each.body, kind)]
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


def register_practice(office: Office, filing: Filing, body: PracticeRegistered) -> None:
    """Register the practice or a clinic of it, or correct what is on record.

    Raises:
        InputError: something speaks against it; all is named.
    """
    office.caller.require(MANAGE_PRACTICE)
    known = {
        each.body.practice: each.body
        for each in kept(office, PracticeRegistered)
        if isinstance(each.body, PracticeRegistered) and each.id != filing.supersedes
    }
    draft = Draft.of(filing, body)
    check_npi(draft, body.npi)
    if body.practice in known:
        draft.refuse("body.practice", found="an id that is registered", expected="a new id",
                     hint="to change what is on record, correct that entry")  # fmt: skip
    if body.part_of is not None and body.part_of not in known:
        draft.refuse("body.part_of", found="a practice that is not registered",
                     expected="a practice on record")  # fmt: skip
    elif is_circle(body, {name: each.part_of for name, each in known.items()}):
        draft.refuse("body.part_of", found="a clinic of this clinic",
                     expected="a practice that is not below this one")  # fmt: skip
    if not body.name.strip():
        draft.refuse("body.name", found="an empty text", expected="the name")
    office.append(draft.filed())


def is_circle(body: PracticeRegistered, parents: dict[str, str | None]) -> bool:
    """Tell whether a clinic would be above itself."""
    above, seen = body.part_of, {body.practice}
    while above is not None:
        if above in seen:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def register_staff(office: Office, filing: Filing, body: StaffRegistered) -> None:
    """Register a role of a member of staff, or correct what is on record.

    Raises:
        InputError: something speaks against it; all is named.
    """
    office.caller.require(MANAGE_PEOPLE)
    draft = Draft.of(filing, body)
    check_npi(draft, body.npi)
    register = office.register()
    if body.from_on is not None and body.to_on is not None and body.to_on < body.from_on:
        draft.refuse("body.to", found=str(body.to_on), expected=f"a date from {body.from_on} on")
    if body.supervised_by is not None:
        if body.supervised_by == body.staff:
            draft.refuse("body.supervised_by", found="the same person", expected="somebody else")
        elif not register.is_registered(body.supervised_by):
            draft.refuse("body.supervised_by", found="a staff id that is not registered",
                         expected="registered staff")  # fmt: skip
    office.append(draft.filed())


def record_license(office: Office, filing: Filing, body: LicenseRecorded) -> None:
    """Record a license of a member of staff, or correct what is on record.

    Raises:
        InputError: something speaks against it; all is named.
    """
    office.caller.require(MANAGE_PEOPLE)
    draft = Draft.of(filing, body)
    if not office.register().is_registered(body.staff):
        draft.refuse("body.staff", found="a staff id that is not registered",
                     expected="registered staff")  # fmt: skip
    if body.to_on is not None and body.to_on < body.from_on:
        draft.refuse("body.to", found=str(body.to_on), expected=f"a date from {body.from_on} on")
    office.append(draft.filed())


def adopt_policy(office: Office, filing: Filing, body: PolicyAdopted) -> None:
    """Adopt a policy, or another value of one, from a date on.

    Raises:
        InputError: something speaks against it; all is named.
    """
    office.caller.require(MANAGE_PRACTICE)
    draft = Draft.of(filing, body)
    policy = KNOWN.get(body.policy)
    if policy is None:
        draft.refuse("body.policy", found="no policy of the program",
                     expected=f"one of {', '.join(KNOWN)}")  # fmt: skip
    elif not policy.fits(body.value):
        draft.refuse("body.value", found="another value", expected=policy.expected)
    if not body.owner.strip():
        draft.refuse("body.owner", found="an empty text", expected="who answers for it")
    office.append(draft.filed())


def check_npi(draft: Draft, npi: str | None) -> None:
    """Refuse a text that is no NPI."""
    if npi is not None and not is_npi(npi):
        draft.refuse("body.npi", found="a number whose check digit or length is not that of an NPI",
                     expected="10 digits", hint="one digit may be mistyped")  # fmt: skip


def correcting(office: Office, entry_id: str, reason: str, filed_as: str) -> Filing:
    """Return the circumstances of an entry about the practice; of a correction where one is named.

    filed_as: id that the page made, so that a form sent twice is stored once.
    """
    filing = office.filing(None, entry_id=filed_as, reason=reason, supersedes=entry_id)
    corrected = next((each for each in kept(office, Body) if each.id == entry_id), None)
    return filing if corrected is None else replace(filing, at=corrected.at)
