"""A practice's prices and how it and its payers stand on claims: each an entry, each dated.

What was set is never changed; a later price holds from its date, a later profile from now on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from caretally.billability.fees import Fees, load_fees
from caretally.claims.building import Ground
from caretally.claims.edits_of_lines import PLACES
from caretally.claims.edits_of_parties import BOX, FILING_CODES, STATES
from caretally.claims.parties import Profiles, digits
from caretally.claims.prices import FeeSchedule, Prices, schedule_of
from caretally.codes import PAYERS
from caretally.errors import InputError, Problem
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import BillingProfileSet, FeeSet, PayerProfileSet
from caretally.money import CENT
from caretally.practice.keeping import kept
from caretally.practice.office import Office
from caretally.practice.roles import HANDLE_CLAIMS, SEE_MONEY

LAST = 366 * 2
"""Days a time limit may have at most."""
CLAIMED_PROGRAMS = frozenset({"rpm", "rtm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A code of the fee schedule on a date.

    charge: the general price. medicare: what Medicare allows at the practice. own: prices of
    payers by payer.
    """

    code: str
    summary: str
    charge: FeeSet | None
    medicare: Decimal | None
    own: Mapping[str, FeeSet]


def profiles(office: Office) -> Profiles:
    """Return how practice and payers stand on claims; the latest of each."""
    billing = (each.body for each in kept(office, BillingProfileSet))
    payers = (each.body for each in kept(office, PayerProfileSet))
    return Profiles(
        billing={b.practice: b for b in billing if isinstance(b, BillingProfileSet)},
        payers={b.payer: b for b in payers if isinstance(b, PayerProfileSet)},
    )


def schedule(office: Office) -> FeeSchedule:
    """Return the fee schedule."""
    return schedule_of(each.body for each in kept(office, FeeSet))


def ground(office: Office) -> Ground:
    """Return what claims of the practice are built on beside the charts."""
    return Ground(
        practice=office.practice, profiles=profiles(office), schedule=schedule(office),
        rulebook=office.journal.desk.judge.rulebook, fees=load_fees(),
    )  # fmt: skip


def home_profile(found: Profiles, practice: str) -> BillingProfileSet | None:
    """Return the profile of the practice itself, or the only one of its clinics."""
    if practice in found.billing:
        return found.billing[practice]
    return next(iter(found.billing.values())) if len(found.billing) == 1 else None


def price_rows(office: Office, day: date) -> tuple[PriceRow, ...]:
    """Return the fee schedule as it is on a date: all codes that can be claimed.

    Raises:
        ForbiddenError: the caller may not see money.
    """
    office.caller.require(SEE_MONEY)
    base = ground(office)
    prices = base.prices(home_profile(base.profiles, office.practice))
    return tuple(
        PriceRow(
            code=code, summary=sheet.summary,
            charge=base.schedule.own_fee(code, None, day),
            medicare=medicare_price(prices, code, day),
            own={p: fee for p in PAYERS if (fee := base.schedule.own_fee(code, p, day))},
        )
        for code, sheet in sorted(base.rulebook.sheets.items())
        if sheet.program in CLAIMED_PROGRAMS and sheet.decided and sheet.version_on(day)
    )  # fmt: skip


def medicare_price(prices: Prices, code: str, day: date) -> Decimal | None:
    """Return what Medicare allows for a unit; None where it sets none or no locality fits."""
    try:
        return prices.medicare(code, day, units=1)[0]
    except InputError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A price as somebody typed it. payer: empty for all."""

    code: str
    charge: str
    from_on: date
    payer: str = ""


def set_fee(office: Office, filing: Filing, typed: Priced) -> None:
    """Set a price from a date on.

    Raises:
        InputError: something speaks against it; all is named.
    """
    office.caller.require(HANDLE_CLAIMS)
    draft = fee_draft(office, filing, typed)
    office.append(draft.filed())


def fee_draft(office: Office, filing: Filing, typed: Priced) -> Draft:
    """Return the draft of a price."""
    body = FeeSet(code=typed.code.strip().upper(), charge=dollars(typed.charge),
                  from_on=typed.from_on, payer=typed.payer or None)  # fmt: skip
    draft = Draft.of(filing, body)
    if body.code not in office.journal.desk.judge.rulebook.sheets:
        draft.refuse("body.code", found="no code of the rulebook", expected="such as 99457")
    if body.payer is not None and body.payer not in PAYERS:
        draft.refuse("body.payer", found="another word", expected="a payer of the list")
    if body.charge.startswith("-") or body.charge == "0.00":
        draft.refuse("body.charge", found="nothing", expected="more than 0.00")
    return draft


def dollars(text: str) -> str:
    """Return an amount somebody typed with two decimals; what is none stays, to be refused."""
    bare = text.strip().removeprefix("$").replace(",", "")
    whole, point, cents = bare.partition(".")
    if whole.isascii() and whole.isdigit() and (not point or len(cents) <= 2):
        return f"{int(whole)}.{cents.ljust(2, '0')}" if not cents or cents.isdigit() else bare
    return bare


def start_from_medicare(office: Office, percent: int, from_on: date) -> int:
    """Set the price of every code Medicare prices to a share of its amount; returns how many.

    Raises:
        InputError: the share is out of bounds, or Medicare prices nothing on that date.
    """
    office.caller.require(HANDLE_CLAIMS)
    if not 50 <= percent <= 1000:
        raise InputError([problem("percent", f"{percent}", "50 to 1000")])
    found = [
        FeeSet(code=row.code, charge=str(share(row.medicare, percent)), from_on=from_on)
        for row in price_rows(office, from_on)
        if row.medicare is not None
    ]
    if not found:
        raise InputError([problem("from_on", f"{from_on}", "a date that Medicare's tables cover")])
    office.append([office.filing(None).entry(body) for body in found])
    return len(found)


def share(amount: Decimal, percent: int) -> Decimal:
    """Return a share of an amount, rounded half up to cents.

    Example:
        >>> str(share(Decimal("51.77"), 150))
        '77.66'
    """
    return (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)


def set_billing_profile(office: Office, filing: Filing, body: BillingProfileSet) -> None:
    """Set how the practice or a clinic stands on claims.

    Raises:
        InputError: something speaks against it; all is named.
    """
    office.caller.require(HANDLE_CLAIMS)
    draft = Draft.of(filing, body)
    if body.practice not in office.register().practices:
        draft.refuse("body.practice", found="no practice on record", expected="one of the list")
    if BOX.search(body.street):
        draft.refuse("body.street", found="a post office box", expected="a street")
    if body.state not in STATES:
        draft.refuse("body.state", found="no state", expected="two letters, such as IL")
    if len(body.postal_code) != 9 or not body.postal_code.isdigit():
        draft.refuse("body.postal_code", found="no ZIP+4", expected="nine digits")
    if len(body.phone) != 10 or not body.phone.isdigit():
        draft.refuse("body.phone", found="no telephone number", expected="ten digits")
    if (body.place_of_service or "11") not in PLACES:
        draft.refuse("body.place_of_service", found="no such code", expected="two digits, as 11")
    for name, text in (("submitter_id", body.submitter_id), ("receiver_id", body.receiver_id)):
        if not 2 <= len(text) <= 15 or not text.isalnum():
            draft.refuse(f"body.{name}", found="another form", expected="2 to 15 letters, digits")
    check_locality(draft, body, load_fees())
    office.append(draft.filed())


def check_locality(draft: Draft, body: BillingProfileSet, fees: Fees) -> None:
    """Refuse a locality that no table of Medicare's has."""
    if not body.locality and not body.locality_state:
        return
    known = sorted(
        number for _, state, number in fees.indexes if state == (body.locality_state or "")
    )
    if (body.locality or "") not in known:
        expected = (
            f"one of {', '.join(dict.fromkeys(known))}" if known else "a state with localities"
        )
        draft.refuse("body.locality", found="no locality of this state", expected=expected)


def set_payer_profile(office: Office, filing: Filing, body: PayerProfileSet) -> None:
    """Set how claims to a payer are made.

    Raises:
        InputError: something speaks against it; all is named.
    """
    office.caller.require(HANDLE_CLAIMS)
    draft = Draft.of(filing, body)
    if body.payer not in PAYERS:
        draft.refuse("body.payer", found="another word", expected="a payer of the list")
    if not 2 <= len(body.payer_id) <= 80 or not body.payer_id.isalnum():
        draft.refuse("body.payer_id", found="another form", expected="2 to 80 letters and digits")
    if body.filing_code not in FILING_CODES:
        draft.refuse("body.filing_code", found="no such code", expected="such as MB, CI or 16")
    for name, days in (("filing_days", body.filing_days), ("appeal_days", body.appeal_days)):
        if days is not None and not 1 <= days <= LAST:
            draft.refuse(f"body.{name}", found=f"{days}", expected=f"1 to {LAST} days")
    office.append(draft.filed())


def bare_number(text: str) -> str:
    """Return a number somebody typed without spaces, hyphens, brackets and points."""
    return digits(text).translate(str.maketrans("", "", "()."))


def problem(field: str, found: str, expected: str) -> Problem:
    """Return the problem of a field of a form."""
    return Problem(where="form", field=field, found=found, expected=expected)


def missing_settings(office: Office) -> Sequence[str]:
    """Return what must be set before claims can be made, as names of pages."""
    found = profiles(office)
    wanted = (
        ("profile", home_profile(found, office.practice) is not None),
        ("payers", bool(found.payers)),
        ("prices", bool(schedule(office).fees)),
    )
    return tuple(name for name, is_there in wanted if not is_there)
