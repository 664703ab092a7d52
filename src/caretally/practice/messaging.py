"""Written conversations with patients and caregivers: who may write, what is kept, what is told.

Every message is authorized anew, screened for red flags before it is stored, and stored once
however often it is sent. What a program answers by itself says so, and never counts as anybody's
time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from caretally.contacts.wellness_calls.symptoms import SYMPTOMS, symptoms_in
from caretally.enrollment.evidence import CAREGIVER
from caretally.errors import ForbiddenError, InputError, Problem
from caretally.journal.corrections import resolve
from caretally.journal.entries import AlertRaised, CaregiverAuthorized
from caretally.practice.alerting import append_steps, hours_of, watchkeeping
from caretally.practice.office import Chart, Office
from caretally.practice.policies import policies_on
from caretally.practice.portal import OPEN, Visitor, chart_of, standing_of
from caretally.practice.portal_wording import wording
from caretally.practice.roles import CHAT
from caretally.practice.staff_names import person_names
from caretally.practice.timing_people import staff_of
from caretally.store import conversations
from caretally.store.charts import practice_entries
from caretally.store.conversations import Draft, Place, Writer
from caretally.store.models import ChatMessage
from caretally.store.portal_tables import PATIENT_SIDE, STAFF_SIDE
from caretally.store.streams import PATIENT, named_streams
from caretally.triage.answer_times import Hours
from caretally.triage.raising import Step, digest
from caretally.triage.starting_points import ANSWER_MINUTES

MOST_CHARACTERS = 4_000
MOST_A_MINUTE = 30
"""Messages of one person; nobody writes faster, programs do."""
AUTOMATED = "system:messages"
"""The author of answers that nobody wrote."""
RULE = "message_red_flag"
EMERGENCIES = frozenset(list(SYMPTOMS)[:11])
SAID_AGAIN_AFTER = timedelta(hours=4)
EMERGENCY, NOBODY_HERE = "auto-emergency", "auto-closed"
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,80}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Somebody before the conversation with, or of, a patient.

    language: of automated answers.
    """

    office: Office
    chart: Chart
    writer: Writer
    language: str = "en"

    @cached_property
    def place(self) -> Place:
        """Where the patient's conversations are kept."""
        return Place(
            db=self.office.db, practice=self.office.book().number, patient=self.chart.patient
        )

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What to call everybody who may write here."""
        caregivers = {
            f"{CAREGIVER}{entry.body.caregiver}": f"Caregiver ({entry.body.relationship})"
            for entry in self.chart.record.entries(CaregiverAuthorized)
            if isinstance(entry.body, CaregiverAuthorized)
        }
        return {**person_names(self.office), **caregivers, PATIENT_SIDE: self.chart.card.name}

    @property
    def program(self) -> str:
        """The program a new conversation belongs to."""
        return next(iter(self.chart.card.programs.split()), "rpm")

    def at(self, instant: datetime) -> Desk:
        """Return the same desk later."""
        return replace(self, office=replace(self.office, now=instant))


def staff_desk(office: Office, patient: str) -> Desk:
    """Return the desk of a member of staff; that the chart is read is told by the page.

    Raises:
        ForbiddenError, UnknownError: the caller may not write with patients, or not this one.
    """
    card = office.card(patient, permission=CHAT)
    writer = Writer(side=STAFF_SIDE, author=staff_of(office.caller))
    return Desk(office=office, chart=office.chart(card), writer=writer)


def visitor_desk(office: Office, visitor: Visitor) -> Desk:
    """Return the desk of somebody from outside.

    Raises:
        ForbiddenError: the person may not look any more.
    """
    chart = chart_of(office, visitor)
    if standing_of(chart.record, visitor.who, office.now) != OPEN:
        raise ForbiddenError("this account cannot be used now")
    writer = Writer(side=visitor.side, author=visitor.who)
    return Desk(office=office, chart=chart, writer=writer, language=visitor.language)


def post(desk: Desk, draft: Draft) -> ChatMessage:
    """Store a message once, with the alert and the answer that follow from it, all or nothing.

    Raises:
        ConflictError: its id is that of another message.
        InputError: it is empty, too long, or one of too many.
    """
    checked = check(desk, draft)
    place, writer, at = desk.place, desk.writer, desk.office.now
    found = frozenset[str]() if writer.is_staff else symptoms_in(checked.text)
    with place.db.atomic():
        known = conversations.stored(place, checked.message, writer)
        if known is not None:
            return known
        if found:  # alerts lock the practice, and that comes before the lock of a conversation
            raise_alert(desk, checked.message, found)
        held = conversations.open_conversation(place, desk.program, at)
        made = conversations.insert(place, held, writer, checked, at)
        conversations.sent(place, held.conversation, writer, at)
        if not writer.is_staff:
            answer_at_once(desk, made, found)
    return made


def check(desk: Desk, draft: Draft) -> Draft:
    """Return a message as it may be stored.

    Raises:
        InputError: it may not be; all is named.
    """
    problems: list[Problem] = []
    text = _CONTROL.sub(" ", draft.text.replace("\r\n", "\n")).strip()

    def refuse(field: str, found: str, expected: str) -> None:
        problems.append(Problem(where="the message", field=field, found=found, expected=expected))

    if not _MESSAGE_ID.fullmatch(draft.message):
        refuse("message", "an id of another form", "8 to 80 letters and digits, made by the page")
    if not text:
        refuse("text", "nothing", "what you want to say")
    if len(text) > MOST_CHARACTERS:
        refuse("text", f"{len(text)} characters", f"{MOST_CHARACTERS} characters at most")
    now = desk.office.now
    lately = now - timedelta(minutes=1)
    if conversations.posted_since(desk.place, desk.writer.author, lately) >= MOST_A_MINUTE:
        refuse("text", "more messages than anybody writes", f"{MOST_A_MINUTE} a minute at most")
    if problems:
        raise InputError(problems)
    return replace(draft, text=text, client_at=min(draft.client_at, now))


# --- what a program answers -----------------------------------------------------------------------


def raise_alert(desk: Desk, message: str, found: frozenset[str]) -> None:
    """Raise the alert of a message with red flags, inside a transaction."""
    office, patient = desk.office, desk.chart.patient
    keeping = watchkeeping(office.journal, office.practice, office.now)
    stream = named_streams(keeping.book, [PATIENT + patient])[PATIENT + patient]
    level = "emergent" if found & EMERGENCIES else "urgent"
    name = f"alr_{digest((patient, RULE, message))}"
    named = ", ".join(each.replace("_", " ") for each in SYMPTOMS if each in found)
    body = AlertRaised(
        alert=name, rule=RULE, level=level, says=f"Wrote in a message: {named}",
        answer_by=keeping.hours.answer_by(office.now, ANSWER_MINUTES[level], level),
    )  # fmt: skip
    append_steps(keeping, [(stream, [Step(mark=("raised", name), body=body)])])


def answer_at_once(desk: Desk, made: ChatMessage, found: frozenset[str]) -> None:
    """Answer for the program where nobody may be waited for: emergencies, and closed doors."""
    words = wording(desk.language)
    if found & EMERGENCIES:
        automated(desk, made, EMERGENCY, words.say("chat_auto_emergency"))
        return
    hours = hours_here(desk.office)
    if is_staffed(hours, desk.office.now) or said_lately(desk, made, NOBODY_HERE):
        return
    days = words.say("chat_days_all" if len(hours.weekdays) == 7 else "chat_days_work")
    automated(
        desk, made, NOBODY_HERE,
        words.say("chat_auto_closed", days=days, first=f"{hours.from_hour}:00",
                  last=f"{hours.to_hour}:00"),
    )  # fmt: skip


def automated(desk: Desk, made: ChatMessage, kind: str, text: str) -> None:
    """Store an answer that nobody wrote; it says so."""
    at = desk.office.now
    draft = Draft(message=f"{kind}-{made.pk}", text=text, client_at=at, is_automated=True)
    held = conversations.locked(desk.place, made.conversation)
    conversations.insert(
        desk.place, held, Writer(side=STAFF_SIDE, author=AUTOMATED), draft, made.server_at
    )


def said_lately(desk: Desk, made: ChatMessage, kind: str) -> bool:
    """Tell whether an answer of a kind was given not long ago."""
    rows = conversations.messages_of(desk.place).filter(
        message__startswith=f"{kind}-", server_at__gt=made.server_at - SAID_AGAIN_AFTER
    )
    return bool(rows.exists())


def hours_here(office: Office) -> Hours:
    """Return when somebody answers at the practice."""
    own = resolve(practice_entries(office.book(), office.journal.desk.shelf)).in_force
    return hours_of(policies_on(office), own)


def is_staffed(hours: Hours, at: datetime) -> bool:
    """Tell whether somebody answers at an instant: the next minute begins at once."""
    return hours.answer_by(at, 1, "routine") <= at + timedelta(minutes=1)
