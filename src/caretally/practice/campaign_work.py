"""What people do with campaigns: draft, begin, stop, go on. Stopping holds at once.

A call that somebody is talking in is not cut off by it; everything that was not dialed yet is. A
campaign reaches all patients of its program, so only those who work in all clinics run one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from caretally.codes import PROGRAMS
from caretally.contacts.wellness_calls.campaigning import MOST_MINUTES, MOST_RETRIES
from caretally.contacts.wellness_calls.pack_reader import NAMES
from caretally.errors import ConflictError, ForbiddenError, InputError, Problem, UnknownError
from caretally.practice.campaigns import plan_campaign, take_out
from caretally.practice.office import Office
from caretally.practice.roles import RUN_CALLS
from caretally.store.call_tables import DRAFT, RUNNING, STOPPED, Campaign
from caretally.store.streams import locked_book

MOST_NAME, MOST_CAPACITY, MOST_EVERY = 100, 50, 366
WEEKDAYS = "1234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignWanted:
    """A campaign as somebody sets it up.

    name: for people. weekdays: digits, 1 is Monday. retries: minutes to wait, by outcome.
    """

    name: str
    program: str
    protocol: str
    begins_on: date
    ends_on: date
    weekdays: str
    from_time: str
    to_time: str
    every_days: int
    capacity: int
    retries: dict[str, tuple[int, ...]]


def require_all(office: Office) -> None:
    """Pass if the caller may run campaigns.

    Raises:
        ForbiddenError: the caller may not run calls, or only in some clinics.
    """
    office.caller.require(RUN_CALLS)
    if office.clinics(RUN_CALLS) is not None:
        raise ForbiddenError("campaigns are run by those who work in all clinics")


def problems_of(wanted: CampaignWanted, today: date) -> list[Problem]:
    """Return everything that speaks against a campaign."""
    found: list[Problem] = []

    def refuse(field: str, what: str, expected: str) -> None:
        found.append(Problem(where="form", field=field, found=what, expected=expected))

    if not wanted.name.strip() or len(wanted.name) > MOST_NAME:
        refuse("name", "no name, or a long one", f"1 to {MOST_NAME} characters")
    if wanted.program not in PROGRAMS:
        refuse("program", repr(wanted.program), "one of " + ", ".join(PROGRAMS))
    if wanted.protocol not in NAMES:
        refuse("protocol", repr(wanted.protocol), "one of " + ", ".join(NAMES))
    if wanted.ends_on < max(wanted.begins_on, today):
        refuse("ends_on", str(wanted.ends_on), "a date to come, not before the first day")
    if not wanted.weekdays or set(wanted.weekdays) - set(WEEKDAYS):
        refuse("weekdays", "no weekday", "one at least")
    if not wanted.from_time < wanted.to_time:
        refuse("to_time", wanted.to_time, f"a time after {wanted.from_time}")
    if not 1 <= wanted.every_days <= MOST_EVERY:
        refuse("every_days", str(wanted.every_days), f"1 to {MOST_EVERY} days")
    if not 1 <= wanted.capacity <= MOST_CAPACITY:
        refuse("capacity", str(wanted.capacity), f"1 to {MOST_CAPACITY} calls at one time")
    for outcome, minutes in wanted.retries.items():
        if len(minutes) > MOST_RETRIES or any(not 1 <= each <= MOST_MINUTES for each in minutes):
            refuse(f"retry_{outcome}", "minutes that are too many or too long",
                   f"up to {MOST_RETRIES} waits of 1 to {MOST_MINUTES} minutes")  # fmt: skip
    return found


def draft(office: Office, campaign: str, wanted: CampaignWanted) -> None:
    """Set up a campaign; nobody is called before it is begun. The same form is stored once.

    Raises:
        ForbiddenError: the caller may not run campaigns.
        InputError: something speaks against it; all is named.
        ConflictError: another campaign has this id.
    """
    require_all(office)
    if found := problems_of(wanted, office.today()):
        raise InputError(found)
    fields = {
        "name": wanted.name.strip(), "program": wanted.program, "protocol": wanted.protocol,
        "begins_on": wanted.begins_on.isoformat(), "ends_on": wanted.ends_on.isoformat(),
        "weekdays": "".join(sorted(set(wanted.weekdays))), "from_time": wanted.from_time,
        "to_time": wanted.to_time, "every_days": wanted.every_days, "capacity": wanted.capacity,
        "retries": json.dumps(wanted.retries, sort_keys=True),
    }  # fmt: skip
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        known = rows_of(office).filter(campaign=campaign).first()
        if known is None:
            Campaign.objects.using(office.db.alias).create(
                practice_id=book.number, campaign=campaign, state=DRAFT,
                made_by=office.caller.actor, made_at=office.now, **fields,
            )  # fmt: skip
        elif any(getattr(known, name) != value for name, value in fields.items()):
            raise ConflictError([Problem(where="form", field="name", found="a campaign of this id",
                                         expected="a new form")])  # fmt: skip


def rows_of(office: Office) -> QuerySet[Campaign]:
    """Return the campaigns of the practice."""
    return Campaign.objects.using(office.db.alias).filter(practice_id=office.book().number)


def campaign_named(office: Office, name: str) -> Campaign:
    """Return a campaign.

    Raises:
        UnknownError: there is none of this id.
    """
    found: Campaign | None = rows_of(office).filter(campaign=name).first()
    if found is None:
        raise UnknownError("no campaign of this id is open to you")
    return found


def begin(office: Office, name: str) -> int:
    """Begin a campaign, or go on with one that was stopped; returns how many calls are in line.

    Raises:
        ForbiddenError, UnknownError: not the caller's to do, or no such campaign.
        InputError: it is over.
    """
    require_all(office)
    with office.db.atomic():
        locked_book(office.db, office.practice)
        row = campaign_named(office, name)
        if row.state not in (DRAFT, STOPPED, RUNNING) or row.ends_on < office.today().isoformat():
            raise InputError([Problem(where="form", field="state", found="a campaign that is over",
                                      expected="one whose last day is to come")])  # fmt: skip
        row.state, row.stopped_by, row.stopped_at = RUNNING, "", None
        row.save(update_fields=["state", "stopped_by", "stopped_at"])
    return plan_campaign(office.journal, office.practice, name, office.now)


def stop(office: Office, name: str) -> int:
    """Stop a campaign at once; returns how many calls were taken out of the line.

    Raises:
        ForbiddenError, UnknownError: not the caller's to do, or no such campaign.
    """
    require_all(office)
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        row = campaign_named(office, name)
        if row.state == RUNNING:
            row.state = STOPPED
            row.stopped_by, row.stopped_at = office.caller.actor, office.now
            row.save(update_fields=["state", "stopped_by", "stopped_at"])
        return take_out(book, name, office.now)
