"""Too many pages wait for the API: who is refused, how, and that every place is given back."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from actors_app.core import bulkhead
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload

ACTOR = f"/actors/v2/{ACTOR_ID}"
LIST = "/actors/"
BUSY = "The portal is busy: too many requests are waiting for the Actors API."


@pytest.fixture(autouse=True)
def _one_place(settings: Any) -> Iterator[None]:
    """Leave one place, and all of them to the next test."""
    settings.PAGES_AT_ONCE = 1
    bulkhead._places.cache_clear()
    yield
    bulkhead._places.cache_clear()


@pytest.fixture
def taken() -> Iterator[None]:
    """Take the place away."""
    places = bulkhead._places()
    assert places.acquire(blocking=False)
    yield
    places.release()  # which fails when somebody else gave it back


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("path", ["/", LIST, f"/actors/{ACTOR_ID}/", f"/actors/{ACTOR_ID}/messages/"])
def test_a_page_of_the_api_is_refused_at_once(signed_in: Client, path: str) -> None:
    page = signed_in.get(path)
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert BUSY in page.content.decode()


@pytest.mark.usefixtures("taken")
def test_a_write_is_refused_before_it_is_sent(signed_in: Client) -> None:
    page = signed_in.post(f"/actors/{ACTOR_ID}/messages/", {"message": "as typed"})
    assert page.status_code == 503
    assert "Nothing was changed." in page.content.decode()


@pytest.mark.usefixtures("taken")
def test_a_fragment_is_refused_as_an_alert(signed_in: Client, htmx: dict[str, str]) -> None:
    part = signed_in.get(LIST, headers=htmx)
    assert part.status_code == 503
    assert BUSY in part.content.decode()
    assert "<html" not in part.content.decode()


@pytest.mark.usefixtures("taken")
def test_signing_in_is_refused_with_what_was_typed(client: Client, db: None) -> None:
    page = client.post("/sign-in/", {"username": "jdoe", "password": "secret of jdoe"})
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert BUSY in page.content.decode()
    assert 'value="jdoe"' in page.content.decode()
    page = client.post("/sign-in/token/", {"access_token": "a-token"})
    assert (page.status_code, BUSY in page.content.decode()) == (503, True)


@pytest.mark.usefixtures("taken")
def test_what_asks_no_api_is_served(signed_in: Client, client: Client) -> None:
    for path in ("/sign-in/", "/livez", "/readyz"):
        assert client.get(path).status_code == 200, path
    assert signed_in.get("/account/").status_code == 200


@pytest.mark.parametrize("status", [200, 400, 404, 502])
def test_each_page_gives_its_place_back(signed_in: Client, api: Any, status: int) -> None:
    api.get("/actors/v2", [actor_payload()], status=status)
    for _ in range(3):
        assert "The portal is busy" not in signed_in.get(LIST).content.decode()


def test_a_page_of_several_calls_needs_one_place(signed_in: Client, api: Any) -> None:
    api.get(ACTOR, actor_payload())
    for part in ("messages", "workers", "nonces"):
        api.refuse("GET", f"{ACTOR}/{part}", "no", status=404)
    for _ in range(2):
        assert signed_in.get(f"/actors/{ACTOR_ID}/").status_code == 200


def test_a_download_keeps_its_place_until_its_last_piece(signed_in: Client, api: Any) -> None:
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}/logs", {"logs": "a line\n"})
    download = signed_in.get(f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/?download=1")
    assert download.streaming
    assert signed_in.get(LIST).status_code == 503
    assert b"".join(download.streaming_content) == b"a line\n"
    download.close()
    assert bulkhead._places().acquire(blocking=False)


def test_as_many_pages_wait_as_there_are_places(
    sign_in: Callable[..., Client], api: Any, transactional_db: None
) -> None:
    """While one page waits for the API, the next is refused; when it has its answer, the next one is served."""
    asked, answer = threading.Event(), threading.Event()

    def hang(request: Any) -> tuple[int, dict[str, str], str]:
        asked.set()
        assert answer.wait(5)
        return 200, {}, '{"status": "success", "message": "OK", "result": []}'

    api.wire.add_callback("GET", "https://api.example.org/actors/v2", callback=hang)
    first, second = sign_in(), sign_in(username="other")
    statuses: list[int] = []
    waiting = threading.Thread(target=lambda: statuses.append(first.get(LIST).status_code))
    waiting.start()
    assert asked.wait(5)
    assert second.get(LIST).status_code == 503
    answer.set()
    waiting.join(5)
    assert statuses == [200]
    assert second.get(LIST).status_code == 200
