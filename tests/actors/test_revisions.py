"""The definitions that an actor had, on their page; and the form filled with a former one."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.actors.models import KeptDefinition
from actors_app.core.clock import HOUR, now_ms
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory, ExecutionRecord
from tests.actors.test_update import inputs
from tests.support.payloads import ACTOR_ID, API, actor_payload

URL = f"/actors/{ACTOR_ID}/revisions/"
PATH = f"/actors/v2/{ACTOR_ID}"
EDIT = f"/actors/{ACTOR_ID}/edit/"
pytestmark = pytest.mark.store(full=True)


def look(browser: Client, api: Any, query: str = "", **changes: Any) -> str:
    """Let the API describe the actor so, and return the page."""
    cache.clear()
    api.wire.remove("GET", API + PATH)
    api.get(PATH, actor_payload(**changes))
    return browser.get(URL + query).content.decode()


def changed(number: int, **changes: Any) -> dict[str, Any]:
    """Return the fields of an actor that was changed so many hours later."""
    return {"lastUpdateTime": f"2026-11-22T{10 + number}:00:00.12Z0", **changes}


def words(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


def test_the_first_look_teaches(signed_in: Client, api: Any) -> None:
    page = look(signed_in, api)
    assert "Revisions are recorded from now on." in page
    assert "Revision 2" in page
    assert "No earlier revision to compare" in page


def test_a_change_made_elsewhere_is_told_with_its_span(signed_in: Client, api: Any) -> None:
    look(signed_in, api)
    said = words(look(signed_in, api, **changed(1, description="Counts more.", image="abacosamples/test")))
    assert "Changed outside the portal between" in said
    assert "Description Counts words. Counts more." in said
    assert "Image abacosamples/wc abacosamples/test" in said


@pytest.mark.store
def test_a_change_made_here_names_who_made_it(signed_in: Client, api: Any) -> None:
    api.get(PATH, actor_payload())
    form = inputs(signed_in.get(EDIT).content.decode()) | {"description": ["mine"]}
    after = actor_payload(**changed(2, description="mine"))
    review = signed_in.post(EDIT, form).content.decode()
    api.put(PATH, after)
    assert signed_in.post(EDIT, inputs(review) | {"step": "save"}).status_code == 302
    said = words(look(signed_in, api, **changed(2, description="mine")))
    assert "Saved here by jdoe ( details )" in said
    newest = KeptDefinition.objects.get(is_newest=True)
    assert AuditEntry.objects.get(pk=newest.entry).action == "actor.update"


def test_registering_is_noted_with_who_did_it(signed_in: Client, api: Any) -> None:
    api.post("/actors/v2", actor_payload())
    signed_in.post("/actors/new/", {"image": "abacosamples/wc"})
    assert KeptDefinition.objects.get().username == "jdoe"


@pytest.mark.store
def test_any_two_are_compared(signed_in: Client, api: Any) -> None:
    for number in range(3):
        look(signed_in, api, **changed(number, description=f"text {number}"))
    first, second, third = KeptDefinition.objects.order_by("pk").values_list("pk", flat=True)
    last = changed(2, description="text 2")
    assert "Description text 1 text 2" in words(look(signed_in, api, **last))
    assert "Description text 0 text 1" in words(look(signed_in, api, f"?to={second}", **last))
    assert "Description text 0 text 2" in words(look(signed_in, api, f"?from={first}&to={third}", **last))
    assert "Description text 2 text 0" in words(look(signed_in, api, f"?from={third}&to={first}", **last))


def test_secrets_of_an_environment_show_when_asked_for(signed_in: Client, api: Any) -> None:
    look(signed_in, api, defaultEnvironment={"API_KEY": "old-secret", "colour": "red", "same": "x"})
    page = look(
        signed_in, api, **changed(1, defaultEnvironment={"API_KEY": "new-secret", "colour": "blue", "same": "x"})
    )
    assert re.search(r"<details[^>]*><summary>Hidden[^<]*</summary><bdi[^>]*>(&quot;)?old-secret", page)
    assert "blue" in page
    assert "same" not in words(page[: page.index("line-title")]), "what did not change"


def test_a_filter_that_finds_nothing_can_be_cleared(signed_in: Client, api: Any) -> None:
    look(signed_in, api)
    look(signed_in, api, **changed(1, description="x"))
    page = look(signed_in, api, "?by=here", **changed(1, description="x"))
    assert "No revisions match these filters" in page
    assert ">Clear filters</a>" in page
    page = look(signed_in, api, "?by=elsewhere", **changed(1, description="x"))
    assert "No revisions match these filters" not in page


@pytest.mark.parametrize("query", ["?from=999999", "?to=x", "?from=1%00", "?to=-1"])
def test_it_shows_form_errors(signed_in: Client, api: Any, query: str) -> None:
    look(signed_in, api)
    look(signed_in, api, **changed(1, description="x"))
    response = signed_in.get(URL + query)
    assert response.status_code == 422
    assert "Revision not found" in response.content.decode()


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?by=nobody"])
def test_a_page_or_a_filter_that_is_none_is_passed_over(signed_in: Client, api: Any, query: str) -> None:
    look(signed_in, api)
    assert signed_in.get(URL + query).status_code == 200


@pytest.mark.store
def test_another_actors_definition_is_none_of_this_one(signed_in: Client, api: Any) -> None:
    look(signed_in, api)
    row = KeptDefinition.objects.get()
    KeptDefinition.objects.filter(pk=row.pk).update(actor_id="another")
    look(signed_in, api)
    assert signed_in.get(f"{URL}?to={row.pk}").status_code == 422
    assert signed_in.get(f"{EDIT}?back={row.pk}").status_code == 404


def test_it_draws_how_executions_fared(signed_in: Client, api: Any) -> None:
    history = ActorHistory.objects.create(tenant="default", actor_id=ACTOR_ID)
    look(signed_in, api)
    at = now_ms() - HOUR
    for number, outcome in enumerate(["succeeded", "succeeded", "failed", "halted"]):
        ExecutionRecord.objects.create(
            actor=history,
            execution_id=f"e{number}",
            outcome=outcome,
            received=at + number,
            ran=2000,
            first_seen=at,
            last_seen=at,
        )
    page = look(signed_in, api)
    assert "Latest: 66.7% success" in page
    assert "Latest: median 2 s" in page or "Latest: median 2.0 s" in page
    assert '<svg class="plot bars"' in page
    assert f"/actors/{ACTOR_ID}/executions/?" in page


def test_it_asks_whether_the_visitor_may_read_now(signed_in: Client, api: Any) -> None:
    look(signed_in, api, owner="mvaughn")
    api.wire.remove("GET", API + PATH)
    api.refuse("GET", PATH, "Not authorized -- you do not have access to this actor.")
    response = signed_in.get(URL)
    assert response.status_code == 403
    assert "abacosamples" not in response.content.decode()


def test_it_survives_silence(signed_in: Client, api: Any) -> None:
    api.is_silent("GET", PATH)
    response = signed_in.get(URL)
    assert response.status_code == 502
    assert "Retry" in response.content.decode()
    assert "Could not load revisions" in response.content.decode()


def seen_by(browser: Client, api: Any) -> None:
    """Let the portal know two definitions, and that the API lets this visitor read the actor."""
    look(browser, api)
    look(browser, api, **changed(1, description="Counts more."))
    keys = json.dumps([ActorHistory.objects.get().pk])
    Readable.objects.create(tenant="default", username="jdoe", actors=keys, checked=now_ms())


def test_while_the_api_is_silent_what_was_kept_is_shown_with_its_age(signed_in: Client, api: Any) -> None:
    seen_by(signed_in, api)
    cache.clear()
    api.wire.remove("GET", API + PATH)
    api.is_silent("GET", PATH)
    answer = signed_in.get(URL)
    said = words(answer.content.decode())
    assert answer.status_code == 200
    assert "Showing stored revisions, last seen" in said
    assert "Description Counts words. Counts more." in said
    assert "Restore…</a>" not in said
    assert "word-count" in said


def test_while_the_api_is_silent_a_stranger_is_shown_nothing(
    signed_in: Client, sign_in: Callable[..., Client], api: Any
) -> None:
    seen_by(signed_in, api)
    api.wire.remove("GET", API + PATH)
    api.is_silent("GET", PATH)
    answer = sign_in(username="stranger", access_token="another-token").get(URL)
    assert answer.status_code == 502
    assert "Counts" not in answer.content.decode()


def gone(api: Any, *, is_admin: bool | None = None) -> None:
    """Let the API say that the actor is gone, and to others than its owner whether they are administrators."""
    cache.clear()
    api.wire.remove("GET", API + PATH)
    api.refuse("GET", PATH, f"Actor TACC-PROD_{ACTOR_ID} does not exist")
    if is_admin is None:
        return
    words = "No alias found: admin-role-probe." if is_admin else "Abaco Admin role required."
    api.refuse("GET", "/actors/v2/aliases/admin-role-probe", words, 404 if is_admin else 400)


def test_the_definitions_of_a_deleted_actor_are_its_owner_s(signed_in: Client, api: Any) -> None:
    look(signed_in, api)
    look(signed_in, api, **changed(1, description="Counts more."))
    gone(api)
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Deleted actor (detected" in words(page)
    assert "Description Counts words. Counts more." in words(page)
    assert "Restore…</a>" not in page
    assert f'href="{EDIT}"' not in page
    assert 'aria-disabled="true" title="This actor was deleted."' in page


@pytest.mark.parametrize("is_admin", [True, False])
def test_of_others_an_administrator_alone_sees_a_deleted_actor(
    signed_in: Client, sign_in: Callable[..., Client], api: Any, is_admin: bool
) -> None:
    look(signed_in, api)
    gone(api, is_admin=is_admin)
    answer = sign_in(username="somebody", access_token="another-token").get(URL)
    assert answer.status_code == (200 if is_admin else 404)
    assert ("Counts words." in answer.content.decode()) is False
    assert ("Revisions are visible to its owner" in answer.content.decode()) is is_admin


def test_a_refusal_shows_nothing_to_whoever_lost_their_rights(signed_in: Client, api: Any) -> None:
    seen_by(signed_in, api)
    cache.clear()
    api.wire.remove("GET", API + PATH)
    api.refuse("GET", PATH, "Not authorized -- you do not have access to this actor.")
    assert signed_in.get(URL).status_code == 403


def test_it_needs_credentials_and_a_get(client: Client, signed_in: Client) -> None:
    assert client.get(URL).status_code == 302
    assert signed_in.post(URL).status_code == 405


@pytest.mark.store
def test_a_definition_that_no_key_opens_is_said(signed_in: Client, api: Any) -> None:
    look(signed_in, api)
    KeptDefinition.objects.update(content=b"gone")
    page = look(signed_in, api, **changed(1, description="x"))
    assert "One of the revisions cannot be decrypted." in page


# Editing back --------------------------------------------------------------------------------------------------------


@pytest.mark.store
def test_editing_back_fills_the_form_and_sends_nothing(signed_in: Client, api: Any) -> None:
    look(signed_in, api, defaultEnvironment={"n": 3}, hints=["sync"])
    now = changed(1, description="worse", image="abacosamples/bad", state={"count": 1}, stateless=False)
    page = look(signed_in, api, **now)
    back = KeptDefinition.objects.order_by("pk").first()
    assert back is not None
    assert f"{EDIT}?back={back.pk}" in page
    form = signed_in.get(f"{EDIT}?back={back.pk}").content.decode()
    assert "Restoring revision 2" in form
    assert (
        "Not restored: Initial state (JSON), Stateless." in form
        or "Not restored: Stateless, Initial state (JSON)." in form
    )
    given = inputs(form)
    assert given["image"] == ["abacosamples/wc"]
    assert given["description"] == ["Counts words."]
    assert given["hints"] == ["sync"]
    assert [request.method for request in api.asked] == ["GET"] * len(api.asked)
    review = signed_in.post(EDIT, given | {"step": ["review"]}).content.decode()
    assert "Description Current: worse New: Counts words." in words(review)
    api.put(PATH, actor_payload())
    signed_in.post(EDIT, inputs(review) | {"step": ["save"]})
    body = json.loads(api.asked[-1].body)
    assert body["defaultEnvironment"] == {"n": 3}, "a number that was one before stays one"
    assert body["state"] == {"count": 1}, "the state of now"


@pytest.mark.parametrize("key", ["", "x", "-1", "999", "9" * 30])
def test_editing_back_to_what_is_not_kept_is_not_found(signed_in: Client, api: Any, key: str) -> None:
    look(signed_in, api)
    response = signed_in.get(f"{EDIT}?back={key}")
    assert response.status_code == 404
    assert "Revision not found" in response.content.decode()
