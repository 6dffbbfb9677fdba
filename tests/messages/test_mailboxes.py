"""How many messages wait, and where: a part of the overview and a page of its own."""

from typing import Any

from django.test import Client

from actors_app.messages.mailboxes import ASKED
from tests.support.payloads import ACTOR_ID, actor_payload, execution_payload, search_payload

URL = "/mailboxes/"
SEARCH = "/actors/v2/search/executions"


def waiting(id_: str, actor_id: str = ACTOR_ID) -> dict[str, Any]:
    return execution_payload(id=id_, actorId=actor_id, status="SUBMITTED", exitCode=None, finishTime=None)


def test_it_works(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload(name="full"), actor_payload(id="other", name="purged")])
    api.get(SEARCH, search_payload(waiting("a"), waiting("b"), waiting("c", "other")))
    api.get(f"/actors/v2/{ACTOR_ID}/messages", {"messages": 1200})
    api.get("/actors/v2/other/messages", {"messages": 0})
    page = signed_in.get(URL).content.decode()
    assert page.index("full</bdi>") < page.index("purged</bdi>")
    assert '<td class="r num">1\N{NARROW NO-BREAK SPACE}200</td><td class="r num dim">2</td>' in page
    assert '<td class="r num">0</td><td class="r num dim">1</td>' in page
    (search,) = [request for request in api.asked if "search" in request.url]
    assert search.params["status.in"] == '["SUBMITTED"]'


def test_it_answers_htmx_with_the_fragment(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    api.get("/actors/v2", [])
    api.get(SEARCH, search_payload())
    page = signed_in.get(URL, headers=htmx).content.decode()
    assert "<html" not in page
    assert "No queued messages" in page


def test_a_mailbox_that_does_not_answer_is_not_known(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload()])
    api.get(SEARCH, search_payload(waiting("a"), total=3000))
    api.refuse("GET", f"/actors/v2/{ACTOR_ID}/messages", "no", 500)
    page = signed_in.get(URL).content.decode()
    assert "Unknown" in page
    assert "\N{GREATER-THAN OR EQUAL TO} 1" in page


def test_only_so_many_are_asked_for(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [])
    found = [waiting(f"e{number}", f"actor{number}") for number in range(ASKED + 2)]
    api.get(SEARCH, search_payload(*found))
    for number in range(ASKED):
        api.get(f"/actors/v2/actor{number}/messages", {"messages": 1})
    page = signed_in.get(URL).content.decode()
    assert "2 more actors have waiting executions (not checked)." in page
    assert len(api.asked) == ASKED + 2


def test_it_says_that_it_could_not_be_loaded(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [])
    api.is_silent("GET", SEARCH)
    answer = signed_in.get(URL)
    assert answer.status_code == 502
    assert "Could not load mailboxes" in answer.content.decode()
    assert 'href="/mailboxes/">' in answer.content.decode().partition("data-unavailable")[2]


def test_hostile_names_are_text_and_no_links(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [])
    api.get(SEARCH, search_payload(waiting("a", "<script>")))
    page = signed_in.get(URL).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/")


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_a_refused_token_leads_to_sign_in(sign_in: Any, api: Any) -> None:
    for path in ("/actors/v2", SEARCH):
        api.refuse("GET", path, "No JWT or nonce provided.")
    assert sign_in(refresh_token="").get(URL)["Location"].startswith("/sign-in/")


def test_the_overview_leaves_out_what_is_empty_and_says_so(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    api.get("/actors/v2", [actor_payload(name="full"), actor_payload(id="other", name="purged")])
    api.get(SEARCH, search_payload(waiting("a"), waiting("c", "other")))
    api.get(f"/actors/v2/{ACTOR_ID}/messages", {"messages": 2})
    api.get("/actors/v2/other/messages", {"messages": 0})
    part = signed_in.get(URL, headers=htmx).content.decode()
    assert "full</bdi>" in part
    assert "purged</bdi>" not in part
    assert '<a class="plain-link" href="/mailboxes/">1 other actor</a> has waiting executions' in part


def test_those_that_came_last_are_asked_for_first(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [])
    old = [waiting(f"e{number}", "old") for number in range(5)]
    many = [
        waiting(f"n{number}", f"new{number}") | {"messageReceivedTime": f"2026-11-24T10:00:{number:02}.1Z"}
        for number in range(ASKED)
    ]
    api.get(SEARCH, search_payload(*old, *many))
    for number in range(ASKED):
        api.get(f"/actors/v2/new{number}/messages", {"messages": 1})
    assert "1 more actor has waiting executions" in signed_in.get(URL).content.decode()
