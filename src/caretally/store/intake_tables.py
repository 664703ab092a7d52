"""Tables of what others send: connections, deliveries as they came, readings on their way, faults.

Readings pass through here on their way to the journal; what is billed rests on the journal alone.
Raw bodies may be forgotten when the practice no longer keeps them; their digests stay.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

WAITING, UNPACKED, REFUSED, FORGOTTEN = range(4)
"""States of a delivery: to be unpacked, unpacked, not readable at all, body no longer kept."""
READY, FILED, HELD, REJECTED, REPEATED, REMOVED = range(6)
"""States of a reading: to be filed, in the journal, held back, rejected by a person, told by
another route already, taken back by the vendor."""
CUSTODY, REMOVAL, FETCH = "custody", "removal", "fetch"
"""Kinds of what a vendor told beside readings; each waits for the room that acts on it."""
TOLD, DONE, REFUSED_EVENT = range(3)
"""States of what a vendor told: to be acted on, acted on, not to be acted on and why."""
OPEN, MENDED, DISMISSED = range(3)
"""States of a fault: to be looked at, gone when the delivery was read again, let go by a person."""


class Connection(models.Model):
    """A vendor's way into a practice; its secrets are in `Secret`.

    name: in the address of its webhook, such as con_…. clinic: the practice id of a clinic, empty
    for all. settings: JSON. watermark: how far it was fetched, in the vendor's words.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    name = models.TextField(unique=True)
    vendor = models.TextField()
    title = models.TextField()
    clinic = models.TextField(default="")
    settings = models.TextField(default="{}")
    state = models.TextField(default="live")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    last_received_at = models.DateTimeField(null=True)
    watermark = models.TextField(default="")
    pull_due_at = models.DateTimeField(null=True)
    pull_failures = models.IntegerField(default=0)
    pull_says = models.TextField(default="")
    leased_until = models.DateTimeField(null=True)


class Inbound(models.Model):
    """A delivery as it came.

    key: what makes it the same delivery again. digest: SHA-256 of the body. seen: how often it
    came. received_us, unpacked_us: microseconds since 1970. adapter: which parser read it.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False)
    key = models.BinaryField()
    digest = models.BinaryField()
    body = models.BinaryField()
    headers = models.TextField(default="{}")
    received_us = models.BigIntegerField()
    seen = models.IntegerField(default=1)
    state = models.SmallIntegerField(default=WAITING)
    adapter = models.TextField(default="")
    readings = models.IntegerField(default=0)
    repeats = models.IntegerField(default=0)
    faults = models.IntegerField(default=0)
    unpacked_us = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "key"], name="store_inbound_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="store_inbound_waiting", condition=Q(state=WAITING)),
            models.Index(fields=["practice", "received_us"], name="store_inbound_list"),
        ]


class IntakeReading(models.Model):
    """A reading, once however often it came.

    key: digest of device, metrics, time and values. name: the surest name of the device, as
    `scheme value`. content: the `VendorReading` as JSON. measured_us: null where only a local time
    is known. device, patient, entry_id: as it was filed. rule: why it is held.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False)
    inbound = models.ForeignKey(Inbound, models.PROTECT)
    element = models.IntegerField()
    key = models.BinaryField()
    name = models.TextField()
    content = models.TextField()
    measured_us = models.BigIntegerField(null=True)
    received_us = models.BigIntegerField()
    state = models.SmallIntegerField(default=READY)
    rule = models.TextField(default="")
    says = models.TextField(default="")
    device = models.TextField(default="")
    patient = models.TextField(default="")
    entry_id = models.TextField(default="")
    settled_by = models.TextField(default="")
    settled_at = models.DateTimeField(null=True)
    settled_why = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "key"], name="store_intakereading_key")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["practice", "id"], name="store_intakereading_ready",
                condition=Q(state=READY),
            ),
            models.Index(
                fields=["practice", "id"], name="store_intakereading_held",
                condition=Q(state=HELD),
            ),
        ]  # fmt: skip


class IntakeSource(models.Model):
    """That a reading came once more: in another delivery, or by another route.

    how: `again` or `route`.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    reading = models.ForeignKey(IntakeReading, models.PROTECT)
    inbound = models.ForeignKey(Inbound, models.PROTECT)
    element = models.IntegerField()
    how = models.TextField()


class IntakeEvent(models.Model):
    """What a vendor told beside readings: where a device is, a reading taken back, what to fetch.

    key: digest of kind and content, so that a delivery read again tells nothing twice. kind: one of
    CUSTODY, REMOVAL, FETCH. content: the `CustodyNotice`, `Removal` or `Fetch` as JSON. name: the
    surest name of the device, as `scheme value`. says: what came of it, in words.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False)
    inbound = models.ForeignKey(Inbound, models.PROTECT, db_index=False)
    key = models.BinaryField()
    kind = models.TextField()
    name = models.TextField(default="")
    content = models.TextField()
    received_us = models.BigIntegerField()
    state = models.SmallIntegerField(default=TOLD)
    says = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inbound", "key"], name="store_intakeevent_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "id"], name="store_intakeevent_told",
                         condition=Q(state=TOLD)),
        ]  # fmt: skip


class IntakeFault(models.Model):
    """Something in a delivery that was not understood."""

    practice = models.ForeignKey("store.Practice", models.PROTECT)
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False)
    inbound = models.ForeignKey(Inbound, models.PROTECT)
    path = models.TextField()
    code = models.TextField()
    says = models.TextField()
    state = models.SmallIntegerField(default=OPEN)
    found_at = models.DateTimeField()
    settled_by = models.TextField(default="")
    settled_at = models.DateTimeField(null=True)
    settled_why = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["practice", "id"], name="store_intakefault_open", condition=Q(state=OPEN)
            ),
        ]


class DeviceHealth(models.Model):
    """The last signs of life of a device, under the name it is known by to its vendor.

    name: `scheme value`. Instants are microseconds since 1970; 0 where there was none.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    name = models.TextField()
    sign_us = models.BigIntegerField(default=0)
    reading_us = models.BigIntegerField(default=0)
    battery_us = models.BigIntegerField(default=0)
    battery_percent = models.TextField(default="")
    signal = models.TextField(default="")
    trouble = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "name"], name="store_devicehealth_name")
        ]


class DeviceCard(models.Model):
    """What is on record of a device: a projection of the journal.

    patient: who holds it; empty in stock. since: ISO instant since when. status, status_at: the
    last that was told, and when. registered_at: empty where it is known from an assignment only.
    names: what it is known by, `scheme value` a line.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    device = models.TextField()
    clinic = models.TextField(default="")
    vendor = models.TextField(default="")
    model = models.TextField(default="")
    serial = models.TextField(default="")
    medical_device = models.BooleanField(default=False)
    parameters = models.TextField(default="")
    status = models.TextField(default="")
    status_at = models.TextField(default="")
    patient = models.TextField(default="")
    since = models.TextField(default="")
    registered_at = models.TextField(default="")
    names = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "device"], name="store_devicecard_device")
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "patient"], name="store_devicecard_patient")
        ]


class DeviceName(models.Model):
    """Under which name, `scheme value`, which device is known: a projection of the journal.

    claim: where several devices claim a name, the greatest of these texts wins.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    name = models.TextField()
    device = models.TextField()
    claim = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice", "name", "device"], name="store_devicename_name"
            )
        ]


class PullMark(models.Model):
    """How far what is known under a name is fetched: an account, a device, or all of a connection.

    name: `scheme value`; empty where all of a connection is fetched at once. watermark: up to when
    the vendor's receipts were fetched; null before the first time. wanted: a stretch of measured
    time that the vendor told of, as JSON. cursor: what is still to be asked of a stretch that was
    begun, as JSON. state: `live`, or `refused` where the vendor takes our key no more.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False)
    name = models.TextField(default="")
    watermark = models.DateTimeField(null=True)
    wanted = models.TextField(default="")
    cursor = models.TextField(default="")
    due_at = models.DateTimeField()
    failures = models.IntegerField(default=0)
    says = models.TextField(default="")
    state = models.TextField(default="live")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "name"], name="store_pullmark_name")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection", "due_at"], name="store_pullmark_due",
                condition=Q(state="live"),
            ),
        ]  # fmt: skip
