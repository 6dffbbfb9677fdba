"""Times as pages, files, logs and the API write them, read back by the filters that ask for one."""

import logging
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from actors_app.audit.forms import ActivityForm
from actors_app.core.pages.form_times import as_in_address, moment_of
from actors_app.core.pages.formatting import address_time, ago_words, duration, now
from actors_app.core.pages.timezones import exact, to_local, written_in, zone_names, zone_words
from actors_app.history.charts.spans import day_words
from actors_app.history.export import moment_text
from actors_app.history.forms import HistoryForm
from actors_app.templatetags.actors import on_clock_of
from portal.logs import formatter
from tests.conftest import API
from tests.history.world import answering
from tests.support.payloads import ACTOR_ID

AT = datetime(2026, 11, 23, 15, 51, 39, 397_000, tzinfo=UTC)
TEXTS = {
    # Days.
    "2026-11-23": "2026-11-23",
    "20261123": "2026-11-23",
    "2026/11/23": "2026-11-23",
    "23 Nov 2026": "2026-11-23",
    "Monday, 23 November 2026": "2026-11-23",
    "November 23, 2026": "2026-11-23",
    # The API, v2 and v3, with all it makes of a fraction.
    "2026-11-23T15:51:39.397Z": "2026-11-23T15:51:39.397",
    "2026-11-23T15:51:39.12Z0": "2026-11-23T15:51:39.120",
    "2026-11-23T15:51:39.8Z18": "2026-11-23T15:51:39.800",
    "2026-11-23T15:51:39.397123": "2026-11-23T15:51:39.397123",
    "2026-11-23 15:51:39.397123": "2026-11-23 15:51:39.397123",
    "2026-11-23T15:51:39.397123456Z": "2026-11-23T15:51:39.397",
    "2026-11-23T15:51:39Z": "2026-11-23T15:51:39",
    "Mon, 23 Nov 2026 15:51:39 GMT": "2026-11-23T15:51:39",
    "2026-11-23 15": "2026-11-23T15:00",  # the next hour of a schedule
    "1795449099": "2026-11-23T15:51:39",
    "1795449099397": "2026-11-23T15:51:39.397",
    # Offsets, one with a plus that became a space in an address.
    "2026-11-23T16:51:39+01:00": "2026-11-23T15:51:39",
    "2026-11-23T16:51:39 01:00": "2026-11-23T15:51:39",
    "2026-11-23 16:51:39 UTC 1": "2026-11-23T15:51:39",
    "2026-11-23T12:21:39-0330": "2026-11-23T15:51:39",
    "2026-11-23 12:21:39 \N{MINUS SIGN}03:30": "2026-11-23T15:51:39",
    "2026-11-23 21:36 UTC+5:45": "2026-11-23T15:51",
    # Short names of zones, where they mean one thing.
    "23 Nov 2026, 16:51 CET": "2026-11-23T15:51",
    "23 Nov 2026, 16:51 CET (UTC+1)": "2026-11-23T15:51",
    "Tue 24 Nov 2026, 00:51 JST": "2026-11-23T15:51",
    # Languages of browsers.
    "23 Nov 2026, 15:51": "2026-11-23T15:51",
    "Nov 23, 2026, 3:51 PM": "2026-11-23T15:51",
    "Nov 23, 2026, 3:51\N{NARROW NO-BREAK SPACE}PM": "2026-11-23T15:51",
    "Nov 23, 2026 at 12:05 AM": "2026-11-23T00:05",
    "23.11.2026, 15:51:39": "2026-11-23T15:51:39",
    "2026/11/23 15:51:39": "2026-11-23T15:51:39",
    # Logs.
    "2026-11-23 15:51:39,397": "2026-11-23T15:51:39.397",
    "[23/Nov/2026:16:51:39 +0100]": "2026-11-23T15:51:39",
    "Mon Nov 23 15:51:39 2026": "2026-11-23T15:51:39",
    "Mon Nov 23 15:51:39 UTC 2026": "2026-11-23T15:51:39",
    "20261123T155139Z": "2026-11-23T15:51:39",
    # As they are copied.
    " \u200b2026-11-23\xa015:51:39 UTC \n": "2026-11-23T15:51:39",
    '"2026-11-23T15:51:39.397Z",': "2026-11-23T15:51:39.397",
}
NO_TIMES = (
    "",
    "-",
    "yesterday",
    "Mon",
    "12",
    "2026",
    "25:00",
    "13:00 PM",
    "0:30 AM",
    "32 Nov",
    "31 Feb 2026",
    "23.13.2026",
    "2026-11-23 15:51 IST",  # of India, Ireland and Israel
    "2026-11-23 15:51 QQQ",
    "2026-11-23T15:51:39+99:99",
    "99999999999999",
    "999999 weeks ago",
    "9" * 5000,
    "1" + ":00" * 2000,
    "2026-11-2\u0663",
    "<b>",
)


@pytest.mark.parametrize(("text", "address"), TEXTS.items())
def test_it_is_read(text: str, address: str) -> None:
    assert as_in_address(text) == address
    assert HistoryForm({"from": text, "to": "2026-12-01"}).errors == {}
    assert HistoryForm({"from": f"-{text}"}).data["from"] == f"-{address}"
    assert ActivityForm({"from": text, "to": text[:0] or "2026-12-01"}).errors == {}


def test_what_is_no_time_is_refused() -> None:
    for text in NO_TIMES:
        with pytest.raises(ValueError, match="|".join(("", text[:0]))):
            moment_of(as_in_address(text))
        if text.strip("-"):
            assert set(HistoryForm({"from": text}).errors) == {"from"}, text[:40]
            assert set(ActivityForm({"to": text}).errors) == {"to"}, text[:40]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham"])
def test_whatever_the_portal_writes_is_read_on_every_clock(zone: str) -> None:
    record = logging.makeLogRecord({"created": AT.timestamp(), "msecs": 397.0, "msg": "", "levelname": "INFO"})
    line = formatter("json").format(record)
    local = AT.astimezone(ZoneInfo(zone))
    lately = now().replace(microsecond=0) - timedelta(days=200)
    with written_in(ZoneInfo(zone)):
        texts = [
            (exact(AT), AT.replace(microsecond=0)),
            (exact(AT, seconds=False), AT.replace(second=0, microsecond=0)),
            (on_clock_of(AT, zone), AT.replace(second=0, microsecond=0)),
            (AT.isoformat(), AT),
            (local.isoformat(), AT),
            (str(local), AT),
            (address_time(local), AT),
            (moment_text(int(AT.timestamp() * 1000)) or "", AT),
            (format_datetime(AT, usegmt=True), AT.replace(microsecond=0)),
            (line.split('"time": "')[1].split('"')[0], AT),
            (f"{to_local(lately).day} {to_local(lately):%b, %H:%M:%S}", lately),
        ]
        for text, moment in texts:
            assert moment_of(as_in_address(text)) == moment, text
        assert as_in_address(day_words(to_local(lately))) == f"{to_local(lately):%Y-%m-%d}"


def test_ages_and_clocks_are_of_now() -> None:
    for seconds in (0, 5, 40, 60, 3599, 3600, 7200, 86400, 3 * 86400 + 7):
        words = ago_words(now() - timedelta(seconds=seconds), now())
        least = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}.get(
            words.split()[-2].rstrip("s") if "ago" in words else "", 10
        )
        read = moment_of(as_in_address(words))
        assert timedelta(seconds=seconds - least) <= now() - read <= timedelta(seconds=seconds + least), words
    for words in ("2 hours ago", "2 h", f"{duration(7200)} ago", "120 minutes ago", "1 hour, 60 minutes ago"):
        assert abs(now() - timedelta(hours=2) - moment_of(as_in_address(words))) < timedelta(minutes=5), words
    assert moment_of(as_in_address("in 3 min 20 s")) > now()
    with written_in(ZoneInfo("Asia/Kathmandu")):
        clock = to_local(now() - timedelta(hours=5)).replace(second=0, microsecond=0)
        assert moment_of(as_in_address(f"{clock:%H:%M}")) == clock
        assert moment_of(as_in_address(f"{clock:%H:%M} {zone_words(clock)}")) == clock


def test_every_zone_that_can_be_chosen_is_read() -> None:
    for zone in sorted(zone_names()):
        text = on_clock_of(AT, zone)
        assert moment_of(as_in_address(text)) == AT.replace(second=0, microsecond=0), text


def test_a_day_is_whole_and_a_moment_is_not() -> None:
    form = HistoryForm({"from": "23 Nov 2026", "to": "23 Nov 2026"})
    wanted = form.as_filters()
    assert (wanted.since, wanted.until) == (1795392000000, 1795392000000 + 86_400_000)
    form = HistoryForm({"from": "2026-11-23 16:51:39 UTC+1", "to": "2026-11-23T15:51:40.000Z"})
    assert form.errors == {}
    assert form.as_filters().until == (form.as_filters().since or 0) + 1000
    assert "from=2026-11-23T15%3A51%3A39&" in form.query(), "a link is in UTC, whoever follows it"


SPAN = {"from": "2026-11-23 16:51:39 UTC+1", "to": "Mon, 23 Nov 2026 15:55:10 GMT"}
LISTS = [
    "/executions/",
    f"/actors/{ACTOR_ID}/executions/",
    "/executions/evidence/",
    "/reports/",
    "/activity/",
    f"/actors/{ACTOR_ID}/activity/",
    "/api/v1/executions/",
    f"/api/v1/actors/{ACTOR_ID}/executions/",
    "/api/v1/activity/",
    f"/api/v1/actors/{ACTOR_ID}/activity/",
]


def test_pages_and_the_json_api_take_them(signed_in: Client) -> None:
    with answering() as world:
        world.actor(name="word-count")
        world.run("Within1", AT + timedelta(minutes=2))
        world.run("Later1", AT + timedelta(minutes=9))
        for url in LISTS:
            answer = signed_in.get(url, SPAN)
            text = answer.content.decode()
            assert answer.status_code == 200, (url, text[:500])
            assert "Later1" not in text
            assert ("Within1" in text) is ("executions" in url and "evidence" not in url), url
            refused = signed_in.get(url, SPAN | {"to": "tomorrow"})
            assert re.search("Enter a date|Give a day", refused.content.decode()), url


def test_the_search_takes_them(signed_in: Client, api: API) -> None:
    api.get("/actors/v2/search/actors", {"search": [], "_metadata": {}})
    search = {"kind": "actors", "f1": "create_time", "o1": "between", "v1": f"{SPAN['from']}..{SPAN['to']}"}
    assert signed_in.get("/search/", search).status_code == 200
    assert "createTime.between=2026-11-23T15%3A51%3A39%2C2026-11-23T15%3A55%3A10" in api.asked[-1].url
