"""Rows and checks for the tests of what holds for every operation."""

from typing import Any

import pytest

from tests.conftest import API
from tests.core.api.operations import OPERATIONS, READS, WRITES
from tests.portal.test_headers import FIXED, POLICY

ALL = pytest.mark.parametrize("one", OPERATIONS, ids=str)
EACH_READ = pytest.mark.parametrize("one", READS, ids=str)
EACH_WRITE = pytest.mark.parametrize("one", WRITES, ids=str)
EARLIER = "earlier"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def upstream_writes(api: API) -> list[str]:
    """Return the calls that changed something at the API."""
    return [
        f"{request.method} {request.path_url}"
        for request in api.asked
        if request.method != "GET" or request.path_url.endswith("/results")  # which takes one away
    ]


def headers_of(answer: Any) -> None:
    """Check the headers that every answer carries."""
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    assert policy == ({"default-src 'none'", "sandbox"} if answer.streaming else POLICY)
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED
    assert len(answer.headers["X-Request-ID"]) == 12
    vary = {name.strip().lower() for name in answer.headers["Vary"].split(",")}
    assert {"cookie", "authorization", "x-portal-tenant", "accept"} <= vary
    assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")
