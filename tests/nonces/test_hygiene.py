"""The nonces of all actors, those worth a look first, and replacing one."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.nonces.models import NonceNote
from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, alias_payload, nonce_payload

pytestmark = [pytest.mark.django_db, pytest.mark.store(full=True)]
ACTOR = f"/actors/v2/{ACTOR_ID}"
NONCES = f"{ACTOR}/nonces"
HANDLE = nonce_handle(ACTOR_ID, NONCE_ID)
REPLACE = f"/actors/{ACTOR_ID}/nonces/{HANDLE}/replace/"
KEY = "0123456789abcdef0123456789abcdef"
NEW = "TACC-PROD_newSecret0042"


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.123Z")


def fine(**changes: object) -> dict[str, object]:
    """Return a nonce at which nothing is worth a look."""
    fields = {"id": "T_fine00000000", "createTime": ago(1), "lastUseTime": ago(1), "owner": "jdoe", "roles": []}
    return nonce_payload(**{**fields, "maxUses": 5, "remainingUses": 4, "level": "EXECUTE", **changes})


def lists(api: API, *nonces: dict[str, object], levels: dict[str, str] | None = None) -> None:
    api.get("/actors/v2", [actor_payload(owner="jdoe")])
    api.get("/actors/v2/aliases", [])
    api.get(NONCES, list(nonces))
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"} if levels is None else levels)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"level": "UPDATE"}, "UPDATE"),
        ({"maxUses": -1, "remainingUses": -1}, "unlimited"),
        ({"createTime": ago(31), "lastUseTime": "None"}, "never used"),
        ({"createTime": ago(200), "lastUseTime": ago(91)}, "unused for 90 days"),
        ({"owner": "left", "level": "EXECUTE"}, "creator lost access"),
    ],
)
def test_what_is_worth_a_look_is_said(api: API, signed_in: Client, changes: dict[str, object], word: str) -> None:
    lists(api, fine(), fine(id="T_other000worth", **changes), levels={"jdoe": "UPDATE", "left": "READ"})
    body = signed_in.get("/nonces/").content.decode().partition("<tbody>")[2]
    assert f"</svg>{word}</span>" in body
    assert body.index("…orth") < body.index("…0000"), "the one worth a look comes first"
    assert body.count('<span class="dim">—</span>') == 1


@pytest.mark.parametrize(
    "changes",
    [{"remainingUses": 0, "level": "UPDATE"}, {"owner": "boss", "roles": ["Internal/abaco-admin"]}],
)
def test_what_opens_nothing_and_what_an_administrator_made_is_left_in_peace(
    api: API, signed_in: Client, changes: dict[str, object]
) -> None:
    lists(api, fine(**changes))
    assert "0 need review" in signed_in.get("/nonces/").content.decode()


def test_no_nonce_is_shown_in_full(api: API, signed_in: Client) -> None:
    lists(api, nonce_payload(description="<i>CI</i>"))
    answer = signed_in.get("/nonces/")
    assert NONCE_ID not in answer.content.decode()
    assert "&lt;i&gt;CI&lt;/i&gt;" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_filter_keeps_what_was_chosen_and_can_be_cleared(api: API, signed_in: Client) -> None:
    lists(api, fine())
    page = signed_in.get("/nonces/?show=unlimited").content.decode()
    assert "No nonces match these filters" in page
    assert "Clear filters" in page


def test_no_nonce_teaches(api: API, signed_in: Client) -> None:
    lists(api)
    assert "No nonces yet" in signed_in.get("/nonces/").content.decode()


def test_an_actor_that_cannot_be_read_is_named(api: API, signed_in: Client) -> None:
    lists(api)
    api.wire.remove("GET", "https://api.example.org" + NONCES)
    api.is_silent("GET", NONCES)
    page = signed_in.get("/nonces/").content.decode()
    assert "Could not load the nonces of word-count" in page


def test_twenty_actors_are_asked_for_at_a_time(api: API, signed_in: Client) -> None:
    actors = [actor_payload(id=f"A{number:02}", name=f"a{number:02}") for number in range(25)]
    api.get("/actors/v2", actors)
    api.get("/actors/v2/aliases", [])
    for number in range(20, 25):
        api.get(f"/actors/v2/A{number}/nonces", [])
        api.get(f"/actors/v2/A{number}/permissions", {})
    page = signed_in.get("/nonces/?page=2").content.decode()
    assert "21\N{EN DASH}25 of 25 actors and aliases" in page
    assert len(api.asked) == 12


def test_silence_is_said(api: API, signed_in: Client) -> None:
    api.is_silent("GET", "/actors/v2")
    api.get("/actors/v2/aliases", [])
    answer = signed_in.get("/nonces/")
    assert answer.status_code == 502
    assert "Could not load nonces" in answer.content.decode()


def opens(api: API, **changes: object) -> None:
    api.get(ACTOR, actor_payload())
    api.get(NONCES, [nonce_payload(description="for CI", level="EXECUTE", maxUses=5, **changes)])


def test_replacing_says_first_what_it_means(api: API, signed_in: Client) -> None:
    opens(api)
    page = signed_in.get(REPLACE).content.decode()
    assert "for CI" in page
    assert {request.method for request in api.asked} == {"GET"}


def test_replacing_makes_the_new_one_first_and_shows_it_once(api: API, signed_in: Client) -> None:
    opens(api)
    api.post(NONCES, nonce_payload(id=NEW))
    api.delete(f"{NONCES}/{NONCE_ID}", None)
    answer = signed_in.post(REPLACE, {"write_key": KEY})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<code id="new-nonce">{NEW}</code>' in page
    assert "Description:" in page
    assert answer.headers["Cache-Control"] == "no-store"
    writes = [request for request in api.asked if request.method != "GET"]
    assert [request.method for request in writes] == ["POST", "DELETE"]
    assert json.loads(writes[0].body) == {"level": "EXECUTE", "maxUses": 5, "description": "for CI"}
    assert NEW not in "".join(entry.details for entry in AuditEntry.objects.all())


def test_sent_again_it_replaces_nothing(api: API, signed_in: Client) -> None:
    opens(api)
    api.post(NONCES, nonce_payload(id=NEW))
    api.delete(f"{NONCES}/{NONCE_ID}", None)
    signed_in.post(REPLACE, {"write_key": KEY})
    again = signed_in.post(REPLACE, {"write_key": KEY})
    assert again.status_code == 409
    assert NEW not in again.content.decode()
    assert sum(request.method == "POST" for request in api.asked) == 1


def test_a_new_one_is_shown_though_the_old_one_stays(api: API, signed_in: Client) -> None:
    opens(api)
    api.post(NONCES, nonce_payload(id=NEW))
    api.refuse("DELETE", f"{NONCES}/{NONCE_ID}", "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(REPLACE, {"write_key": KEY})
    assert answer.status_code == 403
    assert NEW in answer.content.decode()
    assert "may still work" in answer.content.decode()


def test_nothing_is_deleted_where_none_could_be_made(api: API, signed_in: Client) -> None:
    opens(api)
    api.refuse("POST", NONCES, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(REPLACE, {"write_key": KEY})
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()


ALIAS_NONCES = "/actors/v2/aliases/my-alias/nonces"


def of_alias(**changes: object) -> dict[str, object]:
    found = fine(alias="my-alias", **changes)
    del found["actorId"]
    return found


@pytest.mark.store
def test_the_nonces_of_the_visitor_s_own_aliases_are_looked_at_too(api: API, signed_in: Client) -> None:
    api.get("/actors/v2", [actor_payload()])
    api.get("/actors/v2/aliases", [alias_payload(), alias_payload(alias="theirs", owner="somebody")])
    api.get(NONCES, [])
    api.get(ALIAS_NONCES, [of_alias(owner="left", id="T_left00000000")])
    # What its maker may do with the actor counts, which is asked for once.
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE", "left": "READ"})
    page = signed_in.get("/nonces/").content.decode()
    assert "</svg>creator lost access</span>" in page
    row = page.partition("<tbody>")[2]
    assert 'href="/aliases/my-alias/nonces/"' in row
    assert '<span class="chip">alias</span>' in row
    handle = nonce_handle("my-alias", "T_left00000000")
    assert f'href="/aliases/my-alias/nonces/{handle}/replace/"' in row
    assert f'href="/aliases/my-alias/nonces/{handle}/delete/"' in row
    assert len(api.asked) == 5


def test_aliases_that_cannot_be_loaded_are_said_to_be_missing(api: API, signed_in: Client) -> None:
    lists(api, fine())
    api.wire.remove("GET", "https://api.example.org/actors/v2/aliases")
    api.is_silent("GET", "/actors/v2/aliases")
    page = signed_in.get("/nonces/").content.decode()
    assert "Could not load aliases; their nonces are missing." in page
    assert "…0000" in page


@pytest.mark.store
def test_a_nonce_of_an_alias_is_replaced_in_the_same_way(api: API, signed_in: Client) -> None:
    api.get(ALIAS_NONCES, [of_alias(id=NONCE_ID, description="for CI")])
    api.post(ALIAS_NONCES, of_alias(id=NEW))
    api.delete(f"{ALIAS_NONCES}/{NONCE_ID}", None)
    url = f"/aliases/my-alias/nonces/{nonce_handle('my-alias', NONCE_ID)}/replace/"
    assert "Rotate nonce" in signed_in.get(url).content.decode()
    page = signed_in.post(url, {"write_key": KEY}).content.decode()
    assert f'<code id="new-nonce">{NEW}</code>' in page
    assert f"/actors/v2/my-alias/messages?x-nonce={NEW}" in page
    starts = AuditEntry.objects.filter(start=None).order_by("pk")
    assert [entry.action for entry in starts] == ["alias-nonce.create", "alias-nonce.delete"]
    assert {json.loads(entry.details)["alias"] for entry in starts} == {"my-alias"}


@pytest.mark.store
def test_where_it_was_handed_out_is_said_before_and_goes_along_to_the_new_one(api: API, signed_in: Client) -> None:
    NonceNote.objects.create(
        tenant="default", handle=HANDLE, text="CI of <b>lab</b>\n\nMs Ramirez", username="sue", noted=datetime.now(UTC)
    )
    NonceNote.objects.create(tenant="other", handle=HANDLE, text="elsewhere", username="x", noted=datetime.now(UTC))
    opens(api)
    before = signed_in.get(REPLACE).content.decode()
    assert "<li><bdi>CI of &lt;b&gt;lab&lt;/b&gt;</bdi></li><li><bdi>Ms Ramirez</bdi></li>" in before
    assert "updated by <bdi>sue</bdi>" in before
    assert "elsewhere" not in before
    api.post(NONCES, nonce_payload(id=NEW))
    api.delete(f"{NONCES}/{NONCE_ID}", None)
    after = signed_in.post(REPLACE, {"write_key": KEY}).content.decode()
    assert "Send the new nonce to these recipients:" in after
    assert "Ms Ramirez" in after
    assert NonceNote.objects.get(tenant="default").handle == nonce_handle(ACTOR_ID, NEW)


def test_the_notes_stand_beside_the_findings(api: API, signed_in: Client) -> None:
    lists(api, fine(), fine(id=NONCE_ID))
    NonceNote.objects.create(
        tenant="default", handle=HANDLE, text="Ms Ramirez", username="sue", noted=datetime.now(UTC)
    )
    body = signed_in.get("/nonces/").content.decode()
    assert body.count("<li><bdi>Ms Ramirez</bdi></li>") == 1
    assert f'href="/actors/{ACTOR_ID}/nonces/{nonce_handle(ACTOR_ID, "T_fine00000000")}/note/"' in body


@pytest.mark.parametrize("path", ["/nonces/", REPLACE])
def test_it_needs_credentials(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in/")


def test_an_owner_whose_level_was_taken_back_has_no_right_either(api: API, signed_in: Client) -> None:
    lists(api, fine(owner="jdoe"), levels={"jdoe": "NONE", "sue": "UPDATE"})
    assert "</svg>creator lost access</span>" in signed_in.get("/nonces/").content.decode()
