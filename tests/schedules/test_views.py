"""Schedules: all of them on one page, and one in words with its next hours, changed with all else kept."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/schedule/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
KEY = "0123456789abcdef0123456789abcdef"
TYPED = {"on": "on", "count": "2", "unit": "day", "day": "", "hour": "", "write_key": KEY}


def scheduled(**changes: object) -> dict[str, object]:
    fields = {"cronSchedule": "2099-01-15 08 + 2 days", "cronNextEx": "2099-01-15 8", "cronOn": True}
    return actor_payload(**{**fields, **changes})


def test_all_are_shown_the_next_one_first(api: API, signed_in: Client) -> None:
    api.get(
        "/actors/v2",
        [
            scheduled(name="late"),
            scheduled(id="B", name="<b>early</b>", cronNextEx="2098-01-15 8"),
            scheduled(id="C", name="off", cronOn=False),
            scheduled(id="D", name="odd", cronSchedule="every blue moon"),
            actor_payload(id="E", name="none"),
        ],
    )
    page = signed_in.get("/schedules/").content.decode()
    assert "3 of 4 enabled" in page
    body = page.partition("<tbody>")[2]
    assert body.index("&lt;b&gt;early&lt;/b&gt;") < body.index("late") < body.index("off")
    assert "every 2 days at 08:00 UTC" in page
    assert "Unknown" in page


@pytest.mark.parametrize(("show", "shown"), [("on", "is-on"), ("off", "is-off")])
def test_the_filter_keeps_what_was_chosen(api: API, signed_in: Client, show: str, shown: str) -> None:
    api.get("/actors/v2", [scheduled(name="is-on"), scheduled(id="B", name="is-off", cronOn=False)])
    body = signed_in.get(f"/schedules/?show={show}").content.decode().partition("<tbody>")[2]
    assert [one for one in ("is-on", "is-off") if one in body] == [shown]


def test_none_teaches_and_no_match_can_be_cleared(api: API, signed_in: Client) -> None:
    api.get("/actors/v2", [actor_payload()])
    assert "No schedules yet" in signed_in.get("/schedules/").content.decode()
    api.wire.reset()
    api.get("/actors/v2", [scheduled()])
    assert "Clear filters" in signed_in.get("/schedules/?show=off").content.decode()


def test_silence_is_said(api: API, signed_in: Client) -> None:
    api.is_silent("GET", "/actors/v2")
    answer = signed_in.get("/schedules/")
    assert answer.status_code == 502
    assert "Could not load schedules" in answer.content.decode()


def test_one_is_shown_in_words_with_its_next_hours(api: API, signed_in: Client) -> None:
    api.get(ACTOR, scheduled())
    page = signed_in.get(URL).content.decode()
    assert "every 2 days at 08:00 UTC" in page
    assert page.count("data-clock") == 5
    assert "15 Jan 2099, 08:00" in page
    assert 'value="2099-01-15"' in page


def live_in(client: Client, zone: str) -> None:
    """Set the zone of the signed-in person, as the page of their preferences does."""
    choices = {"theme": "light", "density": "comfortable", "page_size": "50", "zone": zone}
    assert client.post("/account/preferences/", choices).status_code == 302


def test_the_next_hours_are_shown_in_the_reader_s_zone_too(api: API, signed_in: Client) -> None:
    live_in(signed_in, "Europe/Berlin")
    api.get(ACTOR, scheduled(cronSchedule="2099-03-28 08 + 1 day", cronNextEx="2099-03-28 8"))
    page = signed_in.get(URL).content.decode()
    assert '<th scope="col">Europe/Berlin</th>' in page
    # The clocks are put forward between the two.
    assert "28 Mar 2099, 09:00 CET" in page
    assert "29 Mar 2099, 10:00 CEST" in page
    assert "data-clock" not in page
    assert len(re.findall("<option", page)) == 4 + 25, "the units and the hours, and no zones"


def test_the_list_and_a_preview_show_the_reader_s_zone(api: API, signed_in: Client) -> None:
    live_in(signed_in, "Asia/Tokyo")
    api.get("/actors/v2", [scheduled(name="is-on")])
    page = signed_in.get("/schedules/?show=on").content.decode()
    assert "Next run (Asia/Tokyo)" in page
    assert ">15 Jan 2099, 17:00 JST" in page
    assert "<option" not in page
    preview = signed_in.post(URL, TYPED | {"day": "2099-01-15", "hour": "8"})
    assert "15 Jan 2099, 17:00 JST" in preview.content.decode()


def test_a_preview_says_it_and_asks_nobody(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    answer = signed_in.post(URL, TYPED | {"day": "2099-03-01", "hour": "6"}, headers=htmx)
    fragment = answer.content.decode()
    assert answer.status_code == 200
    assert "every 2 days at 06:00 UTC" in fragment
    assert "2099-03-01 06 + 2 days" in fragment
    assert "<form" not in fragment
    assert api.asked == []


def test_saving_sends_the_whole_definition(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload(description="kept", defaultEnvironment={"A": "1"}))
    api.put(ACTOR, scheduled())
    answer = signed_in.post(URL, TYPED | {"step": "save"})
    assert answer.headers["Location"] == URL
    body = json.loads(api.asked[-1].body)
    assert (body["cronSchedule"], body["cronOn"]) == ("now + 2 days", True)
    assert (body["description"], body["defaultEnvironment"]) == ("kept", {"A": "1"})
    assert signed_in.post(URL, TYPED | {"step": "save"}).headers["Location"] == URL
    assert sum(request.method == "PUT" for request in api.asked) == 1


def test_a_long_interval_is_sent(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.put(ACTOR, scheduled())
    signed_in.post(URL, TYPED | {"count": "10000", "unit": "hour", "step": "save"})
    assert json.loads(api.asked[-1].body)["cronSchedule"] == "now + 10000 hours"


def test_it_is_turned_off_and_kept(api: API, signed_in: Client) -> None:
    api.get(ACTOR, scheduled())
    api.put(ACTOR, scheduled(cronOn=False))
    signed_in.post(URL, {key: value for key, value in TYPED.items() if key != "on"} | {"step": "save"})
    assert json.loads(api.asked[-1].body)["cronOn"] is False


def test_a_refusal_keeps_what_was_typed(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.refuse("PUT", ACTOR, "The starting datetime is old. The current UTC time is 2026")
    answer = signed_in.post(URL, TYPED | {"count": "17", "step": "save"})
    page = answer.content.decode()
    assert answer.status_code == 400 or answer.status_code == 422
    assert "The starting datetime is old" in page
    assert 'value="17"' in page


def test_a_start_that_is_past_is_refused_here(api: API, signed_in: Client) -> None:
    past = datetime.now(UTC) - timedelta(days=2)
    answer = signed_in.post(URL, TYPED | {"day": f"{past:%Y-%m-%d}", "hour": "6", "step": "save"})
    assert answer.status_code == 422
    assert "Choose a time in the future" in answer.content.decode()
    assert api.asked == []


@pytest.mark.parametrize("path", ["/schedules/", URL, "/links/"])
def test_it_needs_credentials(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in/")
