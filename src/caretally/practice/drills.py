"""Drills: a test alert goes through the ladder, marked as a drill, until somebody answers it.

A drill is no alert and about no patient: nothing of it stands in a chart. It tells whom an alert of
that level would tell, by the same channels and at the same times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.codes import ALERT_LEVELS
from caretally.errors import InputError, Problem, UnknownError
from caretally.practice.escalating import notices_of, outside
from caretally.practice.office import Office
from caretally.practice.on_call import Post, my_post
from caretally.practice.roles import KEEP_ROSTER
from caretally.store.alert_tables import Notice
from caretally.triage.ladders import PAGE, WEBHOOK, Told, told_by

DRILL = "drill:"
ANSWERED = "answered by"


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldTell:
    """A step as it would go now: when, whom, how, and whether the ladder's own people are there."""

    number: int
    after_minutes: int
    to: str
    channels: tuple[str, ...]
    told: Told


def level_of(drill: str) -> str:
    """Return the level of a drill by its name.

    Example:
        >>> level_of("drill:urgent:dri_1")
        'urgent'
    """
    return drill.removeprefix(DRILL).partition(":")[0]


def would_tell(post: Post, level: str, clinic: str, at: datetime) -> tuple[WouldTell, ...]:
    """Return who would be told of an alert that is raised at an instant and that nobody answers.

    Owner and care team are of a patient; without one, their steps tell practitioners.
    """
    found = []
    for number, step in enumerate(post.ladder(level, clinic).steps):
        around = post.around(at + timedelta(minutes=step.after_minutes), clinic)
        found.append(WouldTell(
            number=number, after_minutes=step.after_minutes, to=step.to, channels=step.channels,
            told=told_by(step, around),
        ))  # fmt: skip
    return tuple(found)


def begin_drill(office: Office, level: str, clinic: str) -> str:
    """Send a test alert through a ladder; returns the name of the drill.

    Raises:
        ForbiddenError: the caller may not keep the roster.
        InputError: no such level or clinic.
    """
    office.caller.require(KEEP_ROSTER)
    post, book = my_post(office), office.book()
    if level not in ALERT_LEVELS or (clinic and clinic not in post.register.practices):
        raise InputError([Problem(where="form", field="level", found="another word",
                                  expected=f"one of {', '.join(ALERT_LEVELS)}")])  # fmt: skip
    name = f"{DRILL}{level}:{office.new_id('dri')}"
    made: list[Notice] = []
    for step in would_tell(post, level, clinic, office.now):
        # webhooks tell of entries, and a drill writes none
        channels = tuple(each for each in step.channels if each != WEBHOOK)
        made += notices_of(book, name, (step.number, channels, step.told), office.now)
        for notice in made:
            if notice.step == step.number and step.after_minutes:
                notice.state, notice.answer = "waiting", ""
                notice.due_at = outside(office.now) + timedelta(minutes=step.after_minutes)
    Notice.objects.using(office.db.alias).bulk_create(made)
    return name


def answer_drill(office: Office, name: str) -> None:
    """Answer a drill: nobody is told of it any more.

    Raises:
        UnknownError: there is none of this name that runs.
    """
    own = Notice.objects.using(office.db.alias).filter(
        practice__name=office.practice, alert=name, alert__startswith=DRILL
    )
    if not own.exists():
        raise UnknownError("no drill of this name is open to you")
    who = office.caller.staff or office.caller.login
    own.filter(state="waiting").update(state="given_up", answer=f"not needed: {ANSWERED} {who}")
    own.filter(channel=PAGE, state="sent").update(state="given_up", answer=f"{ANSWERED} {who}")


def running_drills(office: Office) -> tuple[str, ...]:
    """Return the drills that nobody answered yet and that told somebody within the last day."""
    since = office.now - timedelta(days=1)
    rows: Iterable[str] = (
        Notice.objects.using(office.db.alias)
        .filter(
            practice__name=office.practice, alert__startswith=DRILL, made_at__gte=since,
            channel=PAGE, state="sent",
        )
        .values_list("alert", flat=True)
    )  # fmt: skip
    return tuple(dict.fromkeys(rows))
