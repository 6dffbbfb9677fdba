"""A store that is damaged, no database, a folder, read-only or without room: what starts say, and what pages answer."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection
from django.test import Client

from actors_app.doctor import inside
from portal.store_faults import is_damaged, is_lasting, sentence_about, why_not_written
from tests.conftest import API
from tests.portal.test_settings import GOOD, ROOT, load
from tests.support.payloads import actor_payload
from tests.support.store import moved_to

Spoil = Callable[[Path], None]
NAME = "portal.sqlite3"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("sqlite")]


def no_database(path: Path) -> None:
    path.write_text("This is no database.\n" * 500)


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def header(path: Path) -> None:
    path.write_bytes(b"X" * 100 + path.read_bytes()[100:])


def page_size(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:16] + b"\x13\x37" + data[18:])


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def one_page(path: Path) -> None:
    os.truncate(path, 4096)


def middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 200] = b"\xff" * 200
    path.write_bytes(data)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, tuple[Spoil, str]] = {
    spoil.__name__: (spoil, words)
    for spoil, words in (
        (no_database, r"is not an SQLite database, or its beginning is damaged\. Stop the portal"),
        (zeros, r"is not an SQLite database, or its beginning is damaged\. Stop the portal"),
        (header, r"is not an SQLite database, or its beginning is damaged\. Stop the portal"),
        (page_size, r"is (not an SQLite database|damaged)"),
        (truncated, r"is damaged\. Stop the portal, keep the file"),
        (one_page, r"is damaged\. Stop the portal, keep the file"),
        (middle, r"is damaged\. Stop the portal, keep the file"),
        (folder, r"is a folder: DATABASE_URL must name a file\."),
    )
}


@pytest.fixture
def spoiled(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes a copy of the store, damaged in a way."""

    def copy(damage: str) -> Path:
        path = tmp_path / NAME
        with closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as store:
            store.execute("VACUUM INTO ?", [str(path)])
        if damage in DAMAGES:
            DAMAGES[damage][0](path)
        return path

    return copy


@pytest.mark.parametrize("damage", DAMAGES)
def test_pages_are_ours_and_the_doctor_and_health_say_it(
    sign_in: Callable[..., Client], spoiled: Callable[[str], Path], damage: str
) -> None:
    browser = Client(headers={"host": "testserver"}, raise_request_exception=False)
    browser.cookies = sign_in().cookies
    words = "The portal's database is unavailable" if damage == "folder" else "The portal's database is damaged"
    asks = [
        lambda: browser.get("/account/"),
        lambda: browser.get("/account/", headers={"HX-Request": "true"}),
        lambda: browser.post("/preferences/", {"page_size": "50"}),
        lambda: browser.get("/api/v1/actors/"),
    ]
    with moved_to(path := spoiled(damage)):
        answers = [ask() for ask in asks]
        ready = browser.get("/readyz")
        says = " ".join(finding.says for finding in inside.store() if finding.level == "error")
    for answer in answers:
        assert answer.status_code == 503
        assert words in unescape(answer.text)
        assert answer["X-Request-ID"] in answer.text
        assert not answer.cookies
        assert str(path) not in answer.text
    assert re.search(DAMAGES[damage][1], says), says
    assert (ready.status_code, "damaged" in ready.text) == (503, damage != "folder")
    assert str(path) not in ready.text
    assert browser.get("/account/").status_code == 200, "nobody was signed out"


def start(path: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the portal over a store."""
    env = {"PATH": os.environ["PATH"], **GOOD, "DATABASE_URL": f"sqlite:///{path}"}
    return subprocess.run(
        [sys.executable, "manage.py", *command], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("damage", ["no_database", "folder"])
def test_a_command_ends_with_a_sentence(spoiled: Callable[[str], Path], damage: str) -> None:
    path = spoiled(damage)
    migrated = start(path, "migrate", "--noinput", "-v0")
    assert migrated.returncode == 1
    assert re.fullmatch(f"{path} {DAMAGES[damage][1]}.*\n", migrated.stderr), migrated.stderr


@pytest.mark.parametrize("damage", ["middle", "folder"])
def test_serving_refuses_it_with_a_sentence(spoiled: Callable[[str], Path], damage: str) -> None:
    path = spoiled(damage)
    served = load("portal.wsgi", DATABASE_URL=f"sqlite:///{path}")
    assert served.returncode != 0
    assert re.search(f"ImproperlyConfigured: {path} {DAMAGES[damage][1]}", served.stderr), served.stderr


@pytest.mark.parametrize("damage", ["no_database", "truncated"])
def test_the_collector_says_it(spoiled: Callable[[str], Path], api: API, settings: Any, damage: str) -> None:
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", "password"
    api.wire.assert_all_requests_are_fired = False  # it may look at its store first
    api.post("/token", json={"access_token": "a-token", "expires_in": 3600})
    api.get("/actors/v2", [actor_payload()])
    with moved_to(spoiled(damage)):
        for options in ({"is_alive": True}, {"once": True}):
            with pytest.raises(CommandError, match=DAMAGES[damage][1]):
                call_command("collect_history", **options)


def test_a_store_without_room_or_right_to_write_is_said(spoiled: Callable[[str], Path]) -> None:
    path = spoiled("none")
    for pragma, words in (
        ("PRAGMA query_only=ON", "cannot be written to: the file and its folder must belong to the portal's user and"),
        ("PRAGMA max_page_count=1", r"The disk of .* is full\. Free some space\."),
    ):
        with moved_to(path):
            with connection.cursor() as cursor:
                cursor.execute(pragma)
                with pytest.raises(Error) as caught:
                    cursor.execute("CREATE TABLE much AS SELECT zeroblob(100000)")
            assert re.search(words, sentence_about(caught.value)), caught.value
            assert not is_damaged(caught.value)
            assert is_lasting(caught.value) is (pragma == "PRAGMA query_only=ON")


def test_a_file_that_may_not_be_written_is_known_before_the_first_row(
    spoiled: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = spoiled("none")
    with moved_to(path):
        assert why_not_written() == ""
        for closed in (path, path.parent):
            monkeypatch.setattr(os, "access", lambda where, mode, closed=closed: where != closed)
            assert why_not_written().startswith(f"{path} cannot be written to: the file and its folder must belong to")


@pytest.mark.skipif(os.geteuid() != 0, reason="root becomes another user")
def test_a_store_where_nothing_can_be_written_stays_so(spoiled: Callable[[str], Path]) -> None:
    # Not below `tmp_path`, which is closed to all but root.
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / NAME
        shutil.copy(spoiled("none"), path)
        path.chmod(0o600)
        Path(place).chmod(0o755)
        with moved_to(path):
            os.setresuid(65534, 65534, 0)
            try:
                with pytest.raises(Error) as caught, connection.cursor():
                    pass
                # SQLite cannot open it, which may pass where a disk is not there yet; here it does not.
                assert is_lasting(caught.value)
                assert f"{path} cannot be written to" in sentence_about(caught.value)
            finally:
                os.setresuid(0, 0, 0)
