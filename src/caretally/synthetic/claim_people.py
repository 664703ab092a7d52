"""Invented practices, practitioners, payers and insured people for claims.

Every number has the form and the check digit of a real one and belongs, as far as anybody knows, to
nobody; names are drawn from lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from caretally.claims.records import Address, Coverage, Person, Provider
from caretally.synthetic.dice import Dice, spread

FIRST_NAMES = (
    "Ada", "Anselm", "Beatriz", "Cleo", "Dmitri", "Edith", "Farid", "Gudrun", "Hollis", "Inés",
    "Jamal", "Käthe", "Lucía", "Marguerite", "Nnamdi", "Odette", "Pilar", "Quincy", "Renée",
    "Soledad", "Tobias", "Ulla", "Vernon", "Wilhelmina", "Xiomara", "Yusuf", "Zelda",
)  # fmt: skip
LAST_NAMES = (
    "Abernathy", "Brandt-Lowe", "Castañeda", "Dufresne", "Ellingboe", "Fitzwater", "Gallardo",
    "Hathersage", "Ibarra", "Jankowski", "Kirkbride", "Løvås", "Marchetti", "Núñez de la Cruz",
    "O’Hanlon", "Pemberton", "Quarles", "Rosengren", "St. Clair", "Thistlewood", "Underhill",
    "Vandermeer", "Whitcombe", "Yarborough", "Zielinski",
)  # fmt: skip
STREETS = ("Alder Street", "Bayberry Lane", "Cooper’s Mill Road", "Dove Court", "Elm Avenue #4")
TOWNS = (
    ("Easton", "MD", "21601"), ("Frederick", "MD", "21701"), ("Asheville", "NC", "28801"),
    ("Durham", "NC", "27701"), ("Little Rock", "AR", "72201"), ("Tupelo", "MS", "38801"),
    ("Columbus", "OH", "43215"), ("Española", "NM", "87532"),
)  # fmt: skip
TAXONOMIES = ("207Q00000X", "207R00000X", "207RC0000X", "363LF0000X")
NURSE_PRACTITIONER = "363LF0000X"
PRACTICE = "261QM1300X"
CARD_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
CARD = "NAXNAXNAANN"
"""Shape of a Medicare number: N a digit (the first not 0), A a letter, X either."""
NPI_PREFIX = "80840"


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer: as coverage names it, its name, id and kind in claim files; whom it insures."""

    payer: str
    name: str
    payer_id: str
    filing_code: str
    insures_families: bool = True


PAYERS = spread(
    (
        Payer(
            "medicare_ffs", "Invented Medicare Contractor", "MCRE1", "MB", insures_families=False
        ),
        8,
    ),
    (
        Payer(
            "medicare_advantage", "Silver Heron Advantage", "SHAD2", "16", insures_families=False
        ),
        4,
    ),
    (Payer("commercial", "Blue Kettle Mutual", "BKM03", "CI"), 5),
    (Payer("aetna", "Larkspur Health", "LARK4", "CI"), 3),
    (Payer("medicaid_md", "Tidewater Medicaid", "TIDE5", "MC", insures_families=False), 2),
)


def check_digit(digits: str) -> str:
    """Return the Luhn digit that makes digits whole.

    Example:
        >>> check_digit("80840" + "123456789")
        '3'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def invented_npi(dice: Dice, first: str = "1") -> str:
    """Return a provider number with the right check digit."""
    digits = first + "".join(str(dice.below(10)) for _ in range(8))
    return digits + check_digit(NPI_PREFIX + digits)


def invented_address(dice: Dice) -> Address:
    """Return a street of a town."""
    city, state, postal = dice.pick(TOWNS)
    return Address(
        street=f"{dice.between(1, 9899)} {dice.pick(STREETS)}",
        city=city,
        state=state,
        postal_code=f"{postal}{dice.between(1001, 9998)}",
    )


def invented_person(dice: Dice, *, from_year: int, to_year: int) -> Person:
    """Return somebody born in a span of years."""
    born = date(dice.between(from_year, to_year), 1, 1) + timedelta(dice.below(365))
    return Person(
        last=dice.pick(LAST_NAMES),
        first=dice.pick(FIRST_NAMES),
        birth_on=born,
        sex=dice.pick("FM"),
        address=invented_address(dice),
    )


def invented_practice(dice: Dice, name: str) -> Provider:
    """Return a practice that bills."""
    return Provider(
        last=name,
        npi=invented_npi(dice),
        taxonomy=PRACTICE,
        tax_id=f"99{dice.between(1_000_000, 9_999_999)}",
        address=invented_address(dice),
        contact="Billing Office",
        phone=f"410555{dice.between(1000, 9999)}",
    )


def invented_practitioner(dice: Dice) -> Provider:
    """Return a practitioner who renders, supervises or orders."""
    return Provider(
        last=dice.pick(LAST_NAMES),
        first=dice.pick(FIRST_NAMES),
        npi=invented_npi(dice),
        taxonomy=dice.pick(TAXONOMIES),
    )


def invented_card(dice: Dice) -> str:
    """Return a number in the shape of a Medicare card's."""
    drawn = {"N": "0123456789", "A": CARD_LETTERS, "X": "0123456789" + CARD_LETTERS}
    first = str(dice.between(1, 9))
    return first + "".join(dice.pick(drawn[kind]) for kind in CARD[1:])


def invented_coverage(dice: Dice, payer: Payer, subscriber: Person) -> Coverage:
    """Return how a subscriber is insured with a payer; the patient is the subscriber."""
    is_medicare = payer.payer == "medicare_ffs"
    card = invented_card(dice)
    return Coverage(
        payer=payer.payer,
        name=payer.name,
        payer_id=payer.payer_id,
        filing_code=payer.filing_code,
        member_id=card if is_medicare else f"{payer.payer_id[0]}{dice.between(10**8, 10**9 - 1)}",
        group_number=f"G{dice.between(10_000, 99_999)}" if payer.insures_families else "",
        subscriber=subscriber,
    )
