"""Tables of who may do what, and of work under way; they are no journal and no projection of one.

What must be evidence is told in the journal beside them: who was given a role, who looked, what a
timer measured. Rows here may change; a row that ends is kept with the instant at which it ended.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Membership(models.Model):
    """That a person works in a practice in a role.

    role: one of `practice.roles`. clinic: the practice id of a clinic, empty for all of them.
    staff: the person's staff id in the journal, empty where the person does no clinical work.
    from_on, to_on: local dates, inclusive.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    practice = models.ForeignKey("store.Practice", models.PROTECT)
    role = models.TextField()
    clinic = models.TextField(default="")
    staff = models.TextField(default="")
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    granted_by = models.TextField()
    granted_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "practice"], name="store_membership_user")
        ]


class ApiToken(models.Model):
    """A token of the API: only the digest of its secret is kept.

    scopes: words separated by spaces.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    name = models.TextField()
    digest = models.BinaryField(unique=True)
    scopes = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)


class RunningTimer(models.Model):
    """The one timer that a person has, in `timekeeping.timers.saved` form."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT)
    practice = models.ForeignKey("store.Practice", models.PROTECT)
    timer = models.TextField(unique=True)
    patient = models.TextField()
    state = models.BinaryField()


class ForgottenTimer(models.Model):
    """A timer nobody stopped; it counts nothing until somebody attests to it or lets it go."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    practice = models.ForeignKey("store.Practice", models.PROTECT)
    timer = models.TextField(unique=True)
    patient = models.TextField()
    why = models.TextField()
    state = models.BinaryField()
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(default="")


class BrokenGlass(models.Model):
    """That a person opened charts beyond the usual reach, for a reason and a time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    practice = models.ForeignKey("store.Practice", models.PROTECT)
    patient = models.TextField()
    reason = models.TextField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.TextField(default="")


class Secret(models.Model):
    """A secret of another party, sealed under one of the program's keys.

    purpose: what it is for, unique in the practice. key: which key it is sealed under.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    purpose = models.TextField()
    key = models.TextField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "purpose"], name="store_secret_purpose")
        ]


class Subscription(models.Model):
    """An address that wants to be told of events, with its secret in `Secret`.

    events: words separated by spaces.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    name = models.TextField(unique=True)
    url = models.TextField()
    events = models.TextField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Delivery(models.Model):
    """An event on its way to a subscription; sent when answered with success.

    state: waiting, sent or given_up. leased_until: somebody is sending it until then.
    """

    subscription = models.ForeignKey(Subscription, models.PROTECT)
    event = models.TextField()
    kind = models.TextField()
    body = models.TextField()
    state = models.TextField(default="waiting")
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "event"], name="store_delivery_event")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="store_delivery_due")]


class Answered(models.Model):
    """What was answered to a request with an idempotency key, to be answered again.

    asked: digest of the request.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    caller = models.TextField()
    key = models.TextField()
    asked = models.BinaryField()
    status = models.IntegerField()
    body = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "caller", "key"], name="store_answered_key")
        ]
