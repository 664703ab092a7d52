"""Decisions, claims and denials as the journal has them, and files that left or came."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from caretally.store.guards import BILLING_BY_PRACTICE, guards_of


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the policies."""
    if editor.connection.vendor == "postgresql":
        for statement in guards_of(BILLING_BY_PRACTICE):
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("store", "0007_intake"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ClaimCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("patient", models.TextField()),
                ("month", models.TextField()),
                ("claim", models.TextField()),
                ("control_number", models.TextField()),
                ("frequency", models.TextField()),
                ("replaces", models.TextField(default="")),
                ("payer", models.TextField()),
                ("decisions", models.TextField(default="[]")),
                ("codes", models.TextField(default="")),
                ("lines", models.TextField(default="[]")),
                ("state", models.TextField(default="prepared")),
                ("total", models.BigIntegerField()),
                ("expected", models.BigIntegerField(null=True)),
                ("allowed", models.BigIntegerField(default=0)),
                ("paid", models.BigIntegerField(default=0)),
                ("patient_share", models.BigIntegerField(default=0)),
                ("batch", models.TextField(default="")),
                ("number", models.TextField(default="")),
                ("prepared_on", models.TextField()),
                ("submitted_on", models.TextField(default="")),
                ("answered_on", models.TextField(default="")),
                ("says", models.TextField(default="")),
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
                    models.Index(fields=["practice", "month", "state"], name="store_claimcard_list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "claim"), name="store_claimcard_claim"
                    ),
                    models.UniqueConstraint(
                        fields=("practice", "control_number"), name="store_claimcard_control"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosingRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.TextField()),
                ("known_until", models.TextField()),
                ("state", models.TextField(default="running")),
                ("total", models.BigIntegerField(default=0)),
                ("done", models.BigIntegerField(default=0)),
                ("begun_by", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("says", models.TextField(default="")),
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
                        fields=("practice", "month"), name="store_closingrun_month"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("patient", models.TextField()),
                ("month", models.TextField()),
                ("decision", models.TextField()),
                ("entry_id", models.TextField()),
                ("made_at", models.TextField()),
                ("digest", models.BinaryField()),
                ("payer", models.TextField(default="")),
                ("provider", models.TextField(default="")),
                ("lines", models.TextField(default="[]")),
                ("holds", models.TextField(default="[]")),
                ("flags", models.TextField(default="[]")),
                ("state", models.TextField(default="made")),
                ("replaces", models.TextField(default="")),
                ("proposes", models.TextField(default="")),
                ("signed_by", models.TextField(default="")),
                ("signed_at", models.TextField(default="")),
                ("own_time", models.BooleanField(default=False)),
                ("withheld", models.TextField(default="[]")),
                ("says", models.TextField(default="")),
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
                    models.Index(
                        fields=["practice", "month", "state"], name="store_decisioncard_list"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "decision"), name="store_decisioncard_decision"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Denial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("patient", models.TextField()),
                ("month", models.TextField()),
                ("claim", models.TextField()),
                ("line", models.TextField(default="")),
                ("code", models.TextField(default="")),
                ("payer", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("adjustments", models.TextField(default="[]")),
                ("remarks", models.TextField(default="[]")),
                ("answered_on", models.TextField()),
                ("state", models.TextField(default="open")),
                ("action", models.TextField(default="")),
                ("worked_by", models.TextField(default="")),
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
                    models.Index(
                        fields=["practice", "state", "answered_on"], name="store_denial_list"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "claim", "line"), name="store_denial_line"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("control", models.TextField(default="")),
                ("digest", models.BinaryField()),
                ("body", models.BinaryField()),
                ("claims", models.IntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("says", models.TextField(default="{}")),
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
                    models.Index(fields=["practice", "made_at"], name="store_exchangedfile_list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "name"), name="store_exchangedfile_name"
                    ),
                    models.UniqueConstraint(
                        fields=("practice", "kind", "digest"), name="store_exchangedfile_digest"
                    ),
                ],
            },
        ),
        migrations.RunPython(guard),
    ]
