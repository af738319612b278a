"""An office of its own for each worker: a database in a temporary home, migrated once; tests roll back.

The same tests run on PostgreSQL too: test_postgresql.py starts a server and runs this folder again with
MINGCHA_DATABASE set.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

ALONE = ("test_together.py", "test_sequence.py")
"""Files whose tests commit what they do, and events are never deleted: test_alone.py runs them in a process, and with it a
database, of their own. To run one of them by hand: MINGCHA_ALONE=1 pytest tests/server/test_sequence.py"""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave those files to test_alone.py."""
    return True if collection_path.name in ALONE and "MINGCHA_ALONE" not in os.environ else None


_HOME = tempfile.TemporaryDirectory(prefix="mingcha-office-")
# Models can be imported only after the set-up, and tests import them at their top.
with pytest.MonkeyPatch.context() as patch:
    patch.setenv("MINGCHA_HOME", _HOME.name)
    patch.setenv("MINGCHA_SECOND_FACTOR", "none")  # tests that ask for it say so
    patch.chdir(_HOME.name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mingcha.server.conf.settings"
    django.setup()
# Django sets the time zone of the whole process; other tests that run in it have their own.
os.environ.pop("TZ", None)
time.tzset()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from tests.server.cast import Cast, make  # noqa: E402


@pytest.fixture(scope="session")
def home() -> Path:
    """The office's home, with its tables."""
    call_command("migrate", verbosity=0, interactive=False)
    return Path(_HOME.name)


@pytest.fixture
def db(home: Path) -> Iterator[None]:
    """A transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody there is, and an inspected app."""
    return make()
