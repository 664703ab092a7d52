"""Who stands on a claim: practice, practitioners, patient and subscriber, from what is on file.

Names are told apart into family and given name; nothing that is not on file is made up, so that
the checks before submission can say what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from caretally.claims.records import Address, Coverage, Person, Provider
from caretally.journal.entries import (
    BillingProfileSet,
    Covered,
    PatientRegistered,
    PayerProfileSet,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.journal.register import Register, covers

SEXES: Mapping[str, str] = {"female": "F", "f": "F", "male": "M", "m": "M"}
SELF = "self"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """How practices and payers stand on claims, as it is on file now.

    billing: by practice. payers: by the word coverage uses.
    """

    billing: Mapping[str, BillingProfileSet]
    payers: Mapping[str, PayerProfileSet]

    def of_practice(self, practice: str, register: Register) -> BillingProfileSet | None:
        """Return the profile of a clinic, or of the practice it is part of."""
        name: str | None = practice
        while name is not None:
            if name in self.billing:
                return self.billing[name]
            known = register.practices.get(name)
            name = known.part_of if known else None
        return None


def names(text: str) -> tuple[str, str]:
    """Return family and given names of a name as it is written.

    Example:
        >>> names("Lin, Wei"), names("Ada M. Lindqvist"), names("Cher")
        (('Lin', 'Wei'), ('Lindqvist', 'Ada M.'), ('Cher', ''))
    """
    last, comma, first = text.partition(",")
    if not comma:
        first, _, last = text.strip().rpartition(" ")
    return last.strip(), first.strip()


def sex_of(word: str | None) -> str:
    """Return the letter for a sex as charts word it; U for all that is not known."""
    return SEXES.get((word or "").strip().lower(), "U")


def digits(text: str | None) -> str:
    """Return a number without spaces and hyphens; everything else stays, to be refused."""
    return (text or "").replace("-", "").replace(" ", "")


def person_of(body: PatientRegistered | None) -> Person:
    """Return the patient as the chart has one."""
    if body is None:
        return Person(last="", first="")
    last, first = names(body.name or "")
    address = None
    if body.street or body.city or body.state or body.postal_code:
        address = Address(
            street=body.street or "", city=body.city or "", state=(body.state or "").upper(),
            postal_code=digits(body.postal_code),
        )  # fmt: skip
    return Person(
        last=last, first=first, birth_on=body.birth_date, sex=sex_of(body.sex), address=address
    )


def coverage_of(body: Covered, profile: PayerProfileSet | None, patient: Person) -> Coverage:
    """Return a coverage with its subscriber, who is the patient or somebody else.

    A claim goes to the payer that is asked first; so its priority is 1, however it is filed.
    """
    relationship = body.relationship or SELF
    subscriber = patient
    if relationship != SELF:
        last, first = names(body.subscriber_name or "")
        subscriber = Person(
            last=last, first=first, birth_on=body.subscriber_birth_date,
            sex=sex_of(body.subscriber_sex),
        )  # fmt: skip
    return Coverage(
        payer=body.payer, name=profile.name if profile else "",
        payer_id=profile.payer_id if profile else "",
        filing_code=profile.filing_code if profile else "", member_id=digits(body.member_id),
        group_number=body.group_number or "", relationship=relationship, priority=1,
        subscriber=subscriber,
    )  # fmt: skip


def billing_provider(
    practice: PracticeRegistered | None, profile: BillingProfileSet | None
) -> Provider:
    """Return the practice as it stands on claims."""
    address = None
    if profile is not None:
        address = Address(
            street=profile.street, city=profile.city, state=profile.state.upper(),
            postal_code=digits(profile.postal_code),
        )  # fmt: skip
    return Provider(
        last=(profile.legal_name if profile else "") or (practice.name if practice else ""),
        npi=(practice.npi if practice else None) or "",
        taxonomy=(practice.taxonomy if practice else None) or "",
        tax_id=digits(practice.tin if practice else None), address=address,
        contact=profile.contact if profile else "", phone=digits(profile.phone if profile else ""),
    )  # fmt: skip


def staff_on(register: Register, staff: str | None, day: date) -> StaffRegistered | None:
    """Return the registration of somebody on a date; the latest where several hold."""
    known = register.staff.get(staff or "", ())
    held = [each for each in known if covers(day, each.from_on, each.to_on)]
    return held[-1] if held else None


def practitioner(register: Register, staff: str | None, day: date) -> Provider | None:
    """Return a practitioner on a date; None where nobody is named."""
    if not staff:
        return None
    body = staff_on(register, staff, day)
    last, first = names((body.name if body else None) or "")
    return Provider(
        last=last, first=first, npi=(body.npi if body else None) or "",
        taxonomy=(body.taxonomy if body else None) or "",
    )  # fmt: skip


def supervisor(register: Register, staff: str | None, day: date) -> Provider | None:
    """Return who supervises a practitioner on a date; None where nobody is named."""
    body = staff_on(register, staff, day)
    return practitioner(register, body.supervised_by if body else None, day)
