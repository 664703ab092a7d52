"""Time written by hand, and its corrections; timers are in `recorder`.

A span that no timer measured names who attests to it and why. Nobody logs under another's name: a
proxy says for whom, and the entry carries both. A correction replaces an entry and edits none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, EntryVoided, TimeLogged
from caretally.journal.register import Register
from caretally.timekeeping.logged import Taken, clashes
from caretally.timekeeping.spans import span

LONGEST = timedelta(hours=8)
"""A longer entry would be quarantined when it is counted (contract section 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A span that somebody writes down.

    on_behalf_of: the performer, where the writer is another. taken: what the performer has on
    record already, of all patients and timers.
    """

    body: TimeLogged
    on_behalf_of: str | None = None
    taken: tuple[Taken, ...] = ()


def log_by_hand(register: Register, filing: Filing, wish: ByHand) -> tuple[Entry, ...]:
    """Write a span down, attested by its writer.

    Raises:
        InputError: anything is wrong with it; all of it is named.
    """
    draft = Draft.of(filing, replace(wish.body, attested_by=filing.writer))
    if not (filing.reason or "").strip() and not any(p.field == "reason" for p in draft.problems):
        draft.refuse(
            "reason",
            found="no reason",
            expected="why no timer measured the span",
            hint="say why, for example that the call came on the way",
        )
    _check(draft, register, filing, wish)
    return draft.filed()


def correct(register: Register, filing: Filing, original: Entry, wish: ByHand) -> tuple[Entry, ...]:
    """Replace an entry of time by another; the writer attests to a span that changed.

    filing: its reason says why; what it supersedes is the original.

    Raises:
        InputError: anything is wrong with it; all of it is named.
    """
    before = original.body
    is_same_span = isinstance(before, TimeLogged) and (
        (before.start, before.end) == (wish.body.start, wish.body.end)
    )
    vouched = before.attested_by if isinstance(before, TimeLogged) else None
    body = replace(wish.body, attested_by=vouched if is_same_span else filing.writer)
    draft = Draft.of(replace(filing, supersedes=original.id), body)
    _check_original(draft, original)
    if isinstance(before, TimeLogged) and before.performer != body.performer:
        draft.refuse(
            "body.performer",
            found=f"{body.performer!r} in place of {before.performer!r}",
            expected="the same performer",
            hint="void the entry, and let the other person log the time",
        )
    _check(draft, register, filing, wish, but=original.id)
    return draft.filed()


def withdraw(filing: Filing, original: Entry) -> tuple[Entry, ...]:
    """Void an entry of time that was made in error.

    Raises:
        InputError: it is none, or no reason is given.
    """
    draft = Draft.of(filing, EntryVoided(entry=original.id))
    _check_original(draft, original)
    return draft.filed()


def lateness(entry: Entry) -> timedelta:
    """Return how long after its end a span was written down."""
    ends = getattr(entry.body, entry.body.ends) if entry.body.ends else None
    written = entry.recorded_at - (ends if isinstance(ends, datetime) else entry.at)
    return max(written, timedelta(0))


def _check(
    draft: Draft, register: Register, filing: Filing, wish: ByHand, *, but: str | None = None
) -> None:
    _check_people(draft, register, filing, wish)
    body = wish.body
    if body.end <= body.start:
        draft.refuse("body.end", found=body.end.isoformat(), expected="an instant after body.start")
    if body.end > filing.now:
        draft.refuse("body.end", found=body.end.isoformat(), expected="an instant that is past")
    if body.end - body.start > LONGEST:
        draft.refuse(
            "body.end",
            found=f"a span of {body.end - body.start}",
            expected="8 hours at most",
            hint="write down the parts in which work was done",
        )
    others = clashes(span(body.start, body.end), wish.taken, but=but)
    if others:
        draft.refuse(
            "body.start",
            found=f"seconds that are on record for {body.performer!r} in {', '.join(others)}",
            expected="seconds of this person that are free",
            hint="shorten the span, or correct the other entry",
        )


def _check_people(draft: Draft, register: Register, filing: Filing, wish: ByHand) -> None:
    body, writer = wish.body, filing.writer
    day = register.day_of(filing.patient or "", body.start, program=body.program)
    if writer is None or not register.is_registered(writer):
        draft.refuse(
            "actor", found=repr(filing.actor), expected="a registered member of staff who writes"
        )
    elif writer != body.performer and wish.on_behalf_of != body.performer:
        draft.refuse(
            "body.performer",
            found=f"{body.performer!r}, written by {writer!r}",
            expected="the writer's own time",
            hint="log your own time, or say that you write on behalf of the performer",
        )
    if not register.roles_on(body.performer, day):
        draft.refuse(
            "body.performer",
            found=f"{body.performer!r}, not registered on {day}",
            expected="a registered member of staff",
        )


def _check_original(draft: Draft, original: Entry) -> None:
    if not isinstance(original.body, TimeLogged):
        draft.refuse(
            "supersedes", found=f"an entry of kind {original.kind}", expected="an entry of time"
        )
    if draft.entry.patient != original.patient:
        draft.refuse(
            "patient",
            found=repr(draft.entry.patient),
            expected=f"the chart of the entry, {original.patient!r}",
            hint="time for another patient is voided here and logged there",
        )
