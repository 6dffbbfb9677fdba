"""The portal's own store: locked for a moment, locked for long, gone. On SQLite and on PostgreSQL."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from actors_app.core.security.models import PortalSession
from portal import store
from tests.support.store import Lock, taken_away

pytestmark = [pytest.mark.store, pytest.mark.django_db(transaction=True)]
Browser = Callable[..., Client]


def visitor(browser: Client) -> Client:
    """Return the browser as one that shows a failure instead of raising it."""
    browser.raise_request_exception = False
    return browser


def test_f59_a_statement_waits_for_a_lock_that_passes(sign_in: Browser) -> None:
    sign_in()
    timer = Lock().free_after(0.6)
    assert PortalSession.objects.update(credential_version=7) == 1
    timer.join()
    assert PortalSession.objects.get().credential_version == 7


def test_f59_a_lock_that_stays_is_given_up(sign_in: Browser) -> None:
    sign_in()
    lock = Lock()
    timer = lock.free_after(30)  # whoever waits for that has no error
    try:
        with pytest.raises(OperationalError):
            PortalSession.objects.update(credential_version=7)
    finally:
        timer.cancel()
        lock.free()
        timer.join()


def test_f59_a_page_that_cannot_write_is_a_503_of_ours(sign_in: Browser, caplog: pytest.LogCaptureFixture) -> None:
    browser = visitor(sign_in())
    lock = Lock()
    try:
        answer = browser.post("/account/sessions/end-others/")
    finally:
        lock.free()
    assert answer.status_code == 503
    assert "temporarily unavailable" in answer.text
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    lines = [record.getMessage() for record in caplog.records if answer["X-Request-ID"] in record.getMessage()]
    assert len(lines) == 1
    assert "the database failed" in lines[0]
    assert browser.get("/account/").status_code == 200


def test_f58_without_a_store_health_says_so_and_nobody_is_signed_out(sign_in: Browser, tmp_path: Path) -> None:
    browser = visitor(sign_in())
    with taken_away(tmp_path):
        assert browser.get("/livez").status_code == 200
        assert browser.get("/readyz").status_code == 503
        assert Client().get("/sign-in/").status_code == 200
        page = browser.get("/account/")
        part = browser.get("/account/", headers={"HX-Request": "true"})
    for answer in (page, part):
        assert answer.status_code == 503
        assert "still signed in" in answer.text
        assert answer["X-Request-ID"] in answer.text
        assert answer["Retry-After"] == "5"
        assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert "<html" in page.text
    assert "<html" not in part.text
    assert browser.get("/readyz").status_code == 200
    assert browser.get("/account/").status_code == 200


def test_f58_the_log_names_the_failure_and_not_the_store(
    sign_in: Browser, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    browser = visitor(sign_in())
    with caplog.at_level(logging.DEBUG), taken_away(tmp_path):
        browser.get("/account/")
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert any("the database failed" in line for line in said)
    assert str(tmp_path) not in "".join(said)


def test_what_is_done_patiently_is_not_tried_again_when_it_is_refused() -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.patiently(work)
    assert len(tries) == 1


def test_what_is_done_patiently_is_tried_four_times_at_most() -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise OperationalError("the server closed the connection unexpectedly")

    with pytest.raises(OperationalError):
        store.patiently(work)
    assert 2 <= len(tries) <= store.TRIES


@pytest.mark.only_on("postgresql")
def test_a_pool_that_is_busy_is_waited_for_and_a_server_that_is_away_is_not(tmp_path: Path) -> None:
    most = connection.settings_dict["OPTIONS"]["pool"]["max_size"]
    connection.ensure_connection()
    pool = connection.pool  # type: ignore[attr-defined]
    connection.close()
    taken = [pool.getconn() for _ in range(most)]
    # Later than the pool itself would wait.
    timer = threading.Timer(3.0, lambda: [pool.putconn(one) for one in taken])
    timer.start()
    assert PortalSession.objects.count() == 0
    timer.join()
    with taken_away(tmp_path), pytest.raises(OperationalError):
        PortalSession.objects.count()
