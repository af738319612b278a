"""Django's settings, made from mingcha's own (settings.py): one place to set things, for both halves.

SQLite in MINGCHA_HOME unless `database` names a PostgreSQL server. The key that signs sessions is made once and kept
beside the database, readable by its owner alone.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mingcha.errors import Usage
from mingcha.settings import load

_own = load()
HOME = _own.root / "office"
HOME.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as f:
        f.write(secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()


def _database(address: str | None) -> dict[str, object]:
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "office.sqlite3"),
            "OPTIONS": {
                # A writer takes the lock at its begin: two officers wait for each other instead of failing midway.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Usage(
            "database 应为 postgresql://用户:口令@主机:端口/库名",
            "database has to be postgresql://user:password@host:port/name",
            {"zh": "见 docs/settings.md", "en": "see docs/settings.md"},
            code="bad-settings",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = _secret(HOME / "session.key")
DEBUG = False
ALLOWED_HOSTS: list[str] = ["localhost", "127.0.0.1", "[::1]"]
DATABASES = {"default": _database(_own.database)}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "mingcha.server.people",
    "mingcha.server.registry",
    "mingcha.server.ledger",
]
AUTH_USER_MODEL = "people.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
