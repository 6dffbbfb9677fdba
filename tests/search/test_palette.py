"""The command palette: the entries for a text, from what the visitor may read."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from actors_app.core.security.models import Readable
from tests.history.world import World, ago, answering
from tests.support.payloads import ACTOR_ID

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ACTOR = f"/actors/{ACTOR_ID}/"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Answer every call from a world with two actors, of which one has run."""
    with answering() as world:
        world.actor(name="word-count", image="abacosamples/wc:1")
        world.actor("other", name="Zebra <b>", image="tacc/count-zebras")
        world.run("qX7LmPzR2", ago(minutes=3), exitCode=2)
        yield world


def entries(client: Client, text: str) -> list[str]:
    """Return the addresses of the palette's entries for a text, in their order."""
    answer = client.get("/palette/", {"q": text}, headers=HTMX)
    assert answer.status_code == 200
    return re.findall(r'role="option"[^>]* href="([^"]*)"', answer.content.decode())


def test_the_actors_that_match_best_come_first_and_then_their_actions(world: World, signed_in: Client) -> None:
    urls = entries(signed_in, "COUNT")
    assert urls[:4] == [ACTOR, "/actors/other/", ACTOR + "messages/", ACTOR + "executions/"]
    assert entries(signed_in, "zebra")[0] == "/actors/other/"
    assert entries(signed_in, ACTOR_ID[:6])[0] == ACTOR


def test_an_execution_is_listed_by_the_beginning_of_its_id(world: World, signed_in: Client) -> None:
    signed_in.get("/executions/?window=all")
    assert ACTOR + "executions/qX7LmPzR2/" in entries(signed_in, "qX7")
    assert not [url for url in entries(signed_in, "qX") if "qX7LmPzR2" in url]


def test_an_actor_that_is_not_readable_is_not_listed(world: World, signed_in: Client) -> None:
    signed_in.get("/executions/?window=all")
    world.unreadable.add(ACTOR_ID)
    Readable.objects.update(checked=0)
    assert not [url for text in ("word", "qX7") for url in entries(signed_in, text) if ACTOR in url]


def test_pages_and_searches_are_listed_also_while_the_api_fails(world: World, signed_in: Client) -> None:
    world.failing["actors"] = (500, {}, "")
    answer = signed_in.get("/palette/", {"q": "prefer"}, headers=HTMX).content.decode()
    assert "the Actors API is not responding" in answer
    assert 'href="/account/preferences/"' in answer
    assert 'href="/search/?kind=logs&amp;q=prefer"' in answer


def test_an_empty_text_lists_actors_and_pages(world: World, signed_in: Client) -> None:
    urls = entries(signed_in, "")
    assert ACTOR in urls
    assert "/actors/" in urls
    assert not [url for url in urls if "q=" in url]


def test_what_the_api_names_is_text(world: World, signed_in: Client) -> None:
    answer = signed_in.get("/palette/", {"q": "<b>"}, headers=HTMX).content.decode()
    assert "Zebra &lt;b&gt;" in answer
    assert "<b>" not in answer


def test_a_minute_of_typing_asks_the_api_once(world: World, signed_in: Client) -> None:
    for text in ("w", "wo", "wor", "word"):
        entries(signed_in, text)
    assert world.forget().count("actors") == 1


def test_without_script_the_address_leads_to_the_search(world: World, signed_in: Client) -> None:
    answer = signed_in.get("/palette/", {"q": "a b"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/?q=a+b")
    page = signed_in.get("/actors/").content.decode()
    assert re.search(r'<a class="jump" href="/search/" data-palette>', page)


def test_a_visitor_who_is_not_signed_in_is_led_to_the_sign_in(client: Client) -> None:
    answer = client.get("/palette/", {"q": "x"}, headers=HTMX)
    assert answer.headers["HX-Redirect"].startswith("/sign-in/")
    assert answer.content == b""
