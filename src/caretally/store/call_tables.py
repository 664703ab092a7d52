"""Tables of calls by an automated voice: whom to call when, what happened, and campaigns.

What must be evidence is told in the journal when a call is over; the event log is kept beside it,
and its digest stands in the journal.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

PLANNED, DIALING, TALKING, RECORDED, DENIED, STOPPED = (
    "planned", "dialing", "talking", "recorded", "denied", "stopped",
)  # fmt: skip
"""States of a call; denied: by the gate; stopped: by a person before it was dialed."""
DRAFT, RUNNING, ENDED = "draft", "running", "ended"
"""States of a campaign, besides stopped."""


class Campaign(models.Model):
    """Calls to the patients of a program; who may be called decides the gate, call by call.

    begins_on, ends_on: ISO dates. from_time, to_time: local times of the patient, as HH:MM.
    weekdays: digits, 1 is Monday. every_days: between two calls to a patient. capacity: calls at
    one time. retries: JSON, minutes to wait after an outcome, by outcome, in order.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    campaign = models.TextField()
    name = models.TextField()
    program = models.TextField()
    protocol = models.TextField()
    begins_on = models.TextField()
    ends_on = models.TextField()
    weekdays = models.TextField(default="12345")
    from_time = models.TextField(default="09:00")
    to_time = models.TextField(default="18:00")
    every_days = models.IntegerField(default=7)
    capacity = models.IntegerField(default=1)
    retries = models.TextField(default="{}")
    state = models.TextField(default=DRAFT)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    stopped_by = models.TextField(default="")
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "campaign"], name="store_campaign_campaign")
        ]


class Call(models.Model):
    """A call that is planned, running or over.

    campaign: empty for a call that somebody asked for by itself. attempt: 1 is the first; a retry
    is a call of its own. settled: entry id of the `call_recorded`. log_digest: of the last line of
    the event log. nurse: staff id of who took over. drill: nobody's health is talked about.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    call = models.TextField()
    patient = models.TextField()
    campaign = models.TextField(default="")
    program = models.TextField()
    protocol = models.TextField()
    language = models.TextField(default="en")
    state = models.TextField(default=PLANNED)
    attempt = models.IntegerField(default=1)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    carrier = models.TextField(default="")
    carrier_id = models.TextField(default="")
    dialed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    nurse = models.TextField(default="")
    drill = models.BooleanField(default=False)
    log_digest = models.BinaryField(default=b"")
    log_lines = models.IntegerField(default=0)
    settled = models.TextField(default="")
    asked_by = models.TextField(default="")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "call"], name="store_call_call")
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "state", "due_at"], name="store_call_due"),
            models.Index(fields=["practice", "patient", "due_at"], name="store_call_patient"),
            models.Index(fields=["practice", "campaign", "state"], name="store_call_campaign"),
        ]


class CallLine(models.Model):
    """A line of a call's event log; rows are only added.

    line: JSON, an event or an action with its time. digest: SHA-256 over the digest before and the
    line.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    call = models.TextField()
    number = models.IntegerField()
    line = models.TextField()
    digest = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice", "call", "number"], name="store_callline_number"
            )
        ]


class CallSound(models.Model):
    """The sound of a call, sealed; kept only where the patient agreed, and not for ever.

    digest: of the WAV file before sealing.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    call = models.TextField()
    key = models.TextField()
    sealed = models.BinaryField()
    digest = models.TextField()
    made_at = models.DateTimeField()
    forget_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "call"], name="store_callsound_call")
        ]
