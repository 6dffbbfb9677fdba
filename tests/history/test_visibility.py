"""Whose executions somebody is shown: those of the actors that the API lets them read now, or let them a minute ago."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from actors_app.core.clock import HOUR, MINUTE, now_ms
from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory, ExecutionRecord
from tests.history.world import World, ago

pytestmark = [pytest.mark.django_db, pytest.mark.store(full=True)]
ALL = "/executions/"
EVERYTHING = ("actors", "actor", "probe", "listing", "details", "search", "search-all")


def shown(response: Any) -> set[str]:
    """Return the ids of the executions in the table."""
    return set(re.findall(r'<a class="name id mono" href="[^"]*">(\w+)</a>', response.content.decode()))


@pytest.fixture
def two(world: World) -> World:
    """Make an API with two actors, each with an execution."""
    for number in (1, 2):
        world.actor(f"actor{number}", owner="jdoe" if number == 1 else "mvaughn")
        world.run(f"Run{number}", ago(minutes=number), f"actor{number}")
    return world


def minutes_pass(minutes: float = 1.01) -> None:
    """Let what the API said be older than it is."""
    from django.core.cache import cache

    Readable.objects.update(checked=now_ms() - int(minutes * MINUTE))
    cache.clear()


def test_who_reads_both_sees_both(two: World, signed_in: Client) -> None:
    response = signed_in.get(ALL)
    assert response.status_code == 200
    assert shown(response) == {"Run1", "Run2"}


def test_the_executions_of_an_actor_that_is_not_listed_are_not_shown(
    two: World, sign_in: Callable[..., Client]
) -> None:
    assert shown(sign_in().get(ALL)) == {"Run1", "Run2"}
    two.unreadable.add("actor2")
    stranger = sign_in(username="stranger", access_token="another-token")
    for query in ("", "?window=all", "?actor=actor2", "?q=Run2", "?outcome=succeeded&sort=actor", "?owner=mvaughn"):
        assert "Run2" not in shown(stranger.get(ALL + query)), query
    assert stranger.get("/actors/actor2/executions/").status_code == 403
    page = stranger.get(ALL).content.decode()
    assert "name-actor2" not in page
    assert ">1 execution, Last 24 hours<" in page


@pytest.mark.store
def test_a_poll_shows_no_row_of_an_actor_that_may_not_be_read(
    two: World, sign_in: Callable[..., Client], htmx: dict[str, str]
) -> None:
    sign_in().get(ALL)
    two.unreadable.add("actor2")
    keys = ",".join(str(key) for key in ExecutionRecord.objects.values_list("pk", flat=True))
    stranger = sign_in(username="stranger", access_token="another-token")
    polled = stranger.get(f"{ALL}?poll=1&newest=1.1&open={keys}", headers=htmx)
    assert shown(polled) == {"Run1"}
    assert "1 new execution" in polled.content.decode()


def test_what_the_api_said_holds_for_a_minute_and_no_longer(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    two.unreadable.add("actor2")
    assert shown(signed_in.get(ALL)) == {"Run1", "Run2"}
    minutes_pass(0.9)
    assert shown(signed_in.get(ALL)) == {"Run1", "Run2"}
    minutes_pass()
    assert shown(signed_in.get(ALL)) == {"Run1"}
    assert signed_in.get("/actors/actor2/executions/").status_code == 403


def test_within_the_minute_the_api_is_not_asked_what_may_be_read(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    two.forget()
    signed_in.get(ALL)
    assert "actors" not in two.asked
    assert "probe" not in two.asked
    minutes_pass()
    signed_in.get(ALL)
    assert {"actors", "probe"} <= set(two.asked)


def test_a_clock_that_was_put_back_makes_no_memory_last(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    two.unreadable.add("actor2")
    Readable.objects.update(checked=now_ms() + HOUR)
    assert shown(signed_in.get(ALL)) == {"Run1"}


def test_nobody_profits_from_what_another_may_read(two: World, sign_in: Callable[..., Client]) -> None:
    sign_in().get("/actors/actor2/executions/")
    two.unreadable.add("actor2")
    stranger = sign_in(username="stranger", access_token="another-token")
    assert stranger.get("/actors/actor2/executions/").status_code == 403
    assert stranger.get("/actors/actor2/executions/?window=all").status_code == 403


@pytest.mark.store
def test_nobody_profits_from_a_namesake_of_another_tenant(
    two: World, sign_in: Callable[..., Client], settings: Any
) -> None:
    from dataclasses import replace

    sign_in().get(ALL)
    settings.TENANTS = {**settings.TENANTS, "other": replace(settings.TENANTS["default"], name="other")}
    two.unreadable |= {"actor1", "actor2"}
    namesake = sign_in(tenant="other", access_token="another-token")
    assert shown(namesake.get(ALL + "?window=all")) == set()
    assert namesake.get("/actors/actor1/executions/").status_code == 403
    assert Readable.objects.filter(tenant="other").get().actors == "[]"


def test_an_actor_that_is_gone_is_shown_to_its_owner_and_nobody_else(
    two: World, sign_in: Callable[..., Client]
) -> None:
    owner, other = sign_in(), sign_in(username="mvaughn", access_token="another-token")
    assert shown(owner.get(ALL)) == shown(other.get(ALL)) == {"Run1", "Run2"}
    del two.actors[0]
    minutes_pass()
    assert shown(owner.get(ALL)) == {"Run1", "Run2"}
    assert shown(other.get(ALL)) == {"Run2"}
    page = owner.get("/actors/actor1/executions/")
    assert page.status_code == 200
    assert "This actor was deleted" in page.content.decode()
    assert shown(page) == {"Run1"}
    minutes_pass()
    assert other.get("/actors/actor1/executions/").status_code == 404
    assert other.get("/actors/actor1/executions/?window=all").status_code == 404


def test_an_administrator_sees_an_actor_that_is_gone(two: World, sign_in: Callable[..., Client]) -> None:
    sign_in().get(ALL)
    del two.actors[0]
    sign_in().get("/actors/actor1/executions/")
    two.is_admin = True
    admin = sign_in(username="root", access_token="another-token")
    assert shown(admin.get(ALL)) == {"Run1", "Run2"}
    minutes_pass()
    assert shown(admin.get("/actors/actor1/executions/")) == {"Run1"}
    two.is_admin = False
    minutes_pass()
    assert shown(admin.get(ALL)) == {"Run2"}
    assert admin.get("/actors/actor1/executions/").status_code == 404


@pytest.mark.parametrize("probe", [(500, {}, "<html>"), (502, {}, ""), (404, {}, '{"message": "Actor not found"}')])
def test_an_unknown_role_opens_nothing_and_is_said_and_asked_again(
    two: World, sign_in: Callable[..., Client], probe: Any
) -> None:
    sign_in().get(ALL)
    del two.actors[0]
    sign_in().get("/actors/actor1/executions/")
    two.is_admin, two.failing["probe"] = True, probe
    admin = sign_in(username="root", access_token="another-token")
    for _ in range(2):
        two.asked.clear()
        page = admin.get(ALL)
        assert shown(page) == {"Run2"}
        assert "Your role is unknown" in page.content.decode()
        assert "probe" in two.asked
    found = admin.get("/api/v1/executions/?window=all").json()
    assert found["is_complete"] is False
    for address in ("/actors/actor1/executions/", "/actors/actor1/executions/Run1/evidence/"):
        answer = admin.get(address)
        assert answer.status_code == 404
        assert "Your role could not be checked" in answer.content.decode(), address
    assert "Your role is unknown" in admin.get("/executions/evidence/").content.decode()
    del two.failing["probe"]
    page = admin.get(ALL)
    assert shown(page) == {"Run1", "Run2"}
    assert "Your role is unknown" not in page.content.decode()


@pytest.mark.store
def test_a_refusal_is_not_mistaken_for_a_deletion(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    two.unreadable.add("actor1")
    minutes_pass()
    signed_in.get(ALL)
    signed_in.get("/actors/actor1/executions/")
    assert not ActorHistory.objects.exclude(deleted=None).exists()


def test_an_actor_that_comes_back_is_not_gone(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    one = two.actors.pop(0)
    minutes_pass()
    signed_in.get(ALL)
    assert ActorHistory.objects.get(actor_id="actor1").deleted
    two.actors.append(one)
    minutes_pass()
    assert shown(signed_in.get(ALL)) == {"Run1", "Run2"}
    assert not ActorHistory.objects.get(actor_id="actor1").deleted


@pytest.mark.store
def test_while_the_api_is_silent_its_last_answer_stands_and_the_page_says_so(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    two.failing = dict.fromkeys(EVERYTHING, (502, {}, "<html>"))
    minutes_pass(60)
    response = signed_in.get(ALL)
    assert response.status_code == 200
    assert shown(response) == {"Run1", "Run2"}
    assert "<strong>Showing " in response.content.decode()
    ActorHistory.objects.update(looked=0)
    one = signed_in.get("/actors/actor1/executions/")
    assert shown(one) == {"Run1"}
    assert "<strong>Showing " in one.content.decode()


def test_after_half_a_day_of_silence_nothing_is_shown_any_more(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    two.failing = dict.fromkeys(EVERYTHING, (502, {}, "<html>"))
    minutes_pass(12 * 60 + 1)
    response = signed_in.get(ALL)
    assert response.status_code == 502
    assert shown(response) == set()
    assert signed_in.get("/actors/actor1/executions/").status_code == 502


def test_a_refusal_ends_what_was_remembered(two: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    two.failing = {"actors": (403, {}, '{"status": "error", "message": "Not authorized.", "result": null}')}
    minutes_pass()
    assert signed_in.get(ALL).status_code == 403


def test_who_never_asked_gets_nothing_while_the_api_is_silent(two: World, sign_in: Callable[..., Client]) -> None:
    sign_in().get(ALL)
    two.failing = dict.fromkeys(EVERYTHING, (502, {}, "<html>"))
    stranger = sign_in(username="stranger", access_token="another-token")
    assert stranger.get(ALL).status_code == 502
    assert stranger.get("/actors/actor1/executions/").status_code == 502


@pytest.mark.store
def test_an_alias_leads_to_the_actor_and_its_search_gets_the_id(two: World, signed_in: Client) -> None:
    two.actors[0]["alias"] = "wc"
    assert shown(signed_in.get("/actors/wc/executions/")) == {"Run1"}
    assert "details wc" not in two.asked
    assert "search wc" not in two.asked
    assert ActorHistory.objects.filter(actor_id="wc").count() == 0


def test_an_alias_that_was_moved_leads_elsewhere_after_a_minute(two: World, signed_in: Client) -> None:
    two.actors[0]["alias"] = "wc"
    signed_in.get("/actors/wc/executions/")
    del two.actors[0]["alias"]
    two.actors[1]["alias"] = "wc"
    minutes_pass()
    assert shown(signed_in.get("/actors/wc/executions/")) == {"Run2"}
