"""Closing a conversation: its live seconds are measured, recorded, and become contacts.

The measurement and its contacts are one transaction, and a correction of either supersedes what was
written before. A member of staff who wrote with several patients at once has each second once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from caretally.clock import seconds_of
from caretally.contacts import commands
from caretally.contacts.chat.content import is_bare
from caretally.contacts.chat.live_time import Written, measure
from caretally.contacts.chat.messages import Message, Presence, Span
from caretally.contacts.chat.parameters import Parameters
from caretally.contacts.chat.record import (
    Subject,
    body_of,
    contact_form,
    content_leaf,
    content_root,
    turn_of,
)
from caretally.contacts.chat.sharing import claim, dealt
from caretally.enrollment.evidence import CAREGIVER
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.drafts import Draft
from caretally.journal.entries import ChatMeasured, ContactHeld, Entry, EntryVoided
from caretally.practice.contacting import circumstances
from caretally.practice.messaging import Desk
from caretally.practice.office import Office
from caretally.practice.roles import RECORD_CARE
from caretally.practice.timing_by_hand import check_reason, is_stored
from caretally.practice.timing_people import staff_of
from caretally.practice.timing_taken import taken_of
from caretally.store import conversations
from caretally.store.conversations import CLOSED, Place
from caretally.store.models import ChatMessage, ChatPresence, Conversation
from caretally.store.portal_tables import STAFF_SIDE
from caretally.timekeeping.spans import span
from caretally.triage.raising import digest

USUAL = Parameters()
MARGIN = timedelta(minutes=5)
"""So much before the first message other work may touch the typing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What somebody says about a conversation to be measured.

    entry_id: made by the page. topics: what it was about. reason: of a correction.
    """

    entry_id: str
    conversation: str
    topics: tuple[str, ...]
    program: str = ""
    reason: str = ""


def close(desk: Desk, wish: Closing) -> None:
    """Close a conversation and record what it came to; once, however often it is sent.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or there is none of this id.
        InputError: no topic is given.
    """
    recorded(desk, wish, original="")


def correct(desk: Desk, wish: Closing) -> None:
    """Measure a closed conversation again, with other topics; its record is superseded.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or there is none of this id.
        InputError: no topic or no reason is given.
    """
    row = conversations.conversation_named(desk.place, wish.conversation)
    if row is None or not row.measured:
        raise UnknownError("no measured conversation of this id is on this chart")
    recorded(desk, wish, original=row.measured)


def recorded(desk: Desk, wish: Closing, *, original: str) -> None:
    """Append a measurement with its contacts, and close the conversation with it."""
    office, patient = desk.office, desk.chart.patient
    staff_of(office.caller)
    if not wish.topics:
        raise InputError([
            Problem(where="the conversation", field="topics", found="none",
                    expected="what it was about", hint="general, if nothing else")
        ])  # fmt: skip

    def command(record: PatientRecord) -> Sequence[Entry]:
        if is_stored(office, patient, wish.entry_id):
            return ()
        row = conversations.locked(desk.place, wish.conversation)
        if (row.measured or "") != original:
            raise UnknownError("somebody else measured this conversation just now")
        made = entries_of(desk, record, row, wish)
        conversations.rows_of(desk.place).filter(pk=row.pk).update(
            state=CLOSED, topics=" ".join(wish.topics), measured=wish.entry_id,
            closed_at=row.closed_at or office.now, program=wish.program or row.program,
        )  # fmt: skip
        return made

    if conversations.conversation_named(desk.place, wish.conversation) is None:
        raise UnknownError("no conversation of this id is on this chart")
    office.act(patient, command, permission=RECORD_CARE)


def entries_of(
    desk: Desk, record: PatientRecord, row: Conversation, wish: Closing
) -> tuple[Entry, ...]:
    """Return the measurement of a conversation and the contacts it becomes."""
    office, program = desk.office, wish.program or row.program
    filing = office.filing(
        record.patient, entry_id=wish.entry_id, reason=wish.reason, supersedes=row.measured
    )
    if row.measured:
        check_reason(filing, "why it is measured again")
    written, subject = subject_of(desk, record, replace_program(row, program), wish.topics)
    found = measure(written, USUAL)
    runs = found.runs if found.is_counted else ()
    names = tuple(f"ent_{digest((wish.entry_id, str(place)))}" for place in range(len(runs)))
    body = body_of(subject, written, USUAL, names)
    made = list(Draft.of(filing, body).filed())
    before = contacts_in_force(desk, record, row.measured)
    for place, (name, run) in enumerate(zip(names, runs, strict=True)):
        form = contact_form(run, body)
        held = replace(filing, id=name, supersedes=before[place] if place < len(before) else None)
        made += commands.record_contact(circumstances(record, form), held, form).entries
    for place, old in enumerate(before[len(runs) :]):
        name = f"ent_{digest((wish.entry_id, 'void', str(place)))}"
        voiding = replace(filing, id=name, supersedes=None)
        made += Draft.of(voiding, EntryVoided(entry=old)).filed()
    return tuple(made)


def replace_program(row: Conversation, program: str) -> Conversation:
    """Return a row with another program; nothing is stored."""
    row.program = program
    return row


def contacts_in_force(desk: Desk, record: PatientRecord, measured: str) -> list[str]:
    """Return the contacts of an earlier measurement as they stand now: corrected ones by the last.

    Those that somebody withdrew are left out.
    """
    body = next((each.body for each in record.in_force if each.id == measured), None)
    if not isinstance(body, ChatMeasured):
        return []
    followed = {each.supersedes: each.id for each in desk.office.chart(desk.chart.card).stored
                if each.supersedes}  # fmt: skip
    in_force = {each.id for each in record.entries(ContactHeld)}
    found = []
    for name in body.contacts:
        last = name
        while last in followed:
            last = followed[last]
        if last in in_force:
            found.append(last)
    return found


# --- what is measured -----------------------------------------------------------------------------


def subject_of(
    desk: Desk, record: PatientRecord, row: Conversation, topics: tuple[str, ...]
) -> tuple[Written, Subject]:
    """Return what a conversation is measured from, and what the record says it is about."""
    rows = conversations.of_conversation(desk.place, row.conversation)
    messages = tuple(message_of(each) for each in rows)
    leaves = [
        content_leaf(turn_of(message), each.text)
        for message, each in zip(messages, rows, strict=True)
    ]
    alone = alone_of(desk, record, row, messages)
    whole = replace(alone, topics=topics, strangers=strangers(record, row.program, messages))
    recorded_elsewhere = busy_elsewhere(desk.office, record, messages)
    whole = replace(whole, elsewhere=recorded_elsewhere)
    lost = lost_to_others(desk, row, whole)
    subject = Subject(
        conversation=row.conversation, program=row.program, content=content_root(leaves)
    )
    return replace(whole, elsewhere=tuple(sorted({*recorded_elsewhere, *lost}))), subject


def alone_of(
    desk: Desk, record: PatientRecord, row: Conversation, messages: tuple[Message, ...]
) -> Written:
    """Return a conversation as if nobody had been with anybody else."""
    begun = messages[0].at if messages else row.begun_at
    return Written(
        messages=messages,
        zone=record.register.zone_of(record.patient, begun, program=row.program),
        presences=tuple(
            presence_of(each) for each in conversations.presences_of(desk.place, row.conversation)
        ),
    )


def message_of(row: ChatMessage) -> Message:
    """Return a message without its words."""
    return Message(
        message=row.message, side=row.side, author=row.author, at=row.server_at,
        client_at=row.client_at, composing_at=row.composing_at, is_automated=row.automated,
        is_bare=is_bare(row.text), characters=len(row.text),
    )  # fmt: skip


def presence_of(row: ChatPresence) -> Presence:
    """Return a presence in whole seconds."""
    return Presence(
        side=row.side, author=row.author, start=seconds_of(row.from_at), end=seconds_of(row.to_at)
    )


def strangers(record: PatientRecord, program: str, messages: Iterable[Message]) -> tuple[str, ...]:
    """Return who wrote without a registration, or without authority, on the day of a message."""
    found = set()
    for each in messages:
        if each.is_automated:
            continue
        day = record.register.day_of(record.patient, each.at, program=program)
        if each.is_staff:
            is_known = bool(record.register.roles_on(each.author, day))
        elif each.author.startswith(CAREGIVER):
            name = each.author.removeprefix(CAREGIVER)
            is_known = record.register.has_authority(record.patient, name, day)
        else:
            is_known = True
        if not is_known:
            found.add(each.author)
    return tuple(sorted(found))


def staff_in(messages: Iterable[Message]) -> tuple[str, ...]:
    """Return the members of staff who wrote."""
    return tuple(
        sorted({each.author for each in messages if each.is_staff and not each.is_automated})
    )


def busy_elsewhere(
    office: Office, record: PatientRecord, messages: Sequence[Message]
) -> tuple[Span, ...]:
    """Return when those who wrote were, by what is on record, at work for other patients."""
    if not messages:
        return ()
    whole = span(messages[0].at - MARGIN, messages[-1].at + MARGIN)
    own = {each.id for each in record.in_force if each.patient == record.patient}
    return tuple(
        Span(start=seconds_of(each.span.start), end=seconds_of(each.span.end), staff=person)
        for person in staff_in(messages)
        for each in taken_of(office, person, whole)
        if each.by not in own
    )


def lost_to_others(desk: Desk, row: Conversation, whole: Written) -> tuple[Span, ...]:
    """Return the seconds that go to conversations with other patients, not measured yet."""
    people = staff_in(whole.messages)
    if not people:
        return ()
    begins, ends = whole.messages[0].at - MARGIN, whole.messages[-1].at + MARGIN
    db, practice = desk.place.db, desk.place.practice
    names = (
        ChatMessage.objects.using(db.alias)
        .filter(practice_id=practice, side=STAFF_SIDE, author__in=people, server_at__gte=begins,
                server_at__lte=ends)
        .exclude(patient=row.patient)
        .values_list("conversation", flat=True)
        .distinct()
    )  # fmt: skip
    rivals = Conversation.objects.using(db.alias).filter(
        practice_id=practice, conversation__in=list(names), measured=""
    )
    claims = [claim(row.conversation, whole, USUAL)]
    claims += [claim(each.conversation, rival(desk, each), USUAL) for each in rivals]
    return dealt(claims)[row.conversation]


def rival(desk: Desk, row: Conversation) -> Written:
    """Return another patient's conversation as far as it claims somebody's time."""
    place = Place(db=desk.place.db, practice=desk.place.practice, patient=row.patient)
    rows = conversations.of_conversation(place, row.conversation)
    return Written(
        messages=tuple(message_of(each) for each in rows), zone="UTC",
        presences=tuple(
            presence_of(each) for each in conversations.presences_of(place, row.conversation)
        ),
    )  # fmt: skip


def so_far(desk: Desk, row: Conversation) -> int:
    """Return the live seconds of an open conversation, before sharing; for the page alone."""
    messages = tuple(
        message_of(each) for each in conversations.of_conversation(desk.place, row.conversation)
    )
    return measure(alone_of(desk, desk.chart.record, row, messages), USUAL).live_seconds
