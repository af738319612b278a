"""The indexes of names, for the database in use, and the names of the leads that are there already."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from mingcha.server.registry.models import folded
from mingcha.server.search.names import SOURCES
from mingcha.server.search.schema import PIECES, postgresql, sqlite


def note(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Names of leads that came before."""
    lead, name = apps.get_model("ledger", "Lead"), apps.get_model("search", "LeadName")
    rows = lead.objects.values_list("pk", "subject_name").iterator(2000)
    name.objects.bulk_create((name(lead_id=pk, folded=folded(text)[:255]) for pk, text in rows), batch_size=2000)


def index(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the indexes."""
    if editor.connection.vendor == "postgresql":
        editor.execute(PIECES, params=None)
    for source in SOURCES.values():
        for statement in postgresql(source) if editor.connection.vendor == "postgresql" else sqlite(source):
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Names and their indexes."""

    dependencies: ClassVar = [("search", "0001_initial"), ("registry", "0001_initial"), ("ledger", "0002_append_only")]
    operations: ClassVar = [
        migrations.RunPython(note, migrations.RunPython.noop), migrations.RunPython(index, migrations.RunPython.noop),
    ]  # fmt: skip
