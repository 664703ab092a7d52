"""What becomes of a call in the journal, from its log alone: once, whoever asks and however often.

The contact or the attempt, the contact of the person who took over, and the record that an auditor
replays are one transaction with the state of the call. A call whose process is gone is ended as if
the sound were lost, which pages a person, and recorded as what its log tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from caretally.contacts.wellness_calls.actions import Ask, RaiseAlert, Say
from caretally.contacts.wellness_calls.call_log import CallLog
from caretally.contacts.wellness_calls.events import MediaLost
from caretally.contacts.wellness_calls.evidence import STANDARD
from caretally.contacts.wellness_calls.log_lines import (
    ACKNOWLEDGED,
    ALERT_WRITTEN,
    BRIDGED,
    PAGED,
    WrittenCall,
    due,
    linked,
    read_log,
)
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.packs import DISCLOSURE, URGENT, Pack
from caretally.contacts.wellness_calls.record import Desk, is_conversation, record_of, told
from caretally.errors import IntegrityError
from caretally.journal.entries import (
    Body,
    CallAnswer,
    CallEscalation,
    CallRecorded,
    ContactAttempted,
    Entry,
    EvidenceItem,
)
from caretally.practice.call_desk import call_named, desk_of, lines_of
from caretally.practice.call_playing import Playing
from caretally.store.call_tables import (
    DIALING,
    PLANNED,
    RECORDED,
    TALKING,
    Call,
    CallLine,
    CallSound,
)
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import locked_book
from caretally.triage.raising import digest

NOT_REACHED = {"busy": "busy", "declined": "declined", "no_answer": "no_answer"}
"""Outcomes of a call nobody picked up, as attempts; one that failed reached no telephone."""
FAILED, CUT_OFF = "failed", "call_cut_off"
DISCLOSED_BY = ("closing", "robot")
"""Sentences that say that a program speaks, besides the questions of the disclosure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A call that is over, with its log.

    log: as it is played again; None where nobody picked up. at: when it is recorded.
    """

    call: Call
    written: WrittenCall
    pack: Pack
    log: CallLog | None
    head: bytes
    at: datetime
    audio_digest: str | None = None

    @property
    def drill(self) -> bool:
        """Whether it was an exercise."""
        return bool(self.call.drill)


def record_call(journal: StoredJournal, practice: str, name: str, at: datetime) -> str:
    """Record a call that is over; returns the id of its record, empty of a drill.

    Raises:
        UnknownError: there is no such call.
        IntegrityError: its log was changed.
    """
    with journal.db.atomic():
        locked_book(journal.db, practice)
        call = call_named(journal, practice, name)
        if call.state == RECORDED:
            return str(call.settled)
        over = over_of(journal, call, at)
        entries = [] if over.drill else entries_of(over)
        if entries:
            journal.append(practice, entries, received_at=at)
        settled = entries[-1].id if entries else ""
        keep(journal, over, settled)
        if over.log is not None and over.log.last.ended == "declined":
            # The patient was told that nothing is kept; the digest of the log stays.
            forget_lines(journal, call)
    return settled


def over_of(journal: StoredJournal, call: Call, at: datetime) -> Over:
    """Return a call with its log.

    Raises:
        IntegrityError: the chain of the log is broken.
    """
    rows = lines_of(journal, call)
    head = checked_chain(rows)
    if head != bytes(call.log_digest):
        raise IntegrityError(f"the log of call {call.call} ends otherwise than it was kept")
    written = read_log(row.line for row in rows)
    pack = installed(written.begun.protocol)
    if pack.digest != written.begun.digest:
        raise IntegrityError(
            f"call {call.call} followed another text of protocol {written.begun.protocol} than is "
            "installed"
        )
    has_log = written.answered_at is not None and bool(written.events)
    log = written.log(pack) if has_log else None
    return Over(
        call=call, written=written, pack=pack, log=log, head=head, at=at,
        audio_digest=sound_digest(journal, call),
    )  # fmt: skip


def sound_digest(journal: StoredJournal, call: Call) -> str | None:
    """Return the digest of the sound of a call; None where none is kept."""
    sounds = CallSound.objects.using(journal.db.alias)
    found = sounds.filter(practice_id=call.practice_id, call=call.call)
    digest_kept: str | None = found.values_list("digest", flat=True).first()
    return digest_kept


def checked_chain(rows: Sequence[CallLine]) -> bytes:
    """Return the digest of the last line.

    Raises:
        IntegrityError: a line was changed, taken out or moved.
    """
    head = b""
    for number, row in enumerate(rows, 1):
        head = linked(head, row.line)
        if row.number != number or head != bytes(row.digest):
            raise IntegrityError(f"line {number} of the log of call {row.call} was changed")
    return head


def entries_of(over: Over) -> list[Entry]:
    """Return the entries of a call: contact or attempt, whoever took over, and the record last."""
    begun, log = over.written.begun, over.log
    bodies: list[Body] = []
    if log is None:
        outcome = NOT_REACHED.get(over.call.outcome)
        if outcome:
            bodies.append(ContactAttempted(
                program=begun.program, mode="ai_telephone", outcome=outcome, start=begun.dialed_at,
                end=max(over.at, begun.dialed_at), performers=(begun.agent,),
            ))  # fmt: skip
    else:
        bodies += record_of(log, Desk(program=begun.program, agent=begun.agent)).bodies
    made = [entry_of(over, f"contact {n}", body) for n, body in enumerate(bodies)]
    return [*made, entry_of(over, "record", recorded(over, [each.id for each in made]))]


def entry_of(over: Over, mark: str, body: Body) -> Entry:
    """Return an entry of a call; the same call makes the same ids."""
    at = getattr(body, "start", None) or ended_at(over)
    return Entry(
        id=f"ent_{digest((over.call.call, mark))}", patient=over.call.patient, at=at,
        recorded_at=max(over.at, ended_at(over)), actor=f"agent:{over.written.begun.agent}",
        body=body,
    )  # fmt: skip


def ended_at(over: Over) -> datetime:
    """Return when a call was over."""
    if over.log is None:
        return max(over.call.ended_at or over.at, over.written.begun.dialed_at)
    return over.log.at(over.log.end_ms)


def outcome_of(over: Over) -> str:
    """Return how a call ended, in a word."""
    if over.log is None:
        return over.call.outcome or FAILED
    return over.log.last.ended or over.log.last.phase


def recorded(over: Over, contacts: Sequence[str]) -> CallRecorded:
    """Return the record of a call."""
    begun, log = over.written.begun, over.log
    kept = record_of(log, Desk(program=begun.program, agent=begun.agent)) if log else None
    is_held = log is not None and is_conversation(log)
    checks = kept.evidence.checks if kept and is_held else ()
    return CallRecorded(
        call=over.call.call, contact=contacts[0] if contacts else None,
        taken_over=contacts[1] if len(contacts) > 1 else None, program=begun.program,
        protocol=begun.protocol, version=begun.version, protocol_digest=begun.digest,
        agent=begun.agent, models=begun.models, carrier=begun.carrier,
        carrier_id=over.call.carrier_id or None, language=begun.callee.language,
        answered_at=over.written.answered_at, ended_at=ended_at(over), outcome=outcome_of(over),
        drill=over.drill, log_digest=f"sha256:{over.head.hex()}",
        log_lines=over.call.log_lines,
        disclosures=tuple(dict.fromkeys(disclosures(log))) if log else (),
        answers=tuple(answers(log)) if log and is_held else (),
        escalations=tuple(escalations(over)) if log else (),
        evidence=tuple(
            EvidenceItem(name=each.name, asked=each.says(each.required),
                         found=each.says(each.observed), met=each.holds)
            for each in checks
        ),
        evidence_policy=STANDARD.version,
        creditable=bool(kept and is_held and kept.evidence.is_two_way),
        ai_seconds=kept.evidence.creditable_seconds if kept and is_held else 0,
        human_seconds=kept.human_seconds if kept else 0,
        readings=tuple(readings(log)) if log and is_held else (), audio_digest=over.audio_digest,
    )  # fmt: skip


def disclosures(log: CallLog) -> Iterator[str]:
    """Yield what told the patient that a program speaks, in order."""
    for each in log.moments:
        for action in each.actions:
            if isinstance(action, Ask) and is_disclosure(log.pack, action.question):
                yield action.question
            elif isinstance(action, Say) and action.sentence in DISCLOSED_BY:
                yield action.sentence


def is_disclosure(pack: Pack, question: str) -> bool:
    """Tell whether a question belongs to the disclosure."""
    return any(each.id == question and each.section == DISCLOSURE for each in pack.questions)


def answers(log: CallLog) -> Iterator[CallAnswer]:
    """Yield what was accepted."""
    for each in log.last.answers:
        question = log.pack.question(each.question)
        yield CallAnswer(
            question=each.question,
            value=told(question, each.value),
            how=each.how,
            heard=each.heard,
            at=log.at(each.at_ms),
        )


def escalations(over: Over) -> Iterator[CallEscalation]:
    """Yield what went to a person, with its times."""
    log, written = over.log, over.written
    assert log is not None
    joined = None if log.joined_ms is None else log.at(log.joined_ms)
    bridged = written.fact(BRIDGED)
    taken = written.fact(ACKNOWLEDGED)
    for fact in written.facts:
        if fact.what != ALERT_WRITTEN:
            continue
        severity = severity_of(written, fact.of) or URGENT
        paged = next(
            (f.at for f in written.facts if f.what == PAGED and f.at_ms >= fact.at_ms), None
        )
        yield CallEscalation(
            flag=fact.of, severity=severity, alert=fact.alert,
            detected_at=log.at(fact.at_ms), written_at=fact.at or log.at(fact.at_ms),
            paged_at=paged, acknowledged_at=taken.at if taken else joined,
            bridged_at=log.at(bridged.at_ms) if bridged else joined,
            staff=log.last.nurse or (taken.staff if taken else "") or None,
        )  # fmt: skip


def severity_of(written: WrittenCall, flag: str) -> str:
    """Return how urgent a flag was raised last."""
    found = [each.action.severity for each in written.done
             if isinstance(each.action, RaiseAlert) and each.action.flag == flag]  # fmt: skip
    return found[-1] if found else ""


def readings(log: CallLog) -> Iterator[str]:
    """Yield the ids of the readings that were read out, each once."""
    asked = {a.question for m in log.moments for a in m.actions if isinstance(a, Ask)}
    spoken = [q for q in log.pack.questions if q.id in asked and q.source == "device"]
    held = [log.callee.devices.get(each.device, ()) for each in spoken]
    yield from dict.fromkeys(each[0].reading for each in held if each and each[0].reading)


def keep(journal: StoredJournal, over: Over, settled: str) -> None:
    """Keep in its row that a call is recorded."""
    rows = Call.objects.using(journal.db.alias).filter(pk=over.call.pk)
    rows.update(
        state=RECORDED, settled=settled, outcome=outcome_of(over), ended_at=ended_at(over),
        leased_until=None, nurse=over.log.last.nurse if over.log else "",
    )  # fmt: skip


def forget_lines(journal: StoredJournal, call: Call) -> None:
    """Forget what was said in a call."""
    lines = CallLine.objects.using(journal.db.alias)
    lines.filter(practice_id=call.practice_id, call=call.call).delete()


def settle_cut_off(journal: StoredJournal, at: datetime) -> list[tuple[str, str]]:
    """End and record the calls whose process is gone; returns practice and id of each.

    One that was not dialed yet goes back in line.
    """
    calls = Call.objects.using(journal.db.alias).select_related("practice")
    found = []
    for call in calls.filter(state__in=(DIALING, TALKING), leased_until__lt=at):
        practice = call.practice.name
        with journal.db.atomic():
            locked_book(journal.db, practice)
            again = call_named(journal, practice, call.call)
            if again.state == RECORDED or (again.leased_until or at) >= at:
                continue
            if again.log_lines:
                finish(journal, again)
                record_call(journal, practice, call.call, at)
                found.append((practice, call.call))
            else:
                calls.filter(pk=call.pk).update(state=PLANNED, leased_until=None)
    return found


def finish(journal: StoredJournal, call: Call) -> None:
    """Write the end of a call that was cut off: what was still due, and that the sound was lost."""
    written = read_log(row.line for row in lines_of(journal, call))
    if written.answered_at is None or not written.events:
        return
    pack = installed(written.begun.protocol)
    log = written.log(pack)
    desk = desk_of(journal, call, written.begun.agent)
    playing = Playing(desk=desk, pack=pack, state=log.last, at_ms=log.end_ms)
    for done in due(written, pack)[len(written.done) :]:
        playing.take(done.action, done.at_ms)
    for alert, at_ms in unwritten(written):
        desk.raise_alert(alert, at_ms)
    if log.last.ended:
        return
    playing.happen(MediaLost(at_ms=log.end_ms))
    if log.last.nurse:
        # The engine leaves a call to the person who took it; here that person's line broke too.
        alert = RaiseAlert(flag=CUT_OFF, severity=URGENT, section=log.last.section)
        desk.raise_alert(alert, log.end_ms)


def unwritten(written: WrittenCall) -> list[tuple[RaiseAlert, int]]:
    """Return the alerts that a log wanted and that no fact says were stored."""
    stored = {(each.of, each.at_ms) for each in written.facts if each.what == ALERT_WRITTEN}
    return [
        (each.action, each.at_ms) for each in written.done
        if isinstance(each.action, RaiseAlert) and (each.action.flag, each.at_ms) not in stored
    ]  # fmt: skip
