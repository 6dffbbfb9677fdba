"""One line of the activity: all that is kept of it, to whoever may see it."""

from collections.abc import Callable

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.audit import read, wrote
from tests.support.payloads import ACTOR_ID, actor_payload

Browser = Callable[..., Client]
ACTOR = f"/actors/v2/{ACTOR_ID}"
NO_ACCESS = "Not authorized -- you do not have access to this actor."


def test_it_works(signed_in: Client, api: API) -> None:
    entry = wrote(
        "actor.update", details={"before": {"description": "old <b>"}, "after": {"description": "new"}, "force": True}
    )
    api.get(ACTOR, actor_payload())
    text = signed_in.get(f"/activity/{entry.pk}/").content.decode()
    end = AuditEntry.objects.get(start=entry)
    for part in (
        "edited the actor",
        "old &lt;b&gt;",
        "new",
        "force",
        "Message sent.",
        entry.hash,
        end.hash,
        entry.request_id,
    ):
        assert part in text
    assert "digest" not in text
    assert "search-check" not in text


@pytest.mark.parametrize("check", ["", "check/"])
def test_it_rejects_the_wrong_method_and_needs_credentials(signed_in: Client, check: str) -> None:
    entry = wrote()
    assert signed_in.post(f"/activity/{entry.pk}/{check}").status_code == 405
    assert Client().get(f"/activity/{entry.pk}/{check}")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("check", ["", "check/"])
def test_what_others_did_is_hidden_with_the_actor(signed_in: Client, api: API, check: str) -> None:
    theirs = wrote(username="team", details={"after": "secret"})
    for status in (400, 404):
        api.refuse("GET", ACTOR, NO_ACCESS if status == 400 else "actor not found", status=status)
        answer = signed_in.get(f"/activity/{theirs.pk}/{check}")
        assert answer.status_code == 404
        assert "secret" not in answer.content.decode()
    api.get(ACTOR, actor_payload(id="another"))
    assert signed_in.get(f"/activity/{theirs.pk}/{check}").status_code == 404, "an alias that names another now"


@pytest.mark.parametrize("check", ["", "check/"])
def test_another_tenant_is_not_there_at_all(signed_in: Client, api: API, check: str) -> None:
    for entry in (wrote(tenant="other"), wrote(tenant="other", username="team")):
        assert signed_in.get(f"/activity/{entry.pk}/{check}").status_code == 404
    assert api.asked == []


def test_what_others_did_is_shown_to_an_administrator(signed_in: Client, api: API) -> None:
    theirs = wrote(username="team", actor_id="")
    for status, message, expected in (
        (400, "Abaco Admin role required.", 404),
        (404, "No alias found: admin-role-probe.", 200),
    ):
        api.refuse("GET", "/actors/v2/aliases/admin-role-probe", message, status=status)
        assert signed_in.get(f"/activity/{theirs.pk}/").status_code == expected


def test_what_others_did_is_shown_while_the_actor_may_be_read(signed_in: Client, api: API) -> None:
    theirs = wrote(username="team")
    api.get(ACTOR, actor_payload())
    text = signed_in.get(f"/activity/{theirs.pk}/").content.decode()
    assert "team" in text
    assert "word-count" in text


def test_silence_hides_what_others_did_and_not_what_the_visitor_did(signed_in: Client, api: API) -> None:
    own, theirs = wrote(), wrote(username="team")
    for _ in range(4):
        api.is_silent("GET", ACTOR)
    assert signed_in.get(f"/activity/{own.pk}/").status_code == 200
    assert signed_in.get(f"/activity/{theirs.pk}/").status_code == 502


def test_own_lines_of_an_actor_that_is_gone_stay(signed_in: Client, api: API) -> None:
    own = wrote("actor.delete", details={"name": "word-count"})
    api.refuse("GET", ACTOR, "actor not found", status=404)
    text = signed_in.get(f"/activity/{own.pk}/").content.decode()
    assert "deleted the actor <bdi>word-count</bdi>" in text
    assert f'href="/actors/{ACTOR_ID}/"' not in text


def test_an_end_is_no_line_and_neither_is_a_number_beyond_all(signed_in: Client) -> None:
    entry = wrote()
    end = AuditEntry.objects.get(start=entry)
    for number in (end.pk, end.pk + 1000, "9" * 30, "9" * 5000):
        assert signed_in.get(f"/activity/{number}/").status_code == 404


def test_an_unknown_one_leads_to_its_check(signed_in: Client, api: API) -> None:
    entry = wrote(outcome="unknown", end={"error": {"user_message": "No answer.", "reason": "a <b> word"}})
    api.get(ACTOR, actor_payload())
    text = signed_in.get(f"/activity/{entry.pk}/").content.decode()
    assert f'href="/activity/{entry.pk}/check/"' in text
    assert "a &lt;b&gt; word" in text


def test_reading_a_secret_has_a_page_too(signed_in: Client, api: API) -> None:
    entry = read()
    api.get(ACTOR, actor_payload())
    assert "revealed a nonce of" in signed_in.get(f"/activity/{entry.pk}/").content.decode()
