"""Calls by an automated voice, who signs in from outside, and written conversations."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from caretally.store.guards import CALLS_BY_PRACTICE, guards_of


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the policies."""
    if editor.connection.vendor == "postgresql":
        for statement in guards_of(CALLS_BY_PRACTICE):
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("store", "0008_billing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("call", models.TextField()),
                ("patient", models.TextField()),
                ("campaign", models.TextField(default="")),
                ("program", models.TextField()),
                ("protocol", models.TextField()),
                ("language", models.TextField(default="en")),
                ("state", models.TextField(default="planned")),
                ("attempt", models.IntegerField(default=1)),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("carrier", models.TextField(default="")),
                ("carrier_id", models.TextField(default="")),
                ("dialed_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(default="")),
                ("nurse", models.TextField(default="")),
                ("drill", models.BooleanField(default=False)),
                ("log_digest", models.BinaryField(default=b"")),
                ("log_lines", models.IntegerField(default=0)),
                ("settled", models.TextField(default="")),
                ("asked_by", models.TextField(default="")),
                ("made_at", models.DateTimeField()),
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
                    models.Index(fields=["practice", "state", "due_at"], name="store_call_due"),
                    models.Index(
                        fields=["practice", "patient", "due_at"], name="store_call_patient"
                    ),
                    models.Index(
                        fields=["practice", "campaign", "state"], name="store_call_campaign"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "call"), name="store_call_call")
                ],
            },
        ),
        migrations.CreateModel(
            name="CallLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("call", models.TextField()),
                ("number", models.IntegerField()),
                ("line", models.TextField()),
                ("digest", models.BinaryField()),
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
                        fields=("practice", "call", "number"), name="store_callline_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallSound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("call", models.TextField()),
                ("key", models.TextField()),
                ("sealed", models.BinaryField()),
                ("digest", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("forget_at", models.DateTimeField()),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.practice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "call"), name="store_callsound_call"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("campaign", models.TextField()),
                ("name", models.TextField()),
                ("program", models.TextField()),
                ("protocol", models.TextField()),
                ("begins_on", models.TextField()),
                ("ends_on", models.TextField()),
                ("weekdays", models.TextField(default="12345")),
                ("from_time", models.TextField(default="09:00")),
                ("to_time", models.TextField(default="18:00")),
                ("every_days", models.IntegerField(default=7)),
                ("capacity", models.IntegerField(default=1)),
                ("retries", models.TextField(default="{}")),
                ("state", models.TextField(default="draft")),
                ("made_by", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("stopped_by", models.TextField(default="")),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.practice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "campaign"), name="store_campaign_campaign"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("conversation", models.TextField()),
                ("patient", models.TextField()),
                ("message", models.TextField()),
                ("side", models.TextField()),
                ("author", models.TextField()),
                ("text", models.TextField()),
                ("automated", models.BooleanField(default=False)),
                ("server_at", models.DateTimeField()),
                ("client_at", models.DateTimeField()),
                ("composing_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
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
                        fields=["practice", "conversation", "server_at"],
                        name="store_chatmessage_list",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "message"), name="store_chatmessage_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatPresence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("conversation", models.TextField()),
                ("side", models.TextField()),
                ("author", models.TextField()),
                ("from_at", models.DateTimeField()),
                ("to_at", models.DateTimeField()),
                ("typing_at", models.DateTimeField(null=True)),
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
                        fields=["practice", "conversation"], name="store_chatpresence_list"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("conversation", models.TextField()),
                ("patient", models.TextField()),
                ("program", models.TextField()),
                ("state", models.TextField(default="open")),
                ("topics", models.TextField(default="")),
                ("measured", models.TextField(default="")),
                ("begun_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
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
                        fields=["practice", "patient", "begun_at"], name="store_conversation_list"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "conversation"), name="store_conversation_conversation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PortalAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("patient", models.TextField()),
                ("who", models.TextField()),
                ("language", models.TextField(default="en")),
                ("channel", models.TextField(default="letter")),
                ("key", models.TextField(default="")),
                ("address", models.BinaryField(default=b"")),
                ("mark", models.BinaryField(default=b"")),
                ("number", models.TextField(default="")),
                ("code", models.BinaryField(default=b"")),
                ("tries", models.IntegerField(default=0)),
                ("code_until", models.DateTimeField(null=True)),
                ("invited_by", models.TextField()),
                ("invited_at", models.DateTimeField()),
                ("joined_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.practice",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice", "patient"], name="store_portalaccount_patient"
                    ),
                    models.Index(fields=["code"], name="store_portalaccount_code"),
                    models.Index(fields=["mark"], name="store_portalaccount_mark"),
                    models.Index(fields=["number"], name="store_portalaccount_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PortalCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("digest", models.BinaryField()),
                ("asked_from", models.BinaryField(default=b"")),
                ("tries", models.IntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="store.portalaccount"
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
            name="PortalMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("key", models.TextField(default="")),
                ("sealed", models.BinaryField(default=b"")),
                ("state", models.TextField(default="waiting")),
                ("attempts", models.IntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("answer", models.TextField(default="")),
                ("made_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="store.portalaccount"
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
                "indexes": [models.Index(fields=["state", "due_at"], name="store_portalmail_due")],
            },
        ),
        migrations.RunPython(guard),
    ]
