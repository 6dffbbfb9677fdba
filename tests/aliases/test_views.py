"""Aliases: the list and what leads nowhere, making one, changing its target with what follows, deleting it."""

import json
import re

import pytest
from django.test import Client

from actors_app.aliases.forms import AliasDeleteForm
from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.audit import wrote
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, nonce_payload
from tests.support.recorded import replay, result

pytestmark = pytest.mark.django_db
ALIASES = "/actors/v2/aliases"
ONE = f"{ALIASES}/my-alias"
OTHER = "0xqLm30klw3qG"
KEY = "0123456789abcdef0123456789abcdef"


def lists(api: API, *aliases: dict[str, object], actors: list[dict[str, object]] | None = None) -> None:
    api.get(ALIASES, list(aliases))
    api.get("/actors/v2", [actor_payload()] if actors is None else actors)


def opens(api: API, **changes: object) -> None:
    """Let the API show the alias, its actor and all that depends on it."""
    api.get(ONE, alias_payload(**changes))
    api.get("/actors/v2/my-alias", actor_payload())
    api.get(f"{ONE}/nonces", [nonce_payload(), nonce_payload(id="T_x00000000002", remainingUses=0)])
    api.get("/actors/v2/my-alias/messages", {"messages": 3})
    api.get("/actors/v2", [actor_payload(), actor_payload(id="LINKER0000000", name="linker", link="my-alias")])


def test_the_list_says_whose_they_are_and_where_they_lead(api: API, signed_in: Client) -> None:
    lists(
        api,
        alias_payload(),
        alias_payload(alias="<i>theirs</i>", owner="somebody", actorId="unreadable0000"),
    )
    page = signed_in.get("/aliases/").content.decode()
    assert 'href="/aliases/my-alias/"' in page
    assert "jdoe</bdi> (you)" in page
    assert "No access to target" in page
    assert "&lt;i&gt;theirs&lt;/i&gt;" in page
    assert "2 in this tenant, 1 yours" in page


def test_what_leads_nowhere_is_found_and_offered_for_cleaning(api: API, signed_in: Client) -> None:
    lists(api, alias_payload(), alias_payload(alias="dead", actorId=OTHER))
    api.refuse("GET", f"/actors/v2/{OTHER}", f"Actor TACC-PROD_{OTHER} does not exist")
    page = signed_in.get("/aliases/?show=dead").content.decode()
    assert "1 of your aliases is broken (target deleted or not visible)" in page
    assert 'href="/aliases/dead/delete/"' in page
    assert 'href="/aliases/my-alias/"' not in page


def test_an_actor_that_cannot_be_asked_for_is_not_called_deleted(api: API, signed_in: Client) -> None:
    lists(api, alias_payload(alias="unsure", actorId=OTHER))
    api.is_silent("GET", f"/actors/v2/{OTHER}")
    page = signed_in.get("/aliases/").content.decode()
    assert "was deleted" not in page
    assert "nowhere" not in page.partition("<tbody>")[2]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"my-alias", "their-alias"}),
        ("?show=mine", {"my-alias"}),
        ("?show=readable", {"my-alias"}),
        ("?q=THEIR", {"their-alias"}),
        ("?show=nonsense&page=x", {"my-alias", "their-alias"}),
    ],
)
def test_the_filter_keeps_what_was_chosen(api: API, signed_in: Client, query: str, shown: set[str]) -> None:
    lists(api, alias_payload(), alias_payload(alias="their-alias", owner="somebody", actorId="unreadable0000"))
    page = signed_in.get("/aliases/" + query).content.decode()
    assert {one for one in ("my-alias", "their-alias") if f'href="/aliases/{one}/"' in page} == shown


def test_no_alias_teaches_and_no_match_can_be_cleared(api: API, signed_in: Client) -> None:
    lists(api)
    assert "No aliases yet" in signed_in.get("/aliases/").content.decode()
    api.wire.reset()
    lists(api, alias_payload())
    page = signed_in.get("/aliases/?q=zzz").content.decode()
    assert "No aliases match these filters" in page
    assert "Clear filters" in page


def test_the_list_survives_silence(api: API, signed_in: Client) -> None:
    api.is_silent("GET", ALIASES)
    api.get("/actors/v2", [])
    answer = signed_in.get("/aliases/")
    assert answer.status_code == 502
    assert "Could not load aliases" in answer.content.decode()


def test_the_list_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    lists(api, alias_payload())
    fragment = signed_in.get("/aliases/", headers=htmx).content.decode()
    assert "<h1>" not in fragment
    assert "my-alias" in fragment


def test_a_name_that_no_address_holds_has_no_page(api: API, signed_in: Client) -> None:
    lists(api, alias_payload(alias="a%b"))
    page = signed_in.get("/aliases/").content.decode()
    assert '<bdi class="name mono cut" title="a%b">' in page


def test_names_that_are_never_found_are_listed_with_what_can_be_done(api: API, signed_in: Client) -> None:
    names = [row["alias"] for row in result("alias_workers_x_17_still_listed")]
    assert names == ["messages-x", "workers-x"]
    api.get(ALIASES, result("alias_workers_x_17_still_listed"))
    api.get("/actors/v2", [])
    api.refuse("GET", "/actors/v2/0NxqxJZ4GQbKz", "No actor found with id: 0NxqxJZ4GQbKz.", 404)
    page = signed_in.get("/aliases/").content.decode()
    for name in names:
        assert f'<bdi class="name mono cut" title="{name}">' in page
        assert f'href="/aliases/{name}/' not in page
    assert page.count("nobody can read, change or delete this alias, not even administrators") == 2
    assert page.count("Only the operators of the API can remove it") == 2


def test_a_name_that_only_administrators_manage_keeps_its_page(api: API, signed_in: Client) -> None:
    lists(api, alias_payload(alias="admin-x"))
    page = signed_in.get("/aliases/").content.decode()
    assert 'href="/aliases/admin-x/"' in page
    assert "This name does not reach the actor. An administrator can delete it" in page
    assert 'href="/aliases/admin-x/edit/"' not in page


def test_an_alias_named_new_has_a_page(api: API, signed_in: Client) -> None:
    api.get(f"{ALIASES}/new", alias_payload(alias="new"))
    api.get("/actors/v2/new", actor_payload())
    api.get(f"{ALIASES}/new/nonces", [])
    api.get("/actors/v2/new/messages", {"messages": 0})
    api.get("/actors/v2", [])
    page = signed_in.get("/aliases/new/").content.decode()
    assert "Target" in page
    assert "use the actor&#x27;s ID" in page


def no_ring(api: API, *actors: dict[str, object], to: str = ACTOR_ID) -> None:
    """Let the API be asked whether an alias would close a ring of links."""
    api.get("/actors/v2", list(actors))
    api.get(ALIASES, [])
    api.get(f"/actors/v2/{to}", actor_payload(id=to))


def test_making_one_is_recorded_and_leads_to_it(api: API, signed_in: Client) -> None:
    no_ring(api)
    api.post(ALIASES, alias_payload())
    sent = {"alias": "my-alias", "actor_id": ACTOR_ID, "write_key": KEY}
    answer = signed_in.post("/new/alias/", sent)
    assert answer.headers["Location"] == "/aliases/my-alias/?created=1"
    assert json.loads(api.asked[-1].body) == {"alias": "my-alias", "actorId": ACTOR_ID}
    assert AuditEntry.objects.get(kind=AuditEntry.START).object_id == "my-alias"
    assert signed_in.post("/new/alias/", sent).headers["Location"] == "/aliases/my-alias/?created=1"
    assert len(api.asked) == 4


def test_who_had_access_before_it_existed_is_shown_and_revoked_by_one_button(api: API, signed_in: Client) -> None:
    opens(api)
    replay(api, "alias_permissions_of_no_alias_07_get_owner", "GET", f"{ONE}/permissions")
    page = signed_in.get("/aliases/my-alias/?created=1").content.decode()
    assert "Other users already have access" in page
    assert page.count('action="/aliases/my-alias/permissions/change/"') == 1
    assert '<input type="hidden" name="user" value="testshareuser">' in page
    key = re.findall(r'name="write_key" value="([0-9a-f]+)"', page)[-1]
    api.post(f"{ONE}/permissions", {"jdoe": "UPDATE", "testshareuser": "NONE"})
    sent = {"user": "testshareuser", "level": "NONE", "write_key": key}
    answer = signed_in.post("/aliases/my-alias/permissions/change/", sent)
    assert answer.headers["Location"] == "/aliases/my-alias/permissions/"
    assert json.loads(api.asked[-1].body) == {"user": "testshareuser", "level": "NONE"}


def test_access_of_everybody_is_said_to_need_another_alias(api: API, signed_in: Client) -> None:
    opens(api)
    api.get(f"{ONE}/permissions", {"jdoe": "UPDATE", "ABACO_WORLD": "NONE"})
    page = signed_in.get("/aliases/my-alias/?created=1").content.decode()
    assert "To remove this access, delete this alias and create it again." in page
    assert 'action="/aliases/my-alias/permissions/change/"' not in page


def test_an_alias_that_nobody_else_may_use_says_nothing_of_it(api: API, signed_in: Client) -> None:
    opens(api)
    api.get(f"{ONE}/permissions", {"jdoe": "UPDATE", "eve": "NONE"})
    page = signed_in.get("/aliases/my-alias/?created=1").content.decode()
    assert "others-title" not in page
    assert "could not be loaded" not in page


def test_the_form_knows_the_actor_and_offers_the_others(api: API, signed_in: Client) -> None:
    api.get("/actors/v2", [actor_payload(name="<b>x</b>")])
    page = signed_in.get(f"/new/alias/?actor={ACTOR_ID}").content.decode()
    assert f'value="{ACTOR_ID}"' in page
    assert f'<option value="{ACTOR_ID}">&lt;b&gt;x&lt;/b&gt;</option>' in page


def test_a_name_that_is_taken_is_said_and_everything_kept(api: API, signed_in: Client) -> None:
    no_ring(api)
    api.refuse("POST", ALIASES, "Alias my-alias already exists.")
    answer = signed_in.post("/new/alias/", {"alias": "my-alias", "actor_id": ACTOR_ID, "write_key": KEY})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "already exists" in page
    assert 'value="my-alias"' in page
    assert f'value="{ACTOR_ID}"' in page


def test_an_alias_shows_its_actor_and_what_follows(api: API, signed_in: Client) -> None:
    opens(api)
    page = signed_in.get("/aliases/my-alias/").content.decode()
    assert "word-count" in page
    assert "2 nonces (1 active)" in page
    assert 'href="/actors/LINKER0000000/"' in page
    assert "3 queued messages" in page


def test_an_alias_of_a_deleted_actor_offers_both_ways_on(api: API, signed_in: Client) -> None:
    opens(api)
    gone = f"Actor TACC-PROD_{ACTOR_ID} does not exist"
    for path in ("", "/messages"):
        api.wire.remove("GET", f"https://api.example.org/actors/v2/my-alias{path}")
        api.refuse("GET", f"/actors/v2/my-alias{path}", gone)
    answer = signed_in.get("/aliases/my-alias/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Target unavailable." in page
    assert 'href="/aliases/my-alias/edit/"' in page
    assert "Queued messages: unknown" in page


@pytest.mark.parametrize("path", ["", "edit/", "delete/"])
def test_an_alias_that_is_not_there_is_not_found(api: API, signed_in: Client, path: str) -> None:
    opens(api)
    api.wire.remove("GET", "https://api.example.org" + ONE)
    api.refuse("GET", ONE, "Actor with identifier 'my-alias' not found", 404)
    assert signed_in.get("/aliases/my-alias/" + path).status_code == 404


def test_pointing_elsewhere_says_from_where_and_what_follows(api: API, signed_in: Client) -> None:
    opens(api)
    page = signed_in.get("/aliases/my-alias/edit/").content.decode()
    assert f'<span class="mono">{ACTOR_ID}</span>' in page
    assert "Affected:" in page
    assert "1 linked actor:" in page


def test_pointing_elsewhere_keeps_where_it_led_on_the_trail(api: API, signed_in: Client) -> None:
    no_ring(api, to=OTHER)
    api.get(ONE, alias_payload())
    api.put(ONE, alias_payload(actorId=OTHER))
    sent = {"actor_id": OTHER, "write_key": KEY}
    answer = signed_in.post("/aliases/my-alias/edit/", sent)
    assert answer.headers["Location"] == "/aliases/my-alias/"
    assert json.loads(api.asked[-1].body) == {"actorId": OTHER}
    details = json.loads(AuditEntry.objects.get(kind=AuditEntry.START).details)
    assert (details["before"], details["after"]) == ({"actor_id": ACTOR_ID}, {"actor_id": OTHER})
    assert signed_in.post("/aliases/my-alias/edit/", sent).headers["Location"] == "/aliases/my-alias/"
    assert len(api.asked) == 5


def test_a_refusal_to_point_it_elsewhere_is_shown(api: API, signed_in: Client) -> None:
    no_ring(api, to=OTHER)
    api.get(ONE, alias_payload())
    api.refuse("PUT", ONE, f"Not authorized -- you do not have access to {OTHER}.")
    answer = signed_in.post("/aliases/my-alias/edit/", {"actor_id": OTHER, "write_key": KEY})
    assert answer.status_code == 403
    assert f'value="{OTHER}"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/aliases/my-alias/edit/", "/new/alias/"])
def test_an_alias_that_would_close_a_ring_is_refused_before_the_call(api: API, signed_in: Client, path: str) -> None:
    if "edit" in path:
        api.get(ONE, alias_payload())
    # The linker sends to the alias; OTHER, which only an administrator may read, sends to the linker.
    api.get("/actors/v2", [actor_payload(id="LINKER0000000", name="<b>linker", link="my-alias")])
    api.get(ALIASES, [alias_payload()])
    api.get(f"/actors/v2/{OTHER}", actor_payload(id=OTHER, name="other", link="LINKER0000000"))
    answer = signed_in.post(path, {"alias": "my-alias", "actor_id": OTHER, "write_key": KEY})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "create a loop in which each execution triggers the next: &lt;b&gt;linker → other → &lt;b&gt;linker." in page
    assert f'value="{OTHER}"' in page
    assert {request.method for request in api.asked} == {"GET"}


def test_an_alias_is_moved_where_rings_cannot_be_looked_for(api: API, signed_in: Client) -> None:
    api.get(ONE, alias_payload())
    for path in ("/actors/v2", ALIASES, f"/actors/v2/{OTHER}"):
        api.is_silent("GET", path)
    api.put(ONE, alias_payload(actorId=OTHER))
    assert signed_in.post("/aliases/my-alias/edit/", {"actor_id": OTHER, "write_key": KEY}).status_code == 302


def test_deleting_says_what_is_cut_off_and_wants_the_name(api: API, signed_in: Client) -> None:
    opens(api)
    page = signed_in.get("/aliases/my-alias/delete/").content.decode()
    assert "The nonces of the alias are not deleted" in page
    assert 'Type <code class="mono"><bdi>my-alias</bdi></code> to confirm' in page


def test_deleting_never_shows_the_api_s_own_record(api: API, signed_in: Client) -> None:
    api.delete(ONE, None, message="Alias {'tenant': 'TACC-PROD', 'db_id': 'secret'} deleted successfully.")
    expected = AliasDeleteForm(actor_id="my-alias", label="my-alias").initial["expected"]
    sent = {"confirm": "my-alias", "expected": expected, "write_key": KEY}
    answer = signed_in.post("/aliases/my-alias/delete/", sent)
    assert answer.headers["Location"] == "/aliases/"
    trail = "".join(entry.details for entry in AuditEntry.objects.all())
    assert "db_id" not in trail
    assert "Alias my-alias deleted." in trail


def test_an_actor_shows_the_aliases_that_lead_to_it(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.get(ALIASES, [alias_payload(), alias_payload(alias="other", actorId=OTHER)])
    fragment = signed_in.get(f"/actors/{ACTOR_ID}/aliases/", headers=htmx).content.decode()
    assert "my-alias" in fragment
    assert "other" not in fragment
    assert "<h1>" not in fragment
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    page = signed_in.get(f"/actors/{ACTOR_ID}/aliases/").content.decode()
    assert "<h1>" in page


@pytest.mark.parametrize("path", ["", "new/", "my-alias/", "my-alias/edit/", "my-alias/delete/", "my-alias/nonces/"])
def test_it_needs_credentials(client: Client, path: str) -> None:
    assert client.get(f"/aliases/{path}").headers["Location"].startswith("/sign-in/")


def test_the_list_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post("/aliases/").status_code == 405


@pytest.mark.parametrize(
    ("action", "aliases", "words"),
    [
        ("alias.create", [alias_payload()], "points to the selected actor"),
        ("alias.create", [], "does not exist"),
        ("alias.update", [alias_payload(actorId=OTHER)], "points to another actor"),
        ("alias.delete", [alias_payload()], "still exists"),
        ("alias.delete", [], "no longer exists"),
    ],
)
def test_a_write_without_an_answer_is_checked(
    api: API, signed_in: Client, action: str, aliases: list[dict[str, object]], words: str
) -> None:
    api.get(ALIASES, aliases)
    actor_id = "" if action == "alias.delete" else ACTOR_ID
    entry = wrote(action, "unknown", actor_id=actor_id, object_id="my-alias")
    assert words in signed_in.get(f"/activity/{entry.pk}/check/").content.decode()


def test_an_alias_without_read_on_it_shows_what_the_list_has(api: API, signed_in: Client) -> None:
    api.refuse("GET", ONE, "Not authorized -- you do not have access to this alias.", 403)
    for path in ("/actors/v2/my-alias", f"{ONE}/nonces", "/actors/v2/my-alias/messages"):
        api.refuse("GET", path, "Not authorized -- you do not have access to this alias.", 403)
    lists(api, alias_payload(alias="another"), alias_payload(owner="<b>somebody"), actors=[])
    answer = signed_in.get("/aliases/my-alias/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<dd class="mono">{ACTOR_ID}</dd>' in page
    assert "&lt;b&gt;somebody" in page
    assert "requires READ; ask the owner." in page
    assert 'href="/aliases/my-alias/' not in page


def test_an_alias_that_is_refused_and_not_in_the_list_stays_refused(api: API, signed_in: Client) -> None:
    api.refuse("GET", ONE, "Not authorized -- you do not have access to this alias.", 403)
    lists(api, alias_payload(alias="another"), actors=[])
    assert signed_in.get("/aliases/my-alias/").status_code == 403


def test_an_alias_is_made_for_the_actor_whose_aliases_are_listed(api: API, signed_in: Client) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.get(ALIASES, [])
    page = signed_in.get(f"/actors/{ACTOR_ID}/aliases/").content.decode()
    assert f'href="/new/alias/?actor={ACTOR_ID}"' in page
