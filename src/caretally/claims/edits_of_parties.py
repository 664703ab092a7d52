"""Checks of who stands on a claim: practice, practitioners, subscriber, patient and payer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from caretally.claims.findings import WARN, Around, Fault, edit
from caretally.claims.npi import is_npi
from caretally.claims.records import Address, Claim, Person, Provider

X12 = "X12N 005010X222A1"
TAXONOMY = re.compile(r"[0-9]{3}[0-9A-Z]{6}X")
MEDICARE_NUMBER = re.compile(
    "[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]"
    "[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9][AC-HJKMNP-RT-Y]{2}[0-9]{2}"
)
BOX = re.compile(r"\bP\.?\s*O\.?\s*BOX\b|\bLOCK\s*BOX\b", re.IGNORECASE)
STATE_WORDS = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AA AE AP"
)
FILING_WORDS = "11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ"
STATES, FILING_CODES = frozenset(STATE_WORDS.split()), frozenset(FILING_WORDS.split())
NO_PAYER = frozenset({"", "none", "self_pay"})
SEXES = frozenset({"F", "M", "U"})
RELATIONSHIPS = frozenset({"self", "spouse", "child", "other"})
IN_CHART, IN_PROFILE, IN_STAFF = "on the patient's page", "in the billing profile", "in Staff"


def providers(claim: Claim) -> Iterator[tuple[str, Provider]]:
    """Yield everybody who acts on a claim with the word for the part."""
    yield "billing", claim.billing
    yield "rendering", claim.rendering
    if claim.supervising is not None:
        yield "supervising", claim.supervising
    if claim.ordering is not None:
        yield "ordering", claim.ordering


def the_patient(claim: Claim) -> tuple[str, Person]:
    """Return the patient with the word for the part, whether subscriber or dependent."""
    if claim.patient is None:
        return "subscriber", claim.coverage.subscriber
    return "patient", claim.patient


def addresses(claim: Claim) -> Iterator[tuple[str, Address, str]]:
    """Yield addresses on a claim with the part they belong to and where they are kept."""
    if claim.billing.address is not None:
        yield "billing", claim.billing.address, IN_PROFILE
    part, person = the_patient(claim)
    if person.address is not None:
        yield part, person.address, IN_CHART


@edit(source="45 CFR 162.406; ISO/IEC 7812 check digit over 80840 and the number")
def npis_pass_their_check_digit(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every NPI has ten digits and the right check digit."""
    for part, provider in providers(claim):
        if not is_npi(provider.npi):
            found = "no NPI" if not provider.npi else "an NPI whose digits do not fit together"
            kept = "in Practice settings" if part == "billing" else IN_STAFF
            yield Fault(f"{part}.npi", found, f"enter the NPI from the NPPES registry {kept}")


@edit(source=f"{X12} PRV03; NUCC code set")
def taxonomies_are_well_formed(claim: Claim, around: Around) -> Iterable[Fault]:
    """A taxonomy code has ten characters and ends with X; the billing provider has one."""
    for part, provider in providers(claim):
        if provider.taxonomy == "" and part != "billing":
            continue
        if not TAXONOMY.fullmatch(provider.taxonomy):
            kept = "in Practice settings" if part == "billing" else IN_STAFF
            yield Fault(
                f"{part}.taxonomy", "no taxonomy code of ten characters",
                f"enter the code, such as 207Q00000X, {kept}",
            )  # fmt: skip


@edit(source=f"{X12} 2010AA REF*EI")
def tax_id_has_nine_digits(claim: Claim, around: Around) -> Iterable[Fault]:
    """The billing provider's tax id has nine digits."""
    tax_id = claim.billing.tax_id
    if len(tax_id) != 9 or not tax_id.isdigit():
        yield Fault("billing.tax_id", "no number of nine digits", "enter the practice's TIN")


@edit(source=f"{X12} 2010AA N3, N4")
def billing_address_is_a_place(claim: Claim, around: Around) -> Iterable[Fault]:
    """The billing provider's address is complete and no post office box."""
    address = claim.billing.address
    if address is None or not (address.street and address.city):
        yield Fault("billing.address", "no street or city", f"complete it {IN_PROFILE}")
    elif BOX.search(address.street):
        yield Fault(
            "billing.address.street", "a post office box",
            f"enter the street of the place of business {IN_PROFILE}",
        )  # fmt: skip


@edit(source=f"{X12} 2010AA N403")
def billing_zip_has_nine_digits(claim: Claim, around: Around) -> Iterable[Fault]:
    """The billing provider's ZIP code has nine digits."""
    address = claim.billing.address
    if address is not None and not re.fullmatch("[0-9]{9}", address.postal_code):
        yield Fault(
            "billing.address.postal_code", f"{len(address.postal_code)} characters",
            f"enter ZIP+4, nine digits, {IN_PROFILE}",
        )  # fmt: skip


@edit(source=f"{X12} 2010BA, 2010CA N403")
def patient_zip_has_five_or_nine_digits(claim: Claim, around: Around) -> Iterable[Fault]:
    """The patient's ZIP code has five or nine digits."""
    part, person = the_patient(claim)
    if person.address and not re.fullmatch("[0-9]{5}(?:[0-9]{4})?", person.address.postal_code):
        yield Fault(f"{part}.address.postal_code", "no ZIP code", f"enter it {IN_CHART}")


@edit(source=f"{X12} N402; USPS Publication 28")
def states_are_known(claim: Claim, around: Around) -> Iterable[Fault]:
    """Every state is one of the Postal Service's two letters."""
    for part, address, kept in addresses(claim):
        if address.state not in STATES:
            yield Fault(f"{part}.address.state", "no state", f"enter two letters {kept}")


@edit(source=f"{X12} 1000A PER")
def contact_can_be_called(claim: Claim, around: Around) -> Iterable[Fault]:
    """The billing provider names a contact and a telephone number of ten digits."""
    if not claim.billing.contact.strip():
        yield Fault("billing.contact", "nobody", f"name whom a payer may call {IN_PROFILE}")
    if not re.fullmatch("[2-9][0-9]{9}", claim.billing.phone):
        yield Fault("billing.phone", "no number of ten digits", f"enter it {IN_PROFILE}")


@edit(source=f"{X12} NM103, NM104")
def providers_are_named(claim: Claim, around: Around) -> Iterable[Fault]:
    """The practice has a name, every practitioner a family name and a given name."""
    for part, provider in providers(claim):
        if not provider.last or (part != "billing" and not provider.first):
            kept = IN_PROFILE if part == "billing" else IN_STAFF
            yield Fault(f"{part}.name", "no full name", f"enter it as payers know it {kept}")


@edit(source=f"{X12} 2010BA, 2010CA NM1")
def people_are_named(claim: Claim, around: Around) -> Iterable[Fault]:
    """Subscriber and patient have a family name and a given name."""
    people = [("subscriber", claim.coverage.subscriber)]
    people += [("patient", claim.patient)] if claim.patient is not None else []
    for part, person in people:
        if not person.last or not person.first:
            yield Fault(f"{part}.name", "no full name", f"enter it {IN_CHART}")


@edit(source=f"{X12} 2010BA, 2010CA DMG02")
def birth_date_is_given(claim: Claim, around: Around) -> Iterable[Fault]:
    """The patient's date of birth is given."""
    part, person = the_patient(claim)
    if person.birth_on is None:
        yield Fault(f"{part}.birth_on", "none", f"enter the date of birth {IN_CHART}")


@edit(source=f"{X12} 2010BA, 2010CA DMG03")
def sex_is_a_letter(claim: Claim, around: Around) -> Iterable[Fault]:
    """The patient's sex is F, M or U."""
    part, person = the_patient(claim)
    if person.sex not in SEXES:
        yield Fault(f"{part}.sex", "none", f"enter female, male or unknown {IN_CHART}")


@edit(severity=WARN, source=f"{X12} 2010BA, 2010CA DMG03")
def sex_is_known(claim: Claim, around: Around) -> Iterable[Fault]:
    """The patient's sex is known; some payers refuse U."""
    part, person = the_patient(claim)
    if person.sex == "U":
        yield Fault(f"{part}.sex", "unknown, sent as U", f"enter it {IN_CHART} if it is known")


@edit(source=f"{X12} 2010BA, 2010CA N3, N4")
def patient_address_is_given(claim: Claim, around: Around) -> Iterable[Fault]:
    """The patient's street and city are given."""
    part, person = the_patient(claim)
    if person.address is None or not (person.address.street and person.address.city):
        yield Fault(f"{part}.address", "no street or city", f"enter the address {IN_CHART}")


@edit(source=f"{X12} 2010BA NM109")
def member_id_is_given(claim: Claim, around: Around) -> Iterable[Fault]:
    """The member id has 2 to 80 letters and digits."""
    if not re.fullmatch("[A-Za-z0-9]{2,80}", claim.coverage.member_id):
        yield Fault(
            "coverage.member_id", "none, or other characters than letters and digits",
            "enter it as it stands on the card, on the patient's page under Coverage",
        )  # fmt: skip


@edit(severity=WARN, source="CMS, Understanding the Medicare Beneficiary Identifier format")
def medicare_number_is_well_formed(claim: Claim, around: Around) -> Iterable[Fault]:
    """A Medicare number has the form of an MBI."""
    is_medicare = claim.coverage.filing_code == "MB"
    if is_medicare and not MEDICARE_NUMBER.fullmatch(claim.coverage.member_id.upper()):
        yield Fault(
            "coverage.member_id", "no MBI of eleven characters",
            "compare it with the Medicare card, on the patient's page under Coverage",
        )  # fmt: skip


@edit(source=f"{X12} 2000B SBR")
def payer_takes_claims(claim: Claim, around: Around) -> Iterable[Fault]:
    """Somebody else than the patient pays on the dates of service."""
    if claim.coverage.payer in NO_PAYER:
        yield Fault(
            "coverage.payer", "nobody who takes claims", "bill the patient, or add who pays"
        )


@edit(source=f"{X12} 2010BB NM1, SBR09")
def payer_profile_is_complete(claim: Claim, around: Around) -> Iterable[Fault]:
    """The payer has a name, an id and a filing code."""
    coverage = claim.coverage
    if coverage.payer in NO_PAYER:
        return
    mend = "complete it on the page of payers"
    if not coverage.name:
        yield Fault("coverage.name", "no name for claims", mend)
    if not re.fullmatch("[A-Za-z0-9]{2,80}", coverage.payer_id):
        yield Fault("coverage.payer_id", "no payer id", mend)
    if coverage.filing_code not in FILING_CODES:
        yield Fault("coverage.filing_code", "no filing code", mend)


@edit(source=f"{X12} SBR02, PAT01")
def relationship_is_told(claim: Claim, around: Around) -> Iterable[Fault]:
    """The patient is the subscriber, or a dependent with a relationship to one."""
    relationship = claim.coverage.relationship
    is_self = relationship == "self"
    if relationship not in RELATIONSHIPS or is_self != (claim.patient is None):
        yield Fault(
            "coverage.relationship", "not told",
            "enter what the patient is to the subscriber, on the patient's page under Coverage",
        )  # fmt: skip
