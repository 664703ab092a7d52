"""One claim of an 837P with its providers and service lines."""

from __future__ import annotations

from caretally.claims.records import FIRST, REPLACEMENT, VOID, Claim, Provider, ServiceLine
from caretally.claims.x12.characters import Pen, day
from caretally.claims.x12.envelope import COMPONENT, composite, segment
from caretally.claims.x12.party_loops import provider_name, specialty

DIAGNOSES, LINES, POINTERS, MODIFIERS = (1, 12), (1, 50), (1, 4), (0, 4)
"""How few and how many a claim or a line may have."""
PROFESSIONAL = "B"


def claim_segments(claim: Claim, pen: Pen) -> list[str]:
    """Return a claim: what is asked for, why, by whom, and its lines."""
    pen.where = claim.claim
    pen.count(len(claim.diagnoses), "diagnoses", DIAGNOSES)
    pen.count(len(claim.lines), "lines", LINES)
    written = [
        segment(
            "CLM",
            pen.mark(claim.control_number, "control_number", 20),
            pen.amount(claim.total, "total"),
            "",
            "",
            composite(
                pen.mark(claim.place_of_service, "place_of_service", 2),
                PROFESSIONAL,
                frequency(claim, pen),
            ),
            # Signature on file, assigned, benefits assigned, release of information.
            *("Y", "A", "Y", "Y"),
        )
    ]
    if claim.authorization:
        written.append(segment("REF", "G1", pen.mark(claim.authorization, "authorization", 50)))
    if claim.payer_claim_number:
        number = pen.mark(claim.payer_claim_number, "payer_claim_number", 50)
        written.append(segment("REF", "F8", number))
    written.append(segment("HI", *diagnoses(claim, pen)))
    # Guides have a provider told once: who bills and renders stands at the level above.
    if claim.rendering.npi != claim.billing.npi:
        written.append(named("82", claim.rendering, "rendering", pen))
        if claim.rendering.taxonomy:
            taxonomy = claim.rendering.taxonomy
            written.append(specialty("PE", taxonomy, "rendering.taxonomy", pen))
    if claim.supervising is not None:
        written.append(named("DQ", claim.supervising, "supervising", pen))
    for place, line in enumerate(claim.lines, 1):
        written += line_segments(claim, (place, line), pen)
    return written


def frequency(claim: Claim, pen: Pen) -> str:
    """Return the frequency code; one that stands in for another claim names the payer's number."""
    if claim.frequency not in (FIRST, REPLACEMENT, VOID):
        return pen.refuse("frequency", "another code", "1, 7 or 8")
    if claim.frequency != FIRST and not claim.payer_claim_number:
        pen.refuse("payer_claim_number", "nothing", "the payer's number of the claim before")
    if claim.frequency == FIRST and claim.payer_claim_number:
        pen.refuse("payer_claim_number", "a number on a first claim", "nothing")
    return claim.frequency


def diagnoses(claim: Claim, pen: Pen) -> list[str]:
    """Return the diagnoses, the principal one first, without their dots."""
    return [
        composite(
            "ABF" if at else "ABK",
            pen.mark(code.replace(".", ""), f"diagnoses[{at}]", 30),
        )
        for at, code in enumerate(claim.diagnoses)
    ]


def named(role: str, provider: Provider, field: str, pen: Pen) -> str:
    """Return a provider in a role."""
    return segment(
        "NM1", role, *provider_name(provider, field, pen), "", "", "",
        "XX", pen.mark(provider.npi, f"{field}.npi", 10),
    )  # fmt: skip


def line_segments(claim: Claim, placed: tuple[int, ServiceLine], pen: Pen) -> list[str]:
    """Return a service line; placed: its number in the claim, and itself."""
    place, line = placed
    field = f"lines[{place - 1}]"
    written = [
        segment("LX", str(place)),
        segment(
            "SV1",
            procedure(line, field, pen),
            pen.amount(line.charge, f"{field}.charge"),
            "UN",
            units(line, field, pen),
            *("", ""),
            pointers(claim, line, pen, field=field),
        ),
        segment("DTP", "472", *served(line, field, pen)),
        segment("REF", "6R", pen.mark(line.line, f"{field}.line", 50)),
    ]
    ordering = claim.ordering
    if ordering is not None and ordering.npi != claim.rendering.npi:
        written.append(named("DK", ordering, "ordering", pen))
    return written


def procedure(line: ServiceLine, field: str, pen: Pen) -> str:
    """Return code and modifiers."""
    pen.count(len(line.modifiers), f"{field}.modifiers", MODIFIERS)
    modifiers = [pen.mark(each, f"{field}.modifiers", 2) for each in line.modifiers]
    return composite("HC", pen.mark(line.code, f"{field}.code", 48), *modifiers)


def units(line: ServiceLine, field: str, pen: Pen) -> str:
    """Return how many units."""
    pen.count(line.units, f"{field}.units", (1, 99_999))
    return str(line.units)


def pointers(claim: Claim, line: ServiceLine, pen: Pen, *, field: str) -> str:
    """Return which of the diagnoses a line is for."""
    pen.count(len(line.pointers), f"{field}.pointers", POINTERS)
    for pointer in line.pointers:
        pen.count(pointer, f"{field}.pointers", (1, len(claim.diagnoses)))
    return COMPONENT.join(map(str, line.pointers))


def served(line: ServiceLine, field: str, pen: Pen) -> tuple[str, str]:
    """Return the date of service, or the days of a device period."""
    if line.from_on is None or line.from_on == line.date_of_service:
        return "D8", day(line.date_of_service)
    if line.from_on > line.date_of_service:
        pen.refuse(f"{field}.from_on", "a day after the date of service", "one before it")
    return "RD8", f"{day(line.from_on)}-{day(line.date_of_service)}"
