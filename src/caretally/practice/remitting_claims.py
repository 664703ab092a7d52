"""The claims of a practice as answers are held against them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from caretally.claims.answers import ClaimAnswer
from caretally.claims.matching import AskedClaim, AskedLine, propose
from caretally.journal.entries import ClaimPrepared
from caretally.practice.office import Office
from caretally.store.database import Row
from caretally.store.streams import PATIENT, named_streams

COLUMNS = "claim, patient, control_number, payer, number, total, lines"


def amount_of(cents: int) -> Decimal:
    """Return whole cents as an exact amount."""
    return Decimal(cents).scaleb(-2)


def asked_claims(office: Office, controls: Iterable[str] | None = None) -> list[AskedClaim]:
    """Return the claims of the practice; only those with some control numbers where they are named.

    Raises:
        UnknownError: there is no such practice.
    """
    book = office.book()
    sql = f"SELECT {COLUMNS} FROM store_claimcard WHERE practice_id = %s"  # noqa: S608
    if controls is None:
        rows = office.db.rows(f"{sql} ORDER BY id", book.number)
    else:
        wanted = sorted(set(controls))
        rows = office.db.rows_in(f"{sql} AND control_number IN ({{}})", wanted, book.number)
    return [asked_of(row) for row in rows]


def numbered_claims(office: Office, numbers: Iterable[str]) -> list[AskedClaim]:
    """Return the claims that payers gave some numbers."""
    sql = f"SELECT {COLUMNS} FROM store_claimcard WHERE practice_id = %s AND number IN ({{}})"  # noqa: S608
    wanted = sorted(set(numbers) - {""})
    return [asked_of(row) for row in office.db.rows_in(sql, wanted, office.book().number)]


def claims_of_batch(office: Office, control: int) -> list[AskedClaim]:
    """Return the claims that left in the file of an interchange control number."""
    book = office.book()
    rows = office.db.rows(
        "SELECT name, control FROM store_exchangedfile WHERE practice_id = %s AND kind = %s",
        book.number, "837p",
    )  # fmt: skip
    names = [name for name, told in rows if told.isdigit() and int(told) == control]
    sql = f"SELECT {COLUMNS} FROM store_claimcard WHERE practice_id = %s AND batch IN ({{}})"  # noqa: S608
    return [asked_of(row) for row in office.db.rows_in(sql, names, book.number)]


def asked_of(row: Row) -> AskedClaim:
    """Return a claim from its card."""
    claim, patient, control, payer, number, total, lines = row
    return AskedClaim(
        claim=claim, patient=patient, control_number=control, payer=payer, payer_number=number,
        total=amount_of(total), lines=tuple(line_of(each) for each in json.loads(lines)),
    )  # fmt: skip


def line_of(told: dict[str, Any]) -> AskedLine:
    """Return a line from its card."""
    expected = told["expected"]
    return AskedLine(
        line=told["line"], code=told["code"], units=told["units"],
        on=date.fromisoformat(told["on"]), charge=amount_of(told["charge"]),
        expected=None if expected is None else amount_of(expected),
    )  # fmt: skip


def proposals(
    office: Office, answer: ClaimAnswer, claims: Iterable[AskedClaim]
) -> tuple[AskedClaim, ...]:
    """Return which claims an answer without a known number may be about, the most alike first.

    Where several are alike, the member numbers that stand on them are looked up.
    """
    first = propose(answer, claims, "")
    if not answer.member_id or len(first.proposed) < 2:
        return first.proposed
    known = [with_member(office, each) for each in first.proposed]
    return propose(answer, known, "").proposed


def with_member(office: Office, claim: AskedClaim) -> AskedClaim:
    """Return a claim with the member number that stands on it."""
    body = prepared(office, claim.patient, claim.claim)
    told = json.loads(body.content) if body is not None else {}
    member = told.get("coverage", {}).get("member_id", "") if isinstance(told, dict) else ""
    return AskedClaim(
        claim=claim.claim, patient=claim.patient, control_number=claim.control_number,
        payer=claim.payer, payer_number=claim.payer_number, member_id=str(member),
        total=claim.total, lines=claim.lines,
    )  # fmt: skip


def prepared(office: Office, patient: str, claim: str) -> ClaimPrepared | None:
    """Return how a claim was made; None where nothing is stored of it."""
    name = PATIENT + patient
    stream = named_streams(office.book(), [name]).get(name)
    entries = office.journal.desk.shelf.entries(office.db, stream) if stream is not None else ()
    bodies = (each.body for each in entries if isinstance(each.body, ClaimPrepared))
    return next((body for body in bodies if body.claim == claim), None)


def stored_ids(office: Office, ids: Sequence[str]) -> frozenset[str]:
    """Return those of some ids under which an entry is stored in the practice."""
    rows = office.db.rows_in(
        "SELECT entry_id FROM store_entry WHERE practice_id = %s AND entry_id IN ({})",
        sorted(ids), office.book().number,
    )  # fmt: skip
    return frozenset(row[0] for row in rows)
