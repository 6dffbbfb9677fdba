"""Ids and links that somebody pasted: what surrounds them is ignored, and the search leads to what they name."""

import pytest
from django.test import Client

from actors_app.services.blanks import trimmed
from tests.conftest import API
from tests.history.world import ago, answering
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    WORKER_ID,
    actor_payload,
    execution_payload,
    search_payload,
    worker_payload,
)

pytestmark = pytest.mark.django_db
ACTOR, EXECUTION = f"/actors/{ACTOR_ID}/", f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
UNSEEN = "\N{ZERO WIDTH SPACE}\N{NO-BREAK SPACE} \t\N{ZERO WIDTH NO-BREAK SPACE}\N{RIGHT-TO-LEFT MARK}"


def found(signed_in: Client, text: str) -> str:
    return signed_in.get("/search/", {"q": text}).content.decode()


@pytest.mark.parametrize("text", [ACTOR_ID, f"{UNSEEN}{ACTOR_ID}{UNSEEN}"])
def test_the_id_of_an_actor_leads_to_it(text: str, api: API, signed_in: Client) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.get("/actors/v2/search/executions", search_payload())
    assert f'<a class="name" href="{ACTOR}">' in found(signed_in, text)


def test_the_id_of_an_execution_leads_to_it(api: API, signed_in: Client) -> None:
    api.refuse("GET", f"/actors/v2/{EXECUTION_ID}", f"Actor with identifier '{EXECUTION_ID}' not found", 404)
    api.get("/actors/v2/search/executions", search_payload(execution_payload(actorId=ACTOR_ID)))
    assert f'<a class="name" href="{EXECUTION}">' in found(signed_in, EXECUTION_ID)


@pytest.mark.parametrize(
    "text",
    [
        f"https://portal.example.org{EXECUTION}",
        f"https://portal.example.org/under/a/path{EXECUTION}logs/?find=x#L7",
        f"{UNSEEN}https://api.example.org/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}{UNSEEN}",
        f"https://tacc.tapis.io/v3/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs",
        f"{ACTOR_ID}/{EXECUTION_ID}",
    ],
)
def test_a_link_to_an_execution_leads_to_it(text: str, api: API, signed_in: Client) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}", execution_payload())
    assert f'<a class="name" href="{EXECUTION}">' in found(signed_in, text)
    assert len(api.asked) == 1


def test_links_to_an_actor_and_a_worker_lead_to_them(api: API, signed_in: Client) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    assert f'<a class="name" href="{ACTOR}">' in found(signed_in, f"https://portal.example.org{ACTOR}edit/")
    api.get(f"/actors/v2/{ACTOR_ID}/workers/{WORKER_ID}", worker_payload(actorId=ACTOR_ID))
    link = f"{ACTOR}workers/{WORKER_ID}/"
    assert f'<a class="name" href="{link}">' in found(signed_in, f"https://portal.example.org{link}")


@pytest.mark.parametrize("text", ["wordcount", "out of memory", "actors/admin", "https://example.org/actors/search/"])
def test_words_are_searched_as_words(text: str, api: API, signed_in: Client) -> None:
    api.get("/actors/v2/search/actors", search_payload())
    assert "No results" in found(signed_in, text)
    assert len(api.asked) == 1


def test_an_id_that_names_nothing_is_searched_as_a_word(api: API, signed_in: Client) -> None:
    api.refuse("GET", f"/actors/v2/{EXECUTION_ID}", f"Actor with identifier '{EXECUTION_ID}' not found", 404)
    api.get("/actors/v2/search/executions", search_payload())
    api.get("/actors/v2/search/actors", search_payload())
    assert "No results" in found(signed_in, EXECUTION_ID)


def test_silence_is_not_taken_for_nothing(api: API, signed_in: Client) -> None:
    api.is_silent("GET", f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}")
    assert "Search unavailable" in found(signed_in, EXECUTION)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"{UNSEEN}abc{UNSEEN}", "abc"),
        ("a b", "a b"),
        (UNSEEN, ""),
        ("", ""),
        ("\u3164x\u2800", "x"),
        ("\u200ea\u200bb", "a\u200bb"),
    ],
)
def test_only_the_ends_are_trimmed(text: str, seen: str) -> None:
    assert trimmed(text) == seen


@pytest.mark.parametrize("address", ["/executions/?actor={}", "/activity/?actor={}&window=all"])
def test_a_filter_by_an_actor_that_there_is_not_says_so(address: str, signed_in: Client) -> None:
    with answering() as world:
        world.actor(name="word-count")
        page = signed_in.get(address.format("nobody-has-it")).content.decode()
        known = signed_in.get(address.format("word-count")).content.decode()
    assert "Actor not found" in page
    assert "0 executions" not in page
    assert "Actor not found" not in known


def test_an_execution_that_the_search_does_not_show_comes_from_the_history(signed_in: Client) -> None:
    with answering() as world:
        world.actor()
        world.run(EXECUTION_ID, ago(minutes=1))
        signed_in.get("/executions/")
        world.hidden.add(ACTOR_ID)
        assert f'<a class="name" href="{EXECUTION}">' in found(signed_in, EXECUTION_ID)
