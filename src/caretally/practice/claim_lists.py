"""Claims as pages show them: a month's list with its money, and one claim with its history."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from caretally.claims.building import second_payers, yardsticks
from caretally.claims.content import claim_of
from caretally.claims.findings import Finding
from caretally.claims.records import Claim
from caretally.clock import ServiceMonth
from caretally.errors import UnknownError
from caretally.journal.entries import (
    ClaimAcknowledged,
    ClaimDenied,
    ClaimPaid,
    ClaimPrepared,
    ClaimSubmitted,
    Entry,
)
from caretally.practice.claim_findings import examined, standards
from caretally.practice.claiming import SENT_NEVER
from caretally.practice.office import Office
from caretally.practice.prices import ground
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.store.billing_tables import (
    ACCEPTED,
    DENIED,
    OUTDATED,
    PAID,
    PARTIAL,
    PREPARED,
    REJECTED,
    REVERSED,
    SUBMITTED,
    VOIDED,
    ClaimCard,
)
from caretally.store.claim_cards import OF_CLAIMS
from caretally.store.database import Value

STATES = (
    PREPARED, SUBMITTED, ACCEPTED, REJECTED, PAID, PARTIAL, DENIED, REVERSED, VOIDED, OUTDATED,
)  # fmt: skip
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Claims of a month in one state. expected: of those with a known price. unpriced: the rest."""

    state: str
    count: int
    charge: Decimal
    expected: Decimal
    unpriced: int
    allowed: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claim in a list, amounts in dollars."""

    claim: str
    control_number: str
    patient: str
    name: str
    payer: str
    codes: str
    frequency: str
    state: str
    charge: Decimal
    expected: Decimal | None
    paid: Decimal
    submitted_on: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of a month's claims; sums are of all of them. signed: decisions that are signed."""

    month: ServiceMonth
    sums: tuple[Sum, ...]
    rows: tuple[Row, ...]
    count: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to a claim. kind: of the entry; on, says: for people."""

    kind: str
    at: str
    says: str
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """A service line with what was asked and answered."""

    line: str
    code: str
    units: int
    on: str
    charge: Decimal
    expected: Decimal | None
    yardstick: Decimal | None
    allowed: Decimal
    paid: Decimal
    share: Decimal
    pointers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A claim with everything a page says of it.

    findings: of a claim that has not left. others: the claims it stands in for, or that stand in
    for it, by id with what they are. further: payers that are asked after this one.
    """

    card: ClaimCard
    claim: Claim
    lines: tuple[LineShown, ...]
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    others: tuple[tuple[ClaimCard, str], ...]
    further: tuple[str, ...] = ()


def dollars(cents: int) -> Decimal:
    """Return cents as dollars.

    Example:
        >>> str(dollars(5177))
        '51.77'
    """
    return Decimal(cents).scaleb(-2)


def where_seen(office: Office) -> tuple[str, list[str]]:
    """Return a condition on patients' cards, with its values: the clinics of the caller."""
    clinics = office.clinics(HANDLE_CLAIMS)
    if clinics is None:
        return "", []
    return f" AND card.clinic IN ({', '.join(['%s'] * len(clinics)) or 'NULL'})", sorted(clinics)


def listed(office: Office, month: ServiceMonth, state: str = "", number: int = 1) -> Listed:
    """Return a page of a month's claims.

    Raises:
        ForbiddenError: the caller may not handle claims.
    """
    office.caller.require(HANDLE_CLAIMS)
    seen, clinics = where_seen(office)
    source = (
        "FROM store_claimcard AS claim JOIN store_patientcard AS card "
        "ON card.stream_id = claim.stream_id WHERE claim.practice_id = %s AND claim.month = %s"
    )
    base: list[Value] = [office.book().number, str(month), *clinics]
    sums = office.db.rows(
        "SELECT claim.state, count(*), sum(claim.total), coalesce(sum(claim.expected), 0), "
        "sum(CASE WHEN claim.expected IS NULL THEN 1 ELSE 0 END), sum(claim.allowed), "
        f"sum(claim.paid) {source}{seen} GROUP BY claim.state", *base,
    )  # fmt: skip
    wanted = " AND claim.state = %s" if state in STATES else ""
    values: list[Value] = [*base, *([state] if wanted else [])]
    found = {row[0]: row for row in sums}
    count = sum(int(row[1]) for row in sums if not wanted or row[0] == state)
    page = max(1, min(number, -(-count // PAGE)))
    rows = office.db.rows(
        "SELECT claim.claim, claim.control_number, claim.patient, card.name, claim.payer, "
        "claim.codes, claim.frequency, claim.state, claim.total, claim.expected, claim.paid, "
        f"claim.submitted_on, claim.says {source}{seen}{wanted} "
        "ORDER BY card.name_key, claim.patient, claim.id LIMIT %s OFFSET %s",
        *values, PAGE, (page - 1) * PAGE,
    )  # fmt: skip
    return Listed(
        month=month, count=count, number=page, rows=tuple(row_of(row) for row in rows),
        sums=tuple(sum_of(found[name]) for name in STATES if name in found),
    )  # fmt: skip


def sum_of(row: Sequence[object]) -> Sum:
    """Return the sum of a state from its row."""
    state, *amounts = row
    count, charge, expected, unpriced, allowed, paid = (int(str(each)) for each in amounts)
    return Sum(
        state=str(state), count=count, charge=dollars(charge), expected=dollars(expected),
        unpriced=unpriced, allowed=dollars(allowed), paid=dollars(paid),
    )  # fmt: skip


def row_of(row: Sequence[object]) -> Row:
    """Return a claim of a list from its row."""
    text = [str(each) for each in row]
    return Row(
        claim=text[0], control_number=text[1], patient=text[2], name=text[3] or text[2],
        payer=text[4], codes=text[5], frequency=text[6], state=text[7],
        charge=dollars(int(text[8])), expected=None if row[9] is None else dollars(int(text[9])),
        paid=dollars(int(text[10])), submitted_on=text[11], says=text[12],
    )  # fmt: skip


def card_named(office: Office, claim: str) -> ClaimCard:
    """Return the card of a claim whose patient the caller may see.

    Raises:
        ForbiddenError: the caller may not handle claims.
        UnknownError: no such claim, or beyond the caller's clinics.
    """
    office.caller.require(HANDLE_CLAIMS)
    cards = ClaimCard.objects.using(office.db.alias).filter(practice__name=office.practice)
    card: ClaimCard | None = cards.filter(claim=claim).first()
    if card is None:
        raise UnknownError("no claim of this id is open to you")
    office.card(card.patient, permission=HANDLE_CLAIMS)
    return card


def shown(office: Office, claim: str) -> Shown:
    """Return a claim with everything a page says of it; that somebody looked is told.

    Raises:
        ForbiddenError, UnknownError: the caller may not see it, or there is none.
    """
    card = card_named(office, claim)
    chart = office.open_chart(card.patient, purpose="claim", permission=HANDLE_CLAIMS)
    entries = [entry for entry in chart.record.in_force if isinstance(entry.body, OF_CLAIMS)]
    content = next(
        claim_of(entry.body.content)
        for entry in entries
        if isinstance(entry.body, ClaimPrepared) and entry.body.claim == claim
    )
    is_waiting = card.state == PREPARED
    found = (
        examined(standards(office, ServiceMonth.parse(card.month)), card).findings
        if is_waiting
        else ()
    )
    return Shown(
        card=card, claim=content, lines=lines_shown(office, card, content), findings=found,
        steps=tuple(step_of(entry) for entry in entries if about(entry) == claim),
        others=others(office, card),
        further=tuple(each.payer for each in second_payers(chart.record, content)),
    )  # fmt: skip


def about(entry: Entry) -> str:
    """Return the claim an entry is about."""
    return str(getattr(entry.body, "claim", ""))


def lines_shown(office: Office, card: ClaimCard, claim: Claim) -> tuple[LineShown, ...]:
    """Return the lines of a claim with amounts in dollars."""
    told: Mapping[str, Mapping[str, int]] = {e["line"]: e for e in json.loads(card.lines)}
    base = ground(office)
    profile = base.profiles.of_practice(office.practice, office.register())
    beside = yardsticks(claim, base.prices(profile))
    return tuple(
        LineShown(
            line=line.line, code=line.code, units=line.units, on=line.date_of_service.isoformat(),
            charge=line.charge, expected=line.expected, yardstick=beside.get(line.line),
            allowed=dollars(told[line.line]["allowed"]), paid=dollars(told[line.line]["paid"]),
            share=dollars(told[line.line]["share"]), pointers=", ".join(map(str, line.pointers)),
        )
        for line in claim.lines
    )  # fmt: skip


def step_of(entry: Entry) -> Step:
    """Return what happened to a claim, in words."""
    body, file = entry.body, ""
    if isinstance(body, ClaimPrepared):
        says = f"prepared for {body.total}"
    elif isinstance(body, ClaimSubmitted):
        says, file = f"left in a file ({body.format})", body.batch
    elif isinstance(body, ClaimAcknowledged):
        codes = f", {' '.join(body.codes)}" if body.codes else ""
        number = (
            f"; the payer's number is {body.payer_claim_number}" if body.payer_claim_number else ""
        )
        says = f"{body.outcome} ({body.source}{codes}){number}"
    else:
        assert isinstance(body, ClaimPaid | ClaimDenied)
        says = f"answered: {body.paid} paid (status {body.status})"
    return Step(kind=entry.kind, at=entry.at.isoformat(), says=says, file=file)


def others(office: Office, card: ClaimCard) -> tuple[tuple[ClaimCard, str], ...]:
    """Return the claims that stand in for one, and those it stands in for."""
    cards = ClaimCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, patient=card.patient, month=card.month
    )
    earlier = [(each, "stands in for") for each in cards if each.claim == card.replaces]
    later = [(each, "is followed by") for each in cards if each.replaces == card.claim]
    return (*earlier, *later)


def may_be_corrected(card: ClaimCard) -> bool:
    """Tell whether another claim may stand in for one, or take it back."""
    return card.state not in (*SENT_NEVER, OUTDATED, VOIDED) and card.frequency != "8"
