"""Settings of the portal: one file for all environments, every value from the environment, safe by default.

A value that does not parse stops the start with a sentence. Each setting has a row in docs/settings.md and in
`.env.example`; a test compares them.
"""

import base64
import binascii
import re
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal import logs
from portal.tenants import TenantError, read_tenants

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()


def _secret(name: str, meaning: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. It is {meaning}; `python3 run.py` generates one.")
    return value


def _keys(name: str, text: str) -> list[str]:
    """Return keys of 32 bytes in URL-safe base64, which are joined by commas; empty for none."""
    keys = [key.strip() for key in text.split(",")] if text.strip() else []
    for key in keys:
        try:
            is_long_enough = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            is_long_enough = False
        if not is_long_enough:
            raise ImproperlyConfigured(f"{name} must be 32 bytes each, in URL-safe base64, joined by commas.")
    return keys


def _flag(name: str) -> bool:
    value = env.str(name, default="false").strip().lower()
    if value not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in ("true", "1", "yes", "on")


def _path(name: str) -> str:
    value: str = env.str(name, default="").strip()
    if value and not re.fullmatch(r"(/(?!\.{1,2}(/|\Z))[A-Za-z0-9._~-]+)+", value):
        raise ImproperlyConfigured(
            f"{name} must be a path such as /actors-portal, without a trailing slash, not {value!r}."
        )
    return value


def _number(name: str, default: int, least: int = 1) -> int:
    value = env.str(name, default=str(default)).strip()
    if not value.isascii() or not value.isdigit() or not least <= int(value[:9]) < 10**8:
        raise ImproperlyConfigured(f"{name} must be a whole number, {least} or more, not {value!r}.")
    return int(value)


# Secrets ----------------------------------------------------------------------------------------------------

SECRET_KEY = _secret("SECRET_KEY", "the key that signs cookies and forms")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
CREDENTIAL_KEYS = _keys("PORTAL_CREDENTIAL_KEYS", _secret("PORTAL_CREDENTIAL_KEYS", "the key that encrypts sign-ins"))
if SECRET_KEY in CREDENTIAL_KEYS:
    raise ImproperlyConfigured("PORTAL_CREDENTIAL_KEYS must not contain SECRET_KEY.")
# Seeds of Ed25519: the first signs evidence packs and heads of the audit log, all verify. None: nothing is signed.
EVIDENCE_KEYS = _keys("EVIDENCE_KEY", env.str("EVIDENCE_KEY", default=""))
if set(EVIDENCE_KEYS) & {SECRET_KEY, *CREDENTIAL_KEYS}:
    raise ImproperlyConfigured("EVIDENCE_KEY must not contain SECRET_KEY or a key of PORTAL_CREDENTIAL_KEYS.")
# The public halves of keys that are no longer there, whose signatures still verify.
EVIDENCE_PUBLIC_KEYS = _keys("EVIDENCE_PUBLIC_KEYS", env.str("EVIDENCE_PUBLIC_KEYS", default=""))

# Where it is served -----------------------------------------------------------------------------------------

DEBUG = _flag("DEBUG")
PLAIN_HTTP = _flag("PORTAL_PLAIN_HTTP")
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PLAIN_HTTP and not set(ALLOWED_HOSTS) <= _LOOPBACK:
    raise ImproperlyConfigured("PORTAL_PLAIN_HTTP is for local use only, but ALLOWED_HOSTS contains another host.")
BEHIND_PROXY = _flag("PORTAL_BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The path below which the portal is one of several applications of a host; empty where the host is its own. The proxy
# passes it on (`portal/paths.py`).
SCRIPT_NAME = _path("SCRIPT_NAME")
FORCE_SCRIPT_NAME = SCRIPT_NAME or None

# The Actors APIs --------------------------------------------------------------------------------------------

try:
    TENANTS = read_tenants(
        env.str("PORTAL_TENANTS_FILE", default=""),
        env.str("ACTORS_API_URL", default=""),
        env.str("ACTORS_API_VERSION", default="v2"),
        env.str("ACTORS_API_CLIENT_KEY", default=""),
        env.str("ACTORS_API_CLIENT_SECRET", default=""),
        env.str("ACTORS_API_LABEL", default=""),
        [way.strip() for way in env.list("ACTORS_API_SIGN_IN", default=[]) if way.strip()],
    )
except TenantError as problem:
    raise ImproperlyConfigured(str(problem)) from problem

# Accounts of a sandbox that sign in with one click, each with its name as the password, and a word on each.
SANDBOX_ACCOUNTS = env.dict("ACTORS_API_SANDBOX_ACCOUNTS", default={})

# How many pages of one process may wait for them at once; gunicorn_conf.py leaves more threads than that.
PAGES_AT_ONCE = _number("PORTAL_PAGES_AT_ONCE", 24)

# Bytes that an actor's container can be given: one environment variable, `NAME=` and the final zero included, and one
# file. Linux and the pipe of Abaco's workers set both; a server that was mended may take more.
MAX_VARIABLE_BYTES = _number("PORTAL_MAX_VARIABLE_BYTES", 128 * 1024)
MAX_BINARY_BYTES = _number("PORTAL_MAX_BINARY_BYTES", 64 * 1024)
# The largest body that the API's own front accepts: nginx refuses more with 413.
MAX_BODY_BYTES = _number("PORTAL_MAX_BODY_BYTES", 1024 * 1024)

# Who may read /metrics: whoever sends this as a bearer token, or everybody who reaches it while it is empty.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Where gunicorn keeps what the processes count (`gunicorn_conf.py`); empty is among the temporary files.
METRICS_DIR = env.str("PORTAL_METRICS_DIR", default="")

# Django -----------------------------------------------------------------------------------------------------

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "actors_app",
]
MIDDLEWARE = [
    "portal.middleware.RequestIdMiddleware",
    # Above all that may answer by itself, such as the redirect to https, so that its answers carry them too.
    "portal.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.HeadMiddleware",
    "portal.health.HealthMiddleware",
    "portal.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Above all that may answer a part of a page by itself, so that each alert gets its place.
    "django_htmx.middleware.HtmxMiddleware",
    "actors_app.core.pages.middleware.AlertPlaceMiddleware",
    "actors_app.core.bulkhead.BulkheadMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Above all that reads what was sent, which the CSRF token is a part of: that one is looked for below all of these.
    "actors_app.core.body_limits.BodyMiddleware",
    "actors_app.core.pages.middleware.SessionUseMiddleware",
    "actors_app.core.pages.middleware.ZoneMiddleware",
    "actors_app.core.pages.middleware.AbacoErrorMiddleware",
    "actors_app.core.pages.middleware.WriteGuardMiddleware",
    "actors_app.core.pages.middleware.DraftMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "actors_app.core.pages.context.portal",
            ],
            "builtins": ["actors_app.templatetags.actors", "actors_app.templatetags.allowed"],
        },
    }
]

# Store ------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'portal.sqlite3'}")}
_STORE = DATABASES["default"]
if _STORE["ENGINE"] == "django.db.backends.sqlite3":
    # Several processes share the file: readers never block (WAL), and a writer takes its lock when it begins, so
    # that it waits instead of failing half-way. It waits this long, in seconds, and is tried again (`store.py`).
    # Each thread keeps its connection: opening one, with its settings, takes as long as an empty page.
    _STORE.setdefault("CONN_MAX_AGE", 60)
    _STORE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 0.3,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif _STORE["ENGINE"] == "django.db.backends.postgresql":
    # A process keeps a few connections for all its threads: a page borrows one while it asks the store and gives it
    # back before it waits for the API (`store.py`). One that died is noticed before it is lent. No statement waits
    # longer than a page may take; what the address says in its query goes before.
    _STORE["ENGINE"] = "portal.postgresql"
    _STORE["CONN_MAX_AGE"] = 0
    _STORE["CONN_HEALTH_CHECKS"] = True
    _STORE["OPTIONS"] = {
        "connect_timeout": 2,
        "application_name": "actors-portal",
        "options": "-c lock_timeout=2s -c statement_timeout=5s -c idle_in_transaction_session_timeout=30s",
        **_STORE.get("OPTIONS", {}),
        # Seconds. Whoever finds none free waits two, and again while all are in use (`postgresql/base.py`). A server
        # that went away is tried again as soon as it is asked for: left to itself the pool would wait twice as long
        # after each failure.
        "pool": {
            "min_size": min(4, _number("PORTAL_STORE_CONNECTIONS", 16)),
            "max_size": _number("PORTAL_STORE_CONNECTIONS", 16),
            "timeout": 2,
            "max_idle": 300,
            "reconnect_timeout": 1,
        },
    }
else:
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://.")
# How long the audit trail is kept, by `manage.py prune_audit`; 0 is for ever.
AUDIT_RETENTION_DAYS = _number("AUDIT_RETENTION_DAYS", 0, least=0)
# How long a message that was sent through the portal is kept, encrypted; 0 keeps none.
KEEP_MESSAGES_DAYS = _number("PORTAL_KEEP_MESSAGES_DAYS", 30, least=0)
# How long executions are remembered, by `manage.py prune_history`; 0 is for ever.
HISTORY_RETENTION_DAYS = _number("HISTORY_RETENTION_DAYS", 0, least=0)
# How long an actor's former definitions are kept, encrypted, by `manage.py prune_definitions`; 0 is for ever.
DEFINITION_RETENTION_DAYS = _number("DEFINITION_RETENTION_DAYS", 0, least=0)
# The account with which `manage.py collect_history` reads them at a single API; a file of tenants names its own.
COLLECTOR_USERNAME = env.str("COLLECTOR_USERNAME", default="")
COLLECTOR_PASSWORD = env.str("COLLECTOR_PASSWORD", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A process's own memory of what cannot change, such as how an execution ended.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}},
    # Counts and charts of the execution history, some 100 kB each.
    "drawn": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "drawn",
        "OPTIONS": {"MAX_ENTRIES": 64},
    },
}

# Sessions, cookies, forms -----------------------------------------------------------------------------------

_HOST_PREFIX = "" if PLAIN_HTTP else "__Host-"
SESSION_ENGINE = "actors_app.core.security.sessions"
# Browsers take __Host- for no path but /: portals below two paths of a host are told apart by the names.
_OF_PATH = SCRIPT_NAME.replace("/", "-")
SESSION_COOKIE_NAME = f"{_HOST_PREFIX}portal-session{_OF_PATH}"
SESSION_COOKIE_AGE = _number("PORTAL_SESSION_HOURS", 24) * 60 * 60  # however much it is used
SESSION_IDLE_MINUTES = _number("PORTAL_SESSION_IDLE_MINUTES", 8 * 60)
SESSION_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = f"{_HOST_PREFIX}portal-csrf{_OF_PATH}"
CSRF_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# How many sign-ins may fail in a day, of one account and from one network address.
SIGN_INS_PER_ACCOUNT = _number("PORTAL_SIGN_INS_PER_ACCOUNT", 20)
SIGN_INS_PER_ADDRESS = _number("PORTAL_SIGN_INS_PER_ADDRESS", 100)
READ_ONLY = _flag("PORTAL_READ_ONLY")
CSRF_FAILURE_VIEW = "actors_app.core.pages.errors.csrf_failure"
# The largest body of a request, in bytes: what the API takes, in a form or in JSON, which make it up to twice as long.
DATA_UPLOAD_MAX_MEMORY_SIZE = max(2 * 1024 * 1024, 2 * MAX_BODY_BYTES)
FILE_UPLOAD_HANDLERS = ["actors_app.core.body_limits.InMemory"]

# Headers ----------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 60 * 60
# Below a path the host is not the portal's, and what holds for its subdomains is for others to say.
SECURE_HSTS_INCLUDE_SUBDOMAINS = not PLAIN_HTTP and not SCRIPT_NAME
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"] if SCRIPT_NAME else []
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# The JSON API -----------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "actors_app.core.api.authentication.BearerAuthentication",
        "actors_app.core.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["actors_app.core.api.authentication.IsSignedIn"],
    "DEFAULT_PARSER_CLASSES": ["actors_app.core.api.formats.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "actors_app.core.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "actors_app.core.api.exceptions.handle",
    # Nobody is a user of Django's own.
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Actors Portal",
    "VERSION": "1",
    "DESCRIPTION": "All operations of the portal's pages, for programs.",
    "SERVERS": [{"url": SCRIPT_NAME}] if SCRIPT_NAME else [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["actors_app.core.api.schema.strict_bodies"],
    "PATH_CONVERTER_OVERRIDES": {
        "abaco": {"type": "string", "pattern": "^[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,127}$"},
        "handle": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
}

# Files ------------------------------------------------------------------------------------------------------

STATIC_URL = f"{SCRIPT_NAME}/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.files.Files"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# Words and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Logging ----------------------------------------------------------------------------------------------------

DEFAULT_EXCEPTION_REPORTER_FILTER = "portal.reports.NoValues"
LOGGING_CONFIG = "logging.config.dictConfig"
LOG_FORMAT = env.str("LOG_FORMAT", default="text").strip().lower()
if LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT must be json or text, not {LOG_FORMAT!r}.")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").strip().upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured(f"LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL, not {LOG_LEVEL!r}.")
LOG_REQUESTS = _flag("LOG_REQUESTS")  # gunicorn reads it: it writes the line of each request
logs.hide(
    [
        SECRET_KEY,
        *SECRET_KEY_FALLBACKS,
        *CREDENTIAL_KEYS,
        *EVIDENCE_KEYS,
        *(tenant.client_secret for tenant in TENANTS.values()),
        *(tenant.collector_password for tenant in TENANTS.values()),
        COLLECTOR_PASSWORD,
        METRICS_TOKEN,
        str(_STORE.get("PASSWORD") or ""),
    ]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"unreported": {"()": "actors_app.core.error_reports.Unreported"}},
    "formatters": {"line": {"()": "portal.logs.formatter", "name": LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "actors_app": {"level": LOG_LEVEL},
        "portal": {"level": LOG_LEVEL},
        # urllib3 writes paths and queries at DEBUG, and a nonce is part of a path.
        "urllib3": {"level": "WARNING"},
        # At DEBUG these write what a page holds and what is asked of the store.
        "django.template": {"level": "WARNING"},
        "django.db.backends": {"level": "WARNING"},
        # It warns with the store's address, once for each try; that the store failed has a line of its own.
        "psycopg.pool": {"level": "ERROR"},
        "django.request": {"level": "ERROR", "filters": ["unreported"]},
    },
}
