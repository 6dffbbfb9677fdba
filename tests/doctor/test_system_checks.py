"""The system checks: silent for a good deployment, and each one heard when what it is about is wrong."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parents[2]
STRONG = "Zq3-vT8_nL5xW2rK9pB6yD1mH4cJ7gF0sA-uE_iOtQwRzXlNkP"
FLAGS = ["--deploy", "--fail-level", "WARNING"]
KEY = "q83vEjRWeJq7zN3u_xAhMkNUZXaHmLDU5fYHGBkqO0w="


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": STRONG,
        "PORTAL_CREDENTIAL_KEYS": KEY,
        "ACTORS_API_URL": "https://api.example.org",
        "ALLOWED_HOSTS": "portal.example.org",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        **changes,
    }
    # Not by way of manage.py, which adds what `run.py` keeps for this checkout.
    return subprocess.run(
        [sys.executable, "-m", "django", "check", *FLAGS],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_has_no_issue_and_silences_none() -> None:
    checked = check()
    assert (checked.returncode, checked.stdout) == (0, "System check identified no issues (0 silenced).\n")


def test_a_portal_for_this_machine_alone_is_not_one_to_deploy() -> None:
    checked = check(PORTAL_PLAIN_HTTP="true", ALLOWED_HOSTS="localhost", DEBUG="true")
    assert checked.returncode != 0
    assert all(number in checked.stderr for number in ("actors.E001", "actors.E008", "actors.E014"))


def policy(**sources: list[str]) -> dict[str, Any]:
    """Return a good policy with some directives changed."""
    good = {"default-src": ["'none'"], "base-uri": ["'none'"], "form-action": ["'self'"], "frame-ancestors": ["'none'"]}
    changed = {f"{name}-src": listed for name, listed in sources.items()}
    return {"CONTENT_SECURITY_POLICY": {"DIRECTIVES": {**good, **changed}}}


BAD: list[tuple[str, dict[str, Any]]] = [
    ("E001", {"DEBUG": True}),
    ("E002", {"SECRET_KEY": "k" * 60}),
    ("E002", {"SECRET_KEY": STRONG, "SECRET_KEY_FALLBACKS": ["short"]}),
    ("E003", {"SECRET_KEY_FALLBACKS": [KEY], "CREDENTIAL_KEYS": [KEY]}),
    ("E003", {"CREDENTIAL_KEYS": [KEY, KEY]}),
    ("E003", {"EVIDENCE_KEYS": [KEY]}),
    ("E004", {"CREDENTIAL_KEYS": []}),
    ("E004", {"CREDENTIAL_KEYS": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}),
    ("E004", {"CREDENTIAL_KEYS": ["short"]}),
    ("E020", {"EVIDENCE_KEYS": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}),
    ("E005", {"ALLOWED_HOSTS": ["*"]}),
    ("E005", {"ALLOWED_HOSTS": [".example.org"]}),
    ("E007", {"TENANTS": {}}),
    ("E008", {"SESSION_COOKIE_NAME": "session"}),
    ("E008", {"CSRF_COOKIE_DOMAIN": "example.org"}),
    ("E009", {"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}),
    ("E009", {"SESSION_SERIALIZER": "pickle.PickleSerializer"}),
    ("E011", {"LOGGING": {"loggers": {"urllib3": {"level": "DEBUG"}}, "root": {"level": "WARNING"}}}),
    ("E011", {"LOGGING": {"loggers": {}, "root": {"level": "INFO"}}}),
    (
        "E013",
        {"CONTENT_SECURITY_POLICY": {"DIRECTIVES": {"default-src": ["'none'"], "script-src": ["'unsafe-inline'"]}}},
    ),
    ("E013", policy(script=["'self'", "'unsafe-inline'"])),
    ("E013", policy(img=["*"])),
    ("E013", policy(img=["data:"])),
    ("E013", policy(default=["'self'"])),
    ("E014", {"SECURE_HSTS_SECONDS": 60}),
    ("E014", {"SECURE_SSL_REDIRECT": False}),
    ("E015", {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}),
    ("E015", {"USE_X_FORWARDED_HOST": True}),
    ("E017", {"MIDDLEWARE": ["django.middleware.csrf.CsrfViewMiddleware"]}),
    ("E018", {"SILENCED_SYSTEM_CHECKS": ["security.W001"]}),
]


def found(settings: Any) -> set[str | None]:
    from django.apps import apps

    ours = [
        one
        for one in run_checks(app_configs=apps.get_app_configs(), include_deployment_checks=True, tags=["security"])
        if (one.id or "").startswith("actors.")
    ]
    return {(one.id or "").removeprefix("actors.") for one in ours}


@pytest.mark.parametrize(("number", "changes"), BAD)
def test_each_check_is_heard(number: str, changes: dict[str, Any], settings: Any) -> None:
    good = {"SECRET_KEY": STRONG, "CREDENTIAL_KEYS": [KEY], "ALLOWED_HOSTS": ["portal.example.org"]}
    for name, value in {**good, "SECURE_SSL_REDIRECT": True}.items():
        setattr(settings, name, value)
    assert found(settings) == set()
    for name, value in changes.items():
        setattr(settings, name, value)
    assert number in found(settings)


def test_accounts_of_djangos_own_are_heard(settings: Any) -> None:
    settings.INSTALLED_APPS.append("django.contrib.admin")
    try:
        assert "E012" in found(settings)
    finally:
        settings.INSTALLED_APPS.remove("django.contrib.admin")


def test_a_store_in_memory_is_heard(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "file::memory:?cache=shared")
    assert "E016" in found(settings)


def test_plain_http_to_another_machine_is_heard(settings: Any) -> None:
    from dataclasses import replace

    settings.TENANTS = {"default": replace(settings.TENANTS["default"], url="http://api.example.org")}
    assert "E006" in found(settings)


def test_a_page_with_another_htmx_is_heard(settings: Any, tmp_path: Path) -> None:
    page = (ROOT / "templates" / "base.html").read_text()
    (tmp_path / "templates").mkdir()
    settings.BASE_DIR = tmp_path
    for old, new in (('"allowEval":false', '"allowEval":true'), ('hx-history="false"', ""), ("htmx-config", "other")):
        assert old in page
        (tmp_path / "templates" / "base.html").write_text(page.replace(old, new))
        assert "E010" in found(settings)
