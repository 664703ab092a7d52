"""Tables of the portal: who signs in from outside, and what is written there.

Who was invited, joined and ended stands in the journal too, and so does what a conversation came
to, with a root over its messages; the words are kept here.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

PATIENT_SIDE, CAREGIVER_SIDE, STAFF_SIDE = "patient", "caregiver", "staff"


class PortalAccount(models.Model):
    """That a person from outside may see one chart of one practice.

    who: patient or caregiver:ID. user: empty until the invitation was taken. address: e-mail to
    which codes go, sealed with key. code: SHA-256 of the secret in the invitation's link.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    patient = models.TextField()
    who = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    language = models.TextField(default="en")
    key = models.TextField(default="")
    address = models.BinaryField(default=b"")
    code = models.BinaryField(default=b"")
    code_until = models.DateTimeField(null=True)
    invited_by = models.TextField()
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["practice", "patient"], name="store_portalaccount_patient"),
            models.Index(fields=["code"], name="store_portalaccount_code"),
        ]


class Conversation(models.Model):
    """A written conversation about one patient; it closes when staff measure it.

    topics: words of `codes.TOPICS` separated by spaces. measured: entry id of `chat_measured`.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    conversation = models.TextField()
    patient = models.TextField()
    program = models.TextField()
    state = models.TextField(default="open")
    topics = models.TextField(default="")
    measured = models.TextField(default="")
    begun_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice", "conversation"], name="store_conversation_conversation"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "patient", "begun_at"], name="store_conversation_list")
        ]


class ChatMessage(models.Model):
    """A message as it came; only delivered_at and read_at are ever filled in later.

    message: id the client made; the same message again is the same row. side: patient, caregiver or
    staff. author: patient, caregiver:ID or a staff id. server_at, client_at, composing_at: instants
    in UTC; composing_at is when typing began, where that was seen. automated: nobody wrote it.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    conversation = models.TextField()
    patient = models.TextField()
    message = models.TextField()
    side = models.TextField()
    author = models.TextField()
    text = models.TextField()
    automated = models.BooleanField(default=False)
    server_at = models.DateTimeField()
    client_at = models.DateTimeField()
    composing_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "message"], name="store_chatmessage_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["practice", "conversation", "server_at"], name="store_chatmessage_list"
            )
        ]


class ChatPresence(models.Model):
    """A stretch in which somebody had a conversation open before them."""

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    conversation = models.TextField()
    side = models.TextField()
    author = models.TextField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["practice", "conversation"], name="store_chatpresence_list")
        ]
