"""Keys of forms: claimed once, by one of two requests that hold the same session."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from actors_app.once import claim, new_form_key, release
from actors_app.sessions import SessionStore


def request_of(browser: Client) -> HttpRequest:
    request = RequestFactory().post("/")
    request.session = SessionStore(browser.session.session_key)
    request.session.get("who")  # loaded now, as the middleware of a real request has it
    return request


def test_the_second_request_finds_the_key_taken_though_its_session_was_read_before(signed_in: Client) -> None:
    first, second, key = request_of(signed_in), request_of(signed_in), new_form_key()
    assert claim(first, key)
    assert not claim(second, key)


def test_a_released_key_can_be_claimed_again(signed_in: Client) -> None:
    request, key = request_of(signed_in), new_form_key()
    assert claim(request, key)
    release(request, key)
    request.session.save()
    assert claim(request_of(signed_in), key)


def test_only_the_last_fifty_keys_are_remembered(signed_in: Client) -> None:
    request = request_of(signed_in)
    keys = [new_form_key() for _ in range(51)]
    assert all(claim(request, key) for key in keys)
    assert claim(request, keys[0])
    assert not claim(request, keys[50])


@pytest.mark.parametrize("key", ["", "x", "G" * 32])
def test_a_form_without_a_key_of_ours_is_let_through(signed_in: Client, key: str) -> None:
    request = request_of(signed_in)
    assert claim(request, key)
    assert claim(request, key)
