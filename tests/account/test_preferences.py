"""How somebody likes the portal: kept for the person, checked, and in force on every page."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from django.conf import settings
from django.test import Client

from actors_app.core.clock import DAY, to_ms
from actors_app.core.models import PreferenceRow
from actors_app.core.pages import preferences
from actors_app.core.pages.preferences import MOST_FAVORITES, Preferences, from_stored
from actors_app.core.pages.timezones import COOKIE, exact, to_local, written_in, zone_named, zone_names, zone_words
from actors_app.history import counts as history_counts
from actors_app.history.charts import spans
from actors_app.history.filters import Filters
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.services.dialects import V2
from actors_app.services.types import Execution
from tests.history.world import stamp
from tests.support.payloads import ACTOR_ID, actor_payload, execution_payload
from tests.support.routes import answer_everything

URL = "/account/preferences/"
GOOD = {"zone": "Asia/Kolkata", "theme": "dark", "density": "compact", "page_size": "25", "wrap": "on"}
RECEIVED = "2026-11-23T15:51:39.397Z"


def kept() -> dict[str, Any]:
    row = PreferenceRow.objects.first()
    return row.chosen if row else {}


def html_tag(page: str) -> str:
    return re.search(r"<html[^>]*>", page)[0]  # type: ignore[index]


@pytest.mark.store
def test_what_is_chosen_is_kept_for_the_person(sign_in: Any) -> None:
    here_, elsewhere, other = sign_in(), sign_in(), sign_in(username="somebody-else")
    answer = here_.post(URL, GOOD, follow=True)
    assert "Preferences saved." in answer.content.decode()
    assert kept() == {
        "zone": "Asia/Kolkata",
        "theme": "dark",
        "density": "compact",
        "page_size": 25,
        "wrap": True,
        "keys": False,
    }
    page = elsewhere.get("/account/").content.decode()
    assert html_tag(page) == '<html lang="en" data-theme="dark" data-density="compact">'
    assert "Asia/Kolkata" in page
    assert "UTC+5:30" in page
    assert html_tag(other.get("/account/").content.decode()) == '<html lang="en" data-keys>'


@pytest.mark.store
def test_another_tenant_is_another_person(sign_in: Any, settings: Any) -> None:
    settings.TENANTS = {**settings.TENANTS, "other": replace(settings.TENANTS["default"], name="other")}
    sign_in().post(URL, GOOD)
    assert "data-theme" not in html_tag(sign_in(tenant="other").get("/account/").content.decode())


@pytest.mark.store
def test_looking_keeps_nothing_and_reading_costs_no_question(signed_in: Client, django_assert_num_queries: Any) -> None:
    signed_in.get(URL)
    with django_assert_num_queries(1):  # the session, with the sign-in and the preferences
        page = signed_in.get(URL).content.decode()
    assert not PreferenceRow.objects.exists()
    assert '<option value="UTC" selected>' in page


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("zone", "Mars/Olympus", "Unknown time zone."),
        ("zone", "../../etc/passwd", "Unknown time zone."),
        ("zone", "", "Choose one of the options."),
        ("theme", "pink", "Choose one of the options."),
        ("density", "", "Choose one of the options."),
        ("page_size", "100000", "Choose one of the options."),
        ("page_size", "<b>", "Choose one of the options."),
    ],
)
def test_a_value_that_cannot_be_is_named_and_the_rest_stays(
    name: str, value: str, says: str, signed_in: Client
) -> None:
    answer = signed_in.post(URL, {**GOOD, name: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert not PreferenceRow.objects.exists()
    if name != "zone":
        assert '<option value="Asia/Kolkata" selected>' in page
    if name != "density":
        assert 'value="compact" id="id_density_1" checked' in page.replace(" required", "")


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.post(URL, GOOD)["Location"].startswith("/sign-in/")
    assert client.post("/account/log-wrap/", {"wrap": "0"})["Location"].startswith("/sign-in/")
    assert not PreferenceRow.objects.exists()


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405


def test_who_only_reads_may_still_choose(sign_in: Any) -> None:
    browser = sign_in()
    browser.post("/account/read-only/")
    assert browser.post(URL, GOOD).status_code == 302
    assert kept()["density"] == "compact"


@pytest.mark.store
def test_the_buttons_beside_what_they_change_keep_the_rest(signed_in: Client) -> None:
    signed_in.post(URL, GOOD)
    signed_in.post("/account/theme/", {"theme": "light"})
    signed_in.post("/account/log-wrap/", {"wrap": "0"})
    assert (kept()["theme"], kept()["wrap"], kept()["zone"]) == ("light", False, "Asia/Kolkata")


def test_what_the_store_holds_is_checked_as_it_is_read() -> None:
    assert from_stored({"theme": "<script>", "page_size": 10**9, "wrap": "yes", "zone": 5, "more": 1}) == Preferences()
    assert from_stored({"zone": "Mars/Olympus"}).zone == "Mars/Olympus", "kept: only this machine does not know it"
    assert zone_named("Mars/Olympus") is UTC
    assert set(preferences.NAMES) == set(Preferences.__slots__)


# Times ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "23 Nov 2026, 15:51:39 UTC"),
        ("Europe/Berlin", "23 Nov 2026, 16:51:39 UTC+1"),
        ("Asia/Kolkata", "23 Nov 2026, 21:21:39 UTC+5:30"),
        ("America/St_Johns", "23 Nov 2026, 12:21:39 UTC-3:30"),
        ("Pacific/Kiritimati", "24 Nov 2026, 05:51:39 UTC+14"),
    ],
)
def test_a_moment_is_written_on_the_readers_clock(zone: str, words: str) -> None:
    moment = datetime(2026, 11, 23, 15, 51, 39, tzinfo=UTC)
    with written_in(zone_named(zone)):
        assert exact(moment) == words
        assert to_local(moment) == moment
    assert exact(moment) == "23 Nov 2026, 15:51:39 UTC", "nobody's zone is left behind"


def test_the_clock_is_that_of_the_moment_and_not_of_today() -> None:
    with written_in(zone_named("Europe/Berlin")):
        assert exact(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "1 Jul 2026, 14:00:00 UTC+2"
    assert zone_words(datetime(2026, 7, 1)) == "UTC"
    assert "Europe/Berlin" in zone_names()
    assert not {"UTC", "EST", "posixrules", "localtime", "Etc/GMT+5"} & zone_names()


def test_zones_by_older_names_are_known_where_the_system_knows_none() -> None:
    zones = {"Asia/Calcutta": 5.5, "Europe/Kiev": 2.0, "US/Pacific": -8.0, "Japan": 9.0, "GMT": 0.0}
    program = (
        "import sys, django; django.setup()\n"
        "from datetime import datetime; from actors_app.core.pages.timezones import zone_named, zone_names\n"
        "for name in sys.argv[1:]:\n"
        "    print(datetime(2026, 11, 23, tzinfo=zone_named(name)).utcoffset().total_seconds() / 3600)\n"
        "print('Asia/Calcutta' in zone_names())"
    )
    environment = {**os.environ, "PYTHONTZPATH": "", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", program, *zones]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [*map(str, zones.values()), "True"], done.stderr


def test_the_pages_of_an_execution_follow_the_zone(signed_in: Client) -> None:
    signed_in.post(URL, {**GOOD, "zone": "America/New_York"})
    actor = f"/actors/{ACTOR_ID}/"
    with responses.RequestsMock() as wire:
        answer_everything(wire)
        pages = [
            signed_in.get(address).content.decode()
            for address in (
                f"{actor}configuration/",
                f"{actor}executions/?window=all",
                "/",
            )
        ]
    for page in pages:
        assert re.search(r"UTC-[45]\b", page), page.partition("<h1>")[2][:40]
        assert not re.search(r"\d\d:\d\d UTC\b(?!-)", page)


@pytest.mark.store
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"])
def test_a_chart_counts_the_days_of_the_reader(zone: str, db: None) -> None:
    """Over a month in which most of these clocks are changed, a chart finds in each day what a list finds in it."""
    first = datetime(2026, 10, 1, 0, 0, tzinfo=UTC)
    actor = ActorHistory.objects.create(tenant="default", actor_id=ACTOR_ID, name="a")
    moments = [first + timedelta(minutes=37 * number) for number in range(1200)]
    record(
        actor,
        [
            Execution.from_api(execution_payload(id=f"e{number}", messageReceivedTime=stamp(at)), V2())
            for number, at in enumerate(moments)
        ],
    )
    edges = spans(to_ms(first) or 0, to_ms(moments[-1]) or 0, DAY, zone_named(zone))
    found, is_partial = history_counts.in_spans(Filters(), [actor.pk], [], edges)
    expected = [sum(start <= (to_ms(at) or 0) < end for at in moments) for start, end in edges]
    assert [sum(counts.values()) for _, _, counts in found] == expected
    assert not is_partial
    assert sum(expected) == len(moments)


def test_the_zone_of_the_browser_is_what_its_script_says(signed_in: Client) -> None:
    signed_in.post(URL, {**GOOD, "zone": "browser"})
    page = signed_in.get("/account/").content.decode()
    assert 'data-zone="browser"' in html_tag(page)
    assert " UTC</time>" in page, "before it has said anything"
    for said, zone in (
        ("Asia%2FTokyo", "UTC+9"),
        ("Asia/Tokyo", "UTC+9"),
        ("../../etc/passwd", "UTC"),
        ("x" * 5000, "UTC"),
    ):
        signed_in.cookies[COOKIE] = said
        assert f" {zone}</time>" in signed_in.get("/account/").content.decode()


def test_a_cookie_means_nothing_to_whoever_chose_another_zone(signed_in: Client) -> None:
    signed_in.cookies[COOKIE] = "Asia/Tokyo"
    assert " UTC</time>" in signed_in.get("/account/").content.decode()


# Lists ------------------------------------------------------------------------------------------------------


def test_lists_have_as_many_rows_as_were_chosen(signed_in: Client, api: Any) -> None:
    signed_in.post(URL, GOOD)
    api.get("/actors/v2", [actor_payload(id=f"actor{number}", name=f"n{number}") for number in range(30)])
    page = signed_in.get("/actors/").content.decode()
    assert "1\N{EN DASH}25 of 30" in page
    assert "Page 1 of 2" in page


def test_a_list_is_of_fifty_for_who_chose_nothing(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload(id=f"actor{number}", name=f"n{number}") for number in range(60)])
    assert "1\N{EN DASH}50 of 60" in signed_in.get("/actors/").content.decode()


@pytest.mark.store
def test_favorites_are_added_and_removed_and_bounded(signed_in: Client, htmx: dict[str, str]) -> None:
    url = "/account/favorites/"
    answer = signed_in.post(url, {"add": "a1"}, headers=htmx)
    assert (answer.status_code, answer.content) == (204, b"")
    assert json.loads(answer["HX-Trigger"]) == {"favorite": {"actor": "a1", "isFavorite": True}}
    signed_in.post(url, {"add": "a1"})
    assert kept()["favorites"] == ["a1"]
    assert (
        json.loads(signed_in.post(url, {"remove": "a1"}, headers=htmx)["HX-Trigger"])["favorite"]["isFavorite"] is False
    )
    assert kept()["favorites"] == []
    for bad in ("", "../x", "a b"):
        signed_in.post(url, {"add": bad})
    assert kept()["favorites"] == []
    for number in range(MOST_FAVORITES + 1):
        answer = signed_in.post(url, {"add": f"id{number}"}, headers=htmx)
    assert json.loads(answer["HX-Trigger"])["toast"]["level"] == "error"
    assert len(kept()["favorites"]) == MOST_FAVORITES
    assert signed_in.post(url, {"add": "more", "next": "https://evil.example/"})["Location"] == "/actors/"
    signed_in.post("/account/theme/", {"theme": "dark"})
    assert len(kept()["favorites"]) == MOST_FAVORITES


def test_favorites_are_removed_also_where_only_reading_is_allowed(sign_in: Any) -> None:
    browser = sign_in()
    browser.post("/account/read-only/")
    assert browser.post("/account/favorites/", {"add": "a1"}).status_code == 302
    assert kept()["favorites"] == ["a1"]


def test_the_wrapping_of_logs_is_kept(signed_in: Client, api: Any) -> None:
    signed_in.post("/account/log-wrap/", {"wrap": "0"})
    with responses.RequestsMock() as wire:
        answer_everything(wire)
        page = signed_in.get(f"/actors/{ACTOR_ID}/executions/{execution_payload()['id']}/").content.decode()
    assert "no-wrap" in page


def test_each_choice_is_described_by_its_own_help(signed_in: Any) -> None:
    page = signed_in.get(URL).content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    described = re.findall(r'<fieldset [^>]*aria-describedby="([^"]+)">\s*<legend>([^<]+)', page)
    assert [legend for _, legend in described] == ["Density", "Rows per page"]
    helps = [re.search(rf'<p class="help" id="{name}">([^<]+)', page)[1] for name, _ in described]  # type: ignore[index]
    assert helps[0].startswith("Compact shows more rows")
    assert helps[1] == "Applies to all lists."
