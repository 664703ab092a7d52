"""The levels of an 837P: billing provider, subscriber with payer, dependent."""

from __future__ import annotations

from caretally.claims.records import Address, Claim, Person, Provider
from caretally.claims.x12.characters import Pen, day
from caretally.claims.x12.envelope import segment

RELATIONSHIPS = {"spouse": "01", "child": "19", "other": "G8"}
"""What the patient is to the subscriber, as files name it; `self` is a level of its own."""
PRIMARY = 1
SEXES = ("F", "M", "U")


def billing_loop(provider: Provider, level: int, pen: Pen) -> list[str]:
    """Return who bills, with the nine digits of postal code that payers ask for."""
    written = [
        segment("HL", str(level), "", "20", "1"),
        segment(
            "NM1", "85", *provider_name(provider, "billing", pen), "", "", "",
            "XX", pen.mark(provider.npi, "billing.npi", 10),
        ),
        *address(provider.address, "billing.address", pen),
        segment("REF", "EI", pen.mark(provider.tax_id, "billing.tax_id", 50)),
    ]  # fmt: skip
    # A contact belongs behind all numbers, the specialty before the name.
    if provider.taxonomy:
        written.insert(1, specialty("BI", provider.taxonomy, "billing.taxonomy", pen))
    if provider.contact and provider.phone:
        contact = pen.words(provider.contact, "billing.contact", 60)
        phone = pen.mark(provider.phone, "billing.phone", 20)
        written.append(segment("PER", "IC", contact, "TE", phone))
    return written


def provider_name(provider: Provider, field: str, pen: Pen) -> tuple[str, str, str]:
    """Return kind and name; who has no first name is an organization."""
    last = pen.words(provider.last, f"{field}.last", 60)
    if not provider.first:
        return "2", last, ""
    return "1", last, pen.words(provider.first, f"{field}.first", 35)


def specialty(role: str, taxonomy: str, field: str, pen: Pen) -> str:
    """Return what a provider practices."""
    return segment("PRV", role, "PXC", pen.mark(taxonomy, field, 50))


def subscriber_loop(claim: Claim, levels: tuple[int, int], pen: Pen) -> list[str]:
    """Return who is insured, and by whom; levels: its own and that of the provider above."""
    pen.where = claim.claim
    level, above = levels
    coverage, own = claim.coverage, claim.patient is None
    if coverage.priority != PRIMARY:
        # A later payer wants to read what the first one paid, which a Claim does not hold.
        pen.refuse("coverage.priority", str(coverage.priority), "1: the payer that pays first")
    if own != (coverage.relationship == "self"):
        found = f"{coverage.relationship} {'without' if own else 'with'} a patient of its own"
        pen.refuse("coverage.relationship", found, "self exactly where patient is None")
    field = "coverage.subscriber"
    written = [
        segment("HL", str(level), str(above), "22", "0" if own else "1"),
        segment(
            "SBR", "P", "18" if own else "",
            pen.optional(coverage.group_number, "coverage.group_number", 50), *[""] * 5,
            pen.mark(coverage.filing_code, "coverage.filing_code", 2),
        ),
        segment(
            "NM1", "IL", "1", *person_name(coverage.subscriber, field, pen), "", "", "",
            "MI", pen.mark(coverage.member_id, "coverage.member_id", 80),
        ),
    ]  # fmt: skip
    if own:
        # Where the subscriber is not the patient, files carry neither address nor birth date.
        written += person_details(coverage.subscriber, field, pen)
    written.append(
        segment(
            "NM1", "PR", "2", pen.words(coverage.name, "coverage.name", 60), *[""] * 4,
            "PI", pen.mark(coverage.payer_id, "coverage.payer_id", 80),
        )
    )  # fmt: skip
    return written


def patient_loop(claim: Claim, levels: tuple[int, int], pen: Pen) -> list[str]:
    """Return who was cared for, where that is not the subscriber."""
    pen.where = claim.claim
    level, above = levels
    assert claim.patient is not None
    relationship = RELATIONSHIPS.get(claim.coverage.relationship, "")
    return [
        segment("HL", str(level), str(above), "23", "0"),
        segment("PAT", relationship),
        segment("NM1", "QC", "1", *person_name(claim.patient, "patient", pen)),
        *person_details(claim.patient, "patient", pen),
    ]


def person_name(person: Person, field: str, pen: Pen) -> tuple[str, str]:
    """Return last and first name; a person may have one name alone."""
    first = pen.words(person.first, f"{field}.first", 35) if person.first else ""
    return pen.words(person.last, f"{field}.last", 60), first


def person_details(person: Person, field: str, pen: Pen) -> list[str]:
    """Return where somebody lives, when they were born, and their sex."""
    if person.birth_on is None:
        pen.refuse(f"{field}.birth_on", "nothing", "the date of birth")
        return []
    if person.sex not in SEXES:
        pen.refuse(f"{field}.sex", "another letter", "F, M or U")
    born = segment("DMG", "D8", day(person.birth_on), person.sex)
    return [*address(person.address, f"{field}.address", pen), born]


def address(place: Address | None, field: str, pen: Pen) -> list[str]:
    """Return where somebody is."""
    if place is None:
        pen.refuse(field, "nothing", "street, city, state and postal code")
        return []
    return [
        segment("N3", pen.words(place.street, f"{field}.street", 55)),
        segment(
            "N4",
            pen.words(place.city, f"{field}.city", 30),
            pen.mark(place.state, f"{field}.state", 2),
            pen.mark(place.postal_code, f"{field}.postal_code", 15),
        ),
    ]
