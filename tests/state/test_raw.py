"""A state that cannot be shown as JSON has a raw view, also where it makes the whole actor unreadable."""

import json

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload, envelope

URL = f"/actors/{ACTOR_ID}/state/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
STATES = {
    "NaN": '{"loss": NaN, "<b>": "kept\\u202e"}',
    "infinite": '{"loss": -Infinity}',
    "long": '{"n": ' + "9" * 65 + "}",
    "deep": "[" * 80 + "1" + "]" * 80,
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.parametrize("is_hidden", [False, True])
def test_it_is_shown_as_it_came(state: str, is_hidden: bool, signed_in: Client, api: API) -> None:
    marked = json.dumps(envelope({"state": "HERE"})).replace('"HERE"', state)
    actor = json.dumps(envelope(actor_payload(stateless=False, state="HERE"))).replace('"HERE"', state)
    if is_hidden:
        api.get(ACTOR, body=actor, content_type="application/json")
    else:
        api.get(ACTOR, actor_payload(stateless=False, state={}))
    api.get(f"{ACTOR}/state", body=marked, content_type="application/json")
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 502
    raw = page.partition('id="state-raw"')[2].partition("</pre>")[0]
    assert state[:40].replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;") in raw, page
    assert "This state cannot be displayed as JSON" in page
    assert (ACTOR_ID if is_hidden else "word-count") in page.partition("</title>")[0]


def test_a_long_one_is_cut_and_secrets_in_it_are_masked(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload(stateless=False, state={}))
    text = '{"status": "success", "result": {"state": [NaN, "_abaco_access_token=s3cr3t0123456789abcdef", "'
    api.get(f"{ACTOR}/state", body=text + "x" * 200_000 + '"]}}', content_type="application/json")
    page = signed_in.get(URL).content.decode()
    assert "more characters not shown." in page
    assert page.count("x" * 1000) < 101
    assert "s3cr3t0123456789" not in page
