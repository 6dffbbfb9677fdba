"""Changing the keys: what is kept is encrypted again, nobody is signed out, nothing stays under the old key."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client

from actors_app.core.security import credentials, rotation
from actors_app.core.security.credentials import Credentials, SessionCredentials
from actors_app.core.security.models import PortalSession
from actors_app.executions import archive as result_archive
from tests.conftest import API, key_of

Browser = Callable[..., Client]
pytestmark = [pytest.mark.store, pytest.mark.django_db]
NEW = Fernet.generate_key().decode()
OWNER = Credentials("default", "jdoe", "a")


def test_after_the_command_the_old_key_is_not_needed(
    sign_in: Browser, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    browsers = [sign_in() for _ in range(3)]
    kept = result_archive.keep(OWNER, "actor", "execution", b"bytes")
    settings.CREDENTIAL_KEYS = [NEW, *settings.CREDENTIAL_KEYS]
    call_command("rotate_credentials")
    assert "4 rows were encrypted again; 0 already used the first key." in capsys.readouterr().out
    call_command("rotate_credentials")
    assert "0 rows were encrypted again; 4 already used the first key." in capsys.readouterr().out
    settings.CREDENTIAL_KEYS = [NEW]
    assert [browser.get("/account/").status_code for browser in browsers] == [200, 200, 200]
    assert result_archive.content(OWNER, "execution", kept.pk) == b"bytes"


def test_a_renewal_meanwhile_is_not_overwritten(sign_in: Browser, settings: Any) -> None:
    browser = sign_in()
    key = key_of(browser)
    renewed = credentials._encrypt(key, Credentials("default", "jdoe", "renewed", "r"))
    meanwhile = [{"credential": renewed, "credential_version": 2}]

    def renew_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and meanwhile:
            PortalSession.objects.update(**meanwhile.pop())
        return execute(sql, params, many, context)

    settings.CREDENTIAL_KEYS = [NEW, *settings.CREDENTIAL_KEYS]
    with connection.execute_wrapper(renew_first):
        assert rotation.rotate() == {"rotated": 1}
    settings.CREDENTIAL_KEYS = [NEW]
    now = SessionCredentials(key)
    assert now.current is not None
    assert now.current.access_token == "renewed"
    assert PortalSession.objects.get().credential_version == 2, "a renewal that runs now can still be saved"


def test_what_no_key_opens_is_counted_and_left_alone(
    sign_in: Browser, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in()
    before = PortalSession.objects.get().credential
    settings.CREDENTIAL_KEYS = [NEW]
    call_command("rotate_credentials")
    assert "1 rows cannot be decrypted with any key" in capsys.readouterr().out
    assert PortalSession.objects.get().credential == before


def test_a_session_without_a_sign_in_has_nothing_to_rotate(db: None) -> None:
    Client().post("/account/theme/", {"theme": "dark"})
    assert rotation.rotate() == {}


def test_a_new_secret_key_with_the_old_as_fallback_signs_nobody_out(sign_in: Browser, settings: Any, api: API) -> None:
    browser = sign_in()
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new-" + "n" * 60, [old]
    assert browser.get("/account/").status_code == 200
    browser.post("/account/sessions/end-others/")
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get("/account/").status_code == 200, "what was saved since is signed with the new key"


def test_each_column_that_is_encrypted_is_rotated() -> None:
    """A module that encrypts with the portal's keys stores it in a model that declares `ENCRYPTED`."""
    users = {
        ".".join(path.with_suffix("").parts)
        for path in Path("actors_app").rglob("*.py")
        if re.search(r"\bencrypt\(", path.read_text())
    }
    # What a sign-in by code encrypts in a session is good for ten minutes; `crypto` itself stores nothing.
    users -= {"actors_app.core.security.crypto", "actors_app.account.codes"}
    models = {model for model, _ in rotation.encrypted_columns()}
    stored = {name: models & set(map(_hashable, vars(import_module(name)).values())) for name in users}
    assert {"actors_app.core.pages.drafts", "actors_app.messages.archive"} < users
    assert all(stored.values()), stored
    assert set().union(*stored.values()) == models


def _hashable(value: object) -> object:
    return value if isinstance(value, type) else None
