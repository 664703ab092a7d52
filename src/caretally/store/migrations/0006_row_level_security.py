"""Row-level security on PostgreSQL; SQLite keeps one practice's journal a file and has none."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from caretally.store.guards import guards


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the policies."""
    if editor.connection.vendor == "postgresql":
        for statement in guards():
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0003_people_and_lists")]
    operations: ClassVar = [migrations.RunPython(guard)]
