"""What many tests share: the API at the wire, a signed-in visitor, and no way out but loopback."""

import gc
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from django.db import connection
from django.test import Client, RequestFactory

from tests.support import payloads
from tests.support.running import SHARED

pytest_plugins = ["tests.support.json_api"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs the tests that are too long for every run."""
    parser.addoption("--full", action="store_true", help="run the tests marked full too, which a plain run leaves out")


def pytest_configure(config: pytest.Config) -> None:
    """Make the directory that all processes of this run share; it goes when the first of them ends."""
    if not hasattr(config, "workerinput"):
        directory = tempfile.TemporaryDirectory(prefix="portal-tests-")
        os.environ[SHARED] = directory.name
        config.add_cleanup(directory.cleanup)
        config.add_cleanup(lambda: os.environ.pop(SHARED, None))


def pytest_runtest_setup() -> None:
    """Allow no socket but loopback."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


# Files whose few tests take longest begin first, or one worker would go on alone with one of them at the end. The
# plain order of files by their number of tests is switched off for it (`--no-loadscope-reorder`).
LONG = (
    "tests/e2e/",
    "tests/core/api/test_fuzz.py",
    "tests/test_gates.py",
    "tests/deployment/",
    "tests/sandbox/",
    "tests/canary/",
    "tests/faults/",
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over the files without a test of the store where its tests alone are run: most of a run's start is reading.

    None leaves it to the other rules.
    """
    if config.option.markexpr != "store" or not re.fullmatch(r"test_\w+\.py", collection_path.name):
        return None
    return "pytest.mark.store" not in collection_path.read_text() or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about another store than that of this run, and without `--full` what is marked full."""

    def left_out(item: pytest.Item) -> bool:
        only_on, store = item.get_closest_marker("only_on"), item.get_closest_marker("store")
        if only_on is not None and connection.vendor not in only_on.args:
            return True
        repeats = connection.vendor == "postgresql" and store is not None and store.kwargs.get("full", False)
        return not config.option.full and (repeats or item.get_closest_marker("full") is not None)

    if others := [item for item in items if left_out(item)]:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if not left_out(item)]
    items.sort(key=lambda item: next((place for place, path in enumerate(LONG) if item.nodeid.startswith(path)), 99))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was imported and collected, which lives until the end."""
    gc.collect()
    gc.freeze()


def key_of(browser: Client) -> str:
    """Return the session key in a browser's cookie."""
    from django.conf import settings

    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def forget() -> None:
    """Forget all that the process remembers of the API, but that it writes its names as the portal is set."""
    from django.core.cache import caches

    from actors_app.core import bulkhead
    from actors_app.services.breaker import breaker_of
    from actors_app.services.dialects import DIALECTS
    from actors_app.services.naming import naming_of

    bulkhead._places.cache_clear()  # a streamed answer that a test did not read to its end keeps its place
    for name in ("default", "drawn"):
        caches[name].clear()
    breaker_of.cache_clear()
    naming_of.cache_clear()
    for version in DIALECTS:
        naming_of(payloads.API, version).confirm()


@pytest.fixture(autouse=True)
def _forgetful() -> None:
    """Let no test depend on what another has read; rows within a test call `forget` themselves."""
    forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Drop the database even where a thread of a test that is over still holds its connection to it."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def api() -> Iterator["API"]:
    """Answer for the Actors API; an answer that was prepared and not asked for fails the test."""
    with responses.RequestsMock(assert_all_requests_are_fired=True) as wire:
        yield API(wire)


class API:
    """Prepare answers of the API by method and path, and read what was asked."""

    def __init__(self, wire: responses.RequestsMock) -> None:
        self.wire = wire

    def answer(self, method: str, path: str, result: Any = None, *, message: str = "OK", **options: Any) -> None:
        """Answer with an envelope around the result, or with `json`, `body` and `status` as given."""
        if "body" not in options and "json" not in options:
            options["json"] = payloads.envelope(result, message)
            if path.startswith("/v3/"):
                options["json"]["metadata"] = {}
        self.wire.add(method, payloads.API + path, **options)

    def get(self, path: str, result: Any = None, **options: Any) -> None:
        """Answer a GET."""
        self.answer("GET", path, result, **options)

    def post(self, path: str, result: Any = None, **options: Any) -> None:
        """Answer a POST."""
        self.answer("POST", path, result, **options)

    def put(self, path: str, result: Any = None, **options: Any) -> None:
        """Answer a PUT."""
        self.answer("PUT", path, result, **options)

    def delete(self, path: str, result: Any = None, **options: Any) -> None:
        """Answer a DELETE."""
        self.answer("DELETE", path, result, **options)

    def refuse(self, method: str, path: str, message: str, status: int = 400) -> None:
        """Refuse with a message."""
        self.answer(method, path, json=payloads.refusal(message), status=status)

    def is_silent(self, method: str, path: str) -> None:
        """Answer nothing: the connection is reset (a GET is tried twice)."""
        from requests.exceptions import ConnectionError as Reset

        self.answer(method, path, body=Reset("reset"))

    @property
    def asked(self) -> list[Any]:
        """The requests that were sent, in their order."""
        return [call.request for call in self.wire.calls]


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    """Return a function that signs a browser in with given tokens."""
    from actors_app.core.security import credentials

    def signed_in(**changes: Any) -> Client:
        fields = {
            "tenant": "default",
            "username": "jdoe",
            "access_token": "access-token-of-jdoe",
            "refresh_token": "refresh-token-of-jdoe",
            "expires_at": time.time() + 3600,
            **changes,
        }
        request = RequestFactory().get("/")
        from actors_app.core.security.sessions import SessionStore

        request.session = SessionStore()
        credentials.sign_in(request, credentials.Credentials(**fields))
        client = Client(headers={"host": "testserver"})
        from django.conf import settings

        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
        return client

    return signed_in


@pytest.fixture
def signed_in(sign_in: Callable[..., Client]) -> Client:
    """Return a browser signed in as jdoe."""
    return sign_in()


@pytest.fixture
def htmx() -> dict[str, str]:
    """Return the headers that make a request one of htmx."""
    return {"HX-Request": "true"}
