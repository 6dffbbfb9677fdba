"""Deleting an actor: only with its name, and once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from actors_app.actors.deletion_effects import ALIASES_ASKED
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, config_payload, nonce_payload, worker_payload

URL = f"/actors/{ACTOR_ID}/delete/"
API = f"/actors/v2/{ACTOR_ID}"


def answers(api: Any, **changes: Any) -> None:
    """Let the API say what depends on the actor; a change to None is silence of that call: a failure."""
    found: dict[str, Any] = {
        API: actor_payload(),
        f"{API}/messages": {"messages": 3},
        f"{API}/workers": [worker_payload()],
        f"{API}/nonces": [nonce_payload(), nonce_payload(id="TACC-PROD_another")],
        f"{API}/permissions": {"jdoe": "UPDATE"},
        "/actors/v2/aliases": [],
        "/actors/v2/configs": [],
        "/actors/v2": [],
    }
    names = {path.rpartition("/")[2]: path for path in found} | {"actor": API, "actors": "/actors/v2"}
    found |= {names[name]: value for name, value in changes.items()}
    for path, result in found.items():
        if result is None:
            api.refuse("GET", path, "no", 500)
        else:
            api.get(path, result)


def shown(signed_in: Client) -> list[str]:
    """Return what the page says depends on the actor, as text."""
    page = signed_in.get(URL).content.decode()
    listed = re.search(r'id="effects">(.*?)</ul>', page, re.DOTALL)
    assert listed
    return [
        " ".join(re.sub(r"<[^>]+>", "", one).split()) for one in re.findall(r"<li>(.*?)</li>", listed[1], re.DOTALL)
    ]


def opened(signed_in: Client, api: Any, **actor: Any) -> dict[str, str]:
    """Open the page and return its hidden field."""
    answers(api, actor=actor_payload(**actor))
    page = signed_in.get(URL).content.decode()
    assert "3 queued messages" in page
    assert "1 idle worker" in page
    assert "2 active nonces" in page
    found = re.search(r'name="expected" value="([^"]*)"', page)
    assert found
    return {"expected": found[1]}


def test_it_shows_all_that_depends_on_the_actor(signed_in: Client, api: Any) -> None:
    lately = f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%dT%H:%M:%S.000Z}"
    answers(
        api,
        actor=actor_payload(
            link="Next", webhook="https://hooks.example.org/k3y", cronOn=True, cronSchedule="2026-11-24 10 + 1 hour"
        ),
        workers=[worker_payload(status="BUSY"), worker_payload(id="W2")],
        nonces=[
            nonce_payload(lastUseTime=lately),
            nonce_payload(id="TACC-PROD_another"),
            nonce_payload(id="TACC-PROD_spent", remainingUses=0),
        ],
        permissions={"jdoe": "UPDATE", "a": {"b": "UPDATE"}, "ada": "READ", "gone": "NONE", "<b>": "EXECUTE"},
        aliases=[
            alias_payload(),
            alias_payload(alias="second"),
            alias_payload(alias="third"),
            alias_payload(alias="other", actorId="Other"),
        ],
        configs=[config_payload(), config_payload(name="not-its", actors="Other")],
        actors=[actor_payload(), actor_payload(id="Before", name="before", link="my-alias")],
    )
    used = [nonce_payload(lastUseTime=lately), nonce_payload(id="TACC-PROD_spent", remainingUses=0)]
    api.get("/actors/v2/aliases/my-alias/nonces", used)
    api.get("/actors/v2/aliases/second/nonces", [nonce_payload()])
    api.get("/actors/v2/aliases/third/nonces", [])
    assert shown(signed_in) == [
        "3 queued messages will be lost.",
        "2 workers and 1 running execution will be stopped.",
        "2 active nonces (1 used in the last 30 days) will stop working. View nonces",
        "3 aliases will be broken: my-alias, second, third",
        "2 active nonces of its aliases (1 used in the last 30 days) will stop working: my-alias, second",
        "1 actor will lose the target of its link: before",
        "Events will no longer be sent to the linked actor: Next",
        "Events will no longer be sent to the webhook at hooks.example.org.",
        "Its schedule (every hour) will stop.",
        "1 config will no longer reach this actor: my-config",
        "2 other users lose access: ada, &lt;b&gt;",
        "Logs, permissions and state are deleted too.",
    ]


def test_what_depends_on_nothing_is_said_to(signed_in: Client, api: Any) -> None:
    answers(api, messages={"messages": 0}, workers=[], nonces=[])
    assert shown(signed_in)[:-1] == [
        "No queued messages, workers, active nonces, aliases, linked actors, outgoing events, schedule, configs "
        "or other users.",
    ]


def test_everybody_loses_what_is_open_to_everybody(signed_in: Client, api: Any) -> None:
    answers(api, permissions={"jdoe": "UPDATE", "ABACO_WORLD": "READ"})
    assert "Everyone in the tenant loses access." in shown(signed_in)


def test_many_are_counted_and_some_named(signed_in: Client, api: Any) -> None:
    names = [f"name-{number}" for number in range(ALIASES_ASKED + 2)]
    answers(api, aliases=[alias_payload(alias=name) for name in names])
    for name in names[:ALIASES_ASKED]:
        api.get(f"/actors/v2/aliases/{name}/nonces", [nonce_payload()])
    words = shown(signed_in)
    assert any(one.startswith("22 aliases") and one.endswith("name-9 and 12 more.") for one in words)
    assert any(one.startswith("20 active nonces of its aliases") for one in words)
    assert ("Unknown. Nonces of 2 of its aliases could not be loaded. Too many to check. name-20, name-21") in words


def test_nonces_of_an_alias_that_nobody_tells_are_not_known(signed_in: Client, api: Any) -> None:
    answers(api, aliases=[alias_payload(), alias_payload(alias="second")])
    api.refuse("GET", "/actors/v2/aliases/my-alias/nonces", "Not authorized -- you do not have access to this alias.")
    api.get("/actors/v2/aliases/second/nonces", [])
    (words,) = (one for one in shown(signed_in) if "Nonces of" in one)
    assert words.startswith("Unknown. Nonces of 1 of its aliases could not be loaded. You do not have permission")
    assert words.endswith("my-alias")


@pytest.mark.parametrize("name", ["messages", "workers", "nonces", "permissions", "aliases", "configs", "actors"])
def test_what_the_api_does_not_say_is_not_known(signed_in: Client, api: Any, name: str) -> None:
    answers(api, **{name: None})
    unknown = [one for one in shown(signed_in) if one.startswith("Unknown.")]
    assert len(unknown) == (3 if name == "aliases" else 1), "links and configs may name an alias"


def test_a_page_after_a_wrong_name_says_what_goes_in_any_case(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    page = signed_in.post(URL, form | {"confirm": "wrong"}).content.decode()
    assert "View dependents" in page


def test_it_works(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    api.delete(API, None, message="Actor deleted successfully.")
    response = signed_in.post(URL, form | {"confirm": "word-count"}, follow=False)
    assert response.status_code == 302
    assert response["Location"] == "/actors/"


def test_an_actor_without_a_name_is_confirmed_by_its_id(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, name=None)
    api.delete(API, None, message="Actor deleted successfully.")
    assert signed_in.post(URL, form | {"confirm": ACTOR_ID}).status_code == 302


def test_a_name_with_hidden_characters_may_be_typed_as_it_is_shown(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, name="a\u202eb")
    api.delete(API, None)
    assert signed_in.post(URL, form | {"confirm": "a⟦RIGHT-TO-LEFT OVERRIDE⟧b"}).status_code == 302


@pytest.mark.parametrize("typed", ["", "word", "WORD-COUNT", ACTOR_ID])
def test_a_wrong_name_deletes_nothing_and_asks_nobody(signed_in: Client, api: Any, typed: str) -> None:
    form = opened(signed_in, api)
    before = len(api.asked)
    response = signed_in.post(URL, form | {"confirm": typed})
    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()
    assert len(api.asked) == before


def test_without_the_page_the_api_says_what_the_name_is(signed_in: Client, api: Any) -> None:
    api.get(API, actor_payload())
    assert signed_in.post(URL, {"confirm": "wrong"}).status_code == 422
    api.delete(API, None)
    assert signed_in.post(URL, {"confirm": "word-count"}).status_code == 302


def test_it_says_when_the_api_is_still_cleaning_up(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    message = "Actor deleted successfully, though Abaco is still cleaning up some of the actor's resources."
    api.delete(API, None, message=message)
    api.get("/actors/v2", [])
    page = signed_in.post(URL, form | {"confirm": "word-count"}, follow=True).content.decode()
    assert "Actor word-count deleted. The API is still cleaning up." in page


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.delete(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.post(URL, {"confirm": "x"}).status_code == 302


def test_it_shows_a_refusal(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    api.refuse("DELETE", API, "Not authorized -- you do not have access to this actor.")
    response = signed_in.post(URL, form | {"confirm": "word-count"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Nothing was changed." in page
    assert 'value="word-count"' in page


def test_it_survives_silence_and_sends_once(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    api.is_silent("DELETE", API)
    response = signed_in.post(URL, form | {"confirm": "word-count"})
    assert response.status_code == 502
    assert "We do not know whether this succeeded" in response.content.decode()
    assert [request.method for request in api.asked].count("DELETE") == 1
