"""The list of executions: what it shows, to whom, and where there is nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.faults.pages import Page
from tests.history.pages.support import ALL, BOTH, ids
from tests.history.world import World

pytestmark = pytest.mark.django_db


def test_all_executions_of_the_last_day_stand_newest_first(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL)
    assert response.status_code == 200
    assert ids(response) == ["Ok1", "Fail2", "Err3", "Oom4", "Wait5", "Run6", "Long7"]
    words = Page.of(response).words
    assert "7 executions" in words
    assert "Last 24 hours" in words, "the default is said"
    for badge in ("Succeeded", "Failed", "Out of memory", "Error", "Running"):
        assert badge in words


def test_an_actors_page_shows_its_own(busy: World, signed_in: Client) -> None:
    response = signed_in.get("/actors/other/executions/?window=all")
    assert ids(response) == ["Long7", "Old8"]
    assert "word-count" not in Page.of(response).words
    assert 'aria-current="page">Executions' in response.content.decode()


@BOTH
def test_it_needs_credentials(client: Client, db: None, url: str) -> None:
    assert client.get(url)["Location"].startswith(reverse("actors:sign-in"))


@BOTH
def test_it_rejects_the_wrong_method(signed_in: Client, url: str) -> None:
    assert signed_in.post(url).status_code == 405


@BOTH
def test_nothing_yet_teaches_the_first_step(world: World, signed_in: Client, url: str) -> None:
    response = signed_in.get(url)
    assert response.status_code == 200
    assert "No executions in this time range" in Page.of(response).words


@BOTH
def test_it_survives_silence_with_nothing_known(world: World, signed_in: Client, url: str) -> None:
    names = ("actors", "actor", "probe", "listing", "search", "search-all")
    world.failing = {name: (502, {}, "<html>") for name in names}
    response = signed_in.get(url)
    assert response.status_code == 502
    assert "Could not load executions" in Page.of(response).words


def test_an_unknown_actor_is_not_found(world: World, signed_in: Client) -> None:
    assert signed_in.get("/actors/nobody/executions/").status_code == 404


@BOTH
def test_it_works_without_script_and_says_the_same_to_htmx(
    busy: World, signed_in: Client, htmx: dict[str, str], url: str
) -> None:
    page = signed_in.get(url).content.decode()
    assert f'hx-get="{url}?poll=1' in page
    assert '<form method="get" id="history-filter" class="contents">' in page
    assert b"<html" in signed_in.get(url, headers=htmx).content
