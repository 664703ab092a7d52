"""The tables of the journal and of what is derived from it."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="Practice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField(unique=True)),
                ("revision", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("sealed_at", models.TextField()),
                ("token", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Stream",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("length", models.BigIntegerField(default=0)),
                ("head", models.BinaryField()),
                ("ties", models.SmallIntegerField(default=0)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.practice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StaffSpan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.TextField()),
                ("begins", models.BigIntegerField()),
                ("ends", models.BigIntegerField()),
                ("entry_id", models.TextField()),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.stream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatientMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("patient", models.TextField()),
                ("month", models.TextField()),
                ("version", models.BigIntegerField(default=1)),
                ("digest", models.BinaryField()),
                ("payer", models.TextField(null=True)),
                ("policy", models.TextField()),
                ("management_seconds", models.BigIntegerField()),
                ("live_seconds", models.BigIntegerField()),
                ("ai_seconds", models.BigIntegerField()),
                ("chat_seconds", models.BigIntegerField()),
                ("qualifying_contacts", models.BigIntegerField()),
                ("data_days", models.BigIntegerField()),
                ("facts", models.TextField()),
                ("lines", models.TextField()),
                ("holds", models.TextField()),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.stream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Overlap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_id", models.TextField()),
                ("begins", models.BigIntegerField()),
                ("ends", models.BigIntegerField()),
                ("rival_entry_id", models.TextField()),
                (
                    "rival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.stream",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.stream"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("length", models.BigIntegerField()),
                ("head", models.BinaryField()),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.stream"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.BigIntegerField()),
                ("entry_id", models.TextField()),
                ("received_at", models.TextField()),
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
                (
                    "stream",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.stream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeviceEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device", models.TextField()),
                ("entry_id", models.TextField()),
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
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_id", models.TextField()),
                ("target_id", models.TextField()),
                ("family", models.TextField()),
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
                (
                    "target_stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.stream",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="stream",
            constraint=models.UniqueConstraint(
                fields=("practice", "name"), name="store_stream_name"
            ),
        ),
        migrations.AddIndex(
            model_name="staffspan",
            index=models.Index(
                fields=["practice", "person", "begins"], name="store_staffspan_person"
            ),
        ),
        migrations.AddIndex(
            model_name="patientmonth",
            index=models.Index(fields=["practice", "month"], name="store_patientmonth_list"),
        ),
        migrations.AddConstraint(
            model_name="patientmonth",
            constraint=models.UniqueConstraint(
                fields=("stream", "month"), name="store_patientmonth_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("practice", "entry_id"), name="store_entry_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("stream", "position"), name="store_entry_position"
            ),
        ),
        migrations.AddIndex(
            model_name="deviceevent",
            index=models.Index(fields=["practice", "device"], name="store_deviceevent_device"),
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(fields=["practice", "target_id"], name="store_correction_target"),
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(fields=["practice", "family"], name="store_correction_family"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                fields=("practice", "entry_id", "target_id"), name="store_correction_pair"
            ),
        ),
    ]
