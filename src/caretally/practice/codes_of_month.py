"""What a page says of each code of a patient's month: its state, and what would change it.

States are those of the month overview as well: billable, at risk, held, reachable, unreachable; a
code that another one stands in for, or that nothing can be said of yet, is quiet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from caretally.billability.decision import Decision
from caretally.billability.explain import codes_of
from caretally.billability.fees import Fees
from caretally.billability.flags import MONTH_FLAGS
from caretally.billability.forecast import next_of
from caretally.billability.lines import Line
from caretally.contacts.notes import clock
from caretally.money import Money

BILLABLE, AT_RISK, HELD = "billable", "at_risk", "held"
REACHABLE, UNREACHABLE, QUIET = "reachable", "unreachable", "quiet"
SUPPORTED = "supported"
"""A code of a sister program that the seconds would support; advisory."""
STATES = (BILLABLE, AT_RISK, HELD, REACHABLE, UNREACHABLE)

MISSING_WORDS: Mapping[str, tuple[str, str]] = {
    "qualifying_contacts": ("live contact", "live contacts"),
    "data_days": ("day with device data", "days with device data"),
    "established_on": ("earlier visit on record", "earlier visits on record"),
    "enrolled": ("enrollment", "enrollments"),
    "consented": ("consent on record", "consents on record"),
    "ordered": ("order on record", "orders on record"),
    "diagnoses": ("diagnosis on the enrollment", "diagnoses on the enrollment"),
    "covered": ("payer on record", "payers on record"),
    "authorized": ("prior authorization", "prior authorizations"),
    "setups": ("set-up with education", "set-ups with education"),
}
"""What is missing, one and several."""
READING_WORDS: Mapping[str, str] = {
    "cms_combined": "the reading that live and management time count together",
    "interactive_only": "the reading that only live time counts",
    "cms_combined_min_live": "the reading that asks for a floor of live time",
    "setup_16_days": "the reading that set-up needs 16 days of data",
}
"""Contested readings of the rules, in words."""
FLAG_WORDS: Mapping[str, str] = {each.__name__: each.__doc__ or "" for each in MONTH_FLAGS} | {
    "before_date_of_service": "A line is dated after today; until then it may still change.",
}
SECONDS_WORDS: Mapping[str, str] = {
    "management_seconds": "management time",
    "live_seconds": "live time",
    "review_seconds": "data review marked for this code",
    "staff_seconds": "clinical staff time",
    "practitioner_seconds": "the practitioner's own time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a code still needs, or why it cannot be reached any more.

    by, start_by: ISO dates, empty where none. why: empty while it can be reached.
    """

    missing: tuple[str, ...]
    by: str
    start_by: str
    why: str

    @property
    def is_reachable(self) -> bool:
        """Whether it can still be reached."""
        return not self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCriteria:
    """One device period's verdict on a code."""

    from_on: str
    to_on: str
    units: int
    criteria: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOfMonth:
    """One code of a month.

    held_by: names of the holds that stop it. says: in one line, where it stands. amount: expected
    for its lines, or for one unit where there is none; None where no price is set.
    """

    code: str
    summary: str
    state: str
    is_advisory: bool
    lines: tuple[Line, ...]
    at_risk: tuple[str, ...]
    held_by: tuple[str, ...]
    forecast: Forecast | None
    criteria: Sequence[Mapping[str, Any]]
    periods: tuple[PeriodCriteria, ...]
    says: str
    amount: Money | None

    @property
    def units(self) -> int:
        """The units of its lines."""
        return sum(line.units for line in self.lines)


def missing_words(missing: Mapping[str, int]) -> tuple[str, ...]:
    """Return amounts that are missing, in words.

    Example:
        >>> missing_words({"management_seconds": 131, "qualifying_contacts": 1})
        ('2:11 of management time', '1 live contact')
    """
    return tuple(missing_word(fact, amount) for fact, amount in missing.items())


def missing_word(fact: str, amount: int) -> str:
    """Return one amount that is missing, in words."""
    if fact in SECONDS_WORDS:
        return f"{clock(amount)} of {SECONDS_WORDS[fact]}"
    one, several = MISSING_WORDS.get(fact, (fact.replace("_", " "),) * 2)
    return f"{amount} {one if amount == 1 else several}"


def forecast_of(told: Mapping[str, Any]) -> Forecast:
    """Return what the contract's `next` says of a code."""
    return Forecast(
        missing=missing_words(told.get("missing", {})), by=told.get("by", ""),
        start_by=told.get("start_by", ""), why=told.get("why", ""),
    )  # fmt: skip


def codes_of_month(decision: Decision, fees: Fees) -> tuple[CodeOfMonth, ...]:
    """Return all codes of a month, by code; those that only stand for others come last."""
    lines: dict[str, list[Line]] = {}
    for line in (*decision.lines, *decision.sister_lines):
        lines.setdefault(line.code, []).append(line)
    told = {str(each["code"]): forecast_of(each) for each in next_of(decision.month)}
    holds = holds_by_code(decision)
    found = []
    for code, said in codes_of(decision.month).items():
        standing = Standing(
            lines=tuple(lines.get(code, ())), forecast=told.get(code),
            held_by=holds.get(code, holds.get("", ())),
        )  # fmt: skip
        found.append(code_of_month(decision, code, said, standing, fees))
    return tuple(sorted(found, key=lambda each: (each.state == QUIET, each.code)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was found of a code."""

    lines: tuple[Line, ...]
    forecast: Forecast | None
    held_by: tuple[str, ...]


def holds_by_code(decision: Decision) -> dict[str, tuple[str, ...]]:
    """Return the names of holds by code; "" are those of every code."""
    general = tuple(hold.name for hold in decision.holds if not hold.codes)
    found = {"": general}
    for hold in decision.holds:
        for code in hold.codes:
            found[code] = (*found.get(code, general), hold.name)
    return found


def code_of_month(
    decision: Decision, code: str, said: Mapping[str, Any], standing: Standing, fees: Fees
) -> CodeOfMonth:
    """Return what a page says of one code."""
    sheet = decision.month.rulebook.sheets[code]
    state = state_of(said, standing)
    if sheet.advisory:
        state = SUPPORTED if standing.lines else QUIET
    return CodeOfMonth(
        code=code, summary=sheet.summary, state=state, is_advisory=sheet.advisory,
        lines=standing.lines,
        at_risk=tuple(said["at_risk"]), held_by=standing.held_by if state == HELD else (),
        forecast=standing.forecast, criteria=said["criteria"],
        periods=tuple(
            PeriodCriteria(
                from_on=each["from"], to_on=each["to"], units=each["units"],
                criteria=each["criteria"],
            )
            for each in said.get("periods", ())
        ),
        says=says_of(state, said, standing),
        amount=amount_of(fees, code, standing.lines, decision.month.month.last_day),
    )  # fmt: skip


def state_of(said: Mapping[str, Any], standing: Standing) -> str:
    """Return the state of a code."""
    if standing.lines:
        return AT_RISK if said["at_risk"] else BILLABLE
    unmet = {each["name"] for each in said["criteria"] if each["status"] == "unmet"}
    if unmet and unmet <= set(standing.held_by):
        return HELD
    if standing.forecast is None:
        return QUIET
    return REACHABLE if standing.forecast.is_reachable else UNREACHABLE


def says_of(state: str, said: Mapping[str, Any], standing: Standing) -> str:
    """Return in one line where a code stands."""
    if standing.lines or state in (REACHABLE, UNREACHABLE):
        return ""
    unmet = [str(each["says"]) for each in said["criteria"] if each["status"] == "unmet"]
    if unmet:
        return unmet[0] if state == HELD else unmet[-1]
    return ""


def amount_of(fees: Fees, code: str, lines: Iterable[Line], day: date) -> Money | None:
    """Return the national amount of lines, or of one unit on a day; None where none is set."""
    found = tuple(lines)
    if not found:
        return fees.national(code, day)
    amounts = [fees.national(code, line.date_of_service) for line in found]
    total: Money | None = None
    for line, amount in zip(found, amounts, strict=True):
        if amount is None:
            return None
        part = amount.times(line.units)
        total = part if total is None else total + part
    return total
