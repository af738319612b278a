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
from mingcha.server.conf.base import *  # noqa: F403 - how Django settings are put together
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
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
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
        # Not `hostname`: that one is lower-cased, and a host may be the folder of a socket.
        "HOST": unquote(parts.netloc.rpartition("@")[2].partition(":")[0]),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = _secret(HOME / "session.key")
ALLOWED_HOSTS = [*ALLOWED_HOSTS, *(h.strip() for h in _own.hosts.split(",") if h.strip())]  # noqa: F405
CSRF_TRUSTED_ORIGINS = [f"https://{h}" for h in ALLOWED_HOSTS] if _own.proxy else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_PROXY = _own.proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _own.proxy else None
# Counts of what one address asked for, the same for all processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(HOME / "cache")}}
SECOND_FACTOR = tuple(r.strip() for r in _own.second_factor.split(",") if r.strip() not in ("", "none"))
OIDC_ISSUER, OIDC_CLIENT, OIDC_SECRET, OIDC_CLAIM = _own.oidc_issuer, _own.oidc_client, _own.oidc_secret, _own.oidc_claim
DATABASES = {"default": _database(_own.database)}
