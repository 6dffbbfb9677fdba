"""Changing or taking back somebody's level, one's own, and sharing with everybody."""

import json
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import Readable
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload, nonce_payload

pytestmark = pytest.mark.django_db
LIST = f"/actors/{ACTOR_ID}/permissions/"
URL = f"{LIST}change/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
PERMISSIONS = f"{ACTOR}/permissions"
KEY = "0123456789abcdef0123456789abcdef"
LEVELS = {"jdoe": "UPDATE", "bob": "EXECUTE", "eve": "NONE"}


def opens(api: API, levels: dict[str, Any], *nonces: dict[str, Any]) -> None:
    api.get(ACTOR, actor_payload())
    api.get(PERMISSIONS, levels)
    api.get(f"{ACTOR}/nonces", list(nonces))
    api.get("/actors/v2/aliases", [])


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_it_asks_with_the_level_as_it_is(api: API, signed_in: Client) -> None:
    opens(api, LEVELS, nonce_payload(), nonce_payload(id="T_bob00000bobs", owner="bob"))
    page = words(signed_in.get(f"{URL}?user=bob"))
    assert "Current: EXECUTE. View everything, including nonces, and send messages" in page
    assert '<option value="EXECUTE" selected>' in page
    assert "This user could see 1 other active nonce" in page
    assert "You are lowering your own access" not in page


def test_raising_says_that_nonces_can_be_read(api: API, signed_in: Client) -> None:
    opens(api, LEVELS, nonce_payload(level="UPDATE"))
    page = words(signed_in.get(f"{URL}?user=eve"))
    assert "With READ, this user can see 1 active nonce and use it to get UPDATE access." in page


def test_taking_back_says_what_stays(api: API, signed_in: Client) -> None:
    opens(api, LEVELS, nonce_payload(owner="bob"))
    page = words(signed_in.get(f"{URL}?user=bob&level=NONE"))
    assert "Revoke access for" in page
    assert '<input type="hidden" name="level" value="NONE">' in page
    assert "The user stays listed with no access" in page
    assert "search still shows this actor, its executions and logs to listed users" in page
    assert "1 active nonce created by this user" in page


def test_with_everybody_in_the_list_lowering_is_said_to_be_uncertain(api: API, signed_in: Client) -> None:
    opens(api, LEVELS | {"ABACO_WORLD": "READ"})
    assert "Lowering one user's access may have no effect" in words(signed_in.get(f"{URL}?user=bob"))


def test_the_level_is_taken_back_and_the_key_stays(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, LEVELS)
    api.post(PERMISSIONS, LEVELS | {"bob": "NONE"})
    answer = signed_in.post(URL, {"user": "bob", "level": "NONE", "write_key": KEY})
    assert answer.headers["Location"] == LIST
    assert json.loads(api.asked[-1].body) == {"user": "bob", "level": "NONE"}
    start = AuditEntry.objects.get(start=None)
    assert (start.action, start.actor_id, start.object_id) == ("permission.revoke", ACTOR_ID, "bob")
    opens(api, LEVELS | {"bob": "NONE"})
    assert "revoked." in words(signed_in.get(LIST))


def test_lowering_oneself_warns_and_needs_a_tick(api: API, signed_in: Client) -> None:
    opens(api, LEVELS, nonce_payload(), nonce_payload(id="T_bob00000bobs", owner="bob"))
    page = words(signed_in.get(f"{URL}?user=jdoe&level=NONE"))
    assert "You are lowering your own access." in page
    assert "1 active nonce created by you will stop working" in page
    assert "You could see 1 other active nonce" in page
    assert "No other user has UPDATE." in page
    form = {"user": "jdoe", "level": "NONE", "write_key": KEY}
    answer = signed_in.post(URL, form)
    assert answer.status_code == 422
    assert "Confirm to lower your own access." in words(answer)
    assert "POST" not in [request.method for request in api.asked]
    api.post(PERMISSIONS, LEVELS | {"jdoe": "NONE"})
    Readable.objects.create(tenant="default", username="jdoe", actors="[]", is_admin=False, checked=5)
    assert signed_in.post(URL, {**form, "confirm_self": "on"}).status_code == 302
    assert Readable.objects.get().checked == 0


def test_a_name_that_cannot_work_is_nobody_who_could_give_it_back(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "UPDATE", "a": {"b": "UPDATE"}})
    assert "No other user has UPDATE." in words(signed_in.get(f"{URL}?user=jdoe"))


def test_somebody_else_who_could_give_it_back_is_not_denied(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "UPDATE", "sue": "UPDATE"})
    page = words(signed_in.get(f"{URL}?user=jdoe"))
    assert "You will not be able to restore it." in page
    assert "No other user" not in page


def test_sharing_with_everybody_says_first_what_follows(api: API, signed_in: Client) -> None:
    opens(api, LEVELS)
    page = words(signed_in.get(f"{URL}?user=ABACO_WORLD"))
    assert "Everyone in the tenant gets full control" in page
    assert "this cannot be undone" in page
    assert "Listed users keep their current access" in page
    assert "(EXECUTE)" in page
    assert "Type ABACO_WORLD to confirm" in page


@pytest.mark.parametrize("typed", ["", "abaco_world", "ABACO", "x" * 65])
def test_sharing_with_everybody_needs_its_name_typed(api: API, signed_in: Client, typed: str) -> None:
    form = {"user": "ABACO_WORLD", "level": "UPDATE", "confirm": typed, "write_key": KEY}
    answer = signed_in.post(URL, form)
    assert answer.status_code == 422
    assert "Type ABACO_WORLD exactly as shown." in words(answer)
    assert api.asked == []


def test_everybody_cannot_be_lowered(api: API, signed_in: Client) -> None:
    form = {"user": "ABACO_WORLD", "level": "NONE", "confirm": "ABACO_WORLD", "write_key": KEY}
    answer = signed_in.post(URL, form)
    assert answer.status_code == 422
    assert "Everyone gets full control, whatever level you choose. This cannot be undone" in words(answer)
    assert api.asked == []


def test_shared_already_is_said_and_disabled(api: API, signed_in: Client) -> None:
    opens(api, LEVELS | {"ABACO_WORLD": "READ"})
    page = words(signed_in.get(f"{URL}?user=ABACO_WORLD"))
    assert 'aria-disabled="true" title="This cannot be undone' in page


def test_it_is_shared_with_everybody(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, LEVELS)
    api.post(PERMISSIONS, LEVELS | {"ABACO_WORLD": "UPDATE"})
    form = {"user": "ABACO_WORLD", "level": "UPDATE", "confirm": "ABACO_WORLD", "write_key": KEY}
    assert signed_in.post(URL, form).status_code == 302
    assert json.loads(api.asked[-1].body) == {"user": "ABACO_WORLD", "level": "UPDATE"}
    opens(api, LEVELS | {"ABACO_WORLD": "UPDATE"})
    assert "This actor is now public." in words(signed_in.get(LIST))


def test_the_same_form_is_sent_once(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, LEVELS)
    api.post(PERMISSIONS, LEVELS | {"bob": "READ"})
    form = {"user": "bob", "level": "READ", "write_key": KEY}
    signed_in.post(URL, form)
    assert signed_in.post(URL, form).headers["Location"] == LIST
    assert [request.method for request in api.asked] == ["GET", "POST"]


def test_a_name_that_is_not_in_the_list_is_not_found(api: API, signed_in: Client) -> None:
    opens(api, LEVELS)
    answer = signed_in.get(f"{URL}?user=nobody")
    assert answer.status_code == 404
    assert "This user is not listed." in words(answer)


def test_without_a_name_it_leads_to_the_list(api: API, signed_in: Client) -> None:
    assert signed_in.get(URL).headers["Location"] == LIST


def test_a_name_that_cannot_work_is_refused(api: API, signed_in: Client) -> None:
    opens(api, LEVELS | {"a": {"b": "READ"}})
    assert 'aria-disabled="true" title="Usernames with a dot' in words(signed_in.get(f"{URL}?user=a.b"))
    answer = signed_in.post(URL, {"user": "a.b", "level": "NONE", "write_key": KEY})
    assert answer.status_code == 422
    assert "Usernames with a dot do not work" in words(answer)


def test_whoever_may_not_grant_is_told(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "READ", "bob": "READ"})
    api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "Abaco Admin role required.")
    page = words(signed_in.get(f"{URL}?user=bob"))
    assert 'aria-disabled="true" title="Granting access requires UPDATE on this actor; you have READ."' in page


def test_the_failure_of_a_config_is_explained(api: API, signed_in: Client) -> None:
    crash = "Unrecognized exception type: <class 'TypeError'>"
    api.refuse("GET", "/actors/v2/configs/site/permissions", crash, 500)
    page = words(signed_in.get("/configs/site/permissions/change/?user=bob&level=NONE"))
    assert "Only administrators can view or change access to configs" in page
    assert "disabled" in page.partition(">Revoke access</button>")[0].rpartition("<button")[2]


def test_an_alias_is_changed_by_the_same_page(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/aliases/tiler", {"alias": "tiler", "actorId": ACTOR_ID, "owner": "jdoe"})
    api.get("/actors/v2/aliases/tiler/permissions", LEVELS)
    page = words(signed_in.get("/aliases/tiler/permissions/change/?user=ABACO_WORLD"))
    assert "Everyone in the tenant gets full control" in page
    api.post("/actors/v2/aliases/tiler/permissions", LEVELS | {"bob": "NONE"})
    form = {"user": "bob", "level": "NONE", "write_key": KEY}
    answer = signed_in.post("/aliases/tiler/permissions/change/", form)
    assert answer.headers["Location"] == "/aliases/tiler/permissions/"


def test_it_shows_a_refusal(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.get(PERMISSIONS, LEVELS)
    api.refuse("POST", PERMISSIONS, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(URL, {"user": "bob", "level": "READ", "write_key": KEY}, headers=htmx)
    assert answer.status_code == 403
    assert answer.content.decode().startswith('<section class="card confirm" id="change"')
    assert '<option value="READ" selected>' in words(answer)


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    api.get(PERMISSIONS, LEVELS)
    api.is_silent("POST", PERMISSIONS)
    answer = signed_in.post(URL, {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in words(answer)


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.post(URL).headers["Location"].startswith("/sign-in/")


def test_a_higher_level_for_a_name_in_doubt_needs_the_name_again(api: API, signed_in: Client) -> None:
    opens(api, LEVELS | {"all": "READ"})
    page = words(signed_in.get(f"{URL}?user=all"))
    assert "“all” does not mean everyone" in page
    assert "Type the username again to confirm" in page
    form = {"user": "all", "level": "UPDATE", "write_key": KEY}
    answer = signed_in.post(URL, form)
    assert answer.status_code == 422
    assert "Type the username again to confirm." in answer.content.decode()
    api.get(PERMISSIONS, LEVELS | {"all": "READ"})
    api.post(PERMISSIONS, LEVELS | {"all": "UPDATE"})
    assert signed_in.post(URL, form | {"confirm": "all"}).status_code == 302


def test_a_plain_name_is_not_asked_for_again(api: API, signed_in: Client) -> None:
    opens(api, LEVELS)
    assert "to confirm" not in words(signed_in.get(f"{URL}?user=bob"))
