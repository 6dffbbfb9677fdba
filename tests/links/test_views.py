"""Links and webhooks: drawn and listed, rings marked, and refused before the call where an edit would close one."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload

pytestmark = pytest.mark.django_db
ACTOR = f"/actors/v2/{ACTOR_ID}"


def lists(api: API, *actors: dict[str, object]) -> None:
    api.get("/actors/v2", list(actors))
    api.get("/actors/v2/aliases", [alias_payload(alias="to-b", actorId="B")])


def test_links_are_drawn_and_listed_and_webhooks_show_their_host(api: API, signed_in: Client) -> None:
    lists(
        api,
        actor_payload(id="A", name="<i>a</i>", link="to-b"),
        actor_payload(id="B", name="b", link="gone", webhook="https://hooks.example.org/services/SECRET-PATH"),
        actor_payload(id="C", name="c", webhook="http://plain.example.org/"),
    )
    page = signed_in.get("/links/").content.decode()
    assert '<svg class="graph"' in page
    assert "&lt;i&gt;a&lt;/i&gt;" in page
    assert 'href="/actors/B/"' in page
    assert "Not accessible" in page
    assert "hooks.example.org" in page
    assert "SECRET-PATH" not in page
    assert "No TLS" in page


def test_arrows_have_heads(api: API, signed_in: Client) -> None:
    lists(api, actor_payload(name="first", link="B"), actor_payload(id="B", name="second"))
    page = signed_in.get("/links/").content.decode()
    assert '<marker id="arrowhead"' in page
    assert 'marker-end="url(#arrowhead)"' in page


def test_a_ring_is_marked(api: API, signed_in: Client) -> None:
    lists(api, actor_payload(id="A", name="a", link="B"), actor_payload(id="B", name="b", link="A"))
    assert "a → b → a" in signed_in.get("/links/").content.decode()


def test_none_teaches(api: API, signed_in: Client) -> None:
    lists(api, actor_payload())
    assert "No links or webhooks yet" in signed_in.get("/links/").content.decode()


def test_without_the_aliases_the_page_stands_and_says_so(api: API, signed_in: Client) -> None:
    api.get("/actors/v2", [actor_payload(link="to-b")])
    api.is_silent("GET", "/actors/v2/aliases")
    assert "Could not load aliases" in signed_in.get("/links/").content.decode()


def test_silence_is_said(api: API, signed_in: Client) -> None:
    api.is_silent("GET", "/actors/v2")
    api.get("/actors/v2/aliases", [])
    answer = signed_in.get("/links/")
    assert answer.status_code == 502
    assert "Could not load actors" in answer.content.decode()


def test_an_edit_that_would_close_a_ring_is_refused_before_the_call(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload(name="first"))
    form = signed_in.get(f"/actors/{ACTOR_ID}/edit/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', form)
    assert seen
    lists(api, actor_payload(name="first"), actor_payload(id="B", name="second", link=ACTOR_ID))
    typed = {"image": actor_payload()["image"], "stateless": "true", "link": "to-b", "seen": unescape(seen[1])}
    answer = signed_in.post(f"/actors/{ACTOR_ID}/edit/", typed | {"step": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "first → second → first" in page
    assert 'value="to-b"' in page
    assert {request.method for request in api.asked} == {"GET"}
