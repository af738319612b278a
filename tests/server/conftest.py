"""An office of its own for each worker: a database in a temporary home, migrated once; tests roll back.

The same tests run on PostgreSQL too: test_postgresql.py starts a server and runs this folder again with
MINGCHA_DATABASE set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("django", reason="the extra `server` is not installed")

if TYPE_CHECKING:
    from tests.server.cast import Cast


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office's home; Django is set up on it once for the whole process."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGCHA_HOME", str(folder))
        patch.setenv("DJANGO_SETTINGS_MODULE", "mingcha.server.conf.settings")
        patch.chdir(folder)
        import django

        django.setup()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingcha.server.conf.settings")
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return folder


@pytest.fixture
def db(home: Path) -> Iterator[None]:
    """A transaction that is rolled back."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody there is, and an inspected app."""
    from tests.server.cast import make

    return make()
