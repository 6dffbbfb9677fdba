"""Parts of a log, its lines, levels and what is searched in it; a log that breaks off; wrapped lines."""

import json
import re

import pytest

from tests.logs.support import ACTOR, EXECUTION, LOGS, PAGE, RUNNING, body, numbered
from tests.support.payloads import actor_payload, envelope, execution_payload


def test_a_line_brings_its_part_and_is_marked(signed_in, log_of):
    log_of(numbered(12_000))
    page = body(signed_in.get(f"{PAGE}?line=7000"))
    assert "Lines 5\u202f001\u201310\u202f000 of 12\u202f000." in page
    assert '<span id="here">line 7000</span>' in page
    assert '<a rel="prev" href="?line=5000#L5000">Previous</a>' in page
    assert '<a rel="next" href="?line=10001#L10001">Next</a>' in page
    assert '<a href="?line=12000#L12000">Last</a>' in page


def test_a_line_that_is_not_there_is_said(signed_in, log_of):
    log_of("one\ntwo\n")
    assert "Line 99 does not exist: the log has 2 lines." in signed_in.get(f"{PAGE}?line=99").content.decode()


def test_a_level_shows_only_its_lines(signed_in, log_of):
    log_of("INFO one\n" * 9 + "ERROR two\n" + "WARN three\n" * 9)
    page = signed_in.get(f"{PAGE}?level=error").content.decode()
    assert '<li id="L10" class="error">' in page
    assert re.findall(r'<li id="L(\d+)" class="(?:info|warn) context">', page) == ["7", "8", "9", "11", "12", "13"]
    assert page.count("<li id=") == 7


def test_a_level_that_no_line_has_is_said(signed_in, log_of):
    log_of("one\ntwo\n")
    page = signed_in.get(f"{PAGE}?level=error").content.decode()
    assert "No lines at this level." in page
    assert re.findall(r'<li id="L(\d)" class="context">', page) == ["1", "2"]


def test_everything_is_found_with_a_count_and_ways_to_go(signed_in, log_of):
    log_of(numbered(12_000).replace("line 3\n", "a <b> needle\n").replace("line 9000\n", "NEEDLE again\n"))
    page = signed_in.get(f"{PAGE}?find=needle").content.decode()
    assert '<span data-log-place data-total="2">1 of 2</span>' in page
    assert '<li id="L3" class="hit" data-hit="1">' in page
    assert 'a &lt;b&gt; <mark class="found">needle</mark>' in page
    assert 'href="?find=needle&amp;line=9000#L9000" aria-label="Next match"' in page
    assert "2 matches" in page
    assert "<mark>NEEDLE</mark> again" in page
    assert 'value="needle"' in page


def test_what_is_nowhere_is_said(signed_in, log_of):
    log_of("one\ntwo\n")
    assert "No matches in 2 lines" in signed_in.get(f"{PAGE}?find=three").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("line=many", "Enter a line number."),
        ("line=0", "Line numbers start at 1."),
        ("level=loud", "Unknown level. Choose info, warn or error."),
        (f"find={'x' * 201}", "Use at most 200 characters."),
        ("find=a%00b", "This contains a character that cannot be searched."),
        ("line=1&at=-1", "Enter a character position."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_asked(signed_in, api, query, words):
    answer = signed_in.get(f"{PAGE}?find=zebra&{query}")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert ('value="zebra"' in page) != query.startswith("find")
    assert not api.asked


def test_a_very_long_line_is_cut_and_can_be_seen_whole(signed_in, log_of):
    log_of("x" * 500_000 + "<b>" + "y" * 500_000)
    page = body(signed_in.get(PAGE))
    assert "… line 1 has 1\u202f000\u202f003 characters: show the rest …" in page
    assert f'href="{PAGE}?line=1&amp;at=8000"' in page
    assert len(page) < 60_000


def test_a_screen_of_a_very_long_line(signed_in, log_of):
    log_of("one\n" + "x" * 100_000 + "<b>" + "y" * 100_000)
    page = signed_in.get(f"{PAGE}?line=2&at=60000").content.decode()
    assert "Characters 60\u202f001\u2013110\u202f000 of 200\u202f003" in page
    assert "xx&lt;b&gt;yy" in page
    assert 'href="?line=2&amp;at=10000"' in page
    assert 'href="?line=2&amp;at=110000"' in page


def test_a_screen_beyond_the_line_is_not_there(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": "short"})
    assert signed_in.get(f"{PAGE}?line=1&at=60000").status_code == 404


def test_a_place_that_was_asked_for_is_not_followed(signed_in, log_of):
    log_of("one\n", **RUNNING)
    page = signed_in.get(f"{PAGE}?line=1").content.decode()
    assert "hx-get" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_level_is_followed(signed_in, log_of, htmx):
    log_of("INFO one\nERROR two\n", **RUNNING)
    page = signed_in.get(f"{PAGE}?level=error").content.decode()
    assert f'hx-get="{PAGE}?poll=1&amp;level=error&amp;own=1&amp;life=none"' in page
    log_of("INFO one\nERROR two\nERROR three\n", actor=False, **RUNNING)
    page = signed_in.get(f"{PAGE}?poll=1&level=error", headers=htmx).content.decode()
    assert re.findall(r'<li id="L(\d)" class="([a-z ]+)">', page) == [
        ("1", "info context"),
        ("2", "error"),
        ("3", "error"),
    ]


def test_a_log_that_breaks_off_shows_what_came(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    whole = json.dumps(envelope({"logs": "first\nsecond\n" * 100}))
    api.answer("GET", LOGS, body=whole[: len(whole) // 2])
    page = signed_in.get(PAGE).content.decode()
    assert "Log interrupted." in page
    assert ">first<" in page
    assert "Archive log" not in page


def test_the_page_of_a_long_log_begins_before_the_log_is_read(signed_in, log_of):
    log_of(numbered(12_000))
    pieces = iter(signed_in.get(PAGE))
    first = next(pieces).decode()
    assert 'id="log-find"' in first
    assert "line 1" not in first
    rest = b"".join(pieces).decode()
    assert ">line 12000<" in rest
    assert rest.strip().endswith("</html>")
    assert "This actor sets no retention of its own." in rest
    assert "Archive log" in rest


def test_a_long_log_that_breaks_off_shows_what_came(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    whole = json.dumps(envelope({"logs": numbered(12_000)}))
    api.answer("GET", LOGS, body=whole[: len(whole) // 2])
    page = body(signed_in.get(PAGE))
    assert "Log interrupted." in page
    assert ">line 5000<" in page
    assert page.strip().endswith("</html>")


def test_a_log_that_may_not_be_seen_is_told_from_one_that_does_not_load(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.refuse("GET", LOGS, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.get(PAGE)
    assert answer.status_code == 403
    assert "You do not have access to this log" in answer.content.decode()


def test_wrapping_is_remembered(signed_in, log_of, htmx):
    wrap = "/account/log-wrap/"
    answer = signed_in.post(wrap, {"wrap": "0", "next": PAGE})
    assert (answer.status_code, answer.url) == (302, PAGE)
    log_of("one\n")
    page = signed_in.get(PAGE).content.decode()
    assert 'class="log-frame no-wrap"' in page
    assert 'aria-pressed="false" aria-keyshortcuts="w"' in page
    assert signed_in.post(wrap, {"wrap": "1"}, headers=htmx).status_code == 204
    log_of("one\n")
    assert 'class="log-frame"' in signed_in.get(PAGE).content.decode()


def test_wrapping_leads_nowhere_else(signed_in):
    assert signed_in.post("/account/log-wrap/", {"wrap": "1", "next": "//evil.example"}).url == "/"
