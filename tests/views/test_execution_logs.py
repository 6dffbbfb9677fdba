import json
from datetime import UTC, datetime

import pytest

from tests.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, envelope, execution_payload

PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
LOGS = f"{EXECUTION}/logs"
RUNNING = {"status": "RUNNING", "startTime": None, "finishTime": None, "exitCode": None, "finalState": {}}
CUT = " LOG LIMIT EXCEEDED; this execution log was TRUNCATED!"


@pytest.fixture
def found(api):
    """Answer for the execution and its log, and for the actor where the whole page is asked for."""

    def answer(log, actor=True, **changes):
        if actor:
            api.get(ACTOR, actor_payload())
        api.get(EXECUTION, execution_payload(**changes))
        api.get(LOGS, {"logs": log})

    return answer


def test_it_works(signed_in, found):
    found("one\n\x1b[31mERROR two\x1b[0m\n<script>three\x00\n")
    answer = signed_in.get(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<li class="error"><span class="n">2</span><span><span class="ansi-red">ERROR two</span></span></li>' in page
    assert "&lt;script&gt;three␀" in page
    assert "<script>three" not in page
    assert "data-follow" in page
    assert "hx-get" not in page


def test_a_log_in_the_making_is_followed(signed_in, found):
    found("one\n", **RUNNING)
    page = signed_in.get(PAGE).content.decode()
    assert f'hx-get="{PAGE}?poll=1" hx-trigger="every 2s"' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "SUBMITTED", "finishTime": None}, "It has not started"),
        (RUNNING, "has written nothing that has arrived yet"),
        ({}, "it wrote nothing, or the log has expired"),
        ({"exitCode": 137}, "it was killed before it wrote anything"),
        ({"status": "ERROR"}, "the API could not run it"),
    ],
)
def test_an_empty_log_is_explained(signed_in, found, changes, words):
    found("", **changes)
    assert words in signed_in.get(PAGE).content.decode()


def test_a_long_log_shows_its_end_and_offers_the_whole(signed_in, found):
    found("".join(f"line {number}\n" for number in range(1, 3001)))
    page = signed_in.get(PAGE).content.decode()
    assert "The last 2\u202f000 of 3\u202f000 lines." in page
    assert ">line 1000<" not in page
    assert ">line 1001<" in page
    assert f'href="{PAGE}?download=1"' in page


def test_what_the_api_cut_is_said(signed_in, found):
    found("x" * 100 + CUT)
    assert "The API kept only the beginning of this log" in signed_in.get(PAGE).content.decode()


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.post(PAGE).status_code == 405


@pytest.mark.django_db
def test_it_needs_credentials(client):
    assert client.get(PAGE).url.startswith("/sign-in/?next=")


def test_it_shows_a_refusal(signed_in, api):
    for path in (ACTOR, EXECUTION, LOGS):
        api.refuse("GET", path, "Not authorized -- you do not have access to this actor.")
    assert signed_in.get(PAGE).status_code == 403


def test_it_survives_silence(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.is_silent("GET", LOGS)
    api.is_silent("GET", LOGS)
    answer = signed_in.get(PAGE)
    assert answer.status_code == 502
    assert "The log could not be loaded" in answer.content.decode()


def test_it_answers_htmx_with_the_fragment(signed_in, found, htmx):
    found("one\n", actor=False, **RUNNING)
    answer = signed_in.get(f"{PAGE}?poll=1", headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.strip().startswith("<ol")
    assert answer.headers["X-Poll-State"]


def test_the_poll_of_the_executions_page_brings_only_its_end(signed_in, found, htmx):
    found("".join(f"line {number}\n" for number in range(1, 1001)), actor=False, **RUNNING)
    page = signed_in.get(f"{PAGE}?poll=1&tail=1", headers=htmx).content.decode()
    assert ">line 800<" not in page
    assert ">line 801<" in page


def test_the_poll_stops_some_seconds_after_the_end(signed_in, found, htmx):
    just_now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    found("one\n", actor=False, finishTime=just_now)
    found("one\ntwo\n", actor=False)
    assert signed_in.get(f"{PAGE}?poll=1", headers=htmx).status_code == 200
    last = signed_in.get(f"{PAGE}?poll=1", headers=htmx)
    assert last.status_code == 286
    assert b"two" in last.content


# The whole log as a file ----------------------------------------------------------------------------------------


def test_the_download_is_the_whole_log_as_a_harmless_file(signed_in, api):
    text = "".join(f"line {number} <b>é</b>\x1b[31m\n" for number in range(5000))
    api.get(LOGS, {"logs": text})
    answer = signed_in.get(f"{PAGE}?download=1")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).decode() == text
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{ACTOR_ID}-{EXECUTION_ID}.log"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert len(api.asked) == 1


def test_a_download_that_breaks_off_says_so_in_the_file(signed_in, api):
    whole = json.dumps(envelope({"logs": "first\nsecond\n" * 100}))
    api.answer("GET", LOGS, body=whole[: len(whole) // 2])
    answer = signed_in.get(f"{PAGE}?download=1")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("first\nsecond\n")
    assert "[The Actors Portal: the log breaks off here." in text


def test_a_download_that_is_refused_is_a_page(signed_in, api):
    api.refuse("GET", LOGS, "Not authorized -- you do not have access to this actor.")
    assert signed_in.get(f"{PAGE}?download=1").status_code == 403
