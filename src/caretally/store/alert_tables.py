"""Tables of alerts: a projection of the journal, and who is told by which channel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Alert(models.Model):
    """An alert as the journal has it now; a projection.

    level: position in `codes.ALERT_LEVELS`. state: open, acknowledged or closed. raised_at,
    answer_by: ISO instants in UTC; answer_by is empty where nobody is waited for. readings: ids
    separated by spaces. step: how far up the ladder it was told; -1 before anybody was.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    stream = models.ForeignKey("store.Stream", models.PROTECT)
    patient = models.TextField()
    alert = models.TextField()
    rule = models.TextField()
    level = models.SmallIntegerField()
    metric = models.TextField(default="")
    says = models.TextField()
    readings = models.TextField(default="")
    raised_at = models.TextField()
    answer_by = models.TextField(default="")
    owner = models.TextField(default="")
    state = models.TextField(default="open")
    acknowledged_by = models.TextField(default="")
    acknowledged_at = models.TextField(default="")
    step = models.SmallIntegerField(default=-1)
    outcome = models.TextField(default="")
    closed_by = models.TextField(default="")
    closed_at = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "alert"], name="store_alert_alert")
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "state", "level"], name="store_alert_list"),
        ]


class ContactPoint(models.Model):
    """Where a member of staff is told of alerts.

    channel: one of `codes.CHANNELS`. key, sealed: the address, sealed like other secrets.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    staff = models.TextField()
    channel = models.TextField()
    key = models.TextField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Notice(models.Model):
    """That somebody is told of an alert, by one channel; sent when the channel took it.

    state: waiting, sent or given_up. answer: what the channel said, without any address.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    alert = models.TextField()
    step = models.SmallIntegerField()
    staff = models.TextField()
    channel = models.TextField()
    state = models.TextField(default="waiting")
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice", "alert", "step", "staff", "channel"], name="store_notice_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="store_notice_due")]
