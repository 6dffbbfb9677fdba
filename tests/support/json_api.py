"""What the tests of the JSON API share: somebody who asks, by a session or with a token."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.conftest import API
from tests.core.api.fuzz import everything
from tests.sandbox.support import Sandbox
from tests.support.running import RunningPortal

TOKEN = "a-token-of-jdoe"
Running = tuple[RunningPortal, Sandbox]


class Caller:
    """Somebody who asks the JSON API."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.client, self.headers = client, headers

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        """Ask, with a body of JSON where there is one, or with bytes as they are."""
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = named.pop("content-type", "application/json")
        return self.client.generic(method, address, sent, kind, secure=True, headers={**self.headers, **named})

    def get(self, address: str, **headers: str) -> Any:
        return self.ask("GET", address, **headers)

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", address, body, **headers)

    def patch(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PATCH", address, body, **headers)

    def delete(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.ask("DELETE", address, body, **headers)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal and a sandbox, as processes of their own."""
    with everything(tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def nobody() -> Caller:
    return Caller(Client(raise_request_exception=False))


@pytest.fixture
def caller(signed_in: Client) -> Caller:
    """Somebody with a session; Django's test client proves where its requests come from."""
    return Caller(signed_in)


@pytest.fixture
def program(db: None, api: API) -> Caller:
    """A program with a token of its own."""
    api.get("/profiles/v2/me", {"username": "jdoe"})
    return Caller(Client(), Authorization=f"Bearer {TOKEN}")


def problem(answer: Any, status: int, kind: str, changed: str = "no") -> dict[str, Any]:
    """Check that an answer is a problem, in the one shape of them all, and return it."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    found: dict[str, Any] = json.loads(answer.content)
    assert (answer.status_code, found["status"], found["kind"], found["changed"]) == (status, status, kind, changed), (
        found
    )
    assert found["type"] == f"/api/v1/docs/#{kind}"
    assert found["title"]
    assert found["detail"].endswith((".", "?")) or found["detail"].endswith("”.")
    assert found["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["Cache-Control"] == "no-store"
    known = {"type", "kind", "title", "status", "detail", "advice", "reason", "changed", "errors", "request_id"}
    assert known <= set(found) <= known | {"check", "tenants"}
    return found
