"""The tables: the journal, which only grows, and projections, which can be dropped and rebuilt.

Rows are read and written with SQL in the modules beside this one; the models describe tables for
migrations. Triggers refuse UPDATE, DELETE and TRUNCATE on the tables marked as append-only.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from caretally.store.alert_tables import Alert, ContactPoint, Notice
from caretally.store.billing_tables import (
    ClaimCard,
    ClosingRun,
    DecisionCard,
    Denial,
    ExchangedFile,
)
from caretally.store.call_tables import Call, CallLine, CallSound, Campaign
from caretally.store.intake_tables import (
    Connection,
    DeviceCard,
    DeviceHealth,
    DeviceName,
    Inbound,
    IntakeEvent,
    IntakeFault,
    IntakeReading,
    IntakeSource,
    PullMark,
)
from caretally.store.people import (
    Answered,
    ApiToken,
    BrokenGlass,
    Delivery,
    ForgottenTimer,
    Membership,
    RunningTimer,
    Secret,
    Subscription,
)
from caretally.store.portal_tables import (
    ChatMessage,
    ChatPresence,
    Conversation,
    PortalAccount,
    PortalCode,
    PortalMail,
)

__all__ = [
    "Alert", "Answered", "ApiToken", "BrokenGlass", "Call", "CallLine", "CallSound", "Campaign",
    "ChatMessage", "ChatPresence", "ClaimCard", "ClosingRun", "Connection", "ContactPoint",
    "Conversation", "Correction", "DecisionCard", "Delivery", "Denial", "DeviceCard",
    "DeviceEvent", "DeviceHealth", "DeviceName", "Entry", "ExchangedFile", "ForgottenTimer",
    "Inbound", "IntakeEvent", "IntakeFault", "IntakeReading", "IntakeSource", "Leaf",
    "Membership", "Notice", "Overlap", "PatientCard", "PatientMonth", "PortalAccount",
    "PortalCode", "PortalMail",
    "Practice", "PullMark", "RunningTimer", "Seal", "Secret", "StaffSpan", "Stream",
    "Subscription", "WorkItem",
]  # fmt: skip

APPEND_ONLY = ("store_entry", "store_leaf", "store_seal")
"""Tables that triggers guard."""
PROJECTIONS = (
    "store_patientmonth", "store_overlap", "store_staffspan", "store_deviceevent",
    "store_correction", "store_patientcard", "store_workitem", "store_devicecard",
    "store_devicename", "store_alert", "store_decisioncard", "store_claimcard", "store_denial",
)  # fmt: skip
"""Tables that follow from the journal alone."""


class Practice(models.Model):
    """A practice and its journal.

    revision grows with every save, which locks this row: saves of one practice come one by one.
    """

    name = models.TextField(unique=True)
    revision = models.BigIntegerField(default=0)


class Stream(models.Model):
    """A chain of entries: one a patient, one a practice, access entries in chains of their own.

    head: digest of the last entry. ties: bits that say what other streams its months depend on.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    name = models.TextField()
    length = models.BigIntegerField(default=0)
    head = models.BinaryField()
    ties = models.SmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "name"], name="store_stream_name")
        ]


class Entry(models.Model):
    """An entry as it was written; append-only.

    line: the canonical line without line feed. digest: of the chain up to here.
    received_at: when it was stored, as text, to the byte as it was hashed.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    stream = models.ForeignKey(Stream, models.PROTECT, db_index=False)
    position = models.BigIntegerField()
    entry_id = models.TextField()
    received_at = models.TextField()
    line = models.TextField()
    digest = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "entry_id"], name="store_entry_id"),
            models.UniqueConstraint(fields=["stream", "position"], name="store_entry_position"),
        ]


class Seal(models.Model):
    """A root over the heads of all streams at an instant; append-only.

    size: leaves of the tree. token: RFC 3161 time stamp of the root, where one was asked for.
    """

    size = models.BigIntegerField()
    root = models.BinaryField()
    sealed_at = models.TextField()
    token = models.BinaryField(null=True)


class Leaf(models.Model):
    """A head that a seal covers, in the order of the tree; append-only."""

    place = models.BigIntegerField(primary_key=True)
    stream = models.ForeignKey(Stream, models.PROTECT)
    length = models.BigIntegerField()
    head = models.BinaryField()


class Correction(models.Model):
    """That an entry supersedes or voids another; a projection.

    family: the id of the entry at which all corrections of it began.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    entry_id = models.TextField()
    target_id = models.TextField()
    family = models.TextField()
    stream = models.ForeignKey(Stream, models.PROTECT)
    target_stream = models.ForeignKey(Stream, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice", "entry_id", "target_id"], name="store_correction_pair"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "target_id"], name="store_correction_target"),
            models.Index(fields=["practice", "family"], name="store_correction_family"),
        ]


class StaffSpan(models.Model):
    """Who worked from when to when, in seconds since 1970; a projection without patient content."""

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    person = models.TextField()
    begins = models.BigIntegerField()
    ends = models.BigIntegerField()
    entry_id = models.TextField()
    stream = models.ForeignKey(Stream, models.PROTECT, db_index=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["practice", "person", "begins"], name="store_staffspan_person"),
        ]


class Overlap(models.Model):
    """That a person's span in one stream overlaps one in another, told from both; a projection."""

    stream = models.ForeignKey(Stream, models.PROTECT)
    entry_id = models.TextField()
    begins = models.BigIntegerField()
    ends = models.BigIntegerField()
    rival = models.ForeignKey(Stream, models.PROTECT, related_name="+")
    rival_entry_id = models.TextField()


class DeviceEvent(models.Model):
    """In which streams a device was assigned or returned; a projection."""

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    device = models.TextField()
    stream = models.ForeignKey(Stream, models.PROTECT)
    entry_id = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["practice", "device"], name="store_deviceevent_device"),
        ]


class PatientMonth(models.Model):
    """A patient's month as the journal has it now: facts, totals and lines; a projection.

    facts, lines and holds are JSON. version grows when the digest of the content changes.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    stream = models.ForeignKey(Stream, models.PROTECT, db_index=False)
    patient = models.TextField()
    month = models.TextField()
    version = models.BigIntegerField(default=1)
    digest = models.BinaryField()
    payer = models.TextField(null=True)
    policy = models.TextField()
    management_seconds = models.BigIntegerField()
    live_seconds = models.BigIntegerField()
    ai_seconds = models.BigIntegerField()
    chat_seconds = models.BigIntegerField()
    qualifying_contacts = models.BigIntegerField()
    data_days = models.BigIntegerField()
    facts = models.TextField()
    lines = models.TextField()
    holds = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "month"], name="store_patientmonth_month")
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "month"], name="store_patientmonth_list"),
        ]


class PatientCard(models.Model):
    """What a list of patients shows of one, and what it is searched by; a projection.

    name_key: the name in lower case. clinic: practice id of the latest enrollment. programs and
    stages: of the episodes, as words separated by spaces. born_on: ISO date.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    stream = models.OneToOneField(Stream, models.PROTECT)
    patient = models.TextField()
    name = models.TextField()
    name_key = models.TextField()
    born_on = models.TextField(default="")
    sex = models.TextField(default="")
    language = models.TextField(default="")
    clinic = models.TextField(default="")
    time_zone = models.TextField(default="")
    payer = models.TextField(default="")
    programs = models.TextField(default="")
    stage = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice", "patient"], name="store_patientcard_patient"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "name_key"], name="store_patientcard_name"),
        ]


class WorkItem(models.Model):
    """A patient's place on the worklist of a day: a projection of the journal and of that day.

    as_of_on: the local date it was worked out for; empty while it waits to be worked out.
    urgency: 0 is the most urgent. by_on: last feasible day of what can still be reached, 9999-12-31
    where nothing is. programs, reasons, team: words with a space around each. content: JSON.
    judged_on: the local date for which the readings were last held against the rules of triage;
    empty while something new waits to be. Kept where it stood when all else is worked out anew.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    stream = models.OneToOneField(Stream, models.PROTECT)
    patient = models.TextField()
    name_key = models.TextField(default="")
    clinic = models.TextField(default="")
    month = models.TextField()
    as_of_on = models.TextField()
    is_listed = models.BooleanField()
    urgency = models.IntegerField()
    by_on = models.TextField(default="")
    programs = models.TextField(default="")
    reasons = models.TextField(default="")
    team = models.TextField(default="")
    content = models.TextField()
    judged_on = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["practice", "is_listed", "urgency", "by_on", "name_key", "patient"],
                name="store_workitem_order",
            ),
            models.Index(fields=["practice", "as_of_on"], name="store_workitem_day"),
            models.Index(fields=["practice", "judged_on"], name="store_workitem_judged"),
        ]
