"""Help for a page: what it is for, and which keys do something."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from actors_app.core.pages.help import GENERAL, PURPOSES, has_purpose, places
from actors_app.core.pages.navigation import GROUPS
from tests.conftest import API
from tests.support.routes import ROWS

pytestmark = pytest.mark.django_db
URL = "/help/"


def test_it_says_what_a_page_is_for_without_asking_the_api(api: API, signed_in: Client) -> None:
    page = signed_in.get(f"{URL}?of=nonce-list").content.decode()
    assert PURPOSES["nonce-list"] in page
    for place in places():
        assert f'<kbd>g</kbd> <kbd>{place.letter}</kbd></dt><dd><a href="{reverse(place.url)}">{place.label}' in page
    assert api.asked == []


@pytest.mark.parametrize("of", ["", "nowhere", "<script>", "x" * 5000])
def test_a_page_that_there_is_not_has_the_general_words(of: str, signed_in: Client) -> None:
    answer = signed_in.get(URL, {"of": of})
    assert answer.status_code == 200
    assert GENERAL in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_it_answers_htmx_with_the_fragment(signed_in: Client, htmx: dict[str, str]) -> None:
    page = signed_in.get(URL, headers=htmx).content.decode()
    assert page.startswith("<header>")
    assert "<html" not in page


def test_only_the_dialog_can_be_closed(signed_in: Client, htmx: dict[str, str]) -> None:
    assert 'method="dialog"' in signed_in.get(URL, headers=htmx).content.decode()
    assert 'method="dialog"' not in signed_in.get(URL).content.decode().split('<section class="card help">')[1]


def test_each_page_leads_to_its_own_help(signed_in: Client) -> None:
    assert 'href="/help/?of=account"' in signed_in.get("/account/").content.decode()
    assert 'href="/help/?of=preferences"' in signed_in.get("/account/preferences/").content.decode()


def test_words_are_about_pages_that_there_are_and_each_place_has_some() -> None:
    assert {f"actors:{name}" for name in PURPOSES} <= {*ROWS, "actors:docs"}  # of the JSON API
    every = [place for group in GROUPS for place in group.places]
    assert all(has_purpose(place.url.rpartition(":")[2]) for place in every)


def test_each_place_has_a_letter_of_its_own() -> None:
    letters = [place.letter for group in GROUPS for place in group.places]
    assert len(set(letters)) == len(letters)
    assert all(re.fullmatch("[a-z]", letter) for letter in letters)
    assert not {"g", "j", "k"} & set(letters)


def test_whoever_switched_keys_off_is_told_so_and_no_key_does_anything(signed_in: Client) -> None:
    assert "data-keys>" in signed_in.get(URL).content.decode()
    signed_in.post("/account/preferences/", {"zone": "UTC", "density": "comfortable", "page_size": "50"})
    page = signed_in.get(URL).content.decode()
    assert "data-keys" not in page.partition(">")[2].partition(">")[0]
    assert "Keyboard shortcuts are off." in page


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/")


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405
