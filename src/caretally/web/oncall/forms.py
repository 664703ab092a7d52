"""The forms of calls: shifts, handing over, ladders, and what is made of what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from caretally.errors import Problem
from caretally.journal.entries import EscalationLadderSet, EscalationStep, OnCallScheduled
from caretally.practice.enrolling_times import instant_problem, read_instant
from caretally.practice.on_call import Post, clinics_of
from caretally.triage.ladders import RECIPIENTS, Ladder
from caretally.triage.rosters import FIRST_RANK, LAST_RANK
from caretally.web.frame.fields import (
    HIDDEN,
    NUMBER,
    SELECT,
    Choices,
    Field,
    demand,
    refuse,
)

Typed = dict[str, str]
INSTANT = "datetime-local"
STEPS = 4
"""Steps that the form for a ladder offers."""
WAYS: Choices = (
    ("page", "on every page"), ("page email", "page and mail"),
    ("page sms", "page and text message"), ("page email sms", "page, mail and text message"),
    ("page email sms webhook", "page, mail, text message and webhooks"),
    ("page webhook", "page and webhooks"), ("page email webhook", "page, mail and webhooks"),
)  # fmt: skip


def people(post: Post, names: Mapping[str, str], *, nothing: str = "") -> Choices:
    """Return the staff as choices."""
    first: Choices = (("", nothing),) if nothing else ()
    return first + tuple((each, names.get(each, each)) for each in sorted(post.register.staff))


def clinics(post: Post) -> Choices:
    """Return the clinics as choices."""
    return (("", "all clinics"), *clinics_of(post).items())


def shift_fields(post: Post, names: Mapping[str, str], zone: str) -> tuple[Field, ...]:
    """Return the fields of a shift."""
    ranks = tuple((str(n), f"{n}{' (called first)' if n == FIRST_RANK else ''}")
                  for n in range(FIRST_RANK, LAST_RANK + 1))  # fmt: skip
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="staff", label="Who", kind=SELECT, choices=people(post, names)),
        Field(name="rank", label="Called as", kind=SELECT, choices=ranks),
        Field(name="from_at", label=f"From ({zone})", kind=INSTANT, also=("body.from",)),
        Field(name="to_at", label=f"Until ({zone})", kind=INSTANT, also=("body.to",)),
        Field(name="practice", label="For", kind=SELECT, choices=clinics(post), is_optional=True),
    )  # fmt: skip


def shift_body(typed: Typed, zone: str) -> OnCallScheduled:
    """Return what was typed of a shift.

    Raises:
        InputError: something is missing or none.
    """
    problems: list[Problem] = []
    demand(typed, ("staff", "from_at", "to_at"), problems)
    begins, ends = (instant(typed, name, zone, problems) for name in ("from_at", "to_at"))
    rank = typed.get("rank", "1")
    if not (rank.isascii() and rank.isdigit() and len(rank) < 3):
        problems.append(Problem(where="form", field="rank", found="no number", expected="1 to 3"))
    refuse(problems)
    assert begins is not None
    assert ends is not None
    return OnCallScheduled(
        staff=typed["staff"], from_at=begins, to_at=ends, rank=int(rank),
        practice=typed.get("practice") or None,
    )  # fmt: skip


def instant(typed: Typed, name: str, zone: str, problems: list[Problem]) -> datetime | None:
    """Return the instant that was typed; what is none is added to the problems."""
    text = typed.get(name, "")
    found = read_instant(text, zone) if text else None
    if isinstance(found, str):
        problems.append(instant_problem(name, found))
        return None
    return found


def ladder_fields(post: Post, names: Mapping[str, str]) -> tuple[Field, ...]:
    """Return the fields of a ladder."""
    found = [
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="practice", label="For", kind=SELECT, choices=clinics(post), is_optional=True,
              also=("body.practice", "body.set_by", "body.steps")),
    ]  # fmt: skip
    for number in range(STEPS):
        place = f"body.steps.{number}"
        step, more = f"Step {number + 1}", number > 0
        found += [
            Field(name=f"after_{number}", label=f"{step}: after minutes", kind=NUMBER,
                  is_optional=more, also=(f"{place}.after_minutes",)),
            Field(name=f"to_{number}", label=f"{step}: who is told", kind=SELECT,
                  choices=(("", "no such step"), *RECIPIENTS.items()), is_optional=more,
                  also=(f"{place}.to",)),
            Field(name=f"staff_{number}", label=f"{step}: the named person", kind=SELECT,
                  choices=people(post, names, nothing="nobody by name"), is_optional=True,
                  also=(f"{place}.staff",)),
            Field(name=f"channels_{number}", label=f"{step}: how", kind=SELECT, choices=WAYS,
                  is_optional=more, also=(f"{place}.channels",)),
        ]  # fmt: skip
    return tuple(found)


def ladder_typed(ladder: Ladder) -> Typed:
    """Return a ladder as it would be typed."""
    typed = {"practice": ladder.clinic}
    for number, step in enumerate(ladder.steps[:STEPS]):
        typed |= {
            f"after_{number}": str(step.after_minutes), f"to_{number}": step.to,
            f"staff_{number}": step.staff or "", f"channels_{number}": " ".join(step.channels),
        }  # fmt: skip
    return typed


def ladder_body(typed: Typed, level: str, set_by: str) -> EscalationLadderSet:
    """Return what was typed of a ladder.

    Raises:
        InputError: a step lacks something.
    """
    problems: list[Problem] = []
    steps: list[EscalationStep] = []
    for number in range(STEPS):
        if not typed.get(f"to_{number}"):
            continue
        after, ways = typed.get(f"after_{number}", ""), typed.get(f"channels_{number}", "page")
        if not (after.isascii() and after.isdigit() and len(after) < 6):
            problems.append(Problem(where="form", field=f"after_{number}", found="no number",
                                    expected="minutes after the alert, such as 15"))  # fmt: skip
            continue
        if ways not in dict(WAYS):
            problems.append(Problem(where="form", field=f"channels_{number}", found="another word",
                                    expected="one of the list"))  # fmt: skip
        steps.append(EscalationStep(
            after_minutes=int(after), to=typed[f"to_{number}"],
            staff=typed.get(f"staff_{number}") or None, channels=tuple(ways.split()),
        ))  # fmt: skip
    refuse(problems)
    if not steps:
        refuse([Problem(where="form", field="to_0", expected="somebody who is told")])
    return EscalationLadderSet(
        level=level, practice=typed.get("practice") or None, steps=tuple(steps), set_by=set_by
    )
