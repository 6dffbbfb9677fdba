"""Noting where a nonce was handed out: for an actor's nonces and an alias's, without the nonce itself."""

import pytest
from django.test import Client

from actors_app.nonces.models import NonceNote
from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, nonce_payload

pytestmark = [pytest.mark.django_db, pytest.mark.store]
ACTOR = f"/actors/v2/{ACTOR_ID}"
HANDLE = nonce_handle(ACTOR_ID, NONCE_ID)
PAGE = f"/actors/{ACTOR_ID}/nonces/{HANDLE}/"
URL = f"{PAGE}note/"


def opens(api: API) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/nonces", [nonce_payload()])


def test_it_is_noted_shown_changed_and_taken_away(api: API, signed_in: Client) -> None:
    opens(api)
    assert "Save recipients" in signed_in.get(URL).content.decode()
    assert signed_in.post(URL, {"text": " CI of <lab>\nMs Ramirez "}).headers["Location"] == PAGE
    note = NonceNote.objects.get()
    assert (note.tenant, note.handle, note.username, note.places) == (
        "default",
        HANDLE,
        "jdoe",
        ["CI of <lab>", "Ms Ramirez"],
    )
    api.get(f"{ACTOR}/nonces/{NONCE_ID}", nonce_payload())
    page = signed_in.get(PAGE).content.decode()
    assert "<li><bdi>CI of &lt;lab&gt;</bdi></li><li><bdi>Ms Ramirez</bdi></li>" in page
    assert "CI of &lt;lab&gt;\nMs Ramirez</textarea>" in signed_in.get(URL).content.decode()
    signed_in.post(URL, {"text": "Ms Ramirez"})
    assert NonceNote.objects.get().text == "Ms Ramirez"
    signed_in.post(URL, {"text": ""})
    assert not NonceNote.objects.exists()
    assert {request.method for request in api.asked} == {"GET"}


def test_the_nonce_itself_is_not_kept(api: API, signed_in: Client) -> None:
    opens(api)
    answer = signed_in.post(URL, {"text": f"CI has {NONCE_ID}"})
    assert answer.status_code == 422
    assert "Do not enter the nonce itself" in answer.content.decode()
    assert not NonceNote.objects.exists()


def test_it_goes_with_the_nonce(api: API, signed_in: Client) -> None:
    opens(api)
    signed_in.post(URL, {"text": "Ms Ramirez"})
    assert "Ms Ramirez" in signed_in.get(f"{PAGE}delete/").content.decode()
    api.delete(f"{ACTOR}/nonces/{NONCE_ID}", None)
    signed_in.post(f"{PAGE}delete/", {})
    assert not NonceNote.objects.exists()


def test_it_stays_where_the_nonce_was_not_deleted(api: API, signed_in: Client) -> None:
    opens(api)
    signed_in.post(URL, {"text": "Ms Ramirez"})
    api.refuse("DELETE", f"{ACTOR}/nonces/{NONCE_ID}", "Not authorized -- you do not have access to this actor.")
    assert "Ms Ramirez" in signed_in.post(f"{PAGE}delete/", {}).content.decode()
    assert NonceNote.objects.exists()


def test_of_an_alias_it_stands_under_the_alias(api: API, signed_in: Client) -> None:
    handle = nonce_handle("my-alias", NONCE_ID)
    api.get("/actors/v2/aliases/my-alias/nonces", [nonce_payload(alias="my-alias")])
    url = f"/aliases/my-alias/nonces/{handle}/"
    assert signed_in.post(f"{url}note/", {"text": "Ms Ramirez"}).headers["Location"] == url
    assert NonceNote.objects.get().handle == handle


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_read_the_nonce_reads_and_writes_no_note(api: API, signed_in: Client, method: str) -> None:
    api.get(ACTOR, actor_payload())
    api.refuse("GET", f"{ACTOR}/nonces", "Not authorized -- you do not have access to this actor.")
    NonceNote.objects.create(
        tenant="default", handle=HANDLE, text="secret plan", username="sue", noted="2026-01-01T00:00Z"
    )
    answer = getattr(signed_in, method)(URL, {"text": "mine"} if method == "post" else None)
    assert answer.status_code == 403
    assert "secret plan" not in answer.content.decode()
    assert NonceNote.objects.get().text == "secret plan"


def test_a_nonce_that_is_not_there_has_no_note(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/nonces", [])
    assert signed_in.post(URL, {"text": "mine"}).status_code == 404
    assert not NonceNote.objects.exists()


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.is_silent("GET", f"{ACTOR}/nonces")
    assert signed_in.post(URL, {"text": "mine"}).status_code == 502
    assert not NonceNote.objects.exists()


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/sign-in/")


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405
