"""Seeing what an actor would receive, without sending it."""

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/messages/preview/"


def test_it_works_without_asking_the_api(api: API, signed_in: Client) -> None:
    typed = {"kind": "json", "message": '{"ok": true}', "env_name": "A", "env_value": "1 2"}
    answer = signed_in.post(URL, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "{&#x27;ok&#x27;: True}" in page
    assert "_abaco_Content_Type=application/json" in page
    assert "_abaco_username=jdoe" in page
    assert "A=1 2" in page
    assert 'name="message"' in page
    assert api.asked == []


def test_it_gives_the_same_as_a_line_for_a_shell(signed_in: Client) -> None:
    page = signed_in.post(URL, {"message": "it's", "env_name": "A", "env_value": "b"}).content.decode()
    assert "Bearer $TOKEN" in page
    assert f"https://api.example.org/actors/v2/{ACTOR_ID}/messages?A=b" in page
    assert "access-token-of-jdoe" not in page


def test_it_answers_htmx_with_the_fragment(signed_in: Client, htmx: dict[str, str]) -> None:
    fragment = signed_in.post(URL, {"message": "hi"}, headers=htmx).content.decode()
    assert "<form" not in fragment
    assert ">hi</pre>" in fragment


def test_a_file_needs_no_upload(signed_in: Client, htmx: dict[str, str]) -> None:
    answer = signed_in.post(URL, {"kind": "file"}, headers=htmx)
    assert answer.status_code == 200
    assert "/_abaco_binary_data" in answer.content.decode()


def test_it_shows_form_errors(signed_in: Client, htmx: dict[str, str]) -> None:
    typed = {"kind": "json", "message": "{", "env_name": "_abaco_x", "env_value": ""}
    answer = signed_in.post(URL, typed, headers=htmx)
    fragment = answer.content.decode()
    assert answer.status_code == 422
    assert "Invalid JSON" in fragment
    assert "_abaco_x: Names starting with _abaco_" in fragment


def test_a_text_too_large_for_one_variable_is_refused(signed_in: Client, htmx: dict[str, str]) -> None:
    fragment = signed_in.post(URL, {"message": "x" * 131_068}, headers=htmx).content.decode()
    assert "the limit is 131,067" in fragment
    largest = signed_in.post(URL, {"message": "x" * 131_067}, headers=htmx)
    assert largest.status_code == 200
    assert "truncated" in largest.content.decode()


def test_opened_plainly_it_leads_to_its_page(signed_in: Client) -> None:
    assert signed_in.get(URL).headers["Location"] == f"/actors/{ACTOR_ID}/messages/"


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.delete(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.post(URL, {"message": "x"}).headers["Location"].startswith("/sign-in/")
