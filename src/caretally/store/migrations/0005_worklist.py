"""The worklist: by what it is sorted, and by which words it can be narrowed down."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

WORDS = ("name_key", "programs", "reasons", "team")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0006_row_level_security")]

    operations: ClassVar = [
        *(migrations.AddField("workitem", name, models.TextField(default="")) for name in WORDS),
        migrations.RemoveIndex("workitem", "store_workitem_order"),
        migrations.AddIndex(
            "workitem",
            models.Index(
                fields=["practice", "is_listed", "urgency", "by_on", "name_key", "patient"],
                name="store_workitem_order",
            ),
        ),
    ]
