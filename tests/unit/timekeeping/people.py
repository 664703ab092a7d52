"""A practice with two nurses, a physician and an agent, and instants of one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from caretally.errors import InputError, Problem
from caretally.journal.drafts import Filing
from caretally.journal.entries import Body, Entry, PracticeRegistered, StaffRegistered
from caretally.journal.register import Register, register_of
from caretally.timekeeping.logged import Taken
from caretally.timekeeping.recorder import Moment, Start
from caretally.timekeeping.timers import Limits, Work

EIGHT = datetime(2026, 3, 4, 14, tzinfo=UTC)
"""Eight in the morning in Chicago."""
LIMITS = Limits()
REVIEW = Work(patient="pat_one", program="rpm", category="review")
NURSES = ("stf_rn", "stf_two")


def at(minutes: int = 0, seconds: int = 0) -> datetime:
    """Return the instant so long after eight."""
    return EIGHT + timedelta(minutes=minutes, seconds=seconds)


def entry(body: Body, **changes: Any) -> Entry:
    given: dict[str, Any] = {
        "id": "ent_1", "patient": "pat_one", "now": at(600), "actor": "staff:stf_rn",
    }  # fmt: skip
    return Filing(**{**given, **changes}).entry(body)


def register() -> Register:
    opened = {"patient": None, "at": datetime(2025, 1, 1, tzinfo=UTC)}
    bodies: list[Body] = [
        PracticeRegistered(practice="prac_a", name="Maple", time_zone="America/Chicago")
    ]
    roles = {"stf_rn": "rn", "stf_two": "rn", "stf_doc": "physician", "stf_bot": "ai_agent"}
    bodies += [StaffRegistered(staff=who, role=role) for who, role in roles.items()]
    bodies.append(StaffRegistered(staff="stf_old", role="rn", to_on=date(2026, 3, 3)))
    return register_of(entry(body, id=str(n), **opened) for n, body in enumerate(bodies))


REGISTER = register()


def moment(now: datetime, taken: Iterable[Taken] = ()) -> Moment:
    return Moment(now=now, register=REGISTER, taken=tuple(taken))


def wish(number: int = 1, person: str = "stf_rn", *, stops_other: bool = False) -> Start:
    return Start(timer_id=f"tmr_{number}", person=person, work=REVIEW, stops_other=stops_other)


def problems_of(call: Any, *arguments: object, **named: object) -> list[Problem]:
    try:
        call(*arguments, **named)
    except InputError as error:
        return list(error.problems)
    raise AssertionError("it was accepted")
