"""A form of more fields than the portal takes comes back as it was typed, with both numbers; nothing was sent."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from actors_app.core.models import Draft
from actors_app.core.pages.drafts import Person, sign_owner
from tests.conftest import API

URL = "/actors/new/"


def form(rows: int) -> dict[str, Any]:
    """Return the form of an actor with that many variables, which has two fields for each."""
    names = [f"V{number}" for number in range(rows)]
    fields = {"image": "a/b", "name": "kept & shown", "whose": sign_owner(Person("default", "jdoe"))}
    return fields | {"env_name": names, "env_value": [f"value {name}" for name in names]}


def sent(browser: Client, typed: dict[str, Any], *, as_parts: bool = False, **headers: str) -> Any:
    if as_parts:
        return browser.post(URL, typed, headers=headers)
    pairs = [(name, one) for name, value in typed.items() for one in (value if isinstance(value, list) else [value])]
    return browser.post(URL, urlencode(pairs), content_type="application/x-www-form-urlencoded", headers=headers)


@pytest.mark.parametrize("as_parts", [True, False])
def test_it_comes_back_as_it_was_typed(signed_in: Client, api: API, as_parts: bool) -> None:
    answer = sent(signed_in, form(600), as_parts=as_parts)
    assert (answer.status_code, answer.headers["Location"].startswith(f"{URL}?draft=")) == (302, True)
    page = signed_in.get(answer.headers["Location"]).content.decode()
    assert "The form has 1,203 fields; the limit is 1,000 fields." in page
    assert "We restored your draft; nothing was sent." in page
    assert "You were signed out" not in page
    assert 'value="kept &amp; shown"' in page
    assert re.findall(r'name="env_name" value="(V\d+)"', page) == [f"V{number}" for number in range(600)]
    assert "value V599" in page
    assert not api.asked


def test_with_script_it_stays_on_the_page(signed_in: Client, htmx: dict[str, str]) -> None:
    answer = sent(signed_in, form(600), **htmx)
    assert answer.status_code == 400
    assert "The form has 1,203 fields; the limit is 1,000 fields." in answer.content.decode()
    assert not Draft.objects.exists()


def test_somebody_else_s_is_not_kept_and_too_many_are_not_read(signed_in: Client) -> None:
    for typed in (
        form(600) | {"whose": sign_owner(Person("default", "ann"))},
        form(600) | {"whose": "x"},
        form(10_001),
    ):
        for as_parts in (True, False):
            answer = sent(signed_in, typed, as_parts=as_parts)
            assert answer.status_code == 400
            assert "1,000 fields" in answer.content.decode()
    assert not Draft.objects.exists()
