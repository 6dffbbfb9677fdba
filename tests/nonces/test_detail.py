"""Seeing one nonce, masked, under an address that does not tell it."""

import pytest
from django.test import Client

from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, nonce_payload

pytestmark = pytest.mark.django_db
HANDLE = nonce_handle(ACTOR_ID, NONCE_ID)
URL = f"/actors/{ACTOR_ID}/nonces/{HANDLE}/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
NONCE = f"{ACTOR}/nonces/{NONCE_ID}"


def listed(api: API, *nonces: dict[str, object]) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/nonces", list(nonces))


def test_it_works(api: API, signed_in: Client) -> None:
    listed(api, nonce_payload(id="TACC-PROD_other00000"), nonce_payload())
    api.get(NONCE, nonce_payload(maxUses=9, remainingUses=4, currentUses=5, roles=["Internal/everyone"]))
    page = signed_in.get(URL).content.decode()
    for fact in ("TACC-PROD_…6W1q", "for the pipeline", "Internal/everyone", "Never", '<dd class="num">5</dd>'):
        assert fact in page
    assert NONCE_ID not in page


@pytest.mark.parametrize("handle", ["0" * 32, nonce_handle("other", NONCE_ID)])
def test_a_handle_of_no_nonce_is_not_found(api: API, signed_in: Client, handle: str) -> None:
    listed(api, nonce_payload())
    answer = signed_in.get(f"/actors/{ACTOR_ID}/nonces/{handle}/")
    assert answer.status_code == 404
    assert "This nonce does not exist or was deleted." in answer.content.decode()


def test_the_nonce_itself_is_no_address(signed_in: Client) -> None:
    assert signed_in.get(f"/actors/{ACTOR_ID}/nonces/{NONCE_ID}/").status_code == 404


def test_it_shows_a_refusal(api: API, signed_in: Client) -> None:
    listed(api, nonce_payload())
    api.refuse("GET", NONCE, "Nonce not found.")
    assert signed_in.get(URL).status_code == 404


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.is_silent("GET", f"{ACTOR}/nonces")
    answer = signed_in.get(URL)
    assert answer.status_code == 502
    assert NONCE_ID not in answer.content.decode()


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/sign-in/")


def test_handles_are_of_one_portal_one_actor_and_one_nonce(settings) -> None:  # type: ignore[no-untyped-def]
    assert nonce_handle(ACTOR_ID, NONCE_ID) == HANDLE
    assert len({HANDLE, nonce_handle("other", NONCE_ID), nonce_handle(ACTOR_ID, NONCE_ID + "x")}) == 3
    settings.SECRET_KEY = "another"
    assert nonce_handle(ACTOR_ID, NONCE_ID) != HANDLE


def test_it_is_shown_in_full_to_whoever_asks_and_that_is_recorded(api: API, signed_in: Client) -> None:
    from actors_app.core.operations.models import AuditEntry

    address = URL + "reveal/"
    assert signed_in.get(address)["Location"] == URL
    listed(api, nonce_payload())
    answer = signed_in.post(address)
    page = answer.content.decode()
    assert NONCE_ID in page
    assert "x-nonce=" in page
    assert answer["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.action, entry.username) == ("read", "nonce.reveal", "jdoe")
    assert NONCE_ID not in repr(list(AuditEntry.objects.values()))


def test_it_is_not_shown_where_the_trail_cannot_say_so(api: API, signed_in: Client) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON portal_audit BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            if connection.vendor == "sqlite"
            else "ALTER TABLE portal_audit ADD CONSTRAINT full_disk CHECK (id < 0) NOT VALID"
        )
    listed(api, nonce_payload())
    answer = signed_in.post(URL + "reveal/")
    assert answer.status_code == 503
    assert NONCE_ID not in answer.content.decode()
