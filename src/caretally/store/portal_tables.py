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

    who: patient or caregiver:ID. user: empty until the invitation was taken. channel: email, sms or
    letter. address: mail address or telephone number to which codes go, sealed with key. mark: a
    keyed digest of it, by which it is found. number: what is typed where there is no address. code:
    SHA-256 of the secret in the invitation's link. tries: wrong answers on the page of the link.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    patient = models.TextField()
    who = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    language = models.TextField(default="en")
    channel = models.TextField(default="letter")
    key = models.TextField(default="")
    address = models.BinaryField(default=b"")
    mark = models.BinaryField(default=b"")
    number = models.TextField(default="")
    code = models.BinaryField(default=b"")
    tries = models.IntegerField(default=0)
    code_until = models.DateTimeField(null=True)
    invited_by = models.TextField()
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["practice", "patient"], name="store_portalaccount_patient"),
            models.Index(fields=["code"], name="store_portalaccount_code"),
            models.Index(fields=["mark"], name="store_portalaccount_mark"),
            models.Index(fields=["number"], name="store_portalaccount_number"),
        ]


class PortalCode(models.Model):
    """A code with which somebody signs in once: sent when asked for, or printed in a letter.

    kind: sent or letter. digest: keyed digest of the code. tries: wrong codes that were typed
    instead. asked_from: keyed digest of the address of who asked.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    account = models.ForeignKey(PortalAccount, models.CASCADE)
    kind = models.TextField()
    digest = models.BinaryField()
    asked_from = models.BinaryField(default=b"")
    tries = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    until_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class PortalMail(models.Model):
    """An invitation or a code on its way; what it says is sealed, and gone once it was sent.

    kind: invitation or code. state: waiting, sent or given_up. leased_until: somebody is sending it
    until then.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    account = models.ForeignKey(PortalAccount, models.CASCADE)
    kind = models.TextField()
    key = models.TextField(default="")
    sealed = models.BinaryField(default=b"")
    state = models.TextField(default="waiting")
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    until_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="store_portalmail_due")]


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
    """A stretch in which somebody had a conversation open before them.

    typing_at: when the person was last seen typing, and not sending yet.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    conversation = models.TextField()
    side = models.TextField()
    author = models.TextField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    typing_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["practice", "conversation"], name="store_chatpresence_list")
        ]
