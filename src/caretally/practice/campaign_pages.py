"""What a campaign comes to: whom it would call and why the others not, and how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from caretally.clock import local_date
from caretally.contacts.wellness_calls.gate import WORDS
from caretally.practice.campaign_work import require_all, rows_of
from caretally.practice.campaigns import (
    NO_NUMBER,
    NO_TIME,
    OVER,
    Prospect,
    patients_of,
    prospect_of,
)
from caretally.practice.office import Office
from caretally.practice.reports import Picture, Series
from caretally.store.access import Access, record_access
from caretally.store.call_tables import (
    DENIED,
    DIALING,
    PLANNED,
    RECORDED,
    STOPPED,
    TALKING,
    Call,
    Campaign,
)

MOST_LOOKED_AT = 300
"""Patients that an outlook looks at; each chart is opened."""
MOST_NAMED = 12
DAYS_SHOWN = 28
REACHED = frozenset({"completed", "handed_over", "hung_up"})
TALKED, MISSED, REFUSED, WAITS, ON_LINE, TAKEN_OUT = (
    "talked with", "not reached", "denied by the gate", "in line", "on the line", "stopped",
)  # fmt: skip
SHOWN = (TALKED, MISSED, REFUSED, WAITS)
"""What the picture shows; the table shows all."""
OWN_WORDS: Mapping[str, str] = {
    NO_NUMBER: "A wrong person answered; the number must be given anew.",
    OVER: "The campaign is over before the next call would be due.",
    NO_TIME: "The campaign's days and hours, the rules and the patient's wishes leave no time.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why patients are not called. patients: id and name, the first ones; count: of all."""

    name: str
    words: str
    count: int
    patients: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Whom a campaign would call. today, later: patients by when their next call would be.

    left_out: patients that were not looked at.
    """

    patients: int
    today: int
    later: int
    reasons: tuple[Reason, ...]
    left_out: int

    @property
    def not_called(self) -> int:
        """How many of those who were looked at would not be called."""
        return sum(each.count for each in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a campaign is. kinds: name and count. outcomes: word and count, of calls over."""

    calls: int
    patients: int
    kinds: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    picture: Picture
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A campaign on the list, with the calls that are over and those in line."""

    row: Campaign
    over: int
    in_line: int


def listed(office: Office) -> tuple[Listed, ...]:
    """Return the campaigns of the practice, the newest first.

    Raises:
        ForbiddenError: the caller may not run campaigns.
    """
    require_all(office)
    calls = Call.objects.using(office.db.alias).filter(practice_id=office.book().number)
    grouped = calls.exclude(campaign="").values_list("campaign", "state").annotate(Count("id"))
    counts = Counter({(campaign, state): count for campaign, state, count in grouped})
    return tuple(
        Listed(
            row=row, over=counts[row.campaign, RECORDED],
            in_line=sum(counts[row.campaign, state] for state in (PLANNED, DIALING, TALKING)),
        )
        for row in rows_of(office).order_by("-made_at", "-pk")
    )  # fmt: skip


def outlook(office: Office, row: Campaign) -> Outlook:
    """Return whom a campaign would call and why the others not; it need not be stored.

    Raises:
        ForbiddenError: the caller may not run campaigns.
    """
    require_all(office)
    book = office.book()
    everybody = [patient for patient, _ in patients_of(book, row.program)]
    shown = everybody[:MOST_LOOKED_AT]
    purpose = f"campaign outlook, {len(shown)} patients"
    record_access(
        office.db,
        Access(practice=office.practice, patient=None, actor=office.caller.actor, purpose=purpose),
        office.now,
    )
    found = [prospect_of(office.journal, book, row, each, office.now) for each in shown]
    zone, today = office.home_zone(), office.today()
    due = [local_date(each.due_at, zone) for each in found if each.due_at]
    return Outlook(
        patients=len(everybody), today=sum(day <= today for day in due),
        later=sum(day > today for day in due), left_out=len(everybody) - len(shown),
        reasons=reasons_of(found, names_of(office, shown)),
    )  # fmt: skip


def reasons_of(found: Iterable[Prospect], names: Mapping[str, str]) -> tuple[Reason, ...]:
    """Return why patients are not called, the most frequent first."""
    by_reason: dict[str, list[str]] = {}
    for each in found:
        if each.why:
            by_reason.setdefault(each.why, []).append(each.patient)
    return tuple(
        Reason(
            name=name, words=OWN_WORDS.get(name) or unmet(name),
            count=len(patients),
            patients=tuple((each, names.get(each, each)) for each in patients[:MOST_NAMED]),
        )
        for name, patients in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    )  # fmt: skip


def unmet(check: str) -> str:
    """Return that a check is not met, in words."""
    says = WORDS.get(check, check)
    return f"Not met: {says[:1].lower()}{says[1:]}"


def names_of(office: Office, patients: Iterable[str]) -> dict[str, str]:
    """Return what patients are called."""
    rows = office.db.rows_in(
        "SELECT patient, name FROM store_patientcard WHERE practice_id = %s AND patient IN ({})",
        list(patients), office.book().number,
    )  # fmt: skip
    return {patient: name or patient for patient, name in rows}


def progress(office: Office, row: Campaign) -> Progress:
    """Return how far a campaign is.

    Raises:
        ForbiddenError: the caller may not run campaigns.
    """
    require_all(office)
    rows = Call.objects.using(office.db.alias).filter(
        practice_id=office.book().number, campaign=row.campaign
    )
    calls = list(rows.order_by("due_at"))
    kinds = Counter(kind_of(each) for each in calls)
    outcomes = Counter(each.outcome for each in calls if each.state in (RECORDED, DENIED))
    waiting = [each.due_at for each in calls if each.state == PLANNED]
    return Progress(
        calls=len(calls), patients=len({each.patient for each in calls}),
        kinds=tuple((kind, kinds[kind]) for kind in (*SHOWN, ON_LINE, TAKEN_OUT)),
        outcomes=tuple(outcomes.most_common()), picture=picture_of(office, row, calls),
        next_at=min(waiting, default=None),
    )  # fmt: skip


def kind_of(call: Call) -> str:
    """Return what became of a call, in a word of the picture."""
    if call.state == RECORDED:
        return TALKED if call.outcome in REACHED else MISSED
    return {PLANNED: WAITS, DENIED: REFUSED, STOPPED: TAKEN_OUT}.get(call.state, ON_LINE)


def picture_of(office: Office, row: Campaign, calls: Iterable[Call]) -> Picture:
    """Return the calls by day, as a drawing and the table beside it show them."""
    zone = office.home_zone()
    by_day: Counter[tuple[date, str]] = Counter()
    for each in calls:
        at = each.dialed_at or each.ended_at or each.due_at
        by_day[local_date(at, zone), kind_of(each)] += 1
    days = sorted({day for day, kind in by_day if kind in SHOWN})[-DAYS_SHOWN:]
    return Picture(
        name="campaign", title="Calls by day", labels=tuple(f"{day:%b} {day.day}" for day in days),
        series=tuple(
            Series(name=kind, values=tuple(by_day[day, kind] for day in days)) for kind in SHOWN
        ),
        is_stacked=True,
    )  # fmt: skip
