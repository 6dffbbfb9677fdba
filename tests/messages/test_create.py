"""Seeing how many messages wait, and sending one."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.conftest import API
from tests.support import payloads
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, worker_payload

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/messages/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
MAILBOX = f"{ACTOR}/messages"
SENT = {"executionId": EXECUTION_ID, "msg": "hello", "_links": {}}
EXECUTION_PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"


def opens(api: API, waiting: int | None = 3, **actor: object) -> None:
    api.get(ACTOR, actor_payload(**actor))
    api.get(MAILBOX, {"messages": waiting, "_links": {}})
    api.get(f"{ACTOR}/workers", [worker_payload()])


def test_it_works(api: API, signed_in: Client) -> None:
    opens(api)
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "3 queued messages" in page
    assert 'name="message"' in page
    assert page.count('name="env_name"') == 3
    assert f'hx-get="{URL}?poll=1" hx-trigger="every 3s"' in page


def test_an_empty_mailbox_is_polled_too(api: API, signed_in: Client) -> None:
    opens(api, waiting=0)
    page = signed_in.get(URL).content.decode()
    assert "Mailbox empty." in page
    assert f'hx-get="{URL}?poll=1" hx-trigger="every 3s"' in page
    assert "Send message</a>" not in page  # the head's button would lead here


def test_the_page_stands_without_the_count(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/workers", [])
    api.refuse("GET", MAILBOX, "Unrecognized exception type", 500)
    page = signed_in.get(URL).content.decode()
    assert "Could not load the queue size." in page
    assert 'name="message"' in page


def test_a_count_that_was_not_reported_is_not_zero(api: API, signed_in: Client) -> None:
    opens(api, waiting=None)
    assert "Queue size unknown." in signed_in.get(URL).content.decode()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("SHUTTING_DOWN", "This actor is being deleted."),
        ("SUBMITTED", "This actor is still starting."),
        ("ERROR", "Messages are queued but not processed."),
    ],
)
def test_it_says_what_becomes_of_a_message_now(api: API, signed_in: Client, status: str, sentence: str) -> None:
    opens(api, status=status)
    assert sentence in signed_in.get(URL).content.decode()


def test_a_poll_gets_the_count_and_goes_on(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.get(MAILBOX, {"messages": 1})
    answer = signed_in.get(URL + "?poll=1", headers=htmx)
    assert answer.status_code == 200
    assert "1 queued message" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert answer.headers["X-Poll-State"]


def test_a_poll_goes_on_until_the_actor_is_gone(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.get(MAILBOX, {"messages": 0})
    assert signed_in.get(URL + "?poll=1", headers=htmx).status_code == 200
    api.wire.replace("GET", payloads.API + MAILBOX, json=payloads.refusal("Actor not found"), status=404)
    assert signed_in.get(URL + "?poll=1", headers=htmx).status_code == 286


def test_a_text_is_sent_as_it_was_typed(api: API, signed_in: Client) -> None:
    api.post(MAILBOX, SENT)
    answer = signed_in.post(URL, {"kind": "text", "message": "one\r\n two \N{PILE OF POO}\r\n"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == EXECUTION_PAGE
    assert json.loads(api.asked[0].body) == {"message": "one\n two \N{PILE OF POO}\n"}


def test_json_is_sent_as_an_object(api: API, signed_in: Client) -> None:
    api.post(MAILBOX, SENT)
    answer = signed_in.post(URL, {"kind": "json", "message": '{"city": "Austin", "n": [1, null]}'})
    assert answer.status_code == 302
    assert json.loads(api.asked[0].body) == {"city": "Austin", "n": [1, None]}
    assert api.asked[0].headers["Content-Type"] == "application/json"


def test_a_file_is_sent_untouched_and_without_its_name(api: API, signed_in: Client) -> None:
    api.post(MAILBOX, SENT)
    data = b"\x00\xff--boundary\r\n\x1f\x8b"
    file = SimpleUploadedFile('../../a"; filename=b.exe', data, content_type="text/html")
    answer = signed_in.post(URL, {"file": file})
    assert answer.status_code == 302
    sent = api.asked[0]
    assert sent.body == data
    assert sent.headers["Content-Type"] == "application/octet-stream"
    assert "b.exe" not in sent.url + str(sent.headers)


def test_the_environment_travels_in_the_query(api: API, signed_in: Client) -> None:
    api.post(MAILBOX, SENT)
    typed = {"message": "x", "env_name": ["A_B", "", "PATH"], "env_value": ["é&=", "", ""]}
    assert signed_in.post(URL, typed).status_code == 302
    query = parse_qs(urlsplit(api.asked[0].url).query, keep_blank_values=True)
    assert query == {"A_B": ["é&="], "PATH": [""]}


def test_sending_with_htmx_goes_to_the_execution(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.post(MAILBOX, SENT)
    answer = signed_in.post(URL, {"message": "x"}, headers=htmx)
    assert answer.headers["HX-Redirect"] == EXECUTION_PAGE


@pytest.mark.parametrize("named", ["", "../admin"])
def test_an_execution_without_a_usable_id_leads_to_the_list(api: API, signed_in: Client, named: str) -> None:
    api.post(MAILBOX, {"executionId": named, "msg": "x"})
    answer = signed_in.post(URL, {"message": "x"})
    assert answer.headers["Location"] == f"/actors/{ACTOR_ID}/executions/"


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_needs_credentials(client: Client, method: str) -> None:
    answer = getattr(client, method)(URL)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")


def test_it_shows_form_errors_and_asks_the_api_nothing(api: API, signed_in: Client) -> None:
    typed = {"kind": "json", "message": "[1, 2]", "env_name": ["x-nonce", "KEPT"], "env_value": ["secret", "v"]}
    answer = signed_in.post(URL, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "JSON messages must be objects." in page
    assert "The API reads x-nonce as a nonce" in page
    assert ">\n[1, 2]</textarea>" in page
    assert 'value="KEPT"' in page
    assert api.asked == []


def test_it_shows_a_refusal_and_keeps_what_was_typed(api: API, signed_in: Client) -> None:
    api.refuse("POST", MAILBOX, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(URL, {"message": "<b>mine</b>", "env_name": "A", "env_value": "1"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was changed." in page
    assert "&lt;b&gt;mine&lt;/b&gt;" in page
    assert 'value="A"' in page


def test_it_survives_silence_and_does_not_send_twice(api: API, signed_in: Client) -> None:
    api.is_silent("POST", MAILBOX)
    answer = signed_in.post(URL, {"message": "precious"})
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in page
    assert "precious" in page
    assert len(api.asked) == 1


def test_an_ended_sign_in_leads_to_the_sign_in_page(api: API, sign_in, client: Client) -> None:  # type: ignore[no-untyped-def]
    api.refuse("POST", MAILBOX, "Invalid Credentials", 401)
    answer = sign_in(refresh_token="").post(URL, {"message": "x"})
    assert answer.headers["Location"].startswith("/sign-in/")


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    answer = signed_in.post(URL, {"message": ""}, headers=htmx)
    fragment = answer.content.decode()
    assert answer.status_code == 422
    assert fragment.startswith('<div id="message-compose"')
    assert "Enter a message" in fragment


def test_more_rows_keep_everything_and_send_nothing(api: API, signed_in: Client) -> None:
    typed = {"kind": "json", "message": "{", "env_name": ["A", ""], "env_value": ["1", ""], "more_rows": "1"}
    answer = signed_in.post(URL, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('name="env_name"') == 7
    assert 'value="A"' in page
    assert ">\n{</textarea>" in page
    assert 'value="json" checked' in page
    assert api.asked == []


def test_a_hostile_actor_is_shown_as_text(api: API, signed_in: Client) -> None:
    opens(api, name="<script>alert(1)</script>\u202e")
    page = signed_in.get(URL).content.decode()
    assert "<script>alert(1)" not in page
    assert "\u202e" not in page


def test_a_sign_in_renewed_on_the_way_keeps_what_was_typed_and_sends_nothing(api: API, signed_in: Client) -> None:
    api.refuse("POST", MAILBOX, "Invalid Credentials", 401)
    api.post("/token", json={"access_token": "new", "refresh_token": "new", "expires_in": 14400})
    answer = signed_in.post(URL, {"message": "precious"})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "Your session was renewed" in page
    assert "precious" in page


# Keys that the API takes for settings of the actor ----------------------------------------------------------------

ONLY_PRIVILEGED = "Not authorized -- only admins and privileged users can set max workers."
SETTING = {"kind": "json", "message": '{"maxWorkers": 2}'}
PROGRAM = f"/api/v1/actors/{ACTOR_ID}/messages/"


def as_program(browser: Client) -> Any:
    sent = json.dumps({"json": {"maxWorkers": 2}})
    return browser.post(PROGRAM, sent, content_type="application/json", secure=True)


@pytest.mark.parametrize("send", [lambda browser: browser.post(URL, SETTING), as_program], ids=["page", "program"])
def test_a_key_for_a_setting_is_the_api_s_business(api: API, signed_in: Client, send: Any) -> None:
    api.post(MAILBOX, SENT)
    assert send(signed_in).status_code in (201, 302)
    assert json.loads(api.asked[-1].body) == {"maxWorkers": 2}


def test_whom_the_api_refused_it_once_is_told_before_the_next_call(api: API, signed_in: Client) -> None:
    api.refuse("POST", MAILBOX, ONLY_PRIVILEGED)
    answer = signed_in.post(URL, SETTING)
    assert answer.status_code == 403
    assert "&quot;maxWorkers&quot;: 2" in answer.content.decode()
    before = len(api.asked)
    answer = signed_in.post(URL, SETTING | {"write_key": "k" * 43})
    assert answer.status_code == 422
    assert "The key “maxWorkers” is reserved" in answer.content.decode()
    assert list(as_program(signed_in).json()["errors"]) == ["json"]
    assert len(api.asked) == before


def test_an_administrator_is_not_refused_what_they_were_refused_before(api: API, signed_in: Client) -> None:
    api.refuse("POST", MAILBOX, ONLY_PRIVILEGED)
    assert signed_in.post(URL, SETTING).status_code == 403
    api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "No alias found: admin-role-probe.", 404)
    api.get("/actors/v2/utilization", {})
    for path in ("", "/admin", "/admin/workers", "/admin/executions"):
        api.is_silent("GET", f"/actors/v2{path}")
    signed_in.get("/administration/")
    api.wire.remove("POST", payloads.API + MAILBOX)
    api.post(MAILBOX, SENT)
    assert signed_in.post(URL, SETTING | {"write_key": "k" * 43}).status_code == 302


def test_the_preview_says_who_may_send_such_a_key(signed_in: Client) -> None:
    page = signed_in.post(f"{URL}preview/", SETTING).content.decode()
    assert "reads the key <code>maxWorkers</code> as an actor setting (privileged users only)" in page
    assert "for a setting" not in signed_in.post(f"{URL}preview/", SETTING | {"message": "{}"}).content.decode()
