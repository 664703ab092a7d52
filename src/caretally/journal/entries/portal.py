"""Who signs in from outside, and written conversations between them and the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import (
    Count,
    Digest,
    FreeText,
    GivenBy,
    Id,
    Label,
    OwnId,
    OwnLabel,
    Program,
    TimeZone,
    Topic,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalInvited(Body):
    """The patient, or a caregiver, was invited to sign in.

    who: the invited.
    channel: how the invitation went out.
    language: of the pages, such as en or es.
    """

    kind: ClassVar[str] = "portal_invited"
    who: GivenBy
    channel: Label
    language: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalJoined(Body):
    """Who was invited signed in for the first time.

    who: the person.
    way: code or passkey.
    """

    kind: ClassVar[str] = "portal_joined"
    who: GivenBy
    way: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalEnded(Body):
    """Somebody may sign in no more.

    who: the person.
    reason: why.
    """

    kind: ClassVar[str] = "portal_ended"
    who: GivenBy
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSpan:
    """Seconds in which both sides were active.

    start: the first instant.
    end: the instant after it.
    staff: staff id of who was on the practice's side.
    """

    start: datetime
    end: datetime
    staff: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatParameter:
    """A number of the algorithm.

    name: its name.
    value: seconds or a count.
    """

    name: Label
    value: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTurn:
    """A message without its words, as the algorithm looks at it.

    message: its id.
    side: patient, caregiver or staff.
    author: patient, caregiver:ID, a staff id, or the program.
    at: when the server received it.
    client_at: when its author sent it off.
    composing_at: when typing was seen to begin.
    automated: whether nobody wrote it.
    bare: whether it says no more than an acknowledgment.
    characters: how long it is.
    """

    message: OwnLabel
    side: Label
    author: Id
    at: datetime
    client_at: datetime
    composing_at: datetime | None = None
    automated: bool = False
    bare: bool = False
    characters: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSeen:
    """A stretch in which somebody had the conversation open.

    side: patient, caregiver or staff.
    author: patient, caregiver:ID or a staff id.
    start: the first instant.
    end: the instant after it.
    """

    side: Label
    author: Id
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMeasured(Body):
    """The live seconds of a written conversation, with all that is needed to compute them again.

    conversation: its id.
    program: the program it belongs to.
    contacts: entry ids of the contacts it became, one a run.
    algorithm: version of the algorithm.
    parameters: its numbers.
    zone: in which months end.
    messages: how many messages there were.
    content: root over the messages as they are kept (RFC 6962, in the order of arrival).
    turns: the messages without their words.
    seen: who had the conversation open when.
    elsewhere: when members of staff were with somebody else.
    strangers: authors without a relation or a registration on file.
    spans: where both sides were active, after sharing among patients.
    live_seconds: their sum.
    topics: set by staff.
    counted: whether it holds enough content.
    reasons: names of what is missing.
    """

    kind: ClassVar[str] = "chat_measured"
    conversation: OwnId
    program: Program
    contacts: tuple[OwnLabel, ...] = ()
    algorithm: Label
    parameters: tuple[ChatParameter, ...]
    zone: TimeZone
    messages: Count
    content: Digest
    turns: tuple[ChatTurn, ...] = ()
    seen: tuple[ChatSeen, ...] = ()
    elsewhere: tuple[ChatSpan, ...] = ()
    strangers: tuple[Id, ...] = ()
    spans: tuple[ChatSpan, ...] = ()
    live_seconds: Count
    topics: tuple[Topic, ...] = ()
    counted: bool
    reasons: tuple[Label, ...] = ()
