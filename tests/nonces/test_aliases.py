"""The nonces of an alias: the same pages as an actor's, at the addresses of the alias."""

import json

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.audit import wrote
from tests.support.payloads import NONCE_ID, nonce_payload

pytestmark = pytest.mark.django_db
URL = "/aliases/my-alias/nonces/"
NONCES = "/actors/v2/aliases/my-alias/nonces"
HANDLE = nonce_handle("my-alias", NONCE_ID)
KEY = "0123456789abcdef0123456789abcdef"


def payload(**changes: object) -> dict[str, object]:
    """Return a nonce of the alias: it names the alias and no actor."""
    found = nonce_payload(alias="my-alias", **changes)
    del found["actorId"]
    return found


def test_they_are_listed_masked_and_lead_to_their_pages(api: API, signed_in: Client) -> None:
    api.get(NONCES, [payload()])
    page = signed_in.get(URL).content.decode()
    assert f'href="{URL}{HANDLE}/"' in page
    assert NONCE_ID not in page
    assert "Anyone with a nonce of this alias" in page
    assert '<option value="UPDATE"' not in page


def test_one_is_made_and_used_through_the_alias_alone(api: API, signed_in: Client) -> None:
    api.post(NONCES, payload())
    api.get(NONCES, [payload()])
    page = signed_in.post(URL, {"level": "EXECUTE", "max_uses": "1", "write_key": KEY}).content.decode()
    assert json.loads(api.asked[0].body) == {"level": "EXECUTE", "maxUses": 1, "description": ""}
    assert f"/actors/v2/my-alias/messages?x-nonce={NONCE_ID}" in page
    entry = AuditEntry.objects.get(kind=AuditEntry.START)
    assert (entry.action, entry.object_id, json.loads(entry.details)["alias"]) == (
        "alias-nonce.create",
        "my-alias",
        "my-alias",
    )


def test_one_is_shown_again_to_whoever_asks_and_that_is_recorded(api: API, signed_in: Client) -> None:
    api.get(NONCES, [payload()])
    page = signed_in.post(f"{URL}{HANDLE}/reveal/").content.decode()
    assert NONCE_ID in page
    assert AuditEntry.objects.get().action == "alias-nonce.reveal"


def test_one_is_read_and_deleted(api: API, signed_in: Client) -> None:
    api.get(NONCES, [payload()])
    api.get(f"{NONCES}/{NONCE_ID}", payload())
    assert "Roles" in signed_in.get(f"{URL}{HANDLE}/").content.decode()
    api.delete(f"{NONCES}/{NONCE_ID}", None)
    answer = signed_in.post(f"{URL}{HANDLE}/delete/", {"write_key": KEY})
    assert answer.headers["Location"] == URL
    assert len(AuditEntry.objects.get(kind=AuditEntry.START).object_id) == 32


@pytest.mark.parametrize(("nonces", "words"), [([payload()], "still exists"), ([], "no longer exists")])
def test_a_deletion_without_an_answer_is_checked(
    api: API, signed_in: Client, nonces: list[dict[str, object]], words: str
) -> None:
    api.get(NONCES, nonces)
    entry = wrote("alias-nonce.delete", "unknown", actor_id="", object_id=HANDLE, details={"alias": "my-alias"})
    page = signed_in.get(f"/activity/{entry.pk}/check/").content.decode()
    assert words in page
    assert NONCE_ID not in page
