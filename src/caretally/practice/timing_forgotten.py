"""Forgotten timers of a practice: listed, attested to or let go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from caretally.errors import UnknownError
from caretally.journal.port import Appended
from caretally.practice.office import Office
from caretally.practice.roles import ATTEST_FOR_OTHERS, RECORD_CARE
from caretally.practice.timing import limits_in
from caretally.practice.timing_taken import taken_of
from caretally.store.cards import Card, card_named
from caretally.store.models import ForgottenTimer
from caretally.store.streams import locked_book
from caretally.timekeeping import recorder, timers
from caretally.timekeeping.recorder import Moment, Quarantined
from caretally.timekeeping.spans import Span
from caretally.timekeeping.timers import Timer


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A forgotten timer, as a page lists it.

    is_own: whether it is the caller's. name: of its person.
    """

    timer: Timer
    why: str
    found_at: datetime
    card: Card
    is_own: bool
    name: str

    @property
    def seconds(self) -> int:
        """What it measured."""
        return self.timer.seconds_at(self.found_at)


def forgotten(office: Office) -> tuple[Forgotten, ...]:
    """Return the forgotten timers the caller may settle: one's own, or with the right all."""
    rows = ForgottenTimer.objects.using(office.db.alias).select_related("user")
    found = rows.filter(practice__name=office.practice, settled_at=None).order_by("found_at", "id")
    if not office.caller.may(ATTEST_FOR_OTHERS):
        found = found.filter(user_id=office.caller.user)
    return tuple(
        Forgotten(
            timer=timers.restored(bytes(row.state)), why=row.why, found_at=row.found_at,
            card=card_named(office.book(), row.patient) or Card(patient=row.patient),
            is_own=row.user_id == office.caller.user,
            name=row.user.get_full_name() or row.user.get_username(),
        )
        for row in found
    )  # fmt: skip


def attest(office: Office, timer_id: str, kept: Iterable[Span], reason: str) -> Appended:
    """Log what the caller vouches for of a forgotten timer; the rest is gone.

    Raises:
        ForbiddenError: it is somebody else's, and the caller may not attest for others.
        UnknownError: there is none of this id that is not settled.
        InputError: no reason, nothing kept that was measured, or the caller is no staff.
    """
    with office.db.atomic():
        row = _locked(office, timer_id)
        timer = timers.restored(bytes(row.state))
        found = Quarantined(timer=timer, why=row.why, found_at=row.found_at)
        moment = Moment(
            now=office.now, register=office.register(), limits=limits_in(office, office.practice),
            taken=taken_of(office, timer.person, Span(timer.started_at, row.found_at)),
        )  # fmt: skip
        filing = office.filing(timer.work.patient, reason=reason)
        entries = recorder.attest(found, filing, tuple(kept), moment)
        _settle(office, row)
        return office.append(entries)


def let_go(office: Office, timer_id: str) -> None:
    """Settle a forgotten timer without logging anything.

    Raises:
        ForbiddenError, UnknownError: as `attest`.
    """
    with office.db.atomic():
        _settle(office, _locked(office, timer_id))


def _locked(office: Office, timer_id: str) -> ForgottenTimer:
    locked_book(office.db, office.practice)
    rows = ForgottenTimer.objects.using(office.db.alias).select_for_update()
    found = rows.filter(timer=timer_id, practice__name=office.practice, settled_at=None)
    row: ForgottenTimer | None = found.first()
    if row is None:
        raise UnknownError("no timer of this id waits here; it was settled already")
    own = row.user_id == office.caller.user
    office.caller.require(RECORD_CARE if own else ATTEST_FOR_OTHERS)
    return row


def _settle(office: Office, row: ForgottenTimer) -> None:
    row.settled_at, row.settled_by = office.now, office.caller.actor
    row.save(using=office.db.alias)
