"""Granting a level on an actor: what is sent and recorded, what is refused, and names in doubt."""

import json

import pytest
from django.test import Client

from actors_app.audit.activity import details_of
from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.permissions.support import KEY, OWN, PERMISSIONS, URL, opens, words
from tests.support.payloads import ACTOR_ID

pytestmark = pytest.mark.django_db


def test_a_level_is_granted_and_recorded_with_what_it_was(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, OWN | {"bob": "NONE"})
    api.post(PERMISSIONS, OWN | {"bob": "EXECUTE"})
    answer = signed_in.post(URL, {"user": " bob ", "level": "EXECUTE", "write_key": KEY})
    assert answer.headers["Location"] == URL
    assert json.loads(api.asked[-1].body) == {"user": "bob", "level": "EXECUTE"}
    start = AuditEntry.objects.get(start=None)
    assert (start.action, start.actor_id, start.object_id) == ("permission.grant", ACTOR_ID, "bob")
    assert details_of(start)["before"] == {"bob": "NONE"}
    assert details_of(start)["after"] == {"bob": "EXECUTE"}
    opens(api, OWN | {"bob": "EXECUTE"})
    assert "EXECUTE granted to bob." in words(signed_in.get(URL))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("READ", "EXECUTE", "Access for bob changed from READ to EXECUTE."),
        ("EXECUTE", "EXECUTE", "bob already has EXECUTE."),
        ("READ", "READ", "The API accepted the change, but does not list EXECUTE for bob."),
    ],
)
def test_it_says_what_came_of_it(api: API, signed_in: Client, before: str, after: str, said: str) -> None:
    api.get(PERMISSIONS, OWN | {"bob": before})
    api.post(PERMISSIONS, OWN | {"bob": after})
    signed_in.post(URL, {"user": "bob", "level": "EXECUTE", "write_key": KEY})
    opens(api, OWN)
    assert said in words(signed_in.get(URL))


def test_the_same_form_grants_once(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, OWN)
    api.post(PERMISSIONS, OWN | {"bob": "READ"})
    form = {"user": "bob", "level": "READ", "write_key": KEY}
    signed_in.post(URL, form)
    assert signed_in.post(URL, form).status_code == 302
    assert [request.method for request in api.asked] == ["GET", "POST"]


def test_less_than_update_for_oneself_needs_a_tick(api: API, signed_in: Client) -> None:
    form = {"user": "jdoe", "level": "READ", "write_key": KEY}
    page = words(signed_in.post(URL, form))
    assert "Confirm to lower your own access." in page
    assert "confirm_self" in page
    assert api.asked == []
    api.get(PERMISSIONS, OWN)
    api.post(PERMISSIONS, {"jdoe": "READ"})
    assert signed_in.post(URL, {**form, "confirm_self": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("user", "says"),
    [
        ("", "Enter a username."),
        ("first.last", "Usernames with a dot do not work in the API"),
        ("a@b.c", "not an email address"),
        ("two words", "cannot contain spaces"),
        ("$where", "contain spaces, $"),
        ("x" * 65, "at most 64 characters"),
        ("abaco_world", "Use “Share with everyone” instead"),
    ],
)
def test_it_shows_form_errors_and_asks_the_api_nothing(api: API, signed_in: Client, user: str, says: str) -> None:
    answer = signed_in.post(URL, {"user": user, "level": "OWN", "write_key": KEY})
    page = words(answer)
    assert answer.status_code == 422
    assert says in page
    assert "Choose one of the listed access levels." in page
    assert f'value="{user}"' in page or not user
    assert "Permissions not loaded" in page
    assert api.asked == []


def test_an_invalid_form_with_htmx_is_the_form(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    answer = signed_in.post(URL, {"user": ""}, headers=htmx)
    assert answer.status_code == 422
    assert answer.content.decode().startswith('<section class="card" id="grant"')


def test_it_shows_a_refusal(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, OWN)
    api.refuse("POST", PERMISSIONS, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(URL, {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.status_code == 403
    assert "Nothing was changed." in words(answer)
    assert 'value="bob"' in words(answer)


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, OWN)
    api.is_silent("POST", PERMISSIONS)
    answer = signed_in.post(URL, {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in words(answer)
    assert "Check outcome" in words(answer)
    assert 'value="bob"' in words(answer)


def test_without_the_level_that_is_replaced_nothing_is_sent(api: API, signed_in: Client) -> None:
    api.is_silent("GET", PERMISSIONS)
    answer = signed_in.post(URL, {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.status_code == 502
    assert "Nothing was changed." in words(answer)


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.post(URL).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        ("*", "“*” does not mean everyone"),
        ("everyone", "“everyone” does not mean everyone"),
        ("internal/everyone", "“internal/everyone” does not mean everyone"),
        ("TACC_W0RLD", "“TACC_W0RLD” does not mean everyone"),
        ("others", "“others” does not mean everyone"),
        ("\u0430dmin", "(CYRILLIC SMALL LETTER A), resembles “admin”, which is a different user."),
        ("\uff21BACO_WORLD", "resembles ABACO_WORLD, but"),
        ("jd\u00f6e", "(LATIN SMALL LETTER O WITH DIAERESIS), resembles “jdoe”, which is a different user."),
        ("J_Doe", "“J_Doe” resembles “jdoe”, which is a different user."),
        ("m\u00fcller", "which is not a plain letter."),
    ],
)
def test_a_name_in_doubt_is_typed_again(user: str, sentence: str, api: API, signed_in: Client) -> None:
    form = {"user": user, "level": "READ", "write_key": KEY}
    for confirm in ("", "admin"):
        answer = signed_in.post(URL, form | {"confirm": confirm})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert "Type the username again to confirm" in page
        assert f'value="{user}"' in page
    assert not api.asked
    api.get(PERMISSIONS, {"jdoe": "UPDATE"})
    api.post(PERMISSIONS, {"jdoe": "UPDATE", user: "READ"})
    assert signed_in.post(URL, form | {"confirm": user}).status_code == 302


def test_who_resembles_a_name_of_the_list_is_typed_again(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, {"jdoe": "UPDATE", "bill": "READ"})
    form = {"user": "bi1l", "level": "UPDATE", "write_key": KEY}
    answer = signed_in.post(URL, form)
    assert answer.status_code == 422
    assert "“bi1l” resembles “bill”, which is a different user." in answer.content.decode()
    assert "Type the username again to confirm" in answer.content.decode()
    api.post(PERMISSIONS, {"jdoe": "UPDATE", "bill": "READ", "bi1l": "UPDATE"})
    assert signed_in.post(URL, form | {"confirm": "bi1l"}).status_code == 302


def test_one_name_at_a_time(api: API, signed_in: Client) -> None:
    for text in ("bob,eve", "bob;eve", "bob\u3001eve"):
        answer = signed_in.post(URL, {"user": text, "level": "READ", "confirm": text, "write_key": KEY})
        assert answer.status_code == 422
        assert "Enter one username" in answer.content.decode()
    assert not api.asked
