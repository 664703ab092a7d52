"""The desk of one call: whatever must be on record before a word is spoken, and whom to ring.

Lines of the event log are chained; an alert stands in the journal, was told to who is on call and
shows on every page before `raise_alert` returns. Of a drill nothing stands in any chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from caretally.clock import now
from caretally.contacts.wellness_calls.actions import RaiseAlert
from caretally.contacts.wellness_calls.log_lines import (
    ACKNOWLEDGED,
    ALERT_WRITTEN,
    PAGED,
    PICKED_UP,
    Begun,
    Fact,
    begun_line,
    fact_line,
    linked,
    read_line,
)
from caretally.errors import UnknownError
from caretally.exchange.telephony.desk_port import Rung
from caretally.journal.entries import AlertRaised, Body, ConsentRevoked, Entry, IncidentNoted
from caretally.practice.alerting import watchkeeping
from caretally.practice.contact_points import address_of
from caretally.practice.drills import ANSWERED, DRILL, would_tell
from caretally.practice.escalating import CLINIC, Waiting, escalate, notices_of
from caretally.practice.on_call import Post, post_of
from caretally.store.alert_tables import Notice
from caretally.store.call_tables import TALKING, Call, CallLine
from caretally.store.stored_journal import StoredJournal
from caretally.triage.ladders import PAGE, SMS, WEBHOOK, Told
from caretally.triage.raising import digest
from caretally.triage.starting_points import ANSWER_MINUTES

LEASE = timedelta(minutes=2)
"""So long after its last line a call is taken for cut off: its process is gone."""
RULE = "wellness_call:"
"""How the rules of these alerts begin; the flag follows."""
IN_CALL = "called in a wellness call"
INCIDENTS = {
    "nobody_answered": "an emergency was raised in a call and nobody on call answered in time",
}  # fmt: skip
SAYS_INCIDENT = "a call ended with an alert that no person took over in it"
VERBAL = "verbal"


@dataclass(slots=True)
class StoredDesk:
    """A call at the desk.

    agent: staff id of the registered agent. number, head: of the last line. answered_at: when
    somebody picked up. alerts: ids by flag. rung_staff: who was rung, rung by rung; it begins anew
    when a rung is asked for that is not above the last. wall: the clock.
    """

    journal: StoredJournal
    call: Call
    practice: str
    agent: str
    number: int = 0
    head: bytes = b""
    answered_at: datetime | None = None
    alerts: dict[str, str] = field(default_factory=dict)
    rung_staff: list[tuple[int, str]] = field(default_factory=list)
    taken_by: str = ""
    wall: Callable[[], datetime] = now

    def begin(self, begun: Begun) -> None:
        """Store the first line."""
        self.note(begun_line(begun))

    def picked_up(self, at: datetime) -> None:
        """Store that somebody, or a machine, picked up; times of the call run from here."""
        self.answered_at = at
        self.note(fact_line(Fact(what=PICKED_UP, at=at)))
        self._keep(state=TALKING, answered_at=at)

    def note(self, line: str) -> None:
        """Store a line of the event log, chained to the one before."""
        head = linked(self.head, line)
        with self.journal.db.atomic():
            CallLine.objects.using(self.journal.db.alias).create(
                practice_id=self.call.practice_id, call=self.call.call, number=self.number + 1,
                line=line, digest=head,
            )  # fmt: skip
            self._keep(log_lines=self.number + 1, log_digest=head, leased_until=now() + LEASE)
        self.number, self.head = self.number + 1, head

    def raise_alert(self, alert: RaiseAlert, at_ms: int) -> str:
        """Store an alert, tell who is on call, and return its id.

        The same flag and severity in the same call is the same alert, however often it is raised.
        """
        with self.journal.db.atomic():
            name = self._drilled(alert, at_ms) if self.call.drill else self._raised(alert, at_ms)
            self.note(fact_line(Fact(
                what=ALERT_WRITTEN, at_ms=at_ms, of=alert.flag, alert=name,
                at=self._stored_at(at_ms),
            )))  # fmt: skip
        self.alerts[alert.flag] = name
        return name

    def page(self, rung: int, severity: str, at_ms: int) -> Rung | None:
        """Page who stands on a rung and return them; None where nobody does.

        Who stood on a lower rung stands on none above it.
        """
        post = post_of(self.journal, self.journal.book(self.practice))
        staff = next(self._candidates(post, rung, at_ms), None)
        if staff is None:
            return None
        at = self._stored_at(at_ms)
        with self.journal.db.atomic():
            for name in self.alerts.values():
                told = (rung - 1, (PAGE,), Told(staff=(staff,)))
                made = list(notices_of(self.journal.book(self.practice), name, told, at))
                for notice in made:
                    notice.answer = f"{notice.answer}; {IN_CALL}"
                Notice.objects.using(self.journal.db.alias).bulk_create(made, ignore_conflicts=True)
            latest = list(self.alerts.values())[-1] if self.alerts else ""
            self.note(fact_line(Fact(
                what=PAGED, at_ms=at_ms, of=f"rung {rung}, {severity}", alert=latest, staff=staff,
                at=at,
            )))  # fmt: skip
        self.stood(rung, staff)
        address = address_of(self.journal.db, self.practice, staff, SMS)
        return Rung(staff=staff, address=address or "")

    def acknowledged(self) -> str | None:
        """Return the staff id of who took an alert of this call on, on a page of the program."""
        if self.taken_by or not self.alerts:
            return self.taken_by or None
        name, by = self._answered_drill() if self.call.drill else self._acknowledged()
        if by:
            self.taken_by = by
            self.note(fact_line(Fact(what=ACKNOWLEDGED, alert=name, staff=by, at=self.wall())))
        return by or None

    def recorded(self, what: str, of: str, at_ms: int) -> None:
        """Act on what the engine recorded: an opt-out holds at once, an incident is told."""
        if self.call.drill:
            return
        if what == "opted_out":
            self._append("opted_out", at_ms, ConsentRevoked(scope="ai_voice", method=VERBAL))
        elif what == "incident":
            body = IncidentNoted(
                call=self.call.call, what=of, says=INCIDENTS.get(of, SAYS_INCIDENT)
            )
            self._append(f"incident {of}", at_ms, body)

    def at(self, at_ms: int) -> datetime:
        """Return the instant of a time of the call."""
        return (self.answered_at or self.wall()) + timedelta(milliseconds=at_ms)

    def _stored_at(self, at_ms: int) -> datetime:
        """Return when something is written: by the clock, and never before it happened."""
        return max(self.wall(), self.at(at_ms))

    def _append(self, mark: str, at_ms: int, body: Body) -> None:
        """Store an entry about the patient; the same mark in the same call is stored once."""
        name = f"ent_{digest((self.call.call, mark))}"
        if is_stored(self.journal, self.practice, name):
            return
        entry = Entry(
            id=name, patient=self.call.patient, at=self.at(at_ms),
            recorded_at=self._stored_at(at_ms), actor=f"agent:{self.agent}", body=body,
        )  # fmt: skip
        self.journal.append(self.practice, [entry], received_at=entry.recorded_at)

    def _raised(self, alert: RaiseAlert, at_ms: int) -> str:
        """Store an alert in the chart and tell the first step of its ladder."""
        name = f"alr_{digest((self.call.call, alert.flag, alert.severity))}"
        at = self._stored_at(at_ms)
        keeping = watchkeeping(self.journal, self.practice, at)
        minutes = ANSWER_MINUTES[alert.severity]
        body = AlertRaised(
            alert=name, rule=f"{RULE}{alert.flag}", level=alert.severity, says=words_of(alert),
            answer_by=keeping.hours.answer_by(at, minutes, alert.severity),
        )  # fmt: skip
        self._append(f"alert {name}", at_ms, body)
        escalate(self.journal, Waiting(
            practice=self.practice, alert=name, patient=self.call.patient, level=alert.severity,
            raised_at=self.at(at_ms), answer_by=body.answer_by, owner="", step=-1,
        ), at)  # fmt: skip
        return name

    def _drilled(self, alert: RaiseAlert, at_ms: int) -> str:
        """Tell who is on call as an alert would, marked as a drill; no chart knows of it."""
        name = f"{DRILL}{alert.severity}:{self.call.call}"
        book = self.journal.book(self.practice)
        post, made = post_of(self.journal, book), list[Notice]()
        for step in would_tell(post, alert.severity, "", self.at(at_ms))[:1]:
            channels = tuple(each for each in step.channels if each != WEBHOOK)
            made += notices_of(book, name, (step.number, channels, step.told), self.at(at_ms))
        Notice.objects.using(self.journal.db.alias).bulk_create(made, ignore_conflicts=True)
        return name

    def _candidates(self, post: Post, rung: int, at_ms: int) -> Iterator[str]:
        """Yield who may stand on a rung: of its rank, whoever comes next, then practitioners."""
        found = self.journal.db.rows(CLINIC, self.call.practice_id, self.call.patient)
        around = post.around(self.at(at_ms), found[0][0] if found else "")
        ranked = [each.staff for each in around.shifts if each.rank == rung]
        later = [each.staff for each in around.shifts if each.rank > rung]
        below = {staff for number, staff in self.rung_staff if number < rung}
        yield from (
            each for each in dict.fromkeys((*ranked, *later, *around.doctors)) if each not in below
        )

    def stood(self, rung: int, staff: str) -> None:
        """Keep who stood on a rung, and forget who stood on it or above in the round before."""
        kept = [each for each in self.rung_staff if each[0] < rung]
        self.rung_staff = [*kept, (rung, staff)]

    def _acknowledged(self) -> tuple[str, str]:
        names = list(self.alerts.values())
        rows = self.journal.db.rows_in(
            "SELECT alert, acknowledged_by FROM store_alert WHERE practice_id = %s "
            "AND acknowledged_by <> '' AND alert IN ({})", names, self.call.practice_id,
        )  # fmt: skip
        return (rows[0][0], rows[0][1]) if rows else ("", "")

    def _answered_drill(self) -> tuple[str, str]:
        own = Notice.objects.using(self.journal.db.alias).filter(
            practice_id=self.call.practice_id, alert__in=list(self.alerts.values()),
            answer__contains=ANSWERED,
        )  # fmt: skip
        notice = own.order_by("pk").first()
        if notice is None:
            return "", ""
        return notice.alert, notice.answer.rpartition(f"{ANSWERED} ")[2].partition(";")[0]

    def _keep(self, **fields: object) -> None:
        """Keep columns of the row of the call."""
        rows = Call.objects.using(self.journal.db.alias).filter(pk=self.call.pk)
        rows.update(**fields)
        for name, value in fields.items():
            setattr(self.call, name, value)


def words_of(alert: RaiseAlert) -> str:
    """Return what an alert of a call says.

    Example:
        >>> words_of(RaiseAlert(flag="chest_pain", severity="emergent", section="symptoms"))
        'Chest pain in an automated call, in the part symptoms'
    """
    flag = alert.flag.replace("_", " ")
    sure = "" if alert.is_confirmed else "; heard by one recognizer only, or in doubt"
    part = alert.section.replace("_", " ")
    return f"{flag[:1].upper()}{flag[1:]} in an automated call, in the part {part}{sure}"


def is_stored(journal: StoredJournal, practice: str, entry: str) -> bool:
    """Tell whether an entry is in the journal of a practice."""
    number = journal.book(practice).number
    sql = "SELECT 1 FROM store_entry WHERE practice_id = %s AND entry_id = %s"
    return bool(journal.db.rows(sql, number, entry))


def call_named(journal: StoredJournal, practice: str, name: str) -> Call:
    """Return a call.

    Raises:
        UnknownError: there is none of this id.
    """
    calls = Call.objects.using(journal.db.alias).select_related("practice")
    found: Call | None = calls.filter(practice__name=practice, call=name).first()
    if found is None:
        raise UnknownError("no call of this id is open to you")
    return found


def lines_of(journal: StoredJournal, call: Call) -> list[CallLine]:
    """Return the lines of a call's log, in order."""
    rows = CallLine.objects.using(journal.db.alias).filter(
        practice_id=call.practice_id, call=call.call
    )
    return list(rows.order_by("number"))


def desk_of(journal: StoredJournal, call: Call, agent: str) -> StoredDesk:
    """Return the desk of a call as its log left it: new, or to be taken up again."""
    desk = StoredDesk(journal=journal, call=call, practice=call.practice.name, agent=agent)
    for line in lines_of(journal, call):
        desk.number, desk.head = line.number, bytes(line.digest)
        told = read_line(line.line)
        if isinstance(told, Fact):
            remember(desk, told)
    return desk


def remember(desk: StoredDesk, fact: Fact) -> None:
    """Let a desk know what its log tells."""
    if fact.what == PICKED_UP:
        desk.answered_at = fact.at
    elif fact.what == ALERT_WRITTEN:
        desk.alerts[fact.of] = fact.alert
    elif fact.what == PAGED:
        desk.stood(int(fact.of.split()[1].strip(",")), fact.staff)
    elif fact.what == ACKNOWLEDGED:
        desk.taken_by = fact.staff
