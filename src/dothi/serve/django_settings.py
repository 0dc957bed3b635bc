"""Django's settings, derived from the platform's own (``dothi.core.config``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from dothi.core import config as _config
from dothi.core.secrets import secret
from dothi.engines.store.sqlite.connection import CHECKPOINT_PAGES
from dothi.sites.ui.static_digest import digest as static_digest

CONFIG = _config.current()
CONFIG.home.mkdir(parents=True, exist_ok=True)
BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = secret(CONFIG.home, "django")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver", *CONFIG.allowed_hosts]
if CONFIG.bind not in {"0.0.0.0", "::", *_config.LOOPBACK}:  # noqa: S104
    ALLOWED_HOSTS.append(CONFIG.bind)
if CONFIG.public_url:
    ALLOWED_HOSTS.append(CONFIG.public_url.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0])
    CSRF_TRUSTED_ORIGINS = [CONFIG.public_url.rstrip("/")]
SECURE_COOKIES = CONFIG.public_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "dothi.kernel.identity",
    "dothi.kernel.events",
    "dothi.kernel.packs",
    "dothi.kernel.directory",
    "dothi.kernel.messages",
    "dothi.kernel.payments",
    "dothi.kernel.feeds",
    "dothi.kernel.registers",
    "dothi.kernel.registers.imports",
    "dothi.kernel.registers.linkage",
    "dothi.kernel.cases",
    "dothi.kernel.fulfilment",
    "dothi.kernel.warehouse",
    "dothi.kernel.pipelines",
    "dothi.centres.hotline",
    "dothi.centres.opendata",
    "dothi.centres.services",
    "dothi.sites.ui",
    "dothi.sites.forms",
    "dothi.sites.citizen",
    "dothi.sites.hotline",
    "dothi.sites.casework",
    "dothi.sites.counter",
    "dothi.sites.treasury",
    "dothi.sites.operations",
    "dothi.sites.data",
    "dothi.sites.designer",
    "dothi.sites.desk",
    "dothi.sites.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_cotton",
    "ninja",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "dothi.sites.ui.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dothi.sites.ui.middleware.Preferences",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dothi.kernel.identity.middleware.OriginMiddleware",
    "dothi.centres.opendata.http.middleware.Metered",
]
CSRF_FAILURE_VIEW = "dothi.sites.ui.views.forgery"
ROOT_URLCONF = "dothi.serve.urls"
WSGI_APPLICATION = "dothi.serve.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "dothi.sites.ui.shell.shell",
            ],
        },
    }
]


def _postgresql(url: str) -> dict[str, Any]:
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 300,
    }


_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(CONFIG.home / "city.sqlite3"),
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # The log is moved into the file by a worker (``background.parts``), by a commit only when it has grown large.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        f" PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}; PRAGMA mmap_size=1073741824;",
    },
    "CONN_MAX_AGE": None,
    # A file, so that the store engine and other threads see what a test wrote.
    "TEST": {"NAME": str(CONFIG.home / "test-city.sqlite3")},
}
DATABASES = {"default": _postgresql(CONFIG.database_url) if CONFIG.database_url else _SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Account"

LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "sites" / "ui" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True

STATIC_URL = f"/static/{static_digest()}/"
STATIC_ROOT = CONFIG.home / "static" / static_digest()
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False

# An online basemap brings tiles, letters and pictures from hosts that its style names.
_BASEMAP = ["https:"] if CONFIG.basemap_style else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:", *_BASEMAP],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF, *_BASEMAP],
        "font-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
LOGGING_CONFIG = None

from dothi.kernel.identity.settings import *  # noqa: E402, F403  sign-in: backends, throttling, factors
