import json

import pytest

from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

PAGE = f"/actors/{ACTOR_ID}/executions/new/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
LISTING = f"{ACTOR}/executions"
TYPED = {"runtime": "12", "cpu": "34", "io": "56"}


def test_it_shows_the_form(signed_in, api):
    api.get(ACTOR, actor_payload())
    page = signed_in.get(PAGE).content.decode()
    for name in TYPED:
        assert f'name="{name}"' in page
    assert "In seconds." in page


def test_it_works_where_the_api_takes_it(signed_in, api):
    api.post(LISTING, execution_payload())
    answer = signed_in.post(PAGE, TYPED)
    assert (answer.status_code, answer.url) == (302, f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/")
    assert json.loads(api.asked[0].body) == {"runtime": 12, "cpu": 34, "io": 56}


def test_an_answer_that_describes_no_execution_leads_to_the_list(signed_in, api):
    api.post(LISTING, actor_payload())
    assert signed_in.post(PAGE, TYPED).url == f"/actors/{ACTOR_ID}/executions/"


def test_it_shows_form_errors(signed_in, api):
    answer = signed_in.post(PAGE, {**TYPED, "cpu": "-5"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The CPU cannot be negative." in page
    assert 'value="-5"' in page
    assert 'value="12"' in page
    assert not api.asked


def test_it_shows_a_refusal(signed_in, api):
    api.refuse("POST", LISTING, "Required field executor missing.")
    answer = signed_in.post(PAGE, TYPED)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Required field executor missing." in page
    assert "Nothing was changed." in page
    assert 'value="34"' in page
    assert len(api.asked) == 1


def test_it_survives_silence_and_does_not_try_again(signed_in, api):
    api.is_silent("POST", LISTING)
    answer = signed_in.post(PAGE, TYPED)
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in page
    assert 'value="56"' in page
    assert len(api.asked) == 1


def test_it_answers_htmx_with_the_way(signed_in, api, htmx):
    api.post(LISTING, execution_payload())
    answer = signed_in.post(PAGE, TYPED, headers=htmx)
    assert answer.headers["HX-Redirect"] == f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.put(PAGE).status_code == 405


@pytest.mark.django_db
def test_it_needs_credentials(client):
    assert client.get(PAGE).url.startswith("/sign-in/?next=")
