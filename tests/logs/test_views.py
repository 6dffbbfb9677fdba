"""The page of a log: its end, how it is followed, when it expires; and the whole log as a file."""

import hashlib
import json
import re
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from tests.logs.support import ACTOR, CUT, EXECUTION, LOGS, PAGE, RUNNING, body, numbered
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, envelope, execution_payload


def test_it_works(signed_in, log_of):
    log_of("one\n\x1b[31mERROR two\x1b[0m\n<script>three\x00\n")
    answer = signed_in.get(PAGE)
    page = answer.content.decode()
    assert answer.status_code == 200
    number = '<a class="n" href="#L2" tabindex="-1">2</a>'
    assert f'<li id="L2" class="error">{number}<span><span class="ansi-red">ERROR two</span></span></li>' in page
    assert "&lt;script&gt;three␀" in page
    assert "<script>three" not in page
    assert "data-follow" in page
    assert "hx-get" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_log_in_the_making_is_followed(signed_in, log_of):
    log_of("one\n", **RUNNING)
    page = signed_in.get(PAGE).content.decode()
    assert f'hx-get="{PAGE}?poll=1&amp;own=1&amp;life=none" hx-trigger="every 2s"' in page


@pytest.mark.parametrize(
    ("log_ex", "words"), [(7200, "Expires 2 h after the last line"), (None, "This actor sets no retention of its own")]
)
def test_the_poll_says_the_same_of_its_life_as_the_page(signed_in, api, htmx, log_ex, words):
    api.get(ACTOR, actor_payload(logEx=log_ex))
    api.get(EXECUTION, execution_payload(**RUNNING))
    api.get(LOGS, {"logs": "one\n"})
    page = signed_in.get(PAGE).content.decode()
    poll = re.search(r'hx-get="([^"]+/logs/[^"]+)"', page)[1].replace("&amp;", "&")
    assert words in page
    assert words in signed_in.get(poll, headers=htmx).content.decode()


@pytest.mark.parametrize("life", ["", "&life=long", "&life=1e9", "&life=-", "&life=99999999999999999999"])
def test_a_poll_that_does_not_know_the_actor_claims_nothing_of_it(signed_in, log_of, htmx, life):
    log_of("one\n", actor=False, **RUNNING)
    page = signed_in.get(f"{PAGE}?poll=1{life}", headers=htmx).content.decode()
    assert "The API keeps logs for a limited time" in page
    assert "This actor" not in page


def test_the_links_of_a_poll_are_those_of_its_page(signed_in, log_of, htmx):
    log_of("ERROR one\n", actor=False, **RUNNING)
    page = signed_in.get(f"{PAGE}?poll=1&level=error&own=1&life=7200", headers=htmx).content.decode()
    assert f'<a href="{PAGE}">Show all</a>' in page


def test_the_poll_brings_the_badge_and_the_title_too(signed_in, log_of, htmx):
    log_of("one\n", actor=False, **RUNNING | {"status": "COMPLETE", "exitCode": 3, "finishTime": ago(seconds=1)})
    page = signed_in.get(f"{PAGE}?poll=1", headers=htmx).content.decode()
    assert f'data-log-state data-title="Failed: log of execution {EXECUTION_ID} · Actors Portal"' in page
    assert "icon-failed" in page
    assert "Failed, exit 3" in page


def test_the_tab_of_a_log_tells_the_state(signed_in, log_of):
    log_of("one\n", exitCode=0)
    page = signed_in.get(PAGE).content.decode()
    assert f"<title>Succeeded: log of execution {EXECUTION_ID}" in page
    assert "icon-succeeded" in page
    assert "data-log-state" not in page


@pytest.mark.parametrize(("query", "way"), [("?find=one", PAGE), ("?line=1&level=error", f"{PAGE}?level=error")])
def test_a_log_that_stands_still_while_more_is_written_says_so(signed_in, log_of, query, way):
    log_of("ERROR one\n", **RUNNING)
    page = signed_in.get(PAGE + query).content.decode()
    assert "Snapshot: the execution is still running." in page
    assert f'<a href="{way}">Follow live</a>' in page


@pytest.mark.parametrize(("query", "changes"), [("", RUNNING), ("?find=one", {})])
def test_one_that_is_followed_or_over_does_not(signed_in, log_of, query, changes):
    log_of("one\n", **changes)
    assert b"More may still be written." not in signed_in.get(PAGE + query).content


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "SUBMITTED", "finishTime": None}, "has not started"),
        (RUNNING, "No output yet"),
        ({"finishTime": ago(minutes=5)}, "the execution wrote no output"),
        ({"finishTime": ago(hours=5)}, "no output was written, or the log has expired"),
        (
            {"finishTime": ago(days=3)},
            "The log has probably expired, or nothing was written: the execution finished 3 days ago. "
            "The API keeps logs",
        ),
        ({"exitCode": 137, "finishTime": ago(minutes=5)}, "killed before any output."),
        ({"status": "ERROR", "finishTime": None}, "the API could not run the execution"),
    ],
)
def test_an_empty_log_is_explained(signed_in, log_of, changes, words):
    log_of("", **changes)
    page = signed_in.get(PAGE).content.decode()
    assert words in page
    assert "Archive log" not in page


def test_an_empty_log_of_an_actor_that_says_how_long_is_told_by_that(signed_in, api):
    api.get(ACTOR, actor_payload(logEx=3600))
    api.get(EXECUTION, execution_payload(finishTime=ago(hours=2)))
    api.get(LOGS, {"logs": ""})
    page = signed_in.get(PAGE).content.decode()
    assert (
        "has probably expired, or nothing was written: the execution finished 2 hours ago. This actor&#x27;s logs are "
        "kept for up to 1 h."
    ) in page


@pytest.mark.parametrize(
    ("log_ex", "words"),
    [
        (7200, r"Expires about \d{1,2} [A-Z][a-z]{2} 2\d{3}, \d\d:\d\d UTC \(in 1 h (?:29|30) min\), or earlier if"),
        (60, "Past retention: the API may delete it at any time."),
        (None, "often 12 or 24 hours. This actor sets no retention of its own."),
    ],
)
def test_it_says_when_a_log_expires(signed_in, api, log_ex, words):
    api.get(ACTOR, actor_payload(logEx=log_ex))
    api.get(EXECUTION, execution_payload(finishTime=ago(minutes=30)))
    api.get(LOGS, {"logs": "one"})
    assert re.search(words, signed_in.get(PAGE).content.decode())


def test_a_long_log_shows_its_end_and_offers_the_whole(signed_in, log_of):
    log_of(numbered(12_000))
    page = body(signed_in.get(PAGE))
    assert "Lines 5\u202f001\u201312\u202f000 of 12\u202f000." in page
    assert ">line 5000<" not in page
    assert ">line 5001<" in page
    assert f'<a class="n" href="{PAGE}?line=5001#L5001" tabindex="-1">5001</a>' in page
    assert '<a rel="prev" href="?line=5000#L5000">Previous</a>' in page
    assert "<span>Next</span>" in page
    assert f'href="{PAGE}?download=1"' in page


def test_what_the_api_cut_is_said(signed_in, log_of):
    log_of("x" * 1000 + "\n" + CUT)
    page = signed_in.get(PAGE).content.decode()
    assert "Truncated by the API after 1\u202f001 characters; the end of the log is missing" in page


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.put(PAGE).status_code == 405


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
    assert "Could not load the log" in answer.content.decode()


def test_it_answers_htmx_with_the_fragment(signed_in, log_of, htmx):
    log_of("one\n", actor=False, **RUNNING)
    answer = signed_in.get(f"{PAGE}?poll=1", headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.strip().startswith("<ol")
    assert answer.headers["X-Poll-State"]


def test_the_poll_of_the_executions_page_brings_only_its_end(signed_in, log_of, htmx):
    log_of("".join(f"line {number}\n" for number in range(1, 1001)), actor=False, **RUNNING)
    page = signed_in.get(f"{PAGE}?poll=1&tail=1", headers=htmx).content.decode()
    assert ">line 800<" not in page
    assert ">line 801<" in page


def test_the_poll_stops_some_seconds_after_the_end(signed_in, log_of, htmx):
    just_now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    log_of("one\n", actor=False, finishTime=just_now)
    log_of("one\ntwo\n", actor=False)
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


def test_ten_megabytes_are_sent_byte_by_byte_in_little_memory(signed_in, api):
    line = 'é "quoted" \\ \U0001f600\x1b[31m\x00\t<b>' * 20 + "\r\n"
    text = line * (10_000_000 // len(line.encode()))
    wanted = hashlib.sha256(text.encode()).hexdigest()
    whole = json.dumps(envelope({"logs": text})).encode()
    api.answer("GET", LOGS, body=whole)
    del text
    answer = signed_in.get(f"{PAGE}?download=1")
    digest = hashlib.sha256()
    tracemalloc.start()
    try:
        for piece in answer.streaming_content:
            digest.update(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert digest.hexdigest() == wanted
    assert peak < 2_000_000


def test_a_download_that_breaks_off_says_so_in_the_file(signed_in, api):
    whole = json.dumps(envelope({"logs": "first\nsecond\n" * 100}))
    api.answer("GET", LOGS, body=whole[: len(whole) // 2])
    answer = signed_in.get(f"{PAGE}?download=1")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("first\nsecond\n")
    assert "[The Actors Portal: the log ends here unexpectedly." in text


def test_a_download_that_is_refused_is_a_page(signed_in, api):
    api.refuse("GET", LOGS, "Not authorized -- you do not have access to this actor.")
    assert signed_in.get(f"{PAGE}?download=1").status_code == 403
