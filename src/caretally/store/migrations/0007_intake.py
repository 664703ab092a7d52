"""What others send on its way to the journal, devices as they stand, and alerts."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from caretally.store.guards import INTAKE_BY_PRACTICE, guards_of


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the policies."""
    if editor.connection.vendor == "postgresql":
        for statement in guards_of(INTAKE_BY_PRACTICE):
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0005_worklist")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField(unique=True)),
                ("vendor", models.TextField()),
                ("title", models.TextField()),
                ("clinic", models.TextField(default="")),
                ("settings", models.TextField(default="{}")),
                ("state", models.TextField(default="live")),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("last_received_at", models.DateTimeField(null=True)),
                ("watermark", models.TextField(default="")),
                ("pull_due_at", models.DateTimeField(null=True)),
                ("pull_failures", models.IntegerField(default=0)),
                ("pull_says", models.TextField(default="")),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.practice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("staff", models.TextField()),
                ("channel", models.TextField()),
                ("key", models.TextField()),
                ("sealed", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.practice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Inbound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("body", models.BinaryField()),
                ("headers", models.TextField(default="{}")),
                ("received_us", models.BigIntegerField()),
                ("seen", models.IntegerField(default=1)),
                ("state", models.SmallIntegerField(default=0)),
                ("adapter", models.TextField(default="")),
                ("readings", models.IntegerField(default=0)),
                ("repeats", models.IntegerField(default=0)),
                ("faults", models.IntegerField(default=0)),
                ("unpacked_us", models.BigIntegerField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.connection",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IntakeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.BinaryField()),
                ("kind", models.TextField()),
                ("name", models.TextField(default="")),
                ("content", models.TextField()),
                ("received_us", models.BigIntegerField()),
                ("state", models.SmallIntegerField(default=0)),
                ("says", models.TextField(default="")),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.connection",
                    ),
                ),
                (
                    "inbound",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.inbound",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", 0)),
                        fields=["kind", "id"],
                        name="store_intakeevent_told",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("inbound", "key"), name="store_intakeevent_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="IntakeFault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("code", models.TextField()),
                ("says", models.TextField()),
                ("state", models.SmallIntegerField(default=0)),
                ("found_at", models.DateTimeField()),
                ("settled_by", models.TextField(default="")),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_why", models.TextField(default="")),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.connection",
                    ),
                ),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.inbound"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.practice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IntakeReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("element", models.IntegerField()),
                ("key", models.BinaryField()),
                ("name", models.TextField()),
                ("content", models.TextField()),
                ("measured_us", models.BigIntegerField(null=True)),
                ("received_us", models.BigIntegerField()),
                ("state", models.SmallIntegerField(default=0)),
                ("rule", models.TextField(default="")),
                ("says", models.TextField(default="")),
                ("device", models.TextField(default="")),
                ("patient", models.TextField(default="")),
                ("entry_id", models.TextField(default="")),
                ("settled_by", models.TextField(default="")),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_why", models.TextField(default="")),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.connection",
                    ),
                ),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.inbound"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IntakeSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("element", models.IntegerField()),
                ("how", models.TextField()),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.inbound"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.intakereading"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("alert", models.TextField()),
                ("step", models.SmallIntegerField()),
                ("staff", models.TextField()),
                ("channel", models.TextField()),
                ("state", models.TextField(default="waiting")),
                ("attempts", models.IntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("answer", models.TextField(default="")),
                ("made_at", models.DateTimeField()),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.practice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("patient", models.TextField()),
                ("alert", models.TextField()),
                ("rule", models.TextField()),
                ("level", models.SmallIntegerField()),
                ("metric", models.TextField(default="")),
                ("says", models.TextField()),
                ("readings", models.TextField(default="")),
                ("raised_at", models.TextField()),
                ("answer_by", models.TextField(default="")),
                ("owner", models.TextField(default="")),
                ("state", models.TextField(default="open")),
                ("acknowledged_by", models.TextField(default="")),
                ("acknowledged_at", models.TextField(default="")),
                ("step", models.SmallIntegerField(default=-1)),
                ("outcome", models.TextField(default="")),
                ("closed_by", models.TextField(default="")),
                ("closed_at", models.TextField(default="")),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.stream"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["practice", "state", "level"], name="store_alert_list")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "alert"), name="store_alert_alert")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device", models.TextField()),
                ("clinic", models.TextField(default="")),
                ("vendor", models.TextField(default="")),
                ("model", models.TextField(default="")),
                ("serial", models.TextField(default="")),
                ("medical_device", models.BooleanField(default=False)),
                ("parameters", models.TextField(default="")),
                ("status", models.TextField(default="")),
                ("status_at", models.TextField(default="")),
                ("patient", models.TextField(default="")),
                ("since", models.TextField(default="")),
                ("registered_at", models.TextField(default="")),
                ("names", models.TextField(default="")),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "device"), name="store_devicecard_device"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceHealth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("sign_us", models.BigIntegerField(default=0)),
                ("reading_us", models.BigIntegerField(default=0)),
                ("battery_us", models.BigIntegerField(default=0)),
                ("battery_percent", models.TextField(default="")),
                ("signal", models.TextField(default="")),
                ("trouble", models.TextField(default="")),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "name"), name="store_devicehealth_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("device", models.TextField()),
                ("claim", models.TextField(default="")),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "name", "device"), name="store_devicename_name"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="devicecard",
            index=models.Index(fields=["practice", "patient"], name="store_devicecard_patient"),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(
                condition=models.Q(("state", 0)), fields=["id"], name="store_inbound_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(fields=["practice", "received_us"], name="store_inbound_list"),
        ),
        migrations.AddConstraint(
            model_name="inbound",
            constraint=models.UniqueConstraint(
                fields=("connection", "key"), name="store_inbound_key"
            ),
        ),
        migrations.AddIndex(
            model_name="intakefault",
            index=models.Index(
                condition=models.Q(("state", 0)),
                fields=["practice", "id"],
                name="store_intakefault_open",
            ),
        ),
        migrations.AddIndex(
            model_name="intakereading",
            index=models.Index(
                condition=models.Q(("state", 0)),
                fields=["practice", "id"],
                name="store_intakereading_ready",
            ),
        ),
        migrations.AddIndex(
            model_name="intakereading",
            index=models.Index(
                condition=models.Q(("state", 2)),
                fields=["practice", "id"],
                name="store_intakereading_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="intakereading",
            constraint=models.UniqueConstraint(
                fields=("practice", "key"), name="store_intakereading_key"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["state", "due_at"], name="store_notice_due"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("practice", "alert", "step", "staff", "channel"), name="store_notice_once"
            ),
        ),
        migrations.AddField(
            model_name="workitem", name="judged_on", field=models.TextField(default="")
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(fields=["practice", "judged_on"], name="store_workitem_judged"),
        ),
        migrations.CreateModel(
            name="PullMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField(default="")),
                ("watermark", models.DateTimeField(null=True)),
                ("wanted", models.TextField(default="")),
                ("cursor", models.TextField(default="")),
                ("due_at", models.DateTimeField()),
                ("failures", models.IntegerField(default=0)),
                ("says", models.TextField(default="")),
                ("state", models.TextField(default="live")),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.connection",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "live")),
                        fields=["connection", "due_at"],
                        name="store_pullmark_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "name"), name="store_pullmark_name"
                    )
                ],
            },
        ),
        migrations.RunPython(guard),
    ]
