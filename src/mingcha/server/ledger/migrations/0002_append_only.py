"""Events and their places in the log are never changed: the database itself refuses it, whoever asks."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("ledger_event", "ledger_sequenced")
_SQLITE = """
CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
# REPLACE deletes a row without asking the triggers of DELETE, unless the connection of whoever does it says so.
_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
_SAME = {
    "ledger_event": "id = NEW.id OR uid = NEW.uid OR (person_id = NEW.person_id AND key = NEW.key)",
    "ledger_sequenced": "id = NEW.id OR event_id = NEW.event_id OR \"index\" = NEW.\"index\"",
}
_REFUSE = """
CREATE FUNCTION mingcha_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION mingcha_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION mingcha_append_only();
"""


def guard(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers of the database in use."""
    if editor.connection.vendor == "postgresql":
        editor.execute(_REFUSE, params=None)
        for table in TABLES:
            editor.execute(_POSTGRESQL.format(table=table))
        return
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            editor.execute(_SQLITE.format(table=table, act=act))
        editor.execute(_REPLACE.format(table=table, same=_SAME[table]))


class Migration(migrations.Migration):
    """Triggers against changing events."""

    dependencies: ClassVar = [("ledger", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(guard, migrations.RunPython.noop)]
