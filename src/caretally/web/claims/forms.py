"""The forms of claims: prices, and how a practice and its payers stand on claims."""

from __future__ import annotations

from datetime import date

from caretally.codes import DATE_POLICIES, PAYERS
from caretally.errors import Problem
from caretally.journal.entries import BillingProfileSet, PayerProfileSet
from caretally.journal.register import Register
from caretally.practice.prices import Priced, bare_number
from caretally.web.frame.fields import (
    DATE,
    HIDDEN,
    NUMBER,
    SELECT,
    Choices,
    Field,
    day_of,
    demand,
    refuse,
)

Typed = dict[str, str]
ENTRY = Field(name="entry", label="", kind=HIDDEN)
DATE_WORDS = {
    "as_decided": "as decided: end of the device period, end of the month",
    "threshold_day": "the day on which the count was reached",
    "month_end": "the last day of the month",
    "thirtieth": "the 30th; in February the last day",
}
FILING_WORDS = (
    ("MB", "MB Medicare Part B"), ("16", "16 Medicare Advantage (HMO)"), ("MC", "MC Medicaid"),
    ("CI", "CI commercial"), ("BL", "BL Blue Cross Blue Shield"), ("HM", "HM HMO"),
    ("12", "12 PPO"), ("13", "13 point of service"), ("14", "14 EPO"), ("CH", "CH TRICARE"),
    ("VA", "VA Veterans Affairs"), ("OF", "OF other federal program"), ("ZZ", "ZZ other"),
)  # fmt: skip
PROFILE = (
    "practice", "legal_name", "street", "city", "state", "postal_code", "contact", "phone",
    "submitter_id", "receiver_name", "receiver_id",
)  # fmt: skip
PAYER = ("payer", "name", "payer_id", "filing_code")


def payer_choices(nothing: str = "") -> Choices:
    """Return the payers as choices; first what stands for none, where that is allowed."""
    first: Choices = (("", nothing),) if nothing else ()
    return first + tuple((name, name.replace("_", " ")) for name in PAYERS if name != "self_pay")


def price_fields(day: date) -> tuple[Field, ...]:
    """Return the fields of a price."""
    return (
        ENTRY,
        Field(name="code", label="Code", hint="Such as 99457."),
        Field(name="charge", label="Charge for a unit", hint="In dollars, such as 110.00."),
        Field(name="from_on", label="From date of service", kind=DATE, value=day.isoformat(),
              also=("body.from",)),
        Field(name="payer", label="Payer", kind=SELECT, is_optional=True,
              choices=payer_choices("all payers"),
              hint="A payer's own price comes before the general one, and is what it should pay."),
    )  # fmt: skip


def priced(typed: Typed) -> Priced:
    """Return the price that was typed.

    Raises:
        InputError: something is missing or no date.
    """
    problems: list[Problem] = []
    demand(typed, ("code", "charge", "from_on"), problems)
    from_on = day_of(typed, "from_on", problems)
    refuse(problems)
    assert from_on is not None
    return Priced(code=typed["code"], charge=typed["charge"], from_on=from_on,
                  payer=typed.get("payer", ""))  # fmt: skip


def start_fields(day: date) -> tuple[Field, ...]:
    """Return the fields of a fee schedule made from Medicare's amounts."""
    return (
        Field(name="percent", label="Percent of Medicare's amount", kind=NUMBER, value="200",
              hint="50 to 1000. Charges usually lie above what any payer allows."),
        Field(name="from_on", label="From date of service", kind=DATE, value=day.isoformat()),
    )  # fmt: skip


def whole(typed: Typed, name: str, problems: list[Problem]) -> int | None:
    """Return the whole number that was typed; what is none is added to the problems."""
    text = typed.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        problems.append(Problem(where="form", field=name, expected="a whole number"))
        return None
    return int(text)


def started(typed: Typed) -> tuple[int, date]:
    """Return percent and date that were typed.

    Raises:
        InputError: something is missing or has another form.
    """
    problems: list[Problem] = []
    demand(typed, ("percent", "from_on"), problems)
    percent, from_on = whole(typed, "percent", problems), day_of(typed, "from_on", problems)
    refuse(problems)
    assert percent is not None
    assert from_on is not None
    return percent, from_on


def profile_fields(register: Register) -> tuple[Field, ...]:
    """Return the fields of a billing profile."""
    practices = tuple((name, str(body.name)) for name, body in register.practices.items())
    return (
        ENTRY,
        Field(name="practice", label="Practice or clinic", kind=SELECT, choices=practices),
        Field(name="legal_name", label="Legal name", hint="As payers know it."),
        Field(name="street", label="Street", hint="Of the place of business; no PO box."),
        Field(name="city", label="City"),
        Field(name="state", label="State", hint="Two letters."),
        Field(name="postal_code", label="ZIP+4", hint="Nine digits."),
        Field(name="contact", label="Contact", hint="Whom a payer may call."),
        Field(name="phone", label="Telephone", hint="Ten digits."),
        Field(name="submitter_id", label="Submitter id",
              hint="As the receiver of claim files knows you; 2 to 15 characters."),
        Field(name="receiver_name", label="Receiver", hint="The clearinghouse or payer."),
        Field(name="receiver_id", label="Receiver id", hint="2 to 15 characters."),
        Field(name="place_of_service", label="Place of service", is_optional=True,
              hint="Two digits; 11, the office, where nothing is entered."),
        Field(name="locality_state", label="State of the Medicare locality", is_optional=True),
        Field(name="locality", label="Medicare locality", is_optional=True,
              hint="Its number, such as 16; without one the national amount is expected."),
        Field(name="qualifying_apm", label="Conversion factor", kind=SELECT, is_optional=True,
              choices=(("", "non-qualifying"), ("yes", "qualifying APM participant"))),
    )  # fmt: skip


def profile_typed(body: BillingProfileSet) -> Typed:
    """Return a billing profile as it would be typed."""
    names = (*PROFILE, "place_of_service", "locality_state", "locality")
    return {
        **{name: getattr(body, name) or "" for name in names},
        "qualifying_apm": "yes" if body.qualifying_apm else "",
    }


def profile_body(typed: Typed) -> BillingProfileSet:
    """Return the billing profile that was typed.

    Raises:
        InputError: something is missing.
    """
    problems: list[Problem] = []
    demand(typed, PROFILE, problems)
    refuse(problems)
    given = {name: typed[name] for name in PROFILE} | {
        "state": typed["state"].upper(),
        "postal_code": bare_number(typed["postal_code"]),
        "phone": bare_number(typed["phone"]),
    }
    return BillingProfileSet(
        **given, place_of_service=typed.get("place_of_service") or None,
        locality_state=typed.get("locality_state", "").upper() or None,
        locality=typed.get("locality") or None, qualifying_apm=typed.get("qualifying_apm") == "yes",
    )  # fmt: skip


def payer_fields() -> tuple[Field, ...]:
    """Return the fields of a payer's profile."""
    return (
        ENTRY,
        Field(name="payer", label="Payer", kind=SELECT, choices=payer_choices()),
        Field(name="name", label="Name on claims"),
        Field(name="payer_id", label="Payer id", hint="As the receiver's payer list has it."),
        Field(name="filing_code", label="Filing code", kind=SELECT, choices=FILING_WORDS),
        Field(name="date_policy", label="Dates of service", kind=SELECT,
              choices=tuple((name, DATE_WORDS[name]) for name in DATE_POLICIES)),
        Field(name="filing_days", label="Days to file", kind=NUMBER, is_optional=True,
              hint="From the date of service; 365 for Medicare."),
        Field(name="appeal_days", label="Days to appeal", kind=NUMBER, is_optional=True,
              hint="From the answer; 120 for Medicare."),
    )  # fmt: skip


def payer_typed(body: PayerProfileSet) -> Typed:
    """Return a payer's profile as it would be typed."""
    names = (*PAYER, "date_policy", "filing_days", "appeal_days")
    return {name: str(getattr(body, name) or "") for name in names}


def payer_body(typed: Typed) -> PayerProfileSet:
    """Return the payer's profile that was typed.

    Raises:
        InputError: something is missing or no number.
    """
    problems: list[Problem] = []
    demand(typed, PAYER, problems)
    filing_days = whole(typed, "filing_days", problems)
    appeal_days = whole(typed, "appeal_days", problems)
    refuse(problems)
    return PayerProfileSet(
        payer=typed["payer"], name=typed["name"], payer_id=typed["payer_id"],
        filing_code=typed["filing_code"], date_policy=typed.get("date_policy") or "as_decided",
        filing_days=filing_days, appeal_days=appeal_days,
    )  # fmt: skip
