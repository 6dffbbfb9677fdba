"""Seeing an actor's nonces and making one, which is shown once."""

import json
import re

import pytest
from django.test import Client

from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, nonce_payload

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/nonces/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
NONCES = f"{ACTOR}/nonces"
KEY = "0123456789abcdef0123456789abcdef"


def opens(api: API, *nonces: dict[str, object]) -> None:
    api.get(ACTOR, actor_payload())
    api.get(NONCES, list(nonces))


def form_key(page: str) -> str:
    found = re.search(r'name="write_key" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def test_it_works_and_shows_no_nonce_in_full(api: API, signed_in: Client) -> None:
    opens(
        api,
        nonce_payload(description="<i>x</i>"),
        nonce_payload(id="TACC-PROD_unlimited1", maxUses=-1, remainingUses=-1, currentUses=1234, level="UPDATE"),
        nonce_payload(id="TACC-PROD_usedup0001", maxUses=3, remainingUses=0, currentUses=3),
    )
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert "TACC-PROD_…6W1q" in page
    assert f'href="{URL}{nonce_handle(ACTOR_ID, NONCE_ID)}/"' in page
    assert "1 of 1 left" in page
    assert "Unlimited, 1\N{NARROW NO-BREAK SPACE}234 used" in page
    assert "exhausted" in page
    assert "&lt;i&gt;x&lt;/i&gt;" in page
    assert "1\N{EN DASH}3 of 3 nonces" in page
    for secret in (NONCE_ID, "zy5Ol8aXE6W1q", "unlimited1", "usedup0001"):
        assert secret not in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_uses_that_were_not_reported_are_not_zero(api: API, signed_in: Client) -> None:
    opens(api, nonce_payload(maxUses=None, remainingUses="many"))
    assert "Not reported" in signed_in.get(URL).content.decode()


def test_the_newest_comes_first(api: API, signed_in: Client) -> None:
    opens(
        api,
        nonce_payload(id="T_older000aaaa", createTime="2026-11-01T10:00:00.1Z00"),
        nonce_payload(id="T_unknown0bbbb", createTime="None"),
        nonce_payload(id="T_newer000cccc", createTime="2026-11-02T10:00:00.123Z"),
    )
    page = signed_in.get(URL).content.decode()
    assert page.index("…cccc") < page.index("…aaaa") < page.index("…bbbb")


def test_no_nonces_teaches_the_first_step(api: API, signed_in: Client) -> None:
    opens(api)
    assert "No nonces yet" in signed_in.get(URL).content.decode()


@pytest.mark.parametrize(
    ("show", "kept"),
    [("usable", "aaaa bbbb"), ("unlimited", "bbbb"), ("used-up", "cccc"), ("nonsense", "aaaa bbbb cccc")],
)
def test_the_filter_keeps_what_was_chosen(api: API, signed_in: Client, show: str, kept: str) -> None:
    opens(
        api,
        nonce_payload(id="T_secret00aaaa"),
        nonce_payload(id="T_secret00bbbb", maxUses=-1, remainingUses=-1),
        nonce_payload(id="T_secret00cccc", remainingUses=0),
    )
    page = signed_in.get(f"{URL}?show={show}&page=x").content.decode()
    assert {end for end in ("aaaa", "bbbb", "cccc") if f"…{end}" in page} == set(kept.split())


def test_a_filter_without_a_match_can_be_cleared(api: API, signed_in: Client) -> None:
    opens(api, nonce_payload())
    page = signed_in.get(URL + "?show=used-up").content.decode()
    assert "No nonces match these filters" in page
    assert "Clear filters" in page


def test_it_is_paged_by_fifty(api: API, signed_in: Client) -> None:
    opens(api, *[nonce_payload(id=f"T_secret{number:04d}") for number in range(51)])
    page = signed_in.get(URL + "?page=99").content.decode()
    assert "51\N{EN DASH}51 of 51 nonces" in page


def test_the_page_stands_without_the_list(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.is_silent("GET", NONCES)
    page = signed_in.get(URL).content.decode()
    assert "Could not load nonces" in page
    assert 'name="max_uses"' in page


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    opens(api, nonce_payload())
    fragment = signed_in.get(URL, headers=htmx).content.decode()
    assert "<form" not in fragment
    assert "…6W1q" in fragment


def test_a_new_nonce_is_shown_once_with_lines_to_use_it(api: API, signed_in: Client) -> None:
    api.post(NONCES, nonce_payload())
    opens(api, nonce_payload())
    answer = signed_in.post(URL, {"level": "EXECUTE", "max_uses": "1", "description": "for x", "write_key": KEY})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert json.loads(api.asked[0].body) == {"level": "EXECUTE", "maxUses": 1, "description": "for x"}
    assert f">{NONCE_ID}</code>" in page
    assert f"https://api.example.org/actors/v2/{ACTOR_ID}/messages?x-nonce={NONCE_ID}" in page
    assert f"https://api.example.org/actors/v2/{ACTOR_ID}?x-nonce={NONCE_ID}" in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert NONCE_ID not in signed_in.get(URL).content.decode()


def test_a_new_nonce_is_shown_even_where_the_rest_fails(api: API, signed_in: Client) -> None:
    api.post(NONCES, nonce_payload())
    api.is_silent("GET", ACTOR)
    api.is_silent("GET", NONCES)
    answer = signed_in.post(URL, {"write_key": KEY})
    assert answer.status_code == 200
    assert NONCE_ID in answer.content.decode()


def test_under_an_alias_the_lines_name_the_actor_by_its_id(api: API, signed_in: Client) -> None:
    api.post("/actors/v2/my-alias/nonces", nonce_payload())
    api.get("/actors/v2/my-alias", actor_payload())
    api.get("/actors/v2/my-alias/nonces", [])
    page = signed_in.post("/actors/my-alias/nonces/", {"write_key": KEY}).content.decode()
    assert f"/actors/v2/{ACTOR_ID}/messages?x-nonce=" in page


def test_a_read_nonce_has_no_line_that_sends(api: API, signed_in: Client) -> None:
    api.post(NONCES, nonce_payload(level="READ"))
    opens(api)
    page = signed_in.post(URL, {"level": "READ", "write_key": KEY}).content.decode()
    assert "View the actor" in page
    assert "Send a message:" not in page


def test_with_htmx_the_new_nonce_and_the_table_come_as_fragments(
    api: API, signed_in: Client, htmx: dict[str, str]
) -> None:
    api.post(NONCES, nonce_payload())
    opens(api, nonce_payload())
    fragment = signed_in.post(URL, {"write_key": KEY}, headers=htmx).content.decode()
    assert fragment.startswith('<div id="nonce-create">')
    assert NONCE_ID in fragment
    assert 'id="nonces-table" hx-swap-oob="innerHTML"' in fragment
    assert '<span class="count num" id="count-nonces" hx-swap-oob="true">1</span>' in fragment


def test_unlimited_needs_a_tick(api: API, signed_in: Client) -> None:
    api.post(NONCES, nonce_payload(maxUses=-1))
    opens(api)
    signed_in.post(URL, {"max_uses": "", "unlimited": "on", "write_key": KEY})
    assert json.loads(api.asked[0].body)["maxUses"] == -1


def test_the_same_form_makes_one_nonce(api: API, signed_in: Client) -> None:
    opens(api)
    key = form_key(signed_in.get(URL).content.decode())
    api.post(NONCES, nonce_payload())
    assert NONCE_ID in signed_in.post(URL, {"write_key": key}).content.decode()
    again = signed_in.post(URL, {"write_key": key})
    assert again.status_code == 409
    assert "Already submitted" in again.content.decode()
    assert NONCE_ID not in again.content.decode()
    assert [request.method for request in api.asked].count("POST") == 1


def test_after_a_refusal_the_same_form_may_be_sent_again(api: API, signed_in: Client) -> None:
    api.refuse("POST", NONCES, "Not authorized -- you do not have access to this actor.")
    refused = signed_in.post(URL, {"description": "kept", "write_key": KEY})
    assert refused.status_code == 403
    assert "Nothing was changed." in refused.content.decode()
    assert 'value="kept"' in refused.content.decode()
    assert signed_in.post(URL, {"description": "kept", "write_key": KEY}).status_code == 403


def test_it_survives_silence_and_the_same_form_is_not_sent_again(api: API, signed_in: Client) -> None:
    api.is_silent("POST", NONCES)
    silent = signed_in.post(URL, {"description": "kept", "write_key": KEY})
    assert silent.status_code == 502
    assert "We do not know whether this succeeded" in silent.content.decode()
    assert 'value="kept"' in silent.content.decode()
    assert form_key(silent.content.decode()) != KEY
    assert signed_in.post(URL, {"write_key": KEY}).status_code == 409
    assert [request.method for request in api.asked].count("POST") == 1


def test_it_shows_form_errors_and_asks_the_api_nothing(api: API, signed_in: Client) -> None:
    answer = signed_in.post(URL, {"level": "UPDATE", "max_uses": "-1", "description": "d" * 501, "write_key": KEY})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Confirm to create an UPDATE nonce" in page
    assert "Enter a whole number from 1 to 1,000,000,000" in page
    assert "Use at most 500 characters" in page
    assert 'value="-1"' in page
    assert "Nonces not loaded" in page
    assert api.asked == []


def test_an_invalid_form_with_htmx_is_the_form(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    answer = signed_in.post(URL, {"level": "NONE"}, headers=htmx)
    assert answer.status_code == 422
    assert answer.content.decode().startswith('<div id="nonce-create">')
    assert "Choose READ, EXECUTE or UPDATE." in answer.content.decode()


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.post(URL).headers["Location"].startswith("/sign-in/")
