"""Actors that stand still, as the real servers answered: what each page says, and what each button sends.

The answers are those of `tests/recordings/v2-nginx` and `v3-nginx`; only the searches are put together from them.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from responses.matchers import query_param_matcher

from tests.conftest import API
from tests.support.recorded import answer, result, result_at

pytestmark = pytest.mark.django_db
V2 = "v2-nginx"
STARTS = {
    "halt": datetime(2026, 11, 30, 21, 46, 43, tzinfo=UTC),
    "nostart": datetime(2026, 11, 30, 21, 45, 37, tzinfo=UTC),
    "binary": datetime(2026, 11, 30, 21, 45, 37, tzinfo=UTC),
    "longtext": datetime(2026, 11, 30, 21, 55, 15, tzinfo=UTC),
}


class Life:
    """A series at a moment, given in seconds after its start: its answers, as if that moment were now."""

    def __init__(self, api: API, series: str, at: float) -> None:
        self.api, self.series, self.at = api, series, at
        self.id = result("longtext_01_actor_create" if series == "longtext" else f"{series}_02_actor_ready")["id"]
        self.actor = f"/actors/v2/{self.id}"

    def result(self, name: str) -> Any:
        return result_at(f"{self.series}_{name}", V2, STARTS[self.series] + timedelta(seconds=self.at))

    def answers(self, *, actor: str, workers: str, messages: str) -> None:
        self.api.get(self.actor, self.result(actor))
        self.api.get(f"{self.actor}/workers", self.result(workers))
        self.api.get(f"{self.actor}/messages", self.result(messages))

    def execution(self, name: str) -> str:
        """Answer with an execution, and return its page."""
        found = self.result(name)
        self.api.get(f"{self.actor}/executions/{found['id']}", found)
        return f"/actors/{self.id}/executions/{found['id']}/"

    def search(self, worker: str, every: Sequence[str], left: Sequence[str] = ()) -> None:
        """Answer the two searches for the executions of a worker: all of them, and those that have not ended."""
        for names, query in ((every, {}), (left, {"status.neq": "COMPLETE"})):
            found = {"_metadata": {"totalCount": len(names)}, "search": [self.result(name) for name in names]}
            params = {"workerId": worker, "skip": "0", "limit": "20" if query else "1", **query}
            self.api.get(f"{self.actor}/executions", found, match=[query_param_matcher(params)])


def halted(api: API, at: float = 125.0) -> Life:
    """Answer as after a halt, with a second message in the mailbox."""
    life = Life(api, "halt", at)
    life.answers(actor="38_actor_180s", workers="32_workers_120s", messages="30_messages_60s")
    life.search("PZZAW5DXEbjkP", ["11_execution_first_ended"])
    return life


def hanging(api: API, at: float = 61.8) -> Life:
    """Answer as while a file of 100,000 bytes blocks the only worker, with a text behind it."""
    life = Life(api, "binary", at)
    life.answers(actor="02_actor_ready", workers="18_workers_60s", messages="19_messages_60s")
    life.search("P5L3kKmjOJaJW", ["17_execution_100000_60s"], ["17_execution_100000_60s"])
    return life


def test_after_a_halt_the_next_execution_says_what_holds_it_up(api: API, signed_in: Client) -> None:
    life = halted(api)
    page = life.execution("31_execution_second_60s")
    why = signed_in.get(f"/api/v1{page}why/").json()["why"]
    assert (why["kind"], why["is_stuck"]) == ("worker-exited", True)
    assert "its record stays Busy" in why["reason"]
    assert "Messages can stay queued for an hour" in why["advice"]
    assert [one["name"] for one in why["remedies"]] == ["restart", "add", "stop"]
    facts = {one["name"]: one["value"] for one in why["evidence"]}
    assert facts["Its executions"] == "All finished"
    assert facts["Last execution finished"].startswith("2 min")


def test_the_page_has_a_button_for_each_remedy(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    life = halted(api)
    page = life.execution("31_execution_second_60s")
    fragment = signed_in.get(f"{page}why/?poll=1", headers=htmx).content.decode()
    assert "The only worker is busy" not in fragment
    for place in ("restart/", "workers/PZZAW5DXEbjkP/stop/", "workers/"):
        assert f'<form method="post" action="/actors/{life.id}/{place}">' in fragment
    assert '<input type="hidden" name="num" value="2">' in fragment


def test_the_form_that_sends_says_it_before_another_message_queues(api: API, signed_in: Client) -> None:
    life = halted(api)
    page = signed_in.get(f"/actors/{life.id}/messages/").content.decode()
    assert 'data-standstill="worker-exited"' in page
    assert page.index("data-standstill") < page.index("Send message</button>")


def test_the_pages_of_workers_say_it(api: API, signed_in: Client) -> None:
    life = halted(api)
    assert 'data-standstill="worker-exited"' in signed_in.get(f"/actors/{life.id}/workers/").content.decode()
    worker = "/workers/PZZAW5DXEbjkP"
    api.get(life.actor + worker, life.result("32_workers_120s")[0])
    assert 'data-standstill="worker-exited"' in signed_in.get(f"/actors/{life.id}{worker}/").content.decode()
    stop = signed_in.get(f"/actors/{life.id}{worker}/stop/").content.decode()
    assert "stays as Shutdown requested for about 5 minutes" in stop
    assert "This worker is busy" not in stop


def test_a_worker_that_runs_something_is_not_called_dead(api: API, signed_in: Client) -> None:
    life = Life(api, "halt", 30.0)
    life.answers(actor="38_actor_180s", workers="32_workers_120s", messages="30_messages_60s")
    life.search("PZZAW5DXEbjkP", ["11_execution_first_ended"], ["10_execution_first_right_after"])
    page = life.execution("31_execution_second_60s")
    why = signed_in.get(f"/api/v1{page}why/").json()["why"]
    assert (why["kind"], why["remedies"]) == ("busy", [])


def test_where_the_search_shows_nothing_the_listing_tells(api: API, signed_in: Client) -> None:
    life = Life(api, "halt", 185.0)
    life.answers(actor="38_actor_180s", workers="35_workers_180s", messages="36_messages_180s")
    nothing = {"_metadata": {"totalCount": 0}, "search": []}
    api.get(f"{life.actor}/executions", nothing, match=[query_param_matcher({"skip": "0"}, strict_match=False)])
    api.get(f"{life.actor}/executions", life.result("39_executions_180s"), match=[query_param_matcher({})])
    page = life.execution("34_execution_second_120s")
    assert signed_in.get(f"/api/v1{page}why/").json()["why"]["kind"] == "worker-exited"


def test_a_worker_that_was_stopped_without_a_process_is_named(api: API, signed_in: Client) -> None:
    life = Life(api, "halt", 228.1)
    life.answers(actor="38_actor_180s", workers="50_workers_after_add", messages="55_messages_15s_after_third")
    page = life.execution("51_execution_second_after_add")
    why = signed_in.get(f"/api/v1{page}why/").json()["why"]
    assert why["kind"] == "worker-stopping"
    assert [one["name"] for one in why["remedies"]] == ["restart", "add"]


def test_no_worker_is_offered_beyond_the_most_or_to_an_actor_that_keeps_state(api: API, signed_in: Client) -> None:
    for changes in ({"maxWorkers": 1}, {"stateless": False}):
        life = Life(api, "halt", 125.0)
        api.get(life.actor, life.result("38_actor_180s") | changes)
        api.get(f"{life.actor}/workers", life.result("32_workers_120s"))
        api.get(f"{life.actor}/messages", life.result("30_messages_60s"))
        life.search("PZZAW5DXEbjkP", ["11_execution_first_ended"])
        page = signed_in.get(f"/actors/{life.id}/messages/").content.decode()
        assert 'data-standstill="worker-exited"' in page
        assert "Start another worker" not in page
        api.wire.reset()


def test_the_restart_sends_the_whole_definition_with_force(api: API, signed_in: Client) -> None:
    actor = result("haltforce_02_actor_ready")
    actor |= {"stateless": False, "state": {"count": 3}, "defaultEnvironment": {"A": "1"}, "queue": ""}
    api.get(f"/actors/v2/{actor['id']}", actor)
    api.put(f"/actors/v2/{actor['id']}", result("haltforce_09_put_force_by_owner"))
    page = signed_in.get(f"/actors/{actor['id']}/restart/").content.decode()
    assert "Nothing else changes" in page
    answer = signed_in.post(f"/actors/{actor['id']}/restart/")
    assert answer.headers["Location"] == f"/actors/{actor['id']}/workers/"
    sent = json.loads(api.asked[-1].body)
    assert sent["force"] is True
    assert (sent["image"], sent["state"], sent["defaultEnvironment"]) == (actor["image"], {"count": 3}, {"A": "1"})
    assert "queue" not in sent


def test_a_restart_that_is_refused_changes_nothing(api: API, signed_in: Client) -> None:
    actor = result("haltforce_02_actor_ready")
    api.get(f"/actors/v2/{actor['id']}", actor)
    api.refuse("PUT", f"/actors/v2/{actor['id']}", "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(f"/actors/{actor['id']}/restart/")
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()


@pytest.mark.parametrize(
    ("at", "execution", "workers", "messages", "kind"),
    [
        (1.5, "06_execution_changed", "03_workers_ready", "07_messages_changed", "next"),
        (2.5, "09_execution_changed", "10_workers_changed", "11_messages_changed", "taken"),
        (7.5, "09_execution_changed", "10_workers_changed", "07_messages_changed", "start-failed"),
    ],
)
def test_a_container_that_does_not_start_is_told_while_it_is_tried(
    at: float, execution: str, workers: str, messages: str, kind: str, api: API, signed_in: Client
) -> None:
    life = Life(api, "nostart", at)
    life.answers(actor="05_actor_changed", workers=workers, messages=messages)
    if kind == "start-failed":
        life.search("zXxMbO44gxpgJ", [execution], [execution])
    why = signed_in.get(f"/api/v1{life.execution(execution)}why/").json()["why"]
    assert why["kind"] == kind
    assert "The execution runs in a moment" not in why["advice"] or kind == "next"
    if kind == "start-failed":
        assert "six times in about 30 seconds" in why["advice"]


def test_an_image_that_does_not_start_is_told_when_the_actor_is_in_error(api: API, signed_in: Client) -> None:
    life = Life(api, "nostart", 172.7)
    life.answers(actor="27_actor_20s_later", workers="21_workers_at_the_end", messages="26_messages_20s_later")
    page = signed_in.get(f"/actors/{life.id}/messages/").content.decode()
    assert 'data-standstill="no-start"' in page
    assert f'href="/actors/{life.id}/edit/"' in page
    assert "including the one whose execution has the status Error" in page


def test_an_execution_in_error_says_that_its_message_still_waits(api: API, signed_in: Client) -> None:
    life = Life(api, "nostart", 152.4)
    api.get(life.actor, life.result("13_actor_changed"))
    page = life.execution("17_execution_at_the_end")
    api.get(f"{life.actor}{page.removeprefix(f'/actors/{life.id}')}logs", life.result("18_logs_at_the_end"))
    api.get(f"{life.actor}/workers", life.result("21_workers_at_the_end"))
    api.get(f"{life.actor}/messages", life.result("26_messages_20s_later"))
    text = signed_in.get(page).content.decode()
    assert "its message is still in the mailbox" in text
    assert "a worker runs it and this execution becomes Complete" in text
    assert signed_in.get(f"/api/v1{page}why/").json()["why"]["kind"] == "no-start"


@pytest.mark.parametrize("is_poll", [False, True])
def test_an_actor_whose_answer_is_older_than_its_executions_is_read_again(
    api: API, signed_in: Client, htmx: dict[str, str], *, is_poll: bool
) -> None:
    # A page makes its calls at once, and the API puts the actor in error just before the execution.
    life = Life(api, "nostart", 152.4)
    page = life.execution("17_execution_at_the_end")
    api.get(life.actor, life.result("02_actor_ready"))
    api.get(life.actor, life.result("13_actor_changed"))
    api.get(f"{life.actor}/workers", life.result("21_workers_at_the_end"))
    api.get(f"{life.actor}/messages", life.result("26_messages_20s_later"))
    if not is_poll:
        api.get(f"{life.actor}{page.removeprefix(f'/actors/{life.id}')}logs", life.result("18_logs_at_the_end"))
    response = signed_in.get(f"{page}why/?poll=1", headers=htmx) if is_poll else signed_in.get(page)
    assert "its message is still in the mailbox" in response.content.decode()
    assert response.status_code == 200  # 286 would end the poll


def test_a_poll_goes_on_where_the_actor_of_an_execution_in_error_is_not_told(
    api: API, signed_in: Client, htmx: dict[str, str]
) -> None:
    life = Life(api, "nostart", 152.4)
    page = life.execution("17_execution_at_the_end")
    api.answer("GET", life.actor, body="Bad gateway", status=500)
    api.get(f"{life.actor}/workers", life.result("21_workers_at_the_end"))
    api.get(f"{life.actor}/messages", life.result("26_messages_20s_later"))
    assert signed_in.get(f"{page}why/?poll=1", headers=htmx).status_code == 502


def test_a_text_that_broke_an_actor_is_told_with_what_frees_it(api: API, signed_in: Client) -> None:
    life = Life(api, "longtext", 29.1)
    life.answers(actor="07_actor_in_error", workers="08_workers", messages="09_messages")
    page = signed_in.get(f"/actors/{life.id}/messages/").content.decode()
    assert 'data-standstill="too-long"' in page
    purge, restart = f'href="/actors/{life.id}/messages/purge/"', f'action="/actors/{life.id}/restart/"'
    remedies = page[page.index("data-standstill") :]
    assert remedies.index(purge) < remedies.index(restart)


def test_a_file_that_blocks_a_worker_is_told_with_what_frees_it(api: API, signed_in: Client) -> None:
    life = hanging(api)
    page = signed_in.get(f"/actors/{life.id}/messages/").content.decode()
    assert 'data-standstill="worker-blocked"' in page
    remedies = page[page.index("data-standstill") :]
    assert remedies.index("/workers/P5L3kKmjOJaJW/stop/") < remedies.index("/messages/purge/")
    assert f'action="/actors/{life.id}/restart/"' not in remedies
    stop = f"/actors/{life.id}/workers/P5L3kKmjOJaJW/stop/"
    api.get(f"{life.actor}/workers/P5L3kKmjOJaJW", life.result("18_workers_60s")[0])
    assert "purge the mailbox before you send another message" in signed_in.get(stop).content.decode()


def test_both_executions_of_a_blocked_worker_say_so(api: API, signed_in: Client) -> None:
    life = hanging(api)
    behind = signed_in.get(f"/api/v1{life.execution('21_execution_behind_60s')}why/").json()["why"]
    assert behind["kind"] == "worker-blocked"
    own = signed_in.get(f"/api/v1{life.execution('17_execution_100000_60s')}why/").json()["why"]
    assert own["kind"] == "worker-blocked"
    assert "Halting and updating do not help" in own["advice"]


def test_a_worker_that_runs_something_else_meanwhile_is_not_called_blocked(api: API, signed_in: Client) -> None:
    life = Life(api, "binary", 61.8)
    life.answers(actor="02_actor_ready", workers="18_workers_60s", messages="19_messages_60s")
    named = life.result("17_execution_100000_60s")
    running = named | {"id": "another", "status": "RUNNING"}
    for found, params in (([running], {"limit": "1"}), ([named, running], {"limit": "20", "status.neq": "COMPLETE"})):
        reply = {"_metadata": {"totalCount": len(found)}, "search": found}
        query = query_param_matcher({"skip": "0", "workerId": named["workerId"], **params})
        api.get(f"{life.actor}/executions", reply, match=[query])
    why = signed_in.get(f"/api/v1{life.execution('17_execution_100000_60s')}why/").json()["why"]
    assert why["kind"] != "worker-blocked"


def test_a_message_that_went_back_says_that_no_worker_takes_it(api: API, signed_in: Client) -> None:
    life = Life(api, "binary", 202.0)
    life.answers(actor="02_actor_ready", workers="37_workers_40s_after_stop", messages="39_messages_40s_after_stop")
    why = signed_in.get(f"/api/v1{life.execution('38_execution_100000_40s_after_stop')}why/").json()["why"]
    assert why["kind"] == "no-worker"
    assert "the message is back in the mailbox" in why["reason"]
    assert "purge the mailbox instead" in why["advice"]
    assert [one["name"] for one in why["remedies"]] == ["restart", "add", "purge"]


def test_the_halt_page_says_what_a_halt_leaves_behind(api: API, signed_in: Client) -> None:
    life = Life(api, "halt", 4.2)
    api.get(life.actor, life.result("02_actor_ready"))
    page = signed_in.get(f"{life.execution('10_execution_first_right_after')}halt/").content.decode()
    assert "its record stays Busy for up to an hour" in page
    assert "restart the actor" in page


# Version 3 --------------------------------------------------------------------------------------------------

V3 = "v3-nginx"
TAPIS = {
    "halt": datetime(2026, 11, 30, 22, 31, 27, tzinfo=UTC),
    "binary": datetime(2026, 11, 30, 22, 31, 27, tzinfo=UTC),
}


@pytest.fixture
def tapis(settings: Any) -> None:
    """Let the tenant be one of v3."""
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}


def tapis_result(series: str, at: float, name: str) -> Any:
    return result_at(f"{series}_{name}", V3, TAPIS[series] + timedelta(seconds=at))


def tapis_actor(id_: str) -> dict[str, Any]:
    """Return an actor that runs, from the one recorded actor of v3 that is whole."""
    return result("nostart_28_actor_25s_after_put", V3) | {"id": id_}


def test_in_v3_a_stop_is_the_first_way_out(api: API, signed_in: Client, tapis: None) -> None:
    second = tapis_result("halt", 67.1, "32_execution_second_60s")
    (worker,) = workers = tapis_result("halt", 67.1, "36_workers_180s")
    path = f"/v3/actors/{second['actor_id']}"
    api.get(path, tapis_actor(second["actor_id"]))
    api.get(f"{path}/workers", workers)
    api.get(f"{path}/messages", {"messages": 1})
    api.get(f"{path}/executions/{second['id']}", second)
    first = tapis_result("halt", 67.1, "12_execution_first_ended")
    for found, params in (([first], {"limit": "1"}), ([], {"limit": "20", "status.neq": "COMPLETE"})):
        answer = {"_metadata": {"total_count": len(found)}, "search": found}
        query = query_param_matcher({"skip": "0", "worker_id": worker["id"], **params})
        api.get(f"{path}/executions", answer, match=[query])
    page = f"/api/v1/actors/{second['actor_id']}/executions/{second['id']}/why/"
    why = signed_in.get(page).json()["why"]
    assert why["kind"] == "worker-exited"
    assert [one["name"] for one in why["remedies"]] == ["stop", "restart", "add"]
    assert "an hour" not in why["advice"]
    api.get(f"{path}/workers/{worker['id']}", worker)
    stop = signed_in.get(f"/actors/{second['actor_id']}/workers/{worker['id']}/stop/").content.decode()
    assert "its record is removed within a second" in stop


def test_in_v3_the_stop_is_followed_by_the_next_message(api: API, signed_in: Client, tapis: None) -> None:
    id_ = tapis_result("halt", 188.4, "32_execution_second_60s")["actor_id"]
    worker = "PYlBL860zypgV"
    path = f"/v3/actors/{id_}"
    stopped = answer("halt_44_workers_1s_after_stop", V3)["body"]
    api.answer("DELETE", f"{path}/workers/{worker}", json=answer("haltstop_09_worker_stop_by_owner", V3)["body"])
    moved = signed_in.post(f"/actors/{id_}/workers/{worker}/stop/").headers["Location"]
    api.get(path, tapis_actor(id_))
    api.get(f"{path}/workers", json=stopped)
    api.get(f"{path}/messages", {"messages": 1})
    page = signed_in.get(moved).content.decode()
    assert "the next message then starts a worker" in page
    assert 'data-standstill="no-worker"' in page


def test_in_v3_a_blocked_worker_is_told_too(api: API, signed_in: Client, tapis: None) -> None:
    blocked = tapis_result("binary", 153.4, "22_execution_100000_150s")
    path = f"/v3/actors/{blocked['actor_id']}"
    worker = tapis_result("halt", 60.0, "36_workers_180s")[0] | {
        "id": blocked["worker_id"],
        "last_execution_time": "None",
    }
    api.get(path, tapis_actor(blocked["actor_id"]))
    api.get(f"{path}/workers", [worker])
    api.get(f"{path}/messages", {"messages": 0})
    api.get(f"{path}/executions/{blocked['id']}", blocked)
    page = f"/api/v1/actors/{blocked['actor_id']}/executions/{blocked['id']}/why/"
    assert signed_in.get(page).json()["why"]["kind"] == "worker-blocked"


def test_in_v3_a_text_that_broke_an_actor_is_told(api: API, signed_in: Client, tapis: None) -> None:
    actor = result("longtext_07_actor_in_error", V3)
    path = f"/v3/actors/{actor['id']}"
    api.get(path, actor)
    api.get(f"{path}/workers", [])
    api.get(f"{path}/messages", {"messages": 1})
    page = signed_in.get(f"/actors/{actor['id']}/messages/").content.decode()
    assert 'data-standstill="too-long"' in page
