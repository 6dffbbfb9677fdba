"""One write, once: recorded before it is made, never made twice, and never forgotten."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import responses
from django.db import connection
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.trail import verify
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, envelope, refusal
from tests.support.payloads import API as ROOT

pytestmark = [pytest.mark.store, pytest.mark.django_db]
Browser = Callable[..., Client]
URL = f"/actors/{ACTOR_ID}/messages/"
MESSAGES = f"/actors/v2/{ACTOR_ID}/messages"
KEY = "0123456789abcdef" * 2
SENT = {"executionId": EXECUTION_ID, "msg": "hello"}
FORM = {"message": "hello", "write_key": KEY}


def entries() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("kind", "outcome"))


def test_a_write_is_two_entries_and_holds_no_secret(signed_in: Client, api: API) -> None:
    api.post(MESSAGES, SENT)
    answer = signed_in.post(URL, {**FORM, "env_name": "PASSWORD", "env_value": "very secret"})
    assert answer["Location"] == f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
    assert entries() == [("start", ""), ("end", "done")]
    start, end = AuditEntry.objects.order_by("pk")
    assert (start.username, start.tenant, start.action, start.actor_id) == ("jdoe", "default", "message.send", ACTOR_ID)
    assert start.request_id == end.request_id == answer["X-Request-ID"]
    assert end.start == start
    everything = repr(list(AuditEntry.objects.values()))
    assert "hello" not in everything
    assert "very secret" not in everything
    assert KEY not in everything
    assert "PASSWORD" in start.details
    assert verify().holds


def test_the_start_is_committed_before_the_call(signed_in: Client, api: API) -> None:
    seen: list[Any] = []

    def look(request: Any) -> tuple[int, dict[str, str], str]:
        seen.extend(entries())
        return 200, {}, json.dumps(envelope(SENT))

    api.wire.add_callback("POST", ROOT + MESSAGES, look)
    signed_in.post(URL, FORM)
    assert seen == [("start", "")]


def test_the_same_form_gets_its_first_answer_and_no_second_call(signed_in: Client, api: API) -> None:
    api.post(MESSAGES, SENT)
    first, second = signed_in.post(URL, FORM), signed_in.post(URL, FORM)
    assert first["Location"] == second["Location"]
    assert len(api.asked) == 1
    assert entries() == [("start", ""), ("end", "done")]


def test_the_page_gives_a_key_and_each_page_another(signed_in: Client, api: API) -> None:
    import re

    keys = set()
    for _ in range(2):
        api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
        api.get(MESSAGES, {"messages": 0})
        keys |= set(re.findall(r'name="write_key" value="([0-9a-f]{32})"', signed_in.get(URL).content.decode()))
    assert len(keys) == 2


def test_a_form_without_a_key_is_a_write_of_its_own(signed_in: Client, api: API) -> None:
    api.post(MESSAGES, SENT)
    api.post(MESSAGES, SENT)
    for _ in range(2):
        signed_in.post(URL, {"message": "hello"})
    assert len(api.asked) == 2
    assert len(entries()) == 4


def test_other_words_under_a_used_key_are_not_sent_and_kept(signed_in: Client, api: API) -> None:
    api.post(MESSAGES, SENT)
    signed_in.post(URL, FORM)
    answer = signed_in.post(URL, {**FORM, "message": "something else"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "with different values. Nothing was sent" in page
    assert "something else</textarea>" in page
    assert KEY not in page, "the form has a key of its own now"
    assert len(api.asked) == 1


def test_somebody_elses_key_gives_nothing_away(sign_in: Browser, api: API) -> None:
    api.post(MESSAGES, SENT)
    sign_in().post(URL, FORM)
    api.post(MESSAGES, {"executionId": "another0another", "msg": "hello"})
    answer = sign_in(username="team").post(URL, FORM)
    assert "another0another" in answer["Location"]
    assert len(api.asked) == 2


def test_a_refusal_is_recorded_and_repeated(signed_in: Client, api: API) -> None:
    api.refuse("POST", MESSAGES, "Not authorized -- you do not have access to this actor.")
    for _ in range(2):
        answer = signed_in.post(URL, FORM)
        assert answer.status_code == 403
        assert "Nothing was changed." in answer.content.decode()
    assert entries() == [("start", ""), ("end", "refused")]
    assert len(api.asked) == 1


def test_silence_is_recorded_as_unknown_and_never_sent_again(signed_in: Client, api: API) -> None:
    api.is_silent("POST", MESSAGES)
    for _ in range(2):
        page = signed_in.post(URL, FORM).content.decode()
        assert "We do not know whether this succeeded. Check before you retry." in page
        assert "hello</textarea>" in page
    assert entries() == [("start", ""), ("end", "unknown")]
    assert len(api.asked) == 1


def test_a_process_that_dies_in_the_call_leaves_an_open_write(signed_in: Client, api: API) -> None:
    def die(request: Any) -> tuple[int, dict[str, str], str]:
        raise SystemExit

    api.wire.add_callback("POST", ROOT + MESSAGES, die)
    with pytest.raises(SystemExit):
        signed_in.post(URL, FORM)
    assert entries() == [("start", "")]
    answer = signed_in.post(URL, FORM)
    assert answer.status_code == 409
    assert "is still pending" in answer.content.decode()
    assert len(api.asked) == 1


def test_without_a_record_there_is_no_write(signed_in: Client, api: API) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON portal_audit BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            if connection.vendor == "sqlite"
            else "ALTER TABLE portal_audit ADD CONSTRAINT full_disk CHECK (id < 0) NOT VALID"
        )
    answer = signed_in.post(URL, FORM)
    assert answer.status_code == 503
    assert "audit log is unavailable, so nothing was sent" in answer.content.decode()
    assert "hello</textarea>" in answer.content.decode()
    assert api.asked == []


def test_an_end_that_cannot_be_recorded_goes_to_the_log(
    signed_in: Client, api: API, caplog: pytest.LogCaptureFixture
) -> None:
    api.post(MESSAGES, SENT)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON portal_audit WHEN NEW.kind = 'end'"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            if connection.vendor == "sqlite"
            else "ALTER TABLE portal_audit ADD CONSTRAINT full_disk CHECK (kind <> 'end') NOT VALID"
        )
    assert signed_in.post(URL, FORM).status_code == 302
    assert '"outcome": "done"' in caplog.text
    assert entries() == [("start", "")]


def test_a_write_that_was_done_but_not_understood_is_done(signed_in: Client, api: API) -> None:
    api.answer("POST", MESSAGES, body="{", status=200)
    page = signed_in.post(URL, FORM).content.decode()
    assert "The change was saved." in page
    assert entries() == [("start", ""), ("end", "done")]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_call(sign_in: Browser) -> None:
    browser = sign_in()
    answers: list[int] = []
    with responses.RequestsMock() as wire:
        wire.add("POST", ROOT + MESSAGES, json=envelope(SENT))
        session = browser.cookies

        def send() -> None:
            try:
                one = Client()
                one.cookies = session
                answers.append(one.post(URL, FORM).status_code)
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wire.calls) == 1
    assert len(answers) == 8
    assert set(answers) <= {302, 409}, "led to the execution, or told that it is under way"
    assert sorted(entries()) == [("end", "done"), ("start", "")]
    assert verify().holds


def test_saving_an_edit_twice_saves_once(signed_in: Client, api: API) -> None:
    from actors_app.actors.definition import sign_definition
    from actors_app.services.dialects import V2
    from actors_app.services.types import Actor

    before = actor_payload()
    actor = Actor.from_api(before, V2())
    form = {
        "seen": sign_definition(ACTOR_ID, actor),
        "image": "abacosamples/wc",
        "description": "Counts.",
        "env_name": "greeting",
        "env_value": "hello",
        "stateless": "true",
        "type": "none",
        "token": "false",
        "step": "save",
        "write_key": KEY,
    }
    api.get(f"/actors/v2/{ACTOR_ID}", before)
    api.put(f"/actors/v2/{ACTOR_ID}", actor_payload(description="Counts."))
    for _ in range(2):
        answer = signed_in.post(f"/actors/{ACTOR_ID}/edit/", form)
        assert answer["Location"] == f"/actors/{ACTOR_ID}/", answer.content.decode()
    assert [request.method for request in api.asked] == ["GET", "PUT"]
    told = json.loads(AuditEntry.objects.get(kind="start").details)
    assert told["before"] == {"description": "Counts words."}
    assert told["after"] == {"description": "Counts."}


def test_a_second_deletion_of_a_nonce_gets_the_first_answer(signed_in: Client, api: API) -> None:
    from actors_app.nonces.notes import nonce_handle
    from tests.support.payloads import NONCE_ID, nonce_payload

    nonces = f"/actors/v2/{ACTOR_ID}/nonces"
    api.get(nonces, [nonce_payload()])
    api.delete(f"{nonces}/{NONCE_ID}")
    address = f"/actors/{ACTOR_ID}/nonces/{nonce_handle(ACTOR_ID, NONCE_ID)}/delete/"
    for _ in range(2):
        assert signed_in.post(address, {"write_key": KEY})["Location"] == f"/actors/{ACTOR_ID}/nonces/"
    assert len(api.asked) == 2
    assert NONCE_ID not in repr(list(AuditEntry.objects.values()))


def test_an_api_that_refuses_in_words_is_kept_in_words(signed_in: Client, api: API) -> None:
    api.answer("POST", MESSAGES, json=refusal("queue is full of <b>"), status=400)
    signed_in.post(URL, FORM)
    assert "queue is full of <b>" in json.loads(AuditEntry.objects.get(kind="end").details)["error"]["reason"]
