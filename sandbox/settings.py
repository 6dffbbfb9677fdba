"""The sandbox's own settings, apart from the portal's: one SQLite file, no middleware but ours.

What an operator may change comes from the environment; `python -m sandbox --help` names the same things as options.
"""

import logging
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SANDBOX_HOST = os.environ.get("SANDBOX_HOST", "127.0.0.1")
SANDBOX_PORT = int(os.environ.get("SANDBOX_PORT", "8100"))
SANDBOX_CERTIFICATE = os.environ.get("SANDBOX_CERTIFICATE", "")  # one PEM file with the key; empty: no TLS
_SCHEME = "https" if SANDBOX_CERTIFICATE else "http"
SANDBOX_URL = os.environ.get("SANDBOX_URL", f"{_SCHEME}://{SANDBOX_HOST}:{SANDBOX_PORT}")
# What v3 calls itself in links: not where it is, but the host that Abaco's nginx hands on.
SANDBOX_TAPIS_URL = os.environ.get("SANDBOX_TAPIS_URL", "https://localhost:5000")
SANDBOX_CONTAINER_BACKEND = os.environ.get("SANDBOX_CONTAINER_BACKEND", "docker")  # of v3: or `kubernetes`
SANDBOX_TENANT = os.environ.get("SANDBOX_TENANT", "SANDBOX")
SANDBOX_CASE = os.environ.get("SANDBOX_CASE", "camel")  # of the names in v2; `snake` is Abaco's default off a gateway
SANDBOX_FILL = os.environ.get("SANDBOX_FILL", "full")
SANDBOX_CROWD = int(os.environ.get("SANDBOX_CROWD", "100000"))
SANDBOX_ENGINE = os.environ.get("SANDBOX_ENGINE", "on") == "on"

# How long things take and last, in seconds.
SANDBOX_PULL_SECONDS = float(os.environ.get("SANDBOX_PULL_SECONDS", "0.2"))
SANDBOX_IDLE_SECONDS = float(os.environ.get("SANDBOX_IDLE_SECONDS", "600"))
SANDBOX_MAX_RUN_TIME = float(os.environ.get("SANDBOX_MAX_RUN_TIME", "14400"))
SANDBOX_CRON_SECONDS = float(os.environ.get("SANDBOX_CRON_SECONDS", "20"))
SANDBOX_SYNC_SECONDS = float(os.environ.get("SANDBOX_SYNC_SECONDS", "60"))
SANDBOX_RETRY_SECONDS = float(os.environ.get("SANDBOX_RETRY_SECONDS", "5"))
SANDBOX_STOP_SECONDS = float(os.environ.get("SANDBOX_STOP_SECONDS", "10"))
SANDBOX_DELETE_SECONDS = float(os.environ.get("SANDBOX_DELETE_SECONDS", "20"))
SANDBOX_HEALTH_SECONDS = float(os.environ.get("SANDBOX_HEALTH_SECONDS", "30"))
SANDBOX_SHUTDOWN_SECONDS = float(os.environ.get("SANDBOX_SHUTDOWN_SECONDS", "300"))
SANDBOX_SILENCE_SECONDS = float(os.environ.get("SANDBOX_SILENCE_SECONDS", "3600"))
SANDBOX_LOG_SECONDS = 43200
SANDBOX_LOG_LIMIT_SECONDS = 86400
SANDBOX_RESULT_SECONDS = 1200
SANDBOX_TOKEN_SECONDS = 14400

# How large things may be, in bytes or characters.
SANDBOX_MEMORY_LIMIT = 256 * 1024 * 1024
SANDBOX_LOG_LENGTH = 1_000_000
SANDBOX_MESSAGE_BYTES = 500_000_000
SANDBOX_FIFO_BYTES = 65536

SECRET_KEY = "the-sandbox-signs-nothing"  # noqa: S105 - no cookie and no signature depends on it
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["sandbox"]
MIDDLEWARE = ["sandbox.middleware.FrontDoor"]
ROOT_URLCONF = "sandbox.urls"
APPEND_SLASH = False
USE_TZ = False
TIME_ZONE = "UTC"
USE_I18N = False
DATA_UPLOAD_MAX_MEMORY_SIZE = SANDBOX_MESSAGE_BYTES
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("SANDBOX_DATABASE", str(ROOT / "var" / "sandbox.sqlite3")),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}


def only_crashes(record: logging.LogRecord) -> bool:
    """Let only real failures into the log, without the path, in which a nonce may stand.

    Refusals, those with 500 among them, are the API's ordinary answers.
    """
    record.msg, record.args = "The sandbox failed to answer.", ()
    return bool(record.exc_info)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"only_crashes": {"()": "django.utils.log.CallbackFilter", "callback": only_crashes}},
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR", "filters": ["only_crashes"]}},
}
