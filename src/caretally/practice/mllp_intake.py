"""Messages of HL7 v2 on their way in: stored as a delivery, as what comes over HTTP is."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

from caretally.clock import now
from caretally.devices.unpacked import Posted
from caretally.devices.vendors.hl7v2.er7 import Message
from caretally.errors import InputError, Problem
from caretally.exchange.mllp_answers import LATER, TAKEN, Outcome, Reply
from caretally.practice.connections import LIVE, PAUSED
from caretally.practice.receiving import Door, read_door, receive
from caretally.store.database import Database

VENDOR = "hl7v2"
CONTENT_TYPE = "application/hl7-v2"
LONGEST_ID = 200
PAUSED_REPLY = Reply(outcome=Outcome.LATER, says="paused; send it again later", code="207")
ENDED_REPLY = Reply(outcome=Outcome.REFUSED, says="nothing more is taken here", code="207")


def checked_door(db: Database, connection: str) -> Door:
    """Return the connection that messages are for.

    Raises:
        InputError: there is none of this name for HL7 v2, or it has ended.
    """
    found = read_door(db, VENDOR, connection)
    if found is None or found.state not in {LIVE, PAUSED}:
        raise InputError([
            Problem(where="--connection", found=repr(connection[:60]),
                    expected="a connection of HL7 v2 that has not ended",
                    hint="caretally connection list shows them")
        ])  # fmt: skip
    return found


def storing(db: Database, connection: str) -> Callable[[bytes, Message], Reply]:
    """Return the function that stores messages of a connection; it runs in threads.

    The connection is looked up for each message: pausing and ending it count at once.
    """

    def store(body: bytes, message: Message) -> Reply:
        try:
            close_old_connections()
            found = read_door(db, VENDOR, connection)
            if found is None or found.state not in {LIVE, PAUSED}:
                return ENDED_REPLY
            if found.state == PAUSED:
                return PAUSED_REPLY
            receive(db, found, posted(body, message, found))
        except DatabaseError:
            return LATER
        return TAKEN

    return store


def posted(body: bytes, message: Message, found: Door) -> Posted:
    """Return a message as a delivery; its control id is kept beside it."""
    headers = {
        "content-type": CONTENT_TYPE, "message-control-id": message.header.text(10)[:LONGEST_ID],
    }  # fmt: skip
    return Posted(body=body, headers=headers, received_at=now(), settings=found.settings)
