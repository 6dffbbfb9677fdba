"""Seeing who can do what on an actor, an alias or a config, and why; and granting a level."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from actors_app.audit.activity import details_of
from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, alias_payload, config_payload, nonce_payload
from tests.support.recorded import replay

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/permissions/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
PERMISSIONS = f"{ACTOR}/permissions"
PROBE = "/actors/v2/aliases/admin-role-probe"
KEY = "0123456789abcdef0123456789abcdef"
OWN = {"jdoe": "UPDATE"}
KINDS = {
    "/aliases/tiler/permissions/": "/actors/v2/aliases/tiler",
    "/configs/site/permissions/": "/actors/v2/configs/site",
}


def opens(
    api: API, levels: dict[str, Any], *nonces: dict[str, Any], aliases: tuple[dict[str, Any], ...] = (), **actor: Any
) -> None:
    api.get(ACTOR, actor_payload(**actor))
    api.get(PERMISSIONS, levels)
    api.get(f"{ACTOR}/nonces", list(nonces))
    api.get("/actors/v2/aliases", list(aliases))


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


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
    assert "Usernames with a dot don&#x27;t work in the API" in page
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
    assert "and so use UPDATE" in page


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
    assert "bob can view access to it." in page
    assert "Everyone (ABACO_WORLD) can change its target" in page
    assert "Couldn&#x27;t load access to this alias" in page
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
    assert "Couldn't load nonces." in page
    assert "Couldn&#x27;t load aliases." in page
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
    assert "Couldn't load permissions" in page
    assert 'aria-disabled="true" title="Couldn&#x27;t load permissions' in page


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    opens(api, OWN)
    fragment = signed_in.get(URL, headers=htmx).content.decode()
    assert "<form" not in fragment
    assert "jdoe" in fragment


# Aliases and configs --------------------------------------------------------------------------------------------


def test_the_permissions_of_an_alias(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/aliases/tiler", {"alias": "tiler", "actorId": ACTOR_ID, "owner": "jdoe"})
    api.get("/actors/v2/aliases/tiler/permissions", {"jdoe": "UPDATE", "bob": "EXECUTE"})
    page = words(signed_in.get("/aliases/tiler/permissions/"))
    assert f'href="/actors/{ACTOR_ID}/"' in page
    assert "Owner." in page
    assert "Same as READ: sending messages requires access to the actor" in page
    assert "All users can see every alias" in page


def test_an_alias_whose_own_page_fails_has_permissions_all_the_same(api: API, signed_in: Client) -> None:
    api.is_silent("GET", "/actors/v2/aliases/tiler")
    api.get("/actors/v2/aliases/tiler/permissions", OWN)
    assert "Granted." in words(signed_in.get("/aliases/tiler/permissions/"))


def test_the_permissions_of_a_config_for_an_administrator(api: API, sign_in: Callable[..., Client]) -> None:
    api.get("/actors/v2/configs/site/permissions", {"jdoe": "UPDATE", "ada": "UPDATE"})
    page = words(sign_in(username="ada").get("/configs/site/permissions/"))
    assert "(currently works for administrators only)" in page
    assert "All users can read config values" in page


def test_the_failure_of_a_config_is_explained(api: API, signed_in: Client) -> None:
    crash = "Unrecognized exception type: <class 'TypeError'>"
    api.refuse("GET", "/actors/v2/configs/site/permissions", crash, 500)
    answer = signed_in.get("/configs/site/permissions/")
    page = words(answer)
    assert answer.status_code == 200
    assert "Only administrators can view or change access to configs" in page
    assert 'aria-disabled="true" title="Only administrators can view access to configs.">Grant access' in page


@pytest.mark.parametrize(("url", "path"), KINDS.items())
def test_what_is_not_there_is_not_found(api: API, signed_in: Client, url: str, path: str) -> None:
    api.refuse("GET", f"{path}/permissions", "No alias found: tiler.", 404)
    if "aliases" in url:
        api.refuse("GET", path, "No alias found: tiler.", 404)
    assert signed_in.get(url).status_code == 404


def exists(api: API, path: str) -> None:
    """Let the API show the alias, or the config among all configs."""
    root, _, name = path.rpartition("/")
    if root.endswith("aliases"):
        api.get(path, alias_payload(alias=name))
    else:
        api.get(root, [config_payload(name=name)])


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize("kind", ["alias", "config"])
def test_nothing_is_granted_on_what_does_not_exist(
    api: API, signed_in: Client, settings: Any, kind: str, version: str
) -> None:
    """From an administrator the API takes it, and keeps it: `alias_permissions_of_no_alias_04_post_admin`."""
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=version)}
    root = "/actors/v2" if version == "v2" else "/v3/actors"
    plural = {"alias": "aliases", "config": "configs"}[kind]
    if kind == "alias":
        api.refuse("GET", f"{root}/aliases/ghost", "No alias found: ghost.", 404)
    else:
        api.get(f"{root}/configs", [])
    answer = signed_in.post(f"/{plural}/ghost/permissions/", {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.status_code == 404
    assert 'value="bob"' in answer.content.decode()
    assert [request.method for request in api.asked] == ["GET"]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("kind", "folder", "case"),
    [
        ("alias", "v2-nginx", "alias_permissions_of_no_alias_05_get_admin"),
        ("alias", "v3-nginx", "alias_permissions_of_no_alias_01_get_admin"),
        ("config", "v2-nginx", "config_permissions_of_no_config_get_after"),
    ],
)
def test_a_map_of_what_does_not_exist_is_no_page(
    api: API, signed_in: Client, settings: Any, kind: str, folder: str, case: str
) -> None:
    version, plural = folder[:2], {"alias": "aliases", "config": "configs"}[kind]
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=version)}
    root = "/actors/v2" if version == "v2" else "/v3/actors"
    replay(api, case, "GET", f"{root}/{plural}/ghost/permissions", folder)
    if kind == "alias":
        api.refuse("GET", f"{root}/aliases/ghost", "No alias found: ghost.", 404)
    else:
        api.get(f"{root}/configs", [])
    assert signed_in.get(f"/{plural}/ghost/permissions/").status_code == 404


@pytest.mark.parametrize(("url", "path"), KINDS.items())
def test_a_level_is_granted_on_the_others_too(api: API, signed_in: Client, url: str, path: str) -> None:
    exists(api, path)
    api.get(f"{path}/permissions", OWN)
    api.post(f"{path}/permissions", OWN | {"bob": "READ"})
    answer = signed_in.post(url, {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.headers["Location"] == url
    start = AuditEntry.objects.get(start=None)
    assert (start.actor_id, start.object_id) == ("", "bob")
    assert details_of(start)["name"] == path.rpartition("/")[2]


# Granting -------------------------------------------------------------------------------------------------------


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
        ("first.last", "Usernames with a dot don&#x27;t work in the API"),
        ("a@b.c", "not an email address"),
        ("two words", "can&#x27;t contain spaces"),
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
    assert "Not refreshed" in page
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
    assert "It is not known whether it was done" in words(answer)
    assert "Check what happened" in words(answer)
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
