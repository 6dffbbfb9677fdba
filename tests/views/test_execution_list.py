import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    actor_payload,
    execution_payload,
    execution_row,
    listing_payload,
    search_payload,
)

URL = f"/actors/{ACTOR_ID}/executions/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
LISTING = f"{ACTOR}/executions"
START = datetime(2026, 11, 1, tzinfo=UTC)


def row(number, **changes):
    arrived = START + timedelta(minutes=number)
    stamp = arrived.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return execution_row(id=f"Ex{number:05d}", messageReceivedTime=stamp, startTime=stamp, finishTime=stamp, **changes)


@pytest.fixture
def found(api):
    """Answer for the actor and its listing, and for the search that follows, with these rows and details."""

    def answer(*rows, details=(), actor=True, **changes):
        if actor:
            api.get(ACTOR, actor_payload())
        api.get(LISTING, listing_payload(*rows, **changes))
        if rows:
            api.get(LISTING, search_payload(*details))
        return api

    return answer


def shown_ids(page):
    return re.findall(r'<a class="name mono"[^>]*>(\w+)</a>', page)


def test_it_works(signed_in, found):
    found(execution_row(), details=[execution_payload(executor="team")], totalRuntime=200, totalExecutions=1)
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Succeeded" in page
    assert "team" in page
    assert "1 in all, 3 min 20 s of run time" in page
    assert f'href="{URL}{EXECUTION_ID}/"' in page
    assert 'title="2026-11-23 16:20:41 UTC"' in page
    assert "hx-get" not in page.partition('id="executions-table"')[2].partition(">")[0]


def test_the_page_asks_three_times_and_the_search_names_the_rows(signed_in, found):
    api = found(row(1), row(2), details=[execution_payload(id="Ex00001")])
    signed_in.get(URL)
    assert len(api.asked) == 3
    query = parse_qs(urlsplit(api.asked[-1].url).query)
    assert query == {"id.in": ['["Ex00002","Ex00001"]'], "limit": ["2"]}


def test_a_failed_execution_is_told_from_one_that_succeeded(signed_in, found):
    found(row(1), row(2), details=[execution_payload(id="Ex00001", exitCode=3), execution_payload(id="Ex00002")])
    page = signed_in.get(URL).content.decode()
    assert "Failed, exit 3" in page
    assert "Succeeded" in page


def test_an_alias_is_searched_by_the_actors_own_id(signed_in, api):
    api.get("/actors/v2/wc", actor_payload())
    api.get("/actors/v2/wc/executions", listing_payload(row(1)))
    api.get(LISTING, search_payload(execution_payload(id="Ex00001")))
    assert "Succeeded" in signed_in.get("/actors/wc/executions/").content.decode()


def test_the_newest_come_first_and_those_without_a_time_last(signed_in, found):
    found(
        row(1),
        execution_row(id="NoTime", messageReceivedTime=None),
        row(3),
        row(2),
        details=[execution_payload(id="Ex00001")],
    )
    assert shown_ids(signed_in.get(URL).content.decode()) == ["Ex00003", "Ex00002", "Ex00001", "NoTime"]


def test_of_two_in_the_same_second_the_later_named_is_newer(signed_in, found):
    first, second = row(1), {**row(1), "id": "Aa00001"}
    found(first, second, details=[execution_payload(id="Ex00001")])
    assert shown_ids(signed_in.get(URL).content.decode()) == ["Aa00001", "Ex00001"]


def test_five_thousand_are_paged_by_fifty(signed_in, found):
    rows = [row(number) for number in range(5000)]
    found(*rows[::-1], details=[execution_payload(id="Ex00000")])
    page = signed_in.get(URL, {"page": 100}).content.decode()
    assert shown_ids(page) == [f"Ex{number:05d}" for number in range(49, -1, -1)]
    assert "4\u202f951\N{EN DASH}5\u202f000 of 5\u202f000" in page
    assert "Page 100 of 100" in page


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ({"page": "900"}, "There is no page 900; this is the last."),
        ({"page": "x"}, "There is no such page, so this is the first."),
        ({"status": "gone"}, "There is no status “gone”; this shows all."),
    ],
)
def test_a_page_or_filter_that_does_not_exist_is_said(signed_in, found, query, note):
    found(row(1), details=[execution_payload(id="Ex00001")])
    answer = signed_in.get(URL, query)
    assert answer.status_code == 200
    assert note in answer.content.decode()
    assert "Ex00001" in answer.content.decode()


def test_the_filter_counts_exactly_and_keeps_only_its_status(signed_in, found):
    found(
        row(1),
        row(2, status="ERROR"),
        row(3, status="SUBMITTED"),
        row(4, status="CREATING CONTAINER"),
        row(5, status="SOMETHING NEW"),
        details=[execution_payload(id="Ex00002", status="ERROR")],
    )
    page = signed_in.get(URL, {"status": "error"}).content.decode()
    assert shown_ids(page) == ["Ex00002"]
    counts = re.findall(r">(\w+) <span class=\"num count\">(\d+)</span>", page)
    assert counts == [("All", "5"), ("Waiting", "1"), ("Running", "1"), ("Ended", "1"), ("Error", "1")]


def test_the_newest_come_with_their_outcomes_for_the_actors_page(signed_in, api, htmx):
    api.get(LISTING, listing_payload(row(1), row(2), row(3)))
    failed = execution_payload(id="Ex00003", exitCode=4)
    api.get(LISTING, search_payload(failed, execution_payload(id="Ex00002")))
    answer = signed_in.get(URL, {"recent": "2"}, headers=htmx)
    fragment = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in fragment
    assert shown_ids(fragment) == ["Ex00003", "Ex00002"]
    assert "Failed, exit 4" in fragment
    assert "Succeeded" in fragment


def test_opened_plainly_that_fragment_leads_to_the_list(signed_in, api):
    answer = signed_in.get(URL, {"recent": "10"})
    assert (answer.status_code, answer.url) == (302, URL)
    assert not api.asked


def test_nothing_yet_teaches_the_first_step(signed_in, found):
    found()
    page = signed_in.get(URL).content.decode()
    assert "Nothing has run yet" in page
    assert f'href="/actors/{ACTOR_ID}/messages/">Send a message</a>' in page


def test_nothing_for_this_filter_can_be_cleared(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(LISTING, listing_payload(row(1)))
    page = signed_in.get(URL, {"status": "waiting"}).content.decode()
    assert "No execution has this status now" in page
    assert f'href="{URL}">Clear the filter</a>' in page
    assert len(api.asked) == 2


def test_somebody_who_finds_nothing_by_searching_sees_each_execution_asked_for(signed_in, found):
    api = found(row(1), row(2, status="SUBMITTED"))
    api.get(f"{LISTING}/Ex00001", execution_payload(id="Ex00001", exitCode=9))
    assert "Failed, exit 9" in signed_in.get(URL).content.decode()
    assert len(api.asked) == 4  # none is asked for that has not ended


def test_rows_without_details_say_complete_and_nothing_more(signed_in, found):
    api = found(row(1))
    api.refuse("GET", f"{LISTING}/Ex00001", "Not authorized -- you do not have access to this actor.")
    page = signed_in.get(URL).content.decode()
    assert "Complete</span>" in page
    assert "Succeeded" not in page


def test_a_search_that_fails_does_not_take_the_page_with_it(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(LISTING, listing_payload(row(1)))
    api.refuse("GET", LISTING, "Unrecognized exception type: <class 'KeyError'>.", status=500)
    answer = signed_in.get(URL)
    assert answer.status_code == 200
    assert "Complete</span>" in answer.content.decode()


def test_a_hostile_row_stays_text_and_gets_no_address(signed_in, found):
    found(execution_row(id='"><script>x'), row(1), details=[execution_payload(id="Ex00001", executor="<b>\u202ex")])
    page = signed_in.get(URL).content.decode()
    assert "<script>x" not in page
    assert "&lt;b&gt;" in page
    assert "\u202e" not in page


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.post(URL).status_code == 405


@pytest.mark.django_db
def test_it_needs_credentials(client):
    answer = client.get(URL)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/?next=")


def test_it_shows_a_refusal(signed_in, api):
    for path in (ACTOR, LISTING):
        api.refuse("GET", path, "Not authorized -- you do not have access to this actor.")
    assert signed_in.get(URL).status_code == 403


def test_it_survives_silence(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.is_silent("GET", LISTING)
    api.is_silent("GET", LISTING)
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "The executions could not be loaded" in page
    assert "Try again" in page
    assert "word-count" in page


def test_an_actor_that_does_not_load_leaves_its_list(signed_in, api):
    api.get(LISTING, listing_payload(row(1)))
    api.get(LISTING, search_payload(execution_payload(id="Ex00001")))
    api.refuse("GET", ACTOR, "Unrecognized exception type: <class 'KeyError'>.", status=500)
    answer = signed_in.get(URL)
    assert answer.status_code == 200
    assert "Ex00001" in answer.content.decode()


# Live ----------------------------------------------------------------------------------------------------------


def poll_address(page):
    found = re.search(r'id="executions-table" hx-get="([^"]+)" hx-trigger="every 3s"', page)
    return found and found[1].replace("&amp;", "&")


def test_the_first_page_is_live_while_something_is_not_finished(signed_in, found):
    found(row(1), row(2, status="RUNNING"), details=[execution_payload(id="Ex00001")])
    page = signed_in.get(URL).content.decode()
    assert poll_address(page) == f"{URL}?poll=1&status=all&newest=Ex00002"


def test_a_later_page_is_not_live(signed_in, found):
    rows = [row(number) for number in range(51)]
    found(*rows, row(60, status="RUNNING"), details=[execution_payload(id="Ex00001")])
    assert poll_address(signed_in.get(URL, {"page": 2}).content.decode()) is None


def test_it_answers_htmx_with_the_fragment(signed_in, found, htmx):
    api = found(row(1, status="RUNNING"), actor=False, details=[execution_payload(id="Ex00001", status="RUNNING")])
    answer = signed_in.get(URL, {"poll": 1, "status": "all", "newest": "Ex00001"}, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "Running" in page
    assert "new execution" not in page
    assert answer.headers["X-Poll-State"]
    assert len(api.asked) == 2


def test_a_poll_announces_new_ones_and_leaves_the_rows_where_they_are(signed_in, found, htmx):
    rows = [row(number) for number in range(60)]
    found(
        *rows,
        row(60, status="RUNNING"),
        row(61, status="SUBMITTED"),
        actor=False,
        details=[execution_payload(id="Ex00059")],
    )
    page = signed_in.get(URL, {"poll": 1, "newest": "Ex00059"}, headers=htmx).content.decode()
    assert "2 new executions:" in page
    assert shown_ids(page) == [f"Ex{number:05d}" for number in range(59, 9, -1)]


def test_a_poll_ends_when_all_is_finished(signed_in, found, htmx):
    found(row(1), actor=False, details=[execution_payload(id="Ex00001")])
    assert signed_in.get(URL, {"poll": 1, "newest": "Ex00001"}, headers=htmx).status_code == 286


def test_a_poll_that_fails_says_so_in_an_alert(signed_in, api, htmx):
    api.is_silent("GET", LISTING)
    api.is_silent("GET", LISTING)
    answer = signed_in.get(URL, {"poll": 1, "newest": "Ex00001"}, headers=htmx)
    assert answer.status_code == 502
    assert b"data-alert" in answer.content


def test_what_has_ended_is_not_asked_for_again(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(LISTING, listing_payload(execution_row()))
    api.get(LISTING, search_payload(execution_payload(exitCode=3)))
    assert "Failed, exit 3" in signed_in.get(URL).content.decode()
    asked = len(api.asked)
    api.get(LISTING, listing_payload(execution_row()))
    assert "Failed, exit 3" in signed_in.get(URL).content.decode()
    assert [request.url for request in api.asked[asked:] if "?" in request.url] == []
