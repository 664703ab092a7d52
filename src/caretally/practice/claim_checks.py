"""Next month's gate: stricter checks that denials speak for, switched on and off by a person.

A proposal names its evidence: the claims that were denied. Nothing switches itself on. A check that
is on speaks in the edits before claims leave.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from caretally.claims.checks import (
    AUTHORIZATION,
    DIAGNOSIS,
    HOLD,
    KINDS,
    ORDER,
    VALUED,
    Check,
    check_named,
)
from caretally.errors import ForbiddenError, InputError, Problem
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Draft
from caretally.journal.entries import ClaimCheckAdopted, Entry
from caretally.practice.denials import DenialRow, all_rows
from caretally.practice.office import Office
from caretally.practice.remitting_claims import prepared, stored_ids
from caretally.practice.roles import HANDLE_CLAIMS, SEE_AUDIT
from caretally.store.billing_tables import CLEARED
from caretally.store.charts import practice_entries
from caretally.store.streams import locked_book

LEAST = {HOLD: 2, AUTHORIZATION: 1, ORDER: 1, DIAGNOSIS: 2}
"""Denied claims that a proposal needs; one is too little to hold a code or a diagnosis back."""
LEAST_PAID = 3
"""Paid claims from which it may be told which diagnoses a payer wants."""
MOST_EVIDENCE = 50
ORDER_DAYS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A check, what speaks for it, and whether it is on.

    claims: ids of the denied claims, the latest first. amount: what was denied on them. adopted:
    the entry that switched it last.
    """

    check: Check
    claims: tuple[str, ...] = ()
    amount: Decimal = Decimal("0.00")
    is_on: bool = False
    adopted: Entry | None = None


def may_adopt(office: Office) -> bool:
    """Tell whether the caller may switch checks: who handles claims, or who sees the audit."""
    return office.caller.may(HANDLE_CLAIMS) or office.caller.may(SEE_AUDIT)


def require_adopting(office: Office) -> None:
    """Pass if the caller may switch checks.

    Raises:
        ForbiddenError: not so.
    """
    if not may_adopt(office):
        raise ForbiddenError("checks of claims are for those who handle claims or see the audit")


def adoptions(office: Office) -> dict[tuple[str, str], Entry]:
    """Return the entry that switched each check last, by name and payer."""
    entries = resolve(practice_entries(office.book(), office.journal.desk.shelf)).in_force
    found: dict[tuple[str, str], Entry] = {}
    for each in entries:
        if isinstance(each.body, ClaimCheckAdopted):
            found[each.body.check, each.body.payer or ""] = each
    return found


def adopted_checks(office: Office) -> tuple[Check, ...]:
    """Return the checks that are on; what claims are held against beside the usual edits."""
    return tuple(check for check, entry in switched(office) if is_active(entry))


def is_active(entry: Entry) -> bool:
    """Tell whether an entry switched its check on."""
    return isinstance(entry.body, ClaimCheckAdopted) and entry.body.active


def switched(office: Office) -> list[tuple[Check, Entry]]:
    """Return the checks somebody ever switched, with the entry that did last."""
    found = []
    for (name, payer), entry in sorted(adoptions(office).items()):
        days = entry.body.days if isinstance(entry.body, ClaimCheckAdopted) else None
        check = check_named(name, payer, days)
        if check is not None:
            found.append((check, entry))
    return found


def proposals(office: Office) -> tuple[Proposal, ...]:
    """Return checks that denials speak for, and those that are on; the largest amount first.

    Raises:
        ForbiddenError: the caller may not switch checks.
    """
    require_adopting(office)
    found = proposed(office) if office.caller.may(HANDLE_CLAIMS) else {}
    for check, entry in switched(office):
        key = (check.name, check.payer)
        known = found.get(key, Proposal(check=check))
        told = entry.body.because if isinstance(entry.body, ClaimCheckAdopted) else ()
        found[key] = replace(known, check=check, is_on=is_active(entry), adopted=entry,
                             claims=known.claims or told)  # fmt: skip
    return tuple(sorted(found.values(), key=order_of))


def order_of(each: Proposal) -> tuple[bool, Decimal, str, str]:
    """Return what proposals are sorted by: those that are on, then the largest amount."""
    return not each.is_on, -each.amount, each.check.name, each.check.payer


def proposed(office: Office) -> dict[tuple[str, str], Proposal]:
    """Return what denials that still stand speak for, by name and payer."""
    rows: dict[tuple[str, str, str], list[DenialRow]] = {}
    for row in all_rows(office):
        if row.state == CLEARED:
            continue
        for kind in dict.fromkeys(reason.check for reason in row.known if reason.check):
            value = row.code if kind == HOLD else ""
            if kind != HOLD or value:
                rows.setdefault((kind, row.payer, value), []).append(row)
    made = (proposal_of(office, *key, own) for key, own in rows.items())
    return {(each.check.name, each.check.payer): each for each in made if each is not None}


def proposal_of(
    office: Office, kind: str, payer: str, value: str, rows: Sequence[DenialRow]
) -> Proposal | None:
    """Return the proposal of some denials; None where they are too few or name nothing to ask."""
    claims = tuple(dict.fromkeys(
        each.claim for each in sorted(rows, key=lambda row: row.answered_on, reverse=True)
    ))  # fmt: skip
    if kind == DIAGNOSIS:
        value = wanted_diagnoses(office, payer, rows)
    if len(claims) < LEAST[kind] or (kind in VALUED and not value):
        return None
    check = Check(kind=kind, payer=payer, value=value, days=ORDER_DAYS if kind == ORDER else None)
    return Proposal(
        check=check, claims=claims[:MOST_EVIDENCE],
        amount=sum((each.amount for each in rows), Decimal("0.00")),
    )  # fmt: skip


def wanted_diagnoses(office: Office, payer: str, rows: Sequence[DenialRow]) -> str:
    """Return the beginnings of diagnoses a payer wants: as its sheet lists, else as it paid.

    Of what it paid only categories count that no denied claim carries; empty where none is left.
    """
    sheet = office.journal.desk.judge.rulebook.payers.get(payer)
    listed = [each for told in (sheet.restrictions if sheet is not None else ())
              for each in told.allowed_diagnoses]  # fmt: skip
    if listed:
        return ",".join(dict.fromkeys(listed))
    denied = {category for row in rows for category in categories(office, row.patient, row.claim)}
    paid = office.db.rows(
        "SELECT patient, claim FROM store_claimcard WHERE practice_id = %s AND payer = %s "
        "AND state = %s ORDER BY id DESC LIMIT 50",
        office.book().number, payer, "paid",
    )  # fmt: skip
    if len(paid) < LEAST_PAID:
        return ""
    good = {category for patient, claim in paid for category in categories(office, patient, claim)}
    return ",".join(sorted(good - denied))


def categories(office: Office, patient: str, claim: str) -> frozenset[str]:
    """Return the three-character categories of the diagnoses on a claim."""
    body = prepared(office, patient, claim)
    told = json.loads(body.content) if body is not None else {}
    listed = told.get("diagnoses", ()) if isinstance(told, Mapping) else ()
    return frozenset(str(each)[:3] for each in listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What a person wants of a check."""

    name: str
    payer: str = ""
    is_on: bool = True
    days: int | None = None
    because: tuple[str, ...] = ()
    entry_id: str = ""


def switch(office: Office, wanted: Switch) -> None:
    """Switch a check on or off; the same form again changes nothing.

    Raises:
        ForbiddenError: the caller may not.
        InputError: there is no such check.
    """
    require_adopting(office)
    check = check_named(wanted.name, wanted.payer, wanted.days)
    if check is None:
        raise InputError([Problem(where="form", field="check", found="an unknown check",
                                  expected="one of " + ", ".join(KINDS))])  # fmt: skip
    body = ClaimCheckAdopted(
        check=check.name, payer=check.payer or None, active=wanted.is_on,
        adopted_by=office.caller.login, because=wanted.because[:MOST_EVIDENCE], days=check.days,
    )  # fmt: skip
    with office.db.atomic():
        locked_book(office.db, office.practice)
        if wanted.entry_id and stored_ids(office, [wanted.entry_id]):
            return
        office.append(Draft.of(office.filing(None, entry_id=wanted.entry_id), body).filed())


def checks_by_payer(checks: Iterable[Check]) -> Mapping[str, tuple[Check, ...]]:
    """Return checks by payer, those for all under an empty name."""
    found: dict[str, tuple[Check, ...]] = {}
    for each in checks:
        found[each.payer] = (*found.get(each.payer, ()), each)
    return found
