"""Seeing who can do what on an actor, and why."""

import pytest
from django.test import Client

from tests.conftest import API
from tests.permissions.support import ACTOR, OWN, PERMISSIONS, PROBE, URL, opens, words
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, nonce_payload

pytestmark = pytest.mark.django_db


def test_it_says_who_can_do_what_and_why(api: API, signed_in: Client) -> None:
    levels = {"jdoe": "UPDATE", "bob": "READ", "eve": "NONE", "sue": "EXECUTE", "tim": "UPDATE", "a": {"b": "READ"}}
    opens(api, {**levels, "<i>": "READ", "odd": "SUPER"})
    page = words(signed_in.get(URL))
    assert "Owner." in page
    assert "View everything, including nonces, and send messages" in page
    assert "added by the API after an edit." in page
    assert '<span class="badge">no access</span>' in page
    assert "Revoked or never granted." in page
    assert "a.b" in page
    assert "Usernames with a dot do not work in the API" in page
    assert "&lt;i&gt;" in page
    assert "Unknown access level" in page
    assert "the API does not list administrators." in page
    assert f'href="{URL}change/?user=bob&amp;level=NONE"' in page
    assert "level=NONE" not in page.partition("eve")[2].partition("</tr>")[0]


def test_an_owner_without_a_level_has_none(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "UPDATE", "sue": "READ"}, owner="sue")
    assert "Ownership alone grants no access" in words(signed_in.get(URL))


def test_everybody_is_said_to_be_everybody_for_good(api: API, signed_in: Client) -> None:
    opens(api, {"ABACO_WORLD": "NONE", "jdoe": "READ"}, owner="sue")
    page = words(signed_in.get(URL))
    assert "Everyone has full control of this actor." in page
    assert "This cannot be undone" in page
    assert "Share with everyone" not in page
    assert "unless this entry is older." in page
    assert "user=ABACO_WORLD" not in page
    assert "user=jdoe" in page


def test_a_nonce_is_a_way_in_and_stays_masked(api: API, signed_in: Client) -> None:
    opens(
        api,
        OWN,
        nonce_payload(level="UPDATE", owner="sue"),
        nonce_payload(id="T_usedup00used", remainingUses=0),
        nonce_payload(id="T_many0000many", maxUses=-1, remainingUses=-1, level="READ"),
        nonce_payload(id="T_some0000some", remainingUses=None, owner=""),
    )
    page = words(signed_in.get(URL))
    assert "Holders of nonce TACC-PROD_…6W1q" in page
    assert "Created by sue with UPDATE, 1 use left." in page
    assert "who now has NONE: the nonce allows no more" in page
    assert "Created by jdoe with READ, unlimited uses." in page
    assert "an unknown user" in page
    assert "…used" not in page
    assert NONCE_ID not in page
    assert "3 active nonces" in page
    assert "to get UPDATE access" in page


def test_many_nonces_are_counted(api: API, signed_in: Client) -> None:
    opens(api, OWN, *[nonce_payload(id=f"T_secret{number:04d}") for number in range(23)])
    assert "3 more active nonces: see the Nonces tab." in words(signed_in.get(URL))


def test_aliases_are_ways_to_move_messages(api: API, signed_in: Client) -> None:
    aliases = (
        {"alias": "mine", "actorId": ACTOR_ID, "owner": "jdoe"},
        {"alias": "hidden", "actorId": ACTOR_ID, "owner": "sue"},
        {"alias": "open", "actorId": ACTOR_ID, "owner": "sue"},
        {"alias": "other", "actorId": "anotherActor", "owner": "sue"},
    )
    opens(api, OWN, aliases=aliases)
    api.get("/actors/v2/aliases/mine/nonces", [nonce_payload(id="T_alias000away", actorId=None, alias="mine")])
    api.refuse("GET", "/actors/v2/aliases/hidden/nonces", "Not authorized -- you do not have access.")
    api.get("/actors/v2/aliases/open/nonces", [])
    api.get("/actors/v2/aliases/mine/permissions", {"jdoe": "UPDATE", "bob": "READ", "x": {"y": "UPDATE"}})
    api.refuse("GET", "/actors/v2/aliases/hidden/permissions", "Not authorized -- you do not have access.")
    api.get("/actors/v2/aliases/open/permissions", {"ABACO_WORLD": "READ", "sue": "UPDATE"})
    page = words(signed_in.get(URL))
    assert "jdoe can change its target or delete it" in page
    assert "bob can view its permissions." in page
    assert "Everyone (ABACO_WORLD) can change its target" in page
    assert "Could not load access to this alias" in page
    assert 'href="/aliases/mine/permissions/"' in page
    assert "alias other" not in page
    assert "Holders of nonce T_…away" in page
    assert "Through alias mine. Created by jdoe with EXECUTE, 1 use left." in page
    assert "Holders of nonces of alias hidden" in page


def test_what_could_not_be_asked_is_said(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.get(PERMISSIONS, OWN)
    api.is_silent("GET", f"{ACTOR}/nonces")
    api.is_silent("GET", "/actors/v2/aliases")
    page = words(signed_in.get(URL))
    assert "Could not load nonces." in page
    assert "Could not load aliases." in page
    assert "Users with READ can see and use all nonces of this actor" in page


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        ({"jdoe": "READ", "sue": "UPDATE"}, "Granting access requires UPDATE on this actor; you have READ."),
        ({"sue": "UPDATE"}, "Granting access requires UPDATE on this actor; you have no access."),
    ],
)
def test_what_one_may_not_do_is_disabled_with_the_reason(
    api: API, signed_in: Client, levels: dict[str, str], reason: str
) -> None:
    opens(api, levels, owner="sue")
    api.refuse("GET", PROBE, "Abaco Admin role required.")
    page = words(signed_in.get(URL))
    assert f'aria-disabled="true" title="{reason}">Grant access' in page
    assert f'aria-disabled="true" title="{reason}">Edit' in page
    assert "change/?user=" not in page


def test_an_administrator_may_grant_whatever_the_list_says(api: API, signed_in: Client) -> None:
    opens(api, {"sue": "UPDATE"}, owner="sue")
    api.refuse("GET", PROBE, "No alias found: admin-role-probe.", 404)
    page = words(signed_in.get(URL))
    assert "You are one of them." in page
    assert f'href="{URL}change/?user=sue"' in page


def test_an_auditor_sees_all_and_may_grant_nothing(api: API, signed_in: Client) -> None:
    from actors_app.core.security.models import PortalSession

    PortalSession.objects.update(read_only=True)
    opens(api, {"jdoe": "UPDATE", "bob": "READ"})
    page = words(signed_in.get(URL))
    assert "change/?user=" not in page
    assert "Grant access" in page


def test_an_empty_list_teaches_the_first_step(api: API, signed_in: Client) -> None:
    opens(api, {})
    api.refuse("GET", PROBE, "Abaco Admin role required.")
    assert "No users have access yet" in words(signed_in.get(URL))


def test_a_name_can_be_found_and_the_filter_cleared(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "UPDATE", "bob": "READ"})
    page = words(signed_in.get(f"{URL}?q=BO&page=x"))
    assert "user=bob" in page
    assert "user=jdoe" not in page
    page = words(signed_in.get(f"{URL}?q=nobody"))
    assert "No users match these filters" in page
    assert "Clear filters" in page


@pytest.mark.parametrize(
    ("show", "kept"),
    [("access", "bob jdoe"), ("none", "eve a.b"), ("nonsense", "bob jdoe eve a.b"), ("none&q=ev", "eve")],
)
def test_the_filter_keeps_those_with_access_or_without(api: API, signed_in: Client, show: str, kept: str) -> None:
    opens(api, {"jdoe": "UPDATE", "bob": "READ", "eve": "NONE", "a": {"b": "UPDATE"}})
    page = words(signed_in.get(f"{URL}?show={show}"))
    assert {user for user in ("jdoe", "bob", "eve", "a.b") if f'<bdi class="mono">{user}</bdi>' in page} == set(
        kept.split()
    )
    if "q=" in show:
        assert '<input type="hidden" name="show" value="none">' in page


def test_everybody_counts_as_access_whatever_the_level(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "UPDATE", "ABACO_WORLD": "NONE"})
    assert '<bdi class="mono">ABACO_WORLD</bdi>' in words(signed_in.get(f"{URL}?show=access"))


def test_without_a_match_the_filter_can_be_cleared(api: API, signed_in: Client) -> None:
    opens(api, OWN)
    page = words(signed_in.get(f"{URL}?show=none"))
    assert "No users match these filters" in page
    assert f'href="{URL}">Clear filters' in page


def test_who_has_no_access_is_still_shown_things_by_the_search(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "UPDATE", "eve": "NONE", "a": {"b": "READ"}})
    page = words(signed_in.get(URL))
    rows = {user: page.partition(f'<bdi class="mono">{user}</bdi>')[2].partition("</tr>")[0] for user in ("eve", "a.b")}
    shown = "search still shows this actor, its executions and logs to listed users"
    assert all(shown in row for row in rows.values())
    assert page.count("search still shows") == 2


def test_a_nonce_made_with_the_admin_role_opens_whatever_the_list_says(api: API, signed_in: Client) -> None:
    opens(api, OWN, nonce_payload(owner="ada", roles=["Internal/everyone", "Internal/abaco-admin"]))
    page = words(signed_in.get(URL))
    assert "with the admin role, which bypasses permissions." in page
    assert "the nonce allows no more" not in page


def test_a_nonce_of_v2_opens_no_more_than_its_maker_may_whatever_role_they_have_now(
    api: API, signed_in: Client
) -> None:
    opens(api, OWN, nonce_payload(owner="ada", roles=["Internal/everyone"]))
    assert "who now has NONE: the nonce allows no more." in words(signed_in.get(URL))


def test_a_name_with_a_dot_has_no_level_whatever_the_list_says(api: API, signed_in: Client) -> None:
    session = signed_in.session
    session["who"] = session["who"] | {"username": "a.b"}
    session.save()
    opens(api, {"a": {"b": "UPDATE"}}, nonce_payload(owner="a.b", level="READ"))
    api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "Abaco Admin role required.")
    page = words(signed_in.get(URL))
    assert "Granting access requires UPDATE on this actor; you have no access." in page
    assert "Created by a.b with READ" in page
    assert "who now has NONE" in page


def test_it_is_paged_by_fifty(api: API, signed_in: Client) -> None:
    opens(api, {"jdoe": "UPDATE"} | {f"user{number:03d}": "READ" for number in range(50)})
    assert "51\N{EN DASH}51 of 51 users" in words(signed_in.get(f"{URL}?page=99"))


def test_the_page_stands_without_the_list(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.is_silent("GET", PERMISSIONS)
    api.get(f"{ACTOR}/nonces", [])
    api.get("/actors/v2/aliases", [])
    page = words(signed_in.get(URL))
    assert "Could not load permissions" in page
    assert 'aria-disabled="true" title="Could not load permissions' in page


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    opens(api, OWN)
    fragment = signed_in.get(URL, headers=htmx).content.decode()
    assert "<form" not in fragment
    assert "jdoe" in fragment
