from datetime import UTC, datetime, timedelta

import pytest

from tests.payloads import ACTOR_ID, EXECUTION_ID, WORKER_ID, actor_payload, execution_payload

PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
NOT_ENDED = {"startTime": None, "finishTime": None, "exitCode": None, "finalState": {}}


@pytest.fixture
def found(api):
    """Answer for the actor, the execution and its log."""

    def answer(log="hello\n", **changes):
        api.get(ACTOR, actor_payload())
        api.get(EXECUTION, execution_payload(**changes))
        api.get(f"{EXECUTION}/logs", {"logs": log})
        return api

    return answer


def test_it_works(signed_in, found):
    api = found()
    answer = signed_in.get(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Succeeded: execution" in page
    assert "It ended well, with exit code 0." in page
    assert "Waited 0.1 s, ran 1 s" in page
    assert f'<span class="mono">{WORKER_ID}</span>' in page  # it is gone by now, so nothing leads to it
    assert f"/workers/{WORKER_ID}/" not in page
    assert "104\u202f246\u202f013 ns" in page
    assert "4.5 kB" in page
    assert "hello" in page
    assert "hx-get" not in page  # all has ended, so nothing polls
    assert "/halt/" not in page
    assert len(api.asked) == 3


def test_one_that_runs_is_live_and_can_be_halted(signed_in, found):
    found(status="RUNNING", messageReceivedTime=stamp(minutes=2), **NOT_ENDED)
    page = signed_in.get(PAGE).content.decode()
    assert f'hx-get="{PAGE}status/?poll=1" hx-trigger="every 2s"' in page
    assert f'hx-get="{PAGE}logs/?poll=1&amp;tail=1" hx-trigger="every 2s"' in page
    assert f'href="{PAGE}halt/"' in page
    assert f'href="/actors/{ACTOR_ID}/workers/{WORKER_ID}/"' in page
    assert "2 min since its message arrived" in page
    assert "The API gives the start time only after the end." in page


def stamp(**before):
    return (datetime.now(UTC) - timedelta(**before)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def test_the_log_is_followed_a_little_beyond_the_end(signed_in, found):
    found(finishTime=stamp(seconds=0))
    page = signed_in.get(PAGE).content.decode()
    assert "logs/?poll=1" in page
    assert "status/?poll=1" not in page


def test_one_that_waits_cannot_be_halted(signed_in, found):
    found("", status="SUBMITTED", workerId=None, **NOT_ENDED)
    page = signed_in.get(PAGE).content.decode()
    assert "/halt/" not in page
    assert "It has not started, so there is no log yet." in page
    assert "none yet" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exitCode": 137, "finalState": {"OOMKilled": True}}, "It used more memory than the actor may use"),
        ({"exitCode": 127}, "The image&#x27;s command was not found (exit code 127)."),
        ({"exitCode": 3}, "Failed, exit 3"),
        ({"exitCode": 137}, "Halted"),
        ({"status": "ERROR", **NOT_ENDED}, "The API could not run it."),
        ({"finalState": {"unavailable": True}, "finishTime": None}, "could not read the final state"),
        ({"finalState": {"Error": "<i>no"}}, "The container reported: &lt;i&gt;no"),
        ({"workerId": "../../x"}, '<span class="mono">../../x</span>'),
    ],
)
def test_the_end_is_told_in_words(signed_in, found, changes, words):
    found(**changes)
    assert words in signed_in.get(PAGE).content.decode()


def test_a_log_that_does_not_load_leaves_the_page(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.refuse("GET", f"{EXECUTION}/logs", "Unrecognized exception type: <class 'KeyError'>.", status=500)
    answer = signed_in.get(PAGE)
    assert answer.status_code == 200
    assert "The log could not be loaded" in answer.content.decode()


def test_it_shows_only_the_end_of_a_long_log(signed_in, found):
    found("".join(f"line {number}\n" for number in range(1, 1001)))
    page = signed_in.get(PAGE).content.decode()
    assert "The last 200 of 1\u202f000 lines." in page
    assert "line 800<" not in page
    assert "line 801<" in page


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.post(PAGE).status_code == 405
    assert signed_in.post(f"{PAGE}status/").status_code == 405


@pytest.mark.django_db
def test_it_needs_credentials(client):
    assert client.get(PAGE).url.startswith("/sign-in/?next=")


def test_it_shows_a_refusal(signed_in, api):
    api.get(ACTOR, actor_payload())
    for path in (EXECUTION, f"{EXECUTION}/logs"):
        message = f"No executions found with actor id of {ACTOR_ID} and execution id of {EXECUTION_ID}."
        api.refuse("GET", path, message)
    answer = signed_in.get(PAGE)
    assert answer.status_code == 404
    assert b"Back to the actor" in answer.content


def test_it_survives_silence(signed_in, api):
    for path in (ACTOR, EXECUTION, f"{EXECUTION}/logs"):
        api.is_silent("GET", path)
        api.is_silent("GET", path)
    assert signed_in.get(PAGE).status_code == 502


# The poll of its state -------------------------------------------------------------------------------------------


def test_a_poll_answers_with_the_state_and_the_pages_title(signed_in, api, htmx):
    api.get(EXECUTION, execution_payload(status="RUNNING", **NOT_ENDED))
    answer = signed_in.get(f"{PAGE}status/?poll=1", headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Running: execution" in page
    assert "<html" not in page
    assert "execution-ended" not in page
    assert answer.headers["X-Poll-State"]


def test_the_last_poll_stops_says_so_and_takes_the_halt_away(signed_in, api, htmx):
    api.get(EXECUTION, execution_payload(exitCode=2))
    answer = signed_in.get(f"{PAGE}status/?poll=1", headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 286
    assert 'id="execution-ended" class="sr" role="status" hx-swap-oob="innerHTML">The execution has ended.' in page
    assert "/halt/" not in page


def test_the_state_changes_its_fingerprint(signed_in, api, htmx):
    api.get(EXECUTION, execution_payload(status="SUBMITTED", **NOT_ENDED))
    api.get(EXECUTION, execution_payload(status="RUNNING", **NOT_ENDED))
    states = {signed_in.get(f"{PAGE}status/?poll=1", headers=htmx).headers["X-Poll-State"] for _ in range(2)}
    assert len(states) == 2


def test_the_state_opened_plainly_leads_to_the_page(signed_in, api):
    answer = signed_in.get(f"{PAGE}status/")
    assert (answer.status_code, answer.url) == (302, PAGE)


def test_a_poll_without_sign_in_stops_and_offers_it(client, db, htmx):
    answer = client.get(f"{PAGE}status/?poll=1", headers=htmx)
    assert answer.status_code == 286
    assert b"/sign-in/" in answer.content


def test_a_poll_of_what_is_gone_is_over(signed_in, api, htmx):
    api.refuse("GET", f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}", "No executions found with actor id of A.")
    answer = signed_in.get(f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/status/?poll=1", headers=htmx)
    assert answer.status_code == 286
    assert "does not exist" in answer.content.decode()
