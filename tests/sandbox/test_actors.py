"""Registering, replacing and deleting actors, and how bodies are read."""

from typing import Any

import pytest

from tests.sandbox.support import Person

IMAGE = "abacosamples/wc"


def test_a_put_replaces_what_it_leaves_out(demo: Person) -> None:
    actor = demo.actor(
        IMAGE, name="kept", description="lost", hints=["a"], webhook="https://example.org", logEx=60, token=True,
        type="json", defaultEnvironment={"a": 1}, cronSchedule="2099-01-01 10 + 2 days", stateless=False,
    )  # fmt: skip
    demo.post(f"/{actor}/state", {"n": 1})
    row = demo.put(f"/{actor}", {"image": IMAGE, "stateless": False})
    lost = {name: row.get(name) for name in ("description", "hints", "webhook", "logEx", "token", "type", "state")}
    assert lost == {
        "description": "", "hints": [], "webhook": "", "logEx": None, "token": "false", "type": "none", "state": {},
    }  # fmt: skip
    assert (row["defaultEnvironment"], row["cronOn"]) == ({}, False)
    assert (row["name"], row["cronSchedule"], row["cronNextEx"]) == ("kept", "2099-01-01 10 + 2 days", "2099-01-01 10")
    assert row["revision"] == 1


def test_a_stateful_actor_stays_stateful(demo: Person) -> None:
    actor = demo.actor(IMAGE, stateless=False)
    assert demo.refusal("PUT", f"/{actor}", json={"image": IMAGE})[0] == 400


@pytest.mark.parametrize(
    ("sent", "forces"),
    [({"json": {"force": True}}, True), ({"json": {"force": False}}, False), ({"data": {"force": "false"}}, True)],
)
def test_force_is_asked_as_python_asks(sent: dict[str, Any], forces: bool, demo: Person) -> None:
    actor = demo.actor(IMAGE)
    next(iter(sent.values()))["image"] = IMAGE
    row = demo.ask("PUT", f"/{actor}", **sent).json()["result"]
    assert row["revision"] == (2 if forces else 1)


def test_a_link_may_not_go_round(demo: Person) -> None:
    first, second = demo.actor(IMAGE), demo.actor(IMAGE)
    demo.put(f"/{second}", {"image": IMAGE, "link": first})
    assert "cycle" in demo.refusal("PUT", f"/{first}", json={"image": IMAGE, "link": second})[1]
    assert "itself" in demo.refusal("PUT", f"/{first}", json={"image": IMAGE, "link": first})[1]


def test_a_deleted_actor_leaves_its_executions_to_admins(demo: Person, admin: Person) -> None:
    actor = demo.actor(IMAGE)
    execution = demo.run(actor, "hello")["id"]
    answer = demo.ask("DELETE", f"/{actor}").json()
    assert (answer["message"], answer["result"]) == ("Actor deleted successfully.", None)
    assert demo.refusal("GET", f"/{actor}") == (400, f"Actor SANDBOX_{actor} does not exist")
    assert admin.refusal("GET", f"/{actor}") == (404, f"No actor found with identifier: {actor}.")
    assert admin.get(f"/{actor}/executions/{execution}")["status"] == "COMPLETE"
    logs = admin.refusal("GET", f"/{actor}/executions/{execution}/logs")
    assert logs == (404, f"No actor found with id: {actor}.")


def test_a_null_queue_is_refused_and_stores_nothing(demo: Person, admin: Person) -> None:
    before = len(admin.get(""))
    assert admin.refusal("POST", "", json={"image": IMAGE, "queue": None})[0] == 500
    assert len(admin.get("")) == before


def test_an_actor_whose_new_revision_has_no_queue_waits_for_ever_for_a_worker(demo: Person, admin: Person) -> None:
    actor = demo.actor(IMAGE)
    demo.run(actor, "one")
    assert "queue" not in demo.put(f"/{actor}", {"image": IMAGE, "queue": None})
    assert demo.put(f"/{actor}", {"image": IMAGE, "queue": ""})["queue"] == ""
    status, message = demo.refusal("PUT", f"/{actor}", json={"image": IMAGE, "queue": "", "force": True})
    assert (status, "Exception: Invalid Queue name." in message) == (500, True)
    shown = demo.get(f"/{actor}")
    assert (shown["status"], shown["revision"]) == ("SUBMITTED", 2)
    assert sorted(row["status"] for row in demo.get(f"/{actor}/workers")) == ["READY", "REQUESTED"]
    assert "Invalid Queue name." in admin.refusal("POST", f"/{actor}/workers", json={"num": 9})[1]
    assert len(demo.get(f"/{actor}/workers")) == 3
    demo.put(f"/{actor}", {"image": IMAGE, "force": True})
    assert demo.run(actor, "two")["status"] == "COMPLETE"


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"hints": None}, 500, "argument of type 'NoneType' is not iterable"),
        (
            {"hints": ["a", "b]"]},
            (400, 500),
            "Hints must be simple stings or numbers, no lists or dicts. Error character: ]",
        ),
        ({"hints": {"a": 1}}, (400, 500), "Error character: '"),
        ({"queue": "nosuch"}, (400, 500), "400 Bad Request: Invalid queue name."),
        ({"logEx": 10**20}, 500, "MongoDB can only handle up to 8-byte ints"),
        ({"defaultEnvironment": {"a": [10**20]}}, 500, "MongoDB can only handle up to 8-byte ints"),
        ({"state": "text"}, 400, "{'state': 'Current state for this actor.'}"),
        ({"revision": "x"}, 400, "'revision'"),
        ({"stateless": []}, 200, ""),
        ({"defaultEnvironment": []}, 200, ""),
        ({"maxWorkers": [2, "x"]}, 400, "'maxWorkers'"),
    ],
)
def test_a_field_is_taken_or_refused_as_the_parser_does(
    change: dict[str, Any], status: int | tuple[int, int], words: str, admin: Person
) -> None:
    made, updated = (status, status) if isinstance(status, int) else status
    actor = admin.actor(IMAGE)
    for method, path, expected in (("POST", "", made), ("PUT", f"/{actor}", updated)):
        answer = admin.ask(method, path, json={"image": IMAGE} | change)
        assert (answer.status_code, words in answer.json()["message"]) == (expected, True), answer.text


def test_workers_of_a_stateful_actor_are_refused_when_it_is_made_and_changed(admin: Person) -> None:
    many = {"image": IMAGE, "stateless": False, "maxWorkers": 2}
    refusal = (400, "Invalid actor description: stateful actors can only have 1 worker.")
    assert admin.refusal("POST", "", json=many) == refusal
    assert admin.refusal("PUT", f"/{admin.actor(IMAGE, stateless=False)}", json=many) == refusal
    assert admin.put(f"/{admin.actor(IMAGE)}", many)["maxWorkers"] == 2  # what it was decides


def test_a_broken_body_is_500_for_users_and_400_for_admins(demo: Person, admin: Person) -> None:
    headers = {"Content-Type": "application/json"}
    assert demo.refusal("POST", "", data="{", headers=headers)[0] == 500
    assert admin.refusal("POST", "", data="{", headers=headers)[0] == 400


@pytest.mark.parametrize("body", ['{"image": "a", "maxWorkers": 1e400}', '{"image": "a", "logEx": 1' + "0" * 30 + "}"])
def test_a_number_that_no_store_can_hold_is_500(body: str, admin: Person) -> None:
    status, message = admin.refusal("POST", "", data=body, headers={"Content-Type": "application/json"})
    assert status in (400, 500)
    assert "<!DOCTYPE" not in message


def test_a_link_needs_permissions_that_somebody_has_and_no_actor(demo: Person, admin: Person) -> None:
    gone = demo.actor(IMAGE)
    demo.delete(f"/{gone}")
    status, message = demo.refusal("POST", "", json={"image": IMAGE, "link": gone})
    assert (status, f"Actor SANDBOX_{gone} does not exist" in message) == (400, True)
    admin.post(f"/{gone}/permissions", {"user": "team", "level": "READ"})
    assert demo.post("", {"image": IMAGE, "link": gone})["link"] == gone


def test_fields_may_come_in_the_query(demo: Person) -> None:
    assert demo.post("?image=q/r&name=asked")["name"] == "asked"


def test_a_registered_execution_is_shown(demo: Person) -> None:
    actor = demo.actor(IMAGE)
    row = demo.post(f"/{actor}/executions", {"runtime": 5, "cpu": "100", "io": 2, "status": "COMPLETE"})
    assert (row["runtime"], row["cpu"], row["io"], row["executor"]) == (5, 100, 2, "demo")
    assert demo.get(f"/{actor}/executions/{row['id']}") == row
    assert demo.refusal("POST", f"/{actor}/executions", json={"runtime": "x", "cpu": 1, "io": 1})[0] == 500


def test_purging_leaves_executions_waiting_for_ever(demo: Person) -> None:
    actor = demo.actor("nosuch/image:2")
    demo.until(f"/{actor}", lambda row: row["status"] == "ERROR")
    execution = demo.send(actor, "lost")
    assert demo.get(f"/{actor}/messages")["messages"] == 1
    demo.delete(f"/{actor}/messages")
    assert demo.get(f"/{actor}/messages")["messages"] == 0
    assert demo.get(f"/{actor}/executions/{execution}")["status"] == "SUBMITTED"


@pytest.mark.parametrize(
    ("schedule", "status", "said"),
    [
        ("every day", 400, "not in the correct format"),
        ("2020-01-01 10 + 1 day", 400, "starting datetime is old"),
        ("2099-01-01 10 + 1 fortnight", 500, "fortnight"),
        ("2099-02-30 10 + 1 day", 500, "day is out of range"),
    ],
)
def test_a_schedule_is_checked(schedule: str, status: int, said: str, demo: Person) -> None:
    answer = demo.refusal("POST", "", json={"image": IMAGE, "cronSchedule": schedule})
    assert answer[0] == status
    assert said in answer[1]


def test_a_put_sets_the_schedule_but_does_not_turn_it_on(demo: Person) -> None:
    actor = demo.actor(IMAGE)
    row = demo.put(f"/{actor}", {"image": IMAGE, "cronSchedule": "2099-01-01 10 + 1 week"})
    assert (row["cronSchedule"], row["cronOn"]) == ("2099-01-01 10 + 1 week", False)


def test_a_state_may_be_any_json_that_is_not_empty(demo: Person) -> None:
    actor = demo.actor(IMAGE, stateless=False)
    for value in ({"a": [1, None]}, [1, 2], 5, "text"):
        assert demo.post(f"/{actor}/state", value)["state"] == value
        assert demo.get(f"/{actor}/state") == {"state": value}
    assert demo.refusal("POST", f"/{actor}/state", json=[])[0] == 400
