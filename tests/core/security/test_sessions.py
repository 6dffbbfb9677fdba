"""Sessions: how long they last, who sees them, how they end."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from actors_app.core import htmx
from actors_app.core.security import sessions
from actors_app.core.security.models import KeyHandover, PortalSession
from actors_app.core.security.sessions import browser_name
from tests.conftest import API, key_of
from tests.support.payloads import ACTOR_ID
from tests.support.routes import answer_everything

Browser = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.store]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


MIGRATION = import_module("actors_app.migrations.0008_session_keys")


def row(**found: Any) -> PortalSession:
    return PortalSession.objects.get(**found)


def age(**by: float) -> None:
    """Make every session as old as if this time had passed."""
    passed = timedelta(**by)
    PortalSession.objects.update(
        created=F("created") - passed, last_seen=F("last_seen") - passed, expire_date=F("expire_date") - passed
    )


# How long they last -----------------------------------------------------------------------------------------


def test_a_session_ends_after_a_day_however_much_it_is_used(signed_in: Client) -> None:
    ends = row().expire_date
    assert timedelta(hours=23, minutes=59) < ends - timezone.now() <= timedelta(hours=24)
    for _ in range(4):
        age(hours=5.9)
        assert signed_in.get("/account/").status_code == 200
        signed_in.post("/account/theme/", {"theme": "dark"})
    assert row().expire_date == ends - timedelta(hours=4 * 5.9), "using or saving it does not prolong it"
    age(hours=0.5)
    answer = signed_in.get("/account/")
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F"
    assert not PortalSession.objects.exclude(credential="").exists(), "the tokens went with it"


def test_a_session_that_nobody_uses_ends_after_eight_hours(signed_in: Client) -> None:
    age(hours=7.9)
    assert signed_in.get("/account/").status_code == 200
    age(hours=7.9)
    assert signed_in.get("/account/").status_code == 200, "it was used in between"
    age(hours=8.1)
    assert signed_in.get("/account/").status_code == 302
    assert not PortalSession.objects.exclude(credential="").exists()


def test_a_page_that_asks_by_itself_does_not_count_as_use(signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    age(minutes=5)
    before = row().last_seen
    poll = signed_in.get(f"/actors/{ACTOR_ID}/?poll=1", headers={"hx-request": "true"})
    assert poll.status_code in (200, htmx.STOP_POLLING)
    assert row().last_seen == before
    signed_in.get(f"/actors/{ACTOR_ID}/")
    assert row().last_seen > before


def test_use_is_stamped_at_most_once_a_minute_and_never_saves_the_session(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    signed_in.get("/account/")
    with django_assert_num_queries(2):  # the session with its credential, the list of sessions: no write
        signed_in.get("/account/")
    PortalSession.objects.update(session_data="not to be touched", last_seen=timezone.now() - timedelta(minutes=2))
    signed_in.get("/account/")
    assert row().session_data == "not to be touched"
    assert timezone.now() - row().last_seen < sessions.STAMP_EVERY


def test_what_ended_is_swept_away_when_somebody_signs_in(sign_in: Browser) -> None:
    sign_in(username="old")
    PortalSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    sign_in(username="new")
    assert row().username == "new"


# The list of one's own --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_has_a_coarse_name_in_words_of_ours(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


def test_signing_in_keeps_what_the_list_shows(api: API) -> None:
    api.post("/token", json={"access_token": "a", "expires_in": 60})
    api.get("/profiles/v2/me", {"username": "jdoe"})
    browser = Client()
    browser.post("/sign-in/", {"username": "jdoe", "password": "p"}, headers={"user-agent": FIREFOX})
    assert (row().tenant, row().username, row().browser) == ("default", "jdoe", "Firefox on Linux")
    assert "Firefox on Linux" in browser.get("/account/").content.decode()


def test_it_lists_ones_own_sessions_and_marks_this_one(sign_in: Browser, settings: Any) -> None:
    mine, other, foreign = sign_in(), sign_in(), sign_in(username="somebody-else")
    page = mine.get("/account/").content.decode()
    assert page.count("/end/") == 2
    assert page.count("current</span>") == 1
    for browser in (mine, other, foreign):
        assert key_of(browser) not in page, "the key is the session itself"


def handles(browser: Client) -> list[str]:
    page = browser.get("/account/").content.decode()
    return [part.partition("/end/")[0] for part in page.split("/account/sessions/")[1:] if "/end/" in part[:40]]


def test_it_ends_one_of_ones_own_sessions(sign_in: Browser) -> None:
    mine, other = sign_in(), sign_in()
    [_, handle] = handles(mine)
    answer = mine.post(f"/account/sessions/{handle}/end/", follow=True)
    assert "Session signed out." in answer.content.decode()
    assert mine.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert "was already signed out" in mine.post(f"/account/sessions/{handle}/end/", follow=True).content.decode()


def test_ending_this_one_is_signing_out(sign_in: Browser) -> None:
    mine, other = sign_in(), sign_in()
    answer = mine.post(f"/account/sessions/{handles(mine)[0]}/end/")
    assert answer["Location"] == "/sign-in/"
    assert '"storage"' in answer["Clear-Site-Data"]
    assert mine.get("/account/").status_code == 302
    assert other.get("/account/").status_code == 200


def test_it_ends_all_others(sign_in: Browser) -> None:
    mine, second, third, foreign = sign_in(), sign_in(), sign_in(), sign_in(username="somebody-else")
    answer = mine.post("/account/sessions/end-others/", follow=True)
    assert "2 other sessions signed out." in answer.content.decode()
    assert [browser.get("/account/").status_code for browser in (mine, second, third, foreign)] == [200, 302, 302, 200]


def test_nobody_ends_a_session_of_somebody_else(sign_in: Browser) -> None:
    mine, foreign = sign_in(), sign_in(username="somebody-else")
    mine.post(f"/account/sessions/{handles(foreign)[0]}/end/")
    other_tenant = sign_in(tenant="default")
    PortalSession.objects.filter(username="somebody-else").update(tenant="another", username="jdoe")
    other_tenant.post("/account/sessions/end-others/")
    assert PortalSession.objects.filter(tenant="another").exists()


# How they end -----------------------------------------------------------------------------------------------


def test_signing_out_clears_the_browser_and_the_row(signed_in: Client, settings: Any) -> None:
    key = key_of(signed_in)
    answer = signed_in.post("/sign-out/", secure=True)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    assert not PortalSession.named(key).exists()
    signed_in.cookies[settings.SESSION_COOKIE_NAME] = key
    assert signed_in.get("/account/").status_code == 302, "the old key is worth nothing"


def test_f55_a_session_ended_during_a_request_leads_to_the_sign_in_page(signed_in: Client) -> None:
    elsewhere = [PortalSession.objects.all()]

    def sign_out_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and elsewhere:
            elsewhere.pop().delete()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(sign_out_first):
        answer = signed_in.post("/account/sessions/end-others/")
    assert not elsewhere
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")
    assert not PortalSession.objects.exists(), "nothing brings it back"
    assert signed_in.get("/sign-in/").status_code == 200


def test_a_lost_key_ends_in_one_clear_sign_in(sign_in: Browser, settings: Any) -> None:
    browser = sign_in()
    settings.CREDENTIAL_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
    answer = browser.get("/account/", follow=True)
    assert [status for _, status in answer.redirect_chain] == [302]
    assert answer.status_code == 200
    assert "Your session has expired. Sign in to continue where you left off." in answer.content.decode()
    assert not PortalSession.objects.exclude(credential="").exists(), "what cannot be opened is erased"
    assert "Your session has expired" not in browser.get("/sign-in/").content.decode(), "it is said once"


def test_a_lost_secret_key_ends_in_a_sign_in_too(sign_in: Browser, settings: Any) -> None:
    browser = sign_in()
    settings.SECRET_KEY = "another-" + "k" * 60
    answer = browser.get("/account/", follow=True)
    assert answer.status_code == 200
    assert 'name="password"' in answer.content.decode()


def test_a_session_can_be_made_to_read_only_and_a_new_sign_in_ends_that(sign_in: Browser, api: API) -> None:
    browser = sign_in()
    answer = browser.post("/account/read-only/", follow=True)
    assert "Read-only mode is on for this session." in answer.content.decode()
    assert "/account/read-only/" not in answer.content.decode()
    assert browser.post("/actors/new/", {"image": "a/b"}).status_code == 403
    stale = sessions.SessionStore(key_of(browser))
    stale["theme"] = "dark"
    stale.save()
    assert row().read_only, "no save of the session takes it back"
    assert browser.post("/account/theme/", {"theme": "dark"}).status_code == 302
    api.post("/token", json={"access_token": "a", "expires_in": 60})
    api.get("/profiles/v2/me", {"username": "jdoe"})
    browser.post("/sign-in/", {"username": "jdoe", "password": "p"})
    assert not row().read_only


# What the store holds of them -------------------------------------------------------------------------------


def store_text() -> str:
    """Return every value of every table."""
    with connection.cursor() as cursor:
        text = ""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name of the store's own
            text += repr(cursor.fetchall())
    return text


def works(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def begin_handover() -> None:
    """Do what the migration does beside the tables."""
    MIGRATION.begin(apps, None)


def test_no_cookie_is_made_from_a_copy_of_the_store(sign_in: Browser, settings: Any) -> None:
    browsers = [sign_in(), sign_in(username="other")]
    browsers[0].post("/account/theme/", {"theme": "dark"})
    text = store_text()
    assert not any(key_of(browser) in text for browser in browsers)
    words = set(re.findall(r"[^\s\"',:()]{8,}", text))
    assert {session.session_key for session in PortalSession.objects.all()} <= words
    for word in words | {word[1:] for word in words}:
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = word
        assert not works(thief), word
    assert all(map(works, browsers))


def test_what_ended_is_cleared_alone(sign_in: Browser) -> None:
    browser, old = sign_in(), sign_in()
    PortalSession.named(key_of(old)).update(expire_date=timezone.now() - timedelta(seconds=1))
    sessions.SessionStore.clear_expired()
    assert row().name == PortalSession.named(key_of(browser)).get().session_key
    assert works(browser)


def test_a_session_that_a_former_portal_made_goes_on_and_gets_its_hash_at_the_next_sign_in(sign_in: Browser) -> None:
    browser = sign_in()
    PortalSession.objects.update(session_key=key_of(browser))
    assert works(browser)
    sign_in()
    assert not PortalSession.bare().exists()
    assert works(browser)


def test_during_an_upgrade_former_portals_find_new_sessions_until_the_command(sign_in: Browser, capsys: Any) -> None:
    before = sign_in()
    PortalSession.objects.update(session_key=key_of(before))
    begin_handover()
    during = sign_in()
    assert PortalSession.objects.filter(session_key__in=[key_of(before), key_of(during)]).count() == 2
    assert works(before)
    assert works(during)
    assert during.get("/account/").content.decode().count("current</span>") == 1
    call_command("hash_session_keys")
    assert "2 sessions are now stored under a hash" in capsys.readouterr().out
    after = sign_in()
    text = store_text()
    for browser in (before, during, after):
        assert key_of(browser) not in text
        assert works(browser)
    during.post("/account/sessions/end-others/")
    assert [works(browser) for browser in (before, during, after)] == [False, True, False]


def test_an_upgrade_that_nobody_ends_ends_by_itself(sign_in: Browser) -> None:
    before = sign_in()
    begin_handover()
    KeyHandover.objects.update(until=F("until") - MIGRATION.TIME_TO_RELOAD)
    after = sign_in()
    assert not PortalSession.bare().exists()
    assert works(before)
    assert works(after)


def test_a_new_store_never_holds_a_key(sign_in: Browser) -> None:
    begin_handover()
    assert key_of(sign_in()) not in store_text()


@pytest.mark.parametrize("path", ["/account/theme/", "/account/read-only/", "/sign-out/"])
def test_a_session_that_gets_its_hash_during_a_request_is_not_lost(sign_in: Browser, path: str) -> None:
    browser = sign_in()
    PortalSession.objects.update(session_key=key_of(browser))
    pending = [sessions.hash_keys]

    def hash_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("UPDATE", "DELETE")) and pending:
            pending.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hash_first):
        assert browser.post(path, {"theme": "dark"}).status_code == 302
    assert not pending
    assert works(browser) is (path != "/sign-out/")
    assert PortalSession.objects.exists() is (path != "/sign-out/")
    assert path != "/account/read-only/" or row().read_only


@pytest.mark.parametrize("key", ["", "\x00" * 32, "é" * 32, "$" * 40, "a" * 5000])
def test_a_cookie_that_no_portal_made_is_nobody(key: str) -> None:
    assert not sessions.SessionStore(key).exists(key)
    assert dict(sessions.SessionStore(key).items()) == {}
