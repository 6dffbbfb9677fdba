import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.staticfiles import finders

from actors_app.core.security.credentials import Credentials
from actors_app.core.security.models import PortalSession
from actors_app.executions.views import last_known
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from actors_app.services.errors import TimedOut
from actors_app.services.types import Execution
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, WORKER_ID, actor_payload, execution_payload, worker_payload

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
    assert "Completed successfully (exit code 0)." in page
    assert "Queued for 0.1 s, ran for 1 s" in page
    assert (
        f'<span class="mono" id="copy-worker">{WORKER_ID}</span>' in page
    )  # it is gone by now, so nothing leads to it
    assert f"/workers/{WORKER_ID}/" not in page
    assert '<span title="104\u202f246\u202f013 ns, sum of samples">0.1 s</span>' in page
    assert "4.5 kB" in page
    assert "hello" in page
    assert "hx-get" not in page.partition("<main")[2].partition("</main>")[0]  # all has ended, so nothing polls
    assert "/halt/" not in page
    assert "data-pause" not in page
    assert len(api.asked) == 3


def test_the_breadcrumb_leads_to_the_actor_and_its_executions(signed_in, found):
    found()
    page = signed_in.get(PAGE).content.decode()
    crumbs = page.partition('aria-label="Breadcrumb">')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', crumbs) == [
        "/actors/",
        f"/actors/{ACTOR_ID}/",
        f"/actors/{ACTOR_ID}/executions/",
    ]
    assert f'<span class="mono" aria-current="page">{EXECUTION_ID}</span>' in crumbs
    assert 'aria-label="Actor sections"' not in page


TRACEBACK = "INFO start\nTraceback (most recent call last):\n  File 'x'\nValueError: <b>no reads</b>\nbye\n\n"


@pytest.mark.parametrize(
    ("changes", "log", "quoted"),
    [
        ({"exitCode": 1}, TRACEBACK, ("ValueError: &lt;b&gt;no reads&lt;/b&gt;", 4)),
        ({"exitCode": 137, "finalState": {"OOMKilled": True}}, "one\ntwo\n\n", ("two", 2)),
        ({"exitCode": 3}, "ERROR " + "x" * 5000 + "\n", ("ERROR " + "x" * 293 + "…", 1)),
        ({"exitCode": 3}, "", None),
        ({"exitCode": 3}, "\n\n", None),
        ({"exitCode": 0}, TRACEBACK, None),
        ({"exitCode": 137}, TRACEBACK, None),
        ({"status": "RUNNING", **NOT_ENDED}, TRACEBACK, None),
    ],
)
def test_the_line_of_the_log_that_says_why_it_failed_stands_with_the_reason(signed_in, found, changes, log, quoted):
    found(log, **changes)
    page = signed_in.get(PAGE).content.decode()
    quotes = re.findall(r'<p class="said"><code>(.*?)</code> <a href="#L(\d+)">', page)
    assert quotes == ([(quoted[0], str(quoted[1]))] if quoted else [])
    assert all(f'<li id="L{number}"' in page for _, number in quotes)


def test_a_secret_is_hidden_in_the_reason_too(signed_in, found):
    found("ERROR password=hunter2hunter2 refused\n", exitCode=1)
    page = signed_in.get(PAGE).content.decode()
    assert "hunter2" not in page
    assert '<p class="said">' in page


def test_the_polled_log_brings_the_reason(signed_in, api, htmx):
    api.get(EXECUTION, execution_payload(exitCode=1))
    api.get(f"{EXECUTION}/logs", {"logs": "ERROR no disk\n"})
    page = signed_in.get(f"{PAGE}logs/?poll=1&tail=1", headers=htmx).content.decode()
    assert '<code>ERROR no disk</code> <a href="#L1">line 1</a>' in page.partition("data-log-reason>")[2]


@pytest.mark.parametrize(
    ("cpu", "words"),
    [(None, "Not reported"), (0, ">0 s<"), (400_000, ">1 ms<"), (35_000_000, ">35 ms<"), (4_400_000_000, ">4.4 s<")],
)
def test_the_cpu_time_is_in_units_people_read(signed_in, found, cpu, words):
    found(cpu=cpu)
    page = signed_in.get(PAGE).content.decode()
    assert words in page.partition("<dt>CPU time</dt>")[2].partition("</div>")[0]


def test_one_that_runs_is_live_and_can_be_halted(signed_in, found):
    found(status="RUNNING", messageReceivedTime=stamp(minutes=2), **NOT_ENDED)
    page = signed_in.get(PAGE).content.decode()
    assert f'hx-get="{PAGE}status/?poll=1" hx-trigger="every 2s"' in page
    assert f'hx-get="{PAGE}logs/?poll=1&amp;tail=1&amp;own=1&amp;life=none" hx-trigger="every 2s"' in page
    assert f'href="{PAGE}halt/"' in page
    assert f'href="/actors/{ACTOR_ID}/workers/{WORKER_ID}/"' in page
    assert "data-pause" in page
    assert "2 min since its message arrived" in page
    assert "The start time is reported when the execution finishes." in page


def stamp(**before):
    return (datetime.now(UTC) - timedelta(**before)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def test_the_log_is_followed_a_little_beyond_the_end(signed_in, found):
    found(finishTime=stamp(seconds=0))
    page = signed_in.get(PAGE).content.decode()
    assert "logs/?poll=1" in page
    assert "status/?poll=1" not in page


def test_one_that_waits_cannot_be_halted(signed_in, found):
    waits(found("", status="SUBMITTED", workerId=None, **NOT_ENDED))
    page = signed_in.get(PAGE).content.decode()
    assert "/halt/" not in page
    assert "No log yet: the execution has not started." in page
    assert "None yet" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exitCode": 137, "finalState": {"OOMKilled": True}}, "Killed: memory limit exceeded"),
        ({"exitCode": 127}, "The image&#x27;s command was not found (exit code 127)."),
        ({"exitCode": 3}, "Failed, exit 3"),
        ({"exitCode": 137}, "Halted"),
        ({"status": "ERROR", **NOT_ENDED}, "The API could not run this execution."),
        ({"finalState": {"unavailable": True}, "finishTime": None}, "final state could not be read"),
        ({"finalState": {"Error": "<i>no"}}, "Container error: &lt;i&gt;no"),
        ({"workerId": "../../x"}, '<span class="mono" id="copy-worker">../../x</span>'),
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
    assert "Could not load the log" in answer.content.decode()


def test_it_shows_only_the_end_of_a_long_log(signed_in, found):
    found("".join(f"line {number}\n" for number in range(1, 1001)))
    page = signed_in.get(PAGE).content.decode()
    assert "Last 200 of 1\u202f000 lines." in page
    assert "line 800<" not in page
    assert "line 801<" in page


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.put(PAGE).status_code == 405
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
    assert b"Back to actor" in answer.content


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
    assert 'id="execution-ended" class="sr" role="status" hx-swap-oob="innerHTML">Execution finished.' in page
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
    assert "Not found" in answer.content.decode()


# What it waits for -----------------------------------------------------------------------------------------------


def waits(api, workers=()):
    api.get(f"{ACTOR}/messages", {"messages": 1})
    api.get(f"{ACTOR}/workers", list(workers))


def test_one_that_waits_says_why_with_the_evidence(signed_in, api):
    api.get(ACTOR, actor_payload(status="ERROR", statusMessage="Image <b> was not found."))
    api.get(EXECUTION, execution_payload(status="SUBMITTED", workerId=None, **NOT_ENDED))
    api.get(f"{EXECUTION}/logs", {"logs": ""})
    waits(api)
    page = signed_in.get(PAGE).content.decode()
    assert "Why is this execution waiting?" in page
    assert 'data-why="actor-error"' in page
    assert "in error: Image &lt;b&gt; was not found." in page
    assert "<dt>Mailbox</dt><dd>1 message</dd>" in page
    assert f'hx-get="{PAGE}why/?poll=1" hx-trigger="every 5s"' in page
    assert len(api.asked) == 5


def test_the_page_stands_without_the_evidence(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload(status="SUBMITTED", workerId=None, **NOT_ENDED))
    api.get(f"{EXECUTION}/logs", {"logs": ""})
    api.refuse("GET", f"{ACTOR}/messages", "Unrecognized exception type", status=500)
    api.refuse("GET", f"{ACTOR}/workers", "Unrecognized exception type", status=500)
    page = signed_in.get(PAGE).content.decode()
    assert 'data-why="unknown"' in page
    assert "<dt>Workers</dt><dd>Not reported</dd>" in page


def test_the_poll_of_why_goes_on_while_it_waits(signed_in, api, htmx):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload(status="SUBMITTED", workerId=None, **NOT_ENDED))
    waits(api, workers=[worker_payload(status="PULLING IMAGE", createTime=stamp(minutes=12))])
    answer = signed_in.get(f"{PAGE}why/?poll=1", headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The worker is starting: pulling image for 12 min." in page
    assert "<html" not in page


def test_the_poll_of_why_ends_when_it_runs(signed_in, api, htmx):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload(status="RUNNING", **NOT_ENDED))
    waits(api)
    answer = signed_in.get(f"{PAGE}why/?poll=1", headers=htmx)
    assert answer.status_code == 286
    assert answer.content.decode().strip() == ""


def test_why_opened_plainly_leads_to_the_page(signed_in, api):
    answer = signed_in.get(f"{PAGE}why/")
    assert (answer.status_code, answer.url) == (302, PAGE)


# What was sent, and what else is known ---------------------------------------------------------------------------


def test_a_message_can_be_copied(signed_in, found):
    sent("json", b'{"city": "<Austin>"}')
    found()
    page = signed_in.get(PAGE).content.decode()
    assert '<pre id="copy-message" hidden>{&quot;city&quot;: &quot;&lt;Austin&gt;&quot;}</pre>' in page


@pytest.mark.parametrize(("kind", "body"), [("binary", b"\x80"), ("text", b"x" * 20_001)])
def test_neither_a_file_nor_a_long_message_stands_in_the_page_twice(signed_in, found, kind, body):
    sent(kind, body)
    found()
    assert "copy-message" not in signed_in.get(PAGE).content.decode()


def sent(kind, body, environment=None, who="jdoe"):
    message_archive.keep(Credentials("default", who, "a"), ACTOR_ID, EXECUTION_ID, Sent(kind, body, environment or {}))


def test_what_was_sent_is_shown_to_its_sender(signed_in, found):
    sent("json", b'{"city": "<Austin>"}', {"LEVEL": "<high>"})
    found()
    page = signed_in.get(PAGE).content.decode()
    assert '<span class="key">city</span> <span class="text">“&lt;Austin&gt;”</span>' in page
    assert '<dt class="mono">LEVEL</dt><dd class="mono">&lt;high&gt;</dd>' in page
    assert f'href="/actors/{ACTOR_ID}/messages/?again={EXECUTION_ID}"' in page


@pytest.mark.parametrize(
    ("who", "words"),
    [("jdoe", "secret of eve"), ("ann", "Only eve and the actor&#x27;s owner can see it.")],
)
def test_what_somebody_else_sent_is_shown_to_the_owner_alone(sign_in, found, who, words):
    sent("text", b"secret of eve", who="eve")
    found()
    page = sign_in(username=who).get(PAGE).content.decode()  # the actor is jdoe's
    assert words in page
    assert ("secret of eve" in page) == (who == "jdoe")


def test_bytes_are_not_shown(signed_in, found):
    sent("binary", b"\x80\x04K\x01.")
    found()
    page = signed_in.get(PAGE).content.decode()
    assert "File, 5 B (stored, not displayed)." in page
    assert "pickle" not in page


def test_what_was_not_sent_here_is_said(signed_in, found):
    found()
    assert "it was not sent through this portal" in signed_in.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("changes", "icon"),
    [
        ({}, "succeeded"),
        ({"exitCode": 1}, "failed"),
        ({"exitCode": 137}, "halted"),
        ({"exitCode": 137, "finalState": {"OOMKilled": True}}, "failed"),
        ({"exitCode": None}, "finished"),
        ({"status": "RUNNING", **NOT_ENDED}, "running"),
    ],
)
def test_the_picture_in_the_tab_follows_the_state(signed_in, found, changes, icon):
    found(**changes)
    page = signed_in.get(PAGE).content.decode()
    assert page.count(f"img/icon-{icon}.svg") == 2  # in the head, and for the script that follows the polls
    assert finders.find(f"img/icon-{icon}.svg")


def test_the_title_says_the_outcome_as_people_do(signed_in, found):
    found(exitCode=137, finalState={"OOMKilled": True})
    assert b"<title>Out of memory: execution" in signed_in.get(PAGE).content


def test_every_field_of_the_final_state_is_there(signed_in, found):
    found(finalState={"ExitCode": 0, "Health": {"Log": ["<x>"]}, "Error": ""})
    page = signed_in.get(PAGE).content.decode()
    assert "Final state: Health" in page
    assert "&lt;x&gt;" in page


def test_a_session_that_only_reads_is_led_to_no_form(sign_in, found):
    browser = sign_in()
    PortalSession.objects.update(read_only=True)
    found()
    assert "?again=" not in browser.get(PAGE).content.decode()


def test_what_is_only_remembered_is_shown_with_its_age_and_nothing_to_do(signed_in, rf, db):
    request = rf.get(PAGE)
    request.session, request.htmx, request._messages = signed_in.session, False, []
    sent("text", b"unseen words")
    arrived = datetime.now(UTC) - timedelta(minutes=5)
    execution = Execution(id=EXECUTION_ID, actor_id=ACTOR_ID, status="RUNNING", message_received_time=arrived)
    as_of = arrived + timedelta(minutes=2)
    answer = last_known(request, ACTOR_ID, EXECUTION_ID, execution, as_of, TimedOut())
    page = answer.content.decode()
    assert "timed out. Showing data from" in page
    assert "3 minutes ago" in page
    assert "2 min so far incl. queue time" in page, "as it stood then, and not as if it went on"
    assert "unseen words" not in page, "the API did not say that it may be seen"
    assert "Fetch next result" not in page
    assert "hx-get" not in page.partition("<main")[2].partition("</main>")[0]
    assert "?again=" not in page
    assert "/halt/" not in page
