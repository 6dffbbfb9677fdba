"""A sign-in that has ended leads to the sign-in, whichever call of whichever page met it; nothing is shown instead."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.conftest import API, forget
from tests.support.payloads import ACTOR_ID, nonce_payload
from tests.support.routes import ROWS, answer_everything, crawled

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
# These say what they have learned from the API, whether or not it takes the token.
_OWN = ("actors:sign-in", "actors:sign-in-code", "actors:sign-in-callback", "actors:sign-in-token")
PAGES = {name: url for name, url in crawled().items() if name in ROWS and "GET" in ROWS[name].methods}


def paths_of(api: API) -> list[str]:
    """Return the paths of the API's calls so far, each once."""
    return list(dict.fromkeys((request.path_url or "").partition("?")[0] for request in api.asked))


@pytest.mark.parametrize("name", [name for name in PAGES if name not in _OWN])
def test_each_call_of_a_page_leads_to_the_sign_in(
    name: str, sign_in: Browser, api: API, subtests: pytest.Subtests
) -> None:
    answer_everything(api.wire)
    sign_in().get(PAGES[name])
    for path in paths_of(api):
        with subtests.test(path=path):
            forget()
            api.wire.reset()
            answer_everything(api.wire, 401, only=path)
            answer = sign_in(refresh_token="").get(PAGES[name])
            if path in paths_of(api):  # what the store remembers is not asked again
                assert answer.status_code == 302
                assert answer["Location"].startswith("/sign-in/?next=")


def test_a_poll_only_says_so(sign_in: Browser, api: API, htmx: dict[str, str]) -> None:
    answer_everything(api.wire, 401)
    answer = sign_in(refresh_token="").get(f"/actors/{ACTOR_ID}/workers/?poll=1", headers=htmx)
    assert answer.status_code == 286
    assert "Your session has expired." in answer.content.decode()


@pytest.mark.parametrize("path", [f"/actors/v2/{ACTOR_ID}", f"/actors/v2/{ACTOR_ID}/nonces"])
def test_a_nonce_that_was_created_is_shown_all_the_same(path: str, sign_in: Browser, api: API) -> None:
    api.wire.assert_all_requests_are_fired = False
    api.post(f"/actors/v2/{ACTOR_ID}/nonces", nonce_payload())
    api.wire.add("GET", f"https://api.example.org{path}", status=401, json={})
    answer_everything(api.wire)
    answer = sign_in(refresh_token="").post(f"/actors/{ACTOR_ID}/nonces/", {"level": "READ", "max_uses": "1"})
    assert answer.status_code == 200
    assert nonce_payload()["id"] in answer.content.decode()
