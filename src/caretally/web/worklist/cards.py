"""Rows of the worklist in words, hues and small pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse

from caretally.contacts.notes import clock
from caretally.practice.caller import Caller
from caretally.practice.roles import ENROLL, RECORD_CARE
from caretally.practice.worklist import URGENCY_WORDS, Row

HUES = {
    "crisis": "unmet", "out_of_range": "risk", "out_of_reach": "info", "conversation": "info",
    "evidence": "quiet",
}  # fmt: skip
WIDTH, HEIGHT, EDGE = 120, 32, 3
"""Size of a trend line, in points."""
FULL_BAR_SECONDS = 2400
"""Seconds at which a bar of a clock is full; the picture's scale and no rule."""
ACTIONS = (
    ("contact", "Record a contact", RECORD_CARE),
    ("attempt", "Record an attempt", RECORD_CARE),
    ("enrollment", "Complete the enrollment", ENROLL),
)
"""Name of the page, words and permission of what is done from the list."""
MOST_CODES = 4
"""Codes shown on a card; the patient's page shows all."""
SECONDS_OF = {
    "management_seconds": "management time", "live_seconds": "live time",
    "review_seconds": "data review",
}  # fmt: skip
COUNT_OF = {
    "qualifying_contacts": ("conversation", "conversations"),
    "data_days": ("day of data", "days of data"),
    "established_on": ("earlier visit on file", "earlier visits on file"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A vital sign's last month as a line.

    line: points of an SVG polyline. x, y: its end.
    """

    line: str
    x: str
    y: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """A code that can still be reached, in words."""

    code: str
    needs: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do, with the page on which it is done."""

    words: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the patient is listed, and what to do about it."""

    says: str
    do: str
    due: str
    codes: Sequence[str]
    is_starting_point: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A patient's place on the list, ready to be shown."""

    row: Row
    urgency: str
    hue: str
    href: str
    reasons: Sequence[Reason]
    actions: Sequence[Action]
    codes: Sequence[Reachable]
    more_codes: int
    clocks: Sequence[Mapping[str, Any]]
    last_day: str
    reading: str
    trend: Trend | None


def cards_of(caller: Caller, rows: Iterable[Row], day: date) -> list[Card]:
    """Return the cards of a page."""
    return [card_of(caller, row, day) for row in rows]


def card_of(caller: Caller, row: Row, day: date) -> Card:
    """Return the card of a row."""
    content = row.content
    codes = [
        Reachable(code=each["code"], needs=needs(each["missing"]), by=short_day(each["last_on"]))
        for each in content.get("codes", ())
    ]
    return Card(
        row=row,
        urgency=URGENCY_WORDS[row.urgency],
        hue=HUES[row.urgency],
        href=link("patient", caller.practice, row.patient),
        reasons=[reason_of(each, day) for each in content.get("reasons", ())],
        actions=actions(caller, row),
        codes=codes[:MOST_CODES],
        more_codes=max(0, len(codes) - MOST_CODES),
        clocks=clocks(content.get("clocks", {})),
        last_day=last_day(row),
        reading=reading(content, day),
        trend=trend_of(content),
    )


def reason_of(reason: Mapping[str, Any], day: date) -> Reason:
    """Return a reason in words."""
    due_on = reason["due_on"]
    late = bool(due_on) and date.fromisoformat(due_on) < day
    due = f"{'overdue since' if late else 'due'} {short_day(due_on)}" if due_on else ""
    return Reason(
        says=reason["says"], do=reason["do"], due=due, codes=reason["codes"],
        is_starting_point=reason["is_starting_point"],
    )  # fmt: skip


def actions(caller: Caller, row: Row) -> list[Action]:
    """Return what the caller may do at once."""
    pages = {each["page"] for each in row.content.get("reasons", ())}
    found = [
        Action(words=words, href=link(name, caller.practice, row.patient))
        for name, words, permission in ACTIONS
        if caller.may(permission) and (name != "enrollment" or name in pages)
    ]
    return [each for each in found if each.href]


def link(name: str, practice: str, patient: str) -> str:
    """Return the address of a patient's page of some name; nothing where there is none."""
    try:
        return str(reverse(name, kwargs={"practice": practice, "patient": patient}))
    except NoReverseMatch:
        return ""


def needs(missing: Mapping[str, int]) -> str:
    """Return in words what a code still lacks."""
    parts = []
    for fact, amount in missing.items():
        if fact in SECONDS_OF:
            parts.append(f"{clock(amount)} of {SECONDS_OF[fact]}")
        else:
            one, more = COUNT_OF.get(fact, (fact.replace("_", " "),) * 2)
            parts.append(f"{amount} {one if amount == 1 else more}")
    return ", ".join(parts)


def short_day(iso: str) -> str:
    """Return an ISO date as month and day.

    Example:
        >>> short_day("2026-03-04")
        'Mar 4'
    """
    day = date.fromisoformat(iso)
    return f"{day:%b} {day.day}"


def last_day(row: Row) -> str:
    """Return the last feasible day in words, with how many are left."""
    if row.by_on is None or row.days_left is None:
        return ""
    days = row.days_left
    left = "today" if days == 0 else "1 day" if days == 1 else f"{days} days"
    return f"by {short_day(row.by_on.isoformat())} ({left})"


def clocks(seconds: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the two clocks with the lengths of their bars."""
    return [
        {"name": name, "words": words, "seconds": seconds.get(name, 0),
         "length": min(100, seconds.get(name, 0) * 100 // FULL_BAR_SECONDS)}
        for name, words in (("live", "Live"), ("management", "Management"))
    ]  # fmt: skip


def reading(content: Mapping[str, Any], day: date) -> str:
    """Return the last reading in words."""
    last_on = content.get("last_on", "")
    if not last_on:
        return "No reading yet"
    ago = (day - date.fromisoformat(last_on)).days
    when = {0: "today", 1: "yesterday"}.get(ago, short_day(last_on))
    if "value" not in content:
        return f"Last reading {when}"
    return f"{content['value']} {content['unit']}, {when}"


def trend_of(content: Mapping[str, Any]) -> Trend | None:
    """Return the line of a vital sign; None for fewer than two days."""
    points = [(int(ago), Decimal(value)) for ago, value in content.get("points", ())]
    if len(points) < 2:
        return None
    longest = max(ago for ago, _ in points)
    values = [value for _, value in points]
    low, span = min(values), (max(values) - min(values)) or Decimal(1)
    placed = [
        (EDGE + (WIDTH - 2 * EDGE) * (longest - ago) / longest,
         HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * float((value - low) / span))
        for ago, value in points
    ]  # fmt: skip
    days = timedelta(days=longest).days + 1
    return Trend(
        line=" ".join(f"{x:.1f},{y:.1f}" for x, y in placed),
        x=f"{placed[-1][0]:.1f}", y=f"{placed[-1][1]:.1f}",
        says=f"{content['vital']} over {days} days, {min(values)} to {max(values)} "
        f"{content['unit']}, now {content['value']}",
    )  # fmt: skip
