"""What is set the same everywhere and touches nothing: apps, sign-in, time. Types are checked against it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

HOME = Path("office")
"""Folder of the office; settings.py says which."""
DEBUG = False
HOME = Path()
"""The office's folder; set where the settings are put together."""
ALLOWED_HOSTS: list[str] = ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "mingcha.server.desk.urls"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "mingcha.server.desk",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "mingcha.server.people",
    "mingcha.server.registry",
    "mingcha.server.ledger",
    "mingcha.server.batches",
    "mingcha.server.documents",
    "mingcha.server.inspections",
    "mingcha.server.figures",
    "mingcha.server.credit",
    "mingcha.server.api",
    "mingcha.server.outbox",
    "mingcha.server.campaigns",
    "mingcha.server.evaluations",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "mingcha.server.entry",
    "mingcha.server.staff",
    "mingcha.server.search",
    "mingcha.server.inbox",
    "mingcha.server.records",
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
BEHIND_PROXY = False
MIDDLEWARE = [
    "mingcha.server.desk.front.Visitor",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mingcha.server.api.edge.Edge",
    "mingcha.server.desk.front.Office",
    "django_otp.middleware.OTPMiddleware",
    "mingcha.server.entry.gate.Gate",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "mingcha.server.desk.front.around"]},
    }
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # of one address: nobody can lock an officer out from elsewhere
AXES_USERNAME_FORM_FIELD = "username"  # as in the credentials; the default is the name of the model's field
AXES_LOCKOUT_CALLABLE = "mingcha.server.desk.front.locked"
AXES_VERBOSE = False
CSRF_FAILURE_VIEW = "mingcha.server.desk.front.expired"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SECOND_FACTOR: tuple[str, ...] = ("approver", "admin")
OTP_TOTP_ISSUER = "mingcha"
OIDC_ISSUER = OIDC_CLIENT = OIDC_SECRET = OIDC_CLAIM = ""
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
