"""The settings stop the start with a sentence when a value is missing or cannot be used."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "k" * 60,
    "PORTAL_CREDENTIAL_KEYS": "dGVzdHMtb25seS1rZXktMzItYnl0ZXMtbG9uZy0hISE=",
    "ACTORS_API_URL": "https://api.example.org",
}


def load(module: str = "portal.settings", **changes: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **GOOD, **changes}
    program = f"import {module} as loaded; print(getattr(loaded, 'SESSION_COOKIE_NAME', 'served'))"
    return subprocess.run(
        [sys.executable, "-c", program],
        env={name: value for name, value in env.items() if value},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_safe_by_default() -> None:
    assert load().stdout.strip() == "__Host-portal-session"


def test_plain_http_has_plain_cookies() -> None:
    assert load(PORTAL_PLAIN_HTTP="true").stdout.strip() == "portal-session"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"PORTAL_CREDENTIAL_KEYS": ""}, "PORTAL_CREDENTIAL_KEYS is not set"),
        ({"PORTAL_CREDENTIAL_KEYS": "short"}, "must be 32 bytes"),
        ({"SECRET_KEY": GOOD["PORTAL_CREDENTIAL_KEYS"]}, "must not contain SECRET_KEY"),
        ({"EVIDENCE_KEY": "short"}, "EVIDENCE_KEY must be 32 bytes each"),
        ({"EVIDENCE_KEY": GOOD["PORTAL_CREDENTIAL_KEYS"]}, "EVIDENCE_KEY must not contain SECRET_KEY or a key of"),
        ({"EVIDENCE_PUBLIC_KEYS": "a,b"}, "EVIDENCE_PUBLIC_KEYS must be 32 bytes each"),
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false"),
        ({"DATABASE_URL": "mysql://portal@host/portal"}, "DATABASE_URL must begin with"),
        ({"ACTORS_API_URL": "nonsense"}, "url must be the URL"),
        ({"ACTORS_API_VERSION": "v4"}, "version must be one of v2, v2-snake, v3"),
        ({"ACTORS_API_SIGN_IN": "magic"}, "contains only code, password and token"),
        ({"ACTORS_API_SIGN_IN": "code, token"}, "a code requires client_key and client_secret"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be json or text"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be DEBUG, INFO"),
        ({"LOG_REQUESTS": "some"}, "LOG_REQUESTS must be true or false"),
        ({"DATABASE_URL": "postgres://portal@host/portal", "PORTAL_STORE_CONNECTIONS": "0"}, "PORTAL_STORE_CONN"),
        ({"PORTAL_PLAIN_HTTP": "true", "ALLOWED_HOSTS": "portal.example.org"}, "for local use only"),
    ],
)
def test_a_bad_value_stops_the_start(changes: dict[str, str], words: str) -> None:
    loaded = load(**changes)
    assert loaded.returncode != 0
    assert words in loaded.stderr.splitlines()[-1]


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("f" * 60)
    assert load(SECRET_KEY="", SECRET_KEY_FILE=str(file)).returncode == 0


def test_without_a_tenant_commands_work_and_serving_refuses() -> None:
    assert load(ACTORS_API_URL="").returncode == 0
    served = load("portal.wsgi", ACTORS_API_URL="")
    assert served.returncode != 0
    assert "No Actors API is configured" in served.stderr


def test_serving_refuses_a_store_that_is_behind_and_waits_for_one_that_is_away(tmp_path: Path) -> None:
    away = load("portal.wsgi", DATABASE_URL=f"sqlite:///{tmp_path}/missing/portal.sqlite3")
    assert away.returncode == 0
    assert "The database does not respond yet (OperationalError)" in away.stderr
    url = f"sqlite:///{tmp_path}/portal.sqlite3"
    behind = load("portal.wsgi", DATABASE_URL=url)
    assert behind.returncode != 0
    assert re.search(r"The database lacks \d+ migrations, starting with .* Run `manage.py migrate`", behind.stderr)
    migrate(url)
    assert load("portal.wsgi", DATABASE_URL=url).returncode == 0
    with sqlite3.connect(tmp_path / "portal.sqlite3") as store:
        store.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('actors_app', '9999_later', '')")
        former = ("default", "default", "https://former.example.org", False)
        store.execute("INSERT INTO tenant_origin (key, name, origin, is_apart) VALUES (?, ?, ?, ?)", former)
    newer = load("portal.wsgi", DATABASE_URL=url)
    assert "The URL of default changed from https://former.example.org to" in newer.stderr
    assert newer.returncode == 0
    assert "The database belongs to a newer version of the portal (it has actors_app.9999_later)" in newer.stderr


def migrate(url: str) -> None:
    env = {"PATH": os.environ["PATH"], **GOOD, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=env, cwd=ROOT, check=True)
