"""Where in a page the alert of a failure goes: what a poll says never touches what a write said."""

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, WORKER_ID

pytestmark = pytest.mark.django_db
ACTOR = f"/actors/v2/{ACTOR_ID}"
PAGE = f"/actors/{ACTOR_ID}"
POLLS = [
    (f"{PAGE}/messages/", f"{ACTOR}/messages"),
    (f"{PAGE}/workers/", f"{ACTOR}/workers"),
    (f"{PAGE}/workers/{WORKER_ID}/", f"{ACTOR}/workers/{WORKER_ID}"),
    (f"{PAGE}/executions/{EXECUTION_ID}/status/", f"{ACTOR}/executions/{EXECUTION_ID}"),
]


@pytest.mark.parametrize(("page", "path"), POLLS)
def test_a_failed_poll_has_a_quiet_place_of_its_own(
    api: API, signed_in: Client, htmx: dict[str, str], page: str, path: str
) -> None:
    api.is_silent("GET", path)
    response = signed_in.get(f"{page}?poll=1", headers=htmx)
    alert = response.content.decode()
    assert response.status_code == 502
    assert response.headers["HX-Retarget"] == "#read-alert"
    assert "HX-Reswap" not in response.headers
    assert 'role="status"' in alert
    assert 'role="alert"' not in alert
    assert "This page retries automatically." in alert
    assert "Retry" not in alert
    assert "data-close-alert" not in alert


def test_a_write_of_unknown_outcome_is_added_to_those_that_stay(
    api: API, signed_in: Client, htmx: dict[str, str]
) -> None:
    api.is_silent("POST", f"{ACTOR}/messages")
    response = signed_in.post(f"{PAGE}/messages/", {"message": "hello"}, headers=htmx)
    alert = response.content.decode()
    assert response.headers["HX-Retarget"] == "#write-alerts"
    assert response.headers["HX-Reswap"] == "afterbegin"
    assert 'role="alert"' in alert
    assert "We do not know whether this succeeded" in alert
    assert "data-close-alert" in alert
    assert "Retry" not in alert


def test_a_refused_write_has_a_place_that_no_poll_uses(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    response = signed_in.post(f"{PAGE}/", headers=htmx)
    assert response.status_code == 405
    assert response.headers["HX-Retarget"] == "#alerts"
    assert "HX-Reswap" not in response.headers


@pytest.mark.parametrize("poll", ["?poll=1", "?q=x"])
def test_a_read_that_breaks_the_portal_touches_no_write(
    api: API, signed_in: Client, htmx: dict[str, str], poll: str
) -> None:
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", body=RuntimeError("a fault of the portal"))
    signed_in.raise_request_exception = False
    response = signed_in.get(f"{PAGE}/executions/{EXECUTION_ID}/status/{poll}", headers=htmx)
    assert response.status_code == 500
    assert response.headers["HX-Retarget"] == "#read-alert"
    assert ("This page retries automatically." in response.content.decode()) == (poll == "?poll=1")


def test_a_write_that_breaks_the_portal_stays(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.post(f"{ACTOR}/messages", body=RuntimeError("a fault of the portal"))
    signed_in.raise_request_exception = False
    response = signed_in.post(f"{PAGE}/messages/", {"message": "hello"}, headers=htmx)
    assert response.status_code == 500
    assert response.headers["HX-Retarget"] == "#write-alerts"
    assert "We do not know whether the change was saved." in response.content.decode()


def test_without_script_nothing_is_aimed(api: API, signed_in: Client) -> None:
    api.is_silent("GET", ACTOR)
    response = signed_in.get(f"{PAGE}/")
    assert "HX-Retarget" not in response.headers
    assert "</html>" in response.content.decode()
