"""Claims as a table, a row a service line, for spreadsheets and other billing systems.

Cells that a spreadsheet would take for a formula are written with an apostrophe before them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from caretally.claims.records import Address, Batch, Claim, ServiceLine

COLUMNS = (
    "claim", "control_number", "frequency", "replaces_payer_number", "payer", "payer_id",
    "filing_code", "member_id", "relationship", "subscriber_last", "subscriber_first",
    "subscriber_birth_date", "subscriber_sex", "patient_id", "patient_last", "patient_first",
    "patient_birth_date", "patient_sex", "patient_street", "patient_city", "patient_state",
    "patient_zip", "billing_name", "billing_npi", "billing_tax_id", "billing_taxonomy",
    "rendering_last", "rendering_first", "rendering_npi", "supervising_npi", "ordering_npi",
    "place_of_service", "authorization", "diagnoses", "line", "code", "modifiers", "units",
    "date_of_service", "pointers", "charge", "expected", "claim_total",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOWHERE = Address(street="", city="", state="", postal_code="")


def write_csv(batch: Batch) -> bytes:
    """Return claims as CSV in UTF-8 with CRLF: the same batch gives the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(batch.claims))
    return text.getvalue().encode()


def rows(claims: Iterable[Claim]) -> Iterator[list[str]]:
    """Yield the rows of claims, a row a line."""
    for claim in claims:
        for line in claim.lines:
            yield [safe(cell) for cell in row(claim, line)]


def row(claim: Claim, line: ServiceLine) -> tuple[str, ...]:
    """Return the cells of a service line."""
    coverage, subscriber = claim.coverage, claim.coverage.subscriber
    person = claim.patient or subscriber
    home, billing, rendering = person.address or NOWHERE, claim.billing, claim.rendering
    return (
        claim.claim, claim.control_number, claim.frequency, claim.payer_claim_number,
        coverage.name, coverage.payer_id, coverage.filing_code, coverage.member_id,
        coverage.relationship, subscriber.last, subscriber.first, str(subscriber.birth_on or ""),
        subscriber.sex, claim.patient_id, person.last, person.first, str(person.birth_on or ""),
        person.sex, home.street, home.city, home.state, home.postal_code, billing.last,
        billing.npi, billing.tax_id, billing.taxonomy, rendering.last, rendering.first,
        rendering.npi, claim.supervising.npi if claim.supervising else "",
        claim.ordering.npi if claim.ordering else "", claim.place_of_service,
        claim.authorization, " ".join(claim.diagnoses), line.line, line.code,
        " ".join(line.modifiers), str(line.units), line.date_of_service.isoformat(),
        " ".join(map(str, line.pointers)), f"{line.charge:.2f}",
        "" if line.expected is None else f"{line.expected:.2f}", f"{claim.total:.2f}",
    )  # fmt: skip


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet computes.

    Example:
        >>> safe("=1+1"), safe("99457")
        ("'=1+1", '99457')
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell
