"""Fetches from vendors that do not push, or not all: page by page into the same inbox.

Every page is stored as a delivery, and in the same transaction the mark moves to what is asked
next. A mark reaches a new instant only when the last page of its stretch is stored: a worker that
dies anywhere costs a page that is fetched twice and never one that is missed. Marks go by when the
vendor received something, with an overlap; what comes twice is one reading.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event
from time import monotonic

import msgspec
from django.db import close_old_connections

from caretally.clock import microseconds_of, outside
from caretally.devices.names import scheme_and_value
from caretally.devices.pulls import ABOUT, ALL, ASKED, DEVICES, Ask, Page, Subject
from caretally.errors import ExchangeError, IntegrityError, UnknownError
from caretally.exchange.consenting import ConsentRefusedError
from caretally.exchange.pulling import Answered, asked
from caretally.practice.pull_keys import Purse, purse_of
from caretally.practice.pull_requests import note_requests
from caretally.store.database import Database
from caretally.store.inbox import Arrived, keep_batch
from caretally.store.models import Connection, PullMark
from caretally.store.pull_marks import (
    REFUSED,
    LeaseLostError,
    add_marks,
    device_names,
    due_marks,
    hold_on,
    leased,
    named_marks,
    next_due,
    released,
)
from caretally.store.stored_journal import StoredJournal

LOG = logging.getLogger("caretally.pulls")
TURN_SECONDS = 30
"""After so long no further question is asked in a turn."""
MOST_QUESTIONS = 500
"""That may wait in a stretch; more is a vendor that never ends."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
PAUSE_SECONDS = 1


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch that is being fetched: about whom, from when to when, and what is still to ask."""

    names: tuple[str, ...]
    since: datetime
    until: datetime
    wanted: str = ""
    asks: tuple[Ask, ...] = ()


class VendorDownError(ExchangeError):
    """The vendor does not answer as agreed, whatever is asked; wait: as it wants us to."""

    def __init__(self, says: str, wait: timedelta | None = None) -> None:
        """Keep how long to wait."""
        self.wait = wait
        super().__init__(says)


def pull_due(journal: StoredJournal, at: datetime) -> int:
    """Fetch what is due, a turn of each connection; returns how many pages were stored."""
    db, stored, until = journal.db, 0, monotonic() + TURN_SECONDS
    note_requests(db, at)
    while monotonic() < until and (connection := leased(db, at)) is not None:
        stored += Turn(db=db, connection=connection, at=at, ends=until).take()
    return stored


@dataclass(slots=True, kw_only=True)
class Turn:
    """A worker's turn at a connection that it leased. ends: by the clock that never stands back."""

    db: Database
    connection: Connection
    at: datetime
    ends: float
    stored: int = 0
    asked: int = 0

    def take(self) -> int:
        """Ask what is due, as fast as the vendor allows; returns how many pages were stored."""
        try:
            purse = purse_of(self.db, self.connection)
            self.ask_all(purse)
        except LeaseLostError:
            return self.stored
        except VendorDownError as down:
            self.stand_back(str(down), down.wait)
        except ExchangeError as error:
            self.stand_back(str(error), None)
        except (UnknownError, IntegrityError):
            self.stand_back("no key of this vendor is kept, or it does not open", None)
        else:
            self.go_on(purse)
        released(self.db, self.connection)
        return self.stored

    def ask_all(self, purse: Purse) -> None:
        """Ask question after question, until nothing is due or the vendor must have a rest."""
        self.set_out(purse)
        while self.asked < purse.plan.pace.most and (not self.asked or monotonic() < self.ends):
            marks = due_marks(self.db, self.connection, self.at, purse.plan.together)
            if not marks:
                break
            self.asked += 1
            Step(turn=self, purse=purse, marks=marks).take()

    def set_out(self, purse: Purse) -> None:
        """Make marks for what is new: devices that were registered since."""
        if purse.plan.subjects == DEVICES:
            names = device_names(self.db, self.connection, purse.plan.schemes)
        else:
            names = [""] if purse.plan.subjects == ALL else []
        known = {mark.name for mark in named_marks(self.db, self.connection, names)}
        add_marks(self.db, self.connection, (name for name in names if name not in known), self.at)

    def go_on(self, purse: Purse) -> None:
        """Note that all is well, and when the connection is due again."""
        pace = purse.plan.pace
        rested = self.at + pace.within * self.asked / pace.most
        sweep = self.at + pace.every
        again = min(next_due(self.db, self.connection) or sweep, sweep)
        self.connection.pull_due_at = max(rested, again)
        self.connection.pull_failures, self.connection.pull_says = 0, ""

    def stand_back(self, says: str, wait: timedelta | None) -> None:
        """Note what is wrong, and ask later, each time later still."""
        self.connection.pull_failures += 1
        pause = pause_after(self.connection.pull_failures, self.connection.name)
        self.connection.pull_due_at = self.at + max(pause, wait or pause)
        self.connection.pull_says = says
        LOG.warning("connection %s: %s", self.connection.name, says)


@dataclass(slots=True, kw_only=True)
class Step:
    """One question, and what becomes of its answer."""

    turn: Turn
    purse: Purse
    marks: list[PullMark]

    def take(self) -> None:
        """Ask, store, and move the mark.

        Raises:
            LeaseLostError, VendorDownError, ExchangeError, UnknownError: nothing more can be asked.
        """
        try:
            work = self.work()
            answered = self.answered(work)
        except ConsentRefusedError as error:
            self.refused(str(error))
            return
        if answered.is_unauthorized and self.purse.plan.consent is not None:
            self.refused(answered.trouble)
        elif answered.is_unauthorized or answered.is_down:
            raise VendorDownError(answered.trouble, answered.wait)
        elif answered.trouble:
            self.failed(answered.trouble)
        else:
            self.read(work, answered.body)

    def work(self) -> Work:
        """Return the stretch to fetch: one that was begun, or a new one."""
        if self.marks[0].cursor:
            return msgspec.json.decode(self.marks[0].cursor, type=Work)
        pace, at = self.purse.plan.pace, self.turn.at
        since = min(
            mark.watermark - pace.overlap if mark.watermark else at - pace.reach
            for mark in self.marks
        )
        work = Work(
            names=tuple(mark.name for mark in self.marks), since=since.astimezone(UTC), until=at,
            wanted=self.marks[0].wanted,
        )  # fmt: skip
        asks = self.purse.plan.first(self.subject(work))
        return msgspec.structs.replace(work, asks=asks)

    def subject(self, work: Work) -> Subject:
        """Return what is asked about."""
        wanted = None
        if work.wanted:
            wanted = msgspec.json.decode(work.wanted, type=tuple[datetime, datetime])
        return Subject(
            values=tuple(scheme_and_value(name)[1] for name in work.names), since=work.since,
            until=work.until, wanted=wanted, settings=self.purse.settings(),
        )  # fmt: skip

    def answered(self, work: Work) -> Answered:
        """Return what is answered to the first question; a token refused is renewed once.

        Raises:
            ConsentRefusedError, ExchangeError, UnknownError: there is no answer.
        """
        at, name, ask = self.turn.at, work.names[0], work.asks[0]
        first = self.told(work, asked(self.purse.door(name, at), ask, at))
        if not first.is_unauthorized or self.purse.plan.consent is None:
            return first
        return self.told(work, asked(self.purse.door(name, at, is_fresh=True), ask, at))

    def told(self, work: Work, answered: Answered) -> Answered:
        """Return an answer, refused where a vendor says so inside of one that looks well."""
        if answered.trouble:
            return answered
        turn = self.purse.plan.read(self.page(work, answered.body))
        if turn.is_unauthorized:
            return Answered(is_unauthorized=True, trouble=turn.trouble)
        return answered

    def page(self, work: Work, body: bytes) -> Page:
        """Return an answer as the plan reads it."""
        return Page(ask=work.asks[0], body=body, subject=self.subject(work))

    def read(self, work: Work, body: bytes) -> None:
        """Store a page and move the mark, both or neither.

        Raises:
            LeaseLostError: another worker has the connection by now.
        """
        turn = self.purse.plan.read(self.page(work, body))
        rest = (*turn.then, *work.asks[1:])
        if turn.trouble or len(rest) > MOST_QUESTIONS:
            self.failed(turn.trouble or "the vendor's pages do not end")
            return
        with self.turn.db.atomic():
            hold_on(self.turn.db, self.turn.connection, self.turn.at)
            if turn.holds:
                keep_batch(self.turn.db, [self.arrived(work, body)])
                self.turn.stored += 1
            self.move(msgspec.structs.replace(work, asks=rest))

    def arrived(self, work: Work, body: bytes) -> Arrived:
        """Return a page as a delivery; the same page of the same source is the same delivery."""
        ask, connection = work.asks[0], self.turn.connection
        kind = "text/event-stream" if ask.listens else "application/json"
        headers = {"content-type": kind, ASKED: ask.name}
        if len(work.names) == 1 and work.names[0]:
            headers[ABOUT] = work.names[0]
        told = msgspec.json.encode(headers)
        return Arrived(
            connection.practice.name, connection.practice_id, connection.pk,
            sha256(told + b"\n" + body).digest(), sha256(body).digest(), body, told.decode(),
            microseconds_of(self.turn.at),
        )  # fmt: skip

    def move(self, work: Work) -> None:
        """Note what is still to be asked, or that the whole stretch is here."""
        marks = {mark.name: mark for mark in self.marks}
        if len(work.names) > 1 and len(self.marks) == 1:
            rows = named_marks(self.turn.db, self.turn.connection, work.names)
            marks = {mark.name: mark for mark in rows}
        later = self.turn.at + self.purse.plan.pace.every
        for name, mark in marks.items():
            mark.failures, mark.says = 0, ""
            if work.asks:
                mark.cursor = msgspec.json.encode(work).decode() if name == work.names[0] else ""
                mark.due_at = self.turn.at if mark.cursor else later
            else:
                fields = PullMark.objects.using(self.turn.db.alias).values_list("wanted", flat=True)
                is_news = fields.get(pk=mark.pk) not in {"", work.wanted}
                mark.cursor, mark.watermark = "", max(mark.watermark or work.until, work.until)
                mark.due_at = self.turn.at if is_news else later
                mark.wanted = mark.wanted if is_news else ""
            self.save(mark, but_wanted=bool(work.asks) or bool(mark.wanted))

    def failed(self, says: str) -> None:
        """Note what is wrong about these alone; the stretch begins anew, later each time."""
        for mark in self.marks:
            mark.failures, mark.says, mark.cursor = mark.failures + 1, says, ""
            mark.due_at = self.turn.at + pause_after(mark.failures, mark.name)
            self.save(mark, but_wanted=True)

    def refused(self, says: str) -> None:
        """Note that the person must agree again; nothing more is asked until then."""
        for mark in self.marks:
            mark.state, mark.says, mark.cursor = REFUSED, says, ""
            self.save(mark, but_wanted=True)

    def save(self, mark: PullMark, *, but_wanted: bool) -> None:
        """Store a mark; but_wanted: without what the vendor may just have told us to fetch."""
        names = ["watermark", "cursor", "due_at", "failures", "says", "state"]
        fields = names if but_wanted else [*names, "wanted"]
        mark.save(using=self.turn.db.alias, update_fields=fields)


def pause_after(failures: int, name: str) -> timedelta:
    """Return how long to wait after so many failures in a row; up to a quarter more, by the name.

    Without that, all that failed together would come back together.
    """
    pause = min(FIRST_PAUSE * (1 << min(failures - 1, 20)), LONGEST_PAUSE)
    spread = sha256(f"{name}/{failures}".encode()).digest()[0]
    return pause + pause * spread / 1_024


def pull_on(kept: StoredJournal, stop: Event) -> None:
    """Fetch what is due, again and again, until told to stop."""
    while not stop.is_set():
        close_old_connections()
        try:
            pull_due(kept, outside())
        except Exception as error:
            LOG.exception("pulls failed: %s", type(error).__name__)
            kept.db.connection.close()
            stop.wait(PAUSE_SECONDS * 10)
        stop.wait(PAUSE_SECONDS)
    kept.db.connection.close()
